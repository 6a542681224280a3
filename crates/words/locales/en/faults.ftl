# What the detector of intermittent faults found.
within-of = { $of ->
    [nothing] { "" }
   *[host] { " " }of { $host }
}
within-count = { $count ->
    [1] once
    [2] twice
   *[other] { $count } times
}
within-often = { within-count } in { $in_span }
within-rate = { $every_days ->
    [0] { $per_day ->
        [1] about once a day
       *[other] about { $per_day } times a day
    }
   *[other] about once in { $every_days } days
}
within-unanswered = { $unanswered ->
    [1] once
    [2] twice
   *[other] { $unanswered } times
}
within-shared = { $shared ->
    [1] once
    [2] twice
   *[other] { $shared } times
}
within-mixed = the BMC{ within-of } failed { within-often } ({ within-unanswered } without an answer, { within-shared } with several sensors dropping out in one poll)
fault-drops-out = { $sensor }{ within-of } dropped out { within-often }; a sensor of this model drops out { within-rate }
fault-bmc-alone = the BMC{ within-of } stopped answering { within-often }, each time alone; a BMC does so { within-rate }: look at it and its cable
fault-together = several sensors{ within-of } dropped out in the same poll { within-often }; normal is { within-rate }: look at the BMC and its connections before the sensors
fault-together-named = several sensors{ within-of } dropped out in the same poll { within-often }, each time { $names }; normal is { within-rate }: look first at what these share
fault-bmc-mixed = { within-mixed }; normal is { within-rate }: look at the BMC and its connections before the sensors
fault-bmc-mixed-named = { within-mixed }, each time { $names }; normal is { within-rate }: look first at what these share

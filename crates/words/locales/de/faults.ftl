# Was der Detektor für Wackelfehler fand.
within-of = { $of ->
    [nothing] { "" }
   *[host] { " " }von { $host }
}
within-count = { $count ->
    [1] einmal
   *[other] { $count }-mal
}
within-often = { within-count } in { $in_span }
within-rate = { $every_days ->
    [0] { $per_day ->
        [1] etwa einmal am Tag
       *[other] etwa { $per_day }-mal am Tag
    }
   *[other] etwa einmal in { $every_days } Tagen
}
within-unanswered = { $unanswered ->
    [1] einmal
   *[other] { $unanswered }-mal
}
within-shared = { $shared ->
    [1] einmal
   *[other] { $shared }-mal
}
within-mixed = der BMC{ within-of } versagte { within-often } ({ within-unanswered } ohne Antwort, { within-shared } mit mehreren Sensoren, die in derselben Abfrage ausfielen)
fault-drops-out = { $sensor }{ within-of } fiel { within-often } aus; ein Sensor dieses Modells fällt { within-rate } aus
fault-bmc-alone = der BMC{ within-of } antwortete { within-often } nicht, jedes Mal er allein; normal ist { within-rate }: den BMC und sein Kabel ansehen
fault-together = mehrere Sensoren{ within-of } fielen { within-often } in derselben Abfrage aus; normal ist { within-rate }: erst den BMC und seine Verbindungen ansehen, dann die Sensoren
fault-together-named = mehrere Sensoren{ within-of } fielen { within-often } in derselben Abfrage aus, jedes Mal { $names }; normal ist { within-rate }: zuerst ansehen, was diese gemeinsam haben
fault-bmc-mixed = { within-mixed }; normal ist { within-rate }: erst den BMC und seine Verbindungen ansehen, dann die Sensoren
fault-bmc-mixed-named = { within-mixed }, jedes Mal { $names }; normal ist { within-rate }: zuerst ansehen, was diese gemeinsam haben

# The incidents that noout opens by itself. Titles stand on a lock screen: keep them short.
page-fault = { $host }: { $sensor } drops out again and again
page-fault-bmc = { $host }: the BMC loses its sensors again and again
page-thin = { $parts }. Without it nothing is left to spare: the next failure hurts.
page-few-fans = { $host }: too few fans work
page-few-fans-text = { $n ->
    [one] One fan fewer works
   *[other] { $n } fans fewer work
} than { $host } needs.
page-few-supplies = { $host }: too few power supplies work
page-few-supplies-text = { $n ->
    [one] One power supply fewer works
   *[other] { $n } power supplies fewer work
} than { $host } needs.
page-coverage = { $schedule }: fewer than { $need } people on call from { $from_time }
page-coverage-now = { $schedule }: fewer than { $need } people on call now
page-coverage-text = From { $from_time } to { $until_time } on call and reachable: { $n ->
    [0] nobody
   *[other] { $people }
}. An override mends it.
page-alone = { $person } takes { $host } out alone
page-alone-text = Break-glass: { $reason }
page-trouble = Maintenance of { $host }: { $parts }
page-trouble-text = The maintenance holds. Nothing new is started until a person resumes it.
page-blind-text = The maintenance holds until the platform is seen again and a person resumes it.
page-held = Maintenance of { $host } holds: { $parts }
page-held-text = A person must decide: resume or abort.
page-home = No way home to { $host }: { $parts }
page-flag = noout of { $host } stands longer than it should
page-flag-text = Storage keeps waiting for its OSDs. Finish the work or abort the maintenance.
page-abort = { $host } was given up while it is down: noout stays set
page-abort-text = Cleared now, its OSDs would be marked out. It is cleared when they are up and in again.
page-order = The work order for { $host } is not signed in time
page-order-text = It never passes by time: sign it, extend it or abort.
page-slow = Maintenance of { $host }: { within-step } takes too long
page-overflow = { $source } opens more than { $rate } incidents a minute
page-overflow-text = What { $source } sent beyond its rate stands in this incident, every alert of it. Among them: { $title }
page-unsent = Pages to { $person } do not leave
page-unsent-text = { $n ->
    [one] One page is
   *[other] { $n } pages are
} under way since { $since_time } and has reached nobody. Look at the channel in the log of attempts; escalation goes on.
unsent-over = All pages have left
page-beat-missed = { $heartbeat }: no sign of life; it was due at { $due_time }
page-beat-never = { $heartbeat }: never heard of; it was due at { $due_time }
page-beat-failed = { $heartbeat } says that it failed{ $code ->
    [none] {""}
   *[other] {" "}(exit code { $code })
}
page-beat-long = { $heartbeat } runs for longer than { $allowed_span }
page-beat-text = Expected: { $schedule }. Last heard of at { $last_time }.
page-beat-text-never = Expected: { $schedule }. Watched since { $since_time }.

# What becomes of incidents.
page-no-contact = the person has no contact method
page-no-person = the person is no longer in the configuration
raised-worse = a worse alert joined
raised-later = an alert joined after it was taken
raised-hours = office hours began
coverage-mended = enough people are on call in { $schedule } again for the next { $near_span }

# Tickets
ticket-acked = { $who } has it.
ticket-noted = { $who }: { $text }
ticket-announced = { $who } is about to do this: { $text }
ticket-handed-over = { $who } handed it over to { $to }.
ticket-resolved = { $who } says that it is over. { $parts }
ticket-over = It is over: nothing reports it any more.
ticket-closed-there = the ticket in { $tracker } was closed
refused-ticket-there = it is filed in { $tracker } already

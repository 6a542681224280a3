# The lines of a maintenance’s report. Median and longest pause are in milliseconds.
within-out-and-home = { $out } off { $host }, { $home } back home
report-moved-live = Machines moved live, without a stop: { within-out-and-home }.
report-moved-restarted = Containers moved by a restart, which is an interruption: { within-out-and-home }.
report-moved-stopped = Guests moved that did not run: { within-out-and-home }.
report-moved-unknown = Guests moved, the platform does not tell how: { within-out-and-home }.
report-not-moved = No guest had to move off { $host }.
report-pauses = Pause of a guest while it moved, { $moves ->
    [one] one move
   *[other] { $moves } moves
}: median { $median } ms, longest { $longest } ms, { $total_span } in all.
report-moves-without-pause = { $moves ->
    [one] For one move the platform told no pause: it was not measured.
   *[other] For { $moves } moves the platform told no pause: it was not measured.
}
report-host-away = { $host } was out of the cluster for { $away_span }.
report-noout-stood = The flag noout stood for { $stood_span } and was cleared.
report-data-clean = All copies of the data were whole again: { $parts }
report-left-behind = Not moved: { $parts }.
report-left-guest = { $guest } ({ $parts })
report-retried = { $steps ->
    [one] One step needed more than one attempt.
   *[other] { $steps } steps needed more than one attempt.
}
report-had-it-died = { $simulated ->
    [true] Had it died under load, { $guests } guests would have been down for { $low } to { $high } s each. That is a real cluster’s range, not measured on this one, and this platform is simulated.
   *[other] Had it died under load, { $guests } guests would have been down for { $low } to { $high } s each. That is a real cluster’s range, not measured on this one.
}
report-would-have-failed = That { $host } would have failed: nobody can know.
report-nobody-noticed = That nobody noticed: only the pauses were measured, not what users saw.

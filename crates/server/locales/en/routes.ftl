routes-lead = Try labels before an alert carries them: who would be told, and what really came in like it.
routes-labels = Labels
routes-try = Try
routes-goes = Where it goes
routes-route = Route
route-none = no route: the first policy
routes-also = matches, too, and is never asked: { $routes }
routes-policy = Policy
routes-wakes = Wakes people
routes-now = now
routes-later = from
routes-nobody = no
routes-group = One incident for each
routes-after = After
routes-step = Step
routes-people = Now these are
routes-exact = { $n ->
    [0] No alert of late carried these labels: a route that nothing matches pages nobody
    [one] One alert of late carried these labels
   *[other] { $n } alerts of late carried these labels
}
routes-near = Real alerts that are nearly so
routes-real = What came in lately
replay-title = Whom would it have paged?
replay-lead = The alerts that really came, replayed by the configuration of now.
replay-since = How far back
replay-go = Replay
replay-incidents = Incidents: { $was } there were, { $would } there would have been.
replay-nobody = Nobody was paged, and nobody would have been.
replay-person = Person
replay-was = Pages there were
replay-would = Would have been
replay-night-was = By night
replay-night-would = By night, would
replay-fewer = Pages that would not have been
replay-more = Pages that would have been besides

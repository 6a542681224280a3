routes-lead = Labels erproben, bevor ein Alarm sie trägt: wer gerufen würde, und was wirklich Ähnliches kam.
routes-labels = Labels
routes-try = Erproben
routes-goes = Wohin er geht
routes-route = Route
route-none = keine Route: die erste Policy
routes-also = passt auch und wird nie gefragt: { $routes }
routes-policy = Policy
routes-wakes = Weckt
routes-now = jetzt
routes-later = ab
routes-nobody = nein
routes-group = Ein Vorfall für jedes
routes-after = Nach
routes-step = Schritt
routes-people = Jetzt sind das
routes-exact = { $n ->
    [0] Kein Alarm der letzten Zeit trug diese Labels: eine Route, auf die nichts passt, ruft niemanden
    [one] Ein Alarm der letzten Zeit trug diese Labels
   *[other] { $n } Alarme der letzten Zeit trugen diese Labels
}
routes-near = Wirkliche Alarme, die fast so sind
routes-real = Was zuletzt kam
replay-title = Wen hätte es gerufen?
replay-lead = Die Alarme, die wirklich kamen, noch einmal nach der Konfiguration von jetzt.
replay-since = Wie weit zurück
replay-go = Nachspielen
replay-incidents = Vorfälle: { $was } gab es, { $would } hätte es gegeben.
replay-nobody = Niemand wurde gerufen, und niemand wäre gerufen worden.
replay-person = Person
replay-was = Rufe, die es gab
replay-would = Hätte es gegeben
replay-night-was = Nachts
replay-night-would = Nachts, hätte
replay-fewer = Rufe, die es nicht gegeben hätte
replay-more = Rufe, die dazugekommen wären

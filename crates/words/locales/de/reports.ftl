# Die Zeilen im Bericht einer Wartung. Median und längste Pause sind in Millisekunden.
within-out-and-home = { $out } weg von { $host }, { $home } zurück
report-moved-live = Maschinen live umgezogen, ohne Stillstand: { within-out-and-home }.
report-moved-restarted = Container mit Neustart umgezogen, das ist eine Unterbrechung: { within-out-and-home }.
report-moved-stopped = Gäste umgezogen, die nicht liefen: { within-out-and-home }.
report-moved-unknown = Gäste umgezogen, die Plattform sagt nicht, wie: { within-out-and-home }.
report-not-moved = Kein Gast musste { $host } verlassen.
report-pauses = Pause eines Gastes beim Umzug, { $moves ->
    [one] ein Umzug
   *[other] { $moves } Umzüge
}: Median { $median } ms, längste { $longest } ms, insgesamt { $total_span }.
report-moves-without-pause = { $moves ->
    [one] Bei einem Umzug nannte die Plattform keine Pause: Sie wurde nicht gemessen.
   *[other] Bei { $moves } Umzügen nannte die Plattform keine Pause: Sie wurde nicht gemessen.
}
report-host-away = { $host } war { $away_span } lang nicht im Cluster.
report-noout-stood = Das Flag noout stand { $stood_span } und wurde entfernt.
report-data-clean = Alle Kopien der Daten waren wieder vollständig: { $parts }
report-left-behind = Nicht umgezogen: { $parts }.
report-left-guest = { $guest } ({ $parts })
report-retried = { $steps ->
    [one] Ein Schritt brauchte mehr als einen Versuch.
   *[other] { $steps } Schritte brauchten mehr als einen Versuch.
}
report-had-it-died = { $simulated ->
    [true] Wäre er unter Last gestorben, wären { $guests } Gäste je { $low } bis { $high } s ausgefallen. Das ist die Spanne eines anderen echten Clusters, nicht hier gemessen, und diese Plattform ist simuliert.
   *[other] Wäre er unter Last gestorben, wären { $guests } Gäste je { $low } bis { $high } s ausgefallen. Das ist die Spanne eines anderen echten Clusters, nicht hier gemessen.
}
report-would-have-failed = Dass { $host } ausgefallen wäre: Das kann niemand wissen.
report-nobody-noticed = Dass niemand etwas bemerkte: Gemessen wurden nur die Pausen, nicht was Benutzer sahen.

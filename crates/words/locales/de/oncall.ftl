# Briefe über die Bereitschaft: sie wecken niemanden und gehen per Mail.
memo-handoff = Sie haben jetzt Bereitschaft: { $schedule }
memo-handoff-until = Bis { $until_time }.
memo-handoff-with = Mit Ihnen: { $people }.
memo-handoff-before = Vor Ihnen: { $people }.
memo-handoff-calm = Kein Vorfall ist offen.
memo-handoff-open = { $n ->
    [one] Ein Vorfall ist offen
   *[other] { $n } Vorfälle sind offen
}: { $parts }
memo-incident = #{ $id } { $parts }
memo-swap-asked = { $person } fragt nach einem Tausch in { $schedule }
memo-swap-give = { $person } gibt { $from_time } bis { $until_time } ab.
memo-swap-back = { $person } nimmt dafür { $from_time } bis { $until_time }.
memo-swap-until = Eine Antwort wird vor { $until_time } erwartet.
memo-swap-approve = Tausch von { $person } und { $other } in { $schedule } genehmigen?
memo-swap-done = Der Tausch von { $person } und { $other } in { $schedule } ist gemacht
memo-swap-declined = { $person } lehnt den Tausch in { $schedule } ab
memo-swap-withdrawn = { $person } nimmt den Tausch in { $schedule } zurück
memo-swap-expired = Niemand hat rechtzeitig geantwortet: kein Tausch in { $schedule }
memo-coverage = { $schedule }: weniger als { $need } in Bereitschaft ab { $from_time }
memo-coverage-gap = { $from_time } bis { $until_time }: { $n ->
    [0] niemand ist bereit
   *[other] bereit: { $people }
}.
memo-coverage-more = { $n ->
    [one] Und ein weiteres Mal.
   *[other] Und { $n } weitere Male.
}
memo-coverage-fallback = { $person } springt ein, wenn es niemand behebt.
memo-coverage-mend = Eine Vertretung oder ein Tausch behebt es.
memo-drill-missed = Niemand hat auf die Probe der Kontakte von { $person } geantwortet
memo-drill-missed-text = Die Probe vom { $since_time } bat darum, einem Link zu folgen, und niemand tat es. Bis ein Kontakt bestätigt ist, zählt diese Person nicht für die Abdeckung.
memo-drill-shift = Die nächste Schicht beginnt { $from_time }.
memo-drill-contact = { $channel } hat die Nachricht nicht genommen: { $reason }
memo-drill-mend = Abhilfe: die Kontakte auf der eigenen Seite noch einmal erproben und dem Link folgen, der kommt.
memo-drill-broken = Einige Ihrer Kontakte funktionieren nicht
memo-stale = er hat nichts mehr zu sagen
memo-no-way = die Person hat weder Mail noch ntfy

# Warum ein Tausch oder eine Übernahme abgelehnt wird.
refused-swap-own = { $person } kann nicht mit { $person } tauschen
refused-swap-not-on = { $person } hat in { $schedule } von { $from_time } bis { $until_time } keine Bereitschaft
refused-swap-over = der Tausch { $id } ist vorbei
refused-swap-taken = der Tausch { $id } ist schon angenommen
refused-swap-whose = sagen Sie für wen: der Tausch { $id } war allen angeboten
refused-swap-other = der Tausch { $id } war { $person } angeboten
refused-swap-not-accepted = noch niemand hat den Tausch { $id } angenommen
refused-swap-third = wer tauscht, genehmigt den Tausch { $id } nicht: das tut eine dritte Person
refused-nobody-to-relieve = niemand sonst hat in { $schedule } gerade Bereitschaft, den man ablösen könnte
refused-several-on = { $people } haben zusammen Bereitschaft: sagen Sie, wen Sie ablösen
refused-on-already = { $person } hat in { $schedule } schon Bereitschaft ({ $rotation }, bis { $until_time }): nichts wurde übernommen; wer noch einen Platz dazu nehmen will, nennt dessen Rotation oder Person
refused-override-for-nothing = { $person } hat in { $schedule } von { $from_time } bis { $until_time } keine Bereitschaft, es gibt also niemanden zu vertreten; { $n ->
    [0] niemand hat dann Bereitschaft
   *[other] dann haben Bereitschaft: { $people }
}

# Vorfälle, die noout selbst eröffnet. Titel stehen auf einem Sperrbildschirm: kurz halten.
page-fault = { $host }: { $sensor } fällt immer wieder aus
page-fault-bmc = { $host }: der BMC verliert immer wieder seine Sensoren
page-thin = { $parts }. Ohne ihn ist keine Reserve mehr da: Der nächste Ausfall tut weh.
page-few-fans = { $host }: zu wenige Lüfter laufen
page-few-fans-text = { $n ->
    [one] Es läuft ein Lüfter
   *[other] Es laufen { $n } Lüfter
} weniger, als { $host } braucht.
page-few-supplies = { $host }: zu wenige Netzteile arbeiten
page-few-supplies-text = { $n ->
    [one] Es arbeitet ein Netzteil
   *[other] Es arbeiten { $n } Netzteile
} weniger, als { $host } braucht.
page-coverage = { $schedule }: weniger als { $need } in Bereitschaft ab { $from_time }
page-coverage-now = { $schedule }: weniger als { $need } in Bereitschaft, jetzt
page-coverage-text = Von { $from_time } bis { $until_time } in Bereitschaft und erreichbar: { $n ->
    [0] niemand
   *[other] { $people }
}. Eine Vertretung behebt es.
page-alone = { $person } nimmt { $host } allein außer Betrieb
page-alone-text = Scheibe eingeschlagen: { $reason }
page-trouble = Wartung von { $host }: { $parts }
page-trouble-text = Die Wartung ist angehalten. Nichts Neues beginnt, bis jemand sie weitergehen lässt.
page-blind-text = Die Wartung ist angehalten, bis die Plattform wieder zu sehen ist und jemand sie weitergehen lässt.
page-held = Wartung von { $host } angehalten: { $parts }
page-held-text = Ein Mensch muss entscheiden: weitergehen lassen oder abbrechen.
page-home = Kein Heimweg nach { $host }: { $parts }
page-flag = noout von { $host } steht länger, als es soll
page-flag-text = Der Speicher wartet weiter auf seine OSDs. Die Arbeit abschließen oder die Wartung abbrechen.
page-abort = { $host } wurde ausgeschaltet aufgegeben: noout bleibt gesetzt
page-abort-text = Jetzt entfernt, würden seine OSDs „out“ gesetzt. Es wird entfernt, wenn sie wieder up und in sind.
page-order = Der Arbeitsauftrag für { $host } ist überfällig
page-order-text = Zeit geht über ihn nicht hinweg: unterschreiben, verlängern oder abbrechen.
page-slow = Wartung von { $host }: { within-step } dauert zu lange
page-overflow = { $source } öffnet mehr als { $rate } Vorfälle pro Minute
page-overflow-text = Was { $source } über sein Maß hinaus schickte, steht in diesem Vorfall, jeder Alarm davon. Darunter: { $title }
page-unsent = Rufe an { $person } gehen nicht hinaus
page-unsent-text = { $n ->
    [one] Ein Ruf ist
   *[other] { $n } Rufe sind
} seit { $since_time } unterwegs und hat niemanden erreicht. Sehen Sie den Kanal im Protokoll der Versuche an; die Eskalation läuft weiter.
unsent-over = Alle Rufe sind hinausgegangen
page-beat-missed = { $heartbeat }: kein Lebenszeichen, fällig war es um { $due_time }
page-beat-never = { $heartbeat }: noch nie ein Lebenszeichen, fällig war es um { $due_time }
page-beat-failed = { $heartbeat } meldet einen Fehlschlag{ $code ->
    [none] {""}
   *[other] {" "}(Exit-Code { $code })
}
page-beat-long = { $heartbeat } läuft länger als { $allowed_span }
page-beat-text = Erwartet: { $schedule }. Zuletzt gehört um { $last_time }.
page-beat-text-never = Erwartet: { $schedule }. Beobachtet seit { $since_time }.

# Was aus Vorfällen wird.
page-no-contact = für diesen Menschen ist kein Kontaktweg eingerichtet
page-no-person = diesen Menschen gibt es in der Konfiguration nicht mehr
raised-worse = ein schlimmerer Alarm kam hinzu
raised-later = ein Alarm kam hinzu, nachdem jemand ihn übernommen hatte
raised-hours = die Arbeitszeit hat begonnen
coverage-mended = für die nächsten { $near_span } sind in { $schedule } wieder genug Menschen in Bereitschaft

# Tickets
ticket-acked = { $who } kümmert sich darum.
ticket-noted = { $who }: { $text }
ticket-announced = { $who } hat Folgendes vor: { $text }
ticket-handed-over = { $who } hat es an { $to } übergeben.
ticket-resolved = { $who } sagt, dass es vorbei ist. { $parts }
ticket-over = Es ist vorbei: nichts meldet es mehr.
ticket-closed-there = das Ticket in { $tracker } wurde geschlossen
refused-ticket-there = es ist schon in { $tracker }

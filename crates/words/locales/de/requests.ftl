# Briefe zu Anfragen anderer Teams und zu Entscheidungen.
memo-request-asked = { $asker } möchte etwas, Anfrage { $id }: { $title }
memo-request-presses = Anfrage { $id } von { $asker } will geplante Arbeit unterbrechen: { $title }
memo-request-given = { $who } übergibt Ihnen Anfrage { $id }: { $title }
memo-request-taken = { $who } hat jetzt Anfrage { $id }: { $title }
memo-request-answered = { $who } antwortet auf Anfrage { $id }: { $title }
memo-request-done = Anfrage { $id } ist erledigt, sagt { $who }: { $title }
memo-request-declined = Anfrage { $id } wird nicht gemacht, sagt { $who }: { $title }
memo-decision-asked = { $who } bittet um Ihre Stimme zu Entscheidung { $id }: { $title }
memo-decision-until = Eine Antwort wird vor { $until_time } erwartet.
memo-decision-closed = Entscheidung { $id } ist gefallen, aufgeschrieben von { $who }: { $title }

# Warum etwas daran abgelehnt wird.
refused-request-over = Anfrage { $id } ist abgeschlossen
refused-too-many-requests = { $max } Anfragen warten schon: zuerst einige abschließen
refused-source-requests = die Quelle { $source } ist für Alarme: Anfragen brauchen eine Quelle mit kind = "requests"
refused-decision-over = Entscheidung { $id } ist abgeschlossen: eine neue Frage stellen
refused-too-many-decisions = { $max } Fragen sind schon offen: zuerst einige abschließen

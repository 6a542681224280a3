title-deadline = Nach { $after } nicht gelöst: { $what }
title-digest = { $pages ->
    [one] Eine weitere Meldung: { $what }
   *[other] { $pages } Meldungen in einer: { $what }
}
title-test = Probemeldung: alles in Ordnung

reason-on-call = Sie haben Bereitschaft.
reason-first = Sie erfahren als Erste davon.
reason-everybody = Alle erfahren davon.
reason-passed-on = { $by } hat es weitergegeben; jetzt sind Sie an der Reihe.
reason-skipped = Die Schritte davor nannten niemanden, den man fragen könnte; jetzt sind Sie an der Reihe.
reason-fallback = Niemand hat innerhalb von { $after } bestätigt, und alle Schritte sind durch; jetzt ist die Rückfallebene gefragt, und das sind Sie.
reason-fallback-nobody = Kein Schritt nennt jemanden, den man fragen könnte; jetzt ist die Rückfallebene gefragt, und das sind Sie.
reason-coverage = Weniger Leute als zugesagt haben Bereitschaft; Sie erfahren es, weil Sie es beheben können.
reason-unsent = Meldungen erreichen die Leute nicht; Sie erfahren es, weil das Melden selbst Hilfe braucht.
reason-handed-over = Das wurde Ihnen übergeben; bis Sie übernehmen, hat es niemand.
reason-escalated = Niemand hat innerhalb von { $after } bestätigt; jetzt sind Sie an der Reihe.
reason-deadline = Innerhalb von { $after } nicht gelöst; Sie werden als vorgesetzte Person informiert.
reason-digest = { $pages ->
    [one] Eine weitere Meldung war fällig; diese steht für sie.
   *[other] { $pages } Meldungen waren fällig; diese steht für alle.
}
reason-test = noout prüft, ob es Sie erreicht. Öffnen Sie den Link, um es zu bestätigen.

severity = Schweregrad: { $severity }
since = Seit: { $since }
hit = Betroffen: { $names }
done = Von noout erledigt: { $what }
alert = Alarm: { $labels }
alerts = Alarme darin: { $count }
runbook = Vorgehen: { $where }
incident = Vorfall Nr. { $number }
also = Auch: { $what }
more = und { $count } weitere

critical = kritisch
warning = Warnung
info = Information

open = Öffnen und bestätigen
otherwise = Oder öffnen Sie diesen Link:

take = Übernehmen
answer = Antworten Sie { $code }, um zu übernehmen.
call = Hier ist noout. { $title }. Drücken Sie 1, um zu übernehmen. Drücken Sie 2, um es noch einmal zu hören.
call-test = Hier ist noout mit einem Test. Es ist nichts passiert. Drücken Sie 1, um zu bestätigen, dass Sie dies hören.
call-taken = Danke. Sie haben es.
call-confirmed = Danke. Dieser Weg funktioniert.
call-silent = Es wurde nichts gedrückt. Andere werden angerufen. Auf Wiederhören.
call-over = Es gibt nichts mehr zu übernehmen. Auf Wiederhören.
reply-taken = Sie haben Nr. { $title }.
reply-confirmed = Danke, dieser Weg funktioniert.
reply-which = Es sind mehrere: antworten Sie mit der Nummer ({ $title }), oder ALLE.
reply-nothing = Es gibt nichts zu übernehmen.

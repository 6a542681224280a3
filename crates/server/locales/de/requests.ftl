# Anfragen anderer Teams, die wöchentliche Besprechung, Entscheidungen.
nav-requests = Anfragen
nav-meeting = Besprechung
request = Anfrage
requests-lead = Was andere Teams wollen. Jeder darf eine Anfrage nehmen, auch von jemand anderem.
requests-open = Offene Anfragen
requests-none = Niemand wartet auf etwas.
requests-closed = Kürzlich abgeschlossen
requests-closed-since = { $n ->
    [0] Seit der letzten Besprechung wurde keine Anfrage abgeschlossen.
    [one] Seit der letzten Besprechung wurde eine Anfrage abgeschlossen.
   *[other] Seit der letzten Besprechung wurden { $n } Anfragen abgeschlossen.
 }
request-new = Um etwas bitten
request-title = Was gewünscht wird
request-text = Mehr dazu
request-urgency = Wie sehr es drängt
request-interrupts = Was es unterbricht
request-interrupts-what = unterbricht: { $what }
request-wanted-by = Gewünscht bis
request-other = Jemand anderes will es
request-name = Name
request-team = Team
request-mail = Mail
request-go = Anfragen
request-from = Von
request-take = Ich nehme sie
request-has = { $who } hat sie
request-nobody = Niemand hat sie
request-answer = Antworten
request-answer-go = Antworten
request-answer-mail = noout schreibt keine Mail an { $mail }: Es steht hier.
request-weigh = Es drängt mehr oder weniger
request-close = Erledigt
request-close-words = Was getan wurde
request-close-go = Sie ist erledigt
request-decline = Ablehnen
request-decline-why = Warum nicht
request-decline-go = Sie wird nicht gemacht
request-done = Erledigt
request-declined = Abgelehnt
pressure-can-wait = Kann warten
pressure-this-week = Diese Woche
pressure-interrupts = Unterbricht
planned-work = andere geplante Arbeit
interrupted-by = { $what }: unterbrochen durch Anfrage { $id } ({ $who }, seit { $since }, { $long })
interrupts-wanted = { $what }: Anfrage { $id } von { $who } will sie unterbrechen, und niemand hat sie
interrupted-for = { $what } stand dafür still: { $long }
need-request = Anfrage { $id } will geplante Arbeit unterbrechen: { $title }
need-request-more = { $who } · niemand hat sie
now-requests = Anfragen
now-requests-more = { $n ->
    [one] Eine weitere Anfrage
   *[other] { $n } weitere Anfragen
 }
meeting-since = Seit
meeting-stood = Was unterbrochen wurde
meeting-incidents = Vorfälle
meeting-no-incidents = Kein Vorfall seit der letzten Besprechung.
meeting-to-ack = Bis jemand ihn hatte
meeting-to-resolve = Bis er vorbei war
meeting-pages = Rufe
meeting-night = { $n } nachts
meeting-more = und { $n } weitere
meeting-planned = Kommende Wartungen
meeting-interrupted-by = unterbrochen durch Anfrage { $id }
meeting-gaps = Lücken der nächsten vier Wochen
meeting-no-gaps = Die nächsten vier Wochen sind genug Leute in Bereitschaft.
decisions-title = Entscheidungen
decisions-lead = Jeder sagt eines und darf es ändern, bis die Frage abgeschlossen ist. Nichts wird gelöscht.
decisions-open = Anstehende Entscheidungen
decisions-none = Keine Frage ist offen.
decisions-search = Suche
decisions-search-go = Suchen
decision-new = Eine Frage stellen
decision-title = Die Frage
decision-options = Möglichkeiten, eine je Zeile
decision-options-hint = leer lassen für: dafür, dagegen
decision-until = Antwort erwünscht bis
decision-go = Das Team fragen
decision-open = Offen
decision-late = Verspätet
decision-closed = Entschieden
decision-asks-you = Sie sind gefragt
decision-voices = { $n ->
    [one] eine Stimme
   *[other] { $n } Stimmen
 }, { $silent } stumm
decision-count = Wie es steht
decision-said = Was die Leute sagen
decision-no-voice = Noch hat niemand etwas gesagt.
decision-unasked = war nicht gefragt
decision-silent = Gefragt, und haben noch nichts gesagt: { $who }
decision-your-voice = Ihre Stimme
decision-say = Sagen
decision-close = Abschließen
decision-decided = Was entschieden wurde
decision-close-go = Aufschreiben
choice-for = dafür
choice-against = dagegen
choice-abstain = weder noch
tl-request-asked = reichte dies ein für { $who }
tl-request-taken = nimmt sie
tl-request-handed-over = gibt sie an { $to }
tl-request-answered = antwortet
tl-request-written = schreibt ({ $who })
tl-request-weighed = sagt, wie sehr es drängt: { $urgency }
tl-request-done = sagt, dass sie erledigt ist
tl-request-declined = lehnt sie ab
tl-interrupted = sieht sie unterbrochen durch Anfrage { $id } ({ $who })
tl-interruption-ended = sieht sie nicht mehr unterbrochen durch Anfrage { $id } ({ $who })
tl-decision-raised = stellt Frage { $id }
tl-decision-voiced = sagt: { $choice }
tl-decision-closed = schließt Frage { $id }: { $decided }

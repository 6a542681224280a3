# Vorfälle, Alarme, Telefon, Mitteilungen.
incidents-open = Offen
incidents-closed = Zuletzt geschlossen
incidents-none-plain = Kein Vorfall ist offen.
incidents-closed-none = Seit dieses Journal begann, wurde keiner geschlossen.
incident-new = Neuer Vorfall
incident-new-title = Was nicht stimmt
incident-new-text = Mehr dazu
incident-new-severity = Schweregrad
incident-new-go = Eröffnen und alarmieren
ack = Übernehmen
ack-phone = Ich übernehme
ack-many = % Vorfälle übernehmen
take-over = An mich nehmen
owned-by = Bei { $who }
owned-nobody = Noch niemand hat ihn
resolved-by = Behoben von { $who }
paged = Alarmiert: { $people }
paged-nobody = Niemand wurde alarmiert.
paged-title = Wer Bescheid bekam
page-waiting = Nächster Versuch
page-sending = Wird gesendet
page-delivered = Zugestellt
page-over = Nicht mehr nötig
page-failed = Nicht erreicht
why-step = Stufe { $n }
why-deadline = Frist verstrichen
why-handed = übergeben
why-fallback = letzter Ausweg
need-overdue = Nicht innerhalb der Frist behoben; Vorgesetzte wissen Bescheid.
firing = Laufende Alarme
pin-since = Seit
pin-component = Komponente
pin-policy = Alarmierungsregel
pin-runbook = Vorgehen
pin-runbook-open = Vorgehen lesen
pin-customers = Kunden
pin-not-told = nicht benachrichtigt
tell-customers = Kunden benachrichtigen
note = Etwas aufschreiben
note-hint = Was Sie gesehen oder getan haben
note-go = Aufschreiben
announce = Ankündigen, was Sie tun werden
announce-hint = Bevor Sie es tun, damit es alle wissen
announce-go = Ankündigen
hand-over = Übergeben
hand-over-to = An wen
hand-over-go = Übergeben und alarmieren
plan-host = Wartung planen
plan-reason = Warum der Host hinaus muss
plan-host-go = Plan für { $host } machen
resolve = Beheben
resolve-note = Was getan wurde
resolve-go = Als behoben schließen
tl-opened = eröffnete den Vorfall
tl-raised = stufte ihn hoch: { $severity }
tl-acked = übernahm ihn
tl-resolved = behob ihn
tl-noted = schrieb
tl-announced = kündigte an, bevor es geschieht
tl-handed-over = übergab ihn an { $to }
tl-deadline-passed = gibt Vorgesetzten Bescheid: die Frist ist verstrichen
tl-alert-fired = schickte den Alarm { $what }
tl-fell-silent = wird von niemandem mehr gesendet, und niemand sagte, dass es vorbei ist: ein Mensch schließt ihn
tl-told-customers = benachrichtigte Kunden: { $stage }
tl-called = alarmiert { $people }
tl-escalated = geht weiter an { $people } (Runde { $round }, Stufe { $step })
tl-exhausted = hat keine Stufe mehr; alarmiert { $people }
tl-acked-by-one = hat ihn; andere müssen ihn auch übernehmen
tl-unacked = zu lange wurde nichts notiert: { $who } hat ihn nicht mehr
tl-held-back = ruft niemanden: { $rule } von { $who } hält ihn zurück
tl-let-go = wird nicht mehr zurückgehalten
tl-passed-on = hat ihn weitergereicht
tl-awake = ist wach und sieht ihn an
tl-page-deferred = { $person } hat so viele Rufe bekommen, wie ein Mensch liest: dieser kommt in der nächsten Sammelmeldung
tl-page-spared = ruft { $person } nicht, wach wegen derselben Ursache
tl-page-sending = schickt einen Alarm an { $person } über { $channel }
tl-page-delivered = erreichte { $person }
tl-page-permanent = kann { $person } so nicht erreichen
tl-page-transient = konnte { $person } noch nicht erreichen
tl-page-ambiguous = weiß nicht, ob { $person } erreicht wurde, und schickt noch einmal
tl-page-accepted = ein Dienst hat den Alarm an { $person } angenommen; ob er ankommt, ist noch nicht bekannt
tl-page-busy = soll warten, bevor es { $person } wieder schreibt
tl-receipt-arrived = erreichte { $person }
tl-receipt-refused = erreichte { $person } nicht
tl-receipt-missing = hat von { $person } keine Quittung bekommen, das zählt als nicht zugestellt
tl-page-failed = konnte { $person } auf keinem Weg erreichen
phone-title = Alarm
phone-dead = Dieser Link geht nicht
phone-forged = Er ist nicht von diesem Server, oder das Konto besteht nicht mehr.
phone-expired = Er ist abgelaufen. Melden Sie sich an der Konsole an.
phone-gone = Der Vorfall ist lange geschlossen. Die Konsole hat ihn noch.
phone-console = Konsole
phone-hit-title = Wen es trifft
phone-hit = { $n ->
    [one] Ein Gast auf { $host }: { $customers }
   *[other] { $n } Gäste auf { $host }: { $customers }
 }
phone-hit-host = Gäste auf { $host }
phone-hit-unknown = Noch nicht bekannt
phone-done = Was noout schon getan hat
phone-nothing = Noch nichts
phone-told = Alarmierte auch { $people }
phone-alerts = { $n } Alarme in diesem einen
phone-planned = Wartung von { $host }, { $n } Umzüge: { $state }
phone-plan = Plan für { $host }: { $state }
phone-plan-title = Plan für { $host }
phone-yours = Von Ihnen übernommen um { $at }
phone-theirs = { $who } hat ihn übernommen um { $at }
phone-you-are = Für { $who }
phone-lost = Keine Verbindung: Was Sie sehen, kann alt sein.
pass-on = Weitergeben
notice-title = Kunden benachrichtigen
notice-lead = Von Menschen geschrieben, in jeder Sprache. Die Vorschau ist, was gesendet wird.
notice-preview = Das lesen die Kunden
notice-falls-back = Leer: Diese Leser sehen den englischen Text.
notice-components = Komponenten
notice-no-components = Es ist keine Komponente eingerichtet.
notice-send = Senden
notice-edit = Ändern
notice-stage = Stand
notice-impact = Auswirkung
notice-heading = Überschrift
notice-text = Text
notice-see = Vorschau
notice-rule = Noch wird nichts gesendet.
notice-before = Bisher gesendet
notice-prepared = vorbereiteter Text: { $key }
stage-investigating = Wird untersucht
stage-identified = Ursache bekannt
stage-monitoring = Wird beobachtet
stage-resolved = Behoben
stage-scheduled = Angekündigt
stage-in-progress = Im Gange
stage-verifying = Wird geprüft
stage-completed = Abgeschlossen
impact-none = Keine Auswirkung
impact-minor = Langsamer
impact-major = Teilweise gestört
impact-critical = Ausgefallen
ack-taken = { $who } hat ihn seit { $at }; Ihre Seite war älter. Nichts wurde geändert. Wenn Sie ihn trotzdem wollen, nehmen Sie ihn an sich.
ack-taken-handed = { $who } hat ihn jetzt; Ihre Seite war älter. Nichts wurde geändert. Wenn Sie ihn trotzdem wollen, nehmen Sie ihn an sich.
phone-yours-handed = Er ist bei Ihnen
pin-next-step = Nächste Stufe
notice-unfelt = Die Auswirkung ist „Keine Auswirkung“: Kunden lesen den Text, aber die Komponenten bleiben auf der Statusseite „In Betrieb“. Wählen Sie eine Auswirkung, wenn Kunden etwas spüren.
asked = { $who } ist gefragt und hat noch nicht geantwortet
rule-silence = Stummschaltung { $id }
rule-mute = die Regel { $id }
rule-inhibit = die Regel { $id }
rule-maintenance = Wartung { $id }
held-back = Zurückgehalten durch { $rule } ({ $who }) bis { $until }
phone-awake-go = Ich bin wach
phone-awake = Sie sind wach: vorerst keine Rufe zur selben Ursache. Noch hat ihn niemand.
phone-passed = Sie haben ihn weitergereicht.
phone-acked-one = Sie haben ihn. Andere müssen ihn auch übernehmen.
phone-next = wer als Nächstes dran ist
phone-others = { $n ->
    [one] Einer mehr wartet auf Sie
   *[other] { $n } weitere warten auf Sie
}
silences-lead = Alarme, die eine Weile niemanden wecken. Was am Ende noch brennt, wird sofort wieder angesehen.
silences-none = Nichts ist stummgeschaltet.
silence-what = Alarme
silence-holds = Hält zurück
silence-says = { $author }, laut { $by }
silence-author = Verantwortlich
silence-end = Jetzt beenden
silence-pending = ab
silence-alerts = { $n ->
    [0] gerade nichts
    [one] ein Alarm
   *[other] { $n } Alarme
}
silence-rules = Regeln der Konfiguration
rule-while = solange { $source } brennt
silence-ended = Kürzlich beendet
silence-new = Neue Stummschaltung
silence-long = Wie lange
silence-why = Warum
silence-go = Stummschalten
silence-these = Diese Alarme stummschalten
page-covered = in einer Sammelmeldung

# Heartbeats.
beats-none = Es sind keine Lebenszeichen eingerichtet.
col-beat = Job
col-expected = Erwartet
col-last-heard = Zuletzt gehört
col-due = Fällig
col-took = Dauer
col-said = Letzte Worte
beat-never = nie
beat-down = stumm oder fehlgeschlagen
beat-late = verspätet
beat-new = noch nie gehört
beat-running = läuft
beat-up = lebt
beat-paused = pausiert
tl-acked-at-source = { $who } hat das an der Quelle übernommen
tl-acked-at-source-somebody = jemand hat das an der Quelle übernommen

# Tickets in other systems
pin-tickets = Tickets
file-ticket = Ticket anlegen
file-ticket-in = Wo
file-ticket-go = Anlegen
tl-ticket-wanted = Ein Ticket in { $tracker } ist gewünscht
tl-ticket-filed = In { $tracker } angelegt als { $ticket }
tl-ticket-failed = In { $tracker } lässt es sich nicht anlegen oder schreiben
tl-ticket-heard = { $author } in { $tracker }
tl-ticket-closed-there = Das Ticket in { $tracker } wurde dort geschlossen
tl-ticket-reopened-there = Das Ticket in { $tracker } wurde dort wieder geöffnet
phone-ack-all = { $n ->
    [one] Übernehmen
   *[other] Alle { $n } übernehmen
}
phone-all = Alles, wozu Sie gerufen wurden
phone-all-mine = { $n ->
    [one] Einen haben Sie
   *[other] { $n } haben Sie
}
phone-all-theirs = { $n ->
    [one] Einen hat jemand anders übernommen
   *[other] { $n } haben andere übernommen
}
phone-all-waiting = { $n ->
    [one] Einer wartet auf Sie
   *[other] { $n } warten auf Sie
}
phone-all-none = Nichts wartet auf Sie.
quiet-low = Niedrige Dringlichkeit: niemand wird gerufen

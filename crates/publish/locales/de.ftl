# What customers read. Plain words, no internal names.
operational = In Betrieb
degraded-performance = Langsamer als sonst
partial-outage = Teilweise ausgefallen
major-outage = Ausgefallen
under-maintenance = In Wartung
unknown = Unbekannt

# How it all is.
overall-none = Alle Systeme in Betrieb
overall-maintenance = Wartung läuft
overall-unknown = Einige Systeme sind derzeit nicht sichtbar
overall-minor = Einige Systeme sind langsamer als sonst
overall-major = Einige Systeme sind ausgefallen
overall-critical = Ausgefallen

# How far a notice is.
investigating = Wir suchen die Ursache
identified = Die Ursache ist bekannt
monitoring = Behoben, wir beobachten
resolved = Behoben
scheduled = Angekündigt
in-progress = Im Gange
verifying = Erledigt, wir prüfen
completed = Abgeschlossen

# The page's frame.
skip = Zum Inhalt
languages = Sprachen
published = Veröffentlicht
next-by = nächste Meldung spätestens
stale-hint = Ist diese Zeit vorbei, so ist diese Seite veraltet: Verlassen Sie sich nicht darauf.
open-incidents = Störungen
components = Komponenten
no-components = Noch ist keine Komponente veröffentlicht.
coming = Wartung
none-coming = Es ist keine Wartung angekündigt.
closed = Frühere Meldungen
none-closed = Bisher keine.
since = seit { $at }
affected = Betroffen: { $names }
window = { $from } bis { $until }
calendar = Kalender
feed-title = { $name }: Störungen und Wartungen
no-text = In dieser Sprache liegt kein Text vor.
nothing-here = Hier ist nichts
nothing-here-why = Vielleicht ist die Adresse vertippt, oder was hier war, gibt es nicht mehr.
to-status = Zur Statusseite

# What noout says of a maintenance by itself, unless a person writes something else.
maintenance-title = Wartung unserer Plattform
maintenance-scheduled = Wir reparieren einen unserer Server. Seine Last zieht zuvor auf andere Server um; wir erwarten keine Unterbrechung.
maintenance-scheduled-restarts = Wir reparieren einen unserer Server. Seine Last zieht vorher auf andere Server um; wenige Dienste starten dabei kurz neu.
maintenance-in-progress = Die Arbeiten haben begonnen.
maintenance-verifying = Der Server ist repariert. Wir prüfen ihn, bevor er wieder Last trägt.
maintenance-completed = Die Arbeiten sind abgeschlossen.
maintenance-cancelled = Wir haben die Arbeiten abgebrochen. Einen neuen Termin geben wir bekannt.

# The value report.
report-title = Wertbericht
generated = Erstellt am { $at }
evidence = Belege:
no-evidence = Kein Beleg verknüpft.
evidence-rows = { $n } Zeilen
measured = Gemessen
measured-about = Von der Plattform abgelesen, während es geschah.
measured-empty = Es wurde nichts gemessen; über Auswirkungen wird deshalb nichts gesagt.
estimated = Geschätzt
estimated-about = Als Spanne berechnet; die Zeile sagt, woraus.
estimated-empty = Nicht geschätzt: zu wenige Fälle.
not-claimed = Nicht behauptet
not-claimed-about = Was gefallen könnte und was wir nicht wissen können.
not-claimed-empty = Nichts über die Zeilen der anderen Spalten hinaus.

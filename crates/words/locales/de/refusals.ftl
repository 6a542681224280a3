# Warum noout nicht tut, was jemand will.
within-role = { $needed ->
    [viewer] „sieht“
    [responder] „greift ein“
    [operator] „betreibt“
   *[admin] „verwaltet“
}
refused-unknown = { $what ->
    [component] eine Komponente
    [incident] einen Vorfall
    [maintenance] eine Wartung
    [override] eine Vertretung
    [person] einen Menschen
    [platform] eine Plattform
    [policy] eine Rufkette
    [schedule] eine Bereitschaft
   *[other] { $what }
} „{ $id }“ gibt es nicht
refused-role = { $who } darf das nicht: Nötig ist die Rolle { within-role } oder eine höhere
refused-anybody = wer hier fragt, darf das nicht: Nötig ist die Rolle { within-role } oder eine höhere
refused-invalid = { $field }: gefunden { $found }, erlaubt { $allowed }
refused-closed = Vorfall { $id } ist geschlossen
refused-taken = Vorfall { $id } ist schon übernommen
refused-not-paged = { $person } wurde zu Vorfall { $id } nicht gerufen
refused-source-silences = die Quelle { $source } darf nichts stummschalten: die Konfiguration erlaubt es mit silences = true
refused-too-many-silences = { $max } Stummschaltungen bestehen schon: zuerst einige beenden
refused-unreachable = { $person } ist nicht zu erreichen: kein Kontaktweg, der geht
refused-about-nothing = wovon die Mitteilung handelt, das gibt es nicht
refused-no-finding = zu { $sensor } von { $host } ist kein Befund offen
refused-still-high = { $sensor } von { $host } steht noch bei { $score }: Nach dem Tausch endet der Befund von selbst unter { $below }; ein Mensch kann ihn jetzt aufheben
refused-over = Wartung { $id } ist vorbei
refused-under-way = sie ist im Gange: anhalten oder abbrechen
refused-not-under-way = Wartung { $id } ist nicht im Gange
refused-another = Wartung { $id } von { $host } ist im Gange: nur eine Ausfalldomäne auf einmal
refused-exists = Wartung { $id } von { $host } gibt es schon
refused-storage = { $platform } ist ein Speicher: einen Host der Plattform nennen, auf der Gäste laufen
refused-plan-changed = der Plan ist ein anderer: gelesen wurde { $read }, jetzt gilt { $now }; bitte neu lesen
refused-plan-making = der Plan ist ein anderer: gelesen wurde { $read }, ein neuer entsteht; bitte neu lesen
refused-proposed = er ist schon vorgeschlagen; ein zweiter Mensch muss ihn freigeben
refused-no-plan = jetzt ist kein Plan da, der vorgeschlagen werden kann
refused-not-proposed = jetzt ist kein vorgeschlagener Plan da, der freigegeben werden kann
refused-second-person = wer einen Plan vorschlägt, gibt ihn nicht frei: Das muss ein zweiter Mensch tun
refused-stopped = noout ist angehalten: Nichts Störendes beginnt; erst weitergehen lassen
refused-on-way-back = sie ist schon auf dem Rückweg
refused-no-order = es gibt noch keinen Arbeitsauftrag
refused-order-signed = der Arbeitsauftrag ist unterschrieben
refused-nothing-to-sign = jetzt wartet nichts auf eine Unterschrift
refused-order-open = noch nicht getan: { $items }

config-refused = diese Konfiguration gilt nicht: { $parts }; ist es so gemeint, sagen Sie es (`noout apply --force`)
config-nobody = sie nennt keine Personen, niemand bekäme Bescheid
config-no-admin = sie hat niemanden mit der Rolle admin, die geltende hat jemanden
config-without = sie kennt { $person } nicht, von wem sie kommt

contact-own = ein Kontaktweg wird nur von der Person selbst bestätigt und eingerichtet, { $person }
contact-devices = es sind bereits { $n } Geräte eingerichtet: zuerst eines entfernen
contact-tested = das wurde eben erst versucht: warten Sie { $pause_span }

# Ein Schritt als Subjekt eines Satzes.
within-step = { $step ->
    [entry] die Eingangsprüfung
    [move] der Umzug eines Gastes
    [confirm_empty] die Prüfung, ob der Host leer ist,
    [set_noout] das Setzen von noout
    [power_off] das Ausschalten
    [confirm_away] die Prüfung, ob der Host aus ist,
    [work_order] der Arbeitsauftrag
    [hands_off] die Zusage, dass keine Hand im Host ist,
    [power_on] das Einschalten
    [confirm_back] die Rückkehr des Hosts
    [prove_healthy] die Bewährung seiner Sensoren
    [clear_noout] das Entfernen von noout
    [confirm_clean] die Prüfung, ob alle Daten sauber sind,
    [plan_home] die Planung des Heimwegs
    [move_home] die Heimkehr eines Gastes
   *[other] { $step }
}

# Warum ein Schritt noch nicht getan wird oder der Plan nicht mehr gilt.
gate-expired = die Freigabe ist abgelaufen
gate-old-view = die Plattform wurde zuletzt vor { $age_span } gelesen
gate-incomplete = die Sicht ist unvollständig: { $what }
gate-stopped = noout ist angehalten von { $by }: { $why }
gate-not-online = { $host } ist nicht online
gate-sign = ein Mensch muss unterschreiben
gate-prove = seine Sensoren müssen eine Weile gut sein
gate-no-quorum = der Cluster hat kein Quorum
gate-quorum-thin = mit einem Host weniger hätte der Cluster kein Quorum
gate-other-host = { $host } ist schon { $state ->
    [maintenance] in Wartung
    [offline] offline
   *[other] { $state }
}: nur eine Ausfalldomäne auf einmal
gate-busy = es läuft: { $task }
gate-storage-unread = der Speicher { $storage } ist nicht lesbar
gate-storage-says = der Speicher meldet { $check }: { $summary }
gate-storage-error = der Speicher meldet HEALTH_ERR
gate-noout-cluster = noout ist für den ganzen Cluster gesetzt, und nicht von uns
gate-noout-host = noout ist für { $host } gesetzt ({ $n ->
    [one] ein Flag
   *[other] { $n } Flags
}), und nicht von uns
gate-noout-other = noout ist für { $host } gesetzt ({ $n ->
    [one] ein Flag
   *[other] { $n } Flags
}), von jemand oder etwas anderem
gate-noout-osd = noout ist für osd.{ $osd } gesetzt ({ $n ->
    [one] ein Flag
   *[other] { $n } Flags
}), von jemand oder etwas anderem
gate-noout-unset = noout ist für { $host } nicht gesetzt
gate-noout-still = noout ist für { $host } noch gesetzt
gate-osd-down = osd.{ $osd } auf { $host } ist down
gate-osd-out = osd.{ $osd } auf { $host } ist out
gate-osd-still-up = osd.{ $osd } ist noch up
gate-osd-marked-out = osd.{ $osd } wurde out gesetzt
gate-osd-not-home = osd.{ $osd } ist { $up } und { $is_in }
gate-osd-gone = osd.{ $osd } ist nicht mehr zu sehen
gate-no-osds = es ist überhaupt kein OSD zu sehen
gate-no-osds-of = von { $host } ist kein OSD zu sehen: Der Speicher kennt den Host vielleicht unter anderem Namen
gate-no-osds-back = von { $host } ist kein OSD zu sehen
gate-not-clean = Placement Groups sind nicht sauber: { $pgs }
gate-not-served = nicht alle Daten sind erreichbar: { $pgs }
gate-no-mons = es ist überhaupt kein Monitor zu sehen
gate-mon-out = mon.{ $mon } ist nicht im Quorum
gate-no-manager = es gibt keinen aktiven Manager
gate-no-standby = es gibt keinen Manager in Reserve
gate-osds-may-not = die OSDs von { $host } dürfen nicht stoppen: { $why }
gate-osds-unknown = niemand kann sagen, ob die OSDs von { $host } stoppen dürfen: { $why }
gate-mons-may-not = die Monitore von { $host } dürfen nicht stoppen: { $why }
gate-mons-unknown = niemand kann sagen, ob die Monitore von { $host } stoppen dürfen: { $why }
gate-arrived = läuft entgegen dem Plan auf { $host }: { $guests }
gate-still-running = läuft noch auf { $host }: { $guests }
gate-unlisted-empty = { $host } ist nicht im Bestand: Das beweist nicht, dass er leer ist
gate-unlisted-off = { $host } ist nicht im Bestand: Das beweist nicht, dass er aus ist
gate-unlisted = { $host } ist nicht im Bestand
gate-guests-lost = Gäste, die umgezogen sind, sind nirgends zu sehen: Das beweist nicht, dass der Host leer ist
gate-guest-unlisted = Gast { $guest } ist nicht im Bestand
gate-guest-elsewhere = Gast { $guest } wurde auf { $from } erwartet und ist auf { $host }
gate-guest-locked = Gast { $guest } ist gesperrt: { $lock }
gate-guest-cannot = Gast { $guest } kann jetzt nicht nach { $to }: { $parts }
gate-still-there = { $host } ist noch { $state ->
    [maintenance] in Wartung
   *[online] online
}
gate-offline = { $host } ist offline
gate-same-boot = { $host } hat dieselbe Boot-ID wie vorher: Er war nie weg
gate-no-boot = von { $host } ist keine Boot-ID zu sehen
gate-bmc-silent = der BMC antwortet nicht: { $why }
gate-bmc-empty = der BMC zeigt überhaupt keinen Sensor
gate-sensor = { $sensor } { $state ->
    [bad] ist schlecht
    [missing] fehlt
   *[ok] ist gut
}
gate-sensors-lost = nicht mehr zu sehen: { $sensors }

# Was eine Prüfung sah, als sie den Schritt freigab.
seen-storage = Speicher { $health }: { $osds } OSDs, { $up } up, { $is_in } in; PGs: { $pgs }
seen-mons = { $in_quorum } von { $mons } Monitoren im Quorum
seen-empty = auf { $host } ist kein Gast mehr, der umziehen muss
seen-quorate = der Cluster hat Quorum
seen-back = { $host } ist online
seen-back-boot = { $host } ist nach einem Neustart online ({ $boot_id })
seen-there = { $guest } ist schon auf { $to }
seen-fits = { $guest } passt jetzt auf { $to }
seen-sensors = { $n } Sensoren von { $host } gut
seen-sensors-for = { $n } Sensoren von { $host } gut, { $good_span } lang

# Was mit dem übrigen Cluster nicht stimmt, während ein Host draußen ist.
watch-quorum = der Cluster hat das Quorum verloren
watch-host-down = { $host } ist auch offline
watch-osd-down = auf { $host } sind down: { $osds }
watch-osd-down-too = auf { $host } sind down, während { $away } draußen ist: { $osds }
watch-guests-lost = liefen, bis { $host } ausging, und sind jetzt nirgends am Laufen zu sehen: { $guests }
watch-pg-inactive = manche Daten sind weder les- noch schreibbar: Placement Groups sind inaktiv
watch-noout-gone = jemand hat noout von { $host } entfernt, obwohl seine OSDs down sind: Sie werden out gesetzt
watch-blind = die Plattform ist nicht zu sehen: { $why }
watch-blind-long = die Plattform war zu lange nicht zu sehen

# Wohin eine Wartung geht, und warum.
no-plan-incomplete = die Sicht ist unvollständig: { $what }
no-plan-unsound = der Plan besteht seine Prüfung nicht: { $parts }
run-new-look = { $by } bat, neu hinzusehen
run-refused = { within-step } wurde { $n ->
    [one] einmal
   *[other] { $n }-mal
} abgelehnt: { $parts }
run-task = Task { $task } läuft noch
run-no-reason = kein Grund ist bekannt
run-not-sent = es wurde nicht rechtzeitig gesendet, und was vorher zu sehen war, ist alt
run-doubtful = niemand weiß, ob es geschah: { $parts }
run-home = { $n ->
    [one] ein Gast kehrt
   *[other] { $n } Gäste kehren
} heim, { $left ->
    [one] einer bleibt
   *[other] { $left } bleiben
}, nach dem, was jetzt da ist
run-home-too-often = { $n }-mal geplant, und jedes Mal war der Cluster ein anderer
run-in-service = { $host } ist wieder im Dienst
run-given-up = aufgegeben: { $why }
run-given-up-early = aufgegeben, bevor etwas getan war: { $why }

# Warum ein Gast nicht dorthin kann, wohin er soll.
why-inventory = mit diesem Bestand lässt sich nicht planen: { $what }
why-unknown-guest = einen Gast { $guest } gibt es nicht
why-unknown-host = einen Host { $host } gibt es nicht
why-no-such-host = einen Host { $host } gibt es nicht; im Bestand sind { $hosts }{ $more ->
    [0] { "" }
   *[other] { " " }und { $more } weitere
}
why-already-there = er ist schon auf { $host }
why-offline = { $host } ist offline: Seine Gäste können nicht umziehen, nur anderswo neu starten; geräumt werden kann nur ein Host, der online oder in Wartung ist
why-source-offline = sein Host { $host } ist offline, von dort kann er nicht umziehen
why-target-state = { $host } ist { $state ->
    [offline] offline
    [maintenance] in Wartung
   *[online] online
}
why-pinned = er läuft und ist festgelegt: { $reason }
why-cpu-type = er braucht den CPU-Typ { $needs }, { $host } hat { $has }
why-cpu-type-unknown = er braucht den CPU-Typ { $needs }, der von { $host } ist unbekannt
why-storage = { $host } erreicht den Speicher { $storages }{ $more ->
    [0] { "" }
   *[other] { " " }und { $more } weitere
} nicht
why-memory = { $needs_mib } MiB Speicher sind nötig, auf { $host } sind neben der Reserve von { $reserve_mib } MiB noch { $free_mib } MiB frei
why-cpu = { $needs } virtuelle CPUs sind nötig, die Vorgabe lässt auf { $host } noch { $free } zu
why-anti-affinity = er darf keinen Host mit { $peer } teilen (Anti-Affinität „{ $name }“), und der ist auf { $host } oder auf dem Weg dorthin
why-affinity = er muss einen Host mit { $peer } teilen (Affinität „{ $name }“), und der bleibt auf { $host }
why-contradiction = seine Affinität verlangt einen Host mit { $peer }, seine Anti-Affinität „{ $name }“ verbietet ihn: Eine von beiden muss weg
why-no-other-host = es gibt keinen anderen Host
why-no-target = keiner von { $hosts } anderen Hosts kann ihn nehmen: { $parts }
why-closest = { $parts } (der nächste von { $hosts } solchen Hosts)

# Was man wissen sollte, bevor man einen Plan freigibt.
plan-summary = Umzüge: { $moves }; Schritte nacheinander: { $orders }; zu kopierender Speicher: { $memory_mib } MiB; Container mit Neustart: { $interruptions }; Gäste, die bleiben: { $blocked }
plan-interruption = { $guest } ist ein laufender Container: Er startet auf { $to } neu, das ist eine Unterbrechung
plan-made-room = { $guest } zieht von { $from } nach { $to }, damit { $for_guest } Platz hat
plan-by-third-host = { $guest } weicht auf dem Weg nach { $to } über { $via } aus, weil andere auf seinen Platz warten und er auf ihren
plan-waits = { $guest } wartet bis Schritt { $order }: { $parts }
plan-may-not-converge = { $guest } ändert { $dirty_mib_s } MiB Speicher in der Sekunde, und die Leitung schafft { $link_mib_s }: Der Umzug endet vielleicht nicht oder mit langer Pause
plan-broken-memory = schon vor diesem Plan: Laufende Gäste belegen { $used_mib } MiB von { $host }, für sie sind { $free_mib } MiB da
plan-broken-affinity = schon vor diesem Plan: { $guest } und { $peer } müssen einen Host teilen (Affinität „{ $name }“) und tun es nicht
plan-broken-anti-affinity = schon vor diesem Plan: { $guest } und { $peer } dürfen keinen Host teilen (Anti-Affinität „{ $name }“) und sind beide auf { $host }
plan-n-plus-lost = nach diesem Plan dürfen noch { $holds } Hosts sterben, verlangt sind { $wanted }{ $before ->
    [better] { "" }
   *[no-better] { " " }(vorher war es nicht besser)
}; stürbe { $worst }{ $worst_more ->
    [0] { "" }
   *[other] { " " }und { $worst_more } weitere
}, wäre kein Platz für { $homeless }{ $homeless_more ->
    [0] { "" }
   *[other] { " " }und { $homeless_more } weitere
}
plan-n-plus-not-exact = für { $deaths } Hosts, die zusammen sterben, wurden nur die am stärksten belegten angesehen
plan-nearly-full = { $host } ist zu { $percent } % dessen belegt, was Gäste dort nehmen dürfen
plan-gone = { $guest } ist nicht mehr im Bestand und kehrt deshalb nicht heim

# Pourquoi un invité ne peut pas aller où on le veut.
why-inventory = cet inventaire ne permet pas de planifier : { $what }
why-unknown-guest = il n’y a pas d’invité { $guest }
why-unknown-host = il n’y a pas d’hôte { $host }
why-no-such-host = il n’y a pas d’hôte { $host } ; l’inventaire contient { $hosts }{ $more ->
    [0] { "" }
   *[other] { " " }et { $more } de plus
}
why-already-there = il est déjà sur { $host }
why-offline = { $host } est hors ligne : ses invités ne peuvent pas être déplacés, seulement redémarrés ailleurs ; on ne vide qu’un hôte en ligne ou en maintenance
why-source-offline = son hôte { $host } est hors ligne, il ne peut pas en partir
why-target-state = { $host } est { $state ->
    [offline] hors ligne
    [maintenance] en maintenance
   *[online] en ligne
}
why-pinned = il tourne et il est fixé : { $reason }
why-cpu-type = il lui faut le type de CPU { $needs }, { $host } a { $has }
why-cpu-type-unknown = il lui faut le type de CPU { $needs }, celui de { $host } est inconnu
why-storage = { $host } n’atteint pas le stockage { $storages }{ $more ->
    [0] { "" }
   *[other] { " " }et { $more } de plus
}
why-memory = il faut { $needs_mib } Mio de mémoire, { $host } en a { $free_mib } de libres hors sa réserve de { $reserve_mib } Mio
why-cpu = il faut { $needs } CPU virtuels, la politique en laisse { $free } sur { $host }
why-anti-affinity = il ne doit pas partager d’hôte avec { $peer } (anti-affinité « { $name } »), qui est sur { $host } ou en route vers lui
why-affinity = il doit partager un hôte avec { $peer } (affinité « { $name } »), qui reste sur { $host }
why-contradiction = son affinité demande le même hôte que { $peer }, son anti-affinité « { $name } » l’interdit : il faut retirer l’une des deux
why-no-other-host = il n’y a pas d’autre hôte
why-no-target = aucun des { $hosts } autres hôtes ne peut le prendre : { $parts }
why-closest = { $parts } (le plus proche de { $hosts } hôtes dans ce cas)

# Ce qu’il faut savoir avant d’approuver un plan.
plan-summary = déplacements : { $moves } ; étapes successives : { $orders } ; mémoire à copier : { $memory_mib } Mio ; conteneurs redémarrés : { $interruptions } ; invités qui restent : { $blocked }
plan-interruption = { $guest } est un conteneur en marche : il redémarre sur { $to }, ce qui est une coupure
plan-made-room = { $guest } passe de { $from } à { $to } pour faire place à { $for_guest }, qui n’en aurait pas
plan-by-third-host = { $guest } passe par { $via } pour aller sur { $to }, car d’autres attendent sa place et lui la leur
plan-waits = { $guest } attend l’étape { $order } : au début, { $parts }
plan-may-not-converge = { $guest } modifie { $dirty_mib_s } Mio de mémoire par seconde et le lien en porte { $link_mib_s } : son déplacement peut ne pas finir, ou le mettre longtemps en pause
plan-broken-memory = avant ce plan déjà : les invités en marche prennent { $used_mib } Mio de { $host }, qui en a { $free_mib } pour eux
plan-broken-affinity = avant ce plan déjà : { $guest } et { $peer } doivent partager un hôte (affinité « { $name } ») et ne le font pas
plan-broken-anti-affinity = avant ce plan déjà : { $guest } et { $peer } ne doivent pas partager d’hôte (anti-affinité « { $name } ») et sont tous deux sur { $host }
plan-n-plus-lost = après ce plan, { $holds } hôtes de plus peuvent tomber, la politique en demande { $wanted }{ $before ->
    [better] { "" }
   *[no-better] { " " }(ce n’était pas mieux avant)
} ; si { $worst }{ $worst_more ->
    [0] { "" }
   *[other] { " " }et { $worst_more } de plus
} tombait, il n’y aurait pas de place pour { $homeless }{ $homeless_more ->
    [0] { "" }
   *[other] { " " }et { $homeless_more } de plus
}
plan-n-plus-not-exact = pour { $deaths } hôtes qui tombent ensemble, seuls les plus chargés ont été examinés
plan-nearly-full = { $host } est à { $percent } % de ce que les invités peuvent y prendre
plan-gone = { $guest } n’est plus dans l’inventaire et ne revient donc pas

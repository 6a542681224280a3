# Une étape, comme sujet d’une phrase.
within-step = { $step ->
    [entry] le contrôle d’entrée
    [move] le déplacement d’un invité
    [confirm_empty] le contrôle que l’hôte est vide
    [set_noout] la pose de noout
    [power_off] l’extinction
    [confirm_away] le contrôle que l’hôte est éteint
    [work_order] le bon de travail
    [hands_off] la confirmation qu’aucune main n’est dans l’hôte
    [power_on] l’allumage
    [confirm_back] le retour de l’hôte
    [prove_healthy] la preuve de ses capteurs
    [clear_noout] le retrait de noout
    [confirm_clean] le contrôle que les données sont saines
    [plan_home] la planification du retour
    [move_home] le retour d’un invité
   *[other] { $step }
}

# Pourquoi une étape attend encore, ou pourquoi le plan ne vaut plus.
gate-expired = l’approbation a expiré
gate-old-view = la plateforme a été lue il y a { $age_span }
gate-incomplete = la vue est incomplète : { $what }
gate-stopped = noout est arrêté par { $by } : { $why }
gate-not-online = { $host } n’est pas en ligne
gate-sign = quelqu’un doit signer
gate-prove = ses capteurs doivent être bons pendant un moment
gate-no-quorum = le cluster n’a pas de quorum
gate-quorum-thin = avec un hôte de moins, le cluster n’aurait plus de quorum
gate-other-host = { $host } est déjà { $state ->
    [maintenance] en maintenance
    [offline] hors ligne
   *[other] { $state }
} : un seul domaine de panne à la fois
gate-busy = en cours : { $task }
gate-storage-unread = le stockage { $storage } n’est pas lisible
gate-storage-says = le stockage signale { $check } : { $summary }
gate-storage-error = le stockage signale HEALTH_ERR
gate-noout-cluster = noout est posé pour tout le cluster, et pas par nous
gate-noout-host = noout est posé pour { $host } ({ $n ->
    [1] un drapeau
   *[other] { $n } drapeaux
}), et pas par nous
gate-noout-other = noout est posé pour { $host } ({ $n ->
    [1] un drapeau
   *[other] { $n } drapeaux
}), par quelqu’un ou quelque chose d’autre
gate-noout-osd = noout est posé pour osd.{ $osd } ({ $n ->
    [1] un drapeau
   *[other] { $n } drapeaux
}), par quelqu’un ou quelque chose d’autre
gate-noout-unset = noout n’est pas posé pour { $host }
gate-noout-still = noout est encore posé pour { $host }
gate-osd-down = osd.{ $osd } sur { $host } est down
gate-osd-out = osd.{ $osd } sur { $host } est out
gate-osd-still-up = osd.{ $osd } est encore up
gate-osd-marked-out = osd.{ $osd } a été marqué out
gate-osd-not-home = osd.{ $osd } est { $up } et { $is_in }
gate-osd-gone = osd.{ $osd } n’est plus visible
gate-no-osds = aucun OSD n’est visible
gate-no-osds-of = aucun OSD de { $host } n’est visible : le stockage connaît peut-être l’hôte sous un autre nom
gate-no-osds-back = aucun OSD de { $host } n’est visible
gate-not-clean = des placement groups ne sont pas sains : { $pgs }
gate-not-served = toutes les données ne sont pas servies : { $pgs }
gate-no-mons = aucun moniteur n’est visible
gate-mon-out = mon.{ $mon } est hors du quorum
gate-no-manager = il n’y a pas de manager actif
gate-no-standby = il n’y a pas de manager en réserve
gate-osds-may-not = les OSD de { $host } ne peuvent pas s’arrêter : { $why }
gate-osds-unknown = impossible de dire si les OSD de { $host } peuvent s’arrêter : { $why }
gate-mons-may-not = les moniteurs de { $host } ne peuvent pas s’arrêter : { $why }
gate-mons-unknown = impossible de dire si les moniteurs de { $host } peuvent s’arrêter : { $why }
gate-arrived = en marche sur { $host } contre le plan : { $guests }
gate-still-running = encore en marche sur { $host } : { $guests }
gate-unlisted-empty = { $host } n’est pas dans l’inventaire : cela ne prouve pas qu’il est vide
gate-unlisted-off = { $host } n’est pas dans l’inventaire : cela ne prouve pas qu’il est éteint
gate-unlisted = { $host } n’est pas dans l’inventaire
gate-guests-lost = des invités partis ne sont visibles nulle part : cela ne prouve pas que l’hôte est vide
gate-guest-unlisted = l’invité { $guest } n’est pas dans l’inventaire
gate-guest-elsewhere = l’invité { $guest } était attendu sur { $from } et se trouve sur { $host }
gate-guest-locked = l’invité { $guest } est verrouillé : { $lock }
gate-guest-cannot = l’invité { $guest } ne peut pas aller sur { $to } maintenant : { $parts }
gate-still-there = { $host } est encore { $state ->
    [maintenance] en maintenance
   *[online] en ligne
}
gate-offline = { $host } est hors ligne
gate-same-boot = { $host } a le même identifiant de démarrage qu’avant : il n’est jamais parti
gate-no-boot = aucun identifiant de démarrage de { $host } n’est visible
gate-bmc-silent = le BMC ne répond pas : { $why }
gate-bmc-empty = le BMC ne montre aucun capteur
gate-sensor = { $sensor } { $state ->
    [bad] est mauvais
    [missing] est absent
   *[ok] est bon
}
gate-sensors-lost = plus visibles : { $sensors }

# Ce qu’un contrôle a vu en laissant passer l’étape.
seen-storage = stockage { $health } : { $osds } OSD, { $up } up, { $is_in } in ; PG : { $pgs }
seen-mons = { $in_quorum } moniteurs sur { $mons } dans le quorum
seen-empty = plus d’invité à déplacer sur { $host }
seen-quorate = le cluster a le quorum
seen-back = { $host } est en ligne
seen-back-boot = { $host } est en ligne après un démarrage ({ $boot_id })
seen-there = { $guest } est déjà sur { $to }
seen-fits = { $guest } a sa place sur { $to } maintenant
seen-sensors = { $n } capteurs de { $host } bons
seen-sensors-for = { $n } capteurs de { $host } bons pendant { $good_span }

# Ce qui ne va pas dans le reste du cluster pendant qu’un hôte est sorti.
watch-quorum = le cluster a perdu le quorum
watch-host-down = { $host } est hors ligne aussi
watch-osd-down = down sur { $host } : { $osds }
watch-osd-down-too = down sur { $host } alors que { $away } est sorti : { $osds }
watch-guests-lost = tournaient jusqu’à l’arrêt de { $host } et ne sont plus vus en marche : { $guests }
watch-pg-inactive = des données ne peuvent être ni lues ni écrites : des placement groups sont inactifs
watch-noout-gone = quelqu’un a retiré noout de { $host } alors que ses OSD sont down : ils seront marqués out
watch-blind = la plateforme n’est pas visible : { $why }
watch-blind-long = la plateforme n’a pas été vue depuis trop longtemps

# Où va une maintenance, et pourquoi.
no-plan-incomplete = la vue est incomplète : { $what }
no-plan-unsound = le plan ne passe pas son contrôle : { $parts }
run-new-look = { $by } a demandé de regarder à nouveau
run-refused = { $n } refus pour { within-step } : { $parts }
run-task = la tâche { $task } est encore en cours
run-no-reason = aucune raison n’est connue
run-not-sent = ce n’a pas été envoyé à temps, et ce qui avait été vu est ancien
run-doubtful = personne ne sait si cela a eu lieu : { $parts }
run-home = { $n ->
    [1] un invité revient
   *[other] { $n } invités reviennent
}, { $left ->
    [1] un reste
   *[other] { $left } restent
}, selon l’état présent
run-home-too-often = planifié { $n } fois, et le cluster était différent à chaque fois
run-in-service = { $host } est de nouveau en service
run-given-up = abandonné : { $why }
run-given-up-early = abandonné avant que rien ne soit fait : { $why }

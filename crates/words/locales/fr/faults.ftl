# Ce qu’a trouvé le détecteur de pannes intermittentes.
within-of = { $of ->
    [nothing] { "" }
   *[host] { " " }de { $host }
}
within-count = { $count ->
    [1] une fois
   *[other] { $count } fois
}
within-often = { within-count } en { $in_span }
within-rate = { $every_days ->
    [0] { $per_day ->
        [1] environ une fois par jour
       *[other] environ { $per_day } fois par jour
    }
   *[other] environ une fois en { $every_days } jours
}
within-unanswered = { $unanswered ->
    [1] une fois
   *[other] { $unanswered } fois
}
within-shared = { $shared ->
    [1] une fois
   *[other] { $shared } fois
}
within-mixed = le BMC{ within-of } a fait défaut { within-often } ({ within-unanswered } sans réponse, { within-shared } avec plusieurs capteurs perdus à la même lecture)
fault-drops-out = { $sensor }{ within-of } a décroché { within-often } ; un capteur de ce modèle décroche { within-rate }
fault-bmc-alone = le BMC{ within-of } n’a pas répondu { within-often }, chaque fois lui seul ; un BMC le fait { within-rate } : vérifier le BMC et son câble
fault-together = plusieurs capteurs{ within-of } ont décroché à la même lecture { within-often } ; la normale est { within-rate } : vérifier le BMC et ses connexions avant les capteurs
fault-together-named = plusieurs capteurs{ within-of } ont décroché à la même lecture { within-often }, chaque fois { $names } ; la normale est { within-rate } : vérifier d’abord ce qu’ils ont en commun
fault-bmc-mixed = { within-mixed } ; la normale est { within-rate } : vérifier le BMC et ses connexions avant les capteurs
fault-bmc-mixed-named = { within-mixed }, chaque fois { $names } ; la normale est { within-rate } : vérifier d’abord ce qu’ils ont en commun

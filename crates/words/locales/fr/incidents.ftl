# Les incidents que noout ouvre lui-même. Les titres s’affichent sur un écran verrouillé : rester bref.
page-fault = { $host } : { $sensor } décroche sans cesse
page-fault-bmc = { $host } : le BMC perd sans cesse ses capteurs
page-thin = { $parts }. Sans lui, plus aucune réserve : la prochaine panne fera mal.
page-few-fans = { $host } : trop peu de ventilateurs tournent
page-few-fans-text = { $n ->
    [1] Il manque un ventilateur
   *[other] Il manque { $n } ventilateurs
} à { $host }.
page-few-supplies = { $host } : trop peu d’alimentations fonctionnent
page-few-supplies-text = { $n ->
    [1] Il manque une alimentation
   *[other] Il manque { $n } alimentations
} à { $host }.
page-coverage = { $schedule } : moins de { $need } personnes d’astreinte dès { $from_time }
page-coverage-now = { $schedule } : moins de { $need } personnes d’astreinte, maintenant
page-coverage-text = Du { $from_time } au { $until_time }, d’astreinte et joignables : { $n ->
    [0] personne
   *[other] { $people }
}. Un remplacement y remédie.
page-alone = { $person } sort { $host } sans second accord
page-alone-text = Bris de glace : { $reason }
page-trouble = Maintenance de { $host } : { $parts }
page-trouble-text = La maintenance est suspendue. Rien de nouveau ne démarre tant que personne ne la relance.
page-blind-text = La maintenance est suspendue jusqu’à ce que la plateforme soit visible et que quelqu’un la relance.
page-held = Maintenance de { $host } suspendue : { $parts }
page-held-text = Quelqu’un doit décider : laisser continuer ou abandonner.
page-home = Pas de retour vers { $host } : { $parts }
page-flag = noout de { $host } reste posé plus longtemps que prévu
page-flag-text = Le stockage attend toujours ses OSD. Terminer le travail ou abandonner la maintenance.
page-abort = { $host } abandonné alors qu’il est éteint : noout reste posé
page-abort-text = Retiré maintenant, ses OSD seraient marqués out. Il sera retiré quand ils seront de nouveau up et in.
page-order = Le bon de travail de { $host } n’est pas signé à temps
page-order-text = Le temps ne le franchit jamais : le signer, le prolonger ou abandonner.
page-slow = Maintenance de { $host } : { within-step } dure trop longtemps
page-overflow = { $source } ouvre plus de { $rate } incidents par minute
page-overflow-text = Ce que { $source } a envoyé au-delà de son débit est dans cet incident, alerte par alerte. Parmi elles : { $title }
page-unsent = Les alertes à { $person } ne partent pas
page-unsent-text = { $n ->
    [one] Une alerte est en route
   *[other] { $n } alertes sont en route
} depuis { $since_time } sans atteindre personne. Regardez le canal dans le journal des essais ; l’escalade continue.
unsent-over = Toutes les alertes sont parties
page-beat-missed = { $heartbeat } : aucun signe de vie, attendu à { $due_time }
page-beat-never = { $heartbeat } : jamais de signe de vie, attendu à { $due_time }
page-beat-failed = { $heartbeat } annonce un échec{ $code ->
    [none] {""}
   *[other] {" "}(code de sortie { $code })
}
page-beat-long = { $heartbeat } dure plus de { $allowed_span }
page-beat-text = Attendu : { $schedule }. Dernier signe de vie à { $last_time }.
page-beat-text-never = Attendu : { $schedule }. Surveillé depuis { $since_time }.

# Ce que deviennent les incidents.
page-no-contact = aucun moyen de contact pour cette personne
page-no-person = cette personne n’est plus dans la configuration
raised-worse = une alerte plus grave s’est jointe
raised-later = une alerte s’est jointe après sa prise en charge
raised-hours = les heures de bureau ont commencé
coverage-mended = assez de personnes sont de nouveau d’astreinte dans { $schedule } pour { $near_span }

# Tickets
ticket-acked = { $who } s’en occupe.
ticket-noted = { $who } : { $text }
ticket-announced = { $who } va faire ceci : { $text }
ticket-handed-over = { $who } l’a transmis à { $to }.
ticket-resolved = { $who } dit que c’est terminé. { $parts }
ticket-over = C’est terminé : plus rien ne le signale.
ticket-closed-there = le ticket dans { $tracker } a été fermé
refused-ticket-there = c’est déjà dans { $tracker }

routes-lead = Essayez des étiquettes avant qu’une alerte ne les porte : qui serait prévenu, et ce qui est vraiment arrivé de semblable.
routes-labels = Étiquettes
routes-try = Essayer
routes-goes = Où elle va
routes-route = Route
route-none = aucune route : la première politique
routes-also = convient aussi et n’est jamais demandée : { $routes }
routes-policy = Politique
routes-wakes = Réveille
routes-now = maintenant
routes-later = dès
routes-nobody = non
routes-group = Un incident pour chaque
routes-after = Après
routes-step = Étape
routes-people = En ce moment
routes-exact = { $n ->
    [0] Aucune alerte récente ne portait ces étiquettes : une route à laquelle rien ne convient ne réveille personne
    [one] Une alerte récente portait ces étiquettes
   *[other] { $n } alertes récentes portaient ces étiquettes
}
routes-near = De vraies alertes qui le sont presque
routes-real = Arrivé récemment
replay-title = Qui aurait été réveillé ?
replay-lead = Les alertes vraiment arrivées, rejouées avec la configuration actuelle.
replay-since = Jusqu’où remonter
replay-go = Rejouer
replay-incidents = Incidents : il y en a eu { $was }, il y en aurait eu { $would }.
replay-nobody = Personne n’a été réveillé, et personne ne l’aurait été.
replay-person = Personne
replay-was = Alertes reçues
replay-would = Auraient été
replay-night-was = La nuit
replay-night-would = La nuit, auraient été
replay-fewer = Alertes qui n’auraient pas eu lieu
replay-more = Alertes qui se seraient ajoutées

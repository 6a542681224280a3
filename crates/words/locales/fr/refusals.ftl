# Pourquoi noout ne fait pas ce que quelqu’un veut.
within-role = { $needed ->
    [viewer] « voit »
    [responder] « intervient »
    [operator] « opère »
   *[admin] « administre »
}
refused-unknown = { $what ->
    [component] pas de composant
    [incident] pas d’incident
    [maintenance] pas de maintenance
    [override] pas de remplacement
    [person] pas de personne
    [platform] pas de plateforme
    [policy] pas de règle d’escalade
    [schedule] pas d’astreinte
   *[other] pas de { $what }
} « { $id } »
refused-role = { $who } ne peut pas faire cela : il faut au moins le rôle { within-role }
refused-anybody = qui le demande ne peut pas faire cela : il faut au moins le rôle { within-role }
refused-invalid = { $field } : trouvé { $found }, admis { $allowed }
refused-closed = l’incident { $id } est clos
refused-taken = l’incident { $id } est déjà pris en charge
refused-not-paged = { $person } n’a pas été alerté·e de l’incident { $id }
refused-source-silences = la source { $source } ne peut pas poser de silence : la configuration le permet par silences = true
refused-too-many-silences = { $max } silences sont déjà posés : terminez-en d’abord
refused-unreachable = { $person } n’est pas joignable : aucun moyen de contact ne fonctionne
refused-about-nothing = l’avis porte sur quelque chose qui n’existe pas
refused-no-finding = aucun constat ouvert pour { $sensor } de { $host }
refused-still-high = { $sensor } de { $host } a encore un score de { $score } : après un remplacement, le constat se clôt de lui-même sous { $below } ; quelqu’un peut le lever maintenant
refused-over = la maintenance { $id } est terminée
refused-under-way = elle est en cours : la suspendre ou l’abandonner
refused-not-under-way = la maintenance { $id } n’est pas en cours
refused-another = la maintenance { $id } de { $host } est en cours : un seul domaine de panne à la fois
refused-exists = la maintenance { $id } de { $host } existe déjà
refused-storage = { $platform } est un stockage : indiquer un hôte de la plateforme qui porte les invités
refused-plan-changed = le plan a changé : vous avez lu { $read }, le plan est maintenant { $now } ; relisez-le
refused-plan-making = le plan a changé : vous avez lu { $read }, un autre est en préparation ; relisez-le
refused-proposed = il est déjà proposé ; une seconde personne doit l’approuver
refused-no-plan = il n’y a pas de plan à proposer maintenant
refused-not-proposed = il n’y a pas de plan proposé à approuver maintenant
refused-second-person = qui propose un plan ne l’approuve pas : une seconde personne doit le faire
refused-stopped = noout est arrêté : rien de risqué ne démarre ; laisser d’abord continuer
refused-on-way-back = elle est déjà sur le retour
refused-no-order = il n’y a pas encore de bon de travail
refused-order-signed = le bon de travail est signé
refused-nothing-to-sign = rien n’attend de signature maintenant
refused-order-open = pas encore fait : { $items }

config-refused = cette configuration n’est pas appliquée : { $parts } ; si c’est voulu, dites-le (`noout apply --force`)
config-nobody = elle ne nomme personne, nul ne serait prévenu
config-no-admin = elle n’a personne au rôle admin, celle en vigueur en a
config-without = elle ne connaît pas { $person }, qui l’applique

contact-own = un moyen de contact n’est confirmé et enregistré que par la personne elle-même, { $person }
contact-devices = { $n } appareils sont déjà enregistrés : retirez-en un d’abord
contact-tested = cela vient d’être essayé : attendez { $pause_span }

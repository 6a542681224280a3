title-deadline = Non résolu après { $after } : { $what }
title-digest = { $pages ->
    [one] Une autre alerte : { $what }
   *[other] { $pages } alertes en une : { $what }
}
title-test = Message d’essai : tout va bien

reason-on-call = Vous êtes d’astreinte.
reason-first = Vous êtes le premier prévenu.
reason-everybody = Tout le monde est prévenu.
reason-passed-on = { $by } a passé la main ; c’est votre tour.
reason-skipped = Les étapes avant la vôtre ne désignaient personne à appeler ; c’est votre tour.
reason-fallback = Personne n’a répondu en { $after } et toutes les étapes sont passées ; le dernier recours est appelé, et c’est vous.
reason-fallback-nobody = Aucune étape ne désigne quelqu’un à appeler ; le dernier recours est appelé, et c’est vous.
reason-coverage = Moins de personnes que promis sont d’astreinte ; vous êtes prévenu parce que vous pouvez y remédier.
reason-unsent = Les appels n’arrivent pas ; vous êtes prévenu parce que l’appel lui-même a besoin d’aide.
reason-handed-over = Ceci vous a été transmis ; tant que vous ne le prenez pas, personne ne l’a.
reason-escalated = Personne n’a répondu en { $after } ; c’est votre tour.
reason-deadline = Non résolu en { $after } ; vous êtes prévenu en tant que responsable.
reason-digest = { $pages ->
    [one] Une autre alerte était prévue ; celle-ci la remplace.
   *[other] { $pages } alertes étaient prévues ; celle-ci les remplace toutes.
}
reason-test = noout vérifie qu’il peut vous joindre. Ouvrez le lien pour le confirmer.

severity = Gravité : { $severity }
since = Depuis : { $since }
hit = Touchés : { $names }
done = Fait par noout : { $what }
alert = Alerte : { $labels }
alerts = Alertes réunies : { $count }
runbook = Procédure : { $where }
incident = Incident n° { $number }
also = Aussi : { $what }
more = et { $count } de plus

critical = critique
warning = avertissement
info = information

open = Ouvrir et prendre en charge
otherwise = Ou ouvrez ce lien :

take = Prendre en charge
answer = Répondez { $code } pour prendre en charge.
call = Ici noout. { $title }. Appuyez sur 1 pour prendre en charge. Appuyez sur 2 pour réécouter.
call-test = Ici noout pour un essai. Rien n’est en panne. Appuyez sur 1 pour confirmer que vous entendez ceci.
call-taken = Merci. C’est à vous.
call-confirmed = Merci. Ce moyen fonctionne.
call-silent = Aucune touche. D’autres personnes sont appelées. Au revoir.
call-over = Il n’y a plus rien à prendre en charge. Au revoir.
reply-taken = Le n° { $title } est à vous.
reply-confirmed = Merci, ce moyen fonctionne.
reply-which = Il y en a plusieurs : répondez par le numéro ({ $title }), ou TOUT.
reply-nothing = Il n’y a rien à prendre en charge.

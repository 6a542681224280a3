# Demandes d’autres équipes, la réunion hebdomadaire, décisions.
nav-requests = Demandes
nav-meeting = Réunion
request = Demande
requests-lead = Ce que veulent d’autres équipes. Chacun peut prendre une demande, même à quelqu’un d’autre.
requests-open = Demandes ouvertes
requests-none = Personne n’attend rien.
requests-closed = Closes récemment
requests-closed-since = { $n ->
    [0] Aucune demande n’a été close depuis la dernière réunion.
    [one] Une demande a été close depuis la dernière réunion.
   *[other] { $n } demandes ont été closes depuis la dernière réunion.
 }
request-new = Demander quelque chose
request-title = Ce qui est voulu
request-text = Plus de mots
request-urgency = À quel point cela presse
request-interrupts = Ce que cela interrompt
request-interrupts-what = interrompt { $what }
request-wanted-by = Voulu pour le
request-other = C’est quelqu’un d’autre qui le veut
request-name = Nom
request-team = Équipe
request-mail = Courriel
request-go = Demander
request-from = De
request-take = Je la prends
request-has = { $who } l’a
request-nobody = Personne ne l’a
request-answer = Répondre
request-answer-go = Répondre
request-answer-mail = noout n’écrit pas à { $mail } : la réponse est ici.
request-weigh = Cela presse plus ou moins
request-close = Faite
request-close-words = Ce qui a été fait
request-close-go = Elle est faite
request-decline = Refuser
request-decline-why = Pourquoi pas
request-decline-go = Elle ne sera pas faite
request-done = Faite
request-declined = Refusée
pressure-can-wait = Peut attendre
pressure-this-week = Cette semaine
pressure-interrupts = Interrompt
planned-work = un autre travail prévu
interrupted-by = { $what } : interrompu par la demande { $id } ({ $who }, depuis { $since }, { $long })
interrupts-wanted = { $what } : la demande { $id } de { $who } veut l’interrompre, et personne ne l’a
interrupted-for = { $what } s’est arrêté pour elle : { $long }
need-request = La demande { $id } veut interrompre un travail prévu : { $title }
need-request-more = { $who } · personne ne l’a
now-requests = Demandes
now-requests-more = { $n ->
    [one] Une demande de plus
   *[other] { $n } demandes de plus
 }
meeting-since = Depuis
meeting-stood = Ce qui a été interrompu
meeting-incidents = Incidents
meeting-no-incidents = Aucun incident depuis la dernière réunion.
meeting-to-ack = Avant que quelqu’un l’ait
meeting-to-resolve = Avant sa fin
meeting-pages = Appels
meeting-night = { $n } la nuit
meeting-more = et { $n } de plus
meeting-planned = Maintenances à venir
meeting-interrupted-by = interrompue par la demande { $id }
meeting-gaps = Manques des quatre prochaines semaines
meeting-no-gaps = Assez de personnes sont d’astreinte pour les quatre prochaines semaines.
decisions-title = Décisions
decisions-lead = Chacun dit une chose et peut la changer jusqu’à la clôture. Rien n’est effacé.
decisions-open = Décisions demandées
decisions-none = Aucune question n’est ouverte.
decisions-search = Recherche
decisions-search-go = Chercher
decision-new = Poser une question
decision-title = La question
decision-options = Options, une par ligne
decision-options-hint = laisser vide pour : pour, contre
decision-until = Réponse souhaitée avant
decision-go = Demander à l’équipe
decision-open = Ouverte
decision-late = En retard
decision-closed = Décidée
decision-asks-you = on vous demande
decision-voices = { $n ->
    [one] une voix
   *[other] { $n } voix
 }, { $silent } sans réponse
decision-count = Où on en est
decision-said = Ce que chacun dit
decision-no-voice = Personne n’a encore rien dit.
decision-unasked = sans qu’on l’ait demandé
decision-silent = On leur a demandé, sans réponse : { $who }
decision-your-voice = Votre voix
decision-say = Le dire
decision-close = Clore
decision-decided = Ce qui a été décidé
decision-close-go = Le noter
choice-for = pour
choice-against = contre
choice-abstain = ni l’un ni l’autre
tl-request-asked = l’a déposée pour { $who }
tl-request-taken = la prend
tl-request-handed-over = la confie à { $to }
tl-request-answered = répond
tl-request-written = écrit ({ $who })
tl-request-weighed = dit à quel point cela presse : { $urgency }
tl-request-done = dit qu’elle est faite
tl-request-declined = la refuse
tl-interrupted = la voit interrompue par la demande { $id } ({ $who })
tl-interruption-ended = ne la voit plus interrompue par la demande { $id } ({ $who })
tl-decision-raised = pose la question { $id }
tl-decision-voiced = dit : { $choice }
tl-decision-closed = clôt la question { $id } : { $decided }

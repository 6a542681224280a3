# Incidents, appels, téléphone, avis.
incidents-open = Ouverts
incidents-closed = Clos récemment
incidents-none-plain = Aucun incident n’est ouvert.
incidents-closed-none = Aucun n’a été clos depuis le début de ce journal.
incident-new = Nouvel incident
incident-new-title = Ce qui ne va pas
incident-new-text = Plus de détails
incident-new-severity = Gravité
incident-new-go = Ouvrir et appeler
ack = Prendre en charge
ack-phone = Je m’en charge
ack-many = Prendre en charge % incidents
take-over = Reprendre
owned-by = Pris en charge par { $who }
owned-nobody = Personne ne s’en charge encore
resolved-by = Résolu par { $who }
paged = Appelés : { $people }
paged-nobody = Personne n’a été appelé.
paged-title = Qui a été prévenu
page-waiting = Prochain essai
page-sending = Envoi en cours
page-delivered = Remis
page-over = Plus nécessaire
page-failed = Non joint
why-step = étape { $n }
why-deadline = échéance passée
why-handed = transmis
why-fallback = dernier recours
need-overdue = Pas résolu à l’échéance ; la hiérarchie a été prévenue.
firing = Alertes actives
pin-since = Depuis
pin-component = Composant
pin-policy = Règle d’escalade
pin-runbook = Procédure
pin-runbook-open = Ouvrir la procédure
pin-customers = Clients
pin-not-told = pas informés
tell-customers = Informer les clients
note = Noter quelque chose
note-hint = Ce que vous avez vu ou fait
note-go = Noter
announce = Annoncer ce que vous allez faire
announce-hint = Avant de le faire, pour que tous le sachent
announce-go = Annoncer
hand-over = Transmettre
hand-over-to = À qui
hand-over-go = Transmettre et appeler
plan-host = Planifier une maintenance
plan-reason = Pourquoi l’hôte doit sortir
plan-host-go = Préparer un plan pour { $host }
resolve = Résoudre
resolve-note = Ce qui a été fait
resolve-go = Résoudre
tl-opened = a ouvert l’incident
tl-raised = l’a porté à { $severity }
tl-acked = l’a pris en charge
tl-resolved = l’a résolu
tl-noted = a écrit
tl-announced = a annoncé, avant de le faire
tl-handed-over = l’a transmis à { $to }
tl-deadline-passed = prévient la hiérarchie : l’échéance est passée
tl-alert-fired = a envoyé l’alerte { $what }
tl-fell-silent = n’est plus envoyé par personne, et personne n’a dit que c’est fini : quelqu’un doit le clore
tl-told-customers = a informé les clients : { $stage }
tl-called = appelle { $people }
tl-escalated = passe à { $people } (tour { $round }, étape { $step })
tl-exhausted = n’a plus d’étape ; appelle { $people }
tl-acked-by-one = l’a pris en charge ; d’autres doivent le faire aussi
tl-unacked = rien n’a été noté depuis trop longtemps : { $who } ne l’a plus en charge
tl-held-back = ne prévient personne : { $rule } de { $who } le retient
tl-let-go = n’est plus retenu
tl-passed-on = a passé la main
tl-awake = est réveillé·e et regarde
tl-page-deferred = { $person } a reçu autant d’appels qu’on peut en lire : celui-ci viendra dans le prochain résumé
tl-page-spared = n’appelle pas { $person }, déjà réveillé·e pour la même cause
tl-page-sending = envoie un appel à { $person } par { $channel }
tl-page-delivered = a joint { $person }
tl-page-permanent = ne peut pas joindre { $person } ainsi
tl-page-transient = n’a pas encore pu joindre { $person }
tl-page-ambiguous = ne sait pas si { $person } a été joint, et renvoie
tl-page-accepted = un service a accepté l’appel à { $person } ; on ne sait pas encore s’il arrive
tl-page-busy = doit attendre avant d’écrire de nouveau à { $person }
tl-receipt-arrived = a joint { $person }
tl-receipt-refused = n’a pas joint { $person }
tl-receipt-missing = n’a reçu aucun accusé de { $person }, ce qui compte comme non remis
tl-page-failed = n’a pu joindre { $person } d’aucune façon
phone-title = Appel
phone-dead = Ce lien ne fonctionne pas
phone-forged = Il n’a pas été fait par ce serveur, ou la personne n’existe plus.
phone-expired = Il a expiré. Connectez-vous plutôt à la console.
phone-gone = L’incident est clos depuis longtemps. La console le garde.
phone-console = Console
phone-hit-title = Qui est touché
phone-hit = { $n ->
    [one] Un invité sur { $host } : { $customers }
   *[other] { $n } invités sur { $host } : { $customers }
 }
phone-hit-host = Les invités de { $host }
phone-hit-unknown = Pas encore connu
phone-done = Ce que noout a déjà fait
phone-nothing = Rien encore
phone-told = A aussi appelé { $people }
phone-alerts = { $n } alertes réunies en une
phone-planned = Maintenance de { $host }, { $n } déplacements : { $state }
phone-plan = Plan pour { $host } : { $state }
phone-plan-title = Plan pour { $host }
phone-yours = À vous depuis { $at }
phone-theirs = { $who } s’en charge depuis { $at }
phone-you-are = Pour { $who }
phone-lost = Pas de connexion : ce que vous voyez est peut-être ancien.
pass-on = Transmettre
notice-title = Informer les clients
notice-lead = Écrit par des personnes, dans chaque langue. L’aperçu est ce qui est envoyé.
notice-preview = Voici ce que lisent les clients
notice-falls-back = Vide : ces lecteurs voient le texte anglais.
notice-components = Composants
notice-no-components = Aucun composant n’est configuré.
notice-send = Envoyer
notice-edit = Modifier
notice-stage = Étape
notice-impact = Effet
notice-heading = Titre
notice-text = Texte
notice-see = Aperçu
notice-rule = Rien n’est encore envoyé.
notice-before = Déjà envoyé
notice-prepared = texte préparé : { $key }
stage-investigating = En cours d’examen
stage-identified = Cause connue
stage-monitoring = Sous surveillance
stage-resolved = Résolu
stage-scheduled = Prévu
stage-in-progress = En cours
stage-verifying = Vérification
stage-completed = Terminé
impact-none = Aucun effet
impact-minor = Ralenti
impact-major = Partiellement indisponible
impact-critical = Indisponible
ack-taken = { $who } s’en charge depuis { $at } ; votre page était plus ancienne. Rien n’a été changé. Si vous le voulez quand même, reprenez-le.
ack-taken-handed = { $who } s’en charge maintenant ; votre page était plus ancienne. Rien n’a été changé. Si vous le voulez quand même, reprenez-le.
phone-yours-handed = Vous vous en chargez
pin-next-step = Prochaine étape
notice-unfelt = L’effet est « Aucun effet » : les clients lisent le texte, mais les composants restent « Opérationnel » sur la page d’état. Choisissez un effet si les clients ressentent quelque chose.
asked = On a demandé à { $who }, qui n’a pas encore répondu
rule-silence = le silence { $id }
rule-mute = la règle { $id }
rule-inhibit = la règle { $id }
rule-maintenance = la maintenance { $id }
held-back = Retenu par { $rule } ({ $who }) jusqu’à { $until }
phone-awake-go = Je suis réveillé·e
phone-awake = Vous êtes réveillé·e : pas d’appel pour la même cause pendant un moment. Personne ne l’a encore pris.
phone-passed = Vous avez passé la main.
phone-acked-one = Vous l’avez pris. D’autres doivent le prendre aussi.
phone-next = la personne suivante
phone-others = { $n ->
    [one] Un autre vous attend
   *[other] { $n } autres vous attendent
}
silences-lead = Des alertes qui ne réveillent personne pendant un temps. Ce qui brûle encore à la fin est aussitôt réexaminé.
silences-none = Rien n’est mis en silence.
silence-what = Alertes
silence-holds = Retient
silence-says = { $author }, selon { $by }
silence-author = En répond
silence-end = Terminer
silence-pending = dès
silence-alerts = { $n ->
    [0] rien pour l’instant
    [one] une alerte
   *[other] { $n } alertes
}
silence-rules = Règles de la configuration
rule-while = tant que { $source } est actif
silence-ended = Terminés récemment
silence-new = Nouveau silence
silence-long = Pendant combien de temps
silence-why = Pourquoi
silence-go = Mettre en silence
silence-these = Mettre ces alertes en silence
page-covered = dans un résumé

# Heartbeats.
beats-none = Aucun signe de vie n’est configuré.
col-beat = Tâche
col-expected = Attendu
col-last-heard = Dernier signe
col-due = Échéance
col-took = Durée
col-said = Derniers mots
beat-never = jamais
beat-down = muet ou en échec
beat-late = en retard
beat-new = pas encore entendu
beat-running = en cours
beat-up = en vie
beat-paused = en pause
tl-acked-at-source = { $who } a pris ceci en charge à la source
tl-acked-at-source-somebody = quelqu’un a pris ceci en charge à la source

# Tickets in other systems
pin-tickets = Tickets
file-ticket = Créer un ticket
file-ticket-in = Où
file-ticket-go = Créer
tl-ticket-wanted = Un ticket dans { $tracker } est demandé
tl-ticket-filed = Créé dans { $tracker } : { $ticket }
tl-ticket-failed = Impossible de le créer ou d’y écrire dans { $tracker }
tl-ticket-heard = { $author } dans { $tracker }
tl-ticket-closed-there = Le ticket dans { $tracker } y a été fermé
tl-ticket-reopened-there = Le ticket dans { $tracker } y a été rouvert
phone-ack-all = { $n ->
    [one] Le prendre en charge
   *[other] Prendre en charge les { $n }
}
phone-all = Tout ce pour quoi vous avez été appelé
phone-all-mine = { $n ->
    [one] Un incident est à vous
   *[other] { $n } incidents sont à vous
}
phone-all-theirs = { $n ->
    [one] Un incident a été pris par quelqu’un d’autre
   *[other] { $n } incidents ont été pris par d’autres
}
phone-all-waiting = { $n ->
    [one] Un incident vous attend
   *[other] { $n } incidents vous attendent
}
phone-all-none = Rien ne vous attend.
quiet-low = Urgence basse : personne n’est appelé

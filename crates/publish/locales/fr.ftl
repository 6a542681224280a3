# What customers read. Plain words, no internal names.
operational = Opérationnel
degraded-performance = Plus lent que d’habitude
partial-outage = Partiellement indisponible
major-outage = Indisponible
under-maintenance = En maintenance
unknown = Inconnu

# How it all is.
overall-none = Tous les systèmes sont opérationnels
overall-maintenance = Maintenance en cours
overall-unknown = Certains systèmes ne sont pas visibles actuellement
overall-minor = Certains systèmes sont plus lents que d’habitude
overall-major = Certains systèmes sont indisponibles
overall-critical = Service indisponible

# How far a notice is.
investigating = Nous recherchons la cause
identified = La cause est connue
monitoring = Réparé, nous surveillons
resolved = Résolu
scheduled = Annoncée
in-progress = En cours
verifying = Terminée, nous vérifions
completed = Achevée

# The page's frame.
skip = Aller au contenu
languages = Langues
published = Publié
next-by = prochaine mise à jour avant
stale-hint = Si cette heure est passée, cette page est périmée : ne vous y fiez pas.
open-incidents = Incidents
components = Composants
no-components = Aucun composant n’est encore publié.
coming = Maintenance
none-coming = Aucune maintenance n’est annoncée.
closed = Messages passés
none-closed = Aucun jusqu’ici.
since = depuis { $at }
affected = Touchés : { $names }
window = de { $from } à { $until }
calendar = Calendrier
feed-title = { $name } : incidents et maintenances
no-text = Il n’y a pas de texte dans cette langue.
nothing-here = Il n’y a rien ici
nothing-here-why = L’adresse est peut-être mal tapée, ou ce qui était ici n’existe plus.
to-status = Vers la page d’état

# What noout says of a maintenance by itself, unless a person writes something else.
maintenance-title = Maintenance de notre plateforme
maintenance-scheduled = Nous réparerons un de nos serveurs. Sa charge est d’abord déplacée vers d’autres serveurs ; nous n’attendons pas d’interruption.
maintenance-scheduled-restarts = Nous allons réparer un de nos serveurs. Sa charge passe d’abord sur d’autres serveurs ; quelques services redémarrent brièvement au passage.
maintenance-in-progress = Les travaux ont commencé.
maintenance-verifying = Le serveur est réparé. Nous le vérifions avant de lui rendre sa charge.
maintenance-completed = Les travaux sont terminés.
maintenance-cancelled = Nous avons interrompu les travaux. Nous annoncerons une nouvelle date.

# The value report.
report-title = Rapport de valeur
generated = Établi le { $at }
evidence = Preuves :
no-evidence = Aucune preuve n’est liée.
evidence-rows = { $n } lignes
measured = Mesuré
measured-about = Lu sur la plateforme au moment des faits.
measured-empty = Rien n’a été mesuré ; rien n’est donc dit de l’impact.
estimated = Estimé
estimated-about = Calculé comme une fourchette ; la ligne dit à partir de quoi.
estimated-empty = Non estimé : trop peu de cas.
not-claimed = Non revendiqué
not-claimed-about = Ce qui pourrait plaire et que nous ne pouvons pas savoir.
not-claimed-empty = Rien au-delà des lignes des autres colonnes.

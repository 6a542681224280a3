# Lettres sur l’astreinte : elles ne réveillent personne et partent par courrier.
memo-handoff = Vous êtes d’astreinte : { $schedule }
memo-handoff-until = Jusqu’au { $until_time }.
memo-handoff-with = Avec vous : { $people }.
memo-handoff-before = Avant vous : { $people }.
memo-handoff-calm = Aucun incident n’est ouvert.
memo-handoff-open = { $n ->
    [one] Un incident est ouvert
   *[other] { $n } incidents sont ouverts
} : { $parts }
memo-incident = #{ $id } { $parts }
memo-swap-asked = { $person } demande un échange dans { $schedule }
memo-swap-give = { $person } cède du { $from_time } au { $until_time }.
memo-swap-back = { $person } prend en échange du { $from_time } au { $until_time }.
memo-swap-until = Une réponse est attendue avant le { $until_time }.
memo-swap-approve = Approuver un échange entre { $person } et { $other } dans { $schedule } ?
memo-swap-done = L’échange entre { $person } et { $other } dans { $schedule } est fait
memo-swap-declined = { $person } refuse l’échange dans { $schedule }
memo-swap-withdrawn = { $person } retire l’échange dans { $schedule }
memo-swap-expired = Personne n’a répondu à temps : pas d’échange dans { $schedule }
memo-coverage = { $schedule } : moins de { $need } personnes d’astreinte dès { $from_time }
memo-coverage-gap = Du { $from_time } au { $until_time } : { $n ->
    [0] personne de prêt
   *[other] prêts : { $people }
}.
memo-coverage-more = { $n ->
    [one] Et une fois de plus.
   *[other] Et { $n } fois de plus.
}
memo-coverage-fallback = { $person } prend le relais si personne n’y remédie.
memo-coverage-mend = Un remplacement ou un échange y remédie.
memo-drill-missed = Personne n’a répondu à l’essai des contacts de { $person }
memo-drill-missed-text = L’essai du { $since_time } demandait de suivre un lien, et personne ne l’a fait. Jusqu’à ce qu’un contact soit confirmé, cette personne ne compte pas pour la couverture.
memo-drill-shift = La prochaine astreinte commence le { $from_time }.
memo-drill-contact = { $channel } n’a pas pris le message : { $reason }
memo-drill-mend = Pour y remédier : refaites l’essai sur votre page et suivez le lien qui arrive.
memo-drill-broken = Certains de vos contacts ne marchent pas
memo-stale = elle n’a plus rien à dire
memo-no-way = la personne n’a ni courrier ni ntfy

# Pourquoi un échange ou une reprise est refusé.
refused-swap-own = { $person } ne peut pas échanger avec { $person }
refused-swap-not-on = { $person } n’est pas d’astreinte dans { $schedule } du { $from_time } au { $until_time }
refused-swap-over = l’échange { $id } est terminé
refused-swap-taken = l’échange { $id } est déjà accepté
refused-swap-whose = dites pour qui : l’échange { $id } était proposé à tous
refused-swap-other = l’échange { $id } était proposé à { $person }
refused-swap-not-accepted = personne n’a encore accepté l’échange { $id }
refused-swap-third = qui échange n’approuve pas l’échange { $id } : une troisième personne le fait
refused-nobody-to-relieve = personne d’autre n’est d’astreinte dans { $schedule } en ce moment que l’on puisse relever
refused-several-on = { $people } sont d’astreinte ensemble : dites qui vous relevez
refused-on-already = { $person } est déjà d’astreinte dans { $schedule } ({ $rotation }, jusqu’à { $until_time }) : rien n’a été repris ; pour prendre une autre place en plus, nommez sa rotation ou sa personne
refused-override-for-nothing = { $person } n’est pas d’astreinte dans { $schedule } de { $from_time } à { $until_time }, il n’y a donc personne à remplacer ; { $n ->
    [0] personne n’est d’astreinte alors
   *[other] d’astreinte alors : { $people }
}

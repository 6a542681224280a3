# Les lignes du rapport d’une maintenance. Médiane et pause la plus longue sont en millisecondes.
within-out-and-home = { $out } hors de { $host }, { $home } de retour
report-moved-live = Machines déplacées à chaud, sans arrêt : { within-out-and-home }.
report-moved-restarted = Conteneurs déplacés par un redémarrage, ce qui est une coupure : { within-out-and-home }.
report-moved-stopped = Invités déplacés alors qu’ils ne tournaient pas : { within-out-and-home }.
report-moved-unknown = Invités déplacés, la plateforme ne dit pas comment : { within-out-and-home }.
report-not-moved = Aucun invité n’a dû quitter { $host }.
report-pauses = Pause d’un invité pendant son déplacement, { $moves ->
    [1] un déplacement
   *[other] { $moves } déplacements
} : médiane { $median } ms, maximum { $longest } ms, { $total_span } au total.
report-moves-without-pause = { $moves ->
    [1] Pour un déplacement la plateforme n’a pas indiqué de pause : elle n’a pas été mesurée.
   *[other] Pour { $moves } déplacements la plateforme n’a pas indiqué de pause : elle n’a pas été mesurée.
}
report-host-away = { $host } est resté hors du cluster pendant { $away_span }.
report-noout-stood = Le drapeau noout a été posé pendant { $stood_span }, puis retiré.
report-data-clean = Toutes les copies des données étaient de nouveau complètes : { $parts }
report-left-behind = Non déplacés : { $parts }.
report-left-guest = { $guest } ({ $parts })
report-retried = { $steps ->
    [1] Une étape a demandé plus d’une tentative.
   *[other] { $steps } étapes ont demandé plus d’une tentative.
}
report-had-it-died = { $simulated ->
    [true] S’il était tombé en charge, { $guests } invités auraient été arrêtés de { $low } à { $high } s chacun. C’est la fourchette d’un autre cluster réel, non mesurée ici, et cette plateforme est simulée.
   *[other] S’il était tombé en charge, { $guests } invités auraient été arrêtés de { $low } à { $high } s chacun. C’est la fourchette d’un autre cluster réel, non mesurée ici.
}
report-would-have-failed = Que { $host } serait tombé en panne : personne ne peut le savoir.
report-nobody-noticed = Que personne n’a rien remarqué : seules les pauses ont été mesurées, pas ce que les utilisateurs ont vu.

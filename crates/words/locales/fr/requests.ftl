# Lettres au sujet des demandes d’autres équipes et des décisions.
memo-request-asked = { $asker } veut quelque chose, demande { $id } : { $title }
memo-request-presses = La demande { $id } de { $asker } veut interrompre un travail prévu : { $title }
memo-request-given = { $who } vous confie la demande { $id } : { $title }
memo-request-taken = { $who } a maintenant la demande { $id } : { $title }
memo-request-answered = { $who } répond à la demande { $id } : { $title }
memo-request-done = La demande { $id } est faite, dit { $who } : { $title }
memo-request-declined = La demande { $id } ne sera pas faite, dit { $who } : { $title }
memo-decision-asked = { $who } demande votre voix pour la décision { $id } : { $title }
memo-decision-until = Une réponse est attendue avant le { $until_time }.
memo-decision-closed = La décision { $id } est prise, notée par { $who } : { $title }

# Pourquoi quelque chose est refusé.
refused-request-over = la demande { $id } est close
refused-too-many-requests = { $max } demandes attendent déjà : terminez-en d’abord quelques-unes
refused-source-requests = la source { $source } est pour des alertes : les demandes veulent une source avec kind = "requests"
refused-decision-over = la décision { $id } est close : posez une nouvelle question
refused-too-many-decisions = { $max } questions sont déjà ouvertes : terminez-en d’abord quelques-unes

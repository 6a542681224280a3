# Letters about requests of other teams and about decisions.
memo-request-asked = { $asker } wants something, request { $id }: { $title }
memo-request-presses = Request { $id } of { $asker } wants to interrupt planned work: { $title }
memo-request-given = { $who } gives you request { $id }: { $title }
memo-request-taken = { $who } has request { $id } now: { $title }
memo-request-answered = { $who } answers to request { $id }: { $title }
memo-request-done = Request { $id } is done, says { $who }: { $title }
memo-request-declined = Request { $id } will not be done, says { $who }: { $title }
memo-decision-asked = { $who } asks for your voice in decision { $id }: { $title }
memo-decision-until = An answer is wanted before { $until_time }.
memo-decision-closed = Decision { $id } is taken, written down by { $who }: { $title }

# Why something about them is refused.
refused-request-over = request { $id } is closed
refused-too-many-requests = { $max } requests wait already: close some of them first
refused-source-requests = the source { $source } is for alerts: requests need a source with kind = "requests"
refused-decision-over = decision { $id } is closed: put up a new question
refused-too-many-decisions = { $max } questions are open already: close some of them first

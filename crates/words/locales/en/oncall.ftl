# Letters about who is on call: they wake nobody, and go by mail.
memo-handoff = You are on call now: { $schedule }
memo-handoff-until = Until { $until_time }.
memo-handoff-with = With you: { $people }.
memo-handoff-before = Before you: { $people }.
memo-handoff-calm = No incident is open.
memo-handoff-open = { $n ->
    [one] One incident is open
   *[other] { $n } incidents are open
}: { $parts }
memo-incident = #{ $id } { $parts }
memo-swap-asked = { $person } asks for a swap in { $schedule }
memo-swap-give = { $person } gives away { $from_time } to { $until_time }.
memo-swap-back = { $person } takes { $from_time } to { $until_time } for it.
memo-swap-until = An answer is wanted before { $until_time }.
memo-swap-approve = Approve a swap of { $person } and { $other } in { $schedule }?
memo-swap-done = The swap of { $person } and { $other } in { $schedule } is done
memo-swap-declined = { $person } declines the swap in { $schedule }
memo-swap-withdrawn = { $person } takes back the swap in { $schedule }
memo-swap-expired = Nobody answered in time: no swap in { $schedule }
memo-coverage = { $schedule }: fewer than { $need } people on call from { $from_time }
memo-coverage-gap = { $from_time } to { $until_time }: { $n ->
    [0] nobody is ready
   *[other] ready: { $people }
}.
memo-coverage-more = { $n ->
    [one] And one more time.
   *[other] And { $n } more times.
}
memo-coverage-fallback = { $person } stands in if nobody mends it.
memo-coverage-mend = An override or a swap mends it.
memo-drill-missed = Nobody answered the test of { $person }'s contacts
memo-drill-missed-text = The test of { $since_time } asked to follow a link, and nobody did. Until a contact is confirmed, this person does not count for coverage.
memo-drill-shift = The next shift begins { $from_time }.
memo-drill-contact = { $channel } did not take the message: { $reason }
memo-drill-mend = Mend it: try the contacts again on your own page, and follow the link that comes.
memo-drill-broken = Some of your contacts do not work
memo-stale = it has nothing to say any more
memo-no-way = the person has neither mail nor ntfy

# Why a swap or a take-over is refused.
refused-swap-own = { $person } cannot swap with { $person }
refused-swap-not-on = { $person } is not on call in { $schedule } from { $from_time } to { $until_time }
refused-swap-over = the swap { $id } is over
refused-swap-taken = the swap { $id } was accepted already
refused-swap-whose = say for whom: the swap { $id } was asked of anybody
refused-swap-other = the swap { $id } was asked of { $person }
refused-swap-not-accepted = nobody has accepted the swap { $id } yet
refused-swap-third = who swaps does not approve the swap { $id }: a third person does
refused-nobody-to-relieve = nobody else is on call in { $schedule } now whom this person could relieve
refused-several-on = { $people } are on together: say from whom you take over
refused-on-already = { $person } is on call in { $schedule } already ({ $rotation }, until { $until_time }): nothing was taken; to take another seat besides, name its rotation or its person
refused-override-for-nothing = { $person } is not on call in { $schedule } from { $from_time } to { $until_time }, so there is nobody to replace; { $n ->
    [0] nobody is on then
   *[other] on then: { $people }
}

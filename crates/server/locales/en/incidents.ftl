# Incidents, pages, the phone, notices.
incidents-open = Open
incidents-closed = Closed lately
incidents-none-plain = No incident is open.
incidents-closed-none = None has been closed since this journal began.
incident-new = New incident
incident-new-title = What is wrong
incident-new-text = More words
incident-new-severity = How bad
incident-new-go = Open it and page
ack = Acknowledge
ack-phone = Acknowledge
ack-many = Acknowledge % incidents
take-over = Take over
owned-by = { $who } has it
owned-nobody = Nobody has it yet
resolved-by = Resolved by { $who }
paged = Paged: { $people }
paged-nobody = Nobody has been paged.
paged-title = Who was told
page-waiting = Next attempt
page-sending = Being sent
page-delivered = Delivered
page-over = No longer needed
page-failed = Not reached
why-step = step { $n }
why-deadline = deadline passed
why-handed = handed over
why-fallback = fallback
need-overdue = Not solved within its deadline; superiors have been told.
firing = Alerts that fire
pin-since = Since
pin-component = Component
pin-policy = Policy
pin-runbook = Runbook
pin-runbook-open = Open the runbook
pin-customers = Customers
pin-not-told = not told
tell-customers = Tell customers
note = Write something down
note-hint = What you saw or did
note-go = Write it down
announce = Announce what you will do
announce-hint = Before you do it, so that all know
announce-go = Announce
hand-over = Hand over
hand-over-to = To whom
hand-over-go = Hand over and page
plan-host = Plan a maintenance
plan-reason = Why the host must go out
plan-host-go = Make a plan for { $host }
resolve = Resolve
resolve-note = What was done
resolve-go = Resolve
tl-opened = opened the incident
tl-raised = raised it to { $severity }
tl-acked = acknowledged it
tl-resolved = resolved it
tl-noted = wrote
tl-announced = announced, before doing it
tl-handed-over = handed it over to { $to }
tl-deadline-passed = tells the superiors: the deadline has passed
tl-alert-fired = sent the alert { $what }
tl-fell-silent = is not sent by anybody any more, and nobody said that it is over: a person closes it
tl-told-customers = told customers: { $stage }
tl-called = calls { $people }
tl-escalated = escalates to { $people } (round { $round }, step { $step })
tl-exhausted = has no step left; pages { $people }
tl-acked-by-one = has it; others must take it, too
tl-unacked = nothing was written down for too long: { $who } does not have it any more
tl-held-back = tells nobody: { $rule } by { $who } holds it back
tl-let-go = is not held back any more
tl-passed-on = passed it on
tl-awake = is awake and looks at it
tl-page-deferred = { $person } has had as many pages as one takes in: this one comes in the next digest
tl-page-spared = does not page { $person }, who is awake because of the same cause
tl-page-sending = sends a page to { $person } by { $channel }
tl-page-delivered = reached { $person }
tl-page-permanent = cannot reach { $person } this way
tl-page-transient = could not reach { $person } yet
tl-page-ambiguous = does not know whether { $person } was reached, and sends again
tl-page-accepted = a provider took the page to { $person }; whether it arrives is not known yet
tl-page-busy = was asked to wait before it sends to { $person } again
tl-receipt-arrived = reached { $person }
tl-receipt-refused = did not reach { $person }
tl-receipt-missing = heard of no receipt from { $person }, which counts as not delivered
tl-page-failed = could not reach { $person } by any way
phone-title = Page
phone-dead = This link does not work
phone-forged = It was not made by this server, or the account no longer exists.
phone-expired = It has expired. Sign in to the console instead.
phone-gone = The incident was closed long ago. The console still has it.
phone-console = Console
phone-hit-title = Who is hit
phone-hit = { $n ->
    [one] One guest on { $host }: { $customers }
   *[other] { $n } guests on { $host }: { $customers }
 }
phone-hit-host = Guests on { $host }
phone-hit-unknown = Not known yet
phone-done = What noout already did
phone-nothing = Nothing yet
phone-told = Paged { $people } too
phone-alerts = { $n } alerts joined into this one
phone-planned = Maintenance of { $host }, { $n } moves: { $state }
phone-plan = Plan for { $host }: { $state }
phone-plan-title = Plan for { $host }
phone-yours = You have it since { $at }
phone-theirs = { $who } has it since { $at }
phone-you-are = For { $who }
phone-lost = No connection: what you see may be old.
pass-on = Pass on
notice-title = Tell customers
notice-lead = Written by people, in each language. The preview is what is sent.
notice-preview = This is what customers read
notice-falls-back = Empty: these readers see the English text.
notice-components = Components
notice-no-components = No component is configured.
notice-send = Send it
notice-edit = Change it
notice-stage = Stage
notice-impact = Impact
notice-heading = Headline
notice-text = Text
notice-see = Preview
notice-rule = Nothing is sent yet.
notice-before = Sent before
notice-prepared = prepared text: { $key }
stage-investigating = Investigating
stage-identified = Identified
stage-monitoring = Monitoring
stage-resolved = Resolved
stage-scheduled = Scheduled
stage-in-progress = In progress
stage-verifying = Verifying
stage-completed = Completed
impact-none = No impact
impact-minor = Slower
impact-major = Partly out
impact-critical = Out
ack-taken = { $who } has had it since { $at }; your page was older. Nothing was changed. If you want it all the same, take it over.
ack-taken-handed = { $who } has it now; your page was older. Nothing was changed. If you want it all the same, take it over.
phone-yours-handed = You have it
pin-next-step = Next step
notice-unfelt = The impact is “No impact”: customers read the text, but the components stay “Operational” on the status page. Choose an impact if customers feel something.
asked = { $who } is asked, and has not answered yet
rule-silence = silence { $id }
rule-mute = the rule { $id }
rule-inhibit = the rule { $id }
rule-maintenance = maintenance { $id }
held-back = Held back by { $rule } ({ $who }) until { $until }
phone-awake-go = I’m awake
phone-awake = You are awake: no pages about the same cause for a while. Nobody has it yet.
phone-passed = You passed it on.
phone-acked-one = You have it. Others must take it, too.
phone-next = whoever is next
phone-others = { $n ->
    [one] One more waits for you
   *[other] { $n } more wait for you
}
silences-lead = Alerts that wake nobody for a while. What still fires when one ends is looked at again at once.
silences-none = Nothing is silenced.
silence-what = Alerts
silence-holds = Holds back
silence-says = { $author }, says { $by }
silence-author = Answers for it
silence-end = End now
silence-pending = from
silence-alerts = { $n ->
    [0] nothing now
    [one] one alert
   *[other] { $n } alerts
}
silence-rules = Rules of the configuration
rule-while = while { $source } fires
silence-ended = Ended lately
silence-new = New silence
silence-long = For how long
silence-why = Why
silence-go = Silence
silence-these = Silence these alerts
page-covered = in a digest

# Heartbeats.
beats-none = No heartbeats are configured.
col-beat = Job
col-expected = Expected
col-last-heard = Last heard of
col-due = Due
col-took = Took
col-said = Last words
beat-never = never
beat-down = silent or failed
beat-late = late
beat-new = not heard of yet
beat-running = runs
beat-up = alive
beat-paused = paused
tl-acked-at-source = { $who } acknowledged this at its source
tl-acked-at-source-somebody = somebody acknowledged this at its source

# Tickets in other systems
pin-tickets = Tickets
file-ticket = File a ticket
file-ticket-in = Where
file-ticket-go = File it
tl-ticket-wanted = A ticket in { $tracker } is asked for
tl-ticket-filed = Filed in { $tracker } as { $ticket }
tl-ticket-failed = It cannot be filed, or said, in { $tracker }
tl-ticket-heard = { $author } in { $tracker }
tl-ticket-closed-there = The ticket in { $tracker } was closed there
tl-ticket-reopened-there = The ticket in { $tracker } was opened again there
phone-ack-all = { $n ->
    [one] Acknowledge it
   *[other] Acknowledge all { $n }
}
phone-all = All that you were paged about
phone-all-mine = { $n ->
    [one] One is yours
   *[other] { $n } are yours
}
phone-all-theirs = { $n ->
    [one] One was taken by somebody else
   *[other] { $n } were taken by others
}
phone-all-waiting = { $n ->
    [one] One waits for you
   *[other] { $n } wait for you
}
phone-all-none = Nothing waits for you.
quiet-low = Low urgency: nobody is paged

# Requests of other teams, the weekly meeting, decisions.
nav-requests = Requests
nav-meeting = Meeting
request = Request
requests-lead = What other teams want. Anybody may take a request, also from somebody else.
requests-open = Open requests
requests-none = Nobody waits for anything.
requests-closed = Closed lately
requests-closed-since = { $n ->
    [0] No request was closed since the last meeting.
    [one] One request was closed since the last meeting.
   *[other] { $n } requests were closed since the last meeting.
 }
request-new = Ask for something
request-title = What is wanted
request-text = More words
request-urgency = How much it presses
request-interrupts = What it interrupts
request-interrupts-what = interrupts { $what }
request-wanted-by = Wanted by
request-other = It is wanted by somebody else
request-name = Name
request-team = Team
request-mail = Mail
request-go = Ask
request-from = From
request-take = I take it
request-has = { $who } has it
request-nobody = Nobody has it
request-answer = Answer
request-answer-go = Answer
request-answer-mail = noout writes no mail to { $mail }: it stands here.
request-weigh = It presses more or less
request-close = Done
request-close-words = What was done
request-close-go = It is done
request-decline = Decline
request-decline-why = Why not
request-decline-go = It will not be done
request-done = Done
request-declined = Declined
pressure-can-wait = Can wait
pressure-this-week = This week
pressure-interrupts = Interrupts
planned-work = other planned work
interrupted-by = { $what }: interrupted by request { $id } ({ $who }, since { $since }, { $long })
interrupts-wanted = { $what }: request { $id } of { $who } wants to interrupt it, and nobody has it
interrupted-for = { $what } stood still for it: { $long }
need-request = Request { $id } wants to interrupt planned work: { $title }
need-request-more = { $who } · nobody has it
now-requests = Requests
now-requests-more = { $n ->
    [one] One more request
   *[other] { $n } more requests
 }
meeting-since = Since
meeting-stood = What was interrupted
meeting-incidents = Incidents
meeting-no-incidents = No incident since the last meeting.
meeting-to-ack = Until somebody had it
meeting-to-resolve = Until it was over
meeting-pages = Pages
meeting-night = { $n } at night
meeting-more = and { $n } more
meeting-planned = Maintenances ahead
meeting-interrupted-by = interrupted by request { $id }
meeting-gaps = Coverage gaps of the next four weeks
meeting-no-gaps = Enough people are on call for the next four weeks.
decisions-title = Decisions
decisions-lead = Everybody says one thing and may change it until the question is closed. Nothing is deleted.
decisions-open = Decisions asked for
decisions-none = No question is open.
decisions-search = Search
decisions-search-go = Search
decision-new = Put up a question
decision-title = The question
decision-options = Options, one a line
decision-options-hint = leave it empty for: for, against
decision-until = Answer wanted until
decision-go = Ask the team
decision-open = Open
decision-late = Late
decision-closed = Decided
decision-asks-you = you are asked
decision-voices = { $n ->
    [one] one voice
   *[other] { $n } voices
 }, { $silent } silent
decision-count = How it stands
decision-said = What people say
decision-no-voice = Nobody has said anything yet.
decision-unasked = was not asked
decision-silent = Asked, and have not said anything: { $who }
decision-your-voice = Your voice
decision-say = Say it
decision-close = Close it
decision-decided = What was decided
decision-close-go = Write it down
choice-for = for
choice-against = against
choice-abstain = neither
tl-request-asked = handed this in for { $who }
tl-request-taken = takes it
tl-request-handed-over = gives it to { $to }
tl-request-answered = answers
tl-request-written = writes ({ $who })
tl-request-weighed = says how much it presses: { $urgency }
tl-request-done = says that it is done
tl-request-declined = declines it
tl-interrupted = sees it interrupted by request { $id } ({ $who })
tl-interruption-ended = sees it not interrupted any more by request { $id } ({ $who })
tl-decision-raised = puts up question { $id }
tl-decision-voiced = says: { $choice }
tl-decision-closed = closes question { $id }: { $decided }

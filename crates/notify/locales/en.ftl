# What a page says. Keep titles short: they stand on a lock screen.
title-deadline = Not solved after { $after }: { $what }
title-digest = { $pages ->
    [one] One more page: { $what }
   *[other] { $pages } pages in one: { $what }
}
title-test = Test page: nothing is wrong

reason-on-call = You are on call.
reason-first = You are the first to be told of this.
reason-everybody = Everybody is told of this.
reason-passed-on = { $by } passed it on, so you are next.
reason-skipped = The steps before yours named nobody who could be asked, so you are next.
reason-fallback = Nobody acknowledged within { $after } and all steps are through; the fallback is told, and that is you.
reason-fallback-nobody = No step names anybody who could be asked; the fallback is told, and that is you.
reason-coverage = Fewer people are on call than promised; you are told because you can mend it.
reason-unsent = Pages do not reach people; you are told because paging itself needs help.
reason-handed-over = This was handed over to you; nobody has it until you say so.
reason-escalated = Nobody acknowledged within { $after }, so you are next.
reason-deadline = Not solved within { $after }, so you are told as superior.
reason-digest = { $pages ->
    [one] One more page was due; this one stands for it.
   *[other] { $pages } pages were due; this one stands for all of them.
}
reason-test = noout tries whether it can reach you. Open the link to confirm that it can.

severity = Severity: { $severity }
since = Since: { $since }
hit = Affected: { $names }
done = Done by noout: { $what }
alert = Alert: { $labels }
alerts = Alerts in it: { $count }
runbook = Procedure: { $where }
incident = Incident #{ $number }
also = Also: { $what }
more = and { $count } more

critical = critical
warning = warning
info = information

open = Open and acknowledge
otherwise = Or open this link:

take = Acknowledge
answer = Reply { $code } to take it.
call = This is noout. { $title }. Press 1 to take it. Press 2 to hear it again.
call-test = This is noout with a test. Nothing is wrong. Press 1 to confirm that you hear this.
call-taken = Thank you. It is yours.
call-confirmed = Thank you. This way works.
call-silent = Nothing was pressed. Others are called. Goodbye.
call-over = There is nothing to take any more. Goodbye.
reply-taken = #{ $title } is yours.
reply-confirmed = Thank you, this way works.
reply-which = There is more than one: reply with its number ({ $title }), or ALL.
reply-nothing = There is nothing to take.

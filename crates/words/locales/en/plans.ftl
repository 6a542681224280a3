# Why a guest cannot go where somebody wants it.
why-inventory = the inventory cannot be planned on: { $what }
why-unknown-guest = there is no guest { $guest }
why-unknown-host = there is no host { $host }
why-no-such-host = there is no host { $host }; the inventory has { $hosts }{ $more ->
    [0] { "" }
   *[other] { " " }and { $more } more
}
why-already-there = it is on { $host } already
why-offline = { $host } is offline: its guests cannot be moved off it, only restarted elsewhere; a drain needs a host that is online or in maintenance
why-source-offline = its host { $host } is offline, so it cannot be moved off it
why-target-state = { $host } is { $state ->
    [offline] offline
    [maintenance] in maintenance
   *[online] online
}
why-pinned = it runs and is pinned: { $reason }
why-cpu-type = it needs the CPU type { $needs }, { $host } has { $has }
why-cpu-type-unknown = it needs the CPU type { $needs }, that of { $host } is unknown
why-storage = { $host } does not reach the storage { $storages }{ $more ->
    [0] { "" }
   *[other] { " " }and { $more } more
}
why-memory = { $needs_mib } MiB of memory are needed, { $host } has { $free_mib } MiB free beside its reserve of { $reserve_mib } MiB
why-cpu = { $needs } virtual CPUs are needed, the policy leaves { $free } on { $host }
why-anti-affinity = it must not share a host with { $peer } (anti-affinity "{ $name }"), which is on { $host } or on its way there
why-affinity = it must share a host with { $peer } (affinity "{ $name }"), which stays on { $host }
why-contradiction = its affinity asks for one host with { $peer }, its anti-affinity "{ $name }" forbids that: one must be dropped
why-no-other-host = there is no other host
why-no-target = none of { $hosts } other hosts can take it: { $parts }
why-closest = { $parts } (the closest of { $hosts } such hosts)

# What a person should know before saying yes to a plan.
plan-summary = moves: { $moves }; steps, one after the other: { $orders }; memory to copy: { $memory_mib } MiB; containers restarted: { $interruptions }; guests that stay: { $blocked }
plan-interruption = { $guest } is a running container: it restarts on { $to }, an interruption
plan-made-room = { $guest } moves from { $from } to { $to } to make room for { $for_guest }, which would have no place
plan-by-third-host = { $guest } steps aside to { $via } on its way to { $to }, because others wait for its room and it for theirs
plan-waits = { $guest } waits until step { $order }: at first, { $parts }
plan-may-not-converge = { $guest } dirties { $dirty_mib_s } MiB of memory a second and the link carries { $link_mib_s }: its move may not end or may pause it for long
plan-broken-memory = before this plan: running guests take { $used_mib } MiB of { $host }, which has { $free_mib } MiB for them
plan-broken-affinity = before this plan: { $guest } and { $peer } must share a host (affinity "{ $name }") and do not
plan-broken-anti-affinity = before this plan: { $guest } and { $peer } must not share a host (anti-affinity "{ $name }") and are both on { $host }
plan-n-plus-lost = after this plan { $holds } further hosts may die, the policy asks for { $wanted }{ $before ->
    [better] { "" }
   *[no-better] { " " }(no better before)
}; if { $worst }{ $worst_more ->
    [0] { "" }
   *[other] { " " }and { $worst_more } more
} died, there would be no place for { $homeless }{ $homeless_more ->
    [0] { "" }
   *[other] { " " }and { $homeless_more } more
}
plan-n-plus-not-exact = for { $deaths } hosts dying together only the most loaded hosts were looked at
plan-nearly-full = { $host } is at { $percent } % of what guests may take there
plan-gone = { $guest } is not in the inventory any more, so it does not go home

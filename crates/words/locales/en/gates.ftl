# A step, as the subject of a sentence.
within-step = { $step ->
    [entry] the entry gate
    [move] the move of a guest
    [confirm_empty] the look whether the host is empty
    [set_noout] setting noout
    [power_off] powering off
    [confirm_away] the look whether the host is off
    [work_order] the work order
    [hands_off] the word that no hand is in the host
    [power_on] powering on
    [confirm_back] the return of the host
    [prove_healthy] the proof of its sensors
    [clear_noout] clearing noout
    [confirm_clean] the look whether all data is clean
    [plan_home] planning the way home
    [move_home] a guest’s move home
   *[other] { $step }
}

# Why a step is not taken yet, or the plan does not hold any more.
gate-expired = the approval has expired
gate-old-view = the platform was last read { $age_span } ago
gate-incomplete = the view is incomplete: { $what }
gate-stopped = noout is stopped by { $by }: { $why }
gate-not-online = { $host } is not online
gate-sign = a person must sign
gate-prove = its sensors must be good for a while
gate-no-quorum = the cluster has no quorum
gate-quorum-thin = with one host fewer the cluster would have no quorum
gate-other-host = { $host } is { $state ->
    [maintenance] in maintenance
    [offline] offline
   *[other] { $state }
} already: one failure domain at a time
gate-busy = { $task } is running
gate-storage-unread = the storage { $storage } cannot be read
gate-storage-says = storage says { $check }: { $summary }
gate-storage-error = storage says HEALTH_ERR
gate-noout-cluster = noout is set for the whole cluster, and not by us
gate-noout-host = noout is set for { $host } ({ $n ->
    [one] one flag
   *[other] { $n } flags
}), and not by us
gate-noout-other = noout is set for { $host } ({ $n ->
    [one] one flag
   *[other] { $n } flags
}), by somebody or something else
gate-noout-osd = noout is set for osd.{ $osd } ({ $n ->
    [one] one flag
   *[other] { $n } flags
}), by somebody or something else
gate-noout-unset = noout is not set for { $host }
gate-noout-still = noout is still set for { $host }
gate-osd-down = osd.{ $osd } on { $host } is down
gate-osd-out = osd.{ $osd } on { $host } is out
gate-osd-still-up = osd.{ $osd } is still up
gate-osd-marked-out = osd.{ $osd } was marked out
gate-osd-not-home = osd.{ $osd } is { $up } and { $is_in }
gate-osd-gone = osd.{ $osd } is not seen any more
gate-no-osds = no OSD is seen at all
gate-no-osds-of = no OSD of { $host } is seen: the storage may know the host by another name
gate-no-osds-back = no OSD of { $host } is seen
gate-not-clean = placement groups are not clean: { $pgs }
gate-not-served = not all data is served: { $pgs }
gate-no-mons = no monitor is seen at all
gate-mon-out = mon.{ $mon } is out of quorum
gate-no-manager = there is no active manager
gate-no-standby = there is no standby manager
gate-osds-may-not = the OSDs of { $host } may not stop: { $why }
gate-osds-unknown = nobody can say whether the OSDs of { $host } may stop: { $why }
gate-mons-may-not = the monitors of { $host } may not stop: { $why }
gate-mons-unknown = nobody can say whether the monitors of { $host } may stop: { $why }
gate-arrived = running on { $host } against the plan: { $guests }
gate-still-running = still running on { $host }: { $guests }
gate-unlisted-empty = { $host } is not in the inventory: that is no evidence that it is empty
gate-unlisted-off = { $host } is not in the inventory: that is no evidence that it is off
gate-unlisted = { $host } is not in the inventory
gate-guests-lost = guests that left are seen nowhere: that is no evidence that the host is empty
gate-guest-unlisted = guest { $guest } is not in the inventory
gate-guest-elsewhere = guest { $guest } was expected on { $from } and is on { $host }
gate-guest-locked = guest { $guest } is locked: { $lock }
gate-guest-cannot = guest { $guest } cannot go to { $to } now: { $parts }
gate-still-there = { $host } is still { $state ->
    [maintenance] in maintenance
   *[online] online
}
gate-offline = { $host } is offline
gate-same-boot = { $host } has the same boot id as before: it never went away
gate-no-boot = no boot id of { $host } is seen
gate-bmc-silent = the BMC does not answer: { $why }
gate-bmc-empty = the BMC shows no sensor at all
gate-sensor = { $sensor } is { $state ->
    [bad] bad
    [missing] missing
   *[ok] ok
}
gate-sensors-lost = no longer seen: { $sensors }

# What a gate saw when it let a step pass.
seen-storage = storage { $health }: { $osds } OSDs, { $up } up, { $is_in } in; PGs: { $pgs }
seen-mons = { $in_quorum } of { $mons } monitors in quorum
seen-empty = no guest left on { $host } that must go
seen-quorate = the cluster is quorate
seen-back = { $host } is online
seen-back-boot = { $host } is online after a boot ({ $boot_id })
seen-there = { $guest } is on { $to } already
seen-fits = { $guest } fits on { $to } now
seen-sensors = { $n } sensors of { $host } good
seen-sensors-for = { $n } sensors of { $host } good for { $good_span }

# What is wrong with the rest of the cluster while a host is out.
watch-quorum = the cluster has lost quorum
watch-host-down = { $host } is offline too
watch-osd-down = down on { $host }: { $osds }
watch-osd-down-too = down on { $host } while { $away } is out: { $osds }
watch-guests-lost = running until { $host } went off, and not seen to run now: { $guests }
watch-pg-inactive = some data cannot be read or written: placement groups are inactive
watch-noout-gone = somebody cleared noout of { $host } while its OSDs are down: they will be marked out
watch-blind = the platform cannot be seen: { $why }
watch-blind-long = the platform was not seen for too long

# Where a maintenance goes, and why.
no-plan-incomplete = the view is incomplete: { $what }
no-plan-unsound = the plan does not survive its check: { $parts }
run-new-look = { $by } asked for a new look
run-refused = { within-step } was refused { $n ->
    [one] once
   *[other] { $n } times
}: { $parts }
run-task = task { $task } is still running
run-no-reason = no reason is known
run-not-sent = it was not sent in time, and what was seen before is old
run-doubtful = nobody knows whether it happened: { $parts }
run-home = { $n ->
    [one] one guest goes
   *[other] { $n } guests go
} home, { $left ->
    [one] one stays
   *[other] { $left } stay
}, on what is there now
run-home-too-often = planned { $n } times, and the cluster was another each time
run-in-service = { $host } is back in service
run-given-up = given up: { $why }
run-given-up-early = given up before anything was done: { $why }

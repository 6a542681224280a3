# Why noout does not do what somebody wants.
within-role = { $needed ->
    [viewer] viewer
    [responder] responder
    [operator] operator
   *[admin] admin
}
refused-unknown = there is no { $what ->
    [component] component
    [incident] incident
    [maintenance] maintenance
    [override] override
    [person] person
    [platform] platform
    [policy] policy
    [schedule] schedule
   *[other] { $what }
} "{ $id }"
refused-role = { $who } may not do this: it needs the role { within-role } or higher
refused-anybody = whoever asks may not do this: it needs the role { within-role } or higher
refused-invalid = { $field }: found { $found }, allowed is { $allowed }
refused-closed = incident { $id } is closed
refused-taken = incident { $id } is taken already
refused-not-paged = { $person } was not paged about incident { $id }
refused-source-silences = the source { $source } may not silence: the configuration allows it with silences = true
refused-too-many-silences = { $max } silences are set already: end some of them first
refused-unreachable = { $person } cannot be reached: no contact method that works
refused-about-nothing = the notice is about something that does not exist
refused-no-finding = { $sensor } of { $host } has no open finding
refused-still-high = { $sensor } of { $host } still has a score of { $score }: after a replaced part the finding ends by itself below { $below }; a person can clear it now
refused-over = maintenance { $id } is over
refused-under-way = it is under way: hold or abort it
refused-not-under-way = maintenance { $id } is not under way
refused-another = maintenance { $id } of { $host } is under way: one failure domain at a time
refused-exists = maintenance { $id } of { $host } exists already
refused-storage = { $platform } is a storage: ask for a host of the platform that runs guests
refused-plan-changed = the plan has changed: you read { $read }, the plan is now { $now }; read it again
refused-plan-making = the plan has changed: you read { $read }, another is being made; read it again
refused-proposed = it is proposed already; a second person must approve it
refused-no-plan = there is no plan to propose now
refused-not-proposed = there is no proposed plan to approve now
refused-second-person = the one who proposed a plan does not approve it: a second person must
refused-stopped = noout is stopped: nothing disruptive starts; `noout resume` first
refused-on-way-back = it is on its way back already
refused-no-order = there is no work order yet
refused-order-signed = the work order is signed
refused-nothing-to-sign = nothing waits for a signature now
refused-order-open = not done yet: { $items }

config-refused = this configuration is not applied: { $parts }; if it is meant, say so (`noout apply --force`)
config-nobody = it names no people, so that nobody would be paged
config-no-admin = it has no person with the role admin, the one in force has
config-without = it does not have { $person }, who applies it

contact-own = a contact method is confirmed and enrolled by its owner alone, { $person }
contact-devices = { $n } devices are enrolled already: remove one first
contact-tested = this was tried just now: wait for { $pause_span }

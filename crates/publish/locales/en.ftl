# What customers read. Plain words, no internal names.
operational = Operational
degraded-performance = Slower than usual
partial-outage = Partly out of service
major-outage = Out of service
under-maintenance = Under maintenance
unknown = Unknown

# How it all is.
overall-none = All systems operational
overall-maintenance = Maintenance under way
overall-unknown = Some systems cannot be seen right now
overall-minor = Some systems are slower than usual
overall-major = Some systems are out of service
overall-critical = Out of service

# How far a notice is.
investigating = We are looking into it
identified = The cause is known
monitoring = Mended, we are watching
resolved = Resolved
scheduled = Announced
in-progress = Under way
verifying = Done, we are checking
completed = Completed

# The page's frame.
skip = Skip to the content
languages = Languages
published = Published
next-by = next by
stale-hint = If that time has passed, this page is old: take nothing on it for granted.
open-incidents = Incidents
components = Components
no-components = No component is published yet.
coming = Maintenance
none-coming = No maintenance is announced.
closed = Past notices
none-closed = None so far.
since = since { $at }
affected = Affected: { $names }
window = { $from } to { $until }
calendar = Calendar
feed-title = { $name }: incidents and maintenance
no-text = There is no text in this language.
nothing-here = There is nothing here
nothing-here-why = The address may be mistyped, or what was here is gone.
to-status = To the status page

# What noout says of a maintenance by itself, unless a person writes something else.
maintenance-title = Maintenance of our platform
maintenance-scheduled = We will repair one of our servers. Its load moves to other servers first; we expect no interruption.
maintenance-scheduled-restarts = We will repair one of our servers. Its load moves to other servers first; a few services restart briefly on the way.
maintenance-in-progress = The work has begun.
maintenance-verifying = The server is repaired. We are checking it before it carries load again.
maintenance-completed = The work is done.
maintenance-cancelled = We have stopped the work. We will announce a new date.

# The value report.
report-title = Value report
generated = Made on { $at }
evidence = Evidence:
no-evidence = No evidence is linked.
evidence-rows = { $n } rows
measured = Measured
measured-about = Read from the platform while it happened.
measured-empty = Nothing was measured, so nothing is said about the impact.
estimated = Estimated
estimated-about = Calculated as a range; the line says from what.
estimated-empty = Not estimated: too few cases.
not-claimed = Not claimed
not-claimed-about = What might please, and what we cannot know.
not-claimed-empty = Nothing beyond the lines of the other columns.

//! Whom and what a run is about: five people, two schedules, a policy with superiors, the lab.

/// The configuration in force at the beginning.
pub const TOWN: &str = r#"
[server]
fallback = ["person:eva"]
[[person]]
id = "ana"
contact = ["ntfy:https://ntfy.example.org/ana", "webhook:https://relay.example.org/ana"]
timezone = "Europe/Vienna"
superior = "eva"
[[person]]
id = "bo"
contact = ["webhook:https://relay.example.org/bo"]
timezone = "America/Bogota"
superior = "eva"
[[person]]
id = "carl"
contact = ["ntfy:https://ntfy.example.org/carl", "webhook:https://relay.example.org/carl"]
superior = "eva"
[[person]]
id = "dora"
contact = ["ntfy:https://ntfy.example.org/dora"]
[[person]]
id = "eva"
contact = ["webhook:https://relay.example.org/eva", "ntfy:https://ntfy.example.org/eva"]
role = "admin"
[[schedule]]
id = "ops"
timezone = "Europe/Vienna"
coverage = 2
[[schedule.rotation]]
name = "primary"
people = ["ana", "bo"]
unit = "hour"
every = 2
start = "2026-01-05T09:00"
[[schedule.rotation]]
name = "secondary"
people = ["carl", "dora"]
unit = "hour"
every = 2
start = "2026-01-05T09:00"
[[policy]]
id = "ops"
ack_timeout = "2m"
resolve_deadline = "20m"
unack_after = "6m"
rounds = 2
[[policy.step]]
notify = ["schedule:ops"]
[[policy.step]]
notify = ["person:dora", "superiors"]
wait = "3m"
[[policy]]
id = "pair"
ack_timeout = "90s"
acks = 2
[[policy.step]]
notify = ["schedule:ops"]
repeat = 2
[[route]]
id = "quiet"
match = 'severity="info"'
policy = "ops"
urgency = "low"
[[route]]
id = "pair"
match = 'source="alertmanager"'
policy = "pair"
group_by = ["alertname"]
[[inhibit]]
id = "storm"
source = 'alertname="Condition0"'
target = 'alertname="Storm", severity="warning"'
equal = ["source"]
[drill]
at = "04:50"
answer = "20m"
[[heartbeat]]
id = "backup"
schedule = "every 2m"
grace = "1m"
[paging]
unsent = "90s"
rate = 4
window = "2m"
[[route]]
id = "all"
policy = "ops"
group_by = ["alertname", "source"]
[[platform]]
id = "lab"
kind = "lab"
policy = "ops"
[maintenance]
confirm_gap = "10s"
prove = "1m"
approval = "1h"
step_deadline = "6m"
work_order_deadline = "15m"
blind_after = "1m"
noout_deadline = "40m"
"#;

/// The person who leaves in the middle of a night in some runs, and whose section is then gone.
pub const LEAVER: &str = "carl";

/// The configuration without the person who leaves.
#[must_use]
pub fn town_without_leaver() -> String {
    let section = format!("[[person]]\nid = \"{LEAVER}\"\n");
    let mut out = String::new();
    for (place, part) in TOWN.split("[[person]]\n").enumerate() {
        let whole = format!("[[person]]\n{part}");
        if place == 0 {
            out.push_str(part);
        } else if !whole.starts_with(&section) {
            out.push_str(&whole);
        }
    }
    out.replace(&format!("people = [\"{LEAVER}\", \"dora\"]"), "people = [\"eva\", \"dora\"]")
}

//! Text in, problems out: each with the line that an operator will look at.

mod clean;
mod coverage;
mod intake;
mod meeting;
mod random;
mod semantics;
mod shape;
mod trackers;

use noout_types::Timestamp;

use super::{Checked, check};

/// A Monday morning, before the clocks of Europe change.
fn now() -> Timestamp {
    "2026-03-02T08:00:00Z".parse().expect("a timestamp")
}

fn checked(text: &str) -> Checked {
    check(text, now()).1
}

/// All problems, one a line, as `noout check` prints them.
fn told(text: &str) -> String {
    let checked = checked(text);
    assert_eq!(checked.ok, checked.errors.is_empty());
    let errors = checked.errors.iter().map(|p| format!("error {p}\n"));
    errors.chain(checked.warnings.iter().map(|p| format!("warning {p}\n"))).collect()
}

/// Two people who can be reached, in two rotations that hand over at the same time: nothing is wrong with it.
const TEAM: &str = r#"
[[person]]
id = "ana"
contact = ["ntfy:https://ntfy.example.org/ana"]
superior = "eva"
[[person]]
id = "bo"
contact = ["ntfy:https://ntfy.example.org/bo"]
[[person]]
id = "eva"
contact = ["webhook:https://relay.example.org/eva"]
[[schedule]]
id = "ops"
timezone = "Europe/Vienna"
[[schedule.rotation]]
name = "primary"
people = ["ana", "bo"]
start = "2026-01-05T09:00"
[[schedule.rotation]]
name = "secondary"
people = ["bo", "ana"]
start = "2026-01-05T09:00"
[[policy]]
id = "ops"
resolve_deadline = "1h"
[[policy.step]]
notify = ["schedule:ops"]
"#;

/// `TEAM` with more lines behind it; the first of them is line 28.
fn team_and(more: &str) -> String {
    assert_eq!(TEAM.lines().count(), 27, "tests name lines");
    format!("{TEAM}{more}")
}

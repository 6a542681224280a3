//! People who may only look, where somebody must be able to acknowledge.

use super::Check;
use crate::config::{Role, Target};

pub(super) fn check(check: &mut Check<'_>) {
    let config = check.config;
    let mut found: Vec<(String, &noout_types::PersonId)> = Vec::new();
    for (s, schedule) in config.schedules.iter().enumerate() {
        for (r, rotation) in schedule.rotations.iter().enumerate() {
            for (t, turn) in rotation.people.iter().enumerate() {
                found.extend(turn.0.iter().map(|p| (format!("schedule[{s}].rotation[{r}].people[{t}]"), p)));
            }
        }
    }
    for (p, policy) in config.policies.iter().enumerate() {
        for (name, steps) in [("step", &policy.steps), ("overdue", &policy.overdue)] {
            for (s, step) in steps.iter().enumerate() {
                found.extend(named(&format!("policy[{p}].{name}[{s}].notify"), &step.notify));
            }
        }
    }
    for (i, team) in config.teams.iter().enumerate() {
        found.extend(team.people.iter().enumerate().map(|(n, person)| (format!("team[{i}].people[{n}]"), person)));
    }
    for (i, person) in config.people.iter().enumerate() {
        found.extend(person.superior.as_ref().map(|above| (format!("person[{i}].superior"), above)));
    }
    found.extend(named("server.fallback", &config.server.fallback));
    for (at, id) in found {
        if config.person(id).is_some_and(|p| p.role < Role::Responder) {
            let message = format!(
                "{id} is a viewer: pages come, and {id} cannot acknowledge them: write role = \"responder\" or more, or name somebody else"
            );
            check.warn(&at, message);
        }
    }
}

fn named<'t>(at: &str, targets: &'t [Target]) -> Vec<(String, &'t noout_types::PersonId)> {
    let person = |(n, target): (usize, &'t Target)| match target {
        Target::Person(id) => Some((format!("{at}[{n}]"), id)),
        Target::Schedule(_) | Target::Team(_) | Target::Superiors => None,
    };
    targets.iter().enumerate().filter_map(person).collect()
}

//! `[[policy]]` and `[[route]]`: does each alert end at somebody.

use noout_types::{Matcher, Span};

use super::{Check, MAX_ACKS, MAX_ROUNDS, MAX_STEPS, listed};
use crate::config::{Policy, Route, Step, Target};

pub(super) fn check(check: &mut Check<'_>) {
    if check.config.policies.is_empty() && !check.config.people.is_empty() {
        check.warn("", "there is no [[policy]]: everybody is paged about everything");
    }
    for (i, policy) in check.config.policies.iter().enumerate() {
        one_policy(check, &format!("policy[{i}]"), policy);
    }
    for (i, route) in check.config.routes.iter().enumerate() {
        let at = format!("route[{i}]");
        check.known_policy(&format!("{at}.policy"), Some(route.policy.as_str()));
        check.known_tracker(&format!("{at}.tracker"), route.tracker.as_ref().map(|t| t.as_str()));
        check.known_component(&format!("{at}.component"), route.component.as_ref().map(|c| c.as_str()));
        let hours = route.hours.as_ref().map(|h| h.as_str());
        check.known(&format!("{at}.hours"), "hours", hours, &check.config.hours, |x| x.id.as_str());
        shadowed(check, i, route);
    }
}

fn one_policy(check: &mut Check<'_>, at: &str, policy: &Policy) {
    let zero = Span::default();
    check.known_tracker(&format!("{at}.tracker"), policy.tracker.as_ref().map(|t| t.as_str()));
    if policy.steps.is_empty() {
        check.error(&format!("{at}.step"), "a policy needs at least one step: add a [[policy.step]] with notify");
    }
    if policy.steps.len() > MAX_STEPS {
        check.error(&format!("{at}.step"), format!("{} are too many: at most {MAX_STEPS}", policy.steps.len()));
    }
    if !(1..=MAX_ROUNDS).contains(&policy.rounds) {
        let message = format!("{} rounds are not possible: allowed are 1 to {MAX_ROUNDS}", policy.rounds);
        check.error(&format!("{at}.rounds"), message);
    }
    if policy.ack_timeout == zero {
        check.error(&format!("{at}.ack_timeout"), "0s leaves nobody time to acknowledge: write for example \"5m\"");
    }
    if policy.resolve_deadline == Some(zero) {
        check.error(&format!("{at}.resolve_deadline"), "0s leaves nobody time to solve it: write for example \"1h\"");
    }
    let has_superior = check.config.people.iter().any(|p| p.superior.is_some());
    if policy.resolve_deadline.is_some() && !has_superior {
        check.warn(
            &format!("{at}.resolve_deadline"),
            "nobody has a superior: at the deadline the fallback is told instead (server.fallback, or everybody)",
        );
    }
    if !(1..=MAX_ACKS).contains(&policy.acks) {
        let message = format!("{} acknowledgements are not possible: allowed are 1 to {MAX_ACKS}", policy.acks);
        check.error(&format!("{at}.acks"), message);
    }
    if policy.unack_after == Some(zero) {
        check.error(&format!("{at}.unack_after"), "0s leaves nobody time to work: write for example \"1h\"");
    }
    if !policy.overdue.is_empty() && policy.resolve_deadline.is_none() {
        check.error(
            &format!("{at}.overdue"),
            "nothing is ever overdue without resolve_deadline: add for example resolve_deadline = \"1h\"",
        );
    }
    if policy.overdue.len() > MAX_STEPS {
        check.error(&format!("{at}.overdue"), format!("{} are too many: at most {MAX_STEPS}", policy.overdue.len()));
    }
    for (s, step) in policy.steps.iter().enumerate() {
        one_step(check, &format!("{at}.step[{s}]"), step, has_superior);
    }
    for (s, step) in policy.overdue.iter().enumerate() {
        one_step(check, &format!("{at}.overdue[{s}]"), step, has_superior);
    }
}

fn one_step(check: &mut Check<'_>, at: &str, step: &Step, has_superior: bool) {
    if step.notify.is_empty() {
        check.error(
            &format!("{at}.notify"),
            "this step tells nobody: write \"schedule:ID\", \"person:ID\", \"team:ID\" or \"superiors\"",
        );
    }
    if step.wait == Some(Span::default()) {
        check.error(
            &format!("{at}.wait"),
            "0s leaves nobody time to answer: put both into the notify of one step, or write for example \"5m\"",
        );
    }
    if !(1..=MAX_ROUNDS).contains(&step.repeat) {
        let message = format!("{} times are not possible: allowed are 1 to {MAX_ROUNDS}", step.repeat);
        check.error(&format!("{at}.repeat"), message);
    }
    for (n, target) in step.notify.iter().enumerate() {
        one_target(check, &format!("{at}.notify[{n}]"), target, has_superior);
    }
    reaches_nobody(check, at, &step.notify);
}

fn one_target(check: &mut Check<'_>, at: &str, target: &Target, has_superior: bool) {
    match target {
        Target::Schedule(id) => {
            check.known(at, "schedule", Some(id.as_str()), &check.config.schedules, |x| x.id.as_str());
        }
        Target::Person(id) => check.known_person(at, Some(id.as_str())),
        Target::Team(id) => check.known(at, "team", Some(id.as_str()), &check.config.teams, |x| x.id.as_str()),
        Target::Superiors if !has_superior => check.warn(at, "nobody has a superior: this tells nobody"),
        Target::Superiors => {}
    }
}

/// A step may name somebody who cannot be reached only beside others who can.
fn reaches_nobody(check: &mut Check<'_>, at: &str, notify: &[Target]) {
    let mute: Vec<&str> = (notify.iter())
        .filter_map(|target| match target {
            Target::Person(id) => check.config.person(id).filter(|p| !check.config.is_reachable(&p.id)),
            Target::Schedule(_) | Target::Team(_) | Target::Superiors => None,
        })
        .map(|person| person.id.as_str())
        .collect();
    if mute.is_empty() {
        return;
    }
    let message = format!("{} cannot be reached by what this version can send", listed(&mute));
    if mute.len() == notify.len() {
        check.error(&format!("{at}.notify"), format!("{message}, and the step tells nobody else"));
    } else {
        check.warn(&format!("{at}.notify"), message);
    }
}

/// Whether an earlier route takes all that this one would. The first route that matches wins, so a route whose conditions
/// are all among those of an earlier one's never sees an alert.
fn shadowed(check: &mut Check<'_>, i: usize, route: &Route) {
    let covers = |earlier: &Route| earlier.matchers.0.iter().all(|m: &Matcher| route.matchers.0.contains(m));
    let Some(earlier) = check.config.routes.iter().take(i).position(covers) else { return };
    let line = check.problem(&format!("route[{earlier}]"), "").line;
    let what = if check.config.routes[earlier].matchers.0.is_empty() { "every alert" } else { "all these alerts" };
    check
        .warn(&format!("route[{i}]"), format!("this route never matches: the route of line {line} takes {what} first"));
}

//! Where alerts would go: asked for a label set, and for everything that really came in.
//!
//! A tester alone is not to be believed: it says "would route" for the labels that somebody typed, and real alerts carry
//! others. So it stands beside the real alerts that are nearly like what was asked, and beside a replay of what came in.

mod replay;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use noout_types::{Labels, PersonId, PolicyId, Severity, Span, Timestamp, Urgency};

pub use replay::{Account, Because, MAX_ACCOUNT, Opening, PageTo, Replay, Replayed};

use crate::alert::{route_of, urgency_at};
use crate::config::{Config, Route, Target};
use crate::engine::State;
use crate::silence::{self, Suppression};

/// Real alerts that are listed beside an answer.
pub const MAX_NEAR: usize = 10;

/// Where a label set goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// The first route that matches: its name. None = no route does, and the first policy is told.
    pub route: Option<String>,
    /// Who is told; none only if the configuration has no policy.
    pub policy: Option<PolicyId>,
    /// How bad, from the label `severity`.
    pub severity: Severity,
    /// Whether people are woken at that instant.
    pub urgency: Urgency,
    /// When they are, if only then: the route wakes people in their hours of work.
    pub rises_at: Option<Timestamp>,
    /// What makes one incident: labels with their values.
    pub group: Vec<(String, String)>,
    /// Whom each step would tell now.
    pub steps: Vec<TestedStep>,
    /// Later routes that match, too, and are never asked.
    pub also: Vec<String>,
    /// What would hold it back at that instant, so that nobody is paged whatever the steps say.
    pub held: Option<Suppression>,
}

/// A step of the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestedStep {
    /// As it is written: `schedule:ops`.
    pub notify: Vec<String>,
    /// Whom it names at the instant that was asked for.
    pub people: Vec<PersonId>,
    /// How long after the first page it is taken, if nobody acknowledges.
    pub after: Span,
}

/// The name of a route: its id, or its place.
#[must_use]
pub fn name_of(place: usize, route: &Route) -> String {
    route.id.as_ref().map_or_else(|| format!("route-{place}"), ToString::to_string)
}

/// Where a label set goes, by the configuration and the overrides of a state.
#[must_use]
pub fn test(state: &State, at: Timestamp, labels: &Labels) -> Tested {
    let config = &state.config;
    let found = route_of(config, labels);
    let severity = Severity::from_label(labels.get("severity"));
    let policy = found.map(|(_, r)| &r.policy).or_else(|| config.policies.first().map(|p| &p.id)).cloned();
    let by = found.map_or_else(|| vec!["alertname".to_owned()], |(_, r)| r.group_by.clone());
    let (urgency, rises_at) = urgency_at(config, at, found.map(|(_, r)| r), severity);
    let later = found.map_or(usize::MAX, |(place, _)| place + 1);
    let also = config.routes.iter().enumerate().skip(later).filter(|(_, r)| r.matchers.matches(labels));
    Tested {
        route: found.map(|(place, route)| name_of(place, route)),
        steps: policy.as_ref().map(|id| steps(state, at, id)).unwrap_or_default(),
        policy,
        severity,
        urgency,
        rises_at,
        group: by.into_iter().map(|name| (name.clone(), labels.get(&name).to_owned())).collect(),
        also: also.map(|(place, route)| name_of(place, route)).collect(),
        held: silence::of_alert(state, at, labels.fingerprint(), labels),
    }
}

fn steps(state: &State, at: Timestamp, policy: &PolicyId) -> Vec<TestedStep> {
    let Some(policy) = state.config.policy(policy) else { return Vec::new() };
    let mut after = Span::default();
    let mut paged: Vec<PersonId> = Vec::new();
    let mut steps = Vec::new();
    for step in &policy.steps {
        let mut people: Vec<PersonId> = Vec::new();
        for target in &step.notify {
            people.extend(match target {
                Target::Person(id) => vec![id.clone()],
                Target::Schedule(id) => state.on_call(id, at).into_iter().collect(),
                Target::Team(id) => state.config.team(id).map(|team| team.people.clone()).unwrap_or_default(),
                Target::Superiors => superiors(&state.config, &paged),
            });
        }
        people.sort();
        people.dedup();
        paged.extend(people.iter().cloned());
        let notify = step.notify.iter().cloned().map(String::from).collect();
        // A step that names nobody is passed at once.
        let wait = if people.is_empty() { Span::default() } else { step.wait.unwrap_or(policy.ack_timeout) };
        steps.push(TestedStep { notify, people, after });
        after = Span::from_millis(after.as_millis() + wait.as_millis());
    }
    steps
}

fn superiors(config: &Config, paged: &[PersonId]) -> Vec<PersonId> {
    paged.iter().filter_map(|p| config.person(p)?.superior.clone()).collect()
}

/// A real alert that is nearly what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// What it really carried.
    pub labels: Labels,
    /// When it came.
    pub at: Timestamp,
    /// Where it goes.
    pub route: Option<String>,
    /// The labels that were asked for and that it carries otherwise or not at all: name, asked, real.
    pub differs: Vec<(String, String, String)>,
}

/// What came in lately, beside what was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// Real alerts that carry all that was asked for.
    pub exact: usize,
    /// Those that nearly do: what goes elsewhere first, then the nearest.
    pub near: Vec<Near>,
}

/// Compares what was asked for with what really came in.
#[must_use]
pub fn beside<'l>(config: &Config, asked: &Labels, real: impl IntoIterator<Item = (Timestamp, &'l Labels)>) -> Beside {
    let name = |labels: &Labels| route_of(config, labels).map(|(place, route)| name_of(place, route));
    let wanted = name(asked);
    let mut newest: BTreeMap<&Labels, Timestamp> = BTreeMap::new();
    for (at, labels) in real {
        let known = newest.entry(labels).or_insert(at);
        *known = (*known).max(at);
    }
    let mut found = Beside::default();
    let mut near = Vec::new();
    for (labels, at) in newest {
        let differs: Vec<_> = (asked.pairs().iter())
            .filter(|(name, value)| labels.get(name) != *value)
            .map(|(name, value)| (name.to_owned(), value.to_owned(), labels.get(name).to_owned()))
            .collect();
        let shared = asked.pairs().len() - differs.len();
        if differs.is_empty() {
            found.exact += 1;
            continue;
        }
        let same_name = !asked.get("alertname").is_empty() && asked.get("alertname") == labels.get("alertname");
        if same_name || (shared > 0 && shared * 2 >= asked.pairs().len()) {
            let route = name(labels);
            let elsewhere = route != wanted;
            near.push(((!elsewhere, differs.len()), Near { labels: labels.clone(), at, route, differs }));
        }
    }
    near.sort_by(|(a, x), (b, y)| a.cmp(b).then(y.at.cmp(&x.at)));
    found.near = near.into_iter().take(MAX_NEAR).map(|(_, near)| near).collect();
    found
}

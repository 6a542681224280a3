//! Who is told in which order: policies and routes.

use noout_types::{
    ComponentId, HoursId, Matchers, PersonId, PolicyId, RouteId, ScheduleId, Severity, Span, TeamId, TrackerId, Urgency,
};
use serde::{Deserialize, Serialize};

use super::noise::Pick;

/// Whom a step tells: `schedule:ID`, `person:ID`, `team:ID`, `superiors`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Target {
    /// Everybody who is on call in the schedule.
    Schedule(ScheduleId),
    /// One person.
    Person(PersonId),
    /// Everybody in the team.
    Team(TeamId),
    /// The superiors of those who were paged.
    Superiors,
}

impl TryFrom<String> for Target {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let allowed =
            || format!("{text:?} is nobody: allowed are \"schedule:ID\", \"person:ID\", \"team:ID\" and \"superiors\"");
        match text.split_once(':') {
            None if text == "superiors" => Ok(Self::Superiors),
            Some(("schedule", id)) => id.parse().map(Self::Schedule).map_err(|e| format!("{}: {e}", allowed())),
            Some(("team", id)) => id.parse().map(Self::Team).map_err(|e| format!("{}: {e}", allowed())),
            Some(("person", id)) => id.parse().map(Self::Person).map_err(|e| format!("{}: {e}", allowed())),
            _ => Err(allowed()),
        }
    }
}

impl From<Target> for String {
    fn from(t: Target) -> String {
        match t {
            Target::Schedule(id) => format!("schedule:{id}"),
            Target::Person(id) => format!("person:{id}"),
            Target::Team(id) => format!("team:{id}"),
            Target::Superiors => "superiors".into(),
        }
    }
}

/// `[[policy]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// A short id.
    pub id: PolicyId,
    /// How long a step waits for an acknowledgement, unless the step says otherwise.
    #[serde(default = "five_minutes")]
    pub ack_timeout: Span,
    /// How long an incident may stay unsolved, acknowledged or not, before superiors are paged.
    #[serde(default)]
    pub resolve_deadline: Option<Span>,
    /// How many times the steps are gone through before the fallback is paged.
    #[serde(default = "two")]
    pub rounds: u32,
    /// How many different people must take an incident before nobody else is told.
    #[serde(default = "one")]
    pub acks: u32,
    /// Whoever has an incident and writes nothing down for so long does not have it any more: it begins anew.
    #[serde(default)]
    pub unack_after: Option<Span>,
    /// The steps, in order.
    #[serde(default, rename = "step")]
    pub steps: Vec<Step>,
    /// Who is told when the resolution deadline passed, step by step; the superiors, once, if there is none.
    #[serde(default, rename = "overdue")]
    pub overdue: Vec<Step>,
    /// Where its incidents are filed as tickets.
    #[serde(default)]
    pub tracker: Option<TrackerId>,
}

fn one() -> u32 {
    1
}

fn five_minutes() -> Span {
    Span::from_mins(5)
}

fn two() -> u32 {
    2
}

/// `[[policy.step]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Who is told.
    pub notify: Vec<Target>,
    /// How long to wait before the next step; the policy's `ack_timeout` if absent.
    #[serde(default)]
    pub wait: Option<Span>,
    /// How many times the step is taken before the next one.
    #[serde(default = "one")]
    pub repeat: u32,
    /// Whether all are told or one after the other, an incident each.
    #[serde(default)]
    pub pick: Pick,
}

/// `[[route]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// A short id; `route-N` by its place if absent.
    #[serde(default)]
    pub id: Option<RouteId>,
    /// Which alerts.
    #[serde(default, rename = "match")]
    pub matchers: Matchers,
    /// Who is told.
    pub policy: PolicyId,
    /// Whether people are woken. If absent, all but `severity="info"` wakes.
    #[serde(default)]
    pub urgency: Option<Urgency>,
    /// People are woken in these `[[hours]]` only; what comes outside of them waits for their beginning.
    #[serde(default)]
    pub hours: Option<HoursId>,
    /// Labels whose values together make one incident.
    #[serde(default = "by_alertname")]
    pub group_by: Vec<String>,
    /// The public component that these alerts concern.
    #[serde(default)]
    pub component: Option<ComponentId>,
    /// Where these incidents are filed as tickets; the policy's if absent.
    #[serde(default)]
    pub tracker: Option<TrackerId>,
}

fn by_alertname() -> Vec<String> {
    vec!["alertname".into()]
}

/// The severity that a route's alert has, and whether it wakes somebody.
#[must_use]
pub fn urgency_of(route: Option<&Route>, severity: Severity) -> Urgency {
    match route.and_then(|r| r.urgency) {
        Some(urgency) => urgency,
        None if severity == Severity::Info => Urgency::Low,
        None => Urgency::High,
    }
}

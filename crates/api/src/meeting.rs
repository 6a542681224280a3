//! Requests of other teams, the weekly meeting's agenda, and what the team decides.

use std::collections::BTreeMap;

use noout_types::{
    DecisionId, HostId, IncidentId, MaintenanceId, PersonId, RequestId, ScheduleId, Severity, Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who wants something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestFrom {
    /// The name; whoever asks, if absent.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The team.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub team: String,
    /// The mail address for the answer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mail: String,
}

/// Something is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskRequest {
    /// What, in one line.
    pub title: String,
    /// More words.
    #[serde(default)]
    pub text: String,
    /// Who wants it; whoever asks, if absent.
    #[serde(default)]
    pub from: RequestFrom,
    /// By which day: `2026-12-24`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_by: Option<String>,
    /// `can_wait`, `this_week` or `interrupts`; `this_week` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<String>,
    /// The maintenance that it interrupts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    pub interrupts: Option<MaintenanceId>,
    /// A name for it: the same from the same caller again changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// It presses more or less than was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeighRequest {
    /// `can_wait`, `this_week` or `interrupts`.
    pub urgency: String,
    /// The maintenance that it interrupts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    pub interrupts: Option<MaintenanceId>,
}

/// It is closed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseRequest {
    /// What was done, or why it is not done; only of what was done it may be empty.
    #[serde(default)]
    pub text: String,
}

/// Planned work stood still for a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Interruption {
    /// For which request.
    #[schema(value_type = u64)]
    pub request: RequestId,
    /// What it was about.
    pub title: String,
    /// Who has the request, or had it.
    #[schema(value_type = Option<String>)]
    pub owner: Option<PersonId>,
    /// The maintenance that stood still; other planned work if absent.
    #[schema(value_type = Option<u64>)]
    pub maintenance: Option<MaintenanceId>,
    /// Since when: somebody took the request then.
    #[schema(value_type = String)]
    pub from: Timestamp,
    /// Until when; it still does if absent.
    #[schema(value_type = Option<String>)]
    pub until: Option<Timestamp>,
    /// How long so far, in milliseconds.
    pub lasted_ms: u64,
}

/// What another team wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TeamRequest {
    /// Its number.
    #[schema(value_type = u64)]
    pub id: RequestId,
    /// What, in one line.
    pub title: String,
    /// More words.
    pub text: String,
    /// Who wants it.
    pub from: RequestFrom,
    /// By which day.
    pub wanted_by: Option<String>,
    /// `can_wait`, `this_week` or `interrupts`.
    pub urgency: String,
    /// The maintenance that it interrupts.
    #[schema(value_type = Option<u64>)]
    pub interrupts: Option<MaintenanceId>,
    /// Who or what handed it in.
    pub by: String,
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// `open`, `taken`, `done` or `declined`.
    pub status: String,
    /// Who has it.
    #[schema(value_type = Option<String>)]
    pub owner: Option<PersonId>,
    /// Since when.
    #[schema(value_type = Option<String>)]
    pub owned_at: Option<Timestamp>,
    /// When it was closed.
    #[schema(value_type = Option<String>)]
    pub closed_at: Option<Timestamp>,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// What was done, or why it was not.
    pub closed_words: String,
    /// When planned work stood still for it.
    pub interrupted: Vec<Interruption>,
}

/// A question for the team.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RaiseDecision {
    /// The question, in one line.
    pub title: String,
    /// More words.
    #[serde(default)]
    pub text: String,
    /// What can be chosen, 2 to 10; for and against if empty.
    #[serde(default)]
    pub options: Vec<String>,
    /// When an answer is wanted, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub until: Option<Timestamp>,
    /// The incident that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    pub incident: Option<IncidentId>,
    /// The request that it is about; not both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    pub request: Option<RequestId>,
}

/// What somebody is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveVoice {
    /// `for`, `against`, `abstain`, or an option's number from 1.
    pub choice: String,
    /// Why.
    #[serde(default)]
    pub words: String,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseDecision {
    /// What was decided.
    pub decided: String,
    /// Why.
    pub why: String,
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Voice {
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// `for`, `against`, `abstain`, or an option's number from 1.
    pub choice: String,
    /// Why.
    pub words: String,
    /// When it was said, or changed.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// Whether the person was asked.
    pub asked: bool,
}

/// A question that the team decides, or decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// Its number.
    #[schema(value_type = u64)]
    pub id: DecisionId,
    /// The question, in one line.
    pub title: String,
    /// More words.
    pub text: String,
    /// What can be chosen; for and against if empty.
    pub options: Vec<String>,
    /// When an answer is wanted.
    #[schema(value_type = Option<String>)]
    pub until: Option<Timestamp>,
    /// The incident that it is about.
    #[schema(value_type = Option<u64>)]
    pub incident: Option<IncidentId>,
    /// The request that it is about.
    #[schema(value_type = Option<u64>)]
    pub request: Option<RequestId>,
    /// Who put it up.
    pub by: String,
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// What people said.
    pub voices: Vec<Voice>,
    /// Who was asked and did not say anything.
    #[schema(value_type = Vec<String>)]
    pub silent: Vec<PersonId>,
    /// How many are for each choice.
    pub count: BTreeMap<String, u64>,
    /// When it was closed; it is open if absent.
    #[schema(value_type = Option<String>)]
    pub closed_at: Option<Timestamp>,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// What was decided.
    pub decided: String,
    /// Why.
    pub why: String,
}

/// The weekly meeting's agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Agenda {
    /// When the meeting is.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// When the one before was: what happened since is told.
    #[schema(value_type = String)]
    pub since: Timestamp,
    /// The zone in which it is agreed.
    pub timezone: String,
    /// Who takes part.
    #[schema(value_type = Vec<String>)]
    pub people: Vec<PersonId>,
    /// Requests that wait: nobody's first, then by owner, the oldest first.
    pub requests: Vec<TeamRequest>,
    /// Requests that were closed since.
    pub requests_closed: u64,
    /// Planned work that stood still since, or does.
    pub interrupted: Vec<Interruption>,
    /// Incidents since, and those that are still open, the newest first.
    pub incidents: Vec<AgendaIncident>,
    /// Incidents that are not listed: there were too many.
    pub incidents_more: u64,
    /// Maintenances that are planned or under way.
    pub maintenances: Vec<AgendaMaintenance>,
    /// When fewer people are ready than promised, in the next four weeks.
    pub gaps: Vec<AgendaGap>,
    /// Gaps that are not listed: there are too many.
    pub gaps_more: u64,
    /// Questions that wait for voices or for a decision.
    pub decisions: Vec<Decision>,
}

/// An incident on the agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgendaIncident {
    /// Its number.
    #[schema(value_type = u64)]
    pub id: IncidentId,
    /// What broke.
    pub title: String,
    /// How bad.
    #[schema(value_type = String)]
    pub severity: Severity,
    /// `triggered`, `acked` or `resolved`.
    pub status: String,
    /// Who has it, or had it.
    #[schema(value_type = Option<String>)]
    pub owner: Option<PersonId>,
    /// When it began.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// How long nobody had it, in milliseconds; absent if nobody ever did.
    pub to_ack_ms: Option<u64>,
    /// How long it lasted, in milliseconds; absent if it still does.
    pub to_resolve_ms: Option<u64>,
    /// How many pages it caused.
    pub pages: u64,
    /// How many of them at night, by the clock of whoever was paged.
    pub night_pages: u64,
}

/// A maintenance on the agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgendaMaintenance {
    /// Its number.
    #[schema(value_type = u64)]
    pub id: MaintenanceId,
    /// Which host.
    #[schema(value_type = String)]
    pub host: HostId,
    /// Why.
    pub reason: String,
    /// `planning`, `drafted`, `proposed` or `running`.
    pub phase: String,
    /// Since when.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// The requests that interrupt it, or want to.
    #[schema(value_type = Vec<u64>)]
    pub interrupted_by: Vec<RequestId>,
}

/// A gap on the agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgendaGap {
    /// In which schedule.
    #[schema(value_type = String)]
    pub schedule: ScheduleId,
    /// From this instant.
    #[schema(value_type = String)]
    pub start: Timestamp,
    /// Until before this instant.
    #[schema(value_type = String)]
    pub end: Timestamp,
    /// How many are promised.
    pub need: u32,
    /// Who is ready.
    #[schema(value_type = Vec<String>)]
    pub have: Vec<PersonId>,
}

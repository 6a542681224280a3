//! What the server answers.

use std::collections::BTreeMap;

use noout_core::config::Problem;
use noout_core::silence::{Rule, Suppression};
use noout_types::{
    DecisionId, Fingerprint, HostId, IncidentId, MaintenanceId, Matchers, PersonId, PlatformId, PolicyId, RequestId,
    ScheduleId, SensorId, Severity, SilenceId, SourceId, Timestamp, TrackerId, Urgency,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Why not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    /// A stable word: `unauthorized`, `forbidden`, `unknown`, `conflict`, `invalid`, `too_large`, `busy`, `unavailable`.
    pub code: String,
    /// What was found, what is allowed, what to do.
    pub message: String,
    /// What is wrong with a configuration, by line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub errors: Vec<Problem>,
}

/// A command was committed: it is in the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Accepted {
    /// The last record that it caused; the journal's end if there was nothing to do.
    pub seq: u64,
    /// Whether anything changed.
    pub changed: bool,
    /// The incident that was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    pub incident: Option<IncidentId>,
    /// The maintenance that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    pub maintenance: Option<MaintenanceId>,
    /// The silence that was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    pub silence: Option<SilenceId>,
    /// The request that was handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    pub request: Option<RequestId>,
    /// The question that was put up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    pub decision: Option<DecisionId>,
    /// The override that was added.
    #[serde(default, rename = "override", skip_serializing_if = "Option::is_none")]
    pub override_id: Option<u64>,
    /// The shift that was taken over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<crate::TakenShift>,
    /// The absence that was added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absence: Option<u64>,
    /// The swap that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swap: Option<u64>,
    /// What was done, and is probably not as meant: fewer people are ready than promised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// The configuration's new version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config_version: Option<u64>,
    /// Fields of the configuration that changed and take effect only when noout starts anew.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restart: Vec<String>,
}

/// What became of many incidents that somebody wanted to take at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AckedMany {
    /// The last record that it caused; the journal's end if there was nothing to do.
    pub seq: u64,
    /// Whether anything changed.
    pub changed: bool,
    /// Taken now.
    #[schema(value_type = Vec<u64>)]
    pub taken: Vec<IncidentId>,
    /// Taken by the same person before.
    #[schema(value_type = Vec<u64>)]
    pub mine: Vec<IncidentId>,
    /// Taken by others before, and left to them.
    pub others: Vec<TakenBy>,
    /// Closed before.
    #[schema(value_type = Vec<u64>)]
    pub closed: Vec<IncidentId>,
}

/// An incident that somebody has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TakenBy {
    /// Which.
    #[schema(value_type = u64)]
    pub incident: IncidentId,
    /// Who: `person:ana`, `noout`.
    pub by: String,
}

/// A contact method of a person and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContactMethod {
    /// Its key: the same for the same address.
    pub key: String,
    /// Its kind and host; never an address, a number or a token.
    pub contact: String,
    /// Why nothing can be sent by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacks: Option<String>,
    /// Since when it is known to work from end to end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub confirmed: Option<Timestamp>,
    /// The newest test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<ContactTest>,
}

/// A message that tried a contact method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContactTest {
    /// Its number.
    pub test: u64,
    /// When it was asked for.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// `sending`, `delivered`, `accepted`, `permanent`, `transient`, `busy`, `ambiguous`; after a receipt `arrived`,
    /// `refused` or `missing`; `confirmed` once its person followed its link.
    pub state: String,
    /// What the provider said.
    pub words: String,
    /// Whether nothing more is to be expected without the person.
    pub is_over: bool,
}

/// A link by which a person sets a password, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    /// Who is invited.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// The link. Whoever has it becomes this person: hand it over as you would a key.
    pub url: String,
    /// Until when it works, if no password is set before.
    #[schema(value_type = String)]
    pub until: Timestamp,
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Incident {
    /// Its number.
    #[schema(value_type = u64)]
    pub id: IncidentId,
    /// What broke.
    pub title: String,
    /// More words.
    #[serde(default)]
    pub text: String,
    /// How bad.
    #[schema(value_type = String)]
    pub severity: Severity,
    /// Whether people are woken: `high` or `low`.
    #[schema(value_type = String)]
    pub urgency: Urgency,
    /// `triggered`, `acked` or `resolved`.
    pub status: String,
    /// Who acknowledged or resolved it.
    pub status_by: Option<String>,
    /// Since when.
    #[schema(value_type = Option<String>)]
    pub status_at: Option<Timestamp>,
    /// Who has it.
    #[schema(value_type = Option<String>)]
    pub owner: Option<PersonId>,
    /// When it began.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// Who is told.
    #[schema(value_type = Option<String>)]
    pub policy: Option<PolicyId>,
    /// Where the remedy is written.
    #[serde(default)]
    pub runbook: String,
    /// Alerts that still fire.
    pub alerts_firing: u64,
    /// Alerts that ever belonged to it.
    pub alerts_total: u64,
    /// When superiors are paged.
    #[schema(value_type = Option<String>)]
    pub deadline: Option<Timestamp>,
    /// They were.
    pub deadline_passed: bool,
    /// What holds all its alerts back, so that nobody is paged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_back: Option<HeldBack>,
    /// The maintenance that mends it.
    #[schema(value_type = Option<u64>)]
    pub maintenance: Option<MaintenanceId>,
    /// Where it is filed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tickets: Vec<TicketRef>,
}

/// A ticket in another system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TicketRef {
    /// The system: the id of a `[[tracker]]`.
    #[schema(value_type = String)]
    pub tracker: TrackerId,
    /// Its id there.
    pub id: String,
    /// Its page for people.
    pub url: String,
}

/// What keeps an incident from waking people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldBack {
    /// The rule: `silence 3`, `mute nightly`, `inhibit site`, `maintenance 2`.
    pub rule: String,
    /// Who answers for it.
    pub author: String,
    /// Until when at the latest; then it is looked at again.
    #[schema(value_type = String)]
    pub until: Timestamp,
}

impl HeldBack {
    /// As the core has it.
    #[must_use]
    pub fn new(by: &Suppression) -> Self {
        let rule = match &by.rule {
            Rule::Silence { id } => format!("silence {id}"),
            Rule::Mute { id } => format!("mute {id}"),
            Rule::Inhibit { id, .. } => format!("inhibit {id}"),
            Rule::Maintenance { id } => format!("maintenance {id}"),
        };
        Self { rule, author: by.author.clone(), until: by.until }
    }
}

/// A silence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Silence {
    /// Its number.
    #[schema(value_type = u64)]
    pub id: SilenceId,
    /// Which alerts.
    #[schema(value_type = String)]
    pub matchers: Matchers,
    /// From when on.
    #[schema(value_type = String)]
    pub starts_at: Timestamp,
    /// Until when.
    #[schema(value_type = String)]
    pub ends_at: Timestamp,
    /// Who answers for it.
    pub author: String,
    /// Why.
    pub comment: String,
    /// `pending`, `active` or `expired`.
    pub state: String,
    /// Alerts that it holds back now.
    pub alerts: u64,
}

/// A line of a timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TimelineEntry {
    /// The journal record that tells it; go on after the last one's.
    pub seq: u64,
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// Who: `person:ana`, `noout`, `source:prom`, `local`.
    pub actor: String,
    /// What, as a stable word.
    pub what: String,
    /// The particulars.
    #[schema(value_type = Object)]
    pub detail: Value,
}

/// An alert that fires.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Alert {
    /// Its identity, 16 hex digits.
    #[schema(value_type = String)]
    pub fingerprint: Fingerprint,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Texts about it.
    pub annotations: BTreeMap<String, String>,
    /// When this episode began, by the source's clock.
    #[schema(value_type = String)]
    pub starts_at: Timestamp,
    /// When it ends unless it is sent again; absent when only the source says so.
    #[schema(value_type = Option<String>)]
    pub until: Option<Timestamp>,
    /// When noout accepted this episode.
    #[schema(value_type = String)]
    pub received_at: Timestamp,
    /// When it was last sent.
    #[schema(value_type = String)]
    pub updated_at: Timestamp,
    /// Who sent it.
    #[schema(value_type = String)]
    pub source: SourceId,
    /// What its source calls the episode, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The incident that it belongs to.
    #[schema(value_type = u64)]
    pub incident: IncidentId,
    /// From its `severity` label.
    #[schema(value_type = String)]
    pub severity: Severity,
    /// Where the source explains it.
    #[serde(default)]
    pub generator_url: String,
}

/// A maintenance in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Maintenance {
    /// Its number.
    #[schema(value_type = u64)]
    pub id: MaintenanceId,
    /// The platform of the host.
    #[schema(value_type = String)]
    pub platform: PlatformId,
    /// The host.
    #[schema(value_type = String)]
    pub host: HostId,
    /// Why.
    pub reason: String,
    /// The incident that it mends.
    #[schema(value_type = Option<u64>)]
    pub incident: Option<IncidentId>,
    /// When it was asked for.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// Who asked.
    pub requested_by: String,
    /// `planning`, `drafted`, `proposed`, `running`, `done` or `cancelled`.
    pub phase: String,
    /// The plan's hash, to propose and to approve it by.
    pub hash: Option<String>,
    /// The step whose turn it is.
    pub step: Option<String>,
    /// Steps that are done, and all.
    pub steps_done: u64,
    /// All steps.
    pub steps_total: u64,
    /// Why nothing new is started.
    pub hold: Option<String>,
    /// Why it is on its way back.
    pub aborted: Option<String>,
    /// Why there is no plan.
    pub trouble: Option<String>,
    /// Who put the plan forward.
    pub proposed_by: Option<String>,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// Ceph's `noout` may stand because of us.
    pub noout_ours: bool,
}

/// A maintenance with everything about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MaintenanceDetail {
    /// As in the list.
    #[serde(flatten)]
    pub summary: Maintenance,
    /// The plan to read: `steps`, `blocked`, `gates`, `report`, `capacity`, `n_plus`, `homes`.
    #[schema(value_type = Option<Object>)]
    pub plan: Option<Value>,
    /// Each step with its log.
    #[schema(value_type = Vec<Object>)]
    pub steps: Value,
    /// The work order, once there is one.
    #[schema(value_type = Option<Object>)]
    pub order: Option<Value>,
    /// Guests that did not go, with the reason.
    #[schema(value_type = Vec<Object>)]
    pub left_behind: Value,
    /// What is wrong with the rest of the cluster.
    pub watch: BTreeMap<String, String>,
    /// What it was worth, once it is over.
    #[schema(value_type = Option<Object>)]
    pub report: Option<Value>,
}

/// Who is on call in a schedule now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OnCall {
    /// The schedule.
    #[schema(value_type = String)]
    pub schedule: ScheduleId,
    /// The rotation.
    pub rotation: String,
    /// Who.
    #[schema(value_type = Vec<String>)]
    pub people: Vec<PersonId>,
    /// Until when.
    #[schema(value_type = String)]
    pub until: Timestamp,
}

/// Somebody stands in for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Override {
    /// Its number.
    pub id: u64,
    /// Which schedule.
    #[schema(value_type = String)]
    pub schedule: ScheduleId,
    /// Which rotation; all if absent.
    pub rotation: Option<String>,
    /// For whom.
    #[schema(value_type = Option<String>)]
    pub replaces: Option<PersonId>,
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// From this instant.
    #[schema(value_type = String)]
    pub start: Timestamp,
    /// Until before this instant.
    #[schema(value_type = String)]
    pub end: Timestamp,
}

/// A configuration in force, or that was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConfigVersion {
    /// Its number.
    pub version: u64,
    /// When it was applied.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// Who applied it.
    pub by: String,
    /// The file as it was; absent in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What a check of a configuration found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Checked {
    /// Whether it may be applied.
    pub ok: bool,
    /// What must be repaired first.
    #[schema(value_type = Vec<Object>)]
    pub errors: Vec<Problem>,
    /// What works, but probably not as meant.
    #[schema(value_type = Vec<Object>)]
    pub warnings: Vec<Problem>,
}

/// A sensor that drops out more often than its like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// Whose.
    #[schema(value_type = String)]
    pub host: HostId,
    /// Which.
    #[schema(value_type = String)]
    pub sensor: SensorId,
    /// When it was raised.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// How many dropouts.
    pub count: u32,
    /// The score.
    pub score: f64,
    /// In words.
    pub sentence: String,
}

/// A lab and what can be broken in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lab {
    /// The platform.
    #[schema(value_type = String)]
    pub platform: PlatformId,
    /// What is broken now, in the words that mend it.
    pub broken: Vec<String>,
    /// What can be broken: the words, and what they do.
    pub can_break: Vec<(String, String)>,
}

/// A notice with its updates, as the core keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Notice {
    /// What about: `{"incident": 3}` or `{"maintenance": 1}`.
    #[schema(value_type = Object)]
    pub about: Value,
    /// The headline.
    #[schema(value_type = Object)]
    pub title: Value,
    /// How much customers feel it.
    pub impact: String,
    /// Which components.
    pub components: Vec<String>,
    /// How far it is.
    pub stage: String,
    /// Oldest first.
    #[schema(value_type = Vec<Object>)]
    pub updates: Value,
}

/// Since when nothing disruptive starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stopped {
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Why.
    pub why: String,
}

/// How the server is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerStatus {
    /// noout's version.
    pub version: String,
    /// When this process started.
    #[schema(value_type = String)]
    pub started_at: Timestamp,
    /// The server's time.
    #[schema(value_type = String)]
    pub now: Timestamp,
    /// The journal's last record.
    pub seq: u64,
    /// The configuration's version; 0 before the first.
    pub config_version: u64,
    /// Alerts that fire.
    pub alerts: u64,
    /// Incidents that nobody has.
    pub triggered: u64,
    /// Incidents that somebody has.
    pub acked: u64,
    /// Pages that noout still owes.
    pub pages_owed: u64,
    /// Maintenances that are not over.
    pub maintenances: u64,
    /// Since when nothing disruptive starts.
    pub stopped: Option<Stopped>,
}

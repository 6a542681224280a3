//! What callers send. Unknown fields are errors: a misspelt one must not be ignored.

use std::collections::BTreeMap;

use noout_core::notice::{About, Impact, Stage};
use noout_types::{
    ComponentId, HostId, IncidentId, Lang, Matchers, PersonId, PlatformId, PolicyId, ScheduleId, SensorId, Severity,
    SilenceId, Timestamp, TrackerId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Tries contact methods of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestContacts {
    /// Which one, by its key or its kind; all if absent.
    #[serde(default)]
    pub contact: Option<String>,
}

/// Opens an incident by hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenIncident {
    /// What is wrong, in one line.
    pub title: String,
    /// More words.
    #[serde(default)]
    pub text: String,
    /// How bad: `info`, `warning` or `critical`.
    #[serde(default = "critical")]
    #[schema(value_type = String)]
    pub severity: Severity,
    /// Who is told; the first policy if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub policy: Option<PolicyId>,
}

fn critical() -> Severity {
    Severity::Critical
}

/// "I have all of these."
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AckMany {
    /// Which.
    #[serde(default)]
    #[schema(value_type = Vec<u64>)]
    pub incidents: Vec<IncidentId>,
    /// Besides, all that waits for whoever asks: paged about, neither taken nor passed on, and nobody has it.
    #[serde(default)]
    pub mine: bool,
}

/// Words for the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The words.
    pub text: String,
}

/// "It is over."
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    /// What was done; may be empty.
    #[serde(default)]
    pub note: String,
}

/// Files an incident as a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileTicket {
    /// Where: the id of a `[[tracker]]`.
    #[schema(value_type = String)]
    pub tracker: TrackerId,
}

/// Gives an incident to somebody else, who is paged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// To whom.
    #[schema(value_type = String)]
    pub to: PersonId,
}

/// Holds alerts back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetSilence {
    /// Which one is changed; a new one if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    pub id: Option<SilenceId>,
    /// Which alerts: `severity="warning", host=~"pve.*"`.
    #[schema(value_type = String)]
    pub matchers: Matchers,
    /// From when on; from now on if absent or past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub starts_at: Option<Timestamp>,
    /// Until when.
    #[schema(value_type = String)]
    pub ends_at: Timestamp,
    /// Who answers for it; whoever asks if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Why.
    #[serde(default)]
    pub comment: String,
}

/// Why something is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Why {
    /// In words.
    pub why: String,
}

/// Asks for a host to be taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestMaintenance {
    /// The platform of the host.
    #[schema(value_type = String)]
    pub platform: PlatformId,
    /// The host.
    #[schema(value_type = String)]
    pub host: HostId,
    /// Why it must go out.
    pub reason: String,
    /// The incident that it mends.
    #[serde(default)]
    #[schema(value_type = Option<u64>)]
    pub incident: Option<IncidentId>,
}

/// "I have read this plan and put it forward."
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Propose {
    /// The plan that was read: its SHA-256 in hex.
    pub hash: String,
}

/// "I have read this plan too."
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    /// The plan that was read: its SHA-256 in hex.
    pub hash: String,
    /// The host's name, typed by the person who approves.
    pub host: String,
    /// One person alone approves, for this reason; everybody is paged.
    #[serde(default)]
    pub break_glass: Option<String>,
}

/// A line of a work order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tick {
    /// Its code.
    pub item: String,
    /// Done, or not after all.
    #[serde(default = "yes")]
    pub done: bool,
}

fn yes() -> bool {
    true
}

/// The human step that is due is done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// What was found; may be empty.
    #[serde(default)]
    pub note: String,
}

/// Somebody stands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddOverride {
    /// Which schedule.
    #[schema(value_type = String)]
    pub schedule: ScheduleId,
    /// Which rotation; all where `replaces` stands if absent.
    #[serde(default)]
    pub rotation: Option<String>,
    /// For whom; whoever is on if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub replaces: Option<PersonId>,
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// From when: RFC 3339, or a wall-clock time or day of the schedule's zone; now if absent.
    #[serde(default)]
    pub start: Option<String>,
    /// Until when, likewise, or a length as `8h`.
    pub end: String,
}

/// A configuration to check or to apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigText {
    /// The text of `noout.toml`.
    pub text: String,
    /// Apply it also if it takes away whoever asks, the last administrator or everybody.
    #[serde(default)]
    pub force: bool,
}

/// Back to an earlier configuration. It becomes a new version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rollback {
    /// Which version.
    pub version: u64,
    /// Apply it also if it takes away whoever asks, the last administrator or everybody.
    #[serde(default)]
    pub force: bool,
}

/// A sensor's finding is dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClearFinding {
    /// Whose sensor.
    #[schema(value_type = String)]
    pub host: HostId,
    /// Which.
    #[schema(value_type = String)]
    pub sensor: SensorId,
    /// Whether the part was replaced.
    #[serde(default)]
    pub part_replaced: bool,
}

/// Something to break in a lab, or to mend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mischief {
    /// In words: `fan pve3 FAN3`. `all` mends everything.
    pub what: String,
}

/// Tells customers something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostNotice {
    /// `{"incident": 3}` or `{"maintenance": 1}`.
    #[schema(value_type = Object)]
    pub about: About,
    /// The headline by language (`en`, `fr`, `de`); English must be there.
    #[schema(value_type = BTreeMap<String, String>)]
    pub title: BTreeMap<Lang, String>,
    /// How much customers feel it: `none`, `minor`, `major`, `critical`.
    #[schema(value_type = String)]
    pub impact: Impact,
    /// Which components.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub components: Vec<ComponentId>,
    /// How far it is: `investigating`, `identified`, `monitoring`, `resolved`, `scheduled`, `in_progress`, `verifying`,
    /// `completed`.
    #[schema(value_type = String)]
    pub stage: Stage,
    /// What is said, by language; English must be there.
    #[schema(value_type = BTreeMap<String, String>)]
    pub text: BTreeMap<Lang, String>,
}

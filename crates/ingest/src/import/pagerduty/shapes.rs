//! The objects of PagerDuty's REST API v2, as far as they are read.

use noout_types::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct User {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) email: String,
    #[serde(default)]
    pub(super) time_zone: Option<String>,
    #[serde(default)]
    pub(super) role: String,
    #[serde(default)]
    pub(super) contact_methods: Vec<Method>,
    #[serde(default)]
    pub(super) notification_rules: Vec<Rule>,
}

#[derive(Deserialize)]
pub(super) struct Method {
    pub(super) id: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) address: Option<String>,
    #[serde(default)]
    pub(super) country_code: Option<u32>,
}

#[derive(Deserialize)]
pub(super) struct Rule {
    #[serde(default)]
    pub(super) start_delay_in_minutes: u64,
    #[serde(default)]
    pub(super) contact_method: Option<Reference>,
}

#[derive(Deserialize)]
pub(super) struct Reference {
    pub(super) id: String,
    #[serde(rename = "type", default)]
    pub(super) kind: String,
}

#[derive(Deserialize)]
pub(super) struct TheirSchedule {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) time_zone: Option<String>,
    /// The topmost first.
    #[serde(default)]
    pub(super) schedule_layers: Vec<Layer>,
    #[serde(default)]
    pub(super) final_schedule: Option<FinalSchedule>,
    #[serde(default)]
    pub(super) overrides: Vec<Override>,
}

#[derive(Deserialize)]
pub(super) struct Layer {
    #[serde(default)]
    pub(super) name: String,
    pub(super) start: Timestamp,
    #[serde(default)]
    pub(super) end: Option<Timestamp>,
    pub(super) rotation_virtual_start: Timestamp,
    pub(super) rotation_turn_length_seconds: u64,
    #[serde(default)]
    pub(super) users: Vec<Member>,
    #[serde(default)]
    pub(super) restrictions: Vec<Restriction>,
}

#[derive(Deserialize)]
pub(super) struct Member {
    pub(super) user: Reference,
}

#[derive(Deserialize)]
pub(super) struct Restriction {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) start_time_of_day: String,
    pub(super) duration_seconds: u64,
    /// 1 for Monday.
    #[serde(default)]
    pub(super) start_day_of_week: Option<usize>,
}

#[derive(Deserialize)]
pub(super) struct FinalSchedule {
    #[serde(default)]
    pub(super) rendered_schedule_entries: Vec<Entry>,
}

#[derive(Deserialize)]
pub(super) struct Entry {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    #[serde(default)]
    pub(super) user: Option<Reference>,
}

#[derive(Deserialize)]
pub(super) struct Override {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    #[serde(default)]
    pub(super) user: Option<Reference>,
}

#[derive(Deserialize)]
pub(super) struct EscalationPolicy {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) num_loops: Option<u64>,
    #[serde(default)]
    pub(super) escalation_rules: Vec<EscalationRule>,
}

#[derive(Deserialize)]
pub(super) struct EscalationRule {
    #[serde(default)]
    pub(super) escalation_delay_in_minutes: u64,
    #[serde(default)]
    pub(super) targets: Vec<Reference>,
    #[serde(default)]
    pub(super) escalation_rule_assignment_strategy: Option<Typed>,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) urgency: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Service {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) auto_resolve_timeout: Option<u64>,
    /// Seconds after which an incident that somebody acknowledged is triggered again.
    #[serde(default)]
    pub(super) acknowledgement_timeout: Option<u64>,
    #[serde(default)]
    pub(super) escalation_policy: Option<Reference>,
    #[serde(default)]
    pub(super) incident_urgency_rule: Option<Typed>,
}

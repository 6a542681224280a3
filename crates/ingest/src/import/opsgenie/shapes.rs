//! The objects of Opsgenie's REST API v2 and of its configuration backup, as far as they are read.

use noout_types::Timestamp;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    pub(super) id: String,
    pub(super) username: String,
    #[serde(default)]
    pub(super) full_name: String,
    #[serde(default)]
    pub(super) blocked: bool,
    #[serde(default)]
    pub(super) role: Option<Named>,
    #[serde(default)]
    pub(super) time_zone: Option<String>,
    #[serde(default)]
    pub(super) user_contacts: Vec<Contact>,
    #[serde(default)]
    pub(super) notification_rule_list: Vec<Value>,
}

#[derive(Deserialize)]
pub(super) struct Named {
    #[serde(default)]
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Contact {
    #[serde(default)]
    pub(super) contact_method: String,
    #[serde(default)]
    pub(super) to: String,
    #[serde(default)]
    pub(super) enabled: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TheirSchedule {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) enabled: Option<bool>,
    #[serde(default)]
    pub(super) timezone: Option<String>,
    #[serde(default)]
    pub(super) rotations: Vec<TheirRotation>,
    #[serde(default)]
    pub(super) schedule_override_list: Vec<Override>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TheirRotation {
    #[serde(default)]
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    pub(super) start_date: Timestamp,
    #[serde(default)]
    pub(super) end_date: Option<Timestamp>,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) length: Option<u32>,
    #[serde(default)]
    pub(super) participants: Vec<Recipient>,
    #[serde(default)]
    pub(super) time_restriction: Option<TimeRestriction>,
}

#[derive(Deserialize)]
pub(super) struct Recipient {
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

impl Recipient {
    /// What it can be found by.
    pub(super) fn key(&self) -> &str {
        self.id.as_deref().or(self.username.as_deref()).or(self.name.as_deref()).unwrap_or("")
    }

    /// What people call it.
    pub(super) fn label(&self) -> &str {
        self.name.as_deref().or(self.username.as_deref()).or(self.id.as_deref()).unwrap_or("")
    }
}

#[derive(Deserialize)]
pub(super) struct TimeRestriction {
    /// The same hours on each day.
    #[serde(default)]
    pub(super) restriction: Option<Restriction>,
    /// Stretches of the week.
    #[serde(default)]
    pub(super) restrictions: Option<Vec<Restriction>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Restriction {
    #[serde(default)]
    pub(super) start_day: Option<String>,
    #[serde(default)]
    pub(super) end_day: Option<String>,
    #[serde(default)]
    pub(super) start_hour: Option<u32>,
    #[serde(default)]
    pub(super) start_min: Option<u32>,
    #[serde(default)]
    pub(super) end_hour: Option<u32>,
    #[serde(default)]
    pub(super) end_min: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Override {
    #[serde(default)]
    pub(super) user: Option<Recipient>,
    pub(super) start_date: Timestamp,
    pub(super) end_date: Timestamp,
}

/// The answer of `schedules/ID/timeline`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Timeline {
    #[serde(rename = "_parent", default)]
    parent: Option<Named>,
    pub(super) final_timeline: FinalTimeline,
}

impl Timeline {
    pub(super) fn is_of(&self, schedule: &str) -> bool {
        self.parent.as_ref().is_some_and(|parent| parent.id == schedule)
    }
}

#[derive(Deserialize)]
pub(super) struct FinalTimeline {
    #[serde(default)]
    pub(super) rotations: Vec<TimelineRotation>,
}

#[derive(Deserialize)]
pub(super) struct TimelineRotation {
    #[serde(default)]
    pub(super) periods: Vec<Period>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Period {
    pub(super) start_date: Timestamp,
    pub(super) end_date: Timestamp,
    #[serde(default)]
    pub(super) recipient: Option<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Team {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) members: Vec<Member>,
    #[serde(default)]
    pub(super) team_routing_rules: Vec<RoutingRule>,
}

#[derive(Deserialize)]
pub(super) struct Member {
    pub(super) user: Recipient,
    #[serde(default)]
    pub(super) role: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RoutingRule {
    #[serde(default)]
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) order: i64,
    #[serde(default)]
    pub(super) is_default: bool,
    #[serde(default)]
    pub(super) criteria: Option<Criteria>,
    #[serde(default)]
    pub(super) time_restriction: Option<Value>,
    #[serde(default)]
    pub(super) notify: Option<Recipient>,
}

#[derive(Deserialize)]
pub(super) struct Criteria {
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) conditions: Vec<Condition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Condition {
    #[serde(default)]
    pub(super) field: String,
    #[serde(default)]
    pub(super) key: Option<String>,
    #[serde(default)]
    pub(super) not: bool,
    #[serde(default)]
    pub(super) operation: String,
    #[serde(default)]
    pub(super) expected_value: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Escalation {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) rules: Vec<Rule>,
    #[serde(default)]
    pub(super) repeat: Option<Repeat>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    #[serde(default)]
    pub(super) condition: String,
    #[serde(default)]
    pub(super) notify_type: String,
    #[serde(default)]
    pub(super) delay: Option<Delay>,
    pub(super) recipient: Recipient,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Delay {
    #[serde(default)]
    pub(super) time_amount: u64,
    #[serde(default)]
    pub(super) time_unit: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Repeat {
    #[serde(default)]
    pub(super) count: u32,
    #[serde(default)]
    pub(super) wait_interval: u64,
    #[serde(default)]
    pub(super) close_alert_after_all: bool,
}

#[derive(Deserialize)]
pub(super) struct Integration {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) enabled: Option<bool>,
}

#[derive(Deserialize)]
pub(super) struct Heartbeat {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) interval: u64,
    #[serde(rename = "intervalUnit", default)]
    pub(super) interval_unit: String,
}

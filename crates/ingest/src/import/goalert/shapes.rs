//! The objects of GoAlert's GraphQL API, as far as they are read.

use noout_types::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) email: String,
    #[serde(default)]
    pub(super) role: String,
    #[serde(default)]
    pub(super) contact_methods: Vec<Method>,
    #[serde(default)]
    pub(super) notification_rules: Vec<NotificationRule>,
}

#[derive(Deserialize)]
pub(super) struct Method {
    pub(super) id: String,
    /// Of versions before 0.33.
    #[serde(rename = "type", default)]
    old_kind: Option<String>,
    #[serde(default)]
    value: Option<String>,
    /// Of versions since.
    #[serde(default)]
    dest: Option<Dest>,
    #[serde(default)]
    pub(super) disabled: bool,
}

impl Method {
    pub(super) fn kind(&self) -> &str {
        self.dest.as_ref().map(|dest| dest.kind.as_str()).or(self.old_kind.as_deref()).unwrap_or("contact of no type")
    }

    pub(super) fn address(&self) -> &str {
        let of_dest = || {
            let args = self.dest.as_ref()?.args.as_ref()?;
            ["phone_number", "phone-number", "email_address", "email-address", "webhook_url", "webhook-url"]
                .into_iter()
                .find_map(|key| args.get(key)?.as_str())
        };
        self.value.as_deref().filter(|value| !value.is_empty()).or_else(of_dest).unwrap_or("")
    }
}

#[derive(Deserialize)]
pub(super) struct Dest {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    args: Option<serde_json::Map<String, serde_json::Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NotificationRule {
    #[serde(default)]
    pub(super) delay_minutes: u64,
    #[serde(rename = "contactMethodID")]
    pub(super) contact_method_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TheirRotation {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    pub(super) start: Timestamp,
    pub(super) time_zone: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) shift_length: u32,
    #[serde(default)]
    pub(super) active_user_index: usize,
    #[serde(rename = "userIDs")]
    pub(super) user_ids: Vec<String>,
    #[serde(default)]
    pub(super) next_handoff_times: Vec<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TheirSchedule {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    pub(super) time_zone: String,
    #[serde(default)]
    pub(super) targets: Vec<RotationTarget>,
    #[serde(default)]
    pub(super) shifts: Vec<Shift>,
    #[serde(default)]
    pub(super) temporary_schedules: Vec<Temporary>,
}

#[derive(Deserialize)]
pub(super) struct RotationTarget {
    pub(super) target: Target,
    #[serde(default)]
    pub(super) rules: Vec<Rule>,
}

#[derive(Deserialize)]
pub(super) struct Target {
    pub(super) id: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    pub(super) start: String,
    pub(super) end: String,
    /// Sunday first.
    #[serde(default)]
    pub(super) weekday_filter: Vec<bool>,
}

#[derive(Deserialize)]
pub(super) struct Shift {
    #[serde(rename = "userID")]
    pub(super) user_id: String,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

#[derive(Deserialize)]
pub(super) struct Temporary {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

#[derive(Deserialize)]
pub(super) struct EscalationPolicy {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) repeat: u32,
    #[serde(default)]
    pub(super) steps: Vec<TheirStep>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TheirStep {
    #[serde(default)]
    pub(super) delay_minutes: u64,
    #[serde(default)]
    pub(super) targets: Vec<Target>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Service {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(rename = "escalationPolicyID")]
    pub(super) escalation_policy_id: String,
    #[serde(default)]
    pub(super) integration_keys: Vec<Key>,
    #[serde(default)]
    pub(super) heartbeat_monitors: Vec<Heartbeat>,
    #[serde(default)]
    pub(super) labels: Vec<Label>,
}

#[derive(Deserialize)]
pub(super) struct Key {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(rename = "type", default)]
    pub(super) kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Heartbeat {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) timeout_minutes: u64,
}

#[derive(Deserialize)]
pub(super) struct Label {
    pub(super) key: String,
    pub(super) value: String,
}

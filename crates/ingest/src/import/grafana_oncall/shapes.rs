//! The objects of Grafana OnCall's HTTP API v1, as far as they are read.

use jiff::civil::DateTime;
use noout_types::Timestamp;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(super) struct User {
    pub(super) id: String,
    #[serde(default)]
    pub(super) email: Option<String>,
    #[serde(default)]
    pub(super) username: String,
    #[serde(default)]
    pub(super) role: Option<String>,
    #[serde(default)]
    pub(super) timezone: Option<String>,
    #[serde(default)]
    pub(super) is_phone_number_verified: bool,
    #[serde(default)]
    pub(super) slack: Option<Value>,
}

#[derive(Deserialize)]
pub(super) struct Team {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
}

#[derive(Deserialize)]
pub(super) struct TheirSchedule {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) time_zone: Option<String>,
    #[serde(default)]
    pub(super) ical_url_primary: Option<String>,
    #[serde(default)]
    pub(super) ical_url_overrides: Option<String>,
    #[serde(default)]
    pub(super) shifts: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Shift {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) time_zone: Option<String>,
    #[serde(default)]
    pub(super) level: Option<u32>,
    /// By the wall clock of its zone.
    pub(super) start: DateTime,
    /// In seconds.
    pub(super) duration: u64,
    #[serde(default)]
    pub(super) frequency: Option<String>,
    #[serde(default)]
    pub(super) interval: Option<u32>,
    #[serde(default)]
    pub(super) until: Option<DateTime>,
    #[serde(default)]
    pub(super) by_day: Option<Vec<String>>,
    #[serde(default)]
    pub(super) by_month: Option<Vec<Value>>,
    #[serde(default)]
    pub(super) by_monthday: Option<Vec<Value>>,
    #[serde(default)]
    pub(super) users: Option<Vec<String>>,
    #[serde(default)]
    pub(super) rolling_users: Option<Vec<Vec<String>>>,
    #[serde(default)]
    pub(super) start_rotation_from_user_index: Option<usize>,
}

/// The answer of `schedules/ID/final_shifts`, with the schedule's id beside it.
#[derive(Deserialize)]
pub(super) struct FinalShifts {
    pub(super) schedule: String,
    pub(super) shifts: Vec<FinalShift>,
}

#[derive(Deserialize)]
pub(super) struct FinalShift {
    pub(super) user_pk: String,
    pub(super) shift_start: Timestamp,
    pub(super) shift_end: Timestamp,
}

#[derive(Deserialize)]
pub(super) struct Chain {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
}

#[derive(Deserialize)]
pub(super) struct EscalationPolicy {
    #[serde(default)]
    pub(super) id: String,
    pub(super) escalation_chain_id: String,
    #[serde(default)]
    pub(super) position: i64,
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// In seconds.
    #[serde(default)]
    pub(super) duration: Option<u64>,
    #[serde(default)]
    pub(super) persons_to_notify: Option<Vec<String>>,
    #[serde(default)]
    pub(super) persons_to_notify_next_each_time: Option<Vec<String>>,
    #[serde(default)]
    pub(super) notify_on_call_from_schedule: Option<String>,
    #[serde(default)]
    pub(super) team_to_notify: Option<String>,
    #[serde(default)]
    pub(super) important: Option<bool>,
}

#[derive(Deserialize)]
pub(super) struct Integration {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) default_route: Option<DefaultRoute>,
}

#[derive(Deserialize)]
pub(super) struct DefaultRoute {
    #[serde(default)]
    pub(super) escalation_chain_id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Route {
    pub(super) id: String,
    pub(super) integration_id: String,
    #[serde(default)]
    pub(super) escalation_chain_id: Option<String>,
    #[serde(default)]
    pub(super) routing_type: Option<String>,
    #[serde(default)]
    pub(super) routing_regex: Option<String>,
    #[serde(default)]
    pub(super) position: i64,
    #[serde(default)]
    pub(super) is_the_last_route: bool,
}

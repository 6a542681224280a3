//! What others send, parsed: alerts as plain data, or an error that says where and why.
//!
//! Parsers here are pure: a body in, alerts out. They take time, keys and addresses from nobody; whether an alert that
//! ends at ten is over is the core's question. A body is parsed once, straight into what is kept. When that
//! fails, it is parsed again more slowly to say where; only senders of bad bodies pay for good errors.
//!
//! Labels are identity: what is wrong or too long there refuses the alert, and the sender hears of it. Everything else
//! is commentary: an annotation that is too long is cut, because an alert must not be lost to its description.

mod alertmanager;
mod draft;
mod error;
mod field;
mod fields;
mod generic;
mod grafana;
mod ical;
pub mod import;
mod kuma;
mod limits;
mod mail;
mod nagios;
mod opsgenie;
mod pagerduty;
#[cfg(test)]
mod testing;
mod zabbix;

use std::collections::BTreeMap;

use noout_types::{Labels, Timestamp};

pub use alertmanager::{alertmanager_v2, alertmanager_webhook};
pub use error::IntakeError;
pub use generic::generic;
pub use grafana::grafana;
pub use ical::{AwayTime, Calendar, IcalError, MAX_ICAL_BYTES, away_times};
pub use kuma::kuma;
pub use limits::{
    MAX_ALERTS, MAX_ANNOTATION_BYTES, MAX_ANNOTATIONS, MAX_BODY_BYTES, MAX_KEY_BYTES, MAX_LABEL_NAME_BYTES,
    MAX_LABEL_VALUE_BYTES, MAX_LABELS, MAX_URL_BYTES,
};
pub use mail::{Letter, Mail, MailError, letter, mail, normal_subject};
pub use nagios::nagios;
pub use opsgenie::{OpsgenieAct, opsgenie_act, opsgenie_create};
pub use pagerduty::{Change, PagerDuty, pagerduty, pagerduty_change};
pub use zabbix::zabbix;

/// An alert as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Its identity, unless it has a key; then they only tell about it. Without empty values: those are the same as
    /// absent ones. Never empty where they are the identity.
    pub labels: Labels,
    /// What tells its episode from others.
    pub key: Key,
    /// What is said about it.
    pub annotations: BTreeMap<String, String>,
    /// Since when it holds, by the sender's clock, if the sender says so.
    pub starts_at: Option<Timestamp>,
    /// Until when.
    pub ends: Ends,
    /// A page about its source; empty if there is none.
    pub generator_url: String,
}

/// What tells an episode from others of the same source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// The labels.
    Labels,
    /// A name that the source gives it.
    Named(String),
    /// Nothing: it is a new one each time, and whoever answers the source gives it a name.
    Fresh,
}

/// Somebody acknowledged an alert at its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acked {
    /// The source's name of the episode.
    pub key: String,
    /// Who, as the source calls them; empty if it does not say.
    pub who: String,
    /// What they said.
    pub text: String,
}

/// When an alert is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// The sender did not say: the resolve timeout applies.
    Unknown,
    /// At this instant, unless it is sent again before. Over now if that has passed.
    At(Timestamp),
    /// When the sender says so; no time makes it end.
    WhenResolved,
    /// It is over, since then if the sender says.
    Resolved(Option<Timestamp>),
}

/// What a body held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    /// The alerts that can be taken, in the order of the body.
    pub alerts: Vec<Incoming>,
    /// Those that cannot. Take the others all the same, then answer that these were refused.
    pub rejected: Vec<Rejected>,
    /// How many alerts the sender says it left out of the body.
    pub truncated: u64,
    /// What people acknowledged at the source.
    pub acks: Vec<Acked>,
}

impl Parsed {
    fn one(alert: Incoming) -> Self {
        Self { alerts: vec![alert], ..Self::default() }
    }

    fn ack(ack: Acked) -> Self {
        Self { acks: vec![ack], ..Self::default() }
    }
}

/// An alert that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("[{index}]{why}")]
pub struct Rejected {
    /// Its place among the alerts of the body, from 0.
    pub index: usize,
    /// Where in the alert and why: what was found, what is allowed. Begins with `.FIELD` or `: `.
    pub why: String,
}

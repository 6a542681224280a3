//! What others send, parsed: alerts as plain data, or an error that says where and why.
//!
//! Parsers here are pure: a body in, alerts out. They take time, keys and addresses from nobody; whether an alert that
//! ends at ten is over is the core's question. A body is parsed once, straight into what is kept. When that
//! fails, it is parsed again more slowly to say where; only senders of bad bodies pay for good errors.
//!
//! Labels are identity: what is wrong or too long there refuses the alert, and the sender hears of it. Everything else
//! is commentary: an annotation that is too long is cut, because an alert must not be lost to its description.

mod alertmanager;
mod error;
mod field;
pub mod import;
mod limits;

use std::collections::BTreeMap;

use noout_types::{Labels, Timestamp};

pub use alertmanager::{alertmanager_v2, alertmanager_webhook};
pub use error::IntakeError;
pub use limits::{
    MAX_ALERTS, MAX_ANNOTATION_BYTES, MAX_ANNOTATIONS, MAX_BODY_BYTES, MAX_LABEL_NAME_BYTES, MAX_LABEL_VALUE_BYTES,
    MAX_LABELS, MAX_URL_BYTES,
};

/// An alert as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Its identity. Never empty, and without empty values: those are the same as absent ones.
    pub labels: Labels,
    /// What is said about it.
    pub annotations: BTreeMap<String, String>,
    /// Since when it holds, by the sender's clock, if the sender says so.
    pub starts_at: Option<Timestamp>,
    /// Until when.
    pub ends: Ends,
    /// A page about its source; empty if there is none.
    pub generator_url: String,
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

//! Who sends alerts: `[[source]]`, `[[heartbeat]]`, `[smtp_in]`.

use noout_types::{HeartbeatId, Labels, Pattern, Severity, SourceGroupId, SourceId, Span};
use serde::{Deserialize, Serialize};

use crate::heartbeat::{PingKey, Rhythm};

/// Incidents a minute that one source may open, unless the source says otherwise: ten a second, more
/// than people could tell apart.
pub const DEFAULT_RATE: u32 = 600;

/// How far ahead a silence may end that a source sets, unless the source says otherwise. A source's key lies on many machines;
/// whoever finds one must not be able to keep the pager quiet for a year. A week has room for planned work.
pub const DEFAULT_SILENCE_MOST: Span = Span::from_hours(7 * 24);

/// What a source is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// It sends alerts.
    #[default]
    Alerts,
    /// Other teams ask for something by it, and nothing that comes by it wakes anybody.
    Requests,
}

impl SourceKind {
    fn is_alerts(&self) -> bool {
        *self == Self::Alerts
    }
}

/// `[[source]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// A short id.
    pub id: SourceId,
    /// The key, or `env:NAME`, `file:PATH`, `cred:NAME`.
    pub key: String,
    /// What it is for: alerts, or requests of other teams.
    #[serde(default, skip_serializing_if = "SourceKind::is_alerts")]
    pub kind: SourceKind,
    /// How many incidents it may open in a minute; what comes beyond stands in one incident per policy. 0 = no limit.
    #[serde(default = "default_rate", skip_serializing_if = "is_default_rate")]
    pub rate: u32,
    /// Sources of one group go on with and end each other's alerts where the labels are the same; a source without a group
    /// only its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<SourceGroupId>,
    /// Whether it may set and end silences, as `amtool` does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silences: bool,
    /// How far ahead its silences may end.
    #[serde(default = "default_silence_most", skip_serializing_if = "is_default_silence_most")]
    pub silence_most: Span,
    /// Whether an acknowledgement at the source stops pages here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub acks: bool,
    /// Mails whose whole subject matches end what they are about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail_resolve: Option<Pattern>,
    /// What of a mail's subject names the episode: the group `key` of a pattern for the whole subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail_dedup: Option<Pattern>,
}

fn default_rate() -> u32 {
    DEFAULT_RATE
}

fn default_silence_most() -> Span {
    DEFAULT_SILENCE_MOST
}

fn is_default_silence_most(most: &Span) -> bool {
    *most == DEFAULT_SILENCE_MOST
}

fn is_default_rate(rate: &u32) -> bool {
    *rate == DEFAULT_RATE
}

/// `[[heartbeat]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heartbeat {
    /// A short id.
    pub id: HeartbeatId,
    /// The last part of its address, `/ping/UUID`; made from the id and the server's own key if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uuid: Option<PingKey>,
    /// When a sign of life is due: `every 10m`, or five fields as in a crontab.
    pub schedule: Rhythm,
    /// The zone of a crontab's wall clock; `server.timezone` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// How late it may be.
    #[serde(default = "ten_minutes")]
    pub grace: Span,
    /// How long a run may take after it said that it starts; `grace` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_run: Option<Span>,
    /// How bad it is when it is missing.
    #[serde(default = "warning")]
    pub severity: Severity,
    /// Labels of its alert, for routes and silences.
    #[serde(default, skip_serializing_if = "no_labels")]
    pub labels: Labels,
    /// Where the remedy is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook: Option<String>,
    /// Not watched for now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paused: bool,
}

impl Heartbeat {
    /// How long a run may take.
    #[must_use]
    pub fn longest_run(&self) -> Span {
        self.max_run.unwrap_or(self.grace)
    }
}

fn ten_minutes() -> Span {
    Span::from_mins(10)
}

fn warning() -> Severity {
    Severity::Warning
}

fn no_labels(labels: &Labels) -> bool {
    labels.is_empty()
}

/// `[smtp_in]`: mails to `KEY@anything` are alerts of the source with that key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpIn {
    /// The address to listen on.
    #[serde(default = "smtp_listen")]
    pub listen: String,
    /// The name that it greets with.
    #[serde(default = "localhost")]
    pub name: String,
    /// A file with a certificate and those that vouch for it (PEM); with it, senders may encrypt (STARTTLS).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// A file with the certificate's private key (PEM).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_key: Option<String>,
}

fn smtp_listen() -> String {
    "127.0.0.1:2525".into()
}

fn localhost() -> String {
    "localhost".into()
}

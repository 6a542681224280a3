//! `[[tracker]]`: a ticket system that incidents are filed in.

use noout_types::{Lang, Matchers, Span, TrackerId, Urgency};
use serde::{Deserialize, Serialize};

/// What a ticket system is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TrackerKind {
    /// Jira Cloud or Data Center.
    Jira,
    /// ServiceNow.
    Servicenow,
    /// GLPI, by its REST API.
    Glpi,
    /// Zammad.
    Zammad,
    /// GitLab's issues.
    Gitlab,
}

impl TrackerKind {
    /// Its word in the configuration.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Jira => "jira",
            Self::Servicenow => "servicenow",
            Self::Glpi => "glpi",
            Self::Zammad => "zammad",
            Self::Gitlab => "gitlab",
        }
    }
}

/// `[[tracker]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tracker {
    /// A short id.
    pub id: TrackerId,
    /// What it is.
    pub kind: TrackerKind,
    /// Where it answers: `https://example.atlassian.net`.
    pub url: String,
    /// Jira: the project's key. GitLab: the project's path or number.
    #[serde(default)]
    pub project: Option<String>,
    /// Zammad: the group. ServiceNow: the assignment group. GLPI: the entity's number.
    #[serde(default)]
    pub queue: Option<String>,
    /// ServiceNow: the table, `incident` if absent. Jira: the type of issue, `Task` if absent.
    #[serde(default)]
    pub table: Option<String>,
    /// Whose token it is, where the system wants to know: Jira Cloud, ServiceNow. GLPI: the application's token.
    #[serde(default)]
    pub user: Option<String>,
    /// `env:NAME`, `file:PATH`, `cred:NAME`.
    pub token: String,
    /// Which incidents are filed without anybody's asking, besides those of routes and policies that name it.
    #[serde(default)]
    pub when: Option<Matchers>,
    /// Only incidents of this urgency are filed without anybody's asking.
    #[serde(default)]
    pub urgency: Option<Urgency>,
    /// Whether the ticket is closed when its incident is resolved.
    #[serde(default)]
    pub close: bool,
    /// Whether the incident is resolved when its ticket is closed.
    #[serde(default)]
    pub resolve_on_close: bool,
    /// What webhooks of the system are verified with: `env:NAME`, `file:PATH`, `cred:NAME`. Without it none is taken.
    #[serde(default)]
    pub webhook_secret: Option<String>,
    /// The language that noout writes in.
    #[serde(default)]
    pub language: Lang,
    /// How often open tickets are read back.
    #[serde(default = "two_minutes")]
    pub every: Span,
    /// How many requests that change something may leave in a minute.
    #[serde(default = "thirty")]
    pub per_minute: u32,
}

fn two_minutes() -> Span {
    Span::from_mins(2)
}

fn thirty() -> u32 {
    30
}

impl Tracker {
    /// The least time between two requests that change something.
    #[must_use]
    pub fn gap(&self) -> Span {
        Span::from_millis(60_000 / u64::from(self.per_minute.clamp(1, 60_000)))
    }
}

//! Channels: how a page reaches a person. One file a channel, one trait.

use async_trait::async_trait;
use noout_types::{IncidentId, Lang, PageId, PersonId, Severity, Timestamp};

/// What a channel is asked to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The page.
    pub page: PageId,
    /// The attempt's number, from 1; a provider that knows `page`+`attempt` already may drop it.
    pub attempt: u32,
    /// The incident.
    pub incident: IncidentId,
    /// What broke, in at the most about twelve words.
    pub title: String,
    /// The rest, plain text in the person's language.
    pub text: String,
    /// How bad.
    pub severity: Severity,
    /// Who is paged.
    pub person: PersonId,
    /// That person's language.
    pub language: Lang,
    /// One click: opens the page view for this person, where the page is acknowledged.
    pub ack_url: String,
    /// When the page was decided.
    pub at: Timestamp,
}

/// How an attempt ended. Only `Delivered` is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider (or the person's mail server) took it; with its words or id.
    Delivered(String),
    /// It will never work this way: wrong address, revoked token. The next channel is tried at once.
    Permanent(String),
    /// It may work later: connection refused, 429, 5xx before acceptance.
    Transient(String),
    /// Nobody knows: the connection broke after the request was sent. Counts as not delivered.
    Ambiguous(String),
}

/// A way to reach people.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Tries once, within the channel's own time limit.
    async fn send(&self, message: &Message) -> Outcome;
}

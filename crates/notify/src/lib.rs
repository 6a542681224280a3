//! Channels: how a page reaches a person. One file a channel, one trait.
//!
//! A channel tries once and says how it ended; when to try again, and by which channel, the core decides.
//! What is absent here: any retry, any queue, any state beyond the settings. No outcome and no log line of
//! this crate holds a secret, a token, a phone number or an address ([`words`] sees to it).

pub mod carrier;
mod channels;
pub mod http;
pub mod mail;
mod matrix;
mod mattermost;
pub mod ntfy;
pub mod push;
mod pushover;
pub mod render;
mod services;
mod slack;
pub mod sms;
#[cfg(test)]
mod tables;
mod teams;
pub mod telegram;
#[cfg(test)]
mod testing;
pub mod ticket;
pub mod voice;
mod watchdog;
pub mod webhook;
mod words;

use async_trait::async_trait;
pub use carrier::Carrier;
pub use channels::{Channels, ChannelsError, Recipient, Sent, Unavailable};
pub use http::{CONNECT_TIMEOUT, HttpError, HttpSettings, REQUEST_TIMEOUT};
pub use mail::{Mail, SMTP_TIMEOUT, SmtpError, SmtpSettings, SmtpTls};
pub use noout_types::{Contact, ContactError};
use noout_types::{IncidentId, Lang, PageId, PersonId, Severity, Span, Timestamp};
pub use ntfy::Ntfy;
pub use push::{Push, Subscription, SubscriptionError, VapidKey};
pub use render::{Facts, MAX_TITLE_WORDS, Reason, Rendered, render};
pub use services::{Service, Services};
pub use watchdog::Watchdog;
pub use webhook::{SIGNATURE_HEADER, TIMESTAMP_HEADER, Webhook, signature};

/// What a channel is asked to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The page; of a letter its number.
    pub page: PageId,
    /// The attempt's number, from 1; a provider that knows `page`+`attempt` already may drop it.
    pub attempt: u32,
    /// The incident. Zero, which no incident has, makes it a letter: it is about none and asks for no answer.
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
    /// This is no page, but a test with this number; `page` and `incident` are 0.
    pub test: Option<u64>,
    /// Where receipts, pressed keys and status callbacks of this message go to: a URL without a slash at its end, which
    /// names the message and proves itself. Absent where nobody could reach it.
    pub reply: Option<String>,
}

impl Message {
    /// The message's stable name, for providers that drop what they know already.
    #[must_use]
    pub fn name(&self) -> String {
        match self.test {
            Some(test) => format!("noout-test-{test}"),
            None => format!("noout-{}-{}", self.page, self.attempt),
        }
    }

    /// Whether it is about an incident, which can be acknowledged: neither a test nor a letter.
    pub(crate) fn is_page(&self) -> bool {
        self.test.is_none() && self.incident.0 > 0
    }

    /// Whether it is to break through "do not disturb" where the platform allows it.
    pub(crate) fn is_urgent(&self) -> bool {
        self.severity >= Severity::Warning
    }
}

impl Message {
    /// Whether it wakes nobody and asks for no answer.
    #[must_use]
    pub fn is_letter(&self) -> bool {
        self.incident.0 == 0
    }
}

/// How an attempt ended. Only `Delivered` is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider (or the person's mail server) took it; with its words or id.
    Delivered(String),
    /// The provider took it, and says later whether it reached the person. Counts as not delivered until then.
    Accepted {
        /// What it said.
        words: String,
        /// Its name for the message, where it can be asked about it ([`Channels::follow`]).
        handle: Option<String>,
        /// How long to wait for the receipt.
        wait: Span,
    },
    /// It will never work this way: wrong address, revoked token. The next channel is tried at once.
    Permanent(String),
    /// It may work later: connection refused, 429, 5xx before acceptance.
    Transient(String),
    /// It may work later, and the provider said when.
    Busy {
        /// What it said.
        words: String,
        /// Not before this has passed.
        retry_after: Span,
    },
    /// Nobody knows: the connection broke after the request was sent. Counts as not delivered.
    Ambiguous(String),
}

impl Outcome {
    /// The words, whatever the end.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Delivered(words)
            | Self::Accepted { words, .. }
            | Self::Permanent(words)
            | Self::Transient(words)
            | Self::Busy { words, .. }
            | Self::Ambiguous(words) => words,
        }
    }

    /// Whether a person was reached as far as the channel can know.
    #[must_use]
    pub fn is_delivered(&self) -> bool {
        matches!(self, Self::Delivered(_))
    }
}

/// What a provider says, when asked, about a message that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Followed {
    /// Nothing new.
    Waiting,
    /// It reached the person; `last` if nothing more is to be heard.
    Arrived {
        /// How that is known.
        words: String,
        /// Nothing more is to be heard of it.
        last: bool,
    },
    /// It did not reach the person and will not.
    Refused(String),
    /// The person acknowledged it there.
    Acknowledged(String),
}

/// A way to reach people.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Tries once, within the channel's own time limit.
    async fn send(&self, message: &Message) -> Outcome;
}

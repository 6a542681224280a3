//! The shape of what pages are sent with: one section a service.

use std::fmt;

use noout_types::{Contact, SlackTo};
use serde::{Deserialize, Serialize};

use super::{Config, Person};

/// `[mail]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// `smtp://host:25`, `smtp+starttls://host:587`, `smtps://host:465`.
    pub url: String,
    /// The sender's address.
    pub from: String,
    /// The user, if the server wants one.
    #[serde(default)]
    pub user: Option<String>,
    /// `env:NAME`, `file:PATH`, `cred:NAME`.
    #[serde(default)]
    pub password: Option<String>,
}

/// `[webhook]`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Webhook {
    /// The key for signing: `env:NAME`, `file:PATH`, `cred:NAME`. noout's own key if absent.
    pub secret: Option<String>,
}

/// `[push]`: web push to browsers and phones.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Push {
    /// Whom a push service may ask about our messages: `mailto:…` or `https://…`; `public_url` if absent.
    pub subject: Option<String>,
    /// Whether push services on this machine and in private networks may be used, and without TLS: for one of your own.
    pub allow_private: bool,
}

/// `[pushover]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pushover {
    /// The application's token: `env:NAME`, `file:PATH`, `cred:NAME`.
    pub token: String,
    /// Where the service answers.
    #[serde(default = "pushover_url")]
    pub url: String,
}

fn pushover_url() -> String {
    "https://api.pushover.net".into()
}

/// `[slack]`, for messages by a bot; incoming webhooks need none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slack {
    /// The bot's token: `env:NAME`, `file:PATH`, `cred:NAME`.
    pub token: String,
    /// Where the service answers.
    #[serde(default = "slack_url")]
    pub url: String,
}

fn slack_url() -> String {
    "https://slack.com/api".into()
}

/// `[matrix]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matrix {
    /// The homeserver.
    pub url: String,
    /// The account's access token: `env:NAME`, `file:PATH`, `cred:NAME`.
    pub token: String,
}

/// `[telegram]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telegram {
    /// The bot's token: `env:NAME`, `file:PATH`, `cred:NAME`.
    pub token: String,
    /// Where the service answers.
    #[serde(default = "telegram_url")]
    pub url: String,
}

fn telegram_url() -> String {
    "https://api.telegram.org".into()
}

/// `[[sms]]` and `[[voice]]`: an account at a provider that speaks Twilio's API. The first is tried first; whenever it
/// cannot deliver, the next one is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carrier {
    /// A short id; stands in the addresses that the provider calls back.
    pub id: String,
    /// Where the provider's API answers.
    #[serde(default = "carrier_url")]
    pub url: String,
    /// The account's id.
    pub account: String,
    /// The account's token: `env:NAME`, `file:PATH`, `cred:NAME`. It also proves that callbacks are the provider's.
    pub token: String,
    /// The sender's number, `+41…`; for SMS also a name or a messaging service's id.
    pub from: String,
}

fn carrier_url() -> String {
    "https://api.twilio.com".into()
}

/// What a contact method lacks before anything can be sent by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lacks {
    /// A section of the configuration.
    Section(&'static str),
    /// The person's phone.
    Phone,
    /// The person's email.
    Email,
    /// A device that the person enrolled for push.
    Device,
    /// What it names cannot be read by the server that runs: where it stands, and why.
    Named(String),
}

impl fmt::Display for Lacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Section(section) => write!(f, "there is no {section} section"),
            Self::Phone => f.write_str("the person has no phone"),
            Self::Email => f.write_str("the person has no email"),
            Self::Device => f.write_str("the person has enrolled no device"),
            Self::Named(why) => f.write_str(why),
        }
    }
}

impl Config {
    /// What is missing before a contact method of a person can be used; nothing if it can. Whether a device is enrolled
    /// for push the configuration does not know.
    #[must_use]
    pub fn lacks(&self, person: &Person, contact: &Contact) -> Option<Lacks> {
        let section = |has: bool, name| (!has).then_some(Lacks::Section(name));
        let phone = || person.phone.is_none().then_some(Lacks::Phone);
        match contact {
            // A file with mail and without [mail] is refused as a whole.
            Contact::Mail { address } => (address.is_none() && person.email.is_none()).then_some(Lacks::Email),
            Contact::Sms => section(!self.sms.is_empty(), "[[sms]]").or_else(phone),
            Contact::Voice => section(!self.voice.is_empty(), "[[voice]]").or_else(phone),
            Contact::Pushover { .. } => section(self.pushover.is_some(), "[pushover]"),
            Contact::Slack { to: SlackTo::Channel(_) } => section(self.slack.is_some(), "[slack]"),
            Contact::Matrix { .. } => section(self.matrix.is_some(), "[matrix]"),
            Contact::Telegram { .. } => section(self.telegram.is_some(), "[telegram]"),
            Contact::Ntfy { .. }
            | Contact::Webhook { .. }
            | Contact::Push
            | Contact::Slack { .. }
            | Contact::Mattermost { .. }
            | Contact::Teams { .. } => None,
        }
    }
}

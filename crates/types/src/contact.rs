//! Contact methods: how a person wants to be reached, as written in `noout.toml`.

mod parse;
mod way;

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

pub use way::{MAX_DELAY, Way, WayError};

/// Longest contact in bytes: one line of a file, with a URL in it.
pub const MAX_CONTACT_BYTES: usize = 1024;

/// One way to reach a person. Written as a word, for most kinds with a colon and an address behind it:
/// `mail`, `ntfy:https://host/topic`, `slack:#ops`. What is secret in it may stand elsewhere: in place of the URL or key,
/// `env:NAME`, `file:PATH` or `cred:NAME` names where.
///
/// `Display` and serde give back the text of the file, which may hold a secret (an ntfy topic, a
/// token in a URL). Logs and timelines show [`Contact::shown`] instead.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Contact {
    /// E-mail, to this address or, without one, to the person's `email`.
    Mail {
        /// The address, where it is not the person's own.
        address: Option<String>,
    },
    /// A message to a topic of an ntfy server.
    Ntfy {
        /// The topic's URL: the last part of its path is the topic.
        url: Place,
    },
    /// noout's own JSON, posted to a URL.
    Webhook {
        /// Where to.
        url: Place,
    },
    /// Web push to the devices that the person has enrolled.
    Push,
    /// A text message to the person's `phone`.
    Sms,
    /// A call to the person's `phone`.
    Voice,
    /// An emergency message to a person's or a group's Pushover devices.
    Pushover {
        /// The user's or the group's key.
        user: Key,
    },
    /// A message to a Slack channel or person.
    Slack {
        /// An incoming webhook, or a channel that `[slack]`'s bot may write to.
        to: SlackTo,
    },
    /// A message through a Mattermost incoming webhook.
    Mattermost {
        /// The webhook's URL.
        url: Place,
    },
    /// A card through a Microsoft Teams workflow.
    Teams {
        /// The workflow's URL.
        url: Place,
    },
    /// A message to a Matrix room.
    Matrix {
        /// The room's id, `!abc:example.org`, or its alias, `#ops:example.org`.
        room: String,
    },
    /// A message from `[telegram]`'s bot.
    Telegram {
        /// The chat's number, or a public channel's `@name`.
        chat: String,
    },
}

/// A URL, or the name under which one is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The URL itself.
    Url(Url),
    /// `env:NAME`, `file:PATH` or `cred:NAME`: where the URL stands, because it is a secret.
    Named(String),
}

/// A key, or the name under which one is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The key itself.
    Plain(String),
    /// `env:NAME`, `file:PATH` or `cred:NAME`.
    Named(String),
}

/// Where a message in Slack goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlackTo {
    /// Through an incoming webhook.
    Hook(Place),
    /// By the bot, to `#channel`, to a channel's or to a member's id.
    Channel(String),
}

/// What may be written; every error ends with it.
const ALLOWED: &str = "allowed are \"push\", \"mail\", \"mail:ana@example.org\", \"sms\", \"voice\", \"ntfy:https://host/topic\", \"pushover:KEY\", \"slack:#channel\", \"mattermost:https://host/hooks/…\", \"teams:https://…\", \"matrix:!room:host\", \"telegram:CHAT\", \"webhook:https://host/path\"; for a URL or KEY also \"env:NAME\", \"file:PATH\", \"cred:NAME\"";

/// Why a text is no contact method. The text itself is not repeated behind the first colon: it may hold a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContactError {
    /// The word in front of the colon is none that noout knows.
    #[error("{found:?} is no contact method: {ALLOWED}")]
    Kind {
        /// The word.
        found: String,
    },
    /// The text is longer than [`MAX_CONTACT_BYTES`].
    #[error("a contact of {found} bytes is too long: at the most {MAX_CONTACT_BYTES}")]
    Long {
        /// How long it is.
        found: usize,
    },
    /// What follows `mail:` is no address.
    #[error(
        "{found:?} is no mail address ({why}): write \"mail:ana@example.org\", or \"mail\" for the person's own email"
    )]
    Address {
        /// What was found.
        found: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// What follows the word is no usable URL.
    #[error("the URL of {kind:?} {why}: write for example \"{example}\"")]
    Url {
        /// The word.
        kind: &'static str,
        /// What is wrong with it.
        why: String,
        /// A right one.
        example: &'static str,
    },
    /// What follows the word names nobody.
    #[error("what stands behind \"{kind}:\" {why}: write for example \"{example}\"")]
    Name {
        /// The word.
        kind: &'static str,
        /// What is wrong with it.
        why: &'static str,
        /// A right one.
        example: &'static str,
    },
    /// A word that takes nothing was given something.
    #[error("{kind:?} stands alone: write \"{kind}\" ({hint})")]
    Alone {
        /// `push`, `sms` or `voice`.
        kind: &'static str,
        /// Where the rest comes from.
        hint: &'static str,
    },
}

impl Contact {
    /// The word in front: `mail`, `ntfy`, `webhook`, `push`, `sms`, ….
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Mail { .. } => "mail",
            Self::Ntfy { .. } => "ntfy",
            Self::Webhook { .. } => "webhook",
            Self::Push => "push",
            Self::Sms => "sms",
            Self::Voice => "voice",
            Self::Pushover { .. } => "pushover",
            Self::Slack { .. } => "slack",
            Self::Mattermost { .. } => "mattermost",
            Self::Teams { .. } => "teams",
            Self::Matrix { .. } => "matrix",
            Self::Telegram { .. } => "telegram",
        }
    }

    /// The name under which its secret is kept, where it is not written out: `env:NAME`, `file:PATH` or `cred:NAME`.
    #[must_use]
    pub fn named(&self) -> Option<&str> {
        let place = match self {
            Self::Ntfy { url } | Self::Webhook { url } | Self::Mattermost { url } | Self::Teams { url } => url,
            Self::Slack { to: SlackTo::Hook(url) } => url,
            Self::Pushover { user: Key::Named(name) } => return Some(name),
            _ => return None,
        };
        match place {
            Place::Named(name) => Some(name),
            Place::Url(_) => None,
        }
    }

    /// What may be shown in logs and timelines: the kind and the host, never a path, an address, a number or a token.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Ntfy { url: Place::Url(url) }
            | Self::Webhook { url: Place::Url(url) }
            | Self::Mattermost { url: Place::Url(url) } => {
                format!("{} at {}", self.kind(), url.host_str().unwrap_or("?"))
            }
            _ => self.kind().to_owned(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => write!(f, "{url}"),
            Self::Named(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Plain(text) | Self::Named(text)) = self;
        f.write_str(text)
    }
}

impl fmt::Display for SlackTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hook(place) => place.fmt(f),
            Self::Channel(channel) => f.write_str(channel),
        }
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind();
        match self {
            Self::Mail { address: Some(address) } => write!(f, "{kind}:{address}"),
            Self::Ntfy { url } | Self::Webhook { url } | Self::Mattermost { url } | Self::Teams { url } => {
                write!(f, "{kind}:{url}")
            }
            Self::Pushover { user } => write!(f, "{kind}:{user}"),
            Self::Slack { to } => write!(f, "{kind}:{to}"),
            Self::Matrix { room: name } | Self::Telegram { chat: name } => write!(f, "{kind}:{name}"),
            Self::Mail { address: None } | Self::Push | Self::Sms | Self::Voice => f.write_str(kind),
        }
    }
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Debug output ends in logs, so it shows no more than a log may.
        write!(f, "Contact({})", self.shown())
    }
}

impl TryFrom<String> for Contact {
    type Error = ContactError;
    fn try_from(text: String) -> Result<Self, ContactError> {
        text.parse()
    }
}

impl From<Contact> for String {
    fn from(contact: Contact) -> String {
        contact.to_string()
    }
}

#[cfg(test)]
mod tests;

//! Contact methods: how a person wants to be reached, as written in `noout.toml`.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

/// Longest contact in bytes: one line of a file, with a URL in it.
pub const MAX_CONTACT_BYTES: usize = 1024;

/// Longest mail address in bytes (RFC 5321's limit on a path, without its brackets).
const MAX_ADDRESS_BYTES: usize = 254;

/// One way to reach a person. Written as `mail`, `mail:ana@example.org`, `ntfy:https://host/topic`,
/// `webhook:https://host/path`, `push` or `sms`.
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
        url: Url,
    },
    /// noout's own JSON, posted to a URL.
    Webhook {
        /// Where to.
        url: Url,
    },
    /// Web push to the devices that the person has enrolled.
    Push,
    /// A text message to the person's `phone`.
    Sms,
}

/// What may be written; every error ends with it.
const ALLOWED: &str = "allowed are \"mail\", \"mail:ana@example.org\", \"ntfy:https://host/topic\", \"webhook:https://host/path\", \"push\", \"sms\"";

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
    /// What follows `ntfy:` or `webhook:` is no usable URL.
    #[error("the URL of {kind:?} {why}: write for example \"{example}\"")]
    Url {
        /// `ntfy` or `webhook`.
        kind: &'static str,
        /// What is wrong with it.
        why: String,
        /// A right one.
        example: &'static str,
    },
    /// A word that takes nothing was given something.
    #[error("{kind:?} stands alone: write \"{kind}\" ({hint})")]
    Alone {
        /// `push` or `sms`.
        kind: &'static str,
        /// Where the rest comes from.
        hint: &'static str,
    },
}

impl Contact {
    /// The word in front: `mail`, `ntfy`, `webhook`, `push` or `sms`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Mail { .. } => "mail",
            Self::Ntfy { .. } => "ntfy",
            Self::Webhook { .. } => "webhook",
            Self::Push => "push",
            Self::Sms => "sms",
        }
    }

    /// Whether this version of noout can send by it. The configuration's checker warns of the others,
    /// and a person needs at least one that can.
    #[must_use]
    pub fn is_available(&self) -> bool {
        !matches!(self, Self::Push | Self::Sms)
    }

    /// What may be shown in logs and timelines: the kind and the host, never a path, an address or a token.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Ntfy { url } | Self::Webhook { url } => {
                format!("{} at {}", self.kind(), url.host_str().unwrap_or("?"))
            }
            Self::Mail { .. } | Self::Push | Self::Sms => self.kind().to_owned(),
        }
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mail { address: Some(address) } => write!(f, "mail:{address}"),
            Self::Ntfy { url } => write!(f, "ntfy:{url}"),
            Self::Webhook { url } => write!(f, "webhook:{url}"),
            Self::Mail { address: None } | Self::Push | Self::Sms => f.write_str(self.kind()),
        }
    }
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Debug output ends in logs, so it shows no more than a log may.
        write!(f, "Contact({})", self.shown())
    }
}

impl std::str::FromStr for Contact {
    type Err = ContactError;
    fn from_str(text: &str) -> Result<Self, ContactError> {
        if text.len() > MAX_CONTACT_BYTES {
            return Err(ContactError::Long { found: text.len() });
        }
        let (kind, rest) = match text.split_once(':') {
            Some((kind, rest)) => (kind, Some(rest)),
            None => (text, None),
        };
        match (kind, rest) {
            ("mail", None) => Ok(Self::Mail { address: None }),
            ("mail", Some(address)) => Ok(Self::Mail { address: Some(check_address(address)?) }),
            ("ntfy", rest) => parse_ntfy(rest.unwrap_or_default()),
            ("webhook", rest) => {
                let url = parse_url("webhook", rest.unwrap_or_default(), WEBHOOK_EXAMPLE)?;
                Ok(Self::Webhook { url })
            }
            ("push", None) => Ok(Self::Push),
            ("push", Some(_)) => Err(ContactError::Alone { kind: "push", hint: "devices enrol themselves" }),
            ("sms", None) => Ok(Self::Sms),
            ("sms", Some(_)) => Err(ContactError::Alone { kind: "sms", hint: "the number is the person's phone" }),
            (kind, _) => Err(ContactError::Kind { found: kind.to_owned() }),
        }
    }
}

const NTFY_EXAMPLE: &str = "ntfy:https://ntfy.example.org/topic";
const WEBHOOK_EXAMPLE: &str = "webhook:https://relay.example.org/page";

fn parse_url(kind: &'static str, text: &str, example: &'static str) -> Result<Url, ContactError> {
    let bad = |why: String| ContactError::Url { kind, why, example };
    if text.is_empty() {
        return Err(bad("is missing".to_owned()));
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(bad("has a blank in it".to_owned()));
    }
    let url = Url::parse(text).map_err(|e| bad(format!("cannot be read ({e})")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad(format!("has the scheme {:?}, allowed are http and https", url.scheme())));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(bad("names no host".to_owned()));
    }
    if url.fragment().is_some() {
        return Err(bad("has a part behind #, which is never sent".to_owned()));
    }
    Ok(url)
}

fn parse_ntfy(text: &str) -> Result<Contact, ContactError> {
    let url = parse_url("ntfy", text, NTFY_EXAMPLE)?;
    let topic = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
    if topic.is_empty() {
        let why = "names no topic: the last part of its path".to_owned();
        return Err(ContactError::Url { kind: "ntfy", why, example: NTFY_EXAMPLE });
    }
    Ok(Contact::Ntfy { url })
}

fn check_address(text: &str) -> Result<String, ContactError> {
    let bad = |why| Err(ContactError::Address { found: text.to_owned(), why });
    if text.len() > MAX_ADDRESS_BYTES {
        return bad("longer than 254 bytes");
    }
    // A line break or a comma would smuggle in headers or further recipients.
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"' | '(' | ')'))
    {
        return bad("a blank or one of < > , ; \" ( )");
    }
    match text.rsplit_once('@') {
        None => bad("no @"),
        Some((local, domain)) if local.is_empty() || domain.is_empty() => bad("nothing before or behind the @"),
        Some((local, _)) if local.contains('@') => bad("two @"),
        Some(_) => Ok(text.to_owned()),
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
mod tests {
    use super::*;

    #[test]
    fn contacts_read_as_they_are_written() {
        for text in [
            "mail",
            "mail:ana@example.org",
            "ntfy:https://ntfy.example.org/noout-ana",
            "ntfy:http://127.0.0.1:2586/base/topic",
            "webhook:http://relay.example.org/page?team=ops",
            "push",
            "sms",
        ] {
            let contact: Contact = text.parse().expect("a contact of the documentation");
            assert_eq!(contact.to_string(), text);
            let json = serde_json::to_string(&contact).expect("a text");
            assert_eq!(serde_json::from_str::<Contact>(&json).expect("the same text"), contact);
        }
    }

    #[test]
    fn a_bad_contact_says_what_is_wrong_and_what_is_allowed() {
        for (text, part) in [
            ("", "allowed are"),
            ("email", "allowed are"),
            ("pager:1", "\"pager\" is no contact method"),
            ("mail:", "no @"),
            ("mail:ana", "no @"),
            ("mail:ana@", "nothing before or behind"),
            ("mail:a@b@c", "two @"),
            ("mail:ana@example.org\r\nBcc: all@example.org", "blank"),
            ("mail:a@x,b@x", "blank or one of"),
            ("ntfy", "is missing"),
            ("ntfy:", "is missing"),
            ("ntfy:host/topic", "cannot be read"),
            ("ntfy:https://ntfy.example.org", "names no topic"),
            ("ntfy:https://ntfy.example.org/base/", "names no topic"),
            ("webhook:ftp://host/x", "allowed are http and https"),
            ("webhook:file:///etc/passwd", "allowed are http and https"),
            ("webhook:http:///", "cannot be read"),
            ("webhook:http://host/a b", "blank"),
            ("webhook:http://host/a#b", "behind #"),
            ("push:phone", "stands alone"),
            ("sms:+41790000000", "the person's phone"),
        ] {
            let err = text.parse::<Contact>().expect_err(text).to_string();
            assert!(err.contains(part), "{text:?}: {err}");
        }
        let long = format!("webhook:http://host/{}", "x".repeat(MAX_CONTACT_BYTES));
        assert_eq!(long.parse::<Contact>(), Err(ContactError::Long { found: long.len() }));
    }

    #[test]
    fn what_is_shown_holds_no_topic_token_or_address() {
        for text in [
            "ntfy:https://:tk_secret@ntfy.example.org/secret",
            "webhook:https://h.example/secret?t=secret",
            "mail:secret@x.org",
        ] {
            let contact: Contact = text.parse().expect("a contact");
            assert!(!contact.shown().contains("secret"), "{}", contact.shown());
            assert!(!format!("{contact:?}").contains("secret"), "{contact:?}");
        }
        let err = "sms:+41790000000".parse::<Contact>().expect_err("sms takes nothing").to_string();
        assert!(!err.contains("4179"), "{err}");
    }
}

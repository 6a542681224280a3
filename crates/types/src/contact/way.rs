//! A contact method with the time at which it joins in.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Contact, ContactError};
use crate::{Span, SpanError};

/// The longest delay of a way: whoever is to be called tomorrow is not on call.
pub const MAX_DELAY: Span = Span::from_hours(12);

/// A contact method in a person's list, at once or after a time: `push`, `after 2m sms`.
///
/// A plain one is tried when those before it could not deliver. One with `after` joins in so long after the page was
/// decided, unless somebody has it by then, and at once where the ones before could not deliver.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Way {
    /// How long after the page; none for an alternative to the ones before.
    pub after: Option<Span>,
    /// How.
    pub contact: Contact,
}

/// Why a text is no way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WayError {
    /// The contact method.
    #[error(transparent)]
    Contact(#[from] ContactError),
    /// The time behind `after`.
    #[error("what follows \"after\" is wrong: {0}")]
    Span(SpanError),
    /// Nothing follows the time.
    #[error("nothing follows \"after {0}\": write for example \"after 2m sms\"")]
    Nothing(String),
    /// A delay of nothing, or a very long one.
    #[error("\"after {0}\" is no delay for a page: allowed are 1s to {MAX_DELAY}")]
    Delay(Span),
}

impl Deref for Way {
    type Target = Contact;
    fn deref(&self) -> &Contact {
        &self.contact
    }
}

impl From<Contact> for Way {
    fn from(contact: Contact) -> Self {
        Self { after: None, contact }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.after {
            Some(after) => write!(f, "after {after} {}", self.contact),
            None => self.contact.fmt(f),
        }
    }
}

impl FromStr for Way {
    type Err = WayError;
    fn from_str(text: &str) -> Result<Self, WayError> {
        let Some(rest) = text.trim().strip_prefix("after ") else {
            return Ok(Self { after: None, contact: text.parse()? });
        };
        let rest = rest.trim_start();
        let (span, contact) = rest.split_once(' ').ok_or_else(|| WayError::Nothing(rest.to_owned()))?;
        let after: Span = span.parse().map_err(WayError::Span)?;
        if after < Span::from_secs(1) || after > MAX_DELAY {
            return Err(WayError::Delay(after));
        }
        Ok(Self { after: Some(after), contact: contact.trim().parse()? })
    }
}

impl TryFrom<String> for Way {
    type Error = WayError;
    fn try_from(text: String) -> Result<Self, WayError> {
        text.parse()
    }
}

impl From<Way> for String {
    fn from(way: Way) -> String {
        way.to_string()
    }
}

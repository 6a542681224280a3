//! Who does something.

use noout_types::{PersonId, SourceId, TokenId};
use serde::{Deserialize, Serialize};

/// Who does something: the timeline names it, and rights follow from it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// noout itself.
    Noout,
    /// A person.
    Person(PersonId),
    /// A source of alerts.
    Source(SourceId),
    /// A program that has a token.
    Token(TokenId),
    /// Whoever can read the server's key file: the administrator on the machine itself.
    Local,
}

impl Actor {
    /// The person, if it is one.
    #[must_use]
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Person(id) => Some(id),
            Self::Noout | Self::Source(_) | Self::Token(_) | Self::Local => None,
        }
    }
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Noout => f.write_str("noout"),
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Source(id) => write!(f, "source:{id}"),
            Self::Token(id) => write!(f, "token:{id}"),
            Self::Local => f.write_str("local"),
        }
    }
}

//! What could not be carried over.

use serde::Serialize;

/// What kind of loss it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It is in the configuration, but not as it was.
    Changed,
    /// It has no counterpart and is left out.
    Lost,
    /// A person must add something: a secret, an address, a decision.
    Todo,
}

impl Kind {
    /// The word in tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Lost => "lost",
            Self::Todo => "todo",
        }
    }
}

/// One thing that could not be carried over as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// What kind of loss it is.
    pub kind: Kind,
    /// The object, by its kind, name and id in the tool that it comes from.
    pub object: String,
    /// What was found there.
    pub found: String,
    /// What to do by hand.
    pub todo: String,
}

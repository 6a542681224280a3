//! Why the core says no to a command.

use noout_types::PersonId;
use serde::Serialize;

use crate::config::Role;

/// A typed no: what was found, what is allowed, where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// There is no such thing.
    #[error("there is no {what} {id:?}")]
    Unknown {
        /// `incident`, `person`, ….
        what: &'static str,
        /// What was asked for.
        id: String,
    },
    /// The role does not allow it.
    #[error("{who} may not do this: it needs the role {needed:?} or higher")]
    Forbidden {
        /// Who asked.
        who: String,
        /// What it takes.
        needed: Role,
    },
    /// It does not fit the present state.
    #[error("{why}")]
    Conflict {
        /// Why, in words.
        why: String,
    },
    /// A field's content is not allowed.
    #[error("{field}: found {found}, allowed is {allowed}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What was found.
        found: String,
        /// What is allowed.
        allowed: String,
    },
}

impl Refusal {
    pub(crate) fn unknown(what: &'static str, id: impl ToString) -> Self {
        Self::Unknown { what, id: id.to_string() }
    }

    pub(crate) fn conflict(why: impl Into<String>) -> Self {
        Self::Conflict { why: why.into() }
    }

    pub(crate) fn invalid(field: &'static str, found: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self::Invalid { field, found: found.into(), allowed: allowed.into() }
    }

    pub(crate) fn forbidden(who: Option<&PersonId>, needed: Role) -> Self {
        Self::Forbidden { who: who.map_or_else(|| "whoever asks".to_owned(), ToString::to_string), needed }
    }
}

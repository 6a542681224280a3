//! Why the core says no to a command.

use noout_types::{PersonId, Said};
use serde::Serialize;

use crate::config::Role;
use crate::says;

/// A typed no: what was found, what is allowed, where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// There is no such thing.
    Unknown {
        /// `incident`, `person`, ….
        what: &'static str,
        /// What was asked for.
        id: String,
    },
    /// The role does not allow it.
    Forbidden {
        /// Who asked; nobody in particular if absent.
        who: Option<PersonId>,
        /// What it takes.
        needed: Role,
    },
    /// It does not fit the present state.
    Conflict {
        /// Why.
        why: Said,
    },
    /// A field's content is not allowed.
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
    /// The sentence, for readers of any language.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::Unknown { what, id } => says::unknown(what, id),
            Self::Forbidden { who: Some(who), needed } => says::role(who, needed.code()),
            Self::Forbidden { who: None, needed } => says::role_of_anybody(needed.code()),
            Self::Conflict { why } => why.clone(),
            Self::Invalid { field, found, allowed } => says::invalid(field, found, allowed),
        }
    }

    pub(crate) fn unknown(what: &'static str, id: impl ToString) -> Self {
        Self::Unknown { what, id: id.to_string() }
    }

    pub(crate) fn conflict(why: Said) -> Self {
        Self::Conflict { why }
    }

    pub(crate) fn invalid(field: &'static str, found: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self::Invalid { field, found: found.into(), allowed: allowed.into() }
    }

    pub(crate) fn forbidden(who: Option<&PersonId>, needed: Role) -> Self {
        Self::Forbidden { who: who.cloned(), needed }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&noout_words::english(&self.said()))
    }
}

impl std::error::Error for Refusal {}

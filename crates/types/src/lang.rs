//! The languages that noout speaks.

use serde::{Deserialize, Serialize};

/// A language of the console, of pages and of customers' notices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
    /// German.
    De,
}

impl Lang {
    /// All languages, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::En, Self::Fr, Self::De];

    /// The two-letter code of ISO 639-1.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
            Self::De => "de",
        }
    }

    /// The language's own name for itself.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Fr => "Français",
            Self::De => "Deutsch",
        }
    }

    /// The language of a code such as `de` or `fr-CH`.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let two = code.get(..2)?.to_ascii_lowercase();
        let rest = code.get(2..).unwrap_or_default();
        let ends = rest.is_empty() || rest.starts_with(['-', '_']);
        Self::ALL.into_iter().find(|l| ends && l.code() == two)
    }
}

impl std::fmt::Display for Lang {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.code())
    }
}

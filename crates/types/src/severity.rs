//! How bad, and how fast somebody must look.

use serde::{Deserialize, Serialize};

/// How bad a condition is. Ordered: `Info < Warning < Critical`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Will hurt if nothing is done.
    Warning,
    /// Hurts now, or redundancy is gone.
    Critical,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }

    /// The severity of a `severity` label. An unknown word is a warning, an absent one critical:
    /// paging fails open, so what cannot be read is never taken for harmless.
    #[must_use]
    pub fn from_label(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "" | "critical" | "page" | "error" | "disaster" | "high" | "emergency" | "fatal" => Self::Critical,
            "info" | "none" | "information" | "notice" | "debug" | "ok" => Self::Info,
            _ => Self::Warning,
        }
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// Whether somebody is woken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Urgency {
    /// A ticket: visible, nobody is paged.
    Low,
    /// People are paged by the policy.
    #[default]
    High,
}

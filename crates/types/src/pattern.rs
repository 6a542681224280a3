//! Regular expressions that operators write for whole texts.

use serde::{Deserialize, Serialize};

/// Compiled, a pattern may not grow past this: operators' texts, but still bounded.
const SIZE_LIMIT: usize = 1 << 20;

/// The name of the group that carries a key.
const KEY: &str = "key";

/// A regular expression for a whole text: it holds from the first character to the last, so that `up` does not match
/// `backup failed`. Compiled once, when it is parsed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    text: String,
    regex: regex::Regex,
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the regular expression {found:?} does not compile: {why}")]
pub struct PatternError {
    /// What was found.
    pub found: String,
    /// What the compiler said, in one line.
    pub why: String,
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// It is no regular expression, or a huge one.
    pub fn new(text: impl Into<String>) -> Result<Self, PatternError> {
        let text = text.into();
        // Lines of a folded subject are one text, and letters are compared as people read them.
        let built = regex::RegexBuilder::new(&format!("^(?:{text})$"))
            .size_limit(SIZE_LIMIT)
            .case_insensitive(true)
            .dot_matches_new_line(true)
            .build();
        match built {
            Ok(regex) => Ok(Self { text, regex }),
            Err(e) => {
                let why = e.to_string().lines().last().unwrap_or_default().trim().to_owned();
                Err(PatternError { found: text, why })
            }
        }
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole text matches.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// What the group `key` holds, if the whole text matches and there is such a group with something in it.
    #[must_use]
    pub fn key<'t>(&self, text: &'t str) -> Option<&'t str> {
        let found = self.regex.captures(text)?.name(KEY)?.as_str().trim();
        Some(found).filter(|key| !key.is_empty())
    }

    /// Whether it has a group `key`.
    #[must_use]
    pub fn has_key(&self) -> bool {
        self.regex.capture_names().flatten().any(|name| name == KEY)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl TryFrom<String> for Pattern {
    type Error = PatternError;
    fn try_from(text: String) -> Result<Self, PatternError> {
        Self::new(text)
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> String {
        pattern.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_holds_for_the_whole_text() {
        let up = Pattern::new("up|ok").expect("a pattern");
        assert!(up.matches("UP") && up.matches("ok"));
        for text in ["backup failed", "up again", "backup", "not ok"] {
            assert!(!up.matches(text), "{text}");
        }
    }

    #[test]
    fn the_group_key_names_the_episode() {
        let pattern = Pattern::new("(?:PROBLEM|RECOVERY): (?<key>.*)").expect("a pattern");
        assert_eq!(pattern.key("Recovery: disk of db1 "), Some("disk of db1"));
        assert_eq!(pattern.key("Fwd: Recovery: disk of db1"), None);
        assert!(pattern.has_key() && !Pattern::new("x").expect("a pattern").has_key());
        assert!(Pattern::new("(").is_err());
    }
}

//! What noout says itself, as facts: which sentence, and what stands in it. The sentence is made where
//! somebody reads it, in their language and time zone.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A sentence of noout's own, or somebody else's words.
///
/// Its JSON is `{"said": CODE, "values": {NAME: TEXT}, "parts": [SAID]}`, empty ones left out. A value whose
/// name ends in `_span` is a length of time in milliseconds, one whose name ends in `_time` an instant in RFC 3339; what
/// reads as a number is one. Everything else is shown as it is: names, and words of machines.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Said {
    /// Which sentence, in kebab-case; the texts are found by it.
    #[serde(rename = "said")]
    pub code: String,
    /// What stands in the sentence.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// Sentences within the sentence: its reasons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Said>,
}

impl Said {
    /// The code of somebody else's words.
    pub const WORDS: &'static str = "words";
    /// The code of several sentences, one after the other.
    pub const ALL: &'static str = "all";

    /// A sentence without anything in it yet. Made through [`sayings!`](crate::sayings), so that its text is known to
    /// be there.
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self { code: code.to_owned(), values: BTreeMap::new(), parts: Vec::new() }
    }

    /// The same with one more value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.values.insert(name.to_owned(), value.to_string());
        self
    }

    /// The same with sentences in it.
    #[must_use]
    pub fn of(mut self, parts: impl IntoIterator<Item = Said>) -> Self {
        self.parts.extend(parts);
        self
    }

    /// What a person or a machine said: shown as it is, in every language.
    #[must_use]
    pub fn words(text: impl fmt::Display) -> Self {
        Self::new(Self::WORDS).with("text", text)
    }

    /// Several sentences as one.
    #[must_use]
    pub fn all(parts: impl IntoIterator<Item = Said>) -> Self {
        let mut parts: Vec<Said> = parts.into_iter().collect();
        match parts.pop() {
            Some(only) if parts.is_empty() => only,
            last => Self::new(Self::ALL).of(parts.into_iter().chain(last)),
        }
    }

    /// The words, if they are somebody else's.
    #[must_use]
    pub fn as_words(&self) -> Option<&str> {
        self.values.get("text").filter(|_| self.code == Self::WORDS).map(String::as_str)
    }

    /// Whether this sentence, or one in it, has the code.
    #[must_use]
    pub fn says(&self, code: &str) -> bool {
        self.code == code || self.parts.iter().any(|part| part.says(code))
    }
}

/// What a room says: one function for each sentence, and the list of all of them, `ALL`, by which tests find a sentence
/// that has no text.
///
/// ```
/// noout_types::sayings! {
///     "osd-down" = osd_down(osd, host);
///     "holds" = holds(host) + parts;
/// }
/// let said = holds("pve1", [osd_down(3, "pve2")]);
/// assert_eq!((said.code.as_str(), said.parts[0].values["osd"].as_str()), ("holds", "3"));
/// assert_eq!(ALL, [("osd-down", ["osd", "host"].as_slice()), ("holds", &["host", "parts"])]);
/// ```
#[macro_export]
macro_rules! sayings {
    ($($code:literal = $name:ident($($value:ident),*) $(+ $parts:ident)?;)*) => {
        $(
            #[doc = concat!("The sentence `", $code, "`.")]
            #[must_use]
            #[allow(clippy::too_many_arguments, reason = "one for each thing that stands in the sentence")]
            pub fn $name(
                $($value: impl ::std::fmt::Display,)*
                $($parts: impl IntoIterator<Item = $crate::Said>)?
            ) -> $crate::Said {
                $crate::Said::new($code)$(.with(stringify!($value), $value))*$(.of($parts))?
            }
        )*
        /// Each sentence's code with the names of what stands in it.
        pub const ALL: &[(&str, &[&str])] =
            &[$(($code, &[$(stringify!($value),)* $(stringify!($parts),)?])),*];
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_short_in_json_and_comes_back() {
        let said = Said::new("holds").with("host", "pve1").of([Said::words("cable pulled")]);
        let json = serde_json::to_string(&said).expect("plain data");
        assert_eq!(
            json,
            r#"{"said":"holds","values":{"host":"pve1"},"parts":[{"said":"words","values":{"text":"cable pulled"}}]}"#
        );
        assert_eq!(serde_json::from_str::<Said>(&json).expect("the same"), said);
        assert_eq!(serde_json::from_str::<Said>(r#"{"said":"x"}"#).expect("short"), Said::new("x"));
    }

    #[test]
    fn one_of_many_is_itself() {
        let (a, b) = (Said::new("a"), Said::new("b"));
        assert_eq!(Said::all([a.clone()]), a);
        let both = Said::all([a.clone(), b.clone()]);
        assert_eq!((both.code.as_str(), both.parts.as_slice()), ("all", [a, b].as_slice()));
        assert!(both.says("b") && !both.says("c"));
        assert_eq!(Said::all([]).parts, []);
    }
}

//! An alert in the making, for formats in which labels only tell about it.

use std::collections::BTreeMap;

use noout_types::Timestamp;
use serde_json::Value;

use crate::error::shown;
use crate::field::{CUT, When};
use crate::fields::{Fields, as_text};
use crate::limits::{
    MAX_ANNOTATION_BYTES, MAX_ANNOTATIONS, MAX_KEY_BYTES, MAX_LABEL_NAME_BYTES, MAX_LABEL_VALUE_BYTES, MAX_LABELS,
    MAX_URL_BYTES,
};
use crate::{Ends, Incoming, Key};

/// An alert in the making. What is too long is cut: its name is its identity, not what is said about it.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    starts_at: Option<Timestamp>,
    url: String,
}

fn cut(mut text: String, bytes: usize, mark: &str) -> String {
    if text.len() > bytes {
        text.truncate(text.floor_char_boundary(bytes));
        text.push_str(mark);
    }
    text
}

impl Draft {
    pub(crate) fn label(&mut self, name: &str, value: impl Into<String>) -> &mut Self {
        let value = value.into();
        let good = !name.is_empty() && name.len() <= MAX_LABEL_NAME_BYTES && !name.chars().any(char::is_control);
        if good && !value.is_empty() && self.labels.len() < MAX_LABELS {
            self.labels.insert(name.to_owned(), cut(value, MAX_LABEL_VALUE_BYTES, ""));
        }
        self
    }

    pub(crate) fn say(&mut self, name: &str, text: impl Into<String>) -> &mut Self {
        let text = text.into();
        if !text.is_empty()
            && !name.is_empty()
            && name.len() <= MAX_LABEL_NAME_BYTES
            && self.annotations.len() < MAX_ANNOTATIONS
        {
            self.annotations.insert(name.to_owned(), cut(text, MAX_ANNOTATION_BYTES, CUT));
        }
        self
    }

    /// Details of any shape: texts as they are, the rest as JSON.
    pub(crate) fn details(&mut self, details: Option<&Value>) -> &mut Self {
        match details {
            Some(Value::Object(map)) => {
                for (name, value) in map.iter().filter(|(name, _)| !matches!(name.as_str(), "summary" | "description"))
                {
                    match (as_text(value), value) {
                        (Some(text), _) => self.say(name, text),
                        (None, Value::Array(_) | Value::Object(_)) => self.say(name, value.to_string()),
                        (None, _) => self,
                    };
                }
            }
            Some(other) => {
                self.say("details", as_text(other).unwrap_or_default());
            }
            None => {}
        }
        self
    }

    /// Labels that the sender names itself.
    pub(crate) fn labels(&mut self, labels: &Fields) -> &mut Self {
        for (name, value) in &labels.0 {
            self.label(name, as_text(value).unwrap_or_default());
        }
        self
    }

    /// A link, if it is one.
    pub(crate) fn link(&mut self, url: String) -> &mut Self {
        if url.len() <= MAX_URL_BYTES && (url.starts_with("http://") || url.starts_with("https://")) {
            self.url = url;
        }
        self
    }

    /// Since when, if it can be read: a time that cannot is no reason to let go of the alert.
    pub(crate) fn since(&mut self, text: &str) -> &mut Self {
        self.starts_at = time(text);
        self
    }

    pub(crate) fn since_at(&mut self, at: Option<Timestamp>) -> &mut Self {
        self.starts_at = at;
        self
    }

    pub(crate) fn build(self, key: Key, ends: Ends) -> Incoming {
        let Self { labels, annotations, starts_at, url } = self;
        Incoming { labels: labels.into(), key, annotations, starts_at, ends, generator_url: url }
    }

    /// The end of an episode. By the source's clock, where it says when.
    pub(crate) fn over(key: String, at: &str) -> Incoming {
        Self::over_at(key, time(at))
    }

    pub(crate) fn over_at(key: String, at: Option<Timestamp>) -> Incoming {
        Self::default().build(Key::Named(key), Ends::Resolved(at))
    }
}

/// A time as RFC 3339, or in seconds since 1970.
pub(crate) fn time(text: &str) -> Option<Timestamp> {
    let seconds = || text.parse::<i64>().ok().and_then(|s| Timestamp::from_second(s).ok());
    if text.is_empty() {
        return None;
    }
    seconds().or_else(|| When::parse(text).check("").ok().flatten())
}

/// A name that a source gives an episode, or why it cannot be one.
pub(crate) fn key(field: &str, text: String, allowed_chars: usize) -> Result<String, String> {
    let chars = text.chars().count();
    if chars > allowed_chars || text.len() > MAX_KEY_BYTES {
        return Err(format!("{field}: found {chars} characters, allowed are {allowed_chars}"));
    }
    if text.contains('{') && text.contains('}') && text.to_ascii_uppercase() == text {
        return Err(format!("{field}: found {:?}, a macro that the sender did not fill in", shown(&text)));
    }
    Ok(text)
}

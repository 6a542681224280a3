//! Why a body cannot be read at all.

use serde::Deserialize;
use serde_json::error::Category;

use crate::limits::{MAX_BODY_BYTES, MAX_SHOWN_CHARS};

/// Why a body cannot be read at all. Nothing of it was taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    /// The body is too long.
    #[error("the body has {found} bytes: allowed are {MAX_BODY_BYTES}; send fewer alerts at once")]
    TooLong {
        /// Its length in bytes.
        found: usize,
    },
    /// The body is no JSON, or stops in the middle.
    #[error("line {line}, column {column}: this is not JSON: {why}")]
    Json {
        /// The line, from 1.
        line: usize,
        /// The column in bytes, from 1; 0 before the first byte of a line.
        column: usize,
        /// What is wrong there.
        why: String,
    },
    /// It is JSON, but not of the right shape.
    #[error("{path}: {why} (line {line}, column {column})")]
    Shape {
        /// Where: `[3].labels.severity`; a lone dot for the body as a whole.
        path: String,
        /// What was expected and what was found.
        why: String,
        /// The line, from 1.
        line: usize,
        /// The column in bytes, from 1.
        column: usize,
    },
    /// It can be read, and what it says cannot be taken.
    #[error("{}", errors.join("; "))]
    Content {
        /// Everything that is wrong: the field, what was found, what is allowed.
        errors: Vec<String>,
    },
}

impl IntakeError {
    pub(crate) fn content(errors: impl IntoIterator<Item = String>) -> Self {
        Self::Content { errors: errors.into_iter().collect() }
    }
}

/// The elements of an array one by one, where the array as a whole could not be read: those that can be, in their places,
/// and why the others cannot.
pub(crate) fn one_by_one<T: serde::de::DeserializeOwned>(elements: Vec<serde_json::Value>) -> Vec<Result<T, String>> {
    let read = |element: serde_json::Value| {
        serde_path_to_error::deserialize::<_, T>(element).map_err(|e| {
            let path = e.path().to_string();
            let dot = if path.starts_with('[') || path == "." { "" } else { "." };
            let path = if path == "." { "" } else { path.as_str() };
            format!("{dot}{path}: {}", reword(&e.inner().to_string()))
        })
    };
    elements.into_iter().map(read).collect()
}

/// Parses a body. Only when that fails it is parsed again, keeping track of where in the document one is.
pub(crate) fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, IntakeError> {
    if body.len() > MAX_BODY_BYTES {
        return Err(IntakeError::TooLong { found: body.len() });
    }
    serde_json::from_slice(body).map_err(|e| locate::<T>(body, &e))
}

fn locate<'a, T: Deserialize<'a>>(body: &'a [u8], error: &serde_json::Error) -> IntakeError {
    let (line, column) = (error.line(), error.column());
    // serde_json ends its messages by the place, which is said separately here.
    let message = error.to_string();
    let message = message.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&message);
    if error.classify() != Category::Data {
        let why = if body.trim_ascii().is_empty() { "the body is empty" } else { message };
        return IntakeError::Json { line, column, why: why.to_owned() };
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let path = serde_path_to_error::deserialize::<_, T>(&mut reader).err().map(|e| e.path().to_string());
    IntakeError::Shape { path: path.unwrap_or_else(|| ".".to_owned()), why: reword(message), line, column }
}

/// From serde's words (`invalid type: integer 5, expected a string`) to JSON's.
pub(crate) fn reword(message: &str) -> String {
    let kinds = ["invalid type: ", "invalid value: "];
    let found =
        kinds.into_iter().find_map(|kind| message.strip_prefix(kind)).and_then(|m| m.rsplit_once(", expected "));
    match found {
        Some((found, expected)) => format!("expected {expected}, found {}", json_word(found)),
        None => message.to_owned(),
    }
}

fn json_word(found: &str) -> String {
    match found {
        "map" => "an object".to_owned(),
        "sequence" => "an array".to_owned(),
        other => {
            let (kind, value) = other.split_once(' ').unwrap_or((other, ""));
            let value = shown(value.trim_matches('`'));
            match kind {
                "integer" | "floating" => format!("the number {}", value.trim_start_matches("point `")),
                "boolean" => value,
                "string" => format!("the string {value}"),
                _ => shown(other),
            }
        }
    }
}

/// The beginning of a text that may be very long.
pub(crate) fn shown(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN_CHARS) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}

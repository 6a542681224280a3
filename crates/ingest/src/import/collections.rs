//! An export as lists of objects, whichever way it was saved.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::draft::Draft;
use super::error::ImportError;
use super::note::Kind;

/// Largest file of an export in bytes. A team of fifty with a year of rendered shifts has about five million.
pub const MAX_EXPORT_BYTES: usize = 64 << 20;

/// Most files of a folder: one for each object of a large account.
pub const MAX_EXPORT_FILES: usize = 20_000;

/// Where an API puts the list in its answer.
const ENVELOPES: [&str; 3] = ["results", "data", "nodes"];

/// An export: lists of objects by the names that the tool's API has for them.
///
/// It is read generously in its outer shape (one object of lists, an answer of the API as it came, several pages of answers,
/// one file for each object) and strictly within the objects.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Export {
    lists: BTreeMap<String, Vec<Value>>,
    /// Lists that the API said goes on behind what was saved.
    cut: Vec<String>,
}

impl Export {
    /// Reads one JSON document: an object with the lists.
    ///
    /// # Errors
    /// It is too large, no JSON, or no object.
    pub fn from_json(file: &str, text: &str) -> Result<Self, ImportError> {
        let mut export = Self::default();
        let lists = match json(file, text)? {
            // The whole answer of a GraphQL server.
            Value::Object(mut answer) if answer.len() <= 3 && answer.get("data").is_some_and(Value::is_object) => {
                answer.remove("data").unwrap_or_default()
            }
            other => other,
        };
        let Value::Object(lists) = lists else {
            return Err(ImportError::NoObject { file: file.to_owned(), found: kind(&lists) });
        };
        for (name, value) in lists {
            export.take(&name, value);
        }
        Ok(export)
    }

    /// Takes a file of a folder: `NAME.json`, or one of the files in the folder `NAME`.
    ///
    /// # Errors
    /// It is too large, or no JSON.
    pub fn add(&mut self, name: &str, file: &str, text: &str) -> Result<(), ImportError> {
        let value = json(file, text)?;
        self.take(name, value);
        Ok(())
    }

    fn take(&mut self, name: &str, value: Value) {
        let mut found = Vec::new();
        if self.unpack(name, value, &mut found) {
            self.cut.push(name.to_owned());
        }
        self.lists.entry(name.to_owned()).or_default().extend(found);
    }

    /// Opens envelopes and pages; true if the API said that there is more.
    fn unpack(&self, name: &str, value: Value, found: &mut Vec<Value>) -> bool {
        match value {
            Value::Null => false,
            Value::Array(values) => {
                // Every page is looked at, so that none of them ends the reading.
                values.into_iter().map(|value| self.unpack(name, value, found)).fold(false, |a, b| a | b)
            }
            Value::Object(mut object) => {
                let envelope = ENVELOPES
                    .into_iter()
                    .chain([name])
                    .find(|key| object.get(*key).is_some_and(Value::is_array))
                    .map(str::to_owned);
                let Some(envelope) = envelope else {
                    let of_data = object.len() <= 4 && object.get("data").is_some_and(Value::is_object);
                    let object =
                        if of_data { object.remove("data").unwrap_or_default() } else { Value::Object(object) };
                    found.push(hoist(name, object));
                    return false;
                };
                let list = object.remove(&envelope).unwrap_or_default();
                let more = object.get("next").is_some_and(Value::is_string)
                    || object.get("more") == Some(&Value::Bool(true))
                    || object.get("paging").and_then(|p| p.get("next")).is_some_and(Value::is_string)
                    || object.get("pageInfo").and_then(|p| p.get("hasNextPage")) == Some(&Value::Bool(true));
                self.unpack(name, list, found);
                more
            }
            other => {
                found.push(other);
                false
            }
        }
    }

    /// The names of the lists that are there.
    pub(super) fn names(&self) -> Vec<String> {
        self.lists.keys().cloned().collect()
    }

    /// Whether a list is there, be it empty.
    pub(super) fn has(&self, name: &str) -> bool {
        self.lists.contains_key(name)
    }

    /// The objects of a list; none if the list is not there.
    pub(super) fn list<T: DeserializeOwned>(&self, name: &str) -> Result<Vec<T>, ImportError> {
        let values = self.lists.get(name).map_or(&[][..], Vec::as_slice);
        let typed = |(i, value): (usize, &Value)| {
            serde_path_to_error::deserialize(value).map_err(|error| {
                let path = error.path().to_string();
                let dot = if path.starts_with('[') || path == "." { "" } else { "." };
                let path = if path == "." { String::new() } else { path };
                ImportError::Shape {
                    path: format!("{name}[{i}]{dot}{path}"),
                    why: plain(&crate::error::reword(&error.inner().to_string())),
                }
            })
        };
        values.iter().enumerate().map(typed).collect()
    }

    /// Tells of lists that are missing, cut off or unknown.
    pub(super) fn complain(&self, known: &[&str], draft: &mut Draft) {
        for name in &self.cut {
            draft.note(
                Kind::Lost,
                format!("the list {name}"),
                "only some of its pages are in the export",
                "export all pages and import again",
            );
        }
        for name in self.lists.keys().filter(|name| !known.contains(&name.as_str())) {
            draft.note(Kind::Lost, format!("the list {name}"), "noout does not know such a list", "leave it out");
        }
    }
}

/// An operator reads it, who knows no Rust.
fn plain(why: &str) -> String {
    ["u64", "u32", "usize", "i64"].into_iter().fold(why.replace('`', "\""), |why, number| {
        why.replace(&format!("expected {number}"), "expected a whole number")
    })
}

/// `{"schedule": {…}, "overrides": […]}` as the one object that it means.
fn hoist(name: &str, value: Value) -> Value {
    let Value::Object(mut outer) = value else { return value };
    let singular = match name {
        "escalation_policies" => "escalation_policy",
        other => other.strip_suffix('s').unwrap_or(other),
    };
    // A string there is a reference to another object, and this one is no envelope.
    if !outer.get(singular).is_some_and(Value::is_object) || outer.contains_key("id") {
        return Value::Object(outer);
    }
    match outer.remove(singular) {
        Some(Value::Object(mut inner)) => {
            for (key, value) in outer {
                inner.entry(key).or_insert(value);
            }
            Value::Object(inner)
        }
        _ => Value::Object(outer),
    }
}

fn json(file: &str, text: &str) -> Result<Value, ImportError> {
    if text.len() > MAX_EXPORT_BYTES {
        return Err(ImportError::TooLarge { file: file.to_owned(), max: MAX_EXPORT_BYTES });
    }
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let message = error.to_string();
        let why = message.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&message).to_owned();
        let why = if text.trim().is_empty() { "the file is empty".to_owned() } else { why };
        ImportError::Json { file: file.to_owned(), line, column, why }
    })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

//! Bodies whose fields have names but hardly types: scripts write a number as a text and a text as a number.

use serde_json::{Map, Value};

use crate::error::{parse, shown};
use crate::limits::MAX_BODY_BYTES;
use crate::{IntakeError, MAX_ALERTS};

/// Most fields of a form.
const MAX_FIELDS: usize = 1000;

/// The fields of an object or a form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(pub Map<String, Value>);

/// How a value's type is called.
pub(crate) fn kind(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(b) => b.to_string(),
        Value::Number(n) => format!("the number {n}"),
        Value::String(text) => format!("{:?}", shown(text)),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// A value as a text; none for what is absent, null or has parts.
pub(crate) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|t| !t.is_empty()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(b.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

impl Fields {
    /// The body of a request: JSON whatever its declared type says, if it begins like an object; else a form.
    pub(crate) fn read(body: &[u8], content_type: &str) -> Result<Self, IntakeError> {
        match many(body, content_type)? {
            (all, false) => {
                let one = all.into_iter().next().unwrap_or_else(|| Ok(Self::default()));
                one.map_err(|why| IntakeError::content([why]))
            }
            (_, true) => Err(IntakeError::content(["found an array, expected an object".to_owned()])),
        }
    }

    /// A field as a text; empty if it is absent.
    pub(crate) fn text(&self, name: &str) -> String {
        self.0.get(name).and_then(as_text).unwrap_or_default()
    }

    /// The first of several names under which a field is known.
    pub(crate) fn first(&self, names: &[&str]) -> String {
        names.iter().map(|name| self.text(name)).find(|text| !text.is_empty()).unwrap_or_default()
    }

    /// A field that must be a text, a number or absent: an error names it.
    pub(crate) fn checked(&self, name: &str, errors: &mut Vec<String>) -> String {
        match self.0.get(name) {
            Some(value @ (Value::Array(_) | Value::Object(_))) => {
                errors.push(format!("{name}: found {}, expected a text", kind(value)));
                String::new()
            }
            _ => self.text(name),
        }
    }

    /// A field that is an object.
    pub(crate) fn object(&self, name: &str) -> Fields {
        match self.0.get(name) {
            Some(Value::Object(map)) => Fields(map.clone()),
            _ => Fields::default(),
        }
    }
}

/// One object, or an array of them: then true stands beside them. What is no object says so in its place.
pub(crate) fn many(body: &[u8], content_type: &str) -> Result<(Vec<Result<Fields, String>>, bool), IntakeError> {
    if body.len() > MAX_BODY_BYTES {
        return Err(IntakeError::TooLong { found: body.len() });
    }
    let is_form = content_type.trim().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded");
    if is_form && !matches!(body.trim_ascii_start().first(), Some(b'{' | b'[')) {
        return Ok((vec![Ok(form(body)?)], false));
    }
    let object = |value: Value| match value {
        Value::Object(map) => Ok(Fields(map)),
        other => Err(format!("found {}, expected an object", kind(&other))),
    };
    match parse::<Value>(body)? {
        Value::Array(all) if all.len() > MAX_ALERTS => Err(IntakeError::content([format!(
            "found {} alerts in one body, {MAX_ALERTS} are allowed; send fewer at once",
            all.len()
        )])),
        Value::Array(all) => Ok((all.into_iter().map(object).collect(), true)),
        other => Ok((vec![object(other)], false)),
    }
}

/// `name=value&name=value`, as browsers and `curl -d` send.
fn form(body: &[u8]) -> Result<Fields, IntakeError> {
    let text = std::str::from_utf8(body).map_err(|_| IntakeError::content(["the form is no UTF-8".to_owned()]))?;
    let mut fields = Map::new();
    for (name, value) in url::form_urlencoded::parse(text.trim().as_bytes()) {
        if fields.len() >= MAX_FIELDS {
            return Err(IntakeError::content([format!("found more than {MAX_FIELDS} fields")]));
        }
        fields.insert(name.into_owned(), Value::String(value.into_owned()));
    }
    Ok(Fields(fields))
}

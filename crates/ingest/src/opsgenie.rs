//! Opsgenie's Alert API v2.

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::draft::{Draft, key};
use crate::error::shown;
use crate::fields::{Fields, as_text};
use crate::{Acked, Ends, IntakeError, Key, Parsed};

/// Opsgenie's own limit of an alias, in characters.
const MAX_ALIAS: usize = 512;

/// What is done with an alert that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpsgenieAct {
    /// It is over.
    Close,
    /// Somebody has it.
    Acknowledge,
}

/// Parses the body of `POST /v2/alerts`.
///
/// # Errors
/// The body is no JSON object, or everything that is wrong with its fields.
pub fn opsgenie_create(body: &[u8], _content_type: &str) -> Result<Parsed, IntakeError> {
    let fields = Fields::read(body, "application/json")?;
    let mut errors = Vec::new();
    let message = fields.checked("message", &mut errors);
    let alias = fields.checked("alias", &mut errors);
    let priority = fields.checked("priority", &mut errors);
    if message.is_empty() && errors.is_empty() {
        errors.push("message: Message can not be empty.".to_owned());
    }
    let severity = match priority.as_str() {
        "P1" | "P2" => "critical",
        "" | "P3" => "warning",
        "P4" | "P5" => "info",
        other => {
            errors.push(format!("priority: found {:?}, allowed are P1 to P5", shown(other)));
            ""
        }
    };
    let alias = key("alias", alias, MAX_ALIAS).unwrap_or_else(|why| {
        errors.push(why);
        String::new()
    });
    if !errors.is_empty() {
        return Err(IntakeError::Content { errors });
    }
    let mut draft = Draft::default();
    draft.label("severity", severity).label("priority", if priority.is_empty() { "P3" } else { &priority });
    draft.label("entity", fields.text("entity")).label("origin", fields.text("source"));
    draft.label("team", first_team(&fields)).label("tags", list(&fields, "tags"));
    draft.say("summary", message).say("description", fields.text("description")).say("note", fields.text("note"));
    draft.details(fields.0.get("details")).link(fields.text("source"));
    let key = if alias.is_empty() { Key::Fresh } else { Key::Named(alias) };
    Ok(Parsed::one(draft.build(key, Ends::WhenResolved)))
}

/// The first responder that is a team, so that a route may name it.
fn first_team(fields: &Fields) -> String {
    let Some(Value::Array(all)) = fields.0.get("responders").or_else(|| fields.0.get("teams")) else {
        return String::new();
    };
    let team = all.iter().find(|r| r.get("type").and_then(Value::as_str).is_none_or(|kind| kind == "team"));
    team.and_then(|r| r.get("name")).and_then(as_text).unwrap_or_default()
}

fn list(fields: &Fields, name: &str) -> String {
    match fields.0.get(name) {
        Some(Value::Array(all)) => all.iter().filter_map(as_text).collect::<Vec<_>>().join(","),
        _ => String::new(),
    }
}

/// Parses the body of `POST /v2/alerts/{alias}/close` and `/acknowledge`, which may be empty.
///
/// # Errors
/// The body is neither empty nor a JSON object.
pub fn opsgenie_act(alias: &str, act: OpsgenieAct, body: &[u8]) -> Result<Parsed, IntakeError> {
    let fields = if body.trim_ascii().is_empty() { Fields::default() } else { Fields::read(body, "application/json")? };
    let alias = key("alias", alias.to_owned(), MAX_ALIAS).map_err(|why| IntakeError::content([why]))?;
    Ok(match act {
        OpsgenieAct::Close => Parsed::one(Draft::over(alias, "")),
        OpsgenieAct::Acknowledge => {
            Parsed::ack(Acked { key: alias, who: fields.text("user"), text: fields.text("note") })
        }
    })
}

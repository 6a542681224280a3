//! PagerDuty's Events API v2: what every monitoring tool can speak.

#[cfg(test)]
mod tests;

use crate::draft::{Draft, key, time};
use crate::error::shown;
use crate::fields::{Fields, kind};
use crate::{Acked, Ends, IntakeError, Key, Parsed};

/// PagerDuty's own limits, in characters.
const MAX_SUMMARY: usize = 1024;
const MAX_DEDUP_KEY: usize = 255;

/// What `POST /v2/enqueue` carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagerDuty {
    /// The key of the source.
    pub routing_key: String,
    /// The alert, or the acknowledgement.
    pub parsed: Parsed,
}

/// What `POST /v2/change/enqueue` carries: something was changed on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The key of the source.
    pub routing_key: String,
    /// What.
    pub summary: String,
    /// When, by the sender's clock.
    pub at: Option<noout_types::Timestamp>,
    /// Where it is described; empty if nowhere.
    pub link: String,
}

/// Parses an event.
///
/// # Errors
/// The body is no JSON object, or everything that is wrong with its fields.
pub fn pagerduty(body: &[u8]) -> Result<PagerDuty, IntakeError> {
    let fields = Fields::read(body, "application/json")?;
    let mut errors = Vec::new();
    let routing_key = routing_key(&fields, &mut errors);
    let action = fields.checked("event_action", &mut errors);
    let dedup = match key("dedup_key", fields.checked("dedup_key", &mut errors), MAX_DEDUP_KEY) {
        Ok(dedup) => dedup,
        Err(why) => {
            errors.push(why);
            String::new()
        }
    };
    if matches!(action.as_str(), "acknowledge" | "resolve") && dedup.is_empty() && errors.is_empty() {
        errors.push(format!("dedup_key: is missing, and {action} needs it"));
    }
    let parsed = match action.as_str() {
        "trigger" => trigger(&fields, dedup, &mut errors),
        "acknowledge" => Parsed::ack(Acked { key: dedup, who: String::new(), text: String::new() }),
        "resolve" => Parsed::one(Draft::over(dedup, "")),
        other => {
            errors.push(format!(
                "event_action: found {:?}, allowed are \"trigger\", \"acknowledge\" and \"resolve\"",
                shown(other)
            ));
            Parsed::default()
        }
    };
    if errors.is_empty() { Ok(PagerDuty { routing_key, parsed }) } else { Err(IntakeError::Content { errors }) }
}

fn routing_key(fields: &Fields, errors: &mut Vec<String>) -> String {
    let routing_key = fields.checked("routing_key", errors);
    // The older API and some libraries name it so.
    if routing_key.is_empty() { fields.text("service_key") } else { routing_key }
}

fn trigger(fields: &Fields, dedup: String, errors: &mut Vec<String>) -> Parsed {
    let is_there = match fields.0.get("payload") {
        Some(serde_json::Value::Object(_)) => true,
        Some(other) => {
            errors.push(format!("payload: found {}, expected an object", kind(other)));
            false
        }
        None => {
            errors.push("payload: is missing, and a trigger needs it".to_owned());
            false
        }
    };
    let payload = fields.object("payload");
    let said = errors.len();
    let text = |name: &str, errors: &mut Vec<String>| {
        let mut found = Vec::new();
        let text = payload.checked(name, &mut found);
        errors.extend(found.into_iter().map(|why| format!("payload.{why}")));
        text
    };
    let (summary, source) = (text("summary", errors), text("source", errors));
    let severity = text("severity", errors);
    if errors.len() == said && is_there {
        if summary.is_empty() {
            errors.push("payload.summary: is missing or blank".to_owned());
        }
        if source.is_empty() {
            errors.push("payload.source: is missing or blank".to_owned());
        }
        if !matches!(severity.as_str(), "critical" | "error" | "warning" | "info") {
            errors.push(format!(
                "payload.severity: found {:?}, allowed are \"critical\", \"error\", \"warning\" and \"info\"",
                shown(&severity)
            ));
        }
    }
    let chars = summary.chars().count();
    if chars > MAX_SUMMARY {
        errors.push(format!("payload.summary: found {chars} characters, allowed are {MAX_SUMMARY}"));
    }
    let mut draft = Draft::default();
    draft.label("severity", severity).label("instance", source).say("summary", summary);
    for name in ["component", "group", "class"] {
        draft.label(name, payload.text(name));
    }
    draft.details(payload.0.get("custom_details")).since(&payload.text("timestamp"));
    draft.say("client", fields.text("client")).link(first_link(fields));
    let key = if dedup.is_empty() { Key::Fresh } else { Key::Named(dedup) };
    Parsed::one(draft.build(key, Ends::WhenResolved))
}

fn first_link(fields: &Fields) -> String {
    let client = fields.text("client_url");
    if !client.is_empty() {
        return client;
    }
    let first = fields.0.get("links").and_then(|links| links.get(0)?.get("href")?.as_str());
    first.unwrap_or_default().to_owned()
}

/// Parses a change event.
///
/// # Errors
/// The body is no JSON object, or everything that is wrong with its fields.
pub fn pagerduty_change(body: &[u8]) -> Result<Change, IntakeError> {
    let fields = Fields::read(body, "application/json")?;
    let mut errors = Vec::new();
    let routing_key = routing_key(&fields, &mut errors);
    let payload = fields.object("payload");
    let summary = payload.checked("summary", &mut errors);
    if summary.is_empty() && errors.is_empty() {
        errors.push("payload.summary: is missing or blank".to_owned());
    }
    let link = fields.0.get("links").and_then(|links| links.get(0)?.get("href")?.as_str()).unwrap_or_default();
    let at = time(&payload.text("timestamp"));
    if errors.is_empty() {
        Ok(Change { routing_key, summary, at, link: link.to_owned() })
    } else {
        Err(IntakeError::Content { errors })
    }
}

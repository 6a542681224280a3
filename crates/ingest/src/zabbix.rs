//! Zabbix, by the media type that comes with noout (`contrib/zabbix`). The recovery carries the problem's own `event_id`.

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::draft::{Draft, key};
use crate::fields::{Fields, as_text};
use crate::{Acked, Ends, IntakeError, Key, Parsed};

/// A Zabbix id has up to twenty digits.
const MAX_EVENT_ID: usize = 64;

/// Parses a message of the media type.
///
/// # Errors
/// The body is no object, or lacks what tells the problem apart.
pub fn zabbix(body: &[u8], content_type: &str) -> Result<Parsed, IntakeError> {
    let fields = Fields::read(body, content_type)?;
    let id = key("event_id", fields.text("event_id"), MAX_EVENT_ID).map_err(|why| IntakeError::content([why]))?;
    if id.is_empty() {
        return Err(IntakeError::content(["event_id: is missing: send {EVENT.ID}, that of the problem".to_owned()]));
    }
    // The number decides where there is one: words are translated.
    let value = fields.text("event_value");
    let status = fields.text("event_status").to_ascii_uppercase();
    let over = match (value.as_str(), status.as_str()) {
        ("0", _) => true,
        ("1", _) => false,
        (_, "OK" | "RESOLVED") => true,
        (_, "PROBLEM") => false,
        _ => {
            let why = format!(
                "event_value: found {value:?} and event_status: {status:?}, allowed are \"1\" or \"0\", \"PROBLEM\" or \"OK\""
            );
            return Err(IntakeError::content([why]));
        }
    };
    if over {
        return Ok(Parsed::one(Draft::over(id, &fields.text("recovery_timestamp"))));
    }
    let mut parsed = Parsed::one(problem(&fields, &id));
    let updated = fields.text("event_update_status") == "1" || fields.text("update_status") == "1";
    let acknowledged = fields.first(&["ack", "event_ack_status"]).eq_ignore_ascii_case("yes");
    if updated && acknowledged {
        let (who, text) = (fields.text("update_user"), fields.text("update_message"));
        parsed.acks.push(Acked { key: id, who, text });
    }
    Ok(parsed)
}

fn problem(fields: &Fields, id: &str) -> crate::Incoming {
    let severity = fields.text("event_severity");
    let mut draft = Draft::default();
    draft.label("severity", word(&severity)).label("zabbix_severity", severity);
    draft.label("alertname", fields.first(&["trigger_name", "event_name"])).label("host", fields.text("host_name"));
    draft.label("trigger_id", fields.text("trigger_id"));
    // {EVENT.TAGSJSON}, as an array or as the text of one.
    let tags = match fields.0.get("tags") {
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
        Some(other) => other.clone(),
        None => Value::Null,
    };
    for tag in tags.as_array().into_iter().flatten() {
        let (name, value) = (tag.get("tag").and_then(as_text), tag.get("value").and_then(as_text));
        if let (Some(name), Some(value)) = (name, value) {
            draft.label(&name, value);
        }
    }
    draft.say("summary", fields.text("event_name")).say("description", fields.text("event_opdata"));
    for name in ["host_ip", "item_name", "item_value"] {
        draft.say(name, fields.text(name));
    }
    draft.link(fields.text("event_url")).since(&fields.text("event_timestamp"));
    draft.build(Key::Named(id.to_owned()), Ends::WhenResolved)
}

/// Zabbix's severities as noout's; what is not known is a warning.
fn word(severity: &str) -> &'static str {
    match severity.to_ascii_lowercase().as_str() {
        "disaster" | "high" | "5" | "4" => "critical",
        "information" | "1" => "info",
        _ => "warning",
    }
}

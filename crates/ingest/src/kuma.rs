//! Uptime Kuma's webhook notification.

#[cfg(test)]
mod tests;

use crate::draft::Draft;
use crate::error::shown;
use crate::fields::Fields;
use crate::{Ends, IntakeError, Key, Parsed};

/// Parses a notification: the JSON body, or what stands in the field `data` of a form.
///
/// # Errors
/// The body is no object, or its status is none of Uptime Kuma's.
pub fn kuma(body: &[u8], content_type: &str) -> Result<Parsed, IntakeError> {
    let mut fields = Fields::read(body, content_type)?;
    if fields.0.len() == 1
        && let Some(serde_json::Value::String(data)) = fields.0.get("data")
    {
        fields = Fields::read(&data.clone().into_bytes(), "application/json")?;
    }
    let (beat, monitor, said) = (fields.object("heartbeat"), fields.object("monitor"), fields.text("msg"));
    if monitor.0.is_empty() {
        // The button "Test": there is no monitor, and nothing is wrong.
        return Ok(Parsed::default());
    }
    let id = monitor.first(&["id", "name"]);
    let mut draft = Draft::default();
    draft.label("alertname", monitor.text("name")).label("monitor", monitor.text("name"));
    draft.label("instance", monitor.first(&["url", "hostname"])).label("type", monitor.text("type"));
    draft.link(monitor.text("url"));
    if beat.0.is_empty() {
        // A certificate that will expire: news of the day, no state that ends.
        draft.label("severity", "info").say("summary", said);
        return Ok(Parsed::one(draft.build(Key::Named(format!("{id}/notice")), Ends::Unknown)));
    }
    let time = beat.text("time");
    match beat.text("status").as_str() {
        "0" => {
            draft.label("severity", "critical").say("summary", said).say("description", beat.text("msg")).since(&time);
            Ok(Parsed::one(draft.build(Key::Named(id), Ends::WhenResolved)))
        }
        "1" => Ok(Parsed::one(Draft::over(id, &time))),
        // Pending: it is still trying. Maintenance: announced, and whether it is down nobody knows.
        "2" | "3" => Ok(Parsed::default()),
        other => Err(IntakeError::content([format!(
            "heartbeat.status: found {:?}, allowed are 0 (down), 1 (up), 2 (pending) and 3 (maintenance)",
            shown(other)
        )])),
    }
}

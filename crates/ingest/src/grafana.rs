//! Grafana's alerting webhook: Alertmanager's, with links and values besides. And the "formatted webhook" of Grafana OnCall.

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::draft::Draft;
use crate::fields::Fields;
use crate::{Ends, IntakeError, Key, MAX_ANNOTATIONS, Parsed, alertmanager_webhook};

/// Links and values that Grafana sends beside the annotations.
const BESIDES: [(&str, &str); 5] = [
    ("dashboardURL", "dashboard_url"),
    ("panelURL", "panel_url"),
    ("silenceURL", "silence_url"),
    ("imageURL", "image_url"),
    ("valueString", "values"),
];

/// Parses a group of alerts.
///
/// # Errors
/// The body is no JSON, or not of the right shape; nothing of it is taken then.
pub fn grafana(body: &[u8], _content_type: &str) -> Result<Parsed, IntakeError> {
    let whole: Option<Value> = serde_json::from_slice(body).ok();
    let of = |name: &str| whole.as_ref().and_then(|w| w.get(name));
    if of("alerts").is_none() && of("alert_uid").is_some() {
        return oncall(body);
    }
    let mut parsed = alertmanager_webhook(body)?;
    let Some(Value::Array(sent)) = of("alerts") else { return Ok(parsed) };
    let rejected: std::collections::BTreeSet<usize> = parsed.rejected.iter().map(|r| r.index).collect();
    let taken = sent.iter().enumerate().filter(|(place, _)| !rejected.contains(place)).map(|(_, sent)| sent);
    for (alert, sent) in parsed.alerts.iter_mut().zip(taken) {
        // Since version 12 the links of test alerts have no host.
        if !alert.generator_url.starts_with("http") {
            alert.generator_url.clear();
        }
        for (name, kept) in BESIDES {
            let text = sent.get(name).and_then(Value::as_str).unwrap_or_default();
            let link = !name.ends_with("URL") || text.starts_with("http");
            if link && !text.is_empty() && alert.annotations.len() < MAX_ANNOTATIONS {
                alert.annotations.insert(kept.to_owned(), text.to_owned());
            }
        }
    }
    Ok(parsed)
}

/// `{"alert_uid", "title", "state": "alerting" | "ok", "link_to_upstream_details", "message"}`.
fn oncall(body: &[u8]) -> Result<Parsed, IntakeError> {
    let fields = Fields::read(body, "application/json")?;
    let uid = fields.text("alert_uid");
    match fields.text("state").as_str() {
        "ok" => Ok(Parsed::one(Draft::over(uid, ""))),
        "alerting" | "" => {
            let mut draft = Draft::default();
            draft.say("summary", fields.text("title")).say("description", fields.text("message"));
            draft.link(fields.text("link_to_upstream_details"));
            Ok(Parsed::one(draft.build(Key::Named(uid), Ends::WhenResolved)))
        }
        other => Err(IntakeError::content([format!("state: found {other:?}, allowed is \"alerting\" or \"ok\"")])),
    }
}

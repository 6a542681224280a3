//! For scripts and whatever has no format of its own: a few fields, as JSON or as a form.

#[cfg(test)]
mod tests;

use crate::draft::{Draft, key};
use crate::error::shown;
use crate::fields::{Fields, many};
use crate::{Acked, Ends, IntakeError, Key, Parsed, Rejected};

/// Longest name of an episode, in characters.
const MAX_DEDUP: usize = 512;

const SUMMARY: &[&str] = &["summary", "title", "message"];
const DETAILS: &[&str] = &["details", "description", "text"];
const DEDUP: &[&str] = &["dedup", "dedup_key", "alias"];
const ACTION: &[&str] = &["action", "event_action", "status"];
const LINK: &[&str] = &["url", "link"];
const TIME: &[&str] = &["at", "timestamp", "time"];
const WHO: &[&str] = &["who", "user", "by"];

/// A label in a form: `label.team=db`.
const LABEL: &str = "label.";

/// Parses one alert or an array of them. Of an array, what cannot be taken does not take the others with it.
///
/// # Errors
/// The body is neither JSON nor a form, or the only alert in it cannot be taken.
pub fn generic(body: &[u8], content_type: &str) -> Result<Parsed, IntakeError> {
    let (all, is_list) = many(body, content_type)?;
    let mut parsed = Parsed::default();
    for (index, fields) in all.into_iter().enumerate() {
        match fields.map_err(|why| vec![why]).and_then(|fields| one(&fields)) {
            Ok(one) => {
                parsed.alerts.extend(one.alerts);
                parsed.acks.extend(one.acks);
            }
            Err(errors) if is_list => parsed.rejected.push(Rejected { index, why: format!(": {}", errors.join("; ")) }),
            Err(errors) => return Err(IntakeError::Content { errors }),
        }
    }
    Ok(parsed)
}

/// What is to be done. The whole word counts: "backup_failed" says nothing about "up".
enum Action {
    Trigger,
    Resolve,
    Acknowledge,
}

fn action(word: &str) -> Result<Action, String> {
    match word.to_ascii_lowercase().as_str() {
        "" | "trigger" | "triggered" | "create" | "open" | "firing" | "alerting" | "problem" | "down" => {
            Ok(Action::Trigger)
        }
        "resolve" | "resolved" | "close" | "closed" | "ok" | "recovery" | "up" => Ok(Action::Resolve),
        "acknowledge" | "acknowledged" | "ack" => Ok(Action::Acknowledge),
        _ => Err(format!("action: found {:?}, allowed are \"trigger\", \"resolve\" and \"acknowledge\"", shown(word))),
    }
}

fn one(fields: &Fields) -> Result<Parsed, Vec<String>> {
    let mut errors = Vec::new();
    for name in SUMMARY.iter().chain(DEDUP).chain(ACTION) {
        fields.checked(name, &mut errors);
    }
    let summary = fields.first(SUMMARY);
    let dedup = fields.first(DEDUP);
    if summary.is_empty() && dedup.is_empty() && errors.is_empty() {
        errors.push("summary: is missing; with only a \"dedup\" an alert can be ended".to_owned());
    }
    let action = action(&fields.first(ACTION)).map_err(|why| errors.push(why)).ok();
    // What is called the same is the same, where nothing else names it.
    let named = if dedup.is_empty() { summary.clone() } else { dedup };
    let named: String = if named == summary { named.chars().take(MAX_DEDUP).collect() } else { named };
    let named = key("dedup", named, MAX_DEDUP).map_err(|why| errors.push(why)).ok();
    let (Some(action), Some(named), true) = (action, named, errors.is_empty()) else { return Err(errors) };
    match action {
        Action::Resolve => Ok(Parsed::one(Draft::over(named, &fields.first(TIME)))),
        Action::Acknowledge => {
            Ok(Parsed::ack(Acked { key: named, who: fields.first(WHO), text: fields.first(DETAILS) }))
        }
        Action::Trigger if summary.is_empty() => Err(vec!["summary: is missing".to_owned()]),
        Action::Trigger => {
            let mut draft = Draft::default();
            for (name, value) in &fields.0 {
                if let (Some(name), Some(value)) = (name.strip_prefix(LABEL), value.as_str()) {
                    draft.label(name, value);
                }
            }
            draft.labels(&fields.object("labels")).label("severity", fields.text("severity").to_ascii_lowercase());
            for name in ["host", "service", "component", "team"] {
                draft.label(name, fields.text(name));
            }
            draft.say("summary", summary).say("description", fields.first(DETAILS));
            draft.details(fields.0.get("annotations").filter(|a| a.is_object()));
            draft.details(fields.0.get("details").filter(|a| a.is_object()));
            draft.link(fields.first(LINK)).since(&fields.first(TIME));
            Ok(Parsed::one(draft.build(Key::Named(named), Ends::WhenResolved)))
        }
    }
}

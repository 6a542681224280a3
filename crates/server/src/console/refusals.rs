//! Why something was not done, in the reader's language and time zone.

use noout_core::Refusal;
use noout_core::config::Role;
use noout_types::Timestamp;

use super::page::Page;
use crate::SubmitError;

/// What the core says where something does not fit, with the key of the same in other languages. What stands in braces
/// goes over into the text.
const CONFLICTS: [(&str, &str); 22] = [
    ("{who} cannot be reached: no contact method that works", "refusal-unreachable"),
    ("incident {n} is closed", "refusal-incident-closed"),
    ("there is no work order yet", "order-none"),
    ("it is under way: hold or abort it", "refusal-under-way"),
    ("maintenance {n} is over", "refusal-over"),
    ("maintenance {n} is not under way", "refusal-not-under-way"),
    ("{platform} is a storage: ask for a host of the platform that runs guests", "refusal-storage"),
    ("maintenance {n} of {host} exists already", "refusal-exists"),
    ("maintenance {n} of {host} is under way: one failure domain at a time", "refusal-one-at-a-time"),
    ("the plan has changed: you read {read}, the plan is now {now}; read it again", "refusal-plan-changed"),
    ("it is proposed already; a second person must approve it", "refusal-proposed"),
    ("there is no plan to propose now", "refusal-no-plan"),
    ("there is no proposed plan to approve now", "refusal-nothing-proposed"),
    ("the one who proposed a plan does not approve it: a second person must", "refusal-same-person"),
    ("noout is stopped: nothing disruptive starts; `noout resume` first", "refusal-stopped"),
    ("it is on its way back already", "refusal-on-its-way-back"),
    ("the work order is signed", "refusal-signed"),
    ("nothing waits for a signature now", "refusal-no-signature"),
    ("not done yet: {items}", "refusal-items-open"),
    ("the notice is about something that does not exist", "refusal-notice-gone"),
    ("an override must end after it begins: found {start} to {end}", "refusal-override-ends"),
    (
        "say which rotation, or who is replaced: else {who} would stand alone in all {n} rotations",
        "refusal-override-everything",
    ),
];

/// What the core said, in words. What has no text in other languages is shown as the core said it.
pub(super) fn words(p: &Page, why: &SubmitError) -> String {
    match why {
        SubmitError::Refused(refusal) => refused(p, refusal),
        SubmitError::Busy => p.s("refusal-busy"),
        SubmitError::Gone => p.s("refusal-gone"),
    }
}

fn refused(p: &Page, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Unknown { id, .. } => p.v("trouble-gone", "what", id),
        Refusal::Forbidden { needed, .. } => p.v("refusal-forbidden", "role", &p.s(role_key(*needed))),
        Refusal::Conflict { why } => conflict(p, why).unwrap_or_else(|| why.clone()),
        Refusal::Invalid { field, found, allowed } => {
            field_words(p, field, found, allowed).unwrap_or_else(|| refusal.to_string())
        }
    }
}

fn role_key(role: Role) -> &'static str {
    match role {
        Role::Viewer => "role-viewer",
        Role::Responder => "role-responder",
        Role::Operator => "role-operator",
        Role::Admin => "role-admin",
    }
}

fn field_words(p: &Page, field: &str, found: &str, allowed: &str) -> Option<String> {
    let quoted = |text: &str| text.split('"').nth(1).unwrap_or_default().to_owned();
    match (field, found) {
        ("host", _) => Some(p.t.a("refusal-host", &[("found", &quoted(found)), ("host", &quoted(allowed))])),
        (_, "nothing" | "no reason") => Some(p.s("refusal-empty")),
        (_, "no English text") => Some(p.s("refusal-english")),
        _ if found.ends_with(" characters") => {
            let most: String = allowed.chars().filter(char::is_ascii_digit).collect();
            Some(p.v("refusal-long", "n", &most))
        }
        _ => None,
    }
}

fn conflict(p: &Page, why: &str) -> Option<String> {
    let (found, key) = CONFLICTS.iter().find_map(|(pattern, key)| Some((capture(pattern, why)?, key)))?;
    // Whoever typed a local time reads it again as one.
    let local = |text: &str| text.parse::<Timestamp>().map_or_else(|_| text.to_owned(), |at| p.watch.abs(at));
    let items = |name: &str, text: &str| if name == "items" { items(p, text) } else { local(text) };
    let values: Vec<_> = found.into_iter().map(|(name, text)| (name, items(name, text))).collect();
    Some(p.t.a(key, &values.iter().map(|(name, text)| (*name, text.as_str())).collect::<Vec<_>>()))
}

/// The lines of a work order by their names.
fn items(p: &Page, codes: &str) -> String {
    let word = |code: &str| {
        let key = format!("item-{}", code.replace('_', "-"));
        if p.t.has(&key) { p.s(&key) } else { code.to_owned() }
    };
    codes.split(", ").map(word).collect::<Vec<_>>().join(", ")
}

/// What stands in a text where the pattern has names in braces, if the rest is the same.
fn capture<'p, 't>(pattern: &'p str, text: &'t str) -> Option<Vec<(&'p str, &'t str)>> {
    let Some((before, rest)) = pattern.split_once('{') else {
        return (pattern == text).then(Vec::new);
    };
    let (name, after) = rest.split_once('}')?;
    let text = text.strip_prefix(before)?;
    let next = after.split('{').next().unwrap_or_default();
    let end = if next.is_empty() { text.len() } else { text.find(next)? };
    let mut found = vec![(name, &text[..end])];
    found.extend(capture(after, &text[end..])?);
    Some(found)
}

#[cfg(test)]
mod tests;

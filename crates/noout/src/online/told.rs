//! A timeline's particulars as sentences. What noout said itself comes from the server in words already; here the rest is
//! put together, and what this version does not know is listed name by name.

use serde_json::Value;

/// What a line of a timeline says beside its word. In English: this is for a terminal and for scripts.
pub fn sentence(what: &str, detail: &Value) -> String {
    let text = |path: &str| words(detail.pointer(path).unwrap_or(&Value::Null));
    let known = match what {
        "opened" => {
            let urgency = if text("/urgency") == "low" { "wakes nobody" } else { "wakes people" };
            let policy = some(text("/policy"), |p| format!(", policy {p}"));
            let more = some(text("/text"), |more| format!(": {more}"));
            format!("{}, {urgency}{policy}: {}{more}", text("/severity"), text("/title"))
        }
        "raised" => format!("now {}: {}", text("/severity"), text("/why")),
        "acked_by_one" => format!("{} more must take it", text("/missing")),
        "unacked" => some(text("/owner"), |who| format!("{who} wrote nothing down for too long")),
        "resolved" => text("/note"),
        "noted" | "announced" => text("/text"),
        "acked_at_source" => [text("/who"), text("/text")].join(" ").trim().to_owned(),
        "handed_over" => format!("to {}", text("/to")),
        "escalated" => {
            let skipped = some(text("/skipped"), |s| format!(", steps that named nobody: {s}"));
            format!("round {}, step {}: {}{skipped}", text("/round"), text("/step"), text("/people"))
        }
        "exhausted" => format!("all steps are through: {}", text("/people")),
        "page_opened" | "paged" => format!("{}: {}", text("/person"), why(detail.pointer("/why"))),
        "page_sending" => format!("to {} by {}, attempt {}", text("/person"), text("/channel"), text("/attempt")),
        "page_attempted" => {
            let next = some(text("/next_at"), |at| format!("; next {at}"));
            format!("{}, attempt {}: {}{next}", text("/person"), text("/attempt"), outcome(detail.pointer("/outcome")))
        }
        "page_receipt" => {
            let next = some(text("/next_at"), |at| format!("; next {at}"));
            format!("{}, attempt {}: {}{next}", text("/person"), text("/attempt"), outcome(detail.pointer("/receipt")))
        }
        "page_failed" => format!("{} by no way: {}", text("/person"), text("/why")),
        "page_deferred" | "page_spared" => format!("{} until {}", text("/person"), text("/until")),
        "held_back" => format!("{} ({}) until {}", rule(detail.pointer("/rule")), text("/author"), text("/until")),
        "awake" => format!("until {}", text("/until")),
        "alert_fired" | "alert_late" => {
            let summary = ["summary", "title", "description"].map(|name| text(&format!("/annotations/{name}")));
            let summary = summary.into_iter().find(|said| !said.is_empty()).unwrap_or_default();
            format!("{}{}", labels(detail.pointer("/labels")), some(summary, |said| format!(": {said}")))
        }
        "change" => [text("/summary"), text("/link")].join(" ").trim().to_owned(),
        _ => return listed(detail),
    };
    known.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn some(text: String, with: impl Fn(&str) -> String) -> String {
    if text.is_empty() { text } else { with(&text) }
}

/// A value in words: lists with commas, nothing as nothing.
fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(words).collect::<Vec<_>>().join(", "),
        Value::Object(map) => match map.get("text").and_then(Value::as_str) {
            Some(text) => text.to_owned(),
            None => listed(value),
        },
        other => other.to_string(),
    }
}

fn labels(labels: Option<&Value>) -> String {
    let pairs = labels.and_then(Value::as_object).into_iter().flatten();
    pairs.map(|(name, value)| format!("{name}={}", words(value))).collect::<Vec<_>>().join(" ")
}

/// `name: value` for each.
fn listed(detail: &Value) -> String {
    let Some(map) = detail.as_object() else { return words(detail) };
    let pairs = map.iter().map(|(name, value)| (name.replace('_', " "), words(value)));
    pairs
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}: {value}"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn why(why: Option<&Value>) -> String {
    match why {
        Some(Value::String(word)) => word.replace('_', " "),
        Some(Value::Object(map)) => match map.get("step") {
            Some(step) => format!("round {}, step {}", words(&step["round"]), words(&step["step"])),
            None => listed(&Value::Object(map.clone())),
        },
        _ => String::new(),
    }
}

/// `{"delivered": "250 ok"}` and what is like it.
fn outcome(outcome: Option<&Value>) -> String {
    match outcome {
        Some(Value::Object(map)) => {
            let one = |(word, said): (&String, &Value)| {
                let said = said.get("words").unwrap_or(said);
                format!("{}{}", word.replace('_', " "), some(words(said), |said| format!(", {said}")))
            };
            map.iter().map(one).collect::<Vec<_>>().join("; ")
        }
        other => other.map(words).unwrap_or_default(),
    }
}

fn rule(rule: Option<&Value>) -> String {
    let map = rule.and_then(Value::as_object).into_iter().flatten();
    map.map(|(kind, of)| format!("{kind} {}", words(&of["id"]))).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;

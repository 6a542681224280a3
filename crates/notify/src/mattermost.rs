//! Mattermost, through an incoming webhook: 200 is taken; 400, 403 and 404 are permanent (the webhook is gone or may not
//! write), 429 and 5xx pass.

use async_trait::async_trait;
use noout_types::Severity;
use reqwest::Method;
use serde_json::json;
use url::Url;

use crate::http::{Call, Http};
use crate::render::{Word, word};
use crate::{Channel, Message, Outcome};

/// Mattermost refuses longer posts.
const MAX_TEXT_CHARS: usize = 8000;

pub(crate) struct Mattermost {
    pub(crate) http: Http,
    pub(crate) url: Url,
}

fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "#B3261E",
        Severity::Warning => "#B77900",
        Severity::Info => "#4A525E",
    }
}

/// Characters that mean something in Markdown, so that an alert is shown as it is; a broken `@` calls nobody.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '(' | ')' | '#' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            '@' => out.push_str("@\u{200b}"),
            c => out.push(c),
        }
    }
    out
}

#[async_trait]
impl Channel for Mattermost {
    async fn send(&self, message: &Message) -> Outcome {
        let text: String = message.text.chars().take(MAX_TEXT_CHARS).collect();
        let link = if message.ack_url.starts_with("http") {
            format!("\n\n[{}]({})", word(message.language, Word::Open), message.ack_url)
        } else {
            String::new()
        };
        let text = format!("{}{link}", escaped(&text));
        let attachment = json!({ "fallback": message.title, "color": colour(message.severity), "title": message.title, "text": text });
        let url = self.url.to_string();
        let secrets = [url.as_str(), self.url.path(), &message.ack_url];
        let call = Call::new(Method::POST, self.url.clone(), &secrets);
        match self.http.exchange(call.json(&json!({ "attachments": [attachment] }))).await {
            Ok(answer) if answer.status.is_success() => Outcome::Delivered(answer.words()),
            Ok(answer) => answer.outcome(),
            Err(outcome) => outcome,
        }
    }
}

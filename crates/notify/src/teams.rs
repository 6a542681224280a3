//! Microsoft Teams, through a workflow that takes an adaptive card ("when a Teams webhook request is received").
//!
//! 200 and 202: the workflow has it; whether it could post is between it and Teams, so a channel that can tell more should
//! stand beside it. 400, 401, 403, 404 are permanent (the workflow is gone, off, or of another owner), 429 and 5xx pass.

use async_trait::async_trait;
use noout_types::Severity;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::http::{Call, Http};
use crate::render::{Word, word};
use crate::{Channel, Message, Outcome};

/// A card may have 28 KiB in all.
const MAX_TEXT_CHARS: usize = 5000;

pub(crate) struct Teams {
    pub(crate) http: Http,
    pub(crate) url: Url,
}

fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Attention",
        Severity::Warning => "Warning",
        Severity::Info => "Accent",
    }
}

fn card(message: &Message) -> Value {
    let text: String = message.text.chars().take(MAX_TEXT_CHARS).collect();
    let line = |text: &str| json!({ "type": "TextBlock", "text": text, "wrap": true });
    let mut body = vec![json!({
        "type": "TextBlock", "text": message.title, "wrap": true, "weight": "Bolder", "size": "Large",
        "color": colour(message.severity),
    })];
    body.extend(text.lines().map(line));
    let open = json!({ "type": "Action.OpenUrl", "title": word(message.language, Word::Open), "url": message.ack_url });
    let actions = if message.ack_url.starts_with("http") { vec![open] } else { Vec::new() };
    let content = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
        "body": body, "actions": actions, "msteams": { "width": "Full" },
    });
    let attachment = json!({ "contentType": "application/vnd.microsoft.card.adaptive", "content": content });
    json!({ "type": "message", "attachments": [attachment] })
}

#[async_trait]
impl Channel for Teams {
    async fn send(&self, message: &Message) -> Outcome {
        let url = self.url.to_string();
        let secrets = [url.as_str(), self.url.path(), self.url.query().unwrap_or_default(), &message.ack_url];
        let call = Call::new(Method::POST, self.url.clone(), &secrets).json(&card(message));
        match self.http.exchange(call).await {
            Ok(answer) if answer.status.is_success() => Outcome::Delivered(answer.words()),
            Ok(answer) => answer.outcome(),
            Err(outcome) => outcome,
        }
    }
}

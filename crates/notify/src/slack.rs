//! Slack: by a bot (`chat.postMessage`) or through an incoming webhook.
//!
//! A bot's request is answered with 200 even when it failed; `ok` and `error` say how. A webhook answers with a status.

use async_trait::async_trait;
use noout_types::{Severity, Span};
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::http::{Answer, Call, Http};
use crate::render::{Word, word};
use crate::words::clean;
use crate::{Channel, Message, Outcome, Service};

/// Slack refuses longer section texts.
const MAX_TEXT_CHARS: usize = 2900;

/// When Slack says `ratelimited` without saying for how long.
const RATE_WAIT: Span = Span::from_secs(30);

/// Errors that somebody must mend in Slack or in the configuration.
const PERMANENT: [&str; 18] = [
    "access_denied",
    "account_inactive",
    "channel_not_found",
    "invalid_arguments",
    "invalid_auth",
    "invalid_blocks",
    "is_archived",
    "missing_scope",
    "msg_too_long",
    "no_permission",
    "no_text",
    "not_allowed_token_type",
    "not_authed",
    "not_in_channel",
    "restricted_action",
    "token_expired",
    "token_revoked",
    "user_not_found",
];

pub(crate) struct Bot {
    pub(crate) http: Http,
    pub(crate) service: Service,
    pub(crate) channel: String,
}

pub(crate) struct Hook {
    pub(crate) http: Http,
    pub(crate) url: Url,
}

/// `&`, `<` and `>` are Slack's markup: with them an alert could call everybody or hide a link.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn symbol(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => ":rotating_light:",
        Severity::Warning => ":warning:",
        Severity::Info => ":information_source:",
    }
}

fn body(message: &Message) -> Value {
    let (title, text) = (escaped(&message.title), escaped(&message.text));
    let text: String = text.chars().take(MAX_TEXT_CHARS).collect();
    let mut blocks = vec![
        json!({ "type": "section", "text": { "type": "mrkdwn", "text": format!("{} *{title}*", symbol(message.severity)) } }),
        json!({ "type": "section", "text": { "type": "plain_text", "text": message.text.chars().take(MAX_TEXT_CHARS).collect::<String>() } }),
    ];
    if message.ack_url.starts_with("http") {
        let label = json!({ "type": "plain_text", "text": word(message.language, Word::Open) });
        let button =
            json!({ "type": "button", "style": "primary", "text": label, "url": message.ack_url, "action_id": "open" });
        blocks.push(json!({ "type": "actions", "elements": [button] }));
    }
    json!({ "text": format!("{title}\n{text}"), "blocks": blocks, "unfurl_links": false, "unfurl_media": false })
}

#[async_trait]
impl Channel for Bot {
    async fn send(&self, message: &Message) -> Outcome {
        let mut body = body(message);
        body["channel"] = json!(self.channel);
        let secrets = [self.service.token(), &message.ack_url];
        let call = Call::new(Method::POST, self.service.at(&["chat.postMessage"]), &secrets);
        match self.http.exchange(call.bearer(self.service.token()).json(&body)).await {
            Ok(answer) if answer.status.is_success() => said(&answer),
            Ok(answer) => answer.outcome(),
            Err(outcome) => outcome,
        }
    }
}

fn said(answer: &Answer) -> Outcome {
    let said = answer.json();
    match (said["ok"].as_bool(), said["error"].as_str()) {
        (Some(true), _) => Outcome::Delivered("Slack has it".to_owned()),
        (Some(false), Some("ratelimited" | "rate_limited")) => Outcome::Busy {
            words: "Slack says ratelimited".to_owned(),
            retry_after: answer.retry_after.unwrap_or(RATE_WAIT),
        },
        (Some(false), Some(error)) if PERMANENT.contains(&error) => Outcome::Permanent(format!("Slack says {error}")),
        // What is not known may pass: paging fails open.
        (Some(false), error) => Outcome::Transient(format!("Slack says {}", clean(error.unwrap_or("no"), &[]))),
        (None, _) => Outcome::Ambiguous("an answer that is not Slack's".to_owned()),
    }
}

#[async_trait]
impl Channel for Hook {
    async fn send(&self, message: &Message) -> Outcome {
        let url = self.url.to_string();
        let secrets = [url.as_str(), self.url.path(), &message.ack_url];
        let call = Call::new(Method::POST, self.url.clone(), &secrets).json(&body(message));
        match self.http.exchange(call).await {
            Ok(answer) if answer.status.is_success() => Outcome::Delivered(answer.words()),
            Ok(answer) => answer.outcome(),
            Err(outcome) => outcome,
        }
    }
}

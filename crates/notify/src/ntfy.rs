//! ntfy, and whatever speaks its publishing protocol: the text as body, everything else in headers.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use noout_types::Severity;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::http::{Http, Post, spell};
use crate::render::{Word, word};
use crate::{Channel, Message, Outcome};

/// ntfy turns a longer message into an attachment, which a phone does not show on its lock screen.
const MAX_TEXT_BYTES: usize = 4096;

/// The channel to one topic.
pub struct Ntfy {
    http: Http,
    url: Url,
}

/// A button below the notification.
#[derive(Serialize)]
struct Action<'a> {
    action: &'static str,
    label: &'a str,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'static str>,
    clear: bool,
}

/// What an ntfy server answers with; the id finds the message in its cache.
#[derive(Deserialize)]
struct Published {
    id: String,
}

impl Ntfy {
    pub(crate) fn new(http: Http, url: Url) -> Self {
        Self { http, url }
    }
}

/// ntfy's priorities: 5 rings through "do not disturb" where the phone allows it, 3 is the default sound.
fn priority(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "5",
        Severity::Warning => "4",
        Severity::Info => "3",
    }
}

/// ntfy shows these short names as symbols in front of the title.
fn tags(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "rotating_light,noout",
        Severity::Warning => "warning,noout",
        Severity::Info => "information_source,noout",
    }
}

fn headers(message: &Message) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(&encoded(value)) {
            headers.insert(name, value);
        }
    };
    put("title", &message.title);
    put("priority", priority(message.severity));
    put("tags", tags(message.severity));
    if is_web_link(&message.ack_url) {
        put("click", &message.ack_url);
        let label = word(message.language, Word::Open);
        // The app clears a notification only when the request behind its button was answered with 2xx.
        let view = Action { action: "view", label: &label, url: &message.ack_url, method: None, clear: false };
        // A test is confirmed by its link: that somebody saw it is to be known, not that a button works.
        let take = word(message.language, Word::Take);
        let posted = format!("{}/ack", message.ack_url);
        let ack = Action { action: "http", label: &take, url: &posted, method: Some("POST"), clear: true };
        let buttons = if message.is_page() { vec![ack, view] } else { vec![view] };
        if let Ok(json) = serde_json::to_string(&buttons) {
            put("actions", &ascii_json(&json));
        }
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers
}

fn is_web_link(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// A header's value as ASCII: other texts as an encoded word (RFC 2047), which ntfy decodes. A text that looks like one
/// is encoded too, so that it is shown as it is.
fn encoded(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.is_ascii() && !line.contains("=?") { line } else { format!("=?UTF-8?B?{}?=", STANDARD.encode(line)) }
}

/// JSON with everything beyond ASCII escaped: inside a header it needs no further encoding.
fn ascii_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut units = [0; 2];
    for c in json.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

/// The text, cut at a character where ntfy would make an attachment of it.
fn body(text: &str) -> Vec<u8> {
    if text.len() <= MAX_TEXT_BYTES {
        return text.as_bytes().to_vec();
    }
    let mut end = MAX_TEXT_BYTES - '…'.len_utf8();
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end]).into_bytes()
}

#[async_trait]
impl Channel for Ntfy {
    async fn send(&self, message: &Message) -> Outcome {
        let post = Post { url: &self.url, headers: headers(message), body: body(&message.text), message };
        match self.http.post(post).await {
            Ok(accepted) => {
                let published: Option<Published> = serde_json::from_slice(&accepted.body).ok();
                let id = published
                    .map(|p| p.id)
                    .filter(|id| (1..=16).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric()));
                let id = id.map(|id| format!(", message {id}")).unwrap_or_default();
                Outcome::Delivered(format!("answered {}{id}", spell(accepted.status)))
            }
            Err(outcome) => outcome,
        }
    }
}

#[cfg(test)]
mod tests;

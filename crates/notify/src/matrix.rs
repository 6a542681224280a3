//! Matrix: one event in a room, by the client-server API.
//!
//! The event is put under a transaction id that names the attempt, so the server drops what it has already: a request of
//! which nobody knows how it ended is made again at once, and stays one message.

use async_trait::async_trait;
use noout_types::Span;
use reqwest::Method;
use serde_json::{Value, json};

use crate::http::{Answer, Call, Http};
use crate::render::{Word, word};
use crate::{Channel, Message, Outcome, Service};

pub(crate) struct Matrix {
    pub(crate) http: Http,
    pub(crate) service: Service,
    pub(crate) room: String,
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\n', "<br>")
}

fn event(message: &Message) -> Value {
    let open = word(message.language, Word::Open);
    json!({
        "msgtype": "m.text",
        "body": format!("{}\n\n{}\n\n{open}: {}", message.title, message.text, message.ack_url),
        "format": "org.matrix.custom.html",
        "formatted_body": format!(
            "<strong>{}</strong><br>{}<br><a href=\"{}\">{}</a>",
            html(&message.title), html(&message.text), html(&message.ack_url), html(&open)
        ),
    })
}

impl Matrix {
    /// A request, and once more if nobody knows how it ended: it has an id and counts once.
    async fn twice(&self, method: Method, path: &[&str], body: Option<&Value>) -> Result<Answer, Outcome> {
        let secrets = [self.service.token()];
        let call = || {
            let call = Call::new(method.clone(), self.service.at(path), &secrets).bearer(self.service.token());
            match body {
                Some(body) => call.json(body),
                None => call,
            }
        };
        match self.http.exchange(call()).await {
            Err(Outcome::Ambiguous(_)) => self.http.exchange(call()).await,
            other => other,
        }
    }

    /// The room's id: messages cannot be sent to an alias.
    async fn room(&self) -> Result<String, Outcome> {
        if !self.room.starts_with('#') {
            return Ok(self.room.clone());
        }
        let path = ["_matrix", "client", "v3", "directory", "room", &self.room];
        // Nothing is sent yet, so nothing is ambiguous.
        let answer = self.twice(Method::GET, &path, None).await.map_err(|outcome| match outcome {
            Outcome::Ambiguous(words) => Outcome::Transient(words),
            other => other,
        })?;
        if !answer.status.is_success() {
            return Err(said(&answer));
        }
        let id = answer.json()["room_id"].as_str().map(str::to_owned);
        id.ok_or_else(|| Outcome::Transient("the homeserver does not say which room it is".to_owned()))
    }
}

/// What the homeserver's refusal means.
fn said(answer: &Answer) -> Outcome {
    let said = answer.json();
    match (said["errcode"].as_str(), said["retry_after_ms"].as_u64()) {
        (Some("M_LIMIT_EXCEEDED"), Some(millis)) => {
            Outcome::Busy { words: answer.words(), retry_after: Span::from_millis(millis) }
        }
        (Some("M_LIMIT_EXCEEDED"), None) => match answer.outcome() {
            Outcome::Permanent(words) => Outcome::Transient(words),
            other => other,
        },
        _ => answer.outcome(),
    }
}

#[async_trait]
impl Channel for Matrix {
    async fn send(&self, message: &Message) -> Outcome {
        let room = match self.room().await {
            Ok(room) => room,
            Err(outcome) => return outcome,
        };
        // The instant keeps ids apart between two installations that both count from 1.
        let transaction = format!("{}-{}", message.name(), message.at.as_millisecond());
        let path = ["_matrix", "client", "v3", "rooms", &room, "send", "m.room.message", &transaction];
        match self.twice(Method::PUT, &path, Some(&event(message))).await {
            Ok(answer) if answer.status.is_success() => Outcome::Delivered("the homeserver has it".to_owned()),
            Ok(answer) => said(&answer),
            Err(outcome) => outcome,
        }
    }
}

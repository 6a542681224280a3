//! Telegram: messages by a bot, with a button that acknowledges, and what people answer.
//!
//! Answers are fetched by long polling, so that noout needs no address that Telegram can reach. A button or `/ack` counts
//! only in a chat with one person: in a group nobody knows for whom it was pressed.

use async_trait::async_trait;
use noout_types::Span;
use reqwest::Method;
use serde_json::{Value, json};

use crate::http::{Answer, Call, Http};
use crate::render::{Word, word};
use crate::{Channel, Message, Outcome, Service};

/// Telegram refuses longer texts.
const MAX_TEXT_CHARS: usize = 3900;

/// Seconds for which Telegram holds a question for news: below the time limit of our requests.
const POLL_SECONDS: u64 = 10;

/// In front of the message's name, in what a pressed button says.
const TAKE: &str = "take:";

/// The bot: its account and the client to reach it by.
#[derive(Clone)]
pub struct Bot {
    http: Http,
    service: Service,
}

/// What somebody did in a chat with the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The button below a message was pressed.
    Pressed {
        /// The chat.
        chat: String,
        /// Telegram's name for it, for [`Bot::answer_press`].
        press: String,
        /// The message's [`Message::name`].
        message: String,
    },
    /// A text was written.
    Said {
        /// The chat.
        chat: String,
        /// The text.
        text: String,
    },
}

impl Bot {
    pub(crate) fn new(http: Http, service: Service) -> Self {
        Self { http, service }
    }

    async fn ask(&self, method: &str, body: &Value) -> Result<Answer, Outcome> {
        let bot = format!("bot{}", self.service.token());
        let secrets = [self.service.token(), &bot];
        self.http.exchange(Call::new(Method::POST, self.service.at(&[&bot, method]), &secrets).json(body)).await
    }

    /// Waits for news after `offset`: what was heard, and the offset for the next question.
    ///
    /// # Errors
    /// How the question ended, in words.
    pub async fn news(&self, offset: i64) -> Result<(Vec<Heard>, i64), String> {
        let body =
            json!({ "offset": offset, "timeout": POLL_SECONDS, "allowed_updates": ["message", "callback_query"] });
        let answer = self.ask("getUpdates", &body).await.map_err(|outcome| outcome.words().to_owned())?;
        let said = answer.json();
        if said["ok"].as_bool() != Some(true) {
            return Err(answer.words());
        }
        let updates = said["result"].as_array().cloned().unwrap_or_default();
        let next = updates.iter().filter_map(|u| u["update_id"].as_i64()).max().map_or(offset, |id| id + 1);
        Ok((updates.iter().filter_map(heard).collect(), next))
    }

    /// Ends the waiting circle on a pressed button, with a line of text.
    pub async fn answer_press(&self, press: &str, text: &str) {
        let _only_polite = self.ask("answerCallbackQuery", &json!({ "callback_query_id": press, "text": text })).await;
    }

    /// Writes a line into a chat.
    pub async fn say(&self, chat: &str, text: &str) {
        let _only_polite = self.ask("sendMessage", &json!({ "chat_id": chat, "text": text })).await;
    }
}

/// An update that is for us: from a chat with one person, whose number is positive.
fn heard(update: &Value) -> Option<Heard> {
    let one = |message: &Value| message["chat"]["id"].as_i64().filter(|id| *id > 0).map(|id| id.to_string());
    if let Some(press) = update.get("callback_query") {
        let chat = one(&press["message"])?;
        let message = press["data"].as_str()?.strip_prefix(TAKE)?.to_owned();
        return Some(Heard::Pressed { chat, press: press["id"].as_str()?.to_owned(), message });
    }
    let message = update.get("message")?;
    Some(Heard::Said { chat: one(message)?, text: message["text"].as_str()?.to_owned() })
}

pub(crate) struct Telegram {
    pub(crate) bot: Bot,
    pub(crate) chat: String,
}

fn body(message: &Message, chat: &str) -> Value {
    let text: String = message.text.chars().take(MAX_TEXT_CHARS).collect();
    let mut row = Vec::new();
    if chat.chars().all(|c| c.is_ascii_digit()) {
        row.push(
            json!({ "text": word(message.language, Word::Take), "callback_data": format!("{TAKE}{}", message.name()) }),
        );
    }
    // Telegram refuses the whole message if it does not like a button's address.
    let link = if message.ack_url.starts_with("https://") {
        row.push(json!({ "text": word(message.language, Word::Open), "url": message.ack_url }));
        String::new()
    } else {
        format!("\n\n{}", message.ack_url)
    };
    json!({
        "chat_id": chat,
        "text": format!("{}\n\n{text}{link}", message.title),
        "link_preview_options": { "is_disabled": true },
        "disable_notification": !message.is_urgent(),
        "reply_markup": { "inline_keyboard": [row] },
    })
}

#[async_trait]
impl Channel for Telegram {
    async fn send(&self, message: &Message) -> Outcome {
        match self.bot.ask("sendMessage", &body(message, &self.chat)).await {
            Ok(answer) if answer.json()["ok"].as_bool() == Some(true) => {
                Outcome::Delivered("Telegram has it".to_owned())
            }
            Ok(answer) if answer.status.is_success() => {
                Outcome::Ambiguous("an answer that is not Telegram's".to_owned())
            }
            Ok(answer) => match answer.json()["parameters"]["retry_after"].as_u64() {
                Some(seconds) => Outcome::Busy { words: answer.words(), retry_after: Span::from_secs(seconds) },
                None => answer.outcome(),
            },
            Err(outcome) => outcome,
        }
    }
}

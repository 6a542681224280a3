//! Text messages, by the first carrier that takes them. Taken is not delivered: the carrier says later what became of it.
//!
//! Who answers with the incident's number, or with a word like "ok" where only one is open, acknowledges.

use std::sync::Arc;

use async_trait::async_trait;
use noout_types::{Lang, Span};

use crate::carrier::{Carrier, Failures, behind, unknown};
use crate::http::Http;
use crate::render::{answer_line, spoken};
use crate::{Channel, Followed, Message, Outcome};

/// For the network's receipt. Most come within seconds.
const RECEIPT_WAIT: Span = Span::from_secs(60);

/// Two messages of 153 letters: what is longer is paid for and not read.
const MAX_TITLE_CHARS: usize = 120;

pub(crate) struct Sms {
    pub(crate) http: Http,
    pub(crate) carriers: Vec<Arc<Carrier>>,
    pub(crate) phone: String,
}

/// A number without what people write between its digits.
pub(crate) fn plain(phone: &str) -> String {
    phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

fn body(message: &Message) -> String {
    let title: String = message.title.chars().take(MAX_TITLE_CHARS).collect();
    let code = if message.test.is_some() { "1".to_owned() } else { message.incident.to_string() };
    format!("{title}\n{}\n{}", answer_line(message.language, code.trim_start_matches('#')), message.ack_url)
}

#[async_trait]
impl Channel for Sms {
    async fn send(&self, message: &Message) -> Outcome {
        let (to, text) = (plain(&self.phone), body(message));
        let mut failures = Failures::default();
        for carrier in &self.carriers {
            let callback = message.reply.as_ref().map(|reply| format!("{reply}/{}/message", carrier.id));
            // A messaging service picks the sender itself.
            let sender = if carrier.from.starts_with("MG") { "MessagingServiceSid" } else { "From" };
            let mut fields = vec![("To", to.as_str()), (sender, &carrier.from), ("Body", &text)];
            fields.extend(callback.as_deref().map(|callback| ("StatusCallback", callback)));
            let outcome = carrier.create(&self.http, "Messages.json", &fields, RECEIPT_WAIT).await;
            if let Some(taken) = failures.or_taken(carrier, outcome) {
                return taken;
            }
        }
        failures.outcome()
    }
}

/// What a carrier's word for a message's state means.
#[must_use]
pub(crate) fn told(status: &str) -> Followed {
    match status {
        "delivered" | "read" => Followed::Arrived { words: "delivered to the phone".to_owned(), last: true },
        "undelivered" | "failed" | "canceled" => Followed::Refused(format!("the carrier says {status}")),
        _ => Followed::Waiting,
    }
}

pub(crate) async fn follow(http: &Http, carriers: &[Arc<Carrier>], handle: &str) -> Followed {
    let Some((carrier, sid)) = behind(carriers, handle) else { return unknown() };
    carrier.state(http, "Messages", sid).await.map_or(Followed::Waiting, |status| told(&status))
}

/// What a text message's sender is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// They have the incident with this number.
    Taken(String),
    /// A test is confirmed.
    Confirmed,
    /// Several are open: their numbers.
    Which(String),
    /// None is.
    Nothing,
}

impl Reply {
    /// In words.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        match self {
            Self::Taken(number) => spoken(lang, "reply-taken", number),
            Self::Confirmed => spoken(lang, "reply-confirmed", ""),
            Self::Which(numbers) => spoken(lang, "reply-which", numbers),
            Self::Nothing => spoken(lang, "reply-nothing", ""),
        }
    }
}

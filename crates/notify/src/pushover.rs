//! Pushover: an emergency message that rings until somebody acknowledges it, with a receipt that can be asked for.
//!
//! Priority 2 sounds through quiet hours and, where the person allows it on iOS as a critical alert, through the mute
//! switch. Answers: 200 with a `receipt`; 4xx for a wrong user, token or message (permanent); 429 when the month's
//! messages are used up (the next contact is due); 5xx (transient).

use async_trait::async_trait;
use noout_types::Span;
use reqwest::Method;
use url::Url;

use crate::http::{Call, Http};
use crate::render::{Word, word};
use crate::{Channel, Followed, Message, Outcome, Service};

/// Seconds between two rings of an emergency: Pushover allows no less than 30.
const RETRY_SECONDS: &str = "60";

/// Seconds until Pushover gives up: by then others have been told, and an incident that goes on is paged again.
const EXPIRE_SECONDS: &str = "1800";

/// For the device to say that it has the message.
const RECEIPT_WAIT: Span = Span::from_secs(45);

/// Pushover cuts longer texts.
const MAX_TEXT_CHARS: usize = 1024;

pub(crate) struct Pushover {
    pub(crate) http: Http,
    pub(crate) service: Service,
    pub(crate) user: String,
}

#[async_trait]
impl Channel for Pushover {
    async fn send(&self, message: &Message) -> Outcome {
        let text: String = message.text.chars().take(MAX_TEXT_CHARS).collect();
        let open = word(message.language, Word::Open);
        let callback = message.reply.as_ref().map(|reply| format!("{reply}/pushover"));
        let mut fields = vec![
            ("token", self.service.token()),
            ("user", &self.user),
            ("title", &message.title),
            ("message", &text),
            ("url", &message.ack_url),
            ("url_title", &open),
        ];
        if message.is_urgent() {
            fields.extend([("priority", "2"), ("retry", RETRY_SECONDS), ("expire", EXPIRE_SECONDS)]);
            fields.extend(callback.as_deref().map(|callback| ("callback", callback)));
        }
        let secrets = [self.service.token(), &self.user, &message.ack_url];
        let url = self.service.at(&["1", "messages.json"]);
        let call = Call::new(Method::POST, url, &secrets).form(&fields);
        match self.http.exchange(call).await {
            Ok(answer) if answer.status.is_success() => {
                let receipt = answer.json()["receipt"].as_str().filter(|r| is_receipt(r)).map(str::to_owned);
                match receipt {
                    Some(receipt) => {
                        Outcome::Accepted { words: answer.words(), handle: Some(receipt), wait: RECEIPT_WAIT }
                    }
                    None if message.is_urgent() => Outcome::Ambiguous("an emergency without a receipt".to_owned()),
                    // Quiet messages have none: being taken is all that can be known.
                    None => Outcome::Delivered(answer.words()),
                }
            }
            Ok(answer) => answer.outcome(),
            Err(outcome) => outcome,
        }
    }
}

fn is_receipt(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric())
}

fn receipt_url(service: &Service, receipt: &str, what: &str) -> Url {
    if what.is_empty() {
        service.at(&["1", "receipts", &format!("{receipt}.json")])
    } else {
        service.at(&["1", "receipts", receipt, what])
    }
}

/// What became of an emergency.
pub(crate) async fn follow(http: &Http, service: &Service, receipt: &str) -> Followed {
    let secrets = [service.token()];
    let mut url = receipt_url(service, receipt, "");
    url.query_pairs_mut().append_pair("token", service.token());
    let answer = match http.exchange(Call::new(Method::GET, url, &secrets)).await {
        Ok(answer) if answer.status.is_success() => answer.json(),
        Ok(answer) if answer.status.is_client_error() && answer.status.as_u16() != 429 => {
            return Followed::Refused(answer.words());
        }
        Ok(_) | Err(_) => return Followed::Waiting,
    };
    let is = |key: &str| answer[key].as_i64().unwrap_or(0) > 0;
    if is("acknowledged") {
        Followed::Acknowledged("acknowledged in Pushover".to_owned())
    } else if is("expired") {
        Followed::Refused("nobody acknowledged it in Pushover".to_owned())
    } else if is("last_delivered_at") {
        Followed::Arrived { words: "on a device".to_owned(), last: false }
    } else {
        Followed::Waiting
    }
}

/// Stops the ringing.
pub(crate) async fn withdraw(http: &Http, service: &Service, receipt: &str) {
    let secrets = [service.token()];
    let call = Call::new(Method::POST, receipt_url(service, receipt, "cancel.json"), &secrets);
    // It ends by itself when it expires.
    let _ended_later = http.exchange(call.form(&[("token", service.token())])).await;
}

//! Calls, by the first carrier that takes them. The page is read out in the person's language, and a key acknowledges it.
//!
//! A call that somebody took is not a page that somebody heard: a mailbox answers, too. Only a pressed key counts as
//! delivered.

use std::sync::Arc;

use async_trait::async_trait;
use noout_types::{Lang, Span};

use crate::carrier::{Carrier, Failures, behind, unknown};
use crate::http::Http;
use crate::render::spoken;
use crate::sms::plain;
use crate::{Channel, Followed, Message, Outcome};

/// For ringing, for the text and for the key.
const KEY_WAIT: Span = Span::from_secs(120);

/// Seconds of ringing: most mailboxes answer later.
const RING_SECONDS: &str = "25";

/// How often the text is read before the call ends.
const READINGS: usize = 3;

/// Seconds for a key after each reading.
const KEY_SECONDS: &str = "6";

pub(crate) struct Voice {
    pub(crate) http: Http,
    pub(crate) carriers: Vec<Arc<Carrier>>,
    pub(crate) phone: String,
}

#[async_trait]
impl Channel for Voice {
    async fn send(&self, message: &Message) -> Outcome {
        let Some(reply) = &message.reply else {
            return Outcome::Permanent(
                "a carrier could not fetch what is to be spoken: server.public_url is missing".to_owned(),
            );
        };
        let to = plain(&self.phone);
        let mut failures = Failures::default();
        for carrier in &self.carriers {
            let text = format!("{reply}/{}/call", carrier.id);
            let ended = format!("{reply}/{}/call-ended", carrier.id);
            let fields = [
                ("To", to.as_str()),
                ("From", &carrier.from),
                ("Url", &text),
                ("StatusCallback", &ended),
                ("Timeout", RING_SECONDS),
                ("MachineDetection", "Enable"),
            ];
            let outcome = carrier.create(&self.http, "Calls.json", &fields, KEY_WAIT).await;
            if let Some(taken) = failures.or_taken(carrier, outcome) {
                return taken;
            }
        }
        failures.outcome()
    }
}

/// What a carrier's word for a call's state means. A key that was pressed has been told before.
#[must_use]
pub(crate) fn told(status: &str) -> Followed {
    match status {
        "busy" | "no-answer" | "failed" | "canceled" => Followed::Refused(format!("the carrier says {status}")),
        "completed" => Followed::Refused("the call ended and no key was pressed".to_owned()),
        _ => Followed::Waiting,
    }
}

pub(crate) async fn follow(http: &Http, carriers: &[Arc<Carrier>], handle: &str) -> Followed {
    let Some((carrier, sid)) = behind(carriers, handle) else { return unknown() };
    carrier.state(http, "Calls", sid).await.map_or(Followed::Waiting, |status| told(&status))
}

pub(crate) async fn withdraw(http: &Http, carriers: &[Arc<Carrier>], handle: &str) {
    if let Some((carrier, sid)) = behind(carriers, handle) {
        carrier.hang_up(http, sid).await;
    }
}

/// What is said in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spoken<'a> {
    /// A page, by its title; keys go to this address.
    Page(&'a str, &'a str),
    /// A test; keys go to this address.
    Test(&'a str),
    /// It is theirs now.
    Taken,
    /// The test is confirmed.
    Confirmed,
    /// Somebody has it already, or it is over.
    Over,
    /// Nothing: a machine answered.
    Nothing,
}

/// Whether the carrier says that a machine answered the call.
#[must_use]
pub fn is_machine(answered_by: &str) -> bool {
    answered_by.starts_with("machine") || answered_by == "fax"
}

/// The document by which a carrier speaks (TwiML).
#[must_use]
pub fn document(lang: Lang, spoken_: &Spoken<'_>) -> String {
    let language = match lang {
        Lang::En => "en-GB",
        Lang::Fr => "fr-FR",
        Lang::De => "de-DE",
    };
    let say = |key: &'static str, title: &str| {
        format!("<Say language=\"{language}\">{}</Say>", escaped(&spoken(lang, key, title)))
    };
    let asked = |key, title: &str, keys: &str| {
        let gather = format!(
            "<Gather numDigits=\"1\" timeout=\"{KEY_SECONDS}\" action=\"{}\" method=\"POST\">{}</Gather>",
            escaped(keys),
            say(key, title)
        );
        format!("{}{}", gather.repeat(READINGS), say("call-silent", ""))
    };
    let inner = match spoken_ {
        Spoken::Page(title, keys) => asked("call", title, keys),
        Spoken::Test(keys) => asked("call-test", "", keys),
        Spoken::Taken => say("call-taken", ""),
        Spoken::Confirmed => say("call-confirmed", ""),
        Spoken::Over => say("call-over", ""),
        Spoken::Nothing => String::new(),
    };
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>{inner}<Hangup/></Response>")
}

/// The document by which a carrier answers a text message.
#[must_use]
pub fn answer(text: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Message>{}</Message></Response>", escaped(text))
}

fn escaped(text: &str) -> String {
    let printable: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    printable.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What a carrier's callback about a message (`sms`) or a call says.
#[must_use]
pub fn status(is_call: bool, status: &str) -> Followed {
    if is_call { told(status) } else { crate::sms::told(status) }
}

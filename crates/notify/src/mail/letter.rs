//! The mail itself: headers that mail programs and phones understand, plain text, and HTML with one big button.

use std::time::{Duration, SystemTime};

use askama::Template;
use jiff::Timestamp;
use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message as Letter, MultiPart};
use noout_types::Severity;

use crate::Message;
use crate::render::{Word, word};

/// Why a mail cannot be put together.
#[derive(Debug, thiserror::Error)]
pub(super) enum LetterError {
    #[error("the mail's HTML cannot be drawn")]
    Html(#[from] askama::Error),
    #[error("the mail's headers cannot be written")]
    Headers(#[from] lettre::error::Error),
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    language: &'static str,
    title: &'a str,
    paragraphs: Vec<&'a str>,
    ack_url: &'a str,
    open: &'a str,
    otherwise: &'a str,
    footer: &'a str,
    accent: &'static str,
}

/// Writes the mail for one attempt. `now` becomes its date.
pub(super) fn write(message: &Message, from: Mailbox, to: Address, now: Timestamp) -> Result<Letter, LetterError> {
    let domain = from.email.domain().to_owned();
    // The instant of the page keeps ids apart between two installations that both count from 1.
    let kind = if message.is_letter() { "letter" } else { "page" };
    let id = format!("<{kind}-{}-{}.{}@{domain}>", message.page, message.attempt, message.at.as_millisecond());
    // No mail has this id: it only ties all pages of an incident into one thread.
    let thread = format!("<incident-{}@{domain}>", message.incident);
    let title = one_line(&message.title);
    let footer = if message.is_letter() {
        "noout".to_owned()
    } else {
        format!("noout · #{} · {}/{}", message.incident, message.page, message.attempt)
    };
    let subject = if message.is_letter() {
        title.clone()
    } else {
        format!("[{}] {title} (#{})", message.severity, message.incident)
    };
    let open = word(message.language, Word::Open);
    let otherwise = word(message.language, Word::Otherwise);
    let web_link = message.ack_url.starts_with("https://") || message.ack_url.starts_with("http://");
    let html = Html {
        language: message.language.code(),
        title: &title,
        paragraphs: message.text.lines().filter(|l| !l.trim().is_empty()).collect(),
        // Nothing but a web address may stand behind the button.
        ack_url: if web_link { &message.ack_url } else { "" },
        open: &open,
        otherwise: &otherwise,
        footer: &footer,
        accent: accent(message.severity),
    }
    .render()?;
    // French sets a space before a colon, one at which no line breaks.
    let colon = if message.language == noout_types::Lang::Fr { "\u{a0}:" } else { ":" };
    let text = format!("{}\n\n{}{colon}\n{}\n\n-- \n{footer}\n", message.text.trim_end(), open, message.ack_url);
    let mut builder = Letter::builder()
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(subject)
        .date(system_time(now))
        .message_id(Some(id));
    if !message.is_letter() {
        builder = builder.in_reply_to(thread.clone()).references(thread);
    }
    builder = builder
        // Keeps holiday notices and mailing list software from answering (RFC 3834).
        .raw_header(raw("Auto-Submitted", "auto-generated"))
        .raw_header(raw("X-Auto-Response-Suppress", "All"))
        .raw_header(raw("List-Id", format!("noout pages <pages.noout.{domain}>")))
        .raw_header(raw("Content-Language", message.language.code()));
    if !message.is_letter() {
        builder = builder
            .raw_header(raw("X-Noout-Page", format!("{}/{}", message.page, message.attempt)))
            .raw_header(raw("X-Noout-Incident", message.incident.to_string()));
    }
    if message.severity >= Severity::Warning {
        // Three spellings, because mail programs and phones each know another one.
        builder = builder
            .raw_header(raw("X-Priority", "1 (Highest)"))
            .raw_header(raw("Importance", "high"))
            .raw_header(raw("Priority", "urgent"));
    }
    Ok(builder.multipart(MultiPart::alternative_plain_html(text, html))?)
}

/// A line break in a title would start a new header.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The line above the title: the console's colours on white.
fn accent(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "#B3261E",
        Severity::Warning => "#B77900",
        Severity::Info => "#4A525E",
    }
}

/// Mail dates begin in 1970 and count whole seconds.
fn system_time(at: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(at.as_second()).unwrap_or(0))
}

/// A header that lettre has no type for.
fn raw(name: &'static str, value: impl Into<String>) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.into())
}

#[cfg(test)]
mod tests;

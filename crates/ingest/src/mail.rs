//! Alerts by mail: for what can do nothing but send one.

#[cfg(test)]
mod tests;

use mail_parser::{HeaderValue, MessageParser};
use noout_types::{Pattern, Timestamp};

use crate::draft::{Draft, key};
use crate::error::shown;
use crate::{Ends, Key, Parsed};

/// Longest name of an episode, in characters.
const MAX_DEDUP: usize = 512;

/// As much of a mail's text stands in the alert, in characters.
const MAX_TEXT_CHARS: usize = 8000;

/// What people's mail programs write before a subject.
const PREFIXES: [&str; 8] = ["re", "fwd", "fw", "aw", "wg", "tr", "ref", "antw"];

/// What a source's configuration says about its mails.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mail<'r> {
    /// The group `key` of a pattern for the whole subject names the episode.
    pub dedup: Option<&'r Pattern>,
    /// A mail whose whole subject matches ends what it is about.
    pub resolve: Option<&'r Pattern>,
}

/// Why a mail cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// It has no header.
    #[error("this is no mail: there is no header")]
    Garbled,
    /// It has neither a subject nor a text.
    #[error("this mail says nothing: there is neither a subject nor a text")]
    Empty,
    /// A header of ours.
    #[error("{0}")]
    Header(String),
}

/// A subject without what mail programs put before it, in one line.
#[must_use]
pub fn normal_subject(subject: &str) -> String {
    let line = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = line.as_str();
    while let Some((before, after)) = rest.split_once(':') {
        if !PREFIXES.iter().any(|prefix| prefix.eq_ignore_ascii_case(before.trim())) {
            break;
        }
        rest = after.trim_start();
    }
    rest.to_owned()
}

/// Parses a mail. What it is about is named by its header `X-Noout-Dedup`, else by what the rules find in its subject, else
/// by the subject itself; letters large or small.
///
/// # Errors
/// It is no mail, or a header of ours says something that is not allowed.
pub fn mail(raw: &[u8], rules: &Mail<'_>) -> Result<Parsed, MailError> {
    let message = MessageParser::default().parse(raw).filter(|m| !m.headers().is_empty()).ok_or(MailError::Garbled)?;
    let header = |name: &'static str| message.header_raw(name).map(str::trim).filter(|v| !v.is_empty());
    let from = message.from().and_then(|from| from.first()).and_then(|a| a.address()).unwrap_or_default().to_owned();
    let subject = match normal_subject(message.subject().unwrap_or_default()) {
        empty if empty.is_empty() => format!("mail without a subject from {from}"),
        subject => subject,
    };
    let resolves = rules.resolve.is_some_and(|pattern| pattern.matches(&subject));
    let over = match header("X-Noout-Action").map(str::to_ascii_lowercase).as_deref() {
        None => resolves,
        Some("resolve") => true,
        Some("trigger") => false,
        Some(other) => {
            let why = format!("X-Noout-Action: found {:?}, allowed are trigger and resolve", shown(other));
            return Err(MailError::Header(why));
        }
    };
    let ruled = || {
        let resolve = rules.resolve.filter(|_| resolves);
        rules.dedup.and_then(|p| p.key(&subject)).or_else(|| resolve.and_then(|p| p.key(&subject)))
    };
    let named = header("X-Noout-Dedup").or_else(ruled).unwrap_or(&subject).to_lowercase();
    let named: String = named.chars().take(MAX_DEDUP).collect();
    let named = key("X-Noout-Dedup", named, MAX_DEDUP).map_err(MailError::Header)?;
    let sent = message.date().and_then(|d| Timestamp::from_second(d.to_timestamp()).ok());
    if over {
        return Ok(Parsed::one(Draft::over_at(named, sent)));
    }
    let mut draft = Draft::default();
    draft.label("severity", header("X-Noout-Severity").unwrap_or_default().to_ascii_lowercase()).label("from", from);
    let text = message.body_text(0).unwrap_or_default().replace("\r\n", "\n");
    draft.say("summary", subject).say("description", text.trim().chars().take(MAX_TEXT_CHARS).collect::<String>());
    draft.since_at(sent);
    Ok(Parsed::one(draft.build(Key::Named(named), Ends::WhenResolved)))
}

/// A mail from a person to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject in one line, without what mail programs put before it; the text's first line if there is none.
    pub subject: String,
    /// The text, of a mail with several forms the plain one.
    pub text: String,
    /// The sender's name; may be empty.
    pub name: String,
    /// The sender's address; may be empty.
    pub address: String,
    /// What names this mail among all (`Message-ID`).
    pub id: Option<String>,
    /// The mails that it answers to (`In-Reply-To`, `References`), the nearest first.
    pub follows: Vec<String>,
}

/// As many mails that one answers to count; the first of a conversation always does.
const MAX_FOLLOWED: usize = 50;

/// Longest `Message-ID` that counts, and longest name and address, in characters. Addresses may have 254.
const MAX_NAME: usize = 254;

/// Reads a mail that people wrote for people. A subject or a text that is longer than allowed is cut: the sender cannot
/// be asked.
///
/// # Errors
/// It is no mail, or says nothing.
pub fn letter(raw: &[u8], subject_chars: usize, text_chars: usize) -> Result<Letter, MailError> {
    let message = MessageParser::default().parse(raw).filter(|m| !m.headers().is_empty()).ok_or(MailError::Garbled)?;
    let cut = |text: &str, chars: usize| {
        let text = text.trim();
        if text.chars().count() <= chars {
            return text.to_owned();
        }
        text.chars().take(chars.saturating_sub(1)).chain(['…']).collect()
    };
    let text = message.body_text(0).unwrap_or_default();
    let subject = match normal_subject(message.subject().unwrap_or_default()) {
        empty if empty.is_empty() => text.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default().to_owned(),
        subject => subject,
    };
    if subject.is_empty() {
        return Err(MailError::Empty);
    }
    // An answer goes to where the sender wants it.
    let first = |of: Option<&mail_parser::Address<'_>>| {
        let found = of?.first()?;
        let (name, address) = (found.name().unwrap_or_default(), found.address()?);
        Some((name.to_owned(), address.to_owned()))
    };
    let from = first(message.from()).unwrap_or_default();
    let reply = first(message.reply_to()).map(|(_, address)| address);
    let short = |text: &str| !text.trim().is_empty() && text.chars().count() <= MAX_NAME;
    let mut follows: Vec<String> = Vec::new();
    let before = names(message.in_reply_to()).into_iter().chain(names(message.references()).into_iter().rev());
    for name in before.filter(|name| short(name)) {
        if !follows.iter().any(|known| known == name) {
            follows.push(name.to_owned());
        }
    }
    if follows.len() > MAX_FOLLOWED {
        // `References` begins with the conversation's first mail.
        let first = follows.split_off(MAX_FOLLOWED - 1).pop();
        follows.extend(first);
    }
    Ok(Letter {
        subject: cut(&subject, subject_chars),
        text: cut(&text, text_chars),
        name: cut(&from.0, MAX_NAME),
        address: Some(reply.unwrap_or(from.1)).filter(|a| short(a)).unwrap_or_default(),
        id: message.message_id().map(str::to_owned).filter(|id| short(id)),
        follows,
    })
}

/// The `Message-ID`s of a header.
fn names<'h>(value: &'h HeaderValue<'_>) -> Vec<&'h str> {
    match value {
        HeaderValue::Text(one) => vec![one.as_ref()],
        HeaderValue::TextList(all) => all.iter().map(AsRef::as_ref).collect(),
        _ => Vec::new(),
    }
}

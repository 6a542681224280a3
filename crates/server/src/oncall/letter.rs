//! What leaves for a person who is told something without being woken.

use jiff::tz::TimeZone;
use noout_core::State;
use noout_notify::Message;
use noout_types::{Contact, IncidentId, PageId, Severity};

/// The contact, the person's address and the message, if the letter may still leave.
pub(crate) fn prepare(state: &State, id: u64, contact: u16, base: &str) -> Option<(Contact, Option<String>, Message)> {
    let memo = state.memos.get(id)?;
    let person = state.config.person(&memo.person)?;
    let way = person.contact.get(usize::from(contact))?.contact.clone();
    let zone = TimeZone::get(&person.timezone).unwrap_or(TimeZone::UTC);
    let say = |said| noout_words::say_in(said, person.language, &zone);
    let lines: Vec<String> = memo.text.iter().map(say).collect();
    let message = Message {
        page: PageId(id),
        attempt: memo.attempts,
        // About no incident, whose numbers begin at one: it is a letter.
        incident: IncidentId(0),
        title: say(&memo.title),
        text: lines.join("\n"),
        severity: Severity::Info,
        person: person.id.clone(),
        language: person.language,
        ack_url: format!("{base}{}", memo.link),
        at: memo.at,
        test: None,
        reply: None,
    };
    Some((way, person.email.clone(), message))
}

//! Who hears of what becomes of a request. Nobody is woken by one.

use std::collections::BTreeSet;

use noout_types::{PersonId, Said, Timestamp};

use super::{Pressure, Request, RequestEvent};
use crate::actor::Actor;
use crate::engine::State;
use crate::event::Event;
use crate::meeting::participants;
use crate::memo::{self, Letter};
use crate::says;

/// While so many requests have nobody, those on call hear of no further one: whoever did not look at twenty letters looks at
/// no more of them, and a mail loop fills nobody's mailbox. The list shows them all.
pub(super) const MAX_TOLD: usize = 20;

/// A request's event with the letters about it.
pub(super) fn with(
    state: &State,
    at: Timestamp,
    event: RequestEvent,
    letters: impl IntoIterator<Item = Letter>,
) -> Vec<Event> {
    std::iter::once(Event::Request(event)).chain(memo::write(state, at, letters)).collect()
}

pub(super) fn letter(at: Timestamp, request: &Request, person: PersonId, title: Said, text: &str) -> Letter {
    let text = if text.is_empty() { Vec::new() } else { vec![Said::words(text)] };
    Letter { person, title, text, link: format!("/requests/{}", request.id), until: memo::LIFE.after(at) }
}

/// A new request is told to those who are on call; where nobody is, to those who meet every week. What can wait is for the
/// meeting.
pub(super) fn to_those_on_call(state: &State, at: Timestamp, request: &Request) -> Vec<Letter> {
    let without_owner = || state.requests.open().filter(|r| r.owner.is_none()).count();
    let told = match request.urgency {
        Pressure::CanWait => false,
        Pressure::ThisWeek => without_owner() < MAX_TOLD,
        Pressure::Interrupts => true,
    };
    if !told {
        return Vec::new();
    }
    let mut people: BTreeSet<PersonId> = state.config.schedules.iter().flat_map(|s| state.on_call(&s.id, at)).collect();
    if people.is_empty() {
        people = participants(&state.config);
    }
    let title = match request.urgency {
        Pressure::Interrupts => says::memo_request_presses(&request.from, request.id, &request.title),
        _ => says::memo_request_asked(&request.from, request.id, &request.title),
    };
    let others = people.into_iter().filter(|person| request.by.person() != Some(person));
    others.map(|person| letter(at, request, person, title.clone(), &request.text)).collect()
}

/// Whoever had it must not go on with it; where nobody had it, who asks hears that somebody has it.
pub(super) fn to_who_had_it(
    state: &State,
    at: Timestamp,
    request: &Request,
    by: &Actor,
    has: &PersonId,
) -> Option<Letter> {
    let had = request.owner.as_ref().or(request.from.person.as_ref())?;
    if by.person() == Some(had) || had == has || state.config.person(had).is_none() {
        return None;
    }
    let title = says::memo_request_taken(has, request.id, &request.title);
    Some(letter(at, request, had.clone(), title, ""))
}

/// Asker and owner hear of it, unless they say it themselves.
pub(super) fn to_both(
    state: &State,
    at: Timestamp,
    request: &Request,
    by: &Actor,
    title: Said,
    text: &str,
) -> Vec<Letter> {
    let both: BTreeSet<&PersonId> = request.from.person.iter().chain(&request.owner).collect();
    let there = both.into_iter().filter(|p| by.person() != Some(*p) && state.config.person(p).is_some());
    there.map(|person| letter(at, request, person.clone(), title.clone(), text)).collect()
}

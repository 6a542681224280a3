//! One page's way: which contact next, and when.

use std::collections::BTreeMap;

use noout_types::{Contact, IncidentId, PageId, PersonId, Said, Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::digest::{self, Turn, is_new};
use super::{Page, PageState, PagingEvent, Why};
use crate::engine::State;
use crate::event::Event;
use crate::says;
use crate::silence;

/// Attempts on one contact that ended transiently before the next contact is tried.
pub const TRIES_PER_CONTACT: u32 = 3;

/// The wait after the first transient error; it doubles with each further one.
const FIRST_BACKOFF: Span = Span::from_secs(5);

/// The longest wait between two attempts: a person is owed the page, so it is tried for ever.
pub const MAX_BACKOFF: Span = Span::from_secs(60);

/// The wait before a page whose outcome nobody knows is sent again where there is no other contact.
const AMBIGUOUS_WAIT: Span = Span::from_secs(10);

/// How an attempt ended. Only `Delivered` is delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendOutcome {
    /// The provider took it.
    Delivered(String),
    /// It will never work this way.
    Permanent(String),
    /// It may work later.
    Transient(String),
    /// Nobody knows: not delivered.
    Ambiguous(String),
}

/// Begins the attempts that are due. The intent is journaled before the message leaves. Whether something holds
/// them back is asked now, not when the page was decided.
pub(crate) fn start(state: &State, at: Timestamp) -> Vec<Event> {
    let mut events = Vec::new();
    let mut new: BTreeMap<&PersonId, Vec<&Page>> = BTreeMap::new();
    let mut held: BTreeMap<IncidentId, bool> = BTreeMap::new();
    for page in state.paging.due(at) {
        // A person gave it to a person: no rule stands between them.
        let is_held = page.why != Why::HandedOver
            && *held.entry(page.incident).or_insert_with(|| {
                let by = state.incidents.get(page.incident).and_then(|i| silence::of_incident(state, at, i));
                by.map(|by| events.push(PagingEvent::HeldBack { incident: page.incident, by })).is_some()
            });
        if is_held {
            // The event above ends the page.
        } else if is_new(page) {
            new.entry(&page.person).or_default().push(page);
        } else {
            events.push(attempt(state, page, &[]));
        }
    }
    for (person, pages) in new {
        match digest::turn(state, at, person, pages) {
            Turn::Each(pages) => events.extend(pages.into_iter().map(|page| attempt(state, page, &[]))),
            Turn::Digest(lead, others) => events.push(attempt(state, lead, &others)),
            Turn::Wait(event) => events.push(event),
        }
    }
    events.into_iter().map(Event::Paging).collect()
}

fn attempt(state: &State, page: &Page, covers: &[&Page]) -> PagingEvent {
    let Some(person) = state.config.person(&page.person) else { return failed(page, says::page_no_person()) };
    let PageState::Waiting { contact, .. } = page.state else { return failed(page, says::page_no_contact()) };
    match person.contact.get(usize::from(contact)) {
        Some(way) => sending(page, contact, way, covers),
        None => match person.contact.first() {
            // The list was shortened meanwhile.
            Some(way) => sending(page, 0, way, covers),
            None => failed(page, says::page_no_contact()),
        },
    }
}

fn failed(page: &Page, why: Said) -> PagingEvent {
    PagingEvent::Failed { page: page.id, incident: page.incident, person: page.person.clone(), why }
}

fn sending(page: &Page, contact: u16, way: &Contact, covers: &[&Page]) -> PagingEvent {
    let covers = covers.iter().map(|p| p.id).collect();
    PagingEvent::Sending { page: page.id, attempt: page.attempts + 1, contact, channel: way.shown(), covers }
}

/// Decides what follows from an attempt's outcome. An outcome of an attempt that is over already
/// (acknowledged meanwhile, or repeated after a crash) is noted in the timeline and changes nothing.
pub(crate) fn outcome(state: &State, at: Timestamp, id: PageId, attempt: u32, outcome: SendOutcome) -> Vec<Event> {
    let Some(page) = state.paging.page(id) else { return Vec::new() };
    let current = matches!(page.state, PageState::Sending { .. }) && page.attempts == attempt;
    let next = if current { next(state, at, page, &outcome) } else { None };
    if !current && !matches!(outcome, SendOutcome::Delivered(_)) {
        return Vec::new();
    }
    vec![Event::Paging(PagingEvent::Attempted {
        page: id,
        incident: page.incident,
        person: page.person.clone(),
        attempt,
        outcome,
        next,
    })]
}

fn next(state: &State, at: Timestamp, page: &Page, outcome: &SendOutcome) -> Option<(u16, Timestamp)> {
    let PageState::Sending { contact, .. } = page.state else { return None };
    let ways = state.config.person(&page.person).map_or(0, |p| p.contact.len());
    let ways = u16::try_from(ways).unwrap_or(u16::MAX);
    let alive = |i: &u16| !page.dead.contains(i);
    // The next contact in the person's own order, going round.
    let other = (contact + 1..ways).chain(0..contact.min(ways)).find(alive);
    let backoff = Span::from_millis(FIRST_BACKOFF.as_millis() << page.tries.saturating_sub(1).min(8)).min(MAX_BACKOFF);
    match outcome {
        SendOutcome::Delivered(_) => None,
        SendOutcome::Permanent(_) => other.map(|o| (o, if o > contact { at } else { backoff.after(at) })),
        SendOutcome::Ambiguous(_) => match other {
            Some(o) => Some((o, if o > contact { at } else { MAX_BACKOFF.after(at) })),
            None => Some((contact, AMBIGUOUS_WAIT.after(at))),
        },
        SendOutcome::Transient(_) if page.tries < TRIES_PER_CONTACT => Some((contact, backoff.after(at))),
        SendOutcome::Transient(_) => match other {
            Some(o) if o > contact => Some((o, at)),
            Some(o) => Some((o, MAX_BACKOFF.after(at))),
            None => Some((contact, MAX_BACKOFF.after(at))),
        },
    }
}

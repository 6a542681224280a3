//! One page's way: which contact next, and when.

use std::collections::BTreeMap;

use noout_types::{Contact, IncidentId, PageId, PersonId, Said, Span, Timestamp, Urgency, Way};
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

/// A provider that asks to be left alone for longer than this is passed over for the next contact.
const PATIENCE: Span = Span::from_secs(15);

/// The longest time for which a provider is left alone because it says so.
pub const MAX_RETRY_AFTER: Span = Span::from_mins(15);

/// The wait before a message that was taken, and of which no receipt came, is sent again where there is no other contact.
const REPEAT_WAIT: Span = Span::from_mins(2);

/// The longest wait for a receipt: beyond it nobody would be woken in time.
pub const MAX_RECEIPT_WAIT: Span = Span::from_mins(5);

/// How an attempt ended. Only `Delivered` is delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendOutcome {
    /// The provider took it, and that is as much as can be known.
    Delivered(String),
    /// The provider took it, and says later whether it arrived: not delivered until then.
    Accepted {
        /// What it said.
        words: String,
        /// Its name for the message, where it can be asked about it.
        handle: Option<String>,
        /// How long the receipt is waited for.
        wait: Span,
    },
    /// It will never work this way.
    Permanent(String),
    /// It may work later.
    Transient(String),
    /// It may work later, and the provider said when.
    Busy {
        /// What it said.
        words: String,
        /// Not before this has passed.
        retry_after: Span,
    },
    /// Nobody knows: not delivered.
    Ambiguous(String),
}

/// The ways to a page's person, as the page has gone through them.
pub(super) struct Plan<'a> {
    page: &'a Page,
    ways: &'a [Way],
}

impl<'a> Plan<'a> {
    pub(super) fn of(state: &'a State, page: &'a Page) -> Option<Self> {
        let person = state.config.person(&page.person)?;
        let urgency = state.incidents.get(page.incident).map_or(Urgency::High, |i| i.opened.urgency);
        Some(Self { page, ways: person.ways(urgency) })
    }

    fn len(&self) -> u16 {
        u16::try_from(self.ways.len()).unwrap_or(u16::MAX)
    }

    fn after(&self, contact: u16) -> Option<Span> {
        self.ways.get(usize::from(contact)).and_then(|way| way.after)
    }

    /// When a way joins in by its own delay.
    fn due(&self, contact: u16) -> Option<Timestamp> {
        self.after(contact).map(|after| after.after(self.page.since.unwrap_or(self.page.at)))
    }

    /// Not earlier than the provider allows.
    pub(super) fn allowed(&self, contact: u16, at: Timestamp) -> (u16, Timestamp) {
        (contact, self.page.not_before.get(&contact).map_or(at, |t| at.max(*t)))
    }

    fn alive(&self, contact: &u16) -> bool {
        !self.page.dead.contains(contact)
    }

    /// The person was reached by `contact`: the next way that joins in by its own delay, if there is one.
    pub(super) fn next_leg(&self, contact: u16, at: Timestamp) -> Option<(u16, Timestamp)> {
        let next = (contact + 1..self.len()).find(|i| self.alive(i) && self.after(*i).is_some())?;
        Some(self.allowed(next, self.due(next).map_or(at, |due| due.max(at))))
    }

    /// The next contact in the person's own order. It goes round as long as nothing reached the person.
    fn other(&self, contact: u16) -> Option<u16> {
        let round = if self.page.reached.is_some() { 0..0 } else { 0..contact.min(self.len()) };
        (contact + 1..self.len()).chain(round).find(|i| self.alive(i))
    }

    fn next(&self, contact: u16, at: Timestamp, outcome: &SendOutcome) -> Option<(u16, Timestamp)> {
        let other = self.other(contact);
        // Those behind it are tried at once, those before it were tried already.
        let turn = |o: u16, wait: Span| self.allowed(o, if o > contact { at } else { wait.after(at) });
        let again = |wait: Span| (self.page.reached.is_none()).then(|| self.allowed(contact, wait.after(at)));
        let tries = self.page.tries;
        let backoff = Span::from_millis(FIRST_BACKOFF.as_millis() << tries.saturating_sub(1).min(8)).min(MAX_BACKOFF);
        match outcome {
            SendOutcome::Delivered(_) => self.next_leg(contact, at),
            SendOutcome::Accepted { wait, .. } => {
                let until = (*wait).min(MAX_RECEIPT_WAIT).after(at);
                let leg = self.next_leg(contact, at).filter(|(_, due)| *due < until);
                let unless =
                    || other.map(|o| self.allowed(o, until)).or(Some((contact, until.max(REPEAT_WAIT.after(at)))));
                leg.or_else(unless)
            }
            SendOutcome::Permanent(_) => other.map(|o| turn(o, backoff)),
            SendOutcome::Ambiguous(_) => other.map(|o| turn(o, MAX_BACKOFF)).or_else(|| again(AMBIGUOUS_WAIT)),
            SendOutcome::Busy { retry_after, .. } => {
                let wait = (*retry_after).min(MAX_RETRY_AFTER).max(backoff);
                let patient = wait <= PATIENCE && tries < TRIES_PER_CONTACT;
                match other {
                    Some(o) if !patient => Some(turn(o, MAX_BACKOFF)),
                    _ => Some((contact, wait.after(at))),
                }
            }
            SendOutcome::Transient(_) if tries < TRIES_PER_CONTACT => Some(self.allowed(contact, backoff.after(at))),
            SendOutcome::Transient(_) => other.map(|o| turn(o, MAX_BACKOFF)).or_else(|| again(MAX_BACKOFF)),
        }
    }
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
    let Some(plan) = Plan::of(state, page) else { return failed(page, says::page_no_person()) };
    let PageState::Waiting { contact, .. } = page.state else { return failed(page, says::page_no_contact()) };
    match plan.ways.get(usize::from(contact)) {
        Some(way) => sending(page, contact, way, covers),
        None => match plan.ways.first() {
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
    let current = match page.state {
        PageState::Sending { contact, .. } if page.attempts == attempt => Some(contact),
        _ => None,
    };
    if current.is_none() && !matches!(outcome, SendOutcome::Delivered(_)) {
        return Vec::new();
    }
    let next = current.and_then(|contact| Plan::of(state, page)?.next(contact, at, &outcome));
    vec![Event::Paging(PagingEvent::Attempted {
        page: id,
        incident: page.incident,
        person: page.person.clone(),
        attempt,
        outcome,
        next,
    })]
}

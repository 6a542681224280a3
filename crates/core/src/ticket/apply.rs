//! What events do to tickets.

use std::collections::{BTreeSet, VecDeque};

use noout_types::{IncidentId, TicketId, Timestamp, TrackerId};

use super::{MAX_QUEUE, MAX_SAID, Saying, Ticket, TicketEvent, TicketOutcome, Turn, Work, digest};
use crate::actor::Actor;
use crate::engine::State;
use crate::incident::{IncidentEvent, TicketLink};

/// What happened to tickets.
pub(crate) fn apply(state: &mut State, at: Timestamp, event: &TicketEvent) {
    match event {
        TicketEvent::Weighed { incident, trackers, held_back } => {
            state.tickets.fresh.remove(incident);
            if *held_back {
                state.tickets.held_back.insert(*incident);
            }
            for (ticket, tracker) in trackers {
                want(state, at, *ticket, *incident, tracker, true);
            }
        }
        TicketEvent::Wanted { ticket, incident, tracker, .. } => want(state, at, *ticket, *incident, tracker, false),
        TicketEvent::Began { ticket, attempt, .. } => {
            let tracker = state.tickets.get(*ticket).and_then(|t| state.config.tracker(&t.tracker));
            if let Some((tracker, gap)) = tracker.map(|tracker| (tracker.id.clone(), tracker.gap())) {
                state.tickets.free.insert(tracker, gap.after(at));
            }
            state.tickets.change(*ticket, |t| (t.attempt, t.turn) = (*attempt, Turn::Runs(at)));
        }
        TicketEvent::Did { ticket, outcome, next, .. } => did(state, at, *ticket, outcome, *next),
        TicketEvent::Heard { ticket, comment } => {
            state.tickets.change(*ticket, |t| _ = t.heard.insert(comment.id.clone()));
        }
        TicketEvent::ClosedThere { ticket } => state.tickets.change(*ticket, |t| {
            t.closed = true;
            // Who closed it has heard enough. What is under way ends by itself.
            let under_way = usize::from(matches!(t.turn, Turn::Runs(_)));
            t.queue.truncate(under_way);
        }),
        TicketEvent::ReopenedThere { ticket } => state.tickets.change(*ticket, |t| t.closed = false),
    }
}

fn want(state: &mut State, at: Timestamp, id: TicketId, incident: IncidentId, tracker: &TrackerId, automatic: bool) {
    let again = state.tickets.get(id).map_or(0, |ticket| ticket.next_item);
    if again > 0 {
        state.tickets.remove(id);
    }
    state.tickets.insert(Ticket {
        id,
        incident,
        tracker: tracker.clone(),
        there: None,
        failed: false,
        closed: false,
        automatic,
        queue: VecDeque::from([(again, Work::File)]),
        next_item: again + 1,
        attempt: 0,
        turn: Turn::Waits(at),
        heard: BTreeSet::new(),
        said: VecDeque::new(),
    });
}

fn did(state: &mut State, at: Timestamp, id: TicketId, outcome: &TicketOutcome, next: Option<Timestamp>) {
    let Some(ticket) = state.tickets.get(id) else { return };
    let (incident, tracker) = (ticket.incident, ticket.tracker.clone());
    if let TicketOutcome::Filed { id, url } = outcome {
        let link = TicketLink { id: id.clone(), url: url.clone() };
        state.incidents.change(incident, |i| _ = i.tickets.insert(tracker.clone(), link.clone()));
        if let Some(closed) = state.closed.iter_mut().find(|i| i.opened.id == incident) {
            closed.tickets.insert(tracker, link);
        }
    }
    state.tickets.change(id, |ticket| {
        ticket.turn = Turn::Waits(next.unwrap_or(at));
        if next.is_some() {
            return;
        }
        ticket.attempt = 0;
        let done = ticket.queue.pop_front().map(|(_, work)| work);
        match (done, outcome) {
            (_, TicketOutcome::Filed { id, .. }) => ticket.there = Some(id.clone()),
            (Some(Work::File), TicketOutcome::Permanent(_)) => {
                ticket.failed = true;
                ticket.queue.clear();
            }
            (Some(Work::Close), TicketOutcome::Done) => ticket.closed = true,
            _ => {}
        }
    });
    forget(state, id);
}

/// A ticket with nothing left to do, of an incident that is over, is only history.
fn forget(state: &mut State, id: TicketId) {
    let over = |ticket: &Ticket| ticket.queue.is_empty() && state.incidents.get(ticket.incident).is_none();
    if state.tickets.get(id).is_some_and(over) {
        state.tickets.remove(id);
    }
}

/// What people do with an incident is said in its tickets; new ones are weighed.
pub(crate) fn follow(state: &mut State, at: Timestamp, event: &IncidentEvent) {
    let (incident, saying) = match event {
        IncidentEvent::Opened(opened) => return fresh(state, opened.id),
        IncidentEvent::Raised { incident, .. } => return fresh(state, *incident),
        IncidentEvent::Acked { incident, by } => (*incident, Saying::Acked { by: by.clone() }),
        IncidentEvent::AckedByOne { incident, by, .. } => (*incident, Saying::Acked { by: Actor::Person(by.clone()) }),
        IncidentEvent::Noted { incident, by, text } => {
            (*incident, Saying::Noted { by: by.clone(), text: text.clone() })
        }
        IncidentEvent::Announced { incident, by, text } => {
            (*incident, Saying::Announced { by: by.clone(), text: text.clone() })
        }
        IncidentEvent::HandedOver { incident, by, to } => {
            (*incident, Saying::HandedOver { by: by.clone(), to: to.clone() })
        }
        IncidentEvent::Resolved { incident, by, note } => {
            (*incident, Saying::Resolved { by: by.clone(), note: note.clone() })
        }
        IncidentEvent::DeadlinePassed { .. } | IncidentEvent::Unacked { .. } | IncidentEvent::AckedAtSource { .. } => {
            return;
        }
    };
    let over = matches!(saying, Saying::Resolved { .. });
    if over {
        state.tickets.fresh.remove(&incident);
        state.tickets.held_back.remove(&incident);
    }
    let ids: Vec<TicketId> = state.tickets.iter().filter(|t| t.incident == incident).map(|t| t.id).collect();
    for id in ids {
        let Some(ticket) = state.tickets.get(id) else { continue };
        let never_begun = ticket.there.is_none() && ticket.attempt == 0 && ticket.since().is_none();
        if over && ticket.automatic && never_begun {
            // It was over before anybody there could have read of it.
            state.tickets.remove(id);
            continue;
        }
        let close = over && state.config.tracker(&ticket.tracker).is_some_and(|tracker| tracker.close);
        state.tickets.change(id, |ticket| say(ticket, at, saying.clone(), close));
        forget(state, id);
    }
}

/// Only where there are trackers at all.
fn fresh(state: &mut State, incident: IncidentId) {
    if !state.config.trackers.is_empty() {
        state.tickets.fresh.insert(incident);
    }
}

fn say(ticket: &mut Ticket, at: Timestamp, saying: Saying, close: bool) {
    if ticket.failed || ticket.closed {
        return;
    }
    if ticket.queue.is_empty() {
        ticket.turn = Turn::Waits(at);
        ticket.attempt = 0;
    }
    if let Some(text) = own_words(&saying) {
        ticket.said.push_back(digest(text));
        ticket.said.drain(..ticket.said.len().saturating_sub(MAX_SAID));
    }
    let mut add = |work| {
        ticket.queue.push_back((ticket.next_item, work));
        ticket.next_item += 1;
    };
    add(Work::Say(saying));
    if close {
        add(Work::Close);
    }
    while ticket.queue.len() > MAX_QUEUE {
        // The first may be under way.
        let words = ticket.queue.iter().skip(1).position(|(_, work)| matches!(work, Work::Say(_)));
        match words {
            Some(place) => _ = ticket.queue.remove(place + 1),
            None => break,
        }
    }
}

/// What a person wrote, whose echo could come back without anything around it.
fn own_words(saying: &Saying) -> Option<&str> {
    match saying {
        Saying::Noted { text, .. } | Saying::Announced { text, .. } => Some(text),
        Saying::Acked { .. } | Saying::HandedOver { .. } | Saying::Resolved { .. } => None,
    }
}

impl Saying {
    /// Who did it.
    #[must_use]
    pub fn by(&self) -> &Actor {
        match self {
            Self::Acked { by }
            | Self::Noted { by, .. }
            | Self::Announced { by, .. }
            | Self::HandedOver { by, .. }
            | Self::Resolved { by, .. } => by,
        }
    }
}

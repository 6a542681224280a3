//! What is filed, when it is tried again, and what is taken in.

use noout_types::{IncidentId, Labels, Said, Span, TicketId, Timestamp, TrackerId};

use super::{
    AMBIGUOUS_WAIT, Comment, FIRST_BACKOFF, MARKER, MAX_BACKOFF, MAX_HEARD, MAX_HEARD_CHARS, RemoteTicket, Ticket,
    TicketEvent, TicketOutcome, Turn, digest,
};
use crate::actor::Actor;
use crate::config::{Config, Role, Route, Tracker};
use crate::engine::State;
use crate::event::Event;
use crate::incident::{Cause, Incident, IncidentEvent};
use crate::refusal::Refusal;
use crate::says;
use crate::silence;

/// A person wants an incident filed.
pub(crate) fn command(
    state: &State,
    by: Actor,
    incident: IncidentId,
    tracker: &TrackerId,
) -> Result<Vec<Event>, Refusal> {
    state.require(&by, Role::Responder)?;
    if state.incidents.get(incident).is_none() {
        let known = incident.0 > 0 && incident.0 < state.next_incident;
        return Err(if known {
            Refusal::conflict(says::closed(incident))
        } else {
            Refusal::unknown("incident", incident)
        });
    }
    if state.config.tracker(tracker).is_none() {
        return Err(Refusal::unknown("tracker", tracker));
    }
    let ticket = match state.tickets.of(incident, tracker) {
        // The same number and so the same marker: what was made and not seen to be made is found.
        Some(ticket) if ticket.failed => ticket.id,
        Some(_) => return Err(Refusal::conflict(says::ticket_there(tracker))),
        None => TicketId(state.tickets.last + 1),
    };
    let tracker = tracker.clone();
    Ok(vec![Event::Ticket(TicketEvent::Wanted { ticket, incident, tracker, by })])
}

/// What follows from the present state and time: new incidents are weighed, due work begins.
pub(crate) fn settle(state: &State, at: Timestamp) -> Vec<Event> {
    let weighed = weigh(state, at);
    if !weighed.is_empty() {
        return weighed;
    }
    let idle = state.tickets.due.iter().filter(|(tracker, _)| !state.tickets.running.contains_key(*tracker));
    idle.filter(|(tracker, _)| state.tickets.free_at(tracker).is_none_or(|free| free <= at))
        .filter_map(|(_, due)| due.first().filter(|(due, _)| *due <= at))
        .filter_map(|(_, id)| state.tickets.get(*id))
        .filter_map(|ticket| {
            let (item, _) = ticket.work()?;
            Some(Event::Ticket(TicketEvent::Began { ticket: ticket.id, item, attempt: ticket.attempt + 1 }))
        })
        .collect()
}

fn weigh(state: &State, at: Timestamp) -> Vec<Event> {
    let mut last = state.tickets.last;
    let mut events = Vec::new();
    for id in &state.tickets.fresh {
        let incident = state.incidents.get(*id);
        // Whom it does not wake needs no ticket either: what a maintenance is expected to do, for example.
        let held_back = incident.is_some_and(|incident| silence::of_incident(state, at, incident).is_some());
        let trackers = incident.filter(|_| !held_back).map(|incident| trackers_of(state, incident)).unwrap_or_default();
        let trackers = trackers.into_iter().map(|tracker| {
            last += 1;
            (TicketId(last), tracker)
        });
        let trackers = trackers.collect();
        events.push(Event::Ticket(TicketEvent::Weighed { incident: *id, trackers, held_back }));
    }
    events
}

/// Where an incident is filed without anybody's asking, and is not yet.
fn trackers_of(state: &State, incident: &Incident) -> Vec<TrackerId> {
    let config = &state.config;
    let labels = labels_of(state, incident);
    let named = named(config, incident, &labels);
    let wants = |tracker: &&Tracker| {
        let by_itself = tracker.when.as_ref().is_some_and(|when| when.matches(&labels));
        let urgent = tracker.urgency.is_none_or(|urgency| urgency == incident.opened.urgency);
        urgent
            && (by_itself || named == Some(&tracker.id))
            && state.tickets.of(incident.opened.id, &tracker.id).is_none()
    };
    config.trackers.iter().filter(wants).map(|tracker| tracker.id.clone()).collect()
}

/// The labels of the first alert; of what noout found itself, how bad it is.
fn labels_of(state: &State, incident: &Incident) -> Labels {
    let of_alert = match incident.opened.cause {
        Cause::Alert { fingerprint, .. } => state.alerts.get(fingerprint).map(|alert| alert.labels.clone()),
        _ => None,
    };
    of_alert.unwrap_or_else(|| [("severity", incident.opened.severity.as_str())].into_iter().collect())
}

/// The tracker that the incident's route names, else its policy.
fn named<'c>(config: &'c Config, incident: &Incident, labels: &Labels) -> Option<&'c TrackerId> {
    let is_alert = matches!(incident.opened.cause, Cause::Alert { .. });
    let route = config.routes.iter().filter(|_| is_alert).find(|route: &&Route| route.matchers.matches(labels));
    let policy = incident.opened.policy.as_ref().and_then(|id| config.policy(id));
    route.and_then(|route| route.tracker.as_ref()).or_else(|| policy.and_then(|policy| policy.tracker.as_ref()))
}

/// An attempt ended.
pub(crate) fn outcome(
    state: &State,
    at: Timestamp,
    ticket: TicketId,
    item: u32,
    attempt: u32,
    outcome: TicketOutcome,
) -> Vec<Event> {
    let Some(known) = state.tickets.get(ticket) else { return Vec::new() };
    // A late word about an earlier attempt changes nothing.
    if known.attempt != attempt || known.work().is_none_or(|(now, _)| now != item) || known.since().is_none() {
        return Vec::new();
    }
    let next = match &outcome {
        TicketOutcome::Transient(_) => Some(backoff(attempt).after(at)),
        TicketOutcome::Ambiguous(_) => Some(backoff(attempt).max(AMBIGUOUS_WAIT).after(at)),
        TicketOutcome::Filed { .. } | TicketOutcome::Done | TicketOutcome::Permanent(_) => None,
    };
    vec![Event::Ticket(TicketEvent::Did { ticket, item, attempt, outcome, next })]
}

fn backoff(attempt: u32) -> Span {
    let doubled = FIRST_BACKOFF.as_millis().saturating_mul(1 << attempt.saturating_sub(1).min(16));
    Span::from_millis(doubled).min(MAX_BACKOFF)
}

/// A ticket was read.
pub(crate) fn seen(state: &State, ticket: TicketId, seen: &RemoteTicket) -> Vec<Event> {
    let Some(known) = state.tickets.get(ticket).filter(|ticket| ticket.is_followed()) else { return Vec::new() };
    let mut events: Vec<Event> = (seen.comments.iter())
        .filter(|remote| !remote.ours)
        .filter_map(|remote| heard(known, &remote.comment))
        .take(MAX_HEARD.saturating_sub(known.heard.len()))
        .map(|comment| Event::Ticket(TicketEvent::Heard { ticket, comment }))
        .collect();
    // What noout is about to close, or is closing, was closed by it.
    let closing = known.queue.iter().any(|(_, work)| matches!(work, super::Work::Close));
    if seen.closed && !known.closed && !closing {
        events.push(Event::Ticket(TicketEvent::ClosedThere { ticket }));
        events.extend(resolve(state, known));
    }
    if !seen.closed
        && known.closed
        && matches!(known.turn, Turn::Waits(_))
        && state.incidents.get(known.incident).is_some()
    {
        events.push(Event::Ticket(TicketEvent::ReopenedThere { ticket }));
    }
    events
}

/// A comment that says something new.
fn heard(ticket: &Ticket, comment: &Comment) -> Option<Comment> {
    let text = comment.text.trim();
    let echo = text.contains(MARKER) || ticket.said.contains(&digest(text));
    if text.is_empty() || echo || ticket.heard.contains(&comment.id) {
        return None;
    }
    let text = text.chars().take(MAX_HEARD_CHARS).collect();
    Some(Comment { id: comment.id.clone(), author: comment.author.clone(), text })
}

/// The end of the incident, if the tracker's word is to end it.
fn resolve(state: &State, ticket: &Ticket) -> Option<Event> {
    let tracker = state.config.tracker(&ticket.tracker).filter(|tracker| tracker.resolve_on_close)?;
    let incident = state.incidents.get(ticket.incident)?.opened.id;
    let note: Said = says::ticket_closed_there(&tracker.id);
    Some(Event::Incident(IncidentEvent::Resolved { incident, by: Actor::Noout, note }))
}

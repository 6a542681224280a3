//! What people may do with an incident, and what time does to it.

use std::collections::BTreeSet;

use noout_types::{IncidentId, PersonId, PolicyId, Said, Severity, Timestamp, Urgency};

use super::{Audience, Cause, Incident, IncidentEvent, Opened};
use crate::actor::Actor;
use crate::alert::one_line;
use crate::config::Role;
use crate::engine::State;
use crate::event::Event;
use crate::paging::{self, PagingEvent};
use crate::refusal::Refusal;
use crate::{says, silence};

/// The longest note or announcement, in characters: a page of text.
pub const MAX_TEXT_CHARS: usize = 4000;

/// What people do with incidents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IncidentCommand {
    /// "I have it." Stops pages at once.
    Ack(IncidentId),
    /// "I have all of these." What somebody else has by now stays theirs.
    AckMany(BTreeSet<IncidentId>),
    /// "Not me now." Who was paged is not paged about it again in this round.
    PassOn(IncidentId),
    /// "I'm awake." No further pages about the same cause for a while; nobody has it yet.
    Awake(IncidentId),
    /// "It is over."
    Resolve {
        /// Which.
        incident: IncidentId,
        /// What was done.
        note: String,
    },
    /// Writes something down.
    Note {
        /// Which.
        incident: IncidentId,
        /// What.
        text: String,
    },
    /// Says what will be done, before doing it.
    Announce {
        /// Which.
        incident: IncidentId,
        /// What.
        text: String,
    },
    /// Gives it to somebody else, who is paged.
    HandOver {
        /// Which.
        incident: IncidentId,
        /// To whom.
        to: PersonId,
    },
    /// Opens one by hand.
    Open {
        /// What is wrong.
        title: String,
        /// More words.
        text: String,
        /// How bad.
        severity: Severity,
        /// Who is told; the first policy if absent.
        policy: Option<PolicyId>,
    },
}

/// Decides about a person's command.
pub(crate) fn command(
    state: &State,
    at: Timestamp,
    by: Actor,
    command: IncidentCommand,
) -> Result<Vec<Event>, Refusal> {
    state.require(&by, Role::Responder)?;
    let event = match command {
        IncidentCommand::Ack(id) => {
            let incident = open(state, id)?;
            // Paging stops for somebody, never for nobody in particular.
            let person = somebody(&by)?;
            match acked(state, incident, &by, &person) {
                Some(event) => event,
                None => return Ok(Vec::new()),
            }
        }
        IncidentCommand::AckMany(ids) => return super::many::ack(state, &by, &ids),
        IncidentCommand::PassOn(id) => {
            let person = paged(state, open(state, id)?, &by)?;
            return Ok(paging::pass(state, at, open(state, id)?, &person).into_iter().collect());
        }
        IncidentCommand::Awake(id) => {
            let person = paged(state, open(state, id)?, &by)?;
            return Ok(paging::awake(state, at, open(state, id)?, &person).into_iter().collect());
        }
        IncidentCommand::Resolve { incident: id, note } => {
            open(state, id)?;
            IncidentEvent::Resolved { incident: id, by, note: Said::words(text("note", note, true)?) }
        }
        IncidentCommand::Note { incident: id, text: note } => {
            open(state, id)?;
            IncidentEvent::Noted { incident: id, by, text: text("text", note, false)? }
        }
        IncidentCommand::Announce { incident: id, text: plan } => {
            open(state, id)?;
            IncidentEvent::Announced { incident: id, by, text: text("text", plan, false)? }
        }
        IncidentCommand::HandOver { incident: id, to } => {
            open(state, id)?;
            let person = state.config.person(&to).ok_or_else(|| Refusal::unknown("person", &to))?;
            if person.role < Role::Responder {
                let allowed = "somebody with the role responder or higher, who may acknowledge";
                return Err(Refusal::invalid("to", to.to_string(), allowed));
            }
            if !state.is_reachable(&to) {
                // Whoever hands over goes home: the receiver must hear of it.
                return Err(Refusal::conflict(says::unreachable(to)));
            }
            IncidentEvent::HandedOver { incident: id, by, to }
        }
        IncidentCommand::Open { title, text: more, severity, policy } => {
            if let Some(policy) = policy.as_ref().filter(|p| state.config.policy(p).is_none()) {
                return Err(Refusal::unknown("policy", policy));
            }
            let id = IncidentId(state.next_incident);
            let person = by.person().cloned();
            IncidentEvent::Opened(Box::new(Opened {
                id,
                key: format!("manual/{id}"),
                title: one_line(&text("title", title, false)?, 90),
                text: text("text", more, true)?,
                words: None,
                severity,
                urgency: crate::config::urgency_of(None, severity),
                policy: policy.or_else(|| state.config.policies.first().map(|p| p.id.clone())),
                component: None,
                cause: person.map_or(Cause::Own, |by| Cause::Person { by }),
                runbook: String::new(),
                audience: Audience::Policy,
                rises_at: None,
            }))
        }
    };
    Ok(vec![Event::Incident(event)])
}

/// What an acknowledgement by a person is. The same person twice changes nothing; a second person takes it over.
pub(super) fn acked(state: &State, incident: &Incident, by: &Actor, person: &PersonId) -> Option<IncidentEvent> {
    let id = incident.opened.id;
    if matches!(&incident.status, super::Status::Acked { by: holder, .. } if holder == by) {
        return None;
    }
    match missing_acks(state, incident, person) {
        0 => Some(IncidentEvent::Acked { incident: id, by: by.clone() }),
        _ if incident.acked_by.contains(person) => None,
        missing => Some(IncidentEvent::AckedByOne { incident: id, by: person.clone(), missing }),
    }
}

/// Something that only a person can say.
pub(super) fn somebody(by: &Actor) -> Result<PersonId, Refusal> {
    let allowed = "a person who takes it; on the command line --as PERSON";
    by.person().cloned().ok_or_else(|| Refusal::invalid("by", by.to_string(), allowed))
}

/// A person who is being told of an incident that nobody has.
fn paged(state: &State, incident: &Incident, by: &Actor) -> Result<PersonId, Refusal> {
    let (person, id) = (somebody(by)?, incident.opened.id);
    if !incident.is_triggered() {
        return Err(Refusal::conflict(says::taken_already(id)));
    }
    if state.paging.escalation(id).is_none_or(|e| !e.paged.contains(&person)) {
        return Err(Refusal::conflict(says::not_paged(person, id)));
    }
    Ok(person)
}

/// How many more people must take an incident after this one does. Not more than can be reached at all: nobody waits
/// for somebody who does not exist.
fn missing_acks(state: &State, incident: &Incident, person: &PersonId) -> u32 {
    if !incident.is_triggered() {
        return 0;
    }
    let wanted = paging::policy_of(&state.config, incident).map_or(1, |p| p.acks);
    let reachable = state.config.people.iter().filter(|p| state.is_reachable(&p.id)).count();
    let wanted = wanted.min(u32::try_from(reachable).unwrap_or(u32::MAX)).max(1);
    let others = incident.acked_by.iter().filter(|p| *p != person).count();
    wanted.saturating_sub(u32::try_from(others).unwrap_or(u32::MAX).saturating_add(1))
}

fn open(state: &State, id: IncidentId) -> Result<&Incident, Refusal> {
    state.incidents.get(id).ok_or_else(|| {
        if id.0 > 0 && id.0 < state.next_incident {
            Refusal::conflict(says::closed(id))
        } else {
            Refusal::unknown("incident", id)
        }
    })
}

fn text(field: &'static str, text: String, may_be_empty: bool) -> Result<String, Refusal> {
    let chars = text.chars().count();
    if chars > MAX_TEXT_CHARS {
        return Err(Refusal::invalid(field, format!("{chars} characters"), format!("at the most {MAX_TEXT_CHARS}")));
    }
    if !may_be_empty && text.trim().is_empty() {
        return Err(Refusal::invalid(field, "nothing", "some words"));
    }
    Ok(text.trim().to_owned())
}

/// What time and the end of alerts do: resolves what is over, wakes people when their hours of work begin, takes an
/// incident from who has fallen silent, tells superiors when it takes too long.
pub(crate) fn settle(state: &State, at: Timestamp) -> Vec<Event> {
    state.incidents.ripe(at).map(|incident| time_does(state, at, incident)).collect()
}

fn time_does(state: &State, at: Timestamp, incident: &Incident) -> Event {
    let id = incident.opened.id;
    let is_due = |due: Option<Timestamp>| due.is_some_and(|due| due <= at);
    if incident.alerts_ended() {
        let note = Said::words("");
        return Event::Incident(IncidentEvent::Resolved { incident: id, by: Actor::Noout, note });
    }
    if is_due(incident.opened.rises_at) {
        let (severity, urgency, why) = (incident.opened.severity, Urgency::High, says::raised_hours());
        return Event::Incident(IncidentEvent::Raised { incident: id, severity, urgency, why, words: None });
    }
    if is_due(incident.lapses_at) {
        return Event::Incident(IncidentEvent::Unacked { incident: id, owner: incident.owner.clone() });
    }
    // What is held back is not overdue: the deadline begins anew when it is let go.
    match silence::of_incident(state, at, incident) {
        Some(by) => Event::Paging(PagingEvent::HeldBack { incident: id, by }),
        None => Event::Incident(IncidentEvent::DeadlinePassed { incident: id, step: incident.overdue_steps }),
    }
}

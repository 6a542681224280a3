//! What people may do with an incident, and what time does to it.

use noout_types::{IncidentId, PersonId, PolicyId, Said, Severity, Timestamp};

use super::{Audience, Cause, Incident, IncidentEvent, Opened};
use crate::actor::Actor;
use crate::alert::one_line;
use crate::config::Role;
use crate::engine::State;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::says;

/// The longest note or announcement, in characters: a page of text.
pub const MAX_TEXT_CHARS: usize = 4000;

/// What people do with incidents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IncidentCommand {
    /// "I have it." Stops pages at once.
    Ack(IncidentId),
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
pub(crate) fn command(state: &State, by: Actor, command: IncidentCommand) -> Result<Vec<Event>, Refusal> {
    state.require(&by, Role::Responder)?;
    let event = match command {
        IncidentCommand::Ack(id) => {
            let incident = open(state, id)?;
            // Paging stops for somebody, never for nobody in particular.
            if by.person().is_none() {
                let allowed = "a person who takes it; on the command line --as PERSON";
                return Err(Refusal::invalid("by", by.to_string(), allowed));
            }
            // The same person twice changes nothing; a second person takes it over.
            if let super::Status::Acked { by: holder, .. } = &incident.status
                && *holder == by
            {
                return Ok(Vec::new());
            }
            IncidentEvent::Acked { incident: id, by }
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
            if state.config.person(&to).is_none() {
                return Err(Refusal::unknown("person", &to));
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
            }))
        }
    };
    Ok(vec![Event::Incident(event)])
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

/// What time and the end of alerts do: resolves what is over, tells superiors when it takes too long.
pub(crate) fn settle(state: &State, at: Timestamp) -> Vec<Event> {
    let mut events = Vec::new();
    for incident in state.incidents.ripe(at) {
        let id = incident.opened.id;
        if incident.alerts_ended() {
            let note = Said::words("");
            events.push(Event::Incident(IncidentEvent::Resolved { incident: id, by: Actor::Noout, note }));
            continue;
        }
        events.push(Event::Incident(IncidentEvent::DeadlinePassed { incident: id }));
    }
    events
}

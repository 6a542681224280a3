//! What a source says about people who work on its alerts.

use noout_types::SourceId;

use super::{fingerprint_of, one_line};
use crate::actor::Actor;
use crate::engine::State;
use crate::event::Event;
use crate::incident::IncidentEvent;

/// A name or a sentence from a source is cut after so many characters.
const MAX_CHARS: usize = 500;

/// Somebody acknowledged an alert where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// The source's key of the alert.
    pub key: String,
    /// Who, as the source calls them; empty if it does not say.
    pub who: String,
    /// What they said.
    pub text: String,
}

/// Writes it down; only where the source's configuration says so it stops pages as a person's acknowledgement does.
pub(crate) fn acknowledged(state: &State, source: &SourceId, acks: &[Acknowledgement]) -> Vec<Event> {
    let counts = state.config.sources.iter().any(|s| s.id == *source && s.acks);
    let mut events = Vec::new();
    for ack in acks {
        let alert = state.alerts.get(fingerprint_of(source, &ack.key));
        let Some(incident) = alert.and_then(|alert| state.incidents.get(alert.incident)) else { continue };
        let id = incident.opened.id;
        let (who, text) = (one_line(&ack.who, MAX_CHARS), one_line(&ack.text, MAX_CHARS));
        let event = IncidentEvent::AckedAtSource { incident: id, source: source.clone(), who, text };
        events.push(Event::Incident(event));
        if counts && incident.is_triggered() {
            events.push(Event::Incident(IncidentEvent::Acked { incident: id, by: Actor::Source(source.clone()) }));
        }
    }
    events
}

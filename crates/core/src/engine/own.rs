//! What noout says about itself.

use noout_types::{IncidentId, Severity, Urgency};

use super::State;
use crate::event::Event;
use crate::incident::{Audience, Cause, IncidentEvent, Opened, OwnWords};

impl State {
    /// An incident that noout opens about itself.
    pub(crate) fn own_incident(&self, id: IncidentId, key: String, words: OwnWords, audience: Audience) -> Event {
        Event::Incident(IncidentEvent::Opened(Box::new(self.own(id, key, words, audience))))
    }

    /// What noout says itself wakes people, those of the first policy if nobody else is meant.
    pub(crate) fn own(&self, id: IncidentId, key: String, words: OwnWords, audience: Audience) -> Opened {
        let (title, text) = words.english();
        Opened {
            id,
            key,
            title,
            text,
            words: Some(words),
            severity: Severity::Critical,
            urgency: Urgency::High,
            policy: self.config.policies.first().map(|p| p.id.clone()),
            component: None,
            cause: Cause::Own,
            runbook: String::new(),
            audience,
            rises_at: None,
        }
    }
}

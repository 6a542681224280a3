//! Many incidents at once: what waits for one person, and one word that takes it.

use std::collections::BTreeSet;

use noout_types::{IncidentId, PageId, PersonId};

use super::decide::{acked, somebody};
use super::{Incident, IncidentEvent};
use crate::actor::Actor;
use crate::engine::State;
use crate::event::Event;
use crate::refusal::Refusal;

/// Most incidents that one word takes: more is no night of one person, and the decision stays short.
pub const MAX_MANY: usize = 1000;

impl State {
    /// The incidents that wait for a person: who was paged about them, has neither taken nor passed them on, and nobody has
    /// them. What is held back waits for nobody.
    #[must_use]
    pub fn waiting_for(&self, person: &PersonId) -> BTreeSet<IncidentId> {
        let told = self.paging.pages().filter(|page| page.person == *person).map(|page| page.incident);
        let waits = |incident: &Incident| {
            let escalation = self.paging.escalation(incident.opened.id);
            incident.is_triggered()
                && !incident.acked_by.contains(person)
                && escalation.is_some_and(|e| e.held.is_none() && !e.passed.contains(person))
        };
        told.filter(|id| self.incidents.get(*id).is_some_and(waits)).collect()
    }

    /// The incidents that the message of a page told: its own, and those of a digest.
    #[must_use]
    pub fn told_by(&self, page: PageId) -> BTreeSet<IncidentId> {
        let Some(page) = self.paging.page(page) else { return BTreeSet::new() };
        let covered = page.covers.iter().filter_map(|id| self.paging.page(*id)).map(|page| page.incident);
        covered.chain([page.incident]).collect()
    }

    /// What a person answers who says no more than yes: all that waits, if one message told all of it. None if several
    /// messages did, so that they must say which they mean.
    #[must_use]
    pub fn one_message_told(&self, person: &PersonId) -> Option<BTreeSet<IncidentId>> {
        let waiting = self.waiting_for(person);
        let digests = self.paging.pages().filter(|page| page.person == *person && !page.covers.is_empty());
        let tells_all = digests.map(|page| self.told_by(page.id)).any(|told| waiting.is_subset(&told));
        (tells_all && !waiting.is_empty()).then_some(waiting)
    }
}

/// Takes each that nobody has. What somebody else took meanwhile stays theirs, and what is closed stays closed: whoever
/// takes many has looked at a list, and lists grow old.
pub(super) fn ack(state: &State, by: &Actor, ids: &BTreeSet<IncidentId>) -> Result<Vec<Event>, Refusal> {
    let person = somebody(by)?;
    if ids.len() > MAX_MANY {
        return Err(Refusal::invalid("incidents", ids.len().to_string(), format!("at most {MAX_MANY} at once")));
    }
    if let Some(unknown) = ids.iter().find(|id| id.0 == 0 || id.0 >= state.next_incident) {
        return Err(Refusal::unknown("incident", unknown));
    }
    let open = ids.iter().filter_map(|id| state.incidents.get(*id)).filter(|incident| incident.is_triggered());
    let events = open.filter_map(|incident| acked(state, incident, by, &person));
    Ok(events.map(|event: IncidentEvent| Event::Incident(event)).collect())
}

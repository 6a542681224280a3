//! Coverage: whether enough distinct people who can be reached are on call, now and in the next day.
//!
//! A configuration with a gap is refused when it is checked; this is for gaps that arise later: an
//! override, a deleted person, a contact that is gone. Looked at when something changes and at the instants
//! that the last look named, never at each tick.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use noout_calendar::Gap;
use noout_types::{IncidentId, ScheduleId, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::engine::State;
use crate::event::Event;
use crate::incident::{Audience, IncidentEvent, OwnWords};
use crate::says;

/// People are paged about a gap that begins within this time: one working day to find somebody.
pub const NEAR: Span = Span::from_hours(24);

/// How far one look goes: the next look is at the latest this minus [`NEAR`] later.
const LOOK: Span = Span::from_hours(8 * 24);

/// What was seen of coverage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoverageEvent {
    /// All schedules were looked at.
    Checked {
        /// When to look again, unless something changes before.
        next: Timestamp,
        /// The first near gap of each schedule that has one.
        thin: BTreeMap<ScheduleId, Gap>,
    },
}

/// What is known of coverage.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// When to look; at once after a change.
    due: Option<Timestamp>,
    /// The near gaps that the last look found.
    thin: BTreeMap<ScheduleId, Gap>,
}

impl Coverage {
    /// The near gap of a schedule, as the last look found it.
    #[must_use]
    pub fn gap(&self, schedule: &ScheduleId) -> Option<&Gap> {
        self.thin.get(schedule)
    }

    /// When coverage is looked at again.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.due
    }

    /// Something that coverage rests on changed.
    pub(crate) fn changed(&mut self, at: Timestamp) {
        self.due = Some(at);
    }

    pub(crate) fn apply(&mut self, event: &CoverageEvent) {
        let CoverageEvent::Checked { next, thin } = event;
        (self.due, self.thin) = (Some(*next), thin.clone());
    }
}

/// Looks if it is time: gaps that are near open an incident for each schedule, mended ones end it.
pub(crate) fn settle(state: &State, at: Timestamp) -> Vec<Event> {
    if state.coverage.due.is_none_or(|due| at < due) {
        return Vec::new();
    }
    let near = NEAR.after(at);
    let mut next = Span::from_millis(LOOK.as_millis() - NEAR.as_millis()).after(at);
    let mut thin = BTreeMap::new();
    for schedule in &state.config.schedules {
        let overrides = state.overrides_of(&schedule.id);
        let reachable = |p: &noout_types::PersonId| state.is_reachable(p);
        let gaps = schedule.gaps(&overrides, &[], &reachable, at, LOOK.after(at));
        let Some(first) = gaps.into_iter().next() else { continue };
        next = next.min(if first.start <= near { first.end } else { NEAR.before(first.start) });
        if first.start <= near {
            thin.insert(schedule.id.clone(), first);
        }
    }
    let new = thin.iter().filter(|(schedule, _)| state.incidents.by_key(&key(schedule)).is_none());
    let numbers = (state.next_incident..).map(IncidentId);
    let mut events: Vec<_> =
        numbers.zip(new).map(|(id, (schedule, gap))| opened(state, at, id, schedule, gap)).collect();
    for incident in state.incidents.iter() {
        let Some(schedule) = incident.opened.key.strip_prefix(KEY) else { continue };
        if !thin.contains_key(schedule) {
            let note = says::coverage_mended(schedule, NEAR.as_millis());
            let (incident, by) = (incident.opened.id, Actor::Noout);
            events.push(Event::Incident(IncidentEvent::Resolved { incident, by, note }));
        }
    }
    events.push(Event::Coverage(CoverageEvent::Checked { next, thin }));
    events
}

const KEY: &str = "coverage/";

fn key(schedule: &ScheduleId) -> String {
    format!("{KEY}{schedule}")
}

fn opened(state: &State, at: Timestamp, id: IncidentId, schedule: &ScheduleId, gap: &Gap) -> Event {
    let title = if gap.start <= at {
        says::page_coverage_now(schedule, gap.need)
    } else {
        says::page_coverage(schedule, gap.need, gap.start)
    };
    let people = gap.have.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let text = says::page_coverage_text(gap.start, gap.end, gap.have.len(), people);
    state.own_incident(id, key(schedule), OwnWords::new(title, text), Audience::Fallback)
}

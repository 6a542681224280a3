//! The promises about who is woken, as a journal shows them.

use std::collections::{BTreeMap, BTreeSet};

use noout_calendar::Gap;
use noout_types::{IncidentId, PersonId, ScheduleId, Span, Timestamp, Urgency};

use super::{Broken, broken};
use crate::alert::{ACK_COVERS, AlertEvent};
use crate::engine::State;
use crate::incident::{IncidentEvent, Status};
use crate::paging;

/// 5: each near gap in coverage has an incident, of which people are told.
pub(super) fn gaps_are_told(after: &State, at: Timestamp, thin: &BTreeMap<ScheduleId, Gap>) -> Result<(), Broken> {
    for schedule in &after.config.schedules {
        let now = after.gaps(schedule, at, Span::from_secs(1).after(at));
        let told = after.incidents.by_key(&format!("coverage/{}", schedule.id)).is_some();
        if (!now.is_empty() || thin.contains_key(&schedule.id)) && !told {
            return broken(5, format!("too few people are ready in {} and nobody is told", schedule.id));
        }
    }
    Ok(())
}

/// 6: whatever a step did, the next one comes within the longest wait that any policy has.
pub(super) fn next_step_is_soon(
    after: &State,
    at: Timestamp,
    incident: IncidentId,
    next_at: Timestamp,
) -> Result<(), Broken> {
    let waits = after.config.policies.iter().flat_map(|p| p.steps.iter().filter_map(|s| s.wait).chain([p.ack_timeout]));
    let longest = waits.max().unwrap_or(paging::DEFAULT_WAIT).max(paging::DEFAULT_WAIT);
    if next_at > longest.after(at) {
        return broken(6, format!("incident {incident}: the next step is due at {next_at}, more than {longest} away"));
    }
    Ok(())
}

/// 10: an alert that joins long after somebody took the incident is not covered by that.
pub(super) fn acks_cover_nothing_newer(after: &State, at: Timestamp, event: &AlertEvent) -> Result<(), Broken> {
    let AlertEvent::Received { firing, .. } = event else { return Ok(()) };
    for (fp, alert) in firing {
        let Some(incident) = after.incidents.get(alert.incident) else { continue };
        let Status::Acked { at: acked, .. } = incident.status else { continue };
        if ACK_COVERS.after(acked) <= at && incident.opened.urgency == Urgency::High {
            return broken(10, format!("alert {fp} joins incident {}, taken at {acked}", alert.incident));
        }
    }
    Ok(())
}

/// 8: who has taken what.
#[derive(Debug, Clone, Default)]
pub(super) struct Acks {
    /// Who has taken each incident, while others must take it, too.
    by: BTreeMap<IncidentId, BTreeSet<PersonId>>,
    /// Incidents that count as taken.
    taken: BTreeSet<IncidentId>,
}

impl Acks {
    pub(super) fn record(&mut self, after: &State, event: &IncidentEvent) -> Result<(), Broken> {
        match event {
            IncidentEvent::AckedByOne { incident, by, .. } => {
                self.by.entry(*incident).or_default().insert(by.clone());
            }
            IncidentEvent::Acked { incident, by } => {
                let mut people = self.by.remove(incident).unwrap_or_default();
                people.extend(by.person().cloned());
                let Some(known) = after.incidents.get(*incident) else { return Ok(()) };
                let wanted = paging::policy_of(&after.config, known).map_or(1, |p| p.acks) as usize;
                let reachable = after.config.people.iter().filter(|p| after.config.is_reachable(&p.id)).count();
                // Somebody else takes over what counts as taken: one is enough for that.
                if self.taken.insert(*incident) && people.len() < wanted.min(reachable) {
                    return broken(8, format!("incident {incident} counts as taken by {people:?}, it takes {wanted}"));
                }
            }
            IncidentEvent::Raised { incident, urgency: Urgency::High, .. }
            | IncidentEvent::Unacked { incident, .. }
            | IncidentEvent::HandedOver { incident, .. }
            | IncidentEvent::Resolved { incident, .. } => {
                self.taken.remove(incident);
                self.by.remove(incident);
            }
            _ => {}
        }
        Ok(())
    }
}

//! One word for many incidents, for the page's link, the API and replies alike: what was taken, and what was not.

use std::collections::BTreeSet;

use noout_api as wire;
use noout_core::engine::Command;
use noout_core::incident::{IncidentCommand, IncidentEvent, Status};
use noout_core::{Actor, Event, Input, State};
use noout_types::IncidentId;

use crate::{App, SubmitError};

/// Takes each of these that nobody has.
///
/// # Errors
/// As [`App::submit`]: the person may not, or one was never there. Then nothing is taken.
pub(crate) async fn take(app: &App, by: Actor, ids: BTreeSet<IncidentId>) -> Result<wire::AckedMany, SubmitError> {
    let command = Command::Incident(IncidentCommand::AckMany(ids.clone()));
    let done = app.submit(Input::Command { by: by.clone(), command }).await?;
    let taken: BTreeSet<IncidentId> = done.events.iter().filter_map(acked).collect();
    let mut all = app.read(|s| told(s, &by, ids.difference(&taken)));
    (all.seq, all.changed, all.taken) = (done.seq, !taken.is_empty(), taken.into_iter().collect());
    Ok(all)
}

fn acked(event: &Event) -> Option<IncidentId> {
    match event {
        Event::Incident(IncidentEvent::Acked { incident, .. } | IncidentEvent::AckedByOne { incident, .. }) => {
            Some(*incident)
        }
        _ => None,
    }
}

/// What became of those that were not taken.
fn told<'i>(state: &State, by: &Actor, ids: impl Iterator<Item = &'i IncidentId>) -> wire::AckedMany {
    let mut told = wire::AckedMany::default();
    for id in ids {
        let Some(incident) = state.incidents.get(*id) else {
            told.closed.push(*id);
            continue;
        };
        let holder = match &incident.status {
            Status::Acked { by, .. } => Some(by.clone()),
            _ => None,
        };
        let owner = incident.owner.clone().map(Actor::Person).or(holder);
        match owner {
            Some(owner) if owner != *by => told.others.push(wire::TakenBy { incident: *id, by: owner.to_string() }),
            _ => told.mine.push(*id),
        }
    }
    told
}

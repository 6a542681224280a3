//! noout's own notices: what customers are told of a maintenance that concerns them. Derived from
//! where the maintenance stands, so that each stage is told exactly once, whatever happens in between.

use std::collections::BTreeMap;

use super::{About, Impact, NoticeEvent, Stage, Words};
use crate::actor::Actor;
use crate::engine::State;
use crate::event::Event;
use crate::maintenance::{Maintenance, Phase, StepKind};

/// Tells what is not told yet. Customers read the component's name, never a host's.
pub(crate) fn settle(state: &State) -> Vec<Event> {
    let mut events = Vec::new();
    for m in state.maintenances.all() {
        let about = About::Maintenance(m.id);
        let Some(component) = state.config.platform(&m.platform).and_then(|p| p.component.clone()) else { continue };
        let Some((stage, key)) = wanted(m) else { continue };
        match state.notices.about(about).map(|n| n.stage) {
            // A person may have told it before; what was never announced needs no end either.
            Some(told) if told.is_final() || told >= stage => continue,
            None if m.phase.is_over() => continue,
            _ => {}
        }
        let prepared = |key: &str| Words::Prepared { key: key.to_owned(), values: BTreeMap::new() };
        events.push(Event::Notice(NoticeEvent::Posted {
            about,
            title: prepared("maintenance-title"),
            impact: Impact::None,
            components: vec![component],
            stage,
            words: prepared(key),
            by: Actor::Noout,
        }));
    }
    events
}

/// How far customers should know it to be. Nothing before two people have said yes.
fn wanted(m: &Maintenance) -> Option<(Stage, &'static str)> {
    let acted = || m.steps.iter().any(|s| s.attempts > 0);
    Some(match m.phase {
        Phase::Planning | Phase::Drafted | Phase::Proposed => return None,
        Phase::Done => (Stage::Completed, "maintenance-completed"),
        Phase::Cancelled => (Stage::Completed, "maintenance-cancelled"),
        Phase::Running if m.has_done(&StepKind::ConfirmBack) => (Stage::Verifying, "maintenance-verifying"),
        Phase::Running if acted() => (Stage::InProgress, "maintenance-in-progress"),
        // Customers read what whoever approved has read: that some services restart, if the plan says so.
        Phase::Running if restarts(m) => (Stage::Scheduled, "maintenance-scheduled-restarts"),
        Phase::Running => (Stage::Scheduled, "maintenance-scheduled"),
    })
}

/// Whether the plan moves running containers, which restart where they arrive.
fn restarts(m: &Maintenance) -> bool {
    m.plan.as_ref().is_some_and(|plan| plan.report.iter().any(|line| line.code == "interruption"))
}

//! From a view of the platform to a plan that a person can read.

use noout_plan::{Inventory, NPlus, Placement, PlanError};
use noout_types::{Said, Timestamp};

use super::gates::{Judgement, Views, judge};
use super::model::Maintenance;
use super::plan::{Blocked, Check, NPlusLine, Plan, ReportLine, StepKind};
use super::route::out_and_back;
use crate::says;

/// Makes a plan for the maintenance's host.
///
/// # Errors
/// The view is incomplete, the planner refuses, or its plan does not survive the linter.
pub(super) fn make(m: &Maintenance, v: &Views<'_>) -> Result<Plan, Said> {
    if !v.compute.incomplete.is_empty() {
        return Err(says::no_plan_incomplete(v.compute.incomplete.join("; ")));
    }
    let inventory = &v.compute.inventory;
    let placement = noout_plan::drain(inventory, &m.host).map_err(|e: PlanError| e.said())?;
    lint(inventory, m, &placement)?;
    let gates = [StepKind::Entry].iter().map(|kind| as_check(kind, judge(m, kind, v))).collect();
    Ok(Plan {
        parent: m.hash,
        seen_at: v.at_seen(),
        host: m.host.clone(),
        steps: out_and_back(placement.moves.iter().cloned(), v.config.storage_of(&m.platform).is_some()),
        blocked: blocked(&placement),
        gates,
        report: report(&placement),
        n_plus: n_plus(&placement.n_plus),
        homes: inventory.guests_on(&m.host).map(|g| g.id.clone()).collect(),
        capacity: placement.capacity,
    })
}

/// The planner and the linter are two programs: what one says the other must confirm.
fn lint(inventory: &Inventory, m: &Maintenance, placement: &Placement) -> Result<(), Said> {
    let found = noout_plan::lint(inventory, Some(&m.host), placement);
    if found.is_empty() {
        return Ok(());
    }
    // That the two disagree is a defect of noout: what the linter says is for whoever mends it.
    Err(says::no_plan_unsound(found.iter().map(Said::words)))
}

/// The moves home, for the guests that live on the host and are elsewhere now.
///
/// # Errors
/// As [`make`].
pub(super) fn home(m: &Maintenance, v: &Views<'_>) -> Result<(Vec<StepKind>, Vec<Blocked>), Said> {
    let inventory = &v.compute.inventory;
    let homes = m.homes.iter().map(|g| (g.clone(), m.host.clone())).collect();
    let placement = noout_plan::home(inventory, &homes).map_err(|e| e.said())?;
    let steps = placement.moves.iter().cloned().map(StepKind::MoveHome).collect();
    Ok((steps, blocked(&placement)))
}

fn as_check(kind: &StepKind, judgement: Judgement) -> Check {
    let (ok, text) = match judgement {
        Judgement::Pass(evidence) => (true, Said::all(evidence.seen)),
        Judgement::Wait(why) | Judgement::Drifted(why) => (false, why),
    };
    Check { code: kind.code().to_owned(), ok, text }
}

fn blocked(placement: &Placement) -> Vec<Blocked> {
    let line =
        |b: &noout_plan::Blocked| Blocked { guest: b.guest.clone(), code: b.why.code().to_owned(), why: b.why.said() };
    placement.blocked.iter().map(line).collect()
}

fn report(placement: &Placement) -> Vec<ReportLine> {
    let line =
        |f: &noout_plan::Finding| ReportLine { severity: f.severity(), code: f.code().to_owned(), text: f.said() };
    placement.report.iter().map(line).collect()
}

fn n_plus(n: &NPlus) -> NPlusLine {
    NPlusLine {
        wanted: n.wanted,
        holds: n.holds,
        worst: n.worst.clone(),
        homeless: u32::try_from(n.homeless.len()).unwrap_or(u32::MAX),
    }
}

impl Views<'_> {
    fn at_seen(&self) -> Timestamp {
        self.compute.taken_at
    }
}

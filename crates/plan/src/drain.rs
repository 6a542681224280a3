//! Out: every guest of a host finds another place, or a reason why not.

use noout_types::{HostId, Said};

use crate::finish::{Outcome, finish};
use crate::greedy::assign;
use crate::report::{Finding, Placement};
use crate::schedule::{Job, Schedule};
use crate::survive;
use crate::units::Units;
use crate::world::World;
use crate::{HostState, Inventory, InventoryError, Why, says};

/// Why there is no plan at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanError {
    /// The inventory makes no sense.
    Inventory(InventoryError),
    /// No such host.
    UnknownHost {
        /// The host asked for.
        host: HostId,
        /// The hosts there are.
        known: Vec<HostId>,
    },
    /// The host is offline: its guests do not run, so nothing can be moved off it.
    Offline {
        /// The host.
        host: HostId,
    },
}

impl PlanError {
    /// The sentence, for readers of any language.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::Inventory(why) => says::inventory(why),
            Self::UnknownHost { host, known } => {
                let (hosts, more) = crate::why::some_of(known);
                says::no_such_host(host, hosts, more)
            }
            Self::Offline { host } => says::offline(host),
        }
    }
}

impl std::fmt::Display for PlanError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&noout_words::english(&self.said()))
    }
}

impl std::error::Error for PlanError {}

impl From<InventoryError> for PlanError {
    fn from(error: InventoryError) -> Self {
        Self::Inventory(error)
    }
}

/// Plans to empty a host. Guests that cannot leave are in `blocked` and hold nothing else up.
///
/// # Errors
/// The inventory makes no sense, or the host is unknown or offline.
pub fn drain(inv: &Inventory, host: &HostId) -> Result<Placement, PlanError> {
    inv.validate()?;
    let mut world = World::new(inv);
    let Some(leaving) = world.host(host) else {
        let mut known: Vec<HostId> = inv.hosts.iter().map(|h| h.id.clone()).collect();
        known.sort();
        return Err(PlanError::UnknownHost { host: host.clone(), known });
    };
    if world.hosts[leaving].state == HostState::Offline {
        return Err(PlanError::Offline { host: host.clone() });
    }
    let before = survive::n_plus(&world, &world.start(), None).holds;
    // From here on the host is never a target, whatever its state was.
    world.hosts[leaving].state = HostState::Maintenance;

    let Units { units, stuck } = Units::on(&world, leaving);
    let assignment = assign(&world, &units, leaving);
    let jobs: Vec<Job> = assignment.jobs.iter().map(|p| p.job.clone()).collect();
    let schedule = in_waves(&world, jobs);

    let mut blocked: Vec<(usize, Why)> = stuck;
    for (unit, why) in &assignment.unplaced {
        blocked.extend(unit.members.iter().map(|&g| (g, why.clone())));
    }
    // The order in which the search placed them is feasible, so nothing is left here; if it were, it is said.
    let left: Vec<Job> = schedule.left().cloned().collect();
    for job in left {
        let why = world.no_target(&mut schedule.state.clone(), &job.members, std::iter::once(job.to));
        blocked.extend(job.members.iter().map(|&g| (g, why.clone())));
    }
    blocked.retain(|(g, _)| schedule.state.at[*g] == leaving);
    let mut report = Vec::new();
    for placed in &assignment.jobs {
        let (Some(for_guest), [g]) = (placed.room_for, placed.job.members.as_slice()) else { continue };
        let id = |h: usize| world.hosts[h].id.clone();
        let (guest, for_guest) = (world.guests[*g].id.clone(), world.guests[for_guest].id.clone());
        report.push(Finding::MadeRoom { guest, from: id(world.guests[*g].host), to: id(placed.job.to), for_guest });
    }
    Ok(finish(Outcome { world: &world, schedule, blocked, report, leaving: Some(leaving), before }))
}

/// Smallest first, so that a path that turns out wrong does so with the least at stake, and moves of one step are of
/// like length. Where that order gets stuck, the order of the search, which cannot.
fn in_waves(world: &World, jobs: Vec<Job>) -> Schedule<'_> {
    let mut sorted = jobs.clone();
    sorted.sort_by_key(|j| (j.members.iter().map(|&g| world.guests[g].mem).sum::<u64>(), j.members[0]));
    let mut schedule = Schedule::new(world, sorted, true);
    schedule.run();
    if schedule.left().next().is_none() {
        return schedule;
    }
    let mut schedule = Schedule::new(world, jobs, false);
    schedule.run();
    schedule
}

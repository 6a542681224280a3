//! From moves to the plan that is handed out: loads, N+1 and everything worth saying.

use crate::report::{Blocked, BrokenRule, Finding, HostLoad, Placement};
use crate::schedule::Schedule;
use crate::survive;
use crate::units::present;
use crate::world::World;
use crate::{HostState, Why};

/// From this share on a host is reported as nearly full, in percent. Above it one more failure or one more guest is
/// likely to be refused.
const NEARLY_FULL_PERCENT: u64 = 90;

/// What a planner has found.
pub(crate) struct Outcome<'a> {
    pub world: &'a World,
    pub schedule: Schedule<'a>,
    pub blocked: Vec<(usize, Why)>,
    pub report: Vec<Finding>,
    pub leaving: Option<usize>,
    /// How many hosts could have died before the plan.
    pub before: u32,
}

/// Makes the plan.
pub(crate) fn finish(outcome: Outcome<'_>) -> Placement {
    let Outcome { world, schedule, mut blocked, mut report, leaving, before } = outcome;
    let start = world.start();
    let n_plus = survive::n_plus(world, &schedule.state, leaving);
    let hosts = || world.hosts.iter().enumerate();
    let capacity = hosts()
        .map(|(h, host)| HostLoad {
            host: host.id.clone(),
            memory_mib_before: start.mem[h],
            memory_mib_after: schedule.state.mem[h],
            memory_mib_total: host.mem_total,
            cpus_before: start.cpu[h],
            cpus_after: schedule.state.cpu[h],
        })
        .collect();

    let mut said = vec![summary(world, &schedule, blocked.len())];
    said.append(&mut report);
    said.extend(schedule.waits.into_iter().map(|w| Finding::Waits {
        guest: world.guests[w.guest].id.clone(),
        order: w.order,
        why: w.why,
    }));
    for mv in &schedule.moves {
        let Some(guest) = world.guest(&mv.guest).map(|g| &world.guests[g]) else { continue };
        if guest.running && guest.container {
            said.push(Finding::Interruption { guest: guest.id.clone(), to: mv.to.clone() });
        }
        if guest.live() && guest.dirty >= world.link {
            let (dirty_mib_s, link_mib_s) = (guest.dirty, world.link);
            said.push(Finding::MayNotConverge { guest: guest.id.clone(), dirty_mib_s, link_mib_s });
        }
    }
    for (h, host) in hosts().filter(|(_, host)| host.state == HostState::Online) {
        let percent = world.load(&schedule.state, h) / 10_000;
        let grew = schedule.state.mem[h] > start.mem[h] || schedule.state.cpu[h] > start.cpu[h];
        if grew && percent >= NEARLY_FULL_PERCENT {
            said.push(Finding::NearlyFull { host: host.id.clone(), percent });
        }
    }
    said.extend(already_broken(world));
    if !n_plus.exact {
        said.push(Finding::NPlusNotExact { deaths: n_plus.holds.max(1) });
    }
    if !n_plus.ok {
        said.push(Finding::NPlusLost {
            wanted: n_plus.wanted,
            holds: n_plus.holds,
            before,
            worst: n_plus.worst.clone(),
            homeless: n_plus.homeless.iter().map(|b| b.guest.clone()).collect(),
        });
    }
    blocked.sort_by_key(|(g, _)| *g);
    let blocked = blocked.into_iter().map(|(g, why)| Blocked { guest: world.guests[g].id.clone(), why }).collect();
    Placement { moves: schedule.moves, blocked, report: said, capacity, n_plus }
}

fn summary(world: &World, schedule: &Schedule<'_>, blocked: usize) -> Finding {
    let moved = || schedule.moves.iter().filter_map(|m| world.guest(&m.guest)).map(|g| &world.guests[g]);
    Finding::Summary {
        moves: schedule.moves.len(),
        orders: schedule.moves.last().map_or(0, |m| m.order),
        memory_mib: moved().map(|g| g.mem).sum(),
        interruptions: moved().filter(|g| g.running && g.container).count(),
        blocked,
    }
}

/// Rules that the inventory breaks before anything moves: a plan is not blamed for them, a person should know them.
fn already_broken(world: &World) -> Vec<Finding> {
    let start = world.start();
    let mut out = Vec::new();
    for (h, host) in world.hosts.iter().enumerate().filter(|(_, host)| host.state != HostState::Offline) {
        if start.mem[h] > host.mem_cap {
            let (host, used_mib, free_mib) = (host.id.clone(), start.mem[h], host.mem_cap);
            out.push(Finding::AlreadyBroken { rule: BrokenRule::Memory { host, used_mib, free_mib } });
        }
    }
    for group in 0..world.groups.len() {
        let members = present(world, group);
        let Some((&first, rest)) = members.split_first() else { continue };
        if let Some(&other) = rest.iter().find(|&&g| world.guests[g].host != world.guests[first].host) {
            let (a, b) = (&world.guests[first], &world.guests[other]);
            let name = world.affinity_name(first, other);
            let rule = BrokenRule::Affinity { guest: a.id.clone(), peer: b.id.clone(), name };
            out.push(Finding::AlreadyBroken { rule });
        }
    }
    out.extend(world.anti_broken().into_iter().map(|rule| Finding::AlreadyBroken { rule }));
    out
}

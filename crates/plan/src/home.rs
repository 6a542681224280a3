//! Back: guests go home in an order that fits at every moment. A problem of its own: others may have come meanwhile,
//! and guests that wait for each other's room need a third host to step aside to.

use std::collections::{BTreeMap, BTreeSet};

use noout_types::{GuestId, HostId};

use crate::drain::PlanError;
use crate::finish::{Outcome, finish};
use crate::report::{Blocked, Finding, Placement};
use crate::schedule::{Job, Schedule};
use crate::survive;
use crate::units::{contradiction, pinned, present, stays_with};
use crate::world::World;
use crate::{HostState, Inventory, Why};

/// How often guests step aside in one plan. Each is a move more; a cluster that needs this many is not one to shuffle.
const MAX_STEPS_ASIDE: usize = 64;

/// Plans the way home in the inventory as it is now, the host back online. Guests that cannot go home stay, with the
/// reason; the others go all the same. A guest that is at home already needs nothing.
///
/// # Errors
/// The inventory makes no sense.
pub fn home(inv: &Inventory, homes: &BTreeMap<GuestId, HostId>) -> Result<Placement, PlanError> {
    inv.validate()?;
    let world = World::new(inv);
    let before = survive::n_plus(&world, &world.start(), None).holds;
    let mut wishes = Wishes::default();
    let mut lost = Vec::new();
    for (guest, host) in homes {
        match (world.guest(guest), world.host(host)) {
            (None, _) => wishes.report.push(Finding::Gone { guest: guest.clone() }),
            (Some(_), None) => {
                let why = Why::UnknownHost { host: host.clone() };
                lost.push(Blocked { guest: guest.clone(), why });
            }
            (Some(g), Some(h)) => {
                wishes.home.insert(g, h);
            }
        }
    }
    wishes.sort_out(&world);
    let Wishes { mut jobs, mut blocked, mut report, .. } = wishes;
    // Smallest first: the most guests get home where not all fit, and a wrong path shows with the least at stake.
    jobs.sort_by_key(|j| (j.members.iter().map(|&g| world.guests[g].mem).sum::<u64>(), j.members[0]));
    let (schedule, aside) = with_steps_aside(&world, &jobs);
    report.extend(aside);
    let left: Vec<Job> = schedule.left().cloned().collect();
    for job in left {
        let mut state = schedule.state.clone();
        let why = world
            .why_not_all(&mut state, &job.members, job.to)
            .unwrap_or_else(|| world.no_target(&mut state, &job.members, std::iter::once(job.to)));
        blocked.extend(job.members.iter().map(|&g| (g, why.clone())));
    }
    let mut plan = finish(Outcome { world: &world, schedule, blocked, report, leaving: None, before });
    plan.blocked.extend(lost);
    plan.blocked.sort_by(|a, b| a.guest.cmp(&b.guest));
    Ok(plan)
}

/// Waves in which guests may step aside to a third host, and the findings that say so. Who steps aside gets home
/// afterwards: where a schedule would leave one stranded, it is made anew without that step.
fn with_steps_aside<'a>(world: &'a World, jobs: &[Job]) -> (Schedule<'a>, Vec<Finding>) {
    let mut never = BTreeSet::new();
    loop {
        let mut schedule = Schedule::new(world, jobs.to_vec(), true);
        let mut aside = BTreeSet::new();
        let mut said = Vec::new();
        schedule.run();
        while aside.len() < MAX_STEPS_ASIDE
            && let Some((g, via, to)) = step_aside(world, &mut schedule, &(&aside | &never))
        {
            aside.insert(g);
            let id = |h: usize| world.hosts[h].id.clone();
            said.push(Finding::ByThirdHost { guest: world.guests[g].id.clone(), via: id(via), to: id(to) });
            schedule.step_aside(g, via);
            schedule.run();
        }
        let stranded: Vec<usize> =
            schedule.left().flat_map(|job| &job.members).copied().filter(|g| aside.contains(g)).collect();
        if stranded.is_empty() {
            return (schedule, said);
        }
        never.extend(stranded);
    }
}

#[derive(Debug, Default)]
struct Wishes {
    home: BTreeMap<usize, usize>,
    jobs: Vec<Job>,
    blocked: Vec<(usize, Why)>,
    report: Vec<Finding>,
}

impl Wishes {
    /// Makes jobs of the wishes that are not impossible from the start.
    fn sort_out(&mut self, world: &World) {
        let mut seen = BTreeSet::new();
        let home = std::mem::take(&mut self.home);
        for (&g, &to) in home.iter().filter(|&(&g, &to)| world.guests[g].host != to) {
            if let Some(why) = cannot_leave(world, g) {
                self.blocked.push((g, why));
                continue;
            }
            let Some(group) = world.guests[g].group else {
                self.jobs.push(Job { members: vec![g], to });
                continue;
            };
            let members = present(world, group);
            if let Some((a, b, name)) = contradiction(world, &members).filter(|(a, b, _)| g == *a || g == *b) {
                let peer = world.guests[if g == a { b } else { a }].id.clone();
                self.blocked.push((g, Why::Contradiction { peer, name }));
                continue;
            }
            // The group must end on one host: who does not live there must come along, and nobody may want to be elsewhere.
            let away = |p: &usize| world.guests[*p].host != to;
            let comes = |p: &usize| home.get(p) == Some(&to) && cannot_leave(world, *p).is_none();
            let stays = |p: &usize| if away(p) { !comes(p) } else { home.get(p).is_some_and(|wish| *wish != to) };
            if let Some(peer) = members.iter().copied().find(stays) {
                self.blocked.push((g, stays_with(world, g, peer)));
            } else if seen.insert(group) {
                self.jobs.push(Job { members: members.into_iter().filter(away).collect(), to });
            }
        }
    }
}

/// Why a guest cannot leave where it is.
pub(crate) fn cannot_leave(world: &World, g: usize) -> Option<Why> {
    let host = &world.hosts[world.guests[g].host];
    if host.state == HostState::Offline {
        return Some(Why::SourceOffline { host: host.id.clone() });
    }
    pinned(world, g)
}

/// The cheapest guest whose stepping aside lets another job start: `(guest, third host, its home)`. Running containers
/// never step aside: that would be one more interruption.
fn step_aside(world: &World, schedule: &mut Schedule<'_>, aside: &BTreeSet<usize>) -> Option<(usize, usize, usize)> {
    let left: Vec<Job> = schedule.left().cloned().collect();
    let mut best: Option<((u64, usize), usize, usize)> = None;
    for job in &left {
        let [g] = *job.members.as_slice() else { continue };
        let guest = &world.guests[g];
        if aside.contains(&g) || (guest.running && guest.container) {
            continue;
        }
        let source = schedule.state.at[g];
        schedule.state.leave(world, g, source);
        let helps = left
            .iter()
            .filter(|other| other.to == source)
            .any(|other| world.fits_all(&mut schedule.state, &other.members, source));
        schedule.state.arrive(world, g, source);
        if !helps {
            continue;
        }
        let third = (0..world.hosts.len())
            .filter(|&h| h != source && h != job.to && world.fits(&schedule.state, g, h))
            .min_by_key(|&h| (world.load(&schedule.state, h), h));
        if let Some(third) = third {
            let key = (guest.mem, g);
            if best.as_ref().is_none_or(|(k, ..)| key < *k) {
                best = Some((key, third, job.to));
            }
        }
    }
    best.map(|((_, g), third, to)| (g, third, to))
}

//! What moves as one: a guest, or all members of an affinity group; and what cannot move at all, with its reason.

use std::collections::BTreeSet;

use crate::world::World;
use crate::{HostState, Why};

/// Guests that must end on one host.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    /// All of them, those that are on the target already too.
    pub members: Vec<usize>,
    /// The only host that is possible, because a member there cannot move.
    pub forced: Option<usize>,
}

/// The units of the guests on a host that must leave it, and the guests that cannot.
#[derive(Debug, Default)]
pub(crate) struct Units {
    pub units: Vec<Unit>,
    pub stuck: Vec<(usize, Why)>,
}

impl Units {
    /// The units with a member on `host`.
    pub fn on(world: &World, host: usize) -> Self {
        let mut out = Self::default();
        let mut seen = BTreeSet::new();
        for (g, guest) in world.guests.iter().enumerate().filter(|(_, guest)| guest.host == host) {
            match guest.group {
                Some(group) if !seen.insert(group) => {}
                Some(group) => out.group(world, group, host),
                None => match pinned(world, g) {
                    Some(why) => out.stuck.push((g, why)),
                    None => out.units.push(Unit { members: vec![g], forced: None }),
                },
            }
        }
        out
    }

    fn group(&mut self, world: &World, group: usize, host: usize) {
        // A member on a dead host is nowhere: nothing can be moved to it, nothing waits for it.
        let members: Vec<usize> = present(world, group);
        let leaving: Vec<usize> = members.iter().copied().filter(|&g| world.guests[g].host == host).collect();
        if let Some((a, b, name)) = contradiction(world, &members) {
            for g in leaving {
                let peer = world.guests[if g == a { b } else { a }].id.clone();
                self.stuck.push((g, Why::Contradiction { peer, name: name.clone() }));
            }
            return;
        }
        let pins: Vec<usize> = members.iter().copied().filter(|&g| world.guests[g].pinned.is_some()).collect();
        let elsewhere = pins.first().map(|&g| world.guests[g].host);
        // Pins on the leaving host, or on two hosts, leave no place where all could be.
        let Some(anchor) = pins.iter().copied().find(|&g| {
            let at = world.guests[g].host;
            at == host || Some(at) != elsewhere
        }) else {
            self.units.push(Unit { members, forced: elsewhere });
            return;
        };
        for g in leaving {
            let why = pinned(world, g).unwrap_or_else(|| stays_with(world, g, anchor));
            self.stuck.push((g, why));
        }
    }
}

/// The members of a group that are on a host which lives.
pub(crate) fn present(world: &World, group: usize) -> Vec<usize> {
    let alive = |&g: &usize| world.hosts[world.guests[g].host].state != HostState::Offline;
    world.groups[group].iter().copied().filter(alive).collect()
}

/// Why a guest cannot move at all, if so.
pub(crate) fn pinned(world: &World, g: usize) -> Option<Why> {
    world.guests[g].pinned.clone().map(|reason| Why::Pinned { reason })
}

/// The reason of a guest whose group cannot leave a member behind.
pub(crate) fn stays_with(world: &World, g: usize, peer: usize) -> Why {
    let (name, host) = (world.affinity_name(g, peer), world.hosts[world.guests[peer].host].id.clone());
    Why::Affinity { name, peer: world.guests[peer].id.clone(), host }
}

/// Two guests of a group that must not share a host.
pub(crate) fn contradiction(world: &World, members: &[usize]) -> Option<(usize, usize, String)> {
    members
        .iter()
        .enumerate()
        .flat_map(|(i, &a)| members[i + 1..].iter().map(move |&b| (a, b)))
        .find_map(|(a, b)| world.anti_name(a, b).map(|name| (a, b, name)))
}

//! A second opinion on a plan: replays it move by move on the plain inventory and checks each moment. It shares no code
//! with the planner and does nothing clever, so that it can be read against the contract.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use noout_types::{GuestId, HostId, Severity};
use serde::{Serialize, Serializer};

use crate::report::said;
use crate::{Guest, GuestKind, Host, HostState, Inventory, Move, Placement};

/// Something that a plan must not do. Its JSON is `{severity, code, text}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LintFinding {
    /// The inventory itself makes no sense.
    Inventory {
        /// In words.
        what: String,
    },
    /// A name that the inventory does not have.
    Unknown {
        /// The guest or host.
        what: String,
    },
    /// Orders do not start at 1, jump, or go back.
    OrderGap {
        /// The order found.
        found: u32,
        /// The order that was due.
        due: u32,
    },
    /// A move starts somewhere else than where the guest is then.
    WrongSource {
        /// The guest.
        guest: GuestId,
        /// What the move says.
        says: HostId,
        /// Where the guest is.
        is: HostId,
    },
    /// A move ends where it starts.
    Nowhere {
        /// The guest.
        guest: GuestId,
    },
    /// A guest moves off a host that is offline.
    SourceOffline {
        /// The guest.
        guest: GuestId,
        /// The host.
        host: HostId,
    },
    /// A target that is not online.
    TargetNotOnline {
        /// The guest.
        guest: GuestId,
        /// The target.
        host: HostId,
        /// Its state.
        state: HostState,
    },
    /// A target that is the host being emptied.
    TargetDrained {
        /// The guest.
        guest: GuestId,
        /// The host.
        host: HostId,
    },
    /// A pinned, running guest moves.
    Pinned {
        /// The guest.
        guest: GuestId,
    },
    /// A target of another CPU type.
    CpuType {
        /// The guest.
        guest: GuestId,
        /// The target.
        host: HostId,
    },
    /// A target that does not reach the guest's storage.
    Storage {
        /// The guest.
        guest: GuestId,
        /// The target.
        host: HostId,
        /// The storage.
        storage: String,
    },
    /// More memory taken than there is, guests in flight counted on both sides.
    Memory {
        /// The host.
        host: HostId,
        /// When.
        order: u32,
        /// MiB taken.
        taken_mib: u64,
        /// MiB that guests may take.
        allowed_mib: u64,
    },
    /// More virtual CPUs than the policy allows.
    Cpu {
        /// The host.
        host: HostId,
        /// When.
        order: u32,
        /// Virtual CPUs taken.
        taken: u64,
    },
    /// Two guests meet that must not.
    AntiAffinity {
        /// The host.
        host: HostId,
        /// When.
        order: u32,
        /// The name that both share.
        name: String,
        /// The guest that arrives.
        guest: GuestId,
        /// The guest that it meets.
        peer: GuestId,
    },
    /// Two guests that must share a host do not at the end, and the plan moved or left one of them.
    Affinity {
        /// The name that both share.
        name: String,
        /// One guest.
        guest: GuestId,
        /// The other.
        peer: GuestId,
    },
    /// More moves at one host at one time than the policy allows.
    Parallel {
        /// The host.
        host: HostId,
        /// When.
        order: u32,
        /// How many.
        moves: u32,
        /// How many may be.
        allowed: u32,
    },
    /// A live move gets less of a shared link than its guest dirties.
    Link {
        /// The host whose link is shared.
        host: HostId,
        /// When.
        order: u32,
        /// The guest.
        guest: GuestId,
    },
    /// A guest moves twice at the same time.
    TwiceAtOnce {
        /// The guest.
        guest: GuestId,
        /// When.
        order: u32,
    },
    /// A guest moves twice although it could have gone to its last host at once.
    TwiceWithoutNeed {
        /// The guest.
        guest: GuestId,
    },
    /// A guest of the host being emptied neither leaves nor is said to stay.
    Forgotten {
        /// The guest.
        guest: GuestId,
    },
    /// A guest is said to stay and is moved off all the same, or is said to stay twice.
    Contradicts {
        /// The guest.
        guest: GuestId,
    },
    /// A load in the plan is not what the replay gives.
    WrongLoad {
        /// The host.
        host: HostId,
    },
}

impl LintFinding {
    /// The stable word for it, for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Inventory { .. } => "inventory",
            Self::Unknown { .. } => "unknown",
            Self::OrderGap { .. } => "order-gap",
            Self::WrongSource { .. } => "wrong-source",
            Self::Nowhere { .. } => "nowhere",
            Self::SourceOffline { .. } => "source-offline",
            Self::TargetNotOnline { .. } => "target-state",
            Self::TargetDrained { .. } => "target-drained",
            Self::Pinned { .. } => "pinned",
            Self::CpuType { .. } => "cpu-type",
            Self::Storage { .. } => "storage",
            Self::Memory { .. } => "memory",
            Self::Cpu { .. } => "cpu",
            Self::AntiAffinity { .. } => "anti-affinity",
            Self::Affinity { .. } => "affinity",
            Self::Parallel { .. } => "parallel",
            Self::Link { .. } => "link",
            Self::TwiceAtOnce { .. } => "twice-at-once",
            Self::TwiceWithoutNeed { .. } => "twice-without-need",
            Self::Forgotten { .. } => "forgotten",
            Self::Contradicts { .. } => "contradicts",
            Self::WrongLoad { .. } => "wrong-load",
        }
    }
}

impl fmt::Display for LintFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inventory { what } => write!(f, "the inventory makes no sense: {what}"),
            Self::Unknown { what } => write!(f, "the plan names {what}, which the inventory does not have"),
            Self::OrderGap { found, due } => write!(f, "step {found} stands where step {due} was due"),
            Self::WrongSource { guest, says, is } => write!(f, "{guest} is to leave {says}, but it is on {is} then"),
            Self::Nowhere { guest } => write!(f, "{guest} is to move to where it is"),
            Self::SourceOffline { guest, host } => write!(f, "{guest} is to leave {host}, which is offline"),
            Self::TargetNotOnline { guest, host, state } => {
                write!(f, "{guest} is to go to {host}, which is {}", state.code())
            }
            Self::TargetDrained { guest, host } => write!(f, "{guest} is to go to {host}, which is being emptied"),
            Self::Pinned { guest } => write!(f, "{guest} is pinned, runs, and is to move"),
            Self::CpuType { guest, host } => write!(f, "{guest} is to go to {host}, which has another CPU type"),
            Self::Storage { guest, host, storage } => {
                write!(f, "{guest} is to go to {host}, which does not reach its storage {storage}")
            }
            Self::Memory { host, order, taken_mib, allowed_mib } => {
                write!(f, "in step {order} guests take {taken_mib} MiB of {host}, of {allowed_mib} MiB for guests")
            }
            Self::Cpu { host, order, taken } => {
                write!(f, "in step {order} guests take {taken} virtual CPUs of {host}, more than the policy allows")
            }
            Self::AntiAffinity { host, order, name, guest, peer } => {
                write!(f, "in step {order} {guest} meets {peer} on {host} against anti-affinity {name:?}")
            }
            Self::Affinity { name, guest, peer } => {
                write!(f, "at the end {guest} and {peer} do not share a host, against affinity {name:?}")
            }
            Self::Parallel { host, order, moves, allowed } => {
                write!(f, "in step {order} {moves} guests move into or out of {host}, of {allowed} at one time")
            }
            Self::Link { host, order, guest } => {
                write!(f, "in step {order} {guest} dirties more memory than its share of the link of {host} carries")
            }
            Self::TwiceAtOnce { guest, order } => write!(f, "in step {order} {guest} moves twice"),
            Self::TwiceWithoutNeed { guest } => {
                write!(f, "{guest} moves more than once, although it could have gone to its last host at once")
            }
            Self::Forgotten { guest } => write!(f, "{guest} neither leaves nor is said to stay"),
            Self::Contradicts { guest } => write!(f, "{guest} is said to stay, and moves or is said so twice"),
            Self::WrongLoad { host } => write!(f, "the plan gives a wrong load for {host}"),
        }
    }
}

impl Serialize for LintFinding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        said(serializer, Severity::Critical, self.code(), &self.to_string())
    }
}

/// Replays a plan on the inventory that it was made for and says everything that is wrong with it; an empty answer is a
/// sound plan. `host` is the host being emptied, none for the way home. A plan without `capacity` is not asked for it.
#[must_use]
pub fn lint(inv: &Inventory, host: Option<&HostId>, p: &Placement) -> Vec<LintFinding> {
    if let Err(e) = inv.validate() {
        return vec![LintFinding::Inventory { what: e.to_string() }];
    }
    let mut replay = Replay::new(inv, host);
    replay.known(p);
    if !replay.found.is_empty() {
        return replay.found;
    }
    let mut waves: Vec<Vec<&Move>> = Vec::new();
    let mut due = 1;
    for mv in &p.moves {
        if mv.order == due && !waves.is_empty() {
            if let Some(wave) = waves.last_mut() {
                wave.push(mv);
            }
            continue;
        }
        due = if waves.is_empty() { 1 } else { due + 1 };
        if mv.order != due {
            replay.found.push(LintFinding::OrderGap { found: mv.order, due });
            return replay.found;
        }
        waves.push(vec![mv]);
    }
    for wave in &waves {
        replay.wave(wave, &p.moves);
    }
    replay.end(p);
    replay.found
}

struct Replay<'a> {
    inv: &'a Inventory,
    drained: Option<&'a HostId>,
    hosts: BTreeMap<&'a HostId, &'a Host>,
    guests: BTreeMap<&'a GuestId, &'a Guest>,
    at: BTreeMap<&'a GuestId, &'a HostId>,
    on: BTreeMap<&'a HostId, BTreeSet<&'a GuestId>>,
    found: Vec<LintFinding>,
}

impl<'a> Replay<'a> {
    fn new(inv: &'a Inventory, drained: Option<&'a HostId>) -> Self {
        let mut on: BTreeMap<&HostId, BTreeSet<&GuestId>> = BTreeMap::new();
        for g in &inv.guests {
            on.entry(&g.host).or_default().insert(&g.id);
        }
        Self {
            inv,
            drained,
            hosts: inv.hosts.iter().map(|h| (&h.id, h)).collect(),
            guests: inv.guests.iter().map(|g| (&g.id, g)).collect(),
            at: inv.guests.iter().map(|g| (&g.id, &g.host)).collect(),
            on,
            found: Vec::new(),
        }
    }

    fn known(&mut self, p: &Placement) {
        let guests = p.moves.iter().map(|m| &m.guest).chain(p.blocked.iter().map(|b| &b.guest));
        let hosts = p.moves.iter().flat_map(|m| [&m.from, &m.to]).chain(self.drained);
        let mut unknown: BTreeSet<String> =
            guests.filter(|g| !self.guests.contains_key(g)).map(|g| format!("the guest {g}")).collect();
        unknown.extend(hosts.filter(|h| !self.hosts.contains_key(h)).map(|h| format!("the host {h}")));
        self.found.extend(unknown.into_iter().map(|what| LintFinding::Unknown { what }));
    }

    /// One wave: all its guests are on both hosts.
    fn wave(&mut self, wave: &[&'a Move], all: &[Move]) {
        let order = wave.first().map_or(0, |m| m.order);
        let mut arriving: BTreeMap<&HostId, BTreeSet<&GuestId>> = BTreeMap::new();
        let mut moving = BTreeSet::new();
        for mv in wave {
            self.one(mv, all);
            if !moving.insert(&mv.guest) {
                self.found.push(LintFinding::TwiceAtOnce { guest: mv.guest.clone(), order });
                continue;
            }
            arriving.entry(&mv.to).or_default().insert(&mv.guest);
        }
        for (host, guests) in &arriving {
            self.crowd(host, guests, order);
        }
        self.links(wave, order);
        for mv in wave {
            let Some(is) = self.at.insert(&mv.guest, &mv.to) else { continue };
            self.on.entry(is).or_default().remove(&mv.guest);
            self.on.entry(&mv.to).or_default().insert(&mv.guest);
        }
    }

    fn one(&mut self, mv: &Move, all: &[Move]) {
        let (Some(guest), Some(to)) = (self.guests.get(&mv.guest).copied(), self.hosts.get(&mv.to).copied()) else {
            return;
        };
        let id = || mv.guest.clone();
        if let Some(is) = self.at.get(&mv.guest).copied().filter(|is| **is != mv.from) {
            self.found.push(LintFinding::WrongSource { guest: id(), says: mv.from.clone(), is: is.clone() });
        }
        if mv.from == mv.to {
            self.found.push(LintFinding::Nowhere { guest: id() });
        }
        if self.hosts.get(&mv.from).is_some_and(|h| h.state == HostState::Offline) {
            self.found.push(LintFinding::SourceOffline { guest: id(), host: mv.from.clone() });
        }
        if to.state != HostState::Online {
            self.found.push(LintFinding::TargetNotOnline { guest: id(), host: to.id.clone(), state: to.state });
        }
        if self.drained == Some(&mv.to) {
            self.found.push(LintFinding::TargetDrained { guest: id(), host: to.id.clone() });
        }
        if guest.running && guest.pinned.is_some() {
            self.found.push(LintFinding::Pinned { guest: id() });
        }
        if guest.cpu_type.is_some() && guest.cpu_type != to.cpu_type {
            self.found.push(LintFinding::CpuType { guest: id(), host: to.id.clone() });
        }
        for storage in guest.storage.iter().filter(|s| !to.storage.contains(s)) {
            let storage = storage.clone();
            self.found.push(LintFinding::Storage { guest: id(), host: to.id.clone(), storage });
        }
        let again = all.iter().filter(|m| m.guest == mv.guest && m.order > mv.order).max_by_key(|m| m.order);
        if let Some(last) = again
            && self.could_go(guest, &last.to)
        {
            self.found.push(LintFinding::TwiceWithoutNeed { guest: id() });
        }
    }

    /// Whether a guest could go to a host now, nothing else moving.
    fn could_go(&self, guest: &Guest, to: &HostId) -> bool {
        let Some(host) = self.hosts.get(to) else { return false };
        let (memory, cpus) = self.taken(to, std::iter::once(guest));
        let room = !guest.running || (memory <= self.memory_for_guests(host) && self.cpus_ok(host, cpus));
        let met = self.on.get(to).into_iter().flatten().filter_map(|g| self.guests.get(*g));
        room && !met.into_iter().any(|peer| peer.id != guest.id && shared(&peer.anti_affinity, &guest.anti_affinity))
    }

    /// A host with its guests and all that arrive in a wave.
    fn crowd(&mut self, host: &HostId, arriving: &BTreeSet<&GuestId>, order: u32) {
        let Some(here) = self.hosts.get(host).copied() else { return };
        let coming: Vec<&Guest> = arriving.iter().filter_map(|g| self.guests.get(*g).copied()).collect();
        let (memory, cpus) = self.taken(host, coming.iter().copied());
        // Stopped guests take nothing, so a host that is too full already may still receive them.
        if coming.iter().any(|g| g.running) {
            let allowed_mib = self.memory_for_guests(here);
            if memory > allowed_mib {
                self.found.push(LintFinding::Memory { host: host.clone(), order, taken_mib: memory, allowed_mib });
            }
            if !self.cpus_ok(here, cpus) {
                self.found.push(LintFinding::Cpu { host: host.clone(), order, taken: cpus });
            }
        }
        let mut present: BTreeMap<&str, &GuestId> = BTreeMap::new();
        let residents = self.on.get(host).into_iter().flatten().filter(|g| !arriving.contains(*g));
        for guest in residents.filter_map(|g| self.guests.get(*g)) {
            for name in &guest.anti_affinity {
                present.insert(name, &guest.id);
            }
        }
        for guest in coming {
            for name in &guest.anti_affinity {
                if let Some(peer) = present.insert(name, &guest.id) {
                    let (host, name) = (host.clone(), name.clone());
                    let (guest, peer) = (guest.id.clone(), peer.clone());
                    self.found.push(LintFinding::AntiAffinity { host, order, name, guest, peer });
                }
            }
        }
    }

    fn links(&mut self, wave: &[&Move], order: u32) {
        let mut at: BTreeMap<&HostId, Vec<&Move>> = BTreeMap::new();
        for mv in wave {
            at.entry(&mv.from).or_default().push(mv);
            at.entry(&mv.to).or_default().push(mv);
        }
        let allowed = self.inv.policy.parallel_per_host;
        for (host, moves) in at {
            let count = u32::try_from(moves.len()).unwrap_or(u32::MAX);
            if count > allowed {
                self.found.push(LintFinding::Parallel { host: host.clone(), order, moves: count, allowed });
            }
            let live = moves.iter().filter_map(|m| self.guests.get(&m.guest));
            let live: Vec<&&Guest> = live.filter(|g| g.running && g.kind == GuestKind::Vm).collect();
            let share = self.inv.policy.link_mib_s / u32::try_from(live.len()).unwrap_or(u32::MAX).max(1);
            // Alone on the link a guest has all that there is; the planner's report warns where that is too little.
            if let Some(guest) = live.iter().find(|g| live.len() > 1 && g.dirty_mib_s >= share) {
                self.found.push(LintFinding::Link { host: host.clone(), order, guest: guest.id.clone() });
            }
        }
    }

    fn end(&mut self, p: &Placement) {
        let mut blocked = BTreeSet::new();
        for b in &p.blocked {
            let left = self.drained.is_some_and(|d| self.at.get(&b.guest).is_some_and(|is| *is != d));
            if !blocked.insert(&b.guest) || left {
                self.found.push(LintFinding::Contradicts { guest: b.guest.clone() });
            }
        }
        if let Some(drained) = self.drained {
            let rest = self.on.get(drained).into_iter().flatten().filter(|g| !blocked.contains(*g));
            let forgotten: Vec<_> = rest.map(|g| LintFinding::Forgotten { guest: (*g).clone() }).collect();
            self.found.extend(forgotten);
        }
        self.affinity(p);
        let (before, after) = (self.loads(|g| &g.host), self.loads(|g| self.at[&g.id]));
        for load in &p.capacity {
            let of = |loads: &BTreeMap<&HostId, (u64, u64)>| loads.get(&load.host).copied().unwrap_or_default();
            let said = ((load.memory_mib_before, load.cpus_before), (load.memory_mib_after, load.cpus_after));
            let total = self.hosts.get(&load.host).map(|h| h.memory_mib);
            if said != (of(&before), of(&after)) || total != Some(load.memory_mib_total) {
                self.found.push(LintFinding::WrongLoad { host: load.host.clone() });
            }
        }
    }

    /// Guests that share an affinity name, share a host at the end if the plan moved any of them.
    fn affinity(&mut self, p: &Placement) {
        let moved: BTreeSet<&GuestId> = p.moves.iter().map(|m| &m.guest).collect();
        let mut by_name: BTreeMap<&str, Vec<&Guest>> = BTreeMap::new();
        for guest in self.guests.values() {
            if self.hosts.get(self.at[&guest.id]).is_some_and(|h| h.state == HostState::Offline) {
                continue;
            }
            for name in &guest.affinity {
                by_name.entry(name).or_default().push(guest);
            }
        }
        for (name, guests) in by_name {
            let Some(first) = guests.first().filter(|_| guests.iter().any(|g| moved.contains(&g.id))) else { continue };
            if let Some(other) = guests.iter().find(|g| self.at[&g.id] != self.at[&first.id]) {
                let (guest, peer) = (first.id.clone(), other.id.clone());
                self.found.push(LintFinding::Affinity { name: name.to_owned(), guest, peer });
            }
        }
    }

    /// MiB and virtual CPUs of a host's running guests and of those that come.
    fn taken<'g>(&self, host: &HostId, coming: impl Iterator<Item = &'g Guest>) -> (u64, u64)
    where
        'a: 'g,
    {
        let here = self.on.get(host).into_iter().flatten().filter_map(|g| self.guests.get(*g).copied());
        here.chain(coming).filter(|g| g.running).fold((0, 0), |(m, c), g| (m + g.memory_mib, c + u64::from(g.cpus)))
    }

    /// MiB and virtual CPUs of the running guests of each host that has any.
    fn loads(&self, at: impl Fn(&'a Guest) -> &'a HostId) -> BTreeMap<&'a HostId, (u64, u64)> {
        let mut loads: BTreeMap<&HostId, (u64, u64)> = BTreeMap::new();
        for guest in self.guests.values().filter(|g| g.running) {
            let load = loads.entry(at(guest)).or_default();
            load.0 += guest.memory_mib;
            load.1 += u64::from(guest.cpus);
        }
        loads
    }

    fn memory_for_guests(&self, host: &Host) -> u64 {
        host.memory_mib.saturating_sub(self.inv.policy.memory_reserve_mib)
    }

    fn cpus_ok(&self, host: &Host, cpus: u64) -> bool {
        cpus as f64 <= f64::from(host.cpus) * self.inv.policy.cpu_overcommit
    }
}

fn shared(a: &[String], b: &[String]) -> bool {
    a.iter().any(|name| b.contains(name))
}

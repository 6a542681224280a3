//! The inventory in dense form: hosts and guests are numbers in the order of their ids, names are interned. The order
//! of the input never shows in a plan.

use std::collections::BTreeMap;

use noout_types::{GuestId, HostId};

use crate::report::BrokenRule;
use crate::{GuestKind, HostState, Inventory, Why, why::Refusal};

/// A host as the planner sees it.
#[derive(Debug)]
pub(crate) struct HostW {
    pub id: HostId,
    pub state: HostState,
    /// MiB for guests: the whole less the reserve.
    pub mem_cap: u64,
    pub mem_total: u64,
    /// Virtual CPUs that the policy allows.
    pub cpu_cap: u64,
    cpu_type: Option<u32>,
    storage: Vec<u32>,
}

/// A guest as the planner sees it.
#[derive(Debug)]
pub(crate) struct GuestW {
    pub id: GuestId,
    pub host: usize,
    /// What it takes of a host while it is there: nothing when stopped.
    pub mem: u64,
    pub cpu: u64,
    /// What it would take if it ran.
    pub nominal: u64,
    pub running: bool,
    pub container: bool,
    pub dirty: u64,
    /// Pinned and running: it does not move.
    pub pinned: Option<String>,
    cpu_type: Option<u32>,
    storage: Vec<u32>,
    anti: Vec<u32>,
    /// The affinity group, linked through any shared name.
    pub group: Option<usize>,
}

impl GuestW {
    /// Whether its move copies memory over the link while it runs.
    pub fn live(&self) -> bool {
        self.running && !self.container
    }
}

/// Everything that does not change while a plan is made.
#[derive(Debug)]
pub(crate) struct World {
    pub hosts: Vec<HostW>,
    pub guests: Vec<GuestW>,
    /// The members of each affinity group of two or more, in order.
    pub groups: Vec<Vec<usize>>,
    names: Vec<String>,
    affinity: Vec<Vec<String>>,
    pub parallel: u32,
    pub link: u64,
    pub keep_n_plus: u32,
    reserve: u64,
}

/// Who takes what where, at one moment of a plan.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// MiB taken per host by running guests there or on their way there.
    pub mem: Vec<u64>,
    pub cpu: Vec<u64>,
    /// MiB per host that would be taken if the stopped guests ran too.
    pub nominal: Vec<u64>,
    /// Anti-affinity names per host, with the number of guests that carry them.
    anti: Vec<BTreeMap<u32, u32>>,
    /// Where each guest is; its source while it moves.
    pub at: Vec<usize>,
}

#[derive(Default)]
struct Names<'a>(BTreeMap<&'a str, u32>, Vec<String>);

impl<'a> Names<'a> {
    fn one(&mut self, name: &'a str) -> u32 {
        let next = self.1.len() as u32;
        *self.0.entry(name).or_insert_with(|| {
            self.1.push(name.to_owned());
            next
        })
    }
    fn all(&mut self, names: &'a [String]) -> Vec<u32> {
        let mut all: Vec<u32> = names.iter().map(|n| self.one(n)).collect();
        all.sort_unstable();
        all
    }
}

impl World {
    /// The dense form of a validated inventory.
    pub fn new(inv: &Inventory) -> Self {
        let mut names = Names::default();
        let mut hosts: Vec<HostW> = inv
            .hosts
            .iter()
            .map(|h| HostW {
                id: h.id.clone(),
                state: h.state,
                mem_cap: h.memory_mib.saturating_sub(inv.policy.memory_reserve_mib),
                mem_total: h.memory_mib,
                cpu_cap: (f64::from(h.cpus) * inv.policy.cpu_overcommit) as u64,
                cpu_type: h.cpu_type.as_deref().map(|n| names.one(n)),
                storage: names.all(&h.storage),
            })
            .collect();
        hosts.sort_by(|a, b| a.id.cmp(&b.id));
        let index: BTreeMap<&HostId, usize> = hosts.iter().enumerate().map(|(i, h)| (&h.id, i)).collect();
        let mut ordered: Vec<&crate::Guest> = inv.guests.iter().collect();
        ordered.sort_by(|a, b| a.id.cmp(&b.id));
        let mut guests: Vec<GuestW> = ordered
            .iter()
            .map(|g| GuestW {
                id: g.id.clone(),
                host: index.get(&g.host).copied().unwrap_or_default(),
                mem: if g.running { g.memory_mib } else { 0 },
                cpu: if g.running { u64::from(g.cpus) } else { 0 },
                nominal: g.memory_mib,
                running: g.running,
                container: g.kind == GuestKind::Container,
                dirty: u64::from(g.dirty_mib_s),
                pinned: if g.running { g.pinned.clone() } else { None },
                cpu_type: g.cpu_type.as_deref().map(|n| names.one(n)),
                storage: names.all(&g.storage),
                anti: names.all(&g.anti_affinity),
                group: None,
            })
            .collect();
        let affinity: Vec<Vec<String>> = ordered.iter().map(|g| g.affinity.clone()).collect();
        let groups = groups(&affinity);
        for (number, members) in groups.iter().enumerate() {
            for &g in members {
                guests[g].group = Some(number);
            }
        }
        Self {
            hosts,
            guests,
            groups,
            names: names.1,
            affinity,
            parallel: inv.policy.parallel_per_host,
            link: u64::from(inv.policy.link_mib_s),
            keep_n_plus: inv.policy.keep_n_plus,
            reserve: inv.policy.memory_reserve_mib,
        }
    }

    /// The number of a host.
    pub fn host(&self, id: &HostId) -> Option<usize> {
        self.hosts.binary_search_by(|h| h.id.cmp(id)).ok()
    }

    /// The number of a guest.
    pub fn guest(&self, id: &GuestId) -> Option<usize> {
        self.guests.binary_search_by(|g| g.id.cmp(id)).ok()
    }

    /// How things are before the first move.
    pub fn start(&self) -> State {
        let n = self.hosts.len();
        let mut state = State {
            mem: vec![0; n],
            cpu: vec![0; n],
            nominal: vec![0; n],
            anti: vec![BTreeMap::new(); n],
            at: self.guests.iter().map(|g| g.host).collect(),
        };
        for (g, guest) in self.guests.iter().enumerate() {
            state.arrive(self, g, guest.host);
        }
        state
    }

    /// Whether a host could take a guest if it were empty and online.
    pub fn suits(&self, g: usize, h: usize) -> bool {
        let (guest, host) = (&self.guests[g], &self.hosts[h]);
        (guest.cpu_type.is_none() || guest.cpu_type == host.cpu_type)
            && guest.storage.iter().all(|s| host.storage.binary_search(s).is_ok())
            && guest.mem <= host.mem_cap
            && guest.cpu <= host.cpu_cap
    }

    /// Whether a host can take a guest now.
    pub fn fits(&self, state: &State, g: usize, h: usize) -> bool {
        let (guest, host) = (&self.guests[g], &self.hosts[h]);
        host.state == HostState::Online
            && (!guest.running
                || (state.mem[h] + guest.mem <= host.mem_cap && state.cpu[h] + guest.cpu <= host.cpu_cap))
            && self.suits(g, h)
            && !guest.anti.iter().any(|a| state.anti[h].contains_key(a))
    }

    /// Whether a host can take all these guests now, which are elsewhere.
    pub fn fits_all(&self, state: &mut State, members: &[usize], h: usize) -> bool {
        let mut entered = 0;
        for &g in members {
            if !self.fits(state, g, h) {
                break;
            }
            state.arrive(self, g, h);
            entered += 1;
        }
        for &g in &members[..entered] {
            state.leave(self, g, h);
        }
        entered == members.len()
    }

    /// Why a host cannot take a guest now; the same judgement as [`World::fits`], in words.
    pub fn why_not(&self, state: &State, g: usize, h: usize) -> Option<Why> {
        let (guest, host) = (&self.guests[g], &self.hosts[h]);
        let name = host.id.clone();
        if host.state != HostState::Online {
            return Some(Why::TargetState { host: name, state: host.state });
        }
        if guest.cpu_type.is_some() && guest.cpu_type != host.cpu_type {
            let needs = self.name(guest.cpu_type).unwrap_or_default();
            return Some(Why::CpuType { host: name, needs, has: self.name(host.cpu_type) });
        }
        let missing: Vec<String> = guest
            .storage
            .iter()
            .filter(|s| host.storage.binary_search(s).is_err())
            .filter_map(|s| self.name(Some(*s)))
            .collect();
        if !missing.is_empty() {
            return Some(Why::Storage { host: name, missing });
        }
        if let Some(anti) = guest.anti.iter().find(|a| state.anti[h].contains_key(a)) {
            let peer = (0..self.guests.len())
                .find(|&p| p != g && state.at[p] == h && self.guests[p].anti.contains(anti))
                .or_else(|| (0..self.guests.len()).find(|&p| p != g && self.guests[p].anti.contains(anti)));
            let peer = self.guests[peer.unwrap_or(g)].id.clone();
            return Some(Why::AntiAffinity { host: name, name: self.name(Some(*anti)).unwrap_or_default(), peer });
        }
        let free_mib = host.mem_cap.saturating_sub(state.mem[h]);
        if guest.running && state.mem[h] + guest.mem > host.mem_cap {
            return Some(Why::Memory { host: name, needs_mib: guest.mem, free_mib, reserve_mib: self.reserve });
        }
        if guest.running && state.cpu[h] + guest.cpu > host.cpu_cap {
            let free = host.cpu_cap.saturating_sub(state.cpu[h]);
            return Some(Why::Cpu { host: name, needs: guest.cpu, free });
        }
        None
    }

    /// Why a host cannot take all these guests now.
    pub fn why_not_all(&self, state: &mut State, members: &[usize], h: usize) -> Option<Why> {
        let mut why = None;
        let mut entered = 0;
        for &g in members {
            why = self.why_not(state, g, h);
            if why.is_some() {
                break;
            }
            state.arrive(self, g, h);
            entered += 1;
        }
        for &g in &members[..entered] {
            state.leave(self, g, h);
        }
        // A group is short of the sum, not of the member that happened to be the last one.
        let sum = |f: fn(&GuestW) -> u64| members.iter().map(|&g| f(&self.guests[g])).sum::<u64>();
        match why {
            Some(Why::Memory { host, reserve_mib, .. }) => {
                let free_mib = self.hosts[h].mem_cap.saturating_sub(state.mem[h]);
                Some(Why::Memory { host, needs_mib: sum(|g| g.mem), free_mib, reserve_mib })
            }
            Some(Why::Cpu { host, .. }) => {
                let free = self.hosts[h].cpu_cap.saturating_sub(state.cpu[h]);
                Some(Why::Cpu { host, needs: sum(|g| g.cpu), free })
            }
            other => other,
        }
    }

    /// The refusals of all these hosts as one reason.
    pub fn no_target(&self, state: &mut State, members: &[usize], hosts: impl Iterator<Item = usize>) -> Why {
        let mut by_code: BTreeMap<&'static str, Refusal> = BTreeMap::new();
        let mut count = 0;
        for h in hosts {
            count += 1;
            let away: Vec<usize> = members.iter().copied().filter(|&g| state.at[g] != h).collect();
            let Some(why) = self.why_not_all(state, &away, h) else { continue };
            let refusal =
                by_code.entry(why.code()).or_insert_with(|| Refusal { hosts: 0, example: Box::new(why.clone()) });
            refusal.hosts += 1;
            if why.distance() < refusal.example.distance() {
                *refusal.example = why;
            }
        }
        let mut refusals: Vec<Refusal> = by_code.into_values().collect();
        refusals.sort_by_key(|r| std::cmp::Reverse(r.hosts));
        Why::NoTarget { hosts: count, refusals }
    }

    /// How loaded a host is, memory or CPU, whichever is worse, in millionths of what guests may take.
    pub fn load(&self, state: &State, h: usize) -> u64 {
        let share = |used: u64, cap: u64| used.saturating_mul(1_000_000) / cap.max(1);
        share(state.mem[h], self.hosts[h].mem_cap).max(share(state.cpu[h], self.hosts[h].cpu_cap))
    }

    /// The most loaded of the online hosts.
    pub fn peak(&self, state: &State) -> u64 {
        (0..self.hosts.len())
            .filter(|&h| self.hosts[h].state == HostState::Online)
            .map(|h| self.load(state, h))
            .max()
            .unwrap_or_default()
    }

    /// The affinity name that two guests share, or one of the first's where others link them.
    pub fn affinity_name(&self, g: usize, peer: usize) -> String {
        let own = &self.affinity[g];
        own.iter().find(|n| self.affinity[peer].contains(n)).or_else(|| own.first()).cloned().unwrap_or_default()
    }

    /// Pairs that share a host against their anti-affinity before anything moves, one per host and name.
    pub fn anti_broken(&self) -> Vec<BrokenRule> {
        let mut first: BTreeMap<(usize, u32), usize> = BTreeMap::new();
        let mut out: BTreeMap<(usize, u32), BrokenRule> = BTreeMap::new();
        for (g, guest) in self.guests.iter().enumerate() {
            for &anti in &guest.anti {
                let key = (guest.host, anti);
                let peer = *first.entry(key).or_insert(g);
                if peer != g && self.hosts[guest.host].state != HostState::Offline {
                    let (a, b, host) = (&self.guests[peer].id, &guest.id, &self.hosts[guest.host].id);
                    let name = self.name(Some(anti)).unwrap_or_default();
                    out.entry(key).or_insert_with(|| BrokenRule::AntiAffinity {
                        guest: a.clone(),
                        peer: b.clone(),
                        name,
                        host: host.clone(),
                    });
                }
            }
        }
        out.into_values().collect()
    }

    /// An anti-affinity name that two guests share.
    pub fn anti_name(&self, g: usize, peer: usize) -> Option<String> {
        let shared = self.guests[g].anti.iter().find(|a| self.guests[peer].anti.contains(a))?;
        self.name(Some(*shared))
    }

    fn name(&self, number: Option<u32>) -> Option<String> {
        self.names.get(number? as usize).cloned()
    }
}

impl State {
    /// Takes room for a guest on a host.
    pub fn arrive(&mut self, world: &World, g: usize, h: usize) {
        let guest = &world.guests[g];
        self.mem[h] += guest.mem;
        self.cpu[h] += guest.cpu;
        self.nominal[h] += guest.nominal;
        for &a in &guest.anti {
            *self.anti[h].entry(a).or_default() += 1;
        }
    }

    /// Gives a guest's room on a host back.
    pub fn leave(&mut self, world: &World, g: usize, h: usize) {
        let guest = &world.guests[g];
        self.mem[h] -= guest.mem;
        self.cpu[h] -= guest.cpu;
        self.nominal[h] -= guest.nominal;
        for a in &guest.anti {
            if let Some(count) = self.anti[h].get_mut(a) {
                *count -= 1;
                if *count == 0 {
                    self.anti[h].remove(a);
                }
            }
        }
    }

    /// Puts a guest elsewhere at once.
    pub fn shift(&mut self, world: &World, g: usize, to: usize) {
        self.leave(world, g, self.at[g]);
        self.arrive(world, g, to);
        self.at[g] = to;
    }
}

/// Guests linked by any shared affinity name, as groups of two or more.
fn groups(affinity: &[Vec<String>]) -> Vec<Vec<usize>> {
    let mut root: Vec<usize> = (0..affinity.len()).collect();
    fn find(root: &mut [usize], mut g: usize) -> usize {
        while root[g] != g {
            root[g] = root[root[g]];
            g = root[g];
        }
        g
    }
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (g, names) in affinity.iter().enumerate() {
        for name in names {
            let peer = *first.entry(name).or_insert(g);
            let (a, b) = (find(&mut root, g), find(&mut root, peer));
            let (low, high) = (a.min(b), a.max(b));
            root[high] = low;
        }
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for g in 0..affinity.len() {
        members.entry(find(&mut root, g)).or_default().push(g);
    }
    members.into_values().filter(|m| m.len() > 1).collect()
}

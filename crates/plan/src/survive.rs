//! What may still die: would the running guests of a dead host find a place on the others?
//!
//! The search is greedy (spread, then tight), so "no place" means that none was found; it errs towards warning. Guests
//! that no other host of the inventory could take even if it were empty are tied to their host: they are listed, but
//! they do not count against it, since no placement could save them.

use noout_types::{GuestId, HostId};
use serde::Serialize;

use crate::report::{Blocked, NPlus};
use crate::units::present;
use crate::world::{State, World};
use crate::{HostState, Inventory, InventoryError};

/// How many combinations of dying hosts are tried. Beyond it only the most loaded hosts are combined, and the result
/// says so.
const MAX_COMBINATIONS: usize = 5_000;

/// Whether a host may die now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Survival {
    /// The host.
    pub host: HostId,
    /// Whether all its running guests that can live elsewhere would find a place.
    pub ok: bool,
    /// Those that would not.
    pub homeless: Vec<Blocked>,
    /// Its running guests that no other host could ever take: pinned, or out of reach of their storage or CPU type.
    pub tied: Vec<GuestId>,
}

/// For every host that is not offline: would its running guests find a place on the others, if it died now?
///
/// # Errors
/// [`Inventory::validate`] refuses the inventory.
pub fn survive(inv: &Inventory) -> Result<Vec<Survival>, InventoryError> {
    inv.validate()?;
    let world = World::new(inv);
    let mut deaths = Deaths::new(&world, &world.start(), None);
    let alive = deaths.alive();
    Ok(alive
        .into_iter()
        .map(|host| {
            let loss = deaths.of(&[host]);
            let homeless = deaths.explain(&[host], &loss);
            let tied = deaths.on[host].iter().filter(|&&g| deaths.tied[g]).map(|&g| world.guests[g].id.clone());
            Survival { host: world.hosts[host].id.clone(), ok: homeless.is_empty(), tied: tied.collect(), homeless }
        })
        .collect())
}

/// Whether any one host may die, beside the one that is leaving.
pub(crate) fn any_one(world: &World, state: &State, leaving: usize) -> bool {
    let mut deaths = Deaths::new(world, state, Some(leaving));
    deaths.alive().into_iter().all(|h| deaths.of(&[h]).homeless.is_empty())
}

/// How many hosts may die, beside the one that is leaving, looked at up to `wanted` and at least one.
pub(crate) fn n_plus(world: &World, state: &State, leaving: Option<usize>) -> NPlus {
    let wanted = world.keep_n_plus;
    let mut deaths = Deaths::new(world, state, leaving);
    let mut out = NPlus { wanted, holds: 0, ok: wanted == 0, exact: true, ..NPlus::default() };
    let mut alive = deaths.alive();
    for deaths_together in 1..=wanted.max(1) {
        let size = deaths_together as usize;
        if alive.len() < size {
            break;
        }
        if combinations(alive.len(), size) > MAX_COMBINATIONS {
            out.exact = false;
            alive.sort_by_key(|&h| (std::cmp::Reverse(deaths.state.mem[h]), h));
            while alive.len() > size && combinations(alive.len(), size) > MAX_COMBINATIONS {
                alive.pop();
            }
            alive.sort_unstable();
        }
        let mut worst: Option<(Loss, Vec<usize>)> = None;
        for_each_combination(&alive, size, &mut |dead| {
            let loss = deaths.of(dead);
            if worst.as_ref().is_none_or(|(w, _)| loss.badness() > w.badness()) {
                worst = Some((loss, dead.to_vec()));
            }
        });
        let Some((loss, dead)) = worst else { break };
        out.worst = dead.iter().map(|&h| world.hosts[h].id.clone()).collect();
        out.homeless = deaths.explain(&dead, &loss);
        if !out.homeless.is_empty() {
            break;
        }
        out.holds = deaths_together;
    }
    out.ok = out.holds >= wanted;
    out
}

struct Deaths<'a> {
    world: &'a World,
    state: State,
    leaving: Option<usize>,
    /// The running guests of each host, largest first.
    on: Vec<Vec<usize>>,
    tied: Vec<bool>,
}

/// What a death leaves behind.
#[derive(Debug, Default)]
struct Loss {
    /// Guests without a place, affinity groups together.
    homeless: Vec<Vec<usize>>,
    /// The others, with their new host.
    placed: Vec<(usize, usize)>,
    mib: u64,
    peak: u64,
    tight: bool,
}

impl Loss {
    fn badness(&self) -> (usize, u64, u64) {
        (self.homeless.iter().map(Vec::len).sum(), self.mib, self.peak)
    }
}

impl<'a> Deaths<'a> {
    fn new(world: &'a World, state: &State, leaving: Option<usize>) -> Self {
        let mut on = vec![Vec::new(); world.hosts.len()];
        for (g, guest) in world.guests.iter().enumerate().filter(|(_, guest)| guest.running) {
            on[state.at[g]].push(g);
            debug_assert_eq!(guest.mem, guest.nominal, "a running guest takes its memory");
        }
        for guests in &mut on {
            guests.sort_by_key(|&g| (std::cmp::Reverse(world.guests[g].mem), g));
        }
        let tied = (0..world.guests.len())
            .map(|g| {
                let elsewhere = |h: &usize| *h != state.at[g] && world.suits(g, *h);
                // Where there is one host only, what is missing is the second, not a fit.
                let alone = world.hosts.len() < 2;
                world.guests[g].pinned.is_some() || !(alone || (0..world.hosts.len()).any(|h| elsewhere(&h)))
            })
            .collect();
        Self { world, state: state.clone(), leaving, on, tied }
    }

    fn alive(&self) -> Vec<usize> {
        let hosts = &self.world.hosts;
        (0..hosts.len()).filter(|&h| hosts[h].state != HostState::Offline && Some(h) != self.leaving).collect()
    }

    fn targets<'b>(&self, dead: &'b [usize]) -> impl Iterator<Item = usize> + use<'b> {
        let leaving = self.leaving;
        (0..self.world.hosts.len()).filter(move |h| Some(*h) != leaving && !dead.contains(h))
    }

    fn of(&mut self, dead: &[usize]) -> Loss {
        let spread = self.restart(dead, false);
        self.forget(&spread);
        if spread.homeless.is_empty() {
            return spread;
        }
        let tight = self.restart(dead, true);
        self.forget(&tight);
        if tight.badness() < spread.badness() { tight } else { spread }
    }

    /// Puts the guests of the dead hosts where they fit; [`Deaths::forget`] takes them back.
    fn restart(&mut self, dead: &[usize], tight: bool) -> Loss {
        let mut loss = Loss { tight, ..Loss::default() };
        for unit in self.units(dead) {
            let forced = self.peers_at(&unit, dead);
            let mut best: Option<(u64, usize)> = None;
            for h in self.targets(dead).filter(|h| forced.is_none_or(|f| f == *h)) {
                let fits = match unit.as_slice() {
                    [g] => self.world.fits(&self.state, *g, h),
                    _ => self.world.fits_all(&mut self.state, &unit, h),
                };
                if fits {
                    let load = self.world.load(&self.state, h);
                    let key = (if tight { u64::MAX - load } else { load }, h);
                    best = Some(best.map_or(key, |b| b.min(key)));
                }
            }
            if let Some((_, h)) = best {
                for &g in &unit {
                    self.state.arrive(self.world, g, h);
                    loss.placed.push((g, h));
                }
            } else {
                loss.mib += unit.iter().map(|&g| self.world.guests[g].mem).sum::<u64>();
                loss.homeless.push(unit);
            }
        }
        loss.peak = self.targets(dead).map(|h| self.world.load(&self.state, h)).max().unwrap_or_default();
        loss
    }

    fn forget(&mut self, loss: &Loss) {
        for &(g, h) in &loss.placed {
            self.state.leave(self.world, g, h);
        }
    }

    /// The guests without a place, each with its reason while the others have theirs.
    fn explain(&mut self, dead: &[usize], loss: &Loss) -> Vec<Blocked> {
        let again = self.restart(dead, loss.tight);
        let mut out = Vec::new();
        for unit in &again.homeless {
            let forced = self.peers_at(unit, dead);
            let targets: Vec<usize> = self.targets(dead).filter(|h| forced.is_none_or(|f| f == *h)).collect();
            let why = self.world.no_target(&mut self.state, unit, targets.into_iter());
            out.extend(unit.iter().map(|&g| Blocked { guest: self.world.guests[g].id.clone(), why: why.clone() }));
        }
        self.forget(&again);
        out.sort_by(|a, b| a.guest.cmp(&b.guest));
        out
    }

    /// The running guests of the dead hosts that can live elsewhere, affinity groups together, largest guest first.
    fn units(&self, dead: &[usize]) -> Vec<Vec<usize>> {
        let mut units: Vec<Vec<usize>> = Vec::new();
        let mut of_group = std::collections::BTreeMap::new();
        for &h in dead {
            for &g in self.on[h].iter().filter(|&&g| !self.tied[g]) {
                let next = units.len();
                let slot = self.world.guests[g].group.map_or(next, |group| *of_group.entry(group).or_insert(next));
                match units.get_mut(slot) {
                    Some(unit) => unit.push(g),
                    None => units.push(vec![g]),
                }
            }
        }
        let size = |unit: &[usize]| unit.iter().map(|&g| self.world.guests[g].mem).sum::<u64>();
        units.sort_by_key(|unit| (std::cmp::Reverse(size(unit)), unit.first().copied()));
        units
    }

    /// Where the rest of an affinity group runs on, if it does.
    fn peers_at(&self, unit: &[usize], dead: &[usize]) -> Option<usize> {
        let group = self.world.guests[*unit.first()?].group?;
        let runs_on = |&g: &usize| self.world.guests[g].running && !dead.contains(&self.state.at[g]);
        present(self.world, group).into_iter().find(runs_on).map(|g| self.state.at[g])
    }
}

/// How many ways there are to choose `k` of `n`, without overflow.
fn combinations(n: usize, k: usize) -> usize {
    (0..k).fold(1usize, |product, i| product.saturating_mul(n - i) / (i + 1))
}

fn for_each_combination(items: &[usize], size: usize, visit: &mut impl FnMut(&[usize])) {
    fn go(items: &[usize], size: usize, chosen: &mut Vec<usize>, visit: &mut impl FnMut(&[usize])) {
        if chosen.len() == size {
            visit(chosen);
            return;
        }
        for (i, &item) in items.iter().enumerate() {
            chosen.push(item);
            go(&items[i + 1..], size, chosen, visit);
            chosen.pop();
        }
    }
    go(items, size, &mut Vec::with_capacity(size), visit);
}

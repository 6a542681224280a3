//! The search for targets: greedy in several orders, with a bounded repair. This is the module that an exact solver
//! replaces: it gets the world and the units, and gives an [`Assignment`].
//!
//! Objective, in this order: guests without a place → running containers restarted → moves → MiB moved → N+1 lost →
//! the load of the most loaded host afterwards. Each order of trying is run to its end; the best result by the objective
//! wins, the earlier one on a tie.

use std::cmp::Reverse;

use crate::schedule::Job;
use crate::survive;
use crate::units::Unit;
use crate::world::{State, World};
use crate::{HostState, Why};

/// How many units may get a repair in one run. A cluster that needs more is full, and the answer to that is not to
/// shuffle it; each try looks at every pair of hosts.
const MAX_REPAIRS: usize = 48;

/// Where units go.
#[derive(Debug, Clone, Default)]
pub(crate) struct Assignment {
    /// In an order in which each fits when all earlier ones have ended.
    pub jobs: Vec<Placed>,
    /// The units without a place, with the reason.
    pub unplaced: Vec<(Unit, Why)>,
}

/// A job and why there is one.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub job: Job,
    /// Set on a guest that moves only to make room for another.
    pub room_for: Option<usize>,
}

/// In which order units are tried, and which of the fitting hosts they get.
#[derive(Debug, Clone, Copy)]
struct Strategy {
    order: Order,
    choice: Choice,
}

#[derive(Debug, Clone, Copy)]
enum Order {
    /// The largest share of a host first.
    Largest,
    /// The fewest hosts that suit first.
    Scarcest,
    /// The smallest first: places the most guests when not all have a place.
    Smallest,
}

#[derive(Debug, Clone, Copy)]
enum Choice {
    /// The host that is least loaded afterwards.
    Spread,
    /// The host that is fullest afterwards.
    Tight,
}

const STRATEGIES: [Strategy; 5] = [
    Strategy { order: Order::Largest, choice: Choice::Spread },
    Strategy { order: Order::Scarcest, choice: Choice::Spread },
    Strategy { order: Order::Largest, choice: Choice::Tight },
    Strategy { order: Order::Scarcest, choice: Choice::Tight },
    Strategy { order: Order::Smallest, choice: Choice::Tight },
];

/// Finds targets for units, none of which may end on `leaving`.
pub(crate) fn assign(world: &World, units: &[Unit], leaving: usize) -> Assignment {
    let mut best: Option<(Score, Assignment)> = None;
    for strategy in STRATEGIES {
        let mut run = Run::new(world, leaving, strategy.choice);
        run.all(units, strategy.order);
        let score = run.score();
        let repaired = run.out.jobs.iter().any(|p| p.room_for.is_some());
        let done = score.unplaced == 0 && !repaired && !score.n_plus_lost;
        if best.as_ref().is_none_or(|(b, _)| score < *b) {
            best = Some((score, run.out));
        }
        if done {
            // The moves are the guests that must leave and nothing else; the others could only differ in the peak,
            // which spreading keeps low.
            break;
        }
    }
    best.map(|(_, assignment)| assignment).unwrap_or_default()
}

/// The objective; compared field by field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Score {
    unplaced: usize,
    interrupted: usize,
    moves: usize,
    mib: u64,
    n_plus_lost: bool,
    peak: u64,
}

/// Restarts, moves, MiB, and how well the third guest's new host ranks.
type RepairCost = (usize, usize, u64, (u64, u64, usize));

struct Run<'a> {
    world: &'a World,
    leaving: usize,
    choice: Choice,
    state: State,
    repairs: usize,
    out: Assignment,
}

impl<'a> Run<'a> {
    fn new(world: &'a World, leaving: usize, choice: Choice) -> Self {
        Self { world, leaving, choice, state: world.start(), repairs: 0, out: Assignment::default() }
    }

    fn all(&mut self, units: &[Unit], order: Order) {
        let mut sorted: Vec<&Unit> = units.iter().collect();
        let size = |u: &Unit| u.members.iter().map(|&g| self.world.guests[g].nominal).sum::<u64>();
        match order {
            Order::Largest => sorted.sort_by_key(|u| (Reverse(size(u)), u.members[0])),
            Order::Smallest => sorted.sort_by_key(|u| (size(u), u.members[0])),
            Order::Scarcest => sorted.sort_by_cached_key(|u| {
                let suits = self.targets(u).filter(|&h| u.members.iter().all(|&g| self.world.suits(g, h))).count();
                (suits, Reverse(size(u)), u.members[0])
            }),
        }
        for unit in sorted {
            if self.place(unit) || self.repair(unit) {
                continue;
            }
            let hosts = (0..self.world.hosts.len()).filter(|&h| h != self.leaving);
            let why = match unit.forced {
                Some(h) => self.world.no_target(&mut self.state, &unit.members, std::iter::once(h)),
                None => self.world.no_target(&mut self.state, &unit.members, hosts),
            };
            self.out.unplaced.push((unit.clone(), why));
        }
    }

    fn targets(&self, unit: &Unit) -> impl Iterator<Item = usize> + use<> {
        let (leaving, forced) = (self.leaving, unit.forced);
        (0..self.world.hosts.len()).filter(move |&h| h != leaving && forced.is_none_or(|f| f == h))
    }

    fn away(&self, unit: &Unit, h: usize) -> Vec<usize> {
        unit.members.iter().copied().filter(|&g| self.state.at[g] != h).collect()
    }

    fn place(&mut self, unit: &Unit) -> bool {
        let best = if let ([g], None) = (unit.members.as_slice(), unit.forced) {
            self.choose(*g, None)
        } else {
            self.choose_for_group(unit)
        };
        let Some(h) = best else { return false };
        self.take(Job { members: self.away(unit, h), to: h }, None);
        true
    }

    /// The best host for one guest.
    fn choose(&self, g: usize, not: Option<usize>) -> Option<usize> {
        (0..self.world.hosts.len())
            .filter(|&h| h != self.leaving && Some(h) != not && self.state.at[g] != h)
            .filter(|&h| self.world.fits(&self.state, g, h))
            .min_by_key(|&h| self.rank(&[g], h))
    }

    /// The best host for a group: fewest moves and least memory moved, then as for a guest.
    fn choose_for_group(&mut self, unit: &Unit) -> Option<usize> {
        let mut best = None;
        for h in self.targets(unit) {
            let away = self.away(unit, h);
            if !self.world.fits_all(&mut self.state, &away, h) {
                continue;
            }
            let (restarts, mib) = self.cost(&away);
            let key = (restarts, away.len(), mib, self.rank(&away, h));
            if best.as_ref().is_none_or(|(k, _)| key < *k) {
                best = Some((key, h));
            }
        }
        best.map(|(_, h)| h)
    }

    /// Smaller is better: how loaded the host would be, then how loaded if its stopped guests ran too.
    fn rank(&self, entering: &[usize], h: usize) -> (u64, u64, usize) {
        let (guests, host) = (&self.world.guests, &self.world.hosts[h]);
        let sum = |f: fn(&crate::world::GuestW) -> u64| entering.iter().map(|&g| f(&guests[g])).sum::<u64>();
        let share = |used: u64, cap: u64| used.saturating_mul(1_000_000) / cap.max(1);
        let memory = share(self.state.mem[h] + sum(|g| g.mem), host.mem_cap);
        let load = memory.max(share(self.state.cpu[h] + sum(|g| g.cpu), host.cpu_cap));
        let nominal = share(self.state.nominal[h] + sum(|g| g.nominal), host.mem_cap);
        // Stopped guests add no load; without the second look they would all go to the one least loaded host.
        let (first, second) = if sum(|g| g.mem) == 0 { (nominal, load) } else { (load, nominal) };
        match self.choice {
            Choice::Spread => (first, second, h),
            Choice::Tight => (u64::MAX - first, u64::MAX - second, h),
        }
    }

    fn take(&mut self, job: Job, room_for: Option<usize>) {
        for &g in &job.members {
            self.state.shift(self.world, g, job.to);
        }
        self.out.jobs.push(Placed { job, room_for });
    }

    /// Restarted containers and MiB of a set of moves.
    fn cost(&self, members: &[usize]) -> (usize, u64) {
        let restarts = members.iter().filter(|&&g| self.world.guests[g].running && self.world.guests[g].container);
        (restarts.count(), members.iter().map(|&g| self.world.guests[g].mem).sum())
    }

    /// Makes a place by moving one third guest between two other hosts: the cheapest such move by the objective.
    fn repair(&mut self, unit: &Unit) -> bool {
        if self.repairs == MAX_REPAIRS {
            return false;
        }
        self.repairs += 1;
        let mut best: Option<(RepairCost, usize, usize, usize)> = None;
        let mut on: Vec<Vec<usize>> = vec![Vec::new(); self.world.hosts.len()];
        for (g, &h) in self.state.at.iter().enumerate() {
            on[h].push(g);
        }
        for h in self.targets(unit) {
            let away = self.away(unit, h);
            let suits = |&g: &usize| self.world.suits(g, h);
            if self.world.hosts[h].state != HostState::Online || !away.iter().all(suits) {
                continue;
            }
            for &third in &on[h] {
                let guest = &self.world.guests[third];
                // A guest that made room already must leave before the guest it made room for arrives.
                if self.out.jobs.iter().any(|p| p.room_for.is_some() && p.job.members == [third]) {
                    continue;
                }
                if guest.group.is_some() || guest.pinned.is_some() || unit.members.contains(&third) {
                    continue;
                }
                self.state.leave(self.world, third, h);
                if self.world.fits_all(&mut self.state, &away, h) {
                    // Both are counted as in flight when the third looks for its place, and it must not come back.
                    if let Some(to) = self.choose(third, Some(h)) {
                        let again = self.world.guests[third].host == self.leaving;
                        let (restarts, mib) = if again { (0, 0) } else { self.cost(&[third]) };
                        let (unit_restarts, unit_mib) = self.cost(&away);
                        let moves = away.len() + usize::from(!again);
                        let key = (restarts + unit_restarts, moves, mib + unit_mib, self.rank(&[third], to));
                        if best.as_ref().is_none_or(|(k, ..)| key < *k) {
                            best = Some((key, third, to, h));
                        }
                    }
                }
                self.state.arrive(self.world, third, h);
            }
        }
        let Some((_, third, to, h)) = best else { return false };
        let earlier = self.out.jobs.iter().position(|p| p.job.members == [third]);
        // A guest that was given a place in this run gets another one instead of moving twice. Its job goes to the end
        // of the order: until then its old place is emptier, so what follows fits all the more.
        let room_for = if earlier.is_some() { None } else { Some(unit.members[0]) };
        if let Some(index) = earlier {
            self.out.jobs.remove(index);
        }
        self.take(Job { members: vec![third], to }, room_for);
        self.take(Job { members: self.away(unit, h), to: h }, None);
        true
    }

    fn score(&self) -> Score {
        let moved: Vec<usize> = self.out.jobs.iter().flat_map(|p| p.job.members.iter().copied()).collect();
        let (interrupted, mib) = self.cost(&moved);
        let unplaced = self
            .out
            .unplaced
            .iter()
            .flat_map(|(u, _)| &u.members)
            .filter(|&&g| self.world.guests[g].host == self.leaving)
            .count();
        Score {
            unplaced,
            interrupted,
            moves: moved.len(),
            mib,
            n_plus_lost: self.world.keep_n_plus > 0 && !survive::any_one(self.world, &self.state, self.leaving),
            peak: self.world.peak(&self.state),
        }
    }
}

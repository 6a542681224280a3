//! Takes a few processes out and puts each back where it costs least: the moves by which big processes travel.
//!
//! A big process fits on few machines, and only if many others make room at once; one shift or swap after another would have
//! to pass through states that cost far too much. This is ruin and recreate (Schrimpf and others 2000) in an annealing.

use super::chance::Chance;
use super::standing::Standing;

/// The most processes that are taken out to make room for one: more take long and are seldom accepted.
const MOST_OUT: usize = 30;
/// Among so many processes the biggest is put on another machine: bigger ones have fewer machines and need more attempts.
const DRAWN_FOR_BIG: usize = 4;
/// When places are skipped, one in so many is.
const SKIPS_ONE_IN: usize = 8;

/// A process, and the machine that it was taken from.
type Taken = (usize, usize);

/// How big processes are, which orders them when they are put back.
#[derive(Debug)]
pub(super) struct Sizes {
    /// Per process and resource: the share of a mean machine's capacity.
    shares: Vec<f64>,
    resources: usize,
}

impl Sizes {
    pub fn new(standing: &Standing<'_>) -> Self {
        let model = standing.model;
        let resources = model.resources.len();
        let mean = |n: usize| {
            let sum: i64 = model.capacity.iter().skip(n).step_by(resources).sum();
            (sum as f64 / model.machines as f64).max(1.0)
        };
        let means: Vec<f64> = (0..resources).map(mean).collect();
        let shares = model.need.iter().enumerate().map(|(i, need)| *need as f64 / means[i % resources]).collect();
        Self { shares, resources }
    }

    fn of(&self, p: usize) -> &[f64] {
        &self.shares[p * self.resources..][..self.resources]
    }

    /// The size by one resource, by all together, or by the one that a process needs most of.
    fn by(&self, p: usize, measure: usize) -> f64 {
        let shares = self.of(p);
        match shares.get(measure) {
            Some(share) => *share,
            None if measure == self.resources => shares.iter().sum(),
            None => shares.iter().copied().fold(0.0, f64::max),
        }
    }

    /// How many measures there are.
    fn measures(&self) -> usize {
        self.resources + 2
    }
}

/// One rebuilding: what is out, and how far putting it back has come.
struct Rebuilding<'r, 'a> {
    standing: &'r mut Standing<'a>,
    chance: &'r mut Chance,
    sizes: &'r Sizes,
    /// The cost that must not be exceeded.
    most: i64,
    out: Vec<Taken>,
    /// How many of them are on a machine again.
    back: usize,
}

/// Rebuilds some part if every rule holds afterwards and the cost rises by no more than `limit`; else leaves all as it was.
pub(super) fn rebuild(standing: &mut Standing<'_>, chance: &mut Chance, sizes: &Sizes, limit: i64) -> bool {
    let most = standing.cost.saturating_add(limit);
    let mut rebuilding = Rebuilding { standing, chance, sizes, most, out: Vec::new(), back: 0 };
    // Whole machines are worth most attempts, as the trials with the contest's instances showed.
    let begun = match rebuilding.chance.below(5) {
        0 | 1 => rebuilding.take_from_machines(),
        2 => rebuilding.take_any(),
        3 => rebuilding.make_room_for_a_big_one(0.0),
        _ => {
            let share = rebuilding.chance.share();
            rebuilding.make_room_for_a_big_one(share)
        }
    };
    let taken = begun && rebuilding.put_back() && rebuilding.holds();
    if !taken {
        rebuilding.undo();
    }
    taken
}

impl Rebuilding<'_, '_> {
    fn take(&mut self, p: usize) {
        self.out.push((p, self.standing.at[p]));
        self.standing.leave(p);
    }

    /// Takes some or all processes from two to four machines.
    fn take_from_machines(&mut self) -> bool {
        let share = 0.1 + 0.9 * self.chance.share();
        for _ in 0..2 + self.chance.below(3) {
            let machine = self.chance.below(self.standing.model.machines);
            self.take_share(machine, share);
        }
        !self.out.is_empty()
    }

    fn take_share(&mut self, machine: usize, share: f64) {
        for p in self.standing.here[machine].clone() {
            if self.out.len() < MOST_OUT && self.chance.share() < share {
                self.take(p);
            }
        }
    }

    /// Takes two to nine processes from anywhere.
    fn take_any(&mut self) -> bool {
        for _ in 0..2 + self.chance.below(8) {
            let p = self.chance.below(self.standing.model.processes);
            if self.out.iter().all(|(other, _)| *other != p) {
                self.take(p);
            }
        }
        true
    }

    /// Puts a big process on another machine, which a share of the processes there leaves, and more until it fits.
    fn make_room_for_a_big_one(&mut self, share: f64) -> bool {
        let measure = self.chance.below(self.sizes.resources);
        let mut p = self.chance.below(self.standing.model.processes);
        for _ in 1..DRAWN_FOR_BIG {
            let other = self.chance.below(self.standing.model.processes);
            if self.sizes.by(other, measure) > self.sizes.by(p, measure) {
                p = other;
            }
        }
        let choice = self.chance.below(self.standing.choices(p));
        let to = self.standing.choice(p, choice);
        if self.standing.at[p] == to || !self.standing.is_free_of(self.standing.model.service[p], to) {
            return false;
        }
        self.take(p);
        self.take_share(to, share);
        while !self.standing.has_room(p, to) {
            let here = &self.standing.here[to];
            if here.is_empty() || self.out.len() > MOST_OUT {
                return false;
            }
            let p = here[self.chance.below(here.len())];
            self.take(p);
        }
        self.enter(to)
    }

    /// Puts the next one on a machine. False once it has become too dear.
    fn enter(&mut self, machine: usize) -> bool {
        self.standing.enter(self.out[self.back].0, machine);
        self.back += 1;
        !self.is_too_dear()
    }

    /// Without balance costs, putting more back never makes it cheaper.
    fn is_too_dear(&self) -> bool {
        self.standing.cost > self.most && (self.back == self.out.len() || self.standing.model.balances.is_empty())
    }

    /// Puts all back, big ones first by a measure drawn by lot, each where it costs least.
    fn put_back(&mut self) -> bool {
        let measure = self.chance.below(self.sizes.measures());
        let noise = self.chance.share();
        let mut rest: Vec<(f64, Taken)> = Vec::with_capacity(self.out.len());
        for taken in self.out.drain(self.back..) {
            rest.push((self.sizes.by(taken.0, measure) * (1.0 + noise * self.chance.share()), taken));
        }
        rest.sort_by(|a, b| b.0.total_cmp(&a.0));
        self.out.extend(rest.into_iter().map(|(_, taken)| taken));
        let skips = self.chance.below(2) == 0;
        while let Some(&(p, _)) = self.out.get(self.back) {
            let Some(machine) = self.cheapest(p, skips) else { return false };
            if !self.enter(machine) {
                return false;
            }
        }
        true
    }

    /// Where a process that is nowhere costs least. Skipping places now and then (Christiaens and Vanden Berghe 2020) finds
    /// what always taking the cheapest never would.
    fn cheapest(&mut self, p: usize, skips: bool) -> Option<usize> {
        let standing = &*self.standing;
        let service = standing.model.service[p];
        let (mut best, mut least) = (None, i64::MAX);
        for n in 0..standing.choices(p) {
            let machine = standing.choice(p, n);
            if standing.is_free_of(service, machine) && standing.has_room(p, machine) {
                let cost = standing.entry_cost(p, machine);
                let skipped = |chance: &mut Chance| skips && chance.below(SKIPS_ONE_IN) == 0;
                if cost < least && standing.leaves_hope(service, machine) && !skipped(self.chance) {
                    (best, least) = (Some(machine), cost);
                }
            }
        }
        best
    }

    /// Whether something has changed, every rule holds, and it costs no more than it may.
    fn holds(&self) -> bool {
        let model = self.standing.model;
        self.standing.cost <= self.most
            && self.out.iter().any(|&(p, from)| self.standing.at[p] != from)
            && self.out.iter().all(|&(p, _)| self.standing.service_holds(model.service[p]))
    }

    fn undo(&mut self) {
        for &(p, _) in &self.out[..self.back] {
            self.standing.leave(p);
        }
        for &(p, from) in &self.out {
            self.standing.enter(p, from);
        }
    }
}

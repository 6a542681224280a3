//! Simulated annealing over shifts, swaps and rebuilding: what costs more is taken less and less often.

use super::chance::Chance;
use super::rebuild::{Sizes, rebuild};
use super::standing::Standing;
use super::{Broken, Model, evaluate};

/// How many shifts are looked at for a first idea of what a move costs.
const SAMPLES: usize = 20_000;
/// The temperature at the beginning, in shares of what a dearer shift costs at first. Big processes cost far more than the mean
/// of all, and travel only while it is this hot.
const HOT: f64 = 2.0;
/// The same when the big processes have settled and only details are left.
const COLD: f64 = 0.03;
/// The temperature at the end: costs are whole numbers, so that hardly anything dearer is taken.
const FROZEN: f64 = 0.3;
/// The last part of a run, which goes from cold to frozen.
const DETAILS: f64 = 0.35;
/// One in so many attempts rebuilds: it takes a few hundred times longer than the others, and so gets most of the time.
const REBUILDS_EVERY: usize = 40;
/// One in so many shifts sends a process home, where it costs no move.
const GOES_HOME_EVERY: usize = 10;

/// A search for cheaper assignments.
///
/// It has no clock: who calls [`Search::run`] again and again says how far the time has come. The same seed and the same calls
/// give the same assignment.
#[derive(Debug)]
pub struct Search<'a> {
    standing: Standing<'a>,
    chance: Chance,
    sizes: Sizes,
    best: Vec<usize>,
    best_cost: i64,
    /// What a shift costs on average that makes it dearer.
    typical: f64,
}

impl<'a> Search<'a> {
    /// A search that begins where the processes are.
    ///
    /// # Errors
    /// The rule that the first assignment breaks.
    pub fn new(model: &'a Model, first: &'a [usize], seed: u64) -> Result<Self, Broken> {
        let best_cost = evaluate(model, first, first)?;
        let standing = Standing::new(model, first);
        let sizes = Sizes::new(&standing);
        let mut chance = Chance::new(seed);
        let typical = typical_cost(&standing, &mut chance);
        Ok(Self { standing, chance, sizes, best: first.to_vec(), best_cost, typical })
    }

    /// The cheapest assignment so far, and its cost.
    #[must_use]
    pub fn best(&self) -> (&[usize], i64) {
        (&self.best, self.best_cost)
    }

    /// Makes so many attempts. `warmth` is how much of the time is left, 1 at the beginning and 0 at the end.
    pub fn run(&mut self, attempts: usize, warmth: f64) {
        let temperature = self.temperature(warmth);
        for attempt in 0..attempts {
            // Metropolis' rule, drawn before the cost is known.
            let limit = (-temperature * self.chance.share().ln()) as i64;
            let taken = if attempt % REBUILDS_EVERY == 0 {
                rebuild(&mut self.standing, &mut self.chance, &self.sizes, limit)
            } else if self.chance.below(2) == 0 {
                self.shift(limit)
            } else {
                self.swap(limit)
            };
            if taken {
                self.remember();
            }
        }
    }

    /// Falls by the same factor in equal times: from hot to cold, and then from cold to frozen.
    fn temperature(&self, warmth: f64) -> f64 {
        let (hot, cold) = (self.typical * HOT, (self.typical * COLD).max(FROZEN));
        let warmth = warmth.clamp(0.0, 1.0);
        if warmth > DETAILS {
            cold * (hot / cold).powf((warmth - DETAILS) / (1.0 - DETAILS))
        } else {
            FROZEN * (cold / FROZEN).powf(warmth / DETAILS)
        }
    }

    fn shift(&mut self, limit: i64) -> bool {
        let p = self.chance.below(self.standing.model.processes);
        let goes_home = self.chance.below(GOES_HOME_EVERY) == 0;
        let to = if goes_home { self.standing.first[p] } else { self.choice(p) };
        self.standing.try_shift(p, to, limit)
    }

    fn swap(&mut self, limit: i64) -> bool {
        let p = self.chance.below(self.standing.model.processes);
        let there = self.choice(p);
        let place = self.chance.below(self.standing.here[there].len());
        let Some(&q) = self.standing.here[there].get(place) else { return false };
        self.standing.try_swap(p, q, limit)
    }

    fn choice(&mut self, p: usize) -> usize {
        self.standing.choice(p, self.chance.below(self.standing.choices(p)))
    }

    fn remember(&mut self) {
        if self.standing.cost < self.best_cost {
            self.best_cost = self.standing.cost;
            self.best.copy_from_slice(&self.standing.at);
        }
    }
}

fn typical_cost(standing: &Standing<'_>, chance: &mut Chance) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for _ in 0..SAMPLES {
        let p = chance.below(standing.model.processes);
        let to = chance.below(standing.model.machines);
        if standing.at[p] != to && standing.has_room(p, to) {
            let cost = standing.shift_cost(p, to);
            if cost > 0 {
                (sum, count) = (sum + cost as f64, count + 1.0);
            }
        }
    }
    if count > 0.0 { sum / count } else { 1.0 }
}

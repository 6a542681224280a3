//! The order of moves: which may run at the same time so that memory, CPUs and anti-affinity hold at every moment.
//!
//! A guest in flight counts on both hosts. One order is a wave: within it nothing relies on a departure. A job (a guest
//! or a whole affinity group) takes room for all its members at the moment the first one starts, so that a group that
//! has begun can always end.

use crate::Move;
use crate::Why;
use crate::world::{State, World};

/// Guests that go to one host together.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    /// The guests, none of which is on `to` yet.
    pub members: Vec<usize>,
    /// Where they go.
    pub to: usize,
}

/// A job that could not start with the first wave for want of room.
#[derive(Debug)]
pub(crate) struct Wait {
    pub guest: usize,
    pub order: u32,
    pub why: Why,
}

#[derive(Debug)]
struct Pending {
    job: Job,
    why: Option<Why>,
}

/// Makes waves out of jobs.
#[derive(Debug)]
pub(crate) struct Schedule<'a> {
    world: &'a World,
    pub state: State,
    pending: Vec<Pending>,
    /// Members of jobs that have begun and still wait for a free slot; their room is taken.
    begun: Vec<(usize, usize)>,
    pub moves: Vec<Move>,
    pub waits: Vec<Wait>,
    order: u32,
    overtaking: bool,
}

/// What is in flight at one host during a wave.
#[derive(Debug, Clone, Copy, Default)]
struct Flight {
    moves: u32,
    live: u64,
    dirtiest: u64,
}

impl Flight {
    fn with(self, live: bool, dirty: u64) -> Self {
        if live {
            Self { moves: self.moves + 1, live: self.live + 1, dirtiest: self.dirtiest.max(dirty) }
        } else {
            Self { moves: self.moves + 1, ..self }
        }
    }
    /// Live moves share the link evenly; each must get more than it dirties, or it would never end.
    fn allowed(self, world: &World) -> bool {
        self.moves <= world.parallel && (self.live < 2 || self.dirtiest < world.link / self.live)
    }
}

impl<'a> Schedule<'a> {
    /// Jobs in the order in which they should be tried. Without `overtaking` no job starts before an earlier one.
    pub fn new(world: &'a World, jobs: Vec<Job>, overtaking: bool) -> Self {
        let pending = jobs.into_iter().map(|job| Pending { job, why: None }).collect();
        let (begun, moves, waits) = (Vec::new(), Vec::new(), Vec::new());
        Self { world, state: world.start(), pending, begun, moves, waits, order: 0, overtaking }
    }

    /// Makes waves until nothing is left or nothing more can start.
    pub fn run(&mut self) {
        while self.wave(None) {}
    }

    /// The jobs that have not started.
    pub fn left(&self) -> impl Iterator<Item = &Job> {
        self.pending.iter().map(|p| &p.job)
    }

    /// Puts a guest on a third host, in a wave of its own together with what else can start.
    pub fn step_aside(&mut self, guest: usize, via: usize) {
        self.wave(Some((guest, via)));
    }

    fn wave(&mut self, first: Option<(usize, usize)>) -> bool {
        let mut flights = vec![Flight::default(); self.world.hosts.len()];
        let mut going: Vec<(usize, usize)> = Vec::new();
        if let Some((g, via)) = first {
            self.state.arrive(self.world, g, via);
            self.take_slot(&mut flights, g, via);
            going.push((g, via));
        }
        let mut later = Vec::new();
        for (g, to) in std::mem::take(&mut self.begun) {
            if self.take_slot(&mut flights, g, to) {
                going.push((g, to));
            } else {
                later.push((g, to));
            }
        }
        let mut still = Vec::new();
        let mut held = false;
        for mut p in std::mem::take(&mut self.pending) {
            let in_flight = |g: &usize| going.iter().any(|(other, _)| other == g);
            if held || p.job.members.iter().any(in_flight) || !self.slot_free(&flights, p.job.members[0], p.job.to) {
                held |= !self.overtaking;
                still.push(p);
                continue;
            }
            if !self.world.fits_all(&mut self.state, &p.job.members, p.job.to) {
                if p.why.is_none() {
                    p.why = self.world.why_not_all(&mut self.state, &p.job.members, p.job.to);
                }
                held |= !self.overtaking;
                still.push(p);
                continue;
            }
            if let Some(why) = p.why.take() {
                self.waits.push(Wait { guest: p.job.members[0], order: self.order + 1, why });
            }
            for &g in &p.job.members {
                self.state.arrive(self.world, g, p.job.to);
                if self.take_slot(&mut flights, g, p.job.to) {
                    going.push((g, p.job.to));
                } else {
                    later.push((g, p.job.to));
                }
            }
        }
        self.pending = still;
        self.begun = later;
        self.finish(going)
    }

    fn finish(&mut self, mut going: Vec<(usize, usize)>) -> bool {
        if going.is_empty() {
            return false;
        }
        self.order += 1;
        going.sort_unstable();
        for (g, to) in going {
            let from = self.state.at[g];
            let id = |h: usize| self.world.hosts[h].id.clone();
            let guest = self.world.guests[g].id.clone();
            self.moves.push(Move { guest, from: id(from), to: id(to), order: self.order });
            self.state.leave(self.world, g, from);
            self.state.at[g] = to;
        }
        true
    }

    fn slot_free(&self, flights: &[Flight], g: usize, to: usize) -> bool {
        let guest = &self.world.guests[g];
        let free = |h: usize| flights[h].with(guest.live(), guest.dirty).allowed(self.world);
        free(self.state.at[g]) && free(to)
    }

    fn take_slot(&self, flights: &mut [Flight], g: usize, to: usize) -> bool {
        let free = self.slot_free(flights, g, to);
        if free {
            let guest = &self.world.guests[g];
            for h in [self.state.at[g], to] {
                flights[h] = flights[h].with(guest.live(), guest.dirty);
            }
        }
        free
    }
}

//! An assignment and all sums that its cost and its rules need, kept up to date move by move.

use super::Model;

/// Where a process is that has been taken out and not been put anywhere yet.
const NOWHERE: usize = usize::MAX;
/// A process that fits on more than one machine in so many keeps no list of them: drawing one finds another soon enough, and
/// the lists stay below 125 MB for the contest's largest instances.
const LISTS_BELOW: usize = 4;

/// Where everything stands.
#[derive(Debug, Clone)]
pub(super) struct Standing<'a> {
    pub model: &'a Model,
    pub first: &'a [usize],
    pub at: Vec<usize>,
    /// Used per machine and resource.
    used: Vec<i64>,
    /// The same with what processes that left still need here: what capacity is compared with.
    load: Vec<i64>,
    /// Load and balance cost per machine.
    machine_cost: Vec<i64>,
    /// Processes per service and machine, location, neighbourhood.
    on: Vec<u16>,
    in_location: Vec<u16>,
    in_hood: Vec<u16>,
    /// Locations per service.
    locations: Vec<usize>,
    /// Processes per service that are nowhere.
    out: Vec<usize>,
    /// Moved processes per service, how many services have so many, and the most of them.
    moved: Vec<usize>,
    with_moved: Vec<usize>,
    most_moved: usize,
    pub cost: i64,
    /// The processes of each machine and their places there.
    pub here: Vec<Vec<usize>>,
    place: Vec<usize>,
    /// The machines that a process fits on beside those who may never leave theirs in full: what is transient stays at home
    /// whatever moves. Big processes have few. Empty: most machines, so no list is kept.
    choices: Vec<Vec<u16>>,
}

impl<'a> Standing<'a> {
    /// How things stand while everybody is at home.
    pub fn new(model: &'a Model, first: &'a [usize]) -> Self {
        let (r, m, s) = (model.resources.len(), model.machines, model.services);
        let mut standing = Self {
            model,
            first,
            at: vec![NOWHERE; model.processes],
            used: vec![0; m * r],
            load: vec![0; m * r],
            machine_cost: vec![0; m],
            on: vec![0; s * m],
            in_location: vec![0; s * model.locations],
            in_hood: vec![0; s * model.hoods],
            locations: vec![0; s],
            out: vec![0; s],
            moved: vec![0; s],
            with_moved: vec![0; model.processes + 1],
            most_moved: 0,
            cost: 0,
            here: vec![Vec::new(); m],
            place: vec![0; model.processes],
            choices: Vec::new(),
        };
        standing.with_moved[0] = s;
        for (p, &home) in first.iter().enumerate() {
            standing.out[model.service[p]] += 1;
            for (n, need) in model.need_of(p).iter().enumerate() {
                if model.resources[n].transient {
                    standing.load[home * r + n] += need;
                }
            }
        }
        for machine in 0..m {
            standing.machine_cost[machine] = standing.price(machine);
            standing.cost += standing.machine_cost[machine];
        }
        // Nobody is anywhere yet: a machine holds only what can never leave it.
        standing.choices = (0..model.processes).map(|p| standing.choices_of(p)).collect();
        for (p, &home) in first.iter().enumerate() {
            standing.enter(p, home);
        }
        standing
    }

    fn choices_of(&self, p: usize) -> Vec<u16> {
        let machines = 0..self.model.machines;
        let fits: Vec<u16> = machines.filter(|&to| self.has_room(p, to)).filter_map(|to| to.try_into().ok()).collect();
        if fits.len() * LISTS_BELOW > self.model.machines { Vec::new() } else { fits }
    }

    /// How many machines a process may be tried on.
    pub fn choices(&self, p: usize) -> usize {
        if self.choices[p].is_empty() { self.model.machines } else { self.choices[p].len() }
    }

    /// One of them.
    pub fn choice(&self, p: usize, n: usize) -> usize {
        self.choices[p].get(n).map_or(n, |&machine| usize::from(machine))
    }

    /// The load and balance cost of a machine.
    fn price(&self, machine: usize) -> i64 {
        let used = &self.used[self.row(machine)];
        self.price_with(machine, |n| used[n])
    }

    /// The same if so much were used.
    #[inline]
    fn price_with(&self, machine: usize, used: impl Fn(usize) -> i64) -> i64 {
        let model = self.model;
        let row = self.row(machine);
        let mut cost = 0;
        for (n, (safety, resource)) in model.safety[row.clone()].iter().zip(&model.resources).enumerate() {
            cost += resource.weight * (used(n) - safety).max(0);
        }
        let capacity = &model.capacity[row];
        for b in &model.balances {
            let free = |n: usize| capacity[n] - used(n);
            cost += b.weight * (b.target * free(b.first) - free(b.second)).max(0);
        }
        cost
    }

    /// A machine's row of the tables.
    fn row(&self, machine: usize) -> std::ops::Range<usize> {
        let r = self.model.resources.len();
        machine * r..machine * r + r
    }

    /// Whether a process takes room on a machine even when it is not there: the transient part of what it needs, at home.
    fn stays(&self, p: usize, machine: usize, n: usize) -> bool {
        self.first[p] == machine && self.model.resources[n].transient
    }

    /// Whether a machine has room for one more.
    #[inline]
    pub fn has_room(&self, p: usize, to: usize) -> bool {
        let row = self.row(to);
        let (load, capacity) = (&self.load[row.clone()], &self.model.capacity[row]);
        let mut needs = self.model.need_of(p).iter().enumerate();
        if self.first[p] == to {
            needs.all(|(n, need)| load[n] + if self.model.resources[n].transient { 0 } else { *need } <= capacity[n])
        } else {
            needs.all(|(n, need)| load[n] + need <= capacity[n])
        }
    }

    /// Whether a machine has room for one when another leaves it.
    fn has_room_without(&self, p: usize, leaves: usize, to: usize) -> bool {
        let row = self.row(to);
        let (load, capacity) = (&self.load[row.clone()], &self.model.capacity[row]);
        let (need, less) = (self.model.need_of(p), self.model.need_of(leaves));
        (0..need.len()).all(|n| {
            let more = if self.stays(p, to, n) { 0 } else { need[n] };
            let less = if self.stays(leaves, to, n) { 0 } else { less[n] };
            load[n] + more - less <= capacity[n]
        })
    }

    /// Whether a machine has no process of the service yet.
    #[inline]
    pub fn is_free_of(&self, service: usize, machine: usize) -> bool {
        self.on[service * self.model.machines + machine] == 0
    }

    /// What it changes of the cost to put a process that is nowhere on a machine, but for the price of services' moves.
    #[inline]
    pub fn entry_cost(&self, p: usize, to: usize) -> i64 {
        let (used, need) = (&self.used[self.row(to)], self.model.need_of(p));
        self.price_with(to, |n| used[n] + need[n]) - self.machine_cost[to] + self.model.move_cost(p, self.first[p], to)
    }

    /// What a shift changes of the cost.
    pub fn shift_cost(&self, p: usize, to: usize) -> i64 {
        let from = self.at[p];
        let need = self.model.need_of(p);
        let (here, there) = (&self.used[self.row(from)], &self.used[self.row(to)]);
        self.price_with(from, |n| here[n] - need[n]) - self.machine_cost[from]
            + self.price_with(to, |n| there[n] + need[n])
            - self.machine_cost[to]
            + self.move_change(p, to)
            + self.service_change(self.service_step(p, to), None)
    }

    /// What it changes when two processes change places.
    fn swap_cost(&self, p: usize, q: usize) -> i64 {
        let (a, b) = (self.at[p], self.at[q]);
        let (np, nq) = (self.model.need_of(p), self.model.need_of(q));
        let (on_a, on_b) = (&self.used[self.row(a)], &self.used[self.row(b)]);
        self.price_with(a, |n| on_a[n] - np[n] + nq[n]) - self.machine_cost[a]
            + self.price_with(b, |n| on_b[n] + np[n] - nq[n])
            - self.machine_cost[b]
            + self.move_change(p, b)
            + self.move_change(q, a)
            + self.service_change(self.service_step(p, b), Some(self.service_step(q, a)))
    }

    /// The price of being on a machine instead of at home; nothing while it is nowhere.
    fn away_cost(&self, p: usize, machine: usize) -> i64 {
        if machine == NOWHERE { 0 } else { self.model.move_cost(p, self.first[p], machine) }
    }

    fn is_away(&self, p: usize, machine: usize) -> bool {
        machine != NOWHERE && machine != self.first[p]
    }

    fn move_change(&self, p: usize, to: usize) -> i64 {
        self.away_cost(p, to) - self.away_cost(p, self.at[p])
    }

    /// A process's service, and how many more of it are away from home after a shift.
    fn service_step(&self, p: usize, to: usize) -> (usize, isize) {
        (self.model.service[p], isize::from(self.is_away(p, to)) - isize::from(self.is_away(p, self.at[p])))
    }

    /// What it changes of the largest number of moved processes of a service.
    fn service_change(&self, one: (usize, isize), other: Option<(usize, isize)>) -> i64 {
        let other = other.unwrap_or((one.0, 0));
        let steps = if one.0 == other.0 { [(one.0, one.1 + other.1), (one.0, 0)] } else { [one, other] };
        if steps.iter().all(|(_, step)| *step == 0) {
            return 0;
        }
        let changed = |n: usize| steps.iter().filter(|(s, step)| *step != 0 && self.moved[*s] == n).count();
        let others = (0..=self.most_moved).rev().find(|&n| self.with_moved[n] > changed(n)).unwrap_or(0);
        let changed = steps.iter().filter(|(_, step)| *step != 0);
        let most = changed.map(|(s, step)| self.moved[*s].saturating_add_signed(*step)).fold(others, usize::max);
        (most as i64 - self.most_moved as i64) * self.model.weight_service_move
    }

    /// Whether spread and dependencies hold when a process goes there.
    pub fn services_hold(&self, p: usize, to: usize) -> bool {
        let (model, from, service) = (self.model, self.at[p], self.model.service[p]);
        let (old, new) = (model.location[from], model.location[to]);
        if old != new {
            let count = |l: usize| self.in_location[service * model.locations + l];
            let after = self.locations[service] + usize::from(count(new) == 0) - usize::from(count(old) == 1);
            if after < model.spread[service] {
                return false;
            }
        }
        let (old, new) = (model.hood[from], model.hood[to]);
        old == new
            || (self.has_needed(service, new) && (self.hood_count(service, old) > 1 || !self.is_needed(service, old)))
    }

    fn hood_count(&self, service: usize, hood: usize) -> u16 {
        self.in_hood[service * self.model.hoods + hood]
    }

    /// Whether a neighbourhood has a process of each service that this one depends on.
    fn has_needed(&self, service: usize, hood: usize) -> bool {
        self.model.needs[service].iter().all(|&s| self.hood_count(s, hood) > 0)
    }

    /// Whether a process in a neighbourhood depends on this service.
    fn is_needed(&self, service: usize, hood: usize) -> bool {
        self.model.needed_by[service].iter().any(|&s| self.hood_count(s, hood) > 0)
    }

    /// Whether a process of a service that is nowhere may go to a machine, and the service's rules can still come to hold
    /// with those of it that then are left.
    pub fn leaves_hope(&self, service: usize, to: usize) -> bool {
        let (model, left) = (self.model, self.out[service] - 1);
        let (hood, location) = (model.hood[to], model.location[to]);
        let opens = self.in_location[service * model.locations + location] == 0;
        let lacks = |n: &usize| *n != hood && self.hood_count(service, *n) == 0 && self.is_needed(service, *n);
        self.has_needed(service, hood)
            && self.locations[service] + usize::from(opens) + left >= model.spread[service]
            && (model.needed_by[service].is_empty() || (0..model.hoods).filter(lacks).count() <= left)
    }

    /// Whether the rules of a service hold as things stand.
    pub fn service_holds(&self, service: usize) -> bool {
        self.locations[service] >= self.model.spread[service]
            && (0..self.model.hoods).all(|n| {
                if self.hood_count(service, n) > 0 { self.has_needed(service, n) } else { !self.is_needed(service, n) }
            })
    }

    /// Moves a process if every rule holds and the cost rises by no more than `limit`.
    pub fn try_shift(&mut self, p: usize, to: usize, limit: i64) -> bool {
        let fits = self.at[p] != to
            && self.is_free_of(self.model.service[p], to)
            && self.has_room(p, to)
            && self.shift_cost(p, to) <= limit
            && self.services_hold(p, to);
        if fits {
            self.shift(p, to);
        }
        fits
    }

    /// Lets two processes change places if every rule holds and the cost rises by no more than `limit`.
    pub fn try_swap(&mut self, p: usize, q: usize, limit: i64) -> bool {
        let (a, b, model) = (self.at[p], self.at[q], self.model);
        let (sp, sq) = (model.service[p], model.service[q]);
        let fits = a != b
            && (sp == sq || self.is_free_of(sp, b) && self.is_free_of(sq, a))
            && self.has_room_without(p, q, b)
            && self.has_room_without(q, p, a)
            && self.swap_cost(p, q) <= limit;
        if !fits {
            return false;
        }
        self.shift(p, b);
        self.shift(q, a);
        let same = sp == sq || model.location[a] == model.location[b] && model.hood[a] == model.hood[b];
        let holds = same || self.service_holds(sp) && self.service_holds(sq);
        if !holds {
            self.shift(q, b);
            self.shift(p, a);
        }
        holds
    }

    /// Moves a process, whatever rule that breaks.
    pub fn shift(&mut self, p: usize, to: usize) {
        self.leave(p);
        self.enter(p, to);
    }

    /// Takes a process out.
    pub fn leave(&mut self, p: usize) {
        let machine = self.at[p];
        self.note_move(p, NOWHERE);
        self.add_load(p, machine, -1);
        let (model, service) = (self.model, self.model.service[p]);
        self.on[service * model.machines + machine] -= 1;
        self.in_hood[service * model.hoods + model.hood[machine]] -= 1;
        let location = &mut self.in_location[service * model.locations + model.location[machine]];
        *location -= 1;
        self.locations[service] -= usize::from(*location == 0);
        self.out[service] += 1;
        let place = self.place[p];
        self.here[machine].swap_remove(place);
        if let Some(&moved) = self.here[machine].get(place) {
            self.place[moved] = place;
        }
    }

    /// Puts a process that is nowhere on a machine, whatever rule that breaks.
    pub fn enter(&mut self, p: usize, machine: usize) {
        self.note_move(p, machine);
        self.add_load(p, machine, 1);
        let (model, service) = (self.model, self.model.service[p]);
        self.on[service * model.machines + machine] += 1;
        self.in_hood[service * model.hoods + model.hood[machine]] += 1;
        let location = &mut self.in_location[service * model.locations + model.location[machine]];
        self.locations[service] += usize::from(*location == 0);
        *location += 1;
        self.out[service] -= 1;
        self.place[p] = self.here[machine].len();
        self.here[machine].push(p);
    }

    fn note_move(&mut self, p: usize, to: usize) {
        let most = self.most_moved;
        self.cost += self.move_change(p, to);
        self.count_moved(p, to);
        self.cost += (self.most_moved as i64 - most as i64) * self.model.weight_service_move;
        self.at[p] = to;
    }

    fn add_load(&mut self, p: usize, machine: usize, sign: i64) {
        let r = self.model.resources.len();
        let at_home = self.first[p] == machine;
        for (n, need) in self.model.need_of(p).iter().enumerate() {
            self.used[machine * r + n] += sign * need;
            if !(at_home && self.model.resources[n].transient) {
                self.load[machine * r + n] += sign * need;
            }
        }
        let price = self.price(machine);
        self.cost += price - self.machine_cost[machine];
        self.machine_cost[machine] = price;
    }

    fn count_moved(&mut self, p: usize, to: usize) {
        let (service, step) = self.service_step(p, to);
        if step != 0 {
            let before = self.moved[service];
            let after = before.saturating_add_signed(step);
            self.with_moved[before] -= 1;
            self.with_moved[after] += 1;
            self.moved[service] = after;
            self.most_moved = self.most_moved.max(after);
            while self.most_moved > 0 && self.with_moved[self.most_moved] == 0 {
                self.most_moved -= 1;
            }
        }
    }
}

//! The questions that a schedule answers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use noout_types::PersonId;

use crate::layers::Layered;
use crate::model::{Absence, Crew, Gap, OnCall, Override, Rotation, Schedule, Shift};
use crate::walk::{Stretch, Walk, concerns};
use crate::{HORIZON_DAYS, MAX_SHIFTS};

impl Schedule {
    /// Who is on call from `from` until before `to`: for each rotation its shifts, cut to that time, neighbours with the same
    /// people merged; sorted by start and rotation.
    ///
    /// Looks at the most [`HORIZON_DAYS`] from `from` and gives the first [`MAX_SHIFTS`] shifts. In a rotation that
    /// [`Schedule::validate`] refuses nobody is on but by override.
    #[must_use]
    pub fn shifts(&self, overrides: &[Override], from: Timestamp, to: Timestamp) -> Vec<Shift> {
        let mut shifts = Vec::new();
        for rotation in &self.rotations {
            let on = self.walk(rotation, overrides, from, to).filter(|stretch| !stretch.people.is_empty());
            shifts.extend(on.take(MAX_SHIFTS).map(|Stretch { start, end, people }| Shift {
                start,
                end,
                rotation: rotation.name.clone(),
                people,
            }));
        }
        shifts.sort_by(|a, b| (a.start, &a.rotation).cmp(&(b.start, &b.rotation)));
        shifts.truncate(MAX_SHIFTS);
        shifts
    }

    /// Who is on call at an instant, in the order of the rotations; a rotation in which nobody is on is left out.
    #[must_use]
    pub fn on_call(&self, overrides: &[Override], at: Timestamp) -> Vec<OnCall> {
        let now = |rotation| self.walk(rotation, overrides, at, horizon(at)).next();
        self.rotations
            .iter()
            .filter_map(|rotation| now(rotation).map(|stretch| (rotation, stretch)))
            .filter(|(_, stretch)| !stretch.people.is_empty())
            .map(|(rotation, stretch)| OnCall {
                rotation: rotation.name.clone(),
                people: stretch.people,
                until: stretch.end,
            })
            .collect()
    }

    /// The first instant after `after` at which somebody comes on or goes off in any rotation; `None` if nothing changes within
    /// [`HORIZON_DAYS`].
    #[must_use]
    pub fn next_change(&self, overrides: &[Override], after: Timestamp) -> Option<Timestamp> {
        let end = horizon(after);
        let change = |rotation| self.walk(rotation, overrides, after, end).next().map(|stretch| stretch.end);
        self.rotations.iter().filter_map(change).filter(|at| *at < end).min()
    }

    /// Who is on call over all rotations together from `from` until before `to`, at the most [`HORIZON_DAYS`]: without gap or
    /// overlap, neighbours with the same people merged.
    #[must_use]
    pub fn crews(&self, overrides: &[Override], from: Timestamp, to: Timestamp) -> Vec<Crew> {
        let to = to.min(horizon(from));
        let rotations: Vec<Vec<Stretch>> = self.walks(overrides, from, to);
        let mut crews: Vec<Crew> = Vec::new();
        for (start, end, on) in Together::new(&rotations, &[], from, to) {
            let people: BTreeSet<PersonId> = on.into_iter().cloned().collect();
            match crews.last_mut() {
                Some(last) if last.people == people => last.end = end,
                _ => crews.push(Crew { start, end, people }),
            }
        }
        crews
    }

    /// Where fewer than `coverage` distinct people are ready, over all rotations together, from `from` until before `to`.
    ///
    /// Ready is who is on call, not absent, and `reachable`, which is asked once for each person. Each gap is as long as the same
    /// people are ready; gaps that touch differ in `have`. Looks at the most [`HORIZON_DAYS`] from `from`.
    #[must_use]
    pub fn gaps(
        &self,
        overrides: &[Override],
        absences: &[Absence],
        reachable: &dyn Fn(&PersonId) -> bool,
        from: Timestamp,
        to: Timestamp,
    ) -> Vec<Gap> {
        let to = to.min(horizon(from));
        if from >= to {
            return Vec::new();
        }
        let rotations = self.walks(overrides, from, to);
        let absent = Absent::new(absences);
        let mut asked: BTreeMap<&PersonId, bool> = BTreeMap::new();
        let mut gaps: Vec<Gap> = Vec::new();
        for (start, end, mut ready) in Together::new(&rotations, absences, from, to) {
            ready.retain(|person| !absent.at(person, start));
            ready.retain(|person| *asked.entry(person).or_insert_with(|| reachable(person)));
            if ready.len() < self.coverage as usize {
                push_gap(&mut gaps, start, end, self.coverage, &ready);
            }
        }
        gaps
    }

    fn walks(&self, overrides: &[Override], from: Timestamp, to: Timestamp) -> Vec<Vec<Stretch>> {
        self.rotations.iter().map(|rotation| self.walk(rotation, overrides, from, to).collect()).collect()
    }

    fn walk<'a>(
        &'a self,
        rotation: &'a Rotation,
        overrides: &'a [Override],
        from: Timestamp,
        to: Timestamp,
    ) -> Walk<'a> {
        let overrides = overrides.iter().filter(|o| concerns(o, &self.id, &rotation.name));
        Walk::new(Layered::new(self, rotation), overrides, from, to.min(horizon(from)))
    }
}

/// The last instant that a question from `from` looks at.
fn horizon(from: Timestamp) -> Timestamp {
    from.checked_add(SignedDuration::from_hours(24 * HORIZON_DAYS)).unwrap_or(Timestamp::MAX)
}

/// All rotations side by side: pieces of time in which nobody comes on or goes off, and who is on.
struct Together<'a> {
    rotations: &'a [Vec<Stretch>],
    /// For each rotation the stretch of the present piece.
    current: Vec<usize>,
    cuts: Vec<Timestamp>,
    next: usize,
}

impl<'a> Together<'a> {
    /// Cut also where an absence begins or ends.
    fn new(rotations: &'a [Vec<Stretch>], absences: &[Absence], from: Timestamp, to: Timestamp) -> Self {
        let mut cuts: Vec<Timestamp> = rotations.iter().flatten().map(|stretch| stretch.start).collect();
        cuts.extend(absences.iter().flat_map(|a| [a.start, a.end]).filter(|at| from < *at && *at < to));
        if from < to {
            cuts.extend([from, to]);
        }
        cuts.sort_unstable();
        cuts.dedup();
        Self { rotations, current: vec![0; rotations.len()], cuts, next: 0 }
    }
}

impl<'a> Iterator for Together<'a> {
    type Item = (Timestamp, Timestamp, BTreeSet<&'a PersonId>);

    fn next(&mut self) -> Option<Self::Item> {
        let (start, end) = (*self.cuts.get(self.next)?, *self.cuts.get(self.next + 1)?);
        self.next += 1;
        let mut on = BTreeSet::new();
        for (stretches, index) in self.rotations.iter().zip(&mut self.current) {
            // Every stretch ends at a cut, so none is passed by unseen.
            *index += stretches[*index..].iter().take_while(|stretch| stretch.end <= start).count();
            on.extend(stretches.get(*index).map_or(&[][..], |stretch| &stretch.people));
        }
        Some((start, end, on))
    }
}

/// Adds a gap, or prolongs the last one when it is the same people's.
fn push_gap(gaps: &mut Vec<Gap>, start: Timestamp, end: Timestamp, need: u32, ready: &BTreeSet<&PersonId>) {
    match gaps.last_mut() {
        Some(last) if last.end == start && last.have.iter().eq(ready.iter().copied()) => last.end = end,
        _ => gaps.push(Gap { start, end, need, have: ready.iter().copied().cloned().collect() }),
    }
}

/// Absences by person.
struct Absent<'a>(BTreeMap<&'a PersonId, Vec<&'a Absence>>);

impl<'a> Absent<'a> {
    fn new(absences: &'a [Absence]) -> Self {
        let mut by_person: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for absence in absences {
            by_person.entry(&absence.person).or_default().push(absence);
        }
        Self(by_person)
    }

    fn at(&self, person: &PersonId, at: Timestamp) -> bool {
        self.0.get(person).is_some_and(|list| list.iter().any(|a| a.start <= at && at < a.end))
    }
}

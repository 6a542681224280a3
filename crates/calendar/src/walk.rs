//! A walk along one rotation: what the turns say, with overrides on top, in merged stretches.

use jiff::Timestamp;
use noout_types::{PersonId, ScheduleId};

use crate::layers::Layered;
use crate::model::{Override, Turn};

/// A stretch of time with the same people. A walk's stretches join without gap or overlap from its first to its last instant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stretch {
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    /// Empty when nobody is on; nobody twice.
    pub(crate) people: Vec<PersonId>,
}

/// Lazy, so that "who is on now" and "when does that change" end at the first change.
pub(crate) struct Walk<'a> {
    /// What the rotation's turns say, below the layers above.
    turns: Layered<'a>,
    /// What may still begin, sorted by start, the next one last.
    coming: Vec<&'a Override>,
    /// What holds at `at`, sorted by id.
    active: Vec<&'a Override>,
    at: Timestamp,
    to: Timestamp,
    /// A stretch that the next one may still prolong.
    held: Option<Stretch>,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(
        turns: Layered<'a>,
        overrides: impl Iterator<Item = &'a Override>,
        from: Timestamp,
        to: Timestamp,
    ) -> Self {
        let mut coming: Vec<_> = overrides.filter(|o| o.start < o.end && o.start < to && o.end > from).collect();
        coming.sort_by_key(|o| std::cmp::Reverse((o.start, o.id)));
        Self { turns, coming, active: Vec::new(), at: from, to, held: None }
    }

    /// The next stretch up to whatever changes first; the same people may go on in the one after it.
    fn step(&mut self) -> Option<Stretch> {
        let start = self.at;
        if start >= self.to {
            return None;
        }
        self.active.retain(|o| o.end > start);
        while let Some(next) = self.coming.pop_if(|o| o.start <= start) {
            let place = self.active.partition_point(|o| o.id <= next.id);
            self.active.insert(place, next);
        }
        let standing = self.turns.at(start);
        let ends = self.active.iter().map(|o| o.end).chain(self.coming.last().map(|o| o.start));
        let end = ends.fold(standing.until.min(self.to), Timestamp::min);
        self.at = end;
        Some(Stretch { start, end, people: replaced(standing.turn, &self.active) })
    }
}

impl Iterator for Walk<'_> {
    type Item = Stretch;

    fn next(&mut self) -> Option<Stretch> {
        let mut stretch = self.held.take().or_else(|| self.step())?;
        while let Some(next) = self.step() {
            if next.people != stretch.people {
                self.held = Some(next);
                break;
            }
            stretch.end = next.end;
        }
        Some(stretch)
    }
}

/// Whether an override speaks of a rotation of a schedule.
pub(crate) fn concerns(o: &Override, schedule: &ScheduleId, rotation: &str) -> bool {
    o.schedule == *schedule && o.rotation.as_deref().is_none_or(|name| name == rotation)
}

/// The people of a turn after the overrides, which are sorted by id.
fn replaced(turn: Option<&Turn>, overrides: &[&Override]) -> Vec<PersonId> {
    let scheduled = turn.map_or(&[][..], |turn| &turn.0);
    // Each place remembers who was scheduled: "cy for ana on Tuesday" must also work when bo already stands in for ana this week.
    let mut places: Vec<(Option<&PersonId>, &PersonId)> =
        scheduled.iter().map(|person| (Some(person), person)).collect();
    for o in overrides {
        match &o.replaces {
            None => places = vec![(None, &o.person)],
            Some(gone) => {
                for place in places.iter_mut().filter(|(was, is)| *was == Some(gone) || *is == gone) {
                    place.1 = &o.person;
                }
            }
        }
    }
    let mut people: Vec<PersonId> = Vec::with_capacity(places.len());
    for (_, person) in places {
        if !people.contains(person) {
            people.push(person.clone());
        }
    }
    people
}

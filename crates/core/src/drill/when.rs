//! When somebody's contacts are to be tried.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Zoned;
use jiff::civil::Time;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use noout_types::{PersonId, Span, Timestamp};

use crate::config::{Person, Target};
use crate::engine::State;

/// How far ahead shifts are looked for. Who has none until then is tried as those who are never on call.
const LOOK: Span = Span::from_hours(24 * 62);

/// A person who is new is not tried before this has passed: the file may still be changing.
const SETTLING: Span = Span::from_hours(1);

/// A drill that could not begin in time, because noout was not running, begins late by so much at the most: after that it
/// would come when people are asleep.
const LATE: Span = Span::from_hours(4);

/// Days of absence that are passed over.
const MAX_AWAY_DAYS: usize = 370;

/// A person's shift: the present one, or the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shift {
    /// When it begins, or began.
    pub start: Timestamp,
    /// When it is over.
    pub end: Timestamp,
}

/// When a person is to be tried next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Now.
    Now,
    /// Look again then.
    At(Timestamp),
}

/// Everybody's present or next shift, in any schedule.
pub(super) fn shifts(state: &State, at: Timestamp) -> BTreeMap<PersonId, Shift> {
    let mut shifts: BTreeMap<PersonId, Shift> = BTreeMap::new();
    for schedule in &state.config.schedules {
        let mut open: BTreeMap<PersonId, Shift> = BTreeMap::new();
        for crew in schedule.crews(&state.overrides_of(&schedule.id), at, LOOK.after(at)) {
            for person in crew.people {
                let shift = open.entry(person).or_insert(Shift { start: crew.start, end: crew.end });
                // The same shift goes on while only others change.
                if shift.end == crew.start {
                    shift.end = crew.end;
                }
            }
        }
        for (person, shift) in open {
            let first = shifts.entry(person).or_insert(shift);
            if shift.start < first.start {
                *first = shift;
            }
        }
    }
    shifts
}

impl State {
    /// Everybody who can be paged: by a schedule, by a step, as a superior, as a fallback.
    #[must_use]
    pub fn pageable(&self, at: Timestamp) -> Vec<&Person> {
        named(self, &shifts(self, at))
    }
}

/// Everybody who can be paged, whether that works or not.
pub(super) fn named<'a>(state: &'a State, shifts: &BTreeMap<PersonId, Shift>) -> Vec<&'a Person> {
    let config = &state.config;
    let steps = config.policies.iter().flat_map(|p| p.steps.iter().chain(&p.overdue));
    let targets = steps.flat_map(|step| &step.notify).chain(&config.server.fallback);
    let mut named: BTreeSet<&PersonId> = shifts.keys().collect();
    named.extend(config.people.iter().filter_map(|p| p.superior.as_ref()));
    for schedule in &config.schedules {
        named.extend(schedule.people());
        named.extend(&schedule.fallback);
    }
    for target in targets {
        match target {
            Target::Person(id) => _ = named.insert(id),
            Target::Team(id) => named.extend(config.team(id).into_iter().flat_map(|team| &team.people)),
            Target::Schedule(_) | Target::Superiors => {}
        }
    }
    config.people.iter().filter(|p| named.contains(&p.id)).collect()
}

/// When a person is to be tried next; never, as long as nothing changes, while a drill is under way.
pub(super) fn next(state: &State, at: Timestamp, person: &Person, shift: Option<&Shift>) -> Option<Next> {
    let rules = &state.config.drill;
    let last = state.drills.of(&person.id);
    if last.is_some_and(|drill| drill.until.is_some()) {
        return None;
    }
    let stale = state.confirmed(&person.id).map(|confirmed| rules.every.after(confirmed));
    let known = state.drills.known.get(&person.id).map_or(at, |known| SETTLING.after(*known));
    let from = match (stale, shift) {
        (None, _) => known,
        // Still good when the shift begins: looked at again when it is over, or when what is known has grown old.
        (Some(stale), Some(shift)) if stale > shift.start.max(at) => return Some(Next::At(stale.min(shift.end))),
        (Some(_), Some(shift)) => rules.before.before(shift.start),
        (Some(stale), None) => stale,
    };
    // One a day, however many go without an answer.
    by_day(state, at, person, last.map_or(from, |drill| from.max(SETTLING.after(drill.at))))
}

/// Now, if it is the hour for drills and `from` is past; else the first such hour from then on at which the person is there.
fn by_day(state: &State, at: Timestamp, person: &Person, from: Timestamp) -> Option<Next> {
    let zone = TimeZoneDatabase::bundled().get(&person.timezone).unwrap_or(TimeZone::UTC);
    let time = state.config.drill.at.civil();
    let is_there = |then: Timestamp| !state.is_away(&person.id, then);
    let last = days(LATE.before(at), &zone, time).find(|hour| LATE.before(at) < *hour)?;
    if last <= at && last >= from && is_there(at) {
        return Some(Next::Now);
    }
    let ahead = days(from.max(at), &zone, time).filter(|hour| *hour > at && *hour >= from);
    ahead.take(MAX_AWAY_DAYS).find(|hour| is_there(*hour)).map(Next::At)
}

/// A time of the wall clock on each day, from the day of an instant on.
fn days(from: Timestamp, zone: &TimeZone, time: Time) -> impl Iterator<Item = Timestamp> {
    let first: Zoned = from.to_zoned(zone.clone());
    let zone = zone.clone();
    let dates = std::iter::successors(Some(first.date()), |date| date.tomorrow().ok());
    // A time that a day has not, because clocks go forward, is its first instant after that.
    dates.filter_map(move |date| Some(date.to_datetime(time).to_zoned(zone.clone()).ok()?.timestamp()))
}

//! Who is away.

use std::collections::BTreeSet;

use noout_types::{PersonId, Timestamp};

use super::{Away, RosterEvent};
use crate::actor::Actor;
use crate::config::Role;
use crate::engine::State;
use crate::event::Event;
use crate::refusal::Refusal;

/// Most absences in all: 50 people with a calendar of their own each.
pub const MAX_ABSENCES: usize = 20_000;

/// Most absences of one person: one each day for as long as is looked ahead, and as many again.
pub const MAX_ABSENCES_OF_PERSON: usize = 1000;

/// The longest absence in days; who is away for longer leaves the rotation.
pub const MAX_ABSENCE_DAYS: i64 = 400;

/// Longest reason in characters: one line.
const MAX_REASON: usize = 200;

/// A time in which somebody is away, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Time {
    /// From this instant.
    pub start: Timestamp,
    /// Until before this instant.
    pub end: Timestamp,
    /// Why; cut to one line.
    pub reason: String,
}

impl Time {
    fn check(&self) -> Result<(), Refusal> {
        let found = || format!("{} to {}", self.start, self.end);
        if self.start >= self.end {
            return Err(Refusal::invalid("to", found(), "a time after the beginning"));
        }
        if self.end.duration_since(self.start).as_hours() > 24 * MAX_ABSENCE_DAYS {
            return Err(Refusal::invalid("to", found(), format!("at most {MAX_ABSENCE_DAYS} days")));
        }
        Ok(())
    }

    fn away(&self, id: u64, person: &PersonId, source: Option<&str>) -> Away {
        let line = self.reason.split_whitespace().collect::<Vec<_>>().join(" ");
        Away {
            id,
            person: person.clone(),
            start: self.start,
            end: self.end,
            reason: line.chars().take(MAX_REASON).collect(),
            source: source.map(str::to_owned),
        }
    }
}

/// Anybody on call says when they are away themselves; for others it takes an operator.
fn may(state: &State, by: &Actor, person: &PersonId) -> Result<(), Refusal> {
    state.require(by, if by.person() == Some(person) { Role::Responder } else { Role::Operator })?;
    state.config.person(person).map(|_| ()).ok_or_else(|| Refusal::unknown("person", person))
}

fn room(state: &State, person: &PersonId, replaced: usize, new: usize) -> Result<(), Refusal> {
    let of_person = state.roster.absences().filter(|a| a.person == *person).count();
    let all = state.roster.absences().count();
    let allowed = format!("at most {MAX_ABSENCES_OF_PERSON} of one person, {MAX_ABSENCES} in all");
    if of_person + new > MAX_ABSENCES_OF_PERSON + replaced || all + new > MAX_ABSENCES + replaced {
        return Err(Refusal::invalid("absences", (of_person + new - replaced).to_string(), allowed));
    }
    Ok(())
}

pub(super) fn add(state: &State, by: Actor, person: &PersonId, time: &Time) -> Result<Vec<Event>, Refusal> {
    may(state, &by, person)?;
    time.check()?;
    room(state, person, 0, 1)?;
    let away = time.away(state.roster.last_absence + 1, person, None);
    Ok(vec![Event::Roster(RosterEvent::AbsenceAdded { away, by })])
}

pub(super) fn remove(state: &State, by: Actor, id: u64) -> Result<Vec<Event>, Refusal> {
    state.require(&by, Role::Responder)?;
    let away = state.roster.absence(id).ok_or_else(|| Refusal::unknown("absence", id))?;
    may(state, &by, &away.person)?;
    Ok(vec![Event::Roster(RosterEvent::AbsenceRemoved { id, by })])
}

/// Takes over what a calendar says. Nothing is journaled if it says what it said before.
pub(super) fn read(
    state: &State,
    by: Actor,
    person: &PersonId,
    source: &str,
    times: &[Time],
) -> Result<Vec<Event>, Refusal> {
    may(state, &by, person)?;
    if source.is_empty() || source.chars().count() > MAX_REASON {
        return Err(Refusal::invalid("source", source, format!("1 to {MAX_REASON} characters")));
    }
    times.iter().try_for_each(Time::check)?;
    let before: Vec<&Away> =
        (state.roster.absences()).filter(|a| a.person == *person && a.source.as_deref() == Some(source)).collect();
    room(state, person, before.len(), times.len())?;
    let said = |a: &Away| (a.start, a.end, a.reason.clone());
    let numbered = times.iter().zip(state.roster.last_absence + 1..);
    let away: Vec<Away> = numbered.map(|(time, id)| time.away(id, person, Some(source))).collect();
    let (old, new): (BTreeSet<_>, BTreeSet<_>) =
        (before.into_iter().map(said).collect(), away.iter().map(said).collect());
    if old == new {
        return Ok(Vec::new());
    }
    let (person, source) = (person.clone(), source.to_owned());
    Ok(vec![Event::Roster(RosterEvent::AbsencesRead { person, source, away, by })])
}

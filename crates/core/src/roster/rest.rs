//! Rest after a night page: who was woken has eleven hours, and somebody else is proposed. A proposal, never more.

use std::collections::BTreeSet;

use noout_calendar::{Absence, Schedule, Shift};
use noout_types::{IncidentId, PersonId, ScheduleId, Span, Timestamp};

use crate::engine::State;

/// The rest that follows a night page: the daily rest of the EU's working time directive (2003/88/EC, article 3).
pub const REST: Span = Span::from_hours(11);

/// So much of the past and as much of the future is looked at to find who has the least to do.
const LOAD: Span = Span::from_hours(14 * 24);

/// Somebody who was woken is on call before the rest is over, and who could cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestCover {
    /// In which schedule.
    pub schedule: ScheduleId,
    /// In which rotation.
    pub rotation: String,
    /// Who was woken.
    pub person: PersonId,
    /// When the person was last up.
    pub woken_at: Timestamp,
    /// By what.
    pub incident: IncidentId,
    /// From when cover is wanted.
    pub start: Timestamp,
    /// Until when: the end of the rest, or of the shift.
    pub end: Timestamp,
    /// Who could: reachable, neither away nor resting nor on call then, with the fewest hours; none if there is nobody.
    pub cover: Option<PersonId>,
}

/// Where somebody who was woken at night is on call before the rest is over.
#[must_use]
pub fn rest_covers(state: &State, at: Timestamp) -> Vec<RestCover> {
    let absences = state.absences();
    let mut out = Vec::new();
    for person in &state.config.people {
        let Some(night) = state.roster.night(&person.id).filter(|night| REST.after(night.at) > at) else { continue };
        let until = REST.after(night.at);
        for schedule in &state.config.schedules {
            let shifts = schedule.shifts(&state.overrides_of(&schedule.id), at, until);
            for shift in shifts.iter().filter(|s| s.people.contains(&person.id)) {
                out.push(RestCover {
                    schedule: schedule.id.clone(),
                    rotation: shift.rotation.clone(),
                    person: person.id.clone(),
                    woken_at: night.at,
                    incident: night.incident,
                    start: shift.start,
                    end: shift.end,
                    cover: cover(state, at, schedule, shift, &shifts, &absences),
                });
            }
        }
    }
    out
}

fn cover(
    state: &State,
    at: Timestamp,
    schedule: &Schedule,
    shift: &Shift,
    shifts: &[Shift],
    absences: &[Absence],
) -> Option<PersonId> {
    let meets = |start: Timestamp, end: Timestamp| start < shift.end && shift.start < end;
    let busy: BTreeSet<&PersonId> = shifts.iter().filter(|s| meets(s.start, s.end)).flat_map(|s| &s.people).collect();
    let load = schedule.shifts(&state.overrides_of(&schedule.id), LOAD.before(at), LOAD.after(at));
    let hours = |person: &PersonId| -> u64 {
        let theirs = load.iter().filter(|s| s.people.contains(person));
        theirs.map(|s| Span::between(s.start, s.end).as_millis()).sum()
    };
    let free = |person: &&PersonId| {
        let person = *person;
        let away = absences.iter().any(|a| a.person == *person && meets(a.start, a.end));
        let rests = state.roster.night(person).is_some_and(|night| REST.after(night.at) > shift.start);
        !busy.contains(person) && !away && !rests && state.is_reachable(person)
    };
    schedule.people().into_iter().filter(free).min_by_key(|person| hours(person)).cloned()
}

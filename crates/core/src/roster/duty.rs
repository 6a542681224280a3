//! Who comes on duty is told once: what is open, and who was on before.

use std::collections::{BTreeMap, BTreeSet};

use noout_calendar::Schedule;
use noout_types::{PersonId, Said, ScheduleId, Span, Timestamp};

use super::RosterEvent;
use crate::engine::State;
use crate::event::Event;
use crate::memo::{self, Letter};
use crate::says;

/// How far one look goes: schedules in which nothing ever changes cost one record in so long.
const LOOK: Span = Span::from_hours(24 * 300);

/// Who was on within this time knows what is open: hourly turns of the same people tell nobody anything.
const FRESH: Span = Span::from_hours(3);

/// A letter about a shift that began longer ago than this says nothing any more.
const LATE: Span = Span::from_hours(4);

/// Incidents that a letter names; the rest is counted.
const INCIDENTS_NAMED: usize = 10;

/// Looks if it is time, and writes to those who came on duty.
pub(super) fn settle(state: &State, at: Timestamp) -> Vec<Event> {
    if state.roster.due.is_none_or(|due| at < due) {
        return Vec::new();
    }
    let mut next = LOOK.after(at);
    let mut on: BTreeMap<ScheduleId, BTreeSet<PersonId>> = BTreeMap::new();
    let mut letters = Vec::new();
    for schedule in &state.config.schedules {
        let crews = schedule.crews(&state.overrides_of(&schedule.id), at, LOOK.after(at));
        let Some(now) = crews.into_iter().next() else { continue };
        next = next.min(now.end);
        let before = state.roster.on.as_ref().and_then(|on| on.get(&schedule.id));
        if let Some(before) = before.filter(|_| schedule.handoff) {
            letters.extend(handed_off(state, at, schedule, before, &now.people, now.end));
        }
        on.insert(schedule.id.clone(), now.people);
    }
    let mut events = vec![Event::Roster(RosterEvent::DutyChanged { on, next })];
    events.extend(memo::write(state, at, letters));
    events
}

fn handed_off(
    state: &State,
    at: Timestamp,
    schedule: &Schedule,
    before: &BTreeSet<PersonId>,
    now: &BTreeSet<PersonId>,
    until: Timestamp,
) -> Vec<Letter> {
    let mut came: Vec<&PersonId> = now.difference(before).collect();
    if came.is_empty() {
        return Vec::new();
    }
    let lately = schedule.crews(&state.overrides_of(&schedule.id), FRESH.before(at), at);
    came.retain(|person| !lately.iter().any(|crew| crew.people.contains(*person)));
    let letter = |person: &PersonId| Letter {
        person: person.clone(),
        title: says::memo_handoff(&schedule.id),
        text: text(state, before, now, person, until),
        link: "/".to_owned(),
        until: LATE.after(at),
    };
    came.into_iter().map(letter).collect()
}

fn text(
    state: &State,
    before: &BTreeSet<PersonId>,
    now: &BTreeSet<PersonId>,
    person: &PersonId,
    until: Timestamp,
) -> Vec<Said> {
    let list =
        |people: &mut dyn Iterator<Item = &PersonId>| people.map(|p| name(state, p)).collect::<Vec<_>>().join(", ");
    let with = list(&mut now.iter().filter(|p| *p != person));
    let was = list(&mut before.iter());
    let mut text = vec![says::memo_handoff_until(until)];
    if !with.is_empty() {
        text.push(says::memo_handoff_with(with));
    }
    if !was.is_empty() {
        text.push(says::memo_handoff_before(was));
    }
    let open = state.incidents.len();
    let named = state.incidents.iter().take(INCIDENTS_NAMED).map(|i| {
        let title = i.opened.words.as_ref().map_or_else(|| Said::words(&i.opened.title), |words| words.title.clone());
        says::memo_incident(i.opened.id, [title])
    });
    text.push(if open == 0 { says::memo_handoff_calm() } else { says::memo_handoff_open(open, named) });
    text
}

/// A name to read.
fn name(state: &State, person: &PersonId) -> String {
    state.config.person(person).map_or_else(|| person.to_string(), |p| p.display().to_owned())
}

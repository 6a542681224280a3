//! Coverage: whether enough distinct people who can be reached are on call, at every instant of the next 90 days.
//!
//! A configuration with a gap is refused when it is checked; this is for gaps that arise later: an override, an absence, a
//! deleted person, a contact that is gone. Looked at when something changes and at the instants that the last look
//! named, never at each tick. A gap is shown as soon as it is known, mailed days before it begins, and pages people when it is
//! near; while it lasts, the schedule's `fallback` is on call besides.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use noout_calendar::{COVERAGE_DAYS, Gap, Schedule};
use noout_types::{IncidentId, PersonId, Said, ScheduleId, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::config::Target;
use crate::engine::State;
use crate::event::Event;
use crate::incident::{Audience, IncidentEvent, OwnWords};
use crate::memo::{self, Letter};
use crate::says;

/// How far one look goes.
const LOOK: Span = Span::from_hours(24 * COVERAGE_DAYS as u64);

/// The next look is at the latest so much later: what comes into sight meanwhile is still far ahead.
const LOOK_EVERY: Span = Span::from_hours(24 * 30);

/// One letter about a schedule in so long: gaps that come back each night are no letter each night.
const LETTER_EVERY: Span = Span::from_hours(24);

/// Gaps of a schedule that one look remembers; those after them are looked at when these are over.
const GAPS_KEPT: usize = 200;

/// Gaps that a letter names; the rest is counted.
const GAPS_NAMED: usize = 5;

/// What was seen of coverage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoverageEvent {
    /// All schedules were looked at.
    Checked {
        /// When to look again, unless something changes before.
        next: Timestamp,
        /// The first near gap of each schedule that has one.
        thin: BTreeMap<ScheduleId, Gap>,
        /// The gaps of each schedule that people were told of by letter.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        told: BTreeMap<ScheduleId, Vec<(Timestamp, Timestamp)>>,
        /// When the last letters about a schedule were written.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        written: BTreeMap<ScheduleId, Timestamp>,
    },
}

/// What is known of coverage.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// When to look; at once after a change.
    due: Option<Timestamp>,
    /// The near gaps that the last look found.
    thin: BTreeMap<ScheduleId, Gap>,
    /// The gaps that people were told of by letter.
    #[serde(default)]
    told: BTreeMap<ScheduleId, Vec<(Timestamp, Timestamp)>>,
    /// When the last letters about a schedule were written.
    #[serde(default)]
    written: BTreeMap<ScheduleId, Timestamp>,
}

impl Coverage {
    /// The near gap of a schedule, as the last look found it.
    #[must_use]
    pub fn gap(&self, schedule: &ScheduleId) -> Option<&Gap> {
        self.thin.get(schedule)
    }

    /// When coverage is looked at again.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.due
    }

    /// Something that coverage rests on changed.
    pub(crate) fn changed(&mut self, at: Timestamp) {
        self.due = Some(at);
    }

    pub(crate) fn apply(&mut self, event: &CoverageEvent) {
        let CoverageEvent::Checked { next, thin, told, written } = event.clone();
        *self = Self { due: Some(next), thin, told, written };
    }
}

impl State {
    /// Where fewer people are ready in a schedule than it promises: who is on call, can be reached and is not away.
    #[must_use]
    pub fn gaps(&self, schedule: &Schedule, from: Timestamp, to: Timestamp) -> Vec<Gap> {
        let ready = |person: &PersonId| self.is_ready(person);
        schedule.gaps(&self.overrides_of(&schedule.id), &self.absences(), &ready, from, to)
    }

    /// The gaps of the next 90 days, the first of each schedule first; the promise holds if there is none.
    #[must_use]
    pub fn coverage_gaps(&self, schedule: &Schedule, at: Timestamp) -> Vec<Gap> {
        self.gaps(schedule, at, LOOK.after(at))
    }
}

/// Looks if it is time: gaps that are near open an incident for each schedule, those further ahead are mailed, mended
/// ones end their incident.
pub(crate) fn settle(state: &State, at: Timestamp) -> Vec<Event> {
    if state.coverage.due.is_none_or(|due| at < due) {
        return Vec::new();
    }
    let mut next = LOOK_EVERY.after(at);
    let (mut thin, mut told, mut written, mut letters) =
        (BTreeMap::new(), BTreeMap::new(), BTreeMap::new(), Vec::new());
    for schedule in &state.config.schedules {
        let seen = look(state, at, schedule);
        next = next.min(seen.next);
        if let Some(first) = seen.ahead.first().filter(|gap| schedule.coverage_page.before(gap.start) <= at) {
            thin.insert(schedule.id.clone(), first.clone());
        }
        if seen.is_news {
            letters.extend(letters_about(state, at, schedule, &seen.ahead));
        }
        if let Some(last) = seen.is_news.then_some(at).or(state.coverage.written.get(&schedule.id).copied()) {
            written.insert(schedule.id.clone(), last);
        }
        if !seen.told.is_empty() {
            told.insert(schedule.id.clone(), seen.told);
        }
    }
    let mut events = incidents(state, at, &thin);
    events.push(Event::Coverage(CoverageEvent::Checked { next, thin, told, written }));
    events.extend(memo::write(state, at, letters));
    events
}

/// What a look at one schedule found.
struct Seen {
    /// The gaps near enough to be told of.
    ahead: Vec<Gap>,
    /// Whether letters are to be written about them now.
    is_news: bool,
    /// Those that people know of then.
    told: Vec<(Timestamp, Timestamp)>,
    /// When to look again at the latest.
    next: Timestamp,
}

fn look(state: &State, at: Timestamp, schedule: &Schedule) -> Seen {
    let mut gaps = state.coverage_gaps(schedule, at);
    gaps.truncate(GAPS_KEPT);
    let page = schedule.coverage_page;
    let notice = page.max(Span::from_hours(24 * u64::from(schedule.coverage_notice_days)));
    let instants = gaps.iter().flat_map(|gap| [notice.before(gap.start), page.before(gap.start), gap.end]);
    let mut next = instants.filter(|instant| *instant > at).fold(LOOK_EVERY.after(at), Timestamp::min);
    let ahead: Vec<Gap> = gaps.into_iter().filter(|gap| notice.before(gap.start) <= at).collect();
    let before = state.coverage.told.get(&schedule.id).map_or(&[][..], Vec::as_slice);
    // One that is near already is paged, which says more than a letter.
    let known = |gap: &Gap| {
        page.before(gap.start) <= at || before.iter().any(|(start, end)| *start < gap.end && gap.start < *end)
    };
    let mut is_news = !ahead.iter().all(known);
    let wait = state.coverage.written.get(&schedule.id).map(|last| LETTER_EVERY.after(*last));
    if let Some(wait) = wait.filter(|wait| is_news && *wait > at) {
        (is_news, next) = (false, next.min(wait));
    }
    let told = ahead.iter().filter(|gap| is_news || known(gap)).map(|gap| (gap.start, gap.end)).collect();
    Seen { ahead, is_news, told, next }
}

/// Opens an incident for each near gap that has none, and ends those of gaps that are mended or over.
fn incidents(state: &State, at: Timestamp, thin: &BTreeMap<ScheduleId, Gap>) -> Vec<Event> {
    let new = thin.iter().filter(|(schedule, _)| state.incidents.by_key(&key(schedule)).is_none());
    let numbers = (state.next_incident..).map(IncidentId);
    let mut events: Vec<_> =
        numbers.zip(new).map(|(id, (schedule, gap))| opened(state, at, id, schedule, gap)).collect();
    for incident in state.incidents.iter() {
        let Some(schedule) = incident.opened.key.strip_prefix(KEY) else { continue };
        if !thin.contains_key(schedule) {
            let near = schedule.parse().ok().and_then(|id| state.config.schedule(&id)).map(|s| s.coverage_page);
            let note = says::coverage_mended(schedule, near.unwrap_or_default().as_millis());
            let (incident, by) = (incident.opened.id, Actor::Noout);
            events.push(Event::Incident(IncidentEvent::Resolved { incident, by, note }));
        }
    }
    events
}

/// To everybody who could mend it: the people of the schedule, its fallback and that of the server.
fn letters_about(state: &State, at: Timestamp, schedule: &Schedule, gaps: &[Gap]) -> Vec<Letter> {
    let Some(first) = gaps.first() else { return Vec::new() };
    let server = state.config.server.fallback.iter().filter_map(|target| match target {
        Target::Person(id) => Some(id),
        _ => None,
    });
    let people: BTreeSet<&PersonId> = schedule.people().into_iter().chain(&schedule.fallback).chain(server).collect();
    let mut text: Vec<Said> = gaps.iter().take(GAPS_NAMED).map(line).collect();
    if gaps.len() > GAPS_NAMED {
        text.push(says::memo_coverage_more(gaps.len() - GAPS_NAMED));
    }
    text.push(says::memo_coverage_mend());
    text.extend(schedule.fallback.as_ref().map(says::memo_coverage_fallback));
    let letter = |person: &PersonId| Letter {
        person: person.clone(),
        title: says::memo_coverage(&schedule.id, schedule.coverage, first.start),
        text: text.clone(),
        link: "/schedule".to_owned(),
        until: memo::LIFE.after(at).min(first.end),
    };
    people.into_iter().map(letter).collect()
}

fn line(gap: &Gap) -> Said {
    says::memo_coverage_gap(gap.start, gap.end, gap.have.len(), names(gap))
}

fn names(gap: &Gap) -> String {
    gap.have.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

const KEY: &str = "coverage/";

fn key(schedule: &ScheduleId) -> String {
    format!("{KEY}{schedule}")
}

fn opened(state: &State, at: Timestamp, id: IncidentId, schedule: &ScheduleId, gap: &Gap) -> Event {
    let title = if gap.start <= at {
        says::page_coverage_now(schedule, gap.need)
    } else {
        says::page_coverage(schedule, gap.need, gap.start)
    };
    let text = says::page_coverage_text(gap.start, gap.end, gap.have.len(), names(gap));
    let fallback = state.config.schedule(schedule).and_then(|s| s.fallback.as_ref());
    let text = Said::all([text].into_iter().chain(fallback.map(says::memo_coverage_fallback)));
    state.own_incident(id, key(schedule), OwnWords::new(title, text), Audience::Fallback)
}

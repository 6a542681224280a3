//! Who is on call, beside what the schedules say: who stands in, who is away, who swaps with whom, who was woken at
//! night, and who comes on duty next.

mod away;
mod decide;
mod duty;
pub mod report;
mod rest;
mod swap;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use noout_calendar::Absence;
use noout_types::{IncidentId, PersonId, ScheduleId, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::engine::State;

pub use away::{MAX_ABSENCE_DAYS, MAX_ABSENCES, MAX_ABSENCES_OF_PERSON, Time};
pub use decide::{MAX_OVERRIDES, RosterCommand};
pub(crate) use decide::{add_override, command, remove_override};
pub use rest::{REST, RestCover, rest_covers};
pub use swap::{MAX_SWAPS, SWAP_PATIENCE, Swap, SwapEnd, SwapStatus};

/// What is over stays so long: a report of the last year needs who stood in for whom.
const KEEP: Span = Span::from_hours(24 * 400);

/// A person is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    /// Its number.
    pub id: u64,
    /// Who.
    pub person: PersonId,
    /// From this instant.
    pub start: Timestamp,
    /// Until before this instant.
    pub end: Timestamp,
    /// Why, for others to read.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The calendar that it was read from: reading it again replaces what came from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// What a calendar is about that can be subscribed to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Feed {
    /// One person's shifts in all schedules.
    Person(PersonId),
    /// All shifts of a schedule.
    Schedule(ScheduleId),
}

impl std::fmt::Display for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Schedule(id) => write!(f, "schedule:{id}"),
        }
    }
}

impl std::str::FromStr for Feed {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let error = || format!("{text:?} is no calendar: allowed are \"person:ID\" and \"schedule:ID\"");
        match text.split_once(':') {
            Some(("person", id)) => id.parse().map(Self::Person).map_err(|_| error()),
            Some(("schedule", id)) => id.parse().map(Self::Schedule).map_err(|_| error()),
            _ => Err(error()),
        }
    }
}

impl TryFrom<String> for Feed {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Feed> for String {
    fn from(feed: Feed) -> String {
        feed.to_string()
    }
}

/// What happened to the roster. Overrides have events of their own, older than this noun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RosterEvent {
    /// Somebody is away.
    AbsenceAdded {
        /// Who and when.
        away: Away,
        /// Who says so.
        by: Actor,
    },
    /// Somebody is not away after all.
    AbsenceRemoved {
        /// Which.
        id: u64,
        /// Who says so.
        by: Actor,
    },
    /// A person's calendar was read: what came from it before is replaced.
    AbsencesRead {
        /// Whose.
        person: PersonId,
        /// Which calendar.
        source: String,
        /// When the person is away by it, with numbers.
        away: Vec<Away>,
        /// Who had it read.
        by: Actor,
    },
    /// Somebody wants to give a shift away.
    SwapAsked {
        /// What.
        swap: Swap,
    },
    /// Somebody takes it; a third person is still to approve.
    SwapAccepted {
        /// Which.
        id: u64,
        /// Who takes it.
        by: PersonId,
    },
    /// It is over, one way or the other.
    SwapEnded {
        /// Which.
        id: u64,
        /// How.
        end: SwapEnd,
        /// Who said so.
        by: Actor,
    },
    /// It was looked at who is on call.
    DutyChanged {
        /// Who is on now, by schedule.
        on: BTreeMap<ScheduleId, BTreeSet<PersonId>>,
        /// When to look again, unless something changes before.
        next: Timestamp,
    },
    /// A calendar's address was withdrawn; the next one is another.
    FeedRenewed {
        /// Which.
        feed: Feed,
        /// Who.
        by: Actor,
    },
}

/// A page that woke somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Night {
    /// When the person acknowledged it: awake until then for certain.
    pub at: Timestamp,
    /// About what.
    pub incident: IncidentId,
}

/// What is known of the roster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    absences: BTreeMap<u64, Away>,
    swaps: BTreeMap<u64, Swap>,
    nights: BTreeMap<PersonId, Night>,
    /// How many times a calendar's address was withdrawn.
    feeds: BTreeMap<Feed, u64>,
    /// Who was on call at the last look; none before the first.
    on: Option<BTreeMap<ScheduleId, BTreeSet<PersonId>>>,
    due: Option<Timestamp>,
    last_absence: u64,
    last_swap: u64,
}

impl Roster {
    /// The absences that people and calendars told, by number.
    pub fn absences(&self) -> impl Iterator<Item = &Away> {
        self.absences.values()
    }

    /// An absence.
    #[must_use]
    pub fn absence(&self, id: u64) -> Option<&Away> {
        self.absences.get(&id)
    }

    /// The swaps, over or not, by number.
    pub fn swaps(&self) -> impl Iterator<Item = &Swap> {
        self.swaps.values()
    }

    /// A swap.
    #[must_use]
    pub fn swap(&self, id: u64) -> Option<&Swap> {
        self.swaps.get(&id)
    }

    /// When a person was last woken at night.
    #[must_use]
    pub fn night(&self, person: &PersonId) -> Option<&Night> {
        self.nights.get(person)
    }

    /// How many times a calendar's address was withdrawn: a part of its address.
    #[must_use]
    pub fn feed_generation(&self, feed: &Feed) -> u64 {
        self.feeds.get(feed).copied().unwrap_or(0)
    }

    /// When the roster must be looked at next.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let swaps = self.swaps.values().filter(|s| s.is_open()).map(|s| s.expires);
        swaps.chain(self.due).min()
    }

    /// Something that decides who is on call changed.
    pub(crate) fn changed(&mut self, at: Timestamp) {
        self.due = Some(at);
    }

    /// A person acknowledged a page at night.
    pub(crate) fn woken(&mut self, person: &PersonId, at: Timestamp, incident: IncidentId) {
        self.nights.insert(person.clone(), Night { at, incident });
    }

    pub(crate) fn apply(&mut self, at: Timestamp, event: &RosterEvent) {
        match event {
            RosterEvent::AbsenceAdded { away, .. } => self.insert(at, away),
            RosterEvent::AbsenceRemoved { id, .. } => _ = self.absences.remove(id),
            RosterEvent::AbsencesRead { person, source, away, .. } => {
                self.absences.retain(|_, a| a.person != *person || a.source.as_ref() != Some(source));
                away.iter().for_each(|away| self.insert(at, away));
            }
            RosterEvent::SwapAsked { swap } => {
                self.last_swap = self.last_swap.max(swap.id);
                self.swaps.retain(|_, s| s.is_open() || KEEP.after(s.at) > at);
                self.swaps.insert(swap.id, swap.clone());
            }
            RosterEvent::SwapAccepted { id, by } => {
                if let Some(swap) = self.swaps.get_mut(id) {
                    swap.status = SwapStatus::Accepted { by: by.clone() };
                }
            }
            RosterEvent::SwapEnded { id, end, by } => {
                if let Some(swap) = self.swaps.get_mut(id) {
                    swap.status = SwapStatus::Ended { end: end.clone(), by: by.clone(), at };
                }
            }
            RosterEvent::DutyChanged { on, next } => (self.on, self.due) = (Some(on.clone()), Some(*next)),
            RosterEvent::FeedRenewed { feed, .. } => *self.feeds.entry(feed.clone()).or_default() += 1,
        }
    }

    fn insert(&mut self, at: Timestamp, away: &Away) {
        self.last_absence = self.last_absence.max(away.id);
        self.absences.retain(|_, a| KEEP.after(a.end) > at);
        self.absences.insert(away.id, away.clone());
    }

    /// The people of a new configuration: what is known of others is of no use.
    pub(crate) fn people_are(&mut self, is_there: impl Fn(&PersonId) -> bool) {
        self.nights.retain(|person, _| is_there(person));
    }
}

impl State {
    /// Everybody's absences: those of the file, and those that were told since.
    #[must_use]
    pub fn absences(&self) -> Vec<Absence> {
        let one = |a: &Away| Absence { person: a.person.clone(), start: a.start, end: a.end };
        self.config.away().into_iter().chain(self.roster.absences().map(one)).collect()
    }

    /// Whether a person is away at an instant. Asked for each page, so that nothing is gathered for it.
    #[must_use]
    pub fn is_away(&self, person: &PersonId, at: Timestamp) -> bool {
        let filed = self.config.absences.iter().filter(|a| a.person == *person);
        let mut times = filed.filter_map(|a| self.config.times_of(a));
        let mut told = self.roster.absences().filter(|a| a.person == *person);
        times.any(|(start, end)| start <= at && at < end) || told.any(|a| a.start <= at && at < a.end)
    }
}

/// What follows from the present state and time.
pub(crate) fn settle(state: &State, at: Timestamp) -> Vec<crate::event::Event> {
    let expired = swap::settle(state, at);
    if expired.is_empty() { duty::settle(state, at) } else { expired }
}

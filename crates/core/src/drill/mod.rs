//! Drills: everybody who can be paged is tried from end to end, by day, before it matters.
//!
//! A drill is a test of all of a person's contacts that noout begins by itself, at a time at which people are awake: soon
//! after a person is new, before a shift if what is known is old by then, and now and then for those who are never on call and
//! can be paged all the same. Whoever confirms one contact has answered. Who does not counts as not reachable until one is
//! confirmed, so that the gap is told, and filled, before the shift and not in it.

#[cfg(test)]
mod tests;
mod when;

use std::collections::BTreeMap;

use noout_types::{PersonId, Said, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::config::{Config, Target};
use crate::contact;
use crate::engine::State;
use crate::event::Event;
use crate::memo::{self, Letter};
use crate::paging::SendOutcome;
use crate::says;

/// The next look is at the latest so much later.
const LOOK_EVERY: Span = Span::from_hours(24 * 30);

/// Contacts that a letter names.
const CONTACTS_NAMED: usize = 10;

/// What happened to drills.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrillEvent {
    /// A person's contacts are tried; the tests themselves follow.
    Begun {
        /// Whose.
        person: PersonId,
        /// The shift that it comes before, if there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shift: Option<Timestamp>,
        /// How long an answer is waited for.
        until: Timestamp,
    },
    /// The time for an answer is over.
    Ended {
        /// Whose.
        person: PersonId,
        /// Whether any contact was confirmed. If not, the person counts as not reachable until one is.
        answered: bool,
    },
    /// It was looked at who is to be tried.
    Looked {
        /// When to look again, unless something changes before.
        next: Timestamp,
    },
}

/// A person's last drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drill {
    /// When it began.
    pub at: Timestamp,
    /// The shift that it comes before.
    pub shift: Option<Timestamp>,
    /// Until when an answer is waited for; none once that is over.
    pub until: Option<Timestamp>,
    /// When a contact was confirmed.
    pub answered: Option<Timestamp>,
    /// Since when the person counts as not reachable, because no drill was answered.
    pub missed: Option<Timestamp>,
}

/// The drills.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drills {
    last: BTreeMap<PersonId, Drill>,
    /// Since when each person is in the file.
    known: BTreeMap<PersonId, Timestamp>,
    due: Option<Timestamp>,
}

impl Drills {
    /// A person's last drill.
    #[must_use]
    pub fn of(&self, person: &PersonId) -> Option<&Drill> {
        self.last.get(person)
    }

    /// Since when a person counts as not reachable because nobody answered a drill.
    #[must_use]
    pub fn missed(&self, person: &PersonId) -> Option<Timestamp> {
        self.of(person)?.missed
    }

    /// When to look again.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.due
    }

    /// Who left a drill without an answer, and nothing that would begin one: for looking at it as if.
    pub(crate) fn outcomes(&self) -> Self {
        let mut outcomes = Self { due: None, ..self.clone() };
        outcomes.last.values_mut().for_each(|drill| drill.until = None);
        outcomes
    }

    /// Something changed that decides who is to be tried.
    pub(crate) fn changed(&mut self, at: Timestamp) {
        self.due = Some(at);
    }

    pub(crate) fn config_changed(&mut self, at: Timestamp, config: &Config) {
        self.known.retain(|person, _| config.person(person).is_some());
        for person in &config.people {
            self.known.entry(person.id.clone()).or_insert(at);
        }
        self.last.retain(|person, _| config.drill.enabled && config.person(person).is_some());
        self.changed(at);
    }

    /// A person confirmed a contact.
    pub(crate) fn answered(&mut self, person: &PersonId, at: Timestamp) {
        if let Some(drill) = self.last.get_mut(person) {
            drill.missed = None;
            drill.answered = Some(at);
        }
        self.changed(at);
    }

    pub(crate) fn apply(&mut self, at: Timestamp, event: &DrillEvent) {
        match event {
            DrillEvent::Begun { person, shift, until } => {
                let missed = self.missed(person);
                let drill = Drill { at, shift: *shift, until: Some(*until), answered: None, missed };
                self.last.insert(person.clone(), drill);
            }
            DrillEvent::Ended { person, answered } => {
                if let Some(drill) = self.last.get_mut(person) {
                    drill.until = None;
                    drill.missed = if *answered { None } else { drill.missed.or(Some(at)) };
                }
            }
            DrillEvent::Looked { next } => self.due = Some(*next),
        }
    }
}

impl State {
    /// Whether a person counts for coverage: can be reached by what is known, and has not left a drill without an answer.
    #[must_use]
    pub fn is_ready(&self, person: &PersonId) -> bool {
        self.is_reachable(person) && self.drills.missed(person).is_none()
    }

    /// Whether a person counts for coverage at an instant: ready, and not away.
    #[must_use]
    pub fn is_ready_at(&self, person: &PersonId, at: Timestamp) -> bool {
        self.is_ready(person) && !self.is_away(person, at)
    }
}

/// What follows from the present state and time: drills that are over, then those to begin, one person after the other.
pub(crate) fn settle(state: &State, at: Timestamp) -> Vec<Event> {
    if state.drills.due.is_none_or(|due| at < due) {
        return Vec::new();
    }
    let over = |drill: &&Drill| drill.until.is_some_and(|until| until <= at);
    if let Some((person, drill)) = state.drills.last.iter().find(|(_, drill)| over(drill)) {
        return end(state, at, person, drill);
    }
    let mut next =
        state.drills.last.values().filter_map(|drill| drill.until).fold(LOOK_EVERY.after(at), Timestamp::min);
    if state.config.drill.enabled {
        let shifts = when::shifts(state, at);
        // Whoever has no contact that could be tried is a gap already.
        for person in when::named(state, &shifts).into_iter().filter(|p| state.is_reachable(&p.id)) {
            match when::next(state, at, person, shifts.get(&person.id)) {
                Some(when::Next::Now) => return begin(state, at, &person.id, shifts.get(&person.id)),
                Some(when::Next::At(then)) => next = next.min(then),
                None => {}
            }
        }
    }
    vec![Event::Drill(DrillEvent::Looked { next })]
}

fn begin(state: &State, at: Timestamp, person: &PersonId, shift: Option<&when::Shift>) -> Vec<Event> {
    let shift = shift.map(|s| s.start).filter(|start| *start > at);
    let until = state.config.drill.answer.after(at);
    let begun = Event::Drill(DrillEvent::Begun { person: person.clone(), shift, until });
    // If somebody tried them seconds ago, those messages are the drill's.
    let tests = contact::begin(state, at, &Actor::Noout, person, None).unwrap_or_default();
    [begun].into_iter().chain(tests.into_iter().map(Event::Contact)).collect()
}

fn end(state: &State, at: Timestamp, person: &PersonId, drill: &Drill) -> Vec<Event> {
    let answered = drill.answered.is_some();
    let ended = Event::Drill(DrillEvent::Ended { person: person.clone(), answered });
    let letters = match answered {
        true => broken(state, at, person, drill).into_iter().collect(),
        // The second miss in a row says nothing new; the tests of each day do.
        false if drill.missed.is_some() => Vec::new(),
        false => unanswered(state, at, person, drill),
    };
    [ended].into_iter().chain(memo::write(state, at, letters)).collect()
}

/// To the person, and to whoever can do something about it.
fn unanswered(state: &State, at: Timestamp, person: &PersonId, drill: &Drill) -> Vec<Letter> {
    let config = &state.config;
    let fallback = config.server.fallback.iter().filter_map(|target| match target {
        Target::Person(id) => Some(id),
        _ => None,
    });
    let superior = config.person(person).and_then(|p| p.superior.as_ref());
    let mut people: Vec<&PersonId> = [person].into_iter().chain(superior).chain(fallback).collect();
    people.sort_unstable();
    people.dedup();
    let name = config.person(person).map_or(person.as_str(), |p| p.display());
    let mut text = vec![says::memo_drill_missed_text(drill.at)];
    text.extend(drill.shift.filter(|shift| *shift > at).map(says::memo_drill_shift));
    text.extend(failed(state, person, drill));
    text.push(says::memo_drill_mend());
    let letter = |to: &PersonId| Letter {
        person: to.clone(),
        title: says::memo_drill_missed(name),
        text: text.clone(),
        link: if to == person { "/people/me".to_owned() } else { "/schedule".to_owned() },
        until: memo::LIFE.after(at),
    };
    people.into_iter().map(letter).collect()
}

/// One contact was confirmed, others did not even take the message.
fn broken(state: &State, at: Timestamp, person: &PersonId, drill: &Drill) -> Option<Letter> {
    let text = failed(state, person, drill);
    let letter = Letter {
        person: person.clone(),
        title: says::memo_drill_broken(),
        text,
        link: "/people/me".to_owned(),
        until: memo::LIFE.after(at),
    };
    (!letter.text.is_empty()).then_some(letter)
}

/// The contacts to which the drill's message could not be handed over.
fn failed(state: &State, person: &PersonId, drill: &Drill) -> Vec<Said> {
    let methods = state.methods(person);
    let tests = methods.iter().filter_map(|m| state.contacts.test_of(person, &m.key)).map(|(_, test)| test);
    let why = |test: &contact::Test| match &test.outcome {
        Some(SendOutcome::Permanent(why) | SendOutcome::Transient(why) | SendOutcome::Ambiguous(why)) => {
            Some(why.clone())
        }
        Some(SendOutcome::Busy { words, .. }) => Some(words.clone()),
        Some(SendOutcome::Delivered(_) | SendOutcome::Accepted { .. }) | None => None,
    };
    let since = tests.filter(|test| test.at >= drill.at);
    let lines = since.filter_map(|test| why(test).map(|why| says::memo_drill_contact(&test.channel, why)));
    lines.take(CONTACTS_NAMED).collect()
}

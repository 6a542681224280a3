//! Letters: what a person is told without being woken. A shift that begins, a swap that is asked for, a gap days ahead.
//!
//! A letter is no page: nobody waits for an answer, it goes by mail where there is mail, and it is given up when it has
//! nothing to say any more. Pages go first.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use noout_types::{Contact, PersonId, Said, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::engine::{Effect, State};
use crate::event::Event;
use crate::paging::SendOutcome;
use crate::says;

/// A letter that could not leave for so long is dropped, unless it is of no use even sooner.
pub const LIFE: Span = Span::from_hours(48);

/// Letters that wait; more are not written. Fifty people and twenty of each are fewer.
pub const MAX_LETTERS: usize = 1000;

/// Attempts on all ways together; then it is given up, and stands in the console alone.
const MAX_TRIES: u32 = 12;

/// The wait after the first attempt that failed; it doubles with each further one.
const FIRST_BACKOFF: Span = Span::from_mins(1);

/// The longest wait between two attempts.
const MAX_BACKOFF: Span = Span::from_hours(1);

/// What is written to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// To whom.
    pub person: PersonId,
    /// In one line.
    pub title: Said,
    /// The rest, a line each.
    pub text: Vec<Said>,
    /// The console's page about it.
    pub link: String,
    /// From then on it has nothing to say.
    pub until: Timestamp,
}

/// A letter under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memo {
    /// Its number.
    pub id: u64,
    /// To whom.
    pub person: PersonId,
    /// In one line.
    pub title: Said,
    /// The rest, a line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub text: Vec<Said>,
    /// The console's page about it.
    pub link: String,
    /// When it was written.
    pub at: Timestamp,
    /// From then on it has nothing to say.
    pub until: Timestamp,
    /// Attempts so far.
    #[serde(default)]
    pub attempts: u32,
    /// Where it stands.
    pub state: MemoState,
}

/// Where a letter stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemoState {
    /// The next attempt is due at a time.
    Waiting {
        /// Ways that were tried and that do not work count on from here.
        way: u16,
        /// When.
        at: Timestamp,
    },
    /// An attempt is under way, or was when noout died: it is made again then.
    Sending {
        /// The place in the person's contact list.
        contact: u16,
    },
}

/// What happened to letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemoEvent {
    /// A letter was written.
    Written {
        /// Which.
        memo: Memo,
    },
    /// An attempt begins: journaled before the message leaves.
    Sending {
        /// Which.
        id: u64,
        /// The attempt's number, from 1.
        attempt: u32,
        /// The place in the person's contact list.
        contact: u16,
    },
    /// An attempt ended.
    Attempted {
        /// Which.
        id: u64,
        /// To whom.
        person: PersonId,
        /// The attempt.
        attempt: u32,
        /// How it ended.
        outcome: SendOutcome,
        /// The next attempt: which of the person's ways and when. None if it is over.
        next: Option<(u16, Timestamp)>,
    },
    /// It is given up.
    Dropped {
        /// Which.
        id: u64,
        /// To whom.
        person: PersonId,
        /// Why.
        why: Said,
    },
}

/// The letters under way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memos {
    open: BTreeMap<u64, Memo>,
    last: u64,
}

impl Memos {
    /// A letter under way.
    #[must_use]
    pub fn get(&self, id: u64) -> Option<&Memo> {
        self.open.get(&id)
    }

    /// The letters under way, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Memo> {
        self.open.values()
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        let due = |memo: &Memo| match memo.state {
            MemoState::Waiting { at, .. } => Some(at.min(memo.until)),
            MemoState::Sending { .. } => None,
        };
        self.open.values().filter_map(due).min()
    }

    pub(crate) fn apply(&mut self, event: &MemoEvent) {
        match event {
            MemoEvent::Written { memo } => {
                self.last = self.last.max(memo.id);
                self.open.insert(memo.id, memo.clone());
            }
            MemoEvent::Sending { id, attempt, contact } => {
                if let Some(memo) = self.open.get_mut(id) {
                    (memo.attempts, memo.state) = (*attempt, MemoState::Sending { contact: *contact });
                }
            }
            MemoEvent::Attempted { id, next, .. } => match (next, self.open.get_mut(id)) {
                (Some((way, at)), Some(memo)) => memo.state = MemoState::Waiting { way: *way, at: *at },
                _ => _ = self.open.remove(id),
            },
            MemoEvent::Dropped { id, .. } => _ = self.open.remove(id),
        }
    }
}

/// The events by which letters come to be. Numbers follow the state's, so that one decision writes once.
pub(crate) fn write(state: &State, at: Timestamp, letters: impl IntoIterator<Item = Letter>) -> Vec<Event> {
    let room = MAX_LETTERS.saturating_sub(state.memos.open.len());
    let numbered = letters.into_iter().take(room).zip(state.memos.last + 1..);
    let one = |(letter, id): (Letter, u64)| {
        let Letter { person, title, text, link, until } = letter;
        let memo_state = MemoState::Waiting { way: 0, at };
        let memo = Memo { id, person, title, text, link, at, until, attempts: 0, state: memo_state };
        Event::Memo(MemoEvent::Written { memo })
    };
    numbered.map(one).collect()
}

/// A person's ways for letters, as places in the contact list: mail first. A webhook is for pages alone, for what reads it
/// takes each call for one; a text message or a call is for what cannot wait.
fn ways(config: &Config, person: &PersonId) -> Vec<u16> {
    let Some(person) = config.person(person) else { return Vec::new() };
    let fits = |contact: &Contact| matches!(contact, Contact::Mail { .. } | Contact::Ntfy { .. });
    let mut ways: Vec<_> = person.contact.iter().zip(0_u16..).filter(|(way, _)| fits(way)).collect();
    ways.sort_by_key(|(way, place)| (!matches!(way.contact, Contact::Mail { .. }), *place));
    ways.into_iter().map(|(_, place)| place).collect()
}

/// Begins the attempts that are due, and gives up what has nothing to say any more.
pub(crate) fn settle(state: &State, at: Timestamp) -> Vec<Event> {
    let one = |memo: &Memo| {
        let MemoState::Waiting { way, at: due } = memo.state else { return None };
        let (id, person) = (memo.id, memo.person.clone());
        let drop = |why| Some(Event::Memo(MemoEvent::Dropped { id, person: person.clone(), why }));
        if memo.until <= at {
            return drop(says::memo_stale());
        }
        if due > at {
            return None;
        }
        let ways = ways(&state.config, &memo.person);
        match ways.get(usize::from(way)).or(ways.first()) {
            Some(contact) => {
                Some(Event::Memo(MemoEvent::Sending { id, attempt: memo.attempts + 1, contact: *contact }))
            }
            None => drop(says::memo_no_way()),
        }
    };
    state.memos.iter().filter_map(one).collect()
}

/// The letters that must leave.
pub(crate) fn pending(state: &State) -> impl Iterator<Item = Effect> + '_ {
    state.memos.iter().filter_map(|memo| match memo.state {
        MemoState::Sending { contact } => Some(Effect::Tell { memo: memo.id, attempt: memo.attempts, contact }),
        MemoState::Waiting { .. } => None,
    })
}

/// What follows from an attempt's outcome. One that is over already changes nothing.
pub(crate) fn outcome(state: &State, at: Timestamp, id: u64, attempt: u32, outcome: SendOutcome) -> Vec<Event> {
    let Some(memo) = state.memos.get(id).filter(|memo| memo.attempts == attempt) else { return Vec::new() };
    let MemoState::Sending { contact } = memo.state else { return Vec::new() };
    let ways = ways(&state.config, &memo.person);
    let way = ways.iter().position(|place| *place == contact).unwrap_or(0);
    let other = (way + 1 < ways.len()).then_some(way + 1);
    let backoff = FIRST_BACKOFF.as_millis() << memo.attempts.saturating_sub(1).min(8);
    let later = Span::from_millis(backoff).min(MAX_BACKOFF).after(at);
    let next = match &outcome {
        // A letter wakes nobody: that it was taken is enough.
        SendOutcome::Delivered(_) | SendOutcome::Accepted { .. } => None,
        SendOutcome::Permanent(_) => other.map(|way| (way, at)),
        // In doubt it is sent again: twice the same letter is better than none, and it wakes nobody.
        SendOutcome::Transient(_) | SendOutcome::Ambiguous(_) => Some((way, later)),
        SendOutcome::Busy { retry_after, .. } => Some((way, later.max(retry_after.after(at)))),
    };
    let next = next.filter(|_| memo.attempts < MAX_TRIES).and_then(|(way, at)| Some((u16::try_from(way).ok()?, at)));
    let person = memo.person.clone();
    vec![Event::Memo(MemoEvent::Attempted { id, person, attempt, outcome, next })]
}

//! Tickets: incidents in other systems, both ways and without loops.
//!
//! A ticket is a queue of work for one incident in one tracker: file it, say what people did, close it. One piece is
//! under way at a time in a tracker, and none faster than its rate; each begins with an intent in the journal and ends with
//! an outcome, so that a crash repeats only what the driver looks up before it does it again.
//!
//! # Why there are no loops
//! - What goes out comes from people in noout only: never from what came in from a tracker, of whichever incident.
//! - What comes in is taken unless it carries a marker of any noout, was written by our own account, or says what we
//!   said: so an echo is nothing new, whoever echoes it and in whatever name.
//! - What is closed there is spoken to no more.

mod apply;
mod decide;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use noout_types::{IncidentId, PersonId, Span, TicketId, Timestamp, TrackerId};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::config::Config;

pub(crate) use apply::{apply, follow};
pub(crate) use decide::{command, outcome, seen, settle};

/// Every marker of every noout begins so.
pub const MARKER: &str = "noout-incident-";

/// The longest comment that is taken in, in characters; the rest is cut.
pub const MAX_HEARD_CHARS: usize = 4000;

/// Comments of one ticket that are taken in: beyond that it is no conversation.
pub const MAX_HEARD: usize = 500;

/// Pieces of work that wait for one ticket; of more, the oldest words are left out. People write few, a tracker may be away
/// for days.
const MAX_QUEUE: usize = 100;

/// Words that are remembered for recognizing their echo.
const MAX_SAID: usize = 200;

/// The wait after the first transient error; it doubles with each further one.
const FIRST_BACKOFF: Span = Span::from_secs(5);

/// The longest wait between two attempts.
const MAX_BACKOFF: Span = Span::from_mins(5);

/// The wait after an attempt whose end nobody knows: search indexes of trackers lag, and what is not found yet would be
/// filed twice.
pub const AMBIGUOUS_WAIT: Span = Span::from_secs(60);

/// A comment in a tracker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Its id there.
    pub id: String,
    /// Who wrote it, as the tracker names people.
    pub author: String,
    /// What.
    pub text: String,
}

/// A comment as it was read, before anything is taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteComment {
    /// The comment.
    pub comment: Comment,
    /// Written by the account that noout uses.
    pub ours: bool,
}

/// How a ticket is in its tracker.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemoteTicket {
    /// Whether it is closed or solved there.
    pub closed: bool,
    /// Its comments, oldest first.
    pub comments: Vec<RemoteComment>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketOutcome {
    /// The ticket is there: made, or found.
    Filed {
        /// Its id there, for further requests.
        id: String,
        /// Its page for people.
        url: String,
    },
    /// It is said, or closed.
    Done,
    /// It will never work this way.
    Permanent(String),
    /// It may work later.
    Transient(String),
    /// Nobody knows: it is looked up before it is tried again.
    Ambiguous(String),
}

/// What happened to tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketEvent {
    /// It was looked where an incident is to be filed without anybody's asking.
    Weighed {
        /// Which incident.
        incident: IncidentId,
        /// Where; mostly nowhere.
        trackers: Vec<(TicketId, TrackerId)>,
        /// It is held back: it is looked at again when that ends.
        #[serde(default)]
        held_back: bool,
    },
    /// A person wants an incident filed; or filed once more, after it failed.
    Wanted {
        /// Its number.
        ticket: TicketId,
        /// Which incident.
        incident: IncidentId,
        /// Where.
        tracker: TrackerId,
        /// Who.
        by: Actor,
    },
    /// An attempt begins.
    Began {
        /// For which ticket.
        ticket: TicketId,
        /// Which piece of work.
        item: u32,
        /// Which attempt, from 1.
        attempt: u32,
    },
    /// It ended.
    Did {
        /// For which ticket.
        ticket: TicketId,
        /// Which piece of work.
        item: u32,
        /// Which attempt.
        attempt: u32,
        /// How.
        outcome: TicketOutcome,
        /// When it is tried again, if it is.
        next: Option<Timestamp>,
    },
    /// Somebody wrote something there.
    Heard {
        /// In which ticket.
        ticket: TicketId,
        /// What.
        comment: Comment,
    },
    /// Somebody closed it there.
    ClosedThere {
        /// Which ticket.
        ticket: TicketId,
    },
    /// Somebody opened it again there.
    ReopenedThere {
        /// Which ticket.
        ticket: TicketId,
    },
}

impl TicketEvent {
    fn ticket(&self) -> Option<TicketId> {
        match self {
            Self::Weighed { .. } => None,
            Self::Wanted { ticket, .. }
            | Self::Began { ticket, .. }
            | Self::Did { ticket, .. }
            | Self::Heard { ticket, .. }
            | Self::ClosedThere { ticket }
            | Self::ReopenedThere { ticket } => Some(*ticket),
        }
    }
}

/// What a person did with an incident, to be said in its tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Saying {
    /// Somebody has it.
    Acked {
        /// Who.
        by: Actor,
    },
    /// Somebody wrote something down.
    Noted {
        /// Who.
        by: Actor,
        /// What.
        text: String,
    },
    /// Somebody says what they are about to do.
    Announced {
        /// Who.
        by: Actor,
        /// What.
        text: String,
    },
    /// It goes from one to another.
    HandedOver {
        /// Who gave it.
        by: Actor,
        /// Who gets it.
        to: PersonId,
    },
    /// It is over.
    Resolved {
        /// Who says so.
        by: Actor,
        /// What was done.
        note: noout_types::Said,
    },
}

/// A piece of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// The ticket is made, unless it is there.
    File,
    /// A comment is written, unless it is there.
    Say(Saying),
    /// The ticket is closed, unless it is.
    Close,
}

/// How far the first piece of a queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Turn {
    /// It begins at this instant, if the tracker is free.
    Waits(Timestamp),
    /// It is under way since then.
    Runs(Timestamp),
}

/// An incident in a tracker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its number here.
    pub id: TicketId,
    /// Which incident.
    pub incident: IncidentId,
    /// Where.
    pub tracker: TrackerId,
    /// Its id there, once it is known.
    pub there: Option<String>,
    /// It could not be filed: a person may ask again.
    pub failed: bool,
    /// Somebody closed it there, or noout did.
    pub closed: bool,
    /// Filed without anybody's asking.
    automatic: bool,
    /// What is to be done, each with its number.
    queue: VecDeque<(u32, Work)>,
    next_item: u32,
    attempt: u32,
    turn: Turn,
    /// Ids of the comments that were taken in.
    heard: BTreeSet<String>,
    /// Digests of what was said there, oldest first.
    said: VecDeque<u64>,
}

impl Ticket {
    /// The piece of work that comes next, and its number.
    #[must_use]
    pub fn work(&self) -> Option<(u32, &Work)> {
        self.queue.front().map(|(number, work)| (*number, work))
    }

    /// Since when its present attempt is under way.
    #[must_use]
    pub fn since(&self) -> Option<Timestamp> {
        match self.turn {
            Turn::Runs(since) => Some(since),
            Turn::Waits(_) => None,
        }
    }

    /// Whether it is to be read back: it is there, and its incident is not over.
    #[must_use]
    pub fn is_followed(&self) -> bool {
        self.there.is_some() && !self.failed
    }

    /// What recognizes it and its comments: the same for each attempt, unlike any other's. `journal` tells noouts apart.
    #[must_use]
    pub fn marker(&self, journal: &str) -> String {
        format!("{MARKER}{journal}-{}-{}", self.incident, self.id)
    }
}

/// All tickets that noout still has to do with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tickets {
    all: BTreeMap<TicketId, Ticket>,
    /// Incidents that nobody has looked at yet.
    fresh: BTreeSet<IncidentId>,
    /// Incidents that were held back when they were looked at.
    held_back: BTreeSet<IncidentId>,
    /// What waits in each tracker, by when it is due.
    due: BTreeMap<TrackerId, BTreeSet<(Timestamp, TicketId)>>,
    /// What is under way: at the most one thing in each tracker.
    running: BTreeMap<TrackerId, TicketId>,
    /// When each tracker may be asked again.
    free: BTreeMap<TrackerId, Timestamp>,
    /// The last ticket's number.
    last: u64,
}

impl Tickets {
    /// A ticket.
    #[must_use]
    pub fn get(&self, id: TicketId) -> Option<&Ticket> {
        self.all.get(&id)
    }

    /// All tickets, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Ticket> {
        self.all.values()
    }

    /// The ticket of an incident in a tracker.
    #[must_use]
    pub fn of(&self, incident: IncidentId, tracker: &TrackerId) -> Option<&Ticket> {
        self.all.values().find(|ticket| ticket.incident == incident && ticket.tracker == *tracker)
    }

    /// What is under way: ticket, piece of work, attempt.
    pub(crate) fn pending(&self) -> impl Iterator<Item = (TicketId, u32, u32)> + '_ {
        let running = self.running.values().filter_map(|id| self.all.get(id));
        running.filter_map(|ticket| ticket.work().map(|(item, _)| (ticket.id, item, ticket.attempt)))
    }

    /// When the next piece of work may begin.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        let idle = self.due.iter().filter(|(tracker, _)| !self.running.contains_key(*tracker));
        idle.filter_map(|(tracker, due)| {
            let (first, _) = due.first()?;
            Some(self.free_at(tracker).map_or(*first, |free| free.max(*first)))
        })
        .min()
    }

    fn free_at(&self, tracker: &TrackerId) -> Option<Timestamp> {
        self.free.get(tracker).copied()
    }

    /// Incident and tracker of an event, for the timeline.
    pub(crate) fn told(&self, event: &TicketEvent) -> Option<(IncidentId, TrackerId)> {
        let ticket = self.all.get(&event.ticket()?)?;
        Some((ticket.incident, ticket.tracker.clone()))
    }

    /// Tickets in trackers that are not configured any more are nobody's.
    pub(crate) fn config_changed(&mut self, config: &Config) {
        let gone: Vec<TicketId> = (self.all.values())
            .filter(|ticket| config.tracker(&ticket.tracker).is_none())
            .map(|ticket| ticket.id)
            .collect();
        gone.into_iter().for_each(|id| self.remove(id));
        self.free.retain(|tracker, _| config.tracker(tracker).is_some());
    }

    /// What holds alerts back has changed.
    pub(crate) fn look_again(&mut self) {
        self.fresh.append(&mut self.held_back);
    }

    /// Changes a ticket; the indexes follow.
    fn change(&mut self, id: TicketId, change: impl FnOnce(&mut Ticket)) {
        self.unindex(id);
        if let Some(ticket) = self.all.get_mut(&id) {
            change(ticket);
        }
        self.index(id);
    }

    fn insert(&mut self, ticket: Ticket) {
        let id = ticket.id;
        self.last = self.last.max(id.0);
        self.all.insert(id, ticket);
        self.index(id);
    }

    fn remove(&mut self, id: TicketId) {
        self.unindex(id);
        self.all.remove(&id);
    }

    fn index(&mut self, id: TicketId) {
        let Some(ticket) = self.all.get(&id).filter(|ticket| !ticket.queue.is_empty()) else { return };
        match ticket.turn {
            Turn::Waits(at) => _ = self.due.entry(ticket.tracker.clone()).or_default().insert((at, id)),
            Turn::Runs(_) => _ = self.running.insert(ticket.tracker.clone(), id),
        }
    }

    fn unindex(&mut self, id: TicketId) {
        let Some(ticket) = self.all.get(&id) else { return };
        if let (Turn::Waits(at), Some(due)) = (ticket.turn, self.due.get_mut(&ticket.tracker)) {
            due.remove(&(at, id));
            if due.is_empty() {
                self.due.remove(&ticket.tracker);
            }
        }
        if self.running.get(&ticket.tracker) == Some(&id) {
            self.running.remove(&ticket.tracker);
        }
    }
}

/// The digest of a text whose echo is to be recognized: letters and digits only, because trackers change blanks, quotes and
/// markup. FNV-1a; a collision costs one comment, not a page.
pub(crate) fn digest(text: &str) -> u64 {
    let text = text.split(MARKER).next().unwrap_or(text);
    let letters = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    letters.fold(0xcbf2_9ce4_8422_2325, |hash, c| (hash ^ u64::from(u32::from(c))).wrapping_mul(0x100_0000_01b3))
}

//! Requests: what other teams want from this one, who has it, and which planned work it interrupts.
//!
//! A request belongs to nobody until somebody takes it, and anybody may take it, also from somebody else: there is no work
//! that only one person may touch. One that interrupts planned work says which, and for how long it did is
//! counted from the moment in which somebody took it.

mod decide;
mod letters;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;
use noout_types::{MaintenanceId, PersonId, RequestId, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;

pub use decide::{
    Ask, MAX_ANSWERS, MAX_NAME_CHARS, MAX_OPEN, MAX_OPEN_OF_SOURCE, MAX_TEXT_CHARS, MAX_TITLE_CHARS, RequestCommand,
    is_address,
};
pub(crate) use decide::{command, line, who, words};

/// Closed requests that stay at hand; older ones are in the read tables.
const KEEP_CLOSED: usize = 200;

/// Interruptions that one request remembers. More often nobody changes their mind about it.
const MAX_INTERRUPTIONS: usize = 50;

/// How much a request presses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pressure {
    /// It can wait.
    CanWait,
    /// It is wanted this week.
    #[default]
    ThisWeek,
    /// Planned work is put aside for it.
    Interrupts,
}

impl Pressure {
    /// All of them, the least pressing first.
    pub const ALL: [Self; 3] = [Self::CanWait, Self::ThisWeek, Self::Interrupts];

    /// Its word in bodies and forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::CanWait => "can_wait",
            Self::ThisWeek => "this_week",
            Self::Interrupts => "interrupts",
        }
    }
}

impl std::str::FromStr for Pressure {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|p| p.code() == text);
        found.ok_or_else(|| format!("found {text:?}, allowed are can_wait, this_week and interrupts"))
    }
}

/// Who wants something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asker {
    /// The name; the address if nobody said a name.
    pub name: String,
    /// The team; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub team: String,
    /// The mail address for the answer; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mail: String,
    /// The person of the configuration, if it is one: hears of answers by letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
}

impl std::fmt::Display for Asker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.team.is_empty() { f.write_str(&self.name) } else { write!(f, "{} ({})", self.name, self.team) }
    }
}

/// How a request stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody has it.
    Open,
    /// Somebody has it.
    Taken,
    /// It was done.
    Done {
        /// Who said so.
        by: Actor,
        /// When.
        at: Timestamp,
        /// What was done; may be empty.
        words: String,
    },
    /// It will not be done.
    Declined {
        /// Who said so.
        by: Actor,
        /// When.
        at: Timestamp,
        /// Why not.
        words: String,
    },
}

impl Status {
    /// Its word in bodies and in the console.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Taken => "taken",
            Self::Done { .. } => "done",
            Self::Declined { .. } => "declined",
        }
    }
}

/// A time in which planned work stood still for a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interruption {
    /// The maintenance that stood still; other planned work if absent.
    pub maintenance: Option<MaintenanceId>,
    /// Since when: somebody took the request then.
    pub from: Timestamp,
    /// Until when; it still does if absent.
    pub until: Option<Timestamp>,
}

impl Interruption {
    /// How long it lasted, or lasts by now.
    #[must_use]
    pub fn lasted(&self, now: Timestamp) -> Span {
        Span::between(self.from, self.until.unwrap_or(now))
    }
}

/// What another team wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its number.
    pub id: RequestId,
    /// What is wanted, in one line.
    pub title: String,
    /// More words; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Who wants it.
    pub from: Asker,
    /// By which day it is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_by: Option<Date>,
    /// How much it presses.
    pub urgency: Pressure,
    /// The maintenance that it interrupts, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interrupts: Option<MaintenanceId>,
    /// Who or what handed it in.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// How its source calls it: the same again is the same request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// How it stands.
    pub status: Status,
    /// Who has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<PersonId>,
    /// Since when whoever has it has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owned_at: Option<Timestamp>,
    /// When somebody took it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<Timestamp>,
    /// When planned work stood still for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interrupted: Vec<Interruption>,
    /// How many answers it got.
    #[serde(default)]
    pub answers: u32,
    /// How its source calls those that came from there. As many as answers at the most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heard: Vec<String>,
}

impl Request {
    /// Whether it is still to be done.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.status, Status::Open | Status::Taken)
    }

    /// Whether it interrupts planned work, or wants to.
    #[must_use]
    pub fn presses(&self) -> bool {
        self.is_open() && self.urgency == Pressure::Interrupts
    }

    /// Planned work that stands still for it now.
    #[must_use]
    pub fn interrupts_now(&self) -> Option<&Interruption> {
        self.interrupted.last().filter(|i| i.until.is_none())
    }

    /// When it was closed.
    #[must_use]
    pub fn closed_at(&self) -> Option<Timestamp> {
        match &self.status {
            Status::Done { at, .. } | Status::Declined { at, .. } => Some(*at),
            Status::Open | Status::Taken => None,
        }
    }

    /// Planned work stands still while somebody works on a request that interrupts it, and no longer.
    fn count_interruption(&mut self, at: Timestamp) {
        let stands = self.status == Status::Taken && self.urgency == Pressure::Interrupts;
        let wanted = stands.then_some(self.interrupts);
        let counted = self.interrupts_now().map(|i| i.maintenance);
        if wanted == counted {
            return;
        }
        if let Some(last) = self.interrupted.last_mut().filter(|i| i.until.is_none()) {
            last.until = Some(at);
        }
        if let Some(maintenance) = wanted {
            if self.interrupted.len() >= MAX_INTERRUPTIONS {
                self.interrupted.remove(0);
            }
            self.interrupted.push(Interruption { maintenance, from: at, until: None });
        }
    }
}

/// What happened to requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestEvent {
    /// One came in.
    Asked {
        /// As it came.
        request: Box<Request>,
    },
    /// Somebody has it now.
    Taken {
        /// Which.
        id: RequestId,
        /// Who.
        by: PersonId,
    },
    /// It goes to somebody.
    HandedOver {
        /// Which.
        id: RequestId,
        /// Who says so.
        by: Actor,
        /// Who has it now.
        to: PersonId,
    },
    /// Somebody wrote something about it, for the asker and for all others.
    Answered {
        /// Which.
        id: RequestId,
        /// Who.
        by: Actor,
        /// What.
        text: String,
        /// Whose words they are, if a source handed them in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Asker>,
        /// How that source calls them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    },
    /// It presses more or less than was said, or interrupts something else.
    Weighed {
        /// Which.
        id: RequestId,
        /// Who says so.
        by: Actor,
        /// How much it presses now.
        urgency: Pressure,
        /// The maintenance that it interrupts.
        interrupts: Option<MaintenanceId>,
    },
    /// It is done.
    Done {
        /// Which.
        id: RequestId,
        /// Who says so.
        by: Actor,
        /// What was done; may be empty.
        words: String,
    },
    /// It will not be done.
    Declined {
        /// Which.
        id: RequestId,
        /// Who says so.
        by: Actor,
        /// Why not.
        words: String,
    },
}

impl RequestEvent {
    /// Which request it is about.
    #[must_use]
    pub fn id(&self) -> RequestId {
        match self {
            Self::Asked { request } => request.id,
            Self::Taken { id, .. }
            | Self::HandedOver { id, .. }
            | Self::Answered { id, .. }
            | Self::Weighed { id, .. }
            | Self::Done { id, .. }
            | Self::Declined { id, .. } => *id,
        }
    }
}

/// The requests at hand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requests {
    open: BTreeMap<RequestId, Request>,
    /// Those that were closed lately, oldest first.
    closed: Vec<Request>,
    last: u64,
}

impl Requests {
    /// Those that are to be done, oldest first.
    pub fn open(&self) -> impl Iterator<Item = &Request> {
        self.open.values()
    }

    /// Those that were closed lately, oldest first.
    pub fn closed(&self) -> impl Iterator<Item = &Request> {
        self.closed.iter()
    }

    /// One by number, also if it was closed lately.
    #[must_use]
    pub fn get(&self, id: RequestId) -> Option<&Request> {
        self.open.get(&id).or_else(|| self.closed.iter().find(|r| r.id == id))
    }

    /// One by the name that its source gave it, or gave to something that was said about it later.
    #[must_use]
    pub fn by_key(&self, by: &Actor, key: &str) -> Option<&Request> {
        let mut all = self.open.values().chain(&self.closed);
        all.find(|r| r.by == *by && (r.key.as_deref() == Some(key) || r.heard.iter().any(|heard| heard == key)))
    }

    /// Open ones that interrupt a maintenance, or want to, oldest first.
    pub fn interrupting(&self, maintenance: MaintenanceId) -> impl Iterator<Item = &Request> {
        self.open.values().filter(move |r| r.presses() && r.interrupts == Some(maintenance))
    }

    /// Whether there ever was one of this number.
    #[must_use]
    pub fn knew(&self, id: RequestId) -> bool {
        id.0 > 0 && id.0 <= self.last
    }

    fn next_id(&self) -> RequestId {
        RequestId(self.last + 1)
    }

    pub(crate) fn apply(&mut self, at: Timestamp, event: &RequestEvent) {
        if let RequestEvent::Asked { request } = event {
            self.last = self.last.max(request.id.0);
            self.open.insert(request.id, (**request).clone());
            return;
        }
        let Some(request) = self.open.get_mut(&event.id()) else { return };
        let mut belongs_to = |person: &PersonId| {
            request.status = Status::Taken;
            request.owner = Some(person.clone());
            request.owned_at = Some(at);
            request.taken_at = request.taken_at.or(Some(at));
        };
        match event {
            RequestEvent::Asked { .. } => {}
            RequestEvent::Taken { by, .. } => belongs_to(by),
            RequestEvent::HandedOver { to, .. } => belongs_to(to),
            RequestEvent::Answered { key, .. } => {
                request.answers += 1;
                request.heard.extend(key.clone());
            }
            RequestEvent::Weighed { urgency, interrupts, .. } => {
                (request.urgency, request.interrupts) = (*urgency, *interrupts);
            }
            RequestEvent::Done { by, words, .. } => {
                request.status = Status::Done { by: by.clone(), at, words: words.clone() };
            }
            RequestEvent::Declined { by, words, .. } => {
                request.status = Status::Declined { by: by.clone(), at, words: words.clone() };
            }
        }
        request.count_interruption(at);
        if !request.is_open()
            && let Some(request) = self.open.remove(&event.id())
        {
            self.closed.push(request);
            let over = self.closed.len().saturating_sub(KEEP_CLOSED);
            self.closed.drain(..over);
        }
    }
}

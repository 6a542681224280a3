//! The weekly meeting: when it is, who takes part, and the decisions that the team takes with everybody's voice.
//!
//! A question stays open until a person closes it: that its time has passed does not decide it. Everybody of the team says
//! one thing, and may say another until it is closed; who was asked and said nothing is written down as well. Nothing of
//! it is ever deleted.

mod decide;
mod sitting;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use noout_types::{DecisionId, IncidentId, PersonId, RequestId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;

pub(crate) use decide::command;
pub use decide::{
    MAX_OPEN, MAX_OPTION_CHARS, MAX_OPTIONS, MAX_TEXT_CHARS, MAX_TITLE_CHARS, MAX_WAIT, MeetingCommand, Question,
};
pub use sitting::{Sitting, participants, sitting};

/// Closed decisions that stay at hand; all of them are in the read tables.
const KEEP_CLOSED: usize = 200;

/// What a question is about, besides itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// An incident.
    Incident(IncidentId),
    /// A request.
    Request(RequestId),
}

/// What somebody is for. Its text is `for`, `against`, `abstain`, or an option's number from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Choice {
    /// For it, where there are no options.
    For,
    /// One of the options, from 1.
    Option(u8),
    /// Against it, or against all options.
    Against,
    /// Neither: heard and content with what others decide.
    Abstain,
}

impl std::fmt::Display for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::For => f.write_str("for"),
            Self::Against => f.write_str("against"),
            Self::Abstain => f.write_str("abstain"),
            Self::Option(n) => write!(f, "{n}"),
        }
    }
}

impl std::str::FromStr for Choice {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "for" => Ok(Self::For),
            "against" => Ok(Self::Against),
            "abstain" => Ok(Self::Abstain),
            number => match number.parse() {
                Ok(n) if n > 0 => Ok(Self::Option(n)),
                _ => Err(format!("found {text:?}, allowed are for, against, abstain and the number of an option")),
            },
        }
    }
}

impl TryFrom<String> for Choice {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Choice> for String {
    fn from(choice: Choice) -> String {
        choice.to_string()
    }
}

/// What somebody says to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voice {
    /// What for.
    pub choice: Choice,
    /// Why; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// When it was said, or changed.
    pub at: Timestamp,
}

/// How a question was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// Who closed it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// What was decided.
    pub decided: String,
    /// Why.
    pub why: String,
}

/// A question that the team decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Its number.
    pub id: DecisionId,
    /// The question, in one line.
    pub title: String,
    /// More words; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What can be chosen; for and against if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// When an answer is wanted. It stays open afterwards, and is shown as late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// Who put it up.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Who was asked: the team as it was then.
    pub asked: BTreeSet<PersonId>,
    /// What people said.
    #[serde(default)]
    pub voices: BTreeMap<PersonId, Voice>,
    /// How it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closed>,
}

impl Decision {
    /// Who was asked and did not say anything.
    pub fn silent(&self) -> impl Iterator<Item = &PersonId> {
        self.asked.iter().filter(|person| !self.voices.contains_key(*person))
    }

    /// Whether it is open although its time has passed.
    #[must_use]
    pub fn is_late(&self, at: Timestamp) -> bool {
        self.closed.is_none() && self.until.is_some_and(|until| until <= at)
    }

    /// What can be chosen, in the order in which it is shown.
    #[must_use]
    pub fn choices(&self) -> Vec<Choice> {
        let options = (1..).take(self.options.len()).map(Choice::Option);
        let plain = self.options.is_empty().then_some(Choice::For);
        plain.into_iter().chain(options).chain([Choice::Against, Choice::Abstain]).collect()
    }

    /// How many are for each choice.
    #[must_use]
    pub fn count(&self, choice: Choice) -> usize {
        self.voices.values().filter(|v| v.choice == choice).count()
    }

    /// Whether a text stands in it anywhere, in small or large letters: in the question, in what was said, in what was
    /// decided.
    #[must_use]
    pub fn mentions(&self, wanted: &str) -> bool {
        let wanted = wanted.to_lowercase();
        let closed = self.closed.iter().flat_map(|c| [&c.decided, &c.why]);
        let voices = self.voices.values().map(|v| &v.words);
        let mut texts = [&self.title, &self.text].into_iter().chain(&self.options).chain(voices).chain(closed);
        texts.any(|text| text.to_lowercase().contains(&wanted))
    }
}

/// What happened at the meeting's table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeetingEvent {
    /// A question was put up.
    Raised {
        /// As it was put up.
        decision: Box<Decision>,
    },
    /// Somebody said what they are for, or changed it.
    Voiced {
        /// To which question.
        id: DecisionId,
        /// Who.
        person: PersonId,
        /// What.
        choice: Choice,
        /// Why; may be empty.
        words: String,
    },
    /// It was decided.
    Closed {
        /// Which.
        id: DecisionId,
        /// Who wrote it down.
        by: Actor,
        /// What was decided.
        decided: String,
        /// Why.
        why: String,
    },
}

impl MeetingEvent {
    /// Which question it is about.
    #[must_use]
    pub fn id(&self) -> DecisionId {
        match self {
            Self::Raised { decision } => decision.id,
            Self::Voiced { id, .. } | Self::Closed { id, .. } => *id,
        }
    }
}

/// The questions at hand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decisions {
    open: BTreeMap<DecisionId, Decision>,
    /// Those that were closed lately, oldest first.
    closed: Vec<Decision>,
    last: u64,
}

impl Decisions {
    /// Those that are open, oldest first.
    pub fn open(&self) -> impl Iterator<Item = &Decision> {
        self.open.values()
    }

    /// Those that were closed lately, oldest first.
    pub fn closed(&self) -> impl Iterator<Item = &Decision> {
        self.closed.iter()
    }

    /// One by number, also if it was closed lately.
    #[must_use]
    pub fn get(&self, id: DecisionId) -> Option<&Decision> {
        self.open.get(&id).or_else(|| self.closed.iter().find(|d| d.id == id))
    }

    /// Whether there ever was one of this number.
    #[must_use]
    pub fn knew(&self, id: DecisionId) -> bool {
        id.0 > 0 && id.0 <= self.last
    }

    fn next_id(&self) -> DecisionId {
        DecisionId(self.last + 1)
    }

    pub(crate) fn apply(&mut self, at: Timestamp, event: &MeetingEvent) {
        match event {
            MeetingEvent::Raised { decision } => {
                self.last = self.last.max(decision.id.0);
                self.open.insert(decision.id, (**decision).clone());
            }
            MeetingEvent::Voiced { id, person, choice, words } => {
                if let Some(decision) = self.open.get_mut(id) {
                    let voice = Voice { choice: *choice, words: words.clone(), at };
                    decision.voices.insert(person.clone(), voice);
                }
            }
            MeetingEvent::Closed { id, by, decided, why } => {
                let Some(mut decision) = self.open.remove(id) else { return };
                let (by, decided, why) = (by.clone(), decided.clone(), why.clone());
                decision.closed = Some(Closed { by, at, decided, why });
                self.closed.push(decision);
                let over = self.closed.len().saturating_sub(KEEP_CLOSED);
                self.closed.drain(..over);
            }
        }
    }
}

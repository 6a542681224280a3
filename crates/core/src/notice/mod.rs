//! Notices: what customers are told. A notice is posted by a person, or by noout for a maintenance
//! from a text that people wrote beforehand; each update of it stays readable.

mod follow;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use noout_types::{ComponentId, IncidentId, Lang, MaintenanceId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::config::Role;
use crate::engine::State;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::says;

pub(crate) use follow::settle;

/// The longest text of a notice, in characters.
const MAX_NOTICE_CHARS: usize = 4000;

/// Closed notices that stay on the status page, at the most.
const KEEP_CLOSED: usize = 50;

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// An incident.
    Incident(IncidentId),
    /// A maintenance.
    Maintenance(MaintenanceId),
}

/// How far it is, in the words that status pages use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// An incident is being looked into.
    Investigating,
    /// Its cause is known.
    Identified,
    /// It is mended and being watched.
    Monitoring,
    /// It is over.
    Resolved,
    /// A maintenance is announced.
    Scheduled,
    /// It is under way.
    InProgress,
    /// The work is done and being proved.
    Verifying,
    /// It is done.
    Completed,
}

impl Stage {
    /// Whether nothing more follows.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Resolved | Self::Completed)
    }
}

/// How much customers feel it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    /// Nothing.
    #[default]
    None,
    /// Slower.
    Minor,
    /// Partly out.
    Major,
    /// Out.
    Critical,
}

/// What an update says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Words {
    /// Written by a person, per language.
    Written(BTreeMap<Lang, String>),
    /// A prepared text by its key, with its numbers; the languages are in the publisher.
    Prepared {
        /// `maintenance-scheduled`, ….
        key: String,
        /// What the text's variables stand for.
        values: BTreeMap<String, String>,
    },
}

/// One update of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    /// When.
    pub at: Timestamp,
    /// How far it is.
    pub stage: Stage,
    /// The words.
    pub words: Words,
    /// Who.
    pub by: Actor,
}

/// What happened to notices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeEvent {
    /// A notice began or was updated.
    Posted {
        /// What about.
        about: About,
        /// The headline.
        title: Words,
        /// How much customers feel it.
        impact: Impact,
        /// Which components.
        components: Vec<ComponentId>,
        /// How far it is.
        stage: Stage,
        /// What is said.
        words: Words,
        /// Who says it.
        by: Actor,
    },
}

/// A notice with all its updates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What about; one notice for each.
    pub about: About,
    /// The headline.
    pub title: Words,
    /// How much customers feel it.
    pub impact: Impact,
    /// Which components.
    pub components: Vec<ComponentId>,
    /// How far it is.
    pub stage: Stage,
    /// Oldest first.
    pub updates: Vec<Update>,
}

/// The notices on the status page, open and lately closed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notices(Vec<Notice>);

impl Notices {
    /// All, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Notice> {
        self.0.iter()
    }

    /// The notice about something.
    #[must_use]
    pub fn about(&self, about: About) -> Option<&Notice> {
        self.0.iter().rfind(|n| n.about == about)
    }

    pub(crate) fn apply(&mut self, at: Timestamp, event: &NoticeEvent) {
        let NoticeEvent::Posted { about, title, impact, components, stage, words, by } = event.clone();
        let update = Update { at, stage, words, by };
        match self.0.iter_mut().rfind(|n| n.about == about) {
            Some(notice) => {
                notice.updates.push(update);
                (notice.title, notice.impact, notice.components, notice.stage) = (title, impact, components, stage);
            }
            None => self.0.push(Notice { about, title, impact, components, stage, updates: vec![update] }),
        }
        while self.0.iter().filter(|n| n.stage.is_final()).count() > KEEP_CLOSED {
            if let Some(oldest) = self.0.iter().position(|n| n.stage.is_final()) {
                self.0.remove(oldest);
            }
        }
    }
}

/// A person tells customers something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostNotice {
    /// What about.
    pub about: About,
    /// The headline per language.
    pub title: BTreeMap<Lang, String>,
    /// How much customers feel it.
    pub impact: Impact,
    /// Which components.
    pub components: Vec<ComponentId>,
    /// How far it is.
    pub stage: Stage,
    /// What is said, per language.
    pub text: BTreeMap<Lang, String>,
}

pub(crate) fn command(state: &State, by: Actor, post: PostNotice) -> Result<Vec<Event>, Refusal> {
    state.require(&by, Role::Responder)?;
    for (field, map) in [("title", &post.title), ("text", &post.text)] {
        let english = map.get(&Lang::En).is_some_and(|t| !t.trim().is_empty());
        if !english {
            return Err(Refusal::invalid(field, "no English text", "a text in English, other languages beside it"));
        }
        if let Some(chars) = map.values().map(|t| t.chars().count()).find(|n| *n > MAX_NOTICE_CHARS) {
            return Err(Refusal::invalid(
                field,
                format!("{chars} characters"),
                format!("at the most {MAX_NOTICE_CHARS}"),
            ));
        }
    }
    if let Some(unknown) = post.components.iter().find(|c| !state.config.components.iter().any(|k| k.id == **c)) {
        return Err(Refusal::unknown("component", unknown));
    }
    let exists = match post.about {
        About::Incident(id) => id.0 > 0 && id.0 < state.next_incident,
        About::Maintenance(id) => id.0 > 0 && id.0 < state.next_maintenance,
    };
    if !exists {
        return Err(Refusal::conflict(says::about_nothing()));
    }
    Ok(vec![Event::Notice(NoticeEvent::Posted {
        about: post.about,
        title: Words::Written(post.title),
        impact: post.impact,
        components: post.components,
        stage: post.stage,
        words: Words::Written(post.text),
        by,
    })])
}

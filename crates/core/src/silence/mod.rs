//! What keeps alerts from waking people: silences that people set, rules of the configuration, maintenance.
//!
//! There is one decision, [`of_alert`], and pages, the status page and the lists of alerts all ask it. It is asked again
//! at every send and whenever something ends that held alerts back. Each has an author and an expiry; nothing is held
//! back without both.

mod decide;
mod decision;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use noout_types::{Fingerprint, Labels, MaintenanceId, Matchers, RuleId, SilenceId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::config::{Config, Inhibit};

pub use decide::{MAX_COMMENT_CHARS, MAX_LENGTH, MAX_SILENCES, SilenceCommand};
pub(crate) use decide::{command, settle};
pub(crate) use decision::mutes_its_host;
pub use decision::{all_of_alert, machine, of_alert, of_incident};

/// Silences that ended and are still listed, at the most.
const KEEP_ENDED: usize = 100;

/// Alerts that a person holds back for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// Its number.
    pub id: SilenceId,
    /// Which alerts.
    pub matchers: Matchers,
    /// From when on.
    pub starts_at: Timestamp,
    /// Until when.
    pub ends_at: Timestamp,
    /// Who answers for it, in their own words or by id.
    pub author: String,
    /// Who or what set it.
    pub by: Actor,
    /// Why.
    pub comment: String,
    /// When it was set or changed last.
    pub updated_at: Timestamp,
}

/// Where a silence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It begins later.
    Pending,
    /// It holds.
    Active,
    /// It is over.
    Expired,
}

impl Silence {
    /// Where it stands at an instant.
    #[must_use]
    pub fn standing(&self, at: Timestamp) -> Standing {
        if self.ends_at <= at {
            Standing::Expired
        } else if self.starts_at <= at {
            Standing::Active
        } else {
            Standing::Pending
        }
    }
}

/// What holds an alert back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A silence.
    Silence {
        /// Which.
        id: SilenceId,
    },
    /// A `[[mute]]`.
    Mute {
        /// Which.
        id: RuleId,
    },
    /// An `[[inhibit]]`.
    Inhibit {
        /// Which.
        id: RuleId,
        /// The alert that explains it.
        source: Fingerprint,
    },
    /// The alert's host is being maintained.
    Maintenance {
        /// Which.
        id: MaintenanceId,
    },
}

/// That an alert, or an incident with all its alerts, is held back: by what, by whom, until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// By what.
    pub rule: Rule,
    /// Who answers for it.
    pub author: String,
    /// Until when at the latest; then it is looked at again.
    pub until: Timestamp,
}

/// What happened to silences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SilenceEvent {
    /// One was set, or changed.
    Set {
        /// As it is now.
        silence: Box<Silence>,
    },
    /// A person ended one before its time.
    Ended {
        /// Which.
        id: SilenceId,
        /// Who.
        by: Actor,
    },
    /// The time of these is over.
    Expired {
        /// Which.
        ids: Vec<SilenceId>,
    },
    /// Whom the present rules hold back was looked at.
    Looked,
}

/// Which incidents are to be looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    /// Those which are held back: something that held alerts back may have ended.
    HeldBack,
    /// All that people are being told of: something new may hold alerts back.
    All,
}

/// The silences, and what is known for the other rules.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silences {
    /// Pending and active ones.
    live: BTreeMap<SilenceId, Silence>,
    /// Those which ended lately, oldest first.
    ended: Vec<Silence>,
    /// Which alerts explain others now, by rule and the values that must be equal.
    sources: BTreeMap<String, BTreeSet<Fingerprint>>,
    /// What is to be looked at again.
    look: Option<Scope>,
    /// The next silence's number.
    next: u64,
}

impl Silences {
    /// The pending and active ones, oldest first.
    pub fn live(&self) -> impl Iterator<Item = &Silence> {
        self.live.values()
    }

    /// All that are known: live ones, and those that ended lately.
    pub fn all(&self) -> impl Iterator<Item = &Silence> {
        self.ended.iter().chain(self.live.values())
    }

    /// One by number, also if it ended lately.
    #[must_use]
    pub fn get(&self, id: SilenceId) -> Option<&Silence> {
        self.live.get(&id).or_else(|| self.ended.iter().find(|s| s.id == id))
    }

    /// When the next one ends.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.live.values().map(|s| s.ends_at).min()
    }

    pub(crate) fn next_id(&self) -> SilenceId {
        SilenceId(self.next.max(1))
    }

    pub(crate) fn to_look(&self) -> Option<Scope> {
        self.look
    }

    /// Something changed that decides whom alerts wake.
    pub(crate) fn changed(&mut self, scope: Scope) {
        self.look = self.look.max(Some(scope));
    }

    pub(crate) fn apply(&mut self, at: Timestamp, event: &SilenceEvent) {
        match event {
            SilenceEvent::Set { silence } => {
                self.next = self.next.max(silence.id.0 + 1);
                self.live.insert(silence.id, (**silence).clone());
                self.changed(Scope::All);
            }
            SilenceEvent::Ended { id, .. } => self.end(at, *id),
            SilenceEvent::Expired { ids } => ids.iter().for_each(|id| self.end(at, *id)),
            SilenceEvent::Looked => self.look = None,
        }
    }

    fn end(&mut self, at: Timestamp, id: SilenceId) {
        let Some(mut silence) = self.live.remove(&id) else { return };
        silence.ends_at = silence.ends_at.min(at);
        silence.updated_at = at;
        self.ended.push(silence);
        let over = self.ended.len().saturating_sub(KEEP_ENDED);
        self.ended.drain(..over);
        self.changed(Scope::HeldBack);
    }

    /// An alert fires: it may explain others.
    pub(crate) fn fires(&mut self, config: &Config, fp: Fingerprint, labels: &Labels) {
        for rule in config.inhibits.iter().filter(|rule| rule.source.matches(labels)) {
            self.sources.entry(place(rule, labels)).or_default().insert(fp);
        }
    }

    /// An alert is over: what it explained may wake people.
    pub(crate) fn over(&mut self, config: &Config, fp: Fingerprint, labels: &Labels) {
        for rule in config.inhibits.iter().filter(|rule| rule.source.matches(labels)) {
            let place = place(rule, labels);
            if let Some(sources) = self.sources.get_mut(&place) {
                sources.remove(&fp);
                if sources.is_empty() {
                    self.sources.remove(&place);
                }
                self.changed(Scope::HeldBack);
            }
        }
    }

    /// The rules are others now.
    pub(crate) fn configured<'a>(&mut self, config: &Config, firing: impl Iterator<Item = (Fingerprint, &'a Labels)>) {
        self.sources.clear();
        if !config.inhibits.is_empty() {
            firing.for_each(|(fp, labels)| self.fires(config, fp, labels));
        }
        self.changed(Scope::All);
    }

    /// The alerts that explain one with these labels by a rule.
    fn sources_of(&self, rule: &Inhibit, labels: &Labels) -> impl Iterator<Item = Fingerprint> + '_ {
        self.sources.get(&place(rule, labels)).into_iter().flatten().copied()
    }
}

/// The key of [`Silences::sources`]. A unit separator stands in no label's value that people write.
fn place(rule: &Inhibit, labels: &Labels) -> String {
    let values = rule.equal.iter().map(|name| labels.get(name));
    std::iter::once(rule.id.as_str()).chain(values).collect::<Vec<_>>().join("\u{1f}")
}

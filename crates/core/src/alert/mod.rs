//! Alerts: what sources say is wrong, by label set, from episode to episode.

mod decide;
mod ended;
#[cfg(test)]
mod group_tests;
mod identity;
mod rate;
mod source_ack;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use noout_types::{Fingerprint, IncidentId, Labels, Pairs, Severity, SourceId, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::incident::{Cause, Opened, OwnWords};

pub use decide::ACK_COVERS;
pub(crate) use decide::{expire, one_line, receive, route_of, told, urgency_at};
use ended::Ended;
pub use ended::{OVERTAKE, REMEMBER};
pub use identity::{LOOPBACK, fingerprint_of};
use rate::Rate;
pub use source_ack::Acknowledgement;
pub(crate) use source_ack::acknowledged;

/// How long an alert without an end stays firing unless it is sent again; Alertmanager's `resolve_timeout`.
pub const RESOLVE_TIMEOUT: Span = Span::from_mins(5);

/// What a source says about a change is cut after so many characters: PagerDuty's own limit.
pub(crate) const MAX_CHANGE_CHARS: usize = 1024;

/// When an alert that was sent ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ends {
    /// The source gave no end: [`RESOLVE_TIMEOUT`] after it was last sent.
    Unknown,
    /// At this time, unless it is sent again.
    At(Timestamp),
    /// When the source says so.
    WhenResolved,
    /// It is over, since that time if the source knows it.
    Resolved(Option<Timestamp>),
}

/// An alert as a source sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Its identity, unless it has a key; what routes select by.
    pub labels: Labels,
    /// The name that the source gives this episode, if it gives one (a `dedup_key`): its identity within the source, whatever
    /// the labels say.
    pub key: Option<String>,
    /// Texts about it.
    pub annotations: Pairs,
    /// When the condition began, if the source knows.
    pub starts_at: Option<Timestamp>,
    /// When it ends.
    pub ends: Ends,
    /// Where the source explains it.
    pub generator_url: String,
    /// Title and text in noout's languages, where noout itself is the source.
    pub words: Option<OwnWords>,
}

/// An alert that fires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Its identity, unless it has a key.
    pub labels: Labels,
    /// The name that its source gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Texts about it.
    #[serde(default, skip_serializing_if = "Pairs::is_empty")]
    pub annotations: Pairs,
    /// When this episode began, by the source's clock.
    pub starts_at: Timestamp,
    /// When it ends unless it is sent again; none = when the source says so.
    pub until: Option<Timestamp>,
    /// When noout first accepted this episode.
    pub received_at: Timestamp,
    /// When it was last sent.
    pub updated_at: Timestamp,
    /// Where the source explains it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub generator_url: String,
    /// Who sent it.
    pub source: SourceId,
    /// The incident that it belongs to.
    pub incident: IncidentId,
    /// From its `severity` label.
    pub severity: Severity,
}

/// An episode that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refreshed {
    /// Which alert.
    pub fingerprint: Fingerprint,
    /// When it ends now unless it is sent again.
    pub until: Option<Timestamp>,
    /// A later beginning: its end was never heard of, and it fires again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
}

/// What happened to alerts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertEvent {
    /// A source's body was accepted. Only what is new in it is kept.
    Received {
        /// Who sent it.
        source: SourceId,
        /// Episodes that begin.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        firing: Vec<(Fingerprint, Alert)>,
        /// Episodes that go on, with their new end.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        refreshed: Vec<Refreshed>,
        /// Episodes that are over.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        resolved: Vec<(Fingerprint, Timestamp)>,
        /// Ends that came before their beginnings, or that may still be overtaken by them: since when, if the source says.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        ended: Vec<(Fingerprint, Option<Timestamp>)>,
        /// Beginnings that came after their ends: known, and nobody is told.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        late: Vec<(Fingerprint, Labels)>,
    },
    /// A source says that something was changed on purpose: good to know when something breaks soon after.
    Change {
        /// Who.
        source: SourceId,
        /// What.
        summary: String,
        /// When, by its clock.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Timestamp>,
        /// Where it is described.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        link: String,
    },
    /// Episodes whose end passed without their being sent again.
    Expired {
        /// Which.
        fingerprints: Vec<Fingerprint>,
        /// Incidents that lost their last alert so while people were being woken and nobody had them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        silent: Vec<IncidentId>,
    },
}

/// The live alerts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alerts {
    /// What fires, by identity.
    firing: BTreeMap<Fingerprint, Box<Alert>>,
    /// The same by end, so that the next one to expire is found at once.
    expiry: BTreeSet<(Timestamp, Fingerprint)>,
    /// Ends that are remembered for beginnings that are still on their way.
    #[serde(default)]
    ended: Ended,
    /// How many episodes each source began in the present minute.
    #[serde(default)]
    rates: BTreeMap<SourceId, Rate>,
}

impl Posted {
    /// An alert with nothing but labels and an end.
    #[must_use]
    pub fn new(labels: Labels, ends: Ends) -> Self {
        let (annotations, generator_url) = (Pairs::default(), String::new());
        Self { labels, key: None, annotations, starts_at: None, ends, generator_url, words: None }
    }
}

impl Alerts {
    /// An alert that fires.
    #[must_use]
    pub fn get(&self, fp: Fingerprint) -> Option<&Alert> {
        self.firing.get(&fp).map(Box::as_ref)
    }

    /// All alerts that fire, by fingerprint.
    pub fn iter(&self) -> impl Iterator<Item = (Fingerprint, &Alert)> {
        self.firing.iter().map(|(fp, a)| (*fp, a.as_ref()))
    }

    /// The alerts after a fingerprint, or from the first one: to go through a long list piece by piece.
    pub fn after(&self, fp: Option<Fingerprint>) -> impl Iterator<Item = (Fingerprint, &Alert)> {
        let from = fp.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
        self.firing.range((from, std::ops::Bound::Unbounded)).map(|(fp, a)| (*fp, a.as_ref()))
    }

    /// How many fire.
    #[must_use]
    pub fn len(&self) -> usize {
        self.firing.len()
    }

    /// Whether nothing fires.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.firing.is_empty()
    }

    /// When the next alert ends by itself.
    #[must_use]
    pub fn next_expiry(&self) -> Option<Timestamp> {
        self.expiry.first().map(|(at, _)| *at)
    }

    fn expired(&self, at: Timestamp) -> impl Iterator<Item = Fingerprint> {
        self.expiry.iter().take_while(move |(end, _)| *end <= at).map(|(_, fp)| *fp)
    }

    fn insert(&mut self, fp: Fingerprint, alert: Alert) {
        self.remove(fp);
        if let Some(until) = alert.until {
            self.expiry.insert((until, fp));
        }
        self.firing.insert(fp, Box::new(alert));
    }

    fn refresh(&mut self, refreshed: &Refreshed, at: Timestamp) {
        let Refreshed { fingerprint: fp, until, starts_at } = *refreshed;
        if let Some(alert) = self.firing.get_mut(&fp) {
            if let Some(old) = alert.until {
                self.expiry.remove(&(old, fp));
            }
            if let Some(new) = until {
                self.expiry.insert((new, fp));
            }
            alert.until = until;
            alert.updated_at = at;
            alert.starts_at = starts_at.unwrap_or(alert.starts_at);
        }
    }

    fn remove(&mut self, fp: Fingerprint) -> Option<Alert> {
        let alert = self.firing.remove(&fp)?;
        if let Some(until) = alert.until {
            self.expiry.remove(&(until, fp));
        }
        Some(*alert)
    }

    /// An incident was opened. Only those of an alert count for the rate of its source.
    pub(crate) fn opened(&mut self, at: Timestamp, opened: &Opened) {
        if let Cause::Alert { source, .. } = &opened.cause {
            self.rates.entry(source.clone()).or_default().add(at);
        }
    }

    /// Applies an event; gives the alerts that are over.
    pub(crate) fn apply(&mut self, at: Timestamp, event: &AlertEvent) -> Vec<(Fingerprint, Alert)> {
        let mut ended = Vec::new();
        match event {
            AlertEvent::Received { firing, refreshed, resolved, ended: early, late, .. } => {
                for (fp, alert) in firing {
                    self.insert(*fp, alert.clone());
                }
                late.iter().for_each(|(fp, _)| self.ended.came(*fp));
                early.iter().for_each(|(fp, end)| self.ended.remember(*fp, *end, at));
                for again in refreshed {
                    self.refresh(again, at);
                }
                for (fp, _) in resolved {
                    ended.extend(self.remove(*fp).map(|alert| (*fp, alert)));
                }
            }
            AlertEvent::Change { .. } => {}
            AlertEvent::Expired { fingerprints, .. } => {
                for fp in fingerprints {
                    ended.extend(self.remove(*fp).map(|alert| (*fp, alert)));
                }
            }
        }
        ended
    }
}

//! What makes two alerts one.
//!
//! An alert is known by its labels, as in Alertmanager, so that two Prometheis that watch the same bring one alert. But
//! what one source says may not end what another one saw: labels are no secret, and a source's key is no key to the
//! others' alerts. So an alert belongs to the group of the source that began it. The same labels from a source outside of the
//! group are an alert of their own, in the same incident: that stays open as long as one of the two fires.

use noout_types::{Fingerprint, Labels, SourceGroupId, SourceId};

use super::Posted;
use crate::config::Config;
use crate::engine::State;
use crate::heartbeat;

/// The source of what comes from this machine without a key.
pub const LOOPBACK: &str = "loopback";

/// No label may be called so: control characters are refused in names. So a named alert never has the identity of one that is
/// known by its labels. They sort before every label.
const SOURCE: &str = "\u{1}source";
const KEY: &str = "\u{1}key";
const GROUP: &str = "\u{1}group";

/// The identity of the alert that a source calls by a key. Keys of two sources have nothing to do with each other.
#[must_use]
pub fn fingerprint_of(source: &SourceId, key: &str) -> Fingerprint {
    Labels::from_iter([(SOURCE, source.as_str()), (KEY, key)]).fingerprint()
}

/// Identities as one source may speak of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Speaker<'a> {
    state: &'a State,
    source: &'a SourceId,
    group: Option<&'a SourceGroupId>,
}

fn group_of<'c>(config: &'c Config, source: &SourceId) -> Option<&'c SourceGroupId> {
    config.sources.iter().find(|s| s.id == *source).and_then(|s| s.group.as_ref())
}

/// A source that was taken out of the configuration, or has another name now, sends nothing any more: whoever sends the
/// same labels goes on with its alerts.
fn is_gone(config: &Config, source: &SourceId) -> bool {
    let own = [LOOPBACK, heartbeat::SOURCE].contains(&source.as_str());
    !own && !config.sources.iter().any(|s| s.id == *source)
}

impl<'a> Speaker<'a> {
    pub(super) fn new(state: &'a State, source: &'a SourceId) -> Self {
        Self { state, source, group: group_of(&state.config, source) }
    }

    /// Which alert it is: the key's within the source; else that with these labels, unless it is another group's.
    pub(super) fn identity(&self, posted: &Posted) -> Fingerprint {
        if let Some(key) = &posted.key {
            return fingerprint_of(self.source, key);
        }
        let plain = posted.labels.fingerprint();
        let known = self.state.alerts.get(plain);
        if known.is_some_and(|known| self.may_speak_of(&known.source)) {
            return plain;
        }
        let own = self.own(posted);
        if known.is_some() || self.state.alerts.get(own).is_some() { own } else { plain }
    }

    /// By what an end is remembered: it swallows beginnings of its own group only.
    pub(super) fn memory(&self, posted: &Posted) -> Fingerprint {
        match &posted.key {
            Some(key) => fingerprint_of(self.source, key),
            None => self.own(posted),
        }
    }

    /// The labels within the group.
    fn own(&self, posted: &Posted) -> Fingerprint {
        let whose = match self.group {
            Some(group) => (GROUP, group.as_str()),
            None => (SOURCE, self.source.as_str()),
        };
        posted.labels.fingerprint_behind(&[whose])
    }

    fn may_speak_of(&self, owner: &SourceId) -> bool {
        let config = &self.state.config;
        let together = || self.group.is_some() && group_of(config, owner) == self.group;
        owner == self.source || together() || is_gone(config, owner)
    }
}

//! Ends that overtake their beginnings.
//!
//! A sender that uses several connections, or tries again what failed, may deliver the end of an episode before its beginning.
//! The beginning, when it comes, must page nobody. But a beginning that is only like an earlier one must page: so an end
//! is remembered for seconds where nothing tells the two apart, and for minutes only where the source names the episode and
//! its own clock says that the beginning is the older one.

use std::collections::{BTreeMap, BTreeSet};

use noout_types::{Fingerprint, Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How long an end is remembered without times of the source: connections overtake each other within seconds, and a
/// job that reports each of its runs does so once a minute at the most.
pub const OVERTAKE: Span = Span::from_secs(20);

/// How long an end is remembered whose own time is known.
pub const REMEMBER: Span = Span::from_mins(10);

/// Most ends that are remembered; the oldest is forgotten first. A storm's worth of overtaken beginnings is far less.
const MAX_REMEMBERED: usize = 4096;

/// The remembered ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ended {
    ends: BTreeMap<Fingerprint, End>,
    /// The same by when they were heard of.
    order: BTreeSet<(Timestamp, Fingerprint)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct End {
    /// By the source's clock.
    at: Option<Timestamp>,
    /// By ours.
    heard: Timestamp,
}

impl Ended {
    pub(super) fn remember(&mut self, fp: Fingerprint, end: Option<Timestamp>, heard: Timestamp) {
        self.forget(fp);
        while self
            .order
            .first()
            .is_some_and(|(at, _)| self.ends.len() >= MAX_REMEMBERED || REMEMBER.after(*at) <= heard)
        {
            let Some((_, oldest)) = self.order.pop_first() else { break };
            self.ends.remove(&oldest);
        }
        // An end that is still to come would swallow beginnings of which it cannot know.
        self.ends.insert(fp, End { at: end.map(|end| end.min(heard)), heard });
        self.order.insert((heard, fp));
    }

    fn forget(&mut self, fp: Fingerprint) {
        if let Some(end) = self.ends.remove(&fp) {
            self.order.remove(&(end.heard, fp));
        }
    }

    /// Whether this very end is remembered, so that hearing it again is nothing new.
    pub(super) fn knows(&self, fp: Fingerprint, end: Option<Timestamp>, now: Timestamp) -> bool {
        self.ends.get(&fp).is_some_and(|known| {
            known.at.is_some() && known.at == end.map(|end| end.min(known.heard)) && REMEMBER.after(known.heard) > now
        })
    }

    /// Whether a beginning is older than an end that is remembered. `named`: its source calls the episode by a key, so that
    /// its time is that of the message and not that of a condition which may come back.
    pub(super) fn overtook(&self, fp: Fingerprint, begins: Option<Timestamp>, named: bool, now: Timestamp) -> bool {
        let Some(end) = self.ends.get(&fp) else { return false };
        let just_now = OVERTAKE.after(end.heard) > now;
        match (begins, end.at) {
            (Some(begins), Some(ended)) => begins <= ended && (just_now || named && REMEMBER.after(end.heard) > now),
            (Some(begins), None) => just_now && begins <= end.heard,
            (None, _) => just_now,
        }
    }

    /// A beginning came that was overtaken. Without times the next one like it is another episode.
    pub(super) fn came(&mut self, fp: Fingerprint) {
        if self.ends.get(&fp).is_some_and(|end| end.at.is_none()) {
            self.forget(fp);
        }
    }
}

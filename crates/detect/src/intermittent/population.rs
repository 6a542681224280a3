//! What is learned over all sensors of a kind.

use noout_types::Timestamp;
use serde::{Deserialize, Serialize};

use super::settings::Settings;

pub(super) const SECONDS_PER_DAY: f64 = 86_400.0;

/// The events and the time at risk of all sensors of one hardware model and sensor type.
///
/// The time at risk of thousands of sensors that are fine is known at any instant without touching them: the number of
/// running intervals times now, less the sum of their beginnings. Whole seconds of the epoch, because they add
/// up exactly in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Population {
    /// n: steps from OK to not OK.
    events: u64,
    /// Seconds at risk in intervals that have ended.
    ended: i64,
    /// How many sensors are at risk now.
    running: i64,
    /// The sum of the seconds at which they began.
    began: i64,
}

/// Whole seconds between two instants, zero if the clock went backwards.
pub(super) fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second().saturating_sub(from.as_second()).max(0)
}

impl Population {
    pub(super) fn start(&mut self, at: Timestamp) {
        self.running += 1;
        self.began = self.began.saturating_add(at.as_second());
    }

    pub(super) fn stop(&mut self, from: Timestamp, at: Timestamp) {
        self.running -= 1;
        self.began = self.began.saturating_sub(from.as_second());
        self.ended = self.ended.saturating_add(seconds(from, at));
    }

    pub(super) fn event(&mut self) {
        self.events = self.events.saturating_add(1);
    }

    /// λ0 in events per second at risk: `(a + n) / (b + T)`, at least the floor, without the `own` events and seconds
    /// of the sensor that is being judged.
    pub(super) fn rate(&self, settings: &Settings, at: Timestamp, own: Own) -> f64 {
        let running = at.as_second().saturating_mul(self.running).saturating_sub(self.began).max(0);
        let n = self.events.saturating_sub(own.events) as f64;
        let t = self.ended.saturating_add(running).saturating_sub(own.seconds).max(0) as f64;
        let learned = (settings.prior_events + n) / (settings.prior_days * SECONDS_PER_DAY + t);
        learned.max(1.0 / (settings.floor_days * SECONDS_PER_DAY))
    }
}

/// A sensor's part in its population that must not count against itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Own {
    pub(super) events: u64,
    pub(super) seconds: i64,
}

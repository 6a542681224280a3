//! How many episodes a source begins in a minute.

use noout_types::Timestamp;
use serde::{Deserialize, Serialize};

/// The window, in seconds.
const MINUTE: i64 = 60;

/// A source's beginnings in one minute of the clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rate {
    /// Which minute, since 1970.
    minute: i64,
    /// How many.
    begun: u64,
}

fn minute_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(MINUTE)
}

impl Rate {
    pub(super) fn add(&mut self, at: Timestamp, new: usize) {
        let minute = minute_of(at);
        if self.minute != minute {
            *self = Self { minute, begun: 0 };
        }
        self.begun = self.begun.saturating_add(new as u64);
    }

    /// How many began in the minute of `at`.
    pub(super) fn begun(&self, at: Timestamp) -> u64 {
        if self.minute == minute_of(at) { self.begun } else { 0 }
    }
}

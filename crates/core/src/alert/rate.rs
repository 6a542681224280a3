//! How many incidents a source opens in a minute.

use noout_types::Timestamp;
use serde::{Deserialize, Serialize};

/// The window, in seconds.
const MINUTE: i64 = 60;

/// A source's incidents of one minute of the clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rate {
    /// Which minute, since 1970.
    minute: i64,
    /// How many.
    opened: u64,
}

fn minute_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(MINUTE)
}

impl Rate {
    pub(super) fn add(&mut self, at: Timestamp) {
        let minute = minute_of(at);
        if self.minute != minute {
            *self = Self { minute, opened: 0 };
        }
        self.opened = self.opened.saturating_add(1);
    }

    /// How many were opened in the minute of `at`.
    pub(super) fn opened(&self, at: Timestamp) -> u64 {
        if self.minute == minute_of(at) { self.opened } else { 0 }
    }
}

//! Virtual time: the true one, by which the world moves, and noout's wall clock, which can be wrong.

use noout_types::{Span, Timestamp};

/// Nights at which a run may begin: a plain one, and two in which Europe's clocks are changed.
const STARTS: [Timestamp; 3] = [
    Timestamp::constant(1_772_419_620, 0),
    Timestamp::constant(1_774_744_020, 0),
    Timestamp::constant(1_792_885_620, 0),
];

/// The clocks of a run.
#[derive(Debug, Clone)]
pub struct Clock {
    start: Timestamp,
    /// True milliseconds since the run began.
    pub now_ms: u64,
    /// By how much noout's wall clock is ahead of the truth, in milliseconds.
    pub offset_ms: i64,
}

impl Clock {
    /// The clocks at the beginning of a run.
    #[must_use]
    pub fn new(which: u64) -> Self {
        let start = STARTS[usize::try_from(which).unwrap_or(0) % STARTS.len()];
        Self { start, now_ms: 0, offset_ms: 0 }
    }

    /// The true time.
    #[must_use]
    pub fn truth(&self) -> Timestamp {
        Span::from_millis(self.now_ms).after(self.start)
    }

    /// What noout's machine shows.
    #[must_use]
    pub fn wall(&self) -> Timestamp {
        let by = Span::from_millis(self.offset_ms.unsigned_abs());
        if self.offset_ms < 0 { by.before(self.truth()) } else { by.after(self.truth()) }
    }
}

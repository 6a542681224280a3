//! From a wall clock to an instant. All rules about changes of the clocks live here.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};

/// The zone of an IANA name, from the compiled-in database: the machine's own files and `TZ` have no say.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    // `Etc/Unknown` is found by name, but it is the absence of a zone.
    TimeZoneDatabase::bundled().get(name).ok().filter(|zone| !zone.is_unknown())
}

/// The first instant at which the wall clock of a zone shows `civil` or later.
///
/// This is the one rule for boundaries: a skipped time becomes the first valid instant after the skip, a repeated time
/// its first occurrence. It never decreases when `civil` grows. `None` is outside of the calendar (years −9999 to 9999).
#[must_use]
pub fn first_instant(zone: &TimeZone, civil: DateTime) -> Option<Timestamp> {
    #[cfg(test)]
    work::LOOKUPS.with(|count| count.set(count.get() + 1));
    match zone.to_ambiguous_timestamp(civil).offset() {
        AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
            offset.to_timestamp(civil).ok()
        }
        AmbiguousOffset::Gap { before, after } => {
            // Read with the later offset the skipped time is before the change, with the earlier one not before it.
            let (low, high) = (after.to_timestamp(civil).ok()?, before.to_timestamp(civil).ok()?);
            let change = zone
                .following(low)
                .map(|transition| transition.timestamp())
                .take_while(|at| *at <= high)
                .find(|at| zone.to_datetime(*at) >= civil);
            Some(change.unwrap_or(high))
        }
    }
}

/// Counts look-ups in a zone, by which tests bound the work of a question: a count is the same on a busy machine.
#[cfg(test)]
pub(crate) mod work {
    use std::cell::Cell;

    thread_local! {
        pub(super) static LOOKUPS: Cell<u64> = const { Cell::new(0) };
    }

    /// How many look-ups an answer takes.
    pub(crate) fn lookups<T>(answer: impl FnOnce() -> T) -> (u64, T) {
        let before = LOOKUPS.with(Cell::get);
        let answer = answer();
        (LOOKUPS.with(Cell::get) - before, answer)
    }
}

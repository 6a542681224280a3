//! From a wall clock to an instant. All rules about changes of the clocks live here.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};

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
    // Followed from change to change, and not asked of `to_ambiguous_timestamp`: that one is wrong by an hour where the
    // listed changes of a zone pass over into its yearly rule (jiff 0.2.43; America/Nuuk on 2023-10-28 at 23:00).
    let mut at = Offset::UTC.to_timestamp(civil).ok()?.checked_sub(LARGEST_OFFSET).ok()?;
    let mut changes = zone.following(at);
    loop {
        let shown = zone.to_offset(at).to_timestamp(civil).ok()?.max(at);
        match changes.next().map(|change| change.timestamp()) {
            Some(change) if change <= shown => at = change,
            _ => return Some(shown),
        }
    }
}

/// No zone is further from UTC than this: jiff's limit, and the tz database's is 16 hours. So this long before a time was
/// UTC's, no clock has shown it.
const LARGEST_OFFSET: SignedDuration = SignedDuration::from_hours(26);

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

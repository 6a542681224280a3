//! A second model of the rules, written from the words of the guide and by other means than the product's.

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::properties::{ALL_WEEK, hours};
use crate::{Hours, Rotation, Unit};

/// The rules again, by counting: steps through time by quarters of an hour, reads the wall clock, and remembers the latest
/// time that it has shown. A boundary has passed when the wall clock has shown its time or a later one.
pub(super) struct Scan<'a> {
    rotation: &'a Rotation,
    zone: TimeZone,
    shown: DateTime,
}

impl<'a> Scan<'a> {
    pub(super) fn new(rotation: &'a Rotation, zone: TimeZone, start: Timestamp) -> Self {
        Self { rotation, shown: zone.to_datetime(start), zone }
    }

    /// The latest time shown.
    pub(super) fn shown(&self) -> DateTime {
        self.shown
    }

    pub(super) fn sees(&mut self, at: Timestamp) {
        self.shown = self.shown.max(self.zone.to_datetime(at));
    }

    fn worked(&self, day: DateTime) -> bool {
        let index = usize::try_from(day.weekday().to_monday_zero_offset()).expect("0 to 6");
        self.rotation.weekdays.is_empty() || self.rotation.weekdays.contains(&ALL_WEEK[index])
    }

    /// Whether the latest time shown lies in the duty of some worked day.
    pub(super) fn on_duty(&self) -> bool {
        let first = self.shown.date().checked_sub(hours(48)).expect("in range");
        (0..4).any(|offset| {
            let day = first.checked_add(hours(24 * offset)).expect("in range");
            let midnight = day.to_datetime(Time::midnight());
            let minute = |m: i64| midnight.checked_add(SignedDuration::from_mins(m)).expect("in range");
            let (from, to) = match self.rotation.hours {
                None => {
                    let start = day.to_datetime(self.rotation.start.time());
                    (start, start.checked_add(hours(24)).expect("in range"))
                }
                Some(h) => {
                    let (end, next) = h.end_minute();
                    (minute(h.begin_minute().into()), minute(i64::from(end) + if next { 1440 } else { 0 }))
                }
            };
            self.worked(midnight) && from <= self.shown && self.shown < to
        })
    }

    /// How many turns have ended, stepping from the first.
    pub(super) fn turns(&self) -> usize {
        let start = self.rotation.start;
        let mut handover = start.time();
        if let Some((end, true)) = self.rotation.hours.map(Hours::end_minute)
            && self.rotation.unit != Unit::Hour
        {
            let end = Time::midnight().checked_add(SignedDuration::from_mins(end.into())).expect("a time");
            handover = handover.max(end);
        }
        let mut units: i64 = 0;
        let mut passed: usize = 0;
        let mut worked = if self.worked(start) { 1 } else { 0 };
        let mut day = start.date();
        loop {
            units += i64::from(self.rotation.every);
            let next = match self.rotation.unit {
                Unit::Hour => start.checked_add(hours(units)).expect("in range"),
                Unit::Week => start.date().checked_add(hours(24 * 7 * units)).expect("in range").to_datetime(handover),
                Unit::Month => {
                    let date = start.date().checked_add(jiff::Span::new().months(units)).expect("in range");
                    date.to_datetime(handover)
                }
                Unit::Day => {
                    while worked <= units {
                        day = day.tomorrow().expect("in range");
                        worked += i64::from(self.worked(day.into()));
                    }
                    day.to_datetime(handover)
                }
            };
            if next > self.shown {
                return passed;
            }
            passed += 1;
        }
    }
}

//! Hours of the week that come again: business hours, a nightly batch run.

use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use crate::clock::{first_instant, zone};
use crate::model::Weekday;
use crate::text::Hours;

/// How many days a look for the next beginning goes: each window comes at least once a week, and a change of the
/// calendar (Samoa left out a day) can take one away.
const LOOK_DAYS: i64 = 16;

/// Hours of some days of the week on the wall clock of a zone.
///
/// The hours belong to the day on which they begin, also when they end on the next one. A beginning or an end in a skipped
/// hour is the first valid instant after it, in a repeated hour its first occurrence, as with rotations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// IANA zone.
    pub timezone: String,
    /// On which days; every day if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<Weekday>,
    /// In which hours; the whole day if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
}

/// Why a window is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// Its hours begin when they end.
    #[error("\"{0}\" is no time at all: the whole day is written \"00:00-24:00\"")]
    Empty(Hours),
    /// It would hold always.
    #[error("neither weekdays nor hours: it would hold always; name at least one of them")]
    Always,
}

impl Window {
    /// Looks at what the types do not say; the zone is checked by [`crate::check_zone`].
    ///
    /// # Errors
    /// The window is empty, or holds always.
    pub fn validate(&self) -> Result<(), WindowError> {
        let every_day = self.weekdays.is_empty() || (0..7).all(|day| self.on_day(day));
        match self.hours {
            Some(hours) if hours.is_empty() => Err(WindowError::Empty(hours)),
            None if every_day => Err(WindowError::Always),
            Some(hours) if every_day && (hours.begin_minute(), hours.end_minute()) == (0, (0, true)) => {
                Err(WindowError::Always)
            }
            _ => Ok(()),
        }
    }

    /// Until when the window holds, if it holds at this instant. Windows of days that touch are not merged: the end of
    /// one is then the beginning of the next.
    #[must_use]
    pub fn end_at(&self, at: Timestamp) -> Option<Timestamp> {
        self.around(at, 1).filter(|(begin, end)| *begin <= at && at < *end).map(|(_, end)| end).max()
    }

    /// When the window begins next after this instant. None if its zone is unknown or its days never come.
    #[must_use]
    pub fn next_begin(&self, after: Timestamp) -> Option<Timestamp> {
        self.around(after, LOOK_DAYS).map(|(begin, _)| begin).find(|begin| *begin > after)
    }

    /// The windows that begin from the day before this instant's to some days after it, in order.
    fn around(&self, at: Timestamp, days: i64) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
        let zone = zone(&self.timezone);
        let today = zone.as_ref().map(|zone| zone.to_datetime(at).date());
        (-1..=days).filter_map(move |day| {
            let date = today?.checked_add(day.days()).ok()?;
            if !self.on_day(usize::try_from(date.weekday().to_monday_zero_offset()).ok()?) {
                return None;
            }
            let (begin, (end, next_day)) = match self.hours {
                Some(hours) => (hours.begin_minute(), hours.end_minute()),
                None => (0, (0, true)),
            };
            let end_date = if next_day { date.tomorrow().ok()? } else { date };
            let instant = |date: Date, minute: u16| first_instant(zone.as_ref()?, date.to_datetime(clock(minute)?));
            let (begin, end) = (instant(date, begin)?, instant(end_date, end)?);
            (begin < end).then_some((begin, end))
        })
    }

    fn on_day(&self, since_monday: usize) -> bool {
        self.weekdays.is_empty() || self.weekdays.iter().any(|day| day.since_monday() == since_monday)
    }
}

fn clock(minute: u16) -> Option<Time> {
    Time::new(i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?, 0, 0).ok()
}

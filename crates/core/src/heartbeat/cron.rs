//! Five fields as in a crontab, on the wall clock of a zone.
//!
//! At fixed hours a job is expected once a day: in the hour that the clock skips at the first instant after it, in the hour that
//! is repeated the first time. A job of every hour runs in the repeated hour, too, as cron lets it.

use std::fmt;

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use noout_calendar::first_instant;
use noout_types::Timestamp;

/// Days that are looked through: in eight years every date comes that comes at all (29 February around 2100).
const SEARCH_DAYS: i32 = 366 * 8 + 2;

/// Minutes within which a repeated hour is looked through. No zone repeats more than two hours.
const REPEATED_MINUTES: i64 = 180;

/// Set of small numbers, one bit each.
type Bits = u64;

/// A crontab's five fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    text: String,
    minutes: Bits,
    hours: Bits,
    days: Bits,
    months: Bits,
    weekdays: Bits,
    /// Which of the two says which days: cron takes either where both are restricted.
    day_is_any: bool,
    weekday_is_any: bool,
    /// It runs by the hour, not at hours.
    every_hour: bool,
}

/// Why a text is no crontab.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    /// Not five fields.
    #[error("found {found} fields: allowed are five, minute hour day month weekday, for example \"30 2 * * *\"")]
    Fields {
        /// How many.
        found: usize,
    },
    /// A field.
    #[error("{field}: found {found:?}, allowed are {allowed}")]
    Field {
        /// Which.
        field: &'static str,
        /// What stands there.
        found: String,
        /// What may.
        allowed: String,
    },
    /// It never comes.
    #[error("{found:?} never comes: no month has such a day")]
    Never {
        /// What was found.
        found: String,
    },
}

struct Field {
    name: &'static str,
    low: u8,
    high: u8,
    names: &'static [&'static str],
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const FIELDS: [Field; 5] = [
    Field { name: "minute", low: 0, high: 59, names: &[] },
    Field { name: "hour", low: 0, high: 23, names: &[] },
    Field { name: "day", low: 1, high: 31, names: &[] },
    Field { name: "month", low: 1, high: 12, names: &MONTHS },
    // Sunday is both 0 and 7.
    Field { name: "weekday", low: 0, high: 7, names: &WEEKDAYS },
];

impl Field {
    fn error(&self, found: &str) -> CronError {
        let names = if self.names.is_empty() { String::new() } else { format!(", {} and so on", self.names[0]) };
        let allowed =
            format!("*, numbers from {} to {}{names}, ranges 1-5, lists 1,5 and steps */2", self.low, self.high);
        CronError::Field { field: self.name, found: found.to_owned(), allowed }
    }

    fn number(&self, text: &str) -> Option<u8> {
        let named = self.names.iter().position(|name| name.eq_ignore_ascii_case(text));
        let number = match named {
            Some(place) => u8::try_from(place).ok()? + u8::from(self.low == 1),
            None => text.parse().ok()?,
        };
        (self.low..=self.high).contains(&number).then_some(number)
    }

    fn bits(&self, text: &str) -> Result<Bits, CronError> {
        let mut bits = 0;
        for part in text.split(',') {
            let error = || self.error(part);
            let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
            let step = match step {
                Some(step) => step.parse::<u8>().ok().filter(|s| *s > 0).ok_or_else(error)?,
                None => 1,
            };
            let (from, to) = match range.split_once('-') {
                _ if range == "*" => (self.low, self.high),
                Some((from, to)) => (self.number(from).ok_or_else(error)?, self.number(to).ok_or_else(error)?),
                None => {
                    let from = self.number(range).ok_or_else(error)?;
                    (from, if part.contains('/') { self.high } else { from })
                }
            };
            if from > to {
                return Err(error());
            }
            bits |= (from..=to).step_by(step.into()).fold(0, |bits, n| bits | (1 << n));
        }
        Ok(bits)
    }
}

impl std::str::FromStr for Cron {
    type Err = CronError;
    fn from_str(text: &str) -> Result<Self, CronError> {
        let written = text.trim();
        let fields = match written {
            "@hourly" => "0 * * * *",
            "@daily" | "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" | "@annually" => "0 0 1 1 *",
            other => other,
        };
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return Err(CronError::Fields { found: fields.len() });
        };
        let read = |place: usize, text: &str| FIELDS[place].bits(text);
        let weekdays = read(4, weekday)?;
        let cron = Self {
            text: written.to_owned(),
            minutes: read(0, minute)?,
            hours: read(1, hour)?,
            days: read(2, day)?,
            months: read(3, month)?,
            weekdays: weekdays | (weekdays >> 7 & 1),
            day_is_any: day.starts_with('*'),
            weekday_is_any: weekday.starts_with('*'),
            every_hour: hour.starts_with('*'),
        };
        // Any two leap years apart: what does not come within eight years never does.
        let from = Date::constant(2096, 3, 1);
        if cron.date_from(from).is_none() {
            return Err(CronError::Never { found: written.to_owned() });
        }
        Ok(cron)
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn has(bits: Bits, number: i8) -> bool {
    u32::try_from(number).is_ok_and(|n| bits >> n & 1 == 1)
}

impl Cron {
    fn is_day(&self, date: Date) -> bool {
        let day = has(self.days, date.day());
        let weekday = has(self.weekdays, date.weekday().to_sunday_zero_offset());
        let right = match (self.day_is_any, self.weekday_is_any) {
            (false, false) => day || weekday,
            // A star with a step is a star to cron, and restricts all the same.
            _ => day && weekday,
        };
        has(self.months, date.month()) && right
    }

    fn date_from(&self, from: Date) -> Option<Date> {
        let mut date = from;
        for _ in 0..SEARCH_DAYS {
            if self.is_day(date) {
                return Some(date);
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    fn holds(&self, at: DateTime) -> bool {
        self.is_day(at.date()) && has(self.hours, at.hour()) && has(self.minutes, at.minute())
    }

    /// The first wall-clock minute after one that fits.
    fn next_civil(&self, after: DateTime) -> Option<DateTime> {
        let from = after.with().second(0).subsec_nanosecond(0).build().ok()?.checked_add(1.minute()).ok()?;
        let mut date = self.date_from(from.date())?;
        let mut earliest = if date == from.date() { (from.hour(), from.minute()) } else { (0, 0) };
        loop {
            let hours = (earliest.0..24).filter(|hour| has(self.hours, *hour));
            for hour in hours {
                let first = if hour == earliest.0 { earliest.1 } else { 0 };
                if let Some(minute) = (first..60).find(|minute| has(self.minutes, *minute)) {
                    return Some(date.at(hour, minute, 0, 0));
                }
            }
            date = self.date_from(date.tomorrow().ok()?)?;
            earliest = (0, 0);
        }
    }

    /// The first instant after `after` at which it is due; none only at the end of the calendar.
    #[must_use]
    pub fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut civil = zone.to_datetime(after);
        // A minute of the skipped hour moves to its end, and in the repeated hour the wall clock goes back: then what comes
        // next on the wall is not after, and the one behind it is looked at.
        let due = loop {
            civil = self.next_civil(civil)?;
            let due = first_instant(zone, civil)?;
            if due > after {
                break due;
            }
        };
        if !self.every_hour {
            return Some(due);
        }
        // The repeated hour's second time has the same wall clock, and comes before what is next on the wall.
        let start = after.as_second().div_euclid(60) + 1;
        let end = due.as_second().div_euclid(60).min(start + REPEATED_MINUTES);
        let instants = (start..end).filter_map(|minute| Timestamp::from_second(minute * 60).ok());
        let again = instants.into_iter().find(|at| self.holds(zone.to_datetime(*at)));
        Some(again.unwrap_or(due))
    }
}

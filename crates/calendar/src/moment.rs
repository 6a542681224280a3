//! Points in time as people write them: a date, a wall-clock time, an exact instant, or so long from then.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, Zoned};
use noout_types::Span;
use serde::{Deserialize, Serialize};

use crate::clock::{self, first_instant};

/// A point in time as somebody wrote it. What it means depends on the zone that it is read in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// `2026-12-24`: a day of the zone's calendar.
    Day(Date),
    /// `2026-12-24T09:00`: a time of the zone's wall clock.
    WallClock(DateTime),
    /// `2026-12-24T09:00:00+01:00`, `2026-12-24T09:00[Europe/Madrid]`: the same everywhere.
    Instant(Timestamp),
    /// `8h`: so long after the beginning.
    After(Span),
}

/// Why a text is no point in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{found:?} is no time: write \"2026-12-24\", \"2026-12-24T09:00\" (the wall clock of the zone), \"2026-12-24T09:00[Europe/Madrid]\", \"2026-12-24T09:00:00+01:00\", or a length like \"8h\""
)]
pub struct MomentError {
    /// What was found.
    pub found: String,
}

impl Moment {
    /// The instant where it begins something: a day begins with its first instant, a length counts from `now`. `None`
    /// outside of the calendar; an unknown zone is read as UTC.
    #[must_use]
    pub fn begin(&self, zone: &str, now: Timestamp) -> Option<Timestamp> {
        self.read(zone, now, false)
    }

    /// The instant where it ends something that begins at `start`. A day ends before its first instant, as the end of a
    /// question does: `2026-12-27` is until the 27th begins.
    #[must_use]
    pub fn end(&self, zone: &str, start: Timestamp) -> Option<Timestamp> {
        self.read(zone, start, false)
    }

    /// As [`Moment::end`], but a day is included: who is away until the 27th is back on the 28th.
    #[must_use]
    pub fn last(&self, zone: &str, start: Timestamp) -> Option<Timestamp> {
        self.read(zone, start, true)
    }

    fn read(&self, zone: &str, from: Timestamp, whole_day: bool) -> Option<Timestamp> {
        let civil = match self {
            Self::Instant(at) => return Some(*at),
            Self::After(span) => return Some(span.after(from)),
            Self::WallClock(civil) => *civil,
            Self::Day(date) if whole_day => date.tomorrow().ok()?.into(),
            Self::Day(date) => (*date).into(),
        };
        first_instant(&clock::zone(zone).unwrap_or(jiff::tz::TimeZone::UTC), civil)
    }
}

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        let text = text.trim();
        let day = || (text.len() == 10).then(|| text.parse().ok().map(Self::Day)).flatten();
        let exact = || text.parse::<Timestamp>().ok().map(Self::Instant);
        let zoned = || text.parse::<Zoned>().ok().map(|zoned| Self::Instant(zoned.timestamp()));
        let civil = || crate::text::start::parse(text).map(Self::WallClock);
        let span = || text.trim_start_matches('+').parse().ok().map(Self::After);
        day()
            .or_else(exact)
            .or_else(zoned)
            .or_else(civil)
            .or_else(span)
            .ok_or_else(|| MomentError { found: text.to_owned() })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => write!(f, "{date}"),
            Self::WallClock(civil) => write!(f, "{civil}"),
            Self::Instant(at) => write!(f, "{at}"),
            Self::After(span) => write!(f, "{span}"),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

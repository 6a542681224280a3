//! Hours on call, counted by the wall clock of the person who was on.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::clock::{self, first_instant};

/// The hour at which the night begins, by the person's wall clock.
pub const NIGHT_BEGIN: i8 = 22;

/// The hour at which the night ends, by the person's wall clock.
pub const NIGHT_END: i8 = 6;

/// Whether an instant is in the night of a zone, from 22:00 to 06:00. An unknown zone is read as UTC.
#[must_use]
pub fn is_night(zone: &str, at: Timestamp) -> bool {
    let zone = clock::zone(zone).unwrap_or(TimeZone::UTC);
    let hour = zone.to_datetime(at).hour();
    !(NIGHT_END..NIGHT_BEGIN).contains(&hour)
}

/// The time on call of one local day, in seconds that really passed: the day on which clocks go forward has 23 hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayHours {
    /// All of it.
    pub on: u64,
    /// Of it from 22:00 to 06:00.
    pub night: u64,
    /// Of it on a Saturday or Sunday.
    pub weekend: u64,
    /// Of it on a holiday, whatever day of the week that is.
    pub holiday: u64,
}

impl DayHours {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            on: self.on + other.on,
            night: self.night + other.night,
            weekend: self.weekend + other.weekend,
            holiday: self.holiday + other.holiday,
        }
    }
}

/// Times on call by local day of a zone (an unknown one is read as UTC). Times that overlap count once: who is primary of
/// one schedule and secondary of another sleeps no worse for it.
#[must_use]
pub fn day_hours(
    times: &[(Timestamp, Timestamp)],
    zone: &str,
    is_holiday: &dyn Fn(Date) -> bool,
) -> BTreeMap<Date, DayHours> {
    let zone = clock::zone(zone).unwrap_or(TimeZone::UTC);
    let mut days: BTreeMap<Date, DayHours> = BTreeMap::new();
    for (start, end) in merged(times) {
        let mut at = start;
        while at < end {
            let local = zone.to_datetime(at);
            let next = next_edge(&zone, local.date(), at).min(end);
            let seconds = u64::try_from(next.duration_since(at).as_secs()).unwrap_or(0);
            let night = !(NIGHT_END..NIGHT_BEGIN).contains(&local.hour());
            let weekend = matches!(local.weekday(), Weekday::Saturday | Weekday::Sunday);
            let part = |yes: bool| if yes { seconds } else { 0 };
            let piece = DayHours {
                on: seconds,
                night: part(night),
                weekend: part(weekend),
                holiday: part(is_holiday(local.date())),
            };
            let day = days.entry(local.date()).or_default();
            *day = day.plus(piece);
            at = next;
        }
    }
    days
}

/// The next instant at which the night begins or ends or the day is over. A clock that is set back may cross such an hour
/// twice, so changes of the clock are edges, too.
fn next_edge(zone: &TimeZone, today: Date, at: Timestamp) -> Timestamp {
    let tomorrow = today.tomorrow().unwrap_or(today);
    let hour = |hour| Time::new(hour, 0, 0, 0).unwrap_or(Time::midnight());
    let civil = [
        today.to_datetime(hour(NIGHT_END)),
        today.to_datetime(hour(NIGHT_BEGIN)),
        tomorrow.to_datetime(Time::midnight()),
        tomorrow.to_datetime(hour(NIGHT_END)),
    ];
    let edges = civil.into_iter().filter_map(|civil| first_instant(zone, civil));
    let change = zone.following(at).next().map(|change| change.timestamp());
    edges.chain(change).filter(|edge| *edge > at).min().unwrap_or(Timestamp::MAX)
}

/// Sorted, and those that touch or overlap joined; empty ones are left out.
fn merged(times: &[(Timestamp, Timestamp)]) -> Vec<(Timestamp, Timestamp)> {
    let mut times: Vec<_> = times.iter().copied().filter(|(start, end)| start < end).collect();
    times.sort_unstable();
    let mut out: Vec<(Timestamp, Timestamp)> = Vec::with_capacity(times.len());
    for (start, end) in times {
        match out.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => out.push((start, end)),
        }
    }
    out
}

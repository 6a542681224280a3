//! Whose turn it is at an instant, by arithmetic: a start many years ago costs no more than one of yesterday.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::clock::{self, first_instant};
use crate::model::{Rotation, Turn, Unit, Weekday};

/// Days searched for the next day on duty: a week, and a second one because the only duty of a week may fall into skipped hours.
const DUTY_SEARCH_DAYS: i64 = 15;

/// A rotation with everything looked up that does not depend on the instant asked for.
pub(crate) struct Turns<'a> {
    rotation: &'a Rotation,
    zone: TimeZone,
    duty: DutyDays,
    /// The instant of `start`.
    begin: Timestamp,
    /// At which time of day turns pass, for units from a day up.
    handover: Time,
    /// All turns have the same people, so that turns need not be told apart.
    constant: bool,
}

/// What a rotation says about an instant: who is on, and until when that stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing<'a> {
    /// `None`: nobody, before the start or off duty.
    pub(crate) turn: Option<&'a Turn>,
    /// Until before this instant, which is later than the one asked for.
    pub(crate) until: Timestamp,
}

impl<'a> Turns<'a> {
    /// `None` for a rotation that [`crate::Schedule::validate`] refuses: nobody is on in it.
    pub(crate) fn new(rotation: &'a Rotation, schedule_zone: &str) -> Option<Self> {
        let zone = clock::zone(rotation.timezone.as_deref().unwrap_or(schedule_zone))?;
        let first = rotation.people.first()?;
        if rotation.every == 0 || rotation.hours.is_some_and(|hours| hours.is_empty()) {
            return None;
        }
        Some(Self {
            begin: first_instant(&zone, rotation.start)?,
            handover: handover(rotation),
            duty: DutyDays::new(rotation.start.date(), &rotation.weekdays),
            constant: rotation.people.iter().all(|turn| turn == first),
            zone,
            rotation,
        })
    }

    /// Who is on at an instant by the rotation alone.
    pub(crate) fn at(&self, at: Timestamp) -> Standing<'a> {
        if at < self.begin {
            return Standing { turn: None, until: self.begin };
        }
        let (on, until) = self.duty_at(at);
        if !on {
            return Standing { turn: None, until };
        }
        if self.constant {
            return Standing { turn: self.rotation.people.first(), until };
        }
        let (turn, ends) = self.turn_at(at);
        let place = turn % self.rotation.people.len() as u64;
        Standing { turn: self.rotation.people.get(place as usize), until: until.min(ends) }
    }

    /// Whether an instant is on duty, and until when that stands.
    fn duty_at(&self, at: Timestamp) -> (bool, Timestamp) {
        if self.duty.all() && self.rotation.hours.is_none() {
            return (true, Timestamp::MAX);
        }
        // The duty of the day before yesterday has ended: its end on the wall clock is at the latest this day's midnight.
        let today = self.zone.to_datetime(at).date();
        for offset in -1..DUTY_SEARCH_DAYS {
            let Some(date) = add_days(today, offset) else { continue };
            if !self.duty.on(date) {
                continue;
            }
            match self.duty_of(date) {
                Some((_, end)) if end <= at => {}
                Some((start, end)) if start <= at => return (true, end),
                Some((start, end)) if start < end => return (false, start),
                _ => {}
            }
        }
        let end = add_days(today, DUTY_SEARCH_DAYS - 1).and_then(|date| first_instant(&self.zone, date.into()));
        (false, end.unwrap_or(Timestamp::MAX))
    }

    /// The instants of the duty that begins on a day.
    fn duty_of(&self, date: Date) -> Option<(Timestamp, Timestamp)> {
        let next = || add_days(date, 1);
        let (start, end) = match self.rotation.hours {
            None => {
                let time = self.rotation.start.time();
                (date.to_datetime(time), next()?.to_datetime(time))
            }
            Some(hours) => {
                let (end, of_next_day) = hours.end_minute();
                let last = if of_next_day { next()? } else { date };
                (date.to_datetime(time_of(hours.begin_minute())), last.to_datetime(time_of(end)))
            }
        };
        Some((first_instant(&self.zone, start)?, first_instant(&self.zone, end)?))
    }

    /// When a turn begins, counted from 0. Never decreases; turns whose whole time the clock skips have no length.
    pub(crate) fn boundary(&self, turn: u64) -> Option<Timestamp> {
        if turn == 0 {
            return Some(self.begin);
        }
        let units = i64::try_from(turn).ok()?.checked_mul(i64::from(self.rotation.every))?;
        let start = self.rotation.start;
        let date = match self.rotation.unit {
            Unit::Hour => {
                let hours = SignedDuration::try_from_hours(units)?;
                return first_instant(&self.zone, start.checked_add(hours).ok()?);
            }
            Unit::Day => add_days(start.date(), self.duty.nth(units)?)?,
            Unit::Week => add_days(start.date(), units.checked_mul(7)?)?,
            Unit::Month => add_months(start.date(), units)?,
        };
        first_instant(&self.zone, date.to_datetime(self.handover))
    }

    /// The turn that an instant not before `begin` belongs to, the last one that has begun, and when it ends.
    pub(crate) fn turn_at(&self, at: Timestamp) -> (u64, Timestamp) {
        let mut turn = self.estimate(self.zone.to_datetime(at));
        // The wall clock of `at` is off by what the zone skips or repeats around it, so these are a few steps at the most.
        while turn > 0 && self.boundary(turn).is_none_or(|start| start > at) {
            turn -= 1;
        }
        loop {
            match self.boundary(turn + 1) {
                Some(next) if next <= at => turn += 1,
                next => return (turn, next.unwrap_or(Timestamp::MAX)),
            }
        }
    }

    /// The turn by the wall clock alone.
    fn estimate(&self, local: DateTime) -> u64 {
        let start = self.rotation.start;
        let days = days_between(start.date(), local.date());
        let units = match self.rotation.unit {
            Unit::Hour => local.duration_since(start).as_hours(),
            Unit::Day => self.duty.count(days + 1) - 1,
            Unit::Week => days.div_euclid(7),
            Unit::Month => months_of(local.date()) - months_of(start.date()),
        };
        u64::try_from(units).unwrap_or(0) / u64::from(self.rotation.every)
    }
}

/// The time of `start`, but not before the end of hours over midnight: these belong to the day on which they begin, so who
/// began the night also ends it.
fn handover(rotation: &Rotation) -> Time {
    let time = rotation.start.time();
    match rotation.hours.map(|hours| (hours.end_minute(), hours.begin_minute())) {
        Some(((end, true), _)) if rotation.unit != Unit::Hour => time.max(time_of(end)),
        _ => time,
    }
}

/// The worked days, counted from the day of `start`.
struct DutyDays {
    /// By days since Monday.
    worked: [bool; 7],
    /// Worked days of the seven from the start's day on, as days since it. Not empty.
    offsets: Vec<i64>,
}

impl DutyDays {
    fn new(start: Date, weekdays: &[Weekday]) -> Self {
        let mut worked = [weekdays.is_empty(); 7];
        for day in weekdays {
            worked[day.since_monday()] = true;
        }
        let first = since_monday(start);
        let offsets = (0..7).filter(|offset| worked[(first + offset) % 7]).map(|offset| offset as i64).collect();
        Self { worked, offsets }
    }

    fn all(&self) -> bool {
        self.offsets.len() == 7
    }

    fn on(&self, date: Date) -> bool {
        self.worked[since_monday(date)]
    }

    /// How many days after the start's day the worked day number `n` is, from 0.
    fn nth(&self, n: i64) -> Option<i64> {
        let per_week = self.offsets.len() as i64;
        let offset = self.offsets.get(usize::try_from(n.rem_euclid(per_week)).ok()?)?;
        n.div_euclid(per_week).checked_mul(7)?.checked_add(*offset)
    }

    /// How many worked days there are among the first `days` from the start's day on.
    fn count(&self, days: i64) -> i64 {
        let rest = days.rem_euclid(7);
        let in_rest = self.offsets.iter().filter(|offset| **offset < rest).count() as i64;
        days.div_euclid(7) * self.offsets.len() as i64 + in_rest
    }
}

fn since_monday(date: Date) -> usize {
    usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())
}

/// A minute of the day below 1440 as a time.
fn time_of(minute: u16) -> Time {
    let (hour, minute) = ((minute / 60) as i8, (minute % 60) as i8);
    Time::new(hour, minute, 0, 0).unwrap_or(Time::midnight())
}

fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

fn add_days(date: Date, days: i64) -> Option<Date> {
    date.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// Months since the year 0.
fn months_of(date: Date) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month()) - 1
}

/// The same day some months later, or the last day of a shorter month.
fn add_months(date: Date, months: i64) -> Option<Date> {
    let total = months_of(date).checked_add(months)?;
    let (year, month) = (i16::try_from(total.div_euclid(12)).ok()?, i8::try_from(total.rem_euclid(12) + 1).ok()?);
    let first = Date::new(year, month, 1).ok()?;
    Date::new(year, month, date.day().min(first.days_in_month())).ok()
}

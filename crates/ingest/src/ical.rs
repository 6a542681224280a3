//! Calendars (RFC 5545) that say when somebody is away: a file from an office's leave system, or a feed of it.
//!
//! Only when somebody is away is read from them, never who is on call. What stands in doubt counts as away: one gap too many
//! is shown, none too few.

use std::collections::BTreeMap;

use calcard::common::timezone::Tz;
use calcard::icalendar::dates::TimeOrDelta;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty, ICalendarStatus, ICalendarTransparency,
    ICalendarValue,
};
use calcard::{Entry, Parser};
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};
use noout_calendar::first_instant;

/// Largest calendar in bytes. Ten years of one person's leave are a few hundred kilobytes.
pub const MAX_ICAL_BYTES: usize = 2 << 20;

/// Most events of a calendar.
const MAX_EVENTS: usize = 5000;

/// Most events that repeat: each is gone through from its beginning.
const MAX_SERIES: usize = 300;

/// Most repetitions of one event: a daily one since 1990 and forty years on.
const MAX_REPEATS: usize = 30_000;

/// Most times away in the answer; more are no leave but somebody's whole diary.
const MAX_TIMES: usize = 1000;

/// No zone is further from another than this, in seconds: a wall clock read in the wrong one is off by less.
const SLACK_SECONDS: i64 = 2 * 86_400;

/// Longest reason in characters.
const MAX_SUMMARY: usize = 200;

/// A time in which somebody is away.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AwayTime {
    /// From this instant.
    pub start: Timestamp,
    /// Until before this instant.
    pub end: Timestamp,
    /// What the calendar calls it.
    pub summary: String,
}

/// What a calendar says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    /// The times away, sorted, each once.
    pub times: Vec<AwayTime>,
    /// Events that could not be read: without a beginning, with a rule that is none.
    pub unread: usize,
    /// Events that do not count: cancelled ones, and hours that are marked as free.
    pub passed_over: usize,
}

/// Why a text is no calendar that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IcalError {
    /// It is too large.
    #[error("the calendar has {found} {what}: allowed are at most {max}")]
    TooMany {
        /// `bytes`, `events`, ….
        what: &'static str,
        /// How many.
        found: usize,
        /// How many are allowed.
        max: usize,
    },
    /// It is something else.
    #[error("this is no calendar: expected iCalendar text that begins with BEGIN:VCALENDAR, found {found:?}")]
    NoCalendar {
        /// The first characters.
        found: String,
    },
}

/// When somebody is away by a calendar, between two instants. Days and times without a zone are those of `zone`, the
/// person's own; whole days begin and end there with the day. Recurring events are gone through as far as `until`.
///
/// An event counts unless it is cancelled or marks hours as free (`TRANSP:TRANSPARENT`); whole days count also then, for
/// calendars mark days of leave as free by themselves.
///
/// # Errors
/// The text is too large, or no calendar.
pub fn away_times(text: &str, zone: &str, from: Timestamp, until: Timestamp) -> Result<Calendar, IcalError> {
    let few = |what, found, max| if found > max { Err(IcalError::TooMany { what, found, max }) } else { Ok(()) };
    few("bytes", text.len(), MAX_ICAL_BYTES)?;
    let mut reader =
        Reader { zone: zone_of(zone), default: zone.parse().unwrap_or(Tz::UTC), from, until, out: Calendar::default() };
    let mut found = false;
    let mut parser = Parser::new(text.trim_start_matches('\u{feff}'));
    loop {
        match parser.entry() {
            Entry::ICalendar(calendar) => {
                found = true;
                let events = calendar.components.iter().filter(|c| is_event(c));
                few("events", events.clone().count(), MAX_EVENTS)?;
                few(
                    "recurring events",
                    events.filter(|c| c.has_property(&ICalendarProperty::Rrule)).count(),
                    MAX_SERIES,
                )?;
                reader.calendar(&calendar);
            }
            Entry::Eof => break,
            Entry::InvalidLine(_) | Entry::UnexpectedComponentEnd { .. } | Entry::UnterminatedComponent(_) if found => {
                // What came before stands; the rest of a text that broke off is counted as not read.
                reader.out.unread += 1;
            }
            _ => {
                return Err(IcalError::NoCalendar { found: text.chars().take(40).collect() });
            }
        }
    }
    if !found {
        return Err(IcalError::NoCalendar { found: text.chars().take(40).collect() });
    }
    let mut out = reader.out;
    out.times.sort();
    out.times.dedup();
    few("times away in this span", out.times.len(), MAX_TIMES)?;
    Ok(out)
}

fn zone_of(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).unwrap_or(TimeZone::UTC)
}

fn is_event(component: &ICalendarComponent) -> bool {
    component.component_type == ICalendarComponentType::VEvent
}

struct Reader {
    zone: TimeZone,
    default: Tz,
    from: Timestamp,
    until: Timestamp,
    out: Calendar,
}

impl Reader {
    /// Event by event: an exception of one series must not be taken for one of another that falls on the same day.
    fn calendar(&mut self, calendar: &ICalendar) {
        let zones = calendar.components.iter().rposition(|c| c.component_type == ICalendarComponentType::VTimezone);
        // Behind a zone stand its rules, which it names by their places.
        let last = zones.and_then(|at| calendar.components[at].component_ids.iter().max().copied());
        let frame = zones.map_or(0, |at| (at + 1).max(last.map_or(0, |id| id as usize + 1)));
        let blank = |c: &ICalendarComponent| {
            if is_event(c) { ICalendarComponent::new(ICalendarComponentType::VAlarm) } else { c.clone() }
        };
        let frame: Vec<ICalendarComponent> = calendar.components.iter().take(frame).map(blank).collect();
        let mut series: BTreeMap<&str, Vec<&ICalendarComponent>> = BTreeMap::new();
        for (at, event) in calendar.components.iter().enumerate().filter(|(_, c)| is_event(c)) {
            match event.uid() {
                Some(uid) => series.entry(uid).or_default().push(event),
                None => self.events(&frame, &[&calendar.components[at]]),
            }
        }
        for events in series.values() {
            self.events(&frame, events);
        }
    }

    fn events(&mut self, frame: &[ICalendarComponent], events: &[&ICalendarComponent]) {
        let components = frame.iter().chain(events.iter().copied()).cloned().collect();
        let calendar = ICalendar { components };
        let expanded = calendar.expand_dates(self.default, MAX_REPEATS);
        self.out.unread += expanded.errors.len();
        for event in expanded.events {
            let Some(component) = calendar.component_by_id(event.comp_id).filter(|c| is_event(c)) else { continue };
            // A rule without an end goes on until the calendar's last year: what begins days after the span is no concern.
            if event.start.timestamp() > self.until.as_second().saturating_add(SLACK_SECONDS) {
                continue;
            }
            let whole_days = is_whole_days(component);
            let free = !whole_days && component.transparency() == Some(&ICalendarTransparency::Transparent);
            if free || component.status() == Some(&ICalendarStatus::Cancelled) {
                self.out.passed_over += 1;
                continue;
            }
            let begin = event.start.naive_local().to_string();
            let (seconds, last) = match &event.end {
                TimeOrDelta::Delta(delta) => (delta.num_seconds(), None),
                TimeOrDelta::Time(end) => ((*end - event.start).num_seconds(), Some(end.naive_local().to_string())),
            };
            let exact = (!event.start.timezone().is_floating()).then(|| event.start.timestamp());
            let times = if whole_days { self.days(&begin, last, seconds) } else { self.hours(&begin, exact, seconds) };
            match times {
                Some((start, end)) if start < self.until && end > self.from => {
                    let summary = summary(component);
                    self.out.times.push(AwayTime { start, end, summary });
                }
                Some(_) => {}
                None => self.out.unread += 1,
            }
        }
    }

    /// Days of the person's own calendar, from midnight to midnight. Without an end it is one day.
    fn days(&self, begin: &str, last: Option<String>, seconds: i64) -> Option<(Timestamp, Timestamp)> {
        let first = begin.parse::<DateTime>().ok()?.date();
        let end = match last.and_then(|text| text.parse::<DateTime>().ok()) {
            Some(end) if end.date() > first => end.date(),
            Some(_) => first.tomorrow().ok()?,
            None => first.checked_add(SignedDuration::from_secs(seconds.max(86_400))).ok()?,
        };
        Some((first_instant(&self.zone, first.into())?, first_instant(&self.zone, end.into())?))
    }

    /// A time without a zone is of the person's wall clock. Without an end nothing lasts, which is no time away.
    fn hours(&self, begin: &str, exact: Option<i64>, seconds: i64) -> Option<(Timestamp, Timestamp)> {
        let start = match exact {
            Some(second) => Timestamp::from_second(second).ok()?,
            None => first_instant(&self.zone, begin.parse().ok()?)?,
        };
        let end = start.checked_add(SignedDuration::from_secs(seconds)).ok()?;
        (start < end).then_some((start, end))
    }
}

fn is_whole_days(event: &ICalendarComponent) -> bool {
    let start = event.property(&ICalendarProperty::Dtstart).and_then(|entry| entry.values.first());
    matches!(start, Some(ICalendarValue::PartialDateTime(at)) if !at.has_time())
}

fn summary(event: &ICalendarComponent) -> String {
    let text = event.property(&ICalendarProperty::Summary).and_then(|entry| entry.values.first()?.as_text());
    text.unwrap_or_default().chars().filter(|c| !c.is_control()).take(MAX_SUMMARY).collect()
}

#[cfg(test)]
mod tests;

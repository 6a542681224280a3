//! Who worked how much: hours by each person's own days, nights and holidays, and the pages that came.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;
use noout_calendar::{DayHours, Override, day_hours, is_night};
use noout_types::{PersonId, Timestamp};

use crate::config::Config;

/// A time in which a person was on call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stint {
    /// Who.
    pub person: PersonId,
    /// From this instant.
    pub start: Timestamp,
    /// Until before this instant.
    pub end: Timestamp,
}

/// What one person did in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worked {
    /// Who.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// The zone whose days these are.
    pub timezone: String,
    /// Time on call by local day; days without any are left out.
    pub days: BTreeMap<Date, DayHours>,
    /// Pages.
    pub pages: u32,
    /// Pages between 22:00 and 06:00 of the person's clock.
    pub night_pages: u32,
}

impl Worked {
    /// All days together.
    #[must_use]
    pub fn total(&self) -> DayHours {
        self.days.values().fold(DayHours::default(), |sum, day| sum.plus(*day))
    }
}

/// Who was on call by a configuration and its overrides, from `from` until before `to`, over all schedules.
#[must_use]
pub fn stints(config: &Config, overrides: &[Override], from: Timestamp, to: Timestamp) -> Vec<Stint> {
    let shifts = config.schedules.iter().flat_map(|schedule| schedule.shifts(overrides, from, to));
    let each = |s: noout_calendar::Shift| {
        let (start, end) = (s.start, s.end);
        s.people.into_iter().map(move |person| Stint { person, start, end })
    };
    shifts.flat_map(each).collect()
}

/// Counts by person, for those of the configuration, in its order; who neither was on call nor was paged is left out.
/// `period` gives the period's two ends in a zone: a month begins at each person's own midnight.
#[must_use]
pub fn worked(
    config: &Config,
    stints: &[Stint],
    pages: &[(PersonId, Timestamp)],
    period: &dyn Fn(&str) -> Option<(Timestamp, Timestamp)>,
) -> Vec<Worked> {
    let one = |person: &crate::config::Person| {
        let zone = person.timezone.as_str();
        let (from, to) = period(zone)?;
        let times: Vec<_> = (stints.iter())
            .filter(|s| s.person == person.id)
            .map(|s| (s.start.max(from), s.end.min(to)))
            .filter(|(start, end)| start < end)
            .collect();
        let days = day_hours(&times, zone, &|day| config.is_holiday(&person.id, day));
        let theirs = pages.iter().filter(|(who, at)| *who == person.id && from <= *at && *at < to);
        let (mut all, mut night) = (0, 0);
        for (_, at) in theirs {
            all += 1;
            night += u32::from(is_night(zone, *at));
        }
        let (name, timezone) = (person.display().to_owned(), zone.to_owned());
        let worked = Worked { person: person.id.clone(), name, timezone, days, pages: all, night_pages: night };
        (!worked.days.is_empty() || worked.pages > 0).then_some(worked)
    };
    config.people.iter().filter_map(one).collect()
}

/// Hours with two digits: what pay offices take.
#[must_use]
pub fn decimal_hours(seconds: u64) -> String {
    let hundredths = (seconds * 100 + 1800) / 3600;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// One line a person, all days together (RFC 4180).
#[must_use]
pub fn summary_csv(all: &[Worked]) -> String {
    let mut out =
        String::from("person,name,timezone,hours,night_hours,weekend_hours,holiday_hours,pages,night_pages\r\n");
    for w in all {
        let names = [w.person.as_str(), &w.name, &w.timezone].map(cell).join(",");
        let _ = write!(out, "{names},{},{},{}\r\n", hours(w.total()), w.pages, w.night_pages);
    }
    out
}

/// One line a person and local day: the pay table.
#[must_use]
pub fn days_csv(all: &[Worked]) -> String {
    let mut out = String::from("person,name,timezone,date,weekday,hours,night_hours,weekend_hours,holiday_hours\r\n");
    for w in all {
        let names = [w.person.as_str(), &w.name, &w.timezone].map(cell).join(",");
        for (date, day) in &w.days {
            let _ = write!(out, "{names},{date},{},{}\r\n", date.strftime("%a"), hours(*day));
        }
    }
    out
}

fn hours(day: DayHours) -> String {
    [day.on, day.night, day.weekend, day.holiday].map(decimal_hours).join(",")
}

/// A field, quoted where it must be. One that a spreadsheet would take for a formula is shown as text.
fn cell(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

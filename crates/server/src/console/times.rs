//! Times for people: absolute with their zone, and relative.

use std::fmt;

use jiff::tz::TimeZone;
use noout_types::{Said, Span, Timestamp};

use super::marks::esc;
use super::words::T;

/// Within this time the year need not be said.
const NEAR: Span = Span::from_hours(24 * 180);

/// An instant, drawn as a `<time>` element.
#[derive(Debug, Clone)]
pub(super) struct When {
    pub iso: String,
    /// Wall clock and zone; with the date if it is another day.
    pub abs: String,
    /// How long ago, or in how long.
    pub rel: String,
    full: String,
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { iso, abs, rel, full } = self;
        write!(
            f,
            "<time datetime=\"{}\" title=\"{}\">{}<span class=\"rel\" data-rel>{}</span></time>",
            esc(iso),
            esc(full),
            esc(abs),
            esc(rel)
        )
    }
}

impl askama::filters::HtmlSafe for When {}

/// Tells times in one person's zone and language, seen from one instant.
#[derive(Debug, Clone)]
pub(super) struct Watch {
    pub now: Timestamp,
    zone: TimeZone,
    t: T,
}

impl Watch {
    pub fn new(now: Timestamp, zone: &str, t: T) -> Self {
        Self { now, zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC), t }
    }

    /// What noout said, as a sentence.
    pub fn say(&self, said: &Said) -> String {
        noout_words::say_in(said, self.t.0, &self.zone)
    }

    /// The zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    pub fn when(&self, at: Timestamp) -> When {
        let full = at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string();
        When { iso: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), abs: self.abs(at), rel: self.rel(at), full }
    }

    /// Wall clock and zone of today; another day with its weekday.
    pub fn abs(&self, at: Timestamp) -> String {
        let local = at.to_zoned(self.zone.clone());
        let today = self.now.to_zoned(self.zone.clone()).date();
        if local.date() == today {
            return local.strftime("%H:%M %Z").to_string();
        }
        let apart = Span::between(at, self.now).max(Span::between(self.now, at));
        if apart > NEAR {
            return local.strftime("%Y-%m-%d %H:%M %Z").to_string();
        }
        let nth = |key: &str, n: i8| {
            let at = usize::try_from(n).unwrap_or_default();
            self.t.s(key).split('|').nth(at).unwrap_or_default().to_owned()
        };
        let weekday = nth("weekdays", local.weekday().to_monday_zero_offset());
        let month = nth("months", local.month() - 1);
        let date = [("weekday", weekday.as_str()), ("day", &local.day().to_string()), ("month", &month)];
        format!("{} {}", self.t.a("date-near", &date), local.strftime("%H:%M"))
    }

    /// Wall clock to the second.
    pub fn exact(&self, at: Timestamp) -> String {
        let local = at.to_zoned(self.zone.clone());
        let today = self.now.to_zoned(self.zone.clone()).date();
        let format = if local.date() == today { "%H:%M:%S %Z" } else { "%Y-%m-%d %H:%M:%S %Z" };
        local.strftime(format).to_string()
    }

    /// Wall clock to the second, alone: for rows that follow each other.
    pub fn clock(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%H:%M:%S").to_string()
    }

    pub fn rel(&self, at: Timestamp) -> String {
        // What was read a moment after the page's own instant is not in the future.
        let (key, span) = if at <= Span::from_secs(2).after(self.now) {
            ("ago", Span::between(at, self.now))
        } else {
            ("in", Span::between(self.now, at))
        };
        let (unit, n) = coarse(span);
        self.t.n(&format!("{key}-{unit}"), n)
    }
}

fn coarse(span: Span) -> (&'static str, u64) {
    let secs = span.as_millis() / 1000;
    match secs {
        0..60 => ("s", secs),
        60..5400 => ("min", (secs + 30) / 60),
        5400..172_800 => ("h", (secs + 1800) / 3600),
        _ => ("d", (secs + 43_200) / 86_400),
    }
}

/// A running length as a clock: `0:14:09`.
pub(super) fn stopwatch(span: Span) -> String {
    let secs = span.as_millis() / 1000;
    format!("{}:{:02}:{:02}", secs / 3600, secs / 60 % 60, secs % 60)
}

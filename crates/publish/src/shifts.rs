//! Shifts as a calendar (RFC 5545), for the calendars of those who work them.

use noout_types::Timestamp;

use crate::ics::{escape, line, utc};
use crate::words::printable;

/// A time on duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDuty {
    /// Schedule and rotation: with the start it makes the event's UID, so that a calendar knows a shift again whose end or
    /// people changed.
    pub key: String,
    /// In one line.
    pub summary: String,
    /// More words.
    pub description: String,
    /// From this instant.
    pub start: Timestamp,
    /// Until before this instant.
    pub end: Timestamp,
}

/// The calendar, as it is at an instant. Shifts do not make their owner busy: one works by day and is on call besides.
#[must_use]
pub fn shifts_ics(name: &str, host: &str, at: Timestamp, shifts: &[OnDuty]) -> String {
    let mut out = String::new();
    for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//noout//on call//EN", "CALSCALE:GREGORIAN"] {
        line(&mut out, text);
    }
    line(&mut out, "METHOD:PUBLISH");
    line(&mut out, &format!("X-WR-CALNAME:{}", escape(&printable(name))));
    line(&mut out, "REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    line(&mut out, "X-PUBLISHED-TTL:PT1H");
    for shift in shifts {
        line(&mut out, "BEGIN:VEVENT");
        line(&mut out, &format!("UID:{}/{}@{}", escape(&printable(&shift.key)), shift.start.as_second(), escape(host)));
        line(&mut out, &format!("DTSTAMP:{}", utc(at)));
        line(&mut out, &format!("DTSTART:{}", utc(shift.start)));
        line(&mut out, &format!("DTEND:{}", utc(shift.end)));
        line(&mut out, &format!("SUMMARY:{}", escape(&printable(&shift.summary))));
        line(&mut out, &format!("DESCRIPTION:{}", escape(&printable(&shift.description))));
        line(&mut out, "STATUS:CONFIRMED");
        line(&mut out, "TRANSP:TRANSPARENT");
        line(&mut out, "END:VEVENT");
    }
    line(&mut out, "END:VCALENDAR");
    out
}

#[cfg(test)]
mod tests;

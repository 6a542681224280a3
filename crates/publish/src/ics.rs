//! Announced maintenances as a calendar (RFC 5545).

use noout_types::{Lang, Timestamp};

use crate::MAX_CLOSED;
use crate::model::{Planned, StatusPage};
use crate::words::{printable, zone_of};

/// Longest line in bytes without its break (RFC 5545, 3.1).
const MAX_LINE: usize = 75;

/// `/maintenance.ics` in one language: what is coming, and the last that are done. A calendar that subscribes to it knows
/// an event again by its UID, and takes a new date over when its SEQUENCE is higher.
#[must_use]
pub fn ics(page: &StatusPage, lang: Lang) -> String {
    let mut out = String::new();
    line(&mut out, "BEGIN:VCALENDAR");
    line(&mut out, "VERSION:2.0");
    line(&mut out, "PRODID:-//noout//status page//EN");
    line(&mut out, "CALSCALE:GREGORIAN");
    line(&mut out, "METHOD:PUBLISH");
    line(&mut out, &format!("X-WR-CALNAME:{}", escape(&printable(&page.name))));
    line(&mut out, &format!("X-WR-TIMEZONE:{}", escape(&page.time_zone)));
    let done = page.maintenances.iter().rev().filter(|m| m.notice.stage().is_final()).take(MAX_CLOSED);
    for planned in page.coming().into_iter().chain(done) {
        event(&mut out, page, planned, lang);
    }
    line(&mut out, "END:VCALENDAR");
    out
}

fn event(out: &mut String, page: &StatusPage, planned: &Planned, lang: Lang) {
    let notice = &planned.notice;
    // The host of the page keeps ids apart between two installations in one calendar.
    let host = page.url.split("://").nth(1).and_then(|u| u.split(['/', ':']).next()).unwrap_or("noout");
    let text = notice.updates.last().map(|u| u.words.text(lang)).unwrap_or_default();
    line(out, "BEGIN:VEVENT");
    line(out, &format!("UID:maintenance-{}@{host}", escape(&notice.id)));
    line(out, &format!("SEQUENCE:{}", planned.sequence));
    line(out, &format!("DTSTAMP:{}", utc(notice.updated_at())));
    line(out, &format!("LAST-MODIFIED:{}", utc(notice.updated_at())));
    line(out, &format!("DTSTART:{}", utc(planned.scheduled_for)));
    line(out, &format!("DTEND:{}", utc(planned.scheduled_until)));
    line(out, &format!("SUMMARY;LANGUAGE={lang}:{}", escape(&notice.title.text(lang))));
    line(out, &format!("DESCRIPTION;LANGUAGE={lang}:{}", escape(&text)));
    line(out, "STATUS:CONFIRMED");
    line(out, "TRANSP:TRANSPARENT");
    line(out, &format!("URL:{}/{lang}/#maintenance-{}", page.url, notice.id));
    line(out, "END:VEVENT");
}

pub(crate) fn utc(at: Timestamp) -> String {
    at.to_zoned(zone_of("UTC")).strftime("%Y%m%dT%H%M%SZ").to_string()
}

pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Writes a line, folded before its 76th byte and never inside a character.
pub(crate) fn line(out: &mut String, text: &str) {
    let mut used = 0;
    for c in text.chars() {
        if used + c.len_utf8() > MAX_LINE {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests;

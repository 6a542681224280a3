//! The agenda and decisions as Markdown: to read, and to take notes in.

use jiff::tz::TimeZone;
use noout_api as wire;
use noout_types::{PersonId, Span, Timestamp};

/// What people wrote stands in one line and starts no markup of its own.
fn plain(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

struct Sheet {
    zone: TimeZone,
    lines: Vec<String>,
}

impl Sheet {
    fn when(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string()
    }

    fn say(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    fn section(&mut self, title: &str, count: usize, none: &str) {
        self.say(format!("\n## {title} ({count})\n"));
        if count == 0 {
            self.say(none);
        }
    }
}

fn names(people: &[PersonId]) -> String {
    people.iter().map(PersonId::as_str).collect::<Vec<_>>().join(", ")
}

fn owner(of: Option<&PersonId>) -> String {
    of.map_or_else(|| "**nobody**".to_owned(), ToString::to_string)
}

/// To the minute: nobody talks about seconds in a meeting.
fn length(ms: u64) -> String {
    Span::from_mins(ms / 60_000).to_string()
}

/// The agenda.
pub(super) fn agenda(a: &wire::Agenda) -> String {
    let zone = TimeZone::get(&a.timezone).unwrap_or(TimeZone::UTC);
    let mut sheet = Sheet { zone, lines: Vec::new() };
    let (at, since) = (sheet.when(a.at), sheet.when(a.since));
    sheet.say(format!("# Meeting of {at}\n"));
    sheet.say(format!("Since {since}. Takes part: {}.", names(&a.people)));
    decisions(&mut sheet, &a.decisions);
    requests(&mut sheet, a);
    incidents(&mut sheet, a);
    sheet.section("Maintenances ahead", a.maintenances.len(), "None is planned.");
    for m in &a.maintenances {
        let by: Vec<String> = m.interrupted_by.iter().map(|r| format!("request {r}")).collect();
        let by = if by.is_empty() { String::new() } else { format!(" (**interrupted by {}**)", by.join(", ")) };
        sheet.say(format!("- {} #{}, {}: {}{by}", m.host, m.id, m.phase, plain(&m.reason)));
    }
    let count = a.gaps.len() + usize::try_from(a.gaps_more).unwrap_or(0);
    sheet.section("Coverage gaps of the next four weeks", count, "None.");
    for g in &a.gaps {
        let (start, end) = (sheet.when(g.start), sheet.when(g.end));
        let have = if g.have.is_empty() { "nobody".to_owned() } else { names(&g.have) };
        sheet.say(format!("- {}: {start} to {end}: {} promised, ready: {have}", g.schedule, g.need));
    }
    more(&mut sheet, a.gaps_more);
    sheet.lines.join("\n")
}

fn more(sheet: &mut Sheet, n: u64) {
    if n > 0 {
        sheet.say(format!("- and {n} more"));
    }
}

fn decisions(sheet: &mut Sheet, open: &[wire::Decision]) {
    sheet.section("Decisions asked for", open.len(), "No question is open.");
    for d in open {
        let until = d.until.map(|until| format!(", wanted by {}", sheet.when(until))).unwrap_or_default();
        let silent = if d.silent.is_empty() { String::new() } else { format!("; silent: {}", names(&d.silent)) };
        sheet.say(format!("- #{} {}{until}: {}{silent}", d.id, plain(&d.title), count(d)));
    }
}

fn requests(sheet: &mut Sheet, a: &wire::Agenda) {
    sheet.section("Open requests", a.requests.len(), "Nobody waits for anything.");
    for r in &a.requests {
        let by = r.wanted_by.as_ref().map(|day| format!(", wanted by {day}")).unwrap_or_default();
        let (since, title) = (sheet.when(r.at), plain(&r.title));
        let who = plain(&super::super::request::from(&r.from));
        sheet.say(format!(
            "- #{} {title} ({}, {who}, since {since}{by}): {}",
            r.id,
            r.urgency.replace('_', " "),
            owner(r.owner.as_ref())
        ));
    }
    sheet.say(format!("\nClosed since the last meeting: {}.", a.requests_closed));
    if !a.interrupted.is_empty() {
        sheet.section("What was interrupted", a.interrupted.len(), "");
        for i in &a.interrupted {
            let what = i.maintenance.map_or_else(|| "other planned work".to_owned(), |m| format!("maintenance #{m}"));
            let still = if i.until.is_none() { ", still" } else { "" };
            let lasted = length(i.lasted_ms);
            sheet.say(format!("- {what}, {lasted}{still}: request #{} {}", i.request, plain(&i.title)));
        }
    }
}

fn incidents(sheet: &mut Sheet, a: &wire::Agenda) {
    let count = a.incidents.len() + usize::try_from(a.incidents_more).unwrap_or(0);
    sheet.section("Incidents", count, "None since the last meeting.");
    for i in &a.incidents {
        let ack = i.to_ack_ms.map_or_else(|| "nobody had it".to_owned(), |ms| format!("taken after {}", length(ms)));
        let over = i.to_resolve_ms.map_or_else(|| "goes on".to_owned(), |ms| format!("over after {}", length(ms)));
        let (at, title) = (sheet.when(i.at), plain(&i.title));
        let pages = format!("{} pages, {} at night", i.pages, i.night_pages);
        sheet.say(format!("- #{} {title} ({at}): {ack}, {over}, {pages}; {}", i.id, owner(i.owner.as_ref())));
    }
    more(sheet, a.incidents_more);
}

/// How many are for what, in the order of the options.
fn count(d: &wire::Decision) -> String {
    let word = |code: &str| match code.parse::<usize>() {
        Ok(n) => d.options.get(n.wrapping_sub(1)).map_or_else(|| code.to_owned(), |option| plain(option)),
        Err(_) => code.to_owned(),
    };
    let each: Vec<String> = d.count.iter().map(|(code, n)| format!("{} {n}", word(code))).collect();
    each.join(", ")
}

/// One decision with everybody's voice.
pub(super) fn decision(d: &wire::Decision) -> String {
    let mut lines = vec![format!("# {} {}\n", d.id, plain(&d.title))];
    lines.extend((!d.text.is_empty()).then(|| format!("{}\n", d.text)));
    lines.extend((1..).zip(&d.options).map(|(n, option)| format!("{n}. {}", plain(option))));
    lines.extend((!d.options.is_empty()).then(String::new));
    lines.push(format!("{}\n", count(d)));
    for v in &d.voices {
        let unasked = if v.asked { "" } else { " (was not asked)" };
        lines.push(format!("- {}{unasked}: {} {}", v.person, v.choice, plain(&v.words)));
    }
    lines.extend((!d.silent.is_empty()).then(|| format!("\nAsked, and said nothing: {}", names(&d.silent))));
    if let (Some(at), Some(by)) = (d.closed_at, &d.closed_by) {
        lines.push(format!("\n**Decided** ({by}, {at}): {}\n\nWhy: {}", d.decided, d.why));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests;

//! Who worked how much, from the configurations that were in force and the pages that the read tables keep.

use std::collections::BTreeSet;

use jiff::Timestamp;
use noout_calendar::Moment;
use noout_core::config::{Config, parse};
use noout_core::roster::report::{Stint, Worked, stints, worked};
use noout_store::{Reader, StoreError};
use noout_types::{PersonId, Span};
use serde::Deserialize;

use crate::App;

/// The longest period, in days: a year and a month of the next.
const MAX_DAYS: u64 = 400;

/// Configurations that are looked back through; what was before the oldest of them is counted by it.
const MAX_VERSIONS: usize = 500;

/// Rows of a person's timeline that are read at once.
const ROWS: usize = 1000;

/// Rows of a person's timeline that are read in all. A page a minute for a year is fewer.
const MAX_ROWS: usize = 500_000;

#[derive(Deserialize)]
struct Kept {
    text: String,
}

/// The report of a period; from the first of this month until now where an end is not named.
///
/// # Errors
/// In words: the period is backwards or too long, or the store cannot be read.
pub(crate) fn report(app: &App, from: Option<&Moment>, to: Option<&Moment>) -> Result<Vec<Worked>, String> {
    let now = app.now();
    let (config, overrides) = app.read(|s| (s.config.clone(), s.overrides.values().cloned().collect::<Vec<_>>()));
    let first = Moment::Day(now.to_zoned(jiff::tz::TimeZone::UTC).date().first_of_month());
    let from = from.unwrap_or(&first);
    let period = |zone: &str| {
        let start = from.begin(zone, now)?;
        let end = to.map_or(Some(now), |to| to.end(zone, start))?;
        Some((start, end))
    };
    let (start, end) = period("UTC").ok_or("the period is outside of the calendar")?;
    if start >= end {
        return Err(format!("a period must end after it begins: found {start} to {end}"));
    }
    if Span::between(start, end) > Span::from_hours(24 * MAX_DAYS) {
        return Err(format!("{start} to {end} is too long: at most {MAX_DAYS} days are counted"));
    }
    // Days of people's own zones begin up to a day before and end up to a day after.
    let (start, end) = (Span::from_hours(24).before(start), Span::from_hours(24).after(end));
    let read = |why: StoreError| noout_types::with_sources(&why);
    let mut all: Vec<Stint> = Vec::new();
    for (since, until, then) in versions(app, &config, start, end).map_err(read)? {
        all.extend(stints(&then, &overrides, since, until));
    }
    let pages = pages(app.reader(), &config, start, end).map_err(read)?;
    Ok(worked(&config, &all, &pages, &period))
}

/// The configurations that were in force in a period, each with its part of it. The first stands also for what was
/// before it: noout may have come later than the schedule that it took over.
fn versions(
    app: &App,
    present: &Config,
    start: Timestamp,
    end: Timestamp,
) -> Result<Vec<(Timestamp, Timestamp, Config)>, StoreError> {
    let documents = app.reader().documents("config", None, None, MAX_VERSIONS)?;
    let mut out = Vec::new();
    let mut until = end;
    let last = documents.len().saturating_sub(1);
    for (place, document) in documents.iter().enumerate() {
        if until <= start {
            break;
        }
        let since = if place == last { start } else { document.at.max(start) };
        if since >= until {
            continue;
        }
        let text = serde_json::from_str::<Kept>(&document.body).map(|kept| kept.text).unwrap_or_default();
        // The newest one is at hand; an old one that this version cannot read any more is stood in for by the present.
        let config = if place == 0 { None } else { parse(&text).ok() };
        out.push((since, until, config.unwrap_or_else(|| present.clone())));
        until = since;
    }
    if documents.is_empty() {
        out.push((start, end, present.clone()));
    }
    Ok(out)
}

/// The pages of the configuration's people in a period.
fn pages(
    reader: &dyn Reader,
    config: &Config,
    start: Timestamp,
    end: Timestamp,
) -> Result<Vec<(PersonId, Timestamp)>, StoreError> {
    let mut out = Vec::new();
    for person in config.people.iter().map(|p| &p.id).collect::<BTreeSet<_>>() {
        let subject = format!("person/{person}");
        let (mut after, mut read) = (0, 0);
        while read < MAX_ROWS {
            let rows = reader.timeline(&subject, after, ROWS)?;
            let Some(last) = rows.last() else { break };
            (after, read) = (last.seq, read + rows.len());
            let paged = rows.iter().filter(|row| row.what == "paged" && start <= row.at && row.at < end);
            out.extend(paged.map(|row| (person.clone(), row.at)));
        }
    }
    Ok(out)
}

//! Who is on call, for the API, the console and calendars alike: what the core does not keep is read together here.

mod feed;
mod letter;
mod report;

use jiff::{SignedDuration, Timestamp};
use noout_calendar::Override;
use noout_core::roster::Time;
use noout_core::{Event, State};
use noout_ingest::{IcalError, away_times};

pub(crate) use feed::{feed_url, router};
pub(crate) use letter::prepare;
pub(crate) use report::report;

/// So many days of a calendar are read: the coverage that is promised, and a year for plans.
const CALENDAR_DAYS: i64 = 400;

/// What was done and is probably not as meant: an override that leaves fewer people than promised. In English, for the
/// API and the command line; the console shows the gap itself.
pub(crate) fn warnings(state: &State, now: Timestamp, events: &[Event]) -> Vec<String> {
    let mut out = Vec::new();
    for event in events {
        let Event::OverrideAdded { over, .. } = event else { continue };
        let Some(schedule) = state.config.schedule(&over.schedule) else { continue };
        out.extend(partly(state, over));
        for gap in state.gaps(schedule, over.start.max(now), over.end).into_iter().take(3) {
            let have: Vec<&str> = gap.have.iter().map(noout_types::PersonId::as_str).collect();
            let who = if have.is_empty() { "nobody is".to_owned() } else { format!("only {} ready", are(&have)) };
            let who = if have.is_empty() { format!("{who} ready") } else { who };
            out.push(format!(
                "{}: {} distinct people are promised, but from {} to {} {who}",
                schedule.id, gap.need, gap.start, gap.end
            ));
        }
    }
    out
}

/// An override that counts only in a part of its time, because whom it replaces is on call only then.
fn partly(state: &State, over: &Override) -> Option<String> {
    let times = replaced_partly(state, over)?;
    let spans: Vec<String> = times.iter().take(3).map(|(from, to)| format!("{from} to {to}")).collect();
    let more = if times.len() > spans.len() { " and later" } else { "" };
    let gone = over.replaces.as_ref()?;
    Some(format!(
        "{}: {gone} is on call only from {}{more}; the rest of it changes nothing",
        over.schedule,
        spans.join(", ")
    ))
}

/// When an override counts, if that is not all of its time.
pub(crate) fn replaced_partly(state: &State, over: &Override) -> Option<Vec<(Timestamp, Timestamp)>> {
    let times = state.replaced_times(over);
    (times != [(over.start, over.end)]).then_some(times)
}

fn are(names: &[&str]) -> String {
    format!("{} {}", names.join(" and "), if names.len() == 1 { "is" } else { "are" })
}

/// What a calendar says of somebody's times away.
#[derive(Debug)]
pub(crate) struct ReadCalendar {
    /// Those that are not over yet.
    pub times: Vec<Time>,
    /// How many events could not be read.
    pub unread: usize,
    /// How many are cancelled or marked as free.
    pub passed_over: usize,
    /// How many last longer than an absence may.
    pub too_long: usize,
}

impl ReadCalendar {
    /// What is worth saying about those that were left out.
    pub(crate) fn notes(&self) -> Vec<String> {
        let all = [
            (self.unread, "could not be read and were left out"),
            (self.passed_over, "are cancelled or marked as free and do not count"),
            (self.too_long, "last longer than 400 days and were left out"),
        ];
        all.into_iter().filter(|(n, _)| *n > 0).map(|(n, words)| format!("{n} events {words}")).collect()
    }
}

/// Reads a person's calendar.
pub(crate) fn read_calendar(text: &str, zone: &str, now: Timestamp) -> Result<ReadCalendar, IcalError> {
    let until = now.checked_add(SignedDuration::from_hours(24 * CALENDAR_DAYS)).unwrap_or(Timestamp::MAX);
    let found = away_times(text, zone, now, until)?;
    let longest = SignedDuration::from_hours(24 * noout_core::roster::MAX_ABSENCE_DAYS);
    let (fits, long): (Vec<_>, Vec<_>) =
        found.times.into_iter().partition(|t| t.end.duration_since(t.start) <= longest);
    let times: Vec<Time> = fits.into_iter().map(|t| Time { start: t.start, end: t.end, reason: t.summary }).collect();
    Ok(ReadCalendar { times, unread: found.unread, passed_over: found.passed_over, too_long: long.len() })
}

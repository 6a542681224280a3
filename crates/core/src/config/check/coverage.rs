//! `[[schedule]]`: N distinct people who can be reached, at every instant of the next 90 days.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use noout_calendar::{Gap, Schedule, ScheduleProblem};
use noout_types::{PersonId, Timestamp};

use super::{COVERAGE_DAYS, Check, listed};
use crate::config::parse::unknown;

/// So many gaps are told of a schedule; they tend to come back each week.
const GAPS_TOLD: usize = 3;

pub(super) fn check(check: &mut Check<'_>) {
    for (i, schedule) in check.config.schedules.iter().enumerate() {
        let at = format!("schedule[{i}]");
        let before = check.errors.len();
        if let Err(errors) = schedule.validate() {
            for error in errors {
                let message = words(check, schedule, &error.problem);
                check.error(&format!("{at}.{}", error.field), message);
            }
        }
        let known = people(check, &at, schedule);
        // Gaps of a schedule that cannot be walked say nothing new, and those of a misspelt name would mislead.
        if check.errors.len() == before && known {
            gaps(check, &at, schedule);
        }
    }
}

fn words(check: &Check<'_>, schedule: &Schedule, problem: &ScheduleProblem) -> String {
    match problem {
        ScheduleProblem::TooFewPeople { need, have: 1 } if check.config.people.len() <= 1 => {
            let one = schedule.people().into_iter().map(PersonId::as_str).next().unwrap_or("nobody");
            format!(
                "coverage is {need} distinct people, but {one} is the only one in the file: add a second [[person]] to the rotations, or write coverage = 1 and nobody stands in for {one}"
            )
        }
        other => other.to_string(),
    }
}

/// Whether everybody in the rotations is in the file.
fn people(check: &mut Check<'_>, at: &str, schedule: &Schedule) -> bool {
    let allowed: Vec<&str> = check.config.people.iter().map(|p| p.id.as_str()).collect();
    let mut all_known = true;
    for (r, rotation) in schedule.rotations.iter().enumerate() {
        for (t, turn) in rotation.people.iter().enumerate() {
            for (p, person) in turn.0.iter().enumerate() {
                if check.config.person(person).is_some() {
                    continue;
                }
                all_known = false;
                let place = format!("{at}.rotation[{r}].people[{t}]");
                let place = if turn.0.len() > 1 { format!("{place}[{p}]") } else { place };
                check.error(&place, unknown("person", "person", person.as_str(), &allowed));
            }
        }
    }
    all_known
}

fn gaps(check: &mut Check<'_>, at: &str, schedule: &Schedule) {
    let config = check.config;
    let until = check.now.checked_add(SignedDuration::from_hours(24 * COVERAGE_DAYS)).unwrap_or(Timestamp::MAX);
    let gaps = schedule.gaps(check.overrides, &config.away(), &|person| config.is_reachable(person), check.now, until);
    if gaps.is_empty() {
        return;
    }
    let zone = TimeZoneDatabase::bundled().get(&schedule.timezone).unwrap_or(TimeZone::UTC);
    let mut told: Vec<String> =
        gaps.iter().take(GAPS_TOLD).map(|gap| sentence(check, schedule, gap, &zone, until)).collect();
    if gaps.len() > GAPS_TOLD {
        told.push(format!("and {} more times", gaps.len() - GAPS_TOLD));
    }
    let message = format!(
        "{} distinct people must be ready at every instant of the next {COVERAGE_DAYS} days, but {} (times of {})",
        schedule.coverage,
        told.join("; "),
        schedule.timezone
    );
    if check.gaps_are_told {
        check.warn(&format!("{at}.coverage"), message);
    } else {
        check.error(&format!("{at}.coverage"), message);
    }
}

fn sentence(check: &Check<'_>, schedule: &Schedule, gap: &Gap, zone: &TimeZone, until: Timestamp) -> String {
    let shown = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    let begin = if gap.start == check.now { "now".to_owned() } else { shown(gap.start) };
    let end = if gap.end == until { "the end".to_owned() } else { shown(gap.end) };
    let have: Vec<&str> = gap.have.iter().map(PersonId::as_str).collect();
    let who = match have.as_slice() {
        [] => "nobody is ready".to_owned(),
        [one] => format!("only {one} is ready"),
        several => format!("only {} are ready", listed(several)),
    };
    let on = schedule.on_call(check.overrides, gap.start);
    let on: BTreeSet<&PersonId> = on.iter().flat_map(|on| &on.people).collect();
    let (mute, rest): (Vec<_>, Vec<_>) = on.into_iter().partition(|person| !check.config.is_reachable(person));
    let away = check.config.away();
    let away =
        |person: &PersonId| away.iter().any(|a| a.person == *person && a.start <= gap.start && gap.start < a.end);
    let absent: Vec<&str> = rest.into_iter().filter(|person| away(person)).map(PersonId::as_str).collect();
    let mute: Vec<&str> = mute.into_iter().map(PersonId::as_str).collect();
    let mut but = Vec::new();
    if !mute.is_empty() {
        but.push(format!("{} on call without a contact that this version can use", are(&mute)));
    }
    if !absent.is_empty() {
        but.push(format!("{} on call and away", are(&absent)));
    }
    let but = if but.is_empty() { String::new() } else { format!(" ({})", but.join("; ")) };
    format!("from {begin} to {end} {who}{but}")
}

fn are(names: &[&str]) -> String {
    format!("{} {}", listed(names), if names.len() == 1 { "is" } else { "are" })
}

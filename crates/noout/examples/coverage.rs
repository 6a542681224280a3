//! How long the question takes whether enough people are on call for 90 days: a team of fourteen in three zones, four
//! rotations, fifty overrides, sixty absences. Prints the median of many runs.
//!
//! `cargo run --release --example coverage`

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use noout_calendar::{Absence, COVERAGE_DAYS, Override};
use noout_core::config::parse;

/// Runs whose median is printed.
const RUNS: usize = 50;

fn main() {
    let text = include_str!("../../../bench/coverage/team.toml");
    let config = parse(text).unwrap_or_else(|problems| panic!("{problems:?}"));
    let schedule = &config.schedules[0];
    let now: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap_or(Timestamp::UNIX_EPOCH);
    let hours = |n: i64| now.checked_add(SignedDuration::from_hours(n)).unwrap_or(now);
    let people: Vec<_> = config.people.iter().map(|p| p.id.clone()).collect();
    let pick = |n: usize| people[n * 5 % people.len()].clone();
    let overrides: Vec<Override> = (0..50)
        .map(|n| Override {
            id: n as u64 + 1,
            schedule: schedule.id.clone(),
            rotation: Some(schedule.rotations[n % 4].name.clone()),
            replaces: None,
            person: pick(n),
            start: hours(n as i64 * 41),
            end: hours(n as i64 * 41 + 12),
        })
        .collect();
    let absences: Vec<Absence> = (0..60)
        .map(|n| Absence { person: pick(n), start: hours(n as i64 * 35), end: hours(n as i64 * 35 + 48) })
        .collect();
    let to = hours(24 * i64::from(COVERAGE_DAYS));
    let mut times = Vec::new();
    let mut gaps = 0;
    for _ in 0..RUNS {
        let begun = Instant::now();
        gaps = schedule.gaps(&overrides, &absences, &|id| config.is_reachable(id), now, to).len();
        times.push(begun.elapsed());
    }
    times.sort();
    let (median, worst) = (times[RUNS / 2], times[RUNS - 1]);
    println!("{COVERAGE_DAYS} days, {} people, {} rotations: {gaps} gaps", people.len(), schedule.rotations.len());
    println!("median {:.2} ms, worst of {RUNS} {:.2} ms", median.as_secs_f64() * 1e3, worst.as_secs_f64() * 1e3);
}

//! Who is on call here against who is on call there.

use std::collections::BTreeSet;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};

use super::draft::Claim;

/// So much of what the export says is compared: the promise of the report.
const DAYS: i64 = 30;

/// So many differences of a schedule are told; one wrong boundary makes one each week.
const TOLD: usize = 3;

/// Where a schedule differs from the export's own list of shifts, in one sentence; `None` if nowhere.
pub(super) fn differences(schedule: &noout_calendar::Schedule, claims: &[Claim]) -> Option<String> {
    let from = claims.iter().map(|claim| claim.start).min()?;
    let last = claims.iter().map(|claim| claim.end).max()?;
    let to = last.min(from.checked_add(SignedDuration::from_hours(24 * DAYS)).unwrap_or(last));
    let shifts = schedule.shifts(&[], from, to);
    let mut cuts: Vec<Timestamp> = claims.iter().flat_map(|claim| [claim.start, claim.end]).collect();
    cuts.extend(shifts.iter().flat_map(|shift| [shift.start, shift.end]));
    cuts.retain(|cut| from <= *cut && *cut < to);
    cuts.push(to);
    cuts.sort_unstable();
    cuts.dedup();

    let mut found: Vec<Difference> = Vec::new();
    for pair in cuts.windows(2) {
        let [start, end] = *pair else { continue };
        let theirs: BTreeSet<&str> =
            claims.iter().filter(|c| c.start <= start && start < c.end).map(|c| c.person.as_str()).collect();
        let ours: BTreeSet<&str> = (shifts.iter())
            .filter(|s| s.start <= start && start < s.end)
            .flat_map(|s| s.people.iter().map(|person| person.as_str()))
            .collect();
        if theirs == ours {
            continue;
        }
        match found.last_mut() {
            Some(last) if last.end == start && last.theirs == theirs && last.ours == ours => last.end = end,
            _ => found.push(Difference { start, end, theirs, ours }),
        }
    }
    if found.is_empty() {
        return None;
    }
    let zone = TimeZoneDatabase::bundled().get(&schedule.timezone).unwrap_or(TimeZone::UTC);
    let mut told: Vec<String> = found.iter().take(TOLD).map(|difference| difference.told(&zone)).collect();
    if found.len() > TOLD {
        told.push(format!("and {} more times", found.len() - TOLD));
    }
    Some(format!("{} (times of {})", told.join("; "), schedule.timezone))
}

struct Difference<'a> {
    start: Timestamp,
    end: Timestamp,
    theirs: BTreeSet<&'a str>,
    ours: BTreeSet<&'a str>,
}

impl Difference<'_> {
    fn told(&self, zone: &TimeZone) -> String {
        let at = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
        let who = |people: &BTreeSet<&str>| {
            let names: Vec<&str> = people.iter().copied().collect();
            if names.is_empty() { "nobody".to_owned() } else { names.join(" and ") }
        };
        format!("from {} to {} it was {}, here {}", at(self.start), at(self.end), who(&self.theirs), who(&self.ours))
    }
}

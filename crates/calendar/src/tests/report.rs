//! Hours by the wall clock of whoever worked them.

use jiff::civil::Date;

use super::at;
use crate::{DayHours, day_hours, is_night};

const HOUR: u64 = 3600;

fn hours(zone: &str, times: &[(&str, &str)]) -> Vec<(String, [u64; 4])> {
    let christmas = |day: Date| day.month() == 12 && day.day() == 25;
    let times: Vec<_> = times.iter().map(|(from, to)| (at(zone, from), at(zone, to))).collect();
    let days = day_hours(&times, zone, &christmas);
    days.into_iter()
        .map(|(day, DayHours { on, night, weekend, holiday })| {
            assert!(night <= on && weekend <= on && holiday <= on);
            (day.to_string(), [on, night, weekend, holiday].map(|seconds| seconds / HOUR))
        })
        .collect()
}

fn days<const N: usize>(days: [(&str, [u64; 4]); N]) -> Vec<(String, [u64; 4])> {
    days.map(|(day, hours)| (day.to_owned(), hours)).into()
}

#[test]
fn a_shift_is_split_by_day_and_night() {
    // Friday 18:00 to Saturday 10:00.
    let want = days([("2026-01-09", [6, 2, 0, 0]), ("2026-01-10", [10, 6, 10, 0])]);
    assert_eq!(hours("Europe/Madrid", &[("2026-01-09T18:00", "2026-01-10T10:00")]), want);
}

#[test]
fn the_hours_that_really_passed_are_counted_through_changes_of_the_clocks() {
    let spring = hours("Europe/Madrid", &[("2026-03-29T00:00", "2026-03-30T00:00")]);
    assert_eq!(spring, days([("2026-03-29", [23, 7, 23, 0])]));
    let autumn = hours("Europe/Madrid", &[("2026-10-25T00:00", "2026-10-26T00:00")]);
    assert_eq!(autumn, days([("2026-10-25", [25, 9, 25, 0])]));
    // The whole of Friday the 30th was skipped in Apia.
    let apia = hours("Pacific/Apia", &[("2011-12-29T00:00", "2012-01-01T00:00")]);
    assert_eq!(apia, days([("2011-12-29", [24, 8, 0, 0]), ("2011-12-31", [24, 8, 24, 0])]));
}

#[test]
fn a_holiday_counts_also_on_a_working_day() {
    let friday = hours("UTC", &[("2026-12-25T08:00", "2026-12-25T20:00")]);
    assert_eq!(friday, days([("2026-12-25", [12, 0, 0, 12])]));
}

#[test]
fn two_duties_at_once_are_one() {
    let both = hours(
        "UTC",
        &[
            ("2026-01-07T08:00", "2026-01-07T20:00"),
            ("2026-01-07T10:00", "2026-01-07T22:00"),
            ("2026-01-07T09:00", "2026-01-07T09:00"),
        ],
    );
    assert_eq!(both, days([("2026-01-07", [14, 0, 0, 0])]));
}

#[test]
fn the_night_is_the_persons_own() {
    let at = at("Europe/Madrid", "2026-01-07T03:00");
    assert!(is_night("Europe/Madrid", at));
    assert!(!is_night("Asia/Tokyo", at), "eleven in the morning");
    assert!(is_night("UTC", super::at("UTC", "2026-01-07T22:00")));
    assert!(!is_night("UTC", super::at("UTC", "2026-01-07T06:00")));
}

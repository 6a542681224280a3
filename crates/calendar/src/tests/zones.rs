//! Every zone of the database, across both changes of its clock, for rotations of each kind.

use std::collections::BTreeSet;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::properties::{changes, hours, plus, schedule_of, zones};
use super::reference::Scan;
use super::{at, person, zone};
use crate::turns::Turns;
use crate::{Rotation, Turn, Unit, Weekday};

/// Days looked at around a change.
const AROUND: i64 = 3;

/// Rotations of each kind, beginning some days before a change of the clock: at a time that this change skips or repeats
/// in most zones.
fn kinds(name: &str, zone: &TimeZone, change: Timestamp) -> Vec<Rotation> {
    let day = zone.to_datetime(plus(change, hours(-24 * (AROUND + 1)))).date();
    let rotation = |unit, every, time: (i8, i8), hours: Option<&str>, weekdays: &[Weekday]| Rotation {
        name: "r".to_owned(),
        people: ["ana", "bo", "cy"].map(|id| Turn(vec![person(id)])).into(),
        unit,
        every,
        start: day.to_datetime(Time::new(time.0, time.1, 0, 0).expect("a time")),
        weekdays: weekdays.to_vec(),
        hours: hours.map(|text| text.parse().expect("hours")),
        timezone: Some(name.to_owned()),
        layer: 0,
    };
    use Weekday::{Fr, Mo, Sa, Su, Th};
    vec![
        rotation(Unit::Hour, 1, (0, 0), None, &[]),
        rotation(Unit::Hour, 24, (1, 30), None, &[]),
        rotation(Unit::Day, 1, (2, 30), None, &[]),
        rotation(Unit::Day, 1, (0, 0), Some("20:00-02:30"), &[]),
        rotation(Unit::Day, 1, (9, 0), Some("16:00-24:00"), &[Mo, Th, Fr, Sa, Su]),
        rotation(Unit::Week, 1, (2, 15), Some("02:00-03:00"), &[]),
        rotation(Unit::Month, 1, (0, 30), None, &[]),
    ]
}

/// What must hold for one rotation around a change, against the model that counts.
fn check(rotation: &Rotation, zone: &TimeZone, change: Timestamp) {
    let turns = Turns::new(rotation, "UTC").expect("a valid rotation");
    for turn in 0..40 {
        assert!(turns.boundary(turn) <= turns.boundary(turn + 1), "{rotation:?}: turn {turn}");
    }
    let start = turns.boundary(0).expect("in the calendar");
    let end = plus(change, hours(24 * AROUND));
    let shifts = schedule_of(rotation).shifts(&[], start, end);
    for pair in shifts.windows(2) {
        assert!(pair[0].end <= pair[1].start, "{rotation:?}: {pair:?} overlap");
        let whole_day = rotation.hours.is_none() && rotation.weekdays.is_empty();
        assert!(!whole_day || pair[0].end == pair[1].start, "{rotation:?}: nobody between {pair:?}");
    }
    let mut scan = Scan::new(rotation, zone.clone(), start);
    let quarter = SignedDuration::from_mins(15);
    let mut now = start;
    while now < end {
        scan.sees(now);
        let want = scan.on_duty().then(|| rotation.people[scan.turns() % rotation.people.len()].0[0].clone());
        let found = shifts.iter().find(|s| s.start <= now && now < s.end).map(|s| s.people[0].clone());
        assert_eq!(found, want, "{rotation:?} at {now} ({})", scan.shown());
        now = plus(now, quarter);
    }
}

/// The changes of a year in which a zone's clock changes twice, or the last ones that it ever made.
fn both(name: &str) -> Vec<Timestamp> {
    let all = changes(&zone(name));
    let of_2026: Vec<_> = all.iter().copied().filter(|at| at.to_string().starts_with("2026")).collect();
    if of_2026.len() >= 2 { of_2026 } else { all.into_iter().rev().take(2).collect() }
}

#[test]
fn every_zone_across_both_changes_agrees_with_counting() {
    let mut seen = BTreeSet::new();
    let mut looked_at = 0;
    for name in zones() {
        let zone = zone(&name);
        for change in both(&name) {
            looked_at += 1;
            // Zones whose clocks change alike, from the same to the same, have the same answers.
            let offset = |at| zone.to_offset(at).seconds();
            if seen.insert((change, offset(plus(change, hours(-1))), offset(change))) {
                kinds(&name, &zone, change).iter().for_each(|rotation| check(rotation, &zone, change));
            }
        }
    }
    assert!(looked_at > 600 && seen.len() > 100, "{looked_at} changes, {} different ones", seen.len());
}

#[test]
fn lord_howe_and_apia_agree_with_counting() {
    for (name, civil) in [
        ("Australia/Lord_Howe", "2026-04-05T02:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:00"),
        ("Pacific/Apia", "2011-12-30T00:00"),
        ("Pacific/Apia", "2020-09-27T03:00"),
        ("Pacific/Apia", "2021-04-04T04:00"),
    ] {
        let (zone, near) = (zone(name), at(name, civil));
        let change = changes(&zone).into_iter().min_by_key(|c| c.duration_since(near).abs()).expect("a change");
        assert!(change.duration_since(near).abs() <= hours(2), "{name} changes its clock at {civil}, found {change}");
        kinds(name, &zone, change).iter().for_each(|rotation| check(rotation, &zone, change));
    }
}

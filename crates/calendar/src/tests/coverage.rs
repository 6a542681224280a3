//! Gaps: fewer distinct people ready than promised.

use jiff::{SignedDuration, Timestamp};
use noout_types::PersonId;

use super::{at, names, one, person, schedule};
use crate::clock::work::lookups;
use crate::{Absence, Gap, Override, Schedule};

fn all(_: &PersonId) -> bool {
    true
}

fn away(who: &str, from: &str, to: &str) -> Absence {
    Absence { person: person(who), start: at("UTC", from), end: at("UTC", to) }
}

fn lines(gaps: &[Gap]) -> Vec<String> {
    gaps.iter().map(|g| format!("{} {} {}<{}", g.start, g.end, names(&g.have), g.need)).collect()
}

/// Five people in the primary, four in the secondary: both in step at first, but the lists have different lengths.
fn drifting() -> Schedule {
    schedule(
        "id = 'ops'\ntimezone = 'UTC'\n\
         [[rotation]]\nname = 'primary'\npeople = ['ana', 'bo', 'cy', 'di', 'eva']\nstart = '2026-01-05T09:00'\n\
         [[rotation]]\nname = 'secondary'\npeople = ['bo', 'cy', 'di', 'ana']\nstart = '2026-01-05T09:00'\n",
    )
}

#[test]
fn two_rotations_of_five_and_four_drift_onto_one_person() {
    let ninety_days =
        |from| (at("UTC", from), at("UTC", from).checked_add(SignedDuration::from_hours(24 * 90)).expect("in range"));
    let (from, to) = ninety_days("2026-01-05T09:00");
    assert_eq!(drifting().gaps(&[], &[], &all, from, to), [], "all looks well when the schedule is written");
    let (from, to) = ninety_days("2026-03-01T00:00");
    assert_eq!(
        lines(&drifting().gaps(&[], &[], &all, from, to)),
        [
            "2026-04-20T09:00:00Z 2026-04-27T09:00:00Z ana<2",
            "2026-04-27T09:00:00Z 2026-05-04T09:00:00Z bo<2",
            "2026-05-04T09:00:00Z 2026-05-11T09:00:00Z cy<2",
            "2026-05-11T09:00:00Z 2026-05-18T09:00:00Z di<2",
        ],
        "four weeks of the same person in both come into sight seven weeks ahead"
    );
    // One override mends a week.
    let mend = Override {
        id: 1,
        schedule: drifting().id,
        rotation: Some("secondary".to_owned()),
        replaces: Some(person("ana")),
        person: person("eva"),
        start: at("UTC", "2026-04-20T09:00"),
        end: at("UTC", "2026-04-27T09:00"),
    };
    assert_eq!(drifting().gaps(&[mend], &[], &all, from, to).len(), 3);
}

#[test]
fn an_absence_is_a_gap_only_while_the_person_is_on() {
    let (from, to) = (at("UTC", "2026-01-05T09:00"), at("UTC", "2026-02-01T09:00"));
    // Bo is secondary in the first week and primary in the second.
    let holiday =
        [away("bo", "2026-01-10T00:00", "2026-01-14T00:00"), away("eva", "2026-01-05T00:00", "2026-01-12T00:00")];
    assert_eq!(
        lines(&drifting().gaps(&[], &holiday, &all, from, to)),
        ["2026-01-10T00:00:00Z 2026-01-12T09:00:00Z ana<2", "2026-01-12T09:00:00Z 2026-01-14T00:00:00Z cy<2"]
    );
}

#[test]
fn overlapping_absences_are_one_gap() {
    let (from, to) = (at("UTC", "2026-01-05T09:00"), at("UTC", "2026-01-12T09:00"));
    let holiday = [
        away("bo", "2026-01-06T00:00", "2026-01-08T00:00"),
        away("bo", "2026-01-07T00:00", "2026-01-09T00:00"),
        away("bo", "2026-01-09T00:00", "2026-01-10T00:00"),
    ];
    assert_eq!(
        lines(&drifting().gaps(&[], &holiday, &all, from, to)),
        ["2026-01-06T00:00:00Z 2026-01-10T00:00:00Z ana<2"]
    );
}

#[test]
fn who_cannot_be_reached_does_not_count() {
    let (from, to) = (at("UTC", "2026-01-05T09:00"), at("UTC", "2026-01-19T09:00"));
    let gaps = drifting().gaps(&[], &[], &|who| who.as_str() != "ana", from, to);
    assert_eq!(lines(&gaps), ["2026-01-05T09:00:00Z 2026-01-12T09:00:00Z bo<2"]);
}

#[test]
fn one_person_in_two_rotations_is_one_person() {
    let same = schedule(
        "id = 'ops'\ntimezone = 'UTC'\n\
         [[rotation]]\nname = 'primary'\npeople = ['ana', 'bo']\nstart = '2026-01-05T09:00'\n\
         [[rotation]]\nname = 'secondary'\npeople = ['ana', 'bo']\nstart = '2026-01-05T09:00'\n",
    );
    let (from, to) = (at("UTC", "2026-01-05T09:00"), at("UTC", "2026-04-05T09:00"));
    let gaps = same.gaps(&[], &[], &all, from, to);
    assert_eq!(gaps.iter().map(|g| g.end.duration_since(g.start)).sum::<SignedDuration>(), to.duration_since(from));
    assert!(gaps.iter().all(|g| g.have.len() == 1 && g.need == 2));
}

#[test]
fn where_nobody_is_on_is_a_gap_before_the_start_and_between_hours() {
    let days = one("UTC", "people = ['ana']\nunit = 'day'\nstart = '2026-01-05T00:00'\nhours = '08:00-20:00'");
    let gaps = days.gaps(&[], &[], &all, at("UTC", "2026-01-04T00:00"), at("UTC", "2026-01-06T12:00"));
    assert_eq!(
        lines(&gaps),
        ["2026-01-04T00:00:00Z 2026-01-05T08:00:00Z <1", "2026-01-05T20:00:00Z 2026-01-06T08:00:00Z <1"]
    );
    assert_eq!(days.gaps(&[], &[], &all, at("UTC", "2026-01-06T00:00"), at("UTC", "2026-01-05T00:00")), []);
}

/// Fourteen people in three zones and four rotations, with overrides and absences.
fn team() -> (Schedule, Vec<Override>, Vec<Absence>) {
    let schedule = schedule(
        "id = 'ops'\ntimezone = 'Europe/Madrid'\n\
         [[rotation]]\nname = 'europe'\npeople = ['p0', 'p1', 'p2', 'p3', 'p4']\nunit = 'day'\nstart = '2015-01-05T00:00'\nhours = '08:00-20:00'\n\
         [[rotation]]\nname = 'america'\npeople = ['p5', 'p6', 'p7', ['p8', 'p9']]\nunit = 'hour'\nstart = '2015-01-05T00:00'\ntimezone = 'America/New_York'\n\
         [[rotation]]\nname = 'pacific'\npeople = ['p10', 'p11']\nunit = 'day'\nstart = '2015-01-05T09:00'\ntimezone = 'Pacific/Auckland'\nweekdays = ['mo', 'tu', 'we', 'th', 'fr']\n\
         [[rotation]]\nname = 'backup'\npeople = ['p12', 'p13', 'p0']\nstart = '2015-01-05T09:00'\n",
    );
    let from = at("UTC", "2026-01-05T00:00");
    let day = |n: i64, hours: i64| from.checked_add(SignedDuration::from_hours(24 * n + hours)).expect("in range");
    let overrides = (0..60_u32)
        .map(|i| Override {
            id: u64::from(i),
            schedule: schedule.id.clone(),
            rotation: (i % 3 == 0).then(|| "backup".to_owned()),
            replaces: (i % 2 == 0).then(|| person(&format!("p{}", i % 14))),
            person: person(&format!("p{}", (i + 5) % 14)),
            start: day(i64::from(i), 3),
            end: day(i64::from(i) + 2, 5),
        })
        .collect();
    let absences = (0..100_u32)
        .map(|i| Absence {
            person: person(&format!("p{}", i % 14)),
            start: day(i64::from(i), 7),
            end: day(i64::from(i) + 3, 0),
        })
        .collect();
    (schedule, overrides, absences)
}

#[test]
fn ninety_days_of_a_team_cost_a_few_lookups_for_each_change() {
    let (schedule, overrides, absences) = team();
    let from = at("UTC", "2026-01-05T00:00");
    let to = from.checked_add(SignedDuration::from_hours(24 * 90)).expect("in range");
    let (lookups, gaps) = lookups(|| schedule.gaps(&overrides, &absences, &all, from, to));
    assert!(!gaps.is_empty(), "an override of all rotations leaves one person");
    // 2 160 hourly turns, 90 days of hours, 65 of weekdays, 13 weeks, each followed by a stretch off duty where there is one.
    assert!((2_160..12_000).contains(&lookups), "{lookups} look-ups");
}

#[test]
fn a_question_of_now_does_not_depend_on_how_long_ago_the_start_was() {
    let (schedule, overrides, _) = team();
    for year in ["2015-06-01T00:00", "2026-06-01T00:00", "2190-06-01T00:00"] {
        let mut at = at("UTC", year);
        for _ in 0..100 {
            let (for_now, now) = lookups(|| schedule.on_call(&overrides, at));
            assert!(!now.is_empty());
            let (for_next, next) = lookups(|| schedule.next_change(&overrides, at));
            at = next.expect("hourly turns");
            assert!(for_now.max(for_next) <= 120, "{at}: {for_now} and {for_next} look-ups for four rotations");
        }
    }
}

#[test]
fn answers_are_bounded_at_the_ends_of_time() {
    let (schedule, overrides, absences) = team();
    let shifts = schedule.shifts(&overrides, at("UTC", "2026-01-05T00:00"), Timestamp::MAX);
    let days = shifts.last().expect("shifts").start.duration_since(at("UTC", "2026-01-05T00:00")).as_hours() / 24;
    assert!(days < crate::HORIZON_DAYS && shifts.len() <= crate::MAX_SHIFTS, "{days} days, {} shifts", shifts.len());
    for (from, to) in
        [(Timestamp::MIN, Timestamp::MAX), (Timestamp::MAX, Timestamp::MAX), (Timestamp::MAX, Timestamp::MIN)]
    {
        assert_eq!(schedule.shifts(&overrides, from, to), []);
        let gaps = schedule.gaps(&overrides, &absences, &all, from, to);
        assert!(gaps.len() <= 1, "nobody is on before the start: {gaps:?}");
        let _ = schedule.on_call(&overrides, from);
        let _ = schedule.next_change(&overrides, to);
    }
    let late = Timestamp::MAX.checked_sub(SignedDuration::from_hours(24 * 30)).expect("in range");
    assert!(!schedule.shifts(&[], late, Timestamp::MAX).is_empty(), "the last month of the calendar");
}

//! Somebody stands in for somebody.

use expect_test::expect;
use noout_types::ScheduleId;

use super::{at, on, person, schedule, shown};
use crate::{Override, OverrideError, Schedule};

fn two() -> Schedule {
    schedule(
        "id = 'ops'\ntimezone = 'UTC'\n\
         [[rotation]]\nname = 'primary'\npeople = ['ana', 'bo']\nunit = 'day'\nstart = '2026-01-05T00:00'\n\
         [[rotation]]\nname = 'secondary'\npeople = [['cy', 'di'], 'ana']\nunit = 'day'\nstart = '2026-01-05T00:00'\nhours = '08:00-20:00'\n",
    )
}

fn cover(id: u64, rotation: Option<&str>, replaces: Option<&str>, who: &str, from: &str, to: &str) -> Override {
    Override {
        id,
        schedule: ScheduleId::new("ops").expect("an id"),
        rotation: rotation.map(str::to_owned),
        replaces: replaces.map(person),
        person: person(who),
        start: at("UTC", from),
        end: at("UTC", to),
    }
}

#[test]
fn override_replaces_a_person_where_that_person_stands() {
    let o = [cover(1, None, Some("ana"), "eva", "2026-01-05T12:00", "2026-01-06T12:00")];
    expect![[r#"
        Mon 05 Jan 00:00+00:00 → Mon 05 Jan 12:00+00:00    12h primary ana
        Mon 05 Jan 08:00+00:00 → Mon 05 Jan 20:00+00:00    12h secondary cy+di
        Mon 05 Jan 12:00+00:00 → Tue 06 Jan 00:00+00:00    12h primary eva
        Tue 06 Jan 00:00+00:00 → Wed 07 Jan 00:00+00:00    24h primary bo
        Tue 06 Jan 08:00+00:00 → Tue 06 Jan 12:00+00:00     4h secondary eva
        Tue 06 Jan 12:00+00:00 → Tue 06 Jan 20:00+00:00     8h secondary ana
    "#]]
    .assert_eq(&shown(&two(), &o, "2026-01-05T00:00", "2026-01-07T00:00"));
}

#[test]
fn override_of_one_of_two_keeps_the_other() {
    let o = [cover(1, Some("secondary"), Some("di"), "eva", "2026-01-05T00:00", "2026-01-06T00:00")];
    assert_eq!(on(&two(), &o, at("UTC", "2026-01-05T09:00")), "ana cy+eva");
    let twice = [cover(1, Some("secondary"), Some("di"), "cy", "2026-01-05T00:00", "2026-01-06T00:00")];
    assert_eq!(on(&two(), &twice, at("UTC", "2026-01-05T09:00")), "ana cy", "nobody stands twice");
}

#[test]
fn override_of_a_rotation_also_fills_where_nobody_is_on_duty() {
    let o = [cover(1, Some("secondary"), None, "eva", "2026-01-05T18:00", "2026-01-05T22:00")];
    expect![[r#"
        Mon 05 Jan 00:00+00:00 → Tue 06 Jan 00:00+00:00    24h primary ana
        Mon 05 Jan 08:00+00:00 → Mon 05 Jan 18:00+00:00    10h secondary cy+di
        Mon 05 Jan 18:00+00:00 → Mon 05 Jan 22:00+00:00     4h secondary eva
    "#]]
    .assert_eq(&shown(&two(), &o, "2026-01-05T00:00", "2026-01-06T00:00"));
}

#[test]
fn the_newest_override_has_the_last_word() {
    let week = cover(1, Some("primary"), Some("ana"), "eva", "2026-01-05T00:00", "2026-01-12T00:00");
    let by_scheduled = cover(2, Some("primary"), Some("ana"), "fay", "2026-01-05T10:00", "2026-01-05T12:00");
    let by_present = cover(2, Some("primary"), Some("eva"), "fay", "2026-01-05T10:00", "2026-01-05T12:00");
    for second in [by_scheduled, by_present] {
        // The order in the list means nothing, the id does.
        let o = [second, week.clone()];
        assert_eq!(on(&two(), &o, at("UTC", "2026-01-05T09:00")), "eva cy+di");
        assert_eq!(on(&two(), &o, at("UTC", "2026-01-05T11:00")), "fay cy+di");
        assert_eq!(on(&two(), &o, at("UTC", "2026-01-05T12:00")), "eva cy+di");
    }
}

#[test]
fn the_running_shift_ends_with_the_override_that_begins() {
    let o = [cover(1, Some("primary"), None, "eva", "2026-01-05T10:00", "2026-01-05T12:00")];
    let nine = at("UTC", "2026-01-05T09:00");
    assert_eq!(two().on_call(&o, nine)[0].until, at("UTC", "2026-01-05T10:00"));
    assert_eq!(two().next_change(&o, nine), Some(at("UTC", "2026-01-05T10:00")));
    assert_eq!(two().next_change(&o, at("UTC", "2026-01-05T10:00")), Some(at("UTC", "2026-01-05T12:00")));
}

#[test]
fn an_override_by_the_same_person_changes_nothing() {
    let o = [cover(1, Some("primary"), Some("ana"), "ana", "2026-01-05T10:00", "2026-01-05T12:00")];
    let (from, to) = (at("UTC", "2026-01-05T00:00"), at("UTC", "2026-01-06T00:00"));
    assert_eq!(two().shifts(&o, from, to), two().shifts(&[], from, to), "the shift stays in one piece");
}

#[test]
fn overrides_of_other_schedules_and_empty_ones_are_ignored() {
    let mut other = cover(1, Some("primary"), None, "eva", "2026-01-05T00:00", "2026-01-12T00:00");
    other.schedule = ScheduleId::new("db").expect("an id");
    let backwards = cover(2, Some("primary"), None, "fay", "2026-01-12T00:00", "2026-01-05T00:00");
    assert_eq!(on(&two(), &[other, backwards], at("UTC", "2026-01-05T09:00")), "ana cy+di");
}

#[test]
fn an_override_that_does_not_fit_says_why() {
    let fits = cover(1, None, Some("ana"), "eva", "2026-01-05T00:00", "2026-01-06T00:00");
    assert_eq!(fits.validate(&two()), Ok(()));
    let unknown = cover(1, Some("tertiary"), None, "eva", "2026-01-05T00:00", "2026-01-06T00:00");
    expect!["there is no rotation \"tertiary\": allowed are primary, secondary"]
        .assert_eq(&unknown.validate(&two()).expect_err("no such rotation").to_string());
    let all = cover(1, None, None, "eva", "2026-01-05T00:00", "2026-01-06T00:00");
    expect!["say which rotation, or who is replaced: else eva would stand alone in all 2 rotations"]
        .assert_eq(&all.validate(&two()).expect_err("one person everywhere").to_string());
    let empty = cover(1, Some("primary"), None, "eva", "2026-01-06T00:00", "2026-01-06T00:00");
    assert!(matches!(empty.validate(&two()), Err(OverrideError::Empty { .. })));
}

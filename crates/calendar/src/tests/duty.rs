//! Weekdays and hours.

use expect_test::expect;

use super::{at, on, one, schedule, shown};

#[test]
fn hours_over_midnight_belong_to_the_day_on_which_they_begin() {
    // Turns pass at midnight by `start`, yet who begins the night ends it.
    let nights = one(
        "Europe/Madrid",
        "people = ['ana', 'bo']\nunit = 'day'\nstart = '2026-01-05T00:00'\nhours = '20:00-08:00'\nweekdays = ['mo', 'tu', 'fr']",
    );
    expect![[r#"
        Mon 05 Jan 20:00+01:00 → Tue 06 Jan 08:00+01:00    12h primary ana
        Tue 06 Jan 20:00+01:00 → Wed 07 Jan 08:00+01:00    12h primary bo
        Fri 09 Jan 20:00+01:00 → Sat 10 Jan 08:00+01:00    12h primary ana
        Mon 12 Jan 20:00+01:00 → Tue 13 Jan 08:00+01:00    12h primary bo
    "#]]
    .assert_eq(&shown(&nights, &[], "2026-01-05T00:00", "2026-01-13T12:00"));
}

#[test]
fn sunday_night_stays_with_whoever_had_the_week() {
    let nights = one("UTC", "people = ['ana', 'bo']\nstart = '2026-01-05T00:00'\nhours = '20:00-08:00'");
    expect![[r#"
        Sun 11 Jan 20:00+00:00 → Mon 12 Jan 08:00+00:00    12h primary ana
        Mon 12 Jan 20:00+00:00 → Tue 13 Jan 08:00+00:00    12h primary bo
    "#]]
    .assert_eq(&shown(&nights, &[], "2026-01-11T12:00", "2026-01-13T12:00"));
}

#[test]
fn a_start_within_the_hours_begins_at_once() {
    let nights = one("UTC", "people = ['ana', 'bo']\nunit = 'day'\nstart = '2026-01-05T00:00'\nhours = '20:00-08:00'");
    assert_eq!(on(&nights, &[], at("UTC", "2026-01-05T03:00")), "ana", "rather overlap than gap");
    assert_eq!(on(&nights, &[], at("UTC", "2026-01-05T12:00")), "");
    assert_eq!(on(&nights, &[], at("UTC", "2026-01-05T21:00")), "ana", "the first night of her turn");
    assert_eq!(on(&nights, &[], at("UTC", "2026-01-06T21:00")), "bo");
}

#[test]
fn a_handover_within_the_hours_passes_there() {
    let days = one("UTC", "people = ['ana', 'bo']\nstart = '2026-01-05T09:00'\nhours = '08:00-18:00'");
    expect![[r#"
        Sun 11 Jan 08:00+00:00 → Sun 11 Jan 18:00+00:00    10h primary ana
        Mon 12 Jan 08:00+00:00 → Mon 12 Jan 09:00+00:00     1h primary ana
        Mon 12 Jan 09:00+00:00 → Mon 12 Jan 18:00+00:00     9h primary bo
    "#]]
    .assert_eq(&shown(&days, &[], "2026-01-11T00:00", "2026-01-13T00:00"));
}

#[test]
fn weekdays_turns_count_worked_days_only() {
    // Three people on five days: nobody's turn falls on a weekend, and Friday's goes to Saturday morning.
    let days = one(
        "Europe/Madrid",
        "people = ['ana', 'bo', 'cy']\nunit = 'day'\nstart = '2026-01-05T09:00'\nweekdays = ['mo', 'tu', 'we', 'th', 'fr']",
    );
    expect![[r#"
        Thu 08 Jan 09:00+01:00 → Fri 09 Jan 09:00+01:00    24h primary ana
        Fri 09 Jan 09:00+01:00 → Sat 10 Jan 09:00+01:00    24h primary bo
        Mon 12 Jan 09:00+01:00 → Tue 13 Jan 09:00+01:00    24h primary cy
        Tue 13 Jan 09:00+01:00 → Wed 14 Jan 09:00+01:00    24h primary ana
    "#]]
    .assert_eq(&shown(&days, &[], "2026-01-08T09:00", "2026-01-14T09:00"));
}

#[test]
fn a_turn_of_several_worked_days_goes_over_the_weekend() {
    let days = one(
        "UTC",
        "people = ['ana', 'bo']\nunit = 'day'\nevery = 2\nstart = '2026-01-07T00:00'\nweekdays = ['mo', 'we', 'fr']",
    );
    expect![[r#"
        Wed 07 Jan 00:00+00:00 → Thu 08 Jan 00:00+00:00    24h primary ana
        Fri 09 Jan 00:00+00:00 → Sat 10 Jan 00:00+00:00    24h primary ana
        Mon 12 Jan 00:00+00:00 → Tue 13 Jan 00:00+00:00    24h primary bo
        Wed 14 Jan 00:00+00:00 → Thu 15 Jan 00:00+00:00    24h primary bo
        Fri 16 Jan 00:00+00:00 → Sat 17 Jan 00:00+00:00    24h primary ana
    "#]]
    .assert_eq(&shown(&days, &[], "2026-01-05T00:00", "2026-01-17T00:00"));
}

#[test]
fn a_start_on_a_day_off_waits_for_the_first_worked_day() {
    let days = one(
        "UTC",
        "people = ['ana', 'bo']\nunit = 'day'\nstart = '2026-01-03T09:00'\nweekdays = ['mo', 'tu']\nhours = '09:00-17:00'",
    );
    expect![[r#"
        Mon 05 Jan 09:00+00:00 → Mon 05 Jan 17:00+00:00     8h primary ana
        Tue 06 Jan 09:00+00:00 → Tue 06 Jan 17:00+00:00     8h primary bo
        Mon 12 Jan 09:00+00:00 → Mon 12 Jan 17:00+00:00     8h primary ana
    "#]]
    .assert_eq(&shown(&days, &[], "2026-01-01T00:00", "2026-01-13T00:00"));
}

#[test]
fn weekdays_of_a_weekly_turn_hide_days_but_do_not_stretch_it() {
    let split = schedule(
        "id = 'ops'\ntimezone = 'Europe/Madrid'\ncoverage = 1\n\
         [[rotation]]\nname = 'week'\npeople = ['ana', 'bo']\nstart = '2026-01-05T09:00'\nweekdays = ['mo', 'tu', 'we', 'th', 'fr']\n\
         [[rotation]]\nname = 'weekend'\npeople = ['cy', 'di']\nstart = '2026-01-05T09:00'\nweekdays = ['sa', 'su']\n",
    );
    expect![[r#"
        Mon 05 Jan 09:00+01:00 → Sat 10 Jan 09:00+01:00   120h week ana
        Sat 10 Jan 09:00+01:00 → Mon 12 Jan 09:00+01:00    48h weekend cy
        Mon 12 Jan 09:00+01:00 → Sat 17 Jan 09:00+01:00   120h week bo
        Sat 17 Jan 09:00+01:00 → Mon 19 Jan 09:00+01:00    48h weekend di
    "#]]
    .assert_eq(&shown(&split, &[], "2026-01-05T00:00", "2026-01-19T09:00"));
}

#[test]
fn midnight_read_as_hour_24_leaves_somebody_covered_now() {
    // The failure: at 00:00 a scheduler took the time for hour 24 of the same day, found nobody, and paged the whole roster.
    let halves = schedule(
        "id = 'ops'\ntimezone = 'Europe/Madrid'\ncoverage = 1\n\
         [[rotation]]\nname = 'early'\npeople = ['ana', 'bo']\nunit = 'day'\nstart = '2026-01-01T00:00'\nhours = '00:00-12:00'\n\
         [[rotation]]\nname = 'late'\npeople = ['cy', 'di']\nunit = 'day'\nstart = '2026-01-01T00:00'\nhours = '12:00-24:00'\n",
    );
    let midnight = at("Europe/Madrid", "2026-01-06T00:00");
    let second = jiff::SignedDuration::from_secs(1);
    assert_eq!(on(&halves, &[], midnight.checked_sub(second).expect("in range")), "cy", "23:59:59 of the 5th");
    assert_eq!(on(&halves, &[], midnight), "bo", "00:00 of the 6th, not 24:00 of the 6th");
    assert_eq!(halves.on_call(&[], midnight)[0].until, at("Europe/Madrid", "2026-01-06T12:00"));
    let (from, to) = (at("Europe/Madrid", "2026-01-01T00:00"), at("Europe/Madrid", "2026-12-31T00:00"));
    assert_eq!(halves.gaps(&[], &[], &|_| true, from, to), [], "no instant of the year is uncovered");
    let overlaps = halves.shifts(&[], from, to).windows(2).filter(|pair| pair[0].end != pair[1].start).count();
    assert_eq!(overlaps, 0, "24:00 of one day is 00:00 of the next, also on days of 23 and 25 hours");
}

#[test]
fn midnight_as_an_end_may_be_written_both_ways() {
    let rotation = "people = ['ana', 'bo']\nunit = 'day'\nstart = '2026-01-01T00:00'\nhours = ";
    let (a, b) = (one("UTC", &format!("{rotation}'16:00-24:00'")), one("UTC", &format!("{rotation}'16:00-00:00'")));
    let (from, to) = ("2026-01-05T00:00", "2026-01-20T00:00");
    assert_eq!(shown(&a, &[], from, to), shown(&b, &[], from, to));
    expect![[r#"
        Mon 05 Jan 16:00+00:00 → Tue 06 Jan 00:00+00:00     8h primary ana
        Tue 06 Jan 16:00+00:00 → Wed 07 Jan 00:00+00:00     8h primary bo
    "#]]
    .assert_eq(&shown(&a, &[], from, "2026-01-07T00:00"));
}

#[test]
fn the_whole_day_as_hours_is_as_no_hours() {
    let rotation = "people = ['ana', 'bo', 'cy']\nstart = '2026-01-05T09:00'\n";
    let (whole, none) =
        (one("Europe/Madrid", &format!("{rotation}hours = '00:00-24:00'")), one("Europe/Madrid", rotation));
    let (from, to) = ("2026-01-01T00:00", "2027-01-01T00:00");
    assert_eq!(shown(&whole, &[], from, to), shown(&none, &[], from, to));
}

#[test]
fn hours_in_a_skipped_or_repeated_hour() {
    let night =
        one("Europe/Madrid", "people = ['ana']\nunit = 'day'\nstart = '2026-01-01T00:00'\nhours = '02:15-02:45'");
    expect![[r#"
        Sat 28 Mar 02:15+01:00 → Sat 28 Mar 02:45+01:00   0.5h primary ana
        Mon 30 Mar 02:15+02:00 → Mon 30 Mar 02:45+02:00   0.5h primary ana
    "#]]
    .assert_eq(&shown(&night, &[], "2026-03-28T00:00", "2026-03-31T00:00"));
    let until =
        one("Europe/Madrid", "people = ['ana']\nunit = 'day'\nstart = '2026-01-01T00:00'\nhours = '00:00-02:30'");
    expect![[r#"
        Sun 29 Mar 00:00+01:00 → Sun 29 Mar 03:00+02:00     2h primary ana
    "#]]
    .assert_eq(&shown(&until, &[], "2026-03-29T00:00", "2026-03-30T00:00"));
    expect![[r#"
        Sun 25 Oct 00:00+02:00 → Sun 25 Oct 02:30+02:00   2.5h primary ana
    "#]]
    .assert_eq(&shown(&until, &[], "2026-10-25T00:00", "2026-10-26T00:00"));
}

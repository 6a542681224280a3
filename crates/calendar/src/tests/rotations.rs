//! Turns and changes of the clocks.

use expect_test::expect;

use super::{at, on, one, shown};

#[test]
fn rotation_dst_spring() {
    // 02:30 does not exist in Madrid on 29 March 2026: the turn passes at 03:00, and the next day at 02:30 again.
    let daily = one("Europe/Madrid", "people = ['ana', 'bo', 'cy']\nunit = 'day'\nstart = '2026-01-01T02:30'");
    expect![[r#"
        Fri 27 Mar 12:00+01:00 → Sat 28 Mar 02:30+01:00  14.5h primary bo
        Sat 28 Mar 02:30+01:00 → Sun 29 Mar 03:00+02:00  23.5h primary cy
        Sun 29 Mar 03:00+02:00 → Mon 30 Mar 02:30+02:00  23.5h primary ana
        Mon 30 Mar 02:30+02:00 → Tue 31 Mar 00:00+02:00  21.5h primary bo
    "#]]
    .assert_eq(&shown(&daily, &[], "2026-03-27T12:00", "2026-03-31T00:00"));
}

#[test]
fn rotation_dst_autumn() {
    // 02:30 is twice in Madrid on 25 October 2026: the turn passes at the first.
    let daily = one("Europe/Madrid", "people = ['ana', 'bo', 'cy']\nunit = 'day'\nstart = '2026-01-01T02:30'");
    expect![[r#"
        Sat 24 Oct 00:00+02:00 → Sat 24 Oct 02:30+02:00   2.5h primary bo
        Sat 24 Oct 02:30+02:00 → Sun 25 Oct 02:30+02:00    24h primary cy
        Sun 25 Oct 02:30+02:00 → Mon 26 Oct 02:30+01:00    25h primary ana
        Mon 26 Oct 02:30+01:00 → Tue 27 Oct 00:00+01:00  21.5h primary bo
    "#]]
    .assert_eq(&shown(&daily, &[], "2026-10-24T00:00", "2026-10-27T00:00"));
}

#[test]
fn twenty_four_hours_step_on_the_wall_clock() {
    let by_hours =
        one("Europe/Madrid", "people = ['ana', 'bo']\nunit = 'hour'\nevery = 24\nstart = '2026-03-27T01:30'");
    expect![[r#"
        Fri 27 Mar 01:30+01:00 → Sat 28 Mar 01:30+01:00    24h primary ana
        Sat 28 Mar 01:30+01:00 → Sun 29 Mar 01:30+01:00    24h primary bo
        Sun 29 Mar 01:30+01:00 → Mon 30 Mar 01:30+02:00    23h primary ana
        Mon 30 Mar 01:30+02:00 → Tue 31 Mar 00:00+02:00  22.5h primary bo
    "#]]
    .assert_eq(&shown(&by_hours, &[], "2026-03-27T00:00", "2026-03-31T00:00"));
}

#[test]
fn hourly_turns_through_a_skipped_and_a_repeated_hour() {
    let hourly =
        one("Europe/Madrid", "people = ['ana', 'bo', 'cy', 'di', 'eva']\nunit = 'hour'\nstart = '2026-01-01T00:00'");
    // The turn of 02:00 has no length in spring ...
    expect![[r#"
        Sun 29 Mar 00:00+01:00 → Sun 29 Mar 01:00+01:00     1h primary di
        Sun 29 Mar 01:00+01:00 → Sun 29 Mar 03:00+02:00     1h primary eva
        Sun 29 Mar 03:00+02:00 → Sun 29 Mar 04:00+02:00     1h primary bo
    "#]]
    .assert_eq(&shown(&hourly, &[], "2026-03-29T00:00", "2026-03-29T04:00"));
    // ... and two hours in autumn.
    expect![[r#"
        Sun 25 Oct 01:00+02:00 → Sun 25 Oct 02:00+02:00     1h primary eva
        Sun 25 Oct 02:00+02:00 → Sun 25 Oct 03:00+01:00     2h primary ana
        Sun 25 Oct 03:00+01:00 → Sun 25 Oct 04:00+01:00     1h primary bo
    "#]]
    .assert_eq(&shown(&hourly, &[], "2026-10-25T01:00", "2026-10-25T04:00"));
}

#[test]
fn lord_howe_changes_by_half_an_hour() {
    let daily = one("Australia/Lord_Howe", "people = ['ana', 'bo']\nunit = 'day'\nstart = '2026-01-01T02:15'");
    // Skipped is 02:00 to 02:30.
    expect![[r#"
        Sat 03 Oct 02:15+10:30 → Sun 04 Oct 02:30+11:00 23.75h primary bo
        Sun 04 Oct 02:30+11:00 → Mon 05 Oct 02:15+11:00 23.75h primary ana
    "#]]
    .assert_eq(&shown(&daily, &[], "2026-10-03T02:15", "2026-10-05T02:15"));
    // Repeated is 01:30 to 02:00.
    let earlier = one("Australia/Lord_Howe", "people = ['ana', 'bo']\nunit = 'day'\nstart = '2026-01-01T01:45'");
    expect![[r#"
        Sat 04 Apr 01:45+11:00 → Sun 05 Apr 01:45+11:00    24h primary bo
        Sun 05 Apr 01:45+11:00 → Mon 06 Apr 01:45+10:30  24.5h primary ana
    "#]]
    .assert_eq(&shown(&earlier, &[], "2026-04-04T01:45", "2026-04-06T01:45"));
}

#[test]
fn apia_skipped_a_whole_day() {
    // Samoa went from Thursday 29 to Saturday 31 December 2011.
    let daily = one("Pacific/Apia", "people = ['ana', 'bo', 'cy']\nunit = 'day'\nstart = '2011-12-28T09:00'");
    expect![[r#"
        Wed 28 Dec 09:00-10:00 → Thu 29 Dec 09:00-10:00    24h primary ana
        Thu 29 Dec 09:00-10:00 → Sat 31 Dec 00:00+14:00    15h primary bo
        Sat 31 Dec 00:00+14:00 → Sat 31 Dec 09:00+14:00     9h primary cy
        Sat 31 Dec 09:00+14:00 → Sun 01 Jan 09:00+14:00    24h primary ana
    "#]]
    .assert_eq(&shown(&daily, &[], "2011-12-28T00:00", "2012-01-01T09:00"));
    // At midnight the skipped day's turn has no length; somebody is on all the same.
    let midnight = one("Pacific/Apia", "people = ['ana', 'bo', 'cy']\nunit = 'day'\nstart = '2011-12-28T00:00'");
    expect![[r#"
        Wed 28 Dec 00:00-10:00 → Thu 29 Dec 00:00-10:00    24h primary ana
        Thu 29 Dec 00:00-10:00 → Sat 31 Dec 00:00+14:00    24h primary bo
        Sat 31 Dec 00:00+14:00 → Sun 01 Jan 00:00+14:00    24h primary ana
    "#]]
    .assert_eq(&shown(&midnight, &[], "2011-12-28T00:00", "2012-01-01T00:00"));
}

#[test]
fn nuuk_kept_its_clock_in_the_autumn_of_2023() {
    // The tz database's listed changes end there and the yearly rule begins, which reads as if 23:00 came twice that night.
    assert_eq!(at("America/Nuuk", "2023-10-28T22:30").to_string(), "2023-10-29T00:30:00Z");
    assert_eq!(at("America/Nuuk", "2023-10-28T23:00").to_string(), "2023-10-29T01:00:00Z");
    assert_eq!(at("America/Nuuk", "2023-10-28T23:30").to_string(), "2023-10-29T01:30:00Z");
}

#[test]
fn a_week_passes_at_its_time_of_day() {
    let weekly = one("Europe/Vienna", "people = ['ana', 'bo']\nevery = 2\nstart = '2026-03-16T09:00'");
    expect![[r#"
        Mon 16 Mar 09:00+01:00 → Mon 30 Mar 09:00+02:00   335h primary ana
        Mon 30 Mar 09:00+02:00 → Mon 13 Apr 09:00+02:00   336h primary bo
    "#]]
    .assert_eq(&shown(&weekly, &[], "2026-03-01T00:00", "2026-04-13T09:00"));
}

#[test]
fn month_31_returns_to_the_31st() {
    let monthly = one("Europe/Paris", "people = ['ana', 'bo', 'cy']\nunit = 'month'\nstart = '2027-12-31T08:00'");
    expect![[r#"
        Fri 31 Dec 08:00+01:00 → Mon 31 Jan 08:00+01:00   744h primary ana
        Mon 31 Jan 08:00+01:00 → Tue 29 Feb 08:00+01:00   696h primary bo
        Tue 29 Feb 08:00+01:00 → Fri 31 Mar 08:00+02:00   743h primary cy
        Fri 31 Mar 08:00+02:00 → Sun 30 Apr 08:00+02:00   720h primary ana
        Sun 30 Apr 08:00+02:00 → Wed 31 May 08:00+02:00   744h primary bo
    "#]]
    .assert_eq(&shown(&monthly, &[], "2027-12-01T00:00", "2028-05-31T08:00"));
}

#[test]
fn before_the_start_nobody_is_on() {
    let weekly = one("UTC", "people = ['ana', 'bo']\nstart = '2026-01-05T09:00'");
    let start = at("UTC", "2026-01-05T09:00");
    assert_eq!(on(&weekly, &[], at("UTC", "2026-01-05T08:59:59.999")), "");
    assert_eq!(on(&weekly, &[], start), "ana");
    assert_eq!(weekly.next_change(&[], at("UTC", "2025-06-01T00:00")), Some(start));
    assert_eq!(weekly.shifts(&[], at("UTC", "2025-06-01T00:00"), start), []);
}

#[test]
fn a_start_in_a_skipped_hour_begins_with_the_first_valid_instant() {
    let weekly = one("Europe/Madrid", "people = ['ana', 'bo']\nunit = 'day'\nstart = '2026-03-29T02:30'");
    assert_eq!(
        weekly.shifts(&[], at("UTC", "2026-03-28T00:00"), at("UTC", "2026-03-29T12:00"))[0].start,
        at("UTC", "2026-03-29T01:00")
    );
}

#[test]
fn people_of_one_turn_are_on_together_and_neighbours_merge() {
    let pair = one("UTC", "people = [['ana', 'bo'], 'cy', 'cy']\nunit = 'day'\nstart = '2026-01-05T09:00'");
    expect![[r#"
        Mon 05 Jan 09:00+00:00 → Tue 06 Jan 09:00+00:00    24h primary ana+bo
        Tue 06 Jan 09:00+00:00 → Thu 08 Jan 09:00+00:00    48h primary cy
        Thu 08 Jan 09:00+00:00 → Fri 09 Jan 00:00+00:00    15h primary ana+bo
    "#]]
    .assert_eq(&shown(&pair, &[], "2026-01-05T00:00", "2026-01-09T00:00"));
}

#[test]
fn a_rotation_may_have_a_zone_of_its_own() {
    let sun = super::schedule(
        "id = 'ops'\ntimezone = 'UTC'\n\
         [[rotation]]\nname = 'europe'\npeople = ['ana']\nunit = 'day'\nstart = '2026-01-05T00:00'\nhours = '08:00-20:00'\ntimezone = 'Europe/Madrid'\n\
         [[rotation]]\nname = 'pacific'\npeople = ['bo']\nunit = 'day'\nstart = '2026-01-05T00:00'\nhours = '08:00-20:00'\ntimezone = 'Pacific/Auckland'\n",
    );
    expect![[r#"
        Tue 06 Jan 00:00+00:00 → Tue 06 Jan 07:00+00:00     7h pacific bo
        Tue 06 Jan 07:00+00:00 → Tue 06 Jan 19:00+00:00    12h europe ana
        Tue 06 Jan 19:00+00:00 → Wed 07 Jan 00:00+00:00     5h pacific bo
    "#]]
    .assert_eq(&shown(&sun, &[], "2026-01-06T00:00", "2026-01-07T00:00"));
}

#[test]
fn only_a_single_person_never_changes() {
    let alone = one("Europe/Madrid", "people = ['ana']\nunit = 'hour'\nstart = '2015-01-01T00:00'");
    let now = at("UTC", "2026-01-05T00:00");
    assert_eq!(alone.next_change(&[], now), None);
    let call = &alone.on_call(&[], now)[0];
    assert_eq!(call.until.duration_since(now).as_hours(), 24 * crate::HORIZON_DAYS);
    assert_eq!(alone.shifts(&[], now, at("UTC", "2026-02-05T00:00")).len(), 1);
}

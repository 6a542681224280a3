//! Rhythms on the wall clock, through both changes of the clock.

use expect_test::{Expect, expect};
use jiff::tz::TimeZoneDatabase;
use noout_types::{Span, Timestamp};
use proptest::prelude::*;

use crate::heartbeat::{Cron, PingKey, Rhythm};

/// The next instants at which a crontab is due, on the wall clock of the zone.
fn next(cron: &str, zone: &str, after: &str, count: usize, expected: &Expect) {
    let cron: Cron = cron.parse().expect("a crontab");
    let zone = TimeZoneDatabase::bundled().get(zone).expect("a zone");
    let mut at: Timestamp = after.parse().expect("an instant");
    let mut lines = String::new();
    for _ in 0..count {
        at = cron.next(at, &zone).expect("it comes");
        lines += &at.to_zoned(zone.clone()).strftime("%a %F %H:%M %:z\n").to_string();
    }
    expected.assert_eq(&lines);
}

#[test]
fn in_the_skipped_hour_a_daily_job_is_due_at_the_first_instant_after_it() {
    next(
        "30 2 * * *",
        "Europe/Berlin",
        "2026-03-27T12:00:00Z",
        3,
        &expect![[r#"
            Sat 2026-03-28 02:30 +01:00
            Sun 2026-03-29 03:00 +02:00
            Mon 2026-03-30 02:30 +02:00
        "#]],
    );
}

#[test]
fn in_the_repeated_hour_a_daily_job_is_due_once() {
    next(
        "30 2 * * *",
        "Europe/Berlin",
        "2026-10-24T12:00:00Z",
        2,
        &expect![[r#"
            Sun 2026-10-25 02:30 +02:00
            Mon 2026-10-26 02:30 +01:00
        "#]],
    );
    // Also when it was heard of in the second half of it.
    next(
        "30 2 * * *",
        "Europe/Berlin",
        "2026-10-25T01:20:00Z",
        1,
        &expect![[r#"
            Mon 2026-10-26 02:30 +01:00
        "#]],
    );
}

#[test]
fn a_job_of_every_hour_is_due_in_the_repeated_hour_too() {
    next(
        "*/30 * * * *",
        "Europe/Berlin",
        "2026-10-24T23:50:00Z",
        6,
        &expect![[r#"
            Sun 2026-10-25 02:00 +02:00
            Sun 2026-10-25 02:30 +02:00
            Sun 2026-10-25 02:00 +01:00
            Sun 2026-10-25 02:30 +01:00
            Sun 2026-10-25 03:00 +01:00
            Sun 2026-10-25 03:30 +01:00
        "#]],
    );
    // Lord Howe repeats half an hour.
    next(
        "15 * * * *",
        "Australia/Lord_Howe",
        "2026-04-04T13:30:00Z",
        4,
        &expect![[r#"
            Sun 2026-04-05 01:15 +11:00
            Sun 2026-04-05 02:15 +10:30
            Sun 2026-04-05 03:15 +10:30
            Sun 2026-04-05 04:15 +10:30
        "#]],
    );
}

#[test]
fn fields_are_crons() {
    next(
        "0 9-17/4 * * mon-fri",
        "UTC",
        "2026-02-06T10:00:00Z",
        4,
        &expect![[r#"
        Fri 2026-02-06 13:00 +00:00
        Fri 2026-02-06 17:00 +00:00
        Mon 2026-02-09 09:00 +00:00
        Mon 2026-02-09 13:00 +00:00
    "#]],
    );
    // Restricted both, either will do.
    next(
        "0 0 13 * 5",
        "UTC",
        "2026-02-01T00:00:00Z",
        4,
        &expect![[r#"
        Fri 2026-02-06 00:00 +00:00
        Fri 2026-02-13 00:00 +00:00
        Fri 2026-02-20 00:00 +00:00
        Fri 2026-02-27 00:00 +00:00
    "#]],
    );
    next(
        "0 0 29 feb *",
        "UTC",
        "2026-02-01T00:00:00Z",
        2,
        &expect![[r#"
        Tue 2028-02-29 00:00 +00:00
        Sun 2032-02-29 00:00 +00:00
    "#]],
    );
    next(
        "@weekly",
        "UTC",
        "2026-02-01T00:00:00Z",
        2,
        &expect![[r#"
        Sun 2026-02-08 00:00 +00:00
        Sun 2026-02-15 00:00 +00:00
    "#]],
    );
    next(
        "5,35 0 1 1 7",
        "UTC",
        "2026-12-27T00:10:00Z",
        2,
        &expect![[r#"
        Fri 2027-01-01 00:05 +00:00
        Fri 2027-01-01 00:35 +00:00
    "#]],
    );
}

#[test]
fn what_is_no_rhythm_says_why() {
    let why = |text: &str| text.parse::<Rhythm>().expect_err("no rhythm").to_string();
    expect![[r#""10 minutes" is no length of time: write for example "30s", "5m", "1h30m", "14d""#]]
        .assert_eq(&why("every 10 minutes"));
    expect![[r#"neither "every 10m" nor a crontab's five fields: found 1 fields: allowed are five, minute hour day month weekday, for example "30 2 * * *""#]]
        .assert_eq(&why("10m"));
    expect![[r#"neither "every 10m" nor a crontab's five fields: hour: found "24", allowed are *, numbers from 0 to 23, ranges 1-5, lists 1,5 and steps */2"#]]
        .assert_eq(&why("0 24 * * *"));
    expect![[
        r#"neither "every 10m" nor a crontab's five fields: "0 0 31 feb *" never comes: no month has such a day"#
    ]]
    .assert_eq(&why("0 0 31 feb *"));
    for bad in ["", "* * * *", "60 * * * *", "*/0 * * * *", "5-1 * * * *", "0 0 0 * *", "0 0 * * 8", "a * * * *"] {
        assert!(bad.parse::<Cron>().is_err(), "{bad}");
    }
}

#[test]
fn a_rhythm_reads_as_it_is_written() {
    for text in ["every 10m", "30 2 * * mon", "@daily"] {
        assert_eq!(text.parse::<Rhythm>().expect("a rhythm").to_string(), text);
    }
    let key = PingKey::from_bits(0x1234_5678_9abc_def0_1234_5678_9abc_def0);
    assert_eq!(key.to_string().parse(), Ok(key));
    assert!("3f1c9a52".parse::<PingKey>().is_err());
}

proptest! {
    /// In every zone, what is due is after, fits the wall clock unless the hour was skipped, and nothing that fits lies
    /// before it.
    #[test]
    fn what_is_due_next_is_the_next(
        second in 1_700_000_000_i64..1_900_000_000,
        zone in prop::sample::select(vec!["UTC", "Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"]),
        cron in prop::sample::select(vec!["*/7 * * * *", "30 2 * * *", "0 */6 * * *", "15 3 1,15 * *", "59 23 * * sun"]),
    ) {
        let at = Timestamp::from_second(second).expect("an instant");
        let cron: Cron = cron.parse().expect("a crontab");
        let zone = TimeZoneDatabase::bundled().get(zone).expect("a zone");
        let due = cron.next(at, &zone).expect("it comes");
        prop_assert!(due > at);
        // A second before it is due is no reason to be due another time.
        let before = Span::from_secs(1).before(due);
        if before > at {
            prop_assert_eq!(cron.next(before, &zone), Some(due));
        }
    }
}

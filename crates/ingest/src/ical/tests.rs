//! Calendars as offices and people write them.

use expect_test::{Expect, expect};
use jiff::Timestamp;
use proptest::prelude::*;

use super::{Calendar, MAX_EVENTS, away_times};

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn read(events: &str) -> Calendar {
    let text = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//office//leave//EN\r\n{events}END:VCALENDAR\r\n");
    let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    away_times(&text, "Europe/Madrid", at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")).expect("a calendar")
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\nUID:{:x}@office\nDTSTAMP:20260101T000000Z\n{lines}\nEND:VEVENT\n", lines.len())
}

fn check(events: &str, want: Expect) {
    let Calendar { times, unread, passed_over } = read(events);
    let lines = times.iter().map(|t| format!("{} {} {}\n", t.start, t.end, t.summary)).collect::<String>();
    want.assert_eq(&format!("{lines}unread {unread}, passed over {passed_over}\n"));
}

#[test]
fn whole_days_are_those_of_the_persons_zone() {
    // Three days over the change of the clocks, the last one excluded as the format wants it; and one without an end.
    check(
        &[
            event("DTSTART;VALUE=DATE:20260328\nDTEND;VALUE=DATE:20260331\nSUMMARY:Leave\nTRANSP:TRANSPARENT"),
            event("DTSTART;VALUE=DATE:20260601\nSUMMARY:Local holiday"),
        ]
        .concat(),
        expect![[r#"
            2026-03-27T23:00:00Z 2026-03-30T22:00:00Z Leave
            2026-05-31T22:00:00Z 2026-06-01T22:00:00Z Local holiday
            unread 0, passed over 0
        "#]],
    );
}

#[test]
fn hours_are_read_in_their_zone_or_in_the_persons() {
    check(
        &[
            event("DTSTART:20260210T080000Z\nDTEND:20260210T100000Z\nSUMMARY:Dentist\\, then lunch"),
            event("DTSTART;TZID=Asia/Tokyo:20260211T080000\nDURATION:PT2H\nSUMMARY:Flight"),
            event("DTSTART:20260212T080000\nDTEND:20260212T090000\nSUMMARY:Floating"),
        ]
        .concat(),
        expect![[r#"
            2026-02-10T08:00:00Z 2026-02-10T10:00:00Z Dentist, then lunch
            2026-02-10T23:00:00Z 2026-02-11T01:00:00Z Flight
            2026-02-12T07:00:00Z 2026-02-12T08:00:00Z Floating
            unread 0, passed over 0
        "#]],
    );
}

#[test]
fn a_zone_that_the_calendar_brings_is_used() {
    let zone = "BEGIN:VTIMEZONE\nTZID:Romance Standard Time\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n";
    let leave = event(
        "DTSTART;TZID=Romance Standard Time:20260701T090000\nDTEND;TZID=Romance Standard Time:20260701T120000\nSUMMARY:Out",
    );
    check(
        &format!("{zone}{leave}"),
        expect![[r#"
        2026-07-01T07:00:00Z 2026-07-01T10:00:00Z Out
        unread 0, passed over 0
    "#]],
    );
}

#[test]
fn what_repeats_is_gone_through_to_the_end_of_the_span_on_the_wall_clock() {
    // Each Friday afternoon since years, but not on the 6th of March; the 13th is an hour later.
    let series = "BEGIN:VEVENT\nUID:fridays\nDTSTART;TZID=Europe/Madrid:20240105T150000\nDTEND;TZID=Europe/Madrid:20240105T170000\nRRULE:FREQ=WEEKLY;UNTIL=20260410T220000Z\nEXDATE;TZID=Europe/Madrid:20260306T150000\nSUMMARY:School\nEND:VEVENT\nBEGIN:VEVENT\nUID:fridays\nRECURRENCE-ID;TZID=Europe/Madrid:20260313T150000\nDTSTART;TZID=Europe/Madrid:20260313T160000\nDTEND;TZID=Europe/Madrid:20260313T170000\nSUMMARY:School\\, later\nEND:VEVENT\n";
    let found = read(series);
    let march: Vec<String> = found
        .times
        .iter()
        .filter(|t| t.start > at("2026-02-25T00:00:00Z"))
        .map(|t| format!("{} {}", t.start, t.summary))
        .collect();
    assert_eq!(
        march,
        [
            "2026-02-27T14:00:00Z School",
            "2026-03-13T15:00:00Z School, later",
            "2026-03-20T14:00:00Z School",
            "2026-03-27T14:00:00Z School",
            "2026-04-03T13:00:00Z School",
            "2026-04-10T13:00:00Z School",
        ]
    );
    let daily = event("DTSTART;VALUE=DATE:20150101\nRRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24\nSUMMARY:Christmas Eve");
    check(
        &daily,
        expect![[r#"
            2026-12-23T23:00:00Z 2026-12-24T23:00:00Z Christmas Eve
            unread 0, passed over 0
        "#]],
    );
}

#[test]
fn an_exception_of_one_series_is_not_taken_for_one_of_another() {
    let daily = |uid: &str, hours: &str| {
        format!(
            "BEGIN:VEVENT\nUID:{uid}\nDTSTART;TZID=Europe/Madrid:20260601T{hours}0000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\nSUMMARY:{uid}\nEND:VEVENT\n"
        )
    };
    let moved = "BEGIN:VEVENT\nUID:b\nRECURRENCE-ID;TZID=Europe/Madrid:20260602T080000\nDTSTART;TZID=Europe/Madrid:20260602T200000\nDURATION:PT1H\nSUMMARY:b moved\nEND:VEVENT\n";
    check(
        &[daily("a", "08"), daily("b", "08"), moved.to_owned()].concat(),
        expect![[r#"
        2026-06-01T06:00:00Z 2026-06-01T07:00:00Z a
        2026-06-01T06:00:00Z 2026-06-01T07:00:00Z b
        2026-06-02T06:00:00Z 2026-06-02T07:00:00Z a
        2026-06-02T18:00:00Z 2026-06-02T19:00:00Z b moved
        unread 0, passed over 0
    "#]],
    );
}

#[test]
fn cancelled_and_free_hours_do_not_count_and_what_cannot_be_read_is_counted() {
    check(
        &[
            event("DTSTART:20260210T080000Z\nDTEND:20260210T100000Z\nSTATUS:CANCELLED\nSUMMARY:Off"),
            event("DTSTART:20260211T080000Z\nDTEND:20260211T100000Z\nTRANSP:TRANSPARENT\nSUMMARY:Reminder"),
            event("SUMMARY:Without a beginning"),
            event("DTSTART:20250211T080000Z\nDTEND:20250211T100000Z\nSUMMARY:Over"),
            "BEGIN:VTODO\nUID:t\nDTSTART:20260211T080000Z\nDUE:20260212T080000Z\nSUMMARY:Not an event\nEND:VTODO\n"
                .into(),
        ]
        .concat(),
        expect![[r#"
            unread 1, passed over 2
        "#]],
    );
}

#[test]
fn what_is_no_calendar_says_so() {
    let read = |text: &str| away_times(text, "UTC", Timestamp::MIN, Timestamp::MAX);
    for text in ["", "<html>sign in</html>", "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ana\r\nEND:VCARD\r\n"] {
        assert!(read(text).expect_err(text).to_string().starts_with("this is no calendar"), "{text:?}");
    }
    let long = "x".repeat(super::MAX_ICAL_BYTES + 1);
    assert!(read(&long).expect_err("too long").to_string().contains("bytes: allowed are at most"));
    let many: String = (0..=MAX_EVENTS).map(|n| format!("BEGIN:VEVENT\r\nUID:{n}\r\nEND:VEVENT\r\n")).collect();
    let error = read(&format!("BEGIN:VCALENDAR\r\n{many}END:VCALENDAR\r\n")).expect_err("too many events");
    assert!(error.to_string().contains("events: allowed are at most"), "{error}");
}

#[test]
fn an_endless_series_of_seconds_ends() {
    let endless = event("DTSTART:19900101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY\nSUMMARY:Endless");
    assert!(read(&endless).times.is_empty(), "it never comes as far as the span");
}

proptest! {
    #[test]
    fn no_text_makes_it_fall_over(lines in prop::collection::vec(line(), 0..40)) {
        let text = format!("BEGIN:VCALENDAR\r\n{}\r\nEND:VCALENDAR\r\n", lines.join("\r\n"));
        let (from, until) = (at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
        if let Ok(found) = away_times(&text, "Australia/Lord_Howe", from, until) {
            prop_assert!(found.times.iter().all(|t| t.start < t.end && t.end > from && t.start < until));
        }
    }
}

fn line() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "BEGIN:VEVENT",
        "END:VEVENT",
        "BEGIN:VTIMEZONE",
        "END:VTIMEZONE",
        "UID:a",
        "DTSTART;VALUE=DATE:20260228",
        "DTSTART:20260404T013000",
        "DTSTART;TZID=Nowhere:20260404T013000",
        "DTEND:20260301T000000Z",
        "DURATION:-P1D",
        "RRULE:FREQ=DAILY;INTERVAL=0",
        "RRULE:FREQ=MONTHLY;BYDAY=5MO",
        "RRULE:FREQ=YEARLY;BYWEEKNO=53",
        "EXDATE:2026",
        "RECURRENCE-ID:20260404T013000",
        "RDATE;VALUE=PERIOD:20260301T000000Z/PT1H",
        "SUMMARY:x",
        "TRANSP:OPAQUE",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => "[A-Z]{3,9}[:;=A-Z0-9]{0,20}"]
}

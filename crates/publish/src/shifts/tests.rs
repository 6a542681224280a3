//! Golden calendar.

use expect_test::expect;

use super::{OnDuty, shifts_ics};

fn at(text: &str) -> noout_types::Timestamp {
    text.parse().expect("an instant")
}

fn shift(end: &str) -> OnDuty {
    OnDuty {
        key: "ops/primary".into(),
        summary: "ops primary".into(),
        description: "Ana; with\nBo".into(),
        start: at("2026-02-02T09:00:00Z"),
        end: at(end),
    }
}

#[test]
fn shifts_are_events_whose_uid_stays_when_their_end_changes() {
    let now = at("2026-02-01T00:00:00Z");
    let text = shifts_ics("Ana, on call", "noout.example.org", now, &[shift("2026-02-09T09:00:00Z")]);
    assert!(text.ends_with("\r\n") && text.lines().all(|line| line.len() <= 75));
    expect![[r#"
        BEGIN:VCALENDAR
        VERSION:2.0
        PRODID:-//noout//on call//EN
        CALSCALE:GREGORIAN
        METHOD:PUBLISH
        X-WR-CALNAME:Ana\, on call
        REFRESH-INTERVAL;VALUE=DURATION:PT1H
        X-PUBLISHED-TTL:PT1H
        BEGIN:VEVENT
        UID:ops/primary/1770022800@noout.example.org
        DTSTAMP:20260201T000000Z
        DTSTART:20260202T090000Z
        DTEND:20260209T090000Z
        SUMMARY:ops primary
        DESCRIPTION:Ana\; with\nBo
        STATUS:CONFIRMED
        TRANSP:TRANSPARENT
        END:VEVENT
        END:VCALENDAR
    "#]]
    .assert_eq(&text.replace("\r\n", "\n"));
    let uid = |text: &str| text.lines().find(|line| line.starts_with("UID")).map(str::to_owned);
    let longer = shifts_ics("Ana, on call", "noout.example.org", now, &[shift("2026-02-10T09:00:00Z")]);
    assert_eq!(uid(&text), uid(&longer));
}

//! Hours of the week that come again.

use jiff::Timestamp;

use crate::{Weekday, Window, WindowError};

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn window(zone: &str, weekdays: &[Weekday], hours: &str) -> Window {
    let hours = (!hours.is_empty()).then(|| hours.parse().expect("hours"));
    Window { timezone: zone.into(), weekdays: weekdays.to_vec(), hours }
}

const OFFICE: [Weekday; 5] = [Weekday::Mo, Weekday::Tu, Weekday::We, Weekday::Th, Weekday::Fr];

#[test]
fn business_hours_hold_on_their_days_and_say_when_they_end_and_begin() {
    let office = window("Europe/Vienna", &OFFICE, "08:00-17:00");
    // A Friday in November.
    assert_eq!(office.end_at(at("2026-11-20T12:00:00Z")), Some(at("2026-11-20T16:00:00Z")));
    assert_eq!(office.end_at(at("2026-11-20T16:00:00Z")), None, "the end is not within");
    assert_eq!(office.end_at(at("2026-11-20T07:00:00Z")), Some(at("2026-11-20T16:00:00Z")), "the beginning is");
    assert_eq!(office.next_begin(at("2026-11-20T12:00:00Z")), Some(at("2026-11-23T07:00:00Z")), "over the weekend");
}

#[test]
fn hours_over_midnight_belong_to_the_day_on_which_they_begin() {
    let batch = window("UTC", &[Weekday::Fr], "22:00-06:00");
    assert_eq!(batch.end_at(at("2026-11-21T05:59:00Z")), Some(at("2026-11-21T06:00:00Z")), "Saturday morning");
    assert_eq!(batch.end_at(at("2026-11-20T05:00:00Z")), None, "Friday morning is Thursday's night");
    assert_eq!(batch.next_begin(at("2026-11-21T05:00:00Z")), Some(at("2026-11-27T22:00:00Z")));
}

#[test]
fn a_boundary_in_a_skipped_hour_moves_and_one_in_a_repeated_hour_comes_first() {
    let night = window("Europe/Vienna", &[], "02:30-04:00");
    assert_eq!(
        night.next_begin(at("2026-03-28T12:00:00Z")),
        Some(at("2026-03-29T01:00:00Z")),
        "02:30 is skipped: 03:00"
    );
    assert_eq!(night.next_begin(at("2026-10-24T12:00:00Z")), Some(at("2026-10-25T00:30:00Z")), "the first 02:30");
    assert_eq!(night.end_at(at("2026-10-25T02:30:00Z")), Some(at("2026-10-25T03:00:00Z")));
}

#[test]
fn whole_days_without_hours() {
    let weekend = window("UTC", &[Weekday::Sa, Weekday::Su], "");
    assert_eq!(weekend.end_at(at("2026-11-21T10:00:00Z")), Some(at("2026-11-22T00:00:00Z")));
    assert_eq!(weekend.end_at(at("2026-11-23T00:00:00Z")), None);
    assert_eq!(weekend.validate(), Ok(()));
}

#[test]
fn nothing_holds_always_or_never() {
    assert_eq!(window("UTC", &[], "").validate(), Err(WindowError::Always));
    assert_eq!(window("UTC", &[], "00:00-24:00").validate(), Err(WindowError::Always));
    assert!(matches!(window("UTC", &[], "08:00-08:00").validate(), Err(WindowError::Empty(_))));
    assert_eq!(window("Nowhere/City", &[], "08:00-09:00").next_begin(at("2026-11-20T12:00:00Z")), None);
}

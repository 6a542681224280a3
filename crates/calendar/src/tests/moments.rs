//! Points in time as people write them.

use super::at;
use crate::Moment;

fn moment(text: &str) -> Moment {
    text.parse().unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn a_time_is_read_on_the_wall_clock_unless_it_says_otherwise() {
    let now = at("UTC", "2026-03-28T12:00");
    let begin = |text: &str| moment(text).begin("Europe/Madrid", now).expect("in the calendar").to_string();
    assert_eq!(begin("2026-03-29"), "2026-03-28T23:00:00Z");
    assert_eq!(begin("2026-03-30"), "2026-03-29T22:00:00Z");
    assert_eq!(begin("2026-03-29T09:00"), "2026-03-29T07:00:00Z");
    assert_eq!(begin("2026-03-29 02:30"), "2026-03-29T01:00:00Z", "skipped: the first valid instant");
    assert_eq!(begin("2026-10-25T02:30"), "2026-10-25T00:30:00Z", "repeated: the first occurrence");
    assert_eq!(begin("2026-03-29T09:00:00Z"), "2026-03-29T09:00:00Z");
    assert_eq!(begin("2026-03-29T09:00+05:00"), "2026-03-29T04:00:00Z");
    assert_eq!(begin("2026-03-29T09:00[Asia/Tokyo]"), "2026-03-29T00:00:00Z");
    assert_eq!(begin("8h"), "2026-03-28T20:00:00Z");
    assert_eq!(begin("+1d"), "2026-03-29T12:00:00Z");
}

#[test]
fn who_is_away_until_a_day_is_away_on_that_day() {
    let start = at("Europe/Madrid", "2026-12-24T00:00");
    assert_eq!(moment("2026-12-26").end("Europe/Madrid", start), Some(at("Europe/Madrid", "2026-12-26T00:00")));
    assert_eq!(moment("2026-12-26").last("Europe/Madrid", start), Some(at("Europe/Madrid", "2026-12-27T00:00")));
    assert_eq!(moment("2026-12-26T09:00").last("Europe/Madrid", start), Some(at("Europe/Madrid", "2026-12-26T09:00")));
}

#[test]
fn what_is_no_time_says_what_is() {
    for text in ["", "tomorrow", "2026-02-30", "24:00", "2026-12-24T09", "-8h", "8"] {
        let error = text.parse::<Moment>().expect_err(text).to_string();
        assert!(error.contains("is no time: write \"2026-12-24\""), "{error}");
    }
}

#[test]
fn what_was_written_reads_the_same() {
    for text in ["2026-12-24", "2026-12-24T09:00:00", "2026-12-24T08:00:00Z", "8h30m"] {
        assert_eq!(moment(text).to_string(), text);
    }
}

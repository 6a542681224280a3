//! Windows of the week, ids, pages.

use noout_calendar::Weekday;
use proptest::prelude::*;

use super::{Tool, imported, report};
use crate::import::windows::{DAY, DAYS, Duty, Window, duties};

#[test]
fn office_hours_are_one_piece_and_a_long_weekend_three() {
    let office = (0..5).map(|day| Window { day, begin: 9 * 60, minutes: 8 * 60 });
    let days = DAYS[..5].to_vec();
    assert_eq!(duties(office), [Duty { weekdays: days, hours: Some((9 * 60, 17 * 60)) }]);
    let weekend = Window { day: 4, begin: 18 * 60, minutes: 2 * DAY + 14 * 60 };
    assert_eq!(
        duties([weekend]),
        [
            Duty { weekdays: vec![Weekday::Fr], hours: Some((18 * 60, 1440)) },
            Duty { weekdays: vec![Weekday::Sa, Weekday::Su], hours: Some((0, 1440)) },
            Duty { weekdays: vec![Weekday::Mo], hours: Some((0, 8 * 60)) },
        ]
    );
    assert_eq!(duties(Window::daily(0, DAY)), [Duty { weekdays: Vec::new(), hours: None }]);
    assert_eq!(duties(Window::daily(20 * 60, 12 * 60)), [Duty { weekdays: Vec::new(), hours: Some((1200, 480)) }]);
}

/// The minutes of the week that are on duty.
fn minutes_of(duties: &[Duty]) -> Vec<bool> {
    let week = 7 * DAY as usize;
    let mut on = vec![false; week];
    for duty in duties {
        let (begin, end) = duty.hours.map_or((0, 1440), |(b, e)| (usize::from(b), usize::from(e)));
        let length = if end > begin { end - begin } else { end + 1440 - begin };
        for (day, name) in DAYS.iter().enumerate() {
            if duty.weekdays.is_empty() || duty.weekdays.contains(name) {
                (0..length).for_each(|n| on[(day * 1440 + begin + n) % week] = true);
            }
        }
    }
    on
}

proptest! {
    #[test]
    fn pieces_cover_exactly_the_windows(
        windows in proptest::collection::vec((0usize..7, 0u32..DAY, 0u32..8 * DAY), 0..6),
    ) {
        let windows: Vec<Window> =
            windows.into_iter().map(|(day, begin, minutes)| Window { day, begin, minutes }).collect();
        let week = 7 * DAY;
        let mut wanted = vec![false; week as usize];
        for window in &windows {
            for n in 0..window.minutes.min(week) {
                let day = u32::try_from(window.day).expect("a day");
                wanted[((day * DAY + window.begin + n) % week) as usize] = true;
            }
        }
        prop_assert_eq!(minutes_of(&duties(windows)), wanted);
    }

    #[test]
    fn no_text_makes_an_import_panic(text in "\\PC{0,200}") {
        for tool in [Tool::Pagerduty, Tool::Goalert, Tool::Opsgenie, Tool::GrafanaOncall] {
            let _ = imported(tool, &text);
        }
    }
}

#[test]
fn a_page_that_goes_on_is_told() {
    let user = |n: u8| format!(r#"{{"id": "U{n}", "username": "u{n}", "email": "u{n}@example.org"}}"#);
    let one = |next: &str| {
        let text = format!(
            r#"{{"users": [{{"next": null, "results": [{}]}}, {{"next": {next}, "results": [{}]}}]}}"#,
            user(1),
            user(2)
        );
        imported(Tool::GrafanaOncall, &text).expect("imported")
    };
    let whole = one("null");
    assert!(whole.config.contains("u1@example.org") && whole.config.contains("u2@example.org"), "both pages");
    assert!(!report(&whole).contains("only some of its pages"));
    assert!(
        report(&one("\"https://oncall/api/v1/users/?page=3\"")).contains("the list users\n    only some of its pages")
    );
}

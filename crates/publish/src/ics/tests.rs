use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::Words;
use crate::testing::{at, page};

#[test]
fn an_announced_maintenance() {
    expect![[r#"
        BEGIN:VCALENDAR⏎
        VERSION:2.0⏎
        PRODID:-//noout//status page//EN⏎
        CALSCALE:GREGORIAN⏎
        METHOD:PUBLISH⏎
        X-WR-CALNAME:Acme⏎
        X-WR-TIMEZONE:Europe/Zurich⏎
        BEGIN:VEVENT⏎
        UID:maintenance-3@status.example.org⏎
        SEQUENCE:2⏎
        DTSTAMP:20260301T023000Z⏎
        LAST-MODIFIED:20260301T023000Z⏎
        DTSTART:20260302T210000Z⏎
        DTEND:20260302T230000Z⏎
        SUMMARY;LANGUAGE=fr:Maintenance de notre plateforme⏎
        DESCRIPTION;LANGUAGE=fr:Nous réparerons un de nos serveurs. Sa charge est ⏎
         d’abord déplacée vers d’autres serveurs \; nous n’attendons pas d⏎
         ’interruption.⏎
        STATUS:CONFIRMED⏎
        TRANSP:TRANSPARENT⏎
        URL:https://status.example.org/fr/#maintenance-3⏎
        END:VEVENT⏎
        END:VCALENDAR⏎
    "#]]
    .assert_eq(&ics(&page(), Lang::Fr).replace("\r\n", "⏎\n"));
}

#[test]
fn a_new_date_keeps_the_uid_and_raises_the_sequence() {
    let mut moved = page();
    moved.maintenances[0].scheduled_for = at("03T21:00");
    moved.maintenances[0].sequence += 1;
    let field = |text: &str, name: &str| text.lines().find_map(|l| l.strip_prefix(name).map(str::to_owned));
    let (before, after) = (ics(&page(), Lang::En), ics(&moved, Lang::En));
    assert_eq!(field(&before, "UID:"), field(&after, "UID:"));
    assert_eq!(field(&before, "SEQUENCE:"), Some("2".to_owned()));
    assert_eq!(field(&after, "SEQUENCE:"), Some("3".to_owned()));
}

proptest! {
    #[test]
    fn lines_are_folded_and_unfold_to_the_same(title in "\\PC{0,200}") {
        let mut page = page();
        page.maintenances[0].notice.title = Words::same(&title);
        let text = ics(&page, Lang::En);
        prop_assert!(text.split("\r\n").all(|l| l.len() <= MAX_LINE));
        let unfolded = text.replace("\r\n ", "");
        let summary = format!("SUMMARY;LANGUAGE=en:{}", escape(&crate::words::printable(&title)));
        prop_assert!(unfolded.split("\r\n").any(|l| l == summary), "{unfolded}");
        prop_assert_eq!(text.matches("BEGIN:VEVENT").count(), 1);
    }
}

#[test]
fn a_title_cannot_add_a_property() {
    let mut page = page();
    page.maintenances[0].notice.title = Words::same("x\r\nATTACH:http://evil.example/");
    let text = ics(&page, Lang::En);
    assert!(!text.split("\r\n").any(|l| l.starts_with("ATTACH")), "{text}");
}

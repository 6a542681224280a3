use expect_test::{Expect, expect};
use noout_types::Timestamp;

use super::*;

fn facts<'a>(hit: &'a [String], done: &'a [String]) -> Facts<'a> {
    Facts {
        what: "Fan 3 of pve3 drops out again and again",
        text: "",
        alerts: 1,
        labels: &[],
        incident: IncidentId(7),
        severity: Severity::Critical,
        since: "2026-03-29T00:47:00Z".parse::<Timestamp>().expect("an instant"),
        time_zone: "Europe/Zurich",
        hit,
        done,
        runbook: Some("https://wiki.example.org/fans"),
        also: &[],
        reason: Reason::OnCall,
    }
}

fn check(facts: &Facts<'_>, lang: Lang, expected: Expect) {
    let page = render(facts, lang);
    expected.assert_eq(&format!("{}\n\n{}\n", page.title, page.text));
}

#[test]
fn a_page_in_three_languages() {
    let (hit, done) = (vec!["acme".to_owned(), "globex".to_owned()], vec!["BMC read: 5 of 6 fans turn".to_owned()]);
    let facts = facts(&hit, &done);
    check(
        &facts,
        Lang::En,
        expect![[r#"
        Fan 3 of pve3 drops out again and again

        You are on call.
        Severity: critical
        Since: 2026-03-29 01:47 CET
        Affected: acme, globex
        Done by noout: BMC read: 5 of 6 fans turn
        Procedure: https://wiki.example.org/fans
        Incident #7
    "#]],
    );
    check(
        &facts,
        Lang::Fr,
        expect![[r#"
        Fan 3 of pve3 drops out again and again

        Vous êtes d’astreinte.
        Gravité : critique
        Depuis : 2026-03-29 01:47 CET
        Touchés : acme, globex
        Fait par noout : BMC read: 5 of 6 fans turn
        Procédure : https://wiki.example.org/fans
        Incident n° 7
    "#]],
    );
    check(
        &facts,
        Lang::De,
        expect![[r#"
        Fan 3 of pve3 drops out again and again

        Sie haben Bereitschaft.
        Schweregrad: kritisch
        Seit: 2026-03-29 01:47 CET
        Betroffen: acme, globex
        Von noout erledigt: BMC read: 5 of 6 fans turn
        Vorgehen: https://wiki.example.org/fans
        Vorfall Nr. 7
    "#]],
    );
}

#[test]
fn each_reason_is_told() {
    let facts = facts(&[], &[]);
    for (reason, lang, title, text) in [
        (Reason::Escalated { after: Span::from_mins(5) }, Lang::En, "Fan 3 of", "within 5 min, so you are next"),
        (
            Reason::Deadline { after: Span::from_hours(1) },
            Lang::De,
            "Nach 1 h nicht gelöst: Fan 3",
            "innerhalb von 1 h",
        ),
        (Reason::Digest { pages: 1 }, Lang::En, "One more page: Fan 3", "One more page was due"),
        (Reason::Digest { pages: 12 }, Lang::Fr, "12 alertes en une", "12 alertes"),
        (Reason::PassedOn { by: "Ana".into() }, Lang::En, "Fan 3 of", "Ana passed it on"),
        (Reason::First, Lang::De, "Fan 3 of", "als Erste"),
        (Reason::Everybody, Lang::Fr, "Fan 3 of", "Tout le monde"),
        (Reason::Skipped, Lang::En, "Fan 3 of", "named nobody"),
        (Reason::Fallback { after: Some(Span::from_mins(10)) }, Lang::De, "Fan 3 of", "innerhalb von 10 min"),
        (Reason::Fallback { after: None }, Lang::En, "Fan 3 of", "No step names anybody"),
        (Reason::Coverage, Lang::Fr, "Fan 3 of", "Moins de personnes"),
        (Reason::Unsent, Lang::De, "Fan 3 of", "erreichen die Leute nicht"),
        (Reason::Test, Lang::En, "Test page", "whether it can reach you"),
    ] {
        let page = render(&Facts { reason, ..facts.clone() }, lang);
        assert!(page.title.starts_with(title), "{}", page.title);
        assert!(
            page.text.lines().next().is_some_and(|l| l.to_lowercase().contains(&text.to_lowercase())),
            "{}",
            page.text
        );
    }
}

#[test]
fn the_incidents_own_text_is_shown_as_what_it_is() {
    let facts = Facts { text: "disk full\non /var", alerts: 3, ..facts(&[], &[]) };
    let page = render(&facts, Lang::De);
    assert_eq!(page.text.lines().nth(1), Some("disk full on /var"));
    assert!(page.text.contains("\nAlarme darin: 3\n") && !page.text.contains("Von noout erledigt"), "{}", page.text);
}

#[test]
fn the_labels_tell_which_machine_it_is() {
    let labels = [r#"{alertname="HostDown", instance="pve3"}"#.to_owned(), r#"{instance="pve4"}"#.to_owned()];
    let page = render(&Facts { labels: &labels, alerts: 2, ..facts(&[], &[]) }, Lang::En);
    assert!(
        page.text.contains("\nAlert: {alertname=\"HostDown\", instance=\"pve3\"}\nAlert: {instance="),
        "{}",
        page.text
    );
}

#[test]
fn nothing_turns_the_direction_of_a_page() {
    let page = render(&Facts { what: "disk \u{202E}lluf", ..facts(&[], &[]) }, Lang::En);
    assert_eq!(page.title, "disk lluf");
}

#[test]
fn a_test_page_claims_nothing_about_an_incident() {
    let page = render(&Facts { reason: Reason::Test, ..facts(&[], &[]) }, Lang::En);
    assert_eq!(page.text.lines().count(), 1, "{}", page.text);
    assert!(!page.title.contains("Fan"));
}

#[test]
fn a_long_or_hostile_title_stays_one_short_line() {
    for what in ["word ".repeat(40), "x".repeat(5000), "a\r\nBcc: all@example.org\u{0}\tb".to_owned()] {
        for lang in Lang::ALL {
            let page = render(&Facts { what: &what, ..facts(&[], &[]) }, lang);
            assert!(page.title.split(' ').count() <= MAX_TITLE_WORDS, "{}", page.title);
            assert!(page.title.chars().count() <= MAX_TITLE_CHARS + 1, "{}", page.title);
            assert!(!page.title.chars().any(char::is_control), "{:?}", page.title);
        }
    }
}

#[test]
fn long_lists_are_counted_instead_of_listed() {
    let many: Vec<String> = (1..=9).map(|n| format!("customer-{n}")).collect();
    let page = render(&facts(&many, &many), Lang::En);
    assert!(page.text.contains("customer-5 and 4 more"), "{}", page.text);
    assert_eq!(page.text.lines().filter(|l| l.starts_with("Done by noout")).count(), MAX_DONE);
    assert!(page.text.lines().any(|l| l == "and 4 more"), "{}", page.text);
}

#[test]
fn an_unknown_zone_is_shown_as_utc() {
    let page = render(&Facts { time_zone: "Mars/Olympus", ..facts(&[], &[]) }, Lang::En);
    assert!(page.text.contains("2026-03-29 00:47 UTC"), "{}", page.text);
}

#[test]
fn all_languages_have_the_same_texts_and_all_of_them_parse() {
    let keys = |text: &str| -> Vec<String> {
        let resource = FluentResource::try_new(text.to_owned()).expect("the file parses");
        let mut keys: Vec<String> = resource
            .entries()
            .filter_map(|entry| match entry {
                fluent_syntax::ast::Entry::Message(m) => Some(m.id.name.to_owned()),
                _ => None,
            })
            .collect();
        keys.sort();
        keys
    };
    let english = keys(include_str!("../../locales/en.ftl"));
    assert!(english.len() > 15);
    assert_eq!(english, keys(include_str!("../../locales/fr.ftl")));
    assert_eq!(english, keys(include_str!("../../locales/de.ftl")));
}

#[test]
fn a_digest_names_what_it_stands_for_and_counts_the_rest() {
    let also: Vec<String> = (1..=12).map(|n| format!("disk {n} full")).collect();
    let page = render(&Facts { reason: Reason::Digest { pages: 13 }, also: &also, ..facts(&[], &[]) }, Lang::En);
    assert!(page.title.starts_with("13 pages in one"), "{}", page.title);
    assert!(page.text.contains("Also: disk 1 full") && page.text.contains("Also: disk 10 full"), "{}", page.text);
    assert!(!page.text.contains("disk 11") && page.text.ends_with("and 2 more"), "{}", page.text);
}

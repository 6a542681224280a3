use expect_test::{expect, expect_file};

use super::*;
use crate::testing::{HOSTILE, report, tags};

#[test]
fn the_report_as_it_is_published() {
    for (lang, name) in [(Lang::En, "en"), (Lang::Fr, "fr"), (Lang::De, "de")] {
        let drawn = report_html(&report(), lang).expect("a report");
        expect_file![format!("{}/tests/fixtures/report.{name}.html", env!("CARGO_MANIFEST_DIR"))].assert_eq(&drawn);
    }
    expect![[r#"
        certainty,text,evidence
        measured,"Machines moved live, without a stop: 41 off pve3, 40 back home.",/maintenance/3#e10 /maintenance/3#e11
        measured,"Pause of a guest while it moved, 81 moves: median 48 ms, longest 192 ms, 4 s in all.",/maintenance/3#e12
        estimated,"Had it died under load, 41 guests would have been down for 80 to 200 s each. That is a real cluster’s range, not measured on this one.",/maintenance/3#e13
        not_claimed,"That nobody noticed: only the pauses were measured, not what users saw.",
    "#]].assert_eq(&report_csv(&report(), Lang::En).replace("\r\n", "\n"));
}

#[test]
fn three_columns_always_and_an_empty_one_says_so() {
    let empty = ReportInput { lines: Vec::new(), ..report() };
    let drawn = report_html(&empty, Lang::En).expect("a report");
    assert_eq!(tags(&drawn).iter().filter(|t| *t == "section").count(), 3);
    assert!(drawn.contains("Nothing was measured, so nothing is said about the impact."), "{drawn}");
    assert!(drawn.contains("Not estimated: too few cases."), "{drawn}");
}

#[test]
fn every_line_that_has_evidence_links_to_it_and_the_others_say_that_they_have_none() {
    let drawn = report_html(&report(), Lang::En).expect("a report");
    for n in 10..=13 {
        assert!(drawn.contains(&format!("<a href=\"/maintenance/3#e{n}\">#{n}</a>")), "{n} in {drawn}");
    }
    assert_eq!(drawn.matches("No evidence is linked.").count(), 0, "what is not claimed needs none: {drawn}");
    let mut input = report();
    input.lines[0].evidence.clear();
    let drawn = report_html(&input, Lang::En).expect("a report");
    assert_eq!(drawn.matches("No evidence is linked.").count(), 1, "{drawn}");
}

#[test]
fn much_evidence_is_folded_and_still_all_there() {
    let mut input = report();
    let one = |n: u32| Evidence { label: format!("#{n}"), href: format!("/maintenance/3#e{n}") };
    input.lines[0].evidence = (100..122).map(one).collect();
    let drawn = report_html(&input, Lang::En).expect("a report");
    assert!(drawn.contains("<summary>Evidence: 22 rows</summary>"), "{drawn}");
    assert_eq!(drawn.matches("href=\"/maintenance/3#e1").count(), 22 + 2, "{drawn}");
}

#[test]
fn the_way_back_is_a_path_of_our_own_or_none() {
    let mut input = report();
    assert!(
        report_html(&input, Lang::En)
            .expect("a report")
            .contains("<p class=\"back\"><a href=\"/maintenance/3\">Back</a>")
    );
    input.back = Some(Evidence { label: "Back".to_owned(), href: "javascript:alert(1)".to_owned() });
    assert!(!report_html(&input, Lang::En).expect("a report").contains("<p class=\"back\">"));
}

#[test]
fn what_has_no_text_is_shown_as_it_was_recorded() {
    let mut input = report();
    input.lines =
        vec![ReportLine::said(Certainty::Measured, Said::new("harm-we-caused").with("guest", "vm7"), Vec::new())];
    assert!(report_html(&input, Lang::De).expect("a report").contains("harm-we-caused: guest vm7"));
}

#[test]
fn only_web_links_become_links() {
    for href in [
        "javascript:alert(1)",
        "//evil.example/",
        "/\\evil.example",
        "data:text/html,x",
        "ftp://x/",
        "/a b",
        "https://x/\ny",
    ] {
        let mut input = report();
        input.lines[0].evidence = vec![Evidence { label: "here".to_owned(), href: href.to_owned() }];
        let drawn = report_html(&input, Lang::En).expect("a report");
        assert!(!drawn.contains(">here</a>") && drawn.contains("here"), "{href}");
    }
}

#[test]
fn hostile_texts_stay_texts() {
    let mut input = report();
    input.provider = HOSTILE.to_owned();
    input.customer = Some(HOSTILE.to_owned());
    input.subject = Words::same(HOSTILE);
    input.lines[0].said = Said::words(HOSTILE);
    input.lines[0].evidence = vec![Evidence { label: HOSTILE.to_owned(), href: format!("/{}", HOSTILE) }];
    let drawn = report_html(&input, Lang::En).expect("a report");
    let tags = tags(&drawn);
    assert!(!tags.iter().any(|t| t == "script" || t == "img"), "{drawn}");
    assert_eq!(tags.iter().filter(|t| *t == "h1").count(), 1);
}

#[test]
fn a_cell_is_never_a_formula_and_never_two_cells() {
    for (text, cell_) in [
        ("plain", "plain"),
        ("a,b", "\"a,b\""),
        ("say \"x\"", "\"say \"\"x\"\"\""),
        ("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""),
        ("+41 79", "'+41 79"),
        ("two\nlines", "\"two\nlines\""),
    ] {
        assert_eq!(cell(text), cell_);
    }
}

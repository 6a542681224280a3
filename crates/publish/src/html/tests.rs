use expect_test::expect_file;

use super::*;
use crate::testing::{calm, hostile, page, tags};

#[test]
fn the_page_as_it_is_published() {
    for (lang, name) in [(Lang::En, "en"), (Lang::Fr, "fr"), (Lang::De, "de")] {
        let drawn = html(&page(), lang).expect("a page");
        expect_file![format!("{}/tests/fixtures/status.{name}.html", env!("CARGO_MANIFEST_DIR"))].assert_eq(&drawn);
    }
}

#[test]
fn every_page_stands_alone_and_is_well_formed() {
    for page in [page(), calm(), hostile()] {
        for lang in Lang::ALL {
            let drawn = html(&page, lang).expect("a page");
            let tags = tags(&drawn);
            let count = |tag: &str| tags.iter().filter(|t| *t == tag).count();
            assert_eq!((count("h1"), count("main"), count("title"), count("style")), (1, 1, 1, 1), "{drawn}");
            assert_eq!((count("script"), count("img"), count("iframe"), count("form")), (0, 0, 0, 0), "{drawn}");
            assert!(drawn.starts_with(&format!("<!doctype html>\n<html lang=\"{lang}\">")), "{drawn}");
            for outside in ["src=", "@import", "url(", "onerror=a\"", "javascript:", "rel=\"stylesheet\""] {
                let found = drawn.replace("&lt;img src=x", "");
                let found = found.replace("&#60;img src=x", "");
                assert!(!found.contains(outside), "{outside} in {drawn}");
            }
            let mut ids: Vec<&str> = drawn.split(" id=\"").skip(1).filter_map(|t| t.split('"').next()).collect();
            let all = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), all, "an id stands twice");
            for l in Lang::ALL {
                assert!(drawn.contains(&format!("href=\"/{l}/\" lang=\"{l}\"")), "{l}");
            }
        }
    }
}

#[test]
fn a_status_is_a_shape_and_a_word() {
    let drawn = html(&page(), Lang::En).expect("a page");
    for (shape, word) in [
        ("warn", "Partly out of service"),
        ("ok", "Operational"),
        ("maintenance", "Under maintenance"),
        ("critical", "Out of service"),
        ("unknown", "Unknown"),
    ] {
        let row = drawn.split("<li class=\"").find(|row| row.starts_with(shape)).expect(shape);
        assert!(
            row.contains(&format!("class=\"mark {shape}\"")) && row.contains(&format!("<span>{word}</span>")),
            "{row}"
        );
    }
}

#[test]
fn a_stale_copy_says_operational_of_nothing() {
    let late = page().seen_at(page().next_by + jiff::SignedDuration::from_hours(1));
    let drawn = html(&late, Lang::En).expect("a page");
    assert!(!drawn.contains("Operational") && !drawn.contains("All systems operational"), "{drawn}");
    assert_eq!(drawn.matches("<span>Unknown</span>").count(), late.components.len());
    assert!(drawn.contains("Published <time datetime=\"2026-03-01T03:00:00Z\">2026-03-01 04:00 CET</time>"), "{drawn}");
}

#[test]
fn what_is_not_handed_over_is_not_there() {
    for lang in Lang::ALL {
        assert!(!html(&page(), lang).expect("a page").contains("secret-host"));
    }
}

#[test]
fn a_text_in_another_language_is_marked() {
    let mut page = calm();
    page.components[0].name =
        crate::Words::Written(std::collections::BTreeMap::from([(Lang::En, "Virtual machines".to_owned())]));
    let drawn = html(&page, Lang::De).expect("a page");
    assert!(drawn.contains("<span class=\"component\" lang=\"en\">Virtual machines</span>"), "{drawn}");
}

/// WCAG's contrast of two colours such as `#1FA67A`.
fn contrast(a: &str, b: &str) -> f64 {
    let luminance = |colour: &str| -> f64 {
        let full: String = if colour.len() == 4 {
            colour.chars().skip(1).flat_map(|c| [c, c]).collect()
        } else {
            colour.chars().skip(1).collect()
        };
        let channel = |i: usize| {
            let value = f64::from(u8::from_str_radix(&full[2 * i..2 * i + 2], 16).expect("hex")) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(0) + 0.7152 * channel(1) + 0.0722 * channel(2)
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn all_colours_reach_wcag_aa_dark_and_light() {
    for css in [include_str!("../../templates/status.css"), include_str!("../../templates/report.css")] {
        let palettes: Vec<&str> = css.split("--ground:").skip(1).collect();
        assert!(palettes.len() >= 2);
        for palette in palettes {
            let palette = format!("--ground:{}", palette.split('}').next().unwrap_or_default());
            let colour = |name: &str| {
                let value = palette.split(&format!("--{name}:")).nth(1)?;
                Some(value.split([';', '}']).next().unwrap_or_default().to_owned())
            };
            let ground = colour("ground").expect("a ground");
            for text in ["ink", "quiet", "link"] {
                let found = contrast(&colour(text).expect(text), &ground);
                assert!(found >= 4.5, "{text} on {ground}: {found}");
            }
            for shape in ["ok", "warn", "critical", "maintenance", "unknown"].map(colour).into_iter().flatten() {
                let found = contrast(&shape, &ground);
                assert!(found >= 3.0, "{shape} on {ground}: {found}");
            }
        }
    }
}

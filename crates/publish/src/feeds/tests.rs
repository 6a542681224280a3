use expect_test::expect_file;

use super::*;
use crate::testing::{calm, hostile, page, tags};

#[test]
fn the_feeds_as_they_are_published() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    expect_file![format!("{folder}/history.fr.atom")].assert_eq(&atom(&page(), Lang::Fr).expect("a feed"));
    expect_file![format!("{folder}/history.de.rss")].assert_eq(&rss(&page(), Lang::De).expect("a feed"));
}

#[test]
fn hostile_texts_stay_texts() {
    for feed in [atom(&hostile(), Lang::En), rss(&hostile(), Lang::En)] {
        let feed = feed.expect("a feed");
        let known = tags(&atom(&page(), Lang::En).expect("a feed"));
        let known: Vec<String> = known.into_iter().chain(tags(&rss(&page(), Lang::En).expect("a feed"))).collect();
        assert!(tags(&feed).iter().all(|t| known.contains(t)), "{feed}");
        assert!(!feed.contains('\u{0}') && !feed.contains("]]>"), "{feed}");
    }
}

#[test]
fn an_entry_keeps_its_id_while_its_notice_goes_on() {
    let ids = |feed: &str| -> Vec<String> {
        feed.split("<id>").skip(2).filter_map(|t| t.split('<').next().map(str::to_owned)).collect()
    };
    let mut later = page();
    later.incidents[1].updates[1].stage = crate::Stage::Resolved;
    let (before, after) = (atom(&page(), Lang::En).expect("a feed"), atom(&later, Lang::En).expect("a feed"));
    assert_eq!(ids(&before), ids(&after));
    assert_eq!(ids(&before)[0], "https://status.example.org/incident/7");
}

#[test]
fn a_calm_page_has_an_empty_feed() {
    assert!(!atom(&calm(), Lang::En).expect("a feed").contains("<entry>"));
    assert!(!rss(&calm(), Lang::En).expect("a feed").contains("<item>"));
}

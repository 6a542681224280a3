//! Whatever stands in the file, the answer is a list of problems with lines that exist.

use proptest::prelude::*;

use super::{TEAM, now};
use crate::config::check;

fn holds(text: &str) {
    let (config, checked) = check(text, now());
    assert_eq!(config.is_some(), checked.ok);
    assert_eq!(checked.errors.is_empty(), checked.ok);
    let lines = text.split('\n').count();
    for problem in checked.errors.iter().chain(&checked.warnings) {
        assert!(problem.line as usize <= lines, "{problem} of {lines} lines");
        assert!(!problem.message.is_empty());
        assert!(!problem.message.contains('\n'), "{problem:?}");
    }
    assert_eq!(check(text, now()).1, checked, "the same text gives the same answer");
}

/// Pieces that make something near to a configuration.
fn piece() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "[[person]]",
        "[[schedule]]",
        "[[schedule.rotation]]",
        "[[policy]]",
        "[[policy.step]]",
        "[[route]]",
        "[server]",
        "[mail]",
        "[[platform]]",
        "[[bmc]]",
        "[[component]]",
        "[maintenance]",
        "id = 'a'",
        "id = 'b'",
        "superior = 'a'",
        "superior = 'b'",
        "timezone = 'UTC'",
        "timezone = 'X'",
        "coverage = 2",
        "name = 'n'",
        "name = { en = 'x' }",
        "people = ['a', ['b', 'a']]",
        "start = '2026-01-05T09:00'",
        "hours = '20:00-08:00'",
        "unit = 'hour'",
        "notify = ['schedule:a', 'superiors']",
        "wait = '0s'",
        "policy = 'a'",
        "match = 'a=~\"b.*\"'",
        "kind = 'lab'",
        "speed = nan",
        "speed = -1",
        "contact = ['push', 'mail']",
        "listen = ''",
        "url = 'x'",
        "from = 'y'",
        "= = =",
        "]",
        "fallback = ['superiors']",
        "'''",
        "\"",
        "a.b.c = 1",
        "[a.b.c]",
        "every = 99999999999",
        "person.id = 1",
    ]);
    prop_oneof![9 => words.prop_map(str::to_owned), 1 => ".{0,12}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gets_an_answer(text in "(?s).{0,200}") {
        holds(&text);
    }

    #[test]
    fn anything_near_a_configuration_gets_an_answer(pieces in prop::collection::vec(piece(), 0..40)) {
        holds(&pieces.join("\n"));
    }

    #[test]
    fn a_good_file_with_a_piece_cut_out_gets_an_answer(from in 0..TEAM.len(), len in 1..80_usize, put in ".{0,3}") {
        // The file is ASCII, so that every offset is a boundary.
        let mut text = TEAM.to_owned();
        text.replace_range(from..(from + len).min(TEAM.len()), &put);
        holds(&text);
    }
}

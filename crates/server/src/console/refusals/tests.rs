use noout_types::Lang;

use super::super::words::T;
use super::*;

#[test]
fn a_pattern_takes_out_what_differs_and_nothing_else() {
    assert_eq!(capture("incident {n} is closed", "incident 7 is closed"), Some(vec![("n", "7")]));
    assert_eq!(capture("found {start} to {end}", "found a to b"), Some(vec![("start", "a"), ("end", "b")]));
    assert_eq!(capture("incident {n} is closed", "incident 7 is open"), None);
    assert_eq!(capture("signed", "signed twice"), None);
}

#[test]
fn each_refusal_has_a_text_that_takes_all_that_was_found() {
    for lang in Lang::ALL {
        for (pattern, key) in CONFLICTS {
            let names = || pattern.split('{').skip(1).filter_map(|rest| rest.split('}').next());
            let values: Vec<_> = names().map(|name| (name, "\u{2042}")).collect();
            let text = T(lang).a(key, &values);
            assert!(T(lang).has(key), "{lang}: {key}");
            assert_eq!(text.matches('\u{2042}').count(), values.len(), "{lang}: {key}: {text}");
        }
    }
}

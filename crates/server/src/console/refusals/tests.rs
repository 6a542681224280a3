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

/// The core's sentences with a pair of empty braces for each value.
fn sentences(folder: &std::path::Path, out: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sentences(&path, out);
        } else if path.file_stem().is_some_and(|name| name != "tests") {
            let text = std::fs::read_to_string(&path).expect("a text");
            for rest in text.split("Refusal::conflict(").skip(1) {
                let rest = rest.trim_start_matches("format!(").trim_start();
                out.extend(rest.strip_prefix('"').and_then(|r| r.split('"').next()).map(skeleton));
            }
        }
    }
}

fn skeleton(text: &str) -> String {
    let mut parts = text.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + "{}" + part.split_once('}').map_or("", |(_, rest)| rest))
}

#[test]
fn what_the_core_refuses_has_a_text_for_readers_of_other_languages() {
    let mut found = Vec::new();
    sentences(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src"), &mut found);
    assert!(found.len() > 15, "{found:?}");
    let known: Vec<_> = CONFLICTS.iter().map(|(pattern, _)| skeleton(pattern)).collect();
    let missing: Vec<_> = found.iter().filter(|text| !known.contains(text)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

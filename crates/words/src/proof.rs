//! The proof that everything that can be said has a text. For the tests of the rooms that say something.

use std::collections::{BTreeMap, BTreeSet};

use noout_types::Lang;

/// Texts that stand only within others begin so.
const WITHIN: &str = "within-";

/// What is wrong with the texts of these sentences (codes with the names of what stands in them, the `ALL` of
/// [`sayings!`](noout_types::sayings)): no text in a language, a value that no text shows, a text that wants a value
/// which nobody gives. Empty is good.
#[must_use]
pub fn missing(sentences: &[(&str, &[&str])]) -> Vec<String> {
    let mut wrong = Vec::new();
    for lang in Lang::ALL {
        let texts = texts(lang);
        for (code, values) in sentences {
            let Some(text) = texts.get(*code) else {
                wrong.push(format!("{lang}: no text for {code}"));
                continue;
            };
            let wanted = variables(text, &texts);
            let given: BTreeSet<&str> = values.iter().copied().collect();
            wrong.extend(given.difference(&wanted).map(|name| format!("{lang}: {code} does not say its {name}")));
            wrong.extend(wanted.difference(&given).map(|name| format!("{lang}: {code} wants ${name}")));
        }
    }
    wrong
}

/// The texts that none of these sentences uses: nobody says them. Empty is good.
#[must_use]
pub fn unused<'a>(sentences: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let said: BTreeSet<&str> = sentences.into_iter().collect();
    let texts = texts(Lang::En);
    texts.into_keys().filter(|code| !said.contains(code.as_str()) && !code.starts_with(WITHIN)).collect()
}

/// Each message as it is written.
pub(crate) fn texts(lang: Lang) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for source in crate::sources(lang) {
        let mut code = String::new();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            let begins = line.starts_with(|c: char| c.is_ascii_alphabetic());
            if let Some((name, rest)) = line.split_once('=').filter(|_| begins) {
                code = name.trim().to_owned();
                texts.insert(code.clone(), rest.to_owned());
            } else if let Some(text) = texts.get_mut(&code) {
                text.push('\n');
                text.push_str(line);
            }
        }
    }
    texts
}

/// The variables of a text and of those within it.
fn variables<'t>(text: &'t str, texts: &'t BTreeMap<String, String>) -> BTreeSet<&'t str> {
    let end = |rest: &str| rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')));
    let name = |rest: &'t str| &rest[..end(rest).unwrap_or(rest.len())];
    let mut found: BTreeSet<&str> = text.match_indices('$').map(|(at, _)| name(&text[at + 1..])).collect();
    for (at, _) in text.match_indices(WITHIN) {
        if let Some(inner) = texts.get(name(&text[at..])) {
            found.extend(variables(inner, texts));
        }
    }
    found
}

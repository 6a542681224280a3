//! Translations: the same keys, with the same variables, in all languages.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use super::tree::{Tree, ending};

/// The languages of each text, the first being the one that the others are compared with.
const LANGUAGES: [&str; 3] = ["en", "fr", "de"];

/// What a message is called, and where it is and which variables it uses.
type Messages = BTreeMap<String, Message>;

#[derive(Debug, Default)]
struct Message {
    line: usize,
    variables: BTreeSet<String>,
}

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    // By the folder of locales and the file, so that each crate's texts stand for themselves.
    let mut sets: BTreeMap<(String, String), BTreeMap<String, (String, Messages)>> = BTreeMap::new();
    for (path, text) in tree.texts().filter(|(path, _)| ending(path) == "ftl") {
        let Some((base, rest)) = path.split_once("/locales/") else {
            found.push(Finding::new(
                path,
                1,
                "texts lie in locales/LANGUAGE/NAME.ftl or locales/LANGUAGE.ftl: move it",
            ));
            continue;
        };
        let language = rest.split(['/', '.']).next().unwrap_or("");
        if !LANGUAGES.contains(&language) {
            found.push(Finding::new(path, 1, format!("no language of ours: there are {}", LANGUAGES.join(", "))));
            continue;
        }
        // The path with the language left open: `/x.ftl` or `.ftl`.
        let file = &rest[language.len()..];
        let messages = parse(path, text, &mut found);
        let set = sets.entry((base.to_owned(), file.to_owned())).or_default();
        set.insert(language.to_owned(), (path.to_owned(), messages));
    }
    for ((base, file), set) in &sets {
        let all: BTreeSet<&String> = set.values().flat_map(|(_, messages)| messages.keys()).collect();
        for language in LANGUAGES {
            let Some((path, messages)) = set.get(language) else {
                let path = format!("{base}/locales/{language}{file}");
                found.push(Finding::new(&path, 1, "missing: other languages have this file; translate it"));
                continue;
            };
            for key in all.iter().filter(|key| !messages.contains_key(**key)) {
                found.push(Finding::new(
                    path,
                    1,
                    format!("no text for {key:?}, which another language has: translate it"),
                ));
            }
        }
        compare_variables(set, &mut found);
    }
    found
}

fn compare_variables(set: &BTreeMap<String, (String, Messages)>, found: &mut Vec<Finding>) {
    let Some((_, first)) = set.get(LANGUAGES[0]) else { return };
    for (path, messages) in LANGUAGES[1..].iter().filter_map(|language| set.get(*language)) {
        for (key, message) in messages {
            let Some(model) = first.get(key) else { continue };
            for variable in message.variables.symmetric_difference(&model.variables) {
                let what = format!("{key:?}: {variable} is in one of {} and this language only", LANGUAGES[0]);
                found.push(Finding::new(path, message.line, what));
            }
        }
    }
}

/// The messages, terms and attributes of a file.
fn parse(path: &str, text: &str, found: &mut Vec<Finding>) -> Messages {
    let mut messages = Messages::new();
    let mut message = String::new();
    let mut current = String::new();
    for (at, line) in text.lines().enumerate() {
        if line.starts_with('#') {
            continue;
        }
        let indented = line.starts_with([' ', '\t']);
        let key = line.split_once('=').map(|(key, _)| key.trim()).filter(|key| is_key(key));
        match key {
            Some(key) if !indented => {
                message = key.to_owned();
                current.clone_from(&message);
            }
            Some(key) if key.starts_with('.') => current = format!("{message}{key}"),
            _ => {}
        }
        let starts = key.is_some_and(|key| !indented || key.starts_with('.'));
        if starts && messages.contains_key(&current) {
            found.push(Finding::new(path, at + 1, format!("{current:?} is here twice: delete one")));
        }
        if starts || !current.is_empty() {
            let entry =
                messages.entry(current.clone()).or_insert_with(|| Message { line: at + 1, ..Message::default() });
            entry.variables.extend(variables(line));
        }
    }
    messages
}

fn is_key(key: &str) -> bool {
    let name = key.strip_prefix(['-', '.']).unwrap_or(key);
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// The variables of a line: `$name`.
fn variables(line: &str) -> impl Iterator<Item = String> + '_ {
    line.match_indices('$').filter_map(|(at, _)| {
        let rest = &line[at + 1..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')).unwrap_or(rest.len());
        (end > 0 && rest.starts_with(|c: char| c.is_ascii_alphabetic())).then(|| format!("${}", &rest[..end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(en: &str, fr: &str, de: &str) -> Vec<String> {
        let files = [("a/locales/en/x.ftl", en), ("a/locales/fr/x.ftl", fr), ("a/locales/de/x.ftl", de)];
        check(&Tree::of(&files)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_key_that_a_language_lacks_is_found() {
        assert_eq!(
            found("# Words\na = One\n    more\nb = Two\n", "b = Deux\na = Un\n", "a = Eins\nb = Zwei\n"),
            [""; 0]
        );
        let lacking = found("a = One\nb = Two\n", "a = Un\n", "a = Eins\nb = Zwei\n");
        assert_eq!(lacking, ["a/locales/fr/x.ftl:1: no text for \"b\", which another language has: translate it"]);
        assert_eq!(found("a = One\n", "a = Un\n", "a = Eins\nz = Zu viel\n").len(), 2, "more than the others");
        assert_eq!(found("a = One\n    .title = T\n", "a = Un\n    .title = T\n", "a = Eins\n").len(), 1, "attribute");
    }

    #[test]
    fn variables_agree_over_the_lines_of_a_message() {
        assert_eq!(
            found(
                "a = { $n ->\n   [one] one of { $all }\n  *[other] more\n }\n",
                "a = { $n } { $all }\n",
                "a = { $n } { $all }\n"
            ),
            [""; 0]
        );
        assert_eq!(found("a = { $n }\n", "a = { $m }\n", "a = { $n }\n").len(), 2);
    }

    #[test]
    fn files_are_there_in_all_languages_and_hold_a_key_once() {
        assert_eq!(check(&Tree::of(&[("a/locales/en/x.ftl", "a = One\n")])).len(), 2);
        assert_eq!(
            check(&Tree::of(&[("a/locales/en.ftl", ""), ("a/locales/fr.ftl", ""), ("a/locales/de.ftl", "")])),
            []
        );
        assert_eq!(check(&Tree::of(&[("a/locales/en.ftl", ""), ("a/locales/fr.ftl", "")])).len(), 1);
        assert_eq!(check(&Tree::of(&[("a/locales/es/x.ftl", "a = Uno\n")])).len(), 1);
        assert_eq!(found("a = One\na = Two\n", "a = Un\n", "a = Eins\n").len(), 1);
    }
}

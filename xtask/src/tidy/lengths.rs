//! How long a file may be, and white space at the end of its lines.

use super::Finding;
use super::tree::{Tree, ending, is_foreign, name};

/// What a reader takes in at one sitting. A longer file holds more than one thing: split it by noun.
const MAX_LINES: usize = 600;

/// A file of tests is a list of cases, read one at a time, so it may be longer.
const MAX_LINES_OF_TESTS: usize = 900;

/// Endings that the limit holds for: what we write by hand.
const LIMITED: [&str; 8] = ["rs", "html", "css", "js", "mjs", "sh", "py", "ftl"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| !is_foreign(path)) {
        for (at, line) in text.lines().enumerate() {
            if line.ends_with([' ', '\t', '\r']) || text.ends_with("\r\n") && at == 0 {
                found.push(Finding::new(path, at + 1, "white space at the end of the line: take it away"));
            }
        }
        let limit = if is_test(path) { MAX_LINES_OF_TESTS } else { MAX_LINES };
        let lines = text.lines().count();
        let limited = LIMITED.contains(&ending(path)) || ending(path).is_empty() && text.starts_with("#!");
        if limited && lines > limit {
            found.push(Finding::new(
                path,
                limit + 1,
                format!("{lines} lines, at most {limit}: split the file by noun"),
            ));
        }
    }
    found
}

/// Whether a file holds tests and nothing else.
fn is_test(path: &str) -> bool {
    let name = name(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    path.split('/').rev().skip(1).any(|folder| folder == "tests")
        || stem == "tests"
        || stem.ends_with("_tests")
        || stem.starts_with("tests_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(n: usize) -> String {
        "x\n".repeat(n)
    }

    #[test]
    fn a_file_at_the_limit_passes_and_one_line_more_does_not() {
        assert_eq!(check(&Tree::of(&[("crates/a/src/a.rs", &lines(600))])), []);
        let found = check(&Tree::of(&[("crates/a/src/a.rs", &lines(601))]));
        assert_eq!(found, [Finding::new("crates/a/src/a.rs", 601, "601 lines, at most 600: split the file by noun")]);
    }

    #[test]
    fn tests_may_be_longer_but_not_endless() {
        for path in ["crates/a/src/b/tests.rs", "crates/a/tests/b.rs", "tests/browser/x.mjs", "crates/a/src/tests/c.rs"]
        {
            assert_eq!(check(&Tree::of(&[(path, &lines(900))])), [], "{path}");
            assert_eq!(check(&Tree::of(&[(path, &lines(901))])).len(), 1, "{path}");
        }
    }

    #[test]
    fn a_script_without_an_ending_counts_and_a_vendored_file_does_not() {
        assert_eq!(check(&Tree::of(&[("test", &format!("#!/bin/bash\n{}", lines(600)))])).len(), 1);
        assert_eq!(check(&Tree::of(&[("crates/server/static/vendor/htmx.js", &lines(5000))])), []);
        assert_eq!(check(&Tree::of(&[("docs/guide/long.md", &lines(5000))])), []);
    }

    #[test]
    fn white_space_at_the_end_is_found_with_its_line() {
        let found = check(&Tree::of(&[("a.md", "one\ntwo \nthree\n"), ("tests/fixtures/a.txt", "kept \n")]));
        assert_eq!(found.iter().map(|f| (f.file.as_str(), f.line)).collect::<Vec<_>>(), [("a.md", 2)]);
        assert_eq!(check(&Tree::of(&[("a.md", "one\r\n")])).len(), 1);
    }
}

//! The tests that the list of failure stories names exist.

use super::Finding;
use super::tree::Tree;

/// Where the list is.
const STORIES: &str = "docs/failure-stories.md";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let lines = tree.text(STORIES).into_iter().flat_map(str::lines).zip(1..);
    let rows = lines.filter(|(line, _)| line.starts_with('|') && line.contains("crates/"));
    rows.flat_map(|(line, number)| missing(tree, line).into_iter().map(move |what| Finding::new(STORIES, number, what)))
        .collect()
}

/// What a row names and is not there: a file, then the tests in it.
fn missing(tree: &Tree, row: &str) -> Vec<String> {
    let tests = row.trim_end_matches([' ', '|']).rsplit('|').next().unwrap_or_default();
    let mut file: Option<&str> = None;
    let mut found = Vec::new();
    for name in tests.split('`').skip(1).step_by(2) {
        match (file, name.contains('/')) {
            (_, true) => file = Some(name),
            (Some(file), false) if tree.text(file).is_some_and(|text| text.contains(&format!("fn {name}("))) => {}
            (file, false) => found.push(format!("{} has no test {name}: correct the row", file.unwrap_or("no file"))),
        }
    }
    if tests.matches('`').count() < 4 {
        found.push("the row names no test: add `file`: `test`".to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_names_tests_that_exist() {
        let list = "| it failed | ours | `crates/a.rs`: `one`, `two` |\n| so | too | crates/ |\n| no | row |\n";
        let tree = Tree::of(&[(STORIES, list), ("crates/a.rs", "fn one() {}")]);
        let found: Vec<_> = check(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "docs/failure-stories.md:1: crates/a.rs has no test two: correct the row",
                "docs/failure-stories.md:2: the row names no test: add `file`: `test`"
            ]
        );
    }
}

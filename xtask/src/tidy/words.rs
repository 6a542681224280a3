//! Words that no file may hold: promises to do it later, and what is true on one machine only.

use super::Finding;
use super::tree::{Tree, name};

/// A word that is not allowed, and what to do instead. The words are put together here from halves,
/// so that this file does not find itself.
const BANNED: [(&str, &str); 12] = [
    (concat!("FIX", "ME"), "do it, or write an issue: the tree holds no promises"),
    (concat!("XX", "X:"), "do it, or write an issue: the tree holds no promises"),
    (concat!("/ro", "ot/"), "a path of one machine: take it from an argument or the environment"),
    (concat!("/Us", "ers/"), "a path of one machine: take it from an argument or the environment"),
    (concat!("/work", "space/"), "a path of one machine: take it from an argument or the environment"),
    (concat!("shared/", "testbed"), "a path outside of this repository: bring the file in"),
    (concat!("shared/", "design"), "a path outside of this repository: bring the file in"),
    (concat!("registry.", "npmjs"), "a registry's host: whoever builds chooses the registry"),
    (concat!("files.", "pythonhosted"), "a registry's host: whoever builds chooses the registry"),
    (concat!("index.", "crates.io"), "a registry's host: whoever builds chooses the registry"),
    (concat!("static.", "crates.io"), "a registry's host: whoever builds chooses the registry"),
    (concat!("deb.", "debian.org"), "a registry's host: whoever builds chooses the registry"),
];

/// The only registry that Cargo.lock may name: cargo writes it so whatever mirror served the crate.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in tree.texts() {
        for (at, line) in text.lines().enumerate() {
            let mut report = |what: String| found.push(Finding::new(path, at + 1, what));
            for (word, what) in BANNED {
                if line.contains(word) {
                    report(format!("{word:?} is {what}"));
                }
            }
            for folder in tree.private_folders.iter().filter(|folder| names(line, folder)) {
                report(format!("{folder:?} is where this tree happens to lie: write a relative path"));
            }
            if name(path) == "Cargo.lock" && line.starts_with("source = ") && !line.contains(CRATES_IO) {
                report("a crate from elsewhere than crates.io: depend on a published version".to_owned());
            }
            if name(path) == "package-lock.json" && line.trim_start().starts_with("\"resolved\": \"http") {
                report(
                    "a registry's host: write the file with npm install --omit-lockfile-registry-resolved".to_owned(),
                );
            }
        }
    }
    found
}

/// Whether `line` names `folder` itself or something in it, and not a longer name that starts so.
fn names(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let next = line[at + folder.len()..].chars().next();
        !next.is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_banned_word_is_found_with_its_line() {
        for (word, _) in BANNED {
            let text = format!("fine\nnot fine: {word} here\n");
            let found = check(&Tree::of(&[("docs/a.md", &text)]));
            assert_eq!(found.iter().map(|f| f.line).collect::<Vec<_>>(), [2], "{word}");
        }
    }

    #[test]
    fn where_the_tree_lies_may_not_be_named_but_a_longer_name_may() {
        let mut tree = Tree::of(&[("a.md", "see /srv/noout/a\nsee /srv/noout-two\nsee ../noout\n")]);
        tree.private_folders = vec!["/srv/noout".to_owned()];
        assert_eq!(check(&tree).iter().map(|f| f.line).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn lock_files_name_no_other_registry_and_no_host() {
        let lock = format!("source = \"{CRATES_IO}\"\nsource = \"git+https://host/x\"\n");
        assert_eq!(check(&Tree::of(&[("Cargo.lock", &lock)])).len(), 1);
        let npm = "  \"resolved\": \"https://host/x.tgz\",\n  \"integrity\": \"sha512-x\"\n";
        assert_eq!(check(&Tree::of(&[("tests/browser/package-lock.json", npm)])).len(), 1);
    }
}

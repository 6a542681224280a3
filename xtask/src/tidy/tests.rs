//! The tree that we live in is tidy.

use super::tree::Tree;
use super::{check, this_tree};

#[test]
fn this_tree_is_tidy() {
    let tree = Tree::read(&this_tree()).expect("the tree can be read");
    let found: Vec<String> = check(&tree).iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "`cargo xtask tidy` says:\n{}", found.join("\n"));
}

#[test]
fn the_checks_see_the_files_that_they_are_about() {
    let tree = Tree::read(&this_tree()).expect("the tree can be read");
    for path in ["Cargo.toml", "clippy.toml", "test", ".ci/run", "crates/types/src/lib.rs", "xtask/src/tidy/tests.rs"] {
        assert!(tree.has(path), "{path} is not in the tree that tidy reads");
    }
    assert!(tree.has("crates/types"), "a folder is there if a file is in it");
    assert!(!tree.has("crates/typ"), "half a name is no folder");
}

#[test]
fn a_folder_that_is_not_there_is_an_error_and_not_tidy() {
    assert!(Tree::read(std::path::Path::new("no/such/folder")).is_err());
}

#[test]
fn a_copy_without_a_repository_is_walked_through() {
    let tree = Tree::read(&this_tree().join("xtask")).expect("the folder can be read");
    assert!(tree.has("src/tidy/tests.rs") && tree.has("Cargo.toml"));
}

#[test]
fn the_readme_shows_the_example_that_is_checked() {
    let tree = Tree::read(&this_tree()).expect("the tree can be read");
    let example = tree.text("docs/guide/noout.toml").expect("the example is there");
    let readme = tree.text("README.md").expect("the README is there");
    let shown: Vec<&str> = readme.lines().map(|line| line.strip_prefix("   ").unwrap_or(line)).collect();
    assert!(
        shown.join("\n").contains(example.trim_end()),
        "README.md does not show docs/guide/noout.toml as it is: copy it there, three spaces in"
    );
}

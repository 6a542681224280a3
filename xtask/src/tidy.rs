//! Tidy: the rules of this tree that neither the compiler nor clippy knows. Each check is a function
//! from the tree to what it found, so that its tests can hand it a tree made up on the spot.

mod crates;
mod fluent;
mod lengths;
mod links;
mod lints;
mod modules;
mod real;
mod rust;
mod stories;
mod tree;
mod words;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tree::Tree;

/// Something that is not tidy: where it is and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    /// The file, relative to the top, with slashes.
    file: String,
    /// The line, counted from 1; a finding about the file as a whole is at line 1.
    line: usize,
    /// What was found and what to do, one sentence or two.
    what: String,
}

impl Finding {
    fn new(file: &str, line: usize, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// All checks over one tree, sorted by place.
fn check(tree: &Tree) -> Vec<Finding> {
    let checks: [fn(&Tree) -> Vec<Finding>; 10] = [
        lengths::check,
        words::check,
        rust::check,
        crates::check,
        modules::check,
        lints::check,
        real::check,
        links::check,
        fluent::check,
        stories::check,
    ];
    let mut found: Vec<Finding> = checks.iter().flat_map(|check| check(tree)).collect();
    found.sort();
    found.dedup();
    found
}

/// The top of the tree that this program was built from.
pub fn this_tree() -> PathBuf {
    // cargo sets the variable at run time too: a binary copied or cached from elsewhere still looks
    // at the tree that it is run in.
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.parent().map_or_else(|| here.clone(), Path::to_path_buf)
}

/// Checks the tree at `root`, prints what it found and says by the exit code whether it is tidy.
pub fn run(root: &Path) -> ExitCode {
    let tree = match Tree::read(root) {
        Ok(tree) => tree,
        Err(error) => {
            eprintln!("tidy: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let found = check(&tree);
    for finding in &found {
        eprintln!("{finding}");
    }
    if found.is_empty() {
        println!("tidy: {} files, nothing found", tree.files().count());
        ExitCode::SUCCESS
    } else {
        eprintln!("tidy: {} found", found.len());
        ExitCode::FAILURE
    }
}

//! Files that no module includes: they look like code, are never compiled and rot.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::Finding;
use super::rust::{Token, tokens};
use super::tree::{Tree, ending, folder, join, name};

pub fn check(tree: &Tree) -> Vec<Finding> {
    let crates: Vec<&str> = tree
        .texts()
        .filter(|(path, text)| name(path) == "Cargo.toml" && text.contains("[package]"))
        .map(|(path, _)| folder(path))
        .collect();
    let mut reached = BTreeSet::new();
    for root in crates.iter().flat_map(|dir| roots(tree, dir)) {
        follow(tree, &root, true, &mut reached);
    }
    tree.texts()
        .filter(|(path, _)| ending(path) == "rs" && !reached.contains(*path))
        .filter(|(path, _)| !path.split('/').any(|part| part == "fixtures"))
        .map(|(path, _)| Finding::new(path, 1, "no module includes this file: add `mod …;` beside it, or delete it"))
        .collect()
}

/// The files of the crate in `dir` that cargo compiles by itself.
fn roots(tree: &Tree, dir: &str) -> Vec<String> {
    let within = |path: &str| -> Option<String> {
        if dir.is_empty() {
            Some(path.to_owned())
        } else {
            path.strip_prefix(dir)?.strip_prefix('/').map(str::to_owned)
        }
    };
    let by_place = tree.texts().map(|(path, _)| path).filter(|path| {
        let Some(inner) = within(path) else { return false };
        let parts: Vec<&str> = inner.split('/').collect();
        match parts.as_slice() {
            ["build.rs"] | ["src", "lib.rs" | "main.rs"] => true,
            ["src", "bin", file] | ["tests" | "benches" | "examples", file] => ending(file) == "rs",
            ["src", "bin", _, "main.rs"] | ["tests" | "benches" | "examples", _, "main.rs"] => true,
            _ => false,
        }
    });
    let manifest = join(dir, "Cargo.toml").and_then(|path| tree.text(&path));
    let manifest: Table = manifest.and_then(|text| toml::from_str(text).ok()).unwrap_or_default();
    let by_name = manifest
        .iter()
        .filter(|(key, _)| matches!(key.as_str(), "lib" | "bin" | "test" | "bench" | "example"))
        .flat_map(|(_, value)| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]))
        .filter_map(|target| join(dir, target.get("path").and_then(Value::as_str)?));
    by_place.map(str::to_owned).chain(by_name).collect()
}

/// Marks `file` and all modules below it. A root, and any `mod.rs`, has its modules beside it, any
/// other file in the folder of its own name.
fn follow(tree: &Tree, file: &str, is_root: bool, reached: &mut BTreeSet<String>) {
    let Some(text) = tree.text(file) else { return };
    if !reached.insert(file.to_owned()) {
        return;
    }
    let beside = folder(file);
    let stem = name(file).trim_end_matches(".rs");
    let home = if is_root || stem == "mod" { beside.to_owned() } else { path_of(beside, stem) };
    for module in modules(text) {
        let candidates = match module {
            Module::At(path) => vec![(join(beside, &path), false)],
            Module::Included(path) => vec![(join(beside, &path), true)],
            Module::Named(path) => {
                vec![(join(&home, &format!("{path}.rs")), false), (join(&home, &format!("{path}/mod.rs")), false)]
            }
        };
        for (path, as_root) in candidates {
            if let Some(path) = path {
                follow(tree, &path, as_root, reached);
            }
        }
    }
}

fn path_of(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// How a file names another one.
enum Module {
    /// `mod a;`, within inline modules `outer/a`.
    Named(String),
    /// `#[path = "…"] mod a;`
    At(String),
    /// `include!("…")`
    Included(String),
}

fn modules(source: &str) -> Vec<Module> {
    let tokens: Vec<Token> = tokens(source).into_iter().map(|(_, token)| token).collect();
    let mut out = Vec::new();
    // The inline modules around the place, each with the depth of braces that it ends at.
    let mut around: Vec<(String, usize)> = Vec::new();
    let mut depth = 0_usize;
    let mut path_attribute: Option<String> = None;
    for at in 0..tokens.len() {
        match &tokens[at..] {
            [Token::Sign('{'), ..] => depth += 1,
            [Token::Sign('}'), ..] => {
                depth = depth.saturating_sub(1);
                around.retain(|(_, ends_at)| *ends_at <= depth);
            }
            [path, Token::Sign('='), Token::Text(text), Token::Sign(']'), ..] if path.is_word("path") => {
                path_attribute = Some(text.clone());
            }
            [include, Token::Sign('!'), Token::Sign('('), Token::Text(text), ..] if include.is_word("include") => {
                out.push(Module::Included(text.clone()));
            }
            [word, Token::Word(name), Token::Sign(';'), ..] if word.is_word("mod") => {
                let inner: Vec<&str> = around.iter().map(|(n, _)| n.as_str()).chain([name.as_str()]).collect();
                out.push(path_attribute.take().map_or_else(|| Module::Named(inner.join("/")), Module::At));
            }
            [word, Token::Word(name), Token::Sign('{'), ..] if word.is_word("mod") => {
                around.push((name.clone(), depth + 1));
                path_attribute = None;
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: (&str, &str) = ("crates/a/Cargo.toml", "[package]\nname = \"a\"\n");

    fn forgotten(files: &[(&str, &str)]) -> Vec<String> {
        let mut all = vec![MANIFEST];
        all.extend_from_slice(files);
        check(&Tree::of(&all)).into_iter().map(|f| f.file).collect()
    }

    #[test]
    fn a_file_that_nothing_includes_is_found() {
        let files = [
            ("crates/a/src/lib.rs", "pub mod used;\n// mod lost;\n"),
            ("crates/a/src/used.rs", ""),
            ("crates/a/src/lost.rs", ""),
        ];
        assert_eq!(forgotten(&files), ["crates/a/src/lost.rs"]);
    }

    #[test]
    fn modules_are_followed_down_all_ways_of_writing_them() {
        let files = [
            (
                "crates/a/src/lib.rs",
                "mod one;\nmod two;\n#[cfg(test)]\nmod tests;\nmod inline { mod deep; }\nmod after;\n",
            ),
            ("crates/a/src/one.rs", "#[path = \"odd_name.rs\"]\nmod x;\npub(crate) mod sub;\ninclude!(\"list.rs\");\n"),
            ("crates/a/src/one/sub.rs", ""),
            ("crates/a/src/odd_name.rs", ""),
            ("crates/a/src/list.rs", ""),
            ("crates/a/src/two/mod.rs", "mod below;"),
            ("crates/a/src/two/below.rs", ""),
            ("crates/a/src/tests.rs", ""),
            ("crates/a/src/inline/deep.rs", ""),
            ("crates/a/src/after.rs", ""),
        ];
        assert_eq!(forgotten(&files), [""; 0]);
    }

    #[test]
    fn targets_are_roots() {
        let files = [
            ("crates/a/src/main.rs", "mod cli;"),
            ("crates/a/src/cli.rs", ""),
            ("crates/a/src/bin/tool.rs", ""),
            ("crates/a/tests/all/main.rs", "mod case;"),
            ("crates/a/tests/all/case.rs", ""),
            ("crates/a/tests/all/lost.rs", ""),
            ("crates/a/build.rs", ""),
        ];
        assert_eq!(forgotten(&files), ["crates/a/tests/all/lost.rs"]);
        let named = Tree::of(&[
            ("crates/a/Cargo.toml", "[package]\nname = \"a\"\n[[bin]]\nname = \"x\"\npath = \"src/x.rs\"\n"),
            ("crates/a/src/x.rs", ""),
        ]);
        assert_eq!(check(&named), []);
    }
}

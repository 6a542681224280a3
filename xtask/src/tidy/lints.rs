//! Clippy reads the clippy.toml that is nearest to a crate and merges nothing, so the bans of pure
//! crates are copies. Here they are kept from drifting apart.

use toml::{Table, Value};

use super::Finding;
use super::tree::Tree;

/// Crates whose result depends on their arguments alone.
const PURE: [&str; 6] = ["types", "words", "calendar", "detect", "plan", "core"];

/// Crates at the edge, which may ask for the time or for chance. Others need a reason first.
const EDGE: [&str; 5] = ["server", "noout", "drivers", "notify", "sim"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    let Some(top) = tree.text("clippy.toml") else {
        return vec![Finding::new("clippy.toml", 1, "missing: it bans the wall clock and randomness")];
    };
    let banned_at_top = bans(top);
    let first = format!("crates/{}/clippy.toml", PURE[0]);
    let model = tree.text(&first);
    for name in PURE.iter().filter(|name| tree.has(&format!("crates/{name}/Cargo.toml"))) {
        let path = format!("crates/{name}/clippy.toml");
        let Some(text) = tree.text(&path) else {
            found.push(Finding::new(&path, 1, format!("missing: {name} is pure; copy {first}")));
            continue;
        };
        if Some(text) != model {
            found.push(Finding::new(&path, 1, format!("differs from {first}: they are copies; make them equal")));
        }
        let here = bans(text);
        for ban in banned_at_top.iter().filter(|ban| !here.contains(ban)) {
            found.push(Finding::new(
                &path,
                1,
                format!("{ban} is banned in the clippy.toml at the top and not here: repeat it"),
            ));
        }
    }
    for (path, text) in tree.texts() {
        let Some(name) = path.strip_prefix("crates/").and_then(|p| p.strip_suffix("/clippy.toml")) else { continue };
        if EDGE.contains(&name) {
            if !text.starts_with("# An edge crate: ") {
                found.push(Finding::new(
                    path,
                    1,
                    "say in its first line why the bans do not hold: \"# An edge crate: …\"",
                ));
            }
        } else if !PURE.contains(&name) {
            found.push(Finding::new(
                path,
                1,
                format!("{name} is neither pure nor an edge: delete this file, so that the one at the top holds"),
            ));
        }
    }
    found
}

/// The paths that a clippy.toml bans.
fn bans(text: &str) -> Vec<String> {
    let table: Table = toml::from_str(text).unwrap_or_default();
    let listed = table.values().filter_map(Value::as_array).flatten();
    listed.filter_map(|ban| ban.get("path").and_then(Value::as_str).map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOP: (&str, &str) = ("clippy.toml", "disallowed-methods = [{ path = \"a::now\", reason = \"r\" }]");
    const CLOCKS: &str =
        "disallowed-methods = [{ path = \"a::now\", reason = \"r\" }, { path = \"b\", reason = \"r\" }]";

    fn whats(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(files)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn copies_must_be_there_agree_and_repeat_the_top() {
        let types = [("crates/types/Cargo.toml", ""), ("crates/types/clippy.toml", CLOCKS)];
        let core = ("crates/core/Cargo.toml", "");
        assert_eq!(whats(&[TOP, types[0], types[1]]), [""; 0]);
        assert_eq!(whats(&[TOP, types[0], types[1], core]).len(), 1, "missing");
        assert_eq!(whats(&[TOP, types[0], types[1], core, ("crates/core/clippy.toml", CLOCKS)]), [""; 0]);
        let differs = whats(&[TOP, types[0], types[1], core, ("crates/core/clippy.toml", "")]);
        assert_eq!(differs.len(), 2, "{differs:?}");
        assert_eq!(whats(&[types[0], types[1]]).len(), 1, "no top");
    }

    #[test]
    fn only_named_edges_lift_the_ban_and_say_why() {
        assert_eq!(whats(&[TOP, ("crates/server/clippy.toml", "# An edge crate: has the clock.\n")]), [""; 0]);
        assert_eq!(whats(&[TOP, ("crates/server/clippy.toml", "")]).len(), 1);
        assert_eq!(whats(&[TOP, ("crates/store/clippy.toml", "# An edge crate: I say so.\n")]).len(), 1);
    }
}

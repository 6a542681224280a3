//! Which crate may depend on which.

use toml::{Table, Value};

use super::Finding;
use super::tree::Tree;

/// A room, and how far from the middle it is.
struct Room {
    name: &'static str,
    layer: Layer,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    /// Types that all rooms share.
    Types,
    /// The sentences of whatever noout says.
    Words,
    /// Pure arithmetic over them.
    Pure,
    /// All judgement.
    Core,
    /// What touches the world, one way each.
    Shell,
    /// What ties them together.
    Server,
    /// The program.
    Binary,
}

/// The rooms of ARCHITECTURE.md. A crate may depend on those of lower layers only, so that two rooms
/// of one layer never know of each other.
const ROOMS: [Room; 16] = [
    Room { name: "types", layer: Layer::Types },
    Room { name: "words", layer: Layer::Words },
    Room { name: "calendar", layer: Layer::Pure },
    Room { name: "detect", layer: Layer::Pure },
    Room { name: "plan", layer: Layer::Pure },
    Room { name: "core", layer: Layer::Core },
    Room { name: "store", layer: Layer::Shell },
    Room { name: "ingest", layer: Layer::Shell },
    Room { name: "probe", layer: Layer::Shell },
    Room { name: "notify", layer: Layer::Shell },
    Room { name: "drivers", layer: Layer::Shell },
    Room { name: "publish", layer: Layer::Shell },
    Room { name: "api", layer: Layer::Shell },
    Room { name: "server", layer: Layer::Server },
    Room { name: "noout", layer: Layer::Binary },
    // The simulator may drive all rooms below the server; nothing in the product may depend on it.
    Room { name: "sim", layer: Layer::Binary },
];

/// More crates than this cost more in building and wiring than they explain.
const MAX_CRATES: usize = 17;

/// Crates that bring a clock, chance, or the world: no pure crate may depend on them, tests aside.
const IMPURE: [&str; 12] = [
    "tokio",
    "tokio-stream",
    "futures-util",
    "async-trait",
    "rand",
    "reqwest",
    "rustls",
    "axum",
    "rusqlite",
    "lettre",
    "tracing",
    "fluent-templates",
];

/// Who may use `anyhow`: where errors are only printed. A library's errors are types.
const MAY_USE_ANYHOW: [&str; 2] = ["noout", "sim"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut crates = 0;
    for (path, text) in tree.texts() {
        let Some(name) = path.strip_prefix("crates/").and_then(|p| p.strip_suffix("/Cargo.toml")) else { continue };
        if name.contains('/') {
            found.push(Finding::new(path, 1, "a crate within a crate: crates lie directly in crates/"));
            continue;
        }
        crates += 1;
        check_crate(path, name, text, &mut found);
    }
    if crates > MAX_CRATES {
        let what =
            format!("{crates} crates, at most {MAX_CRATES}: make the new one a module of the room that it serves");
        found.push(Finding::new("Cargo.toml", 1, what));
    }
    found
}

fn check_crate(path: &str, name: &str, text: &str, found: &mut Vec<Finding>) {
    let Some(room) = ROOMS.iter().find(|room| room.name == name) else {
        let what =
            format!("no room {name:?} in ARCHITECTURE.md: add it there and to ROOMS in xtask/src/tidy/crates.rs");
        found.push(Finding::new(path, 1, what));
        return;
    };
    let manifest: Table = match toml::from_str(text) {
        Ok(manifest) => manifest,
        Err(error) => {
            found.push(Finding::new(path, 1, format!("no TOML: {}", error.message())));
            return;
        }
    };
    let inherits = manifest.get("lints").and_then(|lints| lints.get("workspace")).and_then(Value::as_bool);
    if inherits != Some(true) {
        found.push(Finding::new(path, 1, "the workspace's lints do not hold here: add [lints] workspace = true"));
    }
    for (kind, dependency) in dependencies(&manifest) {
        let line = line_of(text, &kind, &dependency);
        if let Some(what) = refusal(room, &kind, &dependency) {
            found.push(Finding::new(path, line, what));
        }
    }
}

/// Why `room` may not depend on `dependency`, if so.
fn refusal(room: &Room, kind: &str, dependency: &str) -> Option<String> {
    let name = room.name;
    let of_tests = kind.ends_with("dev-dependencies");
    if dependency == "xtask" || dependency == "noout-sim" {
        return Some(format!("{name} depends on {dependency}: nothing in the product does; turn the arrow round"));
    }
    let short = if dependency == "noout" { Some("noout") } else { dependency.strip_prefix("noout-") };
    if let Some(short) = short {
        let Some(other) = ROOMS.iter().find(|other| other.name == short) else {
            return Some(format!("{dependency} is no room of ARCHITECTURE.md"));
        };
        if other.layer >= room.layer || name == "sim" && other.layer >= Layer::Server {
            return Some(format!(
                "{name} depends on {short}, which is not below it: pass what it needs in as an argument, or move the shared part down"
            ));
        }
    }
    if room.layer <= Layer::Core && !of_tests && IMPURE.contains(&dependency) {
        return Some(format!(
            "{name} is pure and {dependency} is not: do this in a shell crate and pass the result in"
        ));
    }
    if dependency == "anyhow" && !of_tests && !MAY_USE_ANYHOW.contains(&name) {
        return Some(format!("{name} is a library: give its errors types with thiserror"));
    }
    None
}

/// All dependencies of a manifest: the table that they are in, and the package's name.
fn dependencies(manifest: &Table) -> Vec<(String, String)> {
    const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];
    let mut tables: Vec<(String, &Table)> = Vec::new();
    for kind in KINDS {
        tables.extend(manifest.get(kind).and_then(Value::as_table).map(|table| (kind.to_owned(), table)));
        for (target, value) in manifest.get("target").and_then(Value::as_table).into_iter().flatten() {
            let table = value.get(kind).and_then(Value::as_table);
            tables.extend(table.map(|table| (format!("target.{target}.{kind}"), table)));
        }
    }
    let package = |key: &str, value: &Value| value.get("package").and_then(Value::as_str).unwrap_or(key).to_owned();
    tables
        .into_iter()
        .flat_map(|(kind, table)| table.iter().map(move |(key, value)| (kind.clone(), package(key, value))))
        .collect()
}

/// The line of a dependency in its table; 1 if it is written in a way that we do not follow.
fn line_of(text: &str, kind: &str, dependency: &str) -> usize {
    let mut inside = false;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            inside = header.trim_end_matches(']').ends_with(kind.rsplit('.').next().unwrap_or(kind))
                && header.starts_with(kind.split('.').next().unwrap_or(kind));
        } else if inside && line.strip_prefix(dependency).is_some_and(|rest| rest.starts_with(['.', ' ', '='])) {
            return at + 1;
        }
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, dependencies: &str) -> Vec<String> {
        let path = format!("crates/{name}/Cargo.toml");
        let text = format!("[lints]\nworkspace = true\n{dependencies}");
        check(&Tree::of(&[(path.as_str(), text.as_str())])).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn arrows_point_inwards_only() {
        assert_eq!(
            found("core", "[dependencies]\nnoout-types.workspace = true\nnoout-plan.workspace = true\n"),
            [""; 0]
        );
        let up = found("core", "[dependencies]\nserde.workspace = true\nnoout-store.workspace = true\n");
        assert_eq!(up.len(), 1);
        assert!(up[0].starts_with("crates/core/Cargo.toml:5: core depends on store"), "{up:?}");
        assert_eq!(
            found("notify", "[dependencies]\nnoout-drivers = { path = \"../drivers\" }\n").len(),
            1,
            "one layer"
        );
        assert_eq!(found("server", "[dependencies]\nnoout-store.workspace = true\n"), [""; 0]);
        assert_eq!(found("store", "[target.'cfg(unix)'.dependencies]\nnoout-server.workspace = true\n").len(), 1);
    }

    #[test]
    fn nothing_depends_on_the_simulator_not_even_tests_or_under_another_name() {
        assert_eq!(found("store", "[dev-dependencies]\nnoout-sim = { path = \"../sim\" }\n").len(), 1);
        assert_eq!(found("noout", "[dependencies]\nx = { package = \"noout-sim\", path = \"../sim\" }\n").len(), 1);
        assert_eq!(found("sim", "[dependencies]\nnoout-drivers.workspace = true\nrand.workspace = true\n"), [""; 0]);
        assert_eq!(found("sim", "[dependencies]\nnoout-server.workspace = true\n").len(), 1);
    }

    #[test]
    fn pure_crates_bring_no_world_in_except_for_their_tests() {
        assert_eq!(found("plan", "[dependencies]\nrand.workspace = true\n").len(), 1);
        assert_eq!(found("plan", "[dev-dependencies]\nrand.workspace = true\n"), [""; 0]);
        assert_eq!(found("notify", "[dependencies]\ntokio.workspace = true\n"), [""; 0]);
    }

    #[test]
    fn libraries_have_typed_errors() {
        assert_eq!(found("store", "[dependencies]\nanyhow.workspace = true\n").len(), 1);
        assert_eq!(found("store", "[dev-dependencies]\nanyhow.workspace = true\n"), [""; 0]);
        assert_eq!(found("noout", "[dependencies]\nanyhow.workspace = true\n"), [""; 0]);
    }

    #[test]
    fn a_crate_is_a_room_of_the_map_and_takes_the_lints() {
        assert_eq!(found("cellar", "").len(), 1);
        let bare = check(&Tree::of(&[("crates/types/Cargo.toml", "[package]\nname = \"noout-types\"\n")]));
        assert_eq!(bare.len(), 1, "{bare:?}");
        assert_eq!(check(&Tree::of(&[("crates/types/Cargo.toml", "[lints")])).len(), 1, "no TOML");
    }

    #[test]
    fn too_many_crates_are_found() {
        let paths: Vec<String> = (0..18).map(|n| format!("crates/c{n}/Cargo.toml")).collect();
        let files: Vec<(&str, &str)> = paths.iter().map(|p| (p.as_str(), "")).collect();
        assert!(check(&Tree::of(&files)).iter().any(|f| f.what.starts_with("18 crates")));
    }
}

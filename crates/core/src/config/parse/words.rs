//! The readers' errors in the operator's words.

use super::near::hint;
use super::tree::{Source, Step};
use crate::config::Problem;

/// Sections of later versions. Whoever writes one has read about it and is told the truth.
const LATER: [&str; 4] = ["probe", "target", "service", "smtp"];

/// An error of TOML's own.
pub(super) fn syntax(message: &str) -> String {
    format!("this is no TOML: {}", one_line(message))
}

/// An error of the shape, and what to leave out so that the rest can be read.
pub(super) fn shape(source: &Source<'_>, path: Vec<Step>, message: &str) -> (Problem, Vec<Step>) {
    let names = quoted(message);
    let at = |field: &[Step], message: String| Problem { line: source.line(field), field: source.name(field), message };
    if message.starts_with("missing field") {
        let mut field = path.clone();
        let missing = names.first().copied().unwrap_or_default();
        field.push(Step::Key(missing.to_owned()));
        let line = source.line(&path);
        let problem = Problem { line, field: source.name(&field), message: format!("{missing:?} is missing") };
        return (problem, path);
    }
    let text = if message.starts_with("unknown field") {
        unknown_field(&path, &names)
    } else if message.starts_with("unknown variant") {
        let (found, allowed) = names.split_first().map_or(("", &[][..]), |(found, allowed)| (*found, allowed));
        format!("{found:?} is not allowed here: {}", hint(found, allowed, "nothing is"))
    } else if source.is_datetime(&path) {
        "found a date of TOML's own, expected a text: put it in quotes".to_owned()
    } else if let Some(kinds) =
        message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "))
    {
        format!("found {}", plain_kinds(kinds))
    } else {
        one_line(message)
    };
    (at(&path, text), path)
}

fn unknown_field(path: &[Step], names: &[&str]) -> String {
    let (found, allowed) = names.split_first().map_or(("", &[][..]), |(found, allowed)| (*found, allowed));
    let (what, at_top) = if path.len() == 1 { ("section", true) } else { ("field", false) };
    if at_top && found == "smtp" {
        return "there is no section \"smtp\": mail is set up in [mail]".to_owned();
    }
    if at_top && LATER.contains(&found) {
        return format!("the section {found:?} is not available in this version: leave it out");
    }
    format!("there is no {what} {found:?} here: {}", hint(found, allowed, "nothing is allowed"))
}

/// serde's names of types, as an operator would say them.
fn plain_kinds(text: &str) -> String {
    let text = text.replace('`', "");
    [
        ("expected a sequence", "expected a list"),
        ("expected a map", "expected a table"),
        ("expected struct ", "expected a table of the kind "),
        ("expected a string", "expected a text in quotes"),
        ("expected u32", "expected a whole number from 0 to 4294967295"),
        ("expected f64", "expected a number"),
        ("found sequence", "found a list"),
        ("string \"", "the text \""),
    ]
    .into_iter()
    .fold(one_line(&text), |text, (from, to)| text.replace(from, to))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The names that serde puts between backticks.
fn quoted(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}

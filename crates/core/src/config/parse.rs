//! From text to [`Config`], with every place that does not fit, not only the first.

mod near;
mod tree;
mod words;

use std::collections::BTreeSet;

use toml::de::{DeTable, Deserializer};

use super::{Config, Problem};

pub(super) use near::unknown;
use tree::Step;
pub(super) use tree::{Source, path};

/// Largest file in bytes. A platform of thousands of hosts needs some hundred kilobytes.
pub const MAX_FILE_BYTES: usize = 1 << 20;

/// Most errors that are listed, and as many warnings; the rest is counted. Nobody repairs more at one sitting.
pub const MAX_PROBLEMS: usize = 100;

/// Reads a configuration. Only its shape is looked at: syntax, unknown and missing fields, types; the rest is
/// [`super::check`].
///
/// # Errors
/// Everything that does not fit, by line.
pub fn parse(text: &str) -> Result<Config, Vec<Problem>> {
    read(text).map(|(config, _)| config)
}

/// Reads a configuration and keeps where each value stands.
pub(super) fn read(text: &str) -> Result<(Config, Source<'_>), Vec<Problem>> {
    if text.len() > MAX_FILE_BYTES {
        let message = format!("the file has {} bytes: allowed are at most {MAX_FILE_BYTES}", text.len());
        return Err(vec![Problem { line: 0, field: String::new(), message }]);
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    let source = Source::new(text, root);
    if !errors.is_empty() {
        return Err(syntax(&source, &errors));
    }
    match typed(&source) {
        Ok(config) => Ok((config, source)),
        Err(problems) => Err(problems),
    }
}

/// Errors of TOML itself. After an error the parser guesses how to go on, so of one line only the first is told.
fn syntax(source: &Source<'_>, errors: &[toml::de::Error]) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for error in errors {
        let line = error.span().map_or(0, |span| source.line_of(span.start));
        if problems.iter().all(|p| p.line != line) {
            problems.push(Problem { line, field: String::new(), message: words::syntax(error.message()) });
        }
    }
    capped(problems)
}

/// Reads the whole tree again and again, each time without the places that did not fit, so that one run tells them all.
fn typed(source: &Source<'_>) -> Result<Config, Vec<Problem>> {
    let mut rest = source.clone();
    let mut problems = Vec::new();
    let mut left_out = BTreeSet::new();
    loop {
        let error = match serde_path_to_error::deserialize(Deserializer::from(rest.root())) {
            Ok(config) if problems.is_empty() => return Ok(config),
            Ok(_) => break,
            Err(error) => error,
        };
        let path = steps(error.path());
        let (problem, remove) = words::shape(&rest, path, error.inner().message());
        // A field whose value was left out as wrong is now missing, which the operator need not be told.
        if !left_out.contains(&(problem.line, problem.field.clone())) {
            let section = remove.split_last().map_or(&[][..], |(_, section)| section);
            left_out.insert((rest.line(section), problem.field.clone()));
            problems.push(problem);
        }
        // One more than is listed, so that the reader is told that there are more.
        if !rest.remove(&remove) || problems.len() > MAX_PROBLEMS {
            break;
        }
    }
    Err(capped(problems))
}

fn steps(path: &serde_path_to_error::Path) -> Vec<Step> {
    use serde_path_to_error::Segment;
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Map { key } => Some(Step::Key(key.clone())),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// Sorted by line, each once, and cut to what a person reads.
pub(super) fn capped(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort();
    problems.dedup();
    if problems.len() > MAX_PROBLEMS {
        problems.truncate(MAX_PROBLEMS);
        let message = format!("there are more: only the first {MAX_PROBLEMS} are listed");
        problems.push(Problem { line: 0, field: String::new(), message });
    }
    problems
}

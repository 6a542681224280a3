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
    let read = read(text)?;
    if read.errors.is_empty() { Ok(read.config) } else { Err(read.errors) }
}

/// A file as far as it could be read.
pub(super) struct Read<'a> {
    /// What fits.
    pub config: Config,
    /// Where it stands.
    pub source: Source<'a>,
    /// What does not fit.
    pub errors: Vec<Problem>,
    /// What was left out therefore.
    pub left_out: LeftOut,
}

/// What was left out because it did not fit: of what refers to it nothing can be said.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    sections: BTreeSet<String>,
    places: BTreeSet<String>,
    ids: BTreeSet<String>,
}

impl LeftOut {
    /// Whether something of one of these sections was left out.
    pub fn touches(&self, sections: &[&str]) -> bool {
        sections.iter().any(|section| self.sections.contains(*section))
    }

    /// Whether a problem may be there only because of what was left out: it stands where something is missing now, speaks of
    /// an entry that is not whole, or of a section that is not.
    pub fn explains(&self, problem: &Problem) -> bool {
        let field = problem.field.as_str();
        let here = |place: &String| !field.is_empty() && (field.starts_with(place) || place.starts_with(field));
        let is_part = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        // What would be allowed is no reference.
        let said = problem.message.split(": did you mean").next().unwrap_or_default();
        let said = said.split("llowed ").next().unwrap_or_default();
        let mut words = said.split(|c| !is_part(c));
        self.places.iter().any(here)
            || words.any(|word| self.ids.contains(word))
            || self.sections.iter().any(|name| problem.message.contains(&format!("[{name}]")))
    }

    fn note(&mut self, source: &Source<'_>, path: &[Step], problem: &Problem) {
        // A field that is not known, and like none that is, is missed by nobody.
        if problem.message.starts_with("there is no ") && !problem.message.contains("did you mean") {
            return;
        }
        if let Some(Step::Key(section)) = path.first() {
            self.sections.insert(section.clone());
        }
        self.places.insert(source.name(path));
        self.ids.extend(source.id(path));
        self.ids.extend(path.get(..2).and_then(|entry| source.id(entry)));
    }
}

/// Reads a configuration and keeps where each value stands. What does not fit is left out and told, so that the rest can be
/// checked in the same run.
///
/// # Errors
/// It is no TOML, too large, or so far from a configuration that nothing can be read.
pub(super) fn read(text: &str) -> Result<Read<'_>, Vec<Problem>> {
    if text.len() > MAX_FILE_BYTES {
        let message = format!("the file has {} bytes: allowed are at most {MAX_FILE_BYTES}", text.len());
        return Err(vec![Problem { line: 0, field: String::new(), message }]);
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    let source = Source::new(text, root);
    if !errors.is_empty() {
        return Err(syntax(&source, &errors));
    }
    typed(source)
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
fn typed(mut rest: Source<'_>) -> Result<Read<'_>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut told = BTreeSet::new();
    let mut left_out = LeftOut::default();
    loop {
        let error = match serde_path_to_error::deserialize(Deserializer::from(rest.root())) {
            Ok(config) => return Ok(Read { config, source: rest, errors: capped(problems), left_out }),
            Err(error) => error,
        };
        let path = steps(error.path());
        let (problem, remove) = words::shape(&rest, path, error.inner().message());
        // A field whose value was left out as wrong is now missing, which the operator need not be told.
        left_out.note(&rest, &remove, &problem);
        if !told.contains(&(problem.line, problem.field.clone())) {
            let section = remove.split_last().map_or(&[][..], |(_, section)| section);
            told.insert((rest.line(section), problem.field.clone()));
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

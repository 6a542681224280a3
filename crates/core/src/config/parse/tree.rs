//! Where each value of a file stands: paths to lines and to names that people read.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One step of a path into the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Step {
    /// A field of a table.
    Key(String),
    /// A place in an array, from 0.
    Index(usize),
}

/// Reads `policy[0].step[1].notify`; the checks write their paths so.
pub(in super::super) fn path(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for part in text.split('.').filter(|part| !part.is_empty()) {
        let (key, places) = part.split_once('[').unwrap_or((part, ""));
        steps.push(Step::Key(key.to_owned()));
        steps.extend(places.split(['[', ']']).filter_map(|place| place.parse().ok()).map(Step::Index));
    }
    steps
}

/// A parsed file that knows where its values stand.
#[derive(Debug, Clone)]
pub(in super::super) struct Source<'a> {
    root: Spanned<DeTable<'a>>,
    /// The offset at which each line begins.
    lines: Vec<usize>,
    /// The place in its array of each array element, by the offset at which the element begins. It stays true when
    /// elements before it are removed.
    places: BTreeMap<usize, usize>,
}

/// A value on the way down a path.
#[derive(Clone, Copy)]
enum Node<'s, 'a> {
    Table(&'s DeTable<'a>),
    Value(&'s DeValue<'a>),
}

impl<'s, 'a> Node<'s, 'a> {
    fn table(self) -> Option<&'s DeTable<'a>> {
        match self {
            Self::Table(table) => Some(table),
            Self::Value(value) => value.as_table(),
        }
    }
}

impl<'a> Source<'a> {
    pub(super) fn new(text: &str, root: Spanned<DeTable<'a>>) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let mut places = BTreeMap::new();
        root.get_ref().values().for_each(|value| number(value, &mut places));
        Self { root, lines, places }
    }

    /// The whole tree, to be read.
    pub(super) fn root(&self) -> Spanned<DeTable<'a>> {
        self.root.clone()
    }

    /// The line of an offset, from 1.
    pub(super) fn line_of(&self, offset: usize) -> u32 {
        let line = self.lines.partition_point(|start| *start <= offset);
        u32::try_from(line).unwrap_or(u32::MAX)
    }

    /// The line of a value, or of the nearest section around it that is there; 0 if there is none.
    pub(in super::super) fn line(&self, path: &[Step]) -> u32 {
        self.walk(path).filter_map(|(_, found)| found).map(|(span, _)| self.line_of(span.start)).last().unwrap_or(0)
    }

    /// The path as people read it: `schedule[ops].rotation[primary].hours`.
    pub(in super::super) fn name(&self, path: &[Step]) -> String {
        let mut name = String::new();
        for (step, found) in self.walk(path) {
            match step {
                Step::Key(key) => {
                    if !name.is_empty() {
                        name.push('.');
                    }
                    name.push_str(key);
                }
                Step::Index(index) => {
                    let label = found.as_ref().and_then(|(_, node)| label(*node)).map(str::to_owned);
                    let place = found.and_then(|(span, _)| self.places.get(&span.start)).unwrap_or(index);
                    name.push_str(&format!("[{}]", label.unwrap_or_else(|| place.to_string())));
                }
            }
        }
        name
    }

    /// What the table at a path is called by others: its own id, not one of something around it.
    pub(super) fn id(&self, path: &[Step]) -> Option<String> {
        let (_, node) = self.walk(path).last()?.1?;
        let id = node.table()?.get("id")?.get_ref().as_str()?;
        Some(id.to_owned())
    }

    /// Whether a TOML date-time stands there.
    pub(super) fn is_datetime(&self, path: &[Step]) -> bool {
        let last = self.walk(path).last().and_then(|(_, found)| found);
        matches!(last, Some((_, Node::Value(DeValue::Datetime(_)))))
    }

    /// Takes a value out. False if there is none.
    pub(super) fn remove(&mut self, path: &[Step]) -> bool {
        let Some((last, way)) = path.split_last() else { return false };
        let Some((Step::Key(first), way)) = way.split_first() else {
            return match last {
                Step::Key(key) => self.root.get_mut().remove(key.as_str()).is_some(),
                Step::Index(_) => false,
            };
        };
        let mut node = self.root.get_mut().get_mut(first.as_str()).map(Spanned::get_mut);
        for step in way {
            node = match (node, step) {
                (Some(DeValue::Table(table)), Step::Key(key)) => table.get_mut(key.as_str()).map(Spanned::get_mut),
                (Some(DeValue::Array(list)), Step::Index(i)) => list.get_mut(*i).map(Spanned::get_mut),
                _ => None,
            };
        }
        match (node, last) {
            (Some(DeValue::Table(table)), Step::Key(key)) => table.remove(key.as_str()).is_some(),
            (Some(DeValue::Array(list)), Step::Index(i)) if *i < list.len() => {
                *list = list.iter().enumerate().filter(|(n, _)| n != i).map(|(_, value)| value.clone()).collect();
                true
            }
            _ => false,
        }
    }

    /// Each step with the value behind it, as long as there is one.
    fn walk<'s, 'p>(
        &'s self,
        path: &'p [Step],
    ) -> impl Iterator<Item = (&'p Step, Option<(Range<usize>, Node<'s, 'a>)>)> {
        let mut node = Some(Node::Table(self.root.get_ref()));
        path.iter().map(move |step| {
            let found = match (node, step) {
                (Some(node), Step::Key(key)) => {
                    node.table().and_then(|t| t.get_key_value(key.as_str())).map(|(k, v)| {
                        // A list of tables has no place of its own, and the line of a long value is that of its key.
                        (k.span(), Node::Value(v.get_ref()))
                    })
                }
                (Some(Node::Value(DeValue::Array(list))), Step::Index(i)) => {
                    list.get(*i).map(|v| (v.span(), Node::Value(v.get_ref())))
                }
                _ => None,
            };
            node = found.as_ref().map(|(_, node)| *node);
            (step, found)
        })
    }
}

/// Numbers the elements of all arrays.
fn number(value: &Spanned<DeValue<'_>>, places: &mut BTreeMap<usize, usize>) {
    match value.get_ref() {
        DeValue::Array(list) => {
            for (i, element) in list.iter().enumerate() {
                places.insert(element.span().start, i);
                number(element, places);
            }
        }
        DeValue::Table(table) => table.values().for_each(|value| number(value, places)),
        _ => {}
    }
}

/// What a table calls itself.
fn label<'s>(node: Node<'s, '_>) -> Option<&'s str> {
    let table = node.table()?;
    ["id", "name", "host"].into_iter().find_map(|key| table.get(key)?.get_ref().as_str()).filter(|text| is_plain(text))
}

/// Whether a text can stand in a path without being mistaken for a part of it.
fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 40
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "[].".contains(c))
}

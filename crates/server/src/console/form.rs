//! The fields of a form.

use std::collections::BTreeMap;

use noout_types::Lang;

/// The longest form: three languages of a notice and room to spare, in bytes.
pub(super) const MAX_FORM: usize = 128 * 1024;

/// The longest form with a file in it, in bytes: a calendar of many years.
pub(super) const MAX_UPLOAD: usize = noout_ingest::MAX_ICAL_BYTES + MAX_FORM;

/// The fields as they were sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    pub fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// A field's text without the white space around it; empty if it is absent.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.trim())
    }

    /// Whether the form has such a field at all.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// As it was sent.
    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    pub fn owned(&self, name: &str) -> String {
        self.get(name).to_owned()
    }

    /// All values of a field that may come more than once.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// `name-en`, `name-fr`, …: those that hold something.
    pub fn languages(&self, name: &str) -> BTreeMap<Lang, String> {
        let texts = Lang::ALL.into_iter().map(|lang| (lang, self.owned(&format!("{name}-{lang}"))));
        texts.filter(|(_, text)| !text.is_empty()).collect()
    }
}

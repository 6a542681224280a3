//! What makes two alerts one.

use noout_types::{Fingerprint, Labels, SourceId};

use super::Posted;

/// No label may be called so: control characters are refused in names. So a named alert never has the identity of one that is
/// known by its labels.
const SOURCE: &str = "\u{1}source";
const KEY: &str = "\u{1}key";

/// The identity of the alert that a source calls by a key. Keys of two sources have nothing to do with each other.
#[must_use]
pub fn fingerprint_of(source: &SourceId, key: &str) -> Fingerprint {
    Labels::from_iter([(SOURCE, source.as_str()), (KEY, key)]).fingerprint()
}

impl Posted {
    /// Its identity: the key's within the source, else the labels'.
    #[must_use]
    pub fn fingerprint(&self, source: &SourceId) -> Fingerprint {
        match &self.key {
            Some(key) => fingerprint_of(source, key),
            None => self.labels.fingerprint(),
        }
    }
}

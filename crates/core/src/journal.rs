//! The journal's record: what is written once, chained by hash, and folded to the state.
//!
//! `hash = SHA-256(prev ‖ seq ‖ epoch ‖ at ‖ kind ‖ 0x00 ‖ body)`, numbers as 8 bytes big-endian, `at` in
//! nanoseconds since 1970 as 16 bytes big-endian. The body is kept as the bytes that were hashed, so
//! that a newer binary can verify what an older one wrote without understanding it.

use noout_types::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A SHA-256 digest, shown as 64 hex digits.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest32(pub [u8; 32]);

impl Digest32 {
    /// The digest of the parts, one after the other.
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut sha = Sha256::new();
        for part in parts {
            sha.update(part);
        }
        Self(sha.finalize().into())
    }

    /// The first 12 hex digits: enough for a person to compare.
    #[must_use]
    pub fn short(&self) -> String {
        hex::encode(&self.0[..6])
    }
}

impl std::fmt::Display for Digest32 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl std::fmt::Debug for Digest32 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl std::str::FromStr for Digest32 {
    type Err = hex::FromHexError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut out = [0; 32];
        hex::decode_to_slice(text, &mut out)?;
        Ok(Self(out))
    }
}

impl TryFrom<String> for Digest32 {
    type Error = hex::FromHexError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Digest32> for String {
    fn from(d: Digest32) -> String {
        d.to_string()
    }
}

/// Where a journal ends: what the next record must link to. `Default` is the empty journal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The writer's epoch; a writer with an older one is fenced.
    pub epoch: u64,
    /// The last record's number; 0 before the first.
    pub seq: u64,
    /// The last record's hash; zeros before the first.
    pub hash: Digest32,
}

/// One record as it lies in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Dense: 1, 2, 3, ….
    pub seq: u64,
    /// The epoch of the writer; never falls.
    pub epoch: u64,
    /// When it was decided, by the writer's clock.
    pub at: Timestamp,
    /// The event's name, for people who read the table.
    pub kind: String,
    /// The event as JSON, exactly the bytes that were hashed; its field `v` is its version.
    pub body: String,
    /// The hash of the record before.
    pub prev: Digest32,
    /// This record's hash.
    pub hash: Digest32,
}

/// Why a record does not belong where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// A number is missing or stands twice.
    #[error("record {found} follows {after}: the journal is not dense")]
    NotDense {
        /// The number before.
        after: u64,
        /// The number found.
        found: u64,
    },
    /// The link to the record before is wrong.
    #[error("record {seq} links to {found}, but the record before has the hash {wanted}")]
    Link {
        /// Which record.
        seq: u64,
        /// The hash of the record before.
        wanted: Digest32,
        /// What the record says.
        found: Digest32,
    },
    /// The content does not give the hash.
    #[error("record {seq} was changed: its content gives the hash {wanted}, it carries {found}")]
    Content {
        /// Which record.
        seq: u64,
        /// What its content gives.
        wanted: Digest32,
        /// What it carries.
        found: Digest32,
    },
    /// The epoch fell.
    #[error("record {seq} was written in epoch {found} after epoch {after}: two writers interleaved")]
    Epoch {
        /// Which record.
        seq: u64,
        /// The epoch before.
        after: u64,
        /// The epoch found.
        found: u64,
    },
}

impl Record {
    /// Makes the record that follows `head`.
    #[must_use]
    pub fn seal(head: &Head, at: Timestamp, kind: &str, body: String) -> Self {
        let (seq, prev) = (head.seq + 1, head.hash);
        let hash = digest(&prev, seq, head.epoch, at, kind, &body);
        Self { seq, epoch: head.epoch, at, kind: kind.to_owned(), body, prev, hash }
    }

    /// Checks that this record follows `head`, and gives the new head.
    ///
    /// # Errors
    /// The number, the link, the content or the epoch is wrong.
    pub fn follow(&self, head: &Head) -> Result<Head, ChainError> {
        if self.seq != head.seq + 1 {
            return Err(ChainError::NotDense { after: head.seq, found: self.seq });
        }
        if self.prev != head.hash {
            return Err(ChainError::Link { seq: self.seq, wanted: head.hash, found: self.prev });
        }
        if self.epoch < head.epoch {
            return Err(ChainError::Epoch { seq: self.seq, after: head.epoch, found: self.epoch });
        }
        let wanted = digest(&self.prev, self.seq, self.epoch, self.at, &self.kind, &self.body);
        if wanted != self.hash {
            return Err(ChainError::Content { seq: self.seq, wanted, found: self.hash });
        }
        Ok(self.head())
    }

    /// The head after this record.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { epoch: self.epoch, seq: self.seq, hash: self.hash }
    }
}

fn digest(prev: &Digest32, seq: u64, epoch: u64, at: Timestamp, kind: &str, body: &str) -> Digest32 {
    Digest32::of(&[
        &prev.0,
        &seq.to_be_bytes(),
        &epoch.to_be_bytes(),
        &at.as_nanosecond().to_be_bytes(),
        kind.as_bytes(),
        &[0],
        body.as_bytes(),
    ])
}

/// A line of a read table: something that happened to a subject, for people to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineRow {
    /// Whose timeline: `incident/42`, `maintenance/3`, `person/ana`, `server`.
    pub subject: String,
    /// The journal record that tells it.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who: `person:ana`, `noout`, `source:prom`.
    pub actor: String,
    /// What, as a name of the vocabulary in `core::timeline` (for example `paged`, `acked`).
    pub what: String,
    /// The particulars, as JSON object text.
    pub detail: String,
}

/// A whole thing as it stood when it last changed, for lists and for what is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// `incident`, `maintenance`, `plan`, `notice`, `config`.
    pub kind: String,
    /// Its id within the kind.
    pub id: String,
    /// Whether it is still live.
    pub open: bool,
    /// The journal record that last changed it.
    pub seq: u64,
    /// When it last changed.
    pub at: Timestamp,
    /// The thing as JSON.
    pub body: String,
}

/// What one commit writes: records and the read tables' rows that follow from them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// The records, each following the one before.
    pub records: Vec<Record>,
    /// New timeline rows.
    pub timeline: Vec<TimelineRow>,
    /// Things to insert or replace.
    pub documents: Vec<Document>,
}

/// A state that was folded up to a record, so that a start need not read the whole journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The record that it was folded up to, inclusive.
    pub head: Head,
    /// The state's format; another binary's snapshot is ignored and the journal folded from the start.
    pub format: u32,
    /// The state as JSON.
    pub body: String,
}

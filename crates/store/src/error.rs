//! What can go wrong with a store, in the operator's words.

use noout_core::journal::{ChainError, Head};

/// The error below: SQLite's, the operating system's, or a row's that cannot be read.
pub type Cause = Box<dyn std::error::Error + Send + Sync + 'static>;

/// Why the store could not do what was asked. `place` is the database's path, or `memory`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer claimed the journal. This one must step down; nothing was written.
    #[error(
        "another writer took the journal over: this one wrote in epoch {} up to record {}, the journal is in epoch {} at record {}",
        ours.epoch, ours.seq, found.epoch, found.seq
    )]
    Fenced {
        /// Where this writer left the journal.
        ours: Head,
        /// Where the journal is.
        found: Head,
    },
    /// `append` or `save_snapshot` came before `claim`. Nothing was written.
    #[error("this writer has not claimed the journal, so it may not write")]
    NotClaimed,
    /// The batch's records do not follow the journal's end. Nothing was written.
    #[error("the batch does not follow the journal's end")]
    Chain(#[source] ChainError),
    /// What was handed in is outside of what the store takes. Nothing was written.
    #[error("{what}: found {found}, allowed is {allowed}")]
    Refused {
        /// What it is about.
        what: &'static str,
        /// What was found.
        found: String,
        /// What is allowed.
        allowed: String,
    },
    /// No space. Nothing was written; it works again when there is space.
    #[error("no space is left for {place}: nothing was written")]
    Full {
        /// Which database.
        place: String,
        /// What the database said.
        #[source]
        cause: Cause,
    },
    /// Somebody else held the database for longer than the busy timeout. Nothing was written.
    #[error("{place} is held by another connection: nothing was written")]
    Busy {
        /// Which database.
        place: String,
    },
    /// It is not known whether the write was committed: drop the state, reopen, compare heads. Never retry blindly.
    #[error("it is not known whether {doing} reached {place}: reopen it and compare heads")]
    Unknown {
        /// Which database.
        place: String,
        /// What was being written.
        doing: &'static str,
        /// What the database said.
        #[source]
        cause: Cause,
    },
    /// An earlier write or checkpoint failed, so that this handle is not used any more: reopen.
    #[error("an earlier write to {place} failed: this handle is closed, reopen it and compare heads")]
    Stopped {
        /// Which database.
        place: String,
    },
    /// The database, or a part of it, cannot be read as what it should be.
    #[error("{place} is damaged: {what} cannot be read; keep a copy of the file and restore the last backup")]
    Damaged {
        /// Which database.
        place: String,
        /// Which part.
        what: String,
        /// What was found.
        #[source]
        cause: Cause,
    },
    /// Reading or opening failed.
    #[error("could not {doing} {place}")]
    Failed {
        /// Which database.
        place: String,
        /// What was being done.
        doing: &'static str,
        /// What the database or the system said.
        #[source]
        cause: Cause,
    },
    /// Another noout process has the database open for writing.
    #[error("{place} is in use by another noout{}: stop that one first", holder.map_or(String::new(), |pid| format!(" (process {pid})")))]
    Locked {
        /// Which database.
        place: String,
        /// The process that holds it, if it said so.
        holder: Option<u32>,
    },
    /// The file is a database of something else.
    #[error("{place} is not a noout journal: it carries the application id {found:#010x}, noout's is {wanted:#010x}")]
    NotOurs {
        /// Which file.
        place: String,
        /// The application id found.
        found: i32,
        /// noout's application id.
        wanted: i32,
    },
    /// A newer noout wrote the schema.
    #[error(
        "{place} was written by a newer noout: its schema is version {found}, this one reads up to {known}; install the newer noout again"
    )]
    Newer {
        /// Which file.
        place: String,
        /// The version found.
        found: i32,
        /// The newest version that this binary knows.
        known: i32,
    },
    /// There is nothing at this path.
    #[error("there is no journal at {place}")]
    Missing {
        /// Which path.
        place: String,
    },
    /// There is something at this path that must not be overwritten.
    #[error("{place} exists already and is not overwritten: {advice}")]
    Exists {
        /// Which path.
        place: String,
        /// What to do about it.
        advice: &'static str,
    },
}

impl StoreError {
    /// Whether it is certain that the call left nothing in the store. If not, reopen and compare heads.
    #[must_use]
    pub fn nothing_written(&self) -> bool {
        !matches!(self, Self::Unknown { .. })
    }
}

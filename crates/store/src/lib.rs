//! The store: one journal of hash-chained records, and the read tables that are written with it.
//!
//! A commit is one transaction: the head row moves only if it stands where the writer left it, then the
//! records, the timeline rows and the documents follow. Whoever finds the head elsewhere is fenced.
//!
//! # When an append fails
//! The caller must drop its state, reopen the journal, compare heads and fold again; it must never send
//! the same batch a second time on the old handle. [`StoreError::Unknown`] says that the batch may or may not be
//! committed (the reply was lost, the disk gave an error); the handle then refuses everything else. The errors
//! for which [`StoreError::nothing_written`] holds leave no trace in the journal.
//!
//! # What it survives
//! A crash of the process, of the machine, and loss of power: an acknowledged append is on the disk. It does
//! not survive the loss of the disk: that is what [`sqlite::backup`] is for.

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod error;
mod journal;
pub mod memory;
pub mod sqlite;
mod verify;

pub use error::{Cause, StoreError};
pub use journal::{
    Journal, MAX_BATCH_RECORDS, MAX_BODY_BYTES, MAX_PAGE_ROWS, MAX_SNAPSHOT_BYTES, Reader, SNAPSHOTS_KEPT,
};
pub use memory::{Fault, MemoryJournal};
pub use sqlite::{SqliteJournal, SqliteReader, Whole, verify_whole};
pub use verify::{VerifyError, VerifyReport, verify, verify_reader};

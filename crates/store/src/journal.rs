//! The two faces of a store: one writer, many readers; and the rules that both kinds of store share.

use noout_core::journal::{Batch, Document, Head, Record, Snapshot, TimelineRow};

use crate::StoreError;

/// Records in one batch. A commit holds the only writer; ten thousand take some tens of milliseconds.
pub const MAX_BATCH_RECORDS: usize = 65_536;

/// Bytes in the body of a record, a timeline row or a document. Intake takes less; more is a programming error.
pub const MAX_BODY_BYTES: usize = 16 << 20;

/// Rows that one read gives at the most, whatever the caller asks: a reader that stays long holds up checkpoints.
pub const MAX_PAGE_ROWS: usize = 10_000;

/// Bytes in a snapshot; SQLite takes no value of more than a billion. A live state that large is a defect elsewhere.
pub const MAX_SNAPSHOT_BYTES: usize = 512 << 20;

/// Snapshots that are kept: the newest, and the one before in case that the newest cannot be read.
pub const SNAPSHOTS_KEPT: usize = 2;

/// The writer's side of a store. There is one writer; [`Journal::claim`] makes it so.
pub trait Journal: Send {
    /// Claims the journal for this writer: bumps the epoch in one transaction; an older writer is fenced from now on.
    ///
    /// # Errors
    /// The store is busy or full, or the answer was lost ([`StoreError::Unknown`]: reopen and claim again).
    fn claim(&mut self) -> Result<Head, StoreError>;

    /// Where the journal ends, read from the store and not from memory.
    ///
    /// # Errors
    /// The store cannot be read.
    fn head(&mut self) -> Result<Head, StoreError>;

    /// Commits a batch in one transaction and gives the new head. When it returns `Ok`, the batch is durable.
    ///
    /// The records must carry the claimed epoch and follow each other and the head. Rows of the read
    /// tables must belong to a record up to the new head. A batch without records still checks the fence.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when the head row is not where this writer left it. After any error the caller
    /// drops its state, reopens and compares heads; after [`StoreError::Unknown`] this handle refuses all else.
    fn append(&mut self, batch: &Batch) -> Result<Head, StoreError>;

    /// The records after `after`, ascending, at the most `limit` and [`MAX_PAGE_ROWS`]; empty at the end.
    ///
    /// # Errors
    /// The store cannot be read, or a record is damaged.
    fn records(&mut self, after: u64, limit: usize) -> Result<Vec<Record>, StoreError>;

    /// Saves a snapshot and drops all but the newest [`SNAPSHOTS_KEPT`], whatever their format.
    ///
    /// # Errors
    /// The writer is fenced, or the snapshot is of a head that this journal never had.
    fn save_snapshot(&mut self, s: &Snapshot) -> Result<(), StoreError>;

    /// The newest snapshot of this format that stands in this journal's chain, if there is one.
    ///
    /// # Errors
    /// The store cannot be read.
    fn snapshot(&mut self, format: u32) -> Result<Option<Snapshot>, StoreError>;
}

/// The readers' side: the read tables, and the records for export, while the writer writes.
pub trait Reader: Send + Sync {
    /// Where the journal ends.
    ///
    /// # Errors
    /// The store cannot be read.
    fn head(&self) -> Result<Head, StoreError>;

    /// The rows of a subject after record `after_seq`, ascending. A page never ends inside a record's rows, so that
    /// it may carry a few more than `limit`: go on with the last row's `seq`.
    ///
    /// # Errors
    /// The store cannot be read.
    fn timeline(&self, subject: &str, after_seq: u64, limit: usize) -> Result<Vec<TimelineRow>, StoreError>;

    /// The last rows of a subject, ascending; whole records, so that there may be a few more than `limit`.
    ///
    /// # Errors
    /// The store cannot be read.
    fn timeline_latest(&self, subject: &str, limit: usize) -> Result<Vec<TimelineRow>, StoreError>;

    /// A document.
    ///
    /// # Errors
    /// The store cannot be read.
    fn document(&self, kind: &str, id: &str) -> Result<Option<Document>, StoreError>;

    /// The documents of a kind, the last changed first; only the open or the closed ones when `open` says so, only
    /// those that changed before record `before_seq` when given. Documents that changed in the same record stand in the
    /// order of their ids and on the same page, so that there may be more than `limit`: go on with the last one's `seq`.
    ///
    /// # Errors
    /// The store cannot be read.
    fn documents(
        &self,
        kind: &str,
        open: Option<bool>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError>;

    /// The records after `after`, ascending, at the most `limit` and [`MAX_PAGE_ROWS`]; empty at the end.
    ///
    /// # Errors
    /// The store cannot be read, or a record is damaged.
    fn records(&self, after: u64, limit: usize) -> Result<Vec<Record>, StoreError>;
}

/// Checks that a batch may be written by the writer that left the journal at `head`, and gives the head after it.
pub(crate) fn check_batch(head: &Head, batch: &Batch) -> Result<Head, StoreError> {
    if batch.records.len() > MAX_BATCH_RECORDS {
        return Err(refused("records in a batch", batch.records.len(), format!("up to {MAX_BATCH_RECORDS}")));
    }
    let mut next = *head;
    for record in &batch.records {
        if record.epoch != head.epoch {
            return Err(refused("the epoch of a record", record.epoch, format!("{}, the claimed one", head.epoch)));
        }
        check_body("the body of a record", &record.body)?;
        next = record.follow(&next).map_err(StoreError::Chain)?;
    }
    for row in &batch.timeline {
        check_row("the record of a timeline row", row.seq, &next)?;
        check_body("the detail of a timeline row", &row.detail)?;
    }
    for document in &batch.documents {
        check_row("the record of a document", document.seq, &next)?;
        check_body("the body of a document", &document.body)?;
    }
    Ok(next)
}

fn check_row(what: &'static str, seq: u64, next: &Head) -> Result<(), StoreError> {
    if (1..=next.seq).contains(&seq) {
        return Ok(());
    }
    Err(refused(what, seq, format!("1 to {}, the last record of the batch", next.seq)))
}

fn check_body(what: &'static str, body: &str) -> Result<(), StoreError> {
    if body.len() <= MAX_BODY_BYTES {
        return Ok(());
    }
    Err(refused(what, format!("{} bytes", body.len()), format!("up to {MAX_BODY_BYTES} bytes")))
}

/// Checks that a snapshot stands in the chain: `hash` is that of the record with the snapshot's number.
pub(crate) fn check_snapshot(s: &Snapshot, hash: Option<noout_core::journal::Digest32>) -> Result<(), StoreError> {
    if s.body.len() > MAX_SNAPSHOT_BYTES {
        return Err(refused(
            "a snapshot",
            format!("{} bytes", s.body.len()),
            format!("up to {MAX_SNAPSHOT_BYTES} bytes"),
        ));
    }
    match hash {
        Some(hash) if hash == s.head.hash => Ok(()),
        Some(hash) => Err(refused("the hash of a snapshot", s.head.hash, format!("{hash}, that of its record"))),
        None => Err(refused("the record of a snapshot", s.head.seq, "a record of this journal".to_owned())),
    }
}

fn refused(what: &'static str, found: impl ToString, allowed: String) -> StoreError {
    StoreError::Refused { what, found: found.to_string(), allowed }
}

/// The number that each timeline row has among those of the same subject and record in its batch, from 0. With subject
/// and record it is the row's key, so that writing a row a second time replaces it.
pub(crate) fn ordinals(rows: &[TimelineRow]) -> impl Iterator<Item = (u32, &TimelineRow)> {
    let mut counts = std::collections::BTreeMap::new();
    rows.iter().map(move |row| {
        let count = counts.entry((row.subject.as_str(), row.seq)).or_insert(0_u32);
        *count += 1;
        (*count - 1, row)
    })
}

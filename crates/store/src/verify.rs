//! Reads a whole journal and checks that it is what was written.

use noout_core::journal::{ChainError, Head, Record};
use noout_types::Timestamp;

use crate::{Journal, Reader, StoreError};

/// Records that are read at once: enough that a read costs little, few enough to fit in memory.
const PAGE: usize = 1_000;

/// What a verified journal holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifyReport {
    /// How many records.
    pub records: u64,
    /// When the first one was decided.
    pub first: Option<Timestamp>,
    /// When the last one was decided.
    pub last: Option<Timestamp>,
    /// The head row: the epoch, the last record and its hash. Compare the hash with one kept elsewhere.
    pub head: Head,
}

/// Why a journal is not what was written.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A record does not stand where it belongs, or was changed.
    #[error(transparent)]
    Chain(ChainError),
    /// The head row and the records disagree.
    #[error(
        "the head says record {} with the hash {} in epoch {}, the records end at {} with the hash {} in epoch {}",
        head.seq, head.hash.short(), head.epoch, last.seq, last.hash.short(), last.epoch
    )]
    Head {
        /// What the head row says.
        head: Head,
        /// Where the records end.
        last: Head,
    },
    /// The caller's own check refused a record, for example because its event does not fold.
    #[error("record {seq} is refused: {why}")]
    Rejected {
        /// Which record.
        seq: u64,
        /// Why, in the caller's words.
        why: String,
    },
    /// A snapshot is not what the records before it give: a start from it would begin with another state.
    #[error("the snapshot at record {seq} {why}")]
    Snapshot {
        /// The record that it stands at.
        seq: u64,
        /// What is wrong with it.
        why: String,
    },
    /// A read table is not what the records give: people would be shown something that did not happen.
    #[error("{what} {why}")]
    Table {
        /// Whose rows, for example `the timeline of incident/3`.
        what: String,
        /// What is wrong with them.
        why: &'static str,
    },
    /// No record has the hash that was kept elsewhere.
    #[error(
        "no record has the hash {wanted}: the journal ends at record {} with the hash {}, so that its end was cut off, or it is another journal",
        head.seq, head.hash
    )]
    Cut {
        /// The hash that was kept.
        wanted: noout_core::journal::Digest32,
        /// Where the journal ends.
        head: Head,
    },
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Checks the whole hash chain, that the numbers are dense, that epochs never fall and that the head row agrees.
/// `on_record` sees each record after its own check, in order.
///
/// # Errors
/// The first thing found that is wrong.
pub fn verify(
    journal: &mut dyn Journal,
    on_record: impl FnMut(&Record) -> Result<(), String>,
) -> Result<VerifyReport, VerifyError> {
    walk(&mut Writing(journal), on_record)
}

/// The same through a reader, while a writer may be writing: up to the head as it was at the beginning.
///
/// # Errors
/// The first thing found that is wrong.
pub fn verify_reader(
    reader: &dyn Reader,
    on_record: impl FnMut(&Record) -> Result<(), String>,
) -> Result<VerifyReport, VerifyError> {
    walk(&mut Reading(reader), on_record)
}

pub(crate) trait Source {
    fn head(&mut self) -> Result<Head, StoreError>;
    fn records(&mut self, after: u64, limit: usize) -> Result<Vec<Record>, StoreError>;
}

struct Writing<'a>(&'a mut dyn Journal);

impl Source for Writing<'_> {
    fn head(&mut self) -> Result<Head, StoreError> {
        self.0.head()
    }
    fn records(&mut self, after: u64, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.0.records(after, limit)
    }
}

struct Reading<'a>(&'a dyn Reader);

impl Source for Reading<'_> {
    fn head(&mut self) -> Result<Head, StoreError> {
        self.0.head()
    }
    fn records(&mut self, after: u64, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.0.records(after, limit)
    }
}

pub(crate) fn walk(
    source: &mut dyn Source,
    mut on_record: impl FnMut(&Record) -> Result<(), String>,
) -> Result<VerifyReport, VerifyError> {
    let head = source.head()?;
    let (mut last, mut first_at, mut last_at) = (Head::default(), None, None);
    while last.seq < head.seq {
        let wanted = usize::try_from(head.seq - last.seq).unwrap_or(PAGE).min(PAGE);
        let page = source.records(last.seq, wanted)?;
        if page.is_empty() {
            return Err(VerifyError::Head { head, last });
        }
        for record in page {
            last = record.follow(&last).map_err(VerifyError::Chain)?;
            first_at.get_or_insert(record.at);
            last_at = Some(record.at);
            on_record(&record).map_err(|why| VerifyError::Rejected { seq: record.seq, why })?;
        }
    }
    if last.seq != head.seq || last.hash != head.hash || last.epoch > head.epoch {
        return Err(VerifyError::Head { head, last });
    }
    // Records past the head are right only if a writer moved the head meanwhile.
    if let Some(beyond) = source.records(last.seq, 1)?.first()
        && source.head()?.seq < beyond.seq
    {
        return Err(VerifyError::Head { head, last: beyond.head() });
    }
    Ok(VerifyReport { records: head.seq, first: first_at, last: last_at, head })
}

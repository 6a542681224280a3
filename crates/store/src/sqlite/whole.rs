//! Checks everything that the file holds against its records: each snapshot against the fold at its place, the timelines and
//! the documents against what the records project.
//!
//! One pass over the records and one over the tables, in one read transaction, so that a writer may go on meanwhile. Of
//! the tables only a sum per subject and a hash per document are held: they are keyed by random numbers of this process,
//! which nobody can have known who changed the file.

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hash};
use std::path::Path;

use noout_core::engine::STATE_FORMAT;
use noout_core::journal::{Digest32, Document, Head, Record, TimelineRow};
use noout_core::projection::project;
use noout_core::{Event, State, apply};
use rusqlite::Connection;

use super::reader::open_read_only;
use super::{failed, resolve, rows};
use crate::journal::ordinals;
use crate::verify::{Source, walk};
use crate::{StoreError, VerifyError, VerifyReport};

/// What a file holds that is whole.
#[derive(Debug)]
pub struct Whole {
    /// The records.
    pub report: VerifyReport,
    /// What they give.
    pub state: State,
    /// Rows of timelines.
    pub timeline: u64,
    /// Documents.
    pub documents: u64,
    /// Snapshots of the format that this binary starts from.
    pub snapshots: u64,
}

/// Checks the chain, that every event decodes and folds, and that snapshots, timelines and documents are what the records
/// give. With `kept`, a record must have this hash: whoever cuts off the end of a journal can make the rest look whole,
/// but not contain what is known from before.
///
/// # Errors
/// The first thing found that is wrong.
pub fn verify_whole(path: &Path, kept: Option<Digest32>) -> Result<Whole, VerifyError> {
    let path = resolve(path)?;
    let view = View { conn: open_read_only(&path)?, place: path.display().to_string() };
    view.begin()?;
    let mut snapshots = view.snapshots()?;
    let count = snapshots.len() as u64;
    let (mut state, mut sums) = (State::new(), Sums::default());
    let mut met = kept.is_none_or(|kept| kept == Head::default().hash);
    let report = walk(&mut &view, |record| {
        met = met || Some(record.hash) == kept;
        let event = Event::decode(&record.body).map_err(|e| noout_types::with_sources(&e))?;
        apply(&mut state, record.at, &event);
        if state.seq != record.seq {
            return Err(format!("the fold is at {}", state.seq));
        }
        let (timeline, documents) = project(&state, record.at, &event);
        sums.add(&timeline, &documents);
        if let Some(hash) = snapshots.remove(&record.seq) {
            view.check_snapshot(record, hash, &state).map_err(|why| format!("{SNAPSHOT}{why}"))?;
        }
        Ok(())
    });
    let report = report.map_err(snapshot_error)?;
    if let Some(seq) = snapshots.keys().next() {
        return Err(VerifyError::Snapshot { seq: *seq, why: "stands at no record".to_owned() });
    }
    if let Some(wanted) = kept.filter(|_| !met) {
        return Err(VerifyError::Cut { wanted, head: report.head });
    }
    let timeline = view.check_timeline(&mut sums)?;
    let documents = view.check_documents(&mut sums)?;
    Ok(Whole { report, state, timeline, documents, snapshots: count })
}

/// Begins the words of a refused snapshot on their way through the walk, which knows records only.
const SNAPSHOT: &str = "snapshot: ";

fn snapshot_error(e: VerifyError) -> VerifyError {
    match e {
        VerifyError::Rejected { seq, why } => match why.strip_prefix(SNAPSHOT) {
            Some(why) => VerifyError::Snapshot { seq, why: why.to_owned() },
            None => VerifyError::Rejected { seq, why },
        },
        other => other,
    }
}

/// What the tables must add up to.
#[derive(Default)]
struct Sums {
    key: RandomState,
    /// By subject. The order of rows is in each row's hash, so that the sum need not know it.
    timeline: BTreeMap<String, u64>,
    /// By kind and id.
    documents: BTreeMap<(String, String), u64>,
}

impl Sums {
    fn add(&mut self, timeline: &[TimelineRow], documents: &[Document]) {
        for (n, row) in ordinals(timeline) {
            let hash = self.row(n, row);
            match self.timeline.get_mut(&row.subject) {
                Some(sum) => *sum = sum.wrapping_add(hash),
                None => drop(self.timeline.insert(row.subject.clone(), hash)),
            }
        }
        for document in documents {
            let hash = self.document(document);
            self.documents.insert((document.kind.clone(), document.id.clone()), hash);
        }
    }

    fn row(&self, n: u32, row: &TimelineRow) -> u64 {
        let TimelineRow { subject, seq, at, actor, what, detail } = row;
        self.hash((subject, seq, n, at, actor, what, detail))
    }

    fn document(&self, document: &Document) -> u64 {
        let Document { kind, id, open, seq, at, body } = document;
        self.hash((kind, id, open, seq, at, body))
    }

    fn hash(&self, of: impl Hash) -> u64 {
        self.key.hash_one(of)
    }
}

const CHANGED: &str = "is not what the records give: rows were changed, added or removed";
const GONE: &str = "is gone, the records give it";
const EXTRA: &str = "stands in the table, the records do not give it";

/// One state of the database, however a writer goes on.
struct View {
    conn: Connection,
    place: String,
}

impl Source for &View {
    fn head(&mut self) -> Result<Head, StoreError> {
        rows::head(&self.conn, &self.place)
    }
    fn records(&mut self, after: u64, limit: usize) -> Result<Vec<Record>, StoreError> {
        rows::records(&self.conn, &self.place, after, limit)
    }
}

impl View {
    fn begin(&self) -> Result<(), StoreError> {
        self.conn.execute_batch("BEGIN").map_err(|e| failed(&self.place, "read", e))
    }

    /// The hash at which each snapshot of our format says to stand. Others are never started from.
    fn snapshots(&self) -> Result<BTreeMap<u64, Digest32>, StoreError> {
        rows::snapshot_places(&self.conn, &self.place, STATE_FORMAT)
    }

    fn check_snapshot(&self, record: &Record, hash: Digest32, state: &State) -> Result<(), String> {
        if hash != record.hash {
            return Err("carries another hash than the record".to_owned());
        }
        let found = rows::snapshot_at(&self.conn, &self.place, STATE_FORMAT, record.seq)
            .map_err(|e| noout_types::with_sources(&e))?;
        let found: State =
            serde_json::from_str(&found.unwrap_or_default()).map_err(|e| format!("cannot be read: {e}"))?;
        if found == *state { Ok(()) } else { Err("is not what the records up to there give".to_owned()) }
    }

    fn check_timeline(&self, sums: &mut Sums) -> Result<u64, VerifyError> {
        let what = |subject: &str| format!("the timeline of {subject}");
        // Rows of a subject stand together.
        let (mut count, mut now) = (0, None::<(String, u64)>);
        let close = |sums: &mut Sums, done: Option<(String, u64)>| {
            let Some((subject, sum)) = done else { return Ok(()) };
            match sums.timeline.remove(&subject) {
                Some(wanted) if wanted == sum => Ok(()),
                Some(_) => Err(VerifyError::Table { what: what(&subject), why: CHANGED }),
                None => Err(VerifyError::Table { what: what(&subject), why: EXTRA }),
            }
        };
        rows::each_timeline_row(&self.conn, &self.place, |n, row| {
            count += 1;
            let hash = sums.row(n, &row);
            match &mut now {
                Some((subject, sum)) if *subject == row.subject => *sum = sum.wrapping_add(hash),
                _ => close(sums, now.replace((row.subject, hash)))?,
            }
            Ok::<_, VerifyError>(())
        })?;
        close(sums, now)?;
        match sums.timeline.keys().next() {
            Some(subject) => Err(VerifyError::Table { what: what(subject), why: GONE }),
            None => Ok(count),
        }
    }

    fn check_documents(&self, sums: &mut Sums) -> Result<u64, VerifyError> {
        let what = |kind: &str, id: &str| format!("the document {kind}/{id}");
        let mut count = 0;
        rows::each_document(&self.conn, &self.place, |found| {
            count += 1;
            let hash = sums.document(&found);
            let why = match sums.documents.remove(&(found.kind.clone(), found.id.clone())) {
                Some(wanted) if wanted == hash => return Ok(()),
                Some(_) => "is not what the records give",
                None => EXTRA,
            };
            Err(VerifyError::Table { what: what(&found.kind, &found.id), why })
        })?;
        match sums.documents.keys().next() {
            Some((kind, id)) => Err(VerifyError::Table { what: what(kind, id), why: GONE }),
            None => Ok(count),
        }
    }
}

//! A journal in memory, for tests and for the simulator: it forgets nothing by itself and fails on demand.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use noout_core::journal::{Batch, Digest32, Document, Head, Record, Snapshot, TimelineRow};

use crate::journal::{check_batch, check_snapshot, ordinals};
use crate::{Journal, MAX_PAGE_ROWS, Reader, SNAPSHOTS_KEPT, StoreError};

const PLACE: &str = "memory";

/// How the next append fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The machine dies before the commit: the batch is not there after reopening.
    BeforeCommit,
    /// The batch is committed and the reply lost: it is there after reopening.
    AfterCommit,
    /// The machine dies in the middle of the write: the first half of the records lies past the head and recovery
    /// throws it away, as a write-ahead log does with frames that no commit follows.
    Torn,
    /// No space: nothing is written, and the handle stays usable.
    Full,
}

/// A handle on a journal in memory. Clones are further handles on the same "disk", not yet claimed, as a
/// process that starts again would have; dropping a handle is a crash.
#[derive(Debug)]
pub struct MemoryJournal {
    disk: Arc<Mutex<Disk>>,
    claimed: Option<Head>,
    stopped: bool,
}

#[derive(Debug, Default)]
struct Disk {
    head: Head,
    records: Vec<Record>,
    timeline: BTreeMap<String, BTreeMap<(u64, u32), TimelineRow>>,
    documents: BTreeMap<(String, String), Document>,
    snapshots: Vec<Snapshot>,
    fault: Option<Fault>,
}

impl Default for MemoryJournal {
    fn default() -> Self {
        Self::new()
    }
}

impl Clone for MemoryJournal {
    fn clone(&self) -> Self {
        self.reopen()
    }
}

impl MemoryJournal {
    /// An empty journal.
    #[must_use]
    pub fn new() -> Self {
        Self { disk: Arc::default(), claimed: None, stopped: false }
    }

    /// A further handle on the same journal, as after a crash: what no commit follows is thrown away.
    #[must_use]
    pub fn reopen(&self) -> Self {
        self.disk().recover();
        Self { disk: Arc::clone(&self.disk), claimed: None, stopped: false }
    }

    /// Makes the next append, of whichever handle, fail in this way.
    pub fn fail_next(&self, fault: Fault) {
        self.disk().fault = Some(fault);
    }

    /// Changes a record behind the journal's back, as a flipped bit or a person with an editor would. Gives
    /// whether there is such a record.
    pub fn damage(&self, seq: u64, change: impl FnOnce(&mut Record)) -> bool {
        let mut disk = self.disk();
        let found = disk.records.iter_mut().find(|r| r.seq == seq);
        found.map(change).is_some()
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        // A panic of a test's other thread leaves whole values behind: the disk changes only after its checks.
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn usable(&self) -> Result<(), StoreError> {
        if self.stopped { Err(StoreError::Stopped { place: PLACE.to_owned() }) } else { Ok(()) }
    }

    /// The head as this writer left it, if the journal still stands there.
    fn unfenced(&self) -> Result<Head, StoreError> {
        self.usable()?;
        let ours = self.claimed.ok_or(StoreError::NotClaimed)?;
        let found = self.disk().head;
        if found == ours { Ok(ours) } else { Err(StoreError::Fenced { ours, found }) }
    }

    fn lost(&mut self, why: &'static str) -> StoreError {
        self.stopped = true;
        StoreError::Unknown { place: PLACE.to_owned(), doing: "a batch", cause: why.into() }
    }
}

impl Disk {
    fn recover(&mut self) {
        let head = self.head.seq;
        self.records.truncate(self.records.partition_point(|r| r.seq <= head));
    }

    fn commit(&mut self, batch: &Batch, head: Head) {
        self.recover();
        self.head = head;
        self.records.extend_from_slice(&batch.records);
        for (n, row) in ordinals(&batch.timeline) {
            self.timeline.entry(row.subject.clone()).or_default().insert((row.seq, n), row.clone());
        }
        for document in &batch.documents {
            let key = (document.kind.clone(), document.id.clone());
            if self.documents.get(&key).is_none_or(|old| old.seq <= document.seq) {
                self.documents.insert(key, document.clone());
            }
        }
    }

    fn records(&self, after: u64, limit: usize) -> Vec<Record> {
        let from = self.records.partition_point(|r| r.seq <= after);
        let committed = self.records.partition_point(|r| r.seq <= self.head.seq);
        let to = from.saturating_add(limit.min(MAX_PAGE_ROWS)).min(committed);
        self.records.get(from..to).unwrap_or_default().to_vec()
    }

    fn hash_of(&self, seq: u64) -> Option<Digest32> {
        let at = usize::try_from(seq.checked_sub(1)?).ok()?;
        self.records.get(at).filter(|_| seq <= self.head.seq).map(|r| r.hash)
    }
}

impl Journal for MemoryJournal {
    fn claim(&mut self) -> Result<Head, StoreError> {
        self.usable()?;
        let head = {
            let mut disk = self.disk();
            disk.recover();
            disk.head.epoch += 1;
            disk.head
        };
        self.claimed = Some(head);
        Ok(head)
    }

    fn head(&mut self) -> Result<Head, StoreError> {
        self.usable()?;
        Ok(self.disk().head)
    }

    fn append(&mut self, batch: &Batch) -> Result<Head, StoreError> {
        self.usable()?;
        let ours = self.claimed.ok_or(StoreError::NotClaimed)?;
        let next = check_batch(&ours, batch)?;
        self.unfenced()?;
        let fault = self.disk().fault.take();
        match fault {
            Some(Fault::Full) => {
                return Err(StoreError::Full { place: PLACE.to_owned(), cause: "asked for by the test".into() });
            }
            Some(Fault::BeforeCommit) => return Err(self.lost("the machine died before the commit")),
            Some(Fault::Torn) => {
                let half = &batch.records[..batch.records.len() / 2];
                self.disk().records.extend_from_slice(half);
                return Err(self.lost("the machine died in the middle of the write"));
            }
            Some(Fault::AfterCommit) => {
                self.disk().commit(batch, next);
                return Err(self.lost("the reply was lost"));
            }
            None => self.disk().commit(batch, next),
        }
        self.claimed = Some(next);
        Ok(next)
    }

    fn records(&mut self, after: u64, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.usable()?;
        Ok(self.disk().records(after, limit))
    }

    fn save_snapshot(&mut self, s: &Snapshot) -> Result<(), StoreError> {
        self.unfenced()?;
        let mut disk = self.disk();
        check_snapshot(s, disk.hash_of(s.head.seq))?;
        disk.snapshots.retain(|old| (old.head.seq, old.format) != (s.head.seq, s.format));
        disk.snapshots.push(s.clone());
        disk.snapshots.sort_by_key(|s| std::cmp::Reverse((s.head.seq, s.format)));
        disk.snapshots.truncate(SNAPSHOTS_KEPT);
        Ok(())
    }

    fn snapshot(&mut self, format: u32) -> Result<Option<Snapshot>, StoreError> {
        self.usable()?;
        let disk = self.disk();
        let fits = |s: &&Snapshot| s.format == format && disk.hash_of(s.head.seq) == Some(s.head.hash);
        Ok(disk.snapshots.iter().find(fits).cloned())
    }
}

impl Reader for MemoryJournal {
    fn head(&self) -> Result<Head, StoreError> {
        Ok(self.disk().head)
    }

    fn timeline(&self, subject: &str, after_seq: u64, limit: usize) -> Result<Vec<TimelineRow>, StoreError> {
        let disk = self.disk();
        let Some(rows) = disk.timeline.get(subject) else { return Ok(Vec::new()) };
        let rows = rows.range((after_seq.saturating_add(1), 0)..).map(|(_, row)| row);
        Ok(whole_records(rows, limit, |row| row.seq))
    }

    fn timeline_latest(&self, subject: &str, limit: usize) -> Result<Vec<TimelineRow>, StoreError> {
        let disk = self.disk();
        let Some(rows) = disk.timeline.get(subject) else { return Ok(Vec::new()) };
        let mut rows = whole_records(rows.values().rev(), limit, |row| row.seq);
        rows.reverse();
        Ok(rows)
    }

    fn document(&self, kind: &str, id: &str) -> Result<Option<Document>, StoreError> {
        Ok(self.disk().documents.get(&(kind.to_owned(), id.to_owned())).cloned())
    }

    fn documents(
        &self,
        kind: &str,
        open: Option<bool>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError> {
        let disk = self.disk();
        let mut found: Vec<&Document> = disk
            .documents
            .values()
            .filter(|d| d.kind == kind && open.is_none_or(|open| d.open == open))
            .filter(|d| before_seq.is_none_or(|before| d.seq < before))
            .collect();
        found.sort_by(|a, b| b.seq.cmp(&a.seq).then_with(|| a.id.cmp(&b.id)));
        Ok(whole_records(found.into_iter(), limit, |d| d.seq))
    }

    fn records(&self, after: u64, limit: usize) -> Result<Vec<Record>, StoreError> {
        Ok(self.disk().records(after, limit))
    }
}

/// The first `limit` rows, and those after them that belong to the same record as the last.
fn whole_records<'a, T: Clone + 'a>(
    rows: impl Iterator<Item = &'a T>,
    limit: usize,
    seq: impl Fn(&T) -> u64,
) -> Vec<T> {
    let limit = limit.min(MAX_PAGE_ROWS);
    let mut out: Vec<T> = Vec::new();
    for row in rows {
        if out.len() >= limit && out.last().is_none_or(|last| seq(last) != seq(row)) {
            break;
        }
        out.push(row.clone());
    }
    out
}

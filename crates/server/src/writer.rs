//! The one writer. It waits only to choose the next input; then it decides and applies one thing at
//! a time, appends a whole batch in one commit, and answers callers after that.
//!
//! Readers share the state under a lock that is held from the first decision to the commit, so that
//! nobody ever sees what is not durable.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use noout_core::engine::{Unstepped, step_sealed};
use noout_core::journal::{Batch, Head, Record, Snapshot};
use noout_core::projection::project;
use noout_core::{Event, Input, STATE_FORMAT, State, next_deadline};
use noout_store::{Journal, MAX_BODY_BYTES, MAX_SNAPSHOT_BYTES, StoreError};
use noout_types::Timestamp;
use parking_lot::RwLock;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use crate::app::{Clock, Committed, Submission, SubmitError};

/// Inputs in one commit at the most: what waits longer than one commit is not more durable for it.
const MAX_BATCH: usize = 1024;

/// Bytes of records between two snapshots, or the snapshot's own length if that is more, so that writing snapshots
/// costs no more than writing the journal. They are taken while nothing waits.
const SNAPSHOT_EVERY: usize = 16 << 20;

/// In a storm no snapshot is taken, for nobody is answered meanwhile; in one that does not end, after this many bytes of
/// records all the same: folding them takes some seconds at the next start.
const SNAPSHOT_AT_THE_LATEST: usize = 512 << 20;

/// While more alerts fire than this, writing all of them takes longer than a page may wait; folding them again at a start takes
/// no longer than reading them from a snapshot.
const LARGE_STATE: usize = 50_000;

/// More bytes of records than this in a second are a storm. A thousand hosts that say every minute how they are make less.
const STORM_BYTES: usize = 256 << 10;

/// A storm is over when for so long nothing of the kind came.
const CALM_AFTER: Duration = Duration::from_secs(5);

/// Records that are read in one go at the start.
const READ_RECORDS: usize = 1000;

/// Chunks of records that wait to be folded.
const READ_AHEAD: usize = 4;

/// The writer looks at the time at least this often, in case the clock was stepped.
const MAX_SLEEP: Duration = Duration::from_secs(5);

type Reply = (oneshot::Sender<Result<Committed, SubmitError>>, Result<Committed, SubmitError>);

pub(crate) struct Writer {
    pub state: Arc<RwLock<State>>,
    pub journal: Box<dyn Journal>,
    pub head: Head,
    pub inbox: mpsc::Receiver<Submission>,
    pub seq: watch::Sender<u64>,
    pub clock: Clock,
    pub last: Timestamp,
    pub last_wall: (Timestamp, Instant),
    pub unsaved: Unsaved,
    pub pace: Pace,
    pub metrics: Arc<crate::http::metrics::Metrics>,
    pub stop: Arc<tokio::sync::Notify>,
}

/// What a start begins with.
pub(crate) struct Recovered {
    pub state: State,
    pub head: Head,
    /// When the last record was made: no later one may be earlier.
    pub last: Timestamp,
    /// What was folded since the snapshot counts towards the next one: a process that dies young, again and
    /// again, must not make each next start slower.
    pub unsaved: Unsaved,
}

/// What the newest snapshot lacks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Unsaved {
    /// The bytes of the records since.
    bytes: usize,
    /// The snapshot's own length.
    snapshot: usize,
}

impl Unsaved {
    fn add(&mut self, record: &Record) {
        self.bytes += record.body.len();
    }

    fn is_due(self, quiet: bool) -> bool {
        let much = self.snapshot.max(SNAPSHOT_EVERY);
        self.bytes >= if quiet { much } else { much.max(SNAPSHOT_AT_THE_LATEST) }
    }
}

/// How much is written, so that a storm is told from a moment in which nothing waits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    second: Instant,
    bytes: usize,
    stormed: Option<Instant>,
}

impl Pace {
    pub(crate) fn new(now: Instant) -> Self {
        Self { second: now, bytes: 0, stormed: None }
    }

    fn wrote(&mut self, now: Instant, bytes: usize) {
        if now.duration_since(self.second) >= Duration::from_secs(1) {
            (self.second, self.bytes) = (now, 0);
        }
        self.bytes += bytes;
        if self.bytes >= STORM_BYTES {
            self.stormed = Some(now);
        }
    }

    fn is_calm(&self, now: Instant) -> bool {
        self.stormed.is_none_or(|at| now.duration_since(at) >= CALM_AFTER)
    }
}

/// Folds the journal: the newest snapshot of our format, then every record after it.
pub(crate) fn recover(journal: &mut dyn Journal) -> Result<Recovered, RecoverError> {
    let claimed = journal.claim()?;
    let (mut state, mut head, mut unsaved) = match journal.snapshot(STATE_FORMAT)? {
        Some(s) => match serde_json::from_str::<State>(&s.body) {
            Ok(state) => (state, s.head, Unsaved { bytes: 0, snapshot: s.body.len() }),
            Err(why) => {
                tracing::warn!(%why, "the snapshot cannot be read; the journal is folded from its beginning");
                (State::new(), Head::default(), Unsaved::default())
            }
        },
        None => (State::new(), Head::default(), Unsaved::default()),
    };
    let folded = head.seq;
    // A snapshot does not tell when its last record was made; the record does.
    let newest = journal.records(folded.saturating_sub(1), 1)?;
    let mut last = newest.first().filter(|_| folded > 0).map_or(Timestamp::UNIX_EPOCH, |r| r.at);
    // One thread reads and checks the chain while the other one folds.
    let (from, (sender, receiver)) = (head, std::sync::mpsc::sync_channel(READ_AHEAD));
    std::thread::scope(|scope| -> Result<(), RecoverError> {
        let reading = scope.spawn(move || read(journal, from, sender));
        for record in receiver.into_iter().flatten() {
            let event = Event::decode(&record.body).map_err(|e| RecoverError::Event(record.seq, e))?;
            noout_core::apply(&mut state, record.at, &event);
            last = record.at;
            unsaved.add(&record);
        }
        head = reading.join().unwrap_or_else(|_| Err(RecoverError::Read))?;
        Ok(())
    })?;
    Ok(Recovered { state, head: Head { epoch: claimed.epoch, ..head }, last, unsaved })
}

/// Reads the journal from `head` on, chunk by chunk, and checks the chain; gives its end.
fn read(journal: &mut dyn Journal, mut head: Head, to: SyncSender<Vec<Record>>) -> Result<Head, RecoverError> {
    loop {
        let records = journal.records(head.seq, READ_RECORDS)?;
        if records.is_empty() {
            return Ok(head);
        }
        for record in &records {
            head = record.follow(&head).map_err(|e| RecoverError::Chain(e.to_string()))?;
        }
        if to.send(records).is_err() {
            // Whoever folds has found an event that cannot be read, and says so.
            return Ok(head);
        }
    }
}

/// Why the state cannot be brought back.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The chain is broken.
    #[error(
        "the journal's chain is broken: {0}; restore a backup (`noout restore`), and keep this file for examination"
    )]
    Chain(String),
    /// The reading thread ended before its time: a defect.
    #[error("the journal was not read to its end")]
    Read,
    /// An event cannot be read.
    #[error(
        "record {0} of the journal cannot be understood; nothing was changed: start the version that wrote it, or restore a backup (`noout restore`), and keep this file for examination"
    )]
    Event(u64, #[source] noout_core::event::DecodeError),
}

/// Why the writer ended. The process ends with it and recovers at its next start.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The store.
    #[error("the journal cannot be written")]
    Store(#[from] StoreError),
    /// What follows from an input could not be read back: nothing of the commit was written.
    #[error("what would be written could not be read again: {0}")]
    Encode(String),
}

impl Writer {
    /// Runs until the inbox closes or the journal fails.
    ///
    /// # Errors
    /// The journal: the state in memory may be ahead of it, so the process must end and recover.
    pub(crate) fn run(mut self, runtime: &tokio::runtime::Handle) -> Result<(), WriteError> {
        // What became due while nobody was running; of what nobody could hear meanwhile, nothing is known.
        let (reply, _nobody_waits) = oneshot::channel();
        self.commit(vec![Submission { input: Input::Started, reply }])?;
        // The start does not wait for a snapshot unless starts would grow longer and longer; a calm moment comes.
        if self.unsaved.is_due(false) {
            self.snapshot()?;
        }
        loop {
            let until = self.wake_at();
            let stop = self.stop.clone();
            let first = runtime.block_on(async {
                tokio::select! {
                    first = tokio::time::timeout_at(until, self.inbox.recv()) => Some(first),
                    () = stop.notified() => None,
                }
            });
            let Some(first) = first else {
                // What is queued already is still committed and answered; nothing more comes in.
                self.inbox.close();
                continue;
            };
            let mut batch = Vec::new();
            match first {
                Ok(None) => break,
                Ok(Some(submission)) => batch.push(submission),
                Err(_elapsed) => {}
            }
            while batch.len() < MAX_BATCH
                && let Ok(more) = self.inbox.try_recv()
            {
                batch.push(more);
            }
            self.commit(batch)?;
            let quiet = self.inbox.is_empty() && self.pace.is_calm(Instant::now()) && self.is_small();
            if self.unsaved.is_due(quiet) {
                self.snapshot()?;
            }
        }
        self.snapshot()
    }

    /// The present instant. Never before an earlier one: if the wall clock was set back, time goes on
    /// by the monotonic clock, so that deadlines neither freeze nor fire twice.
    fn now(&mut self) -> Timestamp {
        let (wall, mono) = ((self.clock)(), Instant::now());
        let (last_wall, last_mono) = self.last_wall;
        self.last_wall = (wall, mono);
        let now = if wall >= self.last {
            wall
        } else {
            let passed = mono.duration_since(last_mono);
            if last_wall > wall {
                tracing::warn!(%last_wall, %wall, "the clock was set back; time goes on by the monotonic clock");
            }
            self.last.checked_add(passed).unwrap_or(self.last)
        };
        self.last = now;
        now
    }

    fn wake_at(&mut self) -> Instant {
        let due = next_deadline(&self.state.read());
        let sleep = due.map_or(MAX_SLEEP, |due| {
            let left = due.duration_since(self.now());
            Duration::try_from(left).unwrap_or(Duration::ZERO).min(MAX_SLEEP)
        });
        Instant::now() + sleep
    }

    fn commit(&mut self, batch: Vec<Submission>) -> Result<(), WriteError> {
        let at = self.now();
        let shared = self.state.clone();
        let mut state = shared.write();
        let mut out = Out { head: self.head, batch: Batch::default(), places: BTreeMap::new() };
        let mut replies: Vec<Reply> = Vec::with_capacity(batch.len());
        for Submission { input, reply } in batch {
            let wants_events = !matches!(input, Input::Alerts { .. } | Input::Sensors(_));
            let mut events = Vec::new();
            let result = step_sealed(&mut state, at, input, seal, |state, event, body| {
                out.add(state, at, event, body);
                if wants_events {
                    events.push(event.clone());
                }
            });
            let answer = match result {
                Ok(()) => Ok(Committed { seq: out.head.seq, events }),
                Err(Unstepped::Refused(why)) => Err(SubmitError::Refused(why)),
                Err(Unstepped::Unreadable(why)) => {
                    tracing::error!(why, "an input is refused: what it would write could not be read again");
                    Err(SubmitError::Unreadable(why))
                }
                // Nothing of the batch was written, but the state is ahead: the process must recover.
                Err(Unstepped::Halfway(why)) => return Err(WriteError::Encode(why)),
            };
            replies.push((reply, answer));
        }
        // What is due by now, whether or not anything came in.
        let due = step_sealed(&mut state, at, Input::Tick, seal, |state, event, body| out.add(state, at, event, body));
        // A tick is never refused. What becomes due stays due: going on without it would be a pager that seems to work.
        if let Err(Unstepped::Unreadable(why) | Unstepped::Halfway(why)) = due {
            return Err(WriteError::Encode(why));
        }
        if !out.batch.records.is_empty() {
            let begun = Instant::now();
            self.head = self.journal.append(&out.batch)?;
            out.batch.records.iter().for_each(|r| self.unsaved.add(r));
            self.pace.wrote(begun, out.batch.records.iter().map(|r| r.body.len()).sum());
            self.metrics.committed(replies.len(), begun.elapsed());
        }
        drop(state);
        for (reply, answer) in replies {
            // The caller may have gone; what it asked for is committed all the same.
            let _gone = reply.send(answer);
        }
        self.seq.send_if_modified(|seq| std::mem::replace(seq, self.head.seq) != self.head.seq);
        Ok(())
    }

    fn is_small(&self) -> bool {
        self.state.read().alerts.len() <= LARGE_STATE
    }

    fn snapshot(&mut self) -> Result<(), WriteError> {
        let mut body = Vec::with_capacity(self.unsaved.snapshot + self.unsaved.bytes);
        let written = serde_json::to_writer(&mut body, &*self.state.read()).map_err(|e| e.to_string());
        match written.and_then(|()| String::from_utf8(body).map_err(|e| e.to_string())) {
            Ok(body) if body.len() > MAX_SNAPSHOT_BYTES => {
                self.unsaved.bytes = 0;
                tracing::error!(bytes = body.len(), "the state is too large for a snapshot; starts will take longer");
            }
            Ok(body) => {
                self.unsaved = Unsaved { bytes: 0, snapshot: body.len() };
                self.journal.save_snapshot(&Snapshot { head: self.head, format: STATE_FORMAT, body })?;
            }
            Err(why) => {
                self.unsaved.bytes = 0;
                tracing::error!(%why, "the state cannot be written as a snapshot; starts will take longer");
            }
        }
        Ok(())
    }
}

struct Out {
    head: Head,
    batch: Batch,
    /// Where in the batch each document stands.
    places: BTreeMap<(String, String), usize>,
}

/// What is written of an event, and the event as the next start will read it.
fn seal(event: &Event) -> Result<(Event, String), String> {
    let body = event.encode().map_err(|why| format!("{}: {why}", event.kind()))?;
    if body.len() > MAX_BODY_BYTES {
        return Err(format!("{}: it has {} bytes, a record at most {MAX_BODY_BYTES}", event.kind(), body.len()));
    }
    let read = Event::decode(&body).map_err(|why| format!("{}: {}", event.kind(), noout_types::with_sources(&why)))?;
    Ok((read, body))
}

impl Out {
    fn add(&mut self, state: &State, at: Timestamp, event: &Event, body: String) {
        let record = Record::seal(&self.head, at, event.kind(), body);
        self.head = record.head();
        let (timeline, documents) = project(state, at, event);
        self.batch.records.push(record);
        self.batch.timeline.extend(timeline);
        // Within a batch only the last state of a thing matters.
        for document in documents {
            let next = self.batch.documents.len();
            let place = *self.places.entry((document.kind.clone(), document.id.clone())).or_insert(next);
            if place == next {
                self.batch.documents.push(document);
            } else {
                self.batch.documents[place] = document;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Given a second in which much was written, then the moments in it are no calm ones, and those after a while are.
    #[test]
    fn a_storm_is_no_time_for_a_snapshot() {
        let begun = Instant::now();
        let mut pace = Pace::new(begun);
        for tenth in 0..100 {
            pace.wrote(begun + Duration::from_millis(100 * tenth), STORM_BYTES / 20);
        }
        assert!(pace.is_calm(begun + Duration::from_secs(10)), "half of it is no storm");
        for tenth in 100..110 {
            pace.wrote(begun + Duration::from_millis(100 * tenth), STORM_BYTES / 5);
        }
        assert!(!pace.is_calm(begun + Duration::from_secs(12)));
        assert!(pace.is_calm(begun + Duration::from_secs(11) + CALM_AFTER));
    }

    #[test]
    fn a_snapshot_is_due_when_it_is_calm_or_starts_would_take_too_long() {
        let much = Unsaved { bytes: SNAPSHOT_EVERY, snapshot: 1 };
        assert!(much.is_due(true) && !much.is_due(false));
        let large = Unsaved { bytes: SNAPSHOT_EVERY, snapshot: 2 * SNAPSHOT_EVERY };
        assert!(!large.is_due(true), "not more often than the state is written anyway");
        let endless = Unsaved { bytes: SNAPSHOT_AT_THE_LATEST, snapshot: 1 };
        assert!(endless.is_due(false));
    }
}

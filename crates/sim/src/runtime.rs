//! The simulated process. It does what the server's writer does, in the same order: take what waits, decide and
//! apply one thing at a time, append everything in one commit, answer, begin what is pending. It can die between
//! any two of these.

use std::collections::{BTreeMap, BTreeSet};

use noout_core::engine::step_with;
use noout_core::journal::{Batch, Head, Record, Snapshot};
use noout_core::projection::project;
use noout_core::{Event, Input, Refusal, STATE_FORMAT, State, apply, decide};
use noout_store::{Journal, MemoryJournal, StoreError};
use noout_types::{PageId, Timestamp};

use crate::bugs::{self, Bug};
use crate::clock::Clock;
use crate::mail::Mail;

/// Records between two snapshots: few, so that many recoveries begin at one.
const SNAPSHOT_EVERY: u64 = 40;

/// A settle step that goes on for longer has no end.
const MAX_ROUNDS: usize = 10_000;

/// Where a process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// Decided, nothing written.
    BeforeAppend,
    /// Committed, nobody was told.
    AfterAppend,
    /// Committed and answered; no effect has begun.
    AfterReply,
}

/// A process of noout.
#[derive(Debug)]
pub struct Process {
    /// Which start this is.
    pub life: u64,
    /// What it believes.
    pub state: State,
    /// Where it left the journal.
    pub head: Head,
    /// What waits for the next commit.
    pub inbox: Vec<Mail>,
    /// A commit is on its way.
    pub commit_due: bool,
    /// The number of the newest alarm; older ones are void.
    pub wake: u64,
    /// Effects that have begun and not ended.
    pub in_flight: BTreeSet<String>,
    /// Since when, in true milliseconds, each page has been in the hands of a worker of this process.
    pub sending: BTreeMap<PageId, (u32, u64)>,
    /// It does nothing before this true time.
    pub frozen_until: u64,
    journal: MemoryJournal,
    last: Timestamp,
    last_wall: (Timestamp, u64),
    snapshot_at: u64,
    bug: Option<Bug>,
}

/// What a caller is told.
#[derive(Debug)]
pub struct Answer {
    /// The last record that it caused.
    pub seq: u64,
    /// What happened.
    pub events: Vec<Event>,
}

/// How a commit went.
#[derive(Debug)]
pub struct Outcome {
    /// The instant of its decisions.
    pub at: Timestamp,
    /// What was asked, and what is answered if somebody still can.
    pub answers: Vec<(Mail, Result<Answer, Refusal>)>,
    /// Records in the batch.
    pub records: usize,
    /// Whether the answers left the process.
    pub answered: bool,
    /// The process is dead: a crash, or the journal said no.
    pub death: Option<Death>,
}

/// Why a process ended.
#[derive(Debug)]
pub enum Death {
    /// It was killed.
    Killed(Crash),
    /// The journal said no; a process must then drop its state.
    Journal(StoreError),
}

impl Process {
    /// Starts a process: claims the journal, then folds it from the newest snapshot or from its beginning.
    ///
    /// # Errors
    /// The journal cannot be folded, in words.
    pub fn start(
        disk: &MemoryJournal,
        life: u64,
        clock: &Clock,
        by_snapshot: bool,
        bug: Option<Bug>,
    ) -> Result<Self, String> {
        let mut journal = disk.reopen();
        let (state, head, last) = recover(&mut journal, by_snapshot)?;
        Ok(Self {
            life,
            state,
            head,
            inbox: Vec::new(),
            commit_due: false,
            wake: 0,
            in_flight: BTreeSet::new(),
            sending: BTreeMap::new(),
            frozen_until: 0,
            journal,
            last,
            last_wall: (clock.wall(), clock.now_ms),
            snapshot_at: head.seq,
            bug,
        })
    }

    /// The present instant, as the server's writer tells it: never before an earlier one.
    pub fn now(&mut self, clock: &Clock) -> Timestamp {
        let (wall, mono) = (clock.wall(), clock.now_ms);
        let (_, last_mono) = self.last_wall;
        self.last_wall = (wall, mono);
        let passed = noout_types::Span::from_millis(mono.saturating_sub(last_mono));
        let now = if wall >= self.last { wall } else { passed.after(self.last) };
        self.last = now;
        now
    }

    /// Decides what waits, appends it in one commit, and gives the answers.
    pub fn commit(&mut self, clock: &Clock, crash: Option<Crash>) -> Outcome {
        let at = self.now(clock);
        let mut out = Out { head: self.head, batch: Batch::default() };
        let mut answers = Vec::new();
        for mail in std::mem::take(&mut self.inbox) {
            let mut events = Vec::new();
            let input = bugs::hear(self.bug, mail.input.clone());
            let result = self.step(at, input, |state, event| {
                out.add(state, at, event);
                events.push(event.clone());
            });
            answers.push((mail, result.map(|()| Answer { seq: out.head.seq, events })));
        }
        let _never_refused = self.step(at, Input::Tick, |state, event| out.add(state, at, event));
        let records = out.batch.records.len();
        let done = |death, answered, answers| Outcome { at, answers, records, answered, death };
        // A crash before the commit says nothing where there is nothing to commit.
        let crash = crash.filter(|_| records > 0);
        if crash == Some(Crash::BeforeAppend) {
            return done(Some(Death::Killed(Crash::BeforeAppend)), self.bug == Some(Bug::AnswersEarly), answers);
        }
        if records > 0 {
            match self.append(&out.batch) {
                Ok(head) => self.head = head,
                Err(why) => return done(Some(Death::Journal(why)), false, answers),
            }
        }
        if crash == Some(Crash::AfterAppend) {
            return done(Some(Death::Killed(Crash::AfterAppend)), false, answers);
        }
        if self.head.seq >= self.snapshot_at + SNAPSHOT_EVERY
            && let Err(why) = self.snapshot()
        {
            return done(Some(Death::Journal(why)), true, answers);
        }
        done(crash.map(Death::Killed), true, answers)
    }

    fn step(&mut self, at: Timestamp, input: Input, mut applied: impl FnMut(&State, &Event)) -> Result<(), Refusal> {
        if !bugs::meddles(self.bug) {
            return step_with(&mut self.state, at, input, applied);
        }
        let decision = decide(&self.state, at, input.clone());
        let mut events = bugs::decided(self.bug, &self.state, at, &input, decision)?;
        for _ in 0..MAX_ROUNDS {
            for event in &events {
                apply(&mut self.state, at, event);
                applied(&self.state, event);
            }
            let decision = decide(&self.state, at, Input::Tick);
            events = bugs::decided(self.bug, &self.state, at, &Input::Tick, decision)?;
            if events.is_empty() {
                break;
            }
        }
        Ok(())
    }

    fn append(&mut self, batch: &Batch) -> Result<Head, StoreError> {
        let result = self.journal.append(batch);
        match result {
            Err(StoreError::Fenced { ours, found }) if self.bug == Some(Bug::WritesFenced) => {
                self.write_unfenced(batch, ours.epoch, found)
            }
            other => other,
        }
    }

    /// The planted bug: the batch is pressed into the journal in the old epoch.
    fn write_unfenced(&mut self, batch: &Batch, old: u64, found: Head) -> Result<Head, StoreError> {
        let mut journal = self.journal.reopen();
        let claimed = journal.claim()?;
        let (mut head, mut stale) = (claimed, Head { epoch: old, ..found });
        let (mut good, mut bad) = (Batch::default(), Vec::new());
        for record in &batch.records {
            let sealed = Record::seal(&head, record.at, &record.kind, record.body.clone());
            let wrong = Record::seal(&stale, record.at, &record.kind, record.body.clone());
            (head, stale) = (sealed.head(), wrong.head());
            good.records.push(sealed);
            bad.push(wrong);
        }
        let head = journal.append(&good)?;
        for wrong in bad {
            journal.damage(wrong.seq, |r| *r = wrong.clone());
        }
        self.journal = journal;
        Ok(head)
    }

    fn snapshot(&mut self) -> Result<(), StoreError> {
        self.snapshot_at = self.head.seq;
        let mut forgetful = self.state.clone();
        forgetful.next_page += 1;
        let state = if self.bug == Some(Bug::SnapshotForgets) { &forgetful } else { &self.state };
        // What cannot be a snapshot is left to the fold, as the server does.
        let Ok(body) = serde_json::to_string(state) else { return Ok(()) };
        self.journal.save_snapshot(&Snapshot { head: self.head, format: STATE_FORMAT, body })
    }
}

/// Folds the journal as the server does: the newest snapshot of our format, then every record after it.
fn recover(journal: &mut MemoryJournal, by_snapshot: bool) -> Result<(State, Head, Timestamp), String> {
    let words = |e: StoreError| e.to_string();
    let claimed = journal.claim().map_err(words)?;
    let snapshot = if by_snapshot { journal.snapshot(STATE_FORMAT).map_err(words)? } else { None };
    let (mut state, mut head) = match snapshot {
        Some(s) => (serde_json::from_str(&s.body).map_err(|e| e.to_string())?, s.head),
        None => (State::new(), Head::default()),
    };
    let mut last = Timestamp::UNIX_EPOCH;
    loop {
        let records = Journal::records(journal, head.seq, 5000).map_err(words)?;
        if records.is_empty() {
            break;
        }
        for record in &records {
            head = record.follow(&head).map_err(|e| e.to_string())?;
            let event = Event::decode(&record.body).map_err(|e| e.to_string())?;
            apply(&mut state, record.at, &event);
            last = record.at;
        }
    }
    Ok((state, Head { epoch: claimed.epoch, ..head }, last))
}

struct Out {
    head: Head,
    batch: Batch,
}

impl Out {
    fn add(&mut self, state: &State, at: Timestamp, event: &Event) {
        // Only a float that JSON cannot hold is refused; an empty body then fails to decode, and 27 says so.
        let body = event.encode().unwrap_or_default();
        let record = Record::seal(&self.head, at, event.kind(), body);
        self.head = record.head();
        let (timeline, documents) = project(state, at, event);
        self.batch.records.push(record);
        self.batch.timeline.extend(timeline);
        self.batch.documents.extend(documents);
    }
}

impl Process {
    /// What its clock would say, without its being asked.
    #[must_use]
    pub fn state_time(&self, clock: &Clock) -> Timestamp {
        clock.wall().max(self.last)
    }
}

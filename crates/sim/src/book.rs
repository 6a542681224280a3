//! The book of a run: what was promised to the outside, what the journal on the disk says, and what was really
//! done. It reads the disk by itself, record by record, and folds a state of its own; no process is believed.

use std::collections::{BTreeMap, BTreeSet};

use noout_core::invariants::{Audit, Broken, check};
use noout_core::journal::{ChainError, Digest32, Head, Record};
use noout_core::maintenance::{MaintenanceEvent as M, StepState};
use noout_core::paging::{PageState, PagingEvent as P};
use noout_core::platform::{Act, ComputeView, StorageView};
use noout_core::{Event, State, apply};
use noout_drivers::lab::World;
use noout_plan::HostState;
use noout_store::{MemoryJournal, Reader, VerifyError, verify_reader};
use noout_types::{Fingerprint, IncidentId, MaintenanceId, PageId, Timestamp};

use crate::mail::Truth;
use crate::seen::Seen;

/// A page may be in the hands of a worker for so long, in true milliseconds: longer than any provider takes.
const MAX_IN_HAND_MS: u64 = 120_000;

/// Characters of a record that the trace shows.
const TEXT_CHARS: usize = 170;

/// An intent: maintenance, step, attempt.
pub type Intent = (MaintenanceId, u32, u32);

/// The book.
#[derive(Debug)]
pub struct Book {
    /// The fold of what lies on the disk.
    pub fold: State,
    /// The instant of the last record.
    pub last: Timestamp,
    head: Head,
    audit: Audit,
    /// The epoch of the newest claim.
    newest: u64,
    /// The last record that somebody was told is durable.
    promised: Option<(u64, Digest32)>,
    /// In which record each alert was last accepted as firing.
    kept: BTreeMap<Fingerprint, u64>,
    /// What was true at the look that led to an intent.
    truths: BTreeMap<Intent, Truth>,
    accepted: BTreeMap<Intent, u32>,
    /// All pages that there ever were about each incident: a newer page to a person replaces the one before.
    pub pages: BTreeMap<IncidentId, Vec<PageId>>,
    /// Promises made to sources.
    pub promises: u64,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            fold: State::new(),
            last: Timestamp::UNIX_EPOCH,
            head: Head::default(),
            audit: Audit::new(),
            newest: 0,
            promised: None,
            kept: BTreeMap::new(),
            truths: BTreeMap::new(),
            accepted: BTreeMap::new(),
            pages: BTreeMap::new(),
            promises: 0,
        }
    }
}

fn broken(invariant: u8, what: impl Into<String>) -> Result<(), Broken> {
    Err(Broken::new(invariant, what))
}

/// A chain that is broken by an epoch is two writers interleaved; all else is a journal that does not verify.
fn of_chain(error: &ChainError) -> Broken {
    let number = if matches!(error, ChainError::Epoch { .. }) { 26 } else { 27 };
    Broken::new(number, error.to_string())
}

impl Book {
    /// A process has claimed the journal.
    pub fn claimed(&mut self, epoch: u64) {
        self.newest = self.newest.max(epoch);
    }

    /// How many records lie on the disk.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.head.seq
    }

    /// Reads what is new on the disk. Gives the events, each with the beginning of its text for the trace.
    ///
    /// # Errors
    /// 26, 27, or what an event breaks.
    pub fn read(&mut self, disk: &MemoryJournal, seen: &mut Seen) -> Result<Vec<(Event, String)>, Broken> {
        let records = Reader::records(disk, self.head.seq, usize::MAX).map_err(|e| Broken::new(27, e.to_string()))?;
        let mut events = Vec::with_capacity(records.len());
        for record in &records {
            let text: String = record.body.chars().take(TEXT_CHARS).collect();
            events.push((self.record(record, seen)?, format!("#{} {} {text}", record.seq, record.hash.short())));
        }
        self.audit.settled(&self.fold)?;
        Ok(events)
    }

    fn record(&mut self, record: &Record, seen: &mut Seen) -> Result<Event, Broken> {
        if record.epoch != self.newest {
            let what = format!("record {} is of epoch {}, claimed was {}", record.seq, record.epoch, self.newest);
            return Err(Broken::new(26, what));
        }
        self.head = record.follow(&self.head).map_err(|e| of_chain(&e))?;
        let event = Event::decode(&record.body).map_err(|e| Broken::new(27, format!("record {}: {e}", record.seq)))?;
        seen.before(&self.fold, &event);
        apply(&mut self.fold, record.at, &event);
        self.last = record.at;
        self.audit.record(&self.fold, record.at, &event)?;
        seen.after(&self.fold, &event);
        if let Event::Paging(noout_core::paging::PagingEvent::Opened { page, incident, .. }) = &event {
            self.pages.entry(*incident).or_default().push(*page);
        }
        // A digest's message is about each incident that it tells.
        if let Event::Paging(noout_core::paging::PagingEvent::Sending { page, covers, .. }) = &event {
            for covered in covers.iter().filter_map(|id| self.fold.paging.page(*id)) {
                self.pages.entry(covered.incident).or_default().push(*page);
            }
        }
        if let Event::Alert(noout_core::alert::AlertEvent::Received { firing, refreshed, .. }) = &event {
            let fps = firing.iter().map(|(fp, _)| *fp).chain(refreshed.iter().map(|r| r.fingerprint));
            self.kept.extend(fps.map(|fp| (fp, record.seq)));
        }
        Ok(event)
    }

    /// A source was told 2xx: 1, and 4 for ends of earlier episodes. `fired` are the alerts whose earlier episodes it
    /// ends and that fired before the commit.
    ///
    /// # Errors
    /// The promise is not kept by what lies on the disk.
    pub fn promise(
        &mut self,
        since: u64,
        firing: &[Fingerprint],
        late: &[Fingerprint],
        fired: &BTreeSet<Fingerprint>,
        events: &[Event],
    ) -> Result<(), Broken> {
        if let Some(lost) = firing.iter().find(|fp| self.kept.get(*fp).is_none_or(|seq| *seq <= since)) {
            return broken(1, format!("alert {lost} was accepted, and no record after {since} on the disk has it"));
        }
        let expired = |fp: &Fingerprint| {
            events.iter().any(|e| {
                matches!(e, Event::Alert(noout_core::alert::AlertEvent::Expired { fingerprints, .. }) if fingerprints.contains(fp))
            })
        };
        if let Some(closed) =
            late.iter().filter(|fp| fired.contains(fp)).find(|fp| self.fold.alerts.get(**fp).is_none() && !expired(fp))
        {
            return broken(4, format!("the end of an earlier episode closed the present one of alert {closed}"));
        }
        self.promises += 1;
        self.told_durable();
        Ok(())
    }

    /// Somebody was told that everything up to here is durable.
    pub fn told_durable(&mut self) {
        self.promised = Some((self.head.seq, self.head.hash));
    }

    /// After a commit: the process believes what the disk says, and the settled state holds.
    ///
    /// # Errors
    /// 27, or what the state breaks.
    pub fn settled(&self, state: &State, at: Timestamp) -> Result<(), Broken> {
        self.same(state, "the state of the process")?;
        check(state, at)
    }

    /// 27: a state is the fold of the journal.
    ///
    /// # Errors
    /// It is another.
    pub fn same(&self, state: &State, whose: &str) -> Result<(), Broken> {
        if *state == self.fold {
            return Ok(());
        }
        broken(
            27,
            format!(
                "{whose} at record {} is not the fold of the journal: {}",
                self.head.seq,
                differs(state, &self.fold)
            ),
        )
    }

    /// 1, 26 and 27 over the whole journal: as after a crash, by a reader that knows nothing.
    ///
    /// # Errors
    /// What does not hold.
    pub fn verify(&self, disk: &MemoryJournal) -> Result<(), Broken> {
        let mut fold = State::new();
        let mut promised = None;
        let walked = verify_reader(disk, |record| {
            let event = Event::decode(&record.body).map_err(|e| e.to_string())?;
            apply(&mut fold, record.at, &event);
            if self.promised.is_some_and(|(seq, _)| seq == record.seq) {
                promised = Some(record.hash);
            }
            Ok(())
        });
        match walked {
            Ok(_) => {}
            Err(VerifyError::Chain(e)) => return Err(of_chain(&e)),
            Err(e) => return broken(27, e.to_string()),
        }
        if let Some((seq, hash)) = self.promised.filter(|(seq, _)| *seq > 0)
            && promised != Some(hash)
        {
            return broken(1, format!("record {seq} was told to be durable, and it is gone or another"));
        }
        self.same(&fold, "a fold from the beginning")?;
        let text = serde_json::to_string(&fold).map_err(|e| Broken::new(27, e.to_string()))?;
        let again: State = serde_json::from_str(&text).map_err(|e| Broken::new(27, e.to_string()))?;
        self.same(&again, "a state that was a snapshot")
    }

    /// 18: a message leaves only when its intent lies on the disk.
    ///
    /// # Errors
    /// It does not.
    pub fn may_send(&self, page: PageId, attempt: u32) -> Result<(), Broken> {
        let found = self.fold.paging.page(page);
        let intended = found.is_some_and(|p| p.attempts >= attempt);
        if intended {
            Ok(())
        } else {
            broken(18, format!("page {page}: attempt {attempt} leaves and is not journaled"))
        }
    }

    /// 7: what counts as delivered was said to be so by the provider.
    ///
    /// # Errors
    /// The provider never said so.
    pub fn delivered(&self, events: &[Event], said: impl Fn(PageId, u32) -> bool) -> Result<(), Broken> {
        for event in events {
            if let Event::Paging(P::Attempted { page, attempt, outcome, .. }) = event
                && matches!(outcome, noout_core::paging::SendOutcome::Delivered(_))
                && !said(*page, *attempt)
            {
                return broken(
                    7,
                    format!("page {page}: attempt {attempt} counts as delivered; the provider never said so"),
                );
            }
        }
        Ok(())
    }

    /// What was true at the look that led to these events.
    pub fn looked(&mut self, events: &[Event], truth: &Truth) {
        for event in events {
            if let Event::Maintenance(M::Intended { id, step, attempt, .. }) = event {
                self.truths.insert((*id, *step, *attempt), truth.clone());
            }
        }
    }

    /// How often the platform has accepted an act for this intent.
    #[must_use]
    pub fn accepted(&self, intent: &Intent) -> u32 {
        self.accepted.get(intent).copied().unwrap_or(0)
    }

    /// 13, 16, 18, 22: the platform has accepted acts in a call for an intent.
    ///
    /// # Errors
    /// It should not have been asked.
    pub fn acted(&mut self, intent: Intent, act: &Act, times: usize, before: Option<&Before>) -> Result<(), Broken> {
        let (id, step, attempt) = intent;
        let known = self.fold.maintenances.get(id).and_then(|m| m.step(step)).filter(|s| s.attempts == attempt);
        if !known.is_some_and(|s| matches!(s.state, StepState::Intended { .. })) {
            return broken(18, format!("{act:?} was begun for maintenance {id} without an intent in the journal"));
        }
        if self.fold.stopped.is_some() && act.is_disruptive() {
            return broken(22, format!("{act:?} was begun after `noout stop`"));
        }
        let so_far = self.accepted.entry(intent).or_default();
        if times > 1 || (*so_far > 0 && before.is_none_or(|b| b.reached(act))) {
            return broken(18, format!("{act:?} was begun again, and nothing had shown that it did not happen"));
        }
        *so_far += u32::try_from(times).unwrap_or(u32::MAX);
        if let (Act::PowerOff { host }, Some(truth)) = (act, self.truths.get(&intent)) {
            if truth.running_there > 0 {
                return broken(16, format!("{host} is powered off with {} guests running on it", truth.running_there));
            }
            if let Some(other) = truth.others_away.first() {
                return broken(13, format!("{host} is powered off while {other} is away"));
            }
        }
        Ok(())
    }
}

/// 2: no page stays in a worker's hands for ever. `sending` is since when each has been there.
///
/// # Errors
/// One does.
pub fn nothing_is_stuck(state: &State, sending: &BTreeMap<PageId, (u32, u64)>, now_ms: u64) -> Result<(), Broken> {
    let owed = state.paging.owed().filter(|p| matches!(p.state, PageState::Sending { .. }));
    for page in owed {
        if let Some((_, since)) = sending.get(&page.id).filter(|(attempt, _)| *attempt == page.attempts)
            && now_ms > since + MAX_IN_HAND_MS
        {
            return broken(
                2,
                format!("page {} has been in a worker's hands for {} s", page.id, (now_ms - since) / 1000),
            );
        }
    }
    Ok(())
}

/// The platform as it was right before a call: whether the wanted state was there already, or under way.
#[derive(Debug)]
pub struct Before {
    compute: ComputeView,
    storage: Option<StorageView>,
}

impl Before {
    /// Looks, without the world being changed by it.
    #[must_use]
    pub fn look(world: &World, act: &Act, now: Timestamp) -> Self {
        let mut copy = world.clone();
        let host = match act {
            Act::SetNoout { host } | Act::ClearNoout { host } => Some(host),
            _ => None,
        };
        let compute = copy.compute_view(now);
        let storage = host.and_then(|h| copy.storage_view(now, h));
        Self { compute, storage }
    }

    fn reached(&self, act: &Act) -> bool {
        let state = |h: &noout_types::HostId| self.compute.inventory.host(h).map(|h| h.state);
        match act {
            Act::MoveGuest { guest, from, .. } => {
                let moving = self.compute.locks.get(guest).is_some_and(|lock| lock == "migrate");
                moving || self.compute.inventory.guest(guest).is_some_and(|g| g.host != *from)
            }
            Act::PowerOff { host } => state(host) == Some(HostState::Offline),
            Act::PowerOn { host } => state(host) == Some(HostState::Online),
            Act::SetNoout { host } => self.storage.as_ref().is_some_and(|s| s.has_host_noout(host)),
            Act::ClearNoout { host } => self.storage.as_ref().is_some_and(|s| !s.has_host_noout(host)),
        }
    }
}

/// Which parts of two states are not the same.
fn differs(a: &State, b: &State) -> String {
    let value = |s: &State| serde_json::to_value(s).unwrap_or_default();
    let (a, b) = (value(a), value(b));
    let (Some(a), Some(b)) = (a.as_object(), b.as_object()) else { return "all of it".into() };
    let parts: Vec<_> = a.keys().filter(|k| a.get(*k) != b.get(*k)).cloned().collect();
    if parts.is_empty() { "in what JSON does not show".into() } else { parts.join(", ") }
}

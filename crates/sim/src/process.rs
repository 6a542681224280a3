//! The life of a process within a run: start, commit, call, die.

use std::collections::BTreeSet;

use noout_core::alert::{Ends, Posted};
use noout_core::heartbeat::{Ping, Signal};
use noout_core::invariants::Broken;
use noout_core::maintenance::MaintenanceEvent;
use noout_core::paging::{Dispatch, SendOutcome};
use noout_core::platform::{Act, Ensured};
use noout_core::ticket::TicketOutcome;
use noout_core::{Effect, Event, Input, Refusal, next_deadline};
use noout_store::{Fault, StoreError};
use noout_types::{Fingerprint, HeartbeatId, MaintenanceId, Span, Timestamp};

use crate::book::{Before, nothing_is_stuck};
use crate::bugs::{self, Bug};
use crate::mail::{Mail, Sender, Truth};
use crate::people::apply;
use crate::queue::Happening;
use crate::run::Run;
use crate::runtime::{Answer, Crash, Death, Outcome, Process};
use crate::town::TOWN;

/// The process looks at the time at least this often, in milliseconds, in case its clock was stepped.
const MAX_SLEEP_MS: u64 = 15_000;

/// A worker waits for a processor or a place among the sends for so long at the most, in milliseconds.
const PROMPT_MS: u64 = 10_000;

/// Between two polls of the BMCs.
const POLL_MS: u64 = 25_000;

/// Between two looks at a platform during a maintenance.
const LOOK_MS: u64 = 5_000;

/// Between two questions about an act on which the platform works.
const ASK_MS: u64 = 2_000;

impl Run {
    /// A process starts, verifies that nothing was lost, and goes on.
    pub(crate) fn start(&mut self) -> Result<(), Broken> {
        self.book.read(&self.disk, &mut self.seen)?;
        self.whole()?;
        self.lives += 1;
        let by_snapshot = !self.pace.one_in(3);
        let started = Process::start(&self.disk, self.lives, &self.clock, by_snapshot, self.bug);
        let process = started.map_err(|why| Broken::new(27, format!("no start: {why}")))?;
        self.book.claimed(process.head.epoch);
        self.book.same(&process.state, "a recovered state")?;
        if self.lives > 1 {
            self.seen.sight(if by_snapshot { "recovered by a snapshot" } else { "recovered from the beginning" });
        }
        self.line(format!("life {} starts at record {} in epoch {}", self.lives, process.head.seq, process.head.epoch));
        let (life, fresh) = (process.life, process.state.config_version == 0);
        self.process = Some(process);
        self.queue.at(self.clock.now_ms + 500, Happening::Poll { life });
        if let Some(command) = apply(TOWN).filter(|_| fresh) {
            let input = Input::Command { by: noout_core::Actor::Local, command };
            self.deliver(Mail { input, from: Sender::Start });
        }
        // What became due while nobody was running.
        self.commit()
    }

    /// The process is gone, with everything that it had in its hands, and is started anew in a moment.
    pub(crate) fn die(&mut self) {
        let pause = self.pace.between(500, 30_000);
        self.die_for(pause);
    }

    /// The process is gone, and nobody starts it for so many milliseconds.
    pub(crate) fn die_for(&mut self, pause: u64) {
        if self.open_calls > 0 {
            self.seen.sight("an effect's outcome was lost in a crash");
        }
        self.process = None;
        self.open_calls = 0;
        self.queue.at(self.clock.now_ms + pause, Happening::Start);
    }

    /// The process commits what waits, and whatever follows from it happens.
    pub(crate) fn commit(&mut self) -> Result<(), Broken> {
        let Some(mut process) = self.process.take() else { return Ok(()) };
        process.commit_due = false;
        if self.bug == Some(Bug::ActsBeforeCommit) {
            self.rush(&process)?;
        }
        let fired = self.fired(&process);
        let since = self.book.seq();
        let outcome = process.commit(&self.clock, self.crash);
        if outcome.records > 0 {
            self.crash = None;
        }
        let events = self.book.read(&self.disk, &mut self.seen)?;
        for (_, text) in &events {
            self.line(format!("life {} {text}", process.life));
        }
        let events: Vec<_> = events.into_iter().map(|(e, _)| e).collect();
        let network = &self.network;
        self.book.delivered(&events, |page, attempt| network.said_yes.contains(&(page, attempt)))?;
        let (at, answered) = (outcome.at, outcome.answered);
        if answered {
            self.answer(&outcome, since, &fired, &events)?;
        }
        if let Some(death) = &outcome.death {
            self.dead(death, since);
            self.die();
            return Ok(());
        }
        self.book.settled(&process.state, at)?;
        let life = process.life;
        for (mail, _) in outcome.answers {
            self.worker_goes_on(&mut process, life, mail.from);
        }
        self.begin_pending(&mut process);
        nothing_is_stuck(&process.state, &process.sending, self.clock.now_ms)?;
        process.wake += 1;
        let now = process.now(&self.clock);
        let sleep = next_deadline(&process.state).map_or(MAX_SLEEP_MS, |due| Span::between(now, due).as_millis());
        let wake = self.clock.now_ms + sleep.clamp(1, MAX_SLEEP_MS);
        self.queue.at(wake, Happening::Wake { life, number: process.wake });
        self.process = Some(process);
        let intended = |e: &Event| matches!(e, Event::Maintenance(MaintenanceEvent::Intended { .. }));
        if !self.calm && events.iter().any(intended) {
            let deed = self.people.startled();
            deed.into_iter().for_each(|d| self.deed(d));
        }
        Ok(())
    }

    /// A planted bug: what is decided begins before it is committed.
    fn rush(&mut self, process: &Process) -> Result<(), Broken> {
        let mut ahead = process.state.clone();
        let at = process.state_time(&self.clock);
        for mail in &process.inbox {
            let _refused = noout_core::step(&mut ahead, at, mail.input.clone());
        }
        let known: Vec<_> = noout_core::pending(&process.state).map(|e| e.id()).collect();
        let new: Vec<_> = noout_core::pending(&ahead).filter(|e| !known.contains(&e.id())).collect();
        for effect in new {
            match effect {
                Effect::Send { page, attempt, .. } => {
                    self.book.may_send(page, attempt)?;
                    let _lost = self.network.send(page, attempt);
                }
                Effect::Ensure { id, step, attempt, act, .. } => {
                    self.ensure((id, step, attempt), &act)?;
                }
                Effect::Tell { .. }
                | Effect::Probe { .. }
                | Effect::Observe { .. }
                | Effect::Try { .. }
                | Effect::Ticket { .. }
                | Effect::Follow { .. } => {}
            }
        }
        Ok(())
    }

    /// The alerts that fire and whose earlier episodes are about to be ended.
    fn fired(&self, process: &Process) -> BTreeSet<Fingerprint> {
        let late = process.inbox.iter().filter_map(|mail| match &mail.from {
            Sender::Source { late, .. } => Some(late),
            _ => None,
        });
        late.flatten().copied().filter(|fp| self.book.fold.alerts.get(*fp).is_some()).collect()
    }

    fn answer(
        &mut self,
        outcome: &Outcome,
        since: u64,
        fired: &BTreeSet<Fingerprint>,
        events: &[Event],
    ) -> Result<(), Broken> {
        for (mail, result) in &outcome.answers {
            match (&mail.from, result) {
                (Sender::Source { which, firing, late }, Ok(_)) => {
                    let firing = still_firing(&mail.input, firing, outcome.at);
                    self.book.promise(since, &firing, late, fired, events)?;
                    if let Some(source) = self.sources.get_mut(*which) {
                        source.answered();
                    }
                }
                (Sender::Person, Ok(_)) => self.book.told_durable(),
                (Sender::Person, Err(refusal)) => self.refused(refusal),
                (Sender::Look { truth, .. }, Ok(Answer { events, .. })) => self.book.looked(events, truth),
                _ => {}
            }
        }
        Ok(())
    }

    fn refused(&mut self, refusal: &Refusal) {
        let words = refusal.to_string();
        if words.contains("does not approve it") {
            self.seen.sight("proposer refused as approver");
        }
        if words.contains("the plan has changed") {
            self.seen.sight("stale approval refused");
        }
        self.line(format!("refused: {words}"));
    }

    fn dead(&mut self, death: &Death, since: u64) {
        let there = self.book.seq() > since;
        let sight = match death {
            Death::Killed(Crash::BeforeAppend) => "crash before the commit",
            Death::Killed(Crash::AfterAppend) => "crash after the commit, before the answer",
            Death::Killed(Crash::AfterReply) => "crash after the answer, before the effect",
            Death::Journal(StoreError::Fenced { .. }) => "fenced",
            Death::Journal(StoreError::Full { .. }) => "no space",
            Death::Journal(_) if there => "unknown commit that was there",
            Death::Journal(_) if self.disk_fault == Some(Fault::Torn) => "torn write",
            Death::Journal(_) => "crash before the commit",
        };
        self.seen.sight(sight);
        self.disk_fault = None;
        self.line(format!("dead: {sight}"));
    }

    /// The worker whose outcome was committed is free again, or goes on.
    fn worker_goes_on(&mut self, process: &mut Process, life: u64, from: Sender) {
        let now = self.clock.now_ms;
        match from {
            Sender::Worker { effect } => {
                process.in_flight.remove(&effect);
            }
            Sender::StillRunning { effect } | Sender::Look { effect, .. } => {
                let pending = bugs::pending(self.bug, &process.state).into_iter().find(|e| e.id() == effect);
                match pending {
                    Some(effect @ Effect::Observe { .. }) => {
                        self.queue.at(now + LOOK_MS, Happening::Call { life, effect });
                    }
                    Some(effect) => self.queue.at(now + ASK_MS, Happening::Call { life, effect }),
                    None => {
                        process.in_flight.remove(&effect);
                    }
                }
            }
            Sender::Source { .. } | Sender::Person | Sender::Poll | Sender::Start => {}
        }
    }

    fn begin_pending(&mut self, process: &mut Process) {
        let (now, life) = (self.clock.now_ms, process.life);
        let wall = self.clock.wall();
        for effect in bugs::pending(self.bug, &process.state) {
            if !process.in_flight.insert(effect.id()) {
                continue;
            }
            // Most workers begin at once; some wait for a processor or a place among the sends.
            let mut wait = if self.pace.one_in(5) { self.pace.between(100, 3_000) } else { self.pace.between(1, 30) };
            if let Effect::Probe { not_before: Some(due), .. } = &effect {
                wait += Span::between(wall, *due).as_millis();
            }
            if let Effect::Send { page, attempt, .. } = &effect {
                process.sending.insert(*page, (*attempt, now));
                if self.bug == Some(Bug::LosesWorker) && self.pace.one_in(8) {
                    continue;
                }
                if self.bug == Some(Bug::WaitsForPlatform) {
                    wait += self.blind_until.saturating_sub(now);
                }
            }
            self.queue.at(now + wait, Happening::Call { life, effect });
        }
        let state = &process.state;
        process.sending.retain(|page, _| state.paging.page(*page).is_some());
    }

    /// A worker makes its call.
    pub(crate) fn call(&mut self, effect: Effect) -> Result<(), Broken> {
        let id = effect.id();
        let bug = self.bug;
        let Some(process) = &mut self.process else { return Ok(()) };
        let life = process.life;
        // Read again in the moment of the call: an acknowledgement stops pages, a stop stops acts.
        let same = |e: &Effect| e.id() == id && std::mem::discriminant(e) == std::mem::discriminant(&effect);
        if !bugs::pending(bug, &process.state).iter().any(same) {
            process.in_flight.remove(&id);
            return Ok(());
        }
        let (input, from, takes) = match effect {
            Effect::Send { page, attempt, .. } => {
                self.book.may_send(page, attempt)?;
                let begun = process.sending.get(&page).filter(|(of, _)| *of == attempt).map(|(_, since)| *since);
                leaves_promptly(page, begun, process.frozen_until, self.clock.now_ms)?;
                let dispatch = process.state.paging.page(page).map(|p| p.dispatch(attempt));
                let (outcome, takes) = self.network.send(page, attempt);
                if let (SendOutcome::Accepted { .. }, Some(of)) = (&outcome, dispatch) {
                    self.later(of);
                }
                self.line(format!("{id}: {outcome:?}"));
                (Input::Sent { page, attempt, outcome }, Sender::Worker { effect: id }, takes)
            }
            Effect::Try { test } => {
                let outcome = noout_core::paging::SendOutcome::Delivered("250 taken".into());
                (Input::Tested { test, outcome }, Sender::Worker { effect: id }, 500)
            }
            // The network's providers give no handles.
            Effect::Follow { .. } => return Ok(()),
            Effect::Tell { memo, attempt, .. } => {
                // Letters go by a relay of their own, which is busy now and then.
                let outcome = if self.pace.one_in(6) {
                    SendOutcome::Transient("the relay is busy".into())
                } else {
                    SendOutcome::Delivered("taken".into())
                };
                self.line(format!("{id}: {outcome:?}"));
                (Input::Told { memo, attempt, outcome }, Sender::Worker { effect: id }, self.pace.between(10, 1_500))
            }
            Effect::Ensure { id: maintenance, step, attempt, act, .. } => {
                let ensured = self.ensure((maintenance, step, attempt), &act)?;
                self.line(format!("{id}: {ensured:?}"));
                let input = Input::Acted { id: maintenance, step, attempt, ensured };
                (input, Sender::Worker { effect: id }, self.pace.between(10, 1_500))
            }
            Effect::Probe { id: maintenance, step, attempt, act, .. } => {
                let ensured = self.world.probe(self.clock.truth(), &act);
                self.line(format!("{id} probed: {ensured:?}"));
                self.seen.sight("an act was looked for");
                let goes_on = matches!(ensured, Ensured::Running { .. } | Ensured::Ambiguous { .. });
                let from = if goes_on { Sender::StillRunning { effect: id } } else { Sender::Worker { effect: id } };
                let takes = self.pace.between(10, 1_500);
                (Input::Acted { id: maintenance, step, attempt, ensured }, from, takes)
            }
            Effect::Ticket { ticket, item, attempt } => {
                // The simulated team has no trackers. One that somebody adds is away, and nothing else may notice.
                let outcome = TicketOutcome::Transient("it is away".to_owned());
                let input = Input::Ticketed { ticket, item, attempt, outcome };
                (input, Sender::Worker { effect: id }, self.pace.between(10, 1_500))
            }
            Effect::Observe { id: maintenance } => {
                let (input, truth) = self.look(maintenance);
                (input, Sender::Look { effect: id, truth }, self.pace.between(10, 400))
            }
        };
        self.open_calls += 1;
        self.queue.at(self.clock.now_ms + takes, Happening::Ended { life, input: Box::new(input), from });
        Ok(())
    }

    /// What a provider that took a message will say of it, if anything.
    fn later(&mut self, of: Dispatch) {
        let Some((receipt, takes)) = self.network.later(&of) else { return };
        self.queue.at(self.clock.now_ms + takes, Happening::Receipt { of: Box::new(of), receipt });
    }

    /// The platform is asked to bring an act about, and its own log says what it accepted.
    fn ensure(&mut self, intent: (MaintenanceId, u32, u32), act: &Act) -> Result<Ensured, Broken> {
        let truth = self.clock.truth();
        let again = self.book.accepted(&intent) > 0;
        let before = again.then(|| Before::look(&self.world, act, truth));
        let so_far = self.world.acts.len() as u64 + self.world.acts_dropped;
        let ensured = self.world.ensure(truth, act);
        let mut times = (self.world.acts.len() as u64 + self.world.acts_dropped - so_far) as usize;
        if self.bug == Some(Bug::RepeatsBlindly) && times > 0 && matches!(ensured, Ensured::Ambiguous { .. }) {
            times += 1;
        }
        if times > 0 {
            self.book.acted(intent, act, times, before.as_ref())?;
        }
        Ok(ensured)
    }

    /// A look at the platform, by noout's clock, and what is true of it.
    fn look(&mut self, id: MaintenanceId) -> (Input, Truth) {
        let (now, wall) = (self.clock.truth(), self.clock.wall());
        let host = self.process.as_ref().and_then(|p| p.state.maintenances.get(id)).map(|m| m.host.clone());
        let Some(host) = host else { return (Input::Tick, Truth::default()) };
        if self.clock.now_ms < self.blind_until {
            let why = || "no answer within 10s".to_owned();
            return (Input::Observed { id, compute: Err(why()), storage: Some(Err(why())) }, Truth::default());
        }
        let mut compute = self.world.compute_view(now);
        let truth = self.truth_behind(&compute, &host, now);
        if self.bug == Some(Bug::BelievesEmpty) {
            compute.inventory.guests.retain(|g| g.host != host);
        }
        compute.taken_at = wall;
        let storage = self.world.storage_view(now, &host).map(|mut view| {
            view.taken_at = wall;
            Box::new(view)
        });
        let storage = storage.ok_or_else(|| "the monitors have no quorum".to_owned());
        (Input::Observed { id, compute: Ok(Box::new(compute)), storage: Some(storage) }, truth)
    }

    fn truth_behind(
        &self,
        view: &noout_core::platform::ComputeView,
        host: &noout_types::HostId,
        now: Timestamp,
    ) -> Truth {
        let whole = if view.incomplete.is_empty() {
            view.clone()
        } else {
            let mut clear = self.world.clone();
            let _not_filtered = clear.mend(now, &noout_drivers::lab::Break::FilteredView);
            clear.compute_view(now)
        };
        let online = |h: &&noout_plan::Host| h.id != *host && h.state != noout_plan::HostState::Online;
        Truth {
            running_there: whole.inventory.guests_on(host).filter(|g| g.running).count(),
            others_away: whole.inventory.hosts.iter().filter(online).map(|h| h.id.clone()).collect(),
        }
    }

    /// A job says that it is alive, if it is.
    fn beat(&mut self) {
        let now = self.clock.now_ms;
        if self.pace.one_in(40) {
            self.job_quiet_until = now + self.pace.between(60_000, 600_000);
        }
        if let Some(id) = HeartbeatId::new("backup").ok().filter(|_| now >= self.job_quiet_until) {
            let ping = Ping { id, signal: Signal::Success, run: None, body: String::new() };
            self.deliver(Mail { input: Input::Pinged(ping), from: Sender::Poll });
        }
    }

    /// The BMCs are asked, if the process lives; and a job is heard.
    pub(crate) fn poll(&mut self, life: u64) {
        self.beat();
        self.queue.at(self.clock.now_ms + POLL_MS, Happening::Poll { life });
        let wall = self.clock.wall();
        for mut poll in self.world.poll_sensors(self.clock.truth()) {
            poll.taken_at = wall;
            self.deliver(Mail { input: Input::Sensors(poll), from: Sender::Poll });
        }
    }

    /// The process that was taken over takes an alert as if nothing had been. It must not say 2xx.
    pub(crate) fn zombie_wakes(&mut self) -> Result<(), Broken> {
        let Some(mut zombie) = self.zombie.take() else { return Ok(()) };
        let now = self.clock.truth();
        let labels = [("alertname", "Zombie"), ("instance", &self.clock.now_ms.to_string())];
        let labels: noout_types::Labels = labels.into_iter().collect();
        let firing = vec![labels.fingerprint()];
        let posted = Posted { starts_at: Some(now), ..Posted::new(labels, Ends::WhenResolved) };
        let Some(source) = self.sources.first().map(|s| s.id.clone()) else { return Ok(()) };
        let from = Sender::Source { which: usize::MAX, firing, late: Vec::new() };
        zombie.inbox.push(Mail { input: Input::Alerts { source, alerts: vec![posted] }, from });
        let fired = self.fired(&zombie);
        let since = self.book.seq();
        let outcome = zombie.commit(&self.clock, None);
        let events = self.book.read(&self.disk, &mut self.seen)?;
        let events: Vec<_> = events.into_iter().map(|(e, _)| e).collect();
        if outcome.answered {
            self.answer(&outcome, since, &fired, &events)?;
        }
        match &outcome.death {
            Some(death) => self.dead(death, since),
            None => return Err(Broken::new(26, "a writer that was taken over went on writing")),
        }
        Ok(())
    }
}

/// 12: a page leaves when it is begun, whatever else cannot be reached.
fn leaves_promptly(page: noout_types::PageId, begun: Option<u64>, frozen: u64, now: u64) -> Result<(), Broken> {
    match begun {
        Some(since) if now > since + PROMPT_MS && frozen <= since => Err(Broken::new(
            12,
            format!("page {page} left {} s after it was begun: it waited for something else", (now - since) / 1000),
        )),
        _ => Ok(()),
    }
}

/// The alerts of a body that fire by noout's clock: an end that has passed is an end.
fn still_firing(input: &Input, firing: &[Fingerprint], at: Timestamp) -> Vec<Fingerprint> {
    let Input::Alerts { alerts, .. } = input else { return Vec::new() };
    let over = |a: &Posted| matches!(a.ends, Ends::At(end) if end <= at);
    let live = alerts.iter().filter(|a| !over(a)).map(|a| a.labels.fingerprint());
    live.filter(|fp| firing.contains(fp)).collect()
}

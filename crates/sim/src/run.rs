//! A run: everything that happens, one thing after the other, and the invariants after each.

use noout_core::Input;
use noout_core::invariants::Broken;
use noout_core::journal::Digest32;
use noout_drivers::lab::World;
use noout_store::{Fault, MemoryJournal};

use crate::book::Book;
use crate::bugs::Bug;
use crate::chance::Chance;
use crate::chaos::{Chaos, Trouble};
use crate::clock::Clock;
use crate::mail::{Mail, Sender};
use crate::network::{Network, Weather};
use crate::people::{Deed, People};
use crate::queue::{Happening, Queue};
use crate::runtime::{Crash, Process};
use crate::seen::Seen;
use crate::sources::Source;
use crate::trace::Trace;
use crate::watcher::{self, Watcher};

/// What a run is asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// The seed: it decides everything.
    pub seed: u64,
    /// How many things happen before the trouble ends.
    pub steps: u64,
    /// The planted bug, if there is one.
    pub bug: Option<Bug>,
    /// Whether each line of the trace is printed.
    pub print: bool,
}

/// How a run went that found nothing.
#[derive(Debug, Clone)]
pub struct Report {
    /// Things that happened.
    pub steps: u64,
    /// Records in the journal at the end.
    pub records: u64,
    /// Bodies of alerts that were answered with 2xx.
    pub promises: u64,
    /// Acts that the platform accepted.
    pub acts: usize,
    /// Starts of the process.
    pub lives: u64,
    /// Simulated time, in milliseconds.
    pub ms: u64,
    /// The hash over the whole trace.
    pub hash: Digest32,
    /// What was reached.
    pub seen: Seen,
}

/// A run that found something.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The seed that finds it again.
    pub seed: u64,
    /// The thing after which it was found.
    pub step: u64,
    /// What does not hold.
    pub broken: Broken,
    /// The last lines of the trace.
    pub tail: Vec<String>,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for line in &self.tail {
            writeln!(f, "    {line}")?;
        }
        writeln!(f, "seed {}, step {}: {}", self.seed, self.step, self.broken)?;
        write!(f, "again: cargo run -p noout-sim -- --seed {} --trace", self.seed)
    }
}

/// After the trouble the run goes on for so long in good weather, in milliseconds: longer than all steps of the policy.
const CALM_MS: u64 = 15 * 60_000;

/// In good weather a page is out within this time.
const SENDING_TAKES: noout_types::Span = noout_types::Span::from_secs(30);

/// Things between two looks at the whole journal and the whole platform; recoveries look at the journal as well.
const WHOLE_EVERY: u64 = 500;

/// Everything that there is in a run.
#[derive(Debug)]
pub struct Run {
    pub(crate) bug: Option<Bug>,
    pub(crate) clock: Clock,
    pub(crate) queue: Queue,
    pub(crate) world: World,
    pub(crate) disk: MemoryJournal,
    pub(crate) process: Option<Process>,
    pub(crate) zombie: Option<Process>,
    pub(crate) lives: u64,
    pub(crate) book: Book,
    pub(crate) network: Network,
    pub(crate) sources: Vec<Source>,
    pub(crate) people: People,
    pub(crate) chaos: Chaos,
    /// How long things take.
    pub(crate) pace: Chance,
    pub(crate) crash: Option<Crash>,
    pub(crate) disk_fault: Option<Fault>,
    pub(crate) blind_until: u64,
    /// Calls to the outside of the living process that have not come back.
    pub(crate) open_calls: u64,
    /// The trouble is over.
    pub(crate) calm: bool,
    pub(crate) trace: Trace,
    pub(crate) seen: Seen,
    watcher: Watcher,
    /// Until when the job that says regularly that it is alive says nothing.
    pub(crate) job_quiet_until: u64,
}

impl Run {
    fn new(options: &Options) -> Self {
        let seed = options.seed;
        let mut pace = Chance::stream(seed, "pace");
        Self {
            bug: options.bug,
            clock: Clock::new(pace.below(3)),
            queue: Queue::default(),
            world: World::new(seed),
            disk: MemoryJournal::new(),
            process: None,
            zombie: None,
            lives: 0,
            book: Book::default(),
            network: Network::new(seed),
            sources: Source::all(seed),
            people: People::new(seed, options.bug),
            chaos: Chaos::new(seed, options.bug),
            pace,
            crash: None,
            disk_fault: None,
            blind_until: 0,
            open_calls: 0,
            calm: false,
            trace: Trace::new(options.print),
            seen: Seen::default(),
            watcher: Watcher::default(),
            job_quiet_until: 0,
        }
    }

    fn begin(&mut self) {
        self.queue.at(0, Happening::Start);
        for which in 0..self.sources.len() {
            let ms = self.pace.between(1_000, 20_000);
            self.queue.at(ms, Happening::Source(which));
        }
        for who in 0..self.people.len() {
            let ms = self.pace.between(5_000, 60_000);
            self.queue.at(ms, Happening::Person(who));
        }
        self.watcher.start(self.clock.truth());
        self.queue.at(watcher::PING_MS, Happening::Ping);
        self.queue.at(watcher::LOOK_MS, Happening::Watch);
        self.queue.at(10_000, Happening::Crew);
        self.queue.at(30_000, Happening::Chaos);
    }

    fn next(&mut self) -> Result<bool, Broken> {
        let Some((ms, what)) = self.queue.take() else { return Ok(false) };
        self.clock.now_ms = self.clock.now_ms.max(ms);
        self.happen(what)?;
        Ok(true)
    }

    fn happen(&mut self, what: Happening) -> Result<(), Broken> {
        let now = self.clock.now_ms;
        match what {
            Happening::Source(which) => self.source(which),
            Happening::Person(who) => self.person(who),
            Happening::Crew => self.crew(),
            Happening::Chaos if self.calm => {}
            Happening::Chaos => self.trouble(),
            Happening::Mend(what) => {
                self.line(format!("mended: {what}"));
                // A host that somebody else has powered on meanwhile cannot be mended, and need not be.
                let _already = self.world.mend(self.clock.truth(), &what);
            }
            Happening::Ping => self.ping(),
            Happening::Watch => return self.watch(),
            Happening::Receipt { of, receipt } => {
                self.line(format!("the provider says of {}: {receipt:?}", of.name()));
                self.deliver(Mail { input: Input::Receipt { of: *of, receipt }, from: Sender::Poll });
            }
            Happening::Start => return self.start(),
            Happening::ZombieWakes => return self.zombie_wakes(),
            Happening::Commit { life }
            | Happening::Wake { life, .. }
            | Happening::Poll { life }
            | Happening::Call { life, .. }
            | Happening::Ended { life, .. } => {
                let Some(process) = self.process.as_ref().filter(|p| p.life == life) else { return Ok(()) };
                if now < process.frozen_until {
                    self.queue.at(process.frozen_until, what);
                    return Ok(());
                }
                return self.of_process(what);
            }
        }
        Ok(())
    }

    fn of_process(&mut self, what: Happening) -> Result<(), Broken> {
        match what {
            Happening::Commit { .. } => self.commit(),
            Happening::Wake { number, .. } => {
                if self.process.as_ref().is_some_and(|p| p.wake == number) {
                    self.commit()
                } else {
                    Ok(())
                }
            }
            Happening::Poll { life } => {
                self.poll(life);
                Ok(())
            }
            Happening::Call { effect, .. } => self.call(effect),
            Happening::Ended { input, from, .. } => {
                self.open_calls = self.open_calls.saturating_sub(1);
                self.deliver(Mail { input: *input, from });
                Ok(())
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn line(&mut self, text: String) {
        let line = format!("{:>9.3} {text}", self.clock.now_ms as f64 / 1000.0);
        self.trace.line(line);
    }

    /// Puts something into the inbox of the process; a commit follows within milliseconds.
    pub(crate) fn deliver(&mut self, mail: Mail) {
        let Some(process) = &mut self.process else { return };
        process.inbox.push(mail);
        if !process.commit_due {
            process.commit_due = true;
            let at = (self.clock.now_ms + 2 + self.pace.below(4)).max(process.frozen_until);
            self.queue.at(at, Happening::Commit { life: process.life });
        }
    }

    /// Whether there is a process that does anything.
    fn lives(&self) -> bool {
        self.process.as_ref().is_some_and(|p| p.frozen_until <= self.clock.now_ms)
    }

    /// The watchdog's minute: whoever lives says how it is.
    fn ping(&mut self) {
        self.queue.at(self.clock.now_ms + watcher::PING_MS, Happening::Ping);
        let stuck = self.process.as_ref().is_some_and(|p| p.state.stuck_page(p.state_time(&self.clock)).is_some());
        if self.lives() || self.bug == Some(Bug::PingsFromTheGrave) {
            if stuck {
                self.seen.sight("told outside that a page is stuck");
            }
            self.watcher.pinged(self.clock.truth(), !stuck);
        }
    }

    fn watch(&mut self) -> Result<(), Broken> {
        self.queue.at(self.clock.now_ms + watcher::LOOK_MS, Happening::Watch);
        let lives = self.lives();
        if !lives && self.watcher.alarmed() {
            self.seen.sight("dead, and paged from outside");
        }
        self.watcher.look(self.clock.truth(), self.clock.now_ms, lives)
    }

    fn source(&mut self, which: usize) {
        let now = self.clock.truth();
        let Some(source) = self.sources.get_mut(which) else { return };
        let (body, pause) = source.act(now);
        let id = source.id.clone();
        self.queue.at(self.clock.now_ms + pause, Happening::Source(which));
        if let Some(body) = body {
            self.line(format!("{id} sends {} alerts, {} of them late ends", body.alerts.len(), body.late.len()));
            let from = Sender::Source { which, firing: body.firing, late: body.late };
            self.deliver(Mail { input: Input::Alerts { source: id, alerts: body.alerts }, from });
        }
    }

    fn person(&mut self, who: usize) {
        let at = self.clock.wall();
        let (deed, pause) = match &self.process {
            Some(process) if !self.calm => self.people.act(who, &process.state, &self.network.got, at),
            _ => (None, 30_000),
        };
        self.queue.at(self.clock.now_ms + pause, Happening::Person(who));
        deed.into_iter().for_each(|d| self.deed(d));
    }

    fn crew(&mut self) {
        let (deeds, pause) = match &self.process {
            Some(process) if !self.calm => self.people.crew(&process.state),
            _ => (Vec::new(), 10_000),
        };
        self.queue.at(self.clock.now_ms + pause, Happening::Crew);
        deeds.into_iter().for_each(|d| self.deed(d));
    }

    pub(crate) fn deed(&mut self, deed: Deed) {
        match deed {
            Deed::Say(by, command) => {
                let input = Input::Command { by, command: *command };
                self.deliver(Mail { input, from: Sender::Person });
            }
            Deed::Platform(what) => {
                let done = self.world.provoke(self.clock.truth(), &what).is_ok();
                self.line(format!("by hand: {what}{}", if done { "" } else { " (impossible)" }));
            }
        }
    }

    fn trouble(&mut self) {
        let running = self.book.fold.maintenances.iter().find(|m| m.is_running()).map(|m| m.host.clone());
        let (trouble, pause) = self.chaos.act(running.as_ref());
        self.queue.at(self.clock.now_ms + pause, Happening::Chaos);
        let Some(trouble) = trouble else { return };
        self.line(format!("trouble: {trouble:?}"));
        let now = self.clock.now_ms;
        match trouble {
            Trouble::Kill if self.process.is_some() => self.die(),
            Trouble::Dark(ms) if self.process.is_some() => self.die_for(ms),
            Trouble::Kill | Trouble::Dark(_) => {}
            Trouble::CrashAt(crash) => self.crash = Some(crash),
            Trouble::Disk(fault) => {
                self.disk_fault = Some(fault);
                self.disk.fail_next(fault);
            }
            Trouble::Freeze(ms) => self.freeze(ms),
            Trouble::Clock(by) => {
                self.seen.sight(if by < 0 { "clock set back" } else { "clock set forward" });
                // A clock that is far off is set right before it goes any further.
                self.clock.offset_ms =
                    if self.clock.offset_ms.abs() > 1_800_000 { 0 } else { self.clock.offset_ms + by };
            }
            Trouble::Rival(ms) if self.zombie.is_none() => {
                self.zombie = self.process.take();
                self.open_calls = 0;
                self.queue.at(now, Happening::Start);
                self.queue.at(now + ms, Happening::ZombieWakes);
            }
            Trouble::Rival(_) => {}
            Trouble::Break(what, lasts) => {
                if self.world.provoke(self.clock.truth(), &what).is_ok() {
                    self.queue.at(now + lasts, Happening::Mend(what));
                }
            }
            Trouble::Blind(ms) => self.blind_until = now + ms,
            Trouble::Weather(weather) => self.network.weather = weather,
            Trouble::HandMove => {
                let deed = self.people.hand_move();
                deed.into_iter().for_each(|d| self.deed(d));
            }
        }
        if self.bug == Some(Bug::BitFlips) && self.book.seq() > 20 {
            self.disk.damage(self.book.seq() / 2, |record| record.body.push(' '));
        }
    }

    fn freeze(&mut self, ms: u64) {
        let until = self.clock.now_ms + ms;
        if let Some(process) = &mut self.process {
            process.frozen_until = until;
            // What a worker holds is not late because the whole machine stood still.
            process.sending.values_mut().for_each(|(_, since)| *since += ms);
            self.seen.sight("freeze");
        }
    }

    /// The trouble is over: everything is mended, the network is fine, the process comes back.
    fn calm(&mut self) -> Result<(), Broken> {
        self.line("calm".into());
        self.calm = true;
        (self.crash, self.disk_fault, self.blind_until) = (None, None, 0);
        self.network.weather = Weather::Fine;
        let truth = self.clock.truth();
        let _what_can_be = self.world.mend_all(truth);
        let until = self.clock.now_ms + CALM_MS;
        while self.queue.next_ms().is_some_and(|ms| ms <= until) {
            self.next()?;
        }
        self.whole()?;
        self.everybody_was_told()
    }

    /// 2, by the provider's own log: about each incident that nobody has, somebody really got a page.
    fn everybody_was_told(&self) -> Result<(), Broken> {
        let state = &self.book.fold;
        for incident in state.incidents.iter().filter(|i| i.is_triggered()) {
            let id = incident.opened.id;
            let high = incident.opened.urgency == noout_types::Urgency::High;
            let told = self.book.pages.get(&id).into_iter().flatten().any(|p| self.network.got.contains(p));
            // What opened in the last moment is still on its way.
            let had_time = noout_types::Span::between(incident.at, self.book.last) > SENDING_TAKES;
            let held = self.book.fold.paging.held_back(id).is_some();
            if high && !told && !held && had_time {
                return Err(Broken::new(2, format!("incident {id}: nobody was ever reached, in fine weather")));
            }
        }
        Ok(())
    }

    /// Looks at everything: the whole journal, and the platform.
    pub(crate) fn whole(&self) -> Result<(), Broken> {
        self.world.check().map_err(|why| Broken::new(16, why))?;
        self.book.verify(&self.disk)
    }

    fn all(&mut self, steps: u64) -> Result<(), (u64, Broken)> {
        self.begin();
        for step in 1..=steps {
            if !self.next().map_err(|e| (step, e))? {
                break;
            }
            if step % WHOLE_EVERY == 0 {
                self.whole().map_err(|e| (step, e))?;
            }
        }
        self.calm().map_err(|e| (steps, e))
    }
}

/// Runs a seed.
///
/// # Errors
/// The first invariant that does not hold, with the last lines of the trace.
pub fn run(options: &Options) -> Result<Report, Box<Failure>> {
    let mut run = Run::new(options);
    match run.all(options.steps) {
        Ok(()) => Ok(Report {
            steps: options.steps,
            records: run.book.seq(),
            promises: run.book.promises,
            acts: run.world.acts.len(),
            lives: run.lives,
            ms: run.clock.now_ms,
            hash: run.trace.hash(),
            seen: run.seen,
        }),
        Err((step, broken)) => {
            let tail = run.trace.tail();
            Err(Box::new(Failure { seed: options.seed, step, broken, tail }))
        }
    }
}

//! Given, when, then: a run of the core under a clock of its own, with a scripted platform and
//! scripted people. After every step the promises are checked that must hold always.
//!
//! Panics on a broken promise: it is for tests, here and in the simulator.

mod cluster;

use std::collections::{BTreeMap, BTreeSet};

use noout_types::{HostId, IncidentId, Lang, MaintenanceId, PageId, PersonId, SensorId, SourceId, Span, Timestamp};

pub use cluster::{Answer, Cluster};

use crate::actor::Actor;
use crate::alert::{Ends, Posted};
use crate::config::Config;
use crate::engine::{Command, Effect, Input, State, next_deadline, pending, step_with};
use crate::event::Event;
use crate::incident::{Incident, IncidentCommand};
use crate::maintenance::{Maintenance, MaintenanceCommand, Phase};
use crate::paging::{Dispatch, PagingEvent, Receipt, SendOutcome};
use crate::platform::{Reading, SensorKind, SensorPoll};
use crate::refusal::Refusal;

/// How often a scripted world looks at platforms and BMCs.
const LOOK_EVERY: Span = Span::from_secs(5);

/// A snapshot is written and read back whenever the journal's length is a multiple of this.
const SNAPSHOT_EVERY: usize = 4;

/// The people, schedules and policies of most tests. `ana` and `bo` are on call, one as primary and one as
/// secondary, `dora` is the second step, `chief` is the superior of all and the fallback, `cleo` is
/// never on call, `vera` may only look.
pub const TEAM: &str = include_str!("testing/team.toml");

/// A run of the core.
#[derive(Debug, Clone)]
pub struct Run {
    /// What is known.
    pub state: State,
    /// The same, folded from the events as the journal's text has them.
    pub folded: State,
    /// The present instant.
    pub now: Timestamp,
    /// What happened.
    pub journal: Vec<(Timestamp, Event)>,
    /// The scripted platform.
    pub cluster: Cluster,
    /// Pages that were ever opened.
    pages: BTreeSet<PageId>,
}

impl Run {
    /// A run with the team's configuration applied.
    #[must_use]
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// A run with the team's configuration, changed.
    #[must_use]
    pub fn with(change: impl FnOnce(&mut Config)) -> Self {
        // A Monday at noon: `ana` is primary since nine, `bo` secondary, until the next Monday at nine.
        let now = "2026-02-02T12:00:00Z".parse().expect("an instant");
        let (state, folded, cluster) = (State::new(), State::new(), Cluster::healthy(now));
        let mut run = Self { state, folded, now, journal: Vec::new(), cluster, pages: BTreeSet::new() };
        run.configure(change);
        run
    }

    /// Applies a changed configuration.
    pub fn configure(&mut self, change: impl FnOnce(&mut Config)) {
        let first = self.state.config_version == 0;
        let mut config = if first { toml::from_str(TEAM).expect("the team's file") } else { self.state.config.clone() };
        change(&mut config);
        let command = Command::ApplyConfig { text: String::new(), config: Box::new(config), force: true };
        self.by_local(command).expect("a configuration");
    }

    /// Something comes in.
    ///
    /// # Errors
    /// The core refuses.
    pub fn when(&mut self, input: Input) -> Result<Vec<Event>, Refusal> {
        let mut events = Vec::new();
        step_with(&mut self.state, self.now, input, |_, event| events.push(event.clone()))?;
        for event in &events {
            let text = event.encode().expect("an event that JSON can hold");
            let read = Event::decode(&text).expect("an event that can be read back");
            assert_eq!(&read, event, "an event survives the journal");
            crate::apply(&mut self.folded, self.now, &read);
            if let Event::Paging(PagingEvent::Opened { page, .. }) = event {
                assert!(self.pages.insert(*page), "page {page} is opened twice");
            }
            self.journal.push((self.now, event.clone()));
        }
        self.check();
        Ok(events)
    }

    /// What must hold after every step.
    fn check(&self) {
        assert!(self.state == self.folded, "the state is not the fold of the journal");
        if let Some(due) = next_deadline(&self.state) {
            assert!(due > self.now, "{due} is due, and settling at {} did not consume it", self.now);
        }
        if self.state.alerts.len() < 100 && self.journal.len().is_multiple_of(SNAPSHOT_EVERY) {
            let text = serde_json::to_string(&self.state).expect("a snapshot");
            assert!(
                serde_json::from_str::<State>(&text).expect("a snapshot") == self.state,
                "a snapshot is another state"
            );
        }
        let mut owed = BTreeSet::new();
        for page in self.state.paging.owed() {
            assert!(owed.insert((page.incident, page.person.clone())), "{} is owed two pages", page.person);
        }
        let mut ids = BTreeSet::new();
        for effect in pending(&self.state) {
            assert!(ids.insert(effect.id()), "two effects are called {}", effect.id());
        }
        let running = self.state.maintenances.iter().filter(|m| m.host_is_away()).count();
        assert!(running <= 1, "two hosts are out");
    }

    /// Goes on to `span` from now, through every instant at which something is due.
    pub fn advance(&mut self, span: Span) -> &mut Self {
        let until = span.after(self.now);
        while let Some(due) = next_deadline(&self.state).filter(|due| *due <= until) {
            self.now = due;
            self.tick();
        }
        self.now = until;
        self.tick();
        self
    }

    /// As after a stall: time jumps, and only then anybody looks.
    pub fn stall(&mut self, span: Span) -> &mut Self {
        self.now = span.after(self.now);
        self.tick();
        self
    }

    fn tick(&mut self) {
        self.when(Input::Tick).expect("a tick is never refused");
    }

    /// A crash: only the journal is left.
    pub fn crash(&mut self) {
        let mut state = State::new();
        for (at, event) in &self.journal {
            crate::apply(&mut state, *at, event);
        }
        self.state = state;
        self.tick();
    }

    /// The run as it was after so many records.
    #[must_use]
    pub fn cut(&self, records: usize) -> Self {
        let mut cut = self.clone();
        cut.journal.truncate(records);
        cut.now = cut.journal.last().map_or(self.now, |(at, _)| *at);
        cut.folded = State::new();
        for (at, event) in &cut.journal {
            crate::apply(&mut cut.folded, *at, event);
        }
        cut.state = cut.folded.clone();
        cut
    }

    // People.

    /// A person gives a command.
    ///
    /// # Errors
    /// The core refuses.
    pub fn by(&mut self, person: &str, command: Command) -> Result<Vec<Event>, Refusal> {
        let by = Actor::Person(person_id(person));
        self.when(Input::Command { by, command })
    }

    /// The administrator on the machine gives a command.
    ///
    /// # Errors
    /// The core refuses.
    pub fn by_local(&mut self, command: Command) -> Result<Vec<Event>, Refusal> {
        self.when(Input::Command { by: Actor::Local, command })
    }

    /// A person acknowledges.
    pub fn ack(&mut self, person: &str, incident: IncidentId) -> &mut Self {
        self.by(person, Command::Incident(IncidentCommand::Ack(incident))).expect("an acknowledgement");
        self
    }

    /// A person does something with a maintenance.
    ///
    /// # Errors
    /// The core refuses.
    pub fn maintain(&mut self, person: &str, command: MaintenanceCommand) -> Result<Vec<Event>, Refusal> {
        self.by(person, Command::Maintenance(command))
    }

    // Alerts.

    /// A source sends alerts.
    pub fn alerts(&mut self, posted: Vec<Posted>) -> &mut Self {
        let source = SourceId::new("prom").expect("an id");
        self.when(Input::Alerts { source, alerts: posted }).expect("alerts are never refused");
        self
    }

    /// A source sends one alert that lasts until it says otherwise.
    pub fn fires(&mut self, labels: &[(&str, &str)]) -> &mut Self {
        self.alerts(vec![alert(labels, Ends::WhenResolved)])
    }

    /// The open incidents' titles by number.
    #[must_use]
    pub fn open(&self) -> Vec<IncidentId> {
        self.state.incidents.iter().map(|i| i.opened.id).collect()
    }

    /// The only open incident.
    #[must_use]
    pub fn incident(&self) -> &Incident {
        let mut open = self.state.incidents.iter();
        let (first, second) = (open.next().expect("an open incident"), open.next());
        assert!(second.is_none(), "two are open: {:?} and {:?}", first.opened.title, second.map(|i| &i.opened.title));
        first
    }

    /// The open incident whose key begins so.
    #[must_use]
    pub fn incident_of(&self, key: &str) -> Option<&Incident> {
        self.state.incidents.iter().find(|i| i.opened.key.starts_with(key))
    }

    /// Title and text of the open incident whose key begins so, as readers of each language have them.
    #[must_use]
    pub fn told(&self, key: &str) -> String {
        let incident = self.incident_of(key).expect("such an incident");
        let one = |lang: Lang| {
            let (title, text) = incident.opened.told(|said| noout_words::say(said, lang));
            format!("{lang}: {title}\n    {text}\n")
        };
        Lang::ALL.into_iter().map(one).collect()
    }

    // Pages.

    /// The people to whom a message leaves now, sorted.
    #[must_use]
    pub fn paged(&self) -> Vec<String> {
        let mut people: Vec<_> = self.sends().into_iter().map(|(_, _, _, person)| person.to_string()).collect();
        people.sort();
        people
    }

    /// Asserts to whom messages leave now, and delivers them all.
    pub fn then_paged<const N: usize>(&mut self, people: [&str; N]) -> &mut Self {
        assert_eq!(self.paged(), people, "at {}", self.now);
        self.deliver()
    }

    /// Delivers all messages that leave now.
    pub fn deliver(&mut self) -> &mut Self {
        for (page, attempt, ..) in self.sends() {
            self.sent(page, attempt, SendOutcome::Delivered("taken".into()));
        }
        self
    }

    /// All messages that leave now end so.
    pub fn all_end(&mut self, outcome: &SendOutcome) -> &mut Self {
        for (page, attempt, ..) in self.sends() {
            self.sent(page, attempt, outcome.clone());
        }
        self
    }

    /// The message to a person that leaves now ends so.
    pub fn ends(&mut self, person: &str, outcome: SendOutcome) -> &mut Self {
        let found = self.sends().into_iter().find(|(.., p)| p.as_str() == person);
        let (page, attempt, ..) = found.unwrap_or_else(|| panic!("nothing leaves to {person}"));
        self.sent(page, attempt, outcome)
    }

    /// An attempt ended.
    pub fn sent(&mut self, page: PageId, attempt: u32, outcome: SendOutcome) -> &mut Self {
        self.when(Input::Sent { page, attempt, outcome }).expect("an outcome is never refused");
        self
    }

    /// What came back about an attempt.
    pub fn receipt(&mut self, of: Dispatch, receipt: Receipt) -> &mut Self {
        self.when(Input::Receipt { of, receipt }).expect("a receipt is never refused");
        self
    }

    /// An attempt to send a letter ended.
    pub fn letter_sent(&mut self, memo: u64, attempt: u32, outcome: SendOutcome) -> &mut Self {
        self.when(Input::Told { memo, attempt, outcome }).expect("an outcome is never refused");
        self
    }

    /// The letters that leave now, `person: title`, in English.
    #[must_use]
    pub fn letters(&self) -> Vec<String> {
        let leaving = pending(&self.state).filter_map(|effect| match effect {
            Effect::Tell { memo, .. } => self.state.memos.get(memo),
            _ => None,
        });
        leaving.map(|memo| format!("{}: {}", memo.person, noout_words::english(&memo.title))).collect()
    }

    /// All letters that leave now arrive.
    pub fn post(&mut self) -> &mut Self {
        let leaving: Vec<_> = pending(&self.state).filter(|e| matches!(e, Effect::Tell { .. })).collect();
        for effect in leaving {
            if let Effect::Tell { memo, attempt, .. } = effect {
                self.letter_sent(memo, attempt, SendOutcome::Delivered("taken".into()));
            }
        }
        self
    }

    /// What leaves now: page, attempt, contact, person.
    #[must_use]
    pub fn sends(&self) -> Vec<(PageId, u32, u16, PersonId)> {
        let send = |effect| match effect {
            Effect::Send { page, attempt, contact } => {
                let person = self.state.paging.page(page).expect("a page").person.clone();
                Some((page, attempt, contact, person))
            }
            _ => None,
        };
        pending(&self.state).filter_map(send).collect()
    }

    // Maintenance.

    /// The newest maintenance.
    #[must_use]
    pub fn maintenance(&self) -> &Maintenance {
        self.state.maintenances.all().last().expect("a maintenance")
    }

    /// Lets the world go on for a while: every five seconds what is pending is performed.
    pub fn play(&mut self, span: Span) -> &mut Self {
        let until = span.after(self.now);
        while self.now < until {
            self.advance(LOOK_EVERY);
            self.perform(|_| false);
        }
        self
    }

    /// Lets the world go on until something holds, at the most for two hours.
    pub fn play_until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) -> &mut Self {
        let until = Span::from_hours(2).after(self.now);
        while !holds(self) {
            assert!(self.now < until, "never: {what}; at {:?}, hold {:?}", self.current(), self.maintenance().hold);
            self.advance(LOOK_EVERY);
            self.perform(&holds);
        }
        self
    }

    /// The current step's name and state, for messages.
    #[must_use]
    pub fn current(&self) -> Option<String> {
        self.maintenance().current().map(|s| format!("{} {:?}", s.kind.code(), s.state))
    }

    /// Whether the current step is of this kind.
    #[must_use]
    pub fn is_at(&self, code: &str) -> bool {
        self.maintenance().current().is_some_and(|s| s.kind.code() == code)
    }

    /// Performs what is pending, once, and polls the BMC of the maintenance's host, unless something
    /// holds before all is done.
    pub fn perform(&mut self, holds: impl Fn(&Self) -> bool) {
        let effects: Vec<_> = pending(&self.state).collect();
        for effect in effects {
            if holds(self) {
                return;
            }
            if pending(&self.state).all(|now| now != effect) {
                continue;
            }
            match effect {
                Effect::Send { page, attempt, .. } => {
                    self.sent(page, attempt, SendOutcome::Delivered("taken".into()));
                }
                Effect::Try { test } => {
                    let outcome = SendOutcome::Delivered("taken".into());
                    self.when(Input::Tested { test, outcome }).expect("an outcome is never refused");
                }
                Effect::Follow { .. } => {}
                Effect::Tell { memo, attempt, .. } => {
                    _ = self.letter_sent(memo, attempt, SendOutcome::Delivered("taken".into()))
                }
                Effect::Probe { not_before: Some(t), .. } if t > self.now => {}
                Effect::Probe { id, step, attempt, act, .. } => {
                    let ensured = self.cluster.probe(&act);
                    self.when(Input::Acted { id, step, attempt, ensured }).expect("an outcome is never refused");
                }
                Effect::Ensure { id, step, attempt, act, .. } => {
                    let ensured = self.cluster.ensure(&act);
                    self.when(Input::Acted { id, step, attempt, ensured }).expect("an outcome is never refused");
                }
                Effect::Observe { id } => self.look(id),
                // Tickets are for their own tests: a run without trackers has none.
                Effect::Ticket { .. } => {}
            }
        }
        let polled = self.state.maintenances.iter().find(|m| m.is_running()).map(|m| m.host.clone());
        if let Some(host) = polled {
            self.poll(self.cluster.poll(&host, self.now));
        }
    }

    /// The platform is looked at.
    pub fn look(&mut self, id: MaintenanceId) {
        let (compute, storage) = self.cluster.views(self.now);
        let input = Input::Observed { id, compute: compute.map(Box::new), storage: Some(storage.map(Box::new)) };
        self.when(input).expect("a view is never refused");
    }

    /// A BMC was asked.
    pub fn poll(&mut self, poll: SensorPoll) -> Vec<Event> {
        self.when(Input::Sensors(poll)).expect("a poll is never refused")
    }

    /// `ana` asks for `pve1`, and a plan is made.
    pub fn planned(&mut self) -> MaintenanceId {
        let (platform, host) = ("lab".parse().expect("an id"), host_id("pve1"));
        let reason = "its fan".to_owned();
        self.maintain("ana", MaintenanceCommand::Request { platform, host, reason, incident: None })
            .expect("a request");
        self.play_until("a plan", |run| run.maintenance().phase == Phase::Drafted);
        self.maintenance().id
    }

    /// The plan is proposed by `ana` and approved by `bo`.
    pub fn approved(&mut self, id: MaintenanceId) -> MaintenanceId {
        let hash = self.maintenance().hash.expect("a plan");
        self.maintain("ana", MaintenanceCommand::Propose { id, hash }).expect("a proposal");
        let host = self.maintenance().host.to_string();
        let approve = MaintenanceCommand::Approve { id, hash, host, break_glass: None };
        self.maintain("bo", approve).expect("an approval");
        id
    }

    /// The technician ticks everything and signs, or says that nobody works on the host.
    pub fn sign(&mut self, person: &str) {
        let id = self.maintenance().id;
        if self.is_at("work_order") {
            let items = self.maintenance().order.as_ref().expect("an order").items.clone();
            for item in items {
                self.maintain(person, MaintenanceCommand::Tick { id, item: item.code, done: true }).expect("a tick");
            }
        }
        self.maintain(person, MaintenanceCommand::Sign { id, note: "done".into() }).expect("a signature");
    }

    /// Lets a maintenance that is under way go on to its end; whenever a person must sign, one does.
    pub fn to_the_end(&mut self) -> &mut Self {
        while !self.maintenance().phase.is_over() {
            self.play_until("a signature or the end", |run| {
                run.maintenance().phase.is_over() || run.maintenance().current().is_some_and(|s| s.kind.is_human())
            });
            if !self.maintenance().phase.is_over() {
                self.sign("cleo");
            }
        }
        self
    }
}

impl Default for Run {
    fn default() -> Self {
        Self::new()
    }
}

/// An alert.
#[must_use]
pub fn alert(labels: &[(&str, &str)], ends: Ends) -> Posted {
    Posted::new(labels.iter().copied().collect(), ends)
}

/// A person's id.
#[must_use]
pub fn person_id(id: &str) -> PersonId {
    PersonId::new(id).expect("an id")
}

/// A host's id.
#[must_use]
pub fn host_id(id: &str) -> HostId {
    HostId::new(id).expect("an id")
}

/// A poll of a BMC with these fans.
#[must_use]
pub fn fans(host: &str, at: Timestamp, fans: &[(&str, noout_detect::SensorState)]) -> SensorPoll {
    let reading = |(name, state): &(&str, noout_detect::SensorState)| Reading {
        sensor: SensorId::new(name).expect("an id"),
        kind: SensorKind::Fan,
        model: "R640 fan".into(),
        state: *state,
        value: None,
        unit: "RPM".into(),
    };
    let readings = Ok(fans.iter().map(reading).collect());
    SensorPoll { host: host_id(host), taken_at: at, readings, needed: BTreeMap::new(), platform: None }
}

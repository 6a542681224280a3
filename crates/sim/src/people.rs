//! The people of a run: some acknowledge at once, some late, one never; a crew takes hosts out and back, and not
//! always as it should.

use std::collections::BTreeSet;

use noout_core::contact::ContactCommand;
use noout_core::engine::{Command, State};
use noout_core::incident::{Cause, IncidentCommand};
use noout_core::journal::Digest32;
use noout_core::maintenance::{Maintenance, MaintenanceCommand as C, Phase, StepKind};
use noout_core::paging::PageState;
use noout_core::request::{Ask, Asker, Pressure, RequestCommand};
use noout_core::silence::SilenceCommand;
use noout_core::{Actor, config};
use noout_drivers::lab::Break;
use noout_types::{GuestId, HostId, IncidentId, PageId, PersonId, PlatformId, ScheduleId, Span, Timestamp};

use crate::bugs::Bug;
use crate::chance::Chance;
use crate::town::{LEAVER, TOWN, town_without_leaver};

/// Their ids, as the configuration has them.
pub const NAMES: [&str; 5] = ["ana", "bo", LEAVER, "dora", "eva"];

/// Something that a person does.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// Says something to noout.
    Say(Actor, Box<Command>),
    /// Does something to the platform, past noout.
    Platform(Break),
}

/// A person.
#[derive(Debug)]
struct Human {
    id: PersonId,
    chance: Chance,
    /// Acknowledges one page in so many that reach them.
    slowness: u64,
}

/// All people.
#[derive(Debug)]
pub struct People {
    seed: u64,
    humans: Vec<Human>,
    crew: Chance,
    hand: Chance,
    /// Whether a configuration without one of them is applied now and then.
    leaves: bool,
    /// Whether everybody takes what there is at once and leaves it at that: what was taken long ago is then about.
    takes_all: bool,
    /// How often somebody stops everything in the moment in which an intent is shown: once in so many.
    jumpiness: u64,
}

impl People {
    /// The people of a seed. Where a bug is planted that shows only after `noout stop`, somebody is jumpy; where one shows
    /// only in what was taken long ago, nobody closes anything.
    #[must_use]
    pub fn new(seed: u64, bug: Option<Bug>) -> Self {
        let mut traits = Chance::stream(seed, "traits");
        let takes_all = bug == Some(Bug::TrustsOldAck);
        let humans = NAMES.iter().filter_map(|name| {
            let slowness = *traits.pick(&[1, 3, 8, 1_000_000])?;
            let slowness = if takes_all { 1 } else { slowness };
            let chance = Chance::stream(seed, &format!("person/{name}"));
            Some(Human { id: PersonId::new(name).ok()?, chance, slowness })
        });
        let humans = humans.collect();
        let (crew, hand) = (Chance::stream(seed, "crew"), Chance::stream(seed, "hand"));
        let leaves = traits.one_in(3);
        let jumpiness = if bug == Some(Bug::DeafToStop) || traits.one_in(4) { 8 } else { u64::MAX };
        Self { seed, humans, crew, hand, leaves, takes_all, jumpiness }
    }

    /// How many they are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.humans.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.humans.is_empty()
    }

    /// What a person does who looks at the screen or the phone, and when they look again, in milliseconds.
    pub fn act(&mut self, who: usize, state: &State, got: &BTreeSet<PageId>, at: Timestamp) -> (Option<Deed>, u64) {
        let (leaves, takes_all) = (self.leaves, self.takes_all);
        let Some(human) = self.humans.get_mut(who) else { return (None, 60_000) };
        let pause = human.chance.between(15_000, 90_000);
        let closes = |c: &Command| matches!(c, Command::Incident(IncidentCommand::Resolve { .. }));
        let tidied = |human: &mut Human| human.tidy_up(state, at, leaves).filter(|c| !takes_all || !closes(c));
        let command = human.answer_page(state, got).or_else(|| human.answer_drill(state)).or_else(|| tidied(human));
        let by = Actor::Person(human.id.clone());
        (command.map(|c| Deed::Say(by, Box::new(c))), pause)
    }

    /// What the crew does about maintenances.
    pub fn crew(&mut self, state: &State) -> (Vec<Deed>, u64) {
        let pause = self.crew.between(4_000, 12_000);
        let mut deeds = Vec::new();
        let alive: Vec<_> = state.maintenances.iter().collect();
        if (alive.is_empty() && self.crew.one_in(3)) || (alive.len() == 1 && self.crew.one_in(25)) {
            deeds.extend(self.request());
        }
        for m in alive {
            let by = self.somebody();
            deeds.extend(self.go_on(state, m, &by).map(|c| Deed::Say(by, Box::new(c))));
        }
        if state.stopped.is_some() && self.crew.one_in(6) {
            deeds.push(Deed::Say(self.somebody(), Box::new(Command::ResumeAll)));
        }
        (deeds, pause)
    }

    /// What somebody does in the moment in which an intent is shown, before it has begun.
    pub fn startled(&mut self) -> Option<Deed> {
        let why = "not that one".to_owned();
        self.crew.one_in(self.jumpiness).then(|| Deed::Say(self.somebody(), Box::new(Command::Stop { why })))
    }

    /// Somebody moves a guest without telling anybody.
    pub fn hand_move(&mut self) -> Option<Deed> {
        let guest = GuestId::new((101 + self.hand.below(60)).to_string()).ok()?;
        let to = HostId::new(format!("pve{}", self.hand.between(1, 5))).ok()?;
        Some(Deed::Platform(Break::HandMove { guest, to }))
    }

    fn somebody(&mut self) -> Actor {
        let at = usize::try_from(self.crew.below(self.humans.len() as u64)).unwrap_or(0);
        self.humans.get(at).map_or(Actor::Local, |h| Actor::Person(h.id.clone()))
    }

    fn request(&mut self) -> Option<Deed> {
        // Two hosts carry a guest that cannot move: they are asked for now and then.
        let host = *self.crew.pick(&["pve2", "pve3", "pve5", "pve2", "pve3", "pve5", "pve1", "pve4"])?;
        let request = C::Request {
            platform: PlatformId::new("lab").ok()?,
            host: HostId::new(host).ok()?,
            reason: "its fan drops out".into(),
            incident: None,
        };
        Some(Deed::Say(self.somebody(), Box::new(Command::Maintenance(request))))
    }

    fn go_on(&mut self, state: &State, m: &Maintenance, by: &Actor) -> Option<Command> {
        let id = m.id;
        let mut mood = Chance::stream(self.seed, &format!("maintenance/{id}"));
        let (smooth, idle) = (!mood.one_in(2), mood.one_in(4));
        let command = match m.phase {
            Phase::Planning => self.crew.one_in(60).then(|| C::Abort { id, why: "no plan comes".into() }),
            Phase::Drafted => {
                let hash = if self.crew.one_in(8) { Digest32::default() } else { m.hash? };
                Some(C::Propose { id, hash })
            }
            Phase::Proposed => self.approve(m),
            Phase::Running => return self.run(state, m, by, smooth, idle),
            Phase::Done | Phase::Cancelled => None,
        };
        command.map(Command::Maintenance)
    }

    fn approve(&mut self, m: &Maintenance) -> Option<C> {
        let stale = m.plan.as_ref().and_then(|p| p.parent).unwrap_or_default();
        let hash = if self.crew.one_in(4) { stale } else { m.hash? };
        let break_glass = self.crew.one_in(20).then(|| "everybody else is asleep".to_owned());
        Some(C::Approve { id: m.id, hash, host: m.host.to_string(), break_glass })
    }

    fn run(&mut self, state: &State, m: &Maintenance, by: &Actor, smooth: bool, idle: bool) -> Option<Command> {
        let id = m.id;
        let step = m.current()?;
        let say = |c: C| Some(Command::Maintenance(c));
        if m.hold.is_some() {
            return match self.crew.below(24) {
                0..=2 => say(C::Resume(id)),
                3 if m.aborted.is_none() => say(C::Abort { id, why: "it holds for too long".into() }),
                _ => None,
            };
        }
        if step.kind.is_human() {
            return self.hands(m, idle && !step.overdue && m.aborted.is_none()).and_then(say);
        }
        if smooth {
            return None;
        }
        let in_the_air = step.state.may_be_under_way();
        if in_the_air && state.stopped.is_none() && self.crew.one_in(7) {
            return Some(Command::Stop { why: format!("{by} does not like it") });
        }
        // Most want to give up when the host is on its way out.
        let away = m.noout.is_ours() && m.aborted.is_none();
        match self.crew.below(if away { 16 } else { 150 }) {
            0 => say(C::Hold { id, why: "a look first".into() }),
            1 => say(C::Abort { id, why: "not tonight".into() }),
            _ => None,
        }
    }

    fn hands(&mut self, m: &Maintenance, idle: bool) -> Option<C> {
        let id = m.id;
        let open = m.order.as_ref().and_then(|o| o.items.iter().find(|i| i.by.is_none())).map(|i| i.code.clone());
        let order = m.current().is_some_and(|s| s.kind == StepKind::WorkOrder);
        match open {
            _ if idle => self.crew.one_in(40).then(|| C::OrderNote { id, text: "the part is not here yet".into() }),
            Some(item) if order && !self.crew.one_in(8) => Some(C::Tick { id, item, done: !self.crew.one_in(10) }),
            _ => Some(C::Sign { id, note: "done".into() }),
        }
    }
}

impl Human {
    fn answer_page(&mut self, state: &State, got: &BTreeSet<PageId>) -> Option<Command> {
        // What a digest told has been delivered, too.
        let read = |p: &noout_core::paging::Page| got.contains(&p.id) || matches!(p.state, PageState::Delivered { .. });
        let mine = state.paging.pages().filter(|p| p.person == self.id && read(p));
        let incidents: BTreeSet<IncidentId> = mine.map(|p| p.incident).collect();
        let id = incidents.into_iter().find(|i| state.incidents.get(*i).is_some_and(|i| i.is_triggered()))?;
        self.chance.one_in(self.slowness).then_some(Command::Incident(IncidentCommand::Ack(id)))
    }

    /// The link in the message of a test is followed, or not.
    fn answer_drill(&mut self, state: &State) -> Option<Command> {
        let methods = state.methods(&self.id);
        let tests = methods.iter().filter_map(|m| state.contacts.test_of(&self.id, &m.key));
        let mut arrived = tests.filter(|(_, t)| t.outcome.is_some() && t.confirmed.is_none());
        let (test, _) = arrived.next()?;
        let reads = self.chance.one_in(self.slowness.saturating_mul(4));
        reads.then_some(Command::Contact(ContactCommand::Confirm { test }))
    }

    fn tidy_up(&mut self, state: &State, at: Timestamp, leaves: bool) -> Option<Command> {
        let open: Vec<_> = state.incidents.iter().map(|i| (i.opened.id, &i.opened.cause)).collect();
        match self.chance.below(32) {
            0..=2 => {
                let (id, cause) = self.chance.pick(&open)?;
                let by_hand = !matches!(cause, Cause::Alert { .. }) || self.chance.one_in(4);
                let note = "mended".to_owned();
                by_hand.then_some(Command::Incident(IncidentCommand::Resolve { incident: *id, note }))
            }
            3 => {
                let (id, _) = *self.chance.pick(&open)?;
                let to = PersonId::new(self.chance.pick(&NAMES)?).ok()?;
                Some(Command::Incident(IncidentCommand::HandOver { incident: id, to }))
            }
            4 => {
                let (id, _) = *self.chance.pick(&open)?;
                Some(Command::Incident(IncidentCommand::Announce { incident: id, text: "I restart it".into() }))
            }
            5 => Some(Command::Incident(IncidentCommand::Ack(IncidentId(self.chance.between(1, state.next_incident))))),
            6 => {
                let mut findings = state.sensors.fleet.findings();
                let key = findings.next()?.key.clone();
                Some(Command::ClearFinding { key, part_replaced: self.chance.one_in(2) })
            }
            7 => Some(Command::AddOverride {
                schedule: ScheduleId::new("ops").ok()?,
                rotation: Some("primary".into()),
                replaces: None,
                person: self.id.clone(),
                start: at,
                end: Span::from_mins(self.chance.between(5, 60)).after(at),
            }),
            8 => state.overrides.keys().next().copied().map(Command::RemoveOverride),
            10 | 11 => {
                let matchers =
                    self.chance.pick(&["source=prom", "alertname=Storm", "severity=warning", "instance=host1"])?;
                let ends_at = Span::from_mins(self.chance.between(2, 20)).after(at);
                let (matchers, comment) = (matchers.parse().ok()?, "being mended".to_owned());
                let (id, author) = (None, None);
                Some(Command::Silence(SilenceCommand::Set { id, matchers, starts_at: at, ends_at, author, comment }))
            }
            12 => state.silences.live().next().map(|s| Command::Silence(SilenceCommand::End(s.id))),
            13 | 14 => self.chance.pick(&open).map(|(id, _)| Command::Incident(IncidentCommand::Awake(*id))),
            15 | 16 => self.chance.pick(&open).map(|(id, _)| Command::Incident(IncidentCommand::PassOn(*id))),
            19 => Some(Command::Request(RequestCommand::Ask(Box::new(Ask {
                title: "a bigger disk for the shop".into(),
                text: String::new(),
                from: Asker::default(),
                wanted_by: None,
                urgency: *self.chance.pick(&[Pressure::CanWait, Pressure::ThisWeek, Pressure::Interrupts])?,
                interrupts: None,
                follows: Vec::new(),
                key: None,
            })))),
            17 => state.requests.open().next().map(|r| Command::Request(RequestCommand::Take(r.id))),
            18 => {
                let open: Vec<_> = state.requests.open().map(|r| r.id).collect();
                let words = "done".to_owned();
                let id = *self.chance.pick(&open)?;
                Some(Command::Request(RequestCommand::Done { id, words }))
            }
            9 if leaves && self.id.as_str() == "eva" => {
                let there = state.config.people.iter().any(|p| p.id.as_str() == LEAVER);
                apply(&if there { town_without_leaver() } else { TOWN.to_owned() })
            }
            _ => None,
        }
    }
}

/// The command that applies a configuration; none if the text is no configuration, which a test excludes.
#[must_use]
pub fn apply(text: &str) -> Option<Command> {
    let config = config::parse(text).ok()?;
    Some(Command::ApplyConfig { text: text.to_owned(), config: Box::new(config), force: false })
}

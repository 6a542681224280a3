//! "What would have paged me": the alerts that really came in, decided once more by another configuration.
//!
//! The same core decides as when they came: grouping, steps, schedules. Of what people did, acknowledgements ("I'm awake" and
//! "not me now" among them), hand-overs, closings, notes, silences, overrides, absences and which contacts work are done
//! again at their times. Messages count as delivered at once, and heartbeats, sensors and maintenance are not replayed, only
//! the alerts that came of them: where history went another way because of these, [`Replayed::because`] says so.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::{TimeZone, TimeZoneDatabase};
use noout_types::{Fingerprint, IncidentId, PersonId, PolicyId, SourceId, Timestamp, Urgency};

use crate::actor::Actor;
use crate::alert::{Alert, AlertEvent, Ends, Posted};
use crate::config::Config;
use crate::engine::{Command, Effect, Input, State, apply, next_deadline, pending_sends, step};
use crate::event::Event;
use crate::heartbeat;
use crate::incident::{Cause, IncidentCommand, IncidentEvent};
use crate::paging::{PagingEvent, SendOutcome};
use crate::roster::RosterEvent;
use crate::silence::{Rule, Suppression};

/// Most incidents and most pages that are kept one by one; more are counted.
pub const MAX_ACCOUNT: usize = 10_000;

/// Hours that are night where a person lives.
const NIGHT_FROM: i8 = 22;
const NIGHT_TO: i8 = 6;

/// Instants at which something is due between two records. More would be a loop.
const MAX_DEADLINES: usize = 100_000;

/// An incident that opened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opening {
    /// When.
    pub at: Timestamp,
    /// What broke.
    pub title: String,
    /// Who was told.
    pub policy: Option<PolicyId>,
    /// Whether people were woken.
    pub urgency: Urgency,
}

/// A page to a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageTo {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub person: PersonId,
    /// About what.
    pub title: String,
    /// By night where the person lives.
    pub night: bool,
}

/// What people had of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Incidents about alerts, in order.
    pub incidents: Vec<Opening>,
    /// Pages about them, in order.
    pub pages: Vec<PageTo>,
    /// Incidents and pages that are not kept one by one.
    pub more: usize,
}

impl Account {
    /// Pages of each person: all, and those by night.
    #[must_use]
    pub fn per_person(&self) -> BTreeMap<PersonId, (usize, usize)> {
        let mut all: BTreeMap<PersonId, (usize, usize)> = BTreeMap::new();
        for page in &self.pages {
            let counts = all.entry(page.person.clone()).or_default();
            counts.0 += 1;
            counts.1 += usize::from(page.night);
        }
        all
    }

    fn opened(&mut self, opening: Opening) {
        if self.incidents.len() < MAX_ACCOUNT {
            self.incidents.push(opening);
        } else {
            self.more += 1;
        }
    }

    fn paged(&mut self, page: PageTo) {
        if self.pages.len() < MAX_ACCOUNT {
            self.pages.push(page);
        } else {
            self.more += 1;
        }
    }

    /// Takes note of what an event did to people; the state is as after it. What was open before the first incident that
    /// counts is not counted.
    fn note(&mut self, state: &State, first: IncidentId, at: Timestamp, event: &Event) {
        match event {
            Event::Incident(IncidentEvent::Opened(o)) if matches!(o.cause, Cause::Alert { .. }) => {
                let (title, policy) = (o.title.clone(), o.policy.clone());
                self.opened(Opening { at, title, policy, urgency: o.urgency });
            }
            Event::Paging(PagingEvent::Opened { incident, person, .. }) => {
                let about = state.incident(*incident).filter(|i| matches!(i.opened.cause, Cause::Alert { .. }));
                if let Some(incident) = about.filter(|_| *incident >= first) {
                    let night = is_night(&state.config, person, at);
                    let title = incident.opened.title.clone();
                    self.paged(PageTo { at, person: person.clone(), title, night });
                }
            }
            _ => {}
        }
    }
}

fn is_night(config: &Config, person: &PersonId, at: Timestamp) -> bool {
    let zone = config.person(person).and_then(|p| TimeZoneDatabase::bundled().get(&p.timezone).ok());
    let hour = zone.unwrap_or(TimeZone::UTC).to_datetime(at).hour();
    !(NIGHT_TO..NIGHT_FROM).contains(&hour)
}

/// Why history went another way than any replay can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Because {
    /// A message about it did not arrive at once.
    Undelivered,
    /// A maintenance held it back.
    Maintenance,
}

impl Because {
    /// A stable word.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Undelivered => "undelivered",
            Self::Maintenance => "maintenance",
        }
    }
}

/// What happened, and what would have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// As it was.
    pub happened: Account,
    /// As it would have been.
    pub would: Account,
    /// What in history no replay repeats, by the title of the incident that it befell.
    pub because: BTreeMap<String, Because>,
}

/// A replay under way: give it the journal from its first record on.
pub struct Replay {
    from: Timestamp,
    /// None = whatever was in force at each time.
    config: Option<Config>,
    history: State,
    would: Option<State>,
    /// The first incident that counts, here and there.
    first: (IncidentId, IncidentId),
    happened: Account,
    expected: Account,
    /// Where the alerts of an incident here went there. It outlives the alerts: whoever closes what fell silent means it still.
    pairs: BTreeMap<IncidentId, BTreeSet<IncidentId>>,
    because: BTreeMap<String, Because>,
}

impl Replay {
    /// Begins: what came before `from` only tells what fired then.
    #[must_use]
    pub fn new(config: Option<Config>, from: Timestamp) -> Self {
        let (happened, expected) = (Account::default(), Account::default());
        let first = (IncidentId(u64::MAX), IncidentId(u64::MAX));
        let (history, pairs, because) = (State::new(), BTreeMap::new(), BTreeMap::new());
        Self { from, config, history, would: None, first, happened, expected, pairs, because }
    }

    /// Takes the next record.
    pub fn record(&mut self, at: Timestamp, event: &Event) {
        if at < self.from {
            apply(&mut self.history, at, event);
            return;
        }
        self.begin();
        self.advance(at);
        match event {
            Event::Alert(AlertEvent::Received { source, firing, refreshed, resolved, .. }) => {
                let known = |fp: &Fingerprint| self.history.alerts.get(*fp);
                let mut alerts: Vec<Posted> =
                    firing.iter().map(|(fp, alert)| self.again(*fp, alert, alert.until)).collect();
                alerts.extend(
                    refreshed.iter().filter_map(|r| Some(self.again(r.fingerprint, known(&r.fingerprint)?, r.until))),
                );
                alerts.extend(resolved.iter().filter_map(|(fp, end)| {
                    let ends = Ends::Resolved(Some(*end));
                    Some(Posted { ends, ..self.again(*fp, known(fp)?, None) })
                }));
                self.input(at, Input::Alerts { source: source.clone(), alerts });
            }
            Event::Incident(event) => self.incident(at, event),
            Event::Paging(event) => self.paging(at, event),
            Event::OverrideAdded { .. } | Event::OverrideRemoved { .. } | Event::Silence(_) => self.apply(at, event),
            Event::Roster(
                RosterEvent::AbsenceAdded { .. }
                | RosterEvent::AbsenceRemoved { .. }
                | RosterEvent::AbsencesRead { .. },
            ) => self.apply(at, event),
            Event::ConfigApplied { version, by, text, config } if self.config.is_none() => {
                let config = Box::new(only_alerts((**config).clone()));
                let event = Event::ConfigApplied { version: *version, by: by.clone(), text: text.clone(), config };
                self.apply(at, &event);
            }
            _ => {}
        }
        apply(&mut self.history, at, event);
        match event {
            Event::Alert(AlertEvent::Received { firing, refreshed, .. }) => {
                let came = firing.iter().map(|(fp, _)| *fp).chain(refreshed.iter().map(|r| r.fingerprint));
                self.pair(came.collect());
            }
            Event::Contact(_) | Event::Drill(_) | Event::ConfigApplied { .. } => self.who_can_be_reached(),
            _ => {}
        }
        self.happened.note(&self.history, self.first.0, at, event);
    }

    /// What people did with an incident, they do there.
    fn incident(&mut self, at: Timestamp, event: &IncidentEvent) {
        use crate::incident::IncidentCommand as Does;
        match event {
            IncidentEvent::Acked { incident, by: by @ Actor::Person(_) } => self.does(at, by, *incident, Does::Ack),
            IncidentEvent::AckedByOne { incident, by, .. } => {
                self.does(at, &Actor::Person(by.clone()), *incident, Does::Ack);
            }
            IncidentEvent::Acked { incident, by: by @ Actor::Source(source) } => {
                let counts = |would: &State| would.config.sources.iter().any(|s| s.id == *source && s.acks);
                let counts = self.would.as_ref().is_some_and(counts);
                for id in self.same(*incident).into_iter().filter(|_| counts) {
                    self.apply(at, &Event::Incident(IncidentEvent::Acked { incident: id, by: by.clone() }));
                }
            }
            IncidentEvent::HandedOver { incident, by, to } => {
                self.does(at, by, *incident, |incident| Does::HandOver { incident, to: to.clone() });
            }
            // Whoever writes something down still has it.
            IncidentEvent::Noted { incident, by, text } | IncidentEvent::Announced { incident, by, text } => {
                self.does(at, by, *incident, |incident| Does::Note { incident, text: text.clone() });
            }
            IncidentEvent::Resolved { incident, by: by @ (Actor::Person(_) | Actor::Local), .. } => {
                self.does(at, by, *incident, |incident| Does::Resolve { incident, note: String::new() });
                self.pairs.remove(incident);
            }
            _ => {}
        }
    }

    fn paging(&mut self, at: Timestamp, event: &PagingEvent) {
        use crate::incident::IncidentCommand as Does;
        match event {
            PagingEvent::PassedOn { incident, person, .. } => {
                self.does(at, &Actor::Person(person.clone()), *incident, Does::PassOn);
            }
            PagingEvent::Awake { incident, person, .. } => {
                self.does(at, &Actor::Person(person.clone()), *incident, Does::Awake);
            }
            PagingEvent::HeldBack { incident, by: Suppression { rule: Rule::Maintenance { .. }, .. } } => {
                self.because(*incident, Because::Maintenance);
            }
            PagingEvent::Attempted { incident, outcome, .. } if !matches!(outcome, SendOutcome::Delivered(_)) => {
                self.because(*incident, Because::Undelivered);
            }
            PagingEvent::Failed { incident, .. } => self.because(*incident, Because::Undelivered),
            _ => {}
        }
    }

    fn because(&mut self, incident: IncidentId, because: Because) {
        if let Some(incident) = self.history.incident(incident) {
            self.because.entry(incident.opened.title.clone()).or_insert(because);
        }
    }

    /// The same person says the same there.
    fn does(&mut self, at: Timestamp, by: &Actor, incident: IncidentId, does: impl Fn(IncidentId) -> IncidentCommand) {
        for id in self.same(incident) {
            self.input(at, Input::Command { by: by.clone(), command: Command::Incident(does(id)) });
        }
    }

    /// Ends: what is due until `to` is still done.
    #[must_use]
    pub fn finish(mut self, to: Timestamp) -> Replayed {
        self.begin();
        self.advance(to);
        Replayed { from: self.from, to, happened: self.happened, would: self.expected, because: self.because }
    }

    /// What fired at the beginning fires there, too; whom that paged is not counted.
    fn begin(&mut self) {
        if self.would.is_some() {
            return;
        }
        let config = only_alerts(self.config.clone().unwrap_or_else(|| self.history.config.clone()));
        let mut would = State::new();
        (would.config, would.config_version) = (config, 1);
        would.overrides.clone_from(&self.history.overrides);
        would.next_override = self.history.next_override;
        would.roster.clone_from(&self.history.roster);
        would.silences.clone_from(&self.history.silences);
        would.silences.configured(&would.config, std::iter::empty());
        self.would = Some(would);
        self.who_can_be_reached();
        let mut by_source: BTreeMap<SourceId, Vec<Posted>> = BTreeMap::new();
        for (fp, alert) in self.history.alerts.iter() {
            by_source.entry(alert.source.clone()).or_default().push(self.again(fp, alert, alert.until));
        }
        let from = self.from;
        for (source, alerts) in by_source {
            self.input(from, Input::Alerts { source, alerts });
        }
        self.pair(self.history.alerts.iter().map(|(fp, _)| fp).collect());
        let taken: Vec<_> = self.history.incidents.iter().filter(|i| i.is_acked()).map(|i| i.opened.id).collect();
        let there: BTreeSet<_> = taken.into_iter().flat_map(|id| self.same(id)).collect();
        for incident in there {
            self.apply(from, &Event::Incident(IncidentEvent::Acked { incident, by: Actor::Noout }));
        }
        self.expected = Account::default();
        let next = self.would.as_ref().map_or(0, |would| would.next_incident);
        self.first = (IncidentId(self.history.next_incident), IncidentId(next));
    }

    fn apply(&mut self, at: Timestamp, event: &Event) {
        if let Some(would) = &mut self.would {
            apply(would, at, event);
        }
    }

    /// The incidents there that took the alerts which this one took here.
    fn same(&self, id: IncidentId) -> BTreeSet<IncidentId> {
        let Some(would) = &self.would else { return BTreeSet::new() };
        let there = self.pairs.get(&id).into_iter().flatten().copied();
        there.filter(|there| would.incidents.get(*there).is_some()).collect()
    }

    /// Remembers where alerts went, here and there.
    fn pair(&mut self, alerts: Vec<Fingerprint>) {
        let Some(would) = &self.would else { return };
        for fp in alerts {
            if let (Some(here), Some(there)) = (self.history.alerts.get(fp), would.alerts.get(fp)) {
                self.pairs.entry(here.incident).or_default().insert(there.incident);
            }
        }
    }

    /// Who can be reached by what is known is the same there; tests and drills are not done again.
    fn who_can_be_reached(&mut self) {
        if let Some(would) = &mut self.would {
            would.contacts = self.history.contacts.reach();
            would.drills = self.history.drills.outcomes();
        }
    }

    /// An alert as its source sent it, and as noout said it where it was itself the source.
    fn again(&self, fp: Fingerprint, alert: &Alert, until: Option<Timestamp>) -> Posted {
        let own = || {
            let opened = &self.history.incident(alert.incident)?.opened;
            let is_first = matches!(opened.cause, Cause::Alert { fingerprint, .. } if fingerprint == fp);
            opened.words.clone().filter(|_| is_first)
        };
        Posted {
            labels: alert.labels.clone(),
            key: alert.key.clone(),
            annotations: alert.annotations.clone(),
            starts_at: Some(alert.starts_at),
            ends: until.map_or(Ends::WhenResolved, Ends::At),
            generator_url: alert.generator_url.clone(),
            words: if alert.source.as_str() == heartbeat::SOURCE { own() } else { None },
        }
    }

    fn advance(&mut self, to: Timestamp) {
        for _ in 0..MAX_DEADLINES {
            let due = self.would.as_ref().and_then(next_deadline).filter(|due| *due <= to);
            let Some(due) = due else { return };
            self.input(due, Input::Tick);
        }
    }

    /// Decides, and delivers whatever is to be sent.
    fn input(&mut self, at: Timestamp, input: Input) {
        let Some(would) = &mut self.would else { return };
        // What the other configuration does not know (a person who acknowledged) is refused, and so is not done.
        let mut events = step(would, at, input).unwrap_or_default();
        loop {
            for event in &events {
                self.expected.note(would, self.first.1, at, event);
            }
            // Letters wait there for ever: nobody is told by a replay.
            let send = pending_sends(would).find_map(|effect| match effect {
                Effect::Send { page, attempt, .. } => Some((page, attempt)),
                _ => None,
            });
            let Some((page, attempt)) = send else { return };
            let outcome = SendOutcome::Delivered("replayed".into());
            events = step(would, at, Input::Sent { page, attempt, outcome }).unwrap_or_default();
            if events.is_empty() {
                return;
            }
        }
    }
}

/// Nothing but what alerts do: no heartbeat that nobody pings, no sensor that nobody reads.
fn only_alerts(mut config: Config) -> Config {
    config.heartbeats.clear();
    config.bmcs.clear();
    config.drill.enabled = false;
    config
}

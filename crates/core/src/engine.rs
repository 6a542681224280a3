//! The engine: what is known ([`State`]), what follows from an input ([`decide`]), what an event does
//! ([`apply`]), what must happen outside ([`pending`]) and when to look again ([`next_deadline`]).

mod effect;
mod fold;
mod left;
mod own;
mod pending;
mod sealed;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use noout_calendar::Override;
use noout_types::{
    IncidentId, MaintenanceId, PageId, PersonId, ScheduleId, SourceId, TicketId, Timestamp, TokenId, TrackerId,
};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::alert::{self, Alerts, Posted};
use crate::config::{Config, Role};
use crate::contact::{self, ContactCommand, Contacts};
use crate::coverage::{self, Coverage};
use crate::drill::{self, Drills};
use crate::event::Event;
use crate::heartbeat::{self, Heartbeats, Ping};
use crate::incident::{self, Incident, IncidentCommand, Incidents};
use crate::maintenance::{self, MaintenanceCommand, Maintenances};
use crate::meeting::{self, Decisions, MeetingCommand};
use crate::memo::{self, Memos};
use crate::notice::{self, Notices, PostNotice};
use crate::paging::{self, Dispatch, Paging, Receipt, SendOutcome};
use crate::platform::{ComputeView, Ensured, SensorPoll, StorageView};
use crate::refusal::Refusal;
use crate::request::{self, RequestCommand, Requests};
use crate::roster::{self, Roster, RosterCommand};
use crate::sensor::{self, Sensors};
use crate::silence::{self, SilenceCommand, Silences};
use crate::ticket::{self, RemoteTicket, TicketOutcome, Tickets};
use crate::token::{self, Token, TokenCommand};

pub use effect::Effect;
pub use fold::apply;
pub use pending::{is_pending, pending, pending_follows, pending_sends, pending_tickets, pending_works};
pub use sealed::{Unstepped, step_sealed};

/// The snapshot's format. Raised whenever [`State`] changes shape; an older snapshot is then ignored
/// and the journal folded from its beginning.
pub const STATE_FORMAT: u32 = 7;

/// A settle step that goes on for longer than this has a bug: it would never end.
const MAX_SETTLE_ROUNDS: usize = 10_000;

/// Everything that is live. A fold of the journal and nothing else.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The last record's number.
    pub seq: u64,
    /// The configuration's number; 0 before the first.
    pub config_version: u64,
    /// The configuration.
    pub config: Config,
    /// What fires.
    pub alerts: Alerts,
    /// What is open.
    pub incidents: Incidents,
    /// The incidents that closed lately, oldest first.
    pub closed: Vec<Incident>,
    /// Who is being told.
    pub paging: Paging,
    /// What the BMCs say.
    pub sensors: Sensors,
    /// Hosts on their way out and back.
    pub maintenances: Maintenances,
    /// What customers are told.
    pub notices: Notices,
    /// Whether enough people are on call.
    pub coverage: Coverage,
    /// Which contact methods are known to work.
    #[serde(default)]
    pub contacts: Contacts,
    /// Whose contacts are tried when.
    #[serde(default)]
    pub drills: Drills,
    /// Who is away, who swaps, who comes on duty.
    #[serde(default)]
    pub roster: Roster,
    /// Letters to people.
    #[serde(default)]
    pub memos: Memos,
    /// Jobs that say that they are alive.
    #[serde(default)]
    pub heartbeats: Heartbeats,
    /// Which incidents are filed where.
    #[serde(default)]
    pub tickets: Tickets,
    /// What other teams want.
    #[serde(default)]
    pub requests: Requests,
    /// What the team decides.
    #[serde(default)]
    pub decisions: Decisions,
    /// What keeps alerts from waking people.
    pub silences: Silences,
    /// Who applied the configuration.
    pub config_by: Option<Actor>,
    /// Who stands in for whom.
    pub overrides: BTreeMap<u64, Override>,
    /// Since when nothing disruptive may start, who said so and why.
    pub stopped: Option<(Timestamp, Actor, String)>,
    /// Argon2id hashes.
    pub passwords: BTreeMap<PersonId, String>,
    /// A session of an older generation is no session.
    pub session_generation: BTreeMap<PersonId, u64>,
    /// Sessions that were signed out before their time, until when each would have lived.
    #[serde(default)]
    pub ended_sessions: BTreeMap<String, Timestamp>,
    /// What lets programs elsewhere ask.
    #[serde(default)]
    pub tokens: BTreeMap<TokenId, Token>,
    /// The next incident's number.
    pub next_incident: u64,
    /// The next page's number.
    pub next_page: u64,
    /// The next maintenance's number.
    pub next_maintenance: u64,
    /// The next override's number.
    pub next_override: u64,
}

/// What comes in. Time comes beside it.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Time passed.
    Tick,
    /// noout begins to listen again: nobody was heard since the last record.
    Started,
    /// A job says that it is alive.
    Pinged(Ping),
    /// A source sent alerts.
    Alerts {
        /// Who.
        source: SourceId,
        /// What.
        alerts: Vec<Posted>,
    },
    /// A source says that somebody acknowledged alerts there.
    Acknowledged {
        /// Who.
        source: SourceId,
        /// What.
        acks: Vec<alert::Acknowledgement>,
    },
    /// A source says that something was changed on purpose.
    Change {
        /// Who.
        source: SourceId,
        /// What.
        summary: String,
        /// When, by its clock.
        at: Option<Timestamp>,
        /// Where it is described; empty if nowhere.
        link: String,
    },
    /// A BMC was asked.
    Sensors(SensorPoll),
    /// A platform was looked at for a maintenance.
    Observed {
        /// For which.
        id: MaintenanceId,
        /// What was seen, or why nothing was.
        compute: Result<Box<ComputeView>, String>,
        /// The same for the storage, where there is one.
        storage: Option<Result<Box<StorageView>, String>>,
    },
    /// An attempt to send a page ended.
    Sent {
        /// The page.
        page: PageId,
        /// The attempt.
        attempt: u32,
        /// How.
        outcome: SendOutcome,
    },
    /// What came back, later, about a message that a provider took.
    Receipt {
        /// About which.
        of: Dispatch,
        /// What.
        receipt: Receipt,
    },
    /// The message of a contact's test was sent, or could not be.
    Tested {
        /// Which test.
        test: u64,
        /// How it ended.
        outcome: SendOutcome,
    },
    /// What contacts name was looked at: those that cannot be used, all others can.
    ContactsLooked(contact::Unusable),
    /// An attempt to send a letter ended.
    Told {
        /// The letter.
        memo: u64,
        /// The attempt.
        attempt: u32,
        /// How.
        outcome: SendOutcome,
    },
    /// An attempt of an act ended, or goes on.
    Acted {
        /// Of which maintenance.
        id: MaintenanceId,
        /// Of which step.
        step: u32,
        /// The attempt.
        attempt: u32,
        /// How.
        ensured: Ensured,
    },
    /// A ticket system was asked to do something.
    Ticketed {
        /// For which ticket.
        ticket: TicketId,
        /// Which piece of work.
        item: u32,
        /// The attempt.
        attempt: u32,
        /// How it ended.
        outcome: TicketOutcome,
    },
    /// A ticket was read.
    TicketSeen {
        /// Which.
        ticket: TicketId,
        /// How it is there.
        seen: RemoteTicket,
    },
    /// Somebody wants something.
    Command {
        /// Who.
        by: Actor,
        /// What.
        command: Command,
    },
}

/// What people want.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// With an incident.
    Incident(IncidentCommand),
    /// With a maintenance.
    Maintenance(MaintenanceCommand),
    /// With the status page.
    Notice(PostNotice),
    /// With contact methods.
    Contact(ContactCommand),
    /// With who is on call.
    Roster(RosterCommand),
    /// An incident becomes a ticket.
    FileTicket {
        /// Which.
        incident: IncidentId,
        /// Where.
        tracker: TrackerId,
    },
    /// With silences.
    Silence(SilenceCommand),
    /// With requests of other teams.
    Request(RequestCommand),
    /// With what the team decides.
    Meeting(MeetingCommand),
    /// With tokens of programs.
    Token(TokenCommand),
    /// A configuration, parsed and checked.
    ApplyConfig {
        /// The file.
        text: String,
        /// What it says.
        config: Box<Config>,
        /// Also if it takes away whoever applies it, the last administrator or everybody.
        force: bool,
    },
    /// Somebody stands in.
    AddOverride {
        /// Which schedule.
        schedule: ScheduleId,
        /// Which rotation; all where `replaces` stands if absent.
        rotation: Option<String>,
        /// For whom.
        replaces: Option<PersonId>,
        /// Who.
        person: PersonId,
        /// From when.
        start: Timestamp,
        /// Until when.
        end: Timestamp,
    },
    /// An override is taken back.
    RemoveOverride(u64),
    /// Nothing disruptive starts any more.
    Stop {
        /// Why.
        why: String,
    },
    /// It may again.
    ResumeAll,
    /// A sensor's finding is dealt with.
    ClearFinding {
        /// Which sensor.
        key: noout_detect::intermittent::Key,
        /// Whether the part was replaced.
        part_replaced: bool,
    },
    /// A new password, already hashed.
    SetPassword {
        /// Whose.
        person: PersonId,
        /// Argon2id, PHC format.
        hash: String,
    },
    /// A person may set a password by a link that is made for this.
    Invite {
        /// Who.
        person: PersonId,
    },
    /// All sessions of a person end, and the links in their pages.
    SignOut {
        /// Whose.
        person: PersonId,
    },
    /// One session ends.
    EndSession {
        /// Whose.
        person: PersonId,
        /// Which: a digest of its token.
        session: String,
        /// Until when it would have lived.
        until: Timestamp,
    },
}

impl State {
    /// The state before the first record.
    #[must_use]
    pub fn new() -> Self {
        Self { next_incident: 1, next_page: 1, next_maintenance: 1, next_override: 1, ..Self::default() }
    }

    /// The overrides of a schedule.
    #[must_use]
    pub fn overrides_of(&self, schedule: &ScheduleId) -> Vec<Override> {
        self.overrides.values().filter(|o| o.schedule == *schedule).cloned().collect()
    }

    /// The people who are on call in a schedule at an instant.
    #[must_use]
    pub fn on_call(&self, schedule: &ScheduleId, at: Timestamp) -> std::collections::BTreeSet<PersonId> {
        paging::on_call(self, schedule, at)
    }

    /// An incident that is open or closed lately.
    #[must_use]
    pub fn incident(&self, id: IncidentId) -> Option<&Incident> {
        self.incidents.get(id).or_else(|| self.closed.iter().find(|i| i.opened.id == id))
    }

    /// Refuses unless the actor has the role or a higher one. Deny by default.
    pub(crate) fn require(&self, by: &Actor, needed: Role) -> Result<(), Refusal> {
        let has = match by {
            // Whoever reads the key file owns the machine and its journal.
            Actor::Local | Actor::Noout => true,
            Actor::Source(_) => false,
            Actor::Person(id) => self.config.person(id).is_some_and(|p| p.role >= needed),
            Actor::Token(id) => self.tokens.get(id).is_some_and(|t| t.role >= needed),
        };
        if has { Ok(()) } else { Err(Refusal::forbidden(by.person(), needed)) }
    }
}

/// All judgement. The events are to be applied in order; then [`settle`] says what follows from them.
///
/// # Errors
/// A command is refused; nothing happened.
pub fn decide(state: &State, at: Timestamp, input: Input) -> Result<Vec<Event>, Refusal> {
    Ok(match input {
        Input::Tick => settle(state, at),
        Input::Started => heartbeat::excuse(state, at),
        Input::Pinged(ping) => heartbeat::pinged(state, at, ping)?,
        Input::Alerts { source, alerts } => alert::receive(state, at, source, alerts),
        Input::Change { source, summary, at: when, link } => {
            let summary = alert::one_line(&summary, alert::MAX_CHANGE_CHARS);
            vec![Event::Alert(alert::AlertEvent::Change { source, summary, at: when, link })]
        }
        Input::Acknowledged { source, acks } => alert::acknowledged(state, &source, &acks),
        Input::Sensors(poll) => {
            let mut events = maintenance::sensors(state, &poll);
            events.extend(sensor::polled(state, &poll));
            events
        }
        Input::Observed { id, compute, storage } => observed(state, at, id, &compute, storage.as_ref()),
        Input::Sent { page, attempt, outcome } => paging::outcome(state, at, page, attempt, outcome),
        Input::Receipt { of: Dispatch::Test { test, .. }, receipt } => contact::receipt(state, test, receipt),
        Input::Receipt { of, receipt } => paging::receipt(state, at, &of, receipt),
        Input::Tested { test, outcome } => contact::tested(state, test, outcome),
        Input::ContactsLooked(found) => state.contacts.looked(&found).into_iter().map(Event::Contact).collect(),
        Input::Told { memo, attempt, outcome } => memo::outcome(state, at, memo, attempt, outcome),
        Input::Acted { id, step, attempt, ensured } => maintenance::acted(state, at, id, step, attempt, ensured),
        Input::Ticketed { ticket, item, attempt, outcome } => {
            ticket::outcome(state, at, ticket, item, attempt, outcome)
        }
        Input::TicketSeen { ticket, seen } => ticket::seen(state, ticket, &seen),
        Input::Command { by, command } => command_by(state, at, by, command)?,
    })
}

type Seen<T> = Result<Box<T>, String>;

fn observed(
    state: &State,
    at: Timestamp,
    id: MaintenanceId,
    compute: &Seen<ComputeView>,
    storage: Option<&Seen<StorageView>>,
) -> Vec<Event> {
    match (compute, storage) {
        (Ok(compute), None) => maintenance::observed(state, at, id, compute, None),
        (Ok(compute), Some(Ok(storage))) => maintenance::observed(state, at, id, compute, Some(storage)),
        // Half a view is no view: what the storage would have said is unknown, so nothing goes on.
        (Err(why), _) | (_, Some(Err(why))) => maintenance::unseen(state, at, id, why),
    }
}

fn command_by(state: &State, at: Timestamp, by: Actor, command: Command) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Incident(c) => incident::command(state, at, by, c),
        Command::Silence(c) => silence::command(state, at, by, c),
        Command::Request(c) => request::command(state, at, by, c),
        Command::Meeting(c) => meeting::command(state, at, by, c),
        Command::Token(c) => token::command(state, by, c),
        Command::Maintenance(c) => maintenance::command(state, at, by, c),
        Command::Notice(post) => notice::command(state, by, post),
        Command::Contact(c) => contact::command(state, at, by, c),
        Command::FileTicket { incident, tracker } => ticket::command(state, by, incident, &tracker),
        Command::ApplyConfig { text, config, force } => {
            state.require(&by, Role::Admin)?;
            if !force {
                left::leaves_somebody(state, &by, &config)?;
            }
            let version = state.config_version + 1;
            Ok(vec![Event::ConfigApplied { version, by, text, config }])
        }
        Command::Roster(c) => roster::command(state, at, by, c),
        Command::AddOverride { schedule, rotation, replaces, person, start, end } => {
            roster::add_override(state, by, Override { id: 0, schedule, rotation, replaces, person, start, end })
        }
        Command::RemoveOverride(id) => roster::remove_override(state, by, id),
        Command::Stop { why } => {
            state.require(&by, Role::Responder)?;
            Ok(if state.stopped.is_some() { Vec::new() } else { vec![Event::Stopped { by, why }] })
        }
        Command::ResumeAll => {
            state.require(&by, Role::Operator)?;
            Ok(if state.stopped.is_some() { vec![Event::ResumedAll { by }] } else { Vec::new() })
        }
        Command::ClearFinding { key, part_replaced } => sensor::clear(state, at, by, key, part_replaced),
        Command::SetPassword { person, hash } => {
            if by.person() != Some(&person) {
                state.require(&by, Role::Admin)?;
            }
            known(state, &person)?;
            Ok(vec![Event::PasswordSet { person, hash, by }])
        }
        Command::Invite { person } => {
            state.require(&by, Role::Admin)?;
            known(state, &person)?;
            Ok(vec![Event::Invited { person, by }])
        }
        Command::SignOut { person } => {
            if by.person() != Some(&person) {
                state.require(&by, Role::Admin)?;
            }
            known(state, &person)?;
            Ok(vec![Event::SignedOut { person }])
        }
        Command::EndSession { person, session, until } => {
            if by.person() != Some(&person) {
                state.require(&by, Role::Admin)?;
            }
            let known = state.ended_sessions.contains_key(&session) || until <= at;
            Ok(if known { Vec::new() } else { vec![Event::SessionEnded { person, session, until }] })
        }
    }
}

fn known(state: &State, person: &PersonId) -> Result<(), Refusal> {
    state.config.person(person).map(|_| ()).ok_or_else(|| Refusal::unknown("person", person))
}

/// What follows from the present state and time, without anything new coming in. Empty when all is settled.
fn settle(state: &State, at: Timestamp) -> Vec<Event> {
    // One after the other, each on the state that the ones before left: what is over is not paged.
    let looks: [fn(&State, Timestamp) -> Vec<Event>; 16] = [
        |state, at| alert::expire(state, at).into_iter().collect(),
        heartbeat::settle,
        incident::settle,
        drill::settle,
        paging::unsent,
        coverage::settle,
        roster::settle,
        maintenance::settle,
        silence::settle,
        |state, _| notice::settle(state),
        contact::missing,
        paging::settle,
        paging::missing,
        paging::start,
        memo::settle,
        // After all that concerns people: a ticket never stands before a page.
        ticket::settle,
    ];
    looks.iter().map(|look| look(state, at)).find(|events| !events.is_empty()).unwrap_or_default()
}

/// When to look again at the latest, if nothing comes in before.
#[must_use]
pub fn next_deadline(state: &State) -> Option<Timestamp> {
    let maintenances = state.maintenances.iter().filter_map(|m| maintenance::next_deadline(state, m));
    maintenances
        .chain(state.incidents.next_deadline())
        .chain(state.alerts.next_expiry())
        .chain(state.paging.next_deadline())
        .chain(paging::unsent_deadline(state))
        .chain(state.coverage.next_deadline())
        .chain(state.contacts.next_deadline())
        .chain(state.drills.next_deadline())
        .chain(state.roster.next_deadline())
        .chain(state.memos.next_deadline())
        .chain(state.heartbeats.next_deadline())
        .chain(state.tickets.next_deadline())
        .chain(state.silences.next_deadline())
        .min()
}

/// Decides an input and everything that follows from it at the same instant, applying as it goes.
/// The caller appends the events in one commit before anybody is answered.
///
/// # Errors
/// A command is refused; the state is as before.
pub fn step(state: &mut State, at: Timestamp, input: Input) -> Result<Vec<Event>, Refusal> {
    let mut all = Vec::new();
    step_with(state, at, input, |_, event| all.push(event.clone()))?;
    Ok(all)
}

/// As [`step`], telling the caller each event right after it was applied, with the state as it is then.
///
/// # Errors
/// A command is refused; the state is as before.
pub fn step_with(
    state: &mut State,
    at: Timestamp,
    input: Input,
    mut applied: impl FnMut(&State, &Event),
) -> Result<(), Refusal> {
    let mut events = decide(state, at, input)?;
    for _ in 0..MAX_SETTLE_ROUNDS {
        for event in &events {
            apply(state, at, event);
            applied(state, event);
        }
        events = settle(state, at);
        if events.is_empty() {
            break;
        }
    }
    Ok(())
}

/// Applies everything that follows from the present state and time.
pub fn settle_all(state: &mut State, at: Timestamp) -> Vec<Event> {
    // A tick is never refused.
    step(state, at, Input::Tick).unwrap_or_default()
}

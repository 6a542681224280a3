//! What people want with the roster.

use noout_calendar::{OnCall, Override, Shift};
use noout_types::{PersonId, Said, ScheduleId, Span, Timestamp};

use super::away::{self, Time};
use super::swap::{self, Ask};
use super::{Feed, KEEP, RosterEvent};
use crate::actor::Actor;
use crate::config::Role;
use crate::engine::State;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::says;

/// Most overrides that are kept: a hundred swaps a week for two years. Each is looked at when somebody asks who is on.
pub const MAX_OVERRIDES: usize = 10_000;

/// A shift that never ends, of a rotation with one person, is taken over for so long.
const LONGEST_TAKE: Span = Span::from_hours(7 * 24);

/// What people want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RosterCommand {
    /// A person is away.
    AddAbsence {
        /// Who.
        person: PersonId,
        /// When, and why.
        time: Time,
    },
    /// A person is not away after all.
    RemoveAbsence(u64),
    /// A person's calendar was read.
    ReadAbsences {
        /// Whose.
        person: PersonId,
        /// Which calendar: what came from it before is replaced.
        source: String,
        /// When the person is away by it.
        times: Vec<Time>,
    },
    /// A shift is to be given away.
    AskSwap {
        /// In which schedule.
        schedule: ScheduleId,
        /// In which rotation; wherever the person stands if absent.
        rotation: Option<String>,
        /// Who gives it away; who asks if absent.
        asker: Option<PersonId>,
        /// Who is asked; anybody if absent.
        other: Option<PersonId>,
        /// From when.
        start: Timestamp,
        /// Until when.
        end: Timestamp,
        /// What is taken for it.
        back: Option<(Timestamp, Timestamp)>,
    },
    /// "I take it."
    AcceptSwap(u64),
    /// "No."
    DeclineSwap(u64),
    /// "Not any more."
    WithdrawSwap(u64),
    /// A third person agrees.
    ApproveSwap(u64),
    /// The shift that runs now is taken over until its end.
    Take {
        /// In which schedule.
        schedule: ScheduleId,
        /// In which rotation; the first in which somebody else is on if absent.
        rotation: Option<String>,
        /// From whom, where several are on together.
        replaces: Option<PersonId>,
        /// Who takes it; who asks if absent.
        person: Option<PersonId>,
    },
    /// A calendar's address is not to work any more.
    RenewFeed(Feed),
}

pub(crate) fn command(state: &State, at: Timestamp, by: Actor, command: RosterCommand) -> Result<Vec<Event>, Refusal> {
    match command {
        RosterCommand::AddAbsence { person, time } => away::add(state, by, &person, &time),
        RosterCommand::RemoveAbsence(id) => away::remove(state, by, id),
        RosterCommand::ReadAbsences { person, source, times } => away::read(state, by, &person, &source, &times),
        RosterCommand::AskSwap { schedule, rotation, asker, other, start, end, back } => {
            let asker = myself(&by, asker)?;
            swap::ask(state, at, &by, Ask { schedule, rotation, asker, other, start, end, back })
        }
        RosterCommand::AcceptSwap(id) => swap::accept(state, at, by, id),
        RosterCommand::DeclineSwap(id) => swap::decline(state, at, by, id),
        RosterCommand::WithdrawSwap(id) => swap::withdraw(state, at, by, id),
        RosterCommand::ApproveSwap(id) => swap::approve(state, at, by, id),
        RosterCommand::Take { schedule, rotation, replaces, person } => {
            state.require(&by, Role::Responder)?;
            let person = myself(&by, person)?;
            let over = running_shift(state, at, &schedule, rotation.as_deref(), replaces, person)?;
            add_override(state, by, over)
        }
        RosterCommand::RenewFeed(feed) => renew(state, by, feed),
    }
}

/// Who somebody speaks of who names nobody.
fn myself(by: &Actor, named: Option<PersonId>) -> Result<PersonId, Refusal> {
    let found = || Refusal::invalid("person", "nobody", "say who: this is not a person's own session");
    named.or_else(|| by.person().cloned()).ok_or_else(found)
}

/// Takes an override, numbered by the core.
pub(crate) fn add_override(state: &State, by: Actor, mut over: Override) -> Result<Vec<Event>, Refusal> {
    state.require(&by, Role::Responder)?;
    over.id = state.next_override;
    check_override(state, &over)?;
    changes_something(state, &over)?;
    Ok(vec![Event::OverrideAdded { over, by }])
}

pub(crate) fn remove_override(state: &State, by: Actor, id: u64) -> Result<Vec<Event>, Refusal> {
    state.require(&by, Role::Responder)?;
    if !state.overrides.contains_key(&id) {
        return Err(Refusal::unknown("override", id));
    }
    Ok(vec![Event::OverrideRemoved { id, by }])
}

pub(super) fn check_override(state: &State, over: &Override) -> Result<(), Refusal> {
    let schedule = state.config.schedule(&over.schedule).ok_or_else(|| Refusal::unknown("schedule", &over.schedule))?;
    let person = state.config.person(&over.person).ok_or_else(|| Refusal::unknown("person", &over.person))?;
    // Paged and unable to say yes: minutes would be lost until the next step.
    if person.role < Role::Responder {
        let allowed = "somebody with the role responder or higher, who may acknowledge";
        return Err(Refusal::invalid("person", over.person.to_string(), allowed));
    }
    if state.overrides.len() >= MAX_OVERRIDES {
        let found = state.overrides.len().to_string();
        return Err(Refusal::invalid("override", found, format!("at most {MAX_OVERRIDES}")));
    }
    over.validate(schedule).map_err(|e| Refusal::conflict(Said::words(e)))
}

/// Who is to be replaced must be on call in the span: an override that changes nothing is a night that two people believe
/// covered.
fn changes_something(state: &State, over: &Override) -> Result<(), Refusal> {
    let Some(gone) = &over.replaces else { return Ok(()) };
    if !state.replaced_times(over).is_empty() {
        return Ok(());
    }
    let mut on: Vec<PersonId> = Vec::new();
    for shift in state.shifts_under(over) {
        on.extend(shift.people.into_iter().filter(|p| !on.contains(p)).collect::<Vec<_>>());
    }
    let names = on.iter().take(PEOPLE_NAMED).map(PersonId::as_str).collect::<Vec<_>>().join(", ");
    let (n, schedule) = (on.len(), &over.schedule);
    Err(Refusal::conflict(says::override_for_nothing(gone, schedule, over.start, over.end, n, names)))
}

impl State {
    /// Who stands in the rotations and in the time that an override speaks of, without it.
    fn shifts_under(&self, over: &Override) -> Vec<Shift> {
        let Some(schedule) = self.config.schedule(&over.schedule) else { return Vec::new() };
        let others: Vec<Override> =
            self.overrides.values().filter(|o| o.schedule == over.schedule && o.id < over.id).cloned().collect();
        let mut shifts = schedule.shifts(&others, over.start, over.end);
        shifts.retain(|shift| over.rotation.as_ref().is_none_or(|r| *r == shift.rotation));
        shifts
    }

    /// When an override replaces somebody: where whom it replaces stands, by schedule or by an earlier override. In order, and
    /// without what would touch or overlap. All of its time if it replaces whoever is on.
    #[must_use]
    pub fn replaced_times(&self, over: &Override) -> Vec<(Timestamp, Timestamp)> {
        let Some(gone) = &over.replaces else { return vec![(over.start, over.end)] };
        let Some(schedule) = self.config.schedule(&over.schedule) else { return Vec::new() };
        // Who was scheduled is replaced also where another one stands in for them already.
        let scheduled = schedule.shifts(&[], over.start, over.end);
        let here = |shift: &Shift| over.rotation.as_ref().is_none_or(|r| *r == shift.rotation);
        let stands = scheduled.into_iter().filter(here).chain(self.shifts_under(over));
        let mut times: Vec<_> = stands
            .filter(|shift| shift.people.contains(gone))
            .map(|shift| (shift.start.max(over.start), shift.end.min(over.end)))
            .collect();
        times.sort_unstable();
        let mut merged: Vec<(Timestamp, Timestamp)> = Vec::new();
        for (start, end) in times {
            match merged.last_mut().filter(|last| last.1 >= start) {
                Some(last) => last.1 = last.1.max(end),
                None => merged.push((start, end)),
            }
        }
        merged
    }
}

/// People that a refusal names; the rest is counted.
const PEOPLE_NAMED: usize = 6;

/// The override by which a person takes the running shift of a rotation over, from now until its end.
fn running_shift(
    state: &State,
    at: Timestamp,
    schedule: &ScheduleId,
    rotation: Option<&str>,
    replaces: Option<PersonId>,
    person: PersonId,
) -> Result<Override, Refusal> {
    let found = state.config.schedule(schedule).ok_or_else(|| Refusal::unknown("schedule", schedule))?;
    let on = found.on_call(&state.overrides_of(schedule), at);
    let others = |on: &OnCall| on.people.iter().any(|p| *p != person);
    let named = |on: &OnCall| rotation.is_none_or(|r| r == on.rotation);
    let theirs = |on: &OnCall| replaces.as_ref().is_none_or(|r| on.people.contains(r));
    // A second take-over in a row would take the next one's seat, and leave one person where two are promised. Whoever
    // wants that says which seat.
    let seat = on.iter().find(|on| on.people.contains(&person) && (named(on) || replaces.is_none()));
    if let Some(seat) =
        seat.filter(|seat| (rotation.is_none() && replaces.is_none()) || rotation == Some(&seat.rotation))
    {
        return Err(Refusal::conflict(says::on_already(&person, schedule, &seat.rotation, seat.until)));
    }
    let Some(shift) = on.iter().find(|on| named(on) && others(on) && theirs(on)) else {
        return Err(Refusal::conflict(says::nobody_to_relieve(schedule)));
    };
    if replaces.is_none() && shift.people.len() > 1 {
        let people = shift.people.iter().map(PersonId::as_str).collect::<Vec<_>>().join(", ");
        return Err(Refusal::conflict(says::several_on(people)));
    }
    Ok(Override {
        id: 0,
        schedule: schedule.clone(),
        rotation: Some(shift.rotation.clone()),
        replaces,
        person,
        start: at,
        end: shift.until.min(LONGEST_TAKE.after(at)),
    })
}

fn renew(state: &State, by: Actor, feed: Feed) -> Result<Vec<Event>, Refusal> {
    let needed = match &feed {
        Feed::Person(id) if by.person() == Some(id) => Role::Viewer,
        _ => Role::Operator,
    };
    state.require(&by, needed)?;
    match &feed {
        Feed::Person(id) if state.config.person(id).is_none() => Err(Refusal::unknown("person", id)),
        Feed::Schedule(id) if state.config.schedule(id).is_none() => Err(Refusal::unknown("schedule", id)),
        _ => Ok(vec![Event::Roster(RosterEvent::FeedRenewed { feed, by })]),
    }
}

impl State {
    pub(crate) fn override_added(&mut self, at: Timestamp, over: &Override) {
        self.next_override = self.next_override.max(over.id + 1);
        self.overrides.retain(|_, o| KEEP.after(o.end) > at);
        self.overrides.insert(over.id, over.clone());
    }

    /// What was worked already stays worked: an override that is taken back while it runs ends now.
    pub(crate) fn override_removed(&mut self, at: Timestamp, id: u64) {
        match self.overrides.get_mut(&id) {
            Some(over) if over.start < at => over.end = over.end.min(at),
            _ => _ = self.overrides.remove(&id),
        }
    }
}

//! Swaps: somebody asks, somebody accepts, a third approves where the team wants it; then it becomes overrides.

use noout_calendar::Override;
use noout_types::{PersonId, Said, ScheduleId, Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::RosterEvent;
use crate::actor::Actor;
use crate::config::Role;
use crate::engine::State;
use crate::event::Event;
use crate::memo::{self, Letter};
use crate::refusal::Refusal;
use crate::says;

/// Most swaps that wait for an answer at one time.
pub const MAX_SWAPS: usize = 200;

/// A question that nobody answered for so long is over: whoever asked must find another way in time.
pub const SWAP_PATIENCE: Span = Span::from_hours(7 * 24);

/// A shift that somebody wants to give away, perhaps for another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swap {
    /// Its number.
    pub id: u64,
    /// In which schedule.
    pub schedule: ScheduleId,
    /// In which rotation; wherever the person stands if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation: Option<String>,
    /// Who gives the shift away.
    pub asker: PersonId,
    /// Who is asked; anybody if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<PersonId>,
    /// What is given away: from this instant.
    pub start: Timestamp,
    /// Until before this instant.
    pub end: Timestamp,
    /// What is taken for it from whoever is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back: Option<(Timestamp, Timestamp)>,
    /// When it was asked.
    pub at: Timestamp,
    /// An answer must be there before this.
    pub expires: Timestamp,
    /// How it stands.
    pub status: SwapStatus,
}

/// How a swap stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwapStatus {
    /// It waits for somebody to take it.
    Asked,
    /// It waits for a third person's approval.
    Accepted {
        /// Who takes it.
        by: PersonId,
    },
    /// It is over.
    Ended {
        /// How.
        end: SwapEnd,
        /// Who said so.
        by: Actor,
        /// When.
        at: Timestamp,
    },
}

/// How a swap ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwapEnd {
    /// It is done: overrides stand for it.
    Done {
        /// Who took it.
        with: PersonId,
        /// The overrides' numbers.
        overrides: Vec<u64>,
    },
    /// Who was asked said no, or an approver did.
    Declined,
    /// Who asked took it back.
    Withdrawn,
    /// Nobody answered in time.
    Expired,
}

impl Swap {
    /// Whether it still waits for somebody.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.status, SwapStatus::Ended { .. })
    }

    /// The overrides that bring it about, with numbers from `first` on.
    fn overrides(&self, first: u64, other: &PersonId) -> Vec<Override> {
        let legs = [(self.start, self.end, &self.asker, other)];
        let back = self.back.map(|(start, end)| (start, end, other, &self.asker));
        legs.into_iter()
            .chain(back)
            .zip(first..)
            .map(|((start, end, from, to), id)| Override {
                id,
                schedule: self.schedule.clone(),
                rotation: self.rotation.clone(),
                replaces: Some(from.clone()),
                person: to.clone(),
                start,
                end,
            })
            .collect()
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    pub schedule: ScheduleId,
    pub rotation: Option<String>,
    pub asker: PersonId,
    pub other: Option<PersonId>,
    pub start: Timestamp,
    pub end: Timestamp,
    pub back: Option<(Timestamp, Timestamp)>,
}

/// Whether somebody stands in a rotation at some time of a span.
fn stands(state: &State, ask: &Ask, person: &PersonId, span: (Timestamp, Timestamp)) -> bool {
    let Some(schedule) = state.config.schedule(&ask.schedule) else { return false };
    let shifts = schedule.shifts(&state.overrides_of(&schedule.id), span.0, span.1);
    let here = |rotation: &str| ask.rotation.as_deref().is_none_or(|r| r == rotation);
    shifts.iter().any(|s| here(&s.rotation) && s.people.contains(person))
}

pub(super) fn ask(state: &State, at: Timestamp, by: &Actor, ask: Ask) -> Result<Vec<Event>, Refusal> {
    state.require(by, if by.person() == Some(&ask.asker) { Role::Responder } else { Role::Operator })?;
    if ask.back.is_some() && ask.other.is_none() {
        return Err(Refusal::invalid("back", "a shift of nobody in particular", "say whose shift is taken for it"));
    }
    for person in [Some(&ask.asker), ask.other.as_ref()].into_iter().flatten() {
        state.config.person(person).ok_or_else(|| Refusal::unknown("person", person))?;
    }
    if ask.other.as_ref() == Some(&ask.asker) {
        return Err(Refusal::conflict(says::swap_own(&ask.asker)));
    }
    for (start, end) in [(ask.start, ask.end)].into_iter().chain(ask.back) {
        if start >= end || end <= at {
            return Err(Refusal::invalid(
                "to",
                format!("{start} to {end}"),
                "a time that ends after it begins, and not over yet",
            ));
        }
    }
    if !stands(state, &ask, &ask.asker, (ask.start, ask.end)) {
        return Err(Refusal::conflict(says::swap_not_on(&ask.asker, &ask.schedule, ask.start, ask.end)));
    }
    if let (Some(other), Some(back)) = (&ask.other, ask.back)
        && !stands(state, &ask, other, back)
    {
        return Err(Refusal::conflict(says::swap_not_on(other, &ask.schedule, back.0, back.1)));
    }
    let open = state.roster.swaps().filter(|s| s.is_open()).count();
    if open >= MAX_SWAPS {
        return Err(Refusal::invalid("swap", format!("{open} that wait"), format!("at most {MAX_SWAPS}")));
    }
    let Ask { schedule, rotation, asker, other, start, end, back } = ask;
    let first = back.map_or(start, |(back, _)| back.min(start));
    // A shift that runs already can still be given away, until its end.
    let last = if first > at { first } else { end };
    let expires = last.min(SWAP_PATIENCE.after(at));
    let (id, status) = (state.roster.last_swap + 1, SwapStatus::Asked);
    let swap = Swap { id, schedule, rotation, asker, other, start, end, back, at, expires, status };
    // Overrides are checked now, so that nobody accepts what cannot be.
    for over in swap.overrides(state.next_override, swap.other.as_ref().unwrap_or(&swap.asker)) {
        super::decide::check_override(state, &over)?;
    }
    let told: Vec<PersonId> = match &swap.other {
        Some(other) => vec![other.clone()],
        None => (state.config.schedule(&swap.schedule).map(|s| s.people()).unwrap_or_default().into_iter())
            .filter(|p| **p != swap.asker)
            .cloned()
            .collect(),
    };
    let title = says::memo_swap_asked(&swap.asker, &swap.schedule);
    let text = facts(&swap);
    let mut events = vec![Event::Roster(RosterEvent::SwapAsked { swap: swap.clone() })];
    events.extend(tell(state, at, &told, title, text, swap.expires));
    Ok(events)
}

/// What a swap is about, in sentences.
fn facts(swap: &Swap) -> Vec<Said> {
    let give = says::memo_swap_give(&swap.asker, swap.start, swap.end);
    let back = swap.back.map(|(start, end)| says::memo_swap_back(&swap.asker, start, end));
    [give].into_iter().chain(back).chain([says::memo_swap_until(swap.expires)]).collect()
}

fn tell(
    state: &State,
    at: Timestamp,
    people: &[PersonId],
    title: Said,
    text: Vec<Said>,
    until: Timestamp,
) -> Vec<Event> {
    let letter = |person: &PersonId| Letter {
        person: person.clone(),
        title: title.clone(),
        text: text.clone(),
        link: "/schedule".to_owned(),
        until: memo::LIFE.after(at).min(until),
    };
    memo::write(state, at, people.iter().map(letter))
}

fn open(state: &State, id: u64) -> Result<&Swap, Refusal> {
    let swap = state.roster.swap(id).ok_or_else(|| Refusal::unknown("swap", id))?;
    if swap.is_open() { Ok(swap) } else { Err(Refusal::conflict(says::swap_over(id))) }
}

/// For whom an answer is given. The administrator on the machine answers for whoever was asked.
fn answerer(swap: &Swap, by: &Actor) -> Result<PersonId, Refusal> {
    let who = by.person().or(swap.other.as_ref()).ok_or_else(|| Refusal::conflict(says::swap_whose(swap.id)))?;
    match &swap.other {
        Some(other) if other != who => Err(Refusal::conflict(says::swap_other(swap.id, other))),
        _ if *who == swap.asker => Err(Refusal::conflict(says::swap_own(who))),
        _ => Ok(who.clone()),
    }
}

pub(super) fn accept(state: &State, at: Timestamp, by: Actor, id: u64) -> Result<Vec<Event>, Refusal> {
    state.require(&by, Role::Responder)?;
    let swap = open(state, id)?;
    if swap.status != SwapStatus::Asked {
        return Err(Refusal::conflict(says::swap_taken(id)));
    }
    let with = answerer(swap, &by)?;
    if !state.is_reachable(&with) {
        return Err(Refusal::conflict(says::unreachable(&with)));
    }
    let schedule = state.config.schedule(&swap.schedule).ok_or_else(|| Refusal::unknown("schedule", &swap.schedule))?;
    if schedule.swap_approval {
        let mut events = vec![Event::Roster(RosterEvent::SwapAccepted { id, by: with.clone() })];
        let approvers: Vec<PersonId> = (state.config.people.iter())
            .filter(|p| p.role >= Role::Operator && p.id != with && p.id != swap.asker)
            .filter(|p| p.role == Role::Admin || schedule.people().contains(&p.id))
            .map(|p| p.id.clone())
            .collect();
        let title = says::memo_swap_approve(&swap.asker, &with, &swap.schedule);
        events.extend(tell(state, at, &approvers, title, facts(swap), swap.expires));
        return Ok(events);
    }
    done(state, at, swap, with, by)
}

pub(super) fn approve(state: &State, at: Timestamp, by: Actor, id: u64) -> Result<Vec<Event>, Refusal> {
    state.require(&by, Role::Operator)?;
    let swap = open(state, id)?;
    let SwapStatus::Accepted { by: with } = &swap.status else {
        return Err(Refusal::conflict(says::swap_not_accepted(id)));
    };
    if by.person().is_some_and(|who| who == with || *who == swap.asker) {
        return Err(Refusal::conflict(says::swap_third(id)));
    }
    done(state, at, swap, with.clone(), by)
}

fn done(state: &State, at: Timestamp, swap: &Swap, with: PersonId, by: Actor) -> Result<Vec<Event>, Refusal> {
    let overrides = swap.overrides(state.next_override, &with);
    overrides.iter().try_for_each(|over| super::decide::check_override(state, over))?;
    let ids = overrides.iter().map(|o| o.id).collect();
    let people = [swap.asker.clone(), with.clone()];
    let title = says::memo_swap_done(&swap.asker, &with, &swap.schedule);
    let text = vec![says::memo_swap_give(&swap.asker, swap.start, swap.end)]
        .into_iter()
        .chain(swap.back.map(|(start, end)| says::memo_swap_back(&swap.asker, start, end)))
        .collect();
    let mut events: Vec<Event> =
        overrides.into_iter().map(|over| Event::OverrideAdded { over, by: by.clone() }).collect();
    let told = tell(state, at, &people, title, text, Timestamp::MAX);
    events.push(Event::Roster(RosterEvent::SwapEnded { id: swap.id, end: SwapEnd::Done { with, overrides: ids }, by }));
    events.extend(told);
    Ok(events)
}

/// Who was asked says no; so may an approver of what was accepted.
pub(super) fn decline(state: &State, at: Timestamp, by: Actor, id: u64) -> Result<Vec<Event>, Refusal> {
    state.require(&by, Role::Responder)?;
    let swap = open(state, id)?;
    let who = by.person();
    if matches!(swap.status, SwapStatus::Accepted { .. }) {
        state.require(&by, Role::Operator)?;
    } else {
        if swap.other.is_none() {
            return Err(Refusal::conflict(says::swap_whose(id)));
        }
        answerer(swap, &by)?;
    }
    let title = says::memo_swap_declined(who.map_or("noout", PersonId::as_str), &swap.schedule);
    Ok(ended(state, at, swap, SwapEnd::Declined, by, title))
}

pub(super) fn withdraw(state: &State, at: Timestamp, by: Actor, id: u64) -> Result<Vec<Event>, Refusal> {
    state.require(&by, Role::Responder)?;
    let swap = open(state, id)?;
    state.require(&by, if by.person() == Some(&swap.asker) { Role::Responder } else { Role::Operator })?;
    let title = says::memo_swap_withdrawn(&swap.asker, &swap.schedule);
    Ok(ended(state, at, swap, SwapEnd::Withdrawn, by, title))
}

fn ended(state: &State, at: Timestamp, swap: &Swap, end: SwapEnd, by: Actor, title: Said) -> Vec<Event> {
    let concerned = match (&end, &swap.status) {
        (SwapEnd::Withdrawn, SwapStatus::Accepted { by }) => vec![by.clone()],
        (SwapEnd::Withdrawn, _) => swap.other.iter().cloned().collect(),
        (_, SwapStatus::Accepted { by }) => vec![swap.asker.clone(), by.clone()],
        _ => vec![swap.asker.clone()],
    };
    let text = vec![says::memo_swap_give(&swap.asker, swap.start, swap.end)];
    let mut events = vec![Event::Roster(RosterEvent::SwapEnded { id: swap.id, end, by })];
    events.extend(tell(state, at, &concerned, title, text, Timestamp::MAX));
    events
}

/// Swaps that nobody answered in time.
pub(super) fn settle(state: &State, at: Timestamp) -> Vec<Event> {
    let Some(swap) = state.roster.swaps().find(|s| s.is_open() && s.expires <= at) else { return Vec::new() };
    let title = says::memo_swap_expired(&swap.schedule);
    ended(state, at, swap, SwapEnd::Expired, Actor::Noout, title)
}

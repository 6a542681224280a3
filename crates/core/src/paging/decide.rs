//! Who is told next.

use std::collections::{BTreeMap, BTreeSet};

use noout_types::{IncidentId, PageId, PersonId, PolicyId, Span, Timestamp, Urgency};

use super::{Escalation, Page, PagingEvent, Why};
use crate::config::{Config, Pick, Policy, Step, Target};
use crate::engine::State;
use crate::event::Event;
use crate::incident::{Audience, Incident};
use crate::silence;

/// The wait where a configuration has no policy at all; paging fails open, so everybody is told.
pub(crate) const DEFAULT_WAIT: Span = Span::from_mins(5);

/// What time does: steps that are due, superiors, hand-overs.
pub(crate) fn settle(state: &State, at: Timestamp) -> Vec<Event> {
    let (owed_now, turns, events) = (BTreeSet::new(), BTreeMap::new(), Vec::new());
    let mut out = Out { state, next_page: state.next_page, owed_now, turns, may_spare: false, events };
    for id in state.paging.ripe(at) {
        let (Some(incident), Some(escalation)) = (state.incidents.get(id), state.paging.escalation(id)) else {
            continue;
        };
        // A person gave it to a person: no rule stands between them.
        if let Some(to) = &escalation.handed_to {
            out.page(at, incident, to, &Why::HandedOver);
        }
        if let Some(event) = hold(state, at, incident, escalation) {
            out.push(event);
            continue;
        }
        if escalation.held.is_some() {
            continue;
        }
        if escalation.superiors_due {
            out.overdue(at, incident, escalation);
        }
        // Nobody has it and somebody is to be woken: the state is looked at now, never a backlog of
        // steps that would have been due while noout was away.
        if incident.is_triggered() && escalation.next_at.is_some_and(|due| due <= at) {
            out.next_step(at, incident, escalation);
        }
    }
    out.events
}

struct Out<'a> {
    state: &'a State,
    next_page: u64,
    /// Pages that this decision opens, so that one person gets one.
    owed_now: BTreeSet<(IncidentId, PersonId)>,
    /// Whose turn it is, where steps tell one after the other and several incidents are decided at once.
    turns: BTreeMap<String, PersonId>,
    /// Whether who is awake may be spared: somebody else is told of this incident, or was.
    may_spare: bool,
    events: Vec<Event>,
}

impl Out<'_> {
    fn next_step(&mut self, at: Timestamp, incident: &Incident, escalation: &Escalation) {
        let config = &self.state.config;
        let id = incident.opened.id;
        let policy = policy_of(config, incident);
        let ladder = match incident.opened.audience {
            Audience::Policy => policy.map(ladder).unwrap_or_default(),
            Audience::Fallback => Vec::new(),
            Audience::Everybody if escalation.done == 0 => return self.everybody(at, id, policy),
            Audience::Everybody => Vec::new(),
        };
        let total =
            u32::try_from(ladder.len()).unwrap_or(u32::MAX).saturating_mul(policy.map_or(1, |p| p.rounds.max(1)));
        let mut skipped = Vec::new();
        let mut place = escalation.done;
        // After exhaustion only the fallback is paged, again and again, until somebody has it.
        while !escalation.exhausted && place < total {
            let (number, step) = ladder[place as usize % ladder.len()];
            let round = place / ladder.len() as u32 + 1;
            let mut people = self.people_of(at, incident, escalation, step);
            // Who passed it on is asked again in the next round, and who has it already is not asked.
            people.retain(|p| round != escalation.round || !escalation.passed.contains(p));
            people.retain(|p| !incident.acked_by.contains(p));
            let turn = self.turn(at, policy, number, step, &mut people);
            if people.is_empty() {
                skipped.push(number);
                place += 1;
                continue;
            }
            let next_at = wait(policy, Some(step)).after(at);
            let why = Why::Step { round, step: number };
            let listed = people.iter().cloned().collect();
            let taken =
                PagingEvent::Escalated { incident: id, round, step: number, people: listed, skipped, next_at, turn };
            self.push(taken);
            // An incident that nobody was ever told of is told, whoever is up.
            let causes = causes(self.state, incident);
            let asleep = |p: &PersonId| self.state.paging.awake_until(p, &causes, at).is_none();
            self.may_spare = !escalation.paged.is_empty() || people.iter().any(asleep);
            for person in &people {
                self.page(at, incident, person, &why);
            }
            return;
        }
        let mut people = fallback(self.state);
        // The fallback could not be reached when it was paged before: whoever the policy names is tried again, too.
        let reached = |p: &Page| p.reached.is_some() && people.contains(&p.person);
        if escalation.exhausted && !self.state.paging.pages_of(id).any(reached) {
            for (_, step) in &ladder {
                people.extend(self.people_of(at, incident, escalation, step));
            }
        }
        let next_at = wait(policy, None).after(at);
        self.push(PagingEvent::Exhausted { incident: id, people: people.iter().cloned().collect(), next_at });
        for person in &people {
            self.page(at, incident, person, &Why::Fallback);
        }
    }

    fn everybody(&mut self, at: Timestamp, incident: IncidentId, policy: Option<&Policy>) {
        let people: Vec<_> = self.state.config.people.iter().map(|p| p.id.clone()).collect();
        let (listed, next_at) = (people.clone(), wait(policy, None).after(at));
        let (round, step, skipped, turn) = (1, 1, Vec::new(), None);
        self.push(PagingEvent::Escalated { incident, round, step, people: listed, skipped, next_at, turn });
        let Some(incident) = self.state.incidents.get(incident) else { return };
        for person in &people {
            self.page(at, incident, person, &Why::Step { round, step });
        }
    }

    /// Leaves only the one whose turn it is, where a step tells one after the other. Who was deleted meanwhile has had
    /// their turn.
    fn turn(
        &mut self,
        at: Timestamp,
        policy: Option<&Policy>,
        number: u32,
        step: &Step,
        people: &mut BTreeSet<PersonId>,
    ) -> Option<(String, PersonId)> {
        let key = format!("{}/{number}", policy.filter(|_| step.pick == Pick::Next)?.id);
        let last = self.turns.get(&key).or_else(|| self.state.paging.last_turn(&key)).cloned();
        // One who can be reached, if there is one: a turn of nobody would be a night without a page.
        let ready = |p: &&PersonId| self.state.is_ready_at(p, at);
        let mut round = people.iter().filter(ready);
        let after = last.and_then(|last| round.clone().find(|p| **p > last));
        let next = after.or_else(|| round.next()).or_else(|| people.first())?.clone();
        people.retain(|p| *p == next);
        self.turns.insert(key.clone(), next.clone());
        Some((key, next))
    }

    fn people_of(&self, at: Timestamp, incident: &Incident, e: &Escalation, step: &Step) -> BTreeSet<PersonId> {
        let mut people = BTreeSet::new();
        for target in &step.notify {
            match target {
                Target::Person(id) => {
                    people.insert(id.clone());
                }
                Target::Schedule(id) => people.extend(on_call(self.state, id, at)),
                Target::Team(id) => people.extend(self.state.config.team(id).iter().flat_map(|t| t.people.clone())),
                Target::Superiors => people.extend(superiors(&self.state.config, incident, e)),
            }
        }
        people.retain(|p| self.state.config.person(p).is_some());
        people
    }

    /// The deadline passed: whom the ladder for overdue incidents names, or the superiors.
    fn overdue(&mut self, at: Timestamp, incident: &Incident, escalation: &Escalation) {
        let config = &self.state.config;
        let step = policy_of(config, incident).and_then(|p| p.overdue.get(escalation.overdue_step as usize));
        let mut people = match step {
            Some(step) => self.people_of(at, incident, escalation, step),
            None => superiors(config, incident, escalation),
        };
        if !people.iter().any(|p| self.state.is_reachable(p)) {
            people.extend(fallback(self.state));
        }
        for person in people {
            self.page(at, incident, &person, &Why::Deadline);
        }
    }

    /// Opens a page unless one to that person about that incident is under way already: steps add,
    /// they never cancel a pending page.
    fn page(&mut self, at: Timestamp, incident: &Incident, person: &PersonId, why: &Why) {
        let id = incident.opened.id;
        let waiting = self.state.paging.pages_of(id).any(|p| p.person == *person && p.is_owed());
        // A hand-over or a deadline must be recorded even if the person is being paged already.
        let must = matches!(why, Why::HandedOver | Why::Deadline);
        if (waiting && !must) || !self.owed_now.insert((id, person.clone())) {
            return;
        }
        // Whoever is up because of the same thing need not be woken for it again, except as the last one.
        let spare = self.may_spare && matches!(why, Why::Step { .. });
        let awake = || self.state.paging.awake_until(person, &causes(self.state, incident), at);
        if let Some(until) = spare.then(awake).flatten() {
            self.push(PagingEvent::Spared { incident: id, person: person.clone(), until });
            return;
        }
        let page = PageId(self.next_page);
        self.next_page += 1;
        self.push(PagingEvent::Opened { page, incident: id, person: person.clone(), why: why.clone() });
    }

    fn push(&mut self, event: PagingEvent) {
        self.events.push(Event::Paging(event));
    }
}

/// The policy of an incident; the first one where its own is gone.
pub(crate) fn policy_of<'c>(config: &'c Config, incident: &Incident) -> Option<&'c Policy> {
    incident.opened.policy.as_ref().and_then(|p| config.policy(p)).or_else(|| config.policies.first())
}

/// The steps of a round with their numbers from 1, each as often as it is repeated.
fn ladder(policy: &Policy) -> Vec<(u32, &Step)> {
    let numbered = (1..).zip(&policy.steps);
    numbered.flat_map(|(number, step)| (0..step.repeat.max(1)).map(move |_| (number, step))).collect()
}

/// What an incident is about: itself, and the machine that its first alert names. Of what shares one of these a person
/// who is up knows already.
fn causes(state: &State, incident: &Incident) -> Vec<String> {
    let mut causes = vec![incident.opened.key.clone()];
    let first = incident.alerts.first().and_then(|fp| state.alerts.get(*fp));
    causes.extend(first.and_then(|alert| silence::machine(&alert.labels)).map(|machine| format!("machine/{machine}")));
    causes
}

/// "Not me now": the person is not asked again in this round, and if nobody else was asked, the next one is at once.
pub(crate) fn pass(state: &State, at: Timestamp, incident: &Incident, person: &PersonId) -> Option<Event> {
    let escalation = state.paging.escalation(incident.opened.id)?;
    let others = escalation.named.iter().any(|p| p != person && !escalation.passed.contains(p));
    let waits = escalation.next_at.is_some_and(|due| due > at);
    let next_at = (!others && waits).then_some(at);
    Some(Event::Paging(PagingEvent::PassedOn { incident: incident.opened.id, person: person.clone(), next_at }))
}

/// "I'm awake": no further pages about the same cause for a while, and once the time to look at it before others are
/// told. Nobody has it yet.
pub(crate) fn awake(state: &State, at: Timestamp, incident: &Incident, person: &PersonId) -> Option<Event> {
    let id = incident.opened.id;
    let escalation = state.paging.escalation(id)?;
    let first = !escalation.awake.contains(person);
    let wait = wait(policy_of(&state.config, incident), None).after(at);
    let next_at = escalation.next_at.filter(|due| first && *due < wait).map(|_| wait);
    let until = state.config.paging.awake.after(at);
    let (causes, person) = (causes(state, incident), person.clone());
    Some(Event::Paging(PagingEvent::Awake { incident: id, person, causes, until, next_at }))
}

/// Looks at whom rules hold back: incidents that are, or all of which people are being told.
pub(crate) fn look(state: &State, at: Timestamp, all: bool) -> Vec<Event> {
    let told = |id: IncidentId, e: &Escalation| {
        all && (e.next_at.is_some() || e.superiors_due || state.paging.pages_of(id).any(super::Page::is_owed))
    };
    let looked = state.paging.escalations().filter(|(id, e)| e.held.is_some() || told(*id, e));
    looked.filter_map(|(id, e)| hold(state, at, state.incidents.get(id)?, e)).map(Event::Paging).collect()
}

/// What must be recorded of an incident that is held back, or not any more. None if nothing changed.
fn hold(state: &State, at: Timestamp, incident: &Incident, escalation: &Escalation) -> Option<PagingEvent> {
    let id = incident.opened.id;
    match (&escalation.held, silence::of_incident(state, at, incident)) {
        (Some(held), Some(by)) if held.rule == by.rule && held.until > at && escalation.next_at.is_none() => None,
        (_, Some(by)) => Some(PagingEvent::HeldBack { incident: id, by }),
        (Some(_), None) => {
            let wakes = incident.is_triggered() && incident.opened.urgency == Urgency::High;
            Some(PagingEvent::LetGo { incident: id, next_at: wakes.then_some(at) })
        }
        (None, None) => None,
    }
}

fn wait(policy: Option<&Policy>, step: Option<&Step>) -> Span {
    let wait = step.and_then(|s| s.wait).or(policy.map(|p| p.ack_timeout)).unwrap_or(DEFAULT_WAIT);
    // A wait of zero would go through every step in one instant.
    wait.max(Span::from_secs(1))
}

/// How long a policy waits for somebody to take it.
pub(crate) fn ack_wait(config: &Config, policy: Option<&PolicyId>) -> Span {
    wait(policy.and_then(|p| config.policy(p)).or_else(|| config.policies.first()), None)
}

/// The people who are on call in a schedule at an instant, overrides included; and its fallback, while fewer are ready than
/// it promises. Who is away is paged all the same: in doubt one more, never one fewer.
pub(crate) fn on_call(state: &State, schedule: &noout_types::ScheduleId, at: Timestamp) -> BTreeSet<PersonId> {
    let Some(schedule) = state.config.schedule(schedule) else { return BTreeSet::new() };
    let on = schedule.on_call(&state.overrides_of(&schedule.id), at).into_iter().flat_map(|on| on.people);
    let mut on: BTreeSet<PersonId> = on.collect();
    let ready = on.iter().filter(|p| state.is_ready_at(p, at)).count();
    if ready < schedule.coverage as usize {
        on.extend(schedule.fallback.clone());
    }
    on
}

fn superiors(config: &Config, incident: &Incident, escalation: &Escalation) -> BTreeSet<PersonId> {
    let told = escalation.paged.iter().chain(incident.owner.as_ref());
    told.filter_map(|p| config.person(p)?.superior.clone()).filter(|s| config.person(s).is_some()).collect()
}

/// Who is paged when nobody else answered: the configured fallback, or everybody if none of it can be reached.
fn fallback(state: &State) -> BTreeSet<PersonId> {
    let config = &state.config;
    let named = config.server.fallback.iter().filter_map(|t| match t {
        Target::Person(id) if state.is_reachable(id) => Some(id.clone()),
        _ => None,
    });
    let named: BTreeSet<_> = named.collect();
    if named.is_empty() { config.people.iter().map(|p| p.id.clone()).collect() } else { named }
}

/// Whether people are to be woken about an incident from its first moment.
pub(crate) fn first_due(urgency: Urgency, at: Timestamp) -> Option<Timestamp> {
    (urgency == Urgency::High).then_some(at)
}

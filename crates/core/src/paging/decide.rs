//! Who is told next.

use std::collections::BTreeSet;

use noout_types::{IncidentId, PageId, PersonId, PolicyId, Span, Timestamp, Urgency};

use super::{Escalation, PagingEvent, Why};
use crate::config::{Config, Policy, Step, Target};
use crate::engine::State;
use crate::event::Event;
use crate::incident::{Audience, Incident};

/// The wait where a configuration has no policy at all; paging fails open, so everybody is told.
const DEFAULT_WAIT: Span = Span::from_mins(5);

/// What time does: steps that are due, superiors, hand-overs.
pub(crate) fn settle(state: &State, at: Timestamp) -> Vec<Event> {
    let mut out = Out { state, next_page: state.next_page, owed_now: BTreeSet::new(), events: Vec::new() };
    for id in state.paging.ripe(at) {
        let (Some(incident), Some(escalation)) = (state.incidents.get(id), state.paging.escalation(id)) else {
            continue;
        };
        if escalation.superiors_due {
            out.superiors(incident, escalation);
        }
        if let Some(to) = &escalation.handed_to {
            out.page(incident.opened.id, to, &Why::HandedOver);
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
    events: Vec<Event>,
}

impl Out<'_> {
    fn next_step(&mut self, at: Timestamp, incident: &Incident, escalation: &Escalation) {
        let config = &self.state.config;
        let id = incident.opened.id;
        let policy = incident.opened.policy.as_ref().and_then(|p| config.policy(p)).or_else(|| config.policies.first());
        let steps = match incident.opened.audience {
            Audience::Policy => policy.map_or(&[][..], |p| &p.steps[..]),
            Audience::Fallback => &[],
            Audience::Everybody if escalation.done == 0 => return self.everybody(at, id, policy),
            Audience::Everybody => &[],
        };
        let total =
            u32::try_from(steps.len()).unwrap_or(u32::MAX).saturating_mul(policy.map_or(1, |p| p.rounds.max(1)));
        let mut skipped = Vec::new();
        let mut place = escalation.done;
        // After exhaustion only the fallback is paged, again and again, until somebody has it.
        while !escalation.exhausted && place < total {
            let in_round = place as usize % steps.len();
            let (round, number) = (place / steps.len() as u32 + 1, in_round as u32 + 1);
            let step = &steps[in_round];
            let people = self.people_of(at, incident, escalation, step);
            if people.is_empty() {
                skipped.push(number);
                place += 1;
                continue;
            }
            let next_at = wait(policy, Some(step)).after(at);
            let why = Why::Step { round, step: number };
            let listed = people.iter().cloned().collect();
            self.push(PagingEvent::Escalated { incident: id, round, step: number, people: listed, skipped, next_at });
            for person in &people {
                self.page(id, person, &why);
            }
            return;
        }
        let people = fallback(config);
        let next_at = wait(policy, None).after(at);
        self.push(PagingEvent::Exhausted { incident: id, people: people.iter().cloned().collect(), next_at });
        for person in &people {
            self.page(id, person, &Why::Fallback);
        }
    }

    fn everybody(&mut self, at: Timestamp, incident: IncidentId, policy: Option<&Policy>) {
        let people: Vec<_> = self.state.config.people.iter().map(|p| p.id.clone()).collect();
        let (listed, next_at) = (people.clone(), wait(policy, None).after(at));
        self.push(PagingEvent::Escalated { incident, round: 1, step: 1, people: listed, skipped: Vec::new(), next_at });
        for person in &people {
            self.page(incident, person, &Why::Step { round: 1, step: 1 });
        }
    }

    fn people_of(&self, at: Timestamp, incident: &Incident, e: &Escalation, step: &Step) -> BTreeSet<PersonId> {
        let mut people = BTreeSet::new();
        for target in &step.notify {
            match target {
                Target::Person(id) => {
                    people.insert(id.clone());
                }
                Target::Schedule(id) => people.extend(on_call(self.state, id, at)),
                Target::Superiors => people.extend(superiors(&self.state.config, incident, e)),
            }
        }
        people.retain(|p| self.state.config.person(p).is_some());
        people
    }

    fn superiors(&mut self, incident: &Incident, escalation: &Escalation) {
        let mut people = superiors(&self.state.config, incident, escalation);
        if !people.iter().any(|p| self.state.config.is_reachable(p)) {
            people.extend(fallback(&self.state.config));
        }
        for person in people {
            self.page(incident.opened.id, &person, &Why::Deadline);
        }
    }

    /// Opens a page unless one to that person about that incident is under way already: steps add,
    /// they never cancel a pending page.
    fn page(&mut self, incident: IncidentId, person: &PersonId, why: &Why) {
        let waiting = self.state.paging.pages_of(incident).any(|p| p.person == *person && p.is_owed());
        // A hand-over or a deadline must be recorded even if the person is being paged already.
        let must = matches!(why, Why::HandedOver | Why::Deadline);
        if (waiting && !must) || !self.owed_now.insert((incident, person.clone())) {
            return;
        }
        let page = PageId(self.next_page);
        self.next_page += 1;
        self.push(PagingEvent::Opened { page, incident, person: person.clone(), why: why.clone() });
    }

    fn push(&mut self, event: PagingEvent) {
        self.events.push(Event::Paging(event));
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
    let ready = on.iter().filter(|p| state.config.is_reachable(p) && !state.is_away(p, at)).count();
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
fn fallback(config: &Config) -> BTreeSet<PersonId> {
    let named = config.server.fallback.iter().filter_map(|t| match t {
        Target::Person(id) if config.is_reachable(id) => Some(id.clone()),
        _ => None,
    });
    let named: BTreeSet<_> = named.collect();
    if named.is_empty() { config.people.iter().map(|p| p.id.clone()).collect() } else { named }
}

/// Whether people are to be woken about an incident from its first moment.
pub(crate) fn first_due(urgency: Urgency, at: Timestamp) -> Option<Timestamp> {
    (urgency == Urgency::High).then_some(at)
}

//! What an event does to the state.

use std::collections::BTreeSet;

use noout_types::{IncidentId, PersonId, PolicyId, Timestamp, Urgency};

use super::State;
use crate::alert::AlertEvent;
use crate::config::Config;
use crate::contact::ContactEvent;
use crate::drill::DrillEvent;
use crate::event::Event;
use crate::incident::{Cause, Incident, IncidentEvent, Status};
use crate::maintenance::MaintenanceEvent;
use crate::paging::{self, PagingEvent};
use crate::roster::RosterEvent;
use crate::silence::{self, Scope};

/// Closed incidents that stay at hand; older ones are in the read tables.
const KEEP_CLOSED: usize = 100;

/// What an event does. Infallible; recovery is this and nothing else.
pub fn apply(state: &mut State, at: Timestamp, event: &Event) {
    state.seq += 1;
    match event {
        Event::Alert(event) => apply_alert(state, at, event),
        Event::Incident(event) => {
            apply_incident(state, at, event);
            crate::ticket::follow(state, at, event);
        }
        Event::Ticket(event) => crate::ticket::apply(state, at, event),
        Event::Paging(event) => {
            if let PagingEvent::Opened { page, .. } = event {
                state.next_page = state.next_page.max(page.0 + 1);
            }
            state.paging.apply(at, event);
            held(state, at, event);
        }
        Event::Silence(event) => {
            state.silences.apply(at, event);
            state.tickets.look_again();
        }
        Event::Sensor(event) => state.sensors.apply(at, event),
        Event::Maintenance(event) => {
            if let MaintenanceEvent::Requested { id, incident, .. } = event {
                state.next_maintenance = state.next_maintenance.max(id.0 + 1);
                if let Some(incident) = incident {
                    state.incidents.change(*incident, |i| i.maintenance = Some(*id));
                }
            }
            let id = event.id();
            let mutes = |state: &State| state.maintenances.get(id).is_some_and(silence::mutes_its_host);
            let before = mutes(state);
            state.maintenances.apply(at, state.seq, &state.config.maintenance, event);
            match (before, mutes(state)) {
                (false, true) => state.silences.changed(Scope::All),
                (true, false) => state.silences.changed(Scope::HeldBack),
                _ => {}
            }
        }
        Event::Notice(event) => state.notices.apply(at, event),
        Event::Coverage(event) => state.coverage.apply(event),
        Event::Contact(event) => {
            state.contacts.apply(at, event);
            if event.changes_reach() {
                state.coverage.changed(at);
                state.drills.changed(at);
            }
            if let ContactEvent::Confirmed { person, .. } = event {
                state.drills.answered(person, at);
            }
        }
        Event::Drill(event) => {
            state.drills.apply(at, event);
            if matches!(event, DrillEvent::Ended { .. }) {
                state.coverage.changed(at);
            }
        }
        Event::Heartbeat(event) => state.heartbeats.apply(at, event),
        Event::ConfigApplied { version, config, by, .. } => {
            apply_config(state, at, *version, config);
            state.config_by = Some(by.clone());
            state.silences.configured(&state.config, state.alerts.iter().map(|(fp, a)| (fp, &a.labels)));
            state.roster_changed(at);
            state.heartbeats.configured(config);
            state.drills.config_changed(at, config);
        }
        Event::Roster(event) => {
            state.roster.apply(at, event);
            if matches!(
                event,
                RosterEvent::AbsenceAdded { .. }
                    | RosterEvent::AbsenceRemoved { .. }
                    | RosterEvent::AbsencesRead { .. }
            ) {
                state.coverage.changed(at);
                state.drills.changed(at);
            }
        }
        Event::Memo(event) => state.memos.apply(event),
        Event::Request(event) => state.requests.apply(at, event),
        Event::Meeting(event) => state.decisions.apply(at, event),
        Event::Token(event) => state.apply_token(at, event),
        Event::OverrideAdded { over, .. } => {
            state.override_added(at, over);
            state.roster_changed(at);
        }
        Event::OverrideRemoved { id, .. } => {
            state.override_removed(at, *id);
            state.roster_changed(at);
        }
        Event::Stopped { by, why } => state.stopped = Some((at, by.clone(), why.clone())),
        Event::ResumedAll { .. } => state.stopped = None,
        Event::PasswordSet { person, hash, .. } => {
            state.passwords.insert(person.clone(), hash.clone());
            *state.session_generation.entry(person.clone()).or_default() += 1;
        }
        Event::Invited { .. } => {}
        Event::SessionEnded { session, until, .. } => {
            // Those that are over anyway need not be remembered.
            state.ended_sessions.retain(|_, until| *until > at);
            state.ended_sessions.insert(session.clone(), *until);
        }
        Event::SignedOut { person } => *state.session_generation.entry(person.clone()).or_default() += 1,
    }
}

impl State {
    /// Who is on call is another now, or may be.
    fn roster_changed(&mut self, at: Timestamp) {
        self.coverage.changed(at);
        self.roster.changed(at);
        self.drills.changed(at);
    }
}

fn apply_alert(state: &mut State, at: Timestamp, event: &AlertEvent) {
    if let AlertEvent::Received { firing, .. } = event {
        for (fp, alert) in firing {
            state.incidents.change(alert.incident, |i| {
                i.alerts_total += u64::from(i.alerts.insert(*fp));
                i.silent = false;
            });
            // A source may say something else about an episode that it names: what it said before explains nothing more.
            if let Some(before) = state.alerts.get(*fp).filter(|before| before.labels != alert.labels) {
                state.silences.over(&state.config, *fp, &before.labels);
            }
            state.silences.fires(&state.config, *fp, &alert.labels);
        }
    }
    for (fp, alert) in state.alerts.apply(at, event) {
        state.incidents.change(alert.incident, |i| {
            i.alerts.remove(&fp);
        });
        state.silences.over(&state.config, fp, &alert.labels);
    }
    if let AlertEvent::Expired { silent, .. } = event {
        silent.iter().for_each(|id| state.incidents.change(*id, |i| i.silent = true));
    }
}

fn apply_config(state: &mut State, at: Timestamp, version: u64, config: &Config) {
    // A changed role ends the person's sessions: what they may do is read anew at the next sign-in.
    for person in &state.config.people {
        if config.person(&person.id).is_none_or(|now| now.role != person.role) {
            *state.session_generation.entry(person.id.clone()).or_default() += 1;
        }
    }
    state.passwords.retain(|id, _| config.person(id).is_some());
    for person in &config.people {
        if state
            .config
            .person(&person.id)
            .is_some_and(|before| (&before.contact, &before.contact_low) != (&person.contact, &person.contact_low))
        {
            state.paging.contacts_changed(&person.id);
        }
    }
    for gone in state.config.people.iter().filter(|p| config.person(&p.id).is_none()) {
        state.paging.person_gone(&gone.id, at);
    }
    state.roster.people_are(|id| config.person(id).is_some());
    state.config_version = version;
    state.config = config.clone();
    state.contacts.config_changed(config);
    state.tickets.config_changed(config);
}

fn apply_incident(state: &mut State, at: Timestamp, event: &IncidentEvent) {
    match event {
        IncidentEvent::Opened(opened) => {
            let id = opened.id;
            state.next_incident = state.next_incident.max(id.0 + 1);
            let deadline = deadline_of(state, opened.policy.as_ref(), opened.urgency, at);
            let due = paging::first_due(opened.urgency, at);
            state.incidents.insert(Incident {
                opened: (**opened).clone(),
                at,
                seq: state.seq,
                status: Status::Triggered,
                owner: None,
                alerts: BTreeSet::new(),
                alerts_total: 0,
                silent: false,
                acked_by: BTreeSet::new(),
                lapses_at: None,
                deadline,
                deadline_passed: false,
                overdue_at: deadline,
                overdue_steps: 0,
                maintenance: match &opened.cause {
                    Cause::Maintenance { maintenance } => Some(*maintenance),
                    _ => None,
                },
                tickets: std::collections::BTreeMap::new(),
            });
            state.paging.begin(id, due);
            state.alerts.opened(at, opened);
        }
        IncidentEvent::Raised { incident, severity, urgency, words, .. } => {
            let Some(known) = state.incidents.get(*incident) else { return };
            let deadline = deadline_of(state, known.opened.policy.as_ref(), *urgency, at);
            // An acknowledgement was given for what was known then.
            let (anew, before) = (!known.is_triggered(), known.opened.urgency);
            let wakes = *urgency == Urgency::High;
            state.incidents.change(*incident, |i| {
                (i.opened.severity, i.opened.urgency) = (*severity, *urgency);
                if wakes {
                    i.opened.rises_at = None;
                    i.acked_by.clear();
                    i.lapses_at = None;
                }
                if i.deadline.is_none() {
                    (i.deadline, i.overdue_at) = (deadline, deadline);
                }
                if let Some(words) = words {
                    (i.opened.title, i.opened.text) = words.english();
                    i.opened.words = Some(words.clone());
                }
                if wakes {
                    i.status = Status::Triggered;
                }
            });
            if before != *urgency {
                state.paging.urgency_changed(*incident);
            }
            if wakes {
                state.paging.wake(*incident, at, anew);
            }
        }
        IncidentEvent::Acked { incident, by } => {
            if let Some(person) = by.person().filter(|person| was_woken(state, person, at, *incident)) {
                state.roster.woken(person, at, *incident);
            }
            state.incidents.change(*incident, |i| {
                i.status = Status::Acked { by: by.clone(), at };
                i.owner = by.person().cloned().or(i.owner.take());
                i.acked_by.clear();
            });
            touched(state, *incident, at);
            state.paging.ack(*incident, by.person(), at);
        }
        IncidentEvent::AckedByOne { incident, by, .. } => {
            state.incidents.change(*incident, |i| {
                i.acked_by.insert(by.clone());
                i.owner = i.owner.take().or(Some(by.clone()));
            });
            state.paging.ack_one(*incident, by, at);
        }
        IncidentEvent::Unacked { incident, .. } => {
            state.incidents.change(*incident, |i| (i.status, i.lapses_at) = (Status::Triggered, None));
            state.paging.wake(*incident, at, true);
        }
        IncidentEvent::Resolved { incident, by, .. } => {
            if let Some(mut closed) = state.incidents.close(*incident) {
                closed.status = Status::Resolved { by: by.clone(), at };
                state.closed.push(closed);
                let over = state.closed.len().saturating_sub(KEEP_CLOSED);
                state.closed.drain(..over);
            }
            state.paging.forget(*incident, at);
        }
        IncidentEvent::HandedOver { incident, by, to } => {
            let Some(known) = state.incidents.get(*incident) else { return };
            let wakes = known.opened.urgency == Urgency::High;
            let wait = paging::ack_wait(&state.config, known.opened.policy.as_ref());
            // Nobody else is paged meanwhile; and as long as the receiver has not said yes, nobody has it.
            state.paging.ack(*incident, by.person(), at);
            state.incidents.change(*incident, |i| {
                (i.owner, i.status, i.lapses_at) = (Some(to.clone()), Status::Triggered, None);
                i.acked_by.clear();
            });
            state.paging.hand_over(*incident, to, wakes.then(|| wait.after(at)));
        }
        IncidentEvent::DeadlinePassed { incident, step } => {
            let ladder = state.incidents.get(*incident).and_then(|i| paging::policy_of(&state.config, i));
            // A step says how long to wait for the one after it.
            let this = ladder.and_then(|p| {
                p.overdue.get(*step as usize).zip(p.overdue.get(*step as usize + 1)).map(|(s, _)| (s, p))
            });
            let next = this.map(|(step, policy)| step.wait.unwrap_or(policy.ack_timeout).after(at));
            state.incidents.change(*incident, |i| {
                (i.deadline_passed, i.overdue_at, i.overdue_steps) = (true, next, step + 1);
            });
            state.paging.superiors_due(*incident, *step);
        }
        IncidentEvent::Noted { incident, .. } | IncidentEvent::Announced { incident, .. } => {
            touched(state, *incident, at);
        }
        IncidentEvent::AckedAtSource { .. } => {}
    }
}

/// Whoever has an incident did something: it does not lapse for a while.
fn touched(state: &mut State, incident: IncidentId, at: Timestamp) {
    let Some(known) = state.incidents.get(incident).filter(|i| i.is_acked()) else { return };
    let wakes = known.opened.urgency == Urgency::High;
    let span = paging::policy_of(&state.config, known).filter(|_| wakes).and_then(|p| p.unack_after);
    state.incidents.change(incident, |i| i.lapses_at = span.map(|span| span.after(at)));
}

/// What is held back is not overdue meanwhile; let go, it has its whole time again.
fn held(state: &mut State, at: Timestamp, event: &PagingEvent) {
    match event {
        PagingEvent::HeldBack { incident, .. } => state.incidents.change(*incident, |i| i.overdue_at = None),
        PagingEvent::LetGo { incident, .. } => {
            let Some(known) = state.incidents.get(*incident).filter(|i| !i.deadline_passed) else { return };
            let deadline = deadline_of(state, known.opened.policy.as_ref(), known.opened.urgency, at);
            state.incidents.change(*incident, |i| (i.deadline, i.overdue_at) = (deadline, deadline));
        }
        _ => {}
    }
}

/// Whether an acknowledgement is that of somebody whom a page reached at night, by the person's own clock.
fn was_woken(state: &State, person: &PersonId, at: Timestamp, incident: IncidentId) -> bool {
    let zone = state.config.person(person).map_or("UTC", |p| p.timezone.as_str());
    let paged = || state.paging.pages_of(incident).any(|page| page.person == *person && page.attempts > 0);
    noout_calendar::is_night(zone, at) && paged()
}

/// When superiors are told, if people are woken at all.
fn deadline_of(state: &State, policy: Option<&PolicyId>, urgency: Urgency, at: Timestamp) -> Option<Timestamp> {
    let policy = policy.and_then(|p| state.config.policy(p)).filter(|_| urgency == Urgency::High);
    policy.and_then(|p| p.resolve_deadline).map(|d| d.after(at))
}

//! What an event does to the state.

use noout_types::{PolicyId, Timestamp, Urgency};

use super::State;
use crate::alert::AlertEvent;
use crate::config::Config;
use crate::event::Event;
use crate::incident::{Cause, Incident, IncidentEvent, Status};
use crate::maintenance::MaintenanceEvent;
use crate::paging::{self, PagingEvent};

/// Closed incidents that stay at hand; older ones are in the read tables.
const KEEP_CLOSED: usize = 100;

/// What an event does. Infallible; recovery is this and nothing else.
pub fn apply(state: &mut State, at: Timestamp, event: &Event) {
    state.seq += 1;
    match event {
        Event::Alert(event) => {
            if let AlertEvent::Received { firing, .. } = event {
                for (fp, alert) in firing {
                    state.incidents.change(alert.incident, |i| {
                        i.alerts_total += u64::from(i.alerts.insert(*fp));
                        i.silent = false;
                    });
                }
            }
            for (incident, fp) in state.alerts.apply(at, event) {
                state.incidents.change(incident, |i| {
                    i.alerts.remove(&fp);
                });
            }
            if let AlertEvent::Expired { silent, .. } = event {
                silent.iter().for_each(|id| state.incidents.change(*id, |i| i.silent = true));
            }
        }
        Event::Incident(event) => apply_incident(state, at, event),
        Event::Paging(event) => {
            if let PagingEvent::Opened { page, .. } = event {
                state.next_page = state.next_page.max(page.0 + 1);
            }
            state.paging.apply(at, event);
        }
        Event::Sensor(event) => state.sensors.apply(at, event),
        Event::Maintenance(event) => {
            if let MaintenanceEvent::Requested { id, incident, .. } = event {
                state.next_maintenance = state.next_maintenance.max(id.0 + 1);
                if let Some(incident) = incident {
                    state.incidents.change(*incident, |i| i.maintenance = Some(*id));
                }
            }
            state.maintenances.apply(at, state.seq, &state.config.maintenance, event);
        }
        Event::Notice(event) => state.notices.apply(at, event),
        Event::Coverage(event) => state.coverage.apply(event),
        Event::Contact(event) => {
            state.contacts.apply(at, event);
            if event.changes_reach() {
                state.coverage.changed(at);
            }
        }
        Event::ConfigApplied { version, config, .. } => {
            apply_config(state, at, *version, config);
            state.coverage.changed(at);
        }
        Event::OverrideAdded { over, .. } => {
            state.next_override = state.next_override.max(over.id + 1);
            state.overrides.insert(over.id, over.clone());
            state.coverage.changed(at);
        }
        Event::OverrideRemoved { id, .. } => {
            state.overrides.remove(id);
            state.coverage.changed(at);
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
    state.config_version = version;
    state.config = config.clone();
    state.contacts.config_changed(config);
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
                alerts: std::collections::BTreeSet::new(),
                alerts_total: 0,
                silent: false,
                deadline,
                deadline_passed: false,
                maintenance: match &opened.cause {
                    Cause::Maintenance { maintenance } => Some(*maintenance),
                    _ => None,
                },
            });
            state.paging.begin(id, due);
        }
        IncidentEvent::Raised { incident, severity, urgency, words, .. } => {
            let Some(known) = state.incidents.get(*incident) else { return };
            let deadline = deadline_of(state, known.opened.policy.as_ref(), *urgency, at);
            // An acknowledgement was given for what was known then.
            let (anew, before) = (!known.is_triggered(), known.opened.urgency);
            let wakes = *urgency == Urgency::High;
            state.incidents.change(*incident, |i| {
                (i.opened.severity, i.opened.urgency) = (*severity, *urgency);
                i.deadline = i.deadline.or(deadline);
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
            state.incidents.change(*incident, |i| {
                i.status = Status::Acked { by: by.clone(), at };
                i.owner = by.person().cloned().or(i.owner.take());
            });
            state.paging.ack(*incident, by.person(), at);
        }
        IncidentEvent::Resolved { incident, by, .. } => {
            if let Some(mut closed) = state.incidents.close(*incident) {
                closed.status = Status::Resolved { by: by.clone(), at };
                state.closed.push(closed);
                let over = state.closed.len().saturating_sub(KEEP_CLOSED);
                state.closed.drain(..over);
            }
            state.paging.forget(*incident);
        }
        IncidentEvent::HandedOver { incident, by, to } => {
            let Some(known) = state.incidents.get(*incident) else { return };
            let wakes = known.opened.urgency == Urgency::High;
            let wait = paging::ack_wait(&state.config, known.opened.policy.as_ref());
            // Nobody else is paged meanwhile; and as long as the receiver has not said yes, nobody has it.
            state.paging.ack(*incident, by.person(), at);
            state.incidents.change(*incident, |i| (i.owner, i.status) = (Some(to.clone()), Status::Triggered));
            state.paging.hand_over(*incident, to, wakes.then(|| wait.after(at)));
        }
        IncidentEvent::DeadlinePassed { incident } => {
            state.incidents.change(*incident, |i| i.deadline_passed = true);
            state.paging.superiors_due(*incident);
        }
        IncidentEvent::Noted { .. } | IncidentEvent::Announced { .. } => {}
    }
}

/// When superiors are told, if people are woken at all.
fn deadline_of(state: &State, policy: Option<&PolicyId>, urgency: Urgency, at: Timestamp) -> Option<Timestamp> {
    let policy = policy.and_then(|p| state.config.policy(p)).filter(|_| urgency == Urgency::High);
    policy.and_then(|p| p.resolve_deadline).map(|d| d.after(at))
}

//! Read tables: what an event says to people (the timeline) and how things stand after it (documents).
//! Written in the same transaction as the journal, so that a page shows no more than the journal holds.

use noout_types::{IncidentId, MaintenanceId, Timestamp};
use serde_json::{Value, json};

use crate::actor::Actor;
use crate::alert::AlertEvent;
use crate::contact::ContactEvent;
use crate::coverage::CoverageEvent;
use crate::drill::DrillEvent;
use crate::engine::State;
use crate::event::Event;
use crate::heartbeat::{HeartbeatEvent, Signal};
use crate::incident::IncidentEvent;
use crate::journal::{Document, TimelineRow};
use crate::maintenance::MaintenanceEvent as M;
use crate::notice::{About, NoticeEvent};
use crate::paging::PagingEvent as P;
use crate::sensor::SensorEvent;
use crate::silence::SilenceEvent;
use crate::ticket::{TicketEvent, TicketOutcome};
use crate::token::TokenEvent;

/// Alerts of one body that get a timeline row of their own each; a storm gets one row for the rest.
const ALERT_ROWS: usize = 5;

/// The read tables' rows that follow from an event which has just been applied to `state`.
#[must_use]
pub fn project(state: &State, at: Timestamp, event: &Event) -> (Vec<TimelineRow>, Vec<Document>) {
    let mut out = Rows { seq: state.seq, at, timeline: Vec::new(), documents: Vec::new() };
    match event {
        Event::Alert(e) => out.alert(state, e),
        Event::Incident(e) => out.incident(state, e),
        Event::Paging(e) => out.paging(state, e),
        Event::Silence(e) => out.silence(state, e),
        Event::Sensor(e) => out.sensor(e),
        Event::Maintenance(e) => out.maintenance(state, e),
        Event::Notice(NoticeEvent::Posted { about, by, stage, words, .. }) => {
            let detail = json!({ "stage": stage, "words": words });
            match about {
                About::Incident(id) => out.row(incident(*id), by, "told_customers", &detail),
                About::Maintenance(id) => out.row(maintenance(*id), by, "told_customers", &detail),
            }
        }
        Event::Contact(e) => out.contact(e),
        Event::Drill(e) => out.drill(e),
        Event::Coverage(CoverageEvent::Checked { thin, .. }) => {
            for (schedule, gap) in thin {
                out.row(format!("schedule/{schedule}"), &Actor::Noout, "coverage_thin", &to(gap));
            }
        }
        Event::Roster(e) => out.roster(state, e),
        Event::Memo(e) => out.memo(e),
        Event::Request(e) => out.request(state, e),
        Event::Meeting(e) => out.meeting(state, e),
        Event::Token(e) => out.token(e),
        Event::Heartbeat(e) => out.heartbeat(state, e),
        Event::Ticket(e) => out.ticket(state, e),
        Event::ConfigApplied { version, by, text, .. } => {
            out.row("server".into(), by, "config_applied", &json!({ "version": version }));
            out.document("config", version, false, &json!({ "version": version, "by": by, "text": text }));
        }
        Event::OverrideAdded { over, by } => {
            out.row(format!("schedule/{}", over.schedule), by, "override_added", &to(over));
        }
        Event::OverrideRemoved { id, by } => out.row("server".into(), by, "override_removed", &json!({ "id": id })),
        Event::Stopped { by, why } => out.row("server".into(), by, "stopped", &json!({ "why": why })),
        Event::ResumedAll { by } => out.row("server".into(), by, "resumed", &json!({})),
        Event::PasswordSet { person, by, .. } => out.row(format!("person/{person}"), by, "password_set", &json!({})),
        Event::Invited { person, by } => out.row(format!("person/{person}"), by, "invited", &json!({})),
        Event::SessionEnded { person, .. } => {
            out.row(format!("person/{person}"), &Actor::Person(person.clone()), "session_ended", &json!({}));
        }
        Event::SignedOut { person } => {
            out.row(format!("person/{person}"), &Actor::Person(person.clone()), "signed_out", &json!({}));
        }
    }
    (out.timeline, out.documents)
}

mod requests;
mod roster;

fn incident(id: IncidentId) -> String {
    format!("incident/{id}")
}

fn maintenance(id: MaintenanceId) -> String {
    format!("maintenance/{id}")
}

fn to(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

struct Rows {
    seq: u64,
    at: Timestamp,
    timeline: Vec<TimelineRow>,
    documents: Vec<Document>,
}

impl Rows {
    fn row(&mut self, subject: String, by: &Actor, what: &str, detail: &Value) {
        let detail = detail.to_string();
        let (seq, at, actor, what) = (self.seq, self.at, by.to_string(), what.to_owned());
        self.timeline.push(TimelineRow { subject, seq, at, actor, what, detail });
    }

    fn document(&mut self, kind: &str, id: impl ToString, open: bool, body: &impl serde::Serialize) {
        let body = serde_json::to_string(body).unwrap_or_else(|_| Value::Null.to_string());
        let (seq, at, kind, id) = (self.seq, self.at, kind.to_owned(), id.to_string());
        self.documents.push(Document { kind, id, open, seq, at, body });
    }

    fn incident_document(&mut self, state: &State, id: IncidentId) {
        if let Some(found) = state.incident(id) {
            let open = state.incidents.get(id).is_some();
            self.document("incident", id, open, &found.summary());
        }
    }

    fn alert(&mut self, state: &State, event: &AlertEvent) {
        let (source, firing) = match event {
            AlertEvent::Received { source, firing, late, .. } => {
                for (fp, labels) in late.iter().take(ALERT_ROWS) {
                    let detail = json!({ "fingerprint": fp, "labels": labels });
                    self.row(format!("source/{source}"), &Actor::Source(source.clone()), "alert_late", &detail);
                }
                (source, firing)
            }
            AlertEvent::Change { source, summary, at, link } => {
                let detail = json!({ "summary": summary, "at": at, "link": link });
                self.row(format!("source/{source}"), &Actor::Source(source.clone()), "change", &detail);
                return;
            }
            AlertEvent::Expired { silent, .. } => {
                silent.iter().for_each(|id| self.row(incident(*id), &Actor::Noout, "fell_silent", &json!({})));
                return;
            }
        };
        let by = Actor::Source(source.clone());
        for (fp, alert) in firing.iter().take(ALERT_ROWS) {
            // A storm must not fill the timeline: the first alerts of an incident are told one by one.
            let total = state.incidents.get(alert.incident).map_or(0, |i| i.alerts_total);
            if total <= ALERT_ROWS as u64 {
                let detail = json!({ "fingerprint": fp, "labels": alert.labels, "annotations": alert.annotations });
                self.row(incident(alert.incident), &by, "alert_fired", &detail);
            }
        }
    }

    fn incident(&mut self, state: &State, event: &IncidentEvent) {
        let noout = Actor::Noout;
        let id = match event {
            IncidentEvent::Opened(o) => {
                let detail = json!({ "title": o.title, "text": o.text, "words": o.words, "severity": o.severity,
                    "urgency": o.urgency, "cause": o.cause, "policy": o.policy });
                let by = match &o.cause {
                    crate::incident::Cause::Person { by } => Actor::Person(by.clone()),
                    crate::incident::Cause::Alert { source, .. } => Actor::Source(source.clone()),
                    _ => noout,
                };
                self.row(incident(o.id), &by, "opened", &detail);
                o.id
            }
            IncidentEvent::Raised { incident: id, severity, why, .. } => {
                self.row(incident(*id), &noout, "raised", &json!({ "severity": severity, "why": why }));
                *id
            }
            IncidentEvent::Acked { incident: id, by } => {
                self.row(incident(*id), by, "acked", &json!({}));
                *id
            }
            IncidentEvent::AckedByOne { incident: id, by, missing } => {
                let by = Actor::Person(by.clone());
                self.row(incident(*id), &by, "acked_by_one", &json!({ "missing": missing }));
                *id
            }
            IncidentEvent::Unacked { incident: id, owner } => {
                self.row(incident(*id), &noout, "unacked", &json!({ "owner": owner }));
                *id
            }
            IncidentEvent::Resolved { incident: id, by, note } => {
                self.row(incident(*id), by, "resolved", &json!({ "note": note }));
                *id
            }
            IncidentEvent::Noted { incident: id, by, text } => {
                self.row(incident(*id), by, "noted", &json!({ "text": text }));
                *id
            }
            IncidentEvent::Announced { incident: id, by, text } => {
                self.row(incident(*id), by, "announced", &json!({ "text": text }));
                *id
            }
            IncidentEvent::AckedAtSource { incident: id, source, who, text } => {
                let detail = json!({ "who": who, "text": text });
                self.row(incident(*id), &Actor::Source(source.clone()), "acked_at_source", &detail);
                *id
            }
            IncidentEvent::HandedOver { incident: id, by, to } => {
                self.row(incident(*id), by, "handed_over", &json!({ "to": to }));
                *id
            }
            IncidentEvent::DeadlinePassed { incident: id, step } => {
                self.row(incident(*id), &noout, "deadline_passed", &json!({ "step": step }));
                *id
            }
        };
        self.incident_document(state, id);
    }

    fn paging(&mut self, state: &State, event: &P) {
        let noout = Actor::Noout;
        let of = |page| state.paging.page(page).map(|p| (p.incident, p.person.clone()));
        match event {
            P::Escalated { incident: id, round, step, people, skipped, .. } => {
                let detail = json!({ "round": round, "step": step, "people": people, "skipped": skipped });
                self.row(incident(*id), &noout, "escalated", &detail);
            }
            P::Exhausted { incident: id, people, .. } => {
                self.row(incident(*id), &noout, "exhausted", &json!({ "people": people }));
            }
            P::Opened { page, incident: id, person, why } => {
                let detail = json!({ "page": page, "incident": id, "person": person, "why": why });
                self.row(incident(*id), &noout, "page_opened", &detail);
                // Whom it woke how often is asked by person, over months.
                self.row(format!("person/{person}"), &noout, "paged", &detail);
            }
            P::Sending { page, attempt, channel, covers, .. } => {
                // Each incident's timeline tells that the message is about it, too.
                for (id, person) in std::iter::once(page).chain(covers).filter_map(|page| of(*page)) {
                    let detail = json!({ "page": page, "person": person, "attempt": attempt, "channel": channel,
                        "digest": covers.len() });
                    self.row(incident(id), &noout, "page_sending", &detail);
                }
            }
            P::Deferred { person, pages, until } => {
                for (id, _) in pages.iter().filter_map(|page| of(*page)) {
                    self.row(incident(id), &noout, "page_deferred", &json!({ "person": person, "until": until }));
                }
            }
            P::HeldBack { incident: id, by } => self.row(incident(*id), &noout, "held_back", &to(by)),
            P::LetGo { incident: id, .. } => self.row(incident(*id), &noout, "let_go", &json!({})),
            P::PassedOn { incident: id, person, .. } => {
                self.row(incident(*id), &Actor::Person(person.clone()), "passed_on", &json!({}));
            }
            P::Awake { incident: id, person, until, .. } => {
                self.row(incident(*id), &Actor::Person(person.clone()), "awake", &json!({ "until": until }));
            }
            P::Spared { incident: id, person, until } => {
                self.row(incident(*id), &noout, "page_spared", &json!({ "person": person, "until": until }));
            }
            P::Attempted { page, incident: id, person, attempt, outcome, next } => {
                let detail = json!({ "page": page, "person": person, "attempt": attempt, "outcome": outcome,
                    "next_at": next.map(|(_, at)| at) });
                self.row(incident(*id), &noout, "page_attempted", &detail);
            }
            P::Receipt { page, incident: id, person, attempt, receipt, next } => {
                let detail = json!({ "page": page, "person": person, "attempt": attempt, "receipt": receipt,
                    "next_at": next.map(|(_, at)| at) });
                self.row(incident(*id), &noout, "page_receipt", &detail);
            }
            P::Failed { page, incident: id, person, why } => {
                self.row(incident(*id), &noout, "page_failed", &json!({ "page": page, "person": person, "why": why }));
            }
        }
    }

    fn token(&mut self, event: &TokenEvent) {
        // The digest is nobody's to read.
        match event {
            TokenEvent::Added { name, role, by, .. } => {
                self.row("server".into(), by, "token_added", &json!({ "token": name, "role": role }));
            }
            TokenEvent::Revoked { name, by } => {
                self.row("server".into(), by, "token_revoked", &json!({ "token": name }));
            }
        }
    }

    fn drill(&mut self, event: &DrillEvent) {
        let (person, what, detail) = match event {
            DrillEvent::Begun { person, shift, until } => {
                (person, "drill_begun", json!({ "shift": shift, "until": until }))
            }
            DrillEvent::Ended { person, answered: true } => (person, "drill_answered", json!({})),
            DrillEvent::Ended { person, answered: false } => (person, "drill_missed", json!({})),
            DrillEvent::Looked { .. } => return,
        };
        self.row(format!("person/{person}"), &Actor::Noout, what, &detail);
    }

    fn contact(&mut self, event: &ContactEvent) {
        let person = event.person();
        let themselves = Actor::Person(person.clone());
        let (by, what, detail) = match event {
            // The subscription itself is nobody's to read.
            ContactEvent::Enrolled { name, .. } => (&themselves, "device_enrolled", json!({ "name": name })),
            ContactEvent::Dropped { by, .. } => (by, "device_dropped", json!({})),
            ContactEvent::TestBegun { test, channel, by, .. } => {
                (by, "test_begun", json!({ "test": test, "channel": channel }))
            }
            ContactEvent::TestEnded { test, outcome, .. } => {
                (&Actor::Noout, "test_ended", json!({ "test": test, "outcome": outcome }))
            }
            ContactEvent::TestReceipt { test, receipt, .. } => {
                (&Actor::Noout, "test_receipt", json!({ "test": test, "receipt": receipt }))
            }
            ContactEvent::Looked { unusable, .. } => {
                let why: Vec<&String> = unusable.values().collect();
                (
                    &Actor::Noout,
                    if why.is_empty() { "contacts_usable" } else { "contacts_unusable" },
                    json!({ "why": why }),
                )
            }
            ContactEvent::Confirmed { test, channel, .. } => {
                (&themselves, "contact_confirmed", json!({ "test": test, "channel": channel }))
            }
        };
        self.row(format!("person/{person}"), by, what, &detail);
    }

    fn ticket(&mut self, state: &State, event: &TicketEvent) {
        let noout = Actor::Noout;
        let wanted = |tracker: &noout_types::TrackerId| json!({ "tracker": tracker });
        let Some((id, tracker)) = state.tickets.told(event) else {
            if let TicketEvent::Weighed { incident: id, trackers, .. } = event {
                trackers.iter().for_each(|(_, t)| self.row(incident(*id), &noout, "ticket_wanted", &wanted(t)));
            }
            return;
        };
        match event {
            TicketEvent::Wanted { by, .. } => self.row(incident(id), by, "ticket_wanted", &wanted(&tracker)),
            TicketEvent::Did { outcome: TicketOutcome::Filed { id: theirs, url }, .. } => {
                let detail = json!({ "tracker": tracker, "ticket": theirs, "url": url });
                self.row(incident(id), &noout, "ticket_filed", &detail);
                self.incident_document(state, id);
            }
            TicketEvent::Did { outcome: TicketOutcome::Permanent(why), .. } => {
                self.row(incident(id), &noout, "ticket_failed", &json!({ "tracker": tracker, "why": why }));
            }
            TicketEvent::Heard { comment, .. } => {
                let detail = json!({ "tracker": tracker, "author": comment.author, "text": comment.text });
                self.row(incident(id), &noout, "ticket_heard", &detail);
            }
            TicketEvent::ClosedThere { .. } => {
                self.row(incident(id), &noout, "ticket_closed_there", &wanted(&tracker));
            }
            TicketEvent::ReopenedThere { .. } => {
                self.row(incident(id), &noout, "ticket_reopened_there", &wanted(&tracker));
            }
            TicketEvent::Weighed { .. } | TicketEvent::Began { .. } | TicketEvent::Did { .. } => {}
        }
    }

    fn silence(&mut self, state: &State, event: &SilenceEvent) {
        let (ids, by, what) = match event {
            SilenceEvent::Set { silence } => (vec![silence.id], silence.by.clone(), "silence_set"),
            SilenceEvent::Ended { id, by } => (vec![*id], by.clone(), "silence_ended"),
            SilenceEvent::Expired { ids } => (ids.clone(), Actor::Noout, "silence_expired"),
            SilenceEvent::Looked => return,
        };
        for silence in ids.into_iter().filter_map(|id| state.silences.get(id)) {
            self.row(format!("silence/{}", silence.id), &by, what, &to(silence));
            self.document("silence", silence.id, what == "silence_set", silence);
        }
    }

    fn sensor(&mut self, event: &SensorEvent) {
        match event {
            SensorEvent::Changed { changes, .. } => {
                self.row(format!("host/{}", changes.host), &Actor::Noout, "sensors_changed", &to(changes));
            }
            SensorEvent::Found { finding, spare } => {
                let detail = json!({ "sensor": finding.key.sensor, "sentence": finding.said(), "spare": spare,
                    "score": finding.score, "dropouts": finding.dropouts });
                self.row(format!("host/{}", finding.key.host), &Actor::Noout, "fault_found", &detail);
            }
            SensorEvent::Cleared { key, by, part_replaced } => {
                let detail = json!({ "sensor": key.sensor, "part_replaced": part_replaced });
                self.row(format!("host/{}", key.host), by, "fault_cleared", &detail);
            }
        }
    }

    /// A ping that says nothing but that all is well would fill the timeline: the state keeps the last one.
    fn heartbeat(&mut self, state: &State, event: &HeartbeatEvent) {
        match event {
            HeartbeatEvent::Pinged { id, signal, run, body, .. } if *signal != Signal::Success || !body.is_empty() => {
                let took = state.heartbeats.get(id).and_then(|beat| beat.took);
                let detail = json!({ "signal": signal, "run": run, "body": body, "took": took });
                self.row(format!("heartbeat/{id}"), &Actor::Noout, &format!("ping_{}", signal.code()), &detail);
            }
            HeartbeatEvent::Missed { id, why, .. } => {
                self.row(format!("heartbeat/{id}"), &Actor::Noout, "beat_missed", &json!({ "why": why }));
            }
            HeartbeatEvent::Pinged { .. } | HeartbeatEvent::Watched { .. } | HeartbeatEvent::Excused { .. } => {}
        }
    }

    fn maintenance(&mut self, state: &State, event: &M) {
        let id = event.id();
        let (by, what) = told(event);
        let mut detail = match to(event) {
            Value::Object(map) => map.into_iter().next().map_or(Value::Null, |(_, inner)| inner),
            other => other,
        };
        if let Value::Object(map) = &mut detail {
            // The whole plan and the report stand in the document; the timeline names them.
            map.remove("plan");
            map.remove("report");
            map.remove("by");
        }
        if let Some(m) = state.maintenances.get(id) {
            if let Some(step) = step_of(event).and_then(|n| m.step(n))
                && let Value::Object(map) = &mut detail
            {
                map.insert("kind".into(), to(&step.kind));
            }
            if let Some(linked) = m.incident.filter(|_| is_milestone(event)) {
                self.row(incident(linked), &by, what, &detail);
            }
            self.document("maintenance", id, !m.phase.is_over(), m);
        }
        if !matches!(event, M::Sighted { .. } | M::Counted { .. }) {
            self.row(maintenance(id), &by, what, &detail);
        }
    }
}

fn step_of(event: &M) -> Option<u32> {
    match event {
        M::Waiting { step, .. }
        | M::Seen { step, .. }
        | M::Unseen { step, .. }
        | M::Intended { step, .. }
        | M::Acted { step, .. }
        | M::Lapsed { step, .. }
        | M::Passed { step, .. }
        | M::Overdue { step, .. }
        | M::Signed { step, .. } => Some(*step),
        _ => None,
    }
}

/// What the incident's own timeline tells of its maintenance: not each move.
fn is_milestone(event: &M) -> bool {
    matches!(
        event,
        M::Requested { .. }
            | M::Planned { .. }
            | M::Proposed { .. }
            | M::Approved { .. }
            | M::Voided { .. }
            | M::Held { .. }
            | M::Resumed { .. }
            | M::Aborted { .. }
            | M::Signed { .. }
            | M::Finished { .. }
    )
}

fn told(event: &M) -> (Actor, &'static str) {
    let person = |p: &noout_types::PersonId| Actor::Person(p.clone());
    match event {
        M::Requested { by, .. } => (by.clone(), "maintenance_requested"),
        M::Planned { .. } => (Actor::Noout, "planned"),
        M::NotPlannable { .. } => (Actor::Noout, "not_plannable"),
        M::Proposed { by, .. } => (by.clone(), "proposed"),
        M::Approved { by, .. } => (by.clone(), "approved"),
        M::Voided { .. } => (Actor::Noout, "voided"),
        M::Waiting { .. } => (Actor::Noout, "waiting"),
        M::Seen { .. } => (Actor::Noout, "seen"),
        M::Unseen { .. } => (Actor::Noout, "unseen"),
        M::Intended { .. } => (Actor::Noout, "intended"),
        M::Counted { .. } => (Actor::Noout, "counted"),
        M::Lapsed { .. } => (Actor::Noout, "lapsed"),
        M::Acted { .. } => (Actor::Noout, "acted"),
        M::Passed { .. } => (Actor::Noout, "passed"),
        M::Rerouted { .. } => (Actor::Noout, "rerouted"),
        M::Held { by, .. } => (by.clone(), "held"),
        M::Resumed { by, .. } => (by.clone(), "maintenance_resumed"),
        M::Aborted { by, .. } => (by.clone(), "aborted"),
        M::WatchRaised { .. } => (Actor::Noout, "watch_raised"),
        M::Noticed { .. } => (Actor::Noout, "noticed"),
        M::WatchCleared { .. } => (Actor::Noout, "watch_cleared"),
        M::Sighted { .. } => (Actor::Noout, "sighted"),
        M::Overdue { .. } => (Actor::Noout, "overdue"),
        M::Ticked { by, .. } => (person(by), "ticked"),
        M::OrderNoted { by, .. } => (person(by), "order_noted"),
        M::Signed { by, .. } => (person(by), "signed"),
        M::Finished { .. } => (Actor::Noout, "finished"),
    }
}

//! What requests and decisions say to people.

use serde_json::json;

use super::{Rows, incident, maintenance, to};
use crate::actor::Actor;
use crate::engine::State;
use crate::meeting::{About, Decision, MeetingEvent};
use crate::request::RequestEvent as R;

impl Rows {
    pub(super) fn request(&mut self, state: &State, event: &R) {
        let id = event.id();
        let subject = || format!("request/{id}");
        let Some(request) = state.requests.get(id) else { return };
        let short = json!({ "request": id, "title": request.title, "owner": request.owner, "from": request.from });
        match event {
            R::Asked { request } => {
                let detail = json!({ "title": request.title, "text": request.text, "from": request.from,
                    "urgency": request.urgency, "interrupts": request.interrupts, "wanted_by": request.wanted_by });
                self.row(subject(), &request.by, "request_asked", &detail);
            }
            R::Taken { by, .. } => self.row(subject(), &Actor::Person(by.clone()), "request_taken", &json!({})),
            R::HandedOver { by, to, .. } => self.row(subject(), by, "request_handed_over", &json!({ "to": to })),
            R::Answered { by, text, from, .. } => {
                self.row(subject(), by, "request_answered", &json!({ "text": text, "from": from }));
            }
            R::Weighed { by, urgency, interrupts, .. } => {
                let detail = json!({ "urgency": urgency, "interrupts": interrupts });
                self.row(subject(), by, "request_weighed", &detail);
            }
            R::Done { by, words, .. } => self.row(subject(), by, "request_done", &json!({ "text": words })),
            R::Declined { by, words, .. } => self.row(subject(), by, "request_declined", &json!({ "text": words })),
        }
        // The maintenance's own timeline says when it was interrupted and when it could go on.
        if matches!(event, R::Done { .. } | R::Declined { .. } | R::Weighed { .. }) {
            let ended = request.interrupted.iter().rev().find(|i| i.until == Some(self.at));
            if let Some(id) = ended.and_then(|i| i.maintenance) {
                self.row(maintenance(id), &Actor::Noout, "interruption_ended", &short);
            }
        }
        if matches!(event, R::Taken { .. } | R::HandedOver { .. } | R::Weighed { .. }) {
            let began = request.interrupts_now().filter(|i| i.from == self.at);
            if let Some(id) = began.and_then(|i| i.maintenance) {
                self.row(maintenance(id), &Actor::Noout, "interrupted", &short);
            }
        }
        self.document("request", id, request.is_open(), request);
    }

    pub(super) fn meeting(&mut self, state: &State, event: &MeetingEvent) {
        let id = event.id();
        let subject = || format!("decision/{id}");
        let Some(decision) = state.decisions.get(id) else { return };
        match event {
            MeetingEvent::Raised { decision } => {
                let detail = json!({ "decision": id, "title": decision.title, "text": decision.text,
                    "options": decision.options, "until": decision.until, "asked": decision.asked });
                self.row(subject(), &decision.by, "decision_raised", &detail);
                self.about(decision, &decision.by, "decision_raised", &detail);
            }
            MeetingEvent::Voiced { person, choice, words, .. } => {
                let option = match choice {
                    crate::meeting::Choice::Option(n) => decision.options.get(usize::from(*n).wrapping_sub(1)),
                    _ => None,
                };
                let detail = json!({ "choice": choice, "option": option, "text": words });
                self.row(subject(), &Actor::Person(person.clone()), "decision_voiced", &detail);
            }
            MeetingEvent::Closed { by, decided, why, .. } => {
                let silent: Vec<_> = decision.silent().collect();
                let detail = json!({ "decision": id, "title": decision.title, "decided": decided, "why": why,
                    "silent": silent });
                self.row(subject(), by, "decision_closed", &detail);
                self.about(decision, by, "decision_closed", &detail);
            }
        }
        self.document("decision", id, decision.closed.is_none(), &to(decision));
    }

    /// What is decided about something is told where people read about it.
    fn about(&mut self, decision: &Decision, by: &Actor, what: &str, detail: &serde_json::Value) {
        match decision.about {
            Some(About::Incident(id)) => self.row(incident(id), by, what, detail),
            Some(About::Request(id)) => self.row(format!("request/{id}"), by, what, detail),
            None => {}
        }
    }
}

//! What the roster's events and letters say to people.

use serde_json::json;

use super::{Rows, to};
use crate::actor::Actor;
use crate::engine::State;
use crate::memo::MemoEvent;
use crate::roster::{RosterEvent as R, SwapEnd};

impl Rows {
    pub(super) fn roster(&mut self, state: &State, event: &R) {
        let person = |id: &noout_types::PersonId| format!("person/{id}");
        match event {
            R::AbsenceAdded { away, by } => self.row(person(&away.person), by, "absence_added", &to(away)),
            R::AbsenceRemoved { id, by } => self.row("server".into(), by, "absence_removed", &json!({ "id": id })),
            R::AbsencesRead { person: who, source, away, by } => {
                let detail = json!({ "source": source, "absences": away.len() });
                self.row(person(who), by, "absences_read", &detail);
            }
            R::SwapAsked { swap } => {
                let by = Actor::Person(swap.asker.clone());
                self.row(format!("schedule/{}", swap.schedule), &by, "swap_asked", &to(swap));
            }
            R::SwapAccepted { id, by } => self.swap(state, *id, &Actor::Person(by.clone()), "swap_accepted"),
            R::SwapEnded { id, end, by } => {
                let what = match end {
                    SwapEnd::Done { .. } => "swap_done",
                    SwapEnd::Declined => "swap_declined",
                    SwapEnd::Withdrawn => "swap_withdrawn",
                    SwapEnd::Expired => "swap_expired",
                };
                self.swap(state, *id, by, what);
            }
            R::DutyChanged { on, .. } => {
                for (schedule, people) in on {
                    let detail = json!({ "people": people });
                    self.row(format!("schedule/{schedule}"), &Actor::Noout, "on_duty", &detail);
                }
            }
            R::FeedRenewed { feed, by } => {
                self.row("server".into(), by, "feed_renewed", &json!({ "feed": feed.to_string() }));
            }
        }
    }

    fn swap(&mut self, state: &State, id: u64, by: &Actor, what: &str) {
        if let Some(swap) = state.roster.swap(id) {
            self.row(format!("schedule/{}", swap.schedule), by, what, &to(swap));
        }
    }

    pub(super) fn memo(&mut self, event: &MemoEvent) {
        let person = |id: &noout_types::PersonId| format!("person/{id}");
        match event {
            MemoEvent::Written { memo } => {
                let detail = json!({ "letter": memo.id, "title": memo.title, "text": memo.text, "link": memo.link });
                self.row(person(&memo.person), &Actor::Noout, "letter_written", &detail);
            }
            MemoEvent::Sending { .. } => {}
            MemoEvent::Attempted { id, person: who, outcome, next, .. } => {
                let detail = json!({ "letter": id, "outcome": outcome, "next_at": next.map(|(_, at)| at) });
                self.row(person(who), &Actor::Noout, "letter_attempted", &detail);
            }
            MemoEvent::Dropped { id, person: who, why } => {
                self.row(person(who), &Actor::Noout, "letter_dropped", &json!({ "letter": id, "why": why }));
            }
        }
    }
}

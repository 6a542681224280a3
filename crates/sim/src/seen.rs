//! Which interesting states a run has reached. A test asserts that over some seeds each of them is: a simulator that
//! never gets anywhere finds nothing.

use std::collections::BTreeMap;

use noout_core::drill::DrillEvent;
use noout_core::heartbeat::HeartbeatEvent;
use noout_core::incident::IncidentEvent;
use noout_core::maintenance::{MaintenanceEvent as M, Outcome, Phase, StepKind};
use noout_core::paging::{PagingEvent as P, Receipt, SendOutcome};
use noout_core::request::RequestEvent;
use noout_core::sensor::SensorEvent;
use noout_core::{Event, State};

/// What is counted.
pub const SIGHTS: &[&str] = &[
    "acked by one of two",
    "alert expired",
    "awake",
    "held back",
    "let go",
    "page deferred",
    "pages in one message",
    "passed on",
    "taken from who fell silent",
    "a heartbeat is missed",
    "a request is taken",
    "arrived after it was taken",
    "dead, and paged from outside",
    "drill answered",
    "drill missed",
    "pages do not leave",
    "receipt missing",
    "told outside that a page is stuck",
    "act ambiguous",
    "act refused",
    "aborted",
    "aborted while the host was away",
    "acked",
    "acked while a page was on its way",
    "an act was looked for",
    "an effect's outcome was lost in a crash",
    "clock set back",
    "clock set forward",
    "crash after the commit, before the answer",
    "crash after the answer, before the effect",
    "crash before the commit",
    "deadline passed",
    "fenced",
    "finding of a sensor",
    "flag stood too long",
    "freeze",
    "handed over",
    "held by noout",
    "maintenance cancelled",
    "maintenance done",
    "no space",
    "page ambiguous",
    "page exhausted to the fallback",
    "page failed for good",
    "person left in the middle of an escalation",
    "plan voided",
    "proposer refused as approver",
    "recovered by a snapshot",
    "recovered from the beginning",
    "rerouted",
    "resumed",
    "stale approval refused",
    "stopped",
    "stopped with an intent in the air",
    "torn write",
    "unknown commit that was there",
    "watch raised",
    "work order overdue",
];

/// Sights that take many seeds: a run of a hundred and more must show them, the tests need not.
pub const RARE: &[&str] = &["act refused", "flag stood too long", "person left in the middle of an escalation"];

/// How often each sight was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen(BTreeMap<&'static str, u64>);

impl Seen {
    /// Counts a sight.
    pub fn sight(&mut self, what: &'static str) {
        debug_assert!(SIGHTS.contains(&what), "{what} is not in the list of sights");
        *self.0.entry(what).or_default() += 1;
    }

    /// How often a sight was seen.
    #[must_use]
    pub fn count(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or(0)
    }

    /// Adds what another run has seen.
    pub fn add(&mut self, other: &Self) {
        for (what, n) in &other.0 {
            *self.0.entry(what).or_default() += n;
        }
    }

    /// The sights that were never seen.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        SIGHTS.iter().copied().filter(|s| self.count(s) == 0).collect()
    }

    /// What an event means in the state before it.
    pub(crate) fn before(&mut self, state: &State, event: &Event) {
        match event {
            Event::Incident(IncidentEvent::Acked { incident, .. }) => {
                self.sight("acked");
                if state.paging.pages_of(*incident).any(|p| p.is_owed() && p.attempts > 0) {
                    self.sight("acked while a page was on its way");
                }
            }
            Event::Stopped { .. } => {
                self.sight("stopped");
                if noout_core::pending(state).any(|e| matches!(e, noout_core::Effect::Ensure { .. })) {
                    self.sight("stopped with an intent in the air");
                }
            }
            Event::ConfigApplied { config, .. } => {
                let gone = |p: &noout_core::paging::Page| config.person(&p.person).is_none();
                if state.paging.owed().any(gone) {
                    self.sight("person left in the middle of an escalation");
                }
            }
            Event::Maintenance(M::Aborted { id, .. }) => {
                self.sight("aborted");
                if state.maintenances.get(*id).is_some_and(noout_core::maintenance::Maintenance::host_is_away) {
                    self.sight("aborted while the host was away");
                }
            }
            _ => {}
        }
    }

    /// What an event means in the state after it.
    pub(crate) fn after(&mut self, state: &State, event: &Event) {
        match event {
            Event::Alert(noout_core::alert::AlertEvent::Expired { .. }) => self.sight("alert expired"),
            Event::Incident(IncidentEvent::DeadlinePassed { .. }) => self.sight("deadline passed"),
            Event::Incident(IncidentEvent::HandedOver { .. }) => self.sight("handed over"),
            Event::Incident(IncidentEvent::AckedByOne { .. }) => self.sight("acked by one of two"),
            Event::Incident(IncidentEvent::Unacked { .. }) => self.sight("taken from who fell silent"),
            Event::Drill(DrillEvent::Ended { answered, .. }) => {
                self.sight(if *answered { "drill answered" } else { "drill missed" });
            }
            Event::Incident(IncidentEvent::Opened(opened)) if opened.key == "paging/unsent" => {
                self.sight("pages do not leave");
            }
            Event::Heartbeat(HeartbeatEvent::Missed { .. }) => self.sight("a heartbeat is missed"),
            Event::Request(RequestEvent::Taken { .. }) => self.sight("a request is taken"),
            Event::Paging(P::Receipt { receipt: Receipt::Arrived { .. }, .. }) => {
                self.sight("arrived after it was taken");
            }
            Event::Paging(P::Receipt { receipt: Receipt::Missing, .. }) => self.sight("receipt missing"),
            Event::Paging(P::Awake { .. }) => self.sight("awake"),
            Event::Paging(P::PassedOn { .. }) => self.sight("passed on"),
            Event::Paging(P::HeldBack { .. }) => self.sight("held back"),
            Event::Paging(P::LetGo { .. }) => self.sight("let go"),
            Event::Paging(P::Deferred { .. }) => self.sight("page deferred"),
            Event::Paging(P::Sending { covers, .. }) if !covers.is_empty() => self.sight("pages in one message"),
            Event::Paging(P::Exhausted { .. }) => self.sight("page exhausted to the fallback"),
            Event::Paging(P::Attempted { outcome: SendOutcome::Ambiguous(_), .. }) => self.sight("page ambiguous"),
            Event::Paging(P::Attempted { outcome: SendOutcome::Permanent(_), next: None, .. } | P::Failed { .. }) => {
                self.sight("page failed for good");
            }
            Event::Sensor(SensorEvent::Found { .. }) => self.sight("finding of a sensor"),
            Event::Maintenance(event) => self.maintenance(state, event),
            _ => {}
        }
    }

    fn maintenance(&mut self, state: &State, event: &M) {
        match event {
            M::Acted { outcome: Outcome::Ambiguous { .. }, .. } => self.sight("act ambiguous"),
            M::Acted { outcome: Outcome::Refused { .. }, .. } => self.sight("act refused"),
            M::Finished { phase: Phase::Done, .. } => self.sight("maintenance done"),
            M::Finished { .. } => self.sight("maintenance cancelled"),
            M::Held { by: noout_core::Actor::Noout, .. } => self.sight("held by noout"),
            M::Resumed { .. } => self.sight("resumed"),
            M::Rerouted { .. } => self.sight("rerouted"),
            M::Voided { .. } => self.sight("plan voided"),
            M::WatchRaised { .. } => self.sight("watch raised"),
            M::Overdue { step: 0, .. } => self.sight("flag stood too long"),
            M::Overdue { id, step } => {
                let kind = state.maintenances.get(*id).and_then(|m| m.step(*step)).map(|s| &s.kind);
                if kind == Some(&StepKind::WorkOrder) {
                    self.sight("work order overdue");
                }
            }
            _ => {}
        }
    }
}

//! What must hold at every instant, as functions of the state and of the events that led to it.
//!
//! Each has the number under which the trust model lists it, and the simulator, the tests and
//! `noout verify` use the same functions. [`check`] looks at one settled state. [`Audit`] walks along a
//! journal and remembers what a state alone does not show: who signed, what was intended before.
//! What needs a look at the world outside (the provider's log, the platform's) is the simulator's.
//!
//! | number | what must hold |
//! |---|---|
//! | 2 | every alert ends as promised: whoever must be woken is owed a page, or a further step is due |
//! | 3 | what holds an incident back has a rule, an author and an expiry |
//! | 4 | an alert ends only when its source says so or its time is over |
//! | 5 | where fewer people are ready than promised, somebody is paged about it |
//! | 6 | the step after one comes within the policy's longest wait |
//! | 7 | a page whose outcome nobody knows is not delivered |
//! | 8 | as many different people take an incident as the policy wants |
//! | 9 | at the most R messages a person and window begin; what is more comes as a digest, never as nothing |
//! | 10 | an acknowledgement silences nothing that comes long after it |
//! | 13 | one failure domain at a time |
//! | 14 | nothing disruptive is intended without evidence that its gate holds |
//! | 15 | a flag of ours has an owner and a deadline: it is cleared, or a person is told |
//! | 18 | the intent stands in the journal before the outcome |
//! | 20 | the plan that runs is the plan that was approved |
//! | 21 | the one who proposes a plan does not approve it |
//! | 22 | nothing disruptive starts after `noout stop` |
//! | 23 | a human step never passes by time |

mod nights;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use noout_types::{Fingerprint, IncidentId, MaintenanceId, PageId, PersonId, Timestamp, Urgency};

use crate::actor::Actor;
use crate::alert::AlertEvent;
use crate::coverage::CoverageEvent;
use crate::engine::State;
use crate::event::Event;
use crate::incident::{Incident, IncidentEvent};
use crate::journal::Digest32;
use crate::maintenance::{MaintenanceEvent as M, Phase, StepState};
use crate::paging::{PageState, PagingEvent as P, Receipt, SendOutcome};
use crate::silence::Suppression;

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invariant {invariant}: {what}")]
pub struct Broken {
    /// Its number.
    pub invariant: u8,
    /// What was found, in words.
    pub what: String,
}

impl Broken {
    /// That an invariant does not hold, and what was found.
    #[must_use]
    pub fn new(invariant: u8, what: impl Into<String>) -> Self {
        Self { invariant, what: what.into() }
    }
}

fn broken(invariant: u8, what: impl Into<String>) -> Result<(), Broken> {
    Err(Broken::new(invariant, what))
}

/// Looks at a state that is settled at `at`: everything that followed from the time has been decided.
///
/// # Errors
/// The first invariant that does not hold.
pub fn check(state: &State, at: Timestamp) -> Result<(), Broken> {
    nobody_is_forgotten(state, at)?;
    alerts_have_a_place(state)?;
    digests_are_sent(state)?;
    one_failure_domain(state)?;
    flags_are_owned(state, at)
}

/// 2: where people must be woken, a page is owed or the next step is due in the future.
///
/// # Errors
/// Somebody was forgotten.
pub fn nobody_is_forgotten(state: &State, at: Timestamp) -> Result<(), Broken> {
    for incident in state.incidents.iter() {
        incident_goes_on(state, at, incident)?;
    }
    for page in state.paging.owed() {
        if state.incidents.get(page.incident).is_none() {
            return broken(2, format!("page {} is owed about incident {}, which is closed", page.id, page.incident));
        }
        if let PageState::Waiting { at: due, .. } = page.state
            && due <= at
        {
            return broken(2, format!("page {} was due at {due}, and at {at} it has not begun", page.id));
        }
    }
    Ok(())
}

fn incident_goes_on(state: &State, at: Timestamp, incident: &Incident) -> Result<(), Broken> {
    let id = incident.opened.id;
    let Some(escalation) = state.paging.escalation(id) else {
        return broken(2, format!("incident {id} is open and nothing keeps track of who was told"));
    };
    if incident.overdue_at.is_some_and(|due| due <= at) {
        return broken(2, format!("the deadline of incident {id} passed and the superiors do not know"));
    }
    if let Some(held) = &escalation.held {
        return held_back(at, id, held);
    }
    let anybody = !state.config.people.is_empty();
    if anybody && (escalation.superiors_due || escalation.handed_to.is_some()) {
        return broken(2, format!("incident {id}: somebody is still to be paged, and no page is owed"));
    }
    if !incident.is_triggered() || incident.opened.urgency == Urgency::Low {
        return Ok(());
    }
    match escalation.next_at {
        Some(due) if due <= at => broken(2, format!("incident {id}: the step due at {due} was not taken by {at}")),
        Some(_) => Ok(()),
        None if state.paging.pages_of(id).any(|p| p.is_owed()) => Ok(()),
        None => broken(2, format!("nobody has incident {id}, nobody is paged and no step is due")),
    }
}

/// 3: what holds an incident back has a rule, an author and an end that is still to come.
fn held_back(at: Timestamp, id: IncidentId, held: &Suppression) -> Result<(), Broken> {
    if held.author.is_empty() {
        return broken(3, format!("incident {id} is held back by {:?}, and nobody answers for it", held.rule));
    }
    if held.until <= at {
        return broken(3, format!("incident {id} is held back until {}, and it is {at}", held.until));
    }
    Ok(())
}

/// 9: a page that another one's message tells is told by a message that is still to arrive, to the same person.
fn digests_are_sent(state: &State) -> Result<(), Broken> {
    for page in state.paging.covered() {
        let PageState::Covered { lead } = page.state else { continue };
        let told = state.paging.page(lead).is_some_and(|lead| {
            matches!(lead.state, PageState::Waiting { .. } | PageState::Sending { .. }) && lead.person == page.person
        });
        if !told {
            return broken(
                9,
                format!("page {} waits for the message of page {lead}, which is not on its way", page.id),
            );
        }
    }
    Ok(())
}

/// 4: every alert belongs to an incident, and an open incident knows its alerts.
///
/// # Errors
/// An alert that stands nowhere, or in the wrong place.
pub fn alerts_have_a_place(state: &State) -> Result<(), Broken> {
    for (fp, alert) in state.alerts.iter() {
        match state.incidents.get(alert.incident) {
            Some(incident) if incident.alerts.contains(&fp) => {}
            Some(_) => return broken(4, format!("incident {} does not know its alert {fp}", alert.incident)),
            None if alert.incident.0 < state.next_incident => {}
            None => return broken(4, format!("alert {fp} belongs to incident {}, which never was", alert.incident)),
        }
    }
    for incident in state.incidents.iter() {
        if let Some(fp) = incident.alerts.iter().find(|fp| state.alerts.get(**fp).is_none()) {
            return broken(4, format!("incident {} counts alert {fp}, which does not fire", incident.opened.id));
        }
    }
    Ok(())
}

/// 13: at the most one maintenance of a platform is under way.
///
/// # Errors
/// Two are.
pub fn one_failure_domain(state: &State) -> Result<(), Broken> {
    let mut under_way = BTreeMap::new();
    for m in state.maintenances.iter().filter(|m| m.is_running()) {
        if let Some(other) = under_way.insert(&m.platform, m.id) {
            return broken(13, format!("maintenances {other} and {} of {} are under way at once", m.id, m.platform));
        }
    }
    Ok(())
}

/// 15: a flag that may stand because of us belongs to a maintenance that is under way, and when it stands for too
/// long a person is told.
///
/// # Errors
/// A flag without an owner, or one that is overdue and nobody knows.
pub fn flags_are_owned(state: &State, at: Timestamp) -> Result<(), Broken> {
    for m in state.maintenances.all().filter(|m| m.noout.is_ours()) {
        if m.phase.is_over() {
            return broken(15, format!("maintenance {} is over and noout of {} is still ours to clear", m.id, m.host));
        }
        if m.is_running() && !m.noout.overdue && m.noout.deadline.is_none_or(|deadline| deadline <= at) {
            return broken(15, format!("noout of {} stands too long and nobody was told", m.host));
        }
    }
    Ok(())
}

/// Walks along a journal, one event after the other.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    /// Until when each alert that fires does so.
    alerts: BTreeMap<Fingerprint, Option<Timestamp>>,
    /// The last attempt of each page that was announced.
    sendings: BTreeMap<PageId, u32>,
    delivered: BTreeSet<PageId>,
    /// When the last messages to each person began.
    begun: BTreeMap<PersonId, Vec<Timestamp>>,
    /// Whom the steps taken since the last [`Audit::settled`] name.
    named: Vec<(IncidentId, PersonId)>,
    acks: nights::Acks,
    intents: BTreeSet<(MaintenanceId, u32, u32)>,
    signed: BTreeSet<(MaintenanceId, u32)>,
    plans: BTreeMap<MaintenanceId, Digest32>,
    proposers: BTreeMap<MaintenanceId, Actor>,
    stopped: bool,
}

impl Audit {
    /// The beginning of a journal.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The next event, and the state right after it.
    ///
    /// # Errors
    /// The first invariant that the event breaks.
    pub fn record(&mut self, after: &State, at: Timestamp, event: &Event) -> Result<(), Broken> {
        match event {
            Event::Alert(event) => {
                nights::acks_cover_nothing_newer(after, at, event)?;
                self.alert(at, event)
            }
            Event::Incident(event) => {
                if let IncidentEvent::Resolved { incident, .. } = event {
                    self.named.retain(|(id, _)| id != incident);
                }
                self.acks.record(after, event)
            }
            Event::Coverage(CoverageEvent::Checked { thin, .. }) => nights::gaps_are_told(after, at, thin),
            Event::Paging(event) => self.paging(after, at, event),
            Event::Maintenance(event) => self.maintenance(after, event),
            Event::Stopped { .. } => {
                self.stopped = true;
                Ok(())
            }
            Event::ResumedAll { .. } => {
                self.stopped = false;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The end of a commit: what its events promised must stand in the state.
    ///
    /// # Errors
    /// A step named somebody who got no page.
    pub fn settled(&mut self, state: &State) -> Result<(), Broken> {
        for (incident, person) in std::mem::take(&mut self.named) {
            let open = state.incidents.get(incident).is_some();
            if open && !state.paging.pages_of(incident).any(|p| p.person == person) {
                return broken(2, format!("incident {incident}: {person} was to be told and has no page"));
            }
        }
        Ok(())
    }

    fn alert(&mut self, at: Timestamp, event: &AlertEvent) -> Result<(), Broken> {
        match event {
            AlertEvent::Received { firing, refreshed, resolved, .. } => {
                self.alerts.extend(firing.iter().map(|(fp, alert)| (*fp, alert.until)));
                self.alerts.extend(refreshed.iter().map(|r| (r.fingerprint, r.until)));
                for (fp, _) in resolved {
                    self.alerts.remove(fp);
                }
            }
            AlertEvent::Change { .. } => {}
            AlertEvent::Expired { fingerprints, .. } => {
                for fp in fingerprints {
                    let until = self.alerts.remove(fp).flatten();
                    if until.is_none_or(|until| until > at) {
                        return broken(4, format!("alert {fp} expired at {at}, its time was {until:?}"));
                    }
                }
            }
        }
        Ok(())
    }

    fn paging(&mut self, after: &State, at: Timestamp, event: &P) -> Result<(), Broken> {
        match event {
            P::Escalated { incident, people, next_at, .. } | P::Exhausted { incident, people, next_at } => {
                nights::next_step_is_soon(after, at, *incident, *next_at)?;
                self.named.extend(people.iter().map(|p| (*incident, p.clone())));
            }
            P::Sending { page, attempt, .. } => {
                self.sendings.insert(*page, *attempt);
                if *attempt == 1 {
                    self.begins(after, at, *page)?;
                }
            }
            P::Spared { incident, person, .. } => self.named.retain(|(i, p)| (i, p) != (incident, person)),
            P::Attempted { page, attempt, outcome, .. } => {
                if self.sendings.get(page).is_none_or(|last| last < attempt) {
                    return broken(18, format!("page {page}: attempt {attempt} ended and was never announced"));
                }
                if matches!(outcome, SendOutcome::Delivered(_)) {
                    self.delivered.insert(*page);
                }
                let taken_for = after.paging.page(*page).map(|p| &p.state);
                if matches!(taken_for, Some(PageState::Delivered { .. })) && !self.delivered.contains(page) {
                    return broken(7, format!("page {page} counts as delivered after {outcome:?}"));
                }
            }
            P::Receipt { page, attempt, receipt, .. } => {
                if self.sendings.get(page).is_some_and(|last| last < attempt) {
                    return broken(18, format!("page {page}: a receipt for attempt {attempt}, which never left"));
                }
                if matches!(receipt, Receipt::Arrived { .. }) {
                    self.delivered.insert(*page);
                }
                let taken_for = after.paging.page(*page).map(|p| &p.state);
                if matches!(taken_for, Some(PageState::Delivered { .. })) && !self.delivered.contains(page) {
                    return broken(7, format!("page {page} counts as delivered after {receipt:?}"));
                }
            }
            P::Opened { .. }
            | P::Failed { .. }
            | P::Deferred { .. }
            | P::HeldBack { .. }
            | P::LetGo { .. }
            | P::PassedOn { .. }
            | P::Awake { .. } => {}
        }
        Ok(())
    }

    /// 9: a message begins; with those before it in the window it is not more than the configuration allows.
    fn begins(&mut self, after: &State, at: Timestamp, page: PageId) -> Result<(), Broken> {
        let Some(person) = after.paging.page(page).map(|p| p.person.clone()) else { return Ok(()) };
        let rules = &after.config.paging;
        let begun = self.begun.entry(person).or_default();
        // What lies ahead was counted before the clock was set back.
        begun.retain(|began| rules.window.after(*began) > at && *began <= at);
        begun.push(at);
        if rules.rate > 0 && begun.len() > rules.rate as usize {
            return broken(9, format!("page {page} is message {} within {}", begun.len(), rules.window));
        }
        Ok(())
    }

    fn maintenance(&mut self, after: &State, event: &M) -> Result<(), Broken> {
        let id = event.id();
        match event {
            M::Planned { hash, .. } => {
                self.plans.insert(id, *hash);
                self.proposers.remove(&id);
            }
            M::Proposed { by, .. } => {
                self.proposers.insert(id, by.clone());
            }
            M::Approved { by, hash, break_glass, .. } => self.approved(id, by, *hash, break_glass.is_some())?,
            M::Voided { .. } => {
                self.proposers.remove(&id);
            }
            M::Intended { step, attempt, act, evidence, .. } => {
                if self.stopped && act.is_disruptive() {
                    return broken(22, format!("maintenance {id} intends {act:?} after `noout stop`"));
                }
                if act.is_disruptive() && evidence.seen.is_empty() {
                    return broken(14, format!("maintenance {id} intends {act:?} and has seen nothing"));
                }
                self.intents.insert((id, *step, *attempt));
            }
            M::Acted { step, attempt, .. } if !self.intents.contains(&(id, *step, *attempt)) => {
                return broken(18, format!("maintenance {id}: step {step} ended, and nobody had intended it"));
            }
            M::Signed { step, .. } => {
                self.signed.insert((id, *step));
            }
            _ => {}
        }
        self.people_do_human_steps(after, id)
    }

    fn approved(&self, id: MaintenanceId, by: &Actor, hash: Digest32, alone: bool) -> Result<(), Broken> {
        if self.plans.get(&id) != Some(&hash) {
            return broken(20, format!("maintenance {id} runs on the approval of another plan, {}", hash.short()));
        }
        if !alone && self.proposers.get(&id) == Some(by) {
            return broken(21, format!("{by} proposed maintenance {id} and approved it"));
        }
        if by.person().is_none() {
            return broken(21, format!("{by}, who is no person, approved maintenance {id}"));
        }
        Ok(())
    }

    fn people_do_human_steps(&self, after: &State, id: MaintenanceId) -> Result<(), Broken> {
        let Some(m) = after.maintenances.get(id).filter(|m| m.phase == Phase::Running) else { return Ok(()) };
        let done = m.steps.iter().filter(|s| s.kind.is_human() && matches!(s.state, StepState::Done { .. }));
        match done.into_iter().find(|s| !self.signed.contains(&(id, s.number))) {
            Some(step) => broken(23, format!("maintenance {id}: {} passed and nobody signed it", step.kind.code())),
            None => Ok(()),
        }
    }
}

//! Paging: who is told next, by which way, until somebody has it.

mod decide;
mod receipt;
mod send;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod ways_tests;

use std::collections::{BTreeMap, BTreeSet};

use noout_types::{IncidentId, PageId, PersonId, Said, Timestamp};
use serde::{Deserialize, Serialize};

pub(crate) use decide::{ack_wait, first_due, on_call, settle};
pub use receipt::{Awaited, Dispatch, Receipt};
pub(crate) use receipt::{missing, receipt};
pub use send::{MAX_BACKOFF, MAX_RECEIPT_WAIT, MAX_RETRY_AFTER, SendOutcome, TRIES_PER_CONTACT};
pub(crate) use send::{outcome, start};

/// Why a person is paged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A step of the policy.
    Step {
        /// The round, from 1.
        round: u32,
        /// The step, from 1.
        step: u32,
    },
    /// The resolution deadline passed.
    Deadline,
    /// All steps are exhausted and nobody acknowledged.
    Fallback,
    /// It was handed over to this person.
    HandedOver,
}

/// What happened to pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PagingEvent {
    /// The policy's next step was reached.
    Escalated {
        /// Which incident.
        incident: IncidentId,
        /// The round, from 1.
        round: u32,
        /// The step, from 1.
        step: u32,
        /// Whom the step names now, whether they are paged anew or a page to them is under way.
        people: Vec<PersonId>,
        /// Steps that named nobody and were passed at once.
        skipped: Vec<u32>,
        /// When the next step is due.
        next_at: Timestamp,
    },
    /// The policy has no further step: the fallback is paged.
    Exhausted {
        /// Which incident.
        incident: IncidentId,
        /// Who is paged now.
        people: Vec<PersonId>,
        /// When they are paged again, as long as nobody has it.
        next_at: Timestamp,
    },
    /// noout owes a person a page.
    Opened {
        /// The page.
        page: PageId,
        /// About what.
        incident: IncidentId,
        /// To whom.
        person: PersonId,
        /// Why.
        why: Why,
    },
    /// An attempt begins: journaled before the message leaves.
    Sending {
        /// The page.
        page: PageId,
        /// The attempt's number, from 1.
        attempt: u32,
        /// The place in the person's contact list.
        contact: u16,
        /// The contact's kind and host, for people to read.
        channel: String,
    },
    /// An attempt ended.
    Attempted {
        /// The page.
        page: PageId,
        /// The incident, so that the timeline has it even if the page is over.
        incident: IncidentId,
        /// To whom.
        person: PersonId,
        /// The attempt.
        attempt: u32,
        /// How it ended.
        outcome: SendOutcome,
        /// The next attempt: which contact and when. None if delivered and no further way joins in later, or if no contact
        /// can ever work.
        next: Option<(u16, Timestamp)>,
    },
    /// What came back, or did not come back in time, about an attempt that a provider had taken.
    Receipt {
        /// The page.
        page: PageId,
        /// The incident.
        incident: IncidentId,
        /// To whom.
        person: PersonId,
        /// The attempt.
        attempt: u32,
        /// What.
        receipt: Receipt,
        /// The next attempt, where one is waited for: which contact and when.
        next: Option<(u16, Timestamp)>,
    },
    /// The page can never reach the person: the person is gone or no contact works.
    Failed {
        /// The page.
        page: PageId,
        /// The incident.
        incident: IncidentId,
        /// To whom.
        person: PersonId,
        /// Why.
        why: Said,
    },
}

/// Where a page stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageState {
    /// The next attempt is due at a time.
    Waiting {
        /// Which contact.
        contact: u16,
        /// When.
        at: Timestamp,
    },
    /// An attempt is under way, or was when noout died: it is made again then.
    Sending {
        /// Which contact.
        contact: u16,
        /// Since when.
        since: Timestamp,
    },
    /// A channel took it.
    Delivered {
        /// Which contact.
        contact: u16,
        /// When.
        at: Timestamp,
    },
    /// It is not needed any more: acknowledged.
    Over {
        /// Since when.
        at: Timestamp,
    },
    /// It never reached the person.
    Failed,
}

/// noout's obligation to reach one person about one incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Its number.
    pub id: PageId,
    /// About what.
    pub incident: IncidentId,
    /// To whom.
    pub person: PersonId,
    /// Why.
    pub why: Why,
    /// When it was decided.
    pub at: Timestamp,
    /// Where it stands.
    pub state: PageState,
    /// Attempts so far.
    pub attempts: u32,
    /// Attempts on the present contact so far.
    pub tries: u32,
    /// Contacts that said that they will never work.
    pub dead: BTreeSet<u16>,
    /// The delays of the person's ways count from here: an earlier page that this one stands for may have begun them.
    #[serde(default)]
    pub since: Option<Timestamp>,
    /// By which contact the person was first reached, and when. Ways with a delay may still join in.
    #[serde(default)]
    pub reached: Option<(u16, Timestamp)>,
    /// Receipts that may still come, by attempt.
    #[serde(default)]
    pub awaited: BTreeMap<u32, Awaited>,
    /// Contacts that asked to be left alone for a while.
    #[serde(default)]
    pub not_before: BTreeMap<u16, Timestamp>,
}

impl Page {
    /// Whether noout still has something to do for it.
    #[must_use]
    pub fn is_owed(&self) -> bool {
        matches!(self.state, PageState::Waiting { .. } | PageState::Sending { .. })
    }
}

/// How far an incident's policy has been gone through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// Steps gone through over all rounds.
    pub done: u32,
    /// When the next step is due; none while somebody has it.
    pub next_at: Option<Timestamp>,
    /// All rounds are through.
    pub exhausted: bool,
    /// The deadline passed and the superiors are still to be paged.
    pub superiors_due: bool,
    /// A person to whom it was handed over and who is still to be paged.
    pub handed_to: Option<PersonId>,
    /// Everybody who was paged about it.
    pub paged: BTreeSet<PersonId>,
}

/// The live pages and escalations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paging {
    pages: BTreeMap<PageId, Page>,
    escalations: BTreeMap<IncidentId, Escalation>,
    /// The pages of each incident, so that a storm of incidents does not look at each other's.
    by_incident: BTreeMap<IncidentId, BTreeSet<PageId>>,
    /// The escalations' next steps by time, so that each tick looks only at those which are due.
    due: BTreeSet<(Timestamp, IncidentId)>,
    /// Incidents of which superiors or a new owner are still to be told.
    to_tell: BTreeSet<IncidentId>,
    /// Pages whose next attempt is due at a time.
    waiting: BTreeSet<(Timestamp, PageId)>,
    /// Pages with an attempt under way.
    sending: BTreeSet<PageId>,
    /// Pages of which a receipt is missing from a time on.
    #[serde(default)]
    receipts: BTreeSet<(Timestamp, PageId)>,
}

impl Paging {
    /// A page of an open incident.
    #[must_use]
    pub fn page(&self, id: PageId) -> Option<&Page> {
        self.pages.get(&id)
    }

    /// All pages of open incidents.
    pub fn pages(&self) -> impl Iterator<Item = &Page> {
        self.pages.values()
    }

    /// The pages of one incident.
    pub fn pages_of(&self, incident: IncidentId) -> impl Iterator<Item = &Page> {
        self.by_incident.get(&incident).into_iter().flatten().filter_map(|id| self.pages.get(id))
    }

    /// The pages that are still owed.
    pub fn owed(&self) -> impl Iterator<Item = &Page> {
        self.waiting.iter().filter_map(|(_, id)| self.pages.get(id)).chain(self.sending())
    }

    /// The pages with an attempt under way.
    pub fn sending(&self) -> impl Iterator<Item = &Page> {
        self.sending.iter().filter_map(|id| self.pages.get(id))
    }

    /// The pages whose next attempt is due, oldest page first.
    pub(crate) fn due(&self, at: Timestamp) -> impl Iterator<Item = &Page> {
        let due: BTreeSet<_> = self.waiting.iter().take_while(|(due, _)| *due <= at).map(|(_, id)| *id).collect();
        due.into_iter().filter_map(|id| self.pages.get(&id))
    }

    /// The incidents whose next step is due or of which somebody is still to be told, oldest first.
    pub(crate) fn ripe(&self, at: Timestamp) -> BTreeSet<IncidentId> {
        let due = self.due.iter().take_while(|(due, _)| *due <= at).map(|(_, id)| *id);
        due.chain(self.to_tell.iter().copied()).collect()
    }

    /// The escalation of an open incident.
    #[must_use]
    pub fn escalation(&self, id: IncidentId) -> Option<&Escalation> {
        self.escalations.get(&id)
    }

    /// The next instant at which something is due.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let step = self.due.first().map(|(at, _)| *at);
        let receipt = self.receipts.first().map(|(at, _)| *at);
        step.into_iter().chain(self.waiting.first().map(|(at, _)| *at)).chain(receipt).min()
    }

    /// Changes an escalation; the indexes follow.
    fn change(&mut self, incident: IncidentId, change: impl FnOnce(&mut Escalation)) {
        let Some(e) = self.escalations.get_mut(&incident) else { return };
        if let Some(before) = e.next_at {
            self.due.remove(&(before, incident));
        }
        change(e);
        self.due.extend(e.next_at.map(|at| (at, incident)));
        if e.superiors_due || e.handed_to.is_some() {
            self.to_tell.insert(incident);
        } else {
            self.to_tell.remove(&incident);
        }
    }

    /// Changes a page; the indexes follow.
    fn change_page(&mut self, id: PageId, change: impl FnOnce(&mut Page)) {
        let Some(page) = self.pages.get_mut(&id) else { return };
        match page.state {
            PageState::Waiting { at, .. } => _ = self.waiting.remove(&(at, id)),
            PageState::Sending { .. } => _ = self.sending.remove(&id),
            _ => {}
        }
        if let Some(due) = page.receipt_due() {
            self.receipts.remove(&(due, id));
        }
        change(page);
        if matches!(page.state, PageState::Over { .. } | PageState::Failed) {
            page.awaited.clear();
        }
        self.receipts.extend(page.receipt_due().map(|due| (due, id)));
        match page.state {
            PageState::Waiting { at, .. } => _ = self.waiting.insert((at, id)),
            PageState::Sending { .. } => _ = self.sending.insert(id),
            _ => {}
        }
    }

    fn remove_page(&mut self, id: PageId) {
        // Over: in no index.
        self.set(id, PageState::Failed);
        self.pages.remove(&id);
    }

    /// An incident opened: its first step is due at once if people are to be woken.
    pub(crate) fn begin(&mut self, incident: IncidentId, due: Option<Timestamp>) {
        let (superiors_due, handed_to, paged) = (false, None, BTreeSet::new());
        let escalation = Escalation { done: 0, next_at: None, exhausted: false, superiors_due, handed_to, paged };
        self.escalations.insert(incident, escalation);
        self.change(incident, |e| e.next_at = due);
    }

    /// People are to be woken about an incident that was only a ticket, or, `anew` from the first
    /// step, about one that somebody had.
    pub(crate) fn wake(&mut self, incident: IncidentId, at: Timestamp, anew: bool) {
        self.change(incident, |e| {
            if anew {
                (e.done, e.exhausted, e.next_at) = (0, false, Some(at));
            }
            e.next_at = e.next_at.or(Some(at));
        });
    }

    /// Somebody has it: pages stop at once. Superiors who are told of a passed deadline are told
    /// nevertheless, unless it is they who have it now.
    pub(crate) fn ack(&mut self, incident: IncidentId, by: Option<&PersonId>, at: Timestamp) {
        self.change(incident, |e| (e.next_at, e.handed_to) = (None, None));
        let over = |p: &&Page| p.why != Why::Deadline || Some(&p.person) == by;
        let ended: Vec<_> = self.pages_of(incident).filter(over).map(|p| (p.id, p.is_owed())).collect();
        for (id, is_owed) in ended {
            self.change_page(id, |page| {
                page.awaited.clear();
                if is_owed {
                    page.state = PageState::Over { at };
                }
            });
        }
    }

    /// A person is reached in other ways now: what earlier ways said does not count any more.
    pub(crate) fn contacts_changed(&mut self, person: &PersonId) {
        for id in self.owed_to(person) {
            self.change_page(id, |page| {
                page.dead.clear();
                page.not_before.clear();
                if let PageState::Waiting { contact, .. } = &mut page.state {
                    (*contact, page.tries) = (0, 0);
                }
            });
        }
    }

    /// A person is not there any more: what is owed to them is looked at now, and fails.
    pub(crate) fn person_gone(&mut self, person: &PersonId, now: Timestamp) {
        for id in self.owed_to(person) {
            self.change_page(id, |page| {
                if let PageState::Waiting { contact, .. } | PageState::Sending { contact, .. } = page.state {
                    page.state = PageState::Waiting { contact, at: now };
                }
            });
        }
    }

    /// The incident wakes people now, or no more: its pages go by other contacts.
    pub(crate) fn urgency_changed(&mut self, incident: IncidentId) {
        let people: Vec<_> = self.pages_of(incident).filter(|p| p.is_owed()).map(|p| p.person.clone()).collect();
        people.iter().for_each(|person| self.contacts_changed(person));
    }

    fn owed_to(&self, person: &PersonId) -> Vec<PageId> {
        self.owed().filter(|p| p.person == *person).map(|p| p.id).collect()
    }

    /// The incident is over: nothing about it is kept live.
    pub(crate) fn forget(&mut self, incident: IncidentId) {
        self.change(incident, |e| (e.next_at, e.handed_to, e.superiors_due) = (None, None, false));
        self.escalations.remove(&incident);
        for id in self.by_incident.remove(&incident).unwrap_or_default() {
            self.remove_page(id);
        }
    }

    pub(crate) fn superiors_due(&mut self, incident: IncidentId) {
        self.change(incident, |e| e.superiors_due = true);
    }

    /// The receiver is paged; who does not say yes in time may be asleep, and it begins anew from the first step.
    pub(crate) fn hand_over(&mut self, incident: IncidentId, to: &PersonId, anew_at: Option<Timestamp>) {
        self.change(incident, |e| {
            (e.handed_to, e.next_at) = (Some(to.clone()), anew_at);
            (e.done, e.exhausted) = (0, false);
        });
    }

    fn set(&mut self, id: PageId, state: PageState) {
        self.change_page(id, |page| page.state = state);
    }

    pub(crate) fn apply(&mut self, at: Timestamp, event: &PagingEvent) {
        match event {
            PagingEvent::Escalated { incident, skipped, next_at, .. } => {
                self.change(*incident, |e| {
                    e.done += 1 + u32::try_from(skipped.len()).unwrap_or(0);
                    e.next_at = Some(*next_at);
                });
            }
            PagingEvent::Exhausted { incident, next_at, .. } => {
                self.change(*incident, |e| (e.exhausted, e.next_at) = (true, Some(*next_at)));
            }
            PagingEvent::Opened { page, incident, person, why } => self.open(at, *page, *incident, person, why),
            PagingEvent::Sending { page, attempt, contact, .. } => {
                self.change_page(*page, |p| {
                    p.attempts = *attempt;
                    p.tries += 1;
                    p.state = PageState::Sending { contact: *contact, since: at };
                });
            }
            PagingEvent::Attempted { page, attempt, outcome, next, .. } => {
                self.attempted(at, *page, *attempt, outcome, *next);
            }
            PagingEvent::Receipt { page, attempt, receipt, next, .. } => {
                self.receipted(at, *page, *attempt, receipt, *next);
            }
            PagingEvent::Failed { page, .. } => self.fail(at, *page),
        }
    }

    /// A page that can reach nobody. If it was the last hope of its step, the next step is due at once.
    fn fail(&mut self, at: Timestamp, id: PageId) {
        // A later way that could not be used takes nothing away from the one that could.
        if let Some((contact, at)) = self.pages.get(&id).and_then(|p| p.reached) {
            return self.set(id, PageState::Delivered { contact, at });
        }
        self.set(id, PageState::Failed);
        let Some((incident, why)) = self.pages.get(&id).map(|p| (p.incident, p.why.clone())) else { return };
        let delivered = |p: &Page| p.why == why && matches!(p.state, PageState::Delivered { .. });
        let hope = self.pages_of(incident).any(|p| p.is_owed() || delivered(p));
        if !hope {
            let waits = |e: &Escalation| !e.exhausted && e.next_at.is_some();
            self.change(incident, |e| e.next_at = if waits(e) { Some(at) } else { e.next_at });
        }
    }

    fn open(&mut self, at: Timestamp, id: PageId, incident: IncidentId, person: &PersonId, why: &Why) {
        self.change(incident, |e| {
            e.paged.insert(person.clone());
            match why {
                Why::Deadline => e.superiors_due = false,
                Why::HandedOver => e.handed_to = None,
                Why::Step { .. } | Why::Fallback => {}
            }
        });
        // The newest page to a person stands for all before it: one is under way at the most, and an
        // incident that nobody takes for a month does not grow.
        let earlier: Vec<_> = self.pages_of(incident).filter(|p| p.person == *person).map(|p| p.id).collect();
        // Steps add: a call that is pending "after five minutes" is not put off by a page that takes its place.
        let pending = |p: &&Page| p.is_owed() || p.state == PageState::Over { at };
        let since = |id: &PageId| self.pages.get(id).filter(pending).map(|p| p.since.unwrap_or(p.at));
        let since = earlier.iter().filter_map(since).min();
        for page in &earlier {
            self.remove_page(*page);
        }
        let pages = self.by_incident.entry(incident).or_default();
        pages.retain(|page| !earlier.contains(page));
        pages.insert(id);
        let (person, why, state) = (person.clone(), why.clone(), PageState::Failed);
        let dead = BTreeSet::new();
        let (reached, awaited, not_before) = (None, BTreeMap::new(), BTreeMap::new());
        let page = Page {
            id,
            incident,
            person,
            why,
            at,
            state,
            attempts: 0,
            tries: 0,
            dead,
            since,
            reached,
            awaited,
            not_before,
        };
        self.pages.insert(id, page);
        self.set(id, PageState::Waiting { contact: 0, at });
    }

    fn attempted(
        &mut self,
        at: Timestamp,
        id: PageId,
        attempt: u32,
        outcome: &SendOutcome,
        next: Option<(u16, Timestamp)>,
    ) {
        let Some(page) = self.pages.get_mut(&id) else { return };
        let PageState::Sending { contact, .. } = page.state else { return };
        match outcome {
            SendOutcome::Permanent(_) => _ = page.dead.insert(contact),
            SendOutcome::Delivered(_) => page.reached = page.reached.or(Some((contact, at))),
            SendOutcome::Busy { retry_after, .. } => {
                page.not_before.insert(contact, (*retry_after).min(MAX_RETRY_AFTER).after(at));
            }
            SendOutcome::Accepted { handle, wait, .. } => {
                let until = Some((*wait).min(MAX_RECEIPT_WAIT).after(at));
                let awaited = Awaited { contact, until, arrived: false, handle: handle.clone() };
                self.change_page(id, |p| _ = p.awaited.insert(attempt, awaited));
            }
            SendOutcome::Transient(_) | SendOutcome::Ambiguous(_) => {}
        }
        self.go_on(at, id, contact, next);
    }

    fn go_on(&mut self, at: Timestamp, id: PageId, contact: u16, next: Option<(u16, Timestamp)>) {
        let Some((next, due)) = next else { return self.fail(at, id) };
        self.change_page(id, |page| {
            if next != contact {
                page.tries = 0;
            }
            page.state = PageState::Waiting { contact: next, at: due };
        });
    }
}

//! Paging: who is told next, by which way, until somebody has it.

mod decide;
mod send;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use noout_types::{IncidentId, PageId, PersonId, Timestamp};
use serde::{Deserialize, Serialize};

pub(crate) use decide::{first_due, may_send, on_call, settle};
pub use send::{MAX_BACKOFF, SendOutcome, TRIES_PER_CONTACT};
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
        /// The next attempt: which contact and when. None if delivered, or if no contact can ever work.
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
        /// Why, in words.
        why: String,
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
    /// Pages that noout still owes, so that each tick looks only at those.
    owed: BTreeSet<PageId>,
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
        self.owed.iter().filter_map(|id| self.pages.get(id))
    }

    /// The escalation of an open incident.
    #[must_use]
    pub fn escalation(&self, id: IncidentId) -> Option<&Escalation> {
        self.escalations.get(&id)
    }

    /// The next instant at which something is due.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let pages = self.owed().filter_map(|p| match p.state {
            PageState::Waiting { at, .. } => Some(at),
            _ => None,
        });
        self.escalations.values().filter_map(|e| e.next_at).chain(pages).min()
    }

    /// An incident opened: its first step is due at once if people are to be woken.
    pub(crate) fn begin(&mut self, incident: IncidentId, due: Option<Timestamp>) {
        self.escalations.insert(
            incident,
            Escalation {
                done: 0,
                next_at: due,
                exhausted: false,
                superiors_due: false,
                handed_to: None,
                paged: BTreeSet::new(),
            },
        );
    }

    /// People are to be woken about an incident that was only a ticket, or, `anew` from the first
    /// step, about one that somebody had.
    pub(crate) fn wake(&mut self, incident: IncidentId, at: Timestamp, anew: bool) {
        let Some(e) = self.escalations.get_mut(&incident) else { return };
        if anew {
            (e.done, e.exhausted, e.next_at) = (0, false, Some(at));
        }
        e.next_at = e.next_at.or(Some(at));
    }

    /// Somebody has it: pages stop at once. Superiors who are told of a passed deadline are told
    /// nevertheless, unless it is they who have it now.
    pub(crate) fn ack(&mut self, incident: IncidentId, by: Option<&PersonId>, at: Timestamp) {
        if let Some(e) = self.escalations.get_mut(&incident) {
            e.next_at = None;
            e.handed_to = None;
        }
        let over = |p: &Page| p.is_owed() && (p.why != Why::Deadline || Some(&p.person) == by);
        let ended: Vec<_> = self.pages_of(incident).filter(|p| over(p)).map(|p| p.id).collect();
        for id in ended {
            self.set(id, PageState::Over { at });
        }
    }

    /// A person is reached in other ways now: what earlier ways said does not count any more.
    pub(crate) fn contacts_changed(&mut self, person: &PersonId) {
        for id in &self.owed {
            let Some(page) = self.pages.get_mut(id).filter(|p| p.person == *person) else { continue };
            page.dead.clear();
            if let PageState::Waiting { contact, .. } = &mut page.state {
                (*contact, page.tries) = (0, 0);
            }
        }
    }

    /// The incident is over: nothing about it is kept live.
    pub(crate) fn forget(&mut self, incident: IncidentId) {
        self.escalations.remove(&incident);
        for id in self.by_incident.remove(&incident).unwrap_or_default() {
            self.pages.remove(&id);
            self.owed.remove(&id);
        }
    }

    pub(crate) fn superiors_due(&mut self, incident: IncidentId) {
        if let Some(e) = self.escalations.get_mut(&incident) {
            e.superiors_due = true;
        }
    }

    pub(crate) fn hand_over(&mut self, incident: IncidentId, to: &PersonId) {
        if let Some(e) = self.escalations.get_mut(&incident) {
            e.handed_to = Some(to.clone());
            // The receiver has it now; if the receiver does not answer, the resolution deadline still runs.
            e.next_at = None;
        }
    }

    fn set(&mut self, id: PageId, state: PageState) {
        if let Some(page) = self.pages.get_mut(&id) {
            page.state = state;
            if page.is_owed() {
                self.owed.insert(id);
            } else {
                self.owed.remove(&id);
            }
        }
    }

    pub(crate) fn apply(&mut self, at: Timestamp, event: &PagingEvent) {
        match event {
            PagingEvent::Escalated { incident, skipped, next_at, .. } => {
                if let Some(e) = self.escalations.get_mut(incident) {
                    e.done += 1 + u32::try_from(skipped.len()).unwrap_or(0);
                    e.next_at = Some(*next_at);
                }
            }
            PagingEvent::Exhausted { incident, next_at, .. } => {
                if let Some(e) = self.escalations.get_mut(incident) {
                    e.exhausted = true;
                    e.next_at = Some(*next_at);
                }
            }
            PagingEvent::Opened { page, incident, person, why } => self.open(at, *page, *incident, person, why),
            PagingEvent::Sending { page, attempt, contact, .. } => {
                if let Some(p) = self.pages.get_mut(page) {
                    p.attempts = *attempt;
                    p.tries += 1;
                }
                self.set(*page, PageState::Sending { contact: *contact, since: at });
            }
            PagingEvent::Attempted { page, outcome, next, .. } => self.attempted(at, *page, outcome, *next),
            PagingEvent::Failed { page, .. } => self.fail(at, *page),
        }
    }

    /// A page that can reach nobody. If it was the last hope of its step, the next step is due at once.
    fn fail(&mut self, at: Timestamp, id: PageId) {
        self.set(id, PageState::Failed);
        let Some((incident, why)) = self.pages.get(&id).map(|p| (p.incident, p.why.clone())) else { return };
        let delivered = |p: &Page| p.why == why && matches!(p.state, PageState::Delivered { .. });
        let hope = self.pages_of(incident).any(|p| p.is_owed() || delivered(p));
        if let Some(e) = self.escalations.get_mut(&incident).filter(|e| !hope && !e.exhausted && e.next_at.is_some()) {
            e.next_at = Some(at);
        }
    }

    fn open(&mut self, at: Timestamp, id: PageId, incident: IncidentId, person: &PersonId, why: &Why) {
        if let Some(e) = self.escalations.get_mut(&incident) {
            e.paged.insert(person.clone());
            match why {
                Why::Deadline => e.superiors_due = false,
                Why::HandedOver => e.handed_to = None,
                Why::Step { .. } | Why::Fallback => {}
            }
        }
        // The newest page to a person stands for all before it: one is under way at the most, and an
        // incident that nobody takes for a month does not grow.
        let earlier: Vec<_> = self.pages_of(incident).filter(|p| p.person == *person).map(|p| p.id).collect();
        let pages = self.by_incident.entry(incident).or_default();
        for page in earlier {
            pages.remove(&page);
            self.pages.remove(&page);
            self.owed.remove(&page);
        }
        pages.insert(id);
        let state = PageState::Waiting { contact: 0, at };
        let (person, why) = (person.clone(), why.clone());
        let page = Page { id, incident, person, why, at, state, attempts: 0, tries: 0, dead: BTreeSet::new() };
        self.pages.insert(id, page);
        self.owed.insert(id);
    }

    fn attempted(&mut self, at: Timestamp, id: PageId, outcome: &SendOutcome, next: Option<(u16, Timestamp)>) {
        let Some(page) = self.pages.get_mut(&id) else { return };
        let PageState::Sending { contact, .. } = page.state else { return };
        if matches!(outcome, SendOutcome::Permanent(_)) {
            page.dead.insert(contact);
        }
        let state = match (outcome, next) {
            (SendOutcome::Delivered(_), _) => PageState::Delivered { contact, at },
            (_, Some((next, due))) => {
                if next != contact {
                    page.tries = 0;
                }
                PageState::Waiting { contact: next, at: due }
            }
            (_, None) => return self.fail(at, id),
        };
        self.set(id, state);
    }
}

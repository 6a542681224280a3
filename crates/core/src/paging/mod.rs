//! Paging: who is told next, by which way, until somebody has it.

mod decide;
mod digest;
mod fold;
mod receipt;
mod send;
#[cfg(test)]
mod tests;
mod unsent;
#[cfg(test)]
mod unsent_tests;
#[cfg(test)]
mod ways_tests;

use std::collections::{BTreeMap, BTreeSet};

use noout_types::{IncidentId, PageId, PersonId, Said, Timestamp};
use serde::{Deserialize, Serialize};

pub(crate) use decide::{DEFAULT_WAIT, ack_wait, awake, first_due, look, on_call, pass, policy_of, settle};
pub use digest::{DIGEST_FROM, MAX_RATE};
pub use receipt::{Awaited, Dispatch, Receipt};
pub(crate) use receipt::{missing, receipt};
pub use send::{MAX_BACKOFF, MAX_RECEIPT_WAIT, MAX_RETRY_AFTER, SendOutcome, TRIES_PER_CONTACT};
pub(crate) use send::{outcome, start};
pub(crate) use unsent::{unsent, unsent_deadline};

use crate::silence::Suppression;

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
        /// Whose turn it was, where a step tells one after the other: the step and the person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        turn: Option<(String, PersonId)>,
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
        /// Further pages to the same person that the message stands for: a digest.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        covers: Vec<PageId>,
    },
    /// A person has had as many pages as one takes in: these wait, and come as one.
    Deferred {
        /// To whom.
        person: PersonId,
        /// Which.
        pages: Vec<PageId>,
        /// Until when.
        until: Timestamp,
    },
    /// All alerts of an incident are held back: nobody is told, and pages that have not left do not leave.
    HeldBack {
        /// Which incident.
        incident: IncidentId,
        /// By what.
        by: Suppression,
    },
    /// Nothing holds an incident back any more.
    LetGo {
        /// Which incident.
        incident: IncidentId,
        /// When the first step is due, if somebody is to be woken.
        next_at: Option<Timestamp>,
    },
    /// A person who was paged says: not me now.
    PassedOn {
        /// Which incident.
        incident: IncidentId,
        /// Who.
        person: PersonId,
        /// When the next step is due now, if it is another time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_at: Option<Timestamp>,
    },
    /// A person who was paged says: I am awake, no further pages about this.
    Awake {
        /// Which incident.
        incident: IncidentId,
        /// Who.
        person: PersonId,
        /// What it is about: incidents that share one of these do not page the person meanwhile.
        causes: Vec<String>,
        /// Until when.
        until: Timestamp,
        /// When the next step is due now, if it is another time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_at: Option<Timestamp>,
    },
    /// A person who is to be told is awake because of the same cause, and is not paged again.
    Spared {
        /// Which incident.
        incident: IncidentId,
        /// Who.
        person: PersonId,
        /// Until when.
        until: Timestamp,
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
    /// Another page's message tells it, too.
    Covered {
        /// Which page's.
        lead: PageId,
    },
    /// A channel took it.
    Delivered {
        /// Which contact.
        contact: u16,
        /// When.
        at: Timestamp,
    },
    /// It is not needed any more: acknowledged, passed on or held back.
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
    /// Further pages to the same person that its message stands for.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub covers: BTreeSet<PageId>,
    /// The delays of the person's ways count from here: an earlier page that this one stands for may have begun them.
    #[serde(default)]
    pub since: Option<Timestamp>,
    /// When its first attempt began.
    #[serde(default)]
    pub begun: Option<Timestamp>,
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
        matches!(self.state, PageState::Waiting { .. } | PageState::Sending { .. } | PageState::Covered { .. })
    }
}

/// How far an incident's policy has been gone through.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Which step of the ladder for overdue incidents is to be taken, from 0.
    pub overdue_step: u32,
    /// The round of the last step, from 1; 0 before the first.
    pub round: u32,
    /// Whom the last step named.
    pub named: BTreeSet<PersonId>,
    /// Who passed it on in this round.
    pub passed: BTreeSet<PersonId>,
    /// Who said that they are awake.
    pub awake: BTreeSet<PersonId>,
    /// What holds it back.
    pub held: Option<Suppression>,
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
    /// Pages that another page's message tells.
    covered: BTreeSet<PageId>,
    /// Incidents that are held back, by the time at which they are looked at again.
    held: BTreeSet<(Timestamp, IncidentId)>,
    /// When the last messages to each person began, oldest first; not more than [`MAX_RATE`].
    begun: BTreeMap<PersonId, Vec<Timestamp>>,
    /// Who is awake because of what, until when.
    awake: BTreeMap<PersonId, BTreeMap<String, Timestamp>>,
    /// Whose turn it was last, by step.
    turns: BTreeMap<String, PersonId>,
    /// Pages of which a receipt is missing from a time on.
    #[serde(default)]
    receipts: BTreeSet<(Timestamp, PageId)>,
    /// Pages on their way that have reached nobody, by their first attempt.
    #[serde(default)]
    unsent: BTreeSet<(Timestamp, PageId)>,
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
        self.waiting.iter().filter_map(|(_, id)| self.pages.get(id)).chain(self.sending()).chain(self.covered())
    }

    /// The pages that another page's message tells.
    pub fn covered(&self) -> impl Iterator<Item = &Page> {
        self.covered.iter().filter_map(|id| self.pages.get(id))
    }

    /// What holds an incident back, as it was last looked at.
    #[must_use]
    pub fn held_back(&self, incident: IncidentId) -> Option<&Suppression> {
        self.escalations.get(&incident)?.held.as_ref()
    }

    /// All escalations of open incidents.
    pub fn escalations(&self) -> impl Iterator<Item = (IncidentId, &Escalation)> {
        self.escalations.iter().map(|(id, e)| (*id, e))
    }

    /// When the last messages to a person began, oldest first.
    pub(crate) fn begun(&self, person: &PersonId) -> &[Timestamp] {
        self.begun.get(person).map_or(&[], Vec::as_slice)
    }

    /// Until when a person is awake because of one of these causes.
    pub(crate) fn awake_until(&self, person: &PersonId, causes: &[String], at: Timestamp) -> Option<Timestamp> {
        let awake = self.awake.get(person)?;
        causes.iter().filter_map(|cause| awake.get(cause)).copied().filter(|until| *until > at).max()
    }

    /// Whose turn it was last at a step.
    pub(crate) fn last_turn(&self, step: &str) -> Option<&PersonId> {
        self.turns.get(step)
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
        let held = self.held.iter().take_while(|(until, _)| *until <= at).map(|(_, id)| *id);
        due.chain(held).chain(self.to_tell.iter().copied()).collect()
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
        let held = self.held.first().map(|(at, _)| *at);
        let receipt = self.receipts.first().map(|(at, _)| *at);
        step.into_iter().chain(held).chain(receipt).chain(self.waiting.first().map(|(at, _)| *at)).min()
    }
}

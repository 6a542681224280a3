//! What comes back after a provider took a message: a device's receipt, a pressed key, or nothing in time.
//!
//! A page that was only taken is not delivered. It waits for its receipt, and when none is there in time the person's
//! next way is due. A receipt that comes later is recorded all the same and keeps further alternatives from being tried.

use std::collections::BTreeSet;

use noout_types::{IncidentId, PageId, PersonId, Timestamp};
use serde::{Deserialize, Serialize};

use super::send::Plan;
use super::{Page, PageState, Paging, PagingEvent};
use crate::engine::State;
use crate::event::Event;

/// One message that left: an attempt at a page, or a test of a contact method.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dispatch {
    /// An attempt at a page.
    Page {
        /// The page.
        page: PageId,
        /// The attempt.
        attempt: u32,
        /// About what.
        incident: IncidentId,
        /// To whom.
        person: PersonId,
    },
    /// A test.
    Test {
        /// Its number.
        test: u64,
        /// To whom.
        person: PersonId,
    },
}

impl Dispatch {
    /// Its stable name, also for providers that drop what they know already.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Page { page, attempt, .. } => format!("{page}/{attempt}"),
            Self::Test { test, .. } => format!("test/{test}"),
        }
    }

    /// To whom it went.
    #[must_use]
    pub fn person(&self) -> &PersonId {
        match self {
            Self::Page { person, .. } | Self::Test { person, .. } => person,
        }
    }
}

/// What became of a message that a provider took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receipt {
    /// It reached the person's device, or the person.
    Arrived {
        /// How that is known.
        words: String,
        /// Nothing more is to be heard of it.
        last: bool,
    },
    /// The provider gave up, or it reached a machine: not delivered.
    Refused(String),
    /// No receipt came in time: not delivered.
    Missing,
}

/// A receipt that may still come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaited {
    /// The place in the person's contact list.
    pub contact: u16,
    /// Until when; none once it came or was missed.
    pub until: Option<Timestamp>,
    /// It came.
    pub arrived: bool,
    /// The provider's name for the message, where it can be asked about it.
    pub handle: Option<String>,
}

impl Page {
    /// The name of an attempt.
    #[must_use]
    pub fn dispatch(&self, attempt: u32) -> Dispatch {
        Dispatch::Page { page: self.id, attempt, incident: self.incident, person: self.person.clone() }
    }

    /// Its messages about which their provider can be asked.
    pub fn followed(&self) -> impl Iterator<Item = (Dispatch, &str)> {
        self.awaited.iter().filter_map(|(n, a)| Some((self.dispatch(*n), a.handle.as_deref()?)))
    }

    /// When the first receipt that is waited for is missing.
    pub(super) fn receipt_due(&self) -> Option<Timestamp> {
        self.awaited.values().filter_map(|a| a.until).min()
    }
}

impl State {
    /// Whether it is still to be told what became of the call that hands the message over. What comes back about the message
    /// belongs behind that.
    #[must_use]
    pub fn is_under_way(&self, of: &Dispatch) -> bool {
        match of {
            Dispatch::Page { page, attempt, .. } => {
                let sending = |p: &Page| p.attempts == *attempt && matches!(p.state, PageState::Sending { .. });
                self.paging.page(*page).is_some_and(sending)
            }
            Dispatch::Test { test, .. } => self.contacts.test(*test).is_some_and(|test| test.outcome.is_none()),
        }
    }
}

impl Paging {
    /// The pages of which a receipt is missing, oldest page first.
    pub(crate) fn unreceipted(&self, at: Timestamp) -> impl Iterator<Item = &Page> {
        let due: BTreeSet<_> = self.receipts.iter().take_while(|(due, _)| *due <= at).map(|(_, id)| *id).collect();
        due.into_iter().filter_map(|id| self.pages.get(&id))
    }

    /// Messages about which their provider can be asked.
    pub fn followed(&self) -> impl Iterator<Item = (Dispatch, &str)> {
        self.pages.values().flat_map(Page::followed)
    }

    pub(super) fn receipted(
        &mut self,
        at: Timestamp,
        id: PageId,
        attempt: u32,
        receipt: &Receipt,
        next: Option<(u16, Timestamp)>,
    ) {
        let Some(awaited) = self.pages.get(&id).and_then(|p| p.awaited.get(&attempt)).cloned() else { return };
        self.change_page(id, |page| {
            let arrived = matches!(receipt, Receipt::Arrived { .. });
            let over = matches!(receipt, Receipt::Refused(_) | Receipt::Arrived { last: true, .. });
            if over {
                page.awaited.remove(&attempt);
            } else if let Some(a) = page.awaited.get_mut(&attempt) {
                (a.until, a.arrived) = (None, a.arrived || arrived);
            }
        });
        if matches!(receipt, Receipt::Arrived { .. }) {
            self.reach(id, awaited.contact, at);
        }
        // An attempt that is under way has its own outcome.
        if matches!(self.pages.get(&id).map(|p| &p.state), Some(PageState::Waiting { .. })) {
            self.go_on(at, id, awaited.contact, next);
        }
    }
}

/// Decides what follows from a receipt. One for a page that is over is noted in the timeline and changes nothing; one that
/// says nothing new is dropped.
pub(crate) fn receipt(state: &State, at: Timestamp, of: &Dispatch, receipt: Receipt) -> Vec<Event> {
    let Dispatch::Page { page: id, attempt, incident, person } = of else { return Vec::new() };
    let event = |next| {
        vec![Event::Paging(PagingEvent::Receipt {
            page: *id,
            incident: *incident,
            person: person.clone(),
            attempt: *attempt,
            receipt: receipt.clone(),
            next,
        })]
    };
    let Some(page) = state.paging.page(*id) else {
        // Closed meanwhile. Only good news is still worth a line.
        let known = state.incident(*incident).is_some() && matches!(receipt, Receipt::Arrived { .. });
        return if known { event(None) } else { Vec::new() };
    };
    let Some(awaited) = page.awaited.get(attempt) else { return Vec::new() };
    let news = match &receipt {
        Receipt::Arrived { last, .. } => !awaited.arrived || *last,
        Receipt::Refused(_) => true,
        Receipt::Missing => awaited.until.is_some(),
    };
    if !news {
        return Vec::new();
    }
    event(next(state, at, page, *attempt, &receipt))
}

/// When the page goes on, where it waits: a receipt may bring that forward, or put it off to a way with a delay.
fn next(state: &State, at: Timestamp, page: &Page, attempt: u32, receipt: &Receipt) -> Option<(u16, Timestamp)> {
    let PageState::Waiting { contact, at: due } = page.state else { return None };
    let (plan, awaited) = (Plan::of(state, page)?, page.awaited.get(&attempt)?);
    // Once the person was reached, or another way has been tried meanwhile, this one decides nothing any more.
    let decides = page.reached.is_none() && page.attempts == attempt && awaited.until.is_some();
    match receipt {
        Receipt::Arrived { .. } if page.reached.is_none() => plan.next_leg(awaited.contact, at),
        // Where there is no other way, the same one is not tried again before its time.
        Receipt::Refused(_) | Receipt::Missing if decides && contact != awaited.contact => {
            let (contact, now) = plan.allowed(contact, at);
            Some((contact, due.min(now)))
        }
        _ => Some((contact, due)),
    }
}

/// Receipts that did not come in time: each is recorded, and what is next is due.
pub(crate) fn missing(state: &State, at: Timestamp) -> Vec<Event> {
    let mut events = Vec::new();
    for page in state.paging.unreceipted(at) {
        for (attempt, awaited) in &page.awaited {
            if awaited.until.is_some_and(|until| until <= at) {
                events.push(Event::Paging(PagingEvent::Receipt {
                    page: page.id,
                    incident: page.incident,
                    person: page.person.clone(),
                    attempt: *attempt,
                    receipt: Receipt::Missing,
                    next: next(state, at, page, *attempt, &Receipt::Missing),
                }));
            }
        }
    }
    events
}

//! The pager's own alarm: a page that was to leave and has reached nobody.
//!
//! Escalation goes on meanwhile and tells others about the incident itself. This says that paging is broken, which no
//! incident does: a mail server that takes nothing, a number that is gone, a worker that stands still.

use noout_types::{IncidentId, PersonId, Span, Timestamp};

use super::{Page, PageState, Paging};
use crate::actor::Actor;
use crate::engine::State;
use crate::event::Event;
use crate::incident::{Audience, Incident, IncidentEvent, OwnWords, Status};
use crate::says;

/// The incident's key.
const KEY: &str = "paging/unsent";

impl Page {
    /// Since when it is on its way without having reached the person; that all ways refused it does not make it sent. A page
    /// that waits because its person has had enough of them, for a way that joins in later, or for the receipt of a message
    /// that a provider took, is not stuck.
    pub(super) fn unsent_since(&self) -> Option<Timestamp> {
        let tried = matches!(self.state, PageState::Waiting { .. } | PageState::Sending { .. } | PageState::Failed);
        let taken = self.awaited.values().any(|a| a.until.is_some());
        self.begun.filter(|_| tried && self.reached.is_none() && !taken)
    }
}

impl Paging {
    /// The pages that are on their way and have reached nobody yet, with the instant of their first attempt, oldest first.
    pub fn unsent(&self) -> impl Iterator<Item = (Timestamp, &Page)> {
        self.unsent.iter().filter_map(|(at, id)| Some((*at, self.pages.get(id)?)))
    }
}

/// The oldest page on its way that the alarm is about: not one of the alarm's own, and none that somebody knows of.
fn oldest(state: &State) -> Option<(Timestamp, &Page)> {
    let alarm = state.incidents.by_key(KEY);
    let by_hand = |i: &&Incident| {
        let Status::Resolved { by, .. } = &i.status else { return false };
        i.opened.key == KEY && *by != Actor::Noout
    };
    let known = state.closed.iter().rev().find(by_hand).and_then(|i| match i.status {
        Status::Resolved { at, .. } => Some(at),
        _ => None,
    });
    let new = |at: Timestamp| known.is_none_or(|known| at > known);
    state.paging.unsent().find(|(at, page)| Some(page.incident) != alarm && new(*at))
}

/// A page is the pager's own alarm after `paging.unsent`; if one has not left after so many times that, the alarm did not help
/// and somebody outside must know.
const UNSENT_LIMITS: u64 = 2;

impl State {
    /// The page by which paging stands still: on its way for so long that the alarm within did not help.
    #[must_use]
    pub fn stuck_page(&self, at: Timestamp) -> Option<(Timestamp, &Page)> {
        let limit = Span::from_millis(self.config.paging.unsent.as_millis() * UNSENT_LIMITS);
        self.paging.unsent().next().filter(|(since, _)| limit.after(*since) <= at)
    }
}

/// Opens the alarm when a page is stuck, and ends it when none is.
pub(crate) fn unsent(state: &State, at: Timestamp) -> Vec<Event> {
    let stuck = oldest(state).filter(|(since, _)| state.config.paging.unsent.after(*since) <= at);
    match (stuck, state.incidents.by_key(KEY)) {
        (Some((since, page)), None) => vec![opened(state, at, since, &page.person)],
        (None, Some(incident)) => {
            let note = says::unsent_over();
            vec![Event::Incident(IncidentEvent::Resolved { incident, by: Actor::Noout, note })]
        }
        _ => Vec::new(),
    }
}

/// When the oldest page on its way is stuck, unless that is known already.
pub(crate) fn unsent_deadline(state: &State) -> Option<Timestamp> {
    let told = state.incidents.by_key(KEY).is_some();
    oldest(state).filter(|_| !told).map(|(since, _)| state.config.paging.unsent.after(since))
}

fn opened(state: &State, at: Timestamp, since: Timestamp, person: &PersonId) -> Event {
    let limit = state.config.paging.unsent;
    let stuck = state.paging.unsent().take_while(|(since, _)| limit.after(*since) <= at).count();
    let name = state.config.person(person).map_or(person.as_str(), |p| p.display());
    let words = OwnWords::new(says::page_unsent(name), says::page_unsent_text(stuck, since));
    state.own_incident(IncidentId(state.next_incident), KEY.to_owned(), words, Audience::Fallback)
}

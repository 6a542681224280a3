//! How many messages a person gets: what is more than one takes in comes as one digest, never as nothing.

use noout_types::{PersonId, Timestamp};

use super::{Page, PageState, PagingEvent};
use crate::engine::State;

/// Most pages per person and window that a configuration may allow: nobody reads more than one in five seconds.
pub const MAX_RATE: usize = 60;

/// So many pages to one person at the same instant leave as one message: they are one storm.
pub const DIGEST_FROM: usize = 3;

/// What becomes of one person's pages that are due and of which no message has left yet.
pub(super) enum Turn<'a> {
    /// Each leaves by itself.
    Each(Vec<&'a Page>),
    /// The first one tells the others, too.
    Digest(&'a Page, Vec<&'a Page>),
    /// They wait until the person may get another message.
    Wait(PagingEvent),
}

/// Decides about one person's pages. `pages` is not empty.
pub(super) fn turn<'a>(state: &State, at: Timestamp, person: &PersonId, mut pages: Vec<&'a Page>) -> Turn<'a> {
    let rules = &state.config.paging;
    let rate = (rules.rate as usize).min(MAX_RATE);
    if rate == 0 {
        return Turn::Each(pages);
    }
    let begun = state.paging.begun(person);
    // The window is open at its older end: a message of exactly then does not count any more. One that seems to begin
    // later was counted before the clock was set back, and must not hold pages up until then.
    let lately: Vec<_> = begun.iter().filter(|began| rules.window.after(**began) > at && **began <= at).collect();
    let free = rate.saturating_sub(lately.len());
    if free == 0 {
        // As soon as enough of them are long enough ago.
        let until = lately.get(lately.len() - rate).map_or(at, |began| rules.window.after(**began));
        let ids = pages.iter().map(|p| p.id).collect();
        return Turn::Wait(PagingEvent::Deferred { person: person.clone(), pages: ids, until });
    }
    if pages.len() == 1 || (pages.len() < DIGEST_FROM && pages.len() <= free) {
        return Turn::Each(pages);
    }
    // The worst first, of equals the oldest: it gives the message its title.
    let severity = |p: &Page| state.incidents.get(p.incident).map(|i| i.opened.severity);
    pages.sort_by_key(|p| (std::cmp::Reverse(severity(p)), p.id));
    let lead = pages.remove(0);
    Turn::Digest(lead, pages)
}

/// Whether no message of a page has left yet.
pub(super) fn is_new(page: &Page) -> bool {
    page.attempts == 0 && matches!(page.state, PageState::Waiting { .. })
}

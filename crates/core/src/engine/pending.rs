//! What must happen outside, read off the state: the outbox is a projection.

use super::{Effect, State};
use crate::paging::Dispatch;
use crate::{maintenance, memo, paging};

/// What must happen outside, derived from the state alone.
pub fn pending(state: &State) -> impl Iterator<Item = Effect> + '_ {
    let asked = pending_follows(state).chain(pending_tickets(state));
    pending_sends(state).chain(pending_works(state)).chain(asked)
}

/// What ticket systems must be asked to do: one thing at a time each.
pub fn pending_tickets(state: &State) -> impl Iterator<Item = Effect> + '_ {
    state.tickets.pending().map(|(ticket, item, attempt)| Effect::Ticket { ticket, item, attempt })
}

/// The messages that must leave, oldest page first.
pub fn pending_sends(state: &State) -> impl Iterator<Item = Effect> + '_ {
    let tests = state.contacts.due().map(|(test, _)| Effect::Try { test });
    // Pages first: letters wait for nobody's night.
    state.paging.sending().filter_map(|p| send_of(state, p)).chain(tests).chain(memo::pending(state))
}

/// The messages about which their providers are asked.
pub fn pending_follows(state: &State) -> impl Iterator<Item = Effect> + '_ {
    let all = state.paging.followed().chain(state.contacts.followed());
    all.map(|(of, handle)| Effect::Follow { of, handle: handle.to_owned() })
}

fn send_of(state: &State, page: &paging::Page) -> Option<Effect> {
    match page.state {
        paging::PageState::Sending { contact, .. } if state.incidents.get(page.incident).is_some() => {
            Some(Effect::Send { page: page.id, attempt: page.attempts, contact })
        }
        _ => None,
    }
}

/// Whether an effect is still pending: asked in the moment in which it is done.
#[must_use]
pub fn is_pending(state: &State, effect: &Effect) -> bool {
    match effect {
        Effect::Send { page, .. } => state.paging.page(*page).and_then(|p| send_of(state, p)).as_ref() == Some(effect),
        Effect::Try { test } => state.contacts.test(*test).is_some_and(|t| t.outcome.is_none()),
        Effect::Follow { of: of @ Dispatch::Page { page, .. }, .. } => {
            state.paging.page(*page).is_some_and(|p| p.followed().any(|(followed, _)| followed == *of))
        }
        Effect::Follow { of: of @ Dispatch::Test { .. }, .. } => state.contacts.followed().any(|(f, _)| f == *of),
        Effect::Ticket { .. } => pending_tickets(state).any(|e| e == *effect),
        Effect::Tell { .. } => memo::pending(state).any(|e| e == *effect),
        Effect::Ensure { .. } | Effect::Probe { .. } | Effect::Observe { .. } => {
            let same =
                |e: &Effect| std::mem::discriminant(e) == std::mem::discriminant(effect) && e.id() == effect.id();
            pending_works(state).any(|e| same(&e))
        }
    }
}

/// What must happen at platforms: acts and looks.
pub fn pending_works(state: &State) -> impl Iterator<Item = Effect> + '_ {
    let acts = state.maintenances.iter().filter(|m| m.is_running()).filter_map(|m| {
        let step = m.current()?;
        let act = step.kind.act(&m.host)?;
        let quiet = state.stopped.is_some() || m.hold.is_some() || (m.aborted.is_some() && !m.on_way_back);
        let (id, number, attempt, not_before) = (m.id, step.number, step.attempts, step.not_before);
        match step.state {
            // An intent that has not been seen to begin does not begin after `noout stop`, in a hold or
            // after an abort: what its gate saw does not hold any more.
            maintenance::StepState::Intended { .. } if quiet && act.is_disruptive() => None,
            maintenance::StepState::Intended { .. } => {
                Some(Effect::Ensure { id, step: number, attempt, act, until: step.lapses_at()? })
            }
            maintenance::StepState::Running { .. } | maintenance::StepState::Doubtful { .. } => {
                Some(Effect::Probe { id, step: number, attempt, act, not_before })
            }
            _ => None,
        }
    });
    let looks = state
        .maintenances
        .iter()
        .filter(|m| matches!(m.phase, maintenance::Phase::Planning | maintenance::Phase::Running))
        .map(|m| Effect::Observe { id: m.id });
    acts.chain(looks)
}

//! What must happen outside: a projection of the state, and so an outbox that no crash empties.

use noout_types::{MaintenanceId, PageId, TicketId, Timestamp};

use super::State;
use crate::maintenance;
use crate::paging;
use crate::platform::Act;

/// What must happen outside. Its id is stable: the same effect is never in flight twice.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// A page must leave.
    Send {
        /// Which.
        page: PageId,
        /// Which attempt.
        attempt: u32,
        /// Which of the person's contacts.
        contact: u16,
    },
    /// An act must begin, once.
    Ensure {
        /// Of which maintenance.
        id: MaintenanceId,
        /// Of which step.
        step: u32,
        /// Which attempt.
        attempt: u32,
        /// What.
        act: Act,
        /// Not any more from then on, whoever slept meanwhile: what its gate saw is old.
        until: Timestamp,
    },
    /// An act that may have begun must be looked for; nothing is begun. Shares its id with the attempt
    /// that it looks for, so that nobody looks while that one is still being handed to the platform.
    Probe {
        /// Of which maintenance.
        id: MaintenanceId,
        /// Of which step.
        step: u32,
        /// Which attempt.
        attempt: u32,
        /// What.
        act: Act,
        /// Not before this.
        not_before: Option<Timestamp>,
    },
    /// The platform must be looked at, again and again while this effect is pending.
    Observe {
        /// For which maintenance.
        id: MaintenanceId,
    },
    /// A ticket system must be asked to do something.
    Ticket {
        /// For which ticket.
        ticket: TicketId,
        /// Which piece of work.
        item: u32,
        /// Which attempt.
        attempt: u32,
    },
}

impl Effect {
    /// The stable id.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Send { page, attempt, .. } => format!("page/{page}/{attempt}"),
            Self::Ensure { id, step, attempt, .. } | Self::Probe { id, step, attempt, .. } => {
                format!("act/{id}/{step}/{attempt}")
            }
            Self::Observe { id } => format!("observe/{id}"),
            Self::Ticket { ticket, item, attempt } => format!("ticket/{ticket}/{item}/{attempt}"),
        }
    }
}

/// What must happen outside, derived from the state alone.
pub fn pending(state: &State) -> impl Iterator<Item = Effect> + '_ {
    pending_sends(state).chain(pending_works(state)).chain(pending_tickets(state))
}

/// What ticket systems must be asked to do: one thing at a time each.
pub fn pending_tickets(state: &State) -> impl Iterator<Item = Effect> + '_ {
    state.tickets.pending().map(|(ticket, item, attempt)| Effect::Ticket { ticket, item, attempt })
}

/// The messages that must leave, oldest page first.
pub fn pending_sends(state: &State) -> impl Iterator<Item = Effect> + '_ {
    state.paging.sending().filter_map(|p| send_of(state, p))
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
        Effect::Ticket { .. } => pending_tickets(state).any(|e| e == *effect),
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

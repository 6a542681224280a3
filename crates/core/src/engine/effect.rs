//! What must happen outside.

use noout_types::{MaintenanceId, PageId, TicketId, Timestamp};

use crate::paging::Dispatch;
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
    /// A letter must leave.
    Tell {
        /// Which.
        memo: u64,
        /// Which attempt.
        attempt: u32,
        /// Which of the person's contacts.
        contact: u16,
    },
    /// The message of a contact's test must leave.
    Try {
        /// Which test.
        test: u64,
    },
    /// A provider must be asked, again and again while this effect is pending, what became of a message; when it is
    /// pending no more, the message is withdrawn where that is possible.
    Follow {
        /// Which message.
        of: Dispatch,
        /// The provider's name for it.
        handle: String,
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
            Self::Try { test } => format!("try/{test}"),
            Self::Follow { of, .. } => format!("follow/{}", of.name()),
            Self::Tell { memo, attempt, .. } => format!("memo/{memo}/{attempt}"),
            Self::Ensure { id, step, attempt, .. } | Self::Probe { id, step, attempt, .. } => {
                format!("act/{id}/{step}/{attempt}")
            }
            Self::Observe { id } => format!("observe/{id}"),
            Self::Ticket { ticket, item, attempt } => format!("ticket/{ticket}/{item}/{attempt}"),
        }
    }
}

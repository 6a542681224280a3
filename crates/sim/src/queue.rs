//! What will happen, in the order of time.

use std::collections::BTreeMap;

use noout_core::{Effect, Input};
use noout_drivers::lab::Break;

use crate::mail::Sender;

/// Something that will happen.
#[derive(Debug, Clone)]
pub enum Happening {
    /// A source sends.
    Source(usize),
    /// A person looks.
    Person(usize),
    /// The crew looks.
    Crew,
    /// Something goes wrong.
    Chaos,
    /// Something is mended.
    Mend(Break),
    /// The watchdog's minute is over.
    Ping,
    /// The watcher outside looks.
    Watch,
    /// A provider says what became of a message.
    Receipt {
        /// Which message.
        of: Box<noout_core::paging::Dispatch>,
        /// What.
        receipt: noout_core::paging::Receipt,
    },
    /// A process starts.
    Start,
    /// The process of this life commits what waits.
    Commit {
        /// Which life.
        life: u64,
    },
    /// The process of this life has set this alarm.
    Wake {
        /// Which life.
        life: u64,
        /// The alarm's number.
        number: u64,
    },
    /// The process of this life asks the BMCs.
    Poll {
        /// Which life.
        life: u64,
    },
    /// A worker of this life makes its call.
    Call {
        /// Which life.
        life: u64,
        /// For which effect.
        effect: Effect,
    },
    /// A worker's call has ended.
    Ended {
        /// Which life.
        life: u64,
        /// What the worker tells.
        input: Box<Input>,
        /// Who it is.
        from: Sender,
    },
    /// The process that was taken over wakes up and goes on as if nothing had been.
    ZombieWakes,
}

/// The things that will happen.
#[derive(Debug, Default)]
pub struct Queue {
    due: BTreeMap<(u64, u64), Happening>,
    order: u64,
}

impl Queue {
    /// Adds something at a true time in milliseconds; of what is due at one time, the first comes first.
    pub fn at(&mut self, ms: u64, what: Happening) {
        self.due.insert((ms, self.order), what);
        self.order += 1;
    }

    /// Takes the next.
    pub fn take(&mut self) -> Option<(u64, Happening)> {
        self.due.pop_first().map(|((ms, _), what)| (ms, what))
    }

    /// When the next is due.
    #[must_use]
    pub fn next_ms(&self) -> Option<u64> {
        self.due.keys().next().map(|(ms, _)| *ms)
    }
}

//! The providers of mail, push and webhooks, and their logs: what they really did, and what they said.

use std::collections::{BTreeMap, BTreeSet};

use noout_core::paging::{Dispatch, Receipt, SendOutcome};
use noout_types::{PageId, Span};

use crate::chance::Chance;

/// How the network is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// Everything is delivered.
    Fine,
    /// Everything happens now and then.
    Mixed,
    /// Nothing gets through, or nobody knows.
    Storm,
}

/// All providers.
#[derive(Debug)]
pub struct Network {
    chance: Chance,
    /// How it is now.
    pub weather: Weather,
    /// Pages that a person really got.
    pub got: BTreeSet<PageId>,
    /// Attempts that a provider said yes to.
    pub said_yes: BTreeSet<(PageId, u32)>,
    /// How often each attempt was made.
    pub calls: BTreeMap<(PageId, u32), u32>,
}

/// Receipts are waited for so long.
const RECEIPT_TAKES: Span = Span::from_secs(60);

impl Network {
    /// Nothing was sent yet.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            chance: Chance::stream(seed, "network"),
            weather: Weather::Fine,
            got: BTreeSet::new(),
            said_yes: BTreeSet::new(),
            calls: BTreeMap::new(),
        }
    }

    /// Hands a message over: what the sender is told, and after how many milliseconds.
    pub fn send(&mut self, page: PageId, attempt: u32) -> (SendOutcome, u64) {
        *self.calls.entry((page, attempt)).or_default() += 1;
        let luck = match self.weather {
            Weather::Fine => 0,
            Weather::Mixed => self.chance.below(10),
            Weather::Storm => 5 + self.chance.below(5),
        };
        let quick = self.chance.between(20, 900);
        if self.weather == Weather::Mixed && self.chance.one_in(6) {
            let (words, handle, wait) = ("queued".into(), None, RECEIPT_TAKES);
            return (SendOutcome::Accepted { words, handle, wait }, quick);
        }
        match luck {
            0..=4 => {
                self.got.insert(page);
                self.said_yes.insert((page, attempt));
                (SendOutcome::Delivered("250 taken".into()), quick)
            }
            5 => {
                // Taken, and the reply never came: the person reads it, noout cannot know.
                self.got.insert(page);
                (SendOutcome::Ambiguous("no reply within 30s".into()), 30_000)
            }
            6 => (SendOutcome::Ambiguous("no reply within 30s".into()), 30_000),
            7 if self.chance.one_in(3) => (SendOutcome::Permanent("550 no such user".into()), quick),
            _ => (SendOutcome::Transient("421 try again later".into()), quick),
        }
    }

    /// What becomes of a message that was taken, and after how many milliseconds it is told: before or after the receipt is
    /// missed; or nothing is ever heard.
    pub fn later(&mut self, of: &Dispatch) -> Option<(Receipt, u64)> {
        let takes = self.chance.between(1_000, 120_000);
        match self.chance.below(4) {
            0 => None,
            1 => Some((Receipt::Refused("no answer".into()), takes)),
            _ => {
                if let Dispatch::Page { page, .. } = of {
                    self.got.insert(*page);
                }
                Some((Receipt::Arrived { words: "read".into(), last: true }, takes))
            }
        }
    }
}

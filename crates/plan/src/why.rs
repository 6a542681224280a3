//! Why a guest cannot go where somebody wants it: typed for the machine, in words for people.

use std::fmt;

use noout_types::{GuestId, HostId, Said};

use crate::{HostState, says};

/// How many missing storages are named; the rest is counted. A sentence stays a sentence.
const MAX_NAMED: usize = 4;

/// Why a guest cannot move, or cannot move there. `Display` gives the sentence, [`Why::code`] the stable word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The inventory itself makes no sense, so nothing may move by it.
    Inventory {
        /// What is wrong with it, in words.
        what: String,
    },
    /// The inventory has no such guest.
    UnknownGuest {
        /// The guest asked for.
        guest: GuestId,
    },
    /// The inventory has no such host.
    UnknownHost {
        /// The host asked for.
        host: HostId,
    },
    /// The guest is on that host already.
    AlreadyThere {
        /// The host.
        host: HostId,
    },
    /// The guest's own host is offline: nothing can be moved off it, only restarted elsewhere.
    SourceOffline {
        /// The guest's host.
        host: HostId,
    },
    /// The target is not online.
    TargetState {
        /// The target.
        host: HostId,
        /// What it is instead of online.
        state: HostState,
    },
    /// The guest runs and is pinned.
    Pinned {
        /// The platform's or the operator's words.
        reason: String,
    },
    /// The target's CPU is another model than the guest needs.
    CpuType {
        /// The target.
        host: HostId,
        /// The model that the guest needs.
        needs: String,
        /// The model that the target has, if it is known.
        has: Option<String>,
    },
    /// The target does not reach storages of the guest.
    Storage {
        /// The target.
        host: HostId,
        /// The storages that it does not reach.
        missing: Vec<String>,
    },
    /// The target has too little memory free. Sizes in MiB.
    Memory {
        /// The target.
        host: HostId,
        /// What must enter: the guest, or its whole affinity group.
        needs_mib: u64,
        /// What is free beside the reserve and all that is on the host or on its way there.
        free_mib: u64,
        /// What the policy keeps for the host itself.
        reserve_mib: u64,
    },
    /// The target would carry more virtual CPUs than the policy allows.
    Cpu {
        /// The target.
        host: HostId,
        /// The virtual CPUs that must enter.
        needs: u64,
        /// The virtual CPUs that still fit.
        free: u64,
    },
    /// A guest that must not share a host with this one is on the target, or on its way there or away from it.
    AntiAffinity {
        /// The target.
        host: HostId,
        /// The name that both share.
        name: String,
        /// The other guest.
        peer: GuestId,
    },
    /// The guest must share a host with another that cannot come along.
    Affinity {
        /// The name that both share (or that links them through others).
        name: String,
        /// The other guest.
        peer: GuestId,
        /// Where the other stays.
        host: HostId,
    },
    /// The guest must both share and not share a host with another.
    Contradiction {
        /// The other guest.
        peer: GuestId,
        /// The anti-affinity name that both share.
        name: String,
    },
    /// No host can take it. Each reason once, with the number of hosts and the host that comes closest.
    NoTarget {
        /// How many other hosts there are.
        hosts: usize,
        /// The reasons, the most frequent first.
        refusals: Vec<Refusal>,
    },
}

/// One reason among those of [`Why::NoTarget`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// How many hosts refuse for this reason.
    pub hosts: usize,
    /// The refusal of the host that comes closest.
    pub example: Box<Why>,
}

impl Why {
    /// The stable word for the reason, for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Inventory { .. } => "inventory",
            Self::UnknownGuest { .. } => "unknown-guest",
            Self::UnknownHost { .. } => "unknown-host",
            Self::AlreadyThere { .. } => "already-there",
            Self::SourceOffline { .. } => "source-offline",
            Self::TargetState { .. } => "target-state",
            Self::Pinned { .. } => "pinned",
            Self::CpuType { .. } => "cpu-type",
            Self::Storage { .. } => "storage",
            Self::Memory { .. } => "memory",
            Self::Cpu { .. } => "cpu",
            Self::AntiAffinity { .. } => "anti-affinity",
            Self::Affinity { .. } => "affinity",
            Self::Contradiction { .. } => "contradiction",
            Self::NoTarget { .. } => "no-target",
        }
    }

    /// How far away from "yes" the refusal is, for choosing the host that comes closest: smaller is closer.
    pub(crate) fn distance(&self) -> u64 {
        match self {
            Self::Memory { needs_mib, free_mib, .. } => needs_mib.saturating_sub(*free_mib),
            Self::Cpu { needs, free, .. } => needs.saturating_sub(*free),
            Self::Storage { missing, .. } => missing.len() as u64,
            _ => 0,
        }
    }
}

/// The first names, and how many are left out.
pub(crate) fn some_of<T: fmt::Display>(items: &[T]) -> (String, usize) {
    let named: Vec<String> = items.iter().take(MAX_NAMED).map(ToString::to_string).collect();
    (named.join(", "), items.len() - named.len())
}

impl Why {
    /// The sentence, for readers of any language.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::Inventory { what } => says::inventory(what),
            Self::UnknownGuest { guest } => says::unknown_guest(guest),
            Self::UnknownHost { host } => says::unknown_host(host),
            Self::AlreadyThere { host } => says::already_there(host),
            Self::SourceOffline { host } => says::source_offline(host),
            Self::TargetState { host, state } => says::target_state(host, state.code()),
            Self::Pinned { reason } => says::pinned(reason),
            Self::CpuType { host, needs, has: Some(has) } => says::cpu_type(needs, host, has),
            Self::CpuType { host, needs, has: None } => says::cpu_type_unknown(needs, host),
            Self::Storage { host, missing } => {
                let (storages, more) = some_of(missing);
                says::storage(host, storages, more)
            }
            Self::Memory { host, needs_mib, free_mib, reserve_mib } => {
                says::memory(needs_mib, host, free_mib, reserve_mib)
            }
            Self::Cpu { host, needs, free } => says::cpu(needs, free, host),
            Self::AntiAffinity { host, name, peer } => says::anti_affinity(peer, name, host),
            Self::Affinity { name, peer, host } => says::affinity(peer, name, host),
            Self::Contradiction { peer, name } => says::contradiction(peer, name),
            Self::NoTarget { hosts: 0, .. } => says::no_other_host(),
            Self::NoTarget { hosts, refusals } => says::no_target(hosts, refusals.iter().map(Refusal::said)),
        }
    }
}

impl Refusal {
    fn said(&self) -> Said {
        match self.hosts {
            1 => self.example.said(),
            n => says::closest(n, [self.example.said()]),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&noout_words::english(&self.said()))
    }
}

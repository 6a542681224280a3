//! Why a guest cannot go where somebody wants it: typed for the machine, in words for people.

use std::fmt;

use noout_types::{GuestId, HostId};

use crate::HostState;

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

/// The word for a host's state.
pub(crate) fn state_word(state: HostState) -> &'static str {
    match state {
        HostState::Online => "online",
        HostState::Offline => "offline",
        HostState::Maintenance => "in maintenance",
    }
}

/// "a, b, c and 3 more".
pub(crate) fn some_of<T: fmt::Display>(items: &[T]) -> String {
    let named: Vec<String> = items.iter().take(MAX_NAMED).map(ToString::to_string).collect();
    let more = items.len().saturating_sub(named.len());
    if more == 0 { named.join(", ") } else { format!("{} and {more} more", named.join(", ")) }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inventory { what } => write!(f, "the inventory cannot be planned on: {what}"),
            Self::UnknownGuest { guest } => write!(f, "there is no guest {guest}"),
            Self::UnknownHost { host } => write!(f, "there is no host {host}"),
            Self::AlreadyThere { host } => write!(f, "it is on {host} already"),
            Self::SourceOffline { host } => write!(f, "its host {host} is offline, so it cannot be moved off it"),
            Self::TargetState { host, state } => write!(f, "{host} is {}", state_word(*state)),
            Self::Pinned { reason } => write!(f, "it runs and is pinned: {reason}"),
            Self::CpuType { host, needs, has: Some(has) } => {
                write!(f, "it needs the CPU type {needs}, {host} has {has}")
            }
            Self::CpuType { host, needs, has: None } => {
                write!(f, "it needs the CPU type {needs}, that of {host} is unknown")
            }
            Self::Storage { host, missing } => write!(f, "{host} does not reach the storage {}", some_of(missing)),
            Self::Memory { host, needs_mib, free_mib, reserve_mib } => write!(
                f,
                "{needs_mib} MiB of memory are needed, {host} has {free_mib} MiB free beside its reserve of {reserve_mib} MiB"
            ),
            Self::Cpu { host, needs, free } => {
                write!(f, "{needs} virtual CPUs are needed, the policy leaves {free} on {host}")
            }
            Self::AntiAffinity { host, name, peer } => {
                write!(
                    f,
                    "it must not share a host with {peer} (anti-affinity {name:?}), which is on {host} or on its way there"
                )
            }
            Self::Affinity { name, peer, host } => {
                write!(f, "it must share a host with {peer} (affinity {name:?}), which stays on {host}")
            }
            Self::Contradiction { peer, name } => write!(
                f,
                "its affinity asks for one host with {peer}, its anti-affinity {name:?} forbids that: one must be dropped"
            ),
            Self::NoTarget { hosts: 0, .. } => f.write_str("there is no other host"),
            Self::NoTarget { hosts, refusals } => {
                write!(f, "none of {hosts} other hosts can take it: ")?;
                for (index, refusal) in refusals.iter().enumerate() {
                    let gap = if index == 0 { "" } else { "; " };
                    match refusal.hosts {
                        1 => write!(f, "{gap}{}", refusal.example)?,
                        n => write!(f, "{gap}{} (the closest of {n} such hosts)", refusal.example)?,
                    }
                }
                Ok(())
            }
        }
    }
}

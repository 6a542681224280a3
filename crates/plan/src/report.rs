//! What a planner hands out: the moves in order, what stays and why, what is left afterwards. Typed for machines; every
//! reason also in words. The JSON is `{moves:[{guest,from,to,order}], blocked:[{guest,code,why}],
//! report:[{severity,code,text}], capacity:[…], n_plus:{…}}`.

use std::fmt;

use noout_types::{GuestId, HostId, Said, Severity};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::why::some_of;
use crate::{Why, says};

/// One guest's move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The guest.
    pub guest: GuestId,
    /// Where it is when the move starts.
    pub from: HostId,
    /// Where it is afterwards.
    pub to: HostId,
    /// When, from 1. Moves of equal order may run at the same time; the next order starts when all of one have ended.
    pub order: u32,
}

/// A guest that stays where it must not, and why. Its JSON is `{guest, code, why}` with `why` in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// The guest.
    pub guest: GuestId,
    /// Why.
    pub why: Why,
}

impl Serialize for Blocked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Blocked", 3)?;
        out.serialize_field("guest", &self.guest)?;
        out.serialize_field("code", self.why.code())?;
        out.serialize_field("why", &self.why.to_string())?;
        out.end()
    }
}

/// Something that a person should know before saying yes. Its JSON is `{severity, code, text}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// What the plan costs, in one line.
    Summary {
        /// How many moves.
        moves: usize,
        /// How many orders, one after the other.
        orders: u32,
        /// Memory of the running guests that move, in MiB; a guest that moves twice counts twice.
        memory_mib: u64,
        /// How many moves restart a container.
        interruptions: usize,
        /// How many guests stay.
        blocked: usize,
    },
    /// A container restarts on its new host: its customers see that.
    Interruption {
        /// The container.
        guest: GuestId,
        /// Its new host.
        to: HostId,
    },
    /// A guest that could have stayed moves, because another would have no place otherwise.
    MadeRoom {
        /// The guest that moves.
        guest: GuestId,
        /// From where.
        from: HostId,
        /// To where.
        to: HostId,
        /// For which guest.
        for_guest: GuestId,
    },
    /// A guest goes home by way of a third host, because it and others wait for each other's room.
    ByThirdHost {
        /// The guest.
        guest: GuestId,
        /// The host in between.
        via: HostId,
        /// Where it wants to go.
        to: HostId,
    },
    /// A move does not start with the first ones, because its target has no room until others have left.
    Waits {
        /// The guest.
        guest: GuestId,
        /// The order in which it moves.
        order: u32,
        /// What it waited for, at first.
        why: Why,
    },
    /// A guest dirties memory as fast as the link carries it: its live move may not end, or pause it for long.
    MayNotConverge {
        /// The guest.
        guest: GuestId,
        /// How fast it dirties memory, in MiB/s.
        dirty_mib_s: u64,
        /// What the link carries, in MiB/s.
        link_mib_s: u64,
    },
    /// A guest with an affinity or anti-affinity, or a host's memory, is out of rule before the plan starts.
    AlreadyBroken {
        /// Which rule.
        rule: BrokenRule,
    },
    /// After the plan fewer further hosts may die than the policy asks for.
    NPlusLost {
        /// How many the policy asks for.
        wanted: u32,
        /// How many may die.
        holds: u32,
        /// How many could have died before the plan (looked at up to `wanted`).
        before: u32,
        /// The hosts whose death hurts most.
        worst: Vec<HostId>,
        /// The guests that would have no place then.
        homeless: Vec<GuestId>,
    },
    /// Too many combinations of hosts to try each: the most loaded ones were tried.
    NPlusNotExact {
        /// How many hosts die together in what was tried.
        deaths: u32,
    },
    /// A host is nearly full after the plan.
    NearlyFull {
        /// The host.
        host: HostId,
        /// Memory or CPU, whichever is worse, in percent of what guests may take.
        percent: u64,
    },
    /// A guest that was to go home is no longer in the inventory.
    Gone {
        /// The guest.
        guest: GuestId,
    },
}

impl Finding {
    /// How much it should weigh. A gate may refuse from `Warning` or `Critical` on.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::Summary { .. } | Self::MadeRoom { .. } | Self::ByThirdHost { .. } | Self::Waits { .. } => {
                Severity::Info
            }
            Self::Gone { .. } | Self::NPlusNotExact { .. } => Severity::Info,
            Self::Interruption { .. } | Self::MayNotConverge { .. } | Self::AlreadyBroken { .. } => Severity::Warning,
            Self::NearlyFull { .. } => Severity::Warning,
            // Redundancy that the plan takes away is the plan's; what was gone before is a warning to all the same.
            Self::NPlusLost { holds, before, .. } if holds < before => Severity::Critical,
            Self::NPlusLost { .. } => Severity::Warning,
        }
    }

    /// The stable word for it, for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Summary { .. } => "summary",
            Self::Interruption { .. } => "interruption",
            Self::MadeRoom { .. } => "made-room",
            Self::ByThirdHost { .. } => "by-third-host",
            Self::Waits { .. } => "waits",
            Self::MayNotConverge { .. } => "may-not-converge",
            Self::AlreadyBroken { .. } => "already-broken",
            Self::NPlusLost { .. } => "n-plus-lost",
            Self::NPlusNotExact { .. } => "n-plus-not-exact",
            Self::NearlyFull { .. } => "nearly-full",
            Self::Gone { .. } => "gone",
        }
    }
}

impl Finding {
    /// The sentence, for readers of any language.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::Summary { moves, orders, memory_mib, interruptions, blocked } => {
                says::summary(moves, orders, memory_mib, interruptions, blocked)
            }
            Self::Interruption { guest, to } => says::interruption(guest, to),
            Self::MadeRoom { guest, from, to, for_guest } => says::made_room(guest, from, to, for_guest),
            Self::ByThirdHost { guest, via, to } => says::by_third_host(guest, via, to),
            Self::Waits { guest, order, why } => says::waits(guest, order, [why.said()]),
            Self::MayNotConverge { guest, dirty_mib_s, link_mib_s } => {
                says::may_not_converge(guest, dirty_mib_s, link_mib_s)
            }
            Self::AlreadyBroken { rule } => rule.said(),
            Self::NPlusLost { wanted, holds, before, worst, homeless } => {
                let ((worst, worst_more), (homeless, homeless_more)) = (some_of(worst), some_of(homeless));
                let before = if holds >= before { "no-better" } else { "better" };
                says::n_plus_lost(holds, wanted, before, worst, worst_more, homeless, homeless_more)
            }
            Self::NPlusNotExact { deaths } => says::n_plus_not_exact(deaths),
            Self::NearlyFull { host, percent } => says::nearly_full(host, percent),
            Self::Gone { guest } => says::gone(guest),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&noout_words::english(&self.said()))
    }
}

/// A rule that the inventory breaks before anything moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrokenRule {
    /// Running guests take more memory than there is for them. Sizes in MiB.
    Memory {
        /// The host.
        host: HostId,
        /// What they take.
        used_mib: u64,
        /// What there is beside the reserve.
        free_mib: u64,
    },
    /// Two guests that must share a host do not.
    Affinity {
        /// One.
        guest: GuestId,
        /// The other.
        peer: GuestId,
        /// The name that both share (or that links them through others).
        name: String,
    },
    /// Two guests that must not share a host do.
    AntiAffinity {
        /// One.
        guest: GuestId,
        /// The other.
        peer: GuestId,
        /// The name that both share.
        name: String,
        /// Where both are.
        host: HostId,
    },
}

impl BrokenRule {
    fn said(&self) -> Said {
        match self {
            Self::Memory { host, used_mib, free_mib } => says::broken_memory(used_mib, host, free_mib),
            Self::Affinity { guest, peer, name } => says::broken_affinity(guest, peer, name),
            Self::AntiAffinity { guest, peer, name, host } => says::broken_anti_affinity(guest, peer, name, host),
        }
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        said(serializer, self.severity(), self.code(), &self.to_string())
    }
}

/// `{severity, code, text}`, the one shape for everything that is said about a plan.
pub(crate) fn said<S: Serializer>(to: S, severity: Severity, code: &str, text: &str) -> Result<S::Ok, S::Error> {
    let mut out = to.serialize_struct("Said", 3)?;
    out.serialize_field("severity", severity.as_str())?;
    out.serialize_field("code", code)?;
    out.serialize_field("text", text)?;
    out.end()
}

/// What running guests take of a host before and after the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostLoad {
    /// The host.
    pub host: HostId,
    /// MiB taken before.
    pub memory_mib_before: u64,
    /// MiB taken after.
    pub memory_mib_after: u64,
    /// MiB that the host has, its reserve included.
    pub memory_mib_total: u64,
    /// Virtual CPUs before.
    pub cpus_before: u64,
    /// Virtual CPUs after.
    pub cpus_after: u64,
}

/// How many further hosts may die after the plan, all guests that can live elsewhere still finding a place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct NPlus {
    /// How many the policy asks for.
    pub wanted: u32,
    /// How many may die; looked at up to `wanted`, at least one.
    pub holds: u32,
    /// Whether `holds` is at least `wanted`.
    pub ok: bool,
    /// Whether each combination of hosts was tried; else the most loaded hosts were.
    pub exact: bool,
    /// The hosts whose death (together) hurts most: that leaves most guests without a place, or else loads the rest most.
    pub worst: Vec<HostId>,
    /// The guests that would have no place if `worst` died.
    pub homeless: Vec<Blocked>,
}

/// A plan: where guests go, in which order, what stays, and what is left afterwards.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Placement {
    /// The moves, by order, then by guest.
    pub moves: Vec<Move>,
    /// The guests that stay although they should not, by guest.
    pub blocked: Vec<Blocked>,
    /// What a person should know.
    pub report: Vec<Finding>,
    /// Each host, by id.
    pub capacity: Vec<HostLoad>,
    /// What may still die afterwards.
    pub n_plus: NPlus,
}

impl Placement {
    /// SHA-256 of the plan's JSON, in lower-case hex. The same inventory gives the same hash, so that an approval can
    /// be bound to it.
    ///
    /// # Errors
    /// None that this type can cause; the serializer's is passed on instead of hidden.
    pub fn hash(&self) -> Result<String, serde_json::Error> {
        Ok(hex::encode(Sha256::digest(serde_json::to_vec(self)?)))
    }

    /// The worst severity in the report; `Critical` as soon as a guest stays.
    #[must_use]
    pub fn severity(&self) -> Severity {
        let report = self.report.iter().map(Finding::severity).max().unwrap_or(Severity::Info);
        if self.blocked.is_empty() { report } else { Severity::Critical }
    }
}

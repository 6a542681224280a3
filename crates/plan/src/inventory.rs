//! What is there: hosts, guests and the policy for placing them. The JSON shape is a contract
//! (`--inventory FILE`): unknown fields are errors, absent ones have the defaults shown here.

use noout_types::{CustomerId, GuestId, HostId};
use serde::{Deserialize, Serialize};

/// Everything that placement needs to know of a platform.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inventory {
    /// The hosts, in any order.
    pub hosts: Vec<Host>,
    /// The guests, in any order, running or not.
    #[serde(default)]
    pub guests: Vec<Guest>,
    /// How guests may be placed and moved.
    #[serde(default)]
    pub policy: Policy,
}

/// A host's state as the platform tells it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HostState {
    /// Up and a valid target.
    #[default]
    Online,
    /// Down or unreachable.
    Offline,
    /// Up, but being emptied or repaired: never a target.
    Maintenance,
}

impl HostState {
    /// The stable word for it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Offline => "offline",
            Self::Maintenance => "maintenance",
        }
    }
}

/// A host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// Its name.
    pub id: HostId,
    /// What fails together with it: a rack, a power feed. Defaults to the host itself.
    #[serde(default)]
    pub failure_domain: String,
    /// Physical threads; the policy says how far guests' CPUs may exceed them.
    pub cpus: u32,
    /// Memory in MiB. Never over-committed.
    pub memory_mib: u64,
    /// The CPU's model; guests with a `cpu_type` move only to hosts of the same.
    #[serde(default)]
    pub cpu_type: Option<String>,
    /// The storages that the host reaches.
    #[serde(default)]
    pub storage: Vec<String>,
    /// Online, offline or in maintenance.
    #[serde(default)]
    pub state: HostState,
    /// Electric power drawn, in watts; for consolidation.
    #[serde(default)]
    pub watts: u32,
    /// Height in the rack, in units; for consolidation.
    #[serde(default)]
    pub rack_units: u32,
}

impl Host {
    /// The failure domain, or the host's own name where none is given.
    #[must_use]
    pub fn domain(&self) -> &str {
        if self.failure_domain.is_empty() { self.id.as_str() } else { &self.failure_domain }
    }
}

/// What kind of guest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GuestKind {
    /// A virtual machine: moves live.
    #[default]
    Vm,
    /// A container: restarts when it moves, which is an interruption.
    Container,
}

/// A guest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guest {
    /// Its id on the platform.
    pub id: GuestId,
    /// Where it is now.
    pub host: HostId,
    /// Virtual CPUs.
    pub cpus: u32,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// Whether it runs. A stopped guest needs storage, not memory.
    #[serde(default = "yes")]
    pub running: bool,
    /// Virtual machine or container.
    #[serde(default)]
    pub kind: GuestKind,
    /// The CPU model that it must find, or none.
    #[serde(default)]
    pub cpu_type: Option<String>,
    /// The storages that its host must reach.
    #[serde(default)]
    pub storage: Vec<String>,
    /// Guests that share a name here must share a host.
    #[serde(default)]
    pub affinity: Vec<String>,
    /// Guests that share a name here must not share a host.
    #[serde(default)]
    pub anti_affinity: Vec<String>,
    /// Why the guest cannot move live, in words; none if it can.
    #[serde(default)]
    pub pinned: Option<String>,
    /// How fast it dirties memory, in MiB/s; decides how long a live move takes.
    #[serde(default)]
    pub dirty_mib_s: u32,
    /// Whose guest it is.
    #[serde(default)]
    pub customer: Option<CustomerId>,
}

fn yes() -> bool {
    true
}

/// How guests may be placed and moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Virtual CPUs of running guests per physical thread, at the most.
    pub cpu_overcommit: f64,
    /// Memory that each host keeps for itself, in MiB.
    pub memory_reserve_mib: u64,
    /// How many further hosts may die after the move with all guests still fitting.
    pub keep_n_plus: u32,
    /// Bandwidth for moves per host link, in MiB/s.
    pub link_mib_s: u32,
    /// Moves at one time into or out of one host.
    pub parallel_per_host: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self { cpu_overcommit: 4.0, memory_reserve_mib: 8192, keep_n_plus: 1, link_mib_s: 1100, parallel_per_host: 2 }
    }
}

impl Inventory {
    /// A host by its id.
    #[must_use]
    pub fn host(&self, id: &HostId) -> Option<&Host> {
        self.hosts.iter().find(|h| h.id == *id)
    }

    /// A guest by its id.
    #[must_use]
    pub fn guest(&self, id: &GuestId) -> Option<&Guest> {
        self.guests.iter().find(|g| g.id == *id)
    }

    /// The guests that are on a host, running or not.
    pub fn guests_on<'a>(&'a self, host: &'a HostId) -> impl Iterator<Item = &'a Guest> {
        self.guests.iter().filter(move |g| g.host == *host)
    }
}

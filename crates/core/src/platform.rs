//! What the core and the drivers say to each other: views of a platform, acts upon it, and how an
//! act ended. Drivers report what they saw; every judgement about it is the core's.

use std::collections::{BTreeMap, BTreeSet};

use noout_plan::Inventory;
use noout_types::{GuestId, HostId, OsdId, PlatformId, SensorId, Timestamp};
use serde::{Deserialize, Serialize};

/// Something that noout does to a platform. A driver *ensures* it: reads back first, acts only if
/// the wanted state is not there yet, and so may be called again after a crash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// The guest runs (or lies, if it was stopped) on `to`.
    MoveGuest {
        /// Which guest.
        guest: GuestId,
        /// Where it is expected to be; found elsewhere than here or `to`, the driver refuses.
        from: HostId,
        /// Where it shall be.
        to: HostId,
    },
    /// Ceph's `noout` is set for this one host (never for the whole cluster).
    SetNoout {
        /// The CRUSH host bucket.
        host: HostId,
    },
    /// Ceph's `noout` of this host is gone.
    ClearNoout {
        /// The CRUSH host bucket.
        host: HostId,
    },
    /// The host is shut down and powered off.
    PowerOff {
        /// Which host.
        host: HostId,
    },
    /// The host is powered on, has booted and is a member of its cluster again.
    PowerOn {
        /// Which host.
        host: HostId,
    },
}

impl Act {
    /// Whether the act takes something away from the platform, so that `noout stop` forbids it.
    /// Giving back (power on, clear a flag that we set) is never forbidden.
    #[must_use]
    pub fn is_disruptive(&self) -> bool {
        matches!(self, Self::MoveGuest { .. } | Self::PowerOff { .. } | Self::SetNoout { .. })
    }
}

/// How far an act is. An ambiguous result is never success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Ensured {
    /// The wanted state was read back.
    Done(ActOutput),
    /// The platform works on it; ask again with the same act.
    Running {
        /// The platform's name for the task (a UPID, a lab task), to adopt it after a crash.
        task: String,
    },
    /// The platform or the driver says no; nothing was changed.
    Refused {
        /// Why, in words.
        why: String,
    },
    /// Nobody knows whether it happened: a lost reply, a timeout. Read back before any retry.
    Ambiguous {
        /// What is known, in words.
        why: String,
    },
}

/// How a guest came to its new host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moved {
    /// A machine that ran all the while.
    Live,
    /// A container that ran: stopped on the one host and started on the other.
    Restarted,
    /// It did not run.
    Stopped,
}

/// What an act that is done leaves behind as evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActOutput {
    /// The measured pause of a guest that moved, in milliseconds, where the platform tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause_ms: Option<u64>,
    /// How a guest moved, where the platform tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<Moved>,
    /// The platform's task, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// The wanted state was there before we did anything.
    #[serde(default)]
    pub already: bool,
    /// What was read back, in words.
    #[serde(default)]
    pub detail: String,
}

/// What a compute platform shows at one instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComputeView {
    /// When it was read, by noout's clock.
    pub taken_at: Timestamp,
    /// Hosts and guests.
    pub inventory: Inventory,
    /// Why the view may be incomplete (a weak token, a node that does not answer); empty if the
    /// driver proved that it sees everything. An incomplete view is never evidence of absence.
    pub incomplete: Vec<String>,
    /// Whether the cluster has quorum now.
    pub quorate: bool,
    /// Whether it would still have quorum with one host fewer.
    pub quorate_without_one: bool,
    /// Each online host's boot id: a host that returns with the same one never went away.
    pub boot_ids: BTreeMap<HostId, String>,
    /// Guests that are locked now (backup, snapshot, migration), with the lock's name.
    pub locks: BTreeMap<GuestId, String>,
    /// Tasks that would fight us: backups, replications, other migrations; in words.
    pub busy: Vec<String>,
}

/// Ceph's overall health.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Health {
    /// `HEALTH_OK`.
    #[serde(rename = "HEALTH_OK")]
    Ok,
    /// `HEALTH_WARN`.
    #[serde(rename = "HEALTH_WARN")]
    Warn,
    /// `HEALTH_ERR`.
    #[serde(rename = "HEALTH_ERR")]
    Err,
}

/// One of Ceph's health checks, by its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCheck {
    /// Warning or error.
    pub severity: Health,
    /// Ceph's own words.
    pub summary: String,
    /// An operator muted it.
    pub muted: bool,
}

/// An OSD.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Osd {
    /// Its number.
    pub id: OsdId,
    /// The CRUSH host that it is in.
    pub host: HostId,
    /// It answers.
    pub up: bool,
    /// It holds data; marked out, Ceph copies its data elsewhere.
    #[serde(rename = "in")]
    pub is_in: bool,
}

/// A monitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mon {
    /// Its name.
    pub name: String,
    /// The host that it runs on, where that is known.
    pub host: Option<HostId>,
    /// It is in the quorum.
    pub in_quorum: bool,
}

/// An answer to "may these be stopped?".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Ceph says yes.
    Safe,
    /// Ceph says no.
    Unsafe {
        /// Its words.
        why: String,
    },
    /// No answer, a timeout, no active manager: treated as no.
    Unknown {
        /// What happened.
        why: String,
    },
}

/// What the storage shows at one instant, asked about one host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StorageView {
    /// When it was read, by noout's clock.
    pub taken_at: Timestamp,
    /// The overall word.
    pub health: Health,
    /// The checks that are not fine, by code (`OSD_DOWN`, `PG_DEGRADED`, …).
    pub checks: BTreeMap<String, HealthCheck>,
    /// Flags of the whole cluster (`noout`, `norebalance`, …).
    pub cluster_flags: BTreeSet<String>,
    /// Flags of single CRUSH hosts.
    pub host_flags: BTreeMap<HostId, BTreeSet<String>>,
    /// Flags of single OSDs.
    #[serde(default)]
    pub osd_flags: BTreeMap<u64, BTreeSet<String>>,
    /// All OSDs.
    pub osds: Vec<Osd>,
    /// Placement groups by state (`active+clean` → 33).
    pub pgs: BTreeMap<String, u64>,
    /// All monitors.
    pub mons: Vec<Mon>,
    /// There is an active manager.
    pub active_mgr: bool,
    /// Managers that can take over.
    pub standby_mgrs: u32,
    /// May the asked host's OSDs stop now?
    pub osds_ok_to_stop: Verdict,
    /// May the asked host's monitors stop now? Safe where it has none.
    pub mons_ok_to_stop: Verdict,
}

impl StorageView {
    /// The OSDs of a host.
    pub fn osds_of<'a>(&'a self, host: &'a HostId) -> impl Iterator<Item = &'a Osd> {
        self.osds.iter().filter(move |o| o.host == *host)
    }

    /// Whether `noout` is set for this host alone.
    #[must_use]
    pub fn has_host_noout(&self, host: &HostId) -> bool {
        self.host_flags.get(host).is_some_and(|flags| flags.contains("noout"))
    }

    /// Whether every placement group is `active+clean` (scrubbing counts as clean). No placement
    /// group at all is no evidence, so it is false.
    #[must_use]
    pub fn all_clean(&self) -> bool {
        let total: u64 = self.pgs.values().sum();
        total > 0 && self.pgs.iter().all(|(state, n)| *n == 0 || is_clean(state))
    }

    /// Whether every placement group serves reads and writes. No placement group is no evidence, and a
    /// stale one is what nobody has heard of lately: the first seconds of a host's death look so.
    #[must_use]
    pub fn all_active(&self) -> bool {
        let total: u64 = self.pgs.values().sum();
        total > 0 && self.pgs.iter().all(|(state, n)| *n == 0 || serves(state))
    }
}

fn serves(state: &str) -> bool {
    let has = |word: &str| state.split('+').any(|s| s == word);
    has("active") && !has("stale")
}

fn is_clean(state: &str) -> bool {
    let mut parts: Vec<_> =
        state.split('+').filter(|s| !matches!(*s, "scrubbing" | "deep" | "snaptrim" | "snaptrim_wait")).collect();
    parts.sort_unstable();
    parts == ["active", "clean"]
}

/// What a sensor measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SensorKind {
    /// A fan, in RPM or percent.
    Fan,
    /// A temperature, in °C.
    Temperature,
    /// A power supply.
    Power,
    /// A voltage, in V.
    Voltage,
    /// Anything else.
    Other,
}

/// What a sensor says at one poll. Missing is never healthy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Which sensor.
    pub sensor: SensorId,
    /// What it measures.
    pub kind: SensorKind,
    /// The hardware's model, the population that its fault rate is learned over.
    pub model: String,
    /// Ok, bad or missing.
    pub state: noout_detect::SensorState,
    /// The reading, in the unit below.
    pub value: Option<f64>,
    /// `RPM`, `%`, `C`, `V`, ….
    pub unit: String,
}

/// One look at one host's BMC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SensorPoll {
    /// The host whose BMC was asked.
    pub host: HostId,
    /// When, by noout's clock.
    pub taken_at: Timestamp,
    /// The readings, or why there are none.
    pub readings: Result<Vec<Reading>, String>,
    /// Fans (or power supplies) that must turn for the host to be safe; redundancy is what exceeds it.
    pub needed: BTreeMap<SensorKind, u32>,
    /// The platform that the host belongs to, where whoever asked the BMC knows it.
    pub platform: Option<PlatformId>,
}

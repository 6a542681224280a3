//! Ceph's JSON, parsed into what the core reads. Pure: text in, facts or a reason out.
//!
//! Only the fields that are needed are named, and each named one must be there: a reply without it is
//! not Ceph's, or a Ceph that we do not know, and an error is better than an empty success.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use noout_core::platform::{Health, HealthCheck, Mon, Osd, StorageView, Verdict};
use noout_types::{HostId, OsdId, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::cli::Reply;

/// The host of an OSD that CRUSH does not place anywhere; such an OSD holds no data.
pub(super) const NO_HOST: &str = "no-crush-host";

/// How many of a health check's details go into its summary. A check may have one per placement
/// group; the first few tell a person where to look.
const MAX_DETAILS: usize = 3;

/// Cluster flags that say which release wrote the map. They are set on every cluster, for good, and
/// nobody owns them, so they are not shown. Anything unknown is.
const STRUCTURAL_FLAGS: [&str; 4] = ["sortbitwise", "recovery_deletes", "purged_snapdirs", "pglog_hardlimit"];

/// `EAGAIN`: Ceph does not know yet.
const RC_EAGAIN: i32 = 11;
/// `EBUSY`: Ceph says no.
const RC_EBUSY: i32 = 16;

fn json<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|e| format!("the answer to `{what}`: {e}"))
}

/// The answers that an observation is made of, as text.
pub(super) struct Answers {
    pub health_detail: String,
    pub osd_dump: String,
    pub osd_tree: String,
    pub quorum_status: String,
    pub mon_metadata: String,
    pub mgr_dump: String,
}

impl Answers {
    /// Parses all of them and checks that they speak of the same OSDs.
    pub fn parse(&self) -> Result<Map, String> {
        let dump = Dump::parse(&self.osd_dump)?;
        let tree = Tree::parse(&self.osd_tree)?;
        tree.check_against(&dump)?;
        let (health, checks) = parse_health(&self.health_detail)?;
        let (active_mgr, standby_mgrs) = parse_mgrs(&self.mgr_dump)?;
        let mons = parse_mons(&self.quorum_status, &self.mon_metadata, &tree)?;
        Ok(Map { health, checks, dump, tree, mons, active_mgr, standby_mgrs })
    }
}

/// What the monitors say.
#[derive(Debug)]
pub(super) struct Map {
    pub health: Health,
    pub checks: BTreeMap<String, HealthCheck>,
    pub dump: Dump,
    pub tree: Tree,
    pub mons: Vec<Mon>,
    /// The monitors believe so; they notice its end after half a minute.
    pub active_mgr: bool,
    pub standby_mgrs: u32,
}

impl Map {
    /// The view, with what the manager said: `pgs` is `None` if it said nothing. One that does not
    /// answer is not active, and no placement groups are no evidence of clean ones.
    pub fn into_view(
        self,
        taken_at: Timestamp,
        pgs: Option<BTreeMap<String, u64>>,
        osds_ok_to_stop: Verdict,
        mons_ok_to_stop: Verdict,
    ) -> StorageView {
        StorageView {
            taken_at,
            host_flags: self.tree.host_flags(&self.dump),
            osd_flags: self.tree.osd_flags(&self.dump),
            osds: self.tree.osds(&self.dump),
            health: self.health,
            checks: self.checks,
            cluster_flags: self.dump.cluster_flags,
            mons: self.mons,
            active_mgr: self.active_mgr && pgs.is_some(),
            pgs: pgs.unwrap_or_default(),
            standby_mgrs: self.standby_mgrs,
            osds_ok_to_stop,
            mons_ok_to_stop,
        }
    }
}

type Flags = BTreeSet<String>;

/// What `osd dump` says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dump {
    /// Flags of the whole cluster, without the structural ones.
    pub cluster_flags: Flags,
    /// Flags of CRUSH buckets of any type, by name.
    pub node_flags: BTreeMap<String, Flags>,
    /// Flags of device classes, by name.
    pub class_flags: BTreeMap<String, Flags>,
    /// Up, in, and own flags of each OSD.
    pub osds: BTreeMap<u64, (bool, bool, Flags)>,
}

#[derive(Deserialize)]
struct RawDump {
    flags_set: Vec<String>,
    crush_node_flags: BTreeMap<String, Flags>,
    #[serde(default)]
    device_class_flags: BTreeMap<String, Flags>,
    osds: Vec<RawOsd>,
}

#[derive(Deserialize)]
struct RawOsd {
    osd: u64,
    up: u8,
    #[serde(rename = "in")]
    is_in: u8,
    state: Vec<String>,
}

impl Dump {
    pub fn parse(text: &str) -> Result<Self, String> {
        let raw: RawDump = json("osd dump", text)?;
        let is_operational = |f: &String| !STRUCTURAL_FLAGS.contains(&f.as_str()) && !f.starts_with("require_");
        let osds = raw.osds.into_iter().map(|o| {
            // The state list mixes what an OSD is (`exists`, `up`, `new`) with what was set on it.
            let own = o.state.into_iter().filter(|s| s.starts_with("no")).collect();
            (o.osd, (o.up != 0, o.is_in != 0, own))
        });
        Ok(Self {
            cluster_flags: raw.flags_set.into_iter().filter(is_operational).collect(),
            node_flags: raw.crush_node_flags,
            class_flags: raw.device_class_flags,
            osds: osds.collect(),
        })
    }
}

/// What `osd tree` says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tree {
    /// The OSDs of each bucket of type `host`.
    pub hosts: BTreeMap<HostId, BTreeSet<u64>>,
    /// The OSDs that exist, each with its place.
    osds: BTreeMap<u64, Place>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    host: HostId,
    /// Buckets above it that are not a host: racks, rooms, roots.
    above: Vec<String>,
    class: Option<String>,
}

#[derive(Deserialize)]
struct RawTree {
    nodes: Vec<RawNode>,
    stray: Vec<RawNode>,
}

#[derive(Deserialize)]
struct RawNode {
    id: i64,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    children: Vec<i64>,
    device_class: Option<String>,
    /// On OSDs only; 0 is one that CRUSH still names but that was removed.
    exists: Option<u8>,
}

impl Tree {
    pub fn parse(text: &str) -> Result<Self, String> {
        let raw: RawTree = json("osd tree", text)?;
        let mut parents: BTreeMap<i64, &RawNode> = BTreeMap::new();
        let mut hosts: BTreeMap<HostId, BTreeSet<u64>> = BTreeMap::new();
        for node in &raw.nodes {
            if node.kind == "host" {
                hosts.entry(host_id(&node.name)?).or_default();
            }
            for child in &node.children {
                parents.entry(*child).or_insert(node);
            }
        }
        let mut osds = BTreeMap::new();
        for node in raw.nodes.iter().chain(&raw.stray).filter(|n| n.exists != Some(0)) {
            let Ok(id) = u64::try_from(node.id) else { continue };
            let place = place(node, &parents, raw.nodes.len())?;
            if let Some(of_host) = hosts.get_mut(&place.host) {
                of_host.insert(id);
            }
            osds.entry(id).or_insert(place);
        }
        Ok(Self { hosts, osds })
    }

    /// The two answers are of two instants: an OSD that only one of them knows was made or removed
    /// in between, and a host that lacks one of its OSDs must not be judged.
    fn check_against(&self, dump: &Dump) -> Result<(), String> {
        let (tree, dump): (BTreeSet<_>, BTreeSet<_>) = (self.osds.keys().collect(), dump.osds.keys().collect());
        match tree.symmetric_difference(&dump).next() {
            Some(id) => Err(format!("`osd tree` and `osd dump` disagree whether osd.{id} exists")),
            None => Ok(()),
        }
    }

    /// That a host is not one of CRUSH's, in words for people.
    pub fn no_such_host(&self, host: &HostId) -> String {
        let known: Vec<&str> = self.hosts.keys().map(HostId::as_str).take(20).collect();
        format!("Ceph has no CRUSH host {host}; its hosts are {}", known.join(", "))
    }

    fn host_flags(&self, dump: &Dump) -> BTreeMap<HostId, Flags> {
        let flags_of = |host: &HostId| dump.node_flags.get(host.as_str()).filter(|f| !f.is_empty()).cloned();
        self.hosts.keys().filter_map(|host| Some((host.clone(), flags_of(host)?))).collect()
    }

    /// Flags that hold for an OSD otherwise than by its host or the whole cluster: its own, its
    /// device class's, those of a rack or root above it.
    fn osd_flags(&self, dump: &Dump) -> BTreeMap<u64, Flags> {
        let mut all: BTreeMap<u64, Flags> = BTreeMap::new();
        for (id, place) in &self.osds {
            let own = dump.osds.get(id).map(|(_, _, own)| own);
            let above = place.above.iter().filter_map(|name| dump.node_flags.get(name));
            let class = place.class.as_ref().and_then(|class| dump.class_flags.get(class));
            let flags: Flags = own.into_iter().chain(above).chain(class).flatten().cloned().collect();
            if !flags.is_empty() {
                all.insert(*id, flags);
            }
        }
        all
    }

    fn osds(&self, dump: &Dump) -> Vec<Osd> {
        let places = self.osds.iter();
        let osd = |(id, place): (&u64, &Place)| {
            let (up, is_in, _) = dump.osds.get(id)?;
            Some(Osd { id: OsdId(*id), host: place.host.clone(), up: *up, is_in: *is_in })
        };
        places.filter_map(osd).collect()
    }
}

fn host_id(name: &str) -> Result<HostId, String> {
    HostId::new(name).map_err(|e| format!("the answer to `osd tree`: {e}"))
}

fn place(osd: &RawNode, parents: &BTreeMap<i64, &RawNode>, depth_limit: usize) -> Result<Place, String> {
    let (mut host, mut nearest, mut above) = (None, None, Vec::new());
    let mut at = osd.id;
    // A tree that is not one (a bucket above itself) must not keep us for ever.
    for _ in 0..depth_limit {
        let Some(parent) = parents.get(&at) else { break };
        nearest = nearest.or(Some(parent.name.as_str()));
        if parent.kind == "host" && host.is_none() {
            host = Some(parent.name.as_str());
        } else {
            above.push(parent.name.clone());
        }
        at = parent.id;
    }
    Ok(Place { host: host_id(host.or(nearest).unwrap_or(NO_HOST))?, above, class: osd.device_class.clone() })
}

#[derive(Deserialize)]
struct RawHealth {
    status: Health,
    checks: BTreeMap<String, RawCheck>,
}

#[derive(Deserialize)]
struct RawCheck {
    severity: Health,
    summary: RawMessage,
    detail: Vec<RawMessage>,
    #[serde(default)]
    muted: bool,
}

#[derive(Deserialize)]
struct RawMessage {
    message: String,
}

/// Reads `health detail`. The first details follow the summary in brackets.
pub(super) fn parse_health(text: &str) -> Result<(Health, BTreeMap<String, HealthCheck>), String> {
    let raw: RawHealth = json("health detail", text)?;
    let checks = raw.checks.into_iter().map(|(code, check)| {
        let mut summary = check.summary.message;
        if !check.detail.is_empty() {
            let first: Vec<&str> = check.detail.iter().take(MAX_DETAILS).map(|d| d.message.as_str()).collect();
            let more = check.detail.len() - first.len();
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            summary = format!("{summary} ({}{more})", first.join("; "));
        }
        (code, HealthCheck { severity: check.severity, summary, muted: check.muted })
    });
    Ok((raw.status, checks.collect()))
}

#[derive(Deserialize)]
struct RawPgStat {
    pg_summary: RawPgSummary,
}

#[derive(Deserialize)]
struct RawPgSummary {
    num_pgs: u64,
    num_pg_by_state: Vec<RawPgState>,
}

#[derive(Deserialize)]
struct RawPgState {
    name: String,
    num: u64,
}

/// Reads placement groups by state from `pg stat`. Those that no state counts are `unknown`, as Ceph
/// itself calls those that a new manager has not heard of yet.
pub(super) fn parse_pgs(text: &str) -> Result<BTreeMap<String, u64>, String> {
    let raw: RawPgStat = json("pg stat", text)?;
    let mut pgs: BTreeMap<String, u64> = BTreeMap::new();
    for state in raw.pg_summary.num_pg_by_state {
        let n = pgs.entry(state.name).or_default();
        *n = n.saturating_add(state.num);
    }
    let counted = pgs.values().fold(0, |sum: u64, n| sum.saturating_add(*n));
    let uncounted = raw.pg_summary.num_pgs.saturating_sub(counted);
    if uncounted > 0 {
        *pgs.entry("unknown".to_owned()).or_default() += uncounted;
    }
    Ok(pgs)
}

#[derive(Deserialize)]
struct RawQuorum {
    quorum_names: BTreeSet<String>,
    monmap: RawMonMap,
}

#[derive(Deserialize)]
struct RawMonMap {
    mons: Vec<RawMon>,
}

#[derive(Deserialize)]
struct RawMon {
    name: String,
}

#[derive(Deserialize)]
struct RawMonMetadata {
    name: String,
    hostname: Option<String>,
}

/// Reads the monitors, each with its host: what it says itself in `mon metadata` (cut to the CRUSH
/// host's name where it gives a full domain name), else the CRUSH host that it is named after.
pub(super) fn parse_mons(quorum_status: &str, mon_metadata: &str, tree: &Tree) -> Result<Vec<Mon>, String> {
    let quorum: RawQuorum = json("quorum_status", quorum_status)?;
    let metadata: Vec<RawMonMetadata> = json("mon metadata", mon_metadata)?;
    let hostnames: BTreeMap<String, String> =
        metadata.into_iter().filter_map(|m| Some((m.name, m.hostname.filter(|h| !h.is_empty())?))).collect();
    let crush_host = |name: &str| tree.hosts.get_key_value(name).map(|(host, _)| host.clone());
    let host_of = |mon: &str| match hostnames.get(mon) {
        Some(full) => {
            let short = full.split('.').next().unwrap_or(full);
            crush_host(full).or_else(|| crush_host(short)).or_else(|| HostId::new(full).ok())
        }
        None => crush_host(mon),
    };
    let mons = quorum.monmap.mons.into_iter().map(|mon| {
        let (host, in_quorum) = (host_of(&mon.name), quorum.quorum_names.contains(&mon.name));
        Mon { name: mon.name, host, in_quorum }
    });
    Ok(mons.collect())
}

#[derive(Deserialize)]
struct RawMgr {
    available: bool,
    active_name: String,
    standbys: Vec<serde::de::IgnoredAny>,
}

/// Reads `mgr dump`: whether a manager is active and how many stand by.
pub(super) fn parse_mgrs(text: &str) -> Result<(bool, u32), String> {
    let raw: RawMgr = json("mgr dump", text)?;
    let standbys = u32::try_from(raw.standbys.len()).unwrap_or(u32::MAX);
    Ok((raw.available && !raw.active_name.is_empty(), standbys))
}

#[derive(Deserialize)]
struct RawOkToStop {
    ok_to_stop: bool,
    osds: BTreeSet<u64>,
}

/// What an answer to `osd ok-to-stop` means. Safe only if it says so about the very OSDs asked.
pub(super) fn osd_verdict(asked: &BTreeSet<u64>, reply: &Reply) -> Verdict {
    if let Some(no) = no_verdict(reply) {
        return no;
    }
    match json::<RawOkToStop>("osd ok-to-stop", &reply.stdout) {
        Ok(yes) if yes.ok_to_stop && yes.osds.is_superset(asked) => Verdict::Safe,
        Ok(_) => Verdict::Unknown { why: "`osd ok-to-stop` does not say yes to all the OSDs asked about".to_owned() },
        Err(why) => Verdict::Unknown { why },
    }
}

/// What an answer to `mon ok-to-stop` means; it is in the exit status alone.
pub(super) fn mon_verdict(reply: &Reply) -> Verdict {
    no_verdict(reply).unwrap_or(Verdict::Safe)
}

fn no_verdict(reply: &Reply) -> Option<Verdict> {
    let words = reply.words();
    // "Error EBUSY: unsafe to stop …": the exit status has said the first part already.
    let why = words.strip_prefix("Error ").and_then(|w| w.split_once(": ")).map_or(words.as_str(), |(_, w)| w);
    match reply.rc {
        0 => None,
        RC_EBUSY => Some(Verdict::Unsafe { why: why.to_owned() }),
        RC_EAGAIN => Some(Verdict::Unknown { why: why.to_owned() }),
        rc => Some(Verdict::Unknown { why: format!("ended with {rc}: {why}") }),
    }
}

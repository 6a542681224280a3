//! The Ceph-like storage: OSDs, placement groups, monitors, managers and flags.
//!
//! Size 3, min_size 2, one copy a host. A placement group serves as long as two members have its
//! newest data. What happened while an OSD was away must be recovered before its copy counts again.

use std::collections::{BTreeMap, BTreeSet};

use noout_core::platform::Act;
use noout_types::HostId;
use serde::{Deserialize, Serialize};

use super::power::MON_LEASE_MS;
use super::time::chance;
use super::world::{Happening, Power, World};

/// Copies that must be current for a placement group to serve.
pub(super) const MIN_SIZE: usize = 2;
const SIZE: usize = 3;
const OSDS_PER_HOST: usize = 2;
/// A data pool and the manager's own pool of one.
const DATA_PGS: u64 = 64;
/// Placement groups in this many are empty; empty ones are undersized, but never degraded.
const EMPTY_ONE_IN: u64 = 5;
pub(super) const OBJECTS_PER_PG: u64 = 40;
/// Monitors stand on these hosts, managers on those; the first manager is active.
const MONS: [&str; 3] = ["pve1", "pve3", "pve5"];
const MGRS: [&str; 2] = ["pve1", "pve5"];

/// Ceph's `osd_heartbeat_grace`: a dead OSD is reported after this.
const HEARTBEAT_GRACE_MS: u64 = 20_000;
/// Ceph's `mon_osd_down_out_interval`: after this a down OSD is marked out, unless noout forbids.
const DOWN_OUT_MS: u64 = 600_000;
/// `mon_mgr_beacon_grace`: a standby takes over after this.
const MGR_GRACE_MS: u64 = 30_000;
const PEERING_MS: u64 = 2_000;
/// Recovery of what changed while a copy was away, for each placement group in turn.
const RECOVERY_MS: u64 = 700;
/// Copying a whole placement group elsewhere.
const BACKFILL_MS: u64 = 20_000;
const OSD_START_MS: u64 = 5_000;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Storage {
    pub osds: Vec<LabOsd>,
    pub pgs: Vec<Pg>,
    pub mons: Vec<LabMon>,
    pub mgrs: Vec<LabMgr>,
    pub cluster_flags: BTreeSet<String>,
    pub host_flags: BTreeMap<HostId, BTreeSet<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LabOsd {
    pub host: HostId,
    pub up: bool,
    pub is_in: bool,
    /// Counts ups and downs, so that what was planned for an earlier one is dropped.
    pub generation: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LabMon {
    pub host: HostId,
    pub up: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LabMgr {
    pub host: HostId,
    pub up: bool,
    pub active: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pg {
    pub id: String,
    /// Where CRUSH puts it when all OSDs are in.
    home: Vec<usize>,
    /// Where CRUSH puts it now.
    pub members: Vec<usize>,
    /// Members without the newest data.
    pub stale: BTreeSet<usize>,
    /// No longer members, but with the newest data: they serve until the members have it.
    pub helpers: BTreeSet<usize>,
    pub peering: bool,
    pub empty: bool,
    /// Made inactive on purpose.
    pub stuck: bool,
    pub generation: u64,
}

impl Pg {
    /// Copies with the newest data on OSDs that are up and not among `without`.
    pub fn good(&self, storage: &Storage, without: &[usize]) -> usize {
        let up = |o: &&usize| storage.osds[**o].up && !without.contains(o);
        let members = self.members.iter().filter(|o| !self.stale.contains(o)).filter(up).count();
        members + self.helpers.iter().filter(up).count()
    }

    pub fn has_two_copies_on_a_host(&self, storage: &Storage) -> bool {
        let hosts: BTreeSet<_> = self.members.iter().map(|o| &storage.osds[*o].host).collect();
        hosts.len() < self.members.len()
    }

    /// CRUSH puts it elsewhere than at home, or it is still served from elsewhere.
    pub fn is_moved(&self) -> bool {
        self.members != self.home || !self.helpers.is_empty()
    }

    /// The state in Ceph's words.
    pub fn state(&self, storage: &Storage) -> String {
        if self.members.iter().chain(&self.helpers).all(|o| !storage.osds[*o].up) {
            return "stale+undersized+degraded+peered".to_owned();
        }
        if self.stuck || self.good(storage, &[]) < MIN_SIZE {
            return "undersized+degraded+peered".to_owned();
        }
        if self.peering {
            return "peering".to_owned();
        }
        let up: Vec<_> = self.members.iter().filter(|o| storage.osds[**o].up).collect();
        let moved = self.is_moved();
        let behind = up.iter().any(|o| self.stale.contains(o));
        let mut state = "active".to_owned();
        if behind && !moved {
            state.push_str("+recovering");
        }
        if up.len() < SIZE || (moved && behind && self.helpers.is_empty()) {
            state.push_str("+undersized");
        }
        if !self.empty && self.good(storage, &[]) < SIZE {
            state.push_str("+degraded");
        }
        if behind && moved {
            state.push_str("+remapped+backfilling");
        }
        if state == "active" { "active+clean".to_owned() } else { state }
    }

    /// Whether copies of objects are missing.
    pub fn degraded_objects(&self, storage: &Storage) -> u64 {
        if self.empty {
            return 0;
        }
        SIZE.saturating_sub(self.good(storage, &[])) as u64 * OBJECTS_PER_PG
    }
}

impl Storage {
    pub fn new(seed: u64, hosts: &[HostId]) -> Self {
        let osds: Vec<LabOsd> = hosts
            .iter()
            .flat_map(|host| std::iter::repeat_n(host, OSDS_PER_HOST))
            .map(|host| LabOsd { host: host.clone(), up: true, is_in: true, generation: 0 })
            .collect();
        let data = (0..DATA_PGS).map(|n| (format!("1.{n:x}"), n));
        let pgs = data.chain([("2.0".to_owned(), DATA_PGS)]).map(|(id, n)| Pg::new(seed, id, n, hosts.len())).collect();
        let at = |names: &[&str]| hosts.iter().filter(|h| names.contains(&h.as_str())).cloned().collect::<Vec<_>>();
        let mons = at(&MONS).into_iter().map(|host| LabMon { host, up: true }).collect();
        let mgrs =
            at(&MGRS).into_iter().enumerate().map(|(n, host)| LabMgr { host, up: true, active: n == 0 }).collect();
        Self { osds, pgs, mons, mgrs, cluster_flags: BTreeSet::new(), host_flags: BTreeMap::new() }
    }

    pub fn osds_on(&self, host: &HostId) -> Vec<usize> {
        (0..self.osds.len()).filter(|o| self.osds[*o].host == *host).collect()
    }

    pub fn host_has_noout(&self, host: &HostId) -> bool {
        self.host_flags.get(host).is_some_and(|flags| flags.contains("noout"))
    }

    fn pgs_at_home_on(&self, osd: usize) -> Vec<usize> {
        (0..self.pgs.len()).filter(|at| self.pgs[*at].home.contains(&osd)).collect()
    }

    /// Where CRUSH puts a placement group: at home where the home is in, else on an OSD of a host
    /// that holds no copy. A stand-in that is still possible stays. Where there is none, the place
    /// stays with whom it was.
    fn placement(&self, at: usize) -> Vec<usize> {
        let pg = &self.pgs[at];
        // Each place has its home's host to itself, so that it can always come home.
        let mut taken: BTreeSet<&HostId> = pg.home.iter().map(|o| &self.osds[*o].host).collect();
        let mut members = pg.home.clone();
        for (place, home) in pg.home.iter().enumerate().filter(|(_, o)| !self.osds[**o].is_in) {
            let own = &self.osds[*home].host;
            let free = |o: &usize| {
                let osd = &self.osds[*o];
                osd.is_in && osd.up && (osd.host == *own || !taken.contains(&osd.host))
            };
            let present = pg.members[place];
            let candidates: Vec<usize> = (0..self.osds.len()).filter(free).collect();
            let chosen = if present != *home && free(&present) {
                present
            } else if candidates.is_empty() {
                *home
            } else {
                candidates[at % candidates.len()]
            };
            taken.insert(&self.osds[chosen].host);
            members[place] = chosen;
        }
        members
    }

    pub fn mons_in_quorum(&self) -> usize {
        self.mons.iter().filter(|m| m.up).count()
    }

    pub fn mons_needed(&self) -> usize {
        self.mons.len() / 2 + 1
    }

    pub fn active_mgr(&self) -> bool {
        self.mgrs.iter().any(|m| m.up && m.active)
    }
}

impl Pg {
    fn new(seed: u64, id: String, n: u64, hosts: usize) -> Self {
        let first = chance(seed, "pg first", n) as usize;
        // Every way to choose three different hosts of five comes up by one offset and one skip.
        let skip = 1 + chance(seed, "pg skip", n) as usize % 2;
        let mut members: Vec<usize> = (0..SIZE)
            .map(|i| {
                let host = (first + i * skip) % hosts;
                host * OSDS_PER_HOST + chance(seed, "pg disk", n * 8 + i as u64) as usize % OSDS_PER_HOST
            })
            .collect();
        members.rotate_left(n as usize % SIZE);
        let empty = chance(seed, "pg empty", n).is_multiple_of(EMPTY_ONE_IN);
        let (stale, helpers) = (BTreeSet::new(), BTreeSet::new());
        Self { id, home: members.clone(), members, stale, helpers, peering: false, empty, stuck: false, generation: 0 }
    }
}

impl World {
    pub(super) fn mon_quorum(&self) -> bool {
        self.storage.mons_in_quorum() >= self.storage.mons_needed()
    }

    /// An OSD's process dies; the monitors hear of it after the grace.
    pub(super) fn osd_dies(&mut self, osd: usize) {
        let Some(found) = self.storage.osds.get_mut(osd) else { return };
        if found.up {
            found.generation += 1;
            let generation = found.generation;
            self.plan(HEARTBEAT_GRACE_MS, Happening::OsdLost { osd, generation });
        }
    }

    /// An OSD is down in the map, by its own goodbye or because its peers miss it.
    pub(super) fn osd_down(&mut self, osd: usize) {
        let Some(found) = self.storage.osds.get_mut(osd) else { return };
        if !found.up {
            return;
        }
        found.up = false;
        found.generation += 1;
        let generation = found.generation;
        self.writes_go_on();
        self.plan(DOWN_OUT_MS, Happening::DownOut { osd, generation });
        // What it was peering about is over; what others had to recover goes on.
        let concerned = self.pgs_of(osd);
        for at in &concerned {
            self.storage.pgs[*at].peering = false;
        }
        self.recover(&concerned, RECOVERY_MS);
    }

    /// A group that serves is written to: copies that are down fall behind. One that does not serve
    /// is not written to, so that its copies stay as good as they were.
    fn writes_go_on(&mut self) {
        for at in 0..self.storage.pgs.len() {
            let storage = &self.storage;
            let pg = &storage.pgs[at];
            if pg.empty || pg.stuck || pg.good(storage, &[]) < MIN_SIZE {
                continue;
            }
            let down = |o: &&usize| !storage.osds[**o].up;
            let behind: Vec<usize> = pg.members.iter().filter(down).copied().collect();
            let useless: Vec<usize> = pg.helpers.iter().filter(down).copied().collect();
            let pg = &mut self.storage.pgs[at];
            pg.stale.extend(behind);
            pg.helpers.retain(|o| !useless.contains(o));
        }
    }

    /// The down-out interval is over. Without noout the data is copied elsewhere.
    pub(super) fn osd_out(&mut self, osd: usize) {
        let host = self.storage.osds[osd].host.clone();
        if self.storage.cluster_flags.contains("noout") || self.storage.host_has_noout(&host) || !self.mon_quorum() {
            return;
        }
        self.storage.osds[osd].is_in = false;
        let concerned = self.pgs_of(osd);
        self.remap(&concerned);
        self.recover(&concerned, BACKFILL_MS);
    }

    /// Lets CRUSH place the groups anew after an OSD went out or in. An OSD that is no member any
    /// more, but has the newest data, goes on to serve until the members have it.
    fn remap(&mut self, pgs: &[usize]) {
        for at in pgs {
            let members = self.storage.placement(*at);
            let pg = &mut self.storage.pgs[*at];
            let old = std::mem::replace(&mut pg.members, members);
            for gone in old.iter().filter(|o| !pg.members.contains(o)) {
                if !pg.stale.remove(gone) {
                    pg.helpers.insert(*gone);
                }
            }
            let mut copied = false;
            for new in pg.members.iter().filter(|o| !old.contains(o)) {
                if !pg.helpers.remove(new) && !pg.empty {
                    copied = pg.stale.insert(*new) || copied;
                }
            }
            self.pgs_copied += u64::from(copied);
        }
    }

    /// Plans when each group has the newest data on all members that are up, one after the other.
    fn recover(&mut self, pgs: &[usize], each_ms: u64) {
        let mut turn = 0;
        for at in pgs {
            let storage = &mut self.storage;
            if !storage.pgs[*at].stale.iter().any(|o| storage.osds[*o].up) {
                continue;
            }
            turn += 1;
            storage.pgs[*at].generation += 1;
            let generation = storage.pgs[*at].generation;
            self.plan(each_ms * turn, Happening::Recovered { pg: *at, generation });
        }
    }

    fn pgs_of(&self, osd: usize) -> Vec<usize> {
        let pgs = &self.storage.pgs;
        (0..pgs.len()).filter(|at| pgs[*at].members.contains(&osd)).collect()
    }

    /// Starts an OSD's process; it is up after `in_ms`.
    pub(super) fn start_osd(&mut self, osd: usize, in_ms: u64) {
        if self.osd_is_broken(osd) {
            return;
        }
        let Some(found) = self.storage.osds.get_mut(osd) else { return };
        // A process that died within the grace and is back is still up in the map, but its old
        // death must not be reported later.
        found.generation += 1;
        let (up, generation) = (found.up, found.generation);
        if !up {
            let down_out = DOWN_OUT_MS.max(in_ms + 1);
            self.plan(in_ms, Happening::OsdUp { osd, generation });
            self.plan(down_out, Happening::DownOut { osd, generation });
        }
    }

    pub(super) fn restart_osd(&mut self, osd: usize) {
        let host_on =
            self.storage.osds.get(osd).and_then(|o| self.hosts.get(&o.host)).is_some_and(|h| h.power == Power::On);
        if host_on {
            self.start_osd(osd, OSD_START_MS);
        }
    }

    /// An OSD is up, and in again if it had been marked out. Its placement groups peer and recover.
    pub(super) fn osd_up(&mut self, osd: usize) {
        if !self.mon_quorum() {
            // It cannot be marked up without monitors; it keeps trying.
            let generation = self.storage.osds[osd].generation;
            return self.plan(OSD_START_MS, Happening::OsdUp { osd, generation });
        }
        let found = &mut self.storage.osds[osd];
        found.up = true;
        found.generation += 1;
        let generation = found.generation;
        let was_out = !std::mem::replace(&mut found.is_in, true);
        if was_out {
            let home: Vec<usize> = self.storage.pgs_at_home_on(osd);
            self.remap(&home);
        }
        for at in self.pgs_of(osd) {
            let pg = &mut self.storage.pgs[at];
            pg.peering = true;
            // A recovery that was under way starts over after the peering.
            pg.generation += 1;
        }
        self.writes_go_on();
        self.plan(PEERING_MS, Happening::Peered { osd, generation });
    }

    pub(super) fn osd_peered(&mut self, osd: usize) {
        let concerned = self.pgs_of(osd);
        let (mut near, mut far) = (Vec::new(), Vec::new());
        for at in concerned {
            let pg = &mut self.storage.pgs[at];
            pg.peering = false;
            if pg.is_moved() { far.push(at) } else { near.push(at) }
        }
        self.recover(&near, RECOVERY_MS);
        self.recover(&far, BACKFILL_MS);
    }

    /// All members that are up have the newest data, if there was a source for it.
    pub(super) fn pg_recovered(&mut self, at: usize, generation: u64) {
        let storage = &mut self.storage;
        let Some(pg) = storage.pgs.get(at).filter(|pg| pg.generation == generation) else { return };
        if pg.good(storage, &[]) == 0 {
            return self.plan(BACKFILL_MS, Happening::Recovered { pg: at, generation });
        }
        let still: BTreeSet<usize> = pg.stale.iter().copied().filter(|o| !storage.osds[*o].up).collect();
        let pg = &mut storage.pgs[at];
        pg.stale = still;
        if pg.stale.is_empty() {
            pg.helpers.clear();
        }
        self.writes_go_on();
    }

    pub(super) fn mon_lost(&mut self, host: &HostId) {
        self.storage.mons.iter_mut().filter(|m| m.host == *host).for_each(|m| m.up = false);
    }

    pub(super) fn mon_joins(&mut self, host: &HostId) {
        if !self.mon_is_broken(host) {
            self.storage.mons.iter_mut().filter(|m| m.host == *host).for_each(|m| m.up = true);
            self.noout_is_gone();
        }
    }

    /// A monitor's process dies on a host that lives.
    pub(super) fn mon_dies(&mut self, host: &HostId) {
        if let Some(life) = self.hosts.get(host).map(|h| h.life) {
            self.plan(MON_LEASE_MS, Happening::MonLost { host: host.clone(), life });
        }
    }

    pub(super) fn mon_restarts(&mut self, host: &HostId) {
        let life = self.hosts.get(host).filter(|h| h.power == Power::On).map(|h| h.life);
        if let Some(life) = life {
            self.plan(MON_LEASE_MS, Happening::MonJoins { host: host.clone(), life });
        }
    }

    pub(super) fn mgr_lost(&mut self, host: &HostId) {
        for mgr in self.storage.mgrs.iter_mut().filter(|m| m.host == *host) {
            mgr.up = false;
        }
        if !self.storage.active_mgr() {
            self.plan(MGR_GRACE_MS, Happening::MgrTakesOver);
        }
    }

    pub(super) fn mgr_returns(&mut self, host: &HostId) {
        if self.mgrs_are_broken() {
            return;
        }
        self.storage.mgrs.iter_mut().filter(|m| m.host == *host).for_each(|m| m.up = true);
        self.plan(0, Happening::MgrTakesOver);
    }

    pub(super) fn mgr_takes_over(&mut self) {
        if self.storage.active_mgr() {
            return;
        }
        let next = self.storage.mgrs.iter().position(|m| m.up);
        for (n, mgr) in self.storage.mgrs.iter_mut().enumerate() {
            mgr.active = Some(n) == next;
        }
    }

    pub(super) fn set_host_noout(&mut self, host: &HostId) {
        self.storage.host_flags.entry(host.clone()).or_default().insert("noout".to_owned());
    }

    pub(super) fn clear_host_noout(&mut self, host: &HostId) {
        if let Some(flags) = self.storage.host_flags.get_mut(host) {
            flags.remove("noout");
            if flags.is_empty() {
                self.storage.host_flags.remove(host);
            }
        }
        self.noout_is_gone();
    }

    /// OSDs that have been down for longer than the interval are marked out soon after nothing
    /// forbids it any more.
    pub(super) fn noout_is_gone(&mut self) {
        for osd in 0..self.storage.osds.len() {
            let found = &self.storage.osds[osd];
            let due = Happening::DownOut { osd, generation: found.generation };
            let waiting = self.queue.iter().any(|d| d.what == due);
            if !found.up && found.is_in && !waiting {
                let generation = found.generation;
                self.plan(MON_LEASE_MS, Happening::DownOut { osd, generation });
            }
        }
    }

    pub(super) fn describe_flag(&self, act: &Act) -> String {
        match act {
            Act::SetNoout { host } => format!("noout is set for host {host}"),
            Act::ClearNoout { host } => format!("noout is not set for host {host}"),
            _ => String::new(),
        }
    }

    /// The task of the newest change of this host's flag, if it was this one.
    pub(super) fn last_flag_task(&self, act: &Act) -> Option<String> {
        let (Act::SetNoout { host } | Act::ClearNoout { host }) = act else { return None };
        let of_host = |a: &Act| matches!(a, Act::SetNoout { host: h } | Act::ClearNoout { host: h } if h == host);
        self.acts.iter().rfind(|e| of_host(&e.act)).filter(|e| e.act == *act).map(|e| e.task.clone())
    }
}

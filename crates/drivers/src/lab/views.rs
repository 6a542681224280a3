//! The world as a driver shows it.

use std::collections::{BTreeMap, BTreeSet};

use noout_core::platform::{Act, ComputeView, Health, HealthCheck, Mon, Osd, StorageView, Verdict};
use noout_plan::{HostState, Inventory};
use noout_types::{HostId, OsdId, Timestamp};

use super::mischief::Break;
use super::storage::{MIN_SIZE, OBJECTS_PER_PG};
use super::time::chance;
use super::world::World;

/// A token without rights on this customer's pool does not see its guests.
const HIDDEN_CUSTOMER: &str = "dune";

impl World {
    /// Whether the hosts have quorum (corosync's, not the monitors').
    pub(super) fn quorate(&self) -> bool {
        !self.is_broken(&Break::QuorumLost) && self.members() > self.hosts.len() / 2
    }

    fn members(&self) -> usize {
        self.hosts.values().filter(|h| h.member()).count()
    }

    pub(super) fn boot_id(&self, host: &HostId) -> Option<String> {
        let found = self.hosts.get(host)?;
        let high = chance(self.seed, host.as_str(), found.boots * 2);
        let low = chance(self.seed, host.as_str(), found.boots * 2 + 1);
        let (a, b, c) = (high >> 32, (high >> 16) & 0xffff, high & 0xfff);
        Some(format!("{a:08x}-{b:04x}-4{c:03x}-8{:03x}-{:012x}", low >> 52, low & 0xffff_ffff_ffff))
    }

    /// Hosts and guests as the platform shows them at `now`.
    pub fn compute_view(&mut self, now: Timestamp) -> ComputeView {
        self.advance(now);
        let hosts = self.hosts.values().map(|h| {
            let state = if h.member() { HostState::Online } else { HostState::Offline };
            noout_plan::Host { state, ..h.spec.clone() }
        });
        let filtered = self.is_broken(&Break::FilteredView);
        let shown =
            |g: &noout_plan::Guest| !filtered || g.customer.as_ref().is_none_or(|c| c.as_str() != HIDDEN_CUSTOMER);
        let inventory = Inventory {
            hosts: hosts.collect(),
            guests: self.guests.values().map(|g| &g.spec).filter(|g| shown(g)).cloned().collect(),
            policy: self.policy.clone(),
        };
        let incomplete = filtered.then(|| format!("the token lacks VM.Audit on /pool/{HIDDEN_CUSTOMER}"));
        let online = self.hosts.values().filter(|h| h.member()).map(|h| h.spec.id.clone());
        ComputeView {
            taken_at: now,
            inventory,
            incomplete: incomplete.into_iter().collect(),
            quorate: self.quorate(),
            quorate_without_one: self.quorate() && self.members().saturating_sub(1) > self.hosts.len() / 2,
            boot_ids: online.filter_map(|id| Some((id.clone(), self.boot_id(&id)?))).collect(),
            locks: self.guests.iter().filter_map(|(id, g)| Some((id.clone(), g.lock.clone()?))).collect(),
            busy: self.busy(),
        }
    }

    fn busy(&self) -> Vec<String> {
        let backups = self.guests.values().filter(|g| g.lock.as_deref() == Some("backup"));
        backups.map(|g| format!("vzdump of guest {} on {}", g.spec.id, g.spec.host)).collect()
    }

    /// The storage as its monitors and manager show it at `now`, asked about one host. None if the
    /// monitors have no quorum: then nobody answers.
    pub fn storage_view(&mut self, now: Timestamp, about: &HostId) -> Option<StorageView> {
        self.advance(now);
        if !self.mon_quorum() {
            return None;
        }
        let checks = self.health_checks();
        let mut pgs = BTreeMap::new();
        for pg in &self.storage.pgs {
            *pgs.entry(pg.state(&self.storage)).or_insert(0) += 1;
        }
        let storage = &self.storage;
        Some(StorageView {
            taken_at: now,
            health: checks.values().filter(|c| !c.muted).map(|c| c.severity).max().unwrap_or(Health::Ok),
            checks,
            cluster_flags: storage.cluster_flags.clone(),
            host_flags: storage.host_flags.clone(),
            osd_flags: BTreeMap::new(),
            osds: (0u64..)
                .zip(&storage.osds)
                .map(|(id, o)| Osd { id: OsdId(id), host: o.host.clone(), up: o.up, is_in: o.is_in })
                .collect(),
            pgs,
            mons: storage
                .mons
                .iter()
                .map(|m| Mon { name: m.host.to_string(), host: Some(m.host.clone()), in_quorum: m.up })
                .collect(),
            active_mgr: storage.active_mgr(),
            standby_mgrs: storage.mgrs.iter().filter(|m| m.up && !m.active).count() as u32,
            osds_ok_to_stop: self.osds_ok_to_stop(about),
            mons_ok_to_stop: self.mons_ok_to_stop(about),
        })
    }

    fn osds_ok_to_stop(&self, about: &HostId) -> Verdict {
        if !self.storage.active_mgr() {
            return Verdict::Unknown {
                why: "osd ok-to-stop: no answer in time, there is no active manager".to_owned(),
            };
        }
        let stopping = self.storage.osds_on(about);
        let offline = |pg: &&super::storage::Pg| {
            let concerned = pg.stuck || pg.members.iter().chain(&pg.helpers).any(|o| stopping.contains(o));
            concerned && (pg.stuck || pg.good(&self.storage, &stopping) < MIN_SIZE)
        };
        match self.storage.pgs.iter().filter(offline).count() {
            0 => Verdict::Safe,
            n => Verdict::Unsafe {
                why: format!("unsafe to stop osd(s) at this time ({n} PGs are or would become offline)"),
            },
        }
    }

    fn mons_ok_to_stop(&self, about: &HostId) -> Verdict {
        let mons = &self.storage.mons;
        if !mons.iter().any(|m| m.host == *about) {
            return Verdict::Safe;
        }
        let left: Vec<_> = mons.iter().filter(|m| m.up && m.host != *about).map(|m| m.host.as_str()).collect();
        if left.len() >= self.storage.mons_needed() {
            return Verdict::Safe;
        }
        let left = left.join(",");
        Verdict::Unsafe {
            why: format!("not enough monitors would be available ({left}) after stopping mons [{about}]"),
        }
    }

    fn health_checks(&self) -> BTreeMap<String, HealthCheck> {
        let mut checks = BTreeMap::new();
        let mut warn = |code: &str, summary: String| {
            checks.insert(code.to_owned(), HealthCheck { severity: Health::Warn, summary, muted: false });
        };
        let storage = &self.storage;
        let quorum: Vec<_> = storage.mons.iter().filter(|m| m.up).map(|m| m.host.as_str()).collect();
        let lost = storage.mons.len() - quorum.len();
        if lost > 0 {
            warn("MON_DOWN", format!("{lost}/{} mons down, quorum {}", storage.mons.len(), quorum.join(",")));
        }
        // An OSD that is out is not missed any more: OSD_DOWN vanishes when the data moves away.
        let missed: Vec<_> = storage.osds.iter().filter(|o| !o.up && o.is_in).collect();
        if !missed.is_empty() {
            warn("OSD_DOWN", format!("{} osds down", missed.len()));
        }
        let hosts: BTreeSet<_> = missed.iter().map(|o| &o.host).collect();
        let whole = hosts.iter().filter(|h| storage.osds.iter().filter(|o| o.host == ***h).all(|o| !o.up && o.is_in));
        let whole = whole.count();
        if whole > 0 {
            let osds = missed.len();
            warn("OSD_HOST_DOWN", format!("{whole} host{} ({osds} osds) down", if whole == 1 { "" } else { "s" }));
        }
        if !storage.host_flags.is_empty() {
            let n = storage.host_flags.len();
            warn(
                "OSD_FLAGS",
                format!("{n} OSDs or CRUSH {{nodes, device-classes}} have {{NOUP,NODOWN,NOIN,NOOUT}} flags set"),
            );
        }
        if !storage.cluster_flags.is_empty() {
            let flags: Vec<_> = storage.cluster_flags.iter().map(String::as_str).collect();
            warn("OSDMAP_FLAGS", format!("{} flag(s) set", flags.join(",")));
        }
        if !storage.active_mgr() {
            warn("MGR_DOWN", "no active mgr".to_owned());
        }
        if self.is_broken(&Break::Nearfull) {
            warn("OSD_NEARFULL", "1 nearfull osd(s)".to_owned());
            warn("POOL_NEARFULL", "2 pool(s) nearfull".to_owned());
        }
        let states: Vec<_> = storage.pgs.iter().map(|pg| pg.state(storage)).collect();
        let inactive = states.iter().filter(|s| !s.contains("active")).count();
        if inactive > 0 {
            let peering = states.iter().filter(|s| *s == "peering").count();
            let peering = if peering > 0 { format!(", {peering} pgs peering") } else { String::new() };
            warn("PG_AVAILABILITY", format!("Reduced data availability: {inactive} pgs inactive{peering}"));
        }
        let degraded = states.iter().filter(|s| s.contains("degraded")).count();
        if degraded > 0 {
            let missing: u64 = storage.pgs.iter().map(|pg| pg.degraded_objects(storage)).sum();
            let total: u64 = storage.pgs.iter().filter(|pg| !pg.empty).count() as u64 * OBJECTS_PER_PG * 3;
            let share = missing as f64 * 100.0 / total.max(1) as f64;
            warn(
                "PG_DEGRADED",
                format!(
                    "Degraded data redundancy: {missing}/{total} objects degraded ({share:.3}%), {degraded} pgs degraded"
                ),
            );
        }
        checks
    }

    /// How often an act was accepted.
    #[must_use]
    pub fn times_accepted(&self, act: &Act) -> usize {
        self.acts.iter().filter(|e| e.act == *act).count()
    }
}

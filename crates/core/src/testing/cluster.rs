//! A scripted platform: four hosts with two guests and two OSDs each. It does at once what it is asked,
//! unless its script says otherwise.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use noout_detect::SensorState;
use noout_plan::{Guest, GuestKind, Host, HostState, Inventory, Policy};
use noout_types::{GuestId, HostId, OsdId, Timestamp};

use super::{fans, host_id};
use crate::platform::{
    Act, ActOutput, ComputeView, Ensured, Health, HealthCheck, Mon, Moved, Osd, SensorPoll, StorageView, Verdict,
};

/// What the platform says to the next act instead of doing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// No.
    Refused,
    /// Nobody knows; it was done.
    AmbiguousDone,
    /// Nobody knows; it was not done.
    AmbiguousLost,
    /// It takes a while, and is done when it is probed.
    Running,
}

/// The platform.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// Its compute side; `taken_at` is filled in when it is looked at.
    pub compute: ComputeView,
    /// Its storage side.
    pub storage: StorageView,
    /// Why it cannot be seen.
    pub unseen: Option<String>,
    /// What it says to the next acts.
    pub script: VecDeque<Answer>,
    /// What was done to it, in order; acts that found the wanted state are not in it.
    pub acts: Vec<Act>,
    /// What it works on.
    task: Option<Act>,
    /// What the fans say, for all hosts.
    pub fans: SensorState,
    boots: u32,
}

impl Cluster {
    /// A cluster in the best of health.
    #[must_use]
    pub fn healthy(at: Timestamp) -> Self {
        let names = ["pve1", "pve2", "pve3", "pve4"];
        let hosts = names.map(host).into();
        let guests = (0..8).map(|n| guest(&format!("{}", 101 + n), names[n % 4])).collect();
        let inventory = Inventory { hosts, guests, policy: Policy { keep_n_plus: 1, ..Policy::default() } };
        let compute = ComputeView {
            taken_at: at,
            inventory,
            incomplete: Vec::new(),
            quorate: true,
            quorate_without_one: true,
            boot_ids: names.map(|n| (host_id(n), format!("{n}-boot-0"))).into(),
            locks: BTreeMap::new(),
            busy: Vec::new(),
        };
        let osd = |n: usize| Osd { id: OsdId(n as u64), host: host_id(names[n / 2]), up: true, is_in: true };
        let mon = |n: &str| Mon { name: n.to_owned(), host: Some(host_id(n)), in_quorum: true };
        let storage = StorageView {
            taken_at: at,
            health: Health::Ok,
            checks: BTreeMap::new(),
            cluster_flags: BTreeSet::new(),
            host_flags: BTreeMap::new(),
            osd_flags: BTreeMap::new(),
            osds: (0..8).map(osd).collect(),
            pgs: BTreeMap::from([("active+clean".to_owned(), 33)]),
            mons: names[..3].iter().map(|n| mon(n)).collect(),
            active_mgr: true,
            standby_mgrs: 1,
            osds_ok_to_stop: Verdict::Safe,
            mons_ok_to_stop: Verdict::Safe,
        };
        let (script, acts) = (VecDeque::new(), Vec::new());
        Self { compute, storage, unseen: None, script, acts, task: None, fans: SensorState::Ok, boots: 0 }
    }

    /// What is seen at an instant.
    pub fn views(&self, at: Timestamp) -> (Result<ComputeView, String>, Result<StorageView, String>) {
        let (mut compute, mut storage) = (self.compute.clone(), self.storage.clone());
        (compute.taken_at, storage.taken_at) = (at, at);
        match &self.unseen {
            Some(why) => (Err(why.clone()), Err(why.clone())),
            None => (Ok(compute), Ok(storage)),
        }
    }

    /// The BMC's answer at an instant.
    #[must_use]
    pub fn poll(&self, host: &HostId, at: Timestamp) -> SensorPoll {
        fans(host.as_str(), at, &[("FAN1", self.fans), ("FAN2", self.fans), ("FAN3", SensorState::Ok)])
    }

    /// Does an act, or what the script says.
    pub fn ensure(&mut self, act: &Act) -> Ensured {
        let why = "the script says so".to_owned();
        match self.script.pop_front() {
            Some(Answer::Refused) => Ensured::Refused { why },
            Some(Answer::AmbiguousLost) => Ensured::Ambiguous { why },
            Some(Answer::AmbiguousDone) => {
                self.act(act);
                Ensured::Ambiguous { why }
            }
            Some(Answer::Running) => {
                self.task = Some(act.clone());
                Ensured::Running { task: "task-1".into() }
            }
            None => self.done(act),
        }
    }

    /// Looks for an act and begins nothing, or answers what the script says.
    pub fn probe(&mut self, act: &Act) -> Ensured {
        if !self.script.is_empty() {
            return self.ensure(act);
        }
        if self.task.take().as_ref() == Some(act) || !self.needs(act) {
            return self.done(act);
        }
        Ensured::Refused { why: "read back: it is not so".to_owned() }
    }

    fn done(&mut self, act: &Act) -> Ensured {
        let already = !self.act(act);
        let moved = self.moved(act);
        let pause_ms = moved.filter(|m| *m != Moved::Stopped).map(|_| 42);
        Ensured::Done(ActOutput { pause_ms, moved, already, ..ActOutput::default() })
    }

    /// How the guest of a move goes.
    fn moved(&self, act: &Act) -> Option<Moved> {
        let Act::MoveGuest { guest, .. } = act else { return None };
        let guest = self.compute.inventory.guest(guest)?;
        Some(match guest.kind {
            _ if !guest.running => Moved::Stopped,
            GuestKind::Container => Moved::Restarted,
            GuestKind::Vm => Moved::Live,
        })
    }

    /// A host loses or gets power.
    pub fn set_power(&mut self, host: &HostId, on: bool) {
        for h in self.compute.inventory.hosts.iter_mut().filter(|h| h.id == *host) {
            h.state = if on { HostState::Online } else { HostState::Offline };
        }
        if on {
            self.boots += 1;
            self.compute.boot_ids.insert(host.clone(), format!("{host}-boot-{}", self.boots));
        } else {
            self.compute.boot_ids.remove(host);
        }
        self.set_osds(host, on);
        self.storage.mons.iter_mut().filter(|m| m.host.as_ref() == Some(host)).for_each(|m| m.in_quorum = on);
    }

    /// A host's OSDs go down or come up.
    pub fn set_osds(&mut self, host: &HostId, up: bool) {
        self.storage.osds.iter_mut().filter(|o| o.host == *host).for_each(|o| o.up = up);
        self.heal();
    }

    /// Somebody sets or clears `noout` of a host.
    pub fn set_flag(&mut self, host: &HostId, set: bool) {
        let flags = self.storage.host_flags.entry(host.clone()).or_default();
        if set {
            flags.insert("noout".to_owned());
        } else {
            self.storage.host_flags.remove(host);
        }
        self.heal();
    }

    /// Health follows from OSDs and flags.
    fn heal(&mut self) {
        let s = &mut self.storage;
        let warn = |summary: &str| HealthCheck { severity: Health::Warn, summary: summary.to_owned(), muted: false };
        s.checks.clear();
        if !s.host_flags.is_empty() {
            s.checks.insert("OSD_FLAGS".into(), warn("1 host has flags"));
        }
        let clean = s.osds.iter().all(|o| o.up || !o.is_in);
        if !clean {
            s.checks.insert("OSD_DOWN".into(), warn("osds down"));
            s.checks.insert("PG_DEGRADED".into(), warn("degraded"));
        }
        let pgs = if clean { "active+clean" } else { "active+undersized+degraded" };
        s.pgs = BTreeMap::from([(pgs.to_owned(), 33)]);
        s.health = if s.checks.is_empty() { Health::Ok } else { Health::Warn };
    }

    /// A guest goes to another host by hand.
    pub fn put_guest(&mut self, guest: &str, on: &str) {
        let guests = self.compute.inventory.guests.iter_mut();
        guests.filter(|g| g.id.as_str() == guest).for_each(|g| g.host = host_id(on));
    }

    /// Where each guest is.
    #[must_use]
    pub fn places(&self) -> BTreeMap<GuestId, HostId> {
        self.compute.inventory.guests.iter().map(|g| (g.id.clone(), g.host.clone())).collect()
    }

    fn needs(&self, act: &Act) -> bool {
        let state = |h: &HostId| self.compute.inventory.host(h).map(|h| h.state);
        match act {
            Act::MoveGuest { guest, to, .. } => self.places().get(guest) != Some(to),
            Act::SetNoout { host } => !self.storage.has_host_noout(host),
            Act::ClearNoout { host } => self.storage.has_host_noout(host),
            Act::PowerOff { host } => state(host) == Some(HostState::Online),
            Act::PowerOn { host } => state(host) == Some(HostState::Offline),
        }
    }

    /// Does an act unless it is done already.
    fn act(&mut self, act: &Act) -> bool {
        if !self.needs(act) {
            return false;
        }
        match act {
            Act::MoveGuest { guest, to, .. } => self.put_guest(guest.as_str(), to.as_str()),
            Act::SetNoout { host } => self.set_flag(host, true),
            Act::ClearNoout { host } => {
                let down = self.storage.osds_of(host).any(|o| !o.up && o.is_in);
                assert!(!down, "noout of {host} is cleared while its OSDs are down");
                self.set_flag(host, false);
            }
            Act::PowerOff { host } => {
                let lost: Vec<_> = self.compute.inventory.guests_on(host).filter(|g| g.running).collect();
                assert!(lost.is_empty(), "{host} is powered off with guests on it");
                assert!(self.storage.has_host_noout(host), "{host} is powered off without noout");
                let serves = |o: &Osd| o.up || !o.is_in;
                assert!(self.storage.osds.iter().all(serves), "{host} is powered off while other OSDs are down");
                self.set_power(host, false);
            }
            Act::PowerOn { host } => self.set_power(host, true),
        }
        self.acts.push(act.clone());
        true
    }
}

fn host(id: &str) -> Host {
    Host {
        id: host_id(id),
        failure_domain: String::new(),
        cpus: 32,
        memory_mib: 65_536,
        cpu_type: None,
        storage: vec!["rbd".into()],
        state: HostState::Online,
        watts: 0,
        rack_units: 0,
    }
}

fn guest(id: &str, on: &str) -> Guest {
    Guest {
        id: GuestId::new(id).expect("an id"),
        host: host_id(on),
        cpus: 2,
        memory_mib: 4096,
        running: true,
        kind: GuestKind::Vm,
        cpu_type: None,
        storage: vec!["rbd".into()],
        affinity: Vec::new(),
        anti_affinity: Vec::new(),
        pinned: None,
        dirty_mib_s: 10,
        customer: None,
    }
}

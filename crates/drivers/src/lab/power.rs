//! Hosts that go down and come back, and what becomes of their guests.

use noout_core::platform::{Act, ActOutput, Ensured};
use noout_types::{GuestId, HostId};

use super::mischief::Break;
use super::world::{Happening, Power, TaskEnd, World};

/// From the call to the end of the guests: systemd stops them before anything else.
const GUESTS_STOP_MS: u64 = 4_000;
/// From the call to the end of OSDs and monitor.
const STORAGE_STOPS_MS: u64 = 8_000;
/// From the call until no power is drawn.
const OFF_MS: u64 = 15_000;
/// From power on to a member of the cluster: firmware self-test and boot.
const BOOT_MS: u64 = 45_000;
/// From booted until the monitor is in the quorum again.
const MON_JOINS_MS: u64 = 4_000;
/// From booted until guests that should run are started.
const GUESTS_START_MS: u64 = 5_000;
/// After a host has died, its HA guests run elsewhere. 150 s were seen on a real three-node cluster.
const FENCE_MS: u64 = 150_000;
/// Monitors miss a dead peer within one lease.
pub(super) const MON_LEASE_MS: u64 = 5_000;

impl World {
    pub(super) fn read_back_power(&self, host: &HostId, wanted: Power, on_the_way: Power) -> Option<Ensured> {
        let found = self.hosts.get(host)?;
        if found.power == wanted {
            let detail = match wanted {
                Power::Off => format!("{host} is off"),
                _ => format!("{host} is on, boot {}", self.boot_id(host).unwrap_or_default()),
            };
            // A host that nobody powered on has been on all the time.
            let task = found.task.clone();
            return Some(Ensured::Done(ActOutput {
                pause_ms: None,
                moved: None,
                already: task.is_none(),
                task,
                detail,
            }));
        }
        (found.power == on_the_way).then(|| Ensured::Running { task: found.task.clone().unwrap_or_default() })
    }

    pub(super) fn begin_power_off(&mut self, task: &str, act: &Act, host: &HostId) {
        self.start_task(task, act);
        let Some(life) = self.set_power(host, Power::ShuttingDown, Some(task)) else { return };
        self.plan(GUESTS_STOP_MS, Happening::ShutdownStopsGuests { host: host.clone(), life });
        self.plan(STORAGE_STOPS_MS, Happening::ShutdownStopsStorage { host: host.clone(), life });
        self.plan(OFF_MS, Happening::HostOff { host: host.clone(), life });
    }

    pub(super) fn begin_power_on(&mut self, task: &str, act: &Act, host: &HostId) {
        self.start_task(task, act);
        self.boot(host, Some(task));
    }

    /// Begins to boot a host that is off. A host whose boot is stuck stays at that.
    pub(super) fn boot(&mut self, host: &HostId, task: Option<&str>) {
        let stuck = self.is_broken(&Break::StuckBoot { host: host.clone() });
        if let Some(life) = self.set_power(host, Power::Booting, task)
            && !stuck
        {
            self.plan(BOOT_MS, Happening::HostUp { host: host.clone(), life });
        }
    }

    /// The cause of a stuck boot is gone: it goes on from the start.
    pub(super) fn boot_again(&mut self, host: &HostId) {
        let booting = self.hosts.get(host).filter(|h| h.power == Power::Booting);
        if let Some(task) = booting.map(|h| h.task.clone()) {
            self.boot(host, task.as_deref());
        }
    }

    /// Changes the power and begins a new life, so that nothing that was planned before applies.
    fn set_power(&mut self, host: &HostId, power: Power, task: Option<&str>) -> Option<u64> {
        let found = self.hosts.get_mut(host)?;
        found.power = power;
        found.life += 1;
        found.task = task.map(str::to_owned);
        Some(found.life)
    }

    fn end_power_task(&mut self, host: &HostId) {
        let id = self.hosts.get(host).and_then(|h| h.task.clone());
        if let Some(task) = self.tasks.iter_mut().find(|t| Some(&t.id) == id.as_ref()) {
            task.end = Some(TaskEnd::Ok);
            task.achieved = true;
        }
    }

    /// Every guest that runs on the host dies under its users.
    pub(super) fn stop_guests(&mut self, host: &HostId) {
        self.fail_moves_over(host);
        for guest in self.guests.values_mut().filter(|g| g.spec.host == *host && g.spec.running) {
            guest.spec.running = false;
            guest.lost = true;
            self.guests_interrupted += 1;
        }
    }

    pub(super) fn stop_storage(&mut self, host: &HostId) {
        for osd in self.storage.osds_on(host) {
            self.osd_down(osd);
        }
        self.mon_lost(host);
        self.mgr_lost(host);
    }

    pub(super) fn host_is_off(&mut self, host: &HostId) {
        // Whatever was moved here after the guests were stopped dies with the host.
        self.stop_guests(host);
        self.end_power_task(host);
        let task = self.hosts.get(host).and_then(|h| h.task.clone());
        if let Some(life) = self.set_power(host, Power::Off, task.as_deref()) {
            self.plan(FENCE_MS, Happening::Fence { host: host.clone(), life });
        }
    }

    /// The host is gone at once. Nobody is told: monitors and heartbeats notice after a while.
    pub(super) fn crash(&mut self, host: &HostId) {
        let task = self.hosts.get(host).and_then(|h| h.task.clone());
        if let Some(open) = self.tasks.iter_mut().find(|t| Some(&t.id) == task.as_ref() && t.end.is_none()) {
            open.end = Some(TaskEnd::Ok);
        }
        let Some(life) = self.set_power(host, Power::Off, None) else { return };
        self.stop_guests(host);
        self.plan(MON_LEASE_MS, Happening::MonLost { host: host.clone(), life });
        for osd in self.storage.osds_on(host) {
            self.osd_dies(osd);
        }
        self.mgr_lost(host);
        self.plan(FENCE_MS, Happening::Fence { host: host.clone(), life });
    }

    pub(super) fn host_is_up(&mut self, host: &HostId) {
        self.end_power_task(host);
        let task = self.hosts.get(host).and_then(|h| h.task.clone());
        let Some(life) = self.set_power(host, Power::On, task.as_deref()) else { return };
        if let Some(found) = self.hosts.get_mut(host) {
            found.boots += 1;
        }
        self.plan(MON_JOINS_MS, Happening::MonJoins { host: host.clone(), life });
        self.plan(GUESTS_START_MS, Happening::GuestsStart { host: host.clone(), life });
        // They come up one after the other: each replays its log first.
        for (n, osd) in self.storage.osds_on(host).into_iter().enumerate() {
            self.start_osd(osd, 5_000 + 3_000 * n as u64);
        }
        self.mgr_returns(host);
    }

    pub(super) fn start_lost_guests(&mut self, host: &HostId) {
        for guest in self.guests.values_mut().filter(|g| g.spec.host == *host && g.lost) {
            guest.lost = false;
            guest.spec.running = true;
        }
    }

    /// High availability restarts its guests on whichever hosts have the most memory left. The
    /// others stay lost until their host is back.
    pub(super) fn restart_elsewhere(&mut self, host: &HostId) {
        if !self.quorate() {
            return;
        }
        let of_ha = |g: &&super::world::LabGuest| g.spec.host == *host && g.lost && g.ha;
        let guests: Vec<GuestId> = self.guests.values().filter(of_ha).map(|g| g.spec.id.clone()).collect();
        for guest in guests {
            let up = self.hosts.values().filter(|h| h.power == Power::On).map(|h| h.spec.id.clone());
            let Some(target) = up.max_by_key(|id| self.memory_free(id)) else { return };
            if self.admit_memory(&guest, &target).is_ok()
                && let Some(g) = self.guests.get_mut(&guest)
            {
                g.spec.host = target;
                g.spec.running = true;
                g.lost = false;
            }
        }
    }
}

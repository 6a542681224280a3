//! Guests that move: what is refused, how long it takes, and what can go wrong on the way.

use noout_core::platform::{Act, ActOutput, Ensured, Moved};
use noout_plan::GuestKind;
use noout_types::{GuestId, HostId, Timestamp};

use super::mischief::{Break, Mischief};
use super::time::chance;
use super::world::{Happening, Power, Task, TaskEnd, TaskFailure, World};

/// What a live move costs besides copying memory: the start of the target's process and the hand-over.
const MOVE_SETUP_MS: u64 = 1_500;
/// Moving a guest that lies stopped only rewrites its configuration.
const MOVE_STOPPED_MS: u64 = 1_000;
/// A container is stopped, its volume is handed over, and it is started again.
const MOVE_CONTAINER_MS: u64 = 4_000;
/// Dirtying faster than this share of the bandwidth never converges; a move is then forced by a
/// longer pause, as QEMU's users know it.
const MAX_DIRTY_SHARE: f64 = 0.9;

/// How a Ceph command ends without a quorum of monitors.
const NO_MON_QUORUM: &str = "no answer within the timeout: the monitors have no quorum";

impl World {
    /// Brings an act about: reads back first, adopts what already runs, and starts something only
    /// if the wanted state is neither there nor under way. Calling it again is always safe.
    pub fn ensure(&mut self, now: Timestamp, act: &Act) -> Ensured {
        self.advance(now);
        if let Some(present) = self.read_back(act) {
            return present;
        }
        if matches!(act, Act::SetNoout { .. } | Act::ClearNoout { .. }) && !self.mon_quorum() {
            return Ensured::Ambiguous { why: NO_MON_QUORUM.to_owned() };
        }
        if let Err(why) = self.admit(act) {
            return Ensured::Refused { why };
        }
        if self.take_mischief(&Break::LostRequest) {
            return Ensured::Ambiguous { why: "the connection was reset before a reply came".to_owned() };
        }
        let task = self.accept(now, act);
        match act {
            Act::MoveGuest { guest, from, to } => self.begin_move(&task, act, guest, from, to),
            Act::PowerOff { host } => self.begin_power_off(&task, act, host),
            Act::PowerOn { host } => self.begin_power_on(&task, act, host),
            Act::SetNoout { host } => self.set_host_noout(host),
            Act::ClearNoout { host } => self.clear_host_noout(host),
        }
        if self.take_mischief(&Break::LostReply) {
            return Ensured::Ambiguous { why: "the connection was reset before a reply came".to_owned() };
        }
        match act {
            Act::SetNoout { .. } | Act::ClearNoout { .. } => Ensured::Done(ActOutput {
                pause_ms: None,
                moved: None,
                task: Some(task),
                already: false,
                detail: self.describe_flag(act),
            }),
            _ => Ensured::Running { task },
        }
    }

    /// As a driver's `probe`: looks for an act and begins nothing.
    pub fn probe(&mut self, now: Timestamp, act: &Act) -> Ensured {
        self.advance(now);
        if let Some(present) = self.read_back(act) {
            return present;
        }
        if matches!(act, Act::SetNoout { .. } | Act::ClearNoout { .. }) && !self.mon_quorum() {
            return Ensured::Ambiguous { why: NO_MON_QUORUM.to_owned() };
        }
        Ensured::Refused { why: "read back: it is not so, and no task works on it".to_owned() }
    }

    /// The answer, if nothing needs to be started: it is done, it runs, or it has failed since.
    fn read_back(&mut self, act: &Act) -> Option<Ensured> {
        match act {
            Act::MoveGuest { guest, from, to } => self.read_back_move(act, guest, from, to),
            Act::PowerOff { host } => self.read_back_power(host, Power::Off, Power::ShuttingDown),
            Act::PowerOn { host } => self.read_back_power(host, Power::On, Power::Booting),
            Act::SetNoout { host } | Act::ClearNoout { host } => {
                let there = self.storage.host_has_noout(host);
                let known = self.hosts.contains_key(host) && self.mon_quorum();
                (known && there == matches!(act, Act::SetNoout { .. })).then(|| {
                    let task = self.last_flag_task(act);
                    let already = task.is_none();
                    Ensured::Done(ActOutput {
                        pause_ms: None,
                        moved: None,
                        task,
                        already,
                        detail: self.describe_flag(act),
                    })
                })
            }
        }
    }

    fn read_back_move(&mut self, act: &Act, guest: &GuestId, from: &HostId, to: &HostId) -> Option<Ensured> {
        let found = self.guests.get(guest)?;
        if let Some(task) = self.running_move(guest) {
            let same = matches!(&task.act, Act::MoveGuest { to: target, .. } if target == to);
            let task = task.id.clone();
            return Some(if same {
                Ensured::Running { task }
            } else {
                Ensured::Refused { why: format!("guest {guest} is being moved elsewhere by {task}") }
            });
        }
        let host = found.spec.host.clone();
        if host == *to {
            if found.lost {
                let why = format!("guest {guest} is on {to}, but it does not run: its host went away under it");
                return Some(Ensured::Refused { why });
            }
            // Only the newest move of the guest can be the one that brought it here.
            let newest = self.tasks.iter().rfind(|t| t.achieved && t.is_move_of(guest));
            let ours = newest.filter(|t| matches!(&t.act, Act::MoveGuest { to: target, .. } if target == to));
            let detail =
                format!("guest {guest} is on {to} and {}", if found.spec.running { "runs" } else { "lies stopped" });
            return Some(Ensured::Done(ActOutput {
                pause_ms: ours.and_then(|t| t.pause_ms),
                moved: ours.map(|_| match found.spec.kind {
                    _ if !found.spec.running => Moved::Stopped,
                    GuestKind::Container => Moved::Restarted,
                    GuestKind::Vm => Moved::Live,
                }),
                task: ours.map(|t| t.id.clone()),
                already: ours.is_none(),
                detail,
            }));
        }
        if host != *from {
            let why = format!("guest {guest} is on {host}, expected on {from} or {to}: somebody else moved it");
            return Some(Ensured::Refused { why });
        }
        // A task that has ended and left the guest where it was is reported once, so that the caller
        // learns of it; being asked again after that means to try again.
        let failed = self.tasks.iter_mut().rfind(|t| t.act == *act && t.end.is_some())?;
        if failed.achieved || std::mem::replace(&mut failed.told, true) {
            return None;
        }
        let how = match failed.end {
            Some(TaskEnd::Ok) | None => "ended OK",
            Some(TaskEnd::Failed(TaskFailure::SourceGone)) => "failed: the source went away",
            Some(TaskEnd::Failed(TaskFailure::TargetGone)) => "failed: the target went away",
            Some(TaskEnd::Failed(TaskFailure::GuestStopped)) => "failed: the guest stopped",
        };
        Some(Ensured::Refused { why: format!("task {} {how}, but guest {guest} is still on {from}", failed.id) })
    }

    /// What the platform itself refuses. It refuses no more than real ones do.
    fn admit(&self, act: &Act) -> Result<(), String> {
        match act {
            Act::MoveGuest { guest, from, to } => self.admit_move(guest, from, to),
            Act::PowerOff { host } => {
                self.known(host)?;
                if !self.quorate() {
                    return Err("cluster not ready - no quorum?".to_owned());
                }
                match self.hosts.get(host).map(|h| h.power) {
                    Some(Power::Booting) => Err(format!("{host} is booting")),
                    _ => Ok(()),
                }
            }
            Act::PowerOn { host } => {
                self.known(host)?;
                if self.is_broken(&Break::BmcDown { host: host.clone() }) {
                    return Err(format!("the BMC of {host} does not answer, nothing else can power it on"));
                }
                match self.hosts.get(host).map(|h| h.power) {
                    Some(Power::ShuttingDown) => Err(format!("{host} is still shutting down")),
                    _ => Ok(()),
                }
            }
            Act::SetNoout { host } | Act::ClearNoout { host } => {
                self.known(host).map(|_| ()).map_err(|_| format!("Error EINVAL: invalid crush node '{host}' (22)"))
            }
        }
    }

    fn admit_move(&self, guest: &GuestId, from: &HostId, to: &HostId) -> Result<(), String> {
        let found = self.guests.get(guest).ok_or_else(|| format!("no guest {guest}"))?;
        self.known(from)?;
        let target = self.known(to)?;
        if !self.quorate() {
            return Err("cluster not ready - no quorum?".to_owned());
        }
        if let Some(lock) = &found.lock {
            return Err(format!("guest {guest} is locked ({lock})"));
        }
        if found.lost {
            return Err(format!("guest {guest} was stopped with its host {from} and has not been started again"));
        }
        if let Some(why) = &found.spec.pinned {
            return Err(format!("guest {guest} cannot move: {why}"));
        }
        for host in [from, to] {
            if !self.hosts.get(host).is_some_and(|h| h.member()) {
                return Err(format!("{host} is offline (595 No route to host)"));
            }
        }
        if found.spec.cpu_type.is_some() && found.spec.cpu_type != target.cpu_type {
            return Err(format!("guest {guest} needs a CPU that {to} does not have"));
        }
        if let Some(missing) = found.spec.storage.iter().find(|s| !target.storage.contains(s)) {
            return Err(format!("storage '{missing}' is not available on {to}"));
        }
        self.admit_memory(guest, to)
    }

    pub(super) fn admit_memory(&self, guest: &GuestId, to: &HostId) -> Result<(), String> {
        let needs = self.guests.get(guest).filter(|g| g.claims_memory()).map_or(0, |g| g.spec.memory_mib);
        let free = self.memory_free(to);
        if needs > free {
            return Err(format!("guest {guest} needs {needs} MiB, {to} has {free} MiB left"));
        }
        Ok(())
    }

    fn known(&self, host: &HostId) -> Result<&noout_plan::Host, String> {
        self.hosts.get(host).map(|h| &h.spec).ok_or_else(|| format!("no host {host}"))
    }

    /// Memory of the guests of a host, of those that are on their way to it, and of those that it
    /// will start when it is back.
    pub(super) fn memory_claimed(&self, host: &HostId) -> u64 {
        let here = self.guests.values().filter(|g| g.spec.host == *host && g.claims_memory());
        let coming = self.tasks.iter().filter(|t| t.end.is_none()).filter_map(|t| match &t.act {
            Act::MoveGuest { guest, to, .. } if to == host => self.guests.get(guest).filter(|g| g.spec.host != *host),
            _ => None,
        });
        here.chain(coming.filter(|g| g.claims_memory())).map(|g| g.spec.memory_mib).sum()
    }

    pub(super) fn memory_free(&self, host: &HostId) -> u64 {
        let has = self.hosts.get(host).map_or(0, |h| h.spec.memory_mib);
        has.saturating_sub(self.policy.memory_reserve_mib).saturating_sub(self.memory_claimed(host))
    }

    pub(super) fn running_move(&self, guest: &GuestId) -> Option<&Task> {
        self.tasks.iter().find(|t| t.end.is_none() && t.is_move_of(guest))
    }

    /// Moves that use the link of a host now.
    fn moves_over(&self, host: &HostId) -> u64 {
        let uses = |t: &&Task| matches!(&t.act, Act::MoveGuest { from, to, .. } if from == host || to == host);
        self.tasks.iter().filter(|t| t.end.is_none()).filter(uses).count() as u64
    }

    fn begin_move(&mut self, task: &str, act: &Act, guest: &GuestId, from: &HostId, to: &HostId) {
        let Some((lasts_ms, pause_ms)) = self.how_long(guest, from, to) else { return };
        let hollow = self.take_mischief(&Break::HollowMove { guest: guest.clone() });
        let endless = self.is_broken(&Break::EndlessMove { guest: guest.clone() });
        let started = self.start_task(task, act);
        started.pause_ms = pause_ms;
        started.hollow = hollow;
        if let Some(g) = self.guests.get_mut(guest) {
            g.lock = Some("migrate".to_owned());
        }
        if !endless {
            // A hollow task is quick: it does nothing.
            let lasts_ms = if hollow { MOVE_STOPPED_MS } else { lasts_ms };
            self.plan(lasts_ms, Happening::MoveEnds { task: task.to_owned() });
        }
    }

    /// How long a move lasts and how long the guest stands still, in milliseconds. Pre-copy sends
    /// the memory, then what was dirtied meanwhile, and so on: a geometric sum.
    fn how_long(&self, guest: &GuestId, from: &HostId, to: &HostId) -> Option<(u64, Option<u64>)> {
        let found = self.guests.get(guest)?;
        if !found.spec.running {
            return Some((MOVE_STOPPED_MS, None));
        }
        let luck = chance(self.seed, "pause", self.next_task);
        if found.spec.kind == GuestKind::Container {
            let pause = 1_200 + luck % 1_800;
            return Some((MOVE_CONTAINER_MS, Some(pause)));
        }
        let sharing = 1 + self.moves_over(from).max(self.moves_over(to));
        let mib_s = (u64::from(self.policy.link_mib_s) / sharing).max(1) as f64;
        let dirty = (f64::from(found.spec.dirty_mib_s) / mib_s).min(MAX_DIRTY_SHARE);
        let copy_ms = found.spec.memory_mib as f64 * 1000.0 / mib_s / (1.0 - dirty);
        let pause = 18 + luck % 50 + (dirty * 120.0) as u64;
        Some((MOVE_SETUP_MS + copy_ms as u64, Some(pause)))
    }

    pub(super) fn end_move(&mut self, id: &str) {
        let Some(task) = self.tasks.iter_mut().find(|t| t.id == id && t.end.is_none()) else { return };
        task.end = Some(TaskEnd::Ok);
        task.achieved = !task.hollow;
        let Act::MoveGuest { guest, to, .. } = &task.act else { return };
        let (achieved, guest, to) = (task.achieved, guest.clone(), to.clone());
        if let Some(g) = self.guests.get_mut(&guest) {
            g.lock = None;
            if achieved {
                g.spec.host = to;
            }
        }
    }

    /// Ends the moves over a host that goes away. The guests stay at their sources.
    pub(super) fn fail_moves_over(&mut self, host: &HostId) {
        let mut unlocked = Vec::new();
        for task in self.tasks.iter_mut().filter(|t| t.end.is_none()) {
            let Act::MoveGuest { guest, from, to } = &task.act else { continue };
            let why = if from == host {
                TaskFailure::SourceGone
            } else if to == host {
                TaskFailure::TargetGone
            } else {
                continue;
            };
            unlocked.push(guest.clone());
            task.end = Some(TaskEnd::Failed(why));
        }
        for guest in unlocked {
            if let Some(g) = self.guests.get_mut(&guest) {
                g.lock = None;
            }
        }
    }

    /// A person moves a guest without asking anybody.
    pub(super) fn move_by_hand(&mut self, guest: &GuestId, to: &HostId) -> Result<HostId, Mischief> {
        let impossible = |why: String| Mischief::Impossible { why };
        if let Some(task) = self.running_move(guest) {
            return Err(impossible(format!("guest {guest} is being moved by {}", task.id)));
        }
        let from = self.guests.get(guest).map(|g| g.spec.host.clone());
        let from = from.ok_or_else(|| impossible(format!("no guest {guest}")))?;
        if from == *to {
            return Err(impossible(format!("guest {guest} is already on {to}")));
        }
        self.admit_move(guest, &from, to).map_err(impossible)?;
        let act = Act::MoveGuest { guest: guest.clone(), from: from.clone(), to: to.clone() };
        // It is a task of the platform like any other, but nobody asked for it through the driver,
        // so the log of acts does not have it.
        let n = self.next_task;
        self.next_task += 1;
        let task = self.start_task(&format!("UPID:{from}:{n:08X}:qmigrate:{guest}:root@pam"), &act);
        task.end = Some(TaskEnd::Ok);
        task.achieved = true;
        task.told = true;
        if let Some(g) = self.guests.get_mut(guest) {
            g.spec.host = to.clone();
        }
        Ok(from)
    }
}

impl Task {
    fn is_move_of(&self, guest: &GuestId) -> bool {
        matches!(&self.act, Act::MoveGuest { guest: moved, .. } if moved == guest)
    }
}

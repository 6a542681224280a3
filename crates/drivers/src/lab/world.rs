//! The model: what exists, what is under way, and how time moves it.

use std::collections::BTreeMap;

use noout_core::platform::Act;
use noout_plan::{Guest, GuestKind, Host, HostState, Policy};
use noout_types::{CustomerId, GuestId, HostId, Timestamp};
use serde::{Deserialize, Serialize};

use super::mischief::Broken;
use super::storage::Storage;
use super::time::{LabClock, chance, pick};

/// The shape of a saved world. A file of another shape is refused, not guessed at.
pub(super) const FORMAT: u32 = 1;

/// Entries kept in [`World::acts`]. A whole maintenance is about forty; a soak run of a day stays
/// below this. What exceeds it is counted in [`World::acts_dropped`].
pub const MAX_ACTS: usize = 10_000;

/// Tasks that have ended and are still remembered. Real platforms keep about a thousand, too.
const MAX_TASKS: usize = 1_000;

/// One mutating call that the platform accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActLogEntry {
    /// When, by the caller's clock.
    pub at: Timestamp,
    /// What was asked.
    pub act: Act,
    /// The platform's name for the task that it started.
    pub task: String,
}

/// The simulated cluster. Plain data: equal worlds behave equally, and it moves only by
/// [`World::advance`] and by calls that carry the time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct World {
    pub(super) format: u32,
    pub(super) seed: u64,
    pub(super) clock: LabClock,
    pub(super) policy: Policy,
    pub(super) hosts: BTreeMap<HostId, LabHost>,
    pub(super) guests: BTreeMap<GuestId, LabGuest>,
    pub(super) storage: Storage,
    pub(super) tasks: Vec<Task>,
    pub(super) next_task: u64,
    pub(super) queue: Vec<Due>,
    pub(super) next_due: u64,
    pub(super) broken: Vec<Broken>,
    /// How often a running guest died under its users because its host went away, since the world
    /// began. A container's restart by a planned move is not counted.
    pub guests_interrupted: u64,
    /// How many placement groups were copied elsewhere because an OSD was marked out.
    pub pgs_copied: u64,
    /// Every mutating call that was accepted, oldest first, at most [`MAX_ACTS`].
    pub acts: Vec<ActLogEntry>,
    /// How many older entries of [`World::acts`] were dropped.
    pub acts_dropped: u64,
}

/// What a host's power is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Power {
    On,
    ShuttingDown,
    Off,
    Booting,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct LabHost {
    /// As the inventory shows it; the state there is filled in when a view is taken.
    pub spec: Host,
    pub power: Power,
    /// How often it has booted; the boot id follows from it.
    pub boots: u64,
    /// Counts changes of power, so that what was planned for an earlier life is dropped.
    pub life: u64,
    /// The task that brought, or brings, the present power state; none after a crash.
    pub task: Option<String>,
    /// Polls of its BMC that will find no sensor at all.
    pub ghost_polls: u32,
}

impl LabHost {
    /// Whether it is a member of the cluster that can run guests.
    pub fn member(&self) -> bool {
        matches!(self.power, Power::On | Power::ShuttingDown)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct LabGuest {
    pub spec: Guest,
    /// The platform restarts it elsewhere when its host dies.
    pub ha: bool,
    pub lock: Option<String>,
    /// It should run and does not, because its host went away.
    pub lost: bool,
}

impl LabGuest {
    /// Memory that it takes, or will take as soon as its host is back.
    pub fn claims_memory(&self) -> bool {
        self.spec.running || self.lost
    }
}

/// How a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TaskEnd {
    /// The platform says OK. That is not the same as "it happened".
    Ok,
    Failed(TaskFailure),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TaskFailure {
    SourceGone,
    TargetGone,
    GuestStopped,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Task {
    pub id: String,
    pub act: Act,
    /// None while it runs.
    pub end: Option<TaskEnd>,
    /// The wanted state was reached by it.
    pub achieved: bool,
    pub pause_ms: Option<u64>,
    /// It ends OK and does nothing.
    pub hollow: bool,
    /// Its failure was reported once; after that the act may be tried again.
    pub told: bool,
}

/// Something that will happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Due {
    pub at_ms: u64,
    pub order: u64,
    pub what: Happening,
}

/// What can be due. Each names the life or generation that it belongs to: by the time it is due,
/// the host or OSD may have gone another way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Happening {
    MoveEnds { task: String },
    ShutdownStopsGuests { host: HostId, life: u64 },
    ShutdownStopsStorage { host: HostId, life: u64 },
    HostOff { host: HostId, life: u64 },
    HostUp { host: HostId, life: u64 },
    GuestsStart { host: HostId, life: u64 },
    Fence { host: HostId, life: u64 },
    MonLost { host: HostId, life: u64 },
    MonJoins { host: HostId, life: u64 },
    MgrTakesOver,
    OsdLost { osd: usize, generation: u64 },
    OsdUp { osd: usize, generation: u64 },
    DownOut { osd: usize, generation: u64 },
    Peered { osd: usize, generation: u64 },
    Recovered { pg: usize, generation: u64 },
}

const HOSTS: [(&str, &str); 5] =
    [("pve1", "rack-a"), ("pve2", "rack-a"), ("pve3", "rack-b"), ("pve4", "rack-b"), ("pve5", "rack-c")];
const GUESTS: u64 = 60;
const CUSTOMERS: [&str; 6] = ["acme", "bluebird", "cordoba", "dune", "elbe", "fjord"];
/// Three web servers, three database nodes, two mail relays: kept apart by name.
const APART: [(&str, &[u64]); 3] = [("acme-web", &[0, 1, 2]), ("cordoba-db", &[8, 10, 11]), ("dune-mail", &[20, 22])];
/// Guests that share a host: an application and its cache.
const TOGETHER: (&str, [u64; 2]) = ("elbe-app", [31, 36]);
const PINNED: [(u64, &str); 2] =
    [(5, "passes through the host's USB licence dongle 1-4"), (18, "its disk lies on the host's own NVMe (local-lvm)")];
/// One guest lies stopped on `pve3`: a drain must not forget it.
const STOPPED: u64 = 27;

impl World {
    /// A healthy cluster. The same seed gives the same world.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let hosts: BTreeMap<_, _> =
            HOSTS.iter().filter_map(|(name, rack)| Some((HostId::new(name).ok()?, host(name, rack)?))).collect();
        let names: Vec<HostId> = hosts.keys().cloned().collect();
        let guests = (0..GUESTS).filter_map(|n| guest(seed, n, &names)).map(|g| (g.spec.id.clone(), g)).collect();
        Self {
            format: FORMAT,
            seed,
            clock: LabClock::new(),
            policy: Policy::default(),
            storage: Storage::new(seed, &names),
            hosts,
            guests,
            tasks: Vec::new(),
            next_task: 1,
            queue: Vec::new(),
            next_due: 0,
            broken: Vec::new(),
            guests_interrupted: 0,
            pgs_copied: 0,
            acts: Vec::new(),
            acts_dropped: 0,
        }
    }

    /// Lets time pass up to `now`. In one step or in many, the outcome is the same.
    pub fn advance(&mut self, now: Timestamp) {
        let until = self.clock.lab_ms_at(now);
        while let Some(next) = self.take_due(until) {
            self.clock.now_ms = self.clock.now_ms.max(next.at_ms);
            self.happen(next.what);
        }
        self.clock.now_ms = until;
    }

    /// When the next thing happens by itself, by the caller's clock. None if nothing is due.
    #[must_use]
    pub fn next_event(&self) -> Option<Timestamp> {
        let due = self.queue.iter().map(|d| d.at_ms).min()?;
        self.clock.real_time_of(due)
    }

    /// From `now` on one lab second lasts `1/speed` seconds. Between 0.01 and 10 000.
    pub fn set_speed(&mut self, now: Timestamp, speed: f64) {
        self.advance(now);
        self.clock.set_speed(now, speed);
    }

    /// Lab seconds in a second.
    #[must_use]
    pub fn speed(&self) -> f64 {
        self.clock.speed()
    }

    /// The seed that it was made from.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The hosts' names.
    pub fn host_ids(&self) -> impl Iterator<Item = &HostId> {
        self.hosts.keys()
    }

    fn take_due(&mut self, until: u64) -> Option<Due> {
        let at = (0..self.queue.len()).min_by_key(|i| (self.queue[*i].at_ms, self.queue[*i].order))?;
        (self.queue[at].at_ms <= until).then(|| self.queue.swap_remove(at))
    }

    pub(super) fn plan(&mut self, in_ms: u64, what: Happening) {
        let at_ms = self.clock.now_ms.saturating_add(in_ms);
        self.queue.push(Due { at_ms, order: self.next_due, what });
        self.next_due += 1;
    }

    fn happen(&mut self, what: Happening) {
        match what {
            Happening::MoveEnds { task } => self.end_move(&task),
            Happening::ShutdownStopsGuests { host, life } => self.if_alive(&host, life, Self::stop_guests),
            Happening::ShutdownStopsStorage { host, life } => self.if_alive(&host, life, Self::stop_storage),
            Happening::HostOff { host, life } => self.if_alive(&host, life, Self::host_is_off),
            Happening::HostUp { host, life } => self.if_alive(&host, life, Self::host_is_up),
            Happening::GuestsStart { host, life } => self.if_alive(&host, life, Self::start_lost_guests),
            Happening::Fence { host, life } => self.if_alive(&host, life, Self::restart_elsewhere),
            Happening::MonLost { host, life } => self.if_alive(&host, life, Self::mon_lost),
            Happening::MonJoins { host, life } => self.if_alive(&host, life, Self::mon_joins),
            Happening::MgrTakesOver => self.mgr_takes_over(),
            Happening::OsdLost { osd, generation } => self.if_same(osd, generation, Self::osd_down),
            Happening::OsdUp { osd, generation } => self.if_same(osd, generation, Self::osd_up),
            Happening::DownOut { osd, generation } => self.if_same(osd, generation, Self::osd_out),
            Happening::Peered { osd, generation } => self.if_same(osd, generation, Self::osd_peered),
            Happening::Recovered { pg, generation } => self.pg_recovered(pg, generation),
        }
    }

    fn if_alive(&mut self, host: &HostId, life: u64, then: fn(&mut Self, &HostId)) {
        if self.hosts.get(host).is_some_and(|h| h.life == life) {
            then(self, host);
        }
    }

    fn if_same(&mut self, osd: usize, generation: u64, then: fn(&mut Self, usize)) {
        if self.storage.osds.get(osd).is_some_and(|o| o.generation == generation) {
            then(self, osd);
        }
    }

    /// Writes an accepted act into the log and gives its task a name in the style of Proxmox.
    pub(super) fn accept(&mut self, now: Timestamp, act: &Act) -> String {
        let n = self.next_task;
        self.next_task += 1;
        let task = match act {
            Act::MoveGuest { guest, from, .. } => {
                let kind = match self.guests.get(guest).map(|g| g.spec.kind) {
                    Some(GuestKind::Container) => "vzmigrate",
                    _ => "qmigrate",
                };
                format!("UPID:{from}:{n:08X}:{kind}:{guest}:")
            }
            Act::PowerOff { host } => format!("UPID:{host}:{n:08X}:shutdown::"),
            Act::PowerOn { host } => format!("UPID:{host}:{n:08X}:poweron::"),
            Act::SetNoout { host } => format!("UPID:{host}:{n:08X}:setnoout::"),
            Act::ClearNoout { host } => format!("UPID:{host}:{n:08X}:clearnoout::"),
        };
        if self.acts.len() >= MAX_ACTS {
            self.acts.remove(0);
            self.acts_dropped += 1;
        }
        self.acts.push(ActLogEntry { at: now, act: act.clone(), task: task.clone() });
        task
    }

    pub(super) fn start_task(&mut self, id: &str, act: &Act) -> &mut Task {
        if self.tasks.len() >= MAX_TASKS
            && let Some(oldest) = self.tasks.iter().position(|t| t.end.is_some())
        {
            self.tasks.remove(oldest);
        }
        let task = Task {
            id: id.to_owned(),
            act: act.clone(),
            end: None,
            achieved: false,
            pause_ms: None,
            hollow: false,
            told: false,
        };
        self.tasks.push(task);
        let last = self.tasks.len() - 1;
        &mut self.tasks[last]
    }

    /// Says what must never be true of a cluster, and is; for tests and simulations. A guest that
    /// is lost, that runs nowhere, or that exceeds a host's memory is named.
    ///
    /// # Errors
    /// The first thing that is wrong, in words.
    pub fn check(&self) -> Result<(), String> {
        if self.guests.len() as u64 != GUESTS {
            return Err(format!("{} guests, {GUESTS} expected", self.guests.len()));
        }
        for guest in self.guests.values() {
            let host = self.hosts.get(&guest.spec.host);
            let host = host.ok_or_else(|| format!("guest {} is on no host", guest.spec.id))?;
            if guest.spec.running && !host.member() {
                return Err(format!("guest {} runs on {}, which is off", guest.spec.id, host.spec.id));
            }
            if guest.spec.running && guest.lost {
                return Err(format!("guest {} runs and is lost", guest.spec.id));
            }
        }
        for host in self.hosts.values() {
            let used = self.memory_claimed(&host.spec.id);
            if used + self.policy.memory_reserve_mib > host.spec.memory_mib {
                return Err(format!("{} has {used} MiB of guests in {} MiB", host.spec.id, host.spec.memory_mib));
            }
        }
        let twice = self.storage.pgs.iter().find(|pg| pg.has_two_copies_on_a_host(&self.storage));
        twice.map_or(Ok(()), |pg| Err(format!("placement group {} has two copies on one host", pg.id)))
    }
}

fn host(name: &str, rack: &str) -> Option<LabHost> {
    let spec = Host {
        id: HostId::new(name).ok()?,
        failure_domain: rack.to_owned(),
        cpus: 64,
        memory_mib: 262_144,
        cpu_type: Some("epyc-9004".to_owned()),
        storage: vec!["rbd".to_owned()],
        state: HostState::Online,
        watts: 450,
        rack_units: 1,
    };
    Some(LabHost { spec, power: Power::On, boots: 1, life: 0, task: None, ghost_polls: 0 })
}

fn guest(seed: u64, n: u64, hosts: &[HostId]) -> Option<LabGuest> {
    let container = n % 8 == 7;
    let in_group = |members: &[u64], name: &str| members.contains(&n).then(|| name.to_owned());
    let spec = Guest {
        id: GuestId::new((101 + n).to_string()).ok()?,
        host: hosts[(n % hosts.len() as u64) as usize].clone(),
        cpus: pick(seed, "guest cpus", n, &[2, 2, 4, 4, 8]),
        memory_mib: if container {
            pick(seed, "container memory", n, &[1024, 2048, 4096])
        } else {
            pick(seed, "guest memory", n, &[2048, 4096, 4096, 8192, 8192, 12_288, 16_384])
        },
        running: n != STOPPED,
        kind: if container { GuestKind::Container } else { GuestKind::Vm },
        cpu_type: None,
        storage: vec!["rbd".to_owned()],
        affinity: in_group(&TOGETHER.1, TOGETHER.0).into_iter().collect(),
        anti_affinity: APART.iter().filter_map(|(name, members)| in_group(members, name)).collect(),
        pinned: PINNED.iter().find(|(pinned, _)| *pinned == n).map(|(_, why)| (*why).to_owned()),
        dirty_mib_s: if container { 0 } else { pick(seed, "guest dirty", n, &[5, 10, 20, 40, 120]) },
        customer: CustomerId::new(CUSTOMERS[(n / 10) as usize % CUSTOMERS.len()]).ok(),
    };
    let ha = !container && spec.pinned.is_none() && spec.running && chance(seed, "guest ha", n).is_multiple_of(3);
    Some(LabGuest { spec, ha, lock: None, lost: false })
}

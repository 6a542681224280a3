//! What can be broken on purpose, and mended again.

use std::fmt;
use std::str::FromStr;

use noout_types::{GuestId, HostId, OsdId, SensorId, Timestamp};
use serde::{Deserialize, Serialize};

use super::bmc::FANS;
use super::world::{Happening, Power, World};

/// A way in which the lab misbehaves. In words (`fan pve3 FAN3`) it is what an operator types.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Break {
    /// A fan drops out and comes back, about once a lab minute.
    FanFlap {
        /// Whose.
        host: HostId,
        /// `FAN1` to `FAN6`.
        fan: SensorId,
    },
    /// A fan stands still.
    FanDead {
        /// Whose.
        host: HostId,
        /// `FAN1` to `FAN6`.
        fan: SensorId,
    },
    /// A BMC does not answer.
    BmcDown {
        /// Whose.
        host: HostId,
    },
    /// A BMC reports every sensor as missing, in the next poll only.
    BmcGhost {
        /// Whose.
        host: HostId,
    },
    /// A host loses power at once.
    HostCrash {
        /// Which.
        host: HostId,
    },
    /// A host does not come up when it is powered on.
    StuckBoot {
        /// Which.
        host: HostId,
    },
    /// An OSD's process dies and does not start.
    OsdDown {
        /// Which.
        osd: OsdId,
    },
    /// A monitor's process dies and does not start.
    MonDown {
        /// On which host.
        host: HostId,
    },
    /// No manager is left.
    MgrGone,
    /// The next move of this guest ends OK and moves nothing.
    HollowMove {
        /// Which.
        guest: GuestId,
    },
    /// Moves of this guest never end.
    EndlessMove {
        /// Which.
        guest: GuestId,
    },
    /// The next act happens, but its reply is lost.
    LostReply,
    /// The next act is lost on the way: no reply, and it did not happen.
    LostRequest,
    /// The token does not see one customer's guests; the answer is 200 all the same.
    FilteredView,
    /// Somebody else sets noout for the whole cluster.
    ClusterNoout,
    /// Somebody else sets noout for one host.
    HostNoout {
        /// Which.
        host: HostId,
    },
    /// A backup locks a guest.
    Backup {
        /// Which.
        guest: GuestId,
    },
    /// A placement group does not serve.
    PgInactive,
    /// An OSD is nearly full.
    Nearfull,
    /// The hosts have no quorum.
    QuorumLost,
    /// Somebody moves a guest without telling anybody.
    HandMove {
        /// Which.
        guest: GuestId,
        /// Where to.
        to: HostId,
    },
}

/// Every break in words, with what it does; for help texts.
pub const BREAK_WORDS: [(&str, &str); 21] = [
    ("fan HOST FAN", "the fan drops out now and then"),
    ("fan-dead HOST FAN", "the fan stands still"),
    ("bmc HOST", "the BMC does not answer"),
    ("bmc-ghost HOST", "all sensors are missing in the next poll"),
    ("host HOST", "the host loses power"),
    ("stuck-boot HOST", "the host does not come up when powered on"),
    ("osd NUMBER", "the OSD dies"),
    ("mon HOST", "the monitor on this host dies"),
    ("mgr", "all managers die"),
    ("hollow-move GUEST", "the next move ends OK and moves nothing"),
    ("endless-move GUEST", "moves of this guest never end"),
    ("lost-reply", "the next act happens, its reply is lost"),
    ("lost-request", "the next act is lost, it does not happen"),
    ("filtered-view", "the token does not see all guests"),
    ("cluster-noout", "somebody else sets noout for the cluster"),
    ("host-noout HOST", "somebody else sets noout for the host"),
    ("backup GUEST", "a backup locks the guest"),
    ("pg-inactive", "a placement group does not serve"),
    ("nearfull", "an OSD is nearly full"),
    ("quorum", "the hosts have no quorum"),
    ("hand-move GUEST HOST", "somebody moves the guest by hand"),
];

/// Why a text is no break.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is nothing that the lab can break; allowed are: {}", usages())]
pub struct BreakError {
    /// The text.
    pub found: String,
}

fn usages() -> String {
    BREAK_WORDS.map(|(usage, _)| usage).join(", ")
}

/// Why something cannot be broken or mended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mischief {
    /// The lab has no such thing.
    #[error("the lab has no {what}; it has {has}")]
    Unknown {
        /// What was asked for.
        what: String,
        /// What there is.
        has: String,
    },
    /// It cannot be done in the present state.
    #[error("that cannot be done now: {why}")]
    Impossible {
        /// Why, in words.
        why: String,
    },
    /// To mend needs something broken.
    #[error("{what:?} is not broken; broken are: {broken}")]
    NotBroken {
        /// What was to be mended.
        what: String,
        /// What is broken now.
        broken: String,
    },
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FanFlap { host, fan } => write!(f, "fan {host} {fan}"),
            Self::FanDead { host, fan } => write!(f, "fan-dead {host} {fan}"),
            Self::BmcDown { host } => write!(f, "bmc {host}"),
            Self::BmcGhost { host } => write!(f, "bmc-ghost {host}"),
            Self::HostCrash { host } => write!(f, "host {host}"),
            Self::StuckBoot { host } => write!(f, "stuck-boot {host}"),
            Self::OsdDown { osd } => write!(f, "osd {osd}"),
            Self::MonDown { host } => write!(f, "mon {host}"),
            Self::MgrGone => f.write_str("mgr"),
            Self::HollowMove { guest } => write!(f, "hollow-move {guest}"),
            Self::EndlessMove { guest } => write!(f, "endless-move {guest}"),
            Self::LostReply => f.write_str("lost-reply"),
            Self::LostRequest => f.write_str("lost-request"),
            Self::FilteredView => f.write_str("filtered-view"),
            Self::ClusterNoout => f.write_str("cluster-noout"),
            Self::HostNoout { host } => write!(f, "host-noout {host}"),
            Self::Backup { guest } => write!(f, "backup {guest}"),
            Self::PgInactive => f.write_str("pg-inactive"),
            Self::Nearfull => f.write_str("nearfull"),
            Self::QuorumLost => f.write_str("quorum"),
            Self::HandMove { guest, to } => write!(f, "hand-move {guest} {to}"),
        }
    }
}

impl FromStr for Break {
    type Err = BreakError;
    fn from_str(text: &str) -> Result<Self, BreakError> {
        parse(text).ok_or_else(|| BreakError { found: text.to_owned() })
    }
}

fn parse(text: &str) -> Option<Break> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let host = |at: usize| HostId::new(words[at]).ok();
    let guest = || GuestId::new(words[1]).ok();
    Some(match (*words.first()?, words.len()) {
        ("fan", 3) => Break::FanFlap { host: host(1)?, fan: SensorId::new(words[2]).ok()? },
        ("fan-dead", 3) => Break::FanDead { host: host(1)?, fan: SensorId::new(words[2]).ok()? },
        ("bmc", 2) => Break::BmcDown { host: host(1)? },
        ("bmc-ghost", 2) => Break::BmcGhost { host: host(1)? },
        ("host", 2) => Break::HostCrash { host: host(1)? },
        ("stuck-boot", 2) => Break::StuckBoot { host: host(1)? },
        ("osd", 2) => Break::OsdDown { osd: words[1].trim_start_matches("osd.").parse().ok()? },
        ("mon", 2) => Break::MonDown { host: host(1)? },
        ("mgr", 1) => Break::MgrGone,
        ("hollow-move", 2) => Break::HollowMove { guest: guest()? },
        ("endless-move", 2) => Break::EndlessMove { guest: guest()? },
        ("lost-reply", 1) => Break::LostReply,
        ("lost-request", 1) => Break::LostRequest,
        ("filtered-view", 1) => Break::FilteredView,
        ("cluster-noout", 1) => Break::ClusterNoout,
        ("host-noout", 2) => Break::HostNoout { host: host(1)? },
        ("backup", 2) => Break::Backup { guest: guest()? },
        ("pg-inactive", 1) => Break::PgInactive,
        ("nearfull", 1) => Break::Nearfull,
        ("quorum", 1) => Break::QuorumLost,
        ("hand-move", 3) => Break::HandMove { guest: guest()?, to: host(2)? },
        _ => return None,
    })
}

impl TryFrom<String> for Break {
    type Error = BreakError;
    fn try_from(text: String) -> Result<Self, BreakError> {
        text.parse()
    }
}

impl From<Break> for String {
    fn from(b: Break) -> String {
        b.to_string()
    }
}

/// Something that is broken now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Broken {
    pub what: Break,
    pub since_ms: u64,
    /// Where a guest was that was moved by hand.
    pub moved_from: Option<HostId>,
}

impl World {
    /// Breaks something. What is broken already stays so.
    ///
    /// # Errors
    /// The lab has no such thing, or it cannot be broken in the present state.
    pub fn provoke(&mut self, now: Timestamp, what: &Break) -> Result<(), Mischief> {
        self.advance(now);
        self.exists(what)?;
        if self.is_broken(what) {
            return Ok(());
        }
        let since_ms = self.clock.now_ms;
        let mut broken = Broken { what: what.clone(), since_ms, moved_from: None };
        match what {
            Break::BmcGhost { host } => {
                if let Some(found) = self.hosts.get_mut(host) {
                    found.ghost_polls = 1;
                }
                return Ok(());
            }
            Break::HostCrash { host } => {
                if self.hosts.get(host).is_some_and(|h| h.power == Power::Off) {
                    return Err(Mischief::Impossible { why: format!("{host} is off already") });
                }
                self.crash(host);
                return Ok(());
            }
            Break::HandMove { guest, to } => broken.moved_from = Some(self.move_by_hand(guest, to)?),
            Break::OsdDown { osd } => self.osd_dies(osd.0 as usize),
            Break::MonDown { host } => self.mon_dies(host),
            Break::MgrGone => self.storage.mgrs.iter_mut().for_each(|m| (m.up, m.active) = (false, false)),
            Break::ClusterNoout => {
                self.storage.cluster_flags.insert("noout".to_owned());
            }
            Break::HostNoout { host } => self.set_host_noout(host),
            Break::Backup { guest } => {
                if let Some(task) = self.running_move(guest) {
                    return Err(Mischief::Impossible { why: format!("guest {guest} is being moved by {}", task.id) });
                }
                self.set_lock(guest, Some("backup"));
            }
            Break::PgInactive => self.storage.pgs[0].stuck = true,
            _ => {}
        }
        self.broken.push(broken);
        Ok(())
    }

    /// Mends what was broken: the fan is replaced, the process started, the flag taken away, the
    /// guest put back, the host powered on.
    ///
    /// # Errors
    /// It is not broken, or it cannot be mended in the present state.
    pub fn mend(&mut self, now: Timestamp, what: &Break) -> Result<(), Mischief> {
        self.advance(now);
        if let Break::HostCrash { host } = what
            && self.hosts.get(host).is_some_and(|h| h.power == Power::Off)
        {
            self.boot(host, None);
            return Ok(());
        }
        let at = self.broken.iter().position(|b| b.what == *what).ok_or_else(|| {
            let all: Vec<_> = self.broken.iter().map(|b| b.what.to_string()).collect();
            let broken = if all.is_empty() { "nothing".to_owned() } else { all.join(", ") };
            Mischief::NotBroken { what: what.to_string(), broken }
        })?;
        if let (Break::HandMove { guest, .. }, Some(home)) = (what, self.broken[at].moved_from.clone()) {
            self.move_by_hand(guest, &home)?;
        }
        self.broken.remove(at);
        match what {
            Break::OsdDown { osd } => self.restart_osd(osd.0 as usize),
            Break::MonDown { host } => self.mon_restarts(host),
            Break::MgrGone => self.managers_return(),
            Break::StuckBoot { host } => self.boot_again(host),
            Break::ClusterNoout => {
                self.storage.cluster_flags.remove("noout");
                self.noout_is_gone();
            }
            Break::HostNoout { host } => self.clear_host_noout(host),
            Break::Backup { guest } => self.set_lock(guest, None),
            Break::PgInactive => self.storage.pgs[0].stuck = false,
            Break::EndlessMove { guest } => {
                // What hung goes on and ends soon.
                if let Some(task) = self.running_move(guest).map(|t| t.id.clone()) {
                    self.plan(1_000, Happening::MoveEnds { task });
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Mends everything that is broken and powers on hosts that crashed.
    ///
    /// # Errors
    /// The first thing that cannot be mended; the others are mended.
    pub fn mend_all(&mut self, now: Timestamp) -> Result<(), Mischief> {
        let crashed = self.hosts.values().filter(|h| h.power == Power::Off && h.task.is_none());
        let crashed: Vec<Break> = crashed.map(|h| Break::HostCrash { host: h.spec.id.clone() }).collect();
        let all = self.broken.iter().map(|b| b.what.clone()).chain(crashed).collect::<Vec<_>>();
        all.iter().map(|what| self.mend(now, what)).fold(Ok(()), Result::and)
    }

    /// What is broken now. Breaks that are over at once (a crash, a ghost) are not among them.
    pub fn broken(&self) -> impl Iterator<Item = &Break> {
        self.broken.iter().map(|b| &b.what)
    }

    pub(super) fn is_broken(&self, what: &Break) -> bool {
        self.broken.iter().any(|b| b.what == *what)
    }

    pub(super) fn broken_since(&self, what: &Break) -> Option<u64> {
        self.broken.iter().find(|b| b.what == *what).map(|b| b.since_ms)
    }

    /// Takes a break that works only once.
    pub(super) fn take_mischief(&mut self, what: &Break) -> bool {
        let at = self.broken.iter().position(|b| b.what == *what);
        at.map(|at| self.broken.remove(at)).is_some()
    }

    pub(super) fn osd_is_broken(&self, osd: usize) -> bool {
        self.is_broken(&Break::OsdDown { osd: OsdId(osd as u64) })
    }

    pub(super) fn mon_is_broken(&self, host: &HostId) -> bool {
        self.is_broken(&Break::MonDown { host: host.clone() })
    }

    pub(super) fn mgrs_are_broken(&self) -> bool {
        self.is_broken(&Break::MgrGone)
    }

    fn managers_return(&mut self) {
        let hosts = self.storage.mgrs.iter().map(|m| &m.host);
        let on = hosts.filter(|h| self.hosts.get(*h).is_some_and(|h| h.power == Power::On));
        for host in on.cloned().collect::<Vec<_>>() {
            self.mgr_returns(&host);
        }
    }

    fn set_lock(&mut self, guest: &GuestId, lock: Option<&str>) {
        if let Some(found) = self.guests.get_mut(guest) {
            found.lock = lock.map(str::to_owned);
        }
    }

    /// Whether the lab has what is to be broken.
    fn exists(&self, what: &Break) -> Result<(), Mischief> {
        let unknown = |what: String, has: String| Err(Mischief::Unknown { what, has });
        let host = match what {
            Break::FanFlap { host, .. }
            | Break::FanDead { host, .. }
            | Break::BmcDown { host }
            | Break::BmcGhost { host }
            | Break::HostCrash { host }
            | Break::StuckBoot { host }
            | Break::MonDown { host }
            | Break::HostNoout { host }
            | Break::HandMove { to: host, .. } => Some(host),
            _ => None,
        };
        if let Some(host) = host.filter(|h| !self.hosts.contains_key(*h)) {
            let all: Vec<_> = self.hosts.keys().map(HostId::as_str).collect();
            return unknown(format!("host {host}"), all.join(", "));
        }
        match what {
            Break::FanFlap { fan, .. } | Break::FanDead { fan, .. } => {
                if (1..=FANS).any(|n| fan.as_str() == format!("FAN{n}")) {
                    return Ok(());
                }
                unknown(format!("fan {fan}"), format!("FAN1 to FAN{FANS}"))
            }
            Break::OsdDown { osd } if osd.0 >= self.storage.osds.len() as u64 => {
                unknown(format!("OSD {osd}"), format!("0 to {}", self.storage.osds.len() - 1))
            }
            Break::MonDown { host } if !self.storage.mons.iter().any(|m| m.host == *host) => {
                let all: Vec<_> = self.storage.mons.iter().map(|m| m.host.as_str()).collect();
                unknown(format!("monitor on {host}"), format!("monitors on {}", all.join(", ")))
            }
            Break::HollowMove { guest }
            | Break::EndlessMove { guest }
            | Break::Backup { guest }
            | Break::HandMove { guest, .. }
                if !self.guests.contains_key(guest) =>
            {
                let (first, last) = (self.guests.keys().next(), self.guests.keys().next_back());
                let name = |g: Option<&GuestId>| g.map(GuestId::to_string).unwrap_or_default();
                unknown(format!("guest {guest}"), format!("{} to {}", name(first), name(last)))
            }
            _ => Ok(()),
        }
    }
}

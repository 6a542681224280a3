//! Ceph, through the JSON of its own `ceph` command: one process per question, each with a hard time limit.
//!
//! Why not a REST interface: `docs/adr/0006-ceph-by-cli.md`. What was learned on real clusters and
//! shapes this driver:
//! - `osd ok-to-stop` is served by the active manager and hangs when there is none: hence the limit.
//! - `osd ok-to-stop` and `mon ok-to-stop` call *safe* what they have never heard of (`osd.99`, a
//!   misspelt monitor): we only ask about what the maps name, and check that the answer is about it.
//! - `osd set-group` takes a rack, a root or a device class as gladly as a host: we only name hosts.
//! - Once OSDs that are down have been marked out, `OSD_DOWN` and `OSD_HOST_DOWN` vanish from health
//!   while the data is still elsewhere: look at [`StorageView::osds`], never only at the codes.
//! - The monitors' `status` repeats the last placement group numbers that a manager told them, however
//!   old: with the active manager's host gone it said `active+clean` for half a minute more. So the
//!   numbers come from the manager itself (`pg stat`); if it does not answer, the view has none.
//!
//! The key that noout is given needs no more than
//! `mgr 'allow r' mon 'allow r, allow command "osd set-group" with flags=noout, allow command "osd unset-group" with flags=noout'`.

mod cli;
mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use noout_core::platform::{Act, ActOutput, Ensured, Mon, StorageView, Verdict};
use noout_types::{HostId, PlatformId, Timestamp};

use self::cli::{Cli, Reply};
use self::read::{Dump, Map, Tree};
use crate::{DriverError, Storage};

/// The flag that the product is named after: do not mark this host's OSDs out.
const NOOUT: &str = "noout";

/// `EINVAL`: Ceph knows no such bucket.
const RC_EINVAL: i32 = 22;

/// Time limit of one call unless configured. A healthy cluster answers in half a second; a monitor
/// election takes about five.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// How to reach a Ceph cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CephSettings {
    /// The platform's id, which errors name.
    pub id: PlatformId,
    /// Path of `ceph.conf`; `None` leaves Ceph's own default.
    pub conf: Option<PathBuf>,
    /// Who we are, for example `client.noout`.
    pub name: String,
    /// Path of that client's keyring; `None` leaves Ceph's own default.
    pub keyring: Option<PathBuf>,
    /// How long one `ceph` process may take. A whole observation takes twice this at most.
    pub timeout: Duration,
    /// What starts `ceph`: `["ceph"]`, `["/usr/bin/ceph"]` or `["ssh", "mon1", "timeout", "15", "ceph"]`
    /// (only the near end of a remote shell is killed at the limit, so let `timeout` end the far one).
    pub command: Vec<String>,
}

impl CephSettings {
    /// The local `ceph` as `client.noout` with Ceph's default paths.
    #[must_use]
    pub fn new(id: PlatformId) -> Self {
        Self {
            id,
            conf: None,
            name: "client.noout".to_owned(),
            keyring: None,
            timeout: DEFAULT_TIMEOUT,
            command: vec!["ceph".to_owned()],
        }
    }
}

/// A Ceph cluster behind its command line.
#[derive(Debug)]
pub struct Ceph {
    cli: Cli,
}

impl Ceph {
    /// A driver; nothing is started or checked yet.
    #[must_use]
    pub fn new(settings: CephSettings) -> Self {
        Self { cli: Cli::new(settings) }
    }

    fn garbled(&self, why: String) -> DriverError {
        DriverError::Garbled { platform: self.cli.settings().id.to_string(), why }
    }

    async fn read_map(&self) -> Result<Map, DriverError> {
        let (health_detail, osd_dump, osd_tree, quorum_status, mon_metadata, mgr_dump) = tokio::try_join!(
            self.cli.ask(&["health", "detail"]),
            self.cli.ask(&["osd", "dump"]),
            self.cli.ask(&["osd", "tree"]),
            self.cli.ask(&["quorum_status"]),
            self.cli.ask(&["mon", "metadata"]),
            self.cli.ask(&["mgr", "dump"]),
        )?;
        read::Answers { health_detail, osd_dump, osd_tree, quorum_status, mon_metadata, mgr_dump }
            .parse()
            .map_err(|why| self.garbled(why))
    }

    /// The placement groups as the active manager counts them now; `None` if it does not answer.
    async fn count_pgs(&self, map: &Map) -> Result<Option<BTreeMap<String, u64>>, DriverError> {
        if !map.active_mgr {
            return Ok(None);
        }
        match self.cli.ask(&["pg", "stat"]).await {
            Ok(text) => read::parse_pgs(&text).map(Some).map_err(|why| self.garbled(why)),
            Err(DriverError::Unreachable { why, .. }) => {
                tracing::debug!(platform = %self.cli.settings().id, why, "the active manager does not answer");
                Ok(None)
            }
            Err(e) => Err(e),
        }
    }

    async fn may_osds_stop(&self, map: &Map, about: &HostId) -> Verdict {
        let osds = match map.tree.hosts.get(about) {
            None => return Verdict::Unknown { why: map.tree.no_such_host(about) },
            Some(osds) if osds.is_empty() => return Verdict::Safe,
            Some(osds) => osds,
        };
        if !map.active_mgr {
            return Verdict::Unknown { why: "there is no active manager, and nobody else can say".to_owned() };
        }
        let ids: Vec<String> = osds.iter().map(ToString::to_string).collect();
        let mut args = vec!["osd", "ok-to-stop"];
        args.extend(ids.iter().map(String::as_str));
        match self.cli.call(&args).await {
            Ok(reply) => read::osd_verdict(osds, &reply),
            Err(e) => Verdict::Unknown { why: e.words("osd ok-to-stop") },
        }
    }

    async fn may_mons_stop(&self, mons: &[Mon], about: &HostId) -> Verdict {
        if let Some(lost) = mons.iter().find(|m| m.host.is_none()) {
            let why = format!("nobody knows on which host monitor {} runs, so it may be on {about}", lost.name);
            return Verdict::Unknown { why };
        }
        let here: Vec<&str> = mons.iter().filter(|m| m.host.as_ref() == Some(about)).map(|m| m.name.as_str()).collect();
        if here.is_empty() {
            return Verdict::Safe;
        }
        if let Some(odd) = here.iter().find(|name| !is_plain(name)) {
            return Verdict::Unknown { why: format!("the monitor name {odd:?} cannot be an argument of a command") };
        }
        let mut args = vec!["mon", "ok-to-stop"];
        args.extend(&here);
        match self.cli.call(&args).await {
            Ok(reply) => read::mon_verdict(&reply),
            Err(e) => Verdict::Unknown { why: e.words("mon ok-to-stop") },
        }
    }

    /// Whether `noout` is set for the host alone, read now; or how the act ends if that cannot be told.
    async fn read_flag(&self, host: &HostId) -> Result<bool, Ensured> {
        let answers = tokio::try_join!(self.cli.ask(&["osd", "dump"]), self.cli.ask(&["osd", "tree"]));
        let (dump, tree) = answers.map_err(|e| match e {
            DriverError::Denied { .. } => Ensured::Refused { why: e.to_string() },
            DriverError::Unreachable { .. } | DriverError::Garbled { .. } => Ensured::Ambiguous { why: e.to_string() },
        })?;
        let parsed = Dump::parse(&dump).and_then(|dump| Ok((dump, Tree::parse(&tree)?)));
        let (dump, tree) = parsed.map_err(|why| Ensured::Ambiguous { why: self.garbled(why).to_string() })?;
        if !tree.hosts.contains_key(host) || !is_plain(host.as_str()) {
            return Err(Ensured::Refused { why: tree.no_such_host(host) });
        }
        Ok(dump.node_flags.get(host.as_str()).is_some_and(|flags| flags.contains(NOOUT)))
    }

    async fn ensure_flag(&self, host: &HostId, wanted: bool) -> Ensured {
        match self.read_flag(host).await {
            Ok(present) if present == wanted => return done(host, wanted, true),
            Ok(_) => {}
            Err(end) => return end,
        }
        let verb = if wanted { "set-group" } else { "unset-group" };
        let what = format!("osd {verb} {NOOUT} {host}");
        let reply = match self.cli.call(&["osd", verb, NOOUT, host.as_str()]).await {
            Ok(reply) => reply,
            Err(e) => return Ensured::Ambiguous { why: e.words(&what) },
        };
        if let Some(end) = refusal(&what, &reply) {
            return end;
        }
        match self.read_flag(host).await {
            Ok(present) if present == wanted => done(host, wanted, false),
            Ok(_) => Ensured::Ambiguous {
                why: format!("Ceph said yes to `{what}`, but read back, noout of {host} is {}", word(!wanted)),
            },
            // What was sent cannot be taken for refused any more, whatever the reading back says.
            Err(Ensured::Refused { why } | Ensured::Ambiguous { why }) => {
                Ensured::Ambiguous { why: format!("Ceph said yes to `{what}`, but it cannot be read back: {why}") }
            }
            Err(other) => other,
        }
    }
}

/// What an act means for the flag of a host: which host, and whether it is wanted.
fn flag_act(act: &Act) -> Result<(&HostId, bool), Ensured> {
    match act {
        Act::SetNoout { host } => Ok((host, true)),
        Act::ClearNoout { host } => Ok((host, false)),
        Act::MoveGuest { .. } => Err(Ensured::Refused { why: "Ceph does not move guests".to_owned() }),
        Act::PowerOff { .. } | Act::PowerOn { .. } => {
            Err(Ensured::Refused { why: "Ceph does not power hosts on or off".to_owned() })
        }
    }
}

/// Whether a name is what Ceph allows and cannot be taken for an option or by a shell.
fn is_plain(name: &str) -> bool {
    !name.starts_with('-') && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
}

fn word(present: bool) -> &'static str {
    if present { "set" } else { "not set" }
}

fn done(host: &HostId, wanted: bool, already: bool) -> Ensured {
    let detail = format!("read back: noout of host {host} is {}", word(wanted));
    Ensured::Done(ActOutput { already, detail, ..ActOutput::default() })
}

fn refusal(what: &str, reply: &Reply) -> Option<Ensured> {
    let why = format!("`{what}` ended with {}: {}", reply.rc, reply.words());
    match reply.rc {
        0 => None,
        RC_EINVAL => Some(Ensured::Refused { why }),
        _ if reply.is_denied() => Some(Ensured::Refused { why }),
        _ => Some(Ensured::Ambiguous { why }),
    }
}

#[async_trait]
impl Storage for Ceph {
    async fn observe(&self, about: &HostId) -> Result<StorageView, DriverError> {
        // Stamped before the first question: the view is never younger than it says.
        let taken_at = Timestamp::now();
        let map = self.read_map().await?;
        let (pgs, osds_ok_to_stop, mons_ok_to_stop) =
            tokio::join!(self.count_pgs(&map), self.may_osds_stop(&map, about), self.may_mons_stop(&map.mons, about));
        Ok(map.into_view(taken_at, pgs?, osds_ok_to_stop, mons_ok_to_stop))
    }

    async fn ensure(&self, act: &Act) -> Ensured {
        match flag_act(act) {
            Ok((host, wanted)) => self.ensure_flag(host, wanted).await,
            Err(end) => end,
        }
    }

    async fn probe(&self, act: &Act) -> Ensured {
        let (host, wanted) = match flag_act(act) {
            Ok(asked) => asked,
            Err(end) => return end,
        };
        match self.read_flag(host).await {
            Ok(present) if present == wanted => done(host, wanted, true),
            Ok(present) => Ensured::Refused { why: format!("read back: noout of host {host} is {}", word(present)) },
            // Nothing was refused: it cannot be read.
            Err(Ensured::Refused { why }) => Ensured::Ambiguous { why },
            Err(end) => end,
        }
    }
}

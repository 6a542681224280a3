//! Gates: what must be true before a step, judged on a fresh view. Missing data is unsafe.

use std::collections::BTreeSet;

use noout_plan::HostState;
use noout_types::{GuestId, HostId, Span, Timestamp};

use super::apply::BOOT_ID;
use super::model::{Evidence, Maintenance, StepState};
use super::plan::StepKind;
use crate::config::{Config, Platform};
use crate::platform::{ComputeView, Health, Osd, StorageView, Verdict};

/// A view older than this is no evidence for a gate.
pub const MAX_VIEW_AGE: Span = Span::from_secs(30);

/// Health codes that our own act explains while the host is away.
const OUR_OWN_CODES: [&str; 5] = ["OSD_DOWN", "OSD_HOST_DOWN", "OSD_FLAGS", "MON_DOWN", "PG_DEGRADED"];

/// Warnings that say nothing about whether a host may leave.
const HARMLESS_CODES: [&str; 5] = [
    "MGR_MODULE_DEPENDENCY",
    "RECENT_CRASH",
    "TELEMETRY_CHANGED",
    "POOL_APP_NOT_ENABLED",
    "AUTH_INSECURE_GLOBAL_ID_RECLAIM_ALLOWED",
];

/// Why a step of an old approval is not taken.
const EXPIRED: &str = "the approval has expired";

/// What a gate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// Everything holds; this is what was seen.
    Pass(Evidence),
    /// Not yet; look again.
    Wait(String),
    /// The world is not as the plan was made for.
    Drifted(String),
}

/// What was seen, for one judgement.
pub(super) struct Views<'a> {
    pub config: &'a Config,
    pub at: Timestamp,
    pub compute: &'a ComputeView,
    pub storage: Option<&'a StorageView>,
}

impl Views<'_> {
    /// When the older of the two views was taken: what a judgement rests on is no younger.
    pub(super) fn taken_at(&self) -> Timestamp {
        self.storage.map_or(self.compute.taken_at, |s| s.taken_at.min(self.compute.taken_at))
    }
}

fn pass(lines: impl IntoIterator<Item = String>) -> Judgement {
    Judgement::Pass(Evidence(lines.into_iter().collect()))
}

/// Judges the gate of a step.
pub(super) fn judge(m: &Maintenance, kind: &StepKind, v: &Views<'_>) -> Judgement {
    let mut no: Vec<String> = Vec::new();
    if *kind == StepKind::PowerOn {
        // Giving back needs no proof; a cluster that lost a host too many may show nothing at all.
        return pass(Vec::new());
    }
    let age = Span::between(v.taken_at(), v.at);
    if age > MAX_VIEW_AGE {
        no.push(format!("the platform was last read {age} ago"));
    }
    no.extend(v.compute.incomplete.iter().map(|why| format!("the view is incomplete: {why}")));
    match kind {
        StepKind::Entry | StepKind::SetNoout | StepKind::PowerOff if !m.is_approved(v.at) && m.is_running() => {
            return Judgement::Drifted(EXPIRED.into());
        }
        StepKind::Entry => no.extend(entry_refusals(m, v)),
        StepKind::Move(step) => {
            no.extend(quorum_refusal(v));
            return moving(m, v, &step.guest, &step.from, &step.to, no);
        }
        StepKind::MoveHome(step) => return moving(m, v, &step.guest, &step.from, &step.to, no),
        StepKind::ConfirmEmpty => {
            if let Some(why) = arrived(m, v.compute).filter(|_| no.is_empty()) {
                return Judgement::Drifted(why);
            }
            no.extend(not_empty(m, v.compute));
        }
        StepKind::SetNoout => {
            no.extend(not_empty(m, v.compute));
            no.extend(entry_refusals(m, v));
        }
        StepKind::PowerOff => {
            // All that was asked before the first step, for a hold may lie between; and now our flag stands.
            no.extend(not_empty(m, v.compute));
            no.extend(flag_refusals(m, v));
            no.extend(entry_refusals(m, v));
        }
        StepKind::ConfirmAway => no.extend(not_away(m, v)),
        StepKind::PowerOn => {}
        StepKind::ConfirmBack => no.extend(not_back(m, v)),
        StepKind::ClearNoout => no.extend(osds_not_home(m, v.storage)),
        StepKind::ConfirmClean => no.extend(not_clean(m, v)),
        StepKind::PlanHome => {
            if v.compute.inventory.host(&m.host).is_none_or(|h| h.state != HostState::Online) {
                no.push(format!("{} is not online", m.host));
            }
        }
        StepKind::WorkOrder | StepKind::HandsOff => no.push("a person must sign".into()),
        StepKind::ProveHealthy => no.push("its sensors must be good for a while".into()),
    }
    if no.is_empty() { pass(seen(m, kind, v)) } else { Judgement::Wait(no.join("; ")) }
}

/// What a passed gate leaves as evidence, in words.
fn seen(m: &Maintenance, kind: &StepKind, v: &Views<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if matches!(
        kind,
        StepKind::Entry | StepKind::SetNoout | StepKind::PowerOff | StepKind::ConfirmAway | StepKind::ConfirmClean
    ) && let Some(s) = v.storage
    {
        let osds = s.osds.len();
        let (up, is_in) = (s.osds.iter().filter(|o| o.up).count(), s.osds.iter().filter(|o| o.is_in).count());
        lines.push(format!("storage {}: {osds} OSDs, {up} up, {is_in} in; {}", word(s.health), pgs(s)));
        lines.push(format!("{} of {} monitors in quorum", s.mons.iter().filter(|x| x.in_quorum).count(), s.mons.len()));
    }
    if matches!(kind, StepKind::ConfirmEmpty | StepKind::PowerOff) {
        lines.push(format!("no guest left on {} that must go", m.host));
        if let Some(id) = v.compute.boot_ids.get(&m.host) {
            lines.push(format!("{BOOT_ID}{id}"));
        }
    }
    if matches!(kind, StepKind::Entry | StepKind::ConfirmAway) && v.compute.quorate {
        lines.push("the cluster is quorate".into());
    }
    if matches!(kind, StepKind::ConfirmBack) {
        lines.push(match v.compute.boot_ids.get(&m.host) {
            Some(now) => format!("{} is online after a boot ({now})", m.host),
            None => format!("{} is online", m.host),
        });
    }
    lines
}

fn word(health: Health) -> &'static str {
    match health {
        Health::Ok => "HEALTH_OK",
        Health::Warn => "HEALTH_WARN",
        Health::Err => "HEALTH_ERR",
    }
}

fn pgs(s: &StorageView) -> String {
    let parts: Vec<_> = s.pgs.iter().filter(|(_, n)| **n > 0).map(|(state, n)| format!("{n} {state}")).collect();
    if parts.is_empty() { "no placement groups seen".into() } else { format!("PGs: {}", parts.join(", ")) }
}

fn quorum_refusal(v: &Views<'_>) -> Option<String> {
    (!v.compute.quorate).then(|| "the cluster has no quorum".to_owned())
}

/// The entry gate: may this host leave, as far as compute, quorum and storage can say?
fn entry_refusals(m: &Maintenance, v: &Views<'_>) -> Vec<String> {
    let mut no: Vec<String> = quorum_refusal(v).into_iter().collect();
    if v.compute.quorate && !v.compute.quorate_without_one {
        no.push("with one host fewer the cluster would have no quorum".into());
    }
    for host in v.compute.inventory.hosts.iter().filter(|h| h.id != m.host && h.state != HostState::Online) {
        no.push(format!("{} is {} already: one failure domain at a time", host.id, state_word(host.state)));
    }
    no.extend(v.compute.busy.iter().map(|task| format!("{task} is running")));
    match (v.config.storage_of(&m.platform), v.storage) {
        (Some(platform), Some(storage)) if m.noout.is_ours() => {
            no.extend(storage_refusals(&without_our_flag(storage, &m.host), &m.host, platform));
        }
        (Some(platform), Some(storage)) => no.extend(storage_refusals(storage, &m.host, platform)),
        (Some(platform), None) => no.push(format!("the storage {} cannot be read", platform.id)),
        (None, _) => {}
    }
    no
}

/// The storage as it would be without the flag that we mean to set: an attempt that was ambiguous may
/// have set it.
fn without_our_flag(s: &StorageView, host: &HostId) -> StorageView {
    let mut s = s.clone();
    if let Some(flags) = s.host_flags.get_mut(host) {
        flags.remove("noout");
    }
    if s.host_flags.values().all(BTreeSet::is_empty) && s.osd_flags.values().all(BTreeSet::is_empty) {
        s.checks.remove("OSD_FLAGS");
    }
    s
}

fn state_word(state: HostState) -> &'static str {
    match state {
        HostState::Online => "online",
        HostState::Offline => "offline",
        HostState::Maintenance => "in maintenance",
    }
}

/// Why the storage cannot lose this host now; empty if it can.
#[must_use]
pub fn storage_refusals(s: &StorageView, host: &HostId, platform: &Platform) -> Vec<String> {
    let mut no = Vec::new();
    for (code, check) in s.checks.iter().filter(|(_, c)| c.severity != Health::Ok) {
        let allowed = check.severity == Health::Warn
            && (HARMLESS_CODES.contains(&code.as_str()) || platform.allow_warnings.iter().any(|a| a == code));
        if !allowed {
            no.push(format!("storage says {code}: {}", check.summary));
        }
    }
    if s.health == Health::Err && s.checks.is_empty() {
        no.push("storage says HEALTH_ERR".into());
    }
    if s.cluster_flags.contains("noout") {
        no.push("noout is set for the whole cluster, and not by us".into());
    }
    for (other, flags) in s.host_flags.iter().filter(|(_, f)| f.contains("noout")) {
        let ours = if other == host { "and not by us" } else { "by somebody or something else" };
        no.push(format!("noout is set for {other} ({} flags), {ours}", flags.len()));
    }
    for (osd, flags) in s.osd_flags.iter().filter(|(_, f)| f.contains("noout")) {
        no.push(format!("noout is set for osd.{osd} ({} flags), by somebody or something else", flags.len()));
    }
    // The host's own dead disk, drained and out, is the commonest reason to open it.
    let dead_and_out = |o: &Osd| o.host == *host && !o.up && !o.is_in;
    no.extend(
        s.osds.iter().filter(|o| !o.up && !dead_and_out(o)).map(|o| format!("osd.{} on {} is down", o.id, o.host)),
    );
    no.extend(
        s.osds.iter().filter(|o| !o.is_in && o.host != *host).map(|o| format!("osd.{} on {} is out", o.id, o.host)),
    );
    if s.osds.is_empty() {
        no.push("no OSD is seen at all".into());
    } else if s.osds_of(host).next().is_none() {
        // A host of another name in CRUSH would lose its OSDs without noout.
        no.push(format!("no OSD of {host} is seen: the storage may know the host by another name"));
    }
    if !s.all_clean() {
        no.push(format!("placement groups are not clean: {}", pgs(s)));
    }
    if s.mons.is_empty() {
        no.push("no monitor is seen at all".into());
    }
    no.extend(s.mons.iter().filter(|x| !x.in_quorum).map(|x| format!("mon.{} is out of quorum", x.name)));
    if !s.active_mgr {
        no.push("there is no active manager".into());
    } else if s.standby_mgrs == 0 {
        no.push("there is no standby manager".into());
    }
    for (what, verdict) in [("OSDs", &s.osds_ok_to_stop), ("monitors", &s.mons_ok_to_stop)] {
        match verdict {
            Verdict::Safe => {}
            Verdict::Unsafe { why } => no.push(format!("the {what} of {host} may not stop: {why}")),
            Verdict::Unknown { why } => no.push(format!("nobody can say whether the {what} of {host} may stop: {why}")),
        }
    }
    no
}

/// Before the power goes our flag must stand.
fn flag_refusals(m: &Maintenance, v: &Views<'_>) -> Option<String> {
    let missing = v.storage.is_some_and(|s| !s.has_host_noout(&m.host));
    missing.then(|| format!("noout is not set for {}", m.host))
}

/// The guests that are still on the host and must go: all but those that the plan leaves behind stopped.
#[must_use]
pub fn empty(compute: &ComputeView, host: &HostId) -> Vec<GuestId> {
    compute.inventory.guests_on(host).filter(|g| g.running).map(|g| g.id.clone()).collect()
}

/// Guests that run on the host although the plan has them gone, or does not know them.
fn arrived(m: &Maintenance, compute: &ComputeView) -> Option<String> {
    let known = |g: &GuestId| m.left_behind.iter().any(|b| b.guest == *g);
    let new: Vec<_> = empty(compute, &m.host).iter().filter(|g| !known(g)).map(ToString::to_string).collect();
    (!new.is_empty()).then(|| format!("running on {} against the plan: {}", m.host, new.join(", ")))
}

fn not_empty(m: &Maintenance, compute: &ComputeView) -> Option<String> {
    if compute.inventory.host(&m.host).is_none() {
        return Some(format!("{} is not in the inventory: that is no evidence that it is empty", m.host));
    }
    // Guests are conserved: what left must be seen elsewhere, else the view does not show everything.
    let gone = |s: &&super::LoggedStep| match (&s.kind, &s.state) {
        (StepKind::Move(x), StepState::Done { .. }) => compute.inventory.guest(&x.guest).is_none(),
        _ => false,
    };
    if m.steps.iter().any(|s| gone(&s)) {
        return Some("guests that left are seen nowhere: that is no evidence that the host is empty".into());
    }
    let here: Vec<_> = empty(compute, &m.host).iter().map(ToString::to_string).collect();
    (!here.is_empty()).then(|| format!("still running on {}: {}", m.host, here.join(", ")))
}

fn moving(
    m: &Maintenance,
    v: &Views<'_>,
    guest: &GuestId,
    from: &HostId,
    to: &HostId,
    mut no: Vec<String>,
) -> Judgement {
    let Some(found) = v.compute.inventory.guest(guest) else {
        no.push(format!("guest {guest} is not in the inventory"));
        return if v.compute.incomplete.is_empty() {
            Judgement::Drifted(no.join("; "))
        } else {
            Judgement::Wait(no.join("; "))
        };
    };
    if found.host == *to {
        return if no.is_empty() {
            pass([format!("{guest} is on {to} already")])
        } else {
            Judgement::Wait(no.join("; "))
        };
    }
    if found.host != *from {
        return Judgement::Drifted(format!("guest {guest} was expected on {from} and is on {}", found.host));
    }
    if !m.is_approved(v.at) && m.off_at.is_none() && m.aborted.is_none() {
        return Judgement::Drifted(EXPIRED.into());
    }
    if let Some(lock) = v.compute.locks.get(guest) {
        no.push(format!("guest {guest} is locked: {lock}"));
    }
    if let Err(why) = noout_plan::check_move(&v.compute.inventory, guest, to) {
        if no.is_empty() {
            return Judgement::Drifted(format!("guest {guest} cannot go to {to} now: {why}"));
        }
        no.push(why.to_string());
    }
    if no.is_empty() { pass([format!("{guest} fits on {to} now")]) } else { Judgement::Wait(no.join("; ")) }
}

fn not_away(m: &Maintenance, v: &Views<'_>) -> Vec<String> {
    let mut no = Vec::new();
    match v.compute.inventory.host(&m.host) {
        Some(h) if h.state == HostState::Offline => {}
        Some(h) => no.push(format!("{} is still {}", m.host, state_word(h.state))),
        None => no.push(format!("{} is not in the inventory: that is no evidence that it is off", m.host)),
    }
    no.extend(quorum_refusal(v));
    if let Some(s) = v.storage {
        no.extend(s.osds_of(&m.host).filter(|o| o.up).map(|o| format!("osd.{} is still up", o.id)));
        let was_in = |o: &&Osd| m.counted.as_ref().is_none_or(|c| c.served.contains(&o.id));
        let out = s.osds_of(&m.host).filter(|o| !o.is_in).filter(was_in);
        no.extend(out.map(|o| format!("osd.{} was marked out", o.id)));
        no.extend((!s.all_active()).then(|| format!("not all data is served: {}", pgs(s))));
    } else if v.config.storage_of(&m.platform).is_some() {
        no.push("the storage cannot be read".into());
    }
    no
}

fn osds_not_home(m: &Maintenance, storage: Option<&StorageView>) -> Vec<String> {
    let Some(s) = storage else { return vec!["the storage cannot be read".into()] };
    // As before or better: what was dead before may be replaced, gone or still dead.
    let served = m.counted.as_ref().map(|c| &c.served);
    let mut no: Vec<_> = s
        .osds_of(&m.host)
        .filter(|o| !(o.up && o.is_in) && served.is_none_or(|s| s.contains(&o.id)))
        .map(|o| {
            format!("osd.{} is {} and {}", o.id, if o.up { "up" } else { "down" }, if o.is_in { "in" } else { "out" })
        })
        .collect();
    let gone = served.into_iter().flatten().filter(|id| s.osds_of(&m.host).all(|o| o.id != **id));
    no.extend(gone.map(|id| format!("osd.{id} is not seen any more")));
    if s.osds_of(&m.host).next().is_none() {
        no.push(format!("no OSD of {} is seen", m.host));
    }
    no
}

fn not_back(m: &Maintenance, v: &Views<'_>) -> Vec<String> {
    let mut no = Vec::new();
    match v.compute.inventory.host(&m.host) {
        Some(h) if h.state == HostState::Offline => no.push(format!("{} is offline", m.host)),
        Some(_) => {}
        None => no.push(format!("{} is not in the inventory", m.host)),
    }
    match (&m.boot_id, v.compute.boot_ids.get(&m.host)) {
        (Some(before), Some(now)) if m.off_at.is_some() && before == now => {
            no.push(format!("{} has the same boot id as before: it never went away", m.host));
        }
        (Some(_), None) if m.off_at.is_some() => no.push(format!("no boot id of {} is seen", m.host)),
        _ => {}
    }
    no.extend(quorum_refusal(v));
    if v.config.storage_of(&m.platform).is_some() {
        no.extend(osds_not_home(m, v.storage));
        if let Some(s) = v.storage {
            let its = s.mons.iter().filter(|x| x.host.as_ref() == Some(&m.host) && !x.in_quorum);
            no.extend(its.map(|x| format!("mon.{} is out of quorum", x.name)));
        }
    }
    no
}

fn not_clean(m: &Maintenance, v: &Views<'_>) -> Vec<String> {
    let Some(s) = v.storage else { return vec!["the storage cannot be read".into()] };
    let mut no = osds_not_home(m, Some(s));
    if s.has_host_noout(&m.host) {
        no.push(format!("noout is still set for {}", m.host));
    }
    if !s.all_clean() {
        no.push(format!("placement groups are not clean yet: {}", pgs(s)));
    }
    no
}

/// Whether a health code is explained by the host that we took away.
pub(super) fn is_ours(code: &str) -> bool {
    OUR_OWN_CODES.contains(&code) || HARMLESS_CODES.contains(&code)
}

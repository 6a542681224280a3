//! Gates: what must be true before a step, judged on a fresh view. Missing data is unsafe.

use std::collections::BTreeSet;

use noout_plan::HostState;
use noout_types::{GuestId, HostId, Said, Span, Timestamp};

use super::model::{Evidence, Maintenance, StepState};
use super::plan::StepKind;
use crate::config::{Config, Platform};
use crate::platform::{ComputeView, Health, Osd, StorageView, Verdict};
use crate::says;

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

/// What a gate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// Everything holds; this is what was seen.
    Pass(Evidence),
    /// Not yet; look again.
    Wait(Said),
    /// The world is not as the plan was made for.
    Drifted(Said),
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

/// Passes if nothing says no.
fn unless(no: Vec<Said>, seen: impl FnOnce() -> Evidence) -> Judgement {
    if no.is_empty() { Judgement::Pass(seen()) } else { Judgement::Wait(Said::all(no)) }
}

/// Judges the gate of a step.
pub(super) fn judge(m: &Maintenance, kind: &StepKind, v: &Views<'_>) -> Judgement {
    let mut no: Vec<Said> = Vec::new();
    if *kind == StepKind::PowerOn {
        // Giving back needs no proof; a cluster that lost a host too many may show nothing at all.
        return Judgement::Pass(Evidence::default());
    }
    let age = Span::between(v.taken_at(), v.at);
    if age > MAX_VIEW_AGE {
        no.push(says::old_view(age.as_millis()));
    }
    no.extend(v.compute.incomplete.iter().map(says::incomplete));
    match kind {
        StepKind::Entry | StepKind::SetNoout | StepKind::PowerOff if !m.is_approved(v.at) && m.is_running() => {
            return Judgement::Drifted(says::expired());
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
        StepKind::ClearNoout => no.extend(osds_not_home(m, v)),
        StepKind::ConfirmClean => no.extend(not_clean(m, v)),
        StepKind::PlanHome => {
            if v.compute.inventory.host(&m.host).is_none_or(|h| h.state != HostState::Online) {
                no.push(says::not_online(&m.host));
            }
        }
        StepKind::WorkOrder | StepKind::HandsOff => no.push(says::sign()),
        StepKind::ProveHealthy => no.push(says::prove()),
    }
    unless(no, || seen(m, kind, v))
}

/// What a passed gate leaves as evidence.
fn seen(m: &Maintenance, kind: &StepKind, v: &Views<'_>) -> Evidence {
    let mut evidence = Evidence::default();
    let seen = &mut evidence.seen;
    if matches!(
        kind,
        StepKind::Entry | StepKind::SetNoout | StepKind::PowerOff | StepKind::ConfirmAway | StepKind::ConfirmClean
    ) && let Some(s) = v.storage
    {
        let (up, is_in) = (s.osds.iter().filter(|o| o.up).count(), s.osds.iter().filter(|o| o.is_in).count());
        seen.push(says::seen_storage(word(s.health), s.osds.len(), up, is_in, pgs(s)));
        seen.push(says::seen_mons(s.mons.iter().filter(|x| x.in_quorum).count(), s.mons.len()));
    }
    if matches!(kind, StepKind::ConfirmEmpty | StepKind::PowerOff) {
        seen.push(says::seen_empty(&m.host));
        evidence.boot_id = v.compute.boot_ids.get(&m.host).cloned();
    }
    if matches!(kind, StepKind::Entry | StepKind::ConfirmAway) && v.compute.quorate {
        seen.push(says::seen_quorate());
    }
    if matches!(kind, StepKind::ConfirmBack) {
        seen.push(match v.compute.boot_ids.get(&m.host) {
            Some(now) => says::seen_back_boot(&m.host, now),
            None => says::seen_back(&m.host),
        });
    }
    evidence
}

fn word(health: Health) -> &'static str {
    match health {
        Health::Ok => "HEALTH_OK",
        Health::Warn => "HEALTH_WARN",
        Health::Err => "HEALTH_ERR",
    }
}

/// How many placement groups are in which state, in Ceph's words.
fn pgs(s: &StorageView) -> String {
    let parts: Vec<_> = s.pgs.iter().filter(|(_, n)| **n > 0).map(|(state, n)| format!("{n} {state}")).collect();
    if parts.is_empty() { "0".into() } else { parts.join(", ") }
}

fn quorum_refusal(v: &Views<'_>) -> Option<Said> {
    (!v.compute.quorate).then(says::no_quorum)
}

/// The entry gate: may this host leave, as far as compute, quorum and storage can say?
fn entry_refusals(m: &Maintenance, v: &Views<'_>) -> Vec<Said> {
    let mut no: Vec<Said> = quorum_refusal(v).into_iter().collect();
    if v.compute.quorate && !v.compute.quorate_without_one {
        no.push(says::quorum_thin());
    }
    for host in v.compute.inventory.hosts.iter().filter(|h| h.id != m.host && h.state != HostState::Online) {
        no.push(says::other_host(&host.id, host.state.code()));
    }
    no.extend(v.compute.busy.iter().map(says::busy));
    match (v.config.storage_of(&m.platform), v.storage) {
        (Some(platform), Some(storage)) if m.noout.is_ours() => {
            no.extend(storage_refusals(&without_our_flag(storage, &m.host), &m.host, platform));
        }
        (Some(platform), Some(storage)) => no.extend(storage_refusals(storage, &m.host, platform)),
        (Some(platform), None) => no.push(says::storage_unread(&platform.id)),
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

/// Why the storage cannot lose this host now; empty if it can.
#[must_use]
pub fn storage_refusals(s: &StorageView, host: &HostId, platform: &Platform) -> Vec<Said> {
    let mut no = Vec::new();
    for (code, check) in s.checks.iter().filter(|(_, c)| c.severity != Health::Ok) {
        let allowed = check.severity == Health::Warn
            && (HARMLESS_CODES.contains(&code.as_str()) || platform.allow_warnings.iter().any(|a| a == code));
        if !allowed {
            no.push(says::storage_says(code, &check.summary));
        }
    }
    if s.health == Health::Err && s.checks.is_empty() {
        no.push(says::storage_error());
    }
    if s.cluster_flags.contains("noout") {
        no.push(says::noout_cluster());
    }
    for (other, flags) in s.host_flags.iter().filter(|(_, f)| f.contains("noout")) {
        let n = flags.len();
        no.push(if other == host { says::noout_host(other, n) } else { says::noout_other(other, n) });
    }
    for (osd, flags) in s.osd_flags.iter().filter(|(_, f)| f.contains("noout")) {
        no.push(says::noout_osd(osd, flags.len()));
    }
    // The host's own dead disk, drained and out, is the commonest reason to open it.
    let dead_and_out = |o: &Osd| o.host == *host && !o.up && !o.is_in;
    no.extend(s.osds.iter().filter(|o| !o.up && !dead_and_out(o)).map(|o| says::osd_down(o.id, &o.host)));
    no.extend(s.osds.iter().filter(|o| !o.is_in && o.host != *host).map(|o| says::osd_out(o.id, &o.host)));
    if s.osds.is_empty() {
        no.push(says::no_osds());
    } else if s.osds_of(host).next().is_none() {
        // A host of another name in CRUSH would lose its OSDs without noout.
        no.push(says::no_osds_of(host));
    }
    if !s.all_clean() {
        no.push(says::not_clean(pgs(s)));
    }
    if s.mons.is_empty() {
        no.push(says::no_mons());
    }
    no.extend(s.mons.iter().filter(|x| !x.in_quorum).map(|x| says::mon_out(&x.name)));
    if !s.active_mgr {
        no.push(says::no_manager());
    } else if s.standby_mgrs == 0 {
        no.push(says::no_standby());
    }
    no.extend(match &s.osds_ok_to_stop {
        Verdict::Safe => None,
        Verdict::Unsafe { why } => Some(says::osds_may_not(host, why)),
        Verdict::Unknown { why } => Some(says::osds_unknown(host, why)),
    });
    no.extend(match &s.mons_ok_to_stop {
        Verdict::Safe => None,
        Verdict::Unsafe { why } => Some(says::mons_may_not(host, why)),
        Verdict::Unknown { why } => Some(says::mons_unknown(host, why)),
    });
    no
}

/// As [`unread`], where a storage must be there.
fn unread_at_all(m: &Maintenance, v: &Views<'_>) -> Said {
    unread(m, v).unwrap_or_else(|| says::storage_unread(&m.platform))
}

/// The storage is there and was not read.
fn unread(m: &Maintenance, v: &Views<'_>) -> Option<Said> {
    v.config.storage_of(&m.platform).filter(|_| v.storage.is_none()).map(|s| says::storage_unread(&s.id))
}

/// Before the power goes our flag must stand.
fn flag_refusals(m: &Maintenance, v: &Views<'_>) -> Option<Said> {
    let missing = v.storage.is_some_and(|s| !s.has_host_noout(&m.host));
    missing.then(|| says::noout_unset(&m.host))
}

/// The guests that are still on the host and must go: all but those that the plan leaves behind stopped.
#[must_use]
pub fn empty(compute: &ComputeView, host: &HostId) -> Vec<GuestId> {
    compute.inventory.guests_on(host).filter(|g| g.running).map(|g| g.id.clone()).collect()
}

/// Guests that run on the host although the plan has them gone, or does not know them.
fn arrived(m: &Maintenance, compute: &ComputeView) -> Option<Said> {
    let known = |g: &GuestId| m.left_behind.iter().any(|b| b.guest == *g);
    let new: Vec<_> = empty(compute, &m.host).iter().filter(|g| !known(g)).map(ToString::to_string).collect();
    (!new.is_empty()).then(|| says::arrived(&m.host, new.join(", ")))
}

fn not_empty(m: &Maintenance, compute: &ComputeView) -> Option<Said> {
    if compute.inventory.host(&m.host).is_none() {
        return Some(says::unlisted_empty(&m.host));
    }
    // Guests are conserved: what left must be seen elsewhere, else the view does not show everything.
    let gone = |s: &&super::LoggedStep| match (&s.kind, &s.state) {
        (StepKind::Move(x), StepState::Done { .. }) => compute.inventory.guest(&x.guest).is_none(),
        _ => false,
    };
    if m.steps.iter().any(|s| gone(&s)) {
        return Some(says::guests_lost());
    }
    let here: Vec<_> = empty(compute, &m.host).iter().map(ToString::to_string).collect();
    (!here.is_empty()).then(|| says::still_running(&m.host, here.join(", ")))
}

fn moving(m: &Maintenance, v: &Views<'_>, guest: &GuestId, from: &HostId, to: &HostId, mut no: Vec<Said>) -> Judgement {
    let Some(found) = v.compute.inventory.guest(guest) else {
        no.push(says::guest_unlisted(guest));
        let why = Said::all(no);
        return if v.compute.incomplete.is_empty() { Judgement::Drifted(why) } else { Judgement::Wait(why) };
    };
    if found.host == *to {
        return unless(no, || says::seen_there(guest, to).into());
    }
    if found.host != *from {
        return Judgement::Drifted(says::guest_elsewhere(guest, from, &found.host));
    }
    if !m.is_approved(v.at) && m.off_at.is_none() && m.aborted.is_none() {
        return Judgement::Drifted(says::expired());
    }
    if let Some(lock) = v.compute.locks.get(guest) {
        no.push(says::guest_locked(guest, lock));
    }
    if let Err(why) = noout_plan::check_move(&v.compute.inventory, guest, to) {
        let cannot = says::guest_cannot(guest, to, [why.said()]);
        if no.is_empty() {
            return Judgement::Drifted(cannot);
        }
        no.push(cannot);
    }
    unless(no, || says::seen_fits(guest, to).into())
}

fn not_away(m: &Maintenance, v: &Views<'_>) -> Vec<Said> {
    let mut no = Vec::new();
    match v.compute.inventory.host(&m.host) {
        Some(h) if h.state == HostState::Offline => {}
        Some(h) => no.push(says::still_there(&m.host, h.state.code())),
        None => no.push(says::unlisted_off(&m.host)),
    }
    no.extend(quorum_refusal(v));
    if let Some(s) = v.storage {
        no.extend(s.osds_of(&m.host).filter(|o| o.up).map(|o| says::osd_still_up(o.id)));
        let was_in = |o: &&Osd| m.counted.as_ref().is_none_or(|c| c.served.contains(&o.id));
        let out = s.osds_of(&m.host).filter(|o| !o.is_in).filter(was_in);
        no.extend(out.map(|o| says::osd_marked_out(o.id)));
        no.extend((!s.all_active()).then(|| says::not_served(pgs(s))));
    }
    no.extend(unread(m, v));
    no
}

fn osds_not_home(m: &Maintenance, v: &Views<'_>) -> Vec<Said> {
    let Some(s) = v.storage else { return vec![unread_at_all(m, v)] };
    // As before or better: what was dead before may be replaced, gone or still dead.
    let served = m.counted.as_ref().map(|c| &c.served);
    let mut no: Vec<_> = s
        .osds_of(&m.host)
        .filter(|o| !(o.up && o.is_in) && served.is_none_or(|s| s.contains(&o.id)))
        .map(|o| says::osd_not_home(o.id, if o.up { "up" } else { "down" }, if o.is_in { "in" } else { "out" }))
        .collect();
    let gone = served.into_iter().flatten().filter(|id| s.osds_of(&m.host).all(|o| o.id != **id));
    no.extend(gone.map(says::osd_gone));
    if s.osds_of(&m.host).next().is_none() {
        no.push(says::no_osds_back(&m.host));
    }
    no
}

fn not_back(m: &Maintenance, v: &Views<'_>) -> Vec<Said> {
    let mut no = Vec::new();
    match v.compute.inventory.host(&m.host) {
        Some(h) if h.state == HostState::Offline => no.push(says::offline(&m.host)),
        Some(_) => {}
        None => no.push(says::unlisted(&m.host)),
    }
    match (&m.boot_id, v.compute.boot_ids.get(&m.host)) {
        (Some(before), Some(now)) if m.off_at.is_some() && before == now => {
            no.push(says::same_boot(&m.host));
        }
        (Some(_), None) if m.off_at.is_some() => no.push(says::no_boot(&m.host)),
        _ => {}
    }
    no.extend(quorum_refusal(v));
    if v.config.storage_of(&m.platform).is_some() {
        no.extend(osds_not_home(m, v));
        if let Some(s) = v.storage {
            let its = s.mons.iter().filter(|x| x.host.as_ref() == Some(&m.host) && !x.in_quorum);
            no.extend(its.map(|x| says::mon_out(&x.name)));
        }
    }
    no
}

fn not_clean(m: &Maintenance, v: &Views<'_>) -> Vec<Said> {
    let Some(s) = v.storage else { return vec![unread_at_all(m, v)] };
    let mut no = osds_not_home(m, v);
    if s.has_host_noout(&m.host) {
        no.push(says::noout_still(&m.host));
    }
    if !s.all_clean() {
        no.push(says::not_clean(pgs(s)));
    }
    no
}

/// Whether a health code is explained by the host that we took away.
pub(super) fn is_ours(code: &str) -> bool {
    OUR_OWN_CODES.contains(&code) || HARMLESS_CODES.contains(&code)
}

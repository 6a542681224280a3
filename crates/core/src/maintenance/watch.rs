//! While a host is out: what happens to the rest. A second failure holds the run and pages.

use std::collections::BTreeMap;

use noout_plan::HostState;
use noout_types::{GuestId, HostId, Said};

use super::gates::{Views, is_ours};
use super::model::Maintenance;
use super::plan::StepKind;
use crate::platform::{Health, StorageView};
use crate::says;

/// What is wrong with the cluster beyond what we took away ourselves, by stable word.
pub(super) fn look(m: &Maintenance, v: &Views<'_>) -> BTreeMap<String, Said> {
    let mut wrong = BTreeMap::new();
    if !v.compute.quorate {
        wrong.insert("quorum".to_owned(), says::watch_quorum());
    }
    for host in v.compute.inventory.hosts.iter().filter(|h| h.id != m.host && h.state == HostState::Offline) {
        wrong.insert(format!("host_down/{}", host.id), says::watch_host_down(&host.id));
    }
    let lost = lost_guests(m, v);
    if !lost.is_empty() {
        wrong.insert("guests_lost".to_owned(), says::watch_guests_lost(&m.host, lost.join(", ")));
    }
    if let Some(storage) = v.storage {
        look_at_storage(m, storage, &mut wrong);
    }
    wrong
}

/// Guests that ran before the power went and stand on the dark host now, or nowhere: somebody brought them there
/// in the last moment. What its owner stopped elsewhere is not among them.
fn lost_guests(m: &Maintenance, v: &Views<'_>) -> Vec<String> {
    let inventory = &v.compute.inventory;
    let dark = inventory.host(&m.host).is_some_and(|h| h.state == HostState::Offline);
    let Some(counted) = m.counted.as_ref().filter(|_| dark && m.off_at.is_some() && v.compute.incomplete.is_empty())
    else {
        return Vec::new();
    };
    let lost = |id: &&GuestId| inventory.guest(id).is_none_or(|g| g.host == m.host);
    counted.ran.iter().filter(lost).map(ToString::to_string).collect()
}

/// Whether something often settles by itself: placement groups peer for some seconds when a host's
/// OSDs stop, and nobody knows them for half a minute when a manager takes over.
pub(super) fn may_settle(code: &str) -> bool {
    code == PG_INACTIVE
}

const PG_INACTIVE: &str = "pg_inactive";

fn look_at_storage(m: &Maintenance, s: &StorageView, wrong: &mut BTreeMap<String, Said>) {
    let mut down: BTreeMap<&HostId, Vec<String>> = BTreeMap::new();
    for osd in s.osds.iter().filter(|o| o.host != m.host && !o.up) {
        down.entry(&osd.host).or_default().push(format!("osd.{}", osd.id));
    }
    for (host, osds) in down {
        let osds = osds.join(", ");
        let away = m.host_is_away();
        let text = if away { says::watch_osd_down_too(osds, host, &m.host) } else { says::watch_osd_down(osds, host) };
        wrong.insert(format!("osd_down/{host}"), text);
    }
    for mon in s.mons.iter().filter(|x| !x.in_quorum && x.host.as_ref() != Some(&m.host)) {
        wrong.insert(format!("mon_down/{}", mon.name), says::mon_out(&mon.name));
    }
    if !s.all_active() {
        wrong.insert(PG_INACTIVE.to_owned(), says::watch_pg_inactive());
    }
    for (code, check) in &s.checks {
        let full = code.ends_with("NEARFULL") || code.ends_with("FULL");
        if full || (check.severity == Health::Err && !is_ours(code)) {
            wrong.insert(format!("health/{code}"), says::storage_says(code, &check.summary));
        }
    }
    let settled = m.has_done(&StepKind::SetNoout);
    let clearing = m.current().is_some_and(|x| x.kind == StepKind::ClearNoout);
    if settled && !clearing && m.noout.is_ours() && !s.has_host_noout(&m.host) && m.host_is_away() {
        wrong.insert("noout_gone".to_owned(), says::watch_noout_gone(&m.host));
    }
}

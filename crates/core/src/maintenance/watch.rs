//! While a host is out: what happens to the rest. A second failure holds the run and pages.

use std::collections::BTreeMap;

use noout_plan::HostState;
use noout_types::Said;

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
    if let Some(storage) = v.storage {
        look_at_storage(m, storage, &mut wrong);
    }
    wrong
}

/// Whether something often settles by itself: placement groups peer for some seconds when a host's
/// OSDs stop, and nobody knows them for half a minute when a manager takes over.
pub(super) fn may_settle(code: &str) -> bool {
    code == PG_INACTIVE
}

const PG_INACTIVE: &str = "pg_inactive";

fn look_at_storage(m: &Maintenance, s: &StorageView, wrong: &mut BTreeMap<String, Said>) {
    for osd in s.osds.iter().filter(|o| o.host != m.host && !o.up) {
        wrong.insert(format!("osd_down/{}", osd.host), says::watch_osd_down(osd.id, &osd.host, &m.host));
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

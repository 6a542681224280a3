//! Behaviour, named by situation. Small inventories are written in place; random ones are in `random.rs`.

mod drain;
mod home;
mod inventory;
mod lint;
mod random;
mod survive;

use std::collections::BTreeMap;

use noout_types::{GuestId, HostId};

use crate::{Finding, Guest, GuestKind, Host, HostState, Inventory, Placement, Policy};

pub(crate) fn h(id: &str) -> HostId {
    HostId::new(id).expect("a host id")
}

pub(crate) fn g(id: &str) -> GuestId {
    GuestId::new(id).expect("a guest id")
}

/// An online host with plenty of CPU and the storage `rbd`.
pub(crate) fn host(id: &str, memory_mib: u64) -> Host {
    Host {
        id: h(id),
        failure_domain: String::new(),
        cpus: 64,
        memory_mib,
        cpu_type: None,
        storage: vec!["rbd".to_owned()],
        state: HostState::Online,
        watts: 0,
        rack_units: 0,
    }
}

/// A running virtual machine with one CPU on the storage `rbd`.
pub(crate) fn guest(id: &str, on: &str, memory_mib: u64) -> Guest {
    Guest {
        id: g(id),
        host: h(on),
        cpus: 1,
        memory_mib,
        running: true,
        kind: GuestKind::Vm,
        cpu_type: None,
        storage: vec!["rbd".to_owned()],
        affinity: Vec::new(),
        anti_affinity: Vec::new(),
        pinned: None,
        dirty_mib_s: 10,
        customer: None,
    }
}

/// Without a reserve and without N+1, so that the numbers of a test are the numbers of the plan.
pub(crate) fn inventory(hosts: Vec<Host>, guests: Vec<Guest>) -> Inventory {
    let policy = Policy { memory_reserve_mib: 0, keep_n_plus: 0, ..Policy::default() };
    Inventory { hosts, guests, policy }
}

/// Plans a drain and insists that the second opinion agrees.
pub(crate) fn drained(inv: &Inventory, host: &str) -> Placement {
    let plan = crate::drain(inv, &h(host)).expect("a plan");
    assert_eq!(crate::lint(inv, Some(&h(host)), &plan), vec![], "the plan is sound");
    plan
}

/// Plans the way home and insists that the second opinion agrees.
pub(crate) fn homeward(inv: &Inventory, homes: &[(&str, &str)]) -> Placement {
    let homes: BTreeMap<GuestId, HostId> = homes.iter().map(|(guest, host)| (g(guest), h(host))).collect();
    let plan = crate::home(inv, &homes).expect("a plan");
    assert_eq!(crate::lint(inv, None, &plan), vec![], "the plan is sound");
    plan
}

/// `guest from>to @order` for each move.
pub(crate) fn moves(plan: &Placement) -> Vec<String> {
    plan.moves.iter().map(|m| format!("{} {}>{} @{}", m.guest, m.from, m.to, m.order)).collect()
}

/// `guest: reason` for each guest that stays.
pub(crate) fn blocked(plan: &Placement) -> Vec<String> {
    plan.blocked.iter().map(|b| format!("{}: {}", b.guest, b.why)).collect()
}

pub(crate) fn codes(plan: &Placement) -> Vec<&'static str> {
    plan.report.iter().map(Finding::code).collect()
}

/// The inventory after a plan.
pub(crate) fn after(inv: &Inventory, plan: &Placement) -> Inventory {
    let mut inv = inv.clone();
    for mv in &plan.moves {
        let guest = inv.guests.iter_mut().find(|g| g.id == mv.guest).expect("a guest of the inventory");
        guest.host = mv.to.clone();
    }
    inv
}

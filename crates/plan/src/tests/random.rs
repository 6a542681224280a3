//! Random inventories, most of them crowded, some out of rule before anything moves.

use std::collections::{BTreeMap, BTreeSet};

use noout_types::{GuestId, HostId};
use proptest::prelude::*;

use super::{after, g, h};
use crate::{Guest, GuestKind, Host, HostState, Inventory, Move, Placement, Policy, check_move, drain, home, lint};

fn names(all: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<String>> {
    proptest::sample::subsequence(all, 0..=most).prop_map(|n| n.into_iter().map(str::to_owned).collect())
}

fn a_host(n: usize) -> impl Strategy<Value = Host> {
    let state =
        prop_oneof![8 => Just(HostState::Online), 1 => Just(HostState::Offline), 1 => Just(HostState::Maintenance)];
    let cpu_type = prop_oneof![4 => Just(Some("epyc")), 1 => Just(Some("xeon")), 1 => Just(None)];
    (2u32..9, 8u64..40, cpu_type, names(&["nfs", "rbd"], 2), state).prop_map(
        move |(cpus, mem, cpu_type, storage, state)| Host {
            id: h(&format!("h{n}")),
            failure_domain: String::new(),
            cpus,
            memory_mib: mem,
            cpu_type: cpu_type.map(str::to_owned),
            storage,
            state,
            watts: 0,
            rack_units: 0,
        },
    )
}

fn a_guest(n: usize, hosts: usize) -> impl Strategy<Value = Guest> {
    let size = (1u32..4, 1u64..12, 0u32..12, prop::bool::weighted(0.8), prop::bool::weighted(0.2));
    let rules = (
        names(&["rbd"], 1),
        prop_oneof![6 => Just(vec![]), 1 => names(&["a", "b", "c"], 2)],
        prop_oneof![3 => Just(vec![]), 1 => names(&["x", "y"], 2)],
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.1),
    );
    (0..hosts, size, rules).prop_map(move |(on, (cpus, mem, dirty, running, container), rules)| {
        let (storage, affinity, anti_affinity, pinned, picky) = rules;
        Guest {
            id: g(&format!("g{n}")),
            host: h(&format!("h{on}")),
            cpus,
            memory_mib: mem,
            running,
            kind: if container { GuestKind::Container } else { GuestKind::Vm },
            cpu_type: picky.then(|| "epyc".to_owned()),
            storage,
            affinity,
            anti_affinity,
            pinned: pinned.then(|| "device".to_owned()),
            dirty_mib_s: dirty,
            customer: None,
        }
    })
}

fn an_inventory() -> impl Strategy<Value = Inventory> {
    (1usize..6, 0usize..18).prop_flat_map(|(hosts, guests)| {
        let policy = (0u64..4, 0u32..3, 1u32..4, 5u32..30).prop_map(|(reserve, n_plus, parallel, link)| Policy {
            cpu_overcommit: 1.5,
            memory_reserve_mib: reserve,
            keep_n_plus: n_plus,
            link_mib_s: link,
            parallel_per_host: parallel,
        });
        let hosts_of: Vec<_> = (0..hosts).map(a_host).collect();
        let guests_of: Vec<_> = (0..guests).map(|n| a_guest(n, hosts)).collect();
        (hosts_of, guests_of, policy).prop_map(|(hosts, guests, policy)| Inventory { hosts, guests, policy })
    })
}

fn where_all_are(inv: &Inventory) -> BTreeMap<GuestId, HostId> {
    inv.guests.iter().map(|g| (g.id.clone(), g.host.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn a_drain_is_sound_and_loses_nobody(inv in an_inventory()) {
        for host in inv.hosts.iter().filter(|h| h.state != HostState::Offline) {
            let plan = drain(&inv, &host.id).expect("a plan");
            prop_assert_eq!(lint(&inv, Some(&host.id), &plan), vec![]);
            let moved: BTreeSet<_> = plan.moves.iter().map(|m| &m.guest).collect();
            prop_assert_eq!(moved.len(), plan.moves.len(), "nobody moves twice on the way out");
            let stay: BTreeSet<_> = plan.blocked.iter().map(|b| b.guest.clone()).collect();
            let left: BTreeSet<_> = after(&inv, &plan).guests_on(&host.id).map(|g| g.id.clone()).collect();
            prop_assert_eq!(stay, left, "who stays is said, and nobody else stays");
            let mut shuffled = inv.clone();
            shuffled.hosts.reverse();
            shuffled.guests.reverse();
            prop_assert_eq!(drain(&shuffled, &host.id).expect("a plan"), plan);
        }
    }

    #[test]
    fn the_way_home_is_sound_and_each_guest_is_home_or_has_a_reason(inv in an_inventory(), wishes in prop::collection::vec(0usize..6, 18)) {
        let homes: BTreeMap<GuestId, HostId> =
            inv.guests.iter().zip(&wishes).map(|(g, w)| (g.id.clone(), h(&format!("h{w}")))).collect();
        let plan = home(&inv, &homes).expect("a plan");
        prop_assert_eq!(lint(&inv, None, &plan), vec![]);
        let end = where_all_are(&after(&inv, &plan));
        let blocked: BTreeSet<_> = plan.blocked.iter().map(|b| &b.guest).collect();
        prop_assert_eq!(blocked.len(), plan.blocked.len());
        for (guest, wish) in &homes {
            prop_assert_eq!(end[guest] == *wish, !blocked.contains(guest), "{} at {}", guest, &end[guest]);
        }
    }

    #[test]
    fn out_and_home_again_ends_where_it_began(inv in an_inventory()) {
        let Some(host) = inv.hosts.iter().find(|h| h.state == HostState::Online).cloned() else { return Ok(()) };
        let out = drain(&inv, &host.id).expect("a plan");
        let away = after(&inv, &out);
        let back = home(&away, &where_all_are(&inv)).expect("a plan");
        prop_assert_eq!(lint(&away, None, &back), vec![]);
        if back.blocked.is_empty() {
            prop_assert_eq!(after(&away, &back), inv);
        }
    }

    #[test]
    fn the_check_before_a_move_agrees_with_the_lint(inv in an_inventory()) {
        for guest in &inv.guests {
            for to in inv.hosts.iter().filter(|h| h.id != guest.host) {
                let moves = vec![Move { guest: guest.id.clone(), from: guest.host.clone(), to: to.id.clone(), order: 1 }];
                let mut found = lint(&inv, None, &Placement { moves, ..Placement::default() });
                // A single move may leave its group behind: that is the plan's concern, not the move's.
                found.retain(|f| f.code() != "affinity");
                let checked = check_move(&inv, &guest.id, &to.id);
                prop_assert_eq!(checked.is_ok(), found.is_empty(), "{:?} against {:?}", checked, found);
            }
        }
    }
}

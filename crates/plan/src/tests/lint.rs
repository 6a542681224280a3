//! Plans that are wrong on purpose: each must be caught by its own word.

use super::{drained, g, guest, h, host, inventory};
use crate::{Blocked, GuestKind, HostState, Inventory, Move, Placement, Why, lint};

fn mv(guest: &str, from: &str, to: &str, order: u32) -> Move {
    Move { guest: g(guest), from: h(from), to: h(to), order }
}

fn caught(inv: &Inventory, drained: Option<&str>, moves: Vec<Move>) -> Vec<&'static str> {
    let plan = Placement { moves, ..Placement::default() };
    lint(inv, drained.map(h).as_ref(), &plan).iter().map(|f| f.code()).collect()
}

fn three() -> Inventory {
    inventory(
        ["pve1", "pve2", "pve3"].map(|id| host(id, 64_000)).to_vec(),
        vec![guest("101", "pve1", 40_000), guest("102", "pve1", 10_000), guest("201", "pve2", 40_000)],
    )
}

#[test]
fn planted_faults_are_caught() {
    let inv = three();
    assert_eq!(caught(&inv, None, vec![mv("102", "pve1", "pve3", 1)]), Vec::<&str>::new());
    let cases: Vec<(&str, Option<&str>, Vec<Move>)> = vec![
        ("memory", None, vec![mv("101", "pve1", "pve2", 1)]),
        ("memory", None, vec![mv("101", "pve1", "pve2", 1), mv("201", "pve2", "pve1", 1)]),
        ("memory", None, vec![mv("201", "pve2", "pve3", 1), mv("101", "pve1", "pve2", 1)]),
        ("forgotten", Some("pve1"), vec![mv("101", "pve1", "pve3", 1)]),
        ("target-drained", Some("pve2"), vec![mv("201", "pve2", "pve3", 1), mv("102", "pve1", "pve2", 2)]),
        ("order-gap", None, vec![mv("102", "pve1", "pve3", 2)]),
        ("order-gap", None, vec![mv("102", "pve1", "pve3", 1), mv("101", "pve1", "pve3", 3)]),
        ("wrong-source", None, vec![mv("102", "pve2", "pve3", 1)]),
        ("nowhere", None, vec![mv("102", "pve1", "pve1", 1)]),
        ("twice-without-need", None, vec![mv("102", "pve1", "pve2", 1), mv("102", "pve2", "pve3", 2)]),
        ("twice-at-once", None, vec![mv("102", "pve1", "pve2", 1), mv("102", "pve1", "pve3", 1)]),
        ("unknown", None, vec![mv("999", "pve1", "pve2", 1)]),
        ("unknown", None, vec![mv("102", "pve1", "pve9", 1)]),
    ];
    for (code, drained, moves) in cases {
        let found = caught(&inv, drained, moves.clone());
        assert!(found.contains(&code), "{code} in {moves:?}: {found:?}");
    }
}

#[test]
fn faults_against_the_rules_of_guests_and_hosts_are_caught() {
    let to_pve3 = || vec![mv("102", "pve1", "pve3", 1)];
    let check = |code: &str, change: &dyn Fn(&mut Inventory)| {
        let mut inv = three();
        change(&mut inv);
        let found = caught(&inv, None, to_pve3());
        assert_eq!(found, [code]);
    };
    check("pinned", &|i| i.guests[1].pinned = Some("GPU".to_owned()));
    check("cpu-type", &|i| i.guests[1].cpu_type = Some("epyc".to_owned()));
    check("storage", &|i| i.guests[1].storage.push("ssd".to_owned()));
    check("target-state", &|i| i.hosts[2].state = HostState::Maintenance);
    check("source-offline", &|i| i.hosts[0].state = HostState::Offline);
    check("cpu", &|i| i.guests[1].cpus = 257);
    check("memory", &|i| i.policy.memory_reserve_mib = 54_001);
    check("affinity", &|i| {
        i.guests[0].affinity = vec!["app".to_owned()];
        i.guests[1].affinity = vec!["app".to_owned()];
    });
    check("anti-affinity", &|i| {
        i.guests[1].anti_affinity = vec!["db".to_owned()];
        i.guests[2].anti_affinity = vec!["db".to_owned()];
        i.guests[2].host = h("pve3");
    });
}

#[test]
fn anti_affinity_is_broken_by_passing_each_other() {
    let mut inv = three();
    inv.guests[1].anti_affinity = vec!["db".to_owned()];
    inv.guests[2].anti_affinity = vec!["db".to_owned()];
    inv.guests[2].memory_mib = 10_000;
    let at_once = vec![mv("102", "pve1", "pve2", 1), mv("201", "pve2", "pve3", 1)];
    assert_eq!(caught(&inv, None, at_once), ["anti-affinity"]);
    let one_by_one = vec![mv("201", "pve2", "pve3", 1), mv("102", "pve1", "pve2", 2)];
    assert!(caught(&inv, None, one_by_one).is_empty());
}

#[test]
fn too_many_or_too_dirty_at_once_are_caught() {
    let mut inv = three();
    inv.guests[0].memory_mib = 1_000;
    let both = || vec![mv("101", "pve1", "pve3", 1), mv("102", "pve1", "pve2", 1)];
    assert!(caught(&inv, None, both()).is_empty());
    inv.guests[0].dirty_mib_s = 550;
    assert_eq!(caught(&inv, None, both()), ["link"]);
    inv.guests[0].kind = GuestKind::Container;
    assert!(caught(&inv, None, both()).is_empty(), "a container that restarts dirties nothing on the way");
    inv.policy.parallel_per_host = 1;
    assert_eq!(caught(&inv, None, both()), ["parallel"]);
}

#[test]
fn a_plan_that_contradicts_itself_is_caught() {
    let inv = three();
    let good = drained(&inv, "pve1");
    let mut said_twice = good.clone();
    said_twice.blocked.push(Blocked { guest: g("102"), why: Why::Pinned { reason: "no".to_owned() } });
    assert!(lint(&inv, Some(&h("pve1")), &said_twice).iter().any(|f| f.code() == "contradicts"));
    let mut wrong_load = good;
    wrong_load.capacity[1].memory_mib_after += 1;
    assert!(lint(&inv, Some(&h("pve1")), &wrong_load).iter().any(|f| f.code() == "wrong-load"));
}

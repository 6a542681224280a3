use super::{after, blocked, codes, drained, guest, h, homeward, host, inventory, moves};
use crate::{Finding, GuestKind, HostState};

#[test]
fn guests_never_come_home() {
    let inv = inventory(
        ["pve1", "pve2", "pve3"].map(|id| host(id, 64_000)).to_vec(),
        (0..5).map(|i| guest(&format!("10{i}"), "pve1", 6_000)).collect(),
    );
    let away = after(&inv, &drained(&inv, "pve1"));
    assert_eq!(away.guests_on(&h("pve1")).count(), 0);
    let homes: Vec<_> = ["100", "101", "102", "103", "104"].iter().map(|g| (*g, "pve1")).collect();
    let back = homeward(&away, &homes);
    assert!(back.blocked.is_empty());
    assert_eq!(after(&away, &back), inv, "the original placement");
    assert!(homeward(&inv, &homes).moves.is_empty(), "who is at home needs nothing");
}

#[test]
fn two_guests_that_wait_for_each_other_go_by_a_third_host() {
    let inv = inventory(
        ["pve1", "pve2", "pve3"].map(|id| host(id, 64_000)).to_vec(),
        vec![guest("101", "pve1", 40_000), guest("201", "pve2", 50_000)],
    );
    let plan = homeward(&inv, &[("101", "pve2"), ("201", "pve1")]);
    assert_eq!(moves(&plan), ["101 pve1>pve3 @1", "201 pve2>pve1 @2", "101 pve3>pve2 @3"]);
    assert!(codes(&plan).contains(&"by-third-host"));
}

#[test]
fn a_container_does_not_step_aside() {
    let mut guests = vec![guest("101", "pve1", 40_000), guest("201", "pve2", 50_000)];
    guests[0].kind = GuestKind::Container;
    let inv = inventory(["pve1", "pve2", "pve3"].map(|id| host(id, 64_000)).to_vec(), guests);
    let plan = homeward(&inv, &[("101", "pve2"), ("201", "pve1")]);
    assert_eq!(moves(&plan), ["201 pve2>pve3 @1", "101 pve1>pve2 @2", "201 pve3>pve1 @3"], "one restart, not two");
}

#[test]
fn without_a_third_host_they_stay_and_the_reason_is_said() {
    let inv = inventory(
        ["pve1", "pve2"].map(|id| host(id, 64_000)).to_vec(),
        vec![guest("101", "pve1", 40_000), guest("201", "pve2", 50_000)],
    );
    let plan = homeward(&inv, &[("101", "pve2"), ("201", "pve1")]);
    assert!(plan.moves.is_empty());
    assert_eq!(
        blocked(&plan),
        [
            "101: 40000 MiB of memory are needed, pve2 has 14000 MiB free beside its reserve of 0 MiB",
            "201: 50000 MiB of memory are needed, pve1 has 24000 MiB free beside its reserve of 0 MiB"
        ]
    );
}

#[test]
fn nobody_steps_aside_who_could_not_go_on_home_from_there() {
    let mut hosts = ["pve1", "pve2", "pve3", "pve4"].map(|id| host(id, 64_000)).to_vec();
    hosts[3].state = HostState::Maintenance;
    let inv = inventory(hosts, vec![guest("101", "pve1", 40_000), guest("201", "pve2", 50_000)]);
    let plan = homeward(&inv, &[("101", "pve4"), ("201", "pve1")]);
    assert!(plan.moves.is_empty(), "101 would be left on pve3, which is neither its home nor where it was");
    assert_eq!(plan.blocked.len(), 2);
}

#[test]
fn a_chain_goes_home_in_the_order_in_which_room_comes_free() {
    let inv = inventory(
        ["pve1", "pve2", "pve3"].map(|id| host(id, 64_000)).to_vec(),
        vec![guest("101", "pve2", 40_000), guest("201", "pve3", 30_000)],
    );
    let plan = homeward(&inv, &[("101", "pve1"), ("201", "pve2")]);
    assert_eq!(moves(&plan), ["201 pve3>pve2 @2", "101 pve2>pve1 @1"].into_iter().rev().collect::<Vec<_>>());
    assert!(plan.report.iter().any(|f| matches!(f, Finding::Waits { order: 2, .. })));
}

#[test]
fn a_home_that_is_full_keeps_only_those_out_that_do_not_fit() {
    let inv = inventory(
        ["pve1", "pve2"].map(|id| host(id, 64_000)).to_vec(),
        vec![guest("100", "pve1", 50_000), guest("101", "pve2", 10_000), guest("102", "pve2", 20_000)],
    );
    let plan = homeward(&inv, &[("101", "pve1"), ("102", "pve1")]);
    assert_eq!(moves(&plan), ["101 pve2>pve1 @1"]);
    assert_eq!(
        blocked(&plan),
        ["102: 20000 MiB of memory are needed, pve1 has 4000 MiB free beside its reserve of 0 MiB"]
    );
}

#[test]
fn a_home_that_is_not_back_yet_or_gone_is_named() {
    let mut inv = inventory(
        ["pve1", "pve2"].map(|id| host(id, 64_000)).to_vec(),
        vec![guest("101", "pve2", 10_000), guest("102", "pve2", 10_000)],
    );
    inv.hosts[0].state = HostState::Maintenance;
    let plan = homeward(&inv, &[("101", "pve1"), ("102", "pve9"), ("777", "pve1")]);
    assert_eq!(blocked(&plan), ["101: pve1 is in maintenance", "102: there is no host pve9"]);
    assert!(codes(&plan).contains(&"gone"), "a guest that was deleted meanwhile holds nothing up");
}

#[test]
fn an_affinity_group_goes_home_whole_or_not_at_all() {
    let mut guests = vec![guest("101", "pve2", 10_000), guest("102", "pve2", 10_000), guest("103", "pve2", 10_000)];
    guests.iter_mut().for_each(|g| g.affinity = vec!["app".to_owned()]);
    let inv = inventory(["pve1", "pve2"].map(|id| host(id, 64_000)).to_vec(), guests);
    let part = homeward(&inv, &[("101", "pve1"), ("102", "pve1")]);
    assert!(part.moves.is_empty());
    assert!(blocked(&part)[0].contains("must share a host with 103"), "{:?}", blocked(&part));
    let whole = homeward(&inv, &[("101", "pve1"), ("102", "pve1"), ("103", "pve1")]);
    assert_eq!(whole.moves.len(), 3);
}

#[test]
fn a_group_that_has_begun_always_ends() {
    // One slot per host: the group moves in two waves, and a smaller guest must not take the second member's room.
    let mut guests = vec![guest("101", "pve2", 20_000), guest("102", "pve2", 20_000), guest("103", "pve3", 41_000)];
    guests[0].affinity = vec!["app".to_owned()];
    guests[1].affinity = vec!["app".to_owned()];
    let mut inv = inventory(["pve1", "pve2", "pve3"].map(|id| host(id, 64_000)).to_vec(), guests);
    inv.policy.parallel_per_host = 1;
    let plan = homeward(&inv, &[("101", "pve1"), ("102", "pve1"), ("103", "pve1")]);
    assert_eq!(moves(&plan), ["101 pve2>pve1 @1", "102 pve2>pve1 @2"]);
    assert_eq!(plan.blocked.len(), 1);
}

#[test]
fn members_of_a_group_that_want_different_homes_stay_with_a_reason() {
    let mut guests = vec![guest("101", "pve1", 1_000), guest("102", "pve2", 1_000)];
    guests.iter_mut().for_each(|g| g.affinity = vec!["app".to_owned()]);
    let inv = inventory(["pve1", "pve2"].map(|id| host(id, 64_000)).to_vec(), guests);
    let plan = homeward(&inv, &[("101", "pve2"), ("102", "pve1")]);
    assert!(plan.moves.is_empty());
    assert_eq!(plan.blocked.len(), 2);
}

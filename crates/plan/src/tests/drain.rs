use expect_test::expect;
use noout_types::Severity;

use super::{after, blocked, codes, drained, g, guest, h, host, inventory, moves};
use crate::{Finding, GuestKind, HostState, PlanError, check_move, drain};

#[test]
fn all_guests_to_one_target_which_then_runs_out_of_memory() {
    let guests = (0..9).map(|i| guest(&format!("10{i}"), "pve1", 10_000)).collect();
    let hosts = ["pve1", "pve2", "pve3", "pve4"].map(|id| host(id, 100_000)).to_vec();
    let plan = drained(&inventory(hosts, guests), "pve1");
    assert!(plan.blocked.is_empty());
    for target in ["pve2", "pve3", "pve4"] {
        let there = plan.moves.iter().filter(|m| m.to == h(target)).count();
        assert_eq!(there, 3, "the nine guests are spread evenly, {target} included");
    }
}

#[test]
fn no_target_is_filled_beyond_its_memory_even_for_a_moment() {
    let mut guests: Vec<_> = (0..6).map(|i| guest(&format!("10{i}"), "pve1", 10_000)).collect();
    guests.push(guest("200", "pve2", 25_000));
    guests.push(guest("300", "pve3", 35_000));
    let mut inv = inventory(["pve1", "pve2", "pve3"].map(|id| host(id, 64_000)).to_vec(), guests);
    inv.policy.memory_reserve_mib = 8_192;
    let plan = drained(&inv, "pve1");
    assert_eq!(plan.moves.len(), 5, "30 806 and 20 806 MiB are free: three and two guests fit");
    assert_eq!(plan.blocked.len(), 1);
    let why = plan.blocked[0].why.to_string();
    assert!(why.contains("10000 MiB of memory are needed"), "{why}");
    assert!(why.contains("reserve of 8192 MiB"), "{why}");
    assert_eq!(plan.severity(), Severity::Critical, "a guest that stays is not a detail");
}

#[test]
fn guests_sent_to_a_host_that_is_itself_shutting_down() {
    let mut hosts = ["pve1", "pve2", "pve3", "pve4"].map(|id| host(id, 100_000)).to_vec();
    hosts[1].state = HostState::Maintenance;
    hosts[2].state = HostState::Offline;
    let inv = inventory(hosts, vec![guest("101", "pve1", 1_000), guest("102", "pve1", 1_000)]);
    let plan = drained(&inv, "pve1");
    assert_eq!(moves(&plan), ["101 pve1>pve4 @1", "102 pve1>pve4 @1"]);
    let why = check_move(&inv, &g("101"), &h("pve2")).expect_err("a host in maintenance takes nobody");
    assert_eq!((why.code(), why.to_string().as_str()), ("target-state", "pve2 is in maintenance"));
}

#[test]
fn one_local_disk_guest_blocks_everything() {
    let mut local = guest("101", "pve1", 1_000);
    local.storage = vec!["local-pve1".to_owned()];
    let mut pinned = guest("102", "pve1", 1_000);
    pinned.pinned = Some("PCI device 0000:01:00.0 is passed through".to_owned());
    let inv = inventory(
        ["pve1", "pve2"].map(|id| host(id, 100_000)).to_vec(),
        vec![local, pinned, guest("103", "pve1", 1_000)],
    );
    let plan = drained(&inv, "pve1");
    assert_eq!(moves(&plan), ["103 pve1>pve2 @1"], "the others leave all the same");
    assert_eq!(
        blocked(&plan),
        [
            "101: none of 1 other hosts can take it: pve2 does not reach the storage local-pve1",
            "102: it runs and is pinned: PCI device 0000:01:00.0 is passed through",
        ]
    );
}

#[test]
fn maintenance_leaves_stopped_guests_behind() {
    let mut guests: Vec<_> = (0..4).map(|i| guest(&format!("10{i}"), "pve1", 60_000)).collect();
    for stopped in &mut guests {
        stopped.running = false;
        stopped.pinned = Some("a pin concerns live moves only".to_owned());
    }
    guests.push(guest("200", "pve2", 60_000));
    let plan = drained(&inventory(["pve1", "pve2", "pve3"].map(|id| host(id, 64_000)).to_vec(), guests), "pve1");
    assert!(plan.blocked.is_empty(), "stopped guests need no memory: {:?}", blocked(&plan));
    let to_pve2 = plan.moves.iter().filter(|m| m.to == h("pve2")).count();
    assert!((1..4).contains(&to_pve2), "nor do they all go to one host: {:?}", moves(&plan));
}

#[test]
fn a_stopped_guest_still_needs_its_storage() {
    let mut stopped = guest("101", "pve1", 1_000);
    stopped.running = false;
    stopped.storage = vec!["ssd".to_owned()];
    let plan = drained(&inventory(["pve1", "pve2"].map(|id| host(id, 64_000)).to_vec(), vec![stopped]), "pve1");
    assert!(blocked(&plan)[0].contains("does not reach the storage ssd"));
}

#[test]
fn the_cpu_type_must_match() {
    let mut hosts = ["pve1", "pve2", "pve3"].map(|id| host(id, 64_000)).to_vec();
    hosts[1].cpu_type = Some("xeon".to_owned());
    hosts[2].cpu_type = Some("epyc".to_owned());
    let mut picky = guest("101", "pve1", 1_000);
    picky.cpu_type = Some("epyc".to_owned());
    let inv = inventory(hosts, vec![picky]);
    assert_eq!(moves(&drained(&inv, "pve1")), ["101 pve1>pve3 @1"]);
    let why = check_move(&inv, &g("101"), &h("pve2")).expect_err("another model");
    assert_eq!(why.to_string(), "it needs the CPU type epyc, pve2 has xeon");
}

#[test]
fn cpus_stay_within_the_policy() {
    let mut hosts = ["pve1", "pve2"].map(|id| host(id, 640_000)).to_vec();
    hosts[1].cpus = 2;
    let guests = (0..9).map(|i| guest(&format!("10{i}"), "pve1", 100)).collect();
    let plan = drained(&inventory(hosts, guests), "pve1");
    assert_eq!(plan.moves.len(), 8, "two threads at four to one");
    assert!(blocked(&plan)[0].contains("1 virtual CPUs are needed, the policy leaves 0 on pve2"));
}

#[test]
fn an_affinity_group_goes_to_one_host_where_all_of_it_fits() {
    let mut guests = vec![guest("101", "pve1", 20_000), guest("102", "pve1", 20_000), guest("103", "pve1", 20_000)];
    for member in &mut guests {
        member.affinity = vec!["app".to_owned()];
    }
    guests.push(guest("200", "pve2", 10_000));
    guests.push(guest("300", "pve3", 60_000));
    let plan =
        drained(&inventory(["pve1", "pve2", "pve3"].map(|id| host(id, 75_000)).to_vec(), guests.clone()), "pve1");
    assert_eq!(moves(&plan), ["101 pve1>pve2 @1", "102 pve1>pve2 @1", "103 pve1>pve2 @2"]);

    let tight = drained(&inventory(["pve1", "pve2", "pve3"].map(|id| host(id, 65_000)).to_vec(), guests), "pve1");
    assert!(tight.moves.is_empty(), "a part of the group elsewhere is no place for the group: {:?}", moves(&tight));
    assert_eq!(tight.blocked.len(), 3);
    assert!(blocked(&tight)[0].contains("60000 MiB of memory are needed"), "{:?}", blocked(&tight));
}

#[test]
fn an_affinity_group_stays_with_its_pinned_member() {
    let mut guests = vec![guest("101", "pve1", 1_000), guest("102", "pve1", 1_000), guest("103", "pve2", 1_000)];
    for member in &mut guests {
        member.affinity = vec!["app".to_owned()];
    }
    guests[0].pinned = Some("USB dongle".to_owned());
    let inv = inventory(["pve1", "pve2"].map(|id| host(id, 75_000)).to_vec(), guests.clone());
    let plan = drained(&inv, "pve1");
    assert_eq!(
        blocked(&plan),
        [
            "101: it runs and is pinned: USB dongle",
            "102: it must share a host with 101 (affinity \"app\"), which stays on pve1"
        ]
    );
    guests[0].pinned = None;
    guests[2].pinned = Some("USB dongle".to_owned());
    let joined = drained(&inventory(["pve1", "pve2", "pve3"].map(|id| host(id, 75_000)).to_vec(), guests), "pve1");
    assert!(joined.moves.iter().all(|m| m.to == h("pve2")), "the group joins its pinned member: {:?}", moves(&joined));
    assert_eq!(joined.moves.len(), 2);
}

#[test]
fn affinity_against_anti_affinity_is_named_not_guessed() {
    let mut guests = vec![guest("101", "pve1", 1_000), guest("102", "pve1", 1_000)];
    for member in &mut guests {
        member.affinity = vec!["app".to_owned()];
        member.anti_affinity = vec!["db".to_owned()];
    }
    let plan = drained(&inventory(["pve1", "pve2"].map(|id| host(id, 75_000)).to_vec(), guests), "pve1");
    assert_eq!(plan.blocked.len(), 2);
    assert_eq!(plan.blocked[0].why.code(), "contradiction");
    assert!(codes(&plan).contains(&"already-broken"));
}

#[test]
fn anti_affinity_holds_on_the_way_too() {
    let mut guests: Vec<_> = ["pve1", "pve2", "pve3"]
        .iter()
        .enumerate()
        .map(|(i, on)| {
            let mut member = guest(&format!("10{i}"), on, 1_000);
            member.anti_affinity = vec!["etcd".to_owned()];
            member
        })
        .collect();
    guests.push(guest("200", "pve4", 60_000));
    let hosts = |n: usize| ["pve1", "pve2", "pve3", "pve4"][..n].iter().map(|id| host(id, 64_000)).collect();
    let plan = drained(&inventory(hosts(4), guests.clone()), "pve1");
    assert_eq!(moves(&plan), ["100 pve1>pve4 @1"], "the only host without a member, however full");
    guests.pop();
    let plan = drained(&inventory(hosts(3), guests), "pve1");
    assert!(blocked(&plan)[0].contains("it must not share a host with 101 (anti-affinity \"etcd\")"));
}

#[test]
fn a_third_guest_moves_only_where_another_would_have_no_place() {
    let guests = vec![guest("101", "pve1", 40_000), guest("201", "pve2", 30_000), guest("301", "pve3", 34_000)];
    let inv = inventory(["pve1", "pve2", "pve3"].map(|id| host(id, 64_000)).to_vec(), guests);
    let plan = drained(&inv, "pve1");
    assert_eq!(moves(&plan), ["201 pve2>pve3 @1", "101 pve1>pve2 @2"], "room is made before it is taken");
    assert!(plan.report.contains(&Finding::MadeRoom {
        guest: g("201"),
        from: h("pve2"),
        to: h("pve3"),
        for_guest: g("101")
    }));
    assert!(codes(&plan).contains(&"waits"), "and the plan says what 101 waits for");
}

#[test]
fn as_many_guests_as_possible_leave_when_not_all_can() {
    let mut guests: Vec<_> = (0..4).map(|i| guest(&format!("10{i}"), "pve1", 10_000)).collect();
    guests.push(guest("109", "pve1", 35_000));
    let plan = drained(&inventory(["pve1", "pve2"].map(|id| host(id, 40_000)).to_vec(), guests), "pve1");
    assert_eq!(plan.moves.len(), 4, "four small ones rather than the large one: {:?}", moves(&plan));
    assert_eq!(plan.blocked[0].guest, g("109"));
}

#[test]
fn a_container_restarts_and_the_report_says_so() {
    let mut container = guest("101", "pve1", 1_000);
    container.kind = GuestKind::Container;
    let plan = drained(&inventory(["pve1", "pve2"].map(|id| host(id, 64_000)).to_vec(), vec![container]), "pve1");
    assert!(plan.report.contains(&Finding::Interruption { guest: g("101"), to: h("pve2") }));
    assert_eq!(plan.severity(), Severity::Warning);
}

#[test]
fn no_more_moves_at_once_than_the_policy_and_the_link_allow() {
    let guests: Vec<_> = (0..6).map(|i| guest(&format!("10{i}"), "pve1", 1_000)).collect();
    let mut inv = inventory(["pve1", "pve2"].map(|id| host(id, 64_000)).to_vec(), guests);
    inv.policy.parallel_per_host = 3;
    assert_eq!(drained(&inv, "pve1").moves.last().map(|m| m.order), Some(2), "three at a time");
    inv.guests.iter_mut().for_each(|g| g.dirty_mib_s = 600);
    assert_eq!(drained(&inv, "pve1").moves.last().map(|m| m.order), Some(6), "half a link would not do: one at a time");
    inv.guests.iter_mut().for_each(|g| g.dirty_mib_s = 1_100);
    assert!(codes(&drained(&inv, "pve1")).contains(&"may-not-converge"));
}

#[test]
fn redundancy_lost_by_the_plan_is_critical_lost_before_a_warning() {
    let guests: Vec<_> =
        ["pve1", "pve2", "pve3"].iter().enumerate().map(|(i, on)| guest(&format!("10{i}"), on, 30_000)).collect();
    let mut inv = inventory(["pve1", "pve2", "pve3"].map(|id| host(id, 64_000)).to_vec(), guests);
    inv.policy.keep_n_plus = 1;
    let plan = drained(&inv, "pve1");
    assert!(!plan.n_plus.ok);
    let lost = plan.report.iter().find(|f| f.code() == "n-plus-lost").expect("a finding");
    assert_eq!(lost.severity(), Severity::Critical, "two of three hosts cannot do it alone");
    assert_eq!(
        lost.to_string(),
        "after this plan 0 further hosts may die, the policy asks for 1; if pve2 died, there would be no place for 101"
    );
    inv.policy.keep_n_plus = 2;
    inv.guests.iter_mut().for_each(|g| g.memory_mib = 15_000);
    let plan = drained(&inv, "pve1");
    assert_eq!((plan.n_plus.holds, plan.n_plus.wanted), (1, 2));
    let lost = plan.report.iter().find(|f| f.code() == "n-plus-lost").expect("a finding");
    assert_eq!(lost.severity(), Severity::Critical, "two could die before");
}

#[test]
fn a_host_that_is_empty_or_alone_still_gets_an_answer() {
    let hosts = vec![host("pve1", 64_000)];
    assert!(drained(&inventory(hosts.clone(), vec![]), "pve1").moves.is_empty());
    let plan = drained(&inventory(hosts, vec![guest("101", "pve1", 1_000)]), "pve1");
    assert_eq!(blocked(&plan), ["101: there is no other host"]);
}

#[test]
fn an_unknown_or_dead_host_is_refused_in_words() {
    let mut inv = inventory(vec![host("pve1", 64_000), host("pve2", 64_000)], vec![]);
    let error = drain(&inv, &h("pve9")).expect_err("no such host");
    assert_eq!(error.to_string(), "there is no host pve9; the inventory has pve1, pve2");
    inv.hosts[0].state = HostState::Offline;
    assert_eq!(drain(&inv, &h("pve1")), Err(PlanError::Offline { host: h("pve1") }));
}

#[test]
fn a_host_already_in_maintenance_is_drained_again_after_a_crash() {
    let mut inv = inventory(
        ["pve1", "pve2", "pve3"].map(|id| host(id, 64_000)).to_vec(),
        (0..4).map(|i| guest(&format!("10{i}"), "pve1", 4_000)).collect(),
    );
    let first = drained(&inv, "pve1");
    let mut half = first.clone();
    half.moves.truncate(2);
    inv = after(&inv, &half);
    inv.hosts[0].state = HostState::Maintenance;
    let rest = drained(&inv, "pve1");
    assert_eq!(rest.moves.len(), 2);
}

#[test]
fn the_order_of_the_file_does_not_matter_and_the_json_is_the_same_byte_for_byte() {
    let mut inv = inventory(
        ["pve1", "pve2", "pve3"].map(|id| host(id, 64_000)).to_vec(),
        (0..20).map(|i| guest(&format!("1{i:02}"), "pve1", 1_000 + i)).collect(),
    );
    let one = drained(&inv, "pve1");
    inv.hosts.reverse();
    inv.guests.reverse();
    let two = drained(&inv, "pve1");
    let json = |p| serde_json::to_string(p).expect("JSON");
    assert_eq!(json(&one), json(&two));
    assert_eq!(one.hash().expect("a hash"), two.hash().expect("a hash"));
}

#[test]
fn the_json_of_a_plan() {
    let mut pinned = guest("102", "pve1", 2_048);
    pinned.pinned = Some("GPU".to_owned());
    let inv = inventory(
        vec![host("pve1", 65_536), host("pve2", 65_536)],
        vec![guest("101", "pve1", 4_096), pinned, guest("201", "pve2", 1_024)],
    );
    let json = serde_json::to_string_pretty(&drained(&inv, "pve1")).expect("JSON");
    expect![[r#"
        {
          "moves": [
            {
              "guest": "101",
              "from": "pve1",
              "to": "pve2",
              "order": 1
            }
          ],
          "blocked": [
            {
              "guest": "102",
              "code": "pinned",
              "why": "it runs and is pinned: GPU"
            }
          ],
          "report": [
            {
              "severity": "info",
              "code": "summary",
              "text": "moves: 1; steps, one after the other: 1; memory to copy: 4096 MiB; containers restarted: 0; guests that stay: 1"
            }
          ],
          "capacity": [
            {
              "host": "pve1",
              "memory_mib_before": 6144,
              "memory_mib_after": 2048,
              "memory_mib_total": 65536,
              "cpus_before": 2,
              "cpus_after": 1
            },
            {
              "host": "pve2",
              "memory_mib_before": 1024,
              "memory_mib_after": 5120,
              "memory_mib_total": 65536,
              "cpus_before": 1,
              "cpus_after": 2
            }
          ],
          "n_plus": {
            "wanted": 0,
            "holds": 0,
            "ok": true,
            "exact": true,
            "worst": [
              "pve2"
            ],
            "homeless": [
              {
                "guest": "101",
                "code": "no-target",
                "why": "there is no other host"
              },
              {
                "guest": "201",
                "code": "no-target",
                "why": "there is no other host"
              }
            ]
          }
        }"#]].assert_eq(&json);
}

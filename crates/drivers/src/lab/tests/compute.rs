use std::collections::BTreeSet;

use noout_core::platform::Ensured;
use noout_plan::{GuestKind, HostState};

use super::*;

#[test]
fn the_cluster_is_what_the_story_tells() {
    let mut lab = Bench::new();
    let view = lab.compute();
    let racks: BTreeSet<_> = view.inventory.hosts.iter().map(|h| h.domain().to_owned()).collect();
    let customers: BTreeSet<_> = view.inventory.guests.iter().filter_map(|g| g.customer.clone()).collect();
    assert_eq!((view.inventory.hosts.len(), racks.len()), (5, 3));
    assert_eq!(view.inventory.guests.len(), 60);
    assert!(customers.len() >= 5, "{customers:?}");
    assert!(view.inventory.guests.iter().any(|g| g.kind == GuestKind::Container));
    assert!(view.inventory.guests.iter().any(|g| !g.anti_affinity.is_empty()));
    let pinned: Vec<_> = view.inventory.guests.iter().filter(|g| g.pinned.is_some()).map(|g| g.host.as_str()).collect();
    assert_eq!(pinned, ["pve1", "pve4"], "pve3 can be drained to the last guest");
    let stopped: Vec<_> = view.inventory.guests.iter().filter(|g| !g.running).map(|g| g.host.as_str()).collect();
    assert_eq!(stopped, ["pve3"]);
    assert!(view.quorate && view.quorate_without_one && view.incomplete.is_empty());
    assert_eq!(view.boot_ids.values().collect::<BTreeSet<_>>().len(), 5);
    assert_eq!(lab.world.check(), Ok(()));
}

#[test]
fn any_two_hosts_may_be_gone_and_the_guests_still_fit() {
    for seed in 0..50 {
        let world = World::new(seed);
        let needs: u64 = world.guests.values().map(|g| g.spec.memory_mib).sum();
        let has: u64 = world.hosts.values().take(3).map(|h| h.spec.memory_mib - world.policy.memory_reserve_mib).sum();
        assert!(needs * 10 < has * 9, "seed {seed}: {needs} MiB of guests, {has} MiB in three hosts");
    }
}

#[test]
fn a_live_move_takes_time_and_leaves_a_measured_pause() {
    let mut lab = Bench::new();
    let act = go("103", "pve3", "pve4");
    let Ensured::Running { task } = lab.ensure(&act) else { panic!("it should run") };
    assert_eq!(lab.whereabouts("103"), "pve3", "it has not arrived yet");
    assert_eq!(lab.compute().locks.get(&guest("103")).map(String::as_str), Some("migrate"));
    let began = lab.now;
    let out = lab.done(&act);
    let took = Span::between(began, lab.now).as_secs_f64();
    let memory = lab.compute().inventory.guest(&guest("103")).expect("it exists").memory_mib;
    assert!(took >= memory as f64 / 1100.0, "{memory} MiB in {took} s");
    assert_eq!(out.task.as_ref(), Some(&task));
    assert!(out.pause_ms.is_some_and(|ms| (10..200).contains(&ms)), "{out:?}");
    assert!(!out.already);
    assert_eq!(lab.whereabouts("103"), "pve4");
    assert!(lab.compute().locks.is_empty());
}

#[test]
fn memory_that_is_dirtied_faster_takes_longer() {
    let mut took = Vec::new();
    for dirty in [0, 200, 900] {
        let mut lab = Bench::new();
        lab.world.guests.get_mut(&guest("103")).expect("it exists").spec.dirty_mib_s = dirty;
        let began = lab.now;
        lab.done(&go("103", "pve3", "pve4"));
        took.push(Span::between(began, lab.now));
    }
    assert!(took.is_sorted() && took[0] < took[2], "{took:?}");
}

#[test]
fn a_container_restarts_and_a_stopped_guest_just_changes_its_place() {
    let mut lab = Bench::new();
    let container = lab.done(&go("108", "pve3", "pve4"));
    assert!(container.pause_ms.is_some_and(|ms| ms >= 1000), "{container:?}");
    let stopped = lab.done(&go("128", "pve3", "pve4"));
    assert_eq!(stopped.pause_ms, None);
    assert!(!lab.compute().inventory.guest(&guest("128")).expect("it exists").running);
}

#[test]
fn asked_fifty_times_it_moves_once() {
    let mut lab = Bench::new();
    let act = go("103", "pve3", "pve4");
    for _ in 0..50 {
        let answer = lab.ensure(&act);
        assert!(matches!(answer, Ensured::Running { .. } | Ensured::Done(_)), "{answer:?}");
        lab.after(1);
    }
    assert_eq!(lab.world.times_accepted(&act), 1);
    assert_eq!(lab.world.acts.len(), 1);
}

#[test]
fn the_platform_refuses_what_real_ones_refuse() {
    let mut lab = Bench::new().broken("backup 113");
    for (act, says) in [
        (go("106", "pve1", "pve2"), "USB licence dongle"),
        (go("113", "pve3", "pve2"), "locked (backup)"),
        (go("103", "pve2", "pve1"), "expected on pve2 or pve1: somebody else moved it"),
        (go("999", "pve3", "pve2"), "no guest 999"),
        (go("103", "pve3", "pve9"), "no host pve9"),
    ] {
        let why = lab.refused(&act);
        assert!(why.contains(says), "{why}");
    }
    assert!(lab.world.acts.is_empty());
    assert!(lab.compute().busy[0].contains("vzdump of guest 113"));
    lab.mend("backup 113");
    lab.done(&go("113", "pve3", "pve2"));
}

#[test]
fn a_target_that_is_off_or_full_is_refused() {
    let mut lab = Bench::new().broken("host pve4");
    assert!(lab.refused(&go("103", "pve3", "pve4")).contains("offline"));
    lab.world.hosts.get_mut(&host("pve5")).expect("it exists").spec.memory_mib =
        lab.world.memory_claimed(&host("pve5")) + 8192;
    assert!(lab.refused(&go("103", "pve3", "pve5")).contains("has 0 MiB left"));
}

#[test]
fn guests_on_their_way_already_count_at_the_target() {
    let mut lab = Bench::new();
    let (first, second) = (go("103", "pve3", "pve5"), go("113", "pve3", "pve5"));
    let needs = |lab: &Bench, g: &str| lab.world.guests[&guest(g)].spec.memory_mib;
    let room = needs(&lab, "103").max(needs(&lab, "113"));
    let claimed = lab.world.memory_claimed(&host("pve5"));
    lab.world.hosts.get_mut(&host("pve5")).expect("it exists").spec.memory_mib = claimed + 8192 + room;
    assert!(matches!(lab.ensure(&first), Ensured::Running { .. }));
    assert!(lab.refused(&second).contains("left"), "the first one has reserved its memory");
}

#[test]
fn without_quorum_nothing_moves() {
    let mut lab = Bench::new().broken("quorum");
    assert!(lab.refused(&go("103", "pve3", "pve4")).contains("no quorum"));
    assert!(!lab.compute().quorate);
    lab.mend("quorum");
    lab.done(&go("103", "pve3", "pve4"));
}

#[test]
fn three_of_five_hosts_are_needed_for_quorum() {
    let mut lab = Bench::new().broken("host pve1");
    assert!(lab.compute().quorate && lab.compute().quorate_without_one);
    lab.provoke("host pve2");
    assert!(lab.compute().quorate && !lab.compute().quorate_without_one);
    lab.provoke("host pve4");
    assert!(!lab.compute().quorate);
}

#[test]
fn a_task_that_ends_ok_and_moves_nothing_is_told_once_and_can_be_tried_again() {
    let mut lab = Bench::new().broken("hollow-move 103");
    let act = go("103", "pve3", "pve4");
    let Ensured::Running { task } = lab.ensure(&act) else { panic!("it should run") };
    lab.after(60);
    let why = lab.refused(&act);
    assert!(why.contains("ended OK") && why.contains("still on pve3") && why.contains(&task), "{why}");
    lab.done(&act);
    assert_eq!(lab.whereabouts("103"), "pve4");
    assert_eq!(lab.world.times_accepted(&act), 2);
}

#[test]
fn an_endless_move_runs_until_it_is_mended() {
    let mut lab = Bench::new().broken("endless-move 103");
    let act = go("103", "pve3", "pve4");
    lab.ensure(&act);
    lab.after(86_400);
    assert!(matches!(lab.ensure(&act), Ensured::Running { .. }));
    assert!(lab.refused(&go("103", "pve3", "pve5")).contains("being moved elsewhere"));
    lab.mend("endless-move 103");
    lab.done(&act);
    assert_eq!(lab.world.times_accepted(&act), 1);
}

#[test]
fn a_move_whose_reply_was_lost_is_found_again() {
    let mut lab = Bench::new().broken("lost-reply");
    let act = go("103", "pve3", "pve4");
    assert!(matches!(lab.ensure(&act), Ensured::Ambiguous { .. }));
    let out = lab.done(&act);
    assert!(out.task.is_some() && !out.already, "{out:?}");
    assert_eq!(lab.world.times_accepted(&act), 1);
}

#[test]
fn a_move_whose_request_was_lost_never_began() {
    let mut lab = Bench::new().broken("lost-request");
    let act = go("103", "pve3", "pve4");
    assert!(matches!(lab.ensure(&act), Ensured::Ambiguous { .. }));
    assert!(lab.world.acts.is_empty());
    lab.after(600);
    assert_eq!(lab.whereabouts("103"), "pve3");
    lab.done(&act);
    assert_eq!(lab.world.times_accepted(&act), 1);
}

#[test]
fn a_guest_that_somebody_else_brought_there_is_there_already() {
    let mut lab = Bench::new().broken("hand-move 103 pve4");
    let out = lab.done(&go("103", "pve3", "pve2").clone_to("pve4"));
    assert!(out.already || out.task.is_some(), "{out:?}");
    assert!(lab.world.acts.is_empty(), "nobody asked the driver for it");
    assert!(lab.refused(&go("103", "pve3", "pve2")).contains("somebody else moved it"));
    lab.mend("hand-move 103 pve4");
    assert_eq!(lab.whereabouts("103"), "pve3");
}

#[test]
fn a_weak_token_sees_fewer_guests_and_says_so() {
    let mut lab = Bench::new().broken("filtered-view");
    let view = lab.compute();
    assert!(view.inventory.guests.len() < 60);
    assert!(view.incomplete[0].contains("VM.Audit"), "{:?}", view.incomplete);
    lab.mend("filtered-view");
    assert!(lab.compute().incomplete.is_empty());
}

#[test]
fn a_drained_host_goes_down_and_comes_back_with_another_boot_id() {
    let mut lab = Bench::new();
    lab.drain("pve3");
    assert_eq!(lab.compute().inventory.guests_on(&host("pve3")).count(), 0);
    let before = lab.compute().boot_ids[&host("pve3")].clone();
    let began = lab.now;
    assert!(!lab.done(&off("pve3")).already);
    assert!(Span::between(began, lab.now) >= Span::from_secs(10));
    let down = lab.compute();
    assert_eq!(down.inventory.host(&host("pve3")).map(|h| h.state), Some(HostState::Offline));
    assert!(!down.boot_ids.contains_key(&host("pve3")));
    let began = lab.now;
    assert!(!lab.done(&on("pve3")).already);
    assert!(Span::between(began, lab.now) >= Span::from_secs(30));
    assert_ne!(lab.compute().boot_ids[&host("pve3")], before);
    assert_eq!(lab.world.guests_interrupted, 0);
}

#[test]
fn powering_off_a_host_with_guests_is_accepted_and_kills_them() {
    let mut lab = Bench::new();
    let victims: Vec<_> = lab.compute().inventory.guests_on(&host("pve3")).filter(|g| g.running).cloned().collect();
    let ha = victims.iter().filter(|g| lab.world.guests[&g.id].ha).count();
    assert!(ha > 0 && ha < victims.len(), "{ha} of {}", victims.len());
    lab.done(&off("pve3"));
    assert_eq!(lab.world.guests_interrupted, victims.len() as u64);
    lab.after(300);
    let now = lab.compute().inventory;
    let elsewhere =
        victims.iter().filter(|g| now.guest(&g.id).is_some_and(|g| g.running && g.host != host("pve3"))).count();
    assert_eq!(elsewhere, ha, "high availability has restarted its own");
    lab.done(&on("pve3"));
    lab.after(30);
    let back = lab.compute().inventory;
    assert!(victims.iter().all(|g| back.guest(&g.id).is_some_and(|g| g.running)), "the others run again");
    assert_eq!(lab.world.check(), Ok(()));
}

#[test]
fn a_move_to_a_host_that_dies_fails_and_the_guest_stays() {
    let mut lab = Bench::new();
    let act = go("103", "pve3", "pve4");
    lab.ensure(&act);
    lab.provoke("host pve4");
    let why = lab.refused(&act);
    assert!(why.contains("the target went away") && why.contains("still on pve3"), "{why}");
    let moved = lab.compute().inventory.guest(&guest("103")).cloned().expect("it exists");
    assert!(moved.running && moved.host == host("pve3"));
}

#[test]
fn a_guest_that_died_with_the_target_is_not_called_moved() {
    let mut lab = Bench::new();
    let act = go("103", "pve3", "pve4");
    lab.done(&act);
    lab.world.guests.get_mut(&guest("103")).expect("it exists").ha = false;
    lab.provoke("host pve4");
    assert!(lab.refused(&act).contains("does not run"));
}

#[test]
fn a_host_whose_boot_is_stuck_stays_away_until_mended() {
    let mut lab = Bench::new();
    lab.drain("pve3");
    lab.done(&off("pve3"));
    lab.provoke("stuck-boot pve3");
    lab.ensure(&on("pve3"));
    lab.after(7_200);
    assert!(matches!(lab.ensure(&on("pve3")), Ensured::Running { .. }));
    lab.mend("stuck-boot pve3");
    lab.done(&on("pve3"));
    assert_eq!(lab.world.times_accepted(&on("pve3")), 1);
}

#[test]
fn power_acts_are_done_once_however_often_they_are_asked_for() {
    let mut lab = Bench::new();
    lab.drain("pve3");
    let moves = lab.world.acts.len();
    for act in [off("pve3"), on("pve3")] {
        for _ in 0..100 {
            lab.ensure(&act);
            lab.after(1);
        }
        assert!(matches!(lab.ensure(&act), Ensured::Done(_)));
    }
    assert_eq!(lab.world.acts.len(), moves + 2);
}

trait Towards {
    fn clone_to(&self, to: &str) -> Act;
}

impl Towards for Act {
    fn clone_to(&self, to: &str) -> Act {
        match self {
            Act::MoveGuest { guest, from, .. } => {
                Act::MoveGuest { guest: guest.clone(), from: from.clone(), to: host(to) }
            }
            other => other.clone(),
        }
    }
}

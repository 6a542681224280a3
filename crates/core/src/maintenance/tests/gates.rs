//! What forbids a step, and what is no evidence.

use noout_types::Span;

use super::{acts, approved, at, reason};
use crate::engine::Input;
use crate::maintenance::Phase;
use crate::platform::{Health, HealthCheck, Verdict};
use crate::testing::{Cluster, Run, host_id};

/// Breaks a healthy cluster, and gives what the gate must say of it.
type Case = (fn(&mut Cluster), &'static str);

const FORBIDDEN: [Case; 14] = [
    (|c| c.compute.quorate = false, "no quorum"),
    (|c| c.compute.quorate_without_one = false, "one host fewer"),
    (|c| c.compute.busy.push("vzdump 107".into()), "vzdump 107 is running"),
    (|c| c.compute.incomplete.push("no right to see pve3".into()), "incomplete"),
    (|c| c.set_power(&host_id("pve3"), false), "one failure domain"),
    (|c| c.set_flag(&host_id("pve1"), true), "noout is set for pve1"),
    (|c| c.set_flag(&host_id("pve2"), true), "noout is set for pve2"),
    (|c| c.storage.cluster_flags.extend(["noout".to_owned()]), "noout is set for the whole cluster"),
    (|c| c.storage.osd_flags.extend([(5, ["noout".to_owned()].into())]), "noout is set for osd.5"),
    (|c| c.storage.osds_ok_to_stop = Verdict::Unknown { why: "timeout".into() }, "nobody can say"),
    (|c| c.storage.mons_ok_to_stop = Verdict::Unsafe { why: "quorum".into() }, "may not stop"),
    (|c| c.storage.standby_mgrs = 0, "no standby manager"),
    (|c| c.storage.pgs.clear(), "not clean"),
    (|c| c.storage.osds.retain(|o| o.host.as_str() != "pve1"), "no OSD of pve1 is seen"),
];

#[test]
fn each_forbids_the_entry_and_says_why() {
    for (broken, why) in FORBIDDEN {
        let mut run = approved();
        broken(&mut run.cluster);
        // Longer than what may settle by itself.
        run.play(Span::from_secs(90));
        let held = run.maintenance().hold.as_ref().map(|h| noout_words::english(&h.why)).unwrap_or_default();
        let said = format!("{} {held}", reason(&run));
        assert!(said.contains(why) || !held.is_empty(), "{why}: {said}");
        assert!(run.cluster.acts.is_empty(), "{why}");
    }
}

#[test]
fn the_entry_gate_is_judged_again_before_noout() {
    for (broken, why) in FORBIDDEN {
        let mut run = at("set_noout");
        // What is set for pve1 before our intent is not ours.
        broken(&mut run.cluster);
        run.play(Span::from_secs(30));
        assert!(!acts(&run).iter().any(|a| a.contains("noout")), "{why}: {:?}", acts(&run));
    }
}

#[test]
fn a_warning_on_the_list_does_not_forbid() {
    let mut run = Run::with(|c| c.platforms[0].allow_warnings.push("SLOW_OPS".into()));
    let check = HealthCheck { severity: Health::Warn, summary: "slow".into(), muted: false };
    run.cluster.storage.checks.insert("SLOW_OPS".into(), check);
    let id = run.planned();
    run.approved(id);
    run.play_until("moves", |run| run.is_at("move"));
}

#[test]
fn a_gate_waits_with_its_reason_and_goes_on_by_itself() {
    let mut run = approved();
    run.cluster.compute.busy.push("vzdump 107".into());
    run.play(Span::from_mins(5));
    assert_eq!(reason(&run), "vzdump 107 is running");
    let records = run.journal.len();
    run.play(Span::from_mins(5));
    assert!(run.journal.len() - records < 15, "the same reason is told once");
    run.cluster.compute.busy.clear();
    run.play_until("moves", |run| run.is_at("move"));
}

#[test]
fn a_filtered_view_is_no_evidence_that_a_host_is_empty() {
    let mut run = at("confirm_empty");
    run.cluster.compute.incomplete.push("the token does not see all".into());
    run.play(Span::from_mins(2));
    assert!(reason(&run).contains("incomplete"));
    // The same without the driver's noticing: guests that left are seen nowhere.
    let mut run = at("confirm_empty");
    run.cluster.compute.inventory.guests.clear();
    run.play(Span::from_mins(2));
    assert!(reason(&run).contains("no evidence"), "{}", reason(&run));
    let mut run = at("confirm_empty");
    run.cluster.compute.inventory.hosts.retain(|h| h.id.as_str() != "pve1");
    run.play(Span::from_mins(2));
    assert!(reason(&run).contains("no evidence"), "{}", reason(&run));
}

#[test]
fn a_stale_view_of_the_storage_is_no_evidence() {
    let mut run = approved();
    let id = run.maintenance().id;
    let (compute, _) = run.cluster.views(run.now);
    let (_, storage) = run.cluster.views(Span::from_mins(1).before(run.now));
    let input = Input::Observed { id, compute: compute.map(Box::new), storage: Some(storage.map(Box::new)) };
    run.when(input).expect("a view");
    assert!(run.is_at("entry"));
}

#[test]
fn no_view_of_the_storage_is_no_evidence() {
    let mut run = approved();
    let id = run.maintenance().id;
    let (compute, _) = run.cluster.views(run.now);
    run.when(Input::Observed { id, compute: compute.map(Box::new), storage: None }).expect("a view");
    assert!(reason(&run).contains("cannot be read"));
}

#[test]
fn a_guest_moved_by_hand_voids_the_plan_which_is_made_and_asked_anew() {
    let mut run = at("move");
    let hash = run.maintenance().hash;
    let last = run.maintenance().plan.as_ref().expect("a plan").moves().last().expect("a move").clone();
    let other = if last.to.as_str() == "pve4" { "pve3" } else { "pve4" };
    run.cluster.put_guest(last.guest.as_str(), other);
    run.play_until("a new draft", |run| run.maintenance().phase == Phase::Drafted);
    assert_ne!(run.maintenance().hash, hash);
    let id = run.maintenance().id;
    run.approved(id);
    run.to_the_end();
    assert_eq!(run.maintenance().phase, Phase::Done);
    assert_eq!(run.cluster.places(), Cluster::healthy(run.now).places(), "it lives on pve1 all the same");
}

#[test]
fn a_guest_that_went_to_its_place_by_hand_counts_as_moved() {
    let mut run = at("move");
    let moves: Vec<_> = run.maintenance().plan.as_ref().expect("a plan").moves().cloned().collect();
    for m in &moves {
        run.cluster.put_guest(m.guest.as_str(), m.to.as_str());
    }
    run.to_the_end();
    assert_eq!(run.maintenance().phase, Phase::Done);
}

#[test]
fn a_guest_that_comes_to_the_emptied_host_voids_the_plan() {
    let mut run = at("confirm_empty");
    run.cluster.put_guest("102", "pve1");
    run.play_until("a new draft", |run| run.maintenance().phase == Phase::Drafted);
    assert!(!acts(&run).iter().any(|a| a.contains("noout")));
}

#[test]
fn a_pinned_guest_keeps_the_host_until_a_person_stops_it() {
    let mut run = Run::new();
    run.cluster.compute.inventory.guests[0].pinned = Some("a PCI device".into());
    let id = run.planned();
    assert_eq!(run.maintenance().plan.as_ref().expect("a plan").blocked.len(), 1);
    run.approved(id);
    run.play_until("empty", |run| run.is_at("confirm_empty"));
    run.play(Span::from_mins(5));
    assert!(reason(&run).contains("still running on pve1: 101"));
    run.cluster.compute.inventory.guests[0].running = false;
    run.play_until("noout", |run| run.is_at("power_off"));
}

#[test]
fn a_locked_guest_waits_with_its_lock() {
    let mut run = approved();
    let guest = run.maintenance().plan.as_ref().expect("a plan").moves().next().expect("a move").guest.clone();
    run.cluster.compute.locks.insert(guest.clone(), "backup".into());
    run.play(Span::from_mins(1));
    assert_eq!(reason(&run), format!("guest {guest} is locked: backup"));
}

#[test]
fn an_incomplete_view_makes_no_plan() {
    let mut run = Run::new();
    run.cluster.compute.incomplete.push("weak token".into());
    let (platform, host) = ("lab".parse().expect("an id"), host_id("pve1"));
    let request =
        crate::maintenance::MaintenanceCommand::Request { platform, host, reason: "x".into(), incident: None };
    run.maintain("ana", request).expect("a request");
    run.play(Span::from_mins(1));
    assert_eq!(run.maintenance().phase, Phase::Planning);
    assert!(run.maintenance().trouble.as_ref().is_some_and(|t| noout_words::english(t).contains("weak token")));
}

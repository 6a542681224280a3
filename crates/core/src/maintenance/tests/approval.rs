//! Two people, one plan.

use noout_types::{MaintenanceId, Span};

use super::{approved, reason};
use crate::engine::Command;
use crate::journal::Digest32;
use crate::maintenance::{MaintenanceCommand, Phase};
use crate::refusal::Refusal;
use crate::testing::Run;

fn approve(id: MaintenanceId, hash: Digest32) -> MaintenanceCommand {
    MaintenanceCommand::Approve { id, hash, host: "pve1".into(), break_glass: None }
}

fn proposed() -> (Run, MaintenanceId, Digest32) {
    let mut run = Run::new();
    let id = run.planned();
    let hash = run.maintenance().hash.expect("a plan");
    run.maintain("ana", MaintenanceCommand::Propose { id, hash }).expect("proposed");
    (run, id, hash)
}

#[test]
fn who_proposes_does_not_approve() {
    let (mut run, id, hash) = proposed();
    assert!(matches!(run.maintain("ana", approve(id, hash)), Err(Refusal::Conflict { .. })));
    run.maintain("bo", approve(id, hash)).expect("a second person");
}

#[test]
fn the_approver_types_the_hosts_name_and_names_the_plan() {
    let (mut run, id, hash) = proposed();
    let wrong = MaintenanceCommand::Approve { id, hash, host: "pve2".into(), break_glass: None };
    assert!(matches!(run.maintain("bo", wrong), Err(Refusal::Invalid { field: "host", .. })));
    let other = approve(id, Digest32::of(&[b"other"]));
    assert!(run.maintain("bo", other).is_err_and(|e| e.to_string().contains("the plan has changed")));
}

#[test]
fn a_new_plan_needs_a_new_proposal() {
    let (mut run, id, hash) = proposed();
    run.maintain("cleo", MaintenanceCommand::Replan(id)).expect_err("a responder plans nothing");
    run.maintain("dora", MaintenanceCommand::Replan(id)).expect("a new look");
    run.cluster.put_guest("102", "pve1");
    run.play(Span::from_secs(5));
    assert_eq!(run.maintenance().phase, Phase::Drafted);
    assert_ne!(run.maintenance().hash, Some(hash));
    assert_eq!(run.maintenance().plan.as_ref().expect("a plan").parent, Some(hash));
    assert!(run.maintain("bo", approve(id, hash)).is_err());
}

#[test]
fn roles_are_looked_at() {
    let (mut run, id, hash) = proposed();
    for nobody in ["vera", "cleo"] {
        assert!(matches!(run.maintain(nobody, approve(id, hash)), Err(Refusal::Forbidden { .. })));
    }
    let local = run.by_local(Command::Maintenance(approve(id, hash)));
    assert!(matches!(local, Err(Refusal::Forbidden { .. })), "a second person, not a second process");
}

#[test]
fn break_glass_is_one_person_a_reason_and_everybody_is_paged() {
    let mut run = Run::new();
    let id = run.planned();
    let hash = run.maintenance().hash.expect("a plan");
    let alone =
        |why: &str| MaintenanceCommand::Approve { id, hash, host: "pve1".into(), break_glass: Some(why.into()) };
    assert!(matches!(run.maintain("ana", alone(" ")), Err(Refusal::Invalid { .. })));
    run.maintain("ana", alone("it burns")).expect("alone");
    assert_eq!(run.maintenance().phase, Phase::Running);
    run.then_paged(["ana", "bo", "chief", "cleo", "dora", "vera"]);
}

#[test]
fn an_approval_expires_before_the_first_step() {
    let mut run = Run::with(|c| c.maintenance.approval = Span::from_mins(10));
    let id = run.planned();
    run.approved(id);
    run.cluster.compute.busy.push("backup".into());
    run.play(Span::from_secs(10));
    assert_eq!(reason(&run), "backup is running");
    run.play(Span::from_mins(10));
    assert_eq!(run.maintenance().phase, Phase::Drafted, "planned again and asked again");
    assert!(run.cluster.acts.is_empty());
}

#[test]
fn an_approval_that_expired_with_noout_set_holds_and_pages() {
    let mut run = Run::with(|c| c.maintenance.approval = Span::from_mins(10));
    let id = run.planned();
    run.approved(id);
    super::reach(&mut run, "power_off");
    run.cluster.compute.incomplete.push("a node is slow".into());
    run.play(Span::from_mins(10));
    assert!(run.maintenance().hold.is_some());
    assert!(run.incident_of("maintenance/1/").is_some());
    assert!(!super::acts(&run).contains(&"off pve1".to_owned()));
}

#[test]
fn two_at_once_are_refused() {
    let mut run = approved();
    let host = crate::testing::host_id("pve2");
    let request = |host| MaintenanceCommand::Request {
        platform: "lab".parse().expect("an id"),
        host,
        reason: "its fan".into(),
        incident: None,
    };
    run.maintain("ana", request(host)).expect("a request is no disruption");
    assert!(run.maintain("ana", request(crate::testing::host_id("pve1"))).is_err(), "the same host twice");
    // The first one's act stays where it is, so that the second is planned meanwhile.
    run.cluster.script.extend(vec![crate::testing::Answer::Running; 5]);
    run.play_until("a second plan", |run| run.maintenance().phase == Phase::Drafted);
    let (id, hash) = (run.maintenance().id, run.maintenance().hash.expect("a plan"));
    run.maintain("ana", MaintenanceCommand::Propose { id, hash }).expect("proposed");
    let second = MaintenanceCommand::Approve { id, hash, host: "pve2".into(), break_glass: None };
    assert!(run.maintain("bo", second).is_err_and(|e| e.to_string().contains("one failure domain")));
}

#[test]
fn another_host_waits_while_guests_of_a_voided_plan_are_away() {
    let mut run = super::at("confirm_empty");
    run.cluster.put_guest("102", "pve1");
    run.play_until("a new draft", |run| run.maintenance().phase == Phase::Drafted);
    let request = MaintenanceCommand::Request {
        platform: "lab".parse().expect("an id"),
        host: crate::testing::host_id("pve2"),
        reason: "its fan".into(),
        incident: None,
    };
    run.maintain("ana", request).expect("a request is no disruption");
    run.play_until("a second plan", |run| run.maintenance().phase == Phase::Drafted);
    let (id, hash) = (run.maintenance().id, run.maintenance().hash.expect("a plan"));
    run.maintain("ana", MaintenanceCommand::Propose { id, hash }).expect("proposed");
    let approve = MaintenanceCommand::Approve { id, hash, host: "pve2".into(), break_glass: None };
    assert!(run.maintain("bo", approve).is_err(), "one failure domain at a time, the way home included");
}

#[test]
fn nothing_is_approved_after_stop() {
    let (mut run, id, hash) = proposed();
    run.by("cleo", Command::Stop { why: "storm".into() }).expect("stopped");
    assert!(run.maintain("bo", approve(id, hash)).is_err_and(|e| e.to_string().contains("stopped")));
    assert!(run.by("cleo", Command::ResumeAll).is_err(), "a responder stops, an operator resumes");
    run.by("ana", Command::ResumeAll).expect("resumed");
    run.maintain("bo", approve(id, hash)).expect("approved");
}

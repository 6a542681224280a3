//! Given up: at each step, to the safest state that can be reached.

use noout_types::Span;

use super::{acts, at, done};
use crate::engine::Command;
use crate::maintenance::{MaintenanceCommand, Phase};
use crate::notice::{About, Stage};
use crate::testing::{Answer, Run, host_id};

const STEPS: [&str; 15] = [
    "entry",
    "move",
    "confirm_empty",
    "set_noout",
    "power_off",
    "confirm_away",
    "work_order",
    "power_on",
    "confirm_back",
    "prove_healthy",
    "clear_noout",
    "confirm_clean",
    "plan_home",
    "move_home",
    "intended",
];

fn abort(run: &mut Run) {
    let id = run.maintenance().id;
    run.maintain("ana", MaintenanceCommand::Abort { id, why: "a storm comes".into() }).expect("aborted");
}

/// The power is off: somebody may be at the host already, whether or not it was confirmed.
fn hands_off(run: &mut Run) {
    run.play_until("asked for hands off", |run| run.is_at("hands_off"));
    assert!(!acts(run).contains(&"on pve1".to_owned()));
    run.sign("cleo");
}

/// Everything is as it was: guests at home, power on, no flag.
fn is_restored(run: &Run, when: &str) {
    let healthy = crate::testing::Cluster::healthy(run.now);
    assert_eq!(run.maintenance().phase, Phase::Cancelled, "{when}");
    assert_eq!(run.cluster.places(), healthy.places(), "{when}");
    assert!(run.cluster.storage.host_flags.is_empty(), "{when}");
    assert_eq!(run.cluster.compute.inventory.hosts, healthy.compute.inventory.hosts, "{when}");
    assert!(crate::pending(&run.state).all(|e| !e.id().starts_with("act/")), "{when}");
}

fn arrive(code: &str) -> Run {
    match code {
        "entry" => super::approved(),
        // In the middle of the second move.
        "intended" => {
            let mut run = at("move");
            run.cluster.script.extend([Answer::Running, Answer::Running]);
            run.play_until("an act under way", |run| run.cluster.script.len() < 2);
            run
        }
        code => at(code),
    }
}

#[test]
fn at_every_step_the_way_back_is_complete() {
    for code in STEPS {
        let mut run = arrive(code);
        abort(&mut run);
        run.to_the_end();
        is_restored(&run, code);
        let notice = run.state.notices.about(About::Maintenance(run.maintenance().id)).expect("announced");
        assert_eq!(notice.stage, Stage::Completed, "{code}");
        assert!(serde_json::to_string(notice).expect("json").contains("maintenance-cancelled"));
    }
}

#[test]
fn at_every_step_also_if_every_act_is_ambiguous_at_first() {
    for code in STEPS {
        for answer in [Answer::AmbiguousDone, Answer::AmbiguousLost] {
            let mut run = arrive(code);
            run.cluster.script.push_back(answer.clone());
            run.play(Span::from_secs(5));
            if run.maintenance().phase.is_over() {
                continue;
            }
            abort(&mut run);
            run.to_the_end();
            is_restored(&run, &format!("{code} {answer:?}"));
        }
    }
}

#[test]
fn at_every_step_also_after_stop_except_for_moves() {
    for code in STEPS {
        let mut run = arrive(code);
        run.by("cleo", Command::Stop { why: "storm".into() }).expect("stopped");
        abort(&mut run);
        run.play(Span::from_mins(10));
        if run.is_at("hands_off") {
            run.sign("cleo");
            run.play(Span::from_mins(10));
        }
        assert!(run.cluster.storage.host_flags.is_empty(), "{code}: {:?}", run.current());
        assert!(run.cluster.storage.osds.iter().all(|o| o.up), "{code}");
        run.by("ana", Command::ResumeAll).expect("resumed");
        run.to_the_end();
        is_restored(&run, code);
    }
}

#[test]
fn while_the_osds_are_down_noout_stays_and_a_person_is_told() {
    let mut run = at("confirm_away");
    abort(&mut run);
    assert!(run.incident_of("maintenance/1/abort").is_some());
    // The cluster asserts that noout is never cleared while OSDs are down.
    hands_off(&mut run);
    run.play_until("on its way", |run| run.is_at("confirm_back"));
    run.cluster.set_osds(&host_id("pve1"), false);
    run.play(Span::from_mins(40));
    assert!(run.cluster.storage.has_host_noout(&host_id("pve1")));
    assert!(run.incident_of("maintenance/1/overdue").is_some());
    run.cluster.set_osds(&host_id("pve1"), true);
    run.to_the_end();
    is_restored(&run, "late");
}

#[test]
fn while_the_technician_works_power_waits_for_a_persons_word() {
    let mut run = at("work_order");
    abort(&mut run);
    run.play(Span::from_mins(30));
    assert!(run.is_at("hands_off"), "{:?}", run.current());
    assert!(!acts(&run).contains(&"on pve1".to_owned()));
    run.sign("cleo");
    run.to_the_end();
    is_restored(&run, "hands off");
    assert!(done(run.maintenance()).contains(&"hands_off"));
}

#[test]
fn a_second_failure_does_not_keep_the_host_from_coming_back() {
    let mut run = at("confirm_away");
    run.cluster.set_osds(&host_id("pve3"), false);
    run.play(Span::from_secs(10));
    assert!(run.maintenance().hold.is_some());
    abort(&mut run);
    hands_off(&mut run);
    run.play(Span::from_mins(2));
    assert!(acts(&run).contains(&"on pve1".to_owned()), "leaving it out makes it worse: {:?}", run.current());
    run.cluster.set_osds(&host_id("pve3"), true);
    run.play(Span::from_mins(1));
    if run.maintenance().hold.is_some() {
        let id = run.maintenance().id;
        run.maintain("ana", MaintenanceCommand::Resume(id)).expect("resumed");
    }
    run.to_the_end();
    is_restored(&run, "second failure");
}

#[test]
fn blindness_on_the_way_back_pages_and_the_way_goes_on_by_itself() {
    let mut run = at("confirm_away");
    abort(&mut run);
    hands_off(&mut run);
    run.play_until("confirm_back", |run| run.is_at("confirm_back"));
    run.cluster.unseen = Some("no route".into());
    run.play(Span::from_mins(5));
    assert!(run.incident_of("maintenance/1/blind").is_some());
    run.cluster.unseen = None;
    run.to_the_end();
    is_restored(&run, "blind");
}

#[test]
fn guests_of_a_voided_plan_go_home() {
    let mut run = at("confirm_empty");
    run.cluster.put_guest("102", "pve1");
    run.play_until("a new draft", |run| run.maintenance().phase == Phase::Drafted);
    run.cluster.put_guest("102", "pve2");
    abort(&mut run);
    run.to_the_end();
    is_restored(&run, "voided");
}

#[test]
fn twice_is_refused() {
    let mut run = at("move");
    abort(&mut run);
    let id = run.maintenance().id;
    assert!(run.maintain("bo", MaintenanceCommand::Abort { id, why: "again".into() }).is_err());
    run.to_the_end();
    assert!(run.maintain("bo", MaintenanceCommand::Abort { id, why: "again".into() }).is_err());
}

//! The whole way out and back.

use expect_test::expect;
use noout_plan::GuestKind;
use noout_types::{Lang, Span};

use super::{acts, approved, at, done, reason};
use crate::engine::Effect;
use crate::maintenance::{MaintenanceCommand, Phase, RowKind};
use crate::notice::{About, Stage};
use crate::testing::{Answer, Run, host_id};

#[test]
fn out_and_back() {
    let mut run = approved();
    let before = run.cluster.places();
    run.to_the_end();
    let m = run.maintenance();
    assert_eq!(m.phase, Phase::Done);
    let steps = "entry move move confirm_empty set_noout power_off confirm_away work_order power_on confirm_back \
                 prove_healthy clear_noout confirm_clean plan_home move_home move_home";
    assert_eq!(done(m), steps.split_whitespace().collect::<Vec<_>>());
    let acts = acts(&run);
    assert_eq!(acts.len(), 8, "{acts:?}");
    assert_eq!(acts[2..6], ["set noout pve1", "off pve1", "on pve1", "clear noout pve1"]);
    assert_eq!(run.cluster.places(), before, "all guests are home");
    assert!(run.cluster.storage.host_flags.is_empty());
    assert!(crate::pending(&run.state).next().is_none(), "nothing is left to do");
    assert_eq!(run.open(), [], "nobody had to be woken");
}

#[test]
fn its_report_names_records_that_exist() {
    let mut run = approved();
    run.to_the_end();
    let report = run.maintenance().report.clone().expect("a report");
    let last = run.state.seq;
    for row in &report.rows {
        assert!(row.evidence.iter().all(|seq| (1..=last).contains(seq)), "{row:?}");
        let proven = row.kind == RowKind::NotClaimed || !row.evidence.is_empty();
        assert!(proven, "{} is said without evidence", row.said.code);
    }
    let codes: Vec<_> = report.rows.iter().map(|r| r.said.code.as_str()).collect();
    let wanted = "moved-live pauses host-away noout-stood data-clean had-it-died would-have-failed nobody-noticed";
    assert_eq!(codes, wanted.split_whitespace().map(|code| format!("report-{code}")).collect::<Vec<_>>());
}

#[test]
fn its_report_tells_apart_who_moved_live_who_restarted_and_who_did_not_run() {
    let mut run = Run::new();
    run.cluster.compute.inventory.guests[0].kind = GuestKind::Container;
    run.cluster.compute.inventory.guests[4].running = false;
    let extra =
        noout_plan::Guest { id: "109".parse().expect("an id"), ..run.cluster.compute.inventory.guests[5].clone() };
    run.cluster.compute.inventory.guests.push(noout_plan::Guest { host: host_id("pve1"), ..extra });
    let id = run.planned();
    run.approved(id);
    run.to_the_end();
    let report = run.maintenance().report.clone().expect("a report");
    let moved = report.rows.iter().filter(|r| r.said.code.contains("move") || r.said.code.contains("pauses"));
    let lines: String = moved.map(|r| noout_words::say(&r.said, Lang::De) + "\n").collect();
    expect![[r#"
        Maschinen live umgezogen, ohne Stillstand: 1 weg von pve1, 1 zurück.
        Container mit Neustart umgezogen, das ist eine Unterbrechung: 1 weg von pve1, 1 zurück.
        Gäste umgezogen, die nicht liefen: 1 weg von pve1, 1 zurück.
        Pause eines Gastes beim Umzug, 4 Umzüge: Median 42 ms, längste 42 ms, insgesamt 168 ms.
    "#]]
    .assert_eq(&lines);
}

#[test]
fn customers_are_told_each_stage_once_and_never_a_hosts_name() {
    let mut run = approved();
    let about = About::Maintenance(run.maintenance().id);
    run.to_the_end();
    let notice = run.state.notices.about(about).expect("a notice");
    let stages: Vec<_> = notice.updates.iter().map(|u| u.stage).collect();
    assert_eq!(stages, [Stage::Scheduled, Stage::InProgress, Stage::Verifying, Stage::Completed]);
    let text = serde_json::to_string(notice).expect("json");
    assert!(!text.contains("pve1"), "{text}");
    assert!(text.contains("maintenance-completed") && text.contains("web"));
}

#[test]
fn customers_read_that_services_restart_if_the_plan_says_so() {
    let mut run = Run::new();
    let guests = run.cluster.compute.inventory.guests.iter_mut();
    guests.filter(|g| g.host == host_id("pve1")).for_each(|g| g.kind = GuestKind::Container);
    let id = run.planned();
    run.approved(id);
    let told = run.state.notices.about(About::Maintenance(id)).expect("announced");
    assert!(serde_json::to_string(told).expect("json").contains("maintenance-scheduled-restarts"));
}

#[test]
fn a_platform_without_a_component_tells_customers_nothing() {
    let mut run = Run::with(|c| c.platforms[0].component = None);
    let id = run.planned();
    run.approved(id);
    run.to_the_end();
    assert_eq!(run.state.notices.iter().count(), 0);
}

#[test]
fn given_up_before_it_was_announced_customers_hear_nothing() {
    let mut run = Run::new();
    let id = run.planned();
    run.maintain("ana", MaintenanceCommand::Abort { id, why: "no need".into() }).expect("aborted");
    assert_eq!(run.maintenance().phase, Phase::Cancelled);
    assert_eq!(run.state.notices.iter().count(), 0);
}

#[test]
fn a_platform_without_storage_has_no_flags_to_set() {
    let mut run = Run::with(|c| c.platforms[0].kind = crate::config::PlatformKind::Libvirt);
    let id = run.planned();
    let codes: Vec<_> = run.maintenance().plan.as_ref().expect("a plan").steps.iter().map(|s| s.code()).collect();
    assert!(!codes.iter().any(|c| c.contains("noout") || *c == "confirm_clean"), "{codes:?}");
    let _id = run.approved(id);
    run.play_until("away", |run| run.is_at("power_off"));
}

#[test]
fn an_empty_host_is_confirmed_by_two_looks_apart() {
    let mut run = at("confirm_empty");
    let began = run.now;
    run.play_until("set_noout", |run| run.is_at("set_noout"));
    assert!(Span::between(began, run.now) >= run.state.config.maintenance.confirm_gap);
}

#[test]
fn a_work_order_never_passes_by_time() {
    let mut run = at("work_order");
    run.play(Span::from_mins(30));
    run.advance(Span::from_hours(100));
    assert!(run.is_at("work_order"));
    assert!(run.incident_of("maintenance/1/overdue").is_some(), "but people are told");
    assert!(run.incident_of("maintenance/1/noout").is_some(), "also of the flag");
}

#[test]
fn a_work_order_is_not_signed_before_all_is_ticked() {
    let mut run = at("work_order");
    let id = run.maintenance().id;
    let early = run.maintain("cleo", MaintenanceCommand::Sign { id, note: String::new() });
    assert!(early.is_err_and(|e| e.to_string().contains("locate_host")));
    let unknown = MaintenanceCommand::Tick { id, item: "fly".into(), done: true };
    assert!(run.maintain("cleo", unknown).is_err_and(|e| e.to_string().contains("clean_fans")));
}

#[test]
fn sensors_that_are_bad_after_the_return_are_not_healthy() {
    let mut run = at("prove_healthy");
    run.cluster.fans = noout_detect::SensorState::Missing;
    run.play(Span::from_mins(10));
    assert!(run.is_at("prove_healthy"));
    assert_eq!(reason(&run), "FAN1 is missing");
    run.cluster.fans = noout_detect::SensorState::Ok;
    run.play(Span::from_mins(4));
    assert!(run.is_at("prove_healthy"), "five minutes anew");
    run.play(Span::from_mins(2));
    assert!(!run.is_at("prove_healthy"));
}

#[test]
fn a_bmc_that_does_not_answer_is_not_healthy() {
    let mut run = at("prove_healthy");
    let mut poll = run.cluster.poll(&host_id("pve1"), run.now);
    poll.readings = Err("timeout".into());
    run.play(Span::from_mins(4));
    poll.taken_at = run.now;
    run.poll(poll);
    assert_eq!(reason(&run), "the BMC does not answer: timeout");
}

#[test]
fn the_same_boot_id_means_that_it_never_went_away() {
    let mut run = at("confirm_back");
    let host = host_id("pve1");
    run.cluster.compute.boot_ids.insert(host.clone(), "pve1-boot-0".into());
    run.play(Span::from_mins(2));
    assert!(reason(&run).contains("never went away"), "{}", reason(&run));
    run.cluster.compute.boot_ids.remove(&host);
    run.play(Span::from_mins(2));
    assert!(reason(&run).contains("no boot id"), "missing data is no proof: {}", reason(&run));
}

#[test]
fn a_task_that_takes_a_while_is_adopted_and_not_begun_again() {
    let mut run = at("power_off");
    run.cluster.script.extend([Answer::Running, Answer::Running, Answer::Running]);
    run.play_until("away", |run| run.is_at("confirm_away"));
    assert_eq!(acts(&run).iter().filter(|a| *a == "off pve1").count(), 1);
    let step = run.maintenance().steps.iter().find(|s| s.kind.code() == "power_off").expect("a step");
    assert_eq!(step.attempts, 1);
}

#[test]
fn sensors_of_a_host_that_we_took_away_raise_nothing() {
    let mut run = at("work_order");
    for n in 0..50 {
        run.advance(Span::from_secs(10));
        run.cluster.fans = if n % 2 == 0 { noout_detect::SensorState::Missing } else { noout_detect::SensorState::Ok };
        run.poll(run.cluster.poll(&host_id("pve1"), run.now));
    }
    assert!(run.incident_of("sensor/").is_none());
}

#[test]
fn a_plan_is_looked_at_only_while_it_is_needed() {
    let mut run = Run::new();
    let id = run.planned();
    assert!(!crate::pending(&run.state).any(|e| e == Effect::Observe { id }), "a draft is not watched");
    run.approved(id);
    assert!(crate::pending(&run.state).any(|e| e == Effect::Observe { id }));
}

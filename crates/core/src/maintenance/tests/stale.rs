//! What a gate saw holds for seconds. Afterwards an act does not begin by it, whoever slept, died or held.

use noout_types::Span;

use super::{acts, approved, at, done, reach};
use crate::engine::{Command, Effect, pending};
use crate::incident::IncidentCommand;
use crate::maintenance::{MaintenanceCommand, Phase, StepState};
use crate::testing::{Answer, Run, host_id};

fn ensures(run: &Run) -> usize {
    pending(&run.state).filter(|e| matches!(e, Effect::Ensure { .. })).count()
}

/// The power is to go, and nobody has handed the act to the platform yet.
fn intended() -> Run {
    let mut run = at("power_off");
    while !run.maintenance().current().is_some_and(|s| matches!(s.state, StepState::Intended { .. })) {
        run.look(run.maintenance().id);
        run.advance(Span::from_secs(1));
    }
    run
}

fn maintain(run: &mut Run, what: impl FnOnce(noout_types::MaintenanceId) -> MaintenanceCommand) {
    let id = run.maintenance().id;
    run.maintain("ana", what(id)).expect("taken");
}

#[test]
fn an_intent_that_was_not_sent_in_time_is_judged_again() {
    let mut run = intended();
    assert_eq!(ensures(&run), 1);
    // noout is dead for a minute, and somebody brings a running guest to the emptied host.
    run.cluster.put_guest("102", "pve1");
    run.stall(Span::from_mins(1));
    assert_eq!(ensures(&run), 0, "{:?}", run.current());
    // The cluster asserts that no host is powered off with guests on it.
    run.play(Span::from_mins(2));
    assert!(!acts(&run).contains(&"off pve1".to_owned()));
    assert!(super::reason(&run).contains("still running on pve1: 102"), "{:?}", run.current());
}

/// What somebody does.
type Deed = fn(&mut Run);

#[test]
fn neither_resume_nor_the_end_of_a_stop_begins_it() {
    let holds: [(Deed, Deed); 2] = [
        (
            |run| maintain(run, |id| MaintenanceCommand::Hold { id, why: "wait".into() }),
            |run| maintain(run, MaintenanceCommand::Resume),
        ),
        (
            |run| drop(run.by("ana", Command::Stop { why: "wait".into() })),
            |run| drop(run.by("ana", Command::ResumeAll)),
        ),
    ];
    for (hold, resume) in holds {
        let mut run = intended();
        hold(&mut run);
        assert_eq!(ensures(&run), 0);
        run.advance(Span::from_mins(1));
        run.cluster.put_guest("102", "pve1");
        resume(&mut run);
        assert_eq!(ensures(&run), 0, "{:?}", run.current());
        run.play(Span::from_mins(2));
        assert!(!acts(&run).contains(&"off pve1".to_owned()));
    }
}

#[test]
fn an_ambiguous_act_is_looked_for_and_its_gate_judged_again() {
    let mut run = at("power_off");
    run.cluster.script.push_back(Answer::AmbiguousLost);
    run.play_until("an ambiguous attempt", |run| run.cluster.script.is_empty());
    assert_eq!(ensures(&run), 0, "nobody knows: {:?}", run.current());
    run.cluster.put_guest("102", "pve1");
    run.play(Span::from_mins(2));
    assert!(!acts(&run).contains(&"off pve1".to_owned()), "{:?}", run.current());
    run.cluster.put_guest("102", "pve2");
    run.play(Span::from_secs(10));
    maintain(&mut run, MaintenanceCommand::Resume);
    run.to_the_end();
    assert_eq!(run.maintenance().phase, Phase::Done);
}

#[test]
fn a_task_is_watched_and_never_begun_again() {
    let mut run = at("power_off");
    run.cluster.script.push_back(Answer::Running);
    run.play_until("it runs", |run| run.cluster.script.is_empty());
    run.by("cleo", Command::Stop { why: "storm".into() }).expect("stopped");
    assert_eq!(ensures(&run), 0);
    assert!(pending(&run.state).any(|e| matches!(e, Effect::Probe { .. })), "its end must be known");
}

#[test]
fn nobody_knows_for_a_minute_and_a_person_is_told_why() {
    let mut run = at("power_off");
    run.cluster.script.extend(vec![Answer::AmbiguousLost; 100]);
    run.play(Span::from_mins(2));
    let incident = run.incident_of("maintenance/1/overdue").expect("told").clone();
    assert!(incident.opened.text.contains("the script says so"), "{}", incident.opened.text);
}

#[test]
fn before_the_power_goes_all_that_the_entry_asked_is_asked_again() {
    let mut run = at("power_off");
    run.cluster.set_flag(&host_id("pve4"), true);
    run.play(Span::from_secs(30));
    assert!(super::reason(&run).contains("noout is set for pve4"), "{:?}", run.current());
    run.cluster.set_flag(&host_id("pve4"), false);
    run.to_the_end();
    assert_eq!(run.maintenance().phase, Phase::Done);
}

#[test]
fn a_flag_that_somebody_sets_after_ours_was_refused_is_theirs() {
    let mut run = at("set_noout");
    run.cluster.script.push_back(Answer::Refused);
    run.play_until("refused", |run| run.cluster.script.is_empty());
    run.cluster.set_flag(&host_id("pve1"), true);
    run.play(Span::from_mins(1));
    assert!(super::reason(&run).contains("not by us"), "{:?}", run.current());
    maintain(&mut run, |id| MaintenanceCommand::Abort { id, why: "not ours".into() });
    run.to_the_end();
    assert!(run.cluster.storage.has_host_noout(&host_id("pve1")), "it is not ours to clear");
}

#[test]
fn a_guest_that_went_down_with_the_host_holds_and_pages() {
    let mut run = at("confirm_away");
    // Between the last look and the power's end somebody had moved a guest there.
    run.cluster.put_guest("102", "pve1");
    run.play(Span::from_secs(10));
    assert!(run.maintenance().hold.as_ref().is_some_and(|h| noout_words::english(&h.why).contains("102")));
    assert!(run.incident_of("maintenance/1/guests_lost").is_some());
}

#[test]
fn a_guest_that_its_owner_stopped_meanwhile_is_nobodys_alarm() {
    let mut run = at("confirm_away");
    let guests = run.cluster.compute.inventory.guests.iter_mut();
    guests.filter(|g| g.id.as_str() == "102").for_each(|g| g.running = false);
    run.to_the_end();
    assert_eq!(run.maintenance().phase, Phase::Done);
}

#[test]
fn each_new_hold_tells_those_who_took_the_one_before() {
    let mut run = at("work_order");
    run.cluster.set_osds(&host_id("pve3"), false);
    run.play(Span::from_secs(10));
    let incident = run.incident_of("maintenance/1/osd_down/pve3").expect("told").opened.id;
    run.by("ana", Command::Incident(IncidentCommand::Ack(incident))).expect("taken");
    run.play(Span::from_mins(1));
    assert!(run.state.incidents.get(incident).expect("open").is_acked(), "held, and somebody has it: nothing new");
    // It is not the same any more, still wrong, and somebody goes on all the same.
    run.cluster.storage.osds.iter_mut().filter(|o| o.id.0 == 5).for_each(|o| o.up = true);
    maintain(&mut run, MaintenanceCommand::Resume);
    run.play(Span::from_secs(10));
    assert!(run.maintenance().hold.is_some());
    assert!(run.state.incidents.get(incident).expect("open").is_triggered(), "people are told anew");
    let told = run.told("maintenance/1/osd_down/pve3");
    assert!(told.contains("osd.4") && !told.contains("osd.5"), "what is wrong now: {told}");
}

#[test]
fn a_dead_disk_that_is_drained_and_out_is_what_the_host_is_opened_for() {
    let mut run = Run::new();
    let dead = |run: &mut Run| {
        let osds = run.cluster.storage.osds.iter_mut();
        osds.filter(|o| o.id.0 == 0).for_each(|o| (o.up, o.is_in) = (false, false));
    };
    dead(&mut run);
    let id = run.planned();
    run.approved(id);
    reach(&mut run, "confirm_away");
    run.play_until("the technician's turn", |run| run.is_at("work_order"));
    run.sign("cleo");
    run.play_until("back", |run| run.is_at("confirm_back"));
    // The new disk is not in yet; all others are up.
    dead(&mut run);
    run.play_until("proven", |run| done(run.maintenance()).contains(&"clear_noout"));
    assert!(run.cluster.storage.host_flags.is_empty());
}

#[test]
fn an_osd_that_served_before_must_serve_again() {
    let mut run = approved();
    reach(&mut run, "confirm_back");
    run.cluster.storage.osds.retain(|o| o.id.0 != 1);
    run.play(Span::from_secs(30));
    assert!(super::reason(&run).contains("osd.1 is not seen any more"), "{:?}", run.current());
}

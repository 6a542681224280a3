//! What goes wrong on the way.

use expect_test::expect;
use noout_types::{Lang, Span};

use super::{acts, at, reason};
use crate::engine::{Command, Effect};
use crate::maintenance::{MaintenanceCommand, Phase, StepState};
use crate::testing::{Answer, Run, host_id};

fn resume(run: &mut Run) {
    let id = run.maintenance().id;
    run.maintain("ana", MaintenanceCommand::Resume(id)).expect("resumed");
}

#[test]
fn a_second_hosts_osd_down_holds_and_pages() {
    for code in ["move", "power_off", "work_order", "prove_healthy"] {
        let mut run = at(code);
        run.cluster.set_osds(&host_id("pve3"), false);
        run.play(Span::from_secs(10));
        let away = run.maintenance().host_is_away();
        assert!(run.maintenance().hold.is_some(), "at {code}");
        assert!(run.incident_of("maintenance/1/osd_down/pve3").is_some(), "at {code}");
        run.cluster.set_osds(&host_id("pve3"), true);
        // The scripted cluster takes health from all OSDs: ours are down as before.
        assert_eq!(away, run.cluster.storage.osds.iter().any(|o| !o.up), "at {code}");
        run.play(Span::from_mins(1));
        assert!(run.maintenance().hold.is_some(), "only a person resumes, at {code}");
        resume(&mut run);
        run.to_the_end();
        assert_eq!(run.maintenance().phase, Phase::Done);
    }
}

#[test]
fn a_hold_is_told_in_the_readers_language() {
    let mut run = at("work_order");
    run.cluster.set_osds(&host_id("pve3"), false);
    run.play(Span::from_secs(10));
    expect![[r#"
        en: Maintenance of pve1: down on pve3 while pve1 is out: osd.4, osd.5
            The maintenance holds. Nothing new is started until a person resumes it.
        fr: Maintenance de pve1 : down sur pve3 alors que pve1 est sorti : osd.4, osd.5
            La maintenance est suspendue. Rien de nouveau ne démarre tant que personne ne la relance.
        de: Wartung von pve1: auf pve3 sind down, während pve1 draußen ist: osd.4, osd.5
            Die Wartung ist angehalten. Nichts Neues beginnt, bis jemand sie weitergehen lässt.
    "#]]
    .assert_eq(&run.told("maintenance/1/osd_down"));
    let hold = run.maintenance().hold.clone().expect("a hold");
    expect!["auf pve3 sind down, während pve1 draußen ist: osd.4, osd.5"]
        .assert_eq(&noout_words::say(&hold.why, Lang::De));
}

#[test]
fn an_intent_whose_gate_no_longer_holds_does_not_begin_in_a_hold() {
    let mut run = at("power_off");
    run.cluster.script.push_back(Answer::AmbiguousLost);
    run.play_until("an ambiguous attempt", |run| run.cluster.script.is_empty());
    run.cluster.set_osds(&host_id("pve3"), false);
    // The cluster asserts that it is not powered off while other OSDs are down.
    run.look(run.maintenance().id);
    assert!(run.maintenance().hold.is_some());
    run.play(Span::from_mins(1));
    assert!(!acts(&run).contains(&"off pve1".to_owned()));
    run.cluster.set_osds(&host_id("pve3"), true);
    run.play(Span::from_secs(10));
    resume(&mut run);
    run.to_the_end();
    assert_eq!(run.maintenance().phase, Phase::Done);
}

#[test]
fn blindness_holds_and_pages_and_only_a_person_resumes() {
    let mut run = at("move");
    run.cluster.unseen = Some("connection refused".into());
    run.play(Span::from_mins(1));
    assert!(run.maintenance().hold.is_none(), "not yet");
    run.play(Span::from_mins(3));
    assert!(run.maintenance().hold.is_some() && run.incident_of("maintenance/1/blind").is_some());
    run.cluster.unseen = None;
    run.play(Span::from_mins(1));
    assert!(run.is_at("move"));
    resume(&mut run);
    run.to_the_end();
    assert_eq!(run.maintenance().phase, Phase::Done);
}

#[test]
fn blindness_is_noticed_even_if_nobody_even_tries_to_look() {
    let mut run = at("move");
    run.advance(Span::from_mins(4));
    assert!(run.maintenance().hold.is_some() && run.incident_of("maintenance/1/blind").is_some());
}

#[test]
fn resumed_while_blind_it_holds_again() {
    let mut run = at("move");
    run.cluster.unseen = Some("connection refused".into());
    run.play(Span::from_mins(4));
    resume(&mut run);
    run.play(Span::from_mins(4));
    assert!(run.maintenance().hold.is_some());
}

#[test]
fn an_ambiguous_act_is_ensured_again_and_never_taken_for_success() {
    for answer in [Answer::AmbiguousDone, Answer::AmbiguousLost] {
        for code in ["move", "set_noout", "power_off", "power_on", "clear_noout", "move_home"] {
            let mut run = at(code);
            let number = run.maintenance().current().expect("a step").number;
            run.cluster.script.extend([answer.clone(), answer.clone()]);
            run.play_until("both answers", |run| run.cluster.script.is_empty());
            let step = run.maintenance().step(number).expect("a step");
            assert!(!matches!(step.state, StepState::Done { .. }), "{code} after {answer:?}");
            run.to_the_end();
            assert_eq!(run.maintenance().phase, Phase::Done, "{code} after {answer:?}");
            let acts = acts(&run);
            let mut once = acts.clone();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), acts.len(), "nothing is done twice: {acts:?}");
        }
    }
}

#[test]
fn refused_three_times_it_holds_and_pages() {
    let mut run = at("set_noout");
    run.cluster.script.extend([Answer::Refused, Answer::Refused, Answer::Refused]);
    run.play(Span::from_mins(2));
    assert!(run.maintenance().hold.as_ref().is_some_and(|h| noout_words::english(&h.why).contains("refused 3 times")));
    assert!(run.incident_of("maintenance/1/refused").is_some());
    resume(&mut run);
    run.to_the_end();
    assert_eq!(run.maintenance().phase, Phase::Done);
}

#[test]
fn our_own_flag_after_an_ambiguous_and_a_refused_attempt_is_ours() {
    let mut run = at("set_noout");
    run.cluster.script.extend([Answer::AmbiguousDone, Answer::Refused]);
    run.to_the_end();
    assert_eq!(run.maintenance().phase, Phase::Done);
    assert!(run.cluster.storage.host_flags.is_empty());
}

#[test]
fn a_step_that_takes_too_long_pages() {
    let mut run = at("move");
    run.cluster.script.extend(vec![Answer::Running; 500]);
    run.play(Span::from_mins(31));
    assert!(run.incident_of("maintenance/1/overdue").is_some());
}

#[test]
fn stop_forbids_what_takes_away_and_not_what_gives_back() {
    for code in ["move", "set_noout", "power_off"] {
        let mut run = at(code);
        run.by("cleo", Command::Stop { why: "storm".into() }).expect("stopped");
        let before = acts(&run);
        run.play(Span::from_mins(3));
        assert_eq!(acts(&run), before, "at {code}");
        assert!(!crate::pending(&run.state).any(|e| matches!(e, Effect::Ensure { .. })), "at {code}");
        assert!(reason(&run).contains("noout is stopped") || reason(&run).contains("Intended"), "{}", reason(&run));
        run.by("ana", Command::ResumeAll).expect("resumed");
        run.to_the_end();
        assert_eq!(run.maintenance().phase, Phase::Done);
    }
    let mut run = at("work_order");
    run.by("cleo", Command::Stop { why: "storm".into() }).expect("stopped");
    run.sign("cleo");
    run.play_until("home", |run| run.is_at("move_home"));
    run.play(Span::from_mins(3));
    assert!(run.is_at("move_home"), "moves take away, also those home");
    assert!(run.cluster.storage.host_flags.is_empty(), "power and flag are given back");
}

#[test]
fn somebody_clears_our_flag_while_the_host_is_away() {
    let mut run = at("work_order");
    run.cluster.set_flag(&host_id("pve1"), false);
    run.play(Span::from_secs(10));
    assert!(run.incident_of("maintenance/1/noout_gone").is_some());
}

#[test]
fn after_a_hold_by_a_person_nothing_new_starts() {
    let mut run = at("move");
    let id = run.maintenance().id;
    run.maintain("cleo", MaintenanceCommand::Hold { id, why: "lunch".into() }).expect("held");
    let before = acts(&run);
    run.play(Span::from_mins(10));
    assert_eq!(acts(&run), before);
    resume(&mut run);
    run.to_the_end();
}

#[test]
fn a_way_home_that_never_fits_ends_in_a_hold_and_not_in_a_loop() {
    let mut run = at("move_home");
    for n in 0..40 {
        let guest = run.maintenance().homes[0].clone();
        run.cluster.put_guest(guest.as_str(), if n % 2 == 0 { "pve3" } else { "pve4" });
        run.look(run.maintenance().id);
        run.advance(Span::from_secs(5));
    }
    assert!(run.maintenance().hold.is_some());
    assert!(run.incident_of("maintenance/1/home").is_some());
}

//! Behaviour: given, when, then.

use noout_types::{IncidentId, Severity, Span};

use super::{IncidentCommand, Status};
use crate::actor::Actor;
use crate::engine::Command;
use crate::refusal::Refusal;
use crate::testing::{Run, person_id};

fn firing() -> (Run, IncidentId) {
    let mut run = Run::new();
    run.fires(&[("alertname", "Down")]).deliver();
    let id = run.incident().opened.id;
    (run, id)
}

#[test]
fn it_ends_when_its_last_alert_ends() {
    let (mut run, _) = firing();
    run.alerts(vec![crate::testing::alert(&[("alertname", "Down")], crate::alert::Ends::Resolved(None))]);
    assert!(run.open().is_empty());
    let closed = run.state.closed.last().expect("a closed one");
    assert_eq!(closed.status, Status::Resolved { by: Actor::Noout, at: run.now });
    run.advance(Span::from_hours(5)).then_paged([]);
}

#[test]
fn acknowledging_twice_changes_nothing_and_another_takes_it_over() {
    let (mut run, id) = firing();
    run.ack("ana", id);
    let records = run.journal.len();
    run.ack("ana", id);
    assert_eq!(run.journal.len(), records);
    run.ack("bo", id);
    assert_eq!(run.incident().owner, Some(person_id("bo")));
}

#[test]
fn a_viewer_may_do_nothing_and_a_source_neither() {
    let (mut run, id) = firing();
    let ack = Command::Incident(IncidentCommand::Ack(id));
    assert!(matches!(run.by("vera", ack.clone()), Err(Refusal::Forbidden { .. })));
    let by = Actor::Source("prom".parse().expect("an id"));
    let refused = run.when(crate::Input::Command { by, command: ack.clone() });
    assert!(matches!(refused, Err(Refusal::Forbidden { .. })));
    assert!(matches!(run.by("nobody", ack), Err(Refusal::Forbidden { .. })), "an unknown person");
}

#[test]
fn what_is_closed_and_what_never_was_are_told_apart() {
    let (mut run, incident) = firing();
    let resolve = |incident| Command::Incident(IncidentCommand::Resolve { incident, note: String::new() });
    run.by("ana", resolve(incident)).expect("resolved");
    assert!(matches!(run.by("ana", resolve(incident)), Err(Refusal::Conflict { .. })));
    assert!(matches!(run.by("ana", resolve(IncidentId(99))), Err(Refusal::Unknown { .. })));
}

#[test]
fn a_hand_over_pages_the_receiver_and_nobody_else() {
    let mut run = Run::new();
    run.fires(&[("alertname", "Down")]);
    let incident = run.incident().opened.id;
    let hand = IncidentCommand::HandOver { incident, to: person_id("dora") };
    run.by("ana", Command::Incident(hand)).expect("handed over");
    run.then_paged(["dora"]);
    assert_eq!(run.incident().owner, Some(person_id("dora")));
    run.advance(Span::from_mins(4)).then_paged([]);
    run.ack("dora", incident);
    assert!(run.incident().is_acked());
    run.advance(Span::from_mins(50)).then_paged([]);
}

#[test]
fn nobody_hands_over_to_somebody_who_cannot_acknowledge() {
    let mut run = Run::with(|c| {
        let dora = c.people.iter_mut().find(|p| p.id == person_id("dora")).expect("dora");
        dora.role = crate::config::Role::Viewer;
    });
    run.fires(&[("alertname", "Down")]);
    let incident = run.incident().opened.id;
    let hand = IncidentCommand::HandOver { incident, to: person_id("dora") };
    let why = run.by("ana", Command::Incident(hand)).expect_err("dora only looks on");
    assert!(why.to_string().contains("may acknowledge"), "{why}");
}

#[test]
fn who_does_not_answer_a_hand_over_may_be_asleep() {
    let mut run = Run::new();
    run.fires(&[("alertname", "Down")]);
    let incident = run.incident().opened.id;
    run.ack("ana", incident);
    let hand = IncidentCommand::HandOver { incident, to: person_id("dora") };
    run.by("ana", Command::Incident(hand)).expect("handed over");
    run.then_paged(["dora"]).deliver();
    assert!(run.incident().is_triggered(), "nobody has it until dora says so");
    run.advance(Span::from_mins(5)).then_paged(["ana", "bo"]);
}

#[test]
fn opened_by_hand_it_pages_by_its_policy() {
    let mut run = Run::new();
    let policy = Some("db".parse().expect("an id"));
    let (title, severity) = ("Smoke in\nthe room".to_owned(), Severity::Critical);
    let open = IncidentCommand::Open { title, text: String::new(), severity, policy };
    run.by("ana", Command::Incident(open)).expect("opened");
    assert_eq!(run.incident().opened.title, "Smoke in the room");
    run.then_paged(["cleo"]);
}

#[test]
fn empty_and_endless_texts_are_refused() {
    let (mut run, incident) = firing();
    for text in [String::new(), "  ".to_owned(), "x".repeat(super::decide::MAX_TEXT_CHARS + 1)] {
        let note = Command::Incident(IncidentCommand::Note { incident, text });
        assert!(matches!(run.by("ana", note), Err(Refusal::Invalid { .. })));
    }
}

#[test]
fn closed_ones_are_kept_up_to_a_number() {
    let mut run = Run::new();
    for n in 0..120 {
        let name = format!("a{n}");
        run.fires(&[("alertname", &name)]);
        let incident = run.incident().opened.id;
        let resolve = IncidentCommand::Resolve { incident, note: String::new() };
        run.by("ana", Command::Incident(resolve)).expect("resolved");
    }
    assert_eq!(run.state.closed.len(), 100);
    assert_eq!(run.state.paging.pages().count(), 0, "nothing live is left of them");
}

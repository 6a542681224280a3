//! Behaviour: one word for many incidents.

use std::collections::BTreeSet;

use noout_types::IncidentId;

use super::{IncidentCommand, IncidentEvent, MAX_MANY};
use crate::alert::Ends;
use crate::engine::Command;
use crate::event::Event;
use crate::testing::{Run, alert, person_id};

fn storm(run: &mut Run, n: usize) {
    let names: Vec<String> = (0..n).map(|i| format!("A{i}")).collect();
    run.alerts(names.iter().map(|name| alert(&[("alertname", name)], Ends::WhenResolved)).collect());
}

fn ack_many(ids: BTreeSet<IncidentId>) -> Command {
    Command::Incident(IncidentCommand::AckMany(ids))
}

/// A night of sixty pages in one message, and its link took one of them: an hour later fifty-nine were escalated.
#[test]
fn a_digest_is_taken_whole_by_one_word() {
    let mut run = Run::new();
    storm(&mut run, 50);
    run.then_paged(["ana", "bo"]);
    let mine = run.state.waiting_for(&person_id("ana"));
    assert_eq!(mine.len(), 50);
    assert_eq!(run.state.one_message_told(&person_id("ana")), Some(mine.clone()));
    let lead = run.state.paging.pages().find(|p| !p.covers.is_empty()).expect("a digest").id;
    assert_eq!(run.state.told_by(lead), mine, "also after it was delivered");
    run.by("ana", ack_many(mine)).expect("taken");
    assert!(run.state.incidents.iter().all(super::Incident::is_acked));
    assert!(run.state.waiting_for(&person_id("ana")).is_empty() && run.state.waiting_for(&person_id("bo")).is_empty());
    run.advance(noout_types::Span::from_mins(20)).then_paged([]);
}

#[test]
fn what_another_took_meanwhile_stays_theirs_and_what_is_closed_stays_closed() {
    let mut run = Run::new();
    storm(&mut run, 5);
    run.deliver();
    let mine = run.state.waiting_for(&person_id("ana"));
    let [bos, closed, ..] = mine.iter().copied().collect::<Vec<_>>()[..] else { panic!("five wait") };
    run.ack("bo", bos);
    let resolve = IncidentCommand::Resolve { incident: closed, note: String::new() };
    run.by("bo", Command::Incident(resolve)).expect("closed");
    let events = run.by("ana", ack_many(mine)).expect("taken");
    let taken = events.iter().filter(|e| matches!(e, Event::Incident(IncidentEvent::Acked { .. }))).count();
    assert_eq!(taken, 3);
    assert_eq!(run.state.incidents.get(bos).and_then(|i| i.owner.clone()), Some(person_id("bo")));
}

#[test]
fn what_one_passed_on_or_a_silence_holds_back_does_not_wait_for_one() {
    let mut run = Run::new();
    storm(&mut run, 3);
    run.deliver();
    let first = *run.state.waiting_for(&person_id("bo")).first().expect("one");
    run.by("bo", Command::Incident(IncidentCommand::PassOn(first))).expect("passed on");
    assert_eq!(run.state.waiting_for(&person_id("bo")).len(), 2);
    assert_eq!(run.state.waiting_for(&person_id("ana")).len(), 3);
}

#[test]
fn nobody_in_particular_takes_nothing_and_nobody_takes_more_than_a_night() {
    let mut run = Run::new();
    storm(&mut run, 2);
    let open: BTreeSet<_> = run.open().into_iter().collect();
    assert!(run.by_local(ack_many(open)).expect_err("no person").to_string().contains("--as PERSON"));
    let many = (1..=MAX_MANY as u64 + 1).map(IncidentId).collect();
    assert!(run.by("ana", ack_many(many)).expect_err("too many").to_string().contains("at most"));
    let unknown = [IncidentId(99)].into();
    assert!(run.by("ana", ack_many(unknown)).expect_err("unknown").to_string().contains("no incident"));
}

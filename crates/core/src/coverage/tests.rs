//! Behaviour: given, when, then.

use expect_test::expect;
use noout_types::Span;

use crate::engine::Command;
use crate::testing::{Run, person_id};

fn hours(n: u64) -> Span {
    Span::from_hours(n)
}

/// `bo` stands in for `ana`, some hours from now and for some hours, and is alone then.
fn alone(run: &mut Run, start: u64, length: u64) {
    let over = Command::AddOverride {
        schedule: "ops".parse().expect("an id"),
        rotation: None,
        replaces: Some(person_id("ana")),
        person: person_id("bo"),
        start: hours(start).after(run.now),
        end: hours(start + length).after(run.now),
    };
    run.by("ana", over).expect("an override");
}

#[test]
fn enough_people_open_nothing_and_are_looked_at_now_and_then() {
    let mut run = Run::new();
    let records = run.journal.len();
    run.advance(hours(24 * 30));
    assert!(run.open().is_empty());
    assert!(run.journal.len() - records <= 5, "a look each week, not each tick");
}

#[test]
fn one_person_alone_now_pages_the_fallback_and_ends_when_it_is_mended() {
    let mut run = Run::new();
    alone(&mut run, 0, 12);
    assert_eq!(run.incident().opened.key, "coverage/ops");
    assert!(run.incident().opened.text.contains("reachable: bo."));
    run.then_paged(["chief"]);
    run.by("ana", Command::RemoveOverride(1)).expect("removed");
    assert!(run.open().is_empty());
}

#[test]
fn a_gap_is_told_a_day_ahead_and_ends_by_itself_when_it_is_over() {
    let mut run = Run::new();
    alone(&mut run, 72, 6);
    run.advance(hours(47));
    assert!(run.open().is_empty(), "not yet");
    run.advance(hours(1)).then_paged(["chief"]);
    let id = run.incident().opened.id;
    run.ack("chief", id);
    run.advance(hours(29));
    assert_eq!(run.open().len(), 1);
    run.advance(hours(1)).deliver();
    assert!(run.open().is_empty());
}

#[test]
fn a_gap_is_told_in_the_readers_language() {
    let mut run = Run::new();
    alone(&mut run, 20, 6);
    expect![[r#"
        en: ops: fewer than 2 people on call from 2026-02-03 08:00 UTC
            From 2026-02-03 08:00 UTC to 2026-02-03 14:00 UTC on call and reachable: bo. An override mends it.
        fr: ops : moins de 2 personnes d’astreinte dès 2026-02-03 08:00 UTC
            Du 2026-02-03 08:00 UTC au 2026-02-03 14:00 UTC, d’astreinte et joignables : bo. Un remplacement y remédie.
        de: ops: weniger als 2 in Bereitschaft ab 2026-02-03 08:00 UTC
            Von 2026-02-03 08:00 UTC bis 2026-02-03 14:00 UTC in Bereitschaft und erreichbar: bo. Eine Vertretung behebt es.
    "#]].assert_eq(&run.told("coverage/"));
}

#[test]
fn who_cannot_be_reached_does_not_count() {
    let mut run = Run::new();
    run.configure(|c| c.people[1].contact.clear());
    assert!(run.incident().opened.text.contains("reachable: ana"));
    run.configure(|c| c.people[1].contact.push("sms".parse().expect("a contact")));
    assert_eq!(run.open().len(), 1, "a contact that cannot be used yet is none");
    run.configure(|c| c.people[1].contact.push("mail:bo@example.org".parse().expect("a contact")));
    assert!(run.open().is_empty());
}

#[test]
fn a_schedule_that_is_gone_has_no_gap() {
    let mut run = Run::new();
    alone(&mut run, 0, 12);
    run.configure(|c| c.schedules.clear());
    assert!(run.open().is_empty());
}

#[test]
fn resolved_by_a_person_it_is_not_opened_again_by_the_same_look() {
    let mut run = Run::new();
    alone(&mut run, 0, 12);
    let incident = run.incident().opened.id;
    let resolve = crate::incident::IncidentCommand::Resolve { incident, note: "we know".into() };
    run.by("chief", Command::Incident(resolve)).expect("resolved");
    run.advance(hours(48));
    assert!(run.open().is_empty());
}

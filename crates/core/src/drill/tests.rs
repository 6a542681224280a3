//! Behaviour of drills: who is tried when, and what follows when nobody answers.

use noout_calendar::Turn;
use noout_types::Span;

use super::Drill;
use crate::config::Config;
use crate::contact::ContactCommand;
use crate::engine::{Command, Effect, Input, pending};
use crate::paging::SendOutcome;
use crate::roster::{RosterCommand, Time};
use crate::testing::{Run, person_id};

fn hours(n: u64) -> Span {
    Span::from_hours(n)
}

/// With drills, and nobody but those named in the rotation of one week each: `ana` has this week, `bo` the next.
fn drilled(change: impl FnOnce(&mut Config)) -> Run {
    Run::with(|c| {
        c.drill.enabled = true;
        let schedule = &mut c.schedules[0];
        schedule.coverage = 1;
        schedule.rotations.truncate(1);
        schedule.rotations[0].people = ["ana", "bo"].map(|id| Turn(vec![person_id(id)])).into();
        schedule.handoff = false;
        c.policies.iter_mut().for_each(|p| p.steps.truncate(1));
        c.policies.truncate(1);
        c.routes.clear();
        c.people.iter_mut().for_each(|p| p.superior = None);
        change(c);
    })
}

/// To whom messages of tests leave now, each once.
fn tried(run: &Run) -> Vec<String> {
    let tests = pending(&run.state).filter_map(|effect| match effect {
        Effect::Try { test } => run.state.contacts.test(test).map(|t| t.person.to_string()),
        _ => None,
    });
    let mut people: Vec<_> = tests.collect();
    people.dedup();
    people
}

/// All messages of tests end so.
fn arrive(run: &mut Run, outcome: &SendOutcome) {
    for effect in pending(&run.state).collect::<Vec<_>>() {
        if let Effect::Try { test } = effect {
            run.when(Input::Tested { test, outcome: outcome.clone() }).expect("an outcome");
        }
    }
}

fn delivered() -> SendOutcome {
    SendOutcome::Delivered("250".into())
}

/// A person follows the link of their newest test.
fn answers(run: &mut Run, person: &str) {
    let of = |n: &u64| run.state.contacts.test(*n).is_some_and(|t| t.person.as_str() == person);
    let test = (1..200).rev().find(of).expect("a test");
    run.by(person, Command::Contact(ContactCommand::Confirm { test })).expect("theirs");
}

fn drill<'a>(run: &'a Run, person: &str) -> &'a Drill {
    run.state.drills.of(&person_id(person)).expect("a drill")
}

#[test]
fn everybody_who_can_be_paged_is_tried_at_ten_of_their_own_clock_and_nobody_else() {
    let mut run = drilled(|c| {
        c.people.iter_mut().find(|p| p.id.as_str() == "bo").expect("bo").timezone = "America/New_York".into();
    });
    assert!(tried(&run).is_empty(), "a new file wakes nobody");
    // It is noon on Monday in UTC, seven in the morning in New York: his ten is today, the others' tomorrow.
    run.advance(hours(2));
    assert!(tried(&run).is_empty());
    run.advance(hours(1));
    assert_eq!(tried(&run), ["bo"]);
    arrive(&mut run, &delivered());
    run.advance(hours(18));
    assert!(tried(&run).is_empty(), "{}", run.now);
    run.advance(hours(1));
    assert_eq!(tried(&run), ["ana", "chief"], "the fallback, too; dora, cleo and vera are never paged");
}

#[test]
fn who_answered_is_left_alone_until_a_shift_for_which_it_is_too_long_ago() {
    let mut run = drilled(|_| {});
    run.advance(hours(22));
    arrive(&mut run, &delivered());
    for person in ["ana", "bo", "chief"] {
        answers(&mut run, person);
    }
    let monday = run.now;
    for _ in 0..27 * 24 {
        run.advance(hours(1));
        assert!(tried(&run).is_empty(), "{}", run.now);
    }
    // Confirmed on the third of February; good until the fifth of March. ana's week from the second of March begins
    // with what is known, bo's from the ninth does not: he is tried 48 hours before.
    let mut seen = Vec::new();
    for _ in 0..10 * 24 {
        run.advance(hours(1)).post();
        for person in tried(&run) {
            seen.push(format!("{person} {}", run.now));
        }
        arrive(&mut run, &delivered());
        for person in ["ana", "bo", "chief"].map(person_id) {
            if run.state.drills.of(&person).is_some_and(|d| d.at == run.now) {
                answers(&mut run, person.as_str());
            }
        }
    }
    assert!(monday < run.now);
    // ana is on call when it grows old; the fallback has no shift.
    assert_eq!(seen, ["ana 2026-03-05T10:00:00Z", "chief 2026-03-05T10:00:00Z", "bo 2026-03-07T10:00:00Z"]);
    assert_eq!(drill(&run, "bo").shift.map(|s| s.to_string()).as_deref(), Some("2026-03-09T09:00:00Z"));
}

#[test]
fn who_does_not_answer_counts_as_not_reachable_until_they_do() {
    let mut run = drilled(|c| c.schedules[0].fallback = Some(person_id("dora")));
    run.advance(hours(22));
    arrive(&mut run, &delivered());
    for person in ["bo", "chief", "dora"] {
        answers(&mut run, person);
    }
    run.advance(hours(11));
    assert!(run.letters().is_empty() && run.state.is_ready(&person_id("ana")));
    run.advance(hours(1));
    let missed = "ana: Nobody answered the test of ana's contacts";
    assert!(run.letters().contains(&missed.to_owned()), "{:?}", run.letters());
    assert!(run.letters().iter().any(|l| l.starts_with("chief: Nobody answered")), "who can mend it");
    assert!(!run.state.is_ready(&person_id("ana")));
    // It is her week: the gap is paged, and the fallback of the schedule is on call besides.
    let ops = "ops".parse().expect("an id");
    assert_eq!(run.state.on_call(&ops, run.now), ["ana", "dora"].map(person_id).into());
    assert!(run.incident_of("coverage/ops").is_some());
    run.deliver().post();
    // She is tried again on the next day, and one letter was enough.
    run.advance(hours(12));
    assert_eq!(tried(&run), ["ana"]);
    arrive(&mut run, &delivered());
    run.advance(hours(12)).deliver();
    assert!(!run.letters().iter().any(|l| l.contains("Nobody answered")), "{:?}", run.letters());
    run.advance(hours(12));
    answers(&mut run, "ana");
    assert!(run.state.is_ready(&person_id("ana")));
    assert!(run.incident_of("coverage/ops").is_none(), "mended by her answer");
}

#[test]
fn a_drill_waits_for_who_is_away() {
    let mut run = drilled(|_| {});
    let (start, end) = (run.now, hours(24 * 3).after(run.now));
    let time = Time { start, end, reason: "on a bicycle".into() };
    let away = RosterCommand::AddAbsence { person: person_id("bo"), time };
    run.by("bo", Command::Roster(away)).expect("an absence");
    run.advance(hours(22));
    assert_eq!(tried(&run), ["ana", "chief"]);
    arrive(&mut run, &delivered());
    run.advance(hours(48));
    assert!(!tried(&run).contains(&"bo".to_owned()));
    run.advance(hours(24));
    assert!(tried(&run).contains(&"bo".to_owned()), "{:?} {}", tried(&run), run.now);
}

#[test]
fn contacts_that_do_not_take_the_message_are_told_although_another_works() {
    let mut run = drilled(|_| {});
    run.advance(hours(22));
    let tests: Vec<_> = pending(&run.state).collect();
    let Some(Effect::Try { test }) = tests.first() else { panic!("a test") };
    let refused = SendOutcome::Permanent("404 no such topic".into());
    run.when(Input::Tested { test: *test, outcome: refused }).expect("an outcome");
    arrive(&mut run, &delivered());
    for person in ["ana", "bo", "chief"] {
        answers(&mut run, person);
    }
    run.advance(hours(12));
    assert_eq!(run.letters(), ["ana: Some of your contacts do not work"]);
    let memo = run.state.memos.iter().next().expect("the letter");
    assert!(noout_words::english(&memo.text[0]).contains("404 no such topic"));
    assert!(run.state.is_ready(&person_id("ana")));
}

#[test]
fn a_drill_that_is_late_by_half_a_day_waits_for_the_next_morning() {
    let mut run = drilled(|_| {});
    run.advance(hours(9));
    // noout is down from nine in the evening until four in the next afternoon.
    run.stall(hours(19));
    assert!(tried(&run).is_empty(), "{}", run.now);
    run.advance(hours(18));
    assert_eq!(tried(&run), ["ana", "bo", "chief"], "{}", run.now);
}

#[test]
fn without_drills_nobody_is_tried_and_nobody_counts_less() {
    let mut run = drilled(|c| c.drill.enabled = false);
    run.advance(hours(24 * 40));
    assert!(tried(&run).is_empty() && run.open().is_empty());
    // Taken out of the file, what was missed before counts no more.
    run.configure(|c| c.drill.enabled = true);
    run.advance(hours(48));
    assert!(!run.state.is_ready(&person_id("ana")));
    run.configure(|c| c.drill.enabled = false);
    assert!(run.state.is_ready(&person_id("ana")));
}

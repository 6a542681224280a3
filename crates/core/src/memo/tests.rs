//! Behaviour: given, when, then.

use noout_types::Span;

use crate::engine::{Command, Effect, pending};
use crate::paging::SendOutcome;
use crate::roster::RosterCommand;
use crate::testing::{Run, person_id};

/// `dora`, who has mail alone, comes on duty.
fn letter(run: &mut Run) {
    let schedule = "ops".parse().expect("an id");
    let take = RosterCommand::Take { schedule, rotation: None, replaces: None, person: Some(person_id("dora")) };
    run.by("dora", Command::Roster(take)).expect("taken over");
}

fn leaving(run: &Run) -> Vec<(u64, u32, u16)> {
    let one = |effect| match effect {
        Effect::Tell { memo, attempt, contact } => Some((memo, attempt, contact)),
        _ => None,
    };
    pending(&run.state).filter_map(one).collect()
}

#[test]
fn a_letter_is_sent_by_mail_and_is_over_when_it_was_taken() {
    let mut run = Run::with(|c| {
        c.people[2].contact = vec![
            "webhook:https://h.example/dora".parse().expect("a contact"),
            "ntfy:https://ntfy.example/dora".parse().expect("a contact"),
            "mail:dora@example.org".parse().expect("a contact"),
        ];
    });
    letter(&mut run);
    assert_eq!(leaving(&run), [(1, 1, 2)], "mail first, whatever the order for pages");
    run.letter_sent(1, 1, SendOutcome::Permanent("no such mailbox".into()));
    assert_eq!(leaving(&run), [(1, 2, 1)], "then ntfy");
    run.letter_sent(1, 2, SendOutcome::Permanent("no such topic".into()));
    assert!(leaving(&run).is_empty(), "never a webhook, which takes each call for a page");
    assert!(run.state.memos.iter().next().is_none());
}

#[test]
fn what_fails_for_a_moment_is_tried_again_later_and_later() {
    let mut run = Run::new();
    letter(&mut run);
    run.letter_sent(1, 1, SendOutcome::Transient("busy".into()));
    assert!(leaving(&run).is_empty());
    run.advance(Span::from_secs(60));
    assert_eq!(leaving(&run), [(1, 2, 0)]);
    run.letter_sent(1, 2, SendOutcome::Ambiguous("no answer".into()));
    run.advance(Span::from_secs(119));
    assert!(leaving(&run).is_empty());
    run.advance(Span::from_secs(1));
    run.letter_sent(1, 3, SendOutcome::Delivered("taken".into()));
    assert!(run.state.memos.iter().next().is_none());
    // An outcome that comes twice changes nothing.
    assert!(run.letter_sent(1, 3, SendOutcome::Transient("late".into())).letters().is_empty());
}

#[test]
fn a_letter_that_has_nothing_to_say_any_more_is_dropped() {
    let mut run = Run::new();
    letter(&mut run);
    run.letter_sent(1, 1, SendOutcome::Transient("busy".into()));
    // The machine slept through the first hours of the shift: no old news are sent then.
    run.stall(Span::from_hours(5));
    assert!(leaving(&run).is_empty());
    assert!(run.state.memos.iter().next().is_none());
}

#[test]
fn who_has_no_way_for_letters_reads_them_in_the_console() {
    let mut run =
        Run::with(|c| c.people[2].contact = vec!["webhook:https://h.example/dora".parse().expect("a contact")]);
    letter(&mut run);
    assert!(leaving(&run).is_empty());
    assert!(run.state.memos.iter().next().is_none(), "nothing waits for ever");
}

#[test]
fn a_letter_in_flight_survives_a_crash_and_is_sent_again() {
    let mut run = Run::new();
    letter(&mut run);
    let before = leaving(&run);
    run.crash();
    assert_eq!(leaving(&run), before);
}

#[test]
fn pages_leave_before_letters() {
    let mut run = Run::new();
    letter(&mut run);
    run.fires(&[("alertname", "Fan"), ("severity", "critical")]);
    let effects: Vec<_> = pending(&run.state).collect();
    assert!(matches!(effects[0], Effect::Send { .. }));
    assert!(matches!(effects.last(), Some(Effect::Tell { .. })));
}

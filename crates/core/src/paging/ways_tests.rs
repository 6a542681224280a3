//! Behaviour of a person's ways: delays, receipts, providers that ask for patience.

use noout_types::{IncidentId, PageId, Span, Urgency, Way};

use super::{Dispatch, PageState, Receipt, SendOutcome};
use crate::engine::{Command, Effect, pending};
use crate::event::Event;
use crate::incident::IncidentCommand;
use crate::paging::PagingEvent;
use crate::testing::{Run, person_id};

const MIN: Span = Span::from_mins(1);

fn secs(n: u64) -> Span {
    Span::from_secs(n)
}

fn mins(n: u64) -> Span {
    Span::from_mins(n)
}

fn ways(list: &[&str]) -> Vec<Way> {
    list.iter().map(|text| text.parse().expect("a way")).collect()
}

/// Dora alone is told, by these ways; nothing escalates for a day.
fn dora(list: &[&str]) -> (Run, IncidentId) {
    let mut run = Run::with(|c| {
        c.people[2].contact = ways(list);
        c.policies[0].steps.remove(0);
        c.policies[0].steps[0].wait = Some(Span::from_hours(24));
        c.policies[0].resolve_deadline = None;
    });
    run.fires(&[("alertname", "Down")]);
    let id = run.incident().opened.id;
    (run, id)
}

/// The contacts by which a message leaves now.
fn leaving(run: &Run) -> Vec<u16> {
    run.sends().into_iter().map(|(_, _, contact, _)| contact).collect()
}

fn accepted(wait: Span) -> SendOutcome {
    SendOutcome::Accepted { words: "201".into(), handle: None, wait }
}

fn arrived() -> Receipt {
    Receipt::Arrived { words: "shown".into(), last: true }
}

fn sent(run: &Run) -> (PageId, u32) {
    let (page, attempt, ..) = run.sends().into_iter().next().expect("something leaves");
    (page, attempt)
}

fn state(run: &Run) -> PageState {
    run.state.paging.pages().next().expect("a page").state.clone()
}

#[test]
fn ways_with_a_delay_join_in_until_somebody_has_it() {
    let (mut run, id) = dora(&["push", "after 2m sms", "after 5m voice"]);
    assert_eq!(leaving(&run), [0]);
    run.deliver().advance(secs(119));
    assert_eq!(leaving(&run), [0; 0]);
    run.advance(secs(1));
    assert_eq!(leaving(&run), [1]);
    run.deliver().advance(mins(2));
    assert_eq!(leaving(&run), [0; 0]);
    run.advance(MIN);
    assert_eq!(leaving(&run), [2]);
    run.deliver();
    assert!(matches!(state(&run), PageState::Delivered { contact: 0, .. }));
    run.advance(Span::from_hours(2)).then_paged([]);

    let (mut run, _) = dora(&["push", "after 2m sms", "after 5m voice"]);
    run.deliver().advance(mins(3)).deliver().ack("ana", id).advance(mins(10)).then_paged([]);
}

#[test]
fn a_plain_way_is_an_alternative_and_not_a_further_message() {
    let (mut run, _) = dora(&["push", "mail", "after 2m sms", "voice"]);
    run.deliver().advance(mins(2));
    assert_eq!(leaving(&run), [2], "mail was not needed");
    run.all_end(&SendOutcome::Permanent("no such number".into()));
    assert_eq!(leaving(&run), [3], "the call takes the message's place at once");
}

#[test]
fn a_failure_brings_the_next_way_forward() {
    let (mut run, _) = dora(&["push", "after 2m sms", "after 5m voice"]);
    run.all_end(&SendOutcome::Permanent("no device".into()));
    assert_eq!(leaving(&run), [1]);
    run.all_end(&SendOutcome::Ambiguous("no answer".into()));
    assert_eq!(leaving(&run), [2]);
    run.all_end(&SendOutcome::Ambiguous("no answer".into())).advance(MIN);
    assert_eq!(leaving(&run), [1], "it goes round until the person is reached");
}

#[test]
fn a_later_way_that_fails_takes_nothing_from_the_one_that_reached() {
    let (mut run, _) = dora(&["push", "after 2m sms"]);
    run.deliver().advance(mins(2)).all_end(&SendOutcome::Permanent("no such number".into()));
    assert!(matches!(state(&run), PageState::Delivered { contact: 0, .. }), "{:?}", state(&run));
    let failed = |e: &Event| matches!(e, Event::Paging(PagingEvent::Failed { .. }));
    assert!(!run.journal.iter().any(|(_, e)| failed(e)));
}

#[test]
fn the_next_step_cancelled_a_pending_call_me() {
    // Dora is told by both steps, and then as the fallback's superior and by a hand-over: her call comes at its time.
    let mut run = Run::with(|c| {
        c.people[2].contact = ways(&["mail:dora@example.org", "after 7m voice"]);
        c.policies[0].steps[0].notify = vec![crate::config::Target::Person(person_id("dora"))];
        c.policies[0].ack_timeout = mins(2);
        c.policies[0].steps[0].wait = Some(mins(2));
        c.policies[0].steps[1].wait = Some(mins(2));
        c.policies[0].resolve_deadline = None;
        c.server.fallback = vec![crate::config::Target::Person(person_id("dora"))];
    });
    run.fires(&[("alertname", "Down")]);
    let id = run.incident().opened.id;
    assert_eq!(leaving(&run), [0]);
    run.deliver().advance(mins(5));
    run.by("ana", Command::Incident(IncidentCommand::HandOver { incident: id, to: person_id("dora") })).expect("hers");
    assert_eq!(leaving(&run), [0], "the hand-over is told at once");
    run.deliver().advance(mins(2));
    assert_eq!(leaving(&run), [1], "seven minutes after the first page, not after the last");
}

#[test]
fn what_was_only_taken_is_not_delivered() {
    let (mut run, _) = dora(&["push", "mail:dora@example.org"]);
    run.all_end(&accepted(secs(30)));
    assert!(run.state.paging.pages().all(|p| p.is_owed() && p.reached.is_none()));
    run.advance(secs(29)).then_paged([]);
    run.advance(secs(1));
    assert_eq!(leaving(&run), [1], "no receipt: the next way");
    let missing = |e: &Event| matches!(e, Event::Paging(PagingEvent::Receipt { receipt: Receipt::Missing, .. }));
    assert_eq!(run.journal.iter().filter(|(_, e)| missing(e)).count(), 1, "how it ended is in the journal");
}

#[test]
fn a_receipt_ends_it() {
    let (mut run, _) = dora(&["push", "mail:dora@example.org", "after 2m sms"]);
    let (page, attempt) = sent(&run);
    let of = run.state.paging.page(page).expect("the page").dispatch(attempt);
    run.all_end(&accepted(secs(30))).receipt(of.clone(), arrived());
    run.advance(secs(100)).then_paged([]);
    run.advance(secs(20));
    assert_eq!(leaving(&run), [2], "the delayed way still joins in");
    run.deliver();
    let before = run.journal.len();
    run.receipt(of, arrived());
    assert_eq!(run.journal.len(), before, "the same receipt again says nothing new");
}

#[test]
fn a_receipt_that_says_no_brings_the_next_way() {
    let (mut run, _) = dora(&["voice", "mail:dora@example.org"]);
    let (page, attempt) = sent(&run);
    let of = run.state.paging.page(page).expect("the page").dispatch(attempt);
    run.all_end(&accepted(mins(2))).advance(secs(20));
    run.receipt(of, Receipt::Refused("a machine answered".into()));
    assert_eq!(leaving(&run), [1]);
}

#[test]
fn a_late_receipt_is_recorded_and_keeps_alternatives_back() {
    let (mut run, _) = dora(&["push", "mail:dora@example.org", "after 5m voice"]);
    let (page, attempt) = sent(&run);
    let of = run.state.paging.page(page).expect("the page").dispatch(attempt);
    run.all_end(&accepted(secs(30))).advance(secs(30));
    run.all_end(&SendOutcome::Transient("busy".into()));
    run.receipt(of, arrived());
    assert!(run.state.paging.pages().next().expect("a page").reached.is_some());
    run.advance(mins(4)).then_paged([]);
    run.advance(secs(30));
    assert_eq!(leaving(&run), [2]);
}

#[test]
fn a_late_receipt_sends_nothing_twice() {
    let (mut run, _) = dora(&["push", "after 2m sms", "after 5m voice"]);
    let (page, attempt) = sent(&run);
    let of = run.state.paging.page(page).expect("the page").dispatch(attempt);
    run.all_end(&accepted(secs(30))).advance(secs(30));
    assert_eq!(leaving(&run), [1]);
    run.deliver().receipt(of, arrived());
    run.advance(mins(4)).then_paged([]);
    run.advance(secs(30));
    assert_eq!(leaving(&run), [2]);
}

#[test]
fn a_receipt_after_the_acknowledgement_or_the_end_changes_nothing() {
    let (mut run, id) = dora(&["push", "mail:dora@example.org"]);
    let (page, attempt) = sent(&run);
    let of = run.state.paging.page(page).expect("the page").dispatch(attempt);
    run.all_end(&accepted(secs(30))).ack("dora", id).receipt(of.clone(), arrived());
    assert!(matches!(state(&run), PageState::Over { .. }));
    run.advance(MIN).then_paged([]);
    let resolve = IncidentCommand::Resolve { incident: id, note: String::new() };
    run.by("dora", Command::Incident(resolve)).expect("solved");
    run.receipt(of, arrived()).advance(MIN).then_paged([]);
}

#[test]
fn a_receipt_for_what_never_was_is_dropped() {
    let (mut run, _) = dora(&["push"]);
    let before = run.journal.len();
    for page in [PageId(1), PageId(99)] {
        let of = Dispatch::Page { page, attempt: 9, incident: IncidentId(77), person: person_id("dora") };
        run.receipt(of, arrived());
    }
    run.receipt(Dispatch::Test { test: 4, person: person_id("dora") }, arrived());
    assert_eq!(run.journal.len(), before);
}

#[test]
fn a_provider_is_asked_until_it_says_the_last_word_or_somebody_has_it() {
    let (mut run, id) = dora(&["pushover:abc"]);
    let (page, attempt) = sent(&run);
    let of = run.state.paging.page(page).expect("the page").dispatch(attempt);
    let handle = Some("r1".to_owned());
    run.all_end(&SendOutcome::Accepted { words: "queued".into(), handle, wait: secs(60) });
    let follow = Effect::Follow { of: of.clone(), handle: "r1".into() };
    let asked = |run: &Run| pending(&run.state).any(|e| e == follow);
    assert!(asked(&run));
    run.receipt(of, Receipt::Arrived { words: "on the phone".into(), last: false });
    assert!(asked(&run), "the acknowledgement may still come");
    run.ack("dora", id);
    assert!(!asked(&run));
}

#[test]
fn a_provider_that_asks_for_patience_is_left_alone() {
    let busy = |n| SendOutcome::Busy { words: "429".into(), retry_after: secs(n) };
    let (mut run, _) = dora(&["slack:#ops", "mail:dora@example.org"]);
    run.all_end(&busy(10)).advance(secs(9)).then_paged([]);
    run.advance(secs(1));
    assert_eq!(leaving(&run), [0], "a short wait is waited for");
    run.all_end(&busy(300));
    assert_eq!(leaving(&run), [1], "a long one is not");
    for _ in 0..4 {
        run.all_end(&SendOutcome::Transient("421".into())).advance(mins(1));
        assert!(!leaving(&run).contains(&0), "five minutes have not passed");
    }
    run.advance(mins(2));
    assert_eq!(leaving(&run), [0]);
    let (mut run, _) = dora(&["slack:#ops"]);
    run.all_end(&busy(40)).advance(secs(39)).then_paged([]);
    run.advance(secs(1)).then_paged(["dora"]);
}

#[test]
fn one_transient_database_error_marked_call_in_n_minutes_terminal_page_lost() {
    let (mut run, _) = dora(&["push", "after 5m voice"]);
    run.deliver().advance(mins(5));
    assert_eq!(leaving(&run), [1]);
    run.all_end(&SendOutcome::Transient("the database did not answer".into()));
    assert!(run.state.paging.pages().all(super::Page::is_owed), "the call is still owed");
    run.advance(secs(5));
    assert_eq!(leaving(&run), [1]);
}

#[test]
fn channel_unreachable_for_seconds_notice_lost() {
    let (mut run, _) = dora(&["mail:dora@example.org"]);
    for _ in 0..3 {
        run.all_end(&SendOutcome::Transient("no connection".into()));
        run.crash();
        run.folded = run.state.clone();
        run.advance(MIN);
        assert_eq!(leaving(&run), [0], "what was not delivered leaves again, after a crash too");
    }
    run.deliver().advance(mins(10)).then_paged([]);
}

#[test]
fn ack_did_not_stop_pages() {
    let (mut run, id) = dora(&["mail:dora@example.org", "after 3m sms"]);
    run.deliver().advance(mins(3));
    let sends: Vec<_> = pending(&run.state).collect();
    assert_eq!(sends.len(), 1);
    run.ack("dora", id);
    assert!(sends.iter().all(|e| !crate::engine::is_pending(&run.state, e)), "checked in the moment of sending");
}

#[test]
fn what_wakes_nobody_goes_by_quiet_ways() {
    let quiet = |c: &mut crate::config::Config| {
        c.people[2].contact = ways(&["voice", "sms"]);
        c.people[2].contact_low = ways(&["mail:dora@example.org"]);
        c.routes[0].urgency = Some(Urgency::Low);
    };
    let mut run = Run::with(quiet);
    run.fires(&[("alertname", "Slow"), ("team", "db")]);
    let id = run.incident().opened.id;
    run.configure(|c| c.people[2].contact.push("mail:dora@example.org".parse::<Way>().expect("a way")));
    run.by("ana", Command::Incident(IncidentCommand::HandOver { incident: id, to: person_id("dora") })).expect("hers");
    let channel = |run: &Run| {
        let sending = run.journal.iter().rev().find_map(|(_, e)| match e {
            Event::Paging(PagingEvent::Sending { channel, .. }) => Some(channel.clone()),
            _ => None,
        });
        sending.expect("a message leaves")
    };
    assert_eq!(channel(&run), "mail");
}

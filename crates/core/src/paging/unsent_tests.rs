//! Behaviour: a page that does not leave is told by others.

use noout_types::{Span, Way};

use super::SendOutcome;
use crate::engine::Command;
use crate::incident::IncidentCommand;
use crate::testing::Run;

fn transient() -> SendOutcome {
    SendOutcome::Transient("connection refused".into())
}

/// Two minutes, as is usual.
fn alarmed() -> Run {
    Run::with(|c| c.paging = crate::config::PagingRules::default())
}

fn down(run: &mut Run) {
    run.fires(&[("alertname", "Down"), ("severity", "critical")]);
}

/// The failure story: the consumer stopped after an upgrade, and notices left 155 000 late.
#[test]
fn consumer_stopped_after_an_upgrade_alarm_on_oldest_unsent() {
    let mut run = alarmed();
    down(&mut run);
    assert_eq!(run.paged(), ["ana", "bo"]);
    let began = run.now;
    // Nobody takes the messages away: no outcome ever comes.
    run.advance(Span::from_secs(119));
    assert_eq!(run.open().len(), 1);
    run.advance(Span::from_secs(1));
    let alarm = run.incident_of("paging/unsent").expect("the alarm");
    assert_eq!(alarm.at, Span::from_mins(2).after(began));
    assert_eq!(alarm.opened.title, "Pages to ana do not leave");
    assert_eq!(run.paged(), ["ana", "bo", "chief"], "the fallback is told of it");
    let oldest = run.state.paging.unsent().next().map(|(since, _)| since);
    assert_eq!(oldest, Some(began), "what is measured");
    // The worker is back: all leave, and the alarm is over by itself.
    run.deliver();
    assert!(run.incident_of("paging/unsent").is_none());
    assert_eq!(run.open().len(), 1);
}

#[test]
fn a_channel_that_takes_nothing_is_told_once_and_closed_by_hand_it_stays_closed() {
    let mut run = alarmed();
    down(&mut run);
    for _ in 0..30 {
        run.ends("ana", transient());
        run.all_end(&SendOutcome::Delivered("taken".into()));
        run.advance(Span::from_secs(60));
        if run.incident_of("paging/unsent").is_some() {
            break;
        }
    }
    let alarm = run.incident_of("paging/unsent").expect("the alarm").opened.id;
    let resolve = IncidentCommand::Resolve { incident: alarm, note: "her phone is broken".into() };
    run.by("chief", Command::Incident(resolve)).expect("resolved");
    run.all_end(&transient());
    run.advance(Span::from_mins(3));
    assert!(run.incident_of("paging/unsent").is_none(), "somebody knows");
}

#[test]
fn pages_that_wait_for_a_good_reason_are_not_stuck() {
    // Three in five minutes are enough for a person: the fourth waits for minutes, and that is no alarm.
    let mut run = Run::with(|c| {
        c.paging.unsent = Span::from_mins(2);
        c.paging.rate = 1;
        c.paging.window = Span::from_mins(30);
        c.policies.iter_mut().for_each(|p| p.ack_timeout = Span::from_hours(2));
        c.people[0].contact.push("after 10m mail:ana@example.net".parse::<Way>().expect("a way"));
    });
    for name in ["A", "B", "C"] {
        run.fires(&[("alertname", name), ("severity", "critical")]);
        run.deliver();
    }
    assert!(run.state.paging.owed().count() >= 2, "some wait");
    run.advance(Span::from_mins(25)).deliver();
    assert!(run.incident_of("paging/unsent").is_none());
    // Nor is one of which the provider says later whether it arrived.
    let mut run = alarmed();
    down(&mut run);
    let wait = Span::from_mins(5);
    run.all_end(&SendOutcome::Accepted { words: "queued".into(), handle: None, wait });
    run.advance(Span::from_mins(4));
    assert!(run.incident_of("paging/unsent").is_none());
    assert!(run.state.incidents.iter().all(|i| i.opened.policy.is_some()) && run.paged().is_empty());
}

#[test]
fn an_acknowledgement_ends_what_was_stuck() {
    let mut run = alarmed();
    down(&mut run);
    run.advance(Span::from_mins(2));
    let first = run.open()[0];
    run.ack("bo", first);
    assert!(run.incident_of("paging/unsent").is_none(), "nothing is to leave any more");
}

/// All phones answer "no such address": a lost virtual host, an expired token. That is no night without an alarm, and when
/// they work again everybody who is on call is paged.
#[test]
fn phones_that_refuse_for_good_are_an_alarm_and_are_tried_again() {
    let refused = SendOutcome::Permanent("404 Not Found".into());
    let mut run = alarmed();
    down(&mut run);
    let began = run.now;
    for _ in 0..20 {
        run.all_end(&refused);
    }
    run.advance(Span::from_mins(2));
    assert!(run.incident_of("paging/unsent").is_some(), "nobody was reached for two minutes");
    assert_eq!(run.state.paging.unsent().next().map(|(since, _)| since), Some(began));
    run.advance(Span::from_mins(2));
    assert!(run.state.stuck_page(run.now).is_some(), "and whoever watches from outside hears of it");
    for _ in 0..4 {
        run.all_end(&refused);
        run.advance(Span::from_mins(2));
    }
    // The phones work again.
    let mut paged = std::collections::BTreeSet::new();
    for _ in 0..6 {
        paged.extend(run.paged());
        run.deliver();
        run.advance(Span::from_mins(1));
    }
    assert!(["ana", "bo", "chief", "dora"].iter().all(|who| paged.contains(*who)), "{paged:?}");
    run.advance(Span::from_mins(10)).deliver();
    assert!(run.incident_of("paging/unsent").is_none(), "{:?}", run.state.paging.unsent().collect::<Vec<_>>());
}

#[test]
fn who_takes_it_ends_the_alarm_about_phones_that_refuse() {
    let mut run = alarmed();
    down(&mut run);
    run.ends("ana", SendOutcome::Permanent("404".into()));
    run.ends("ana", SendOutcome::Permanent("404".into()));
    run.deliver().advance(Span::from_mins(2));
    assert!(run.incident_of("paging/unsent").is_some());
    let first = run.open()[0];
    run.ack("bo", first);
    assert!(run.incident_of("paging/unsent").is_none());
}

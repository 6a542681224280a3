//! Whose alerts a source may speak of.

use noout_types::{SourceId, Span};

use super::{Ends, LOOPBACK, Posted};
use crate::Input;
use crate::testing::{Run, alert};

const DOWN: &[(&str, &str)] = &[("alertname", "InstanceDown"), ("instance", "web1")];

/// `prom` and `nas` each for itself, `one` and `two` a pair.
fn run() -> Run {
    Run::with(|c| {
        let text = "[[source]]\nid = 'prom'\nkey = 'env:A'\n[[source]]\nid = 'nas'\nkey = 'env:B'\n\
            [[source]]\nid = 'one'\nkey = 'env:C'\ngroup = 'ha'\n[[source]]\nid = 'two'\nkey = 'env:D'\ngroup = 'ha'\n";
        c.sources = toml::from_str::<crate::config::Config>(text).expect("sources").sources;
    })
}

fn says(run: &mut Run, source: &str, alerts: Vec<Posted>) {
    let source = SourceId::new(source).expect("an id");
    run.when(Input::Alerts { source, alerts }).expect("never refused");
}

fn fires(run: &mut Run, source: &str) {
    says(run, source, vec![alert(DOWN, Ends::WhenResolved)]);
}

fn ends(run: &mut Run, source: &str) {
    says(run, source, vec![alert(DOWN, Ends::Resolved(None))]);
}

/// Given an alert, when a source outside of its group says that the same labels are over, then it goes on.
#[test]
fn another_source_does_not_end_it() {
    for (owner, stranger) in [("prom", "nas"), ("one", "prom"), ("prom", "one"), (LOOPBACK, "nas")] {
        let mut run = run();
        fires(&mut run, owner);
        run.deliver();
        ends(&mut run, stranger);
        let end = Some(run.now);
        says(&mut run, stranger, vec![alert(DOWN, Ends::Resolved(end))]);
        let past = Span::from_mins(1).before(run.now);
        says(&mut run, stranger, vec![alert(DOWN, Ends::At(past))]);
        assert_eq!((run.open().len(), run.state.alerts.len()), (1, 1), "{stranger} of {owner}");
        ends(&mut run, owner);
        assert!(run.open().is_empty(), "{owner} ends its own");
    }
}

/// Given the same labels from two sources, then the incident is one, and stays open as long as one of them fires.
#[test]
fn the_same_labels_of_two_sources_are_two_alerts_of_one_incident() {
    for (first, second) in [("prom", "nas"), ("nas", "prom")] {
        let mut run = run();
        fires(&mut run, "prom");
        run.then_paged(["ana", "bo"]);
        fires(&mut run, "nas");
        run.then_paged([]);
        assert_eq!((run.open().len(), run.state.alerts.len()), (1, 2));
        // Each says so again, and is known by it.
        fires(&mut run, "nas");
        fires(&mut run, "prom");
        assert_eq!(run.state.alerts.len(), 2);
        ends(&mut run, first);
        assert_eq!((run.open().len(), run.state.alerts.len()), (1, 1), "{second} still fires");
        // What took second place keeps it, also when the first one is free.
        fires(&mut run, second);
        assert_eq!(run.state.alerts.len(), 1);
        ends(&mut run, second);
        assert!(run.open().is_empty());
    }
}

/// Given a short end of a stranger, then the owner's longer one counts.
#[test]
fn another_source_does_not_shorten_it() {
    let mut run = run();
    let (short, long) = (Span::from_mins(1).after(run.now), Span::from_hours(2).after(run.now));
    says(&mut run, "prom", vec![alert(DOWN, Ends::At(long))]);
    run.deliver();
    says(&mut run, "nas", vec![alert(DOWN, Ends::At(short))]);
    run.advance(Span::from_mins(30));
    assert_eq!((run.open().len(), run.state.alerts.len()), (1, 1));
}

/// Given an end that a stranger says in advance, then the beginning wakes people.
#[test]
fn another_source_s_end_swallows_no_beginning() {
    let mut run = run();
    ends(&mut run, "nas");
    fires(&mut run, "prom");
    run.then_paged(["ana", "bo"]);
    // Of one's own it is overtaken, as ever.
    let mut run = self::run();
    ends(&mut run, "one");
    fires(&mut run, "two");
    run.then_paged([]);
}

/// Given a pair in one group, then either goes on with what the other began, and ends it.
#[test]
fn sources_of_a_group_are_one() {
    let mut run = run();
    fires(&mut run, "one");
    run.deliver();
    fires(&mut run, "two");
    assert_eq!((run.incident().alerts_total, run.state.alerts.len()), (1, 1));
    ends(&mut run, "two");
    assert!(run.open().is_empty());
    // Also where a stranger was first.
    fires(&mut run, "prom");
    fires(&mut run, "one");
    fires(&mut run, "two");
    assert_eq!(run.state.alerts.len(), 2);
    ends(&mut run, "prom");
    ends(&mut run, "two");
    assert!(run.open().is_empty());
}

/// Given a source that got another name, then its alerts can still be ended.
#[test]
fn what_a_source_began_that_is_no_more_belongs_to_whoever_sends_it() {
    let mut run = run();
    fires(&mut run, "prom");
    run.configure(|c| c.sources[0].id = SourceId::new("prometheus").expect("an id"));
    fires(&mut run, "prometheus");
    assert_eq!(run.state.alerts.len(), 1);
    ends(&mut run, "prometheus");
    assert!(run.open().is_empty());
}

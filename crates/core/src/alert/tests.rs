//! Behaviour: given, when, then.

use noout_types::{Severity, Span, Urgency};

use super::{Ends, Posted, RESOLVE_TIMEOUT};
use crate::alert::AlertEvent;
use crate::engine::Command;
use crate::event::Event;
use crate::incident::IncidentCommand;
use crate::testing::{Run, alert};

const UP: &[(&str, &str)] = &[("alertname", "InstanceDown"), ("instance", "web1")];

fn resolved(labels: &[(&str, &str)]) -> Posted {
    alert(labels, Ends::Resolved(None))
}

#[test]
fn the_same_alert_again_is_the_same_episode() {
    let mut run = Run::new();
    run.fires(UP).then_paged(["ana", "bo"]);
    let records = run.journal.len();
    run.fires(UP).then_paged([]);
    assert_eq!(run.incident().alerts_total, 1);
    assert_eq!(run.journal.len(), records + 1, "a refresh is one record");
}

#[test]
fn a_label_more_is_another_alert_of_the_same_group() {
    let mut run = Run::new();
    run.fires(UP).deliver();
    run.fires(&[("alertname", "InstanceDown"), ("instance", "web2")]).then_paged([]);
    assert_eq!(run.incident().alerts_total, 2);
}

#[test]
fn another_alertname_is_another_incident() {
    let mut run = Run::new();
    run.fires(UP).fires(&[("alertname", "DiskFull")]);
    assert_eq!(run.open().len(), 2);
}

#[test]
fn a_route_groups_by_its_own_labels() {
    let mut run = Run::new();
    for instance in ["db1", "db2", "db2"] {
        run.fires(&[("alertname", "Down"), ("team", "db"), ("instance", instance)]);
    }
    assert_eq!(run.open().len(), 2);
    run.then_paged(["cleo", "cleo"]);
}

#[test]
fn no_route_goes_to_the_first_policy() {
    let mut run = Run::with(|c| c.routes.clear());
    run.fires(&[("whatever", "x")]).then_paged(["ana", "bo"]);
    assert_eq!(run.incident().opened.title, r#"{whatever="x"}"#);
}

#[test]
fn an_alert_ends_at_its_end_unless_it_is_sent_again() {
    let mut run = Run::new();
    let end = Span::from_mins(4).after(run.now);
    run.alerts(vec![alert(UP, Ends::At(end))]);
    run.advance(Span::from_mins(3));
    run.alerts(vec![alert(UP, Ends::At(Span::from_mins(4).after(run.now)))]);
    run.advance(Span::from_mins(3));
    assert_eq!(run.open().len(), 1, "it was sent again");
    run.advance(Span::from_mins(1));
    assert!(run.state.alerts.is_empty());
}

#[test]
fn an_alert_without_an_end_ends_by_timeout() {
    let mut run = Run::new();
    run.alerts(vec![alert(UP, Ends::Unknown)]);
    run.advance(Span::from_millis(RESOLVE_TIMEOUT.as_millis() - 1));
    assert_eq!(run.state.alerts.len(), 1);
    run.advance(Span::from_millis(1));
    assert!(run.state.alerts.is_empty());
}

#[test]
fn an_end_in_the_past_of_an_unknown_alert_opens_nothing() {
    let mut run = Run::new();
    let past = Span::from_mins(1).before(run.now);
    run.alerts(vec![alert(UP, Ends::At(past)), resolved(UP)]);
    assert!(run.open().is_empty());
}

#[test]
fn a_late_resolve_of_an_earlier_episode_closes_nothing_newer() {
    let mut run = Run::new();
    let (first, second) = (Span::from_hours(3).before(run.now), Span::from_hours(1).before(run.now));
    let of = |start, ends| Posted { starts_at: Some(start), ..alert(UP, ends) };
    run.alerts(vec![of(second, Ends::WhenResolved)]);
    run.alerts(vec![of(first, Ends::Resolved(Some(Span::from_hours(2).before(run.now))))]);
    run.alerts(vec![of(first, Ends::Resolved(None))]);
    assert_eq!(run.open().len(), 1);
    run.alerts(vec![of(second, Ends::Resolved(Some(run.now)))]);
    assert!(run.open().is_empty());
}

#[test]
fn a_newer_episode_whose_first_end_was_lost_is_not_closed_by_that_end() {
    let mut run = Run::new();
    let first = Span::from_hours(3).before(run.now);
    let of = |start, ends| Posted { starts_at: Some(start), ..alert(UP, ends) };
    run.alerts(vec![of(first, Ends::WhenResolved)]);
    let second = run.now;
    run.alerts(vec![of(second, Ends::WhenResolved)]);
    run.alerts(vec![of(first, Ends::Resolved(Some(Span::from_hours(1).before(second))))]);
    assert_eq!(run.open().len(), 1);
}

#[test]
fn of_two_sources_the_one_that_began_earlier_may_end_it() {
    let mut run = Run::new();
    let (one, two) = (Span::from_mins(10).before(run.now), Span::from_mins(9).before(run.now));
    let of = |start, ends| Posted { starts_at: Some(start), ..alert(UP, ends) };
    run.alerts(vec![of(one, Ends::WhenResolved), of(two, Ends::WhenResolved)]);
    run.alerts(vec![of(one, Ends::Resolved(Some(run.now)))]);
    assert!(run.open().is_empty());
}

#[test]
fn resolved_and_firing_in_one_body_fires() {
    for turned in [false, true] {
        let mut run = Run::new();
        run.fires(UP);
        let mut body = vec![resolved(UP), alert(UP, Ends::WhenResolved)];
        if turned {
            body.reverse();
        }
        run.alerts(body);
        assert_eq!(run.open().len(), 1);
    }
}

#[test]
fn up_and_backup_failed_are_two_things() {
    let mut run = Run::new();
    run.fires(&[("alertname", "backup_failed")]).fires(&[("alertname", "up")]);
    run.alerts(vec![resolved(&[("alertname", "up")])]);
    assert_eq!(run.incident().opened.title, "backup_failed");
}

#[test]
fn info_is_a_ticket_and_wakes_nobody() {
    let mut run = Run::new();
    run.fires(&[("alertname", "CertSoon"), ("severity", "info")]).then_paged([]);
    assert_eq!(run.incident().opened.urgency, Urgency::Low);
    run.advance(Span::from_hours(48)).then_paged([]);
}

#[test]
fn a_critical_alert_that_joins_a_ticket_wakes_people() {
    let mut run = Run::new();
    run.fires(&[("alertname", "Disk"), ("severity", "info")]).then_paged([]);
    run.fires(&[("alertname", "Disk"), ("severity", "critical")]).then_paged(["ana", "bo"]);
    let incident = run.incident();
    assert_eq!((incident.opened.severity, incident.opened.urgency), (Severity::Critical, Urgency::High));
    assert!(incident.deadline.is_some(), "superiors will be told");
    // The same in one body.
    let mut run = Run::new();
    let disk = |severity| alert(&[("alertname", "Disk"), ("severity", severity)], Ends::WhenResolved);
    run.alerts(vec![disk("info"), disk("critical")]).then_paged(["ana", "bo"]);
}

#[test]
fn a_worse_alert_is_not_covered_by_an_earlier_acknowledgement() {
    let mut run = Run::new();
    run.fires(&[("alertname", "Disk"), ("severity", "warning")]).deliver();
    let id = run.incident().opened.id;
    run.ack("ana", id);
    run.fires(&[("alertname", "Disk"), ("severity", "warning"), ("disk", "2")]).then_paged([]);
    run.fires(&[("alertname", "Disk"), ("severity", "critical")]).then_paged(["ana", "bo"]);
}

#[test]
fn a_second_dead_host_while_somebody_works_on_the_first_is_told() {
    let mut run = Run::new();
    run.fires(UP).deliver();
    let id = run.incident().opened.id;
    run.ack("ana", id);
    run.advance(Span::from_mins(20)).deliver();
    run.fires(&[("alertname", "InstanceDown"), ("instance", "web2")]).then_paged([]);
    run.advance(Span::from_mins(20)).deliver();
    run.fires(&[("alertname", "InstanceDown"), ("instance", "web3")]).then_paged(["ana", "bo"]);
}

#[test]
fn resolved_by_a_person_but_still_firing_comes_back() {
    let mut run = Run::new();
    // As Prometheus does: it says again and again what fires.
    let until = Span::from_hours(2).after(run.now);
    let says = || vec![alert(UP, Ends::At(until))];
    run.alerts(says()).deliver();
    let incident = run.incident().opened.id;
    let resolve = IncidentCommand::Resolve { incident, note: "restarted".into() };
    run.by("ana", Command::Incident(resolve)).expect("resolved");
    run.advance(Span::from_mins(1));
    run.alerts(says()).then_paged([]);
    run.advance(Span::from_mins(5));
    run.alerts(says()).then_paged(["ana", "bo"]);
    assert_ne!(run.incident().opened.id, incident);
}

#[test]
fn a_storm_in_one_group_is_one_page_for_each_person() {
    let mut run = Run::new();
    let names: Vec<String> = (0..10_000).map(|n| format!("web{n}")).collect();
    let storm = names.iter().map(|n| alert(&[("alertname", "Down"), ("instance", n)], Ends::WhenResolved));
    let events = run.journal.len();
    run.alerts(storm.collect()).then_paged(["ana", "bo"]);
    assert_eq!(run.incident().alerts_total, 10_000);
    assert!(run.journal.len() - events < 20, "a storm is few records");
    let ends = names.iter().map(|n| resolved(&[("alertname", "Down"), ("instance", n)]));
    run.alerts(ends.collect());
    assert!(run.open().is_empty());
}

#[test]
fn silence_ends_what_somebody_has_and_what_wakes_nobody() {
    let mut run = Run::new();
    run.alerts(vec![alert(&[("alertname", "Down")], Ends::Unknown)]);
    let incident = run.incident().opened.id;
    run.ack("ana", incident);
    run.advance(Span::from_mins(6));
    assert!(run.open().is_empty());
    run.alerts(vec![alert(&[("alertname", "Slow"), ("severity", "info")], Ends::Unknown)]);
    run.advance(Span::from_mins(6));
    assert!(run.open().is_empty());
}

#[test]
fn a_sender_that_posts_once_still_gets_its_escalation() {
    let mut run = Run::new();
    run.alerts(vec![alert(&[("alertname", "Down")], Ends::Unknown)]);
    run.then_paged(["ana", "bo"]).deliver();
    run.advance(Span::from_mins(5)).then_paged(["dora"]);
    assert!(run.incident().silent);
    // It fires again and is said to be over: that is an end.
    run.alerts(vec![alert(&[("alertname", "Down")], Ends::Unknown)]);
    run.alerts(vec![resolved(&[("alertname", "Down")])]);
    assert!(run.open().is_empty());
}

#[test]
fn ten_thousand_that_expire_at_once_are_all_consumed() {
    let mut run = Run::new();
    let names: Vec<String> = (0..3000).map(|n| format!("web{n}")).collect();
    let storm = names.iter().map(|n| alert(&[("alertname", "Down"), ("instance", n)], Ends::Unknown));
    run.alerts(storm.collect());
    run.stall(Span::from_hours(1));
    assert!(run.state.alerts.is_empty());
    // Nobody had it, and nobody said that it is over: silence is no end.
    assert!(run.incident().is_triggered() && run.incident().silent);
    let expired = |e: &&(_, Event)| matches!(e.1, Event::Alert(AlertEvent::Expired { .. }));
    assert_eq!(run.journal.iter().filter(expired).count(), 3);
}

fn keyed(key: &str, ends: Ends) -> Posted {
    Posted { key: Some(key.to_owned()), ..alert(&[("severity", "critical")], ends) }
}

#[test]
fn what_a_source_names_is_one_episode_whatever_its_labels_say() {
    let mut run = Run::new();
    run.alerts(vec![keyed("disk", Ends::WhenResolved)]).then_paged(["ana", "bo"]);
    let mut again = keyed("disk", Ends::WhenResolved);
    again.labels.insert("component", "db");
    run.alerts(vec![again]).then_paged([]);
    assert_eq!((run.incident().alerts_total, run.state.alerts.len()), (1, 1));
    let (_, known) = run.state.alerts.iter().next().expect("an alert");
    assert_eq!(known.labels.get("component"), "db", "what it says last counts");
    run.alerts(vec![Posted { labels: noout_types::Labels::default(), ..keyed("disk", Ends::Resolved(None)) }]);
    assert!(run.open().is_empty());
}

#[test]
fn dedup_never_crosses_episodes_nor_sources() {
    let mut run = Run::new();
    run.alerts(vec![keyed("disk", Ends::WhenResolved)]).deliver();
    run.advance(Span::from_mins(1));
    run.alerts(vec![keyed("disk", Ends::Resolved(None))]);
    run.advance(Span::from_mins(1));
    run.alerts(vec![keyed("disk", Ends::WhenResolved)]).then_paged(["ana", "bo"]);
    assert_eq!(run.incident().opened.id.0, 2, "another episode is another incident");
    let other = noout_types::SourceId::new("other").expect("an id");
    let alerts = vec![keyed("disk", Ends::Resolved(None))];
    run.when(crate::Input::Alerts { source: other, alerts }).expect("never refused");
    assert_eq!(run.open().len(), 1, "the same key of another source is something else");
}

#[test]
fn two_keys_are_two_incidents_unless_the_route_groups_by_more() {
    let mut run = Run::new();
    run.alerts(vec![keyed("a", Ends::WhenResolved), keyed("b", Ends::WhenResolved)]);
    assert_eq!(run.open().len(), 2);
    let mut run = Run::new();
    let of = |key: &str| {
        let mut alert = keyed(key, Ends::WhenResolved);
        alert.labels.insert("team", "db");
        alert.labels.insert("instance", "db1");
        alert
    };
    run.alerts(vec![of("a"), of("b")]);
    assert_eq!(run.open().len(), 1);
}

#[test]
fn a_named_alert_that_gets_worse_is_told_again() {
    let mut run = Run::new();
    let of = |severity: &str| {
        let mut alert = keyed("disk", Ends::WhenResolved);
        alert.labels.insert("severity", severity);
        alert
    };
    run.alerts(vec![of("warning")]).deliver();
    let id = run.incident().opened.id;
    run.ack("ana", id);
    run.alerts(vec![of("warning")]).then_paged([]);
    run.alerts(vec![of("critical")]);
    assert!(run.incident().is_triggered(), "an acknowledgement was given for what was known then");
    assert_eq!(run.incident().opened.severity, Severity::Critical);
}

#[test]
fn a_resolve_that_overtakes_its_trigger_pages_nobody() {
    let mut run = Run::new();
    run.alerts(vec![keyed("disk", Ends::Resolved(None))]);
    run.advance(Span::from_secs(5));
    run.alerts(vec![keyed("disk", Ends::WhenResolved)]).then_paged([]);
    assert!(run.open().is_empty());
    run.alerts(vec![keyed("disk", Ends::WhenResolved)]).then_paged(["ana", "bo"]);
}

#[test]
fn a_job_that_says_ok_each_minute_is_heard_when_it_fails() {
    let mut run = Run::new();
    run.alerts(vec![keyed("job", Ends::Resolved(None))]);
    run.advance(Span::from_mins(1));
    run.alerts(vec![keyed("job", Ends::WhenResolved)]).then_paged(["ana", "bo"]);
}

#[test]
fn the_source_s_own_times_tell_a_late_trigger_for_minutes() {
    let mut run = Run::new();
    let (begun, over) = (Span::from_mins(3).before(run.now), Span::from_mins(1).before(run.now));
    run.alerts(vec![keyed("disk", Ends::Resolved(Some(over)))]);
    run.advance(Span::from_mins(8));
    let late = Posted { starts_at: Some(begun), ..keyed("disk", Ends::WhenResolved) };
    run.alerts(vec![late.clone()]).then_paged([]);
    run.alerts(vec![late.clone()]).then_paged([]);
    let newer = Posted { starts_at: Some(run.now), ..late.clone() };
    run.alerts(vec![newer]).then_paged(["ana", "bo"]);
    let mut run = Run::new();
    run.alerts(vec![keyed("disk", Ends::Resolved(Some(over)))]);
    run.advance(Span::from_mins(11));
    run.alerts(vec![late]).then_paged(["ana", "bo"]);
}

#[test]
fn a_trigger_sent_twice_is_not_a_second_episode() {
    let mut run = Run::new();
    let begun = Span::from_mins(3).before(run.now);
    let trigger = Posted { starts_at: Some(begun), ..keyed("disk", Ends::WhenResolved) };
    run.alerts(vec![trigger.clone()]).deliver();
    run.alerts(vec![keyed("disk", Ends::Resolved(Some(run.now)))]);
    run.advance(Span::from_mins(2));
    run.alerts(vec![trigger]).then_paged([]);
}

#[test]
fn a_condition_that_comes_back_with_its_old_beginning_pages() {
    // Alertmanager lost sight of Prometheus, said "resolved", and sees it again: the same startsAt.
    let mut run = Run::new();
    let began = Span::from_hours(1).before(run.now);
    let of = |ends| Posted { starts_at: Some(began), ..alert(UP, ends) };
    run.alerts(vec![of(Ends::WhenResolved)]).deliver();
    run.alerts(vec![of(Ends::Resolved(Some(run.now)))]);
    run.advance(Span::from_mins(1));
    run.alerts(vec![of(Ends::WhenResolved)]).then_paged(["ana", "bo"]);
}

#[test]
fn what_is_sent_again_and_again_is_not_remembered_as_an_end_each_time() {
    let mut run = Run::new();
    let end = Ends::Resolved(Some(run.now));
    run.alerts(vec![keyed("disk", end)]);
    let records = run.journal.len();
    run.alerts(vec![keyed("disk", end)]);
    assert_eq!(run.journal.len(), records);
}

fn limited(rate: u32) -> Run {
    Run::with(|c| {
        c.sources = toml::from_str::<crate::config::Config>(&format!(
            "[[source]]\nid = \"prom\"\nkey = \"env:KEY\"\nrate = {rate}"
        ))
        .expect("a source")
        .sources;
    })
}

fn numbered(range: std::ops::Range<u32>) -> Vec<Posted> {
    range.map(|n| alert(&[("alertname", &format!("A{n}"))], Ends::WhenResolved)).collect()
}

#[test]
fn beyond_the_rate_of_a_source_alerts_stand_in_one_incident_and_none_is_lost() {
    let mut run = limited(3);
    run.alerts(numbered(0..1000));
    assert_eq!(run.state.alerts.len(), 1000, "what was accepted is there");
    assert_eq!(run.open().len(), 4);
    let overflow = run.incident_of("overflow/prom/").expect("one for the rest");
    assert_eq!((overflow.alerts.len(), overflow.alerts_total), (997, 997));
    expect_test::expect![[r#"
        en: prom opens more than 3 incidents a minute
            What prom sent beyond its rate stands in this incident, every alert of it. Among them: A3
        fr: prom ouvre plus de 3 incidents par minute
            Ce que prom a envoyé au-delà de son débit est dans cet incident, alerte par alerte. Parmi elles : A3
        de: prom öffnet mehr als 3 Vorfälle pro Minute
            Was prom über sein Maß hinaus schickte, steht in diesem Vorfall, jeder Alarm davon. Darunter: A3
    "#]]
    .assert_eq(&run.told("overflow/prom/"));
    // Each ends when its source says so, and the incident with the last.
    run.alerts(numbered(0..1000).into_iter().map(|a| Posted { ends: Ends::Resolved(None), ..a }).collect());
    assert!(run.open().is_empty() && run.state.alerts.is_empty());
}

#[test]
fn the_next_minute_has_room_again() {
    let mut run = limited(3);
    run.alerts(numbered(0..10));
    assert_eq!(run.open().len(), 4);
    run.advance(Span::from_mins(1));
    run.alerts(numbered(10..20));
    assert_eq!(run.open().len(), 7, "three more of their own, the rest joins");
    assert_eq!(run.incident_of("overflow/prom/").expect("one").alerts.len(), 14);
}

#[test]
fn an_alert_of_an_open_incident_joins_it_whatever_the_rate() {
    let mut run = limited(1);
    run.fires(UP);
    run.fires(&[("alertname", "InstanceDown"), ("instance", "web2")]);
    assert_eq!(run.incident().alerts_total, 2);
}

#[test]
fn a_thousand_alerts_of_one_incident_leave_room_for_another() {
    let mut run = limited(2);
    let up = |n: u32| alert(&[("alertname", "InstanceDown"), ("instance", &format!("web{n}"))], Ends::WhenResolved);
    run.alerts((0..1000).map(up).collect());
    run.alerts(vec![alert(&[("alertname", "DiskFull")], Ends::WhenResolved)]);
    assert_eq!(run.open().len(), 2);
    assert!(run.incident_of("overflow/prom/").is_none());
}

/// She took the overflow and slept on; five other things that broke minutes later stood in it, and nobody had heard of them.
#[test]
fn what_overflows_after_somebody_took_the_overflow_pages_again() {
    let mut run = limited(3);
    run.alerts(numbered(0..8)).deliver();
    let overflow = run.incident_of("overflow/prom/").expect("one for the rest").opened.id;
    run.ack("ana", overflow);
    run.advance(Span::from_secs(20)).alerts(numbered(8..10));
    assert!(run.state.incidents.get(overflow).expect("open").is_acked(), "she looks at it");
    run.advance(Span::from_mins(3)).alerts(numbered(10..18));
    assert!(run.state.incidents.get(overflow).expect("open").is_triggered());
    let told = run.told("overflow/prom/");
    assert!(told.contains("Among them: A13"), "what is new is named: {told}");
}

#[test]
fn each_policy_s_people_hear_of_their_own_overflow() {
    let mut run = limited(1);
    let db = |n: &str| alert(&[("alertname", "Disk"), ("team", "db"), ("instance", n)], Ends::WhenResolved);
    run.alerts(vec![alert(UP, Ends::WhenResolved), db("1"), db("2"), alert(&[("alertname", "B")], Ends::WhenResolved)]);
    let keys: Vec<_> = run.state.incidents.iter().map(|i| i.opened.key.clone()).collect();
    assert_eq!(keys, ["no-route/alertname=InstanceDown", "overflow/prom/db", "overflow/prom/ops"]);
}

/// Without a `[[source]]` programs on this machine are heard: theirs is the usual rate.
#[test]
fn who_needs_no_source_has_the_usual_rate() {
    let mut run = Run::new();
    run.alerts(numbered(0..1000));
    assert_eq!((run.state.alerts.len(), run.open().len()), (1000, 601));
}

#[test]
fn zero_is_no_limit() {
    let mut run = limited(0);
    run.alerts(numbered(0..700));
    assert_eq!(run.open().len(), 700);
}

fn source_acks(run: &mut Run, key: &str) {
    let ack = super::Acknowledgement { key: key.into(), who: "zoe".into(), text: "on it".into() };
    let source = noout_types::SourceId::new("prom").expect("an id");
    run.when(crate::Input::Acknowledged { source, acks: vec![ack] }).expect("never refused");
}

#[test]
fn an_acknowledgement_at_the_source_is_written_down_and_stops_pages_only_if_configured_so() {
    for stops in [false, true] {
        let mut run = limited(0);
        run.configure(|c| c.sources[0].acks = stops);
        run.alerts(vec![keyed("disk", Ends::WhenResolved)]).deliver();
        source_acks(&mut run, "other");
        assert!(run.incident().is_triggered());
        source_acks(&mut run, "disk");
        let written = |e: &Event| matches!(e, Event::Incident(crate::incident::IncidentEvent::AckedAtSource { .. }));
        assert!(run.journal.iter().any(|(_, e)| written(e)));
        assert_eq!(run.incident().is_acked(), stops);
        run.advance(Span::from_mins(5));
        let paged: &[&str] = if stops { &[] } else { &["dora"] };
        assert_eq!(run.paged(), paged);
    }
}

/// A source that says things once is not heard a second time by repeating itself: what it says after somebody closed the
/// incident is new.
#[test]
fn said_once_more_after_a_person_closed_it_opens_a_new_incident() {
    use crate::engine::Command;
    use crate::incident::IncidentCommand;
    let close = |run: &mut Run| {
        let incident = run.incident().opened.id;
        let resolve = IncidentCommand::Resolve { incident, note: "disk replaced".into() };
        run.by("ana", Command::Incident(resolve)).expect("closed");
        assert!(run.open().is_empty());
    };
    let mail = || vec![crate::testing::alert(&[("alertname", "Disk"), ("severity", "warning")], Ends::WhenResolved)];
    let mut run = Run::new();
    run.alerts(mail()).deliver();
    close(&mut run);
    run.advance(Span::from_secs(10)).alerts(mail());
    assert_eq!(run.open().len(), 1, "it came again");
    run.then_paged(["ana", "bo"]);
    // What began before the incident was closed is the episode that the person meant.
    let began = run.now;
    let told = |starts_at| {
        let mut alerts = mail();
        alerts.iter_mut().for_each(|a| a.starts_at = starts_at);
        alerts
    };
    close(&mut run);
    run.advance(Span::from_secs(10)).alerts(told(Some(began)));
    assert!(run.open().is_empty(), "the same episode");
}

#[test]
fn worse_after_a_person_closed_it_opens_a_new_incident_whoever_says_so() {
    use crate::engine::Command;
    use crate::incident::IncidentCommand;
    let says = |severity| vec![crate::testing::alert(&[("alertname", "Disk"), ("severity", severity)], Ends::Unknown)];
    let mut run = Run::new();
    run.configure(|c| c.routes.clear());
    let named = |severity| {
        let mut alerts = says(severity);
        alerts.iter_mut().for_each(|a| a.key = Some("k".into()));
        alerts
    };
    run.alerts(named("warning")).deliver();
    let incident = run.incident().opened.id;
    let resolve = IncidentCommand::Resolve { incident, note: "full of logs".into() };
    run.by("ana", Command::Incident(resolve)).expect("closed");
    run.advance(Span::from_secs(5)).alerts(named("warning"));
    assert!(run.open().is_empty(), "it only goes on");
    run.alerts(named("critical"));
    assert_eq!(run.open().len(), 1);
    run.then_paged(["ana", "bo"]);
}

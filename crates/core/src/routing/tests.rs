use noout_types::{IncidentId, Labels, Span, Timestamp};

use super::*;
use crate::alert::Ends;
use crate::engine::Command;
use crate::event::Event;
use crate::incident::IncidentCommand;
use crate::testing::{Run, alert};

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().copied().collect()
}

#[test]
fn a_label_set_goes_where_its_alert_would() {
    let run = Run::new();
    let asked = labels(&[("team", "db"), ("alertname", "Disk"), ("instance", "db1")]);
    let tested = test(&run.state, run.now, &asked);
    assert_eq!((tested.route.as_deref(), tested.policy.as_ref().map(|p| p.as_str())), (Some("databases"), Some("db")));
    assert_eq!(tested.group, [("alertname".into(), "Disk".into()), ("instance".into(), "db1".into())]);
    assert_eq!(tested.steps[0].people.len(), 1);
    let tested = test(&run.state, run.now, &labels(&[("severity", "info")]));
    assert_eq!((tested.route, tested.urgency), (None, Urgency::Low));
    assert_eq!(tested.steps.iter().map(|s| s.after).collect::<Vec<_>>(), [Span::default(), Span::from_mins(5)]);
    assert_eq!(tested.steps[0].people.len(), 2, "both on call");
}

/// The tester said "would route" for the labels that somebody typed; the real alerts carried others and went elsewhere.
#[test]
fn routing_tester_said_would_route_real_alerts_carried_other_labels() {
    let mut run = Run::new();
    run.fires(&[("alertname", "Disk"), ("team", "database"), ("instance", "db1")]);
    run.fires(&[("alertname", "Disk"), ("team", "db"), ("instance", "db2")]);
    run.fires(&[("alertname", "Other"), ("x", "y")]);
    let asked = labels(&[("alertname", "Disk"), ("team", "db")]);
    assert_eq!(test(&run.state, run.now, &asked).route.as_deref(), Some("databases"));
    let real: Vec<(Timestamp, &Labels)> = run.state.alerts.iter().map(|(_, a)| (a.received_at, &a.labels)).collect();
    let beside = beside(&run.state.config, &asked, real);
    assert_eq!(beside.exact, 1);
    let [near] = &beside.near[..] else { panic!("one is near: {beside:?}") };
    assert_eq!(near.route, None, "it goes elsewhere");
    assert_eq!(near.differs, [("team".to_owned(), "db".to_owned(), "database".to_owned())]);
}

/// The same story the other way round: it said that people are paged while a window muted the alert.
#[test]
fn the_tester_asks_what_holds_the_alert_back_too() {
    let mute = r#"[[mute]]
id = "backup"
match = 'alertname="BackupSlow"'
timezone = "UTC"
hours = "11:00-13:00"
author = "chief"
until = "2027-01-01T00:00:00Z""#;
    let run = Run::with(|c| c.mutes = toml::from_str::<crate::config::Config>(mute).expect("a mute").mutes);
    let muted = labels(&[("alertname", "BackupSlow"), ("severity", "critical")]);
    let held = test(&run.state, run.now, &muted).held.expect("it is noon");
    assert_eq!(held.author, "chief");
    assert_eq!(test(&run.state, Span::from_hours(2).after(run.now), &muted).held, None, "later it pages");
    assert_eq!(test(&run.state, run.now, &labels(&[("alertname", "Disk")])).held, None);
}

fn replayed(run: &Run, from: Timestamp, config: Option<crate::config::Config>) -> Replayed {
    let mut replay = Replay::new(config, from);
    run.journal.iter().for_each(|(at, event): &(Timestamp, Event)| replay.record(*at, event));
    replay.finish(run.now)
}

fn people(account: &Account) -> Vec<String> {
    account.per_person().iter().map(|(p, (all, night))| format!("{p} {all}/{night}")).collect()
}

/// Time goes on, and every message arrives.
fn goes_on(run: &mut Run, minutes: u64) {
    for _ in 0..minutes {
        run.advance(Span::from_mins(1)).deliver();
    }
}

/// A history in which two people were paged by night, the second step was taken, and a person of it took the incident.
fn history() -> (Run, Timestamp) {
    let mut run = Run::new();
    run.fires(&[("alertname", "Before")]).deliver();
    let before = run.incident().opened.id;
    run.ack("ana", before);
    goes_on(&mut run, 30);
    let from = run.now;
    goes_on(&mut run, 630);
    // At eleven in the evening.
    run.fires(&[("alertname", "Down"), ("instance", "web1")]).deliver();
    goes_on(&mut run, 6);
    let down = run.incident_of("no-route/alertname=Down").expect("open").opened.id;
    run.ack("dora", down);
    run.alerts(vec![alert(&[("alertname", "Disk"), ("team", "db")], Ends::WhenResolved)]).deliver();
    goes_on(&mut run, 2);
    run.alerts(vec![alert(&[("alertname", "Disk"), ("team", "db")], Ends::Resolved(None))]);
    goes_on(&mut run, 20);
    run.alerts(vec![alert(&[("alertname", "Down"), ("instance", "web1")], Ends::Resolved(None))]);
    (run, from)
}

#[test]
fn by_the_same_configuration_the_same_would_have_happened() {
    let (run, from) = history();
    let found = replayed(&run, from, None);
    assert_eq!(found.happened, found.would);
    assert_eq!(people(&found.would), ["ana 1/1", "bo 1/1", "cleo 1/1", "dora 1/1"]);
    assert_eq!(found.would.incidents.len(), 2, "what was open before is not counted");
}

#[test]
fn another_configuration_would_have_paged_others() {
    let (run, from) = history();
    let mut config = run.state.config.clone();
    config.routes[0].urgency = Some(Urgency::Low);
    config.policies[0].steps.remove(0);
    let found = replayed(&run, from, Some(config));
    assert_eq!(people(&found.happened), ["ana 1/1", "bo 1/1", "cleo 1/1", "dora 1/1"]);
    assert_eq!(people(&found.would), ["dora 1/1"]);
}

/// What a replay says must be true of history first, or nobody believes what it says of another configuration.
fn unexplained(found: &Replayed) -> Vec<String> {
    let key = |p: &PageTo| format!("{} {}", p.person, p.title);
    let count = |account: &Account| {
        let mut keys: Vec<_> =
            account.pages.iter().filter(|p| !found.because.contains_key(&p.title)).map(key).collect();
        keys.sort();
        keys
    };
    let (was, would) = (count(&found.happened), count(&found.would));
    if was == would { Vec::new() } else { vec![format!("was {was:?}"), format!("would {would:?}")] }
}

fn person(run: &mut Run, who: &str, command: IncidentCommand) {
    run.by(who, Command::Incident(command)).expect("allowed");
}

fn opened(run: &Run, name: &str) -> IncidentId {
    run.incident_of(&format!("no-route/alertname={name}")).expect("open").opened.id
}

#[test]
fn what_people_said_and_what_fell_silent_went_the_same_way() {
    let mut run = Run::with(|c| (c.policies[0].acks, c.policies[0].unack_after) = (1, Some(Span::from_mins(20))));
    goes_on(&mut run, 30);
    let from = run.now;
    // Passed on: the next one is asked at once.
    run.fires(&[("alertname", "Passed")]).deliver();
    let id = opened(&run, "Passed");
    person(&mut run, "ana", IncidentCommand::PassOn(id));
    person(&mut run, "bo", IncidentCommand::PassOn(id));
    goes_on(&mut run, 2);
    run.ack("dora", id);
    // Awake: the next step waits for once, and a second incident of the same machine spares the person.
    run.fires(&[("alertname", "Awake"), ("host", "db1")]).deliver();
    let id = opened(&run, "Awake");
    person(&mut run, "bo", IncidentCommand::Awake(id));
    run.fires(&[("alertname", "Again"), ("host", "db1")]);
    goes_on(&mut run, 7);
    run.ack("bo", id);
    // Handed over, and taken by the other one; a note keeps it for longer than the time in which it would lapse.
    run.fires(&[("alertname", "Handed")]).deliver();
    let id = opened(&run, "Handed");
    person(&mut run, "ana", IncidentCommand::HandOver { incident: id, to: crate::testing::person_id("cleo") });
    goes_on(&mut run, 1);
    run.ack("cleo", id);
    goes_on(&mut run, 15);
    person(&mut run, "cleo", IncidentCommand::Note { incident: id, text: "at it".into() });
    goes_on(&mut run, 15);
    // It fell silent while nobody had it, and a person closed it afterwards, with no alert left in it.
    let ends = Ends::At(Span::from_mins(4).after(run.now));
    run.alerts(vec![alert(&[("alertname", "Silent")], ends)]);
    goes_on(&mut run, 6);
    let id = opened(&run, "Silent");
    assert!(run.state.incidents.get(id).is_some_and(|i| i.alerts.is_empty() && i.silent));
    person(&mut run, "ana", IncidentCommand::Resolve { incident: id, note: String::new() });
    goes_on(&mut run, 40);
    let found = replayed(&run, from, None);
    assert!(found.happened.pages.len() > 10, "much happened: {:?}", people(&found.happened));
    assert_eq!(unexplained(&found), Vec::<String>::new());
    assert!(found.because.is_empty());
}

#[test]
fn what_no_replay_repeats_is_told_as_that() {
    let mut run = Run::new();
    goes_on(&mut run, 30);
    let from = run.now;
    run.fires(&[("alertname", "Lost")]);
    run.all_end(&crate::paging::SendOutcome::Permanent("no such user".into()));
    goes_on(&mut run, 90);
    run.fires(&[("alertname", "Fine")]).deliver();
    goes_on(&mut run, 20);
    let found = replayed(&run, from, None);
    assert_eq!(found.because, [("Lost".to_owned(), Because::Undelivered)].into());
    assert_eq!(unexplained(&found), Vec::<String>::new());
}

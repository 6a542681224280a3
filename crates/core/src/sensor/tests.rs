//! Behaviour: given, when, then.

use expect_test::expect;
use noout_detect::SensorState::{self, Bad, Missing, Ok as Good};
use noout_detect::intermittent::Key;
use noout_types::{Severity, Span, Urgency};

use crate::actor::Actor;
use crate::config::Bmc;
use crate::engine::Command;
use crate::maintenance::Phase;
use crate::platform::{SensorKind, SensorPoll};
use crate::testing::{Run, fans, host_id};

/// A host with so many fans of which six are needed; `FAN1` says this.
fn poll(run: &Run, count: usize, first: SensorState) -> SensorPoll {
    let names: Vec<String> = (1..=count).map(|n| format!("FAN{n}")).collect();
    let states = names.iter().enumerate().map(|(n, name)| (name.as_str(), if n == 0 { first } else { Good }));
    let mut poll = fans("pve1", run.now, &states.collect::<Vec<_>>());
    poll.needed.insert(SensorKind::Fan, 6);
    poll
}

/// `FAN1` drops out for a minute, six hours later.
fn drop_out(run: &mut Run, count: usize) {
    run.poll(poll(run, count, Good));
    run.advance(Span::from_hours(6));
    run.poll(poll(run, count, Missing));
}

/// It does so until something is found of it.
fn flap(run: &mut Run, count: usize) {
    for dropouts in 1..=5 {
        drop_out(run, count);
        if run.incident_of("sensor/").is_some() {
            assert!(dropouts > 2, "one or two dropouts are no finding");
            return;
        }
        run.advance(Span::from_mins(1));
    }
    panic!("five dropouts in a day and a half are a finding");
}

fn key() -> Key {
    Key { host: host_id("pve1"), sensor: "FAN1".parse().expect("an id") }
}

#[test]
fn a_fan_that_comes_and_goes_is_a_ticket() {
    let mut run = Run::new();
    flap(&mut run, 8);
    let incident = run.incident();
    assert_eq!(incident.opened.key, "sensor/pve1/FAN1");
    assert_eq!((incident.opened.severity, incident.opened.urgency), (Severity::Warning, Urgency::Low));
    run.then_paged([]);
    assert_eq!(run.state.maintenances.all().count(), 0, "nothing is drafted for a ticket");
}

#[test]
fn with_nothing_to_spare_it_wakes_people() {
    let mut run = Run::new();
    flap(&mut run, 7);
    assert!(run.incident().opened.text.contains("nothing is left to spare"));
    run.then_paged(["ana", "bo"]);
}

#[test]
fn whoever_is_woken_reads_it_in_their_language() {
    let mut run = Run::new();
    flap(&mut run, 7);
    expect![[r#"
        en: pve1: FAN1 drops out again and again
            FAN1 of pve1 dropped out 4 times in 18 h 3 min; a sensor of this model drops out about once in 90 days. Without it nothing is left to spare: the next failure hurts.
        fr: pve1 : FAN1 décroche sans cesse
            FAN1 de pve1 a décroché 4 fois en 18 h 3 min ; un capteur de ce modèle décroche environ une fois en 90 jours. Sans lui, plus aucune réserve : la prochaine panne fera mal.
        de: pve1: FAN1 fällt immer wieder aus
            FAN1 von pve1 fiel 4-mal in 18 h 3 min aus; ein Sensor dieses Modells fällt etwa einmal in 90 Tagen aus. Ohne ihn ist keine Reserve mehr da: Der nächste Ausfall tut weh.
    "#]]
    .assert_eq(&run.told("sensor/"));
}

#[test]
fn it_is_found_once_and_never_clears_itself() {
    let mut run = Run::new();
    flap(&mut run, 8);
    for _ in 0..5 {
        run.advance(Span::from_mins(1));
        drop_out(&mut run, 8);
    }
    run.advance(Span::from_hours(24 * 300));
    run.poll(poll(&run, 8, Good));
    assert_eq!(run.open().len(), 1);
    assert!(run.state.sensors.fleet.finding(&key()).is_some());
    let clear = Command::ClearFinding { key: key(), part_replaced: false };
    assert!(run.by("vera", clear.clone()).is_err());
    run.by("cleo", clear.clone()).expect("cleared");
    assert!(run.state.sensors.fleet.finding(&key()).is_none());
    assert!(run.by("cleo", clear).is_err(), "there is no finding any more");
}

#[test]
fn a_short_poll_is_neither_healthy_nor_a_finding() {
    let mut run = Run::new();
    flap(&mut run, 8);
    let mut silent = poll(&run, 8, Good);
    silent.readings = Err("timeout".into());
    run.poll(silent);
    assert!(run.state.sensors.fleet.finding(&key()).is_some());
    let bmc = run.state.sensors.fleet.sensors_of(&host_id("pve1")).find(|(s, ..)| s.as_str() == "BMC");
    assert_eq!(bmc.map(|(_, state, _)| state), Some(Missing));
}

#[test]
fn polls_that_change_nothing_are_not_kept() {
    let mut run = Run::new();
    run.poll(poll(&run, 8, Good));
    let records = run.journal.len();
    for _ in 0..10 {
        run.advance(Span::from_secs(30));
        run.poll(poll(&run, 8, Good));
    }
    assert_eq!(run.journal.len(), records);
}

#[test]
fn fewer_fans_than_needed_wake_people_at_once() {
    let mut run = Run::new();
    run.poll(poll(&run, 6, Good));
    run.advance(Span::from_secs(30));
    run.poll(poll(&run, 6, Bad));
    assert_eq!(run.incident().opened.title, "pve1: too few fans work");
    run.then_paged(["ana", "bo"]);
}

#[test]
fn a_fan_that_is_no_longer_listed_is_missing() {
    let all = ["FAN1", "FAN2", "FAN3", "FAN4"];
    let listed = |run: &Run, n: usize| {
        let states: Vec<_> = all[..n].iter().map(|f| (*f, Good)).collect();
        fans("pve1", run.now, &states)
    };
    let mut run = Run::new();
    run.poll(listed(&run, 4));
    run.advance(Span::from_secs(30));
    run.poll(listed(&run, 3));
    assert_eq!(run.state.sensors.spare[&host_id("pve1")][&SensorKind::Fan], 0);
    run.advance(Span::from_secs(30));
    run.poll(listed(&run, 2));
    run.then_paged(["ana", "bo"]);
}

#[test]
fn a_thin_finding_drafts_a_maintenance_that_two_people_must_want() {
    let bmc = |platform: &str| -> Bmc {
        let text = "host = 'pve1'\nkind = 'redfish'\naddress = 'https://bmc.example'\n";
        toml::from_str(&format!("{text}platform = '{platform}'")).expect("a BMC")
    };
    let mut run = Run::with(|c| c.bmcs.push(bmc("lab")));
    flap(&mut run, 7);
    run.then_paged(["ana", "bo"]);
    let incident = run.incident_of("sensor/").expect("an incident");
    assert_eq!(incident.maintenance, Some(run.maintenance().id));
    assert_eq!(run.maintenance().requested_by, Actor::Noout);
    assert_eq!(run.maintenance().incident, Some(incident.opened.id));
    run.play(Span::from_mins(3));
    assert_eq!(run.maintenance().phase, Phase::Drafted);
    assert!(run.cluster.acts.is_empty(), "a draft does nothing");

    let mut run = Run::with(|c| c.bmcs.extend([bmc("lab"), bmc("other")]));
    flap(&mut run, 7);
    assert_eq!(run.state.maintenances.all().count(), 0, "two platforms claim the host");
}

#[test]
fn whoever_asked_the_bmc_may_know_the_platform() {
    let mut run = Run::new();
    run.poll(poll(&run, 7, Good));
    for _ in 0..5 {
        run.advance(Span::from_hours(6));
        for state in [Missing, Good] {
            run.advance(Span::from_mins(1));
            let mut poll = poll(&run, 7, state);
            poll.platform = Some("lab".parse().expect("an id"));
            run.poll(poll);
        }
    }
    assert_eq!(run.maintenance().host, host_id("pve1"));
}

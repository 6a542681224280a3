//! Behaviour: given, when, then.

mod clock;

use noout_types::{HeartbeatId, Severity, Span, Timestamp};

use super::{Missing, Ping, Signal, Standing};
use crate::config::Heartbeat;
use crate::engine::Input;
use crate::event::Event;
use crate::heartbeat::HeartbeatEvent;
use crate::testing::Run;

fn beat(id: &str, schedule: &str, grace: Span) -> Heartbeat {
    Heartbeat {
        id: HeartbeatId::new(id).expect("an id"),
        uuid: None,
        schedule: schedule.parse().expect("a rhythm"),
        timezone: None,
        grace,
        max_run: None,
        severity: Severity::Warning,
        labels: [("team", "ops")].into_iter().collect(),
        runbook: None,
        paused: false,
    }
}

fn backup() -> Heartbeat {
    beat("backup", "every 1h", Span::from_mins(10))
}

fn watching(beat: Heartbeat) -> Run {
    Run::with(|c| c.heartbeats.push(beat))
}

fn ping(run: &mut Run, signal: Signal) -> Vec<Event> {
    ping_of(run, signal, None, "")
}

fn ping_of(run: &mut Run, signal: Signal, of: Option<&str>, body: &str) -> Vec<Event> {
    let id = HeartbeatId::new("backup").expect("an id");
    let ping = Ping { id, signal, run: of.map(str::to_owned), body: body.to_owned() };
    run.when(Input::Pinged(ping)).expect("it is watched")
}

fn standing(run: &Run) -> Standing {
    let id = HeartbeatId::new("backup").expect("an id");
    run.state.heartbeats.get(&id).expect("it is watched").standing(run.now)
}

#[test]
fn as_long_as_it_comes_in_time_nobody_hears_of_it() {
    let mut run = watching(backup());
    assert_eq!(standing(&run), Standing::New);
    for _ in 0..5 {
        ping(&mut run, Signal::Success);
        assert_eq!(standing(&run), Standing::Up);
        run.advance(Span::from_mins(65));
        assert_eq!(standing(&run), Standing::Late);
    }
    run.then_paged([]);
    assert!(run.open().is_empty());
}

#[test]
fn one_that_is_missed_is_an_alert_like_any_other_and_the_next_success_resolves_it() {
    let mut run = watching(backup());
    ping(&mut run, Signal::Success);
    run.advance(Span::from_mins(70)).then_paged(["ana", "bo"]);
    assert_eq!(standing(&run), Standing::Down);
    expect_test::expect![[r#"
        en: backup: no sign of life; it was due at 2026-02-02 13:00 UTC
            Expected: every 1h. Last heard of at 2026-02-02 12:00 UTC.
        fr: backup : aucun signe de vie, attendu à 2026-02-02 13:00 UTC
            Attendu : every 1h. Dernier signe de vie à 2026-02-02 12:00 UTC.
        de: backup: kein Lebenszeichen, fällig war es um 2026-02-02 13:00 UTC
            Erwartet: every 1h. Zuletzt gehört um 2026-02-02 12:00 UTC.
    "#]]
    .assert_eq(&run.told("no-route"));
    let (_, alert) = run.state.alerts.iter().next().expect("an alert");
    assert_eq!((alert.labels.get("heartbeat"), alert.labels.get("team")), ("backup", "ops"));
    ping(&mut run, Signal::Success);
    assert!(run.open().is_empty() && run.state.alerts.is_empty());
    assert_eq!(standing(&run), Standing::Up);
}

#[test]
fn one_that_was_never_heard_of_alarms_after_its_first_due_and_grace_from_when_it_was_named() {
    let mut run = watching(backup());
    run.advance(Span::from_mins(69)).then_paged([]);
    run.advance(Span::from_mins(1)).then_paged(["ana", "bo"]);
    assert!(run.incident().opened.title.starts_with("backup: never heard of"), "{}", run.incident().opened.title);
}

#[test]
fn two_that_are_missed_are_two_incidents() {
    let mut run = Run::with(|c| c.heartbeats = vec![backup(), beat("sync", "every 1h", Span::from_mins(10))]);
    run.advance(Span::from_mins(70));
    assert_eq!(run.open().len(), 2);
}

#[test]
fn a_failure_alarms_at_once_and_with_its_code() {
    let mut run = watching(backup());
    ping_of(&mut run, Signal::of_exit(3), None, "rsync: no space left");
    run.then_paged(["ana", "bo"]);
    assert_eq!(run.incident().opened.title, "backup says that it failed (exit code 3)");
    let (_, alert) = run.state.alerts.iter().next().expect("an alert");
    assert_eq!(alert.annotations.get("log"), Some("rsync: no space left"));
    ping(&mut run, Signal::Start);
    assert_eq!(standing(&run), Standing::Down, "that it tries again mends nothing");
    ping(&mut run, Signal::of_exit(0));
    assert!(run.open().is_empty());
}

#[test]
fn a_run_that_does_not_end_alarms() {
    let mut run = watching(Heartbeat { max_run: Some(Span::from_mins(30)), ..backup() });
    ping(&mut run, Signal::Success);
    run.advance(Span::from_mins(59));
    ping_of(&mut run, Signal::Start, Some("r1"), "");
    run.advance(Span::from_mins(29)).then_paged([]);
    assert_eq!(standing(&run), Standing::Running, "it runs, and so is not late");
    run.advance(Span::from_mins(1)).then_paged(["ana", "bo"]);
    assert_eq!(run.incident().opened.title, "backup runs for longer than 30 min");
    run.advance(Span::from_mins(10));
    ping_of(&mut run, Signal::Success, Some("r1"), "");
    assert!(run.open().is_empty());
    let id = HeartbeatId::new("backup").expect("an id");
    assert_eq!(run.state.heartbeats.get(&id).and_then(|b| b.took), Some(Span::from_mins(40)));
}

#[test]
fn the_end_of_another_run_is_not_the_end_of_this_one() {
    let mut run = watching(Heartbeat { max_run: Some(Span::from_mins(30)), ..backup() });
    ping_of(&mut run, Signal::Start, Some("r2"), "");
    ping_of(&mut run, Signal::Success, Some("r1"), "");
    let id = HeartbeatId::new("backup").expect("an id");
    assert!(run.state.heartbeats.get(&id).expect("watched").running.is_some());
}

#[test]
fn words_alone_are_no_sign_of_life() {
    let mut run = watching(backup());
    run.advance(Span::from_mins(60));
    ping_of(&mut run, Signal::Log, None, "still copying");
    run.advance(Span::from_mins(10)).then_paged(["ana", "bo"]);
}

#[test]
fn a_paused_one_never_alarms_and_pausing_ends_its_alarm() {
    let mut run = watching(Heartbeat { paused: true, ..backup() });
    ping(&mut run, Signal::of_exit(1));
    run.advance(Span::from_hours(48)).then_paged([]);
    assert_eq!(standing(&run), Standing::Paused);
    run.configure(|c| c.heartbeats[0].paused = false);
    run.advance(Span::from_mins(69)).then_paged([]);
    run.advance(Span::from_mins(1)).then_paged(["ana", "bo"]);
    run.configure(|c| c.heartbeats[0].paused = true);
    assert!(run.open().is_empty());
}

#[test]
fn one_that_is_taken_out_of_the_configuration_ends_its_alarm() {
    let mut run = watching(backup());
    run.advance(Span::from_mins(70));
    assert_eq!(run.open().len(), 1);
    run.configure(|c| c.heartbeats.clear());
    assert!(run.open().is_empty() && run.state.heartbeats.iter().next().is_none());
    run.advance(Span::from_hours(24)).then_paged([]);
}

#[test]
fn other_rules_count_from_when_they_hold() {
    let mut run = watching(beat("backup", "every 1d", Span::from_mins(10)));
    ping(&mut run, Signal::Success);
    run.advance(Span::from_hours(5));
    run.configure(|c| c.heartbeats[0].schedule = "every 10m".parse().expect("a rhythm"));
    run.then_paged([]);
    run.advance(Span::from_mins(20)).then_paged(["ana", "bo"]);
}

#[test]
fn a_configuration_that_says_the_same_changes_nothing() {
    let mut run = watching(backup());
    ping(&mut run, Signal::Success);
    run.advance(Span::from_mins(30));
    run.configure(|c| c.server.name = "another".into());
    run.advance(Span::from_mins(40)).then_paged(["ana", "bo"]);
}

#[test]
fn who_closes_the_incident_does_not_mend_the_job() {
    let mut run = watching(backup());
    run.advance(Span::from_mins(70)).then_paged(["ana", "bo"]);
    let incident = run.incident().opened.id;
    let note = crate::incident::IncidentCommand::Resolve { incident, note: "looked".into() };
    run.by("ana", crate::engine::Command::Incident(note)).expect("a resolve");
    run.advance(Span::from_mins(59)).then_paged([]);
    run.advance(Span::from_mins(2)).then_paged(["ana", "bo"]);
}

#[test]
fn what_nobody_could_hear_while_noout_was_away_gets_its_grace_once_more_and_only_once() {
    let mut run = watching(backup());
    ping(&mut run, Signal::Success);
    run.now = Span::from_hours(3).after(run.now);
    run.when(Input::Started).expect("a start");
    run.then_paged([]);
    run.now = Span::from_mins(9).after(run.now);
    run.when(Input::Started).expect("a start");
    run.advance(Span::from_mins(1)).then_paged(["ana", "bo"]);
}

#[test]
fn a_stall_without_a_restart_looks_at_what_is_missing_now() {
    let mut run = watching(backup());
    ping(&mut run, Signal::Success);
    run.stall(Span::from_hours(30)).then_paged(["ana", "bo"]);
    let missed = run.journal.iter().filter(|(_, e)| matches!(e, Event::Heartbeat(HeartbeatEvent::Missed { .. })));
    assert_eq!(missed.count(), 1, "one look, not a backlog");
}

#[test]
fn a_crash_forgets_nothing() {
    let mut run = watching(backup());
    ping_of(&mut run, Signal::Start, Some("r1"), "");
    run.crash();
    run.advance(Span::from_mins(10)).then_paged(["ana", "bo"]);
    let id = HeartbeatId::new("backup").expect("an id");
    let down = run.state.heartbeats.get(&id).and_then(|b| b.down).expect("down");
    assert_eq!(down.1, Missing::Long { allowed: Span::from_mins(10) });
}

#[test]
fn a_long_log_is_cut() {
    let mut run = watching(backup());
    ping_of(&mut run, Signal::Log, None, &"é".repeat(10_000));
    let id = HeartbeatId::new("backup").expect("an id");
    assert_eq!(run.state.heartbeats.get(&id).expect("watched").body.len(), 10_000);
}

#[test]
fn a_ping_for_nobody_is_refused() {
    let mut run = Run::new();
    let id = HeartbeatId::new("backup").expect("an id");
    let ping = Ping { id, signal: Signal::Success, run: None, body: String::new() };
    assert!(run.when(Input::Pinged(ping)).is_err());
}

#[test]
fn a_clock_that_is_a_little_ahead_is_not_a_day_early() {
    let mut run = watching(beat("backup", "0 13 * * *", Span::from_mins(10)));
    run.now = "2026-02-02T12:59:50Z".parse::<Timestamp>().expect("an instant");
    ping(&mut run, Signal::Success);
    run.advance(Span::from_hours(23)).then_paged([]);
    run.advance(Span::from_mins(71)).then_paged(["ana", "bo"]);
}

//! Behaviour: given, when, then.

use noout_types::{DecisionId, IncidentId, RequestId, Span, Timestamp};

use super::{About, Choice, Decision, MeetingCommand, Question, participants, sitting};
use crate::config::{Config, Role, Team};
use crate::engine::Command;
use crate::event::Event;
use crate::memo::MemoEvent;
use crate::projection::project;
use crate::refusal::Refusal;
use crate::testing::{Run, person_id};

const FIRST: DecisionId = DecisionId(1);

fn question(title: &str) -> Question {
    Question { title: title.into(), ..Question::default() }
}

fn act(run: &mut Run, by: &str, command: MeetingCommand) -> Result<Vec<Event>, Refusal> {
    run.by(by, Command::Meeting(command))
}

fn raise(run: &mut Run, by: &str, question: Question) -> Result<Vec<Event>, Refusal> {
    act(run, by, MeetingCommand::Raise(Box::new(question)))
}

fn voice(run: &mut Run, by: &str, choice: Choice, words: &str) -> Result<Vec<Event>, Refusal> {
    act(run, by, MeetingCommand::Voice { id: FIRST, choice, words: words.into() })
}

fn close(run: &mut Run, by: &str) -> Result<Vec<Event>, Refusal> {
    let (decided, why) = ("we do it".into(), "two for it, none against".into());
    act(run, by, MeetingCommand::Close { id: FIRST, decided, why })
}

fn first(run: &Run) -> &Decision {
    run.state.decisions.get(FIRST).expect("the first decision")
}

fn written_to(events: &[Event]) -> Vec<String> {
    let to = |event: &Event| match event {
        Event::Memo(MemoEvent::Written { memo }) => Some(memo.person.to_string()),
        _ => None,
    };
    events.iter().filter_map(to).collect()
}

#[test]
fn everybodys_voice_is_recorded_and_so_is_who_said_nothing() {
    let mut run = Run::new();
    let told = raise(&mut run, "ana", question("Ceph 20 in March?")).expect("raised");
    assert_eq!(written_to(&told), ["bo", "chief", "cleo", "dora"], "everybody who works here is asked, but for vera");
    voice(&mut run, "ana", Choice::For, "").expect("said");
    voice(&mut run, "bo", Choice::Against, "not before the audit").expect("said");
    voice(&mut run, "bo", Choice::For, "after the audit").expect("changed");
    assert!(voice(&mut run, "bo", Choice::For, "after the audit").expect("the same").is_empty());
    voice(&mut run, "cleo", Choice::Abstain, "").expect("said");
    assert_eq!((first(&run).count(Choice::For), first(&run).count(Choice::Against)), (2, 0));
    let told = close(&mut run, "ana").expect("closed");
    assert_eq!(written_to(&told), ["bo", "chief", "cleo", "dora"]);
    let silent: Vec<_> = first(&run).silent().map(ToString::to_string).collect();
    assert_eq!(silent, ["chief", "dora"]);
    let closed = first(&run).closed.as_ref().expect("it is closed");
    assert_eq!((closed.decided.as_str(), closed.why.as_str()), ("we do it", "two for it, none against"));
    let late = voice(&mut run, "dora", Choice::Against, "").expect_err("it is closed");
    assert!(matches!(late, Refusal::Conflict { .. }), "{late}");
    assert!(matches!(close(&mut run, "bo"), Err(Refusal::Conflict { .. })), "once");
    for text in ["CEPH", "audit", "none against"] {
        assert!(first(&run).mentions(text), "{text}");
    }
    assert!(!first(&run).mentions("kubernetes"));
}

#[test]
fn time_alone_decides_nothing() {
    let mut run = Run::new();
    let until = Some(Span::from_hours(48).after(run.now));
    raise(&mut run, "ana", Question { until, ..question("a new rack?") }).expect("raised");
    run.advance(Span::from_hours(72));
    assert!(first(&run).is_late(run.now) && first(&run).closed.is_none());
    voice(&mut run, "dora", Choice::For, "").expect("still heard");
}

#[test]
fn of_options_one_is_chosen_by_its_number() {
    let mut run = Run::new();
    let options = vec!["Monday".to_owned(), "Friday".to_owned()];
    raise(&mut run, "ana", Question { options, ..question("which day?") }).expect("raised");
    voice(&mut run, "bo", Choice::Option(2), "").expect("said");
    for wrong in [Choice::For, Choice::Option(3)] {
        let refused = voice(&mut run, "dora", wrong, "");
        assert!(matches!(refused, Err(Refusal::Invalid { field: "choice", .. })), "{refused:?}");
    }
    for options in [vec!["one".to_owned()], vec!["x".to_owned(), "x".to_owned()], vec!["a".to_owned(); 11]] {
        let refused = raise(&mut run, "ana", Question { options, ..question("x") });
        assert!(matches!(refused, Err(Refusal::Invalid { field: "options", .. })), "{refused:?}");
    }
}

#[test]
fn a_viewer_who_was_not_asked_has_no_voice_and_one_of_the_team_has() {
    let mut run = Run::new();
    raise(&mut run, "ana", question("x")).expect("raised");
    assert!(matches!(voice(&mut run, "vera", Choice::For, ""), Err(Refusal::Forbidden { .. })));
    assert!(matches!(raise(&mut run, "vera", question("y")), Err(Refusal::Forbidden { .. })));
    assert!(matches!(close(&mut run, "vera"), Err(Refusal::Forbidden { .. })));
    let mut run = Run::with(|c| {
        c.teams = vec![Team { id: "all".parse().expect("an id"), people: vec![person_id("vera"), person_id("ana")] }];
        c.meeting.team = Some("all".parse().expect("an id"));
    });
    raise(&mut run, "ana", question("x")).expect("raised");
    voice(&mut run, "vera", Choice::Against, "we pay for it").expect("she was asked");
    voice(&mut run, "dora", Choice::For, "").expect("not asked, but she works here");
    let silent: Vec<_> = first(&run).silent().map(ToString::to_string).collect();
    assert_eq!(silent, ["ana"]);
}

#[test]
fn a_decision_about_an_incident_or_a_request_is_told_there() {
    let mut run = Run::new();
    for about in [About::Incident(IncidentId(1)), About::Request(RequestId(1))] {
        let unknown = raise(&mut run, "ana", Question { about: Some(about), ..question("x") });
        assert!(matches!(unknown, Err(Refusal::Unknown { .. })), "{unknown:?}");
    }
    run.fires(&[("alertname", "Down"), ("severity", "critical")]);
    let about = Some(About::Incident(run.incident().opened.id));
    raise(&mut run, "ana", Question { about, ..question("fail over?") }).expect("raised");
    let (at, event) = run.journal.iter().rfind(|(_, e)| matches!(e, Event::Meeting(_))).expect("an event");
    let (rows, documents) = project(&run.state, *at, event);
    let subjects: Vec<_> = rows.iter().map(|r| r.subject.as_str()).collect();
    assert_eq!(subjects, ["decision/1", "incident/1"]);
    assert!(documents.iter().any(|d| d.kind == "decision" && d.open));
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn vienna() -> Config {
    let text = "[server]\ntimezone = \"Europe/Vienna\"\n[meeting]\nweekday = \"we\"\ntime = \"09:30\"\n";
    toml::from_str(text).expect("a configuration")
}

#[test]
fn the_meeting_is_at_the_same_hour_of_the_wall_clock_when_clocks_change() {
    let winter = sitting(&vienna(), at("2026-03-24T12:00:00Z"));
    assert_eq!((winter.at, winter.since), (at("2026-03-25T08:30:00Z"), at("2026-03-18T08:30:00Z")));
    let summer = sitting(&vienna(), at("2026-03-30T12:00:00Z"));
    assert_eq!((summer.at, summer.since), (at("2026-04-01T07:30:00Z"), at("2026-03-25T08:30:00Z")), "an hour shorter");
}

#[test]
fn while_it_lasts_the_agenda_is_that_of_the_meeting_that_goes_on() {
    let during = sitting(&vienna(), at("2026-04-01T09:00:00Z"));
    assert_eq!(during.at, at("2026-04-01T07:30:00Z"));
    assert_eq!(sitting(&vienna(), at("2026-04-01T12:00:00Z")).at, at("2026-04-08T07:30:00Z"), "then the next one");
}

#[test]
fn without_any_configuration_it_is_on_monday_at_ten_and_for_everybody_who_works() {
    let run = Run::new();
    let next = sitting(&run.state.config, run.now);
    assert_eq!(next.at, at("2026-02-02T10:00:00Z"), "this Monday's, at noon still");
    assert_eq!(next.timezone, "UTC");
    let people: Vec<_> = participants(&run.state.config).iter().map(ToString::to_string).collect();
    assert_eq!(people, ["ana", "bo", "chief", "cleo", "dora"]);
    let run = Run::with(|c| c.meeting.schedule = Some("ops".parse().expect("an id")));
    assert_eq!(participants(&run.state.config).len(), 2, "the people of the schedule");
    assert!(run.state.config.people.iter().any(|p| p.role < Role::Responder));
}

//! Behaviour: given, when, then.

use noout_types::Span;

use crate::config::Role;
use crate::engine::Command;
use crate::event::{DecodeError, Event};
use crate::refusal::Refusal;
use crate::testing::{Run, person_id};

#[test]
fn only_admins_apply_configuration() {
    let mut run = Run::new();
    let apply = |run: &Run| Command::ApplyConfig {
        text: String::new(),
        config: Box::new(run.state.config.clone()),
        force: false,
    };
    let command = apply(&run);
    assert!(matches!(run.by("ana", command.clone()), Err(Refusal::Forbidden { needed: Role::Admin, .. })));
    run.by("chief", command).expect("applied");
    assert_eq!(run.state.config_version, 2);
}

#[test]
fn a_changed_role_or_password_ends_sessions() {
    let mut run = Run::new();
    let generation = |run: &Run| run.state.session_generation.get(&person_id("ana")).copied().unwrap_or(0);
    let set = |person: &str| Command::SetPassword { person: person_id(person), hash: "$argon2id$x".into() };
    run.by("ana", set("ana")).expect("one's own");
    assert_eq!(generation(&run), 1);
    assert!(run.by("ana", set("bo")).is_err());
    run.configure(|c| c.people[0].role = Role::Viewer);
    assert_eq!(generation(&run), 2);
    run.configure(|c| c.people.retain(|p| p.id.as_str() != "ana"));
    assert_eq!(generation(&run), 3);
    assert!(!run.state.passwords.contains_key(&person_id("ana")), "a person who is gone has no password");
}

#[test]
fn a_configuration_that_leaves_nobody_is_refused_unless_it_is_meant() {
    let mut run = Run::new();
    let with = |config: crate::config::Config, force| Command::ApplyConfig {
        text: String::new(),
        config: Box::new(config),
        force,
    };
    let of = |change: fn(&mut crate::config::Config)| {
        let mut config = run.state.config.clone();
        change(&mut config);
        config
    };
    let nobody = of(|c| c.people.clear());
    let no_admin = of(|c| c.people.retain(|p| p.role != Role::Admin));
    let without_me = of(|c| {
        c.people[0].role = Role::Admin;
        c.people.retain(|p| p.id.as_str() != "chief");
    });
    for (config, words) in [(&nobody, "names no people"), (&no_admin, "the role admin"), (&without_me, "have chief")] {
        let refused = run.by("chief", with(config.clone(), false)).expect_err("it would leave nobody");
        assert!(refused.to_string().contains(words), "{refused}");
    }
    assert_eq!(run.state.config_version, 1);
    run.by("chief", with(without_me, true)).expect("it is meant");
    assert_eq!(run.state.config_version, 2);
}

#[test]
fn a_session_that_was_ended_is_remembered_until_it_would_have_ended() {
    let mut run = Run::new();
    let until = |run: &Run, days: u64| Span::from_hours(24 * days).after(run.now);
    let end = |session: &str, until| Command::EndSession { person: person_id("ana"), session: session.into(), until };
    let (short, long) = (until(&run, 1), until(&run, 14));
    assert!(run.by("bo", end("s1", short)).is_err(), "another's");
    run.by("ana", end("s1", short)).expect("one's own");
    let records = run.journal.len();
    run.by("ana", end("s1", short)).expect("once more");
    assert_eq!(run.journal.len(), records, "nothing new");
    run.advance(Span::from_hours(48));
    run.by("ana", end("s2", long)).expect("one's own");
    assert_eq!(run.state.ended_sessions.keys().collect::<Vec<_>>(), ["s2"]);
}

#[test]
fn only_admins_invite() {
    let mut run = Run::new();
    let invite = |person: &str| Command::Invite { person: person_id(person) };
    assert!(matches!(run.by("ana", invite("ana")), Err(Refusal::Forbidden { needed: Role::Admin, .. })));
    assert!(matches!(run.by("chief", invite("nobody")), Err(Refusal::Unknown { .. })));
    run.by("chief", invite("ana")).expect("an invitation");
}

#[test]
fn an_override_must_make_sense() {
    let mut run = Run::new();
    let over = |run: &Run, person: &str, hours: u64| Command::AddOverride {
        schedule: "ops".parse().expect("an id"),
        rotation: Some("primary".into()),
        replaces: None,
        person: person_id(person),
        start: run.now,
        end: Span::from_hours(hours).after(run.now),
    };
    let (nobody, empty, good) = (over(&run, "nobody", 1), over(&run, "cleo", 0), over(&run, "cleo", 1));
    assert!(matches!(run.by("ana", nobody), Err(Refusal::Unknown { what: "person", .. })));
    assert!(matches!(run.by("ana", empty), Err(Refusal::Conflict { .. })));
    assert!(matches!(run.by("vera", good.clone()), Err(Refusal::Forbidden { .. })));
    run.by("ana", good).expect("an override");
    assert!(run.state.on_call(&"ops".parse().expect("an id"), run.now).contains(&person_id("cleo")));
    assert!(matches!(run.by("ana", Command::RemoveOverride(7)), Err(Refusal::Unknown { .. })));
}

#[test]
fn stop_is_said_once_and_pages_go_on() {
    let mut run = Run::new();
    run.by("cleo", Command::Stop { why: "storm".into() }).expect("stopped");
    let records = run.journal.len();
    run.by("ana", Command::Stop { why: "me too".into() }).expect("is stopped");
    assert_eq!(run.journal.len(), records);
    run.fires(&[("alertname", "Down")]).then_paged(["ana", "bo"]);
}

#[test]
fn an_event_of_a_newer_binary_is_refused_and_garbage_too() {
    assert!(matches!(Event::decode(r#"{"v":99,"e":{"new":1}}"#), Err(DecodeError::Newer { found: 99 })));
    assert!(matches!(Event::decode(r#"{"v":1,"e":{"new":1}}"#), Err(DecodeError::Garbled(_))));
    assert!(matches!(Event::decode("nothing"), Err(DecodeError::Garbled(_))));
}

#[test]
fn a_refused_command_changes_nothing() {
    let mut run = Run::new();
    let before = run.state.clone();
    run.by("vera", Command::Stop { why: "no".into() }).expect_err("a viewer");
    assert_eq!(run.state, before);
}

/// Given what cannot be read back, when it was decided from the input itself, then nothing happened; when it follows from what
/// was applied already, then that is said, for the state is ahead.
#[test]
fn what_cannot_be_read_back_is_not_applied() {
    use crate::Input;
    use crate::alert::{Ends, Posted};
    use crate::engine::{Unstepped, step_sealed};
    let before = Run::new();
    let seal = |bad: &'static str| {
        move |event: &Event| if event.kind() == bad { Err(bad) } else { Ok((event.clone(), event.kind())) }
    };
    let alerts = || {
        let labels = [("alertname", "Down")].into_iter().collect();
        let source = "prom".parse().expect("an id");
        Input::Alerts { source, alerts: vec![Posted::new(labels, Ends::WhenResolved)] }
    };
    let mut state = before.state.clone();
    let mut written = Vec::new();
    // The incident is decided from the input first, the alert with it.
    let refused = step_sealed(&mut state, before.now, alerts(), seal("alert"), |_, _, kind| written.push(kind));
    assert_eq!((refused, written.len()), (Err(Unstepped::Unreadable("alert")), 0));
    assert!(state == before.state, "not even what was good of it");
    let refused = step_sealed(&mut state, before.now, alerts(), seal("paging"), |_, _, kind| written.push(kind));
    assert_eq!(refused, Err(Unstepped::Halfway("paging")));
    let mut state = before.state.clone();
    let mut written = Vec::new();
    step_sealed(&mut state, before.now, alerts(), seal("none"), |_, _, kind| written.push(kind)).expect("a step");
    let mut plain = before.state.clone();
    let events = crate::step(&mut plain, before.now, alerts()).expect("a step");
    assert!(state == plain && written == events.iter().map(Event::kind).collect::<Vec<_>>());
}

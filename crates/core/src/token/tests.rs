use noout_types::TokenId;

use super::TokenCommand;
use crate::actor::Actor;
use crate::config::Role;
use crate::engine::{Command, Input};
use crate::incident::IncidentCommand;
use crate::testing::Run;

fn name(text: &str) -> TokenId {
    text.parse().expect("an id")
}

fn add(text: &str, role: Role) -> Command {
    Command::Token(TokenCommand::Add { name: name(text), role, digest: format!("digest of {text}") })
}

#[test]
fn a_token_is_made_by_an_administrator_and_may_what_its_role_may() {
    let mut run = Run::new();
    assert!(run.by("ana", add("grafana", Role::Viewer)).is_err(), "not an administrator");
    assert!(run.by("chief", add("grafana", Role::Admin)).expect_err("too much").to_string().contains("responder"));
    run.by("chief", add("grafana", Role::Viewer)).expect("made");
    run.by("chief", add("bot", Role::Responder)).expect("made");
    assert!(run.by("chief", add("bot", Role::Viewer)).is_err(), "another one of the name");
    assert_eq!(run.state.token("digest of bot"), Some(&name("bot")));
    assert_eq!(run.state.token("digest of nothing"), None);
    run.fires(&[("alertname", "Down")]).deliver();
    let id = run.incident().opened.id;
    let mut note = |token: &str| {
        let command = Command::Incident(IncidentCommand::Note { incident: id, text: "seen".into() });
        run.when(Input::Command { by: Actor::Token(name(token)), command })
    };
    assert!(note("grafana").expect_err("reads only").to_string().contains("role"));
    assert!(note("nobody").is_err());
    note("bot").expect("it may");
    let ack = Command::Incident(IncidentCommand::Ack(id));
    let ack = run.when(Input::Command { by: Actor::Token(name("bot")), command: ack });
    assert!(ack.expect_err("no program takes it").to_string().contains("a person who takes it"));
    run.by("chief", Command::Token(TokenCommand::Revoke(name("bot")))).expect("revoked");
    assert_eq!(run.state.token("digest of bot"), None);
    assert!(run.by("chief", Command::Token(TokenCommand::Revoke(name("bot")))).is_err());
}

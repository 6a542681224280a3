//! Each way to a page, and the sentence that it comes with.

use noout_core::alert::{Ends, Posted};
use noout_core::config::parse;
use noout_core::engine::{Effect, pending_sends};
use noout_core::incident::IncidentCommand;
use noout_core::paging::SendOutcome;
use noout_core::{Actor, Command, Input, State, next_deadline, step};
use noout_notify::render::Reason;
use noout_types::{PersonId, Span, Timestamp};

const TEAM: &str = r#"
[server]
fallback = ["person:eva"]
[drill]
enabled = false
[[person]]
id = "ana"
name = "Ana Ruiz"
contact = ["webhook:https://a.example/a"]
[[person]]
id = "bo"
contact = ["webhook:https://a.example/b"]
[[person]]
id = "eva"
role = "admin"
contact = ["webhook:https://a.example/e"]
[[schedule]]
id = "ops"
timezone = "UTC"
coverage = 1
[[schedule.rotation]]
name = "one"
people = ["ana"]
start = "2026-01-05T09:00"
[[policy]]
id = "ops"
ack_timeout = "5m"
rounds = 1
[[policy.step]]
notify = ["schedule:ops"]
[[policy.step]]
notify = ["person:bo"]
[[policy]]
id = "named"
rounds = 1
[[policy.step]]
notify = ["person:bo"]
[[policy]]
id = "nobody"
rounds = 1
[[policy.step]]
notify = ["superiors"]
[[policy.step]]
notify = ["person:bo"]
[[policy]]
id = "none"
rounds = 1
[[policy.step]]
notify = ["superiors"]
[[route]]
match = 'to="named"'
policy = "named"
[[route]]
match = 'to="nobody"'
policy = "nobody"
[[route]]
match = 'to="none"'
policy = "none"
"#;

struct Run {
    state: State,
    now: Timestamp,
}

fn person(id: &str) -> PersonId {
    id.parse().expect("an id")
}

impl Run {
    fn new() -> Self {
        let config = parse(TEAM).expect("the team's file");
        let mut run = Self { state: State::new(), now: "2026-02-02T12:00:00Z".parse().expect("an instant") };
        let command = Command::ApplyConfig { text: TEAM.into(), config: Box::new(config), force: true };
        run.input(Input::Command { by: Actor::Local, command });
        run
    }

    fn input(&mut self, input: Input) {
        step(&mut self.state, self.now, input).expect("it is taken");
    }

    fn fires(&mut self, to: &str) {
        let labels = [("alertname", "Down"), ("to", to)].into_iter().collect();
        let source = "prom".parse().expect("an id");
        self.input(Input::Alerts { source, alerts: vec![Posted::new(labels, Ends::WhenResolved)] });
    }

    /// The messages that leave now and why, all delivered.
    fn told(&mut self) -> Vec<(String, Reason)> {
        let mut told = Vec::new();
        loop {
            let mut sends = pending_sends(&self.state);
            let Some(Effect::Send { page, attempt, .. }) = sends.find(|e| matches!(e, Effect::Send { .. })) else {
                return told;
            };
            drop(sends);
            let found = self.state.paging.page(page).expect("a page");
            let incident = self.state.incidents.get(found.incident).expect("open");
            told.push((found.person.to_string(), super::of(&self.state, found, incident)));
            self.input(Input::Sent { page, attempt, outcome: SendOutcome::Delivered("taken".into()) });
        }
    }

    fn goes_on(&mut self, minutes: u64) {
        let until = Span::from_mins(minutes).after(self.now);
        while let Some(due) = next_deadline(&self.state).filter(|due| *due <= until) {
            self.now = due;
            self.input(Input::Tick);
        }
        self.now = until;
    }
}

#[test]
fn a_step_after_the_other_and_then_the_fallback() {
    let mut run = Run::new();
    run.fires("ops");
    assert_eq!(run.told(), [("ana".to_owned(), Reason::OnCall)]);
    run.goes_on(5);
    let five = Span::from_mins(5);
    assert_eq!(run.told(), [("bo".to_owned(), Reason::Escalated { after: five })]);
    run.goes_on(5);
    assert_eq!(run.told(), [("eva".to_owned(), Reason::Fallback { after: Some(Span::from_mins(10)) })]);
}

/// "Nobody acknowledged within 0 s, so you are next": she had passed it on a second before.
#[test]
fn whoever_is_next_because_somebody_passed_it_on_hears_so() {
    let mut run = Run::new();
    run.fires("ops");
    run.told();
    run.goes_on(1);
    let id = run.state.incidents.iter().next().expect("open").opened.id;
    let command = Command::Incident(IncidentCommand::PassOn(id));
    run.input(Input::Command { by: Actor::Person(person("ana")), command });
    assert_eq!(run.told(), [("bo".to_owned(), Reason::PassedOn { by: "Ana Ruiz".into() })]);
}

#[test]
fn steps_that_name_nobody_are_not_called_silence() {
    for (to, who, reason) in [
        ("named", "bo", Reason::First),
        ("nobody", "bo", Reason::Skipped),
        ("none", "eva", Reason::Fallback { after: None }),
    ] {
        let mut run = Run::new();
        run.fires(to);
        assert_eq!(run.told(), [(who.to_owned(), reason)], "{to}");
    }
}

#[test]
fn noouts_own_alarms_say_what_they_are() {
    let mut run = Run::new();
    let mut config = run.state.config.clone();
    config.people.retain(|p| p.id.as_str() != "ana");
    let command = Command::ApplyConfig { text: String::new(), config: Box::new(config), force: true };
    run.input(Input::Command { by: Actor::Local, command });
    assert_eq!(run.told(), [("eva".to_owned(), Reason::Coverage)]);
}

//! Each check can fail. That the product never makes it fail is the simulator's to show.

use noout_types::{IncidentId, PageId, PersonId, Timestamp};

use super::{Audit, check};
use crate::engine::{Command, Input, State, step};
use crate::event::Event;
use crate::incident::IncidentCommand;
use crate::paging::{PagingEvent, SendOutcome};
use crate::{Actor, config};

const AT: Timestamp = Timestamp::constant(1_700_000_000, 0);

const TEAM: &str = r#"
[[person]]
id = "ana"
contact = ["ntfy:https://ntfy.example.org/ana"]
[[policy]]
id = "ops"
[[policy.step]]
notify = ["person:ana"]
"#;

fn open_incident() -> (State, Vec<Event>) {
    let mut state = State::new();
    let config = config::parse(TEAM).expect("a configuration");
    let apply = Command::ApplyConfig { text: TEAM.into(), config: Box::new(config), force: true };
    let open = IncidentCommand::Open {
        title: "a fan".into(),
        text: String::new(),
        severity: noout_types::Severity::Critical,
        policy: None,
    };
    let mut events = Vec::new();
    for command in [apply, Command::Incident(open)] {
        let input = Input::Command { by: Actor::Local, command };
        events.extend(step(&mut state, AT, input).expect("an administrator may"));
    }
    (state, events)
}

fn sent(state: &mut State, outcome: SendOutcome) -> Vec<Event> {
    step(state, AT, Input::Sent { page: PageId(1), attempt: 1, outcome }).expect("outcomes are never refused")
}

#[test]
fn a_settled_state_holds_and_one_that_time_has_left_behind_does_not() {
    let (state, _) = open_incident();
    assert_eq!(check(&state, AT), Ok(()));
    let later = noout_types::Span::from_mins(6).after(AT);
    let broken = check(&state, later).expect_err("the next step was due after five minutes");
    assert_eq!(broken.invariant, 2, "{broken}");
}

#[test]
fn a_step_that_names_somebody_gives_a_page() {
    let (state, events) = open_incident();
    let mut audit = Audit::new();
    for event in &events {
        audit.record(&state, AT, event).expect("all is well");
    }
    assert_eq!(audit.settled(&state), Ok(()));
    let people = vec![PersonId::new("eva").expect("an id")];
    let event = Event::Paging(PagingEvent::Escalated {
        incident: IncidentId(1),
        round: 1,
        step: 2,
        people,
        skipped: Vec::new(),
        turn: None,
        next_at: AT,
    });
    audit.record(&state, AT, &event).expect("it shows at the end of the commit");
    assert_eq!(audit.settled(&state).map_err(|b| b.invariant), Err(2));
}

#[test]
fn an_unknown_outcome_is_not_delivered() {
    let (mut state, mut events) = open_incident();
    events.extend(sent(&mut state, SendOutcome::Ambiguous("a timeout".into())));
    let mut audit = Audit::new();
    let mut after = State::new();
    for event in &events {
        crate::apply(&mut after, AT, event);
        audit.record(&after, AT, event).expect("the core takes it for what it is");
    }

    let (mut state, events) = open_incident();
    let mut audit = Audit::new();
    for event in &events {
        audit.record(&state, AT, event).expect("all is well");
    }
    let delivered = sent(&mut state, SendOutcome::Delivered("250".into()));
    let Some(Event::Paging(PagingEvent::Attempted { page, incident, person, attempt, next, .. })) = delivered.first()
    else {
        panic!("an outcome is journaled: {delivered:?}")
    };
    let lie = Event::Paging(PagingEvent::Attempted {
        page: *page,
        incident: *incident,
        person: person.clone(),
        attempt: *attempt,
        outcome: SendOutcome::Ambiguous("a timeout".into()),
        next: *next,
    });
    assert_eq!(audit.record(&state, AT, &lie).map_err(|b| b.invariant), Err(7));
}

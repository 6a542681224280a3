//! Behaviour: given, when, then.

use noout_types::{MaintenanceId, RequestId, Span};

use super::letters::MAX_TOLD;
use super::{Ask, Asker, MAX_OPEN_OF_SOURCE, MAX_TITLE_CHARS, Pressure, Request, RequestCommand, Status};
use crate::actor::Actor;
use crate::config::{Source, SourceKind};
use crate::engine::{Command, Input};
use crate::event::Event;
use crate::maintenance::MaintenanceCommand;
use crate::memo::MemoEvent;
use crate::projection::project;
use crate::refusal::Refusal;
use crate::testing::{Run, host_id, person_id};

const FIRST: RequestId = RequestId(1);

fn mins(n: u64) -> Span {
    Span::from_mins(n)
}

fn wanted(title: &str) -> Ask {
    let from = Asker { name: "Nora".into(), team: "Billing".into(), mail: "nora@example.org".into(), person: None };
    Ask { title: title.into(), from, ..Ask::default() }
}

fn ask(run: &mut Run, by: &str, ask: Ask) -> Result<Vec<Event>, Refusal> {
    run.by(by, Command::Request(RequestCommand::Ask(Box::new(ask))))
}

fn act(run: &mut Run, by: &str, command: RequestCommand) -> Result<Vec<Event>, Refusal> {
    run.by(by, Command::Request(command))
}

fn first(run: &Run) -> &Request {
    run.state.requests.get(FIRST).expect("the first request")
}

/// Whom an input's letters were written to.
fn letters(events: &[Event]) -> Vec<String> {
    let to = |event: &Event| match event {
        Event::Memo(MemoEvent::Written { memo }) => Some(format!("{}: {}", memo.person, memo.title.code)),
        _ => None,
    };
    events.iter().filter_map(to).collect()
}

fn source(id: &str, kind: SourceKind) -> Source {
    let text = format!("id = \"{id}\"\nkey = \"k\"");
    Source { kind, ..toml::from_str(&text).expect("a source") }
}

fn from_source(run: &mut Run, id: &str, ask: Ask) -> Result<Vec<Event>, Refusal> {
    let by = Actor::Source(id.parse().expect("an id"));
    run.when(Input::Command { by, command: Command::Request(RequestCommand::Ask(Box::new(ask))) })
}

/// A maintenance of `pve3` that somebody asked for.
fn maintenance(run: &mut Run) -> MaintenanceId {
    let request = MaintenanceCommand::Request {
        platform: "lab".parse().expect("an id"),
        host: host_id("pve3"),
        reason: "a fan".into(),
        incident: None,
    };
    run.maintain("ana", request).expect("it is asked for");
    run.state.maintenances.iter().next().expect("a maintenance").id
}

#[test]
fn a_request_gets_an_owner_an_answer_and_an_end() {
    let mut run = Run::new();
    ask(&mut run, "vera", Ask { title: " More \n disk ".into(), ..Ask::default() }).expect("a viewer may ask");
    assert_eq!((first(&run).title.as_str(), first(&run).from.to_string().as_str()), ("More disk", "vera"));
    assert_eq!(first(&run).from.person, Some(person_id("vera")));
    act(&mut run, "cleo", RequestCommand::Take(FIRST)).expect("taken");
    assert_eq!((&first(&run).status, &first(&run).owner), (&Status::Taken, &Some(person_id("cleo"))));
    let told = act(&mut run, "cleo", RequestCommand::Answer { id: FIRST, text: "how much?".into() }).expect("said");
    assert_eq!(letters(&told), ["vera: memo-request-answered"]);
    let told = act(&mut run, "vera", RequestCommand::Answer { id: FIRST, text: "2 TB".into() }).expect("it is hers");
    assert_eq!(letters(&told), ["cleo: memo-request-answered"]);
    let told = act(&mut run, "cleo", RequestCommand::Done { id: FIRST, words: String::new() }).expect("done");
    assert_eq!(letters(&told), ["vera: memo-request-done"]);
    assert!(!first(&run).is_open() && first(&run).answers == 2);
    let late = act(&mut run, "cleo", RequestCommand::Take(FIRST)).expect_err("it is over");
    assert!(matches!(late, Refusal::Conflict { .. }), "{late}");
}

#[test]
fn anybody_takes_a_request_from_anybody_and_whoever_had_it_hears_of_it() {
    let mut run = Run::new();
    ask(&mut run, "ana", wanted("a firewall rule")).expect("asked");
    act(&mut run, "cleo", RequestCommand::Take(FIRST)).expect("taken");
    let told = act(&mut run, "bo", RequestCommand::Take(FIRST)).expect("taken over");
    assert_eq!(letters(&told), ["cleo: memo-request-taken"]);
    assert!(act(&mut run, "bo", RequestCommand::Take(FIRST)).expect("nothing new").is_empty());
    let to = person_id("dora");
    let told = act(&mut run, "ana", RequestCommand::HandOver { id: FIRST, to: to.clone() }).expect("handed over");
    assert_eq!(letters(&told), ["dora: memo-request-given", "bo: memo-request-taken"]);
    assert_eq!(first(&run).owner, Some(to));
    let viewer = RequestCommand::HandOver { id: FIRST, to: person_id("vera") };
    assert!(matches!(act(&mut run, "ana", viewer), Err(Refusal::Invalid { field: "to", .. })));
    for command in [RequestCommand::Take(FIRST), RequestCommand::Done { id: FIRST, words: String::new() }] {
        assert!(matches!(act(&mut run, "vera", command), Err(Refusal::Forbidden { .. })), "viewers only ask");
    }
    let by_nobody = run.by_local(Command::Request(RequestCommand::Take(FIRST)));
    assert!(matches!(by_nobody, Err(Refusal::Invalid { field: "by", .. })), "a request belongs to a person");
}

#[test]
fn nobody_is_told_no_without_a_reason() {
    let mut run = Run::new();
    ask(&mut run, "ana", wanted("root for everybody")).expect("asked");
    let silent = act(&mut run, "bo", RequestCommand::Decline { id: FIRST, words: "  ".into() });
    assert!(matches!(silent, Err(Refusal::Invalid { field: "text", .. })), "{silent:?}");
    act(&mut run, "bo", RequestCommand::Decline { id: FIRST, words: "use sudo".into() }).expect("with a reason");
    assert_eq!(first(&run).status.code(), "declined");
}

#[test]
fn an_interruption_is_counted_from_taken_to_done_and_stands_at_the_maintenance() {
    let mut run = Run::new();
    let m = maintenance(&mut run);
    let pressing = Ask { urgency: Pressure::Interrupts, interrupts: Some(m), ..wanted("the invoices hang") };
    let told = ask(&mut run, "cleo", pressing).expect("asked");
    assert_eq!(letters(&told), ["ana: memo-request-presses", "bo: memo-request-presses"], "those on call, by letter");
    assert!(run.state.requests.interrupting(m).next().is_some_and(|r| r.interrupts_now().is_none()), "wanted, not yet");
    run.advance(mins(7));
    act(&mut run, "bo", RequestCommand::Take(FIRST)).expect("taken");
    let (since, taken) = (run.now, run.journal.last().expect("an event").clone());
    assert!(first(&run).interrupts_now().is_some_and(|i| i.maintenance == Some(m) && i.from == since));
    let (rows, documents) = project(&run.state, taken.0, &taken.1);
    let told: Vec<_> = rows.iter().map(|r| format!("{} {}", r.subject, r.what)).collect();
    assert_eq!(told, ["request/1 request_taken", &format!("maintenance/{m} interrupted")]);
    assert!(documents.iter().any(|d| d.kind == "request" && d.open));
    run.advance(mins(40));
    act(&mut run, "cleo", RequestCommand::Take(FIRST)).expect("another goes on with it");
    run.advance(mins(5));
    act(&mut run, "cleo", RequestCommand::Done { id: FIRST, words: "restarted".into() }).expect("done");
    let counted = &first(&run).interrupted;
    assert_eq!(counted.len(), 1, "who works on it does not matter to the maintenance");
    assert_eq!(counted[0].lasted(run.now), mins(45));
    run.advance(mins(30));
    assert_eq!(first(&run).interrupted[0].lasted(run.now), mins(45), "it is over");
    assert!(run.state.requests.interrupting(m).next().is_none());
}

#[test]
fn what_turns_out_to_be_able_to_wait_interrupts_no_longer() {
    let mut run = Run::new();
    ask(&mut run, "cleo", Ask { urgency: Pressure::Interrupts, ..wanted("a report") }).expect("asked");
    act(&mut run, "bo", RequestCommand::Take(FIRST)).expect("taken");
    run.advance(mins(10));
    let weigh = |urgency| RequestCommand::Weigh { id: FIRST, urgency, interrupts: None };
    act(&mut run, "bo", weigh(Pressure::CanWait)).expect("weighed");
    run.advance(mins(60));
    act(&mut run, "bo", weigh(Pressure::Interrupts)).expect("and again");
    run.advance(mins(3));
    act(&mut run, "bo", RequestCommand::Done { id: FIRST, words: String::new() }).expect("done");
    let lasted: Vec<_> = first(&run).interrupted.iter().map(|i| i.lasted(run.now)).collect();
    assert_eq!(lasted, [mins(10), mins(3)]);
}

#[test]
fn only_what_interrupts_names_what_it_interrupts() {
    let mut run = Run::new();
    let m = maintenance(&mut run);
    let calm = Ask { urgency: Pressure::CanWait, interrupts: Some(m), ..wanted("x") };
    assert!(matches!(ask(&mut run, "ana", calm), Err(Refusal::Invalid { field: "interrupts", .. })));
    let nothing = Ask { urgency: Pressure::Interrupts, interrupts: Some(MaintenanceId(99)), ..wanted("x") };
    assert!(matches!(ask(&mut run, "ana", nothing), Err(Refusal::Unknown { what: "maintenance", .. })));
}

#[test]
fn a_source_for_requests_asks_and_one_for_alerts_does_not() {
    let mut run = Run::with(|c| {
        c.sources = vec![source("wishes", SourceKind::Requests), source("prom", SourceKind::Alerts)];
    });
    assert!(matches!(from_source(&mut run, "prom", wanted("x")), Err(Refusal::Conflict { .. })));
    let named = Ask { key: Some("<1@example.org>".into()), ..wanted("x") };
    from_source(&mut run, "wishes", named.clone()).expect("taken");
    assert!(from_source(&mut run, "wishes", named).expect("the same mail again").is_empty());
    for n in 1..MAX_OPEN_OF_SOURCE {
        from_source(&mut run, "wishes", wanted(&format!("wish {n}"))).expect("there is room");
    }
    let looped = from_source(&mut run, "wishes", wanted("one more"));
    assert!(matches!(looped, Err(Refusal::Conflict { .. })), "a mail loop ends somewhere");
    ask(&mut run, "ana", wanted("mine")).expect("and leaves room for others");
}

#[test]
fn what_is_too_long_or_nobodys_is_refused_by_name() {
    let mut run = Run::new();
    let of = |run: &mut Run, ask_for: Ask| match ask(run, "ana", ask_for) {
        Err(Refusal::Invalid { field, found, .. }) => format!("{field}: {found}"),
        other => format!("{other:?}"),
    };
    let long = wanted(&"x".repeat(MAX_TITLE_CHARS + 1));
    assert_eq!(of(&mut run, long), "title: 201 characters");
    assert_eq!(of(&mut run, wanted(" \n ")), "title: nothing");
    let mut bad = wanted("x");
    bad.from.mail = "nora@example.org?cc=all@example.org".into();
    assert_eq!(of(&mut run, bad), "from.mail: nora@example.org?cc=all@example.org");
    let anonymous =
        run.by_local(Command::Request(RequestCommand::Ask(Box::new(Ask { title: "x".into(), ..Ask::default() }))));
    assert!(matches!(anonymous, Err(Refusal::Invalid { field: "from", .. })), "{anonymous:?}");
    assert!(run.state.requests.open().next().is_none(), "nothing was taken");
}

#[test]
fn those_on_call_hear_of_a_new_request_and_whoever_asks_hears_who_has_it() {
    let mut run = Run::new();
    let told = ask(&mut run, "vera", Ask { title: "More disk".into(), ..Ask::default() }).expect("asked");
    assert_eq!(letters(&told), ["ana: memo-request-asked", "bo: memo-request-asked"], "by letter: nobody is woken");
    let told = act(&mut run, "cleo", RequestCommand::Take(FIRST)).expect("taken");
    assert_eq!(letters(&told), ["vera: memo-request-taken"]);
    let told = act(&mut run, "bo", RequestCommand::Take(FIRST)).expect("taken over");
    assert_eq!(letters(&told), ["cleo: memo-request-taken"], "she knows already that somebody has it");
    let calm = Ask { urgency: Pressure::CanWait, ..wanted("a report") };
    assert!(letters(&ask(&mut run, "vera", calm).expect("asked")).is_empty(), "what can wait waits for the meeting");
}

#[test]
fn where_nobody_is_on_call_those_who_meet_hear_of_a_new_request() {
    let mut run = Run::with(|c| {
        c.schedules.clear();
        c.policies.clear();
        c.routes.clear();
    });
    let told = ask(&mut run, "vera", wanted("More disk")).expect("asked");
    assert_eq!(letters(&told).len(), 5, "everybody who works here: {:?}", letters(&told));
}

#[test]
fn a_mail_loop_fills_nobodys_mailbox() {
    let mut run = Run::with(|c| c.sources = vec![source("wishes", SourceKind::Requests)]);
    let mut written = 0;
    for n in 0..MAX_OPEN_OF_SOURCE {
        written +=
            letters(&from_source(&mut run, "wishes", wanted(&format!("wish {n}"))).expect("there is room")).len();
    }
    assert_eq!(written, 2 * MAX_TOLD, "to the two who are on call");
    let pressing = Ask { urgency: Pressure::Interrupts, ..wanted("the invoices hang") };
    assert_eq!(letters(&ask(&mut run, "cleo", pressing).expect("asked")).len(), 2, "what presses is always told");
}

/// A mail with a name, that answers to others.
fn mailed(id: &str, follows: &[&str], text: &str) -> Ask {
    let follows = follows.iter().map(|name| (*name).to_owned()).collect();
    Ask { key: Some(id.into()), follows, text: text.into(), ..wanted("More disk") }
}

#[test]
fn a_mail_that_answers_to_an_open_request_is_no_second_one() {
    let mut run = Run::with(|c| c.sources = vec![source("wishes", SourceKind::Requests)]);
    from_source(&mut run, "wishes", mailed("1@x", &[], "2 TB")).expect("asked");
    act(&mut run, "bo", RequestCommand::Take(FIRST)).expect("taken");
    let further = mailed("2@x", &["1@x"], "Make it 4 TB.\n\nOn Monday Nora wrote:\n> 2 TB\n>\n");
    let told = from_source(&mut run, "wishes", further.clone()).expect("heard");
    assert_eq!(letters(&told), ["bo: memo-request-answered"], "whoever has it hears of it");
    let (at, event) = run.journal.iter().rfind(|(_, e)| matches!(e, Event::Request(_))).expect("an event");
    let (rows, _) = project(&run.state, *at, event);
    assert_eq!(rows[0].what, "request_answered");
    assert!(rows[0].detail.contains("4 TB") && !rows[0].detail.contains("> 2 TB"), "{}", rows[0].detail);
    assert!(rows[0].detail.contains("Nora"), "they are her words: {}", rows[0].detail);
    assert!(from_source(&mut run, "wishes", further).expect("the same mail again").is_empty());
    from_source(&mut run, "wishes", mailed("3@x", &["2@x"], "> 2 TB\n")).expect("an answer to the answer");
    assert_eq!((first(&run).answers, run.state.requests.open().count()), (2, 1));
    act(&mut run, "bo", RequestCommand::Done { id: FIRST, words: String::new() }).expect("done");
    from_source(&mut run, "wishes", mailed("4@x", &["3@x", "1@x"], "it is full again")).expect("asked");
    assert_eq!(run.state.requests.open().count(), 1, "what is over is not opened again: it is a request of its own");
}

#[test]
fn a_mail_answers_only_to_what_came_by_the_same_way() {
    let mut run = Run::with(|c| {
        c.sources = vec![source("wishes", SourceKind::Requests), source("other", SourceKind::Requests)];
    });
    from_source(&mut run, "wishes", mailed("1@x", &[], "2 TB")).expect("asked");
    from_source(&mut run, "other", mailed("2@x", &["1@x"], "4 TB")).expect("asked");
    assert_eq!(run.state.requests.open().count(), 2, "another team's key adds nothing to it");
}

//! Behaviour: given, when, then.

use std::collections::BTreeSet;

use noout_types::{IncidentId, Span, Urgency};

use super::{PageState, SendOutcome};
use crate::config::Config;
use crate::engine::Command;
use crate::incident::IncidentCommand;
use crate::testing::{Run, person_id};

const MIN: Span = Span::from_mins(1);

fn firing() -> (Run, IncidentId) {
    let mut run = Run::new();
    run.fires(&[("alertname", "Down")]);
    let id = run.incident().opened.id;
    (run, id)
}

fn mins(n: u64) -> Span {
    Span::from_mins(n)
}

fn lost(why: &str) -> SendOutcome {
    SendOutcome::Transient(why.into())
}

fn never() -> SendOutcome {
    SendOutcome::Permanent("no such address".into())
}

#[test]
fn steps_follow_each_other_until_the_fallback_and_then_it_again_and_again() {
    let (mut run, _) = firing();
    run.then_paged(["ana", "bo"]);
    run.advance(mins(4)).then_paged([]);
    run.advance(MIN).then_paged(["dora"]);
    run.advance(mins(9)).then_paged([]);
    run.advance(MIN).then_paged(["chief"]);
    for _ in 0..5 {
        run.advance(mins(4)).then_paged([]);
        run.advance(MIN).then_paged(["chief"]);
    }
}

#[test]
fn rounds_go_through_the_steps_again() {
    let mut run = Run::with(|c| c.policies[0].rounds = 2);
    run.fires(&[("alertname", "Down")]).then_paged(["ana", "bo"]);
    run.advance(mins(5)).then_paged(["dora"]);
    run.advance(mins(10)).then_paged(["ana", "bo"]);
    run.advance(mins(5)).then_paged(["dora"]);
    run.advance(mins(10)).then_paged(["chief"]);
}

#[test]
fn an_ack_stops_pages_at_once() {
    let (mut run, id) = firing();
    assert_eq!(run.sends().len(), 2);
    run.ack("bo", id);
    assert!(run.sends().is_empty(), "a message that has not left does not leave");
    run.advance(mins(59)).then_paged([]);
}

#[test]
fn a_late_outcome_after_an_ack_changes_nothing() {
    let (mut run, id) = firing();
    let sends = run.sends();
    run.ack("bo", id);
    for (page, attempt, ..) in sends {
        run.sent(page, attempt, lost("late")).sent(page, attempt, SendOutcome::Delivered("late".into()));
    }
    run.advance(mins(59)).then_paged([]);
    assert!(run.state.paging.owed().next().is_none());
}

#[test]
fn superiors_are_told_at_the_deadline_even_if_somebody_has_it() {
    let (mut run, id) = firing();
    run.deliver().ack("ana", id).advance(mins(59)).then_paged([]);
    run.advance(MIN).then_paged(["chief"]);
    run.advance(mins(600)).then_paged([]);
}

#[test]
fn another_ack_does_not_keep_it_from_the_superior() {
    let (mut run, id) = firing();
    run.deliver().ack("ana", id).advance(mins(60));
    run.ack("bo", id).all_end(&lost("busy")).advance(MIN).then_paged(["chief"]);
    let (mut run, id) = firing();
    run.deliver().ack("ana", id).advance(mins(60));
    run.ack("chief", id).then_paged([]);
}

#[test]
fn a_deadline_without_superiors_is_told_to_the_fallback() {
    let mut run = Run::with(|c| c.people.iter_mut().for_each(|p| p.superior = None));
    run.fires(&[("alertname", "Down")]).deliver();
    let id = run.incident().opened.id;
    run.ack("ana", id).advance(mins(60)).then_paged(["chief"]);
}

#[test]
fn a_step_that_names_nobody_is_passed_at_once() {
    let mut run = Run::with(|c| c.policies[0].steps[0].notify = vec![crate::config::Target::Superiors]);
    run.fires(&[("alertname", "Down")]).then_paged(["dora"]);
}

#[test]
fn superiors_as_a_step_are_those_of_whom_was_paged() {
    let mut run = Run::with(|c| c.policies[0].steps[1].notify = vec![crate::config::Target::Superiors]);
    run.fires(&[("alertname", "Down")]).then_paged(["ana", "bo"]);
    run.advance(mins(5)).then_paged(["chief"]);
}

#[test]
fn a_step_that_reaches_nobody_gives_way_at_once() {
    let (mut run, _) = firing();
    for _ in 0..2 {
        run.all_end(&never());
    }
    run.then_paged(["dora"]);
}

#[test]
fn a_later_step_that_reaches_nobody_gives_way_although_an_earlier_one_was_delivered() {
    let (mut run, _) = firing();
    run.deliver().advance(mins(5));
    run.ends("dora", never()).then_paged(["chief"]);
}

#[test]
fn one_of_two_who_cannot_be_reached_does_not_hurry_the_next_step() {
    let (mut run, _) = firing();
    run.ends("ana", never()).ends("ana", never());
    run.then_paged(["bo"]);
    run.advance(mins(4)).then_paged([]);
}

#[test]
fn people_without_a_contact_are_passed_and_the_fallback_without_one_ends_in_no_loop() {
    let mut run = Run::with(|c| c.people.iter_mut().for_each(|p| p.contact.clear()));
    run.fires(&[("alertname", "Down")]);
    let records = run.journal.len();
    run.advance(mins(30)).then_paged([]);
    let tried = run.journal.len() - records;
    // This incident and the one about coverage: each five minutes six people with two records each, and the round itself.
    assert!(tried <= 2 * 7 * 13, "each five minutes, not more often: {tried}");
}

#[test]
fn transient_errors_are_tried_again_and_then_another_way() {
    let (mut run, _) = firing();
    run.ends("bo", SendOutcome::Delivered("taken".into()));
    let way = |run: &Run| run.sends().first().map(|(_, attempt, contact, _)| (*attempt, *contact));
    assert_eq!(way(&run), Some((1, 0)));
    run.ends("ana", lost("busy"));
    assert_eq!(way(&run), None, "not at once");
    run.advance(Span::from_secs(5));
    assert_eq!(way(&run), Some((2, 0)));
    run.ends("ana", lost("busy")).advance(Span::from_secs(10));
    assert_eq!(way(&run), Some((3, 0)));
    run.ends("ana", lost("busy"));
    assert_eq!(way(&run), Some((4, 1)), "the next contact at once");
}

#[test]
fn one_transient_error_is_never_the_end_of_a_page() {
    let (mut run, _) = firing();
    run.ends("bo", SendOutcome::Delivered("taken".into()));
    for _ in 0..200 {
        if run.paged().contains(&"ana".to_owned()) {
            run.ends("ana", lost("busy"));
        }
        run.advance(Span::from_secs(5));
        if let Some(page) = run.state.paging.pages().find(|p| p.person == person_id("ana")) {
            assert!(page.is_owed(), "{:?}", page.state);
        }
    }
}

#[test]
fn an_ambiguous_send_is_not_delivered() {
    let (mut run, _) = firing();
    run.ends("bo", SendOutcome::Delivered("taken".into()));
    run.ends("ana", SendOutcome::Ambiguous("timeout".into()));
    run.then_paged(["ana"]);
    let dora = |c: &mut crate::config::Config| {
        c.policies[0].steps[0].notify = vec!["person:dora".to_owned().try_into().expect("a target")]
    };
    let mut run = Run::with(dora);
    run.fires(&[("alertname", "Down")]);
    run.ends("dora", SendOutcome::Ambiguous("timeout".into())).then_paged([]);
    run.advance(Span::from_secs(10)).then_paged(["dora"]);
}

#[test]
fn the_next_step_does_not_cancel_a_pending_page() {
    let (mut run, _) = firing();
    run.all_end(&lost("busy"));
    for _ in 0..60 {
        run.advance(Span::from_secs(5));
        run.all_end(&lost("busy"));
    }
    let owed: BTreeSet<_> = run.state.paging.owed().map(|p| p.person.as_str()).collect();
    assert_eq!(owed, ["ana", "bo", "dora"].into());
}

#[test]
fn a_person_who_is_named_twice_is_told_once() {
    let mut run =
        Run::with(|c| c.policies[0].steps[1].notify.push("person:ana".to_owned().try_into().expect("a target")));
    run.fires(&[("alertname", "Down")]);
    run.ends("bo", SendOutcome::Delivered("taken".into()));
    run.advance(mins(5));
    assert_eq!(run.paged(), ["ana", "dora"]);
    assert_eq!(run.state.paging.owed().filter(|p| p.person == person_id("ana")).count(), 1);
}

#[test]
fn a_person_deleted_in_the_middle_is_replaced_by_the_next_step() {
    let mut run =
        Run::with(|c| c.policies[0].steps[0].notify = vec!["person:cleo".to_owned().try_into().expect("a target")]);
    run.fires(&[("alertname", "Down")]);
    assert_eq!(run.paged(), ["cleo"]);
    run.configure(|c| c.people.retain(|p| p.id.as_str() != "cleo"));
    run.then_paged(["dora"]);
}

#[test]
fn after_a_stall_only_what_is_so_now_is_paged() {
    let (mut run, _) = firing();
    run.deliver();
    run.stall(Span::from_hours(12));
    run.then_paged(["chief", "dora"]);
    // One step, and the deadline; not every step and every round that would have been.
    run.then_paged([]);
    let (mut run, _) = firing();
    run.deliver();
    run.alerts(vec![crate::testing::alert(&[("alertname", "Down")], crate::alert::Ends::Resolved(None))]);
    run.stall(Span::from_hours(12)).then_paged([]);
}

#[test]
fn the_next_turn_pages_who_is_on_call_then() {
    let mut run = Run::with(|c| c.schedules[0].rotations.truncate(1));
    run.fires(&[("alertname", "A")]);
    assert!(run.paged().contains(&"ana".to_owned()) && !run.paged().contains(&"bo".to_owned()));
    run.deliver().advance(Span::from_hours(7 * 24)).deliver();
    run.fires(&[("alertname", "B")]);
    let page = run.sends();
    assert!(page.iter().any(|(.., p)| p.as_str() == "bo") && !page.iter().any(|(.., p)| p.as_str() == "ana"));
}

#[test]
fn an_override_changes_who_is_paged() {
    let mut run = Run::new();
    let stand_in = Command::AddOverride {
        schedule: "ops".parse().expect("an id"),
        rotation: None,
        replaces: Some(person_id("ana")),
        person: person_id("cleo"),
        start: run.now,
        end: Span::from_hours(1).after(run.now),
    };
    run.by("cleo", stand_in).expect("an override");
    run.fires(&[("alertname", "A")]).then_paged(["bo", "cleo"]);
    run.by("bo", Command::RemoveOverride(1)).expect("removed");
    run.fires(&[("alertname", "B")]).then_paged(["ana", "bo"]);
}

#[test]
fn a_policy_that_is_gone_is_replaced_by_the_first() {
    let mut run = Run::new();
    run.fires(&[("alertname", "Down"), ("team", "db")]).then_paged(["cleo"]);
    run.configure(|c| c.policies.retain(|p| p.id.as_str() != "db"));
    run.advance(mins(5)).then_paged(["dora"]);
}

#[test]
fn a_contact_that_is_mended_is_tried_although_the_old_one_was_dead() {
    let mut run =
        Run::with(|c| c.policies[0].steps[0].notify = vec!["person:ana".to_owned().try_into().expect("a target")]);
    run.fires(&[("alertname", "Down")]);
    run.ends("ana", never()).ends("ana", lost("busy"));
    run.configure(|c| c.people[0].contact = vec!["mail:new@example.org".parse().expect("a contact")]);
    run.advance(Span::from_secs(5));
    assert_eq!(run.sends().first().map(|(_, _, contact, _)| *contact), Some(0));
    run.deliver();
    assert!(matches!(run.state.paging.pages().next().expect("a page").state, PageState::Delivered { contact: 0, .. }));
}

#[test]
fn a_handed_over_incident_still_has_its_deadline() {
    let (mut run, incident) = firing();
    let hand = IncidentCommand::HandOver { incident, to: person_id("cleo") };
    run.deliver().by("ana", Command::Incident(hand)).expect("handed over");
    run.then_paged(["cleo"]).deliver();
    run.ack("cleo", incident);
    run.advance(mins(60)).then_paged(["chief"]);
}

#[test]
fn a_low_route_never_wakes_and_a_config_without_policies_wakes_everybody() {
    let mut run = Run::with(|c| c.routes[0].urgency = Some(Urgency::Low));
    run.fires(&[("alertname", "Down"), ("team", "db")]).advance(mins(600)).then_paged([]);
    let mut run = Run::with(|c| {
        c.policies.clear();
        c.routes.clear();
        c.server.fallback.clear();
    });
    run.fires(&[("alertname", "Down")]).then_paged(["ana", "bo", "chief", "cleo", "dora", "vera"]);
}

#[test]
fn an_incident_that_nobody_takes_for_a_month_does_not_grow() {
    let (mut run, _) = firing();
    for _ in 0..300 {
        run.deliver().advance(mins(5));
    }
    assert!(run.state.paging.pages().count() <= 4);
}

#[test]
fn a_crash_while_sending_sends_again_and_forgets_nobody() {
    let (mut run, _) = firing();
    let before = run.sends();
    run.crash();
    assert_eq!(run.sends(), before);
}

#[test]
fn a_fallback_or_superior_who_cannot_be_reached_is_none() {
    let mut run =
        Run::with(|c| c.people.iter_mut().filter(|p| p.id.as_str() == "chief").for_each(|p| p.contact.clear()));
    run.fires(&[("alertname", "Down")]).deliver();
    run.advance(mins(5)).deliver().advance(mins(10));
    run.then_paged(["ana", "bo", "cleo", "dora", "vera"]);
    let id = run.incident().opened.id;
    run.ack("ana", id).advance(mins(45)).then_paged(["ana", "bo", "cleo", "dora", "vera"]);
}

#[test]
fn nothing_is_handed_over_to_who_cannot_be_reached() {
    let mut run =
        Run::with(|c| c.people.iter_mut().filter(|p| p.id.as_str() == "cleo").for_each(|p| p.contact.clear()));
    run.fires(&[("alertname", "Down")]);
    let hand = IncidentCommand::HandOver { incident: run.incident().opened.id, to: person_id("cleo") };
    assert!(run.by("ana", Command::Incident(hand)).is_err_and(|e| e.to_string().contains("cannot be reached")));
    run.then_paged(["ana", "bo"]);
}

fn target(text: &str) -> crate::config::Target {
    text.to_owned().try_into().expect("a target")
}

/// So many incidents at once.
fn storm(run: &mut Run, n: usize) {
    let names: Vec<String> = (0..n).map(|i| format!("A{i}")).collect();
    let alerts =
        names.iter().map(|name| crate::testing::alert(&[("alertname", name)], crate::alert::Ends::WhenResolved));
    run.alerts(alerts.collect());
}

#[test]
fn a_storm_is_one_page_per_person_and_what_comes_later_is_a_digest() {
    let source = "[[source]]\nid = \"prom\"\nkey = \"env:KEY\"\nrate = 0";
    let mut run = Run::with(|c| c.sources = toml::from_str::<Config>(source).expect("a source").sources);
    storm(&mut run, 1000);
    run.then_paged(["ana", "bo"]);
    assert!(run.state.paging.pages().all(|p| !p.is_owed()), "one message told them all");
    let told: BTreeSet<_> = run.state.paging.pages().map(|p| (p.person.clone(), p.incident)).collect();
    assert_eq!(told.len(), 2000, "nobody is forgotten");
}

#[test]
fn what_is_more_than_one_takes_in_waits_and_comes_as_one_digest() {
    let mut run = Run::with(|c| (c.paging.rate, c.paging.window, c.policies[0].ack_timeout) = (2, mins(5), mins(60)));
    for name in ["A", "B", "C", "D"] {
        run.fires(&[("alertname", name)]);
        run.deliver().advance(Span::from_secs(10));
    }
    let waiting = run.state.paging.owed().filter(|p| p.person == person_id("ana")).count();
    assert_eq!(waiting, 2, "two were sent, two wait");
    run.advance(mins(4)).then_paged([]);
    run.advance(mins(1)).then_paged(["ana", "bo"]);
    assert!(run.state.paging.owed().next().is_none());
}

#[test]
fn a_digest_whose_first_incident_is_taken_still_tells_the_others() {
    let mut run = Run::new();
    storm(&mut run, 5);
    assert_eq!(run.paged(), ["ana", "bo"]);
    let lead = run.state.paging.page(run.sends()[0].0).expect("a page").incident;
    run.ack("bo", lead);
    run.then_paged(["ana", "bo"]);
    let told = run.state.paging.pages().filter(|p| matches!(p.state, PageState::Delivered { .. })).count();
    assert_eq!(told, 8, "four incidents, two people");
}

#[test]
fn a_digest_that_fails_is_tried_again_and_goes_another_way() {
    let mut run = Run::new();
    storm(&mut run, 50);
    run.all_end(&SendOutcome::Ambiguous("timeout".into())).then_paged(["ana", "bo"]);
    assert!(run.state.paging.owed().next().is_none());
    let mut run = Run::new();
    storm(&mut run, 50);
    run.all_end(&never()).all_end(&never());
    run.then_paged(["dora"]);
}

#[test]
fn a_crash_in_the_middle_of_a_digest_sends_it_again_whole() {
    let mut run = Run::new();
    storm(&mut run, 50);
    let before = run.sends();
    run.crash();
    assert_eq!(run.sends(), before);
    run.deliver();
    assert!(run.state.paging.owed().next().is_none());
}

#[test]
fn a_person_deleted_in_the_middle_of_a_digest_is_replaced() {
    let mut run = Run::new();
    storm(&mut run, 10);
    run.configure(|c| c.people.retain(|p| p.id.as_str() != "ana"));
    // The chief is told that one alone is not enough.
    assert_eq!(run.paged(), ["bo", "chief"]);
    run.deliver();
    assert!(run.state.paging.owed().all(|p| p.person != person_id("ana")));
}

#[test]
fn no_limit_is_no_limit() {
    let mut run = Run::with(|c| c.paging.rate = 0);
    storm(&mut run, 20);
    assert_eq!(run.sends().len(), 40);
}

#[test]
fn whoever_is_awake_is_not_woken_again_about_the_same_machine_but_about_another() {
    let mut run = Run::new();
    run.fires(&[("alertname", "Down"), ("host", "pve1")]).deliver();
    let id = run.incident().opened.id;
    run.by("ana", Command::Incident(IncidentCommand::Awake(id))).expect("awake");
    run.fires(&[("alertname", "Slow"), ("host", "pve1")]).then_paged(["bo"]);
    run.fires(&[("alertname", "Slow2"), ("host", "pve2")]).then_paged(["ana", "bo"]);
    // It bought the time to look, once; nobody has it yet.
    let mut run = Run::new();
    run.fires(&[("alertname", "Down"), ("host", "pve1")]).deliver().advance(mins(4));
    let id = run.incident().opened.id;
    for _ in 0..3 {
        run.by("ana", Command::Incident(IncidentCommand::Awake(id))).expect("awake");
    }
    run.advance(mins(4)).then_paged([]);
    run.advance(MIN).then_paged(["dora"]);
}

#[test]
fn who_passes_it_on_makes_way_at_once_if_nobody_else_was_asked() {
    let mut run = Run::with(|c| c.policies[0].rounds = 2);
    run.fires(&[("alertname", "Down")]).deliver();
    let id = run.incident().opened.id;
    run.by("ana", Command::Incident(IncidentCommand::PassOn(id))).expect("passed");
    run.then_paged([]);
    run.by("bo", Command::Incident(IncidentCommand::PassOn(id))).expect("passed");
    run.then_paged(["dora"]);
    // In the next round they are asked again.
    run.advance(mins(10)).then_paged(["ana", "bo"]);
    let not_paged = run.by("cleo", Command::Incident(IncidentCommand::PassOn(id)));
    assert!(not_paged.is_err_and(|e| e.to_string().contains("was not paged")));
}

#[test]
fn both_must_take_it_where_the_policy_says_so() {
    let mut run = Run::with(|c| c.policies[0].acks = 2);
    run.fires(&[("alertname", "Down")]).deliver();
    let id = run.incident().opened.id;
    run.ack("ana", id);
    assert!(run.incident().is_triggered());
    run.ack("ana", id).advance(mins(5)).then_paged(["dora"]);
    run.advance(mins(10)).then_paged(["chief"]);
    run.ack("dora", id);
    assert!(run.incident().is_acked());
    run.advance(mins(30)).then_paged([]);
}

#[test]
fn who_has_it_and_falls_silent_does_not_have_it_any_more() {
    let mut run = Run::with(|c| (c.policies[0].unack_after, c.policies[0].resolve_deadline) = (Some(mins(20)), None));
    run.fires(&[("alertname", "Down")]).deliver();
    let id = run.incident().opened.id;
    run.ack("ana", id).advance(mins(15));
    let note = IncidentCommand::Note { incident: id, text: "looking at the switch".into() };
    run.by("ana", Command::Incident(note)).expect("noted");
    run.advance(mins(19)).then_paged([]);
    run.advance(MIN).then_paged(["ana", "bo"]);
}

#[test]
fn the_ladder_for_what_is_overdue_goes_on_although_somebody_has_it() {
    let step = |to: &str, wait: u64| crate::config::Step {
        notify: vec![target(to)],
        wait: Some(mins(wait)),
        repeat: 1,
        pick: crate::config::Pick::All,
    };
    let mut run = Run::with(|c| c.policies[0].overdue = vec![step("superiors", 30), step("person:vera", 5)]);
    run.fires(&[("alertname", "Down")]).deliver();
    let id = run.incident().opened.id;
    run.ack("ana", id).advance(mins(60)).then_paged(["chief"]);
    run.advance(mins(29)).then_paged([]);
    run.advance(MIN).then_paged(["vera"]);
    run.advance(mins(600)).then_paged([]);
}

#[test]
fn a_step_may_be_repeated_and_a_team_is_told_together() {
    let mut run = Run::with(|c| {
        let people = vec![person_id("cleo"), person_id("vera")];
        c.teams.push(crate::config::Team { id: "ops".parse().expect("an id"), people });
        c.policies[0].steps[0].notify = vec![target("team:ops")];
        c.policies[0].steps[0].repeat = 2;
    });
    run.fires(&[("alertname", "Down")]).then_paged(["cleo", "vera"]);
    run.advance(mins(5)).then_paged(["cleo", "vera"]);
    run.advance(mins(5)).then_paged(["dora"]);
}

#[test]
fn round_robin_tells_one_after_the_other_an_incident_each() {
    let mut run = Run::with(|c| {
        let people = ["ana", "cleo", "dora"].map(person_id).to_vec();
        c.teams.push(crate::config::Team { id: "ops".parse().expect("an id"), people });
        c.policies[0].steps = vec![crate::config::Step {
            notify: vec![target("team:ops")],
            wait: None,
            repeat: 1,
            pick: crate::config::Pick::Next,
        }];
    });
    for (name, person) in [("A", "ana"), ("B", "cleo"), ("C", "dora"), ("D", "ana")] {
        run.fires(&[("alertname", name)]).then_paged([person]);
        let id = run.state.incidents.iter().last().expect("open").opened.id;
        run.ack(person, id);
    }
    storm(&mut run, 2);
    assert_eq!(run.paged(), ["cleo", "dora"], "also of one body");
}

#[test]
fn outside_of_the_hours_of_work_it_waits_for_their_beginning() {
    // It is Monday noon; the office of this route opens at two.
    let mut run = Run::with(|c| {
        let office = crate::config::BusinessHours {
            id: "office".parse().expect("an id"),
            timezone: "UTC".into(),
            weekdays: Vec::new(),
            hours: Some("14:00-17:00".parse().expect("hours")),
        };
        c.routes[0].hours = Some(office.id.clone());
        c.hours.push(office);
    });
    run.fires(&[("alertname", "Down"), ("team", "db")]).then_paged([]);
    run.advance(mins(119)).then_paged([]);
    run.advance(MIN).then_paged(["cleo"]);
    run.fires(&[("alertname", "Down2"), ("team", "db")]).then_paged(["cleo"]);
    // What is over before wakes nobody.
    let labels = &[("alertname", "Down3"), ("team", "db")];
    run.advance(Span::from_hours(6)).deliver().fires(labels);
    run.alerts(vec![crate::testing::alert(labels, crate::alert::Ends::Resolved(None))]);
    run.deliver();
    let before = run.journal.len();
    assert!(run.incident_of("databases/alertname=Down3").is_none() && before > 0);
}

#[test]
fn a_clock_that_is_set_back_does_not_hold_pages_up() {
    let mut run = Run::with(|c| (c.paging.rate, c.paging.window) = (2, mins(5)));
    for name in ["A", "B"] {
        run.fires(&[("alertname", name)]).deliver();
    }
    run.now = Span::from_hours(1).before(run.now);
    run.fires(&[("alertname", "C")]).then_paged(["ana", "bo"]);
}

#[test]
fn what_nobody_was_told_of_is_told_to_who_is_awake_if_there_is_nobody_else() {
    let mut run = Run::with(|c| c.policies[0].steps[0].notify = vec![target("person:ana")]);
    run.fires(&[("alertname", "Down"), ("host", "pve1")]).deliver();
    let id = run.incident().opened.id;
    run.by("ana", Command::Incident(IncidentCommand::Awake(id))).expect("awake");
    run.fires(&[("alertname", "Slow"), ("host", "pve1")]).then_paged(["ana"]);
}

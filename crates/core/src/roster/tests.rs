//! Behaviour: given, when, then.

use noout_types::{PersonId, ScheduleId, Span};

use super::{RosterCommand, RosterEvent, SwapEnd, SwapStatus, Time, rest_covers};
use crate::engine::Command;
use crate::event::Event;
use crate::incident::IncidentCommand;
use crate::testing::{Run, person_id};

fn hours(n: u64) -> Span {
    Span::from_hours(n)
}

fn ops() -> ScheduleId {
    "ops".parse().expect("an id")
}

fn roster(run: &mut Run, by: &str, command: RosterCommand) -> Vec<Event> {
    run.by(by, Command::Roster(command)).expect("it is allowed")
}

fn refused(run: &mut Run, by: &str, command: RosterCommand) -> String {
    run.by(by, Command::Roster(command)).expect_err("it is refused").to_string()
}

fn on(run: &Run, after: u64) -> Vec<PersonId> {
    run.state.on_call(&ops(), hours(after).after(run.now)).into_iter().collect()
}

fn people(ids: &[&str]) -> Vec<PersonId> {
    ids.iter().map(|id| person_id(id)).collect()
}

/// `ana` gives away some hours of hers.
fn ask(run: &Run, other: Option<&str>, back: Option<(u64, u64)>) -> RosterCommand {
    RosterCommand::AskSwap {
        schedule: ops(),
        rotation: None,
        asker: None,
        other: other.map(person_id),
        start: hours(24).after(run.now),
        end: hours(36).after(run.now),
        back: back.map(|(from, to)| (hours(from).after(run.now), hours(to).after(run.now))),
    }
}

#[test]
fn a_swap_that_is_asked_and_accepted_becomes_overrides() {
    let mut run = Run::new();
    // `dora` is in no rotation, and takes a day of ana's for nothing.
    let question = ask(&run, Some("dora"), None);
    roster(&mut run, "ana", question);
    assert_eq!(run.letters(), ["dora: ana asks for a swap in ops"]);
    assert_eq!(on(&run, 30), people(&["ana", "bo"]), "asked is not done");
    run.post();
    roster(&mut run, "dora", RosterCommand::AcceptSwap(1));
    assert_eq!(on(&run, 30), people(&["bo", "dora"]));
    assert_eq!(on(&run, 40), people(&["ana", "bo"]));
    assert_eq!(run.letters().len(), 2, "both are told: {:?}", run.letters());
    let status = &run.state.roster.swap(1).expect("it is kept").status;
    assert!(matches!(status, SwapStatus::Ended { end: SwapEnd::Done { overrides, .. }, .. } if overrides == &[1]));
}

#[test]
fn a_swap_for_another_shift_has_two_legs() {
    let mut run = Run::new();
    run.configure(|c| c.schedules[0].rotations[1].people = vec![noout_calendar::Turn(vec![person_id("dora")])]);
    run.post();
    let question = ask(&run, Some("dora"), Some((24 * 8, 24 * 9)));
    assert_eq!(on(&run, 24 * 8 + 1), people(&["bo", "dora"]));
    roster(&mut run, "ana", question);
    roster(&mut run, "dora", RosterCommand::AcceptSwap(1));
    assert_eq!(on(&run, 24 * 8 + 1), people(&["ana", "bo"]), "ana for dora");
    assert_eq!(on(&run, 30), people(&["dora"]), "dora for ana, and as herself");
    assert_eq!(run.state.overrides.len(), 2);
}

#[test]
fn a_swap_waits_for_a_third_person_where_the_team_wants_it() {
    let mut run = Run::with(|c| c.schedules[0].swap_approval = true);
    let question = ask(&run, Some("dora"), None);
    roster(&mut run, "ana", question);
    run.post();
    roster(&mut run, "dora", RosterCommand::AcceptSwap(1));
    assert_eq!(on(&run, 30), people(&["ana", "bo"]), "not yet");
    assert_eq!(run.letters(), ["bo", "chief"].map(|p| format!("{p}: Approve a swap of ana and dora in ops?")));
    assert!(refused(&mut run, "ana", RosterCommand::ApproveSwap(1)).contains("a third person does"));
    assert!(refused(&mut run, "dora", RosterCommand::ApproveSwap(1)).contains("a third person does"));
    assert!(refused(&mut run, "cleo", RosterCommand::ApproveSwap(1)).contains("role"), "a responder does not");
    roster(&mut run, "bo", RosterCommand::ApproveSwap(1));
    assert_eq!(on(&run, 30), people(&["bo", "dora"]));
}

#[test]
fn a_swap_that_is_declined_or_withdrawn_changes_nothing_and_is_over() {
    let mut run = Run::new();
    let question = ask(&run, Some("dora"), None);
    roster(&mut run, "ana", question.clone());
    run.post();
    roster(&mut run, "dora", RosterCommand::DeclineSwap(1));
    assert_eq!(run.letters(), ["ana: dora declines the swap in ops"]);
    assert!(refused(&mut run, "dora", RosterCommand::AcceptSwap(1)).contains("is over"));
    run.post();
    roster(&mut run, "ana", question);
    run.post();
    roster(&mut run, "ana", RosterCommand::WithdrawSwap(2));
    assert_eq!(run.letters(), ["dora: ana takes back the swap in ops"]);
    assert!(run.state.overrides.is_empty());
}

#[test]
fn a_swap_that_nobody_answers_expires_before_the_shift_begins() {
    let mut run = Run::new();
    let question = ask(&run, Some("dora"), None);
    roster(&mut run, "ana", question);
    run.post().advance(hours(23));
    assert!(run.state.roster.swap(1).expect("it waits").is_open());
    run.advance(hours(1));
    assert!(!run.state.roster.swap(1).expect("it is kept").is_open());
    assert_eq!(run.letters(), ["ana: Nobody answered in time: no swap in ops"]);
    assert_eq!(on(&run, 1), people(&["ana", "bo"]));
}

#[test]
fn a_swap_that_is_asked_of_anybody_goes_to_who_takes_it_first() {
    let mut run = Run::new();
    let question = ask(&run, None, None);
    roster(&mut run, "ana", question);
    assert_eq!(run.letters(), ["bo: ana asks for a swap in ops"], "whoever stands in the schedule");
    assert!(refused(&mut run, "ana", RosterCommand::AcceptSwap(1)).contains("cannot swap with ana"));
    roster(&mut run, "dora", RosterCommand::AcceptSwap(1));
    assert_eq!(on(&run, 30), people(&["bo", "dora"]));
}

#[test]
fn a_swap_of_what_one_does_not_have_is_refused() {
    let mut run = Run::new();
    let question = ask(&run, Some("dora"), None);
    assert!(refused(&mut run, "cleo", question.clone()).contains("cleo is not on call in ops"));
    assert!(refused(&mut run, "vera", question.clone()).contains("role"), "a viewer asks for nothing");
    let for_nothing = ask(&run, Some("dora"), Some((24 * 8, 24 * 9)));
    assert!(refused(&mut run, "ana", for_nothing).contains("dora is not on call"));
    roster(&mut run, "ana", question);
    assert!(refused(&mut run, "cleo", RosterCommand::AcceptSwap(1)).contains("was asked of dora"));
    assert!(refused(&mut run, "cleo", RosterCommand::DeclineSwap(1)).contains("was asked of dora"));
    assert!(refused(&mut run, "cleo", RosterCommand::WithdrawSwap(1)).contains("role"));
}

fn take(rotation: Option<&str>) -> RosterCommand {
    RosterCommand::Take { schedule: ops(), rotation: rotation.map(str::to_owned), replaces: None, person: None }
}

#[test]
fn the_running_shift_is_taken_over_until_its_end() {
    let mut run = Run::new();
    roster(&mut run, "dora", take(None));
    assert_eq!(on(&run, 0), people(&["bo", "dora"]), "from who is first");
    let over = run.state.overrides[&1].clone();
    assert_eq!((over.rotation.as_deref(), over.end.to_string().as_str()), (Some("primary"), "2026-02-09T09:00:00Z"));
    assert_eq!(on(&run, 24 * 7), people(&["ana", "bo"]), "and not a turn longer");
    roster(&mut run, "cleo", take(Some("secondary")));
    assert_eq!(on(&run, 0), people(&["cleo", "dora"]));
    assert!(refused(&mut run, "cleo", take(Some("secondary"))).contains("cleo is on call in ops already (secondary"));
    assert!(refused(&mut run, "vera", take(None)).contains("role"));
}

/// She pressed it twice, had both seats, and the night that promised two people had one.
#[test]
fn a_shift_that_is_taken_twice_takes_no_second_seat() {
    let mut run = Run::new();
    roster(&mut run, "dora", take(None));
    let why = refused(&mut run, "dora", take(None));
    assert!(why.contains("dora is on call in ops already (primary, until"), "{why}");
    assert_eq!(on(&run, 0), people(&["bo", "dora"]));
    roster(&mut run, "dora", take(Some("secondary")));
    assert_eq!(on(&run, 0), people(&["dora"]), "who names the seat means it");
}

/// It said "override added", and the night was as before.
#[test]
fn an_override_for_somebody_who_is_not_on_call_is_refused() {
    let mut run = Run::new();
    let over = |replaces: &str, from: u64, to: u64| Command::AddOverride {
        schedule: ops(),
        rotation: None,
        replaces: Some(person_id(replaces)),
        person: person_id("cleo"),
        start: hours(from).after(run.now),
        end: hours(to).after(run.now),
    };
    let (nobody, partly) = (over("dora", 1, 9), over("dora", 1, 60));
    let why = run.by("chief", nobody.clone()).expect_err("refused").to_string();
    assert!(why.contains("dora is not on call in ops from") && why.ends_with("on then: ana, bo"), "{why}");
    assert!(run.state.overrides.is_empty());
    // From the second day on dora stands in for ana: then half of the span is hers.
    let standing = Command::AddOverride {
        schedule: ops(),
        rotation: None,
        replaces: Some(person_id("ana")),
        person: person_id("dora"),
        start: hours(24).after(run.now),
        end: hours(48).after(run.now),
    };
    run.by("chief", standing).expect("ana is on");
    run.by("chief", partly).expect("part of it counts");
    let over = &run.state.overrides[&2];
    assert_eq!(run.state.replaced_times(over), [(hours(24).after(run.now), hours(48).after(run.now))]);
    assert!(run.by("chief", nobody).is_err());
}

#[test]
fn of_several_who_are_on_together_one_is_named() {
    let mut run = Run::with(|c| {
        c.schedules[0].rotations.truncate(1);
        c.schedules[0].rotations[0].people = vec![noout_calendar::Turn(people(&["ana", "bo"]))];
    });
    let take = |replaces: Option<&str>| RosterCommand::Take {
        schedule: ops(),
        rotation: None,
        replaces: replaces.map(person_id),
        person: None,
    };
    assert!(refused(&mut run, "dora", take(None)).contains("ana, bo are on together"));
    roster(&mut run, "dora", take(Some("bo")));
    assert_eq!(on(&run, 0), people(&["ana", "dora"]));
}

#[test]
fn an_override_that_is_taken_back_while_it_runs_stays_where_it_was_worked() {
    let mut run = Run::new();
    let start = run.now;
    roster(&mut run, "dora", RosterCommand::Take { schedule: ops(), rotation: None, replaces: None, person: None });
    run.advance(hours(3));
    run.by("dora", Command::RemoveOverride(1)).expect("taken back");
    assert_eq!(on(&run, 0), people(&["ana", "bo"]));
    let worked = run.state.on_call(&ops(), hours(2).after(start));
    assert_eq!(worked.into_iter().collect::<Vec<_>>(), people(&["bo", "dora"]), "the report must know");
}

#[test]
fn who_comes_on_duty_is_told_once_what_is_open_and_who_was_on() {
    let mut run = Run::new();
    run.fires(&[("alertname", "Fan"), ("severity", "info")]);
    assert_eq!(run.letters(), [""; 0], "the first look tells nobody");
    roster(&mut run, "dora", RosterCommand::Take { schedule: ops(), rotation: None, replaces: None, person: None });
    assert_eq!(run.letters(), ["dora: You are on call now: ops"]);
    let memo = run.state.memos.iter().next().expect("a letter").clone();
    let lines: Vec<String> = memo.text.iter().map(noout_words::english).collect();
    assert_eq!(
        lines,
        ["Until 2026-02-09 09:00 UTC.", "With you: bo.", "Before you: ana, bo.", "One incident is open: #1 Fan"]
    );
    run.post().advance(hours(24));
    assert_eq!(run.letters(), [""; 0], "once");
    // Monday: the override is over, and ana comes back to duty.
    run.advance(hours(24 * 6));
    assert_eq!(run.letters(), ["ana: You are on call now: ops"]);
}

#[test]
fn hourly_turns_of_the_same_people_tell_nobody_anything() {
    let mut run = Run::with(|c| {
        for (rotation, turns) in c.schedules[0].rotations.iter_mut().zip([["ana", "bo", "dora"], ["bo", "dora", "ana"]])
        {
            rotation.unit = noout_calendar::Unit::Hour;
            rotation.people = turns.map(|id| noout_calendar::Turn(vec![person_id(id)])).into();
        }
    });
    run.advance(hours(2)).post();
    let written = |run: &Run| {
        run.journal.iter().filter(|(_, e)| matches!(e, Event::Memo(crate::memo::MemoEvent::Written { .. }))).count()
    };
    let before = written(&run);
    run.advance(hours(48));
    assert_eq!(written(&run), before);
    run.configure(|c| c.schedules[0].handoff = false);
}

#[test]
fn a_schedule_without_hand_off_writes_no_letters() {
    let mut run = Run::with(|c| c.schedules[0].handoff = false);
    roster(&mut run, "dora", RosterCommand::Take { schedule: ops(), rotation: None, replaces: None, person: None });
    assert_eq!(run.letters(), [""; 0]);
}

#[test]
fn after_a_night_page_somebody_else_is_proposed_for_eleven_hours() {
    let mut run = Run::with(|c| {
        c.schedules[0].rotations[0].people[1] = noout_calendar::Turn(vec![person_id("dora")]);
    });
    run.advance(hours(11)).post();
    run.fires(&[("alertname", "Fan"), ("severity", "critical")]);
    assert_eq!(run.now.to_string(), "2026-02-02T23:00:00Z");
    let incident = run.incident().opened.id;
    let paged = run.paged();
    run.deliver().ack("bo", incident);
    assert!(paged.contains(&"bo".to_owned()), "{paged:?}");
    let found = rest_covers(&run.state, run.now);
    let [rest] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((rest.person.as_str(), rest.end.to_string().as_str()), ("bo", "2026-02-03T10:00:00Z"));
    let on_now: Vec<_> = on(&run, 0);
    let cover = rest.cover.clone().expect("somebody is free");
    assert!(!on_now.contains(&cover), "{cover} is on already: {on_now:?}");
    // It is a proposal: nothing changed, and accepting it is an override like any other.
    assert_eq!(on(&run, 0), on_now);
    let accept = Command::AddOverride {
        schedule: rest.schedule.clone(),
        rotation: Some(rest.rotation.clone()),
        replaces: Some(rest.person.clone()),
        person: cover.clone(),
        start: rest.start,
        end: rest.end,
    };
    run.by("chief", accept).expect("an override");
    assert!(rest_covers(&run.state, run.now).is_empty());
    assert!(on(&run, 0).contains(&cover));
}

#[test]
fn a_page_by_day_or_an_acknowledgement_without_a_page_needs_no_rest() {
    let mut run = Run::new();
    run.fires(&[("alertname", "Fan"), ("severity", "critical")]).deliver();
    let incident = run.incident().opened.id;
    run.ack("bo", incident);
    assert!(rest_covers(&run.state, run.now).is_empty(), "noon");
    run.by("bo", Command::Incident(IncidentCommand::Resolve { incident, note: String::new() })).expect("over");
    run.advance(hours(12));
    run.fires(&[("alertname", "Disk"), ("severity", "critical")]).deliver();
    let incident = run.incident().opened.id;
    run.ack("cleo", incident);
    assert!(rest_covers(&run.state, run.now).is_empty(), "cleo was awake anyway");
}

#[test]
fn a_calendar_that_is_read_again_replaces_what_it_said() {
    let mut run = Run::new();
    let time = |run: &Run, start: u64| Time {
        start: hours(start).after(run.now),
        end: hours(start + 8).after(run.now),
        reason: "Holidays".into(),
    };
    let read = |times: Vec<Time>| RosterCommand::ReadAbsences {
        person: person_id("ana"),
        source: "holidays.ics".into(),
        times,
    };
    let by_hand = time(&run, 400);
    roster(&mut run, "ana", RosterCommand::AddAbsence { person: person_id("ana"), time: by_hand });
    let (first, second) = (time(&run, 200), time(&run, 300));
    roster(&mut run, "ana", read(vec![first.clone(), second.clone()]));
    assert_eq!(run.state.roster.absences().count(), 3);
    assert!(roster(&mut run, "ana", read(vec![second.clone(), first])).is_empty(), "the same is nothing new");
    let events = roster(&mut run, "ana", read(vec![second]));
    assert!(matches!(events[0], Event::Roster(RosterEvent::AbsencesRead { .. })));
    assert_eq!(run.state.roster.absences().count(), 2, "what was told by hand stays");
    assert!(refused(&mut run, "cleo", read(Vec::new())).contains("role"), "not of others");
    // An absence never puts anybody on call.
    assert_eq!(on(&run, 202), people(&["ana", "bo"]));
}

#[test]
fn absences_are_bounded() {
    let mut run = Run::new();
    let backwards = Time { start: run.now, end: run.now, reason: String::new() };
    let add = |time| RosterCommand::AddAbsence { person: person_id("ana"), time };
    assert!(refused(&mut run, "ana", add(backwards)).contains("after the beginning"));
    let years = Time { start: run.now, end: hours(24 * 500).after(run.now), reason: String::new() };
    assert!(refused(&mut run, "ana", add(years)).contains("at most 400 days"));
    let many: Vec<_> = (0..1001)
        .map(|n| Time { start: hours(n).after(run.now), end: hours(n + 1).after(run.now), reason: String::new() })
        .collect();
    let read = RosterCommand::ReadAbsences { person: person_id("ana"), source: "x".into(), times: many };
    assert!(refused(&mut run, "ana", read).contains("at most 1000"));
}

#[test]
fn a_calendars_address_is_withdrawn_by_whose_it_is() {
    let mut run = Run::new();
    let feed = super::Feed::Person(person_id("vera"));
    assert_eq!(run.state.roster.feed_generation(&feed), 0);
    roster(&mut run, "vera", RosterCommand::RenewFeed(feed.clone()));
    assert_eq!(run.state.roster.feed_generation(&feed), 1);
    assert!(refused(&mut run, "cleo", RosterCommand::RenewFeed(feed)).contains("role"));
    let gone = super::Feed::Schedule("nights".parse().expect("an id"));
    assert!(refused(&mut run, "chief", RosterCommand::RenewFeed(gone)).contains("nights"));
}

#[test]
fn a_report_counts_each_persons_own_nights_weekends_and_holidays() {
    use super::report::{days_csv, stints, summary_csv, worked};
    let run = Run::with(|c| {
        c.people[0].timezone = "Asia/Tokyo".into();
        c.people[0].name = "Ana, the first".into();
        c.people[1].name = "=bo".into();
        c.holidays.push(toml::from_str("date = '2026-02-11'\npeople = ['ana']").expect("a holiday"));
    });
    let config = &run.state.config;
    let instant = |text: &str| text.parse::<noout_types::Timestamp>().expect("an instant");
    let all = stints(config, &[], instant("2026-02-01T00:00:00Z"), instant("2026-03-02T00:00:00Z"));
    let pages = [
        (person_id("ana"), instant("2026-02-10T18:00:00Z")), // three in the morning in Tokyo
        (person_id("bo"), instant("2026-02-10T18:00:00Z")),
        (person_id("bo"), instant("2026-01-10T18:00:00Z")), // before the period
    ];
    let period = |zone: &str| {
        let day = |text: &str| text.parse::<noout_calendar::Moment>().ok()?.begin(zone, run.now);
        Some((day("2026-02-02")?, day("2026-02-16")?))
    };
    let report = worked(config, &all, &pages, &period);
    expect_test::expect![[r#"
        person,name,timezone,hours,night_hours,weekend_hours,holiday_hours,pages,night_pages
        ana,"Ana, the first",Asia/Tokyo,336.00,112.00,96.00,24.00,1,1
        bo,'=bo,UTC,336.00,112.00,96.00,0.00,1,0
    "#]]
    .assert_eq(&summary_csv(&report).replace("\r\n", "\n"));
    let days = days_csv(&report);
    let ana: Vec<&str> =
        days.lines().filter(|line| line.contains("2026-02-11") || line.contains("2026-02-14")).collect();
    expect_test::expect![[r#"
        ana,"Ana, the first",Asia/Tokyo,2026-02-11,Wed,24.00,8.00,0.00,24.00
        ana,"Ana, the first",Asia/Tokyo,2026-02-14,Sat,24.00,8.00,24.00,0.00
        bo,'=bo,UTC,2026-02-11,Wed,24.00,8.00,0.00,0.00
        bo,'=bo,UTC,2026-02-14,Sat,24.00,8.00,24.00,0.00"#]]
    .assert_eq(&ana.join("\n"));
}

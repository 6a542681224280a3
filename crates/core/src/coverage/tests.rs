//! Behaviour: given, when, then.

use expect_test::expect;
use noout_calendar::Turn;
use noout_types::Span;

use crate::engine::Command;
use crate::event::Event;
use crate::roster::{RosterCommand, Time};
use crate::testing::{Run, person_id};

fn hours(n: u64) -> Span {
    Span::from_hours(n)
}

/// `bo` stands in for `ana`, some hours from now and for some hours, and is alone then.
fn alone(run: &mut Run, start: u64, length: u64) {
    let over = Command::AddOverride {
        schedule: "ops".parse().expect("an id"),
        rotation: None,
        replaces: Some(person_id("ana")),
        person: person_id("bo"),
        start: hours(start).after(run.now),
        end: hours(start + length).after(run.now),
    };
    run.by("ana", over).expect("an override");
}

#[test]
fn enough_people_open_nothing_and_are_looked_at_now_and_then() {
    let mut run = Run::new();
    let records = run.journal.len();
    run.advance(hours(24 * 30));
    assert!(run.open().is_empty());
    assert!(run.journal.len() - records <= 5, "a look each week, not each tick");
}

#[test]
fn one_person_alone_now_pages_the_fallback_and_ends_when_it_is_mended() {
    let mut run = Run::new();
    alone(&mut run, 0, 12);
    assert_eq!(run.incident().opened.key, "coverage/ops");
    assert!(run.incident().opened.text.contains("reachable: bo."));
    run.then_paged(["chief"]);
    run.by("ana", Command::RemoveOverride(1)).expect("removed");
    assert!(run.open().is_empty());
}

#[test]
fn a_gap_is_mailed_days_ahead_pages_when_near_and_ends_by_itself_when_it_is_over() {
    let mut run = Run::new();
    alone(&mut run, 24 * 10, 6);
    run.advance(hours(24 * 3 - 1));
    assert_eq!(run.letters(), [""; 0], "not yet");
    run.advance(hours(1));
    let about = "ops: fewer than 2 people on call from 2026-02-12 12:00 UTC";
    assert_eq!(run.letters(), ["ana", "bo", "chief"].map(|who| format!("{who}: {about}")));
    run.post();
    run.advance(hours(24 * 7 - 13));
    assert!(run.open().is_empty() && run.letters().is_empty(), "told once, and not near yet");
    run.advance(hours(1)).then_paged(["chief"]);
    let id = run.incident().opened.id;
    run.ack("chief", id);
    run.advance(hours(17));
    assert_eq!(run.open().len(), 1);
    run.advance(hours(1)).deliver();
    assert!(run.open().is_empty());
}

#[test]
fn a_gap_is_told_in_the_readers_language() {
    let mut run = Run::new();
    alone(&mut run, 10, 6);
    expect![[r#"
        en: ops: fewer than 2 people on call from 2026-02-02 22:00 UTC
            From 2026-02-02 22:00 UTC to 2026-02-03 04:00 UTC on call and reachable: bo. An override mends it.
        fr: ops : moins de 2 personnes d’astreinte dès 2026-02-02 22:00 UTC
            Du 2026-02-02 22:00 UTC au 2026-02-03 04:00 UTC, d’astreinte et joignables : bo. Un remplacement y remédie.
        de: ops: weniger als 2 in Bereitschaft ab 2026-02-02 22:00 UTC
            Von 2026-02-02 22:00 UTC bis 2026-02-03 04:00 UTC in Bereitschaft und erreichbar: bo. Eine Vertretung behebt es.
    "#]].assert_eq(&run.told("coverage/"));
}

#[test]
fn who_cannot_be_reached_does_not_count() {
    let mut run = Run::new();
    run.configure(|c| c.people[1].contact.clear());
    assert!(run.incident().opened.text.contains("reachable: ana"));
    run.configure(|c| c.people[1].contact.push("sms".parse().expect("a contact")));
    assert_eq!(run.open().len(), 1, "a contact that cannot be used yet is none");
    run.configure(|c| c.people[1].contact.push("mail:bo@example.org".parse().expect("a contact")));
    assert!(run.open().is_empty());
}

#[test]
fn a_schedule_that_is_gone_has_no_gap() {
    let mut run = Run::new();
    alone(&mut run, 0, 12);
    run.configure(|c| c.schedules.clear());
    assert!(run.open().is_empty());
}

#[test]
fn resolved_by_a_person_it_is_not_opened_again_by_the_same_look() {
    let mut run = Run::new();
    alone(&mut run, 0, 12);
    let incident = run.incident().opened.id;
    let resolve = crate::incident::IncidentCommand::Resolve { incident, note: "we know".into() };
    run.by("chief", Command::Incident(resolve)).expect("resolved");
    run.advance(hours(48));
    assert!(run.open().is_empty());
}

fn away(run: &mut Run, person: &str, start: u64, length: u64) {
    let time = Time {
        start: hours(start).after(run.now),
        end: hours(start + length).after(run.now),
        reason: "on a bicycle".into(),
    };
    let command = RosterCommand::AddAbsence { person: person_id(person), time };
    run.by(person, Command::Roster(command)).expect("an absence");
}

#[test]
fn who_is_away_is_not_ready_and_is_paged_all_the_same() {
    let mut run = Run::new();
    away(&mut run, "ana", 0, 4);
    assert!(run.incident().opened.text.contains("reachable: bo."));
    let on = run.state.on_call(&"ops".parse().expect("an id"), run.now);
    assert_eq!(on, ["ana", "bo"].map(person_id).into());
    run.by("ana", Command::Roster(RosterCommand::RemoveAbsence(1))).expect("back");
    assert!(run.open().is_empty());
}

#[test]
fn an_absence_of_the_file_counts_from_its_first_instant_to_its_last() {
    let mut run = Run::new();
    run.configure(|c| {
        c.people[0].timezone = "Asia/Tokyo".into();
        c.absences.push(toml::from_str("person = 'ana'\nfrom = '2026-02-10'\nto = '2026-02-11'").expect("an absence"));
    });
    let schedule = run.state.config.schedules[0].clone();
    let gaps = run.state.coverage_gaps(&schedule, run.now);
    let times: Vec<_> = gaps.iter().map(|g| format!("{} {}", g.start, g.end)).collect();
    assert_eq!(times, ["2026-02-09T15:00:00Z 2026-02-11T15:00:00Z"], "two days of Tokyo");
}

#[test]
fn the_fallback_of_the_schedule_fills_a_gap_while_it_lasts() {
    let mut run = Run::with(|c| c.schedules[0].fallback = Some(person_id("dora")));
    let ops = "ops".parse().expect("an id");
    assert_eq!(run.state.on_call(&ops, run.now), ["ana", "bo"].map(person_id).into());
    alone(&mut run, 1, 2);
    assert!(run.incident().opened.text.contains("dora stands in if nobody mends it."), "it is told all the same");
    assert_eq!(run.state.on_call(&ops, hours(1).after(run.now)), ["bo", "dora"].map(person_id).into());
    assert_eq!(run.state.on_call(&ops, hours(3).after(run.now)), ["ana", "bo"].map(person_id).into());
}

#[test]
fn a_gap_that_is_mended_and_comes_back_is_told_again() {
    let mut run = Run::new();
    alone(&mut run, 48, 6);
    assert_eq!(run.letters().len(), 3);
    run.post().by("ana", Command::RemoveOverride(1)).expect("removed");
    assert_eq!(run.letters(), [""; 0]);
    // One letter a day about a schedule, however often it changes.
    alone(&mut run, 50, 6);
    assert_eq!(run.letters(), [""; 0]);
    run.advance(hours(24));
    assert_eq!(run.letters().len(), 3);
    // One hour more of what is known already is no news.
    run.post();
    alone(&mut run, 31, 2);
    run.advance(hours(24));
    assert_eq!(run.letters(), [""; 0]);
}

#[test]
fn gaps_that_come_back_each_day_are_one_letter_a_day() {
    let mut run = Run::with(|c| {
        c.schedules[0].rotations[1].hours = Some("06:00-22:00".parse().expect("hours"));
        c.schedules[0].handoff = false;
    });
    let written = |run: &Run| {
        run.journal.iter().filter(|(_, e)| matches!(e, Event::Memo(crate::memo::MemoEvent::Written { .. }))).count()
    };
    let before = written(&run);
    assert_eq!(before, 3, "the gaps of a week in one letter to each");
    for _ in 0..24 {
        run.advance(hours(1)).post();
    }
    assert_eq!(written(&run), before + 3, "{:?}", run.letters());
}

/// The failure story: a primary list of five and a secondary list of four drift until both are one person.
#[test]
fn primary_list_of_five_and_secondary_of_four_drift_until_both_are_one_person() {
    let mut run = Run::with(|c| {
        let five = ["ana", "bo", "dora", "cleo", "vera"];
        let four = ["bo", "dora", "cleo", "ana"];
        let turns = |ids: &[&str]| ids.iter().map(|id| Turn(vec![person_id(id)])).collect();
        c.schedules[0].rotations[0].people = turns(&five);
        c.schedules[0].rotations[1].people = turns(&four);
        c.schedules[0].coverage_notice_days = 30;
    });
    // Weeks in which each list points at the same person, though they began with two.
    let gaps = run.state.coverage_gaps(&run.state.config.schedules[0].clone(), run.now);
    assert!(!gaps.is_empty() && gaps.iter().all(|gap| gap.have.len() == 1), "{gaps:?}");
    let first = gaps[0].clone();
    assert!(first.start > hours(24 * 7).after(run.now), "nobody sees it this week");
    let on = run.state.on_call(&"ops".parse().expect("an id"), first.start);
    assert_eq!(on.into_iter().collect::<Vec<_>>(), first.have);
    // It is mailed ahead, and pages when it is near.
    let ahead = Span::between(run.now, hours(24 * 30).before(first.start));
    run.advance(ahead);
    assert!(!run.letters().is_empty());
    let near = Span::between(run.now, hours(12).before(first.start));
    run.post().advance(near);
    assert!(run.incident_of("coverage/ops").is_some());
}

/// The failure story: midnight read as hour 24, nobody was covered "now", and the whole roster was paged.
#[test]
fn midnight_read_as_hour_24_nobody_covered_now() {
    let mut run = Run::with(|c| {
        let hours = |text: &str| Some(text.parse().expect("hours"));
        let [day, night] = &mut c.schedules[0].rotations[..] else { panic!("two rotations") };
        (day.hours, night.hours) = (hours("08:00-24:00"), hours("00:00-08:00"));
        day.people = vec![Turn(["ana", "bo"].map(person_id).into())];
        night.people = vec![Turn(["dora", "cleo"].map(person_id).into())];
    });
    assert_eq!(run.state.coverage_gaps(&run.state.config.schedules[0].clone(), run.now), []);
    run.advance(hours(12));
    run.fires(&[("alertname", "Fan"), ("severity", "critical")]);
    assert_eq!(run.paged(), ["cleo", "dora"], "at midnight sharp those of the night, and nobody else");
    run.deliver();
    assert!(run.incident_of("coverage/").is_none());
}

/// The failure story: somebody is deleted, and who was to be replaced by them is covered by nobody.
#[test]
fn gap_after_somebody_is_deleted() {
    let mut run = Run::new();
    let over = Command::AddOverride {
        schedule: "ops".parse().expect("an id"),
        rotation: None,
        replaces: Some(person_id("ana")),
        person: person_id("dora"),
        start: hours(24 * 3).after(run.now),
        end: hours(24 * 4).after(run.now),
    };
    run.by("ana", over).expect("an override");
    assert!(run.letters().is_empty() && run.open().is_empty());
    run.configure(|c| c.people.retain(|p| p.id.as_str() != "dora"));
    assert_eq!(run.letters().len(), 3, "mailed days ahead");
    run.post().advance(hours(24 * 3 - 12)).then_paged(["chief"]);
    assert!(run.incident().opened.text.contains("reachable: bo."));
}

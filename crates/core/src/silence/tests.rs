//! Behaviour: given, when, then.

use noout_types::{Labels, Span, Timestamp};

use super::{Rule, SilenceCommand, Standing, machine, of_alert};
use crate::actor::Actor;
use crate::alert::Ends;
use crate::config::{Inhibit, Mute};
use crate::engine::Command;
use crate::incident::IncidentCommand;
use crate::refusal::Refusal;
use crate::testing::{Run, alert, person_id};

fn mins(n: u64) -> Span {
    Span::from_mins(n)
}

fn set(run: &Run, matchers: &str, span: Span) -> SilenceCommand {
    SilenceCommand::Set {
        id: None,
        matchers: matchers.parse().expect("matchers"),
        starts_at: run.now,
        ends_at: span.after(run.now),
        author: None,
        comment: "being mended".into(),
    }
}

fn silence(run: &mut Run, matchers: &str, span: Span) {
    let command = set(run, matchers, span);
    run.by("cleo", Command::Silence(command)).expect("a silence");
}

/// `a` explains `b` of the same cluster.
fn inhibit(equal: &[&str]) -> Inhibit {
    Inhibit {
        id: "site".parse().expect("an id"),
        source: "alertname=\"SiteDown\"".parse().expect("matchers"),
        target: "severity=~\"warning|critical\", alertname!=\"SiteDown\"".parse().expect("matchers"),
        equal: equal.iter().map(ToString::to_string).collect(),
    }
}

const DOWN: &[(&str, &str)] = &[("alertname", "Down"), ("severity", "critical"), ("cluster", "eu")];

#[test]
fn a_silenced_alert_wakes_nobody_and_does_when_the_silence_ends_and_it_still_fires() {
    let mut run = Run::new();
    silence(&mut run, "alertname=Down", mins(60));
    run.fires(DOWN).then_paged([]);
    assert!(run.state.paging.held_back(run.incident().opened.id).is_some_and(|by| by.author == "cleo"));
    run.advance(mins(59)).then_paged([]);
    run.advance(mins(1)).then_paged(["ana", "bo"]);
    run.advance(mins(5)).then_paged(["dora"]);
}

#[test]
fn what_ended_under_a_silence_wakes_nobody_afterwards() {
    let mut run = Run::new();
    silence(&mut run, "alertname=Down", mins(60));
    run.fires(DOWN).then_paged([]);
    run.alerts(vec![alert(DOWN, Ends::Resolved(None))]);
    run.advance(mins(120)).then_paged([]);
    assert!(run.state.incidents.is_empty());
    // One that nobody sends any more is over, too: nobody was being woken about it.
    silence(&mut run, "alertname=Down", mins(60));
    run.alerts(vec![alert(DOWN, Ends::Unknown)]);
    run.advance(mins(120)).then_paged([]);
    assert!(run.state.incidents.is_empty());
}

#[test]
fn a_silence_set_in_the_middle_stops_pages_at_once_and_the_whole_escalation() {
    let mut run = Run::new();
    run.fires(DOWN);
    assert_eq!(run.sends().len(), 2, "two messages are about to leave");
    silence(&mut run, "alertname=Down", Span::from_hours(3));
    assert!(run.sends().is_empty(), "a message that has not left does not leave");
    // Neither the next steps, nor the fallback, nor the superiors.
    run.advance(mins(179)).then_paged([]);
    run.advance(mins(1)).then_paged(["ana", "bo"]);
    run.advance(mins(59)).deliver().advance(mins(1));
    assert!(run.paged().contains(&"chief".to_owned()), "let go, the deadline has its whole hour again");
}

#[test]
fn the_deadline_of_what_is_silenced_does_not_call_superiors_although_somebody_has_it() {
    let mut run = Run::new();
    run.fires(DOWN).deliver();
    let id = run.incident().opened.id;
    run.ack("ana", id);
    silence(&mut run, "cluster=eu", Span::from_hours(2));
    run.advance(mins(119)).then_paged([]);
    run.advance(mins(1)).then_paged([]);
    run.advance(mins(59)).then_paged([]);
    run.advance(mins(1)).then_paged(["chief"]);
}

#[test]
fn one_alert_that_is_not_silenced_wakes_people() {
    let mut run = Run::new();
    silence(&mut run, "instance=web1", mins(60));
    run.fires(&[("alertname", "Down"), ("instance", "web1")]).then_paged([]);
    run.fires(&[("alertname", "Down"), ("instance", "web2")]).then_paged(["ana", "bo"]);
    // And none of it any more when that one is over.
    run.alerts(vec![alert(&[("alertname", "Down"), ("instance", "web2")], Ends::Resolved(None))]);
    run.advance(mins(5)).then_paged([]);
}

#[test]
fn a_silence_ended_before_its_time_lets_go_at_once() {
    let mut run = Run::new();
    silence(&mut run, "alertname=Down", mins(60));
    run.fires(DOWN).then_paged([]);
    let id = run.state.silences.live().next().expect("one").id;
    run.by("bo", Command::Silence(SilenceCommand::End(id))).expect("ended");
    run.then_paged(["ana", "bo"]);
    let ended = run.state.silences.get(id).expect("still listed");
    assert_eq!((ended.standing(run.now), ended.ends_at), (Standing::Expired, run.now));
    assert!(run.by("bo", Command::Silence(SilenceCommand::End(id))).is_ok_and(|e| e.is_empty()), "twice is once");
}

#[test]
fn a_silence_that_begins_later_holds_back_only_from_then_on() {
    let mut run = Run::new();
    let SilenceCommand::Set { id, matchers, author, comment, .. } = set(&run, "alertname=Down", mins(60)) else {
        unreachable!("a setting")
    };
    let (starts_at, ends_at) = (mins(10).after(run.now), mins(30).after(run.now));
    let command = SilenceCommand::Set { id, matchers, starts_at, ends_at, author, comment };
    run.by("ana", Command::Silence(command)).expect("a silence");
    run.fires(DOWN).then_paged(["ana", "bo"]);
    run.advance(mins(5)).then_paged(["dora"]);
    // The fallback would be told at minute fifteen.
    run.advance(mins(10)).then_paged([]);
    run.advance(mins(15)).then_paged(["ana", "bo"]);
}

#[test]
fn who_may_silence_and_what_is_refused() {
    let mut run = Run::new();
    let refused = |run: &mut Run, by: &str, command: SilenceCommand| {
        run.by(by, Command::Silence(command)).map_err(|e| e.to_string()).expect_err("refused")
    };
    let command = set(&run, "alertname=Down", mins(60));
    assert!(refused(&mut run, "vera", command).contains("responder"), "who may only look");
    let command = set(&run, "", mins(60));
    assert!(refused(&mut run, "ana", command).contains("matchers"), "everything");
    let command = set(&run, "team!=\"db\"", mins(60));
    assert!(refused(&mut run, "ana", command).contains("matchers"), "nearly everything");
    let command = set(&run, "a=b", Span::default());
    assert!(refused(&mut run, "ana", command).contains("ends_at"), "no length");
    let command = set(&run, "a=b", Span::from_hours(400 * 24));
    assert!(refused(&mut run, "ana", command).contains("a year"), "for ever");
    // Without a person somebody must be named: nothing is held back by nobody.
    let command = set(&run, "a=b", mins(60));
    let no_author = run.by_local(Command::Silence(command)).map_err(|e| e.to_string()).expect_err("refused");
    assert!(no_author.contains("author"), "{no_author}");
}

#[test]
fn an_alert_that_another_one_explains_wakes_nobody_until_that_one_is_over() {
    let mut run = Run::with(|c| c.inhibits.push(inhibit(&["cluster"])));
    run.fires(&[("alertname", "SiteDown"), ("cluster", "eu")]).then_paged(["ana", "bo"]);
    run.fires(DOWN).then_paged([]);
    // Another cluster's is not explained.
    run.fires(&[("alertname", "Slow"), ("severity", "warning"), ("cluster", "us")]).then_paged(["ana", "bo"]);
    let site = run.state.incidents.iter().next().expect("one").opened.id;
    run.ack("ana", site).advance(mins(4)).deliver();
    run.alerts(vec![alert(&[("alertname", "SiteDown"), ("cluster", "eu")], Ends::Resolved(None))]);
    let told: Vec<_> = run.paged();
    assert_eq!(told, ["ana", "bo"], "what still fires is looked at again at once");
}

#[test]
fn two_alerts_that_could_explain_each_other_do_not() {
    let both = |run: &mut crate::config::Config| {
        let mut rule = inhibit(&[]);
        rule.source = "severity=critical".parse().expect("matchers");
        rule.target = "severity=critical".parse().expect("matchers");
        run.inhibits.push(rule);
    };
    let mut run = Run::with(both);
    run.fires(&[("alertname", "A"), ("severity", "critical")]).then_paged(["ana", "bo"]);
    run.fires(&[("alertname", "B"), ("severity", "critical")]).then_paged(["ana", "bo"]);
}

#[test]
fn a_rule_of_the_configuration_that_is_taken_away_lets_go() {
    let mut run = Run::with(|c| c.inhibits.push(inhibit(&["cluster"])));
    run.fires(&[("alertname", "SiteDown"), ("cluster", "eu")]).deliver();
    run.fires(DOWN).then_paged([]);
    run.configure(|c| c.inhibits.clear());
    run.then_paged(["ana", "bo"]);
}

#[test]
fn a_recurring_window_holds_back_in_its_hours_and_lets_go_at_its_end() {
    let until: Timestamp = "2026-03-01T00:00:00Z".parse().expect("an instant");
    let batch = |c: &mut crate::config::Config| {
        c.mutes.push(Mute {
            id: "batch".parse().expect("an id"),
            matchers: "job=batch".parse().expect("matchers"),
            timezone: "UTC".into(),
            weekdays: Vec::new(),
            hours: Some("11:00-13:00".parse().expect("hours")),
            author: person_id("bo"),
            until,
            reason: "nightly import".into(),
        });
    };
    let mut run = Run::with(batch);
    run.fires(&[("alertname", "Load"), ("job", "batch")]).then_paged([]);
    run.advance(mins(59)).then_paged([]);
    run.advance(mins(1)).then_paged(["ana", "bo"]);
    let id = run.incident().opened.id;
    run.ack("ana", id).advance(mins(22 * 60)).deliver();
    // The next day at eleven; and never again once the rule itself is over.
    run.alerts(vec![alert(&[("alertname", "Load2"), ("job", "batch")], Ends::WhenResolved)]);
    run.then_paged([]);
    run.stall(Span::from_hours(40 * 24));
    assert!(run.state.paging.escalations().all(|(_, e)| e.held.is_none()));
}

#[test]
fn maintenance_mutes_every_page_about_its_host_and_not_only_the_first() {
    let mut run = Run::new();
    let id = run.planned();
    run.approved(id);
    run.fires(&[("alertname", "InstanceDown"), ("instance", "pve1.example.org:9100")]).then_paged([]);
    run.fires(&[("alertname", "Other"), ("instance", "pve2:9100")]).then_paged(["ana", "bo"]);
    let incident = run.incident_of("no-route/alertname=InstanceDown").expect("open").opened.id;
    let held = run.state.paging.held_back(incident).expect("held back").clone();
    assert_eq!(held.rule, Rule::Maintenance { id });
    let other = run.incident_of("no-route/alertname=Other").expect("open").opened.id;
    run.ack("ana", other);
    // The steps, the fallback and the deadline would all have passed meanwhile.
    run.play(mins(90));
    let m = run.maintenance();
    assert!(m.is_running() && m.hold.is_none(), "the technician has the order: {:?}", run.current());
    assert_eq!(run.state.paging.pages_of(incident).count(), 0);
}

#[test]
fn a_maintenance_that_holds_mutes_nothing() {
    let mut run = Run::new();
    let id = run.planned();
    run.approved(id);
    run.fires(&[("alertname", "InstanceDown"), ("instance", "pve1:9100")]).then_paged([]);
    let hold = crate::maintenance::MaintenanceCommand::Hold { id, why: "wait".into() };
    run.maintain("bo", hold).expect("held");
    assert_eq!(run.paged(), ["ana", "bo"]);
}

#[test]
fn an_acknowledgement_in_june_covers_nothing_in_october() {
    let mut run = Run::new();
    run.fires(DOWN).deliver();
    let id = run.incident().opened.id;
    run.ack("ana", id);
    run.alerts(vec![alert(DOWN, Ends::Resolved(None))]);
    run.advance(Span::from_hours(120 * 24));
    run.fires(DOWN);
    assert!(!run.sends().is_empty());
}

#[test]
fn a_hand_over_is_told_although_the_alerts_are_silenced() {
    let mut run = Run::new();
    run.fires(DOWN).deliver();
    let incident = run.incident().opened.id;
    silence(&mut run, "alertname=Down", mins(60));
    let hand = IncidentCommand::HandOver { incident, to: person_id("cleo") };
    run.by("ana", Command::Incident(hand)).expect("handed over");
    run.then_paged(["cleo"]);
    run.advance(mins(30)).then_paged([]);
}

#[test]
fn a_machine_is_named_without_port_and_domain() {
    let named = |pairs: &[(&str, &str)]| machine(&pairs.iter().copied().collect::<Labels>()).map(ToOwned::to_owned);
    assert_eq!(named(&[("instance", "pve1.example.org:9100")]).as_deref(), Some("pve1"));
    assert_eq!(named(&[("instance", "exporter:80"), ("host", "pve3")]).as_deref(), Some("pve3"));
    assert_eq!(named(&[("instance", "10.0.0.7:9100")]).as_deref(), Some("10.0.0.7"));
    assert_eq!(named(&[("instance", "[fe80::1]:9100")]).as_deref(), Some("[fe80::1]"));
    assert_eq!(named(&[("instance", "fe80::1")]).as_deref(), Some("fe80::1"));
    assert_eq!(named(&[("job", "node")]), None);
}

#[test]
fn a_thousand_silences_are_the_most_and_a_change_keeps_its_number() {
    let mut run = Run::new();
    silence(&mut run, "alertname=Down", mins(60));
    let first = run.state.silences.live().next().expect("one").clone();
    let longer = SilenceCommand::Set {
        id: Some(first.id),
        matchers: first.matchers.clone(),
        starts_at: first.starts_at,
        ends_at: mins(120).after(run.now),
        author: None,
        comment: "longer".into(),
    };
    run.by("ana", Command::Silence(longer)).expect("changed");
    assert_eq!(run.state.silences.live().map(|s| s.id).collect::<Vec<_>>(), [first.id]);
    for n in 1..super::MAX_SILENCES {
        silence(&mut run, &format!("alertname=A{n}"), mins(60));
    }
    let one_more = set(&run, "alertname=More", mins(60));
    assert!(run.by("ana", Command::Silence(one_more)).is_err_and(|e| e.to_string().contains("1000")));
    let fp = alert(DOWN, Ends::Unknown).labels;
    assert!(of_alert(&run.state, run.now, fp.fingerprint(), &fp).is_some());
}

#[test]
fn a_worse_alert_that_is_not_silenced_wakes_people_although_somebody_had_it() {
    let mut run = Run::new();
    run.fires(&[("alertname", "Down"), ("host", "pve1"), ("severity", "warning")]).deliver();
    let id = run.incident().opened.id;
    run.ack("ana", id);
    silence(&mut run, "host=pve1", mins(300));
    run.advance(mins(61)).then_paged([]);
    run.fires(&[("alertname", "Down"), ("host", "pve2"), ("severity", "critical")]).then_paged(["ana", "bo"]);
}

/// Given a source that may silence, then it may for a week, or for as long as the configuration says, however it splits it.
#[test]
fn a_source_silences_for_a_week_and_no_year() {
    let mut run = Run::with(|c| {
        let text = "[[source]]\nid = 'amtool'\nkey = 'env:A'\nsilences = true\n\
            [[source]]\nid = 'deploy'\nkey = 'env:B'\nsilences = true\nsilence_most = '30d'\n";
        c.sources = toml::from_str::<crate::config::Config>(text).expect("sources").sources;
    });
    let by = |run: &mut Run, source: &str, begins: Span, lasts: Span| {
        let by = Actor::Source(source.parse().expect("an id"));
        let starts_at = begins.after(run.now);
        let SilenceCommand::Set { id, matchers, author, comment, .. } = set(run, "alertname=Down", lasts) else {
            unreachable!("it sets one");
        };
        let author = author.or(Some("eve".into()));
        let ends_at = lasts.after(starts_at);
        let command = SilenceCommand::Set { id, matchers, starts_at, ends_at, author, comment };
        run.when(crate::Input::Command { by, command: Command::Silence(command) }).map(|_| ())
    };
    let (now, day, week) = (Span::default(), Span::from_hours(24), Span::from_hours(7 * 24));
    by(&mut run, "amtool", now, week).expect("a week");
    let why = by(&mut run, "amtool", day, week).expect_err("it ends later than that");
    assert!(matches!(&why, Refusal::Invalid { field: "ends_at", .. }), "{why:?}");
    assert!(why.to_string().contains("at the most 7d from now, as silence_most of the source amtool says"), "{why}");
    by(&mut run, "deploy", week, week).expect("its configuration says so");
    by(&mut run, "deploy", now, Span::from_hours(31 * 24)).expect_err("more than that");
    // People answer for themselves.
    let command = set(&run, "alertname=Down", Span::from_hours(300 * 24));
    run.by("cleo", Command::Silence(command)).expect("a long silence");
}

/// Given matchers that take long to compare with each alert, then they are refused, whoever sets them.
#[test]
fn a_silence_is_compared_in_no_time() {
    let mut run = Run::new();
    let many = vec!["a=b"; 65].join(",");
    for (matchers, told) in [("alertname=~\"\\w{15}\"", "takes too long to compare"), (many.as_str(), "at the most 64")]
    {
        let command = set(&run, matchers, mins(60));
        let why = run.by("cleo", Command::Silence(command)).expect_err("refused");
        assert!(why.to_string().contains(told), "{why}");
    }
}

/// The lock screen said "disk slow", which the team had silenced, and the dead database stood in the ninth line.
#[test]
fn a_page_is_titled_by_an_alert_that_counts() {
    let mut run = Run::new();
    silence(&mut run, "job=\"disk\"", Span::from_hours(2));
    let posted = |job: &str, severity: &str, summary: &str| {
        let mut alert = alert(&[("alertname", "Db"), ("job", job), ("severity", severity)], Ends::WhenResolved);
        alert.annotations.insert("summary".to_owned(), summary.to_owned());
        alert
    };
    run.alerts(vec![posted("disk", "critical", "The disk is slow")]);
    let id = run.incident().opened.id;
    let told = |run: &Run| run.state.speaks_for(run.now, run.incident()).map(|(title, _)| title);
    assert_eq!(told(&run), None, "all is held back, so nobody is told anything");
    run.then_paged([]);
    run.alerts(vec![
        posted("replica", "warning", "The replica lags"),
        posted("db", "critical", "The database is down"),
    ]);
    assert_eq!(run.incident().opened.id, id);
    assert_eq!(told(&run).as_deref(), Some("The database is down"));
    assert_eq!(run.state.counting(run.now, run.incident()).len(), 2);
    run.then_paged(["ana", "bo"]);
    run.advance(Span::from_hours(2));
    assert_eq!(told(&run), None, "nothing is held back any more: it is called as it was opened");
}

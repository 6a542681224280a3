//! Filing, saying, closing; what comes back; and that nothing goes round.

mod echo;

use noout_types::{IncidentId, Span, TicketId, TrackerId, Urgency};

use super::{Comment, RemoteComment, RemoteTicket, Saying, TicketOutcome, Work};
use crate::config::{Config, Tracker};
use crate::engine::{Command, Effect, Input, pending_tickets};
use crate::event::Event;
use crate::incident::IncidentCommand;
use crate::paging::SendOutcome;
use crate::testing::Run;

const DOWN: &[(&str, &str)] = &[("alertname", "Down"), ("severity", "critical"), ("team", "storage")];

fn id(text: &str) -> TrackerId {
    TrackerId::new(text).expect("an id")
}

fn tracker(text: &str) -> Tracker {
    let all = format!(
        "id = {text:?}\nkind = \"gitlab\"\nurl = \"https://t.example.org\"\nproject = \"a/b\"\ntoken = \"env:T\"\n"
    );
    toml::from_str(&all).expect("a tracker")
}

/// A run in which the policy files everything in `jira`.
fn filing(change: impl FnOnce(&mut Config)) -> Run {
    Run::with(|c| {
        c.trackers = vec![tracker("jira")];
        c.policies[0].tracker = Some(id("jira"));
        change(c);
    })
}

/// What trackers are asked now.
fn asked(run: &Run) -> Vec<(TicketId, u32, u32, Work)> {
    pending_tickets(&run.state)
        .filter_map(|effect| match effect {
            Effect::Ticket { ticket, item, attempt } => {
                let (_, work) = run.state.tickets.get(ticket)?.work()?;
                Some((ticket, item, attempt, work.clone()))
            }
            _ => None,
        })
        .collect()
}

fn ends(run: &mut Run, outcome: TicketOutcome) {
    let (ticket, item, attempt, _) = asked(run).into_iter().next().expect("a tracker is asked");
    run.when(Input::Ticketed { ticket, item, attempt, outcome }).expect("an outcome is never refused");
}

fn filed(run: &mut Run) {
    ends(run, TicketOutcome::Filed { id: "OPS-7".into(), url: "https://t.example.org/OPS-7".into() });
}

/// Does everything that trackers are asked, until they are asked no more.
fn all_done(run: &mut Run) -> Vec<Work> {
    let mut done = Vec::new();
    for _ in 0..50 {
        run.advance(Span::from_secs(2));
        let Some((_, _, _, work)) = asked(run).into_iter().next() else { break };
        match work {
            Work::File => filed(run),
            _ => ends(run, TicketOutcome::Done),
        }
        done.push(work);
    }
    done
}

fn said(text: &str) -> Work {
    let by = crate::Actor::Person("ana".parse().expect("an id"));
    Work::Say(Saying::Noted { by, text: text.into() })
}

fn note(run: &mut Run, text: &str) {
    let incident = run.incident().opened.id;
    run.by("ana", Command::Incident(IncidentCommand::Note { incident, text: text.into() })).expect("a note");
}

fn resolve(run: &mut Run) {
    let incident = run.incident().opened.id;
    let command = IncidentCommand::Resolve { incident, note: "disk replaced".into() };
    run.by("ana", Command::Incident(command)).expect("resolved");
}

fn remote(id: &str, text: &str) -> RemoteComment {
    RemoteComment { comment: Comment { id: id.into(), author: "Jo".into(), text: text.into() }, ours: false }
}

fn read(run: &mut Run, closed: bool, comments: Vec<RemoteComment>) -> Vec<Event> {
    let ticket = run.state.tickets.iter().next().expect("a ticket").id;
    run.when(Input::TicketSeen { ticket, seen: RemoteTicket { closed, comments } }).expect("never refused")
}

#[test]
fn an_incident_is_filed_once_and_its_people_are_heard_there() {
    let mut run = filing(|_| {});
    run.fires(DOWN).deliver();
    assert_eq!(asked(&run), [(TicketId(1), 0, 1, Work::File)]);
    filed(&mut run);
    let incident = run.incident();
    assert_eq!(incident.tickets[&id("jira")].id, "OPS-7");
    run.fires(&[("alertname", "Down"), ("severity", "critical"), ("instance", "2")]).deliver();
    assert_eq!(run.state.tickets.iter().count(), 1, "what joins is no second ticket");
    note(&mut run, "I look at it");
    assert_eq!(all_done(&mut run), [said("I look at it")]);
}

#[test]
fn routes_and_matchers_say_what_is_filed_without_asking() {
    let wanted = |change: &dyn Fn(&mut Config)| {
        let mut run = Run::with(|c| {
            c.trackers = vec![tracker("jira")];
            change(c);
        });
        run.fires(DOWN).deliver();
        asked(&run).len()
    };
    assert_eq!(wanted(&|_| {}), 0, "nobody names it");
    assert_eq!(wanted(&|c| c.trackers[0].when = Some("team=\"storage\"".parse().expect("matchers"))), 1);
    assert_eq!(wanted(&|c| c.trackers[0].when = Some("team=\"db\"".parse().expect("matchers"))), 0);
    let named = |c: &mut Config| c.policies[0].tracker = Some(id("jira"));
    assert_eq!(wanted(&named), 1);
    let low = |c: &mut Config| {
        named(c);
        c.trackers[0].urgency = Some(Urgency::Low);
    };
    assert_eq!(wanted(&low), 0, "only what wakes nobody");
}

#[test]
fn a_person_files_what_was_not_and_not_twice() {
    let mut run = filing(|c| c.policies[0].tracker = None);
    run.fires(DOWN).deliver();
    let incident = run.incident().opened.id;
    let file = |incident| Command::FileTicket { incident, tracker: id("jira") };
    run.by("vera", file(incident)).expect_err("she may only look");
    run.by("ana", file(IncidentId(99))).expect_err("there is none");
    run.by("ana", Command::FileTicket { incident, tracker: id("nowhere") }).expect_err("no such tracker");
    run.by("ana", file(incident)).expect("wanted");
    filed(&mut run);
    run.by("ana", file(incident)).expect_err("it is there");
}

#[test]
fn a_failing_tracker_never_delays_a_page() {
    // Each page leaves in the very second in which it would leave if there were no tracker.
    let pages = |mut run: Run| {
        let mut pages = Vec::new();
        run.fires(DOWN);
        for second in 0..1200 {
            pages.extend(run.paged().into_iter().map(|person| (second, person)));
            run.all_end(&SendOutcome::Delivered("taken".into()));
            if !asked(&run).is_empty() {
                ends(&mut run, TicketOutcome::Transient("503".into()));
            }
            run.advance(Span::from_secs(1));
        }
        pages
    };
    let without = pages(Run::new());
    assert!(without.len() >= 4 && without[0] == (0, "ana".to_owned()), "{without:?}");
    assert_eq!(pages(filing(|_| {})), without);
}

#[test]
fn an_ambiguous_create_is_looked_up_before_any_retry() {
    let mut run = filing(|_| {});
    run.fires(DOWN).deliver();
    let before = run.state.tickets.iter().next().expect("a ticket").marker("j");
    ends(&mut run, TicketOutcome::Ambiguous("no answer".into()));
    assert_eq!(asked(&run), [], "the search index of the tracker lags: not at once");
    run.advance(super::AMBIGUOUS_WAIT);
    assert_eq!(asked(&run), [(TicketId(1), 0, 2, Work::File)], "the same piece of work");
    assert_eq!(run.state.tickets.iter().next().expect("a ticket").marker("j"), before, "by the same marker");
}

#[test]
fn a_crash_repeats_the_attempt_that_was_under_way() {
    let mut run = filing(|_| {});
    run.fires(DOWN).deliver();
    let before = asked(&run);
    run.crash();
    assert_eq!(asked(&run), before);
}

#[test]
fn a_refused_ticket_may_be_asked_for_again() {
    let mut run = filing(|_| {});
    run.fires(DOWN).deliver();
    ends(&mut run, TicketOutcome::Permanent("401".into()));
    note(&mut run, "nobody there hears this");
    run.advance(Span::from_hours(1)).deliver();
    assert_eq!(asked(&run), []);
    let incident = run.incident().opened.id;
    run.by("ana", Command::FileTicket { incident, tracker: id("jira") }).expect("once more");
    assert_eq!(asked(&run).len(), 1);
    assert_eq!(run.state.tickets.iter().count(), 1, "by the same number, and so the same marker");
}

#[test]
fn resolving_closes_the_ticket_if_so_configured() {
    for close in [false, true] {
        let mut run = filing(|c| c.trackers[0].close = close);
        run.fires(DOWN).deliver();
        filed(&mut run);
        resolve(&mut run);
        let done = all_done(&mut run);
        assert!(matches!(done[0], Work::Say(Saying::Resolved { .. })), "{done:?}");
        assert_eq!(done.get(1), close.then_some(&Work::Close));
        assert_eq!(run.state.tickets.iter().count(), 0, "nothing is left to do");
        assert_eq!(run.state.closed[0].tickets[&id("jira")].id, "OPS-7", "the link stays");
    }
}

#[test]
fn what_is_over_before_it_was_filed_is_not_filed() {
    let mut run = filing(|c| c.trackers[0].per_minute = 1);
    run.fires(DOWN).deliver();
    filed(&mut run);
    run.fires(&[("alertname", "Other"), ("severity", "critical")]).deliver();
    assert_eq!(asked(&run), [], "one request in a minute");
    let other = *run.open().last().expect("the second");
    let command = IncidentCommand::Resolve { incident: other, note: String::new() };
    run.by("ana", Command::Incident(command)).expect("resolved");
    run.advance(Span::from_mins(5));
    assert_eq!(asked(&run), []);
}

#[test]
fn what_is_said_there_is_told_here_once() {
    let mut run = filing(|_| {});
    run.fires(DOWN).deliver();
    filed(&mut run);
    let comments = || vec![remote("1", "Is the customer told?"), remote("2", "  ")];
    assert_eq!(read(&mut run, false, comments()).len(), 1);
    assert_eq!(read(&mut run, false, comments()), [], "nothing new");
    assert_eq!(all_done(&mut run), [], "what came from there does not go back");
}

#[test]
fn an_echo_is_known_by_its_marker_its_author_and_its_words() {
    let mut run = filing(|_| {});
    run.fires(DOWN).deliver();
    filed(&mut run);
    note(&mut run, "I replace the disk, \"sdc\"");
    all_done(&mut run);
    let ticket = run.state.tickets.iter().next().expect("a ticket").marker("ffff");
    let mut ours = remote("4", "something else");
    ours.ours = true;
    let echoes = vec![
        remote("1", &format!("Ana: I replace the disk {ticket}-1")),
        remote("2", "an other noout says noout-incident-0000-3-1-1"),
        remote(
            "3",
            "<p>I replace the disk, &quot;sdc&quot;</p>"
                .replace("<p>", "")
                .replace("</p>", "")
                .replace("&quot;", "»")
                .as_str(),
        ),
        ours,
    ];
    assert_eq!(read(&mut run, false, echoes), []);
}

#[test]
fn closing_there_ends_the_incident_only_if_configured() {
    for resolves in [false, true] {
        let mut run = filing(|c| {
            c.trackers[0].resolve_on_close = resolves;
            c.trackers[0].close = true;
        });
        run.fires(DOWN).deliver();
        filed(&mut run);
        read(&mut run, true, vec![]);
        assert_eq!(run.open().is_empty(), resolves);
        assert_eq!(all_done(&mut run), [], "who closed it has heard enough");
        if !resolves {
            note(&mut run, "still here");
            assert_eq!(all_done(&mut run), []);
            read(&mut run, false, vec![]);
            note(&mut run, "opened again there");
            assert_eq!(all_done(&mut run), [said("opened again there")]);
        }
    }
}

#[test]
fn requests_are_no_faster_than_the_trackers_rate() {
    let mut run = filing(|c| c.trackers[0].per_minute = 6);
    for n in 0..5 {
        run.fires(&[("alertname", &format!("A{n}")), ("severity", "critical")]).deliver();
    }
    let start = run.now;
    let mut at = Vec::new();
    while at.len() < 5 {
        if asked(&run).is_empty() {
            run.advance(Span::from_secs(1)).deliver();
            continue;
        }
        at.push(Span::between(start, run.now).as_millis() / 1000);
        filed(&mut run);
    }
    assert_eq!(at, [0, 10, 20, 30, 40]);
}

#[test]
fn a_tracker_that_is_taken_out_is_asked_no_more() {
    let mut run = filing(|_| {});
    run.fires(DOWN).deliver();
    run.configure(|c| {
        c.trackers.clear();
        c.policies[0].tracker = None;
    });
    assert_eq!(asked(&run), []);
    run.advance(Span::from_hours(1));
}

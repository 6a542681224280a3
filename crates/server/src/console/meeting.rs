//! The weekly meeting: its agenda, and the decisions that the team takes with everybody's voice.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use noout_api as wire;
use noout_calendar::Moment;
use noout_core::State;
use noout_core::engine::Command;
use noout_core::meeting::{About, Choice, Decision, MeetingCommand, Question};
use noout_types::{DecisionId, PersonId, Span};
use serde::Deserialize;

use super::form::Fields;
use super::http::{Answer, html, invalid, missing, plain, refused, see_other};
use super::marks::{Mark, Tone};
use super::names::{actor, name, names, severity};
use super::page::Page;
use super::requests::{Row as RequestRow, open_rows, sentence, works};
use super::seat::{Post, Seat};
use super::timeline::{Line, lines, rows};
use super::times::{When, stopwatch};
use crate::App;
use crate::meeting::{agenda, decision_of, decisions};

/// Decisions that the list shows; the search finds older ones.
const SHOWN: usize = 100;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/meeting", get(meeting))
        .route("/decisions", get(list).post(raise))
        .route("/decisions/{id}", get(show))
        .route("/decisions/{id}/{act}", post(act))
}

struct Incident {
    id: u64,
    mark: Mark,
    title: String,
    owner: String,
    at: When,
    to_ack: String,
    to_resolve: String,
    pages: u64,
    night_pages: u64,
}

struct Stood {
    request: u64,
    title: String,
    owner: String,
    what: String,
    from: When,
    lasted: String,
    goes_on: bool,
}

struct Planned {
    id: u64,
    host: String,
    reason: String,
    phase: String,
    at: When,
    interrupted_by: Vec<u64>,
}

struct Gap {
    schedule: String,
    from: When,
    to: When,
    need: u32,
    have: usize,
    who: String,
}

#[derive(Template)]
#[template(path = "meeting.html")]
struct Agenda {
    p: Page,
    at: When,
    since: When,
    people: String,
    requests: Vec<RequestRow>,
    requests_closed: usize,
    stood: Vec<Stood>,
    incidents: Vec<Incident>,
    incidents_more: usize,
    planned: Vec<Planned>,
    gaps: Vec<Gap>,
    gaps_more: usize,
    decisions: Vec<Row>,
}

async fn meeting(seat: Seat) -> Response {
    let app = seat.app.clone();
    let made = match tokio::task::spawn_blocking(move || agenda(&app)).await {
        Ok(Ok(made)) => made,
        Ok(Err(why)) => {
            tracing::error!(%why, "the agenda cannot be read");
            return plain(axum::http::StatusCode::SERVICE_UNAVAILABLE, "the agenda cannot be read; the log says why");
        }
        Err(_) => return plain(axum::http::StatusCode::SERVICE_UNAVAILABLE, "the agenda cannot be made"),
    };
    let p = Page::new(&seat, "meeting");
    html(&seat.app.read(|s| drawn(s, p, &seat, made)))
}

fn length(ms: u64) -> String {
    stopwatch(Span::from_millis(ms))
}

fn drawn(s: &State, p: Page, seat: &Seat, a: wire::Agenda) -> Agenda {
    let owner = |o: Option<&PersonId>| o.map(|o| name(s, o)).unwrap_or_default();
    let incident = |i: wire::AgendaIncident| Incident {
        id: i.id.0,
        mark: match i.status.as_str() {
            "resolved" => Mark::new(Tone::Ok, p.s("status-resolved")),
            other => Mark::new(i.severity.into(), severity(p.t, i.severity)).hollow(other == "acked"),
        },
        // What noout said itself is said in the reader's language, as long as it is at hand.
        title: s.incident(i.id).map_or(i.title, |known| super::names::title(&p.watch, known)),
        owner: owner(i.owner.as_ref()),
        at: p.watch.when(i.at),
        to_ack: i.to_ack_ms.map(length).unwrap_or_default(),
        to_resolve: i.to_resolve_ms.map(length).unwrap_or_default(),
        pages: i.pages,
        night_pages: i.night_pages,
    };
    let host = |id: noout_types::MaintenanceId| match s.maintenances.get(id) {
        Some(m) => p.t.a("maintenance-of", &[("n", &id.to_string()), ("host", m.host.as_str())]),
        None => format!("#{id}"),
    };
    let stood = |i: wire::Interruption| Stood {
        request: i.request.0,
        title: i.title,
        owner: owner(i.owner.as_ref()),
        what: sentence(&i.maintenance.map_or_else(|| p.s("planned-work"), host)),
        from: p.watch.when(i.from),
        lasted: length(i.lasted_ms),
        goes_on: i.until.is_none(),
    };
    let planned = |m: wire::AgendaMaintenance| Planned {
        id: m.id.0,
        host: m.host.to_string(),
        reason: s.maintenances.get(m.id).map_or(m.reason, |known| p.watch.say(&known.reason)),
        phase: p.s(&format!("phase-{}", m.phase)),
        at: p.watch.when(m.at),
        interrupted_by: m.interrupted_by.iter().map(|r| r.0).collect(),
    };
    let gap = |g: wire::AgendaGap| Gap {
        schedule: g.schedule.to_string(),
        from: p.watch.when(g.start),
        to: p.watch.when(g.end),
        need: g.need,
        have: g.have.len(),
        who: names(s, &g.have),
    };
    Agenda {
        at: p.watch.when(a.at),
        since: p.watch.when(a.since),
        people: names(s, &a.people),
        requests: open_rows(s, &p, seat),
        requests_closed: usize::try_from(a.requests_closed).unwrap_or(usize::MAX),
        stood: a.interrupted.into_iter().map(stood).collect(),
        incidents: a.incidents.into_iter().map(incident).collect(),
        incidents_more: usize::try_from(a.incidents_more).unwrap_or(usize::MAX),
        planned: a.maintenances.into_iter().map(planned).collect(),
        gaps: a.gaps.into_iter().map(gap).collect(),
        gaps_more: usize::try_from(a.gaps_more).unwrap_or(usize::MAX),
        decisions: s.decisions.open().map(|d| row(&p, seat, d)).collect(),
        p,
    }
}

/// A question in a list.
struct Row {
    id: u64,
    mark: Mark,
    title: String,
    at: When,
    until: Option<When>,
    late: bool,
    voices: usize,
    silent: usize,
    decided: String,
    /// The reader was asked and has not said anything.
    asks_me: bool,
}

fn row(p: &Page, seat: &Seat, d: &Decision) -> Row {
    let (tone, key) = match &d.closed {
        Some(_) => (Tone::Ok, "decision-closed"),
        None if d.is_late(p.watch.now) => (Tone::Warn, "decision-late"),
        None => (Tone::Maintenance, "decision-open"),
    };
    Row {
        id: d.id.0,
        mark: Mark::new(tone, p.s(key)),
        title: d.title.clone(),
        at: p.watch.when(d.at),
        until: d.until.filter(|_| d.closed.is_none()).map(|until| p.watch.when(until)),
        late: d.is_late(p.watch.now),
        voices: d.voices.len(),
        silent: d.silent().count(),
        decided: d.closed.as_ref().map(|c| c.decided.clone()).unwrap_or_default(),
        asks_me: d.closed.is_none() && d.silent().any(|person| *person == seat.who),
    }
}

#[derive(Template)]
#[template(path = "decisions.html")]
struct List {
    p: Page,
    q: String,
    rows: Vec<Row>,
    /// What a new question is about: `incident` or `request`, and the number.
    about: Option<(&'static str, String)>,
    /// Whether the reader may put one up.
    works: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    incident: String,
    request: String,
}

async fn list(seat: Seat, Query(asked): Query<Asked>) -> Response {
    let p = Page::new(&seat, "meeting").titled(seat.t.s("decisions-title"));
    let (app, q) = (seat.app.clone(), asked.q.trim().to_owned());
    let wanted = q.clone();
    let found = tokio::task::spawn_blocking(move || decisions(app.reader(), None, &wanted, SHOWN)).await;
    let found = match found {
        Ok(Ok(found)) => found,
        Ok(Err(why)) => {
            tracing::error!(%why, "decisions cannot be read");
            Vec::new()
        }
        Err(_) => Vec::new(),
    };
    let mut rows: Vec<_> = found.iter().map(|d| (d.closed.is_some(), row(&p, &seat, d))).collect();
    rows.sort_by_key(|(closed, _)| *closed);
    let number = |text: &str| text.parse::<u64>().ok().map(|n| n.to_string());
    let about = number(&asked.incident).map(|n| ("incident", n));
    let about = about.or_else(|| number(&asked.request).map(|n| ("request", n)));
    let works = seat.app.read(|s| works(s, &seat));
    html(&List { p, q, rows: rows.into_iter().map(|(_, row)| row).collect(), about, works })
}

struct Said {
    who: String,
    choice: String,
    words: String,
    at: When,
    asked: bool,
}

/// Something that can be chosen.
struct Choosable {
    code: String,
    word: String,
    count: usize,
    mine: bool,
}

#[derive(Template)]
#[template(path = "decision.html")]
struct Screen {
    p: Page,
    id: u64,
    mark: Mark,
    heading: String,
    text: String,
    by: String,
    at: When,
    until: Option<When>,
    late: bool,
    about: Option<(String, String)>,
    options: Vec<Choosable>,
    voices: Vec<Said>,
    silent: String,
    mine: String,
    closed: Option<(String, When, String, String)>,
    may_speak: bool,
    works: bool,
    lines: Vec<Line>,
}

async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let p = Page::new(&seat, "meeting");
    let Ok(id) = id.parse::<DecisionId>() else { return Err(missing(p, &id)) };
    let rows = rows(&seat.app, format!("decision/{id}")).await;
    let known = seat.app.read(|s| s.decisions.get(id).cloned());
    let found = match known {
        Some(found) => Some(found),
        None => closed_long_ago(&seat.app, id).await,
    };
    let Some(d) = found else { return Err(missing(p, &format!("#{id}"))) };
    Ok(html(&seat.app.read(|s| screen(s, &p, &seat, &d, &rows))))
}

fn word(p: &Page, d: &Decision, choice: Choice) -> String {
    match choice {
        Choice::Option(n) => d.options.get(usize::from(n).wrapping_sub(1)).cloned().unwrap_or_default(),
        other => p.s(&format!("choice-{other}")),
    }
}

fn screen(s: &State, p: &Page, seat: &Seat, d: &Decision, rows: &[noout_core::journal::TimelineRow]) -> Screen {
    let works = works(s, seat);
    let own = d.voices.get(&seat.who);
    let option = |choice: Choice| Choosable {
        code: choice.to_string(),
        word: word(p, d, choice),
        count: d.count(choice),
        mine: own.is_some_and(|v| v.choice == choice),
    };
    let said = |(person, v): (&PersonId, &noout_core::meeting::Voice)| Said {
        who: name(s, person),
        choice: word(p, d, v.choice),
        words: v.words.clone(),
        at: p.watch.when(v.at),
        asked: d.asked.contains(person),
    };
    let about = d.about.map(|about| match about {
        About::Incident(id) => (format!("/incidents/{id}"), format!("{} #{id}", p.s("incident"))),
        About::Request(id) => (format!("/requests/{id}"), format!("{} #{id}", p.s("request"))),
    });
    let row = row(p, seat, d);
    Screen {
        id: d.id.0,
        mark: row.mark,
        heading: d.title.clone(),
        text: d.text.clone(),
        by: actor(s, p.t, &d.by),
        at: row.at,
        until: row.until,
        late: row.late,
        about,
        options: d.choices().into_iter().map(option).collect(),
        voices: d.voices.iter().map(said).collect(),
        silent: names(s, d.silent()),
        mine: own.map(|v| v.words.clone()).unwrap_or_default(),
        closed: d.closed.as_ref().map(|c| (actor(s, p.t, &c.by), p.watch.when(c.at), c.decided.clone(), c.why.clone())),
        may_speak: works || d.asked.contains(&seat.who),
        works,
        lines: lines(s, p.t, &p.watch, rows, &d.title),
        p: p.clone().titled(format!("#{} {}", d.id, d.title)),
    }
}

async fn closed_long_ago(app: &App, id: DecisionId) -> Option<Decision> {
    let app = app.clone();
    let read = move || app.reader().document("decision", &id.to_string());
    match tokio::task::spawn_blocking(read).await.ok()? {
        Ok(found) => decision_of(&found?),
        Err(why) => {
            tracing::error!(%why, "a closed decision cannot be read");
            None
        }
    }
}

fn question(fields: &Fields, p: &Page) -> Option<Question> {
    let until = match fields.get("until") {
        "" => None,
        text => Some(text.parse::<Moment>().ok()?.begin(&p.zone, p.watch.now)?),
    };
    let about = match (fields.get("incident"), fields.get("request")) {
        ("", "") => None,
        (id, "") => Some(About::Incident(id.parse().ok()?)),
        (_, id) => Some(About::Request(id.parse().ok()?)),
    };
    let options = fields.get("options").lines().map(str::trim).filter(|line| !line.is_empty());
    let options = options.map(str::to_owned).collect();
    Some(Question { title: fields.owned("title"), text: fields.owned("text"), options, until, about })
}

async fn raise(post: Post) -> Answer {
    let Post { seat, fields } = post;
    let p = || Page::new(&seat, "meeting");
    let question = question(&fields, &p()).ok_or_else(|| invalid(p(), seat.t.s("trouble-form"), "/decisions"))?;
    let done = seat.command(Command::Meeting(MeetingCommand::Raise(Box::new(question)))).await;
    let done = done.map_err(|why| refused(p(), &why, "/decisions"))?;
    let new = done.events.iter().find_map(|event| match event {
        noout_core::Event::Meeting(event) => Some(event.id()),
        _ => None,
    });
    Ok(see_other(&new.map_or_else(|| "/decisions".to_owned(), |id| format!("/decisions/{id}"))))
}

async fn act(Path((id, act)): Path<(String, String)>, post: Post) -> Answer {
    let Post { seat, fields } = post;
    let p = || Page::new(&seat, "meeting");
    let id: DecisionId = id.parse().map_err(|_| missing(p(), &id))?;
    let back = format!("/decisions/{id}");
    let form = || invalid(p(), seat.t.s("trouble-form"), &back);
    let command = match act.as_str() {
        "voice" => {
            let choice = fields.get("choice").parse().map_err(|_| form())?;
            MeetingCommand::Voice { id, choice, words: fields.owned("words") }
        }
        "close" => MeetingCommand::Close { id, decided: fields.owned("decided"), why: fields.owned("why") },
        _ => return Err(form()),
    };
    seat.command(Command::Meeting(command)).await.map_err(|why| refused(p(), &why, &back))?;
    Ok(see_other(&back))
}

//! Requests of other teams: what waits, who has it, and what it interrupts. One click takes a request, whoever has it.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use noout_core::State;
use noout_core::config::Role;
use noout_core::engine::Command;
use noout_core::request::{Ask, Asker, Pressure, Request, RequestCommand, Status};
use noout_types::{MaintenanceId, RequestId};

use super::form::Fields;
use super::http::{Answer, html, invalid, missing, overtaken, refused, see_other};
use super::marks::{Mark, Tone};
use super::names::name;
use super::page::Page;
use super::seat::{Post, Seat};
use super::timeline::{Line, lines, rows};
use super::times::{When, stopwatch};
use crate::App;
use crate::meeting::request_of;

/// Closed requests that the list shows.
const SHOWN_CLOSED: usize = 20;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/requests", get(list).post(ask))
        .route("/requests/{id}", get(show))
        .route("/requests/{id}/{act}", post(act))
}

/// A request in a list.
pub(super) struct Row {
    pub id: u64,
    pub mark: Mark,
    pub title: String,
    pub from: String,
    pub owner: String,
    pub owner_id: String,
    pub mine: bool,
    /// The reader works here and has it not: one click takes it.
    pub takable: bool,
    pub wanted_by: String,
    pub late: bool,
    pub at: When,
    /// What it interrupts, and since when.
    pub interrupts: Option<String>,
}

pub(super) fn pressure(p: &Page, urgency: Pressure) -> String {
    p.s(&format!("pressure-{}", urgency.code().replace('_', "-")))
}

fn mark(p: &Page, r: &Request) -> Mark {
    match &r.status {
        Status::Done { .. } => Mark::new(Tone::Ok, p.s("request-done")),
        Status::Declined { .. } => Mark::new(Tone::Unknown, p.s("request-declined")),
        Status::Open | Status::Taken => {
            let tone = if r.presses() { Tone::Warn } else { Tone::Maintenance };
            Mark::new(tone, pressure(p, r.urgency)).hollow(r.status == Status::Taken)
        }
    }
}

fn maintenance(s: &State, p: &Page, id: Option<MaintenanceId>) -> String {
    match id.map(|id| (id, s.maintenances.get(id))) {
        Some((id, Some(m))) => p.t.a("maintenance-of", &[("n", &id.to_string()), ("host", m.host.as_str())]),
        Some((id, None)) => format!("#{id}"),
        None => p.s("planned-work"),
    }
}

/// "Maintenance 3 of pve3: interrupted by request 12 (Ana, since 14:05)": for the page of what is interrupted, and for Now.
pub(super) fn interruption(s: &State, p: &Page, r: &Request) -> Option<(String, u64)> {
    if !r.presses() {
        return None;
    }
    let what = maintenance(s, p, r.interrupts);
    let text = match (r.interrupts_now(), &r.owner) {
        (Some(now), Some(owner)) => p.t.a(
            "interrupted-by",
            &[
                ("what", &what),
                ("id", &r.id.to_string()),
                ("who", &name(s, owner)),
                ("since", &p.watch.abs(now.from)),
                ("long", &stopwatch(now.lasted(p.watch.now))),
            ],
        ),
        _ => p.t.a("interrupts-wanted", &[("what", &what), ("id", &r.id.to_string()), ("who", &r.from.to_string())]),
    };
    Some((format!("{}: {}", sentence(&text), r.title), r.id.0))
}

/// With a capital letter, as a sentence begins, whatever stands first in it.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Whether the reader may do more than ask.
pub(super) fn works(s: &State, seat: &Seat) -> bool {
    s.config.person(&seat.who).is_some_and(|reader| reader.role >= Role::Responder)
}

pub(super) fn row(s: &State, p: &Page, seat: &Seat, r: &Request) -> Row {
    let today = p.watch.now.to_zoned(p.watch.zone().clone()).date();
    Row {
        id: r.id.0,
        mark: mark(p, r),
        title: r.title.clone(),
        from: r.from.to_string(),
        owner: r.owner.as_ref().map(|o| name(s, o)).unwrap_or_default(),
        owner_id: r.owner.as_ref().map(ToString::to_string).unwrap_or_default(),
        mine: r.owner.as_ref() == Some(&seat.who),
        takable: r.is_open() && r.owner.as_ref() != Some(&seat.who) && works(s, seat),
        wanted_by: r.wanted_by.map(|day| day.to_string()).unwrap_or_default(),
        late: r.is_open() && r.wanted_by.is_some_and(|day| day < today),
        at: p.watch.when(r.at),
        interrupts: r.presses().then(|| p.v("request-interrupts-what", "what", &maintenance(s, p, r.interrupts))),
    }
}

/// Open requests: the most pressing first, of these what nobody has, then the oldest.
pub(super) fn open_rows(s: &State, p: &Page, seat: &Seat) -> Vec<Row> {
    let mut open: Vec<_> = s.requests.open().collect();
    open.sort_by_key(|r| (std::cmp::Reverse(r.urgency), r.owner.is_some(), r.at));
    open.into_iter().map(|r| row(s, p, seat, r)).collect()
}

/// A maintenance that can be interrupted, with its name.
struct Plan {
    id: u64,
    name: String,
    chosen: bool,
}

fn plans(s: &State, p: &Page, chosen: Option<MaintenanceId>) -> Vec<Plan> {
    let one = |m: &noout_core::maintenance::Maintenance| Plan {
        id: m.id.0,
        name: maintenance(s, p, Some(m.id)),
        chosen: chosen == Some(m.id),
    };
    s.maintenances.iter().map(one).collect()
}

/// How much it may press: the word in the form, the text, whether it is chosen.
fn pressures(p: &Page, chosen: Pressure) -> Vec<(&'static str, String, bool)> {
    Pressure::ALL.into_iter().map(|u| (u.code(), pressure(p, u), u == chosen)).collect()
}

#[derive(Template)]
#[template(path = "requests.html")]
struct List {
    p: Page,
    open: Vec<Row>,
    closed: Vec<Row>,
    pressures: Vec<(&'static str, String, bool)>,
    plans: Vec<Plan>,
}

async fn list(seat: Seat) -> Response {
    let p = Page::new(&seat, "requests");
    let screen = seat.app.read(|s| {
        let mut closed: Vec<_> = s.requests.closed().map(|r| row(s, &p, &seat, r)).collect();
        closed.reverse();
        closed.truncate(SHOWN_CLOSED);
        let (open, pressures) = (open_rows(s, &p, &seat), pressures(&p, Pressure::default()));
        List { open, closed, pressures, plans: plans(s, &p, None), p: p.clone() }
    });
    html(&screen)
}

#[derive(Template)]
#[template(path = "request.html")]
struct Screen {
    p: Page,
    id: u64,
    mark: Mark,
    heading: String,
    text: String,
    from: String,
    mail: String,
    at: When,
    wanted_by: String,
    late: bool,
    owner: String,
    owner_id: String,
    mine: bool,
    open: bool,
    /// Whether the reader may do more than ask.
    works: bool,
    /// Whether the reader may say something about it: who works here, and who asked for it.
    speaks: bool,
    interruption: Option<String>,
    /// What was interrupted, and for how long, when it is over.
    interrupted: Vec<(String, String)>,
    interrupts: Option<u64>,
    lines: Vec<Line>,
    people: Vec<(String, String)>,
    pressures: Vec<(&'static str, String, bool)>,
    plans: Vec<Plan>,
}

async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let p = Page::new(&seat, "requests");
    let Ok(id) = id.parse::<RequestId>() else { return Err(missing(p, &id)) };
    let rows = rows(&seat.app, format!("request/{id}")).await;
    let known = seat.app.read(|s| s.requests.get(id).cloned());
    let found = match known {
        Some(found) => Some(found),
        None => closed_long_ago(&seat.app, id).await,
    };
    let Some(r) = found else { return Err(missing(p, &format!("#{id}"))) };
    let screen = seat.app.read(|s| {
        let over = r.interrupted.iter().filter(|i| i.until.is_some());
        let row = row(s, &p, &seat, &r);
        let workers = s.config.people.iter().filter(|x| x.role >= Role::Responder && r.owner.as_ref() != Some(&x.id));
        Screen {
            id: r.id.0,
            mark: row.mark,
            heading: r.title.clone(),
            text: r.text.clone(),
            from: r.from.to_string(),
            mail: r.from.mail.clone(),
            at: row.at,
            wanted_by: row.wanted_by,
            late: row.late,
            owner: row.owner,
            owner_id: row.owner_id,
            mine: row.mine,
            open: r.is_open(),
            works: works(s, &seat),
            speaks: works(s, &seat) || r.from.person.as_ref() == Some(&seat.who),
            interruption: interruption(s, &p, &r).map(|(text, _)| text),
            interrupted: over
                .map(|i| (sentence(&maintenance(s, &p, i.maintenance)), stopwatch(i.lasted(p.watch.now))))
                .collect(),
            interrupts: r.interrupts.map(|m| m.0),
            lines: lines(s, p.t, &p.watch, &rows, &r.text),
            people: workers.map(|x| (x.id.to_string(), x.display().to_owned())).collect(),
            pressures: pressures(&p, r.urgency),
            plans: plans(s, &p, r.interrupts),
            p: p.clone().titled(format!("#{} {}", r.id, r.title)),
        }
    });
    Ok(html(&screen))
}

async fn closed_long_ago(app: &App, id: RequestId) -> Option<Request> {
    let app = app.clone();
    let read = move || app.reader().document("request", &id.to_string());
    match tokio::task::spawn_blocking(read).await.ok()? {
        Ok(found) => request_of(&found?),
        Err(why) => {
            tracing::error!(%why, "a closed request cannot be read");
            None
        }
    }
}

/// A field with a maintenance's number; empty is none.
fn interrupts(fields: &Fields, urgency: Pressure) -> Result<Option<MaintenanceId>, ()> {
    match fields.get("interrupts") {
        // The form always has the field; it counts only where something is interrupted.
        _ if urgency != Pressure::Interrupts => Ok(None),
        "" => Ok(None),
        number => number.parse().map(Some).map_err(|_| ()),
    }
}

fn wanted(fields: &Fields) -> Result<Ask, ()> {
    let urgency = fields.get("urgency").parse::<Pressure>().map_err(|_| ())?;
    let day = fields.get("wanted_by");
    let from =
        Asker { name: fields.owned("name"), team: fields.owned("team"), mail: fields.owned("mail"), person: None };
    Ok(Ask {
        title: fields.owned("title"),
        text: fields.owned("text"),
        from,
        wanted_by: if day.is_empty() { None } else { Some(day.parse().map_err(|_| ())?) },
        urgency,
        interrupts: interrupts(fields, urgency)?,
        key: None,
        follows: Vec::new(),
    })
}

async fn ask(post: Post) -> Answer {
    let Post { seat, fields } = post;
    let p = || Page::new(&seat, "requests");
    let ask = wanted(&fields).map_err(|()| invalid(p(), seat.t.s("trouble-form"), "/requests"))?;
    let done = seat.command(Command::Request(RequestCommand::Ask(Box::new(ask)))).await;
    let done = done.map_err(|why| refused(p(), &why, "/requests"))?;
    let new = done.events.iter().find_map(|event| match event {
        noout_core::Event::Request(event) => Some(event.id()),
        _ => None,
    });
    Ok(see_other(&new.map_or_else(|| "/requests".to_owned(), |id| format!("/requests/{id}"))))
}

/// What a form of the request's page wants.
fn command(id: RequestId, act: &str, fields: &Fields) -> Option<RequestCommand> {
    let words = fields.owned("text");
    Some(match act {
        "take" => RequestCommand::Take(id),
        "hand-over" => RequestCommand::HandOver { id, to: fields.get("to").parse().ok()? },
        "answer" => RequestCommand::Answer { id, text: words },
        "done" => RequestCommand::Done { id, words },
        "decline" => RequestCommand::Decline { id, words },
        "weigh" => {
            let urgency = fields.get("urgency").parse().ok()?;
            RequestCommand::Weigh { id, urgency, interrupts: interrupts(fields, urgency).ok()? }
        }
        _ => return None,
    })
}

async fn act(Path((id, act)): Path<(String, String)>, post: Post) -> Answer {
    let Post { seat, fields } = post;
    let p = || Page::new(&seat, "requests");
    let id: RequestId = id.parse().map_err(|_| missing(p(), &id))?;
    let back = match fields.get("back") {
        "" => format!("/requests/{id}"),
        back => super::http::own_path(back).to_owned(),
    };
    let wanted = command(id, &act, &fields).ok_or_else(|| invalid(p(), seat.t.s("trouble-form"), &back))?;
    if act == "take"
        && let Some(text) = seat.app.read(|s| taken_meanwhile(s, &p(), id, fields.get("owner")))
    {
        return Err(overtaken(p(), text, &back));
    }
    seat.command(Command::Request(wanted)).await.map_err(|why| refused(p(), &why, &back))?;
    Ok(see_other(&back))
}

/// Who took a request meanwhile, if the form that takes it showed somebody else or nobody.
fn taken_meanwhile(s: &State, p: &Page, id: RequestId, shown: &str) -> Option<String> {
    let r = s.requests.get(id).filter(|r| r.is_open())?;
    let owner = r.owner.as_ref().filter(|owner| owner.as_str() != shown)?;
    let since = r.owned_at.map(|at| p.watch.exact(at)).unwrap_or_default();
    Some(p.t.a("ack-taken", &[("who", &name(s, owner)), ("at", &since)]))
}

//! Incidents: the list, and the one page that everybody reads.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use noout_core::State;
use noout_core::engine::Command;
use noout_core::incident::{Incident, IncidentCommand, Status};
use noout_core::journal::TimelineRow;
use noout_core::maintenance::MaintenanceCommand;
use noout_core::notice::About;
use noout_core::paging::PageState;
use noout_types::{IncidentId, Severity};

use super::form::Fields;
use super::http::{Answer, html, invalid, missing, overtaken, own_path, refused, see_other};
use super::marks::{Mark, Tone};
use super::names::{actor, headline, host_of, incident_mark, name};
use super::now::{Row, open_rows, row};
use super::page::Page;
use super::seat::{Post, Seat};
use super::timeline::{Line, lines, rows};
use super::times::When;
use crate::App;

/// Closed incidents in the list.
const MAX_CLOSED: usize = 50;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/incidents", get(list).post(open))
        .route("/incidents/{id}", get(show))
        .route("/incidents/{id}/{act}", post(act))
}

#[derive(Template)]
#[template(path = "incidents.html")]
struct List {
    p: Page,
    open: Vec<Row>,
    closed: Vec<Row>,
}

async fn list(seat: Seat) -> Response {
    let p = Page::new(&seat, "incidents");
    let screen = seat.app.read(|s| List {
        open: open_rows(s, &p),
        closed: s.closed.iter().rev().take(MAX_CLOSED).map(|i| row(s, &p, i)).collect(),
        p,
    });
    html(&screen)
}

/// A page to one person, and how far it got.
struct Told {
    person: String,
    why: String,
    mark: Mark,
    at: When,
    attempts: u64,
}

struct Choice {
    id: String,
    name: String,
    on_call: bool,
}

struct Linked {
    id: u64,
    mark: Mark,
    host: String,
}

#[derive(Template)]
#[template(path = "incident.html")]
struct Screen {
    p: Page,
    id: u64,
    mark: Mark,
    heading: String,
    text: String,
    at: When,
    open: bool,
    triggered: bool,
    mine: bool,
    owner: Option<String>,
    /// The owner as the form knows them, so that nobody takes over from somebody they did not see.
    owner_id: String,
    owned_at: Option<String>,
    resolved: Option<(String, When)>,
    /// When the next ones are told, as long as nobody has it.
    next_step: Option<When>,
    deadline: Option<When>,
    late: bool,
    policy: String,
    component: Option<String>,
    runbook: String,
    runbook_link: bool,
    host: Option<String>,
    platform: Option<String>,
    /// What holds it back, so that nobody is paged.
    held: Option<String>,
    /// Where its alerts can be silenced.
    silence: Option<String>,
    alerts: Vec<String>,
    alerts_total: u64,
    told: Vec<Told>,
    lines: Vec<Line>,
    people: Vec<Choice>,
    maintenance: Option<Linked>,
    notice: Option<String>,
    /// Where it is filed: tracker, number, address.
    tickets: Vec<(String, String, String)>,
    /// Where it could be.
    trackers: Vec<String>,
}

async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let p = Page::new(&seat, "incidents");
    let Ok(id) = id.parse::<IncidentId>() else { return Err(missing(p, &id)) };
    let rows = rows(&seat.app, format!("incident/{id}")).await;
    let platform = platform_of(&seat.app, id);
    // An incident that closed long ago stands in the read tables only.
    let known = seat.app.read(|s| s.incident(id).is_some());
    let old = if known { None } else { closed_long_ago(&seat.app, id).await };
    let screen = seat.app.read(|s| {
        let i = s.incident(id).or(old.as_ref())?;
        let mut screen = screen(s, p.clone(), &seat, i, &rows);
        screen.platform = platform.filter(|_| i.maintenance.is_none());
        Some(screen)
    });
    screen.map(|s| html(&s)).ok_or_else(|| missing(p, &format!("#{id}")))
}

/// An incident as the read tables keep it: whole but for its alerts.
async fn closed_long_ago(app: &App, id: IncidentId) -> Option<Incident> {
    let app = app.clone();
    let read = move || app.reader().document("incident", &id.to_string());
    let document = match tokio::task::spawn_blocking(read).await.ok()? {
        Ok(found) => found?,
        Err(why) => {
            tracing::error!(%why, "a closed incident cannot be read");
            return None;
        }
    };
    let mut body: serde_json::Value = serde_json::from_str(&document.body).ok()?;
    body.as_object_mut()?.insert("alerts".into(), serde_json::json!([]));
    serde_json::from_value(body).inspect_err(|why| tracing::error!(%why, "a closed incident cannot be read")).ok()
}

/// The platform that has the incident's host, as last seen.
fn platform_of(app: &App, id: IncidentId) -> Option<String> {
    let (host, platforms) = app.read(|s| {
        let host = s.incident(id).and_then(|i| host_of(s, i));
        (host, s.config.platforms.iter().map(|p| p.id.clone()).collect::<Vec<_>>())
    });
    let host = host?;
    let mut having = platforms.into_iter().filter(|platform| {
        let look = super::views::at_hand(app, platform);
        look.compute.is_some_and(|c| c.inventory.host(&host).is_some())
    });
    having.next().map(|p| p.to_string())
}

fn screen(s: &State, p: Page, seat: &Seat, i: &Incident, rows: &[TimelineRow]) -> Screen {
    let t = p.t;
    let heading = headline(s, &p.watch, i);
    let text = super::names::text(&p.watch, i);
    let resolved = match &i.status {
        Status::Resolved { by, at } => Some((actor(s, t, by), p.watch.when(*at))),
        _ => None,
    };
    let component = i.opened.component.as_ref().and_then(|id| s.config.components.iter().find(|c| c.id == *id));
    let maintenance = i.maintenance.and_then(|id| s.maintenances.get(id));
    let runbook = i.opened.runbook.clone();
    Screen {
        id: i.opened.id.0,
        mark: incident_mark(t, i),
        at: p.watch.when(i.at),
        open: resolved.is_none(),
        triggered: i.is_triggered(),
        mine: i.owner.as_ref() == Some(&seat.who),
        owner: i.owner.as_ref().map(|o| name(s, o)),
        owner_id: i.owner.as_ref().map(ToString::to_string).unwrap_or_default(),
        owned_at: owned_at(i).map(|at| p.watch.exact(at)),
        resolved,
        next_step: next_step(s, i).map(|at| p.watch.when(at)),
        deadline: i.deadline.filter(|_| is_open(i)).map(|at| p.watch.when(at)),
        late: i.deadline_passed,
        policy: i.opened.policy.as_ref().map(ToString::to_string).unwrap_or_default(),
        component: component.map(|c| c.name.get(t.0).to_owned()),
        runbook_link: runbook.starts_with("https://") || runbook.starts_with("http://"),
        runbook,
        host: host_of(s, i).map(|h| h.to_string()),
        platform: None,
        held: s.paging.held_back(i.opened.id).map(|by| super::names::held_back(&p, by)),
        silence: silence_link(s, i),
        alerts: alerts(s, i),
        alerts_total: i.alerts_total,
        told: if is_open(i) { told(s, &p, i) } else { told_then(s, &p, rows) },
        lines: lines(s, t, &p.watch, rows, &text),
        text,
        people: choices(s, seat, p.watch.now),
        maintenance: maintenance.map(|m| Linked {
            id: m.id.0,
            mark: super::names::phase_mark(t, m),
            host: m.host.to_string(),
        }),
        notice: s.notices.about(About::Incident(i.opened.id)).map(|n| super::notice::stage_word(t, n.stage)),
        tickets: tickets(i),
        trackers: trackers(s, i),
        p: p.titled(format!("#{} {heading}", i.opened.id)),
        heading,
    }
}

/// The silences' form, filled with what all alerts of the incident that still fire have in common.
fn silence_link(s: &State, i: &Incident) -> Option<String> {
    let mut firing = i.alerts.iter().filter_map(|fp| s.alerts.get(*fp)).take(COMPARED_ALERTS);
    let mut common = firing.next()?.labels.pairs().to_map();
    firing.for_each(|a| common.retain(|name, value| a.labels.get(name) == value));
    // Most silences are meant for the alert on that machine, whatever its severity is next time.
    common.remove("severity");
    let matchers: Vec<_> = common.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    (!matchers.is_empty()).then(|| format!("/silences?matchers={}", super::seat::url_escape(&matchers.join(", "))))
}

/// Alerts that are compared for what they have in common.
const COMPARED_ALERTS: usize = 200;
/// Links to its tickets. Their addresses come from the trackers, so only those that a browser opens as pages become links.
fn tickets(i: &Incident) -> Vec<(String, String, String)> {
    let is_page = |url: &str| url.starts_with("https://") || url.starts_with("http://");
    let links = i.tickets.iter().filter(|(_, link)| is_page(&link.url));
    links.map(|(tracker, link)| (tracker.to_string(), link.id.clone(), link.url.clone())).collect()
}

/// Trackers in which it is not.
fn trackers(s: &State, i: &Incident) -> Vec<String> {
    let free = |id: &noout_types::TrackerId| s.tickets.of(i.opened.id, id).is_none_or(|ticket| ticket.failed);
    s.config.trackers.iter().filter(|tracker| free(&tracker.id)).map(|tracker| tracker.id.to_string()).collect()
}

/// Alerts that a page names one by one.
const SHOWN_ALERTS: usize = 12;

fn alerts(s: &State, i: &Incident) -> Vec<String> {
    let firing = i.alerts.iter().filter_map(|fp| s.alerts.get(*fp)).take(SHOWN_ALERTS);
    firing.map(|a| a.labels.to_string()).collect()
}

fn told(s: &State, p: &Page, i: &Incident) -> Vec<Told> {
    use noout_core::paging::Why;
    let one = |page: &noout_core::paging::Page| {
        let (tone, key, at) = match &page.state {
            PageState::Waiting { at, .. } => (Tone::Unknown, "page-waiting", *at),
            PageState::Sending { since, .. } => (Tone::Unknown, "page-sending", *since),
            PageState::Delivered { at, .. } => (Tone::Ok, "page-delivered", *at),
            PageState::Over { at } => (Tone::Ok, "page-over", *at),
            PageState::Covered { .. } => (Tone::Unknown, "page-covered", page.at),
            _ => (Tone::Critical, "page-failed", page.at),
        };
        let why = match &page.why {
            Why::Step { step, .. } => p.t.n("why-step", *step),
            Why::Deadline => p.s("why-deadline"),
            Why::HandedOver => p.s("why-handed"),
            _ => p.s("why-fallback"),
        };
        let mark = Mark::new(tone, p.s(key));
        let attempts = page.attempts.into();
        Told { person: name(s, &page.person), why, mark, at: p.watch.when(at), attempts }
    };
    s.paging.pages_of(i.opened.id).map(one).collect()
}

/// Who was told about an incident that is over, as its timeline says: its pages are gone.
fn told_then(s: &State, p: &Page, rows: &[TimelineRow]) -> Vec<Told> {
    let mut last: Vec<(String, Told)> = Vec::new();
    for row in rows {
        let detail: serde_json::Value = serde_json::from_str(&row.detail).unwrap_or_default();
        let text = |key: &str| detail.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        let mark = match row.what.as_str() {
            "page_attempted" if detail.pointer("/outcome/delivered").is_some() => {
                Mark::new(Tone::Ok, p.s("page-delivered"))
            }
            "page_failed" => Mark::new(Tone::Critical, p.s("page-failed")),
            _ => continue,
        };
        let person = text("person");
        let attempts = detail.get("attempt").and_then(serde_json::Value::as_u64).unwrap_or_default();
        let name = person.parse().map_or_else(|_| person.clone(), |id| name(s, &id));
        last.retain(|(id, _)| *id != person);
        last.push((person, Told { person: name, why: String::new(), mark, at: p.watch.when(row.at), attempts }));
    }
    last.into_iter().map(|(_, told)| told).collect()
}

fn is_open(i: &Incident) -> bool {
    !matches!(i.status, Status::Resolved { .. })
}

/// Since when the owner has it. One to whom it was handed over has it since later than it was acknowledged.
pub(super) fn owned_at(i: &Incident) -> Option<noout_types::Timestamp> {
    match &i.status {
        Status::Acked { by, at } if by.person() == i.owner.as_ref() => Some(*at),
        _ => None,
    }
}

fn next_step(s: &State, i: &Incident) -> Option<noout_types::Timestamp> {
    s.paging.escalation(i.opened.id).filter(|_| i.is_triggered())?.next_at
}

/// Who took an incident meanwhile, if the form that acknowledges it showed somebody else or nobody.
pub(super) fn taken_meanwhile(s: &State, p: &Page, id: IncidentId, shown: &str) -> Option<String> {
    let i = s.incidents.get(id).filter(|i| i.is_acked())?;
    let owner = i.owner.as_ref().filter(|owner| owner.as_str() != shown)?;
    let who = name(s, owner);
    Some(match owned_at(i) {
        Some(at) => p.t.a("ack-taken", &[("who", &who), ("at", &p.watch.exact(at))]),
        None => p.v("ack-taken-handed", "who", &who),
    })
}

fn choices(s: &State, seat: &Seat, now: noout_types::Timestamp) -> Vec<Choice> {
    let on: std::collections::BTreeSet<_> =
        s.config.schedules.iter().flat_map(|schedule| s.on_call(&schedule.id, now)).collect();
    let mut all: Vec<_> = s.config.people.iter().filter(|person| person.id != seat.who).collect();
    all.sort_by_key(|person| !on.contains(&person.id));
    let choice = |person: &noout_core::config::Person| Choice {
        id: person.id.to_string(),
        name: person.display().to_owned(),
        on_call: on.contains(&person.id),
    };
    all.into_iter().map(choice).collect()
}

/// What a form of the incident's page wants.
fn command(id: IncidentId, act: &str, fields: &Fields) -> Option<Command> {
    let incident = id;
    Some(Command::Incident(match act {
        "ack" => IncidentCommand::Ack(id),
        "resolve" => IncidentCommand::Resolve { incident, note: fields.owned("text") },
        "note" => IncidentCommand::Note { incident, text: fields.owned("text") },
        "announce" => IncidentCommand::Announce { incident, text: fields.owned("text") },
        "hand-over" => IncidentCommand::HandOver { incident, to: fields.get("to").parse().ok()? },
        "ticket" => return Some(Command::FileTicket { incident, tracker: fields.get("tracker").parse().ok()? }),
        "maintenance" => {
            return Some(Command::Maintenance(MaintenanceCommand::Request {
                platform: fields.get("platform").parse().ok()?,
                host: fields.get("host").parse().ok()?,
                reason: fields.owned("reason"),
                incident: Some(id),
            }));
        }
        _ => return None,
    }))
}

async fn act(Path((id, act)): Path<(String, String)>, post: Post) -> Answer {
    let Post { seat, fields } = post;
    let page = || Page::new(&seat, "incidents");
    let back = format!("/incidents/{}", super::seat::url_escape(&id));
    let id: IncidentId = id.parse().map_err(|_| missing(page(), &id))?;
    let wanted = command(id, &act, &fields).ok_or_else(|| invalid(page(), seat.t.s("trouble-form"), &back))?;
    if act == "ack"
        && fields.has("owner")
        && let Some(text) = seat.app.read(|s| taken_meanwhile(s, &page(), id, fields.get("owner")))
    {
        return Err(overtaken(page(), text, &back));
    }
    let bulk = fields.all("also").filter_map(|other| other.parse().ok()).collect::<Vec<IncidentId>>();
    seat.command(wanted).await.map_err(|why| refused(page(), &why, &back))?;
    for other in bulk.into_iter().filter(|_| act == "ack") {
        // One that closed or was taken meanwhile needs no acknowledgement any more.
        if seat.app.read(|s| s.incidents.get(other).is_none_or(Incident::is_acked)) {
            continue;
        }
        seat.command(Command::Incident(IncidentCommand::Ack(other))).await.ok();
    }
    let back = if fields.get("back").is_empty() { back } else { own_path(fields.get("back")).to_owned() };
    Ok(see_other(&back))
}

/// Opens one by hand.
async fn open(post: Post) -> Answer {
    let Post { seat, fields } = post;
    let severity = match fields.get("severity") {
        "info" => Severity::Info,
        "warning" => Severity::Warning,
        _ => Severity::Critical,
    };
    let (title, text) = (fields.owned("title"), fields.owned("text"));
    let command = Command::Incident(IncidentCommand::Open { title, text, severity, policy: None });
    let done = seat.command(command).await;
    let done = done.map_err(|why| refused(Page::new(&seat, "incidents"), &why, "/incidents"))?;
    let opened = done.events.iter().find_map(|event| match event {
        noout_core::Event::Incident(noout_core::incident::IncidentEvent::Opened(o)) => Some(o.id),
        _ => None,
    });
    Ok(see_other(&opened.map_or_else(|| "/incidents".to_owned(), |id| format!("/incidents/{id}"))))
}

//! Maintenance: the list, the plan to read, the run to follow, and what people may do with it.

pub(super) mod acts;
mod plan;
mod run;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use noout_core::State;
use noout_core::config::PlatformKind;
use noout_core::journal::TimelineRow;
use noout_core::maintenance::{Maintenance, Phase, StepKind};
use noout_core::notice::About;
use noout_core::platform::ComputeView;
use noout_types::{MaintenanceId, PlatformId};

use super::http::{Answer, html, missing};
use super::marks::Mark;
use super::names::{actor, phase_mark};
use super::now::{Flag, flag};
use super::page::Page;
use super::requests::interruption;
use super::seat::Seat;
use super::timeline::{Line, lines, rows};
use super::times::When;
use super::words::T;
use crate::App;

pub(super) use plan::{PlanView, plan_view};
pub(super) use run::{RunView, run_view};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/maintenance", get(list).post(acts::request))
        .route("/maintenance/stop", post(acts::stop))
        .route("/maintenance/{id}", get(show))
        .route("/maintenance/{id}/{act}", post(acts::act))
}

/// A step in the reader's language.
pub(super) fn step_words(t: T, kind: &StepKind) -> String {
    let key = format!("step-{}", kind.code().replace('_', "-"));
    match kind {
        StepKind::Move(m) | StepKind::MoveHome(m) => {
            t.a(&key, &[("guest", m.guest.as_str()), ("from", m.from.as_str()), ("to", m.to.as_str())])
        }
        _ => t.s(&key),
    }
}

struct Row {
    id: u64,
    mark: Mark,
    host: String,
    platform: String,
    reason: String,
    at: When,
    moves: usize,
    flag: Option<Flag>,
    report: bool,
}

/// Guests that leave the host: by the run's own steps, or by the plan as long as there is no run.
fn moves_of(m: &Maintenance) -> usize {
    let steps = m.steps.iter().filter(|s| matches!(s.kind, StepKind::Move(_))).count();
    if steps > 0 { steps } else { m.plan.as_ref().map_or(0, |plan| plan.moves().count()) }
}

struct Host {
    platform: String,
    host: String,
}

#[derive(Template)]
#[template(path = "maintenances.html")]
struct List {
    p: Page,
    open: Vec<Row>,
    over: Vec<Row>,
    hosts: Vec<Host>,
}

async fn list(seat: Seat) -> Response {
    let p = Page::new(&seat, "maintenance");
    let platforms: Vec<PlatformId> = seat.app.read(|s| s.config.platforms.iter().map(|p| p.id.clone()).collect());
    let mut hosts = Vec::new();
    for id in &platforms {
        let compute: Option<ComputeView> = super::views::look(&seat.app, id).await.compute;
        let found = compute.into_iter().flat_map(|c| c.inventory.hosts);
        hosts.extend(found.map(|h| Host { platform: id.to_string(), host: h.id.to_string() }));
    }
    let row = |m: &Maintenance| Row {
        id: m.id.0,
        mark: phase_mark(p.t, m),
        host: m.host.to_string(),
        platform: m.platform.to_string(),
        reason: p.watch.say(&m.reason),
        at: p.watch.when(m.at),
        moves: moves_of(m),
        flag: flag(&p.watch, m),
        report: m.report.is_some(),
    };
    let (open, over) = seat.app.read(|s| {
        let over: Vec<_> = s.maintenances.all().filter(|m| m.phase.is_over()).map(row).collect();
        (s.maintenances.iter().map(row).collect(), over.into_iter().rev().collect())
    });
    html(&List { p, open, over, hosts })
}

#[derive(Template)]
#[template(path = "maintenance.html")]
struct Screen {
    p: Page,
    id: u64,
    mark: Mark,
    host: String,
    platform: String,
    reason: String,
    at: When,
    requested_by: String,
    incident: Option<u64>,
    trouble: Option<String>,
    planning: bool,
    over: bool,
    report: bool,
    flag: Option<Flag>,
    plan: Option<PlanView>,
    run: Option<RunView>,
    lines: Vec<Line>,
    notice: Option<String>,
    /// The requests that interrupt it, or want to.
    interruptions: Vec<(String, u64)>,
    /// How many times faster than the world the lab runs.
    simulated: Option<String>,
}

async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let p = Page::new(&seat, "maintenance");
    let Ok(id) = id.parse::<MaintenanceId>() else { return Err(missing(p, &id)) };
    let rows = rows(&seat.app, format!("maintenance/{id}")).await;
    let made = seat.app.read(|s| s.maintenances.get(id).map(|m| screen(s, p.clone(), &seat, m, &rows)));
    made.map(|s| html(&s)).ok_or_else(|| missing(p, &format!("#{id}")))
}

fn screen(s: &State, p: Page, seat: &Seat, m: &Maintenance, rows: &[TimelineRow]) -> Screen {
    let t = p.t;
    let began = !m.steps.is_empty() && !matches!(m.phase, Phase::Planning | Phase::Drafted | Phase::Proposed);
    let base = format!("/maintenance/{}", m.id);
    let reason = p.watch.say(&m.reason);
    Screen {
        id: m.id.0,
        mark: phase_mark(t, m),
        host: m.host.to_string(),
        platform: m.platform.to_string(),
        lines: lines(s, t, &p.watch, rows, &reason),
        reason,
        at: p.watch.when(m.at),
        requested_by: actor(s, t, &m.requested_by),
        incident: m.incident.map(|i| i.0),
        trouble: m.trouble.as_ref().map(|said| p.watch.say(said)),
        planning: m.phase == Phase::Planning,
        over: m.phase.is_over(),
        report: m.report.is_some(),
        flag: flag(&p.watch, m),
        plan: plan_view(s, &p, &seat.who, m, &base),
        run: began.then(|| run_view(s, &p, m)),
        interruptions: s.requests.interrupting(m.id).filter_map(|r| interruption(s, &p, r)).collect(),
        notice: s.notices.about(About::Maintenance(m.id)).map(|n| super::notice::stage_word(t, n.stage)),
        simulated: s.config.platform(&m.platform).and_then(|platform| {
            let hurries = platform.kind == PlatformKind::Lab && platform.speed > 1.0;
            hurries.then(|| format!("{:.0}", platform.speed))
        }),
        p: p.titled(t.a("maintenance-of", &[("n", &m.id.to_string()), ("host", m.host.as_str())])),
    }
}

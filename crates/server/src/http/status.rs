//! The public status page: from the core's state to the publisher's plain data. What is not handed over cannot leak: no
//! host, no guest, no person, no alert goes through here, only components by their public name and notices.

use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use noout_core::State as Core;
use noout_core::config::Text;
use noout_core::notice::{self, About, Notice, Words};
use noout_publish::{self as publish, ComponentStatus, IncidentFilter, MaintenanceFilter, StatusPage};
use noout_types::{Lang, Span, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use crate::App;

/// A page says that it is replaced after this long; whoever shows it later shows the past.
const FRESH: Span = Span::from_mins(5);

/// How long an announced work takes if nobody says otherwise.
const EXPECTED_WORK: Span = Span::from_hours(4);

/// Browsers and caches may keep an answer for so long: readers come in crowds when something is wrong.
const CACHE: &str = "public, max-age=15";

/// The page draws itself and its own small pictures; it runs nothing and loads nothing.
const CSP: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; \
                   form-action 'none'; frame-ancestors *";

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/", get(front))
        .route("/{lang}/", get(page))
        .route("/api/v2/summary.json", get(|q, s| json(q, s, publish::summary_json)))
        .route("/api/v2/status.json", get(|q, s| json(q, s, publish::status_json)))
        .route("/api/v2/components.json", get(|q, s| json(q, s, publish::components_json)))
        .route(
            "/api/v2/incidents.json",
            get(|q, s| json(q, s, |p, l| publish::incidents_json(p, l, IncidentFilter::All))),
        )
        .route(
            "/api/v2/incidents/unresolved.json",
            get(|q, s| json(q, s, |p, l| publish::incidents_json(p, l, IncidentFilter::Unresolved))),
        )
        .route(
            "/api/v2/scheduled-maintenances.json",
            get(|q, s| json(q, s, |p, l| planned(p, l, MaintenanceFilter::All))),
        )
        .route(
            "/api/v2/scheduled-maintenances/upcoming.json",
            get(|q, s| json(q, s, |p, l| planned(p, l, MaintenanceFilter::Upcoming))),
        )
        .route(
            "/api/v2/scheduled-maintenances/active.json",
            get(|q, s| json(q, s, |p, l| planned(p, l, MaintenanceFilter::Active))),
        )
        .route("/history.rss", get(|q, s| feed(q, s, publish::rss, "application/rss+xml; charset=utf-8")))
        .route("/history.atom", get(|q, s| feed(q, s, publish::atom, "application/atom+xml; charset=utf-8")))
        .route("/maintenance.ics", get(ics))
        .route("/healthz", get(|| async { "ok\n" }))
        .fallback(nothing)
        .layer(from_fn(headers))
}

fn planned(page: &StatusPage, lang: Lang, filter: MaintenanceFilter) -> Value {
    publish::scheduled_maintenances_json(page, lang, filter)
}

async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, CACHE),
        // Everything here is public: other pages may show it.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::VARY, "Accept-Language"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// `?lang=fr`.
#[derive(Deserialize)]
struct Asked {
    lang: Option<String>,
}

impl Asked {
    fn lang(&self) -> Lang {
        self.lang.as_deref().and_then(Lang::from_code).unwrap_or_default()
    }
}

/// The first of the reader's languages that there is.
fn preferred(accept: &str) -> Lang {
    let of = |part: &str| part.split(';').next().and_then(|tag| Lang::from_code(tag.trim()));
    accept.split(',').find_map(of).unwrap_or_default()
}

async fn front(request: Request) -> Redirect {
    let accept = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    Redirect::temporary(&format!("/{}/", preferred(accept)))
}

async fn page(State(app): State<App>, Path(lang): Path<String>) -> Response {
    match Lang::ALL.into_iter().find(|l| l.code() == lang) {
        Some(lang) => drawn(publish::html(&status_page(&app), lang), "text/html; charset=utf-8"),
        None => nothing_in(Lang::default()),
    }
}

async fn nothing(request: Request) -> Response {
    let accept = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    nothing_in(preferred(accept))
}

fn nothing_in(lang: Lang) -> Response {
    let mut answer = drawn(publish::nothing_here(lang), "text/html; charset=utf-8");
    if answer.status().is_success() {
        *answer.status_mut() = StatusCode::NOT_FOUND;
    }
    answer
}

async fn json(Query(asked): Query<Asked>, State(app): State<App>, draw: fn(&StatusPage, Lang) -> Value) -> Response {
    axum::Json(draw(&status_page(&app), asked.lang())).into_response()
}

async fn feed(
    Query(asked): Query<Asked>,
    State(app): State<App>,
    draw: fn(&StatusPage, Lang) -> Result<String, publish::RenderError>,
    kind: &'static str,
) -> Response {
    drawn(draw(&status_page(&app), asked.lang()), kind)
}

async fn ics(Query(asked): Query<Asked>, State(app): State<App>) -> Response {
    drawn(Ok(publish::ics(&status_page(&app), asked.lang())), "text/calendar; charset=utf-8")
}

fn drawn(text: Result<String, publish::RenderError>, kind: &'static str) -> Response {
    match text {
        Ok(text) => ([(header::CONTENT_TYPE, kind)], text).into_response(),
        Err(why) => {
            tracing::error!(%why, "a page for customers cannot be drawn");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn status_page(app: &App) -> StatusPage {
    let (now, started) = (app.now(), app.started_at());
    let page = app.read(|state| build(state, now, started));
    page.seen_at(now)
}

/// What the public may know.
fn build(state: &Core, now: Timestamp, started: Timestamp) -> StatusPage {
    let server = &state.config.server;
    let (mut incidents, mut maintenances) = (Vec::new(), Vec::new());
    for notice in state.notices.iter() {
        match notice.about {
            About::Incident(id) => incidents.push(published(notice, id.0)),
            About::Maintenance(id) => maintenances.push(planned_work(published(notice, id.0))),
        }
    }
    StatusPage {
        id: "noout".to_owned(),
        name: server.name.clone(),
        url: server.status_url.clone().unwrap_or_default().trim_end_matches('/').to_owned(),
        time_zone: server.timezone.clone(),
        generated_at: now,
        next_by: FRESH.after(now),
        components: state.config.components.iter().map(|c| component(state, c, now, started)).collect(),
        incidents,
        maintenances,
    }
}

fn component(
    state: &Core,
    component: &noout_core::config::Component,
    now: Timestamp,
    started: Timestamp,
) -> publish::Component {
    let open = state.notices.iter().filter(|n| !n.stage.is_final() && n.components.contains(&component.id));
    let worst = open.map(|n| (felt(n), n.updates.last().map_or(now, |u| u.at))).max_by_key(|(status, _)| *status);
    let (status, since) = worst.unwrap_or((ComponentStatus::Operational, started));
    publish::Component {
        id: component.id.clone(),
        name: words_of(&component.name),
        description: component.description.as_ref().map(words_of),
        status,
        since,
        created_at: started,
        fresh_until: FRESH.after(now),
    }
}

/// What an open notice says about its components.
fn felt(notice: &Notice) -> ComponentStatus {
    felt_as(notice.about, notice.impact, notice.stage)
}

/// The same before it is sent.
pub(crate) fn felt_as(about: About, impact: notice::Impact, stage: notice::Stage) -> ComponentStatus {
    let working = matches!(stage, notice::Stage::InProgress | notice::Stage::Verifying);
    match (impact, about) {
        _ if stage.is_final() => ComponentStatus::Operational,
        (notice::Impact::Critical, _) => ComponentStatus::MajorOutage,
        (notice::Impact::Major, _) => ComponentStatus::PartialOutage,
        (notice::Impact::Minor, _) => ComponentStatus::DegradedPerformance,
        (notice::Impact::None, About::Maintenance(_)) if working => ComponentStatus::UnderMaintenance,
        (notice::Impact::None, _) => ComponentStatus::Operational,
    }
}

fn published(notice: &Notice, number: u64) -> publish::Notice {
    let updates = notice.updates.iter().enumerate().map(|(place, update)| publish::Update {
        id: format!("{number}-{}", place + 1),
        at: update.at,
        stage: stage(update.stage),
        words: words(&update.words),
        changes: Vec::new(),
    });
    publish::Notice {
        id: number.to_string(),
        title: words(&notice.title),
        impact: match notice.impact {
            notice::Impact::None => publish::Impact::None,
            notice::Impact::Minor => publish::Impact::Minor,
            notice::Impact::Major => publish::Impact::Major,
            notice::Impact::Critical => publish::Impact::Critical,
        },
        components: notice.components.clone(),
        started_at: notice.updates.first().map_or(Timestamp::UNIX_EPOCH, |u| u.at),
        updates: updates.collect(),
    }
}

/// A work begins when it is announced, and is over when it is said to be; until then the usual length is assumed.
fn planned_work(notice: publish::Notice) -> publish::Planned {
    let begun = notice.updates.iter().find(|u| u.stage == publish::Stage::InProgress).map(|u| u.at);
    let scheduled_for = begun.unwrap_or(notice.started_at);
    let over = notice.updates.last().filter(|u| u.stage.is_final()).map(|u| u.at);
    let scheduled_until = over.unwrap_or_else(|| EXPECTED_WORK.after(scheduled_for)).max(scheduled_for);
    let sequence = u32::try_from(notice.updates.len().saturating_sub(1)).unwrap_or(u32::MAX);
    publish::Planned { notice, scheduled_for, scheduled_until, sequence }
}

/// A stage by its name among customers.
pub(crate) fn stage(stage: notice::Stage) -> publish::Stage {
    match stage {
        notice::Stage::Investigating => publish::Stage::Investigating,
        notice::Stage::Identified => publish::Stage::Identified,
        notice::Stage::Monitoring => publish::Stage::Monitoring,
        notice::Stage::Resolved => publish::Stage::Resolved,
        notice::Stage::Scheduled => publish::Stage::Scheduled,
        notice::Stage::InProgress => publish::Stage::InProgress,
        notice::Stage::Verifying => publish::Stage::Verifying,
        notice::Stage::Completed => publish::Stage::Completed,
    }
}

fn words(words: &Words) -> publish::Words {
    match words {
        Words::Written(texts) => publish::Words::Written(texts.clone()),
        Words::Prepared { key, values } => publish::Words::Prepared { key: key.clone(), values: values.clone() },
    }
}

fn words_of(text: &Text) -> publish::Words {
    match text {
        Text::Same(text) => publish::Words::same(text),
        Text::Per(texts) => publish::Words::Written(texts.clone()),
    }
}

#[cfg(test)]
mod tests;

//! `/api/v1/maintenances…`

use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use noout_api as wire;
use noout_core::engine::Command;
use noout_core::journal::{Digest32, Document};
use noout_core::maintenance::{Maintenance, MaintenanceCommand as C};
use noout_types::MaintenanceId;

use super::failure::Failure;
use super::incidents::{After, List, rows};
use super::{Answer, Caller, Sent, blocking, command, limit, number, view};
use crate::App;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/maintenances", get(list).post(request))
        .route("/maintenances/{id}", get(show))
        .route("/maintenances/{id}/timeline", get(timeline))
        .route("/maintenances/{id}/propose", post(propose))
        .route("/maintenances/{id}/approve", post(approve))
        .route("/maintenances/{id}/hold", post(hold))
        .route("/maintenances/{id}/resume", post(resume))
        .route("/maintenances/{id}/abort", post(abort))
        .route("/maintenances/{id}/replan", post(replan))
        .route("/maintenances/{id}/tick", post(tick))
        .route("/maintenances/{id}/note", post(note))
        .route("/maintenances/{id}/sign", post(sign))
}

fn id(text: &str) -> Result<MaintenanceId, Failure> {
    number("maintenance", text)
}

fn hash(text: &str) -> Result<Digest32, Failure> {
    text.parse().map_err(|_| Failure::invalid(format!("hash: found {text:?}, allowed are the 64 hex digits of a plan")))
}

async fn list(State(app): State<App>, Query(asked): Query<List>) -> Answer<Vec<wire::Maintenance>> {
    let found = blocking(move || {
        let documents = app.reader().documents("maintenance", asked.open, None, limit(asked.limit))?;
        let one = |d: &Document| {
            let live = d.id.parse().ok().and_then(|id| app.read(|s| s.maintenances.get(id).map(view::maintenance)));
            live.or_else(|| serde_json::from_str::<Maintenance>(&d.body).ok().map(|m| view::maintenance(&m)))
        };
        Ok::<_, noout_store::StoreError>(documents.iter().filter_map(one).collect())
    });
    Ok(Json(found.await??))
}

async fn show(State(app): State<App>, Path(text): Path<String>) -> Answer<wire::MaintenanceDetail> {
    let id = id(&text)?;
    if let Some(found) = app.read(|s| s.maintenances.get(id).map(view::maintenance_detail)) {
        return Ok(Json(found));
    }
    let document = blocking(move || app.reader().document("maintenance", &id.to_string())).await??;
    let found = document.and_then(|d| serde_json::from_str::<Maintenance>(&d.body).ok());
    found.map(|m| Json(view::maintenance_detail(&m))).ok_or_else(|| Failure::unknown("maintenance", &text))
}

async fn timeline(
    State(app): State<App>,
    Path(text): Path<String>,
    Query(asked): Query<After>,
) -> Answer<Vec<wire::TimelineEntry>> {
    let id = id(&text)?;
    if !app.read(|s| id.0 > 0 && id.0 < s.next_maintenance) {
        return Err(Failure::unknown("maintenance", &text));
    }
    rows(app, format!("maintenance/{id}"), asked).await
}

async fn run(app: &App, by: Caller, what: C) -> Answer<wire::Accepted> {
    command(app, by, Command::Maintenance(what)).await
}

async fn request(
    State(app): State<App>,
    by: Caller,
    Sent(sent): Sent<wire::RequestMaintenance>,
) -> Answer<wire::Accepted> {
    let wire::RequestMaintenance { platform, host, reason, incident } = sent;
    run(&app, by, C::Request { platform, host, reason, incident }).await
}

async fn propose(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::Propose>,
) -> Answer<wire::Accepted> {
    run(&app, by, C::Propose { id: id(&text)?, hash: hash(&sent.hash)? }).await
}

async fn approve(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::Approve>,
) -> Answer<wire::Accepted> {
    let wire::Approve { hash: plan, host, break_glass } = sent;
    run(&app, by, C::Approve { id: id(&text)?, hash: hash(&plan)?, host, break_glass }).await
}

async fn hold(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::Why>,
) -> Answer<wire::Accepted> {
    run(&app, by, C::Hold { id: id(&text)?, why: sent.why }).await
}

async fn resume(State(app): State<App>, by: Caller, Path(text): Path<String>) -> Answer<wire::Accepted> {
    run(&app, by, C::Resume(id(&text)?)).await
}

async fn abort(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::Why>,
) -> Answer<wire::Accepted> {
    run(&app, by, C::Abort { id: id(&text)?, why: sent.why }).await
}

async fn replan(State(app): State<App>, by: Caller, Path(text): Path<String>) -> Answer<wire::Accepted> {
    run(&app, by, C::Replan(id(&text)?)).await
}

async fn tick(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::Tick>,
) -> Answer<wire::Accepted> {
    run(&app, by, C::Tick { id: id(&text)?, item: sent.item, done: sent.done }).await
}

async fn note(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::Words>,
) -> Answer<wire::Accepted> {
    run(&app, by, C::OrderNote { id: id(&text)?, text: sent.text }).await
}

async fn sign(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::Sign>,
) -> Answer<wire::Accepted> {
    run(&app, by, C::Sign { id: id(&text)?, note: sent.note }).await
}

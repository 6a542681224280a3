//! `/api/v1/incidents…`

use std::collections::BTreeSet;

use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use noout_api as wire;
use noout_core::engine::Command;
use noout_core::incident::{IncidentCommand as C, MAX_MANY};
use noout_types::IncidentId;
use serde::Deserialize;

use super::failure::Failure;
use super::{Answer, Caller, Sent, blocking, command, limit, number, view};
use crate::App;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/incidents", get(list).post(open))
        .route("/incidents/ack", post(ack_many))
        .route("/incidents/{id}", get(show))
        .route("/incidents/{id}/timeline", get(timeline))
        .route("/incidents/{id}/ack", post(ack))
        .route("/incidents/{id}/pass-on", post(pass_on))
        .route("/incidents/{id}/awake", post(awake))
        .route("/incidents/{id}/resolve", post(resolve))
        .route("/incidents/{id}/note", post(note))
        .route("/incidents/{id}/announce", post(announce))
        .route("/incidents/{id}/hand-over", post(hand_over))
        .route("/incidents/{id}/ticket", post(ticket))
}

/// What lists understand.
#[derive(Deserialize)]
pub(super) struct List {
    pub open: Option<bool>,
    pub limit: Option<usize>,
}

/// What timelines understand.
#[derive(Deserialize)]
pub(super) struct After {
    pub after: Option<u64>,
    pub limit: Option<usize>,
}

fn id(text: &str) -> Result<IncidentId, Failure> {
    number("incident", text)
}

fn live(app: &App, id: IncidentId) -> Option<wire::Incident> {
    let (summary, held) = app.read(|s| {
        let summary = serde_json::to_value(s.incident(id)?.summary()).ok()?;
        Some((summary, s.paging.held_back(id).map(wire::HeldBack::new)))
    })?;
    Some(wire::Incident { held_back: held, ..view::incident(summary)? })
}

async fn list(State(app): State<App>, Query(asked): Query<List>) -> Answer<Vec<wire::Incident>> {
    let found = blocking(move || {
        let documents = app.reader().documents("incident", asked.open, None, limit(asked.limit))?;
        // What is live is newer than its document: alerts come and go without changing it.
        let one = |d: &noout_core::journal::Document| {
            let live = d.id.parse().ok().and_then(|id| live(&app, id));
            live.or_else(|| view::incident(view::body(d)))
        };
        Ok::<_, noout_store::StoreError>(documents.iter().filter_map(one).collect())
    });
    Ok(Json(found.await??))
}

async fn show(State(app): State<App>, Path(text): Path<String>) -> Answer<wire::Incident> {
    let id = id(&text)?;
    if let Some(found) = live(&app, id) {
        return Ok(Json(found));
    }
    let document = blocking(move || app.reader().document("incident", &id.to_string())).await??;
    let found = document.and_then(|d| view::incident(view::body(&d)));
    found.map(Json).ok_or_else(|| Failure::unknown("incident", &text))
}

async fn timeline(
    State(app): State<App>,
    Path(text): Path<String>,
    Query(asked): Query<After>,
) -> Answer<Vec<wire::TimelineEntry>> {
    let id = id(&text)?;
    if !app.read(|s| id.0 > 0 && id.0 < s.next_incident) {
        return Err(Failure::unknown("incident", &text));
    }
    rows(app, format!("incident/{id}"), asked).await
}

pub(super) async fn rows(app: App, subject: String, asked: After) -> Answer<Vec<wire::TimelineEntry>> {
    let rows = blocking(move || app.reader().timeline(&subject, asked.after.unwrap_or(0), limit(asked.limit)));
    Ok(Json(rows.await??.into_iter().map(view::entry).collect()))
}

async fn open(State(app): State<App>, by: Caller, Sent(sent): Sent<wire::OpenIncident>) -> Answer<wire::Accepted> {
    let wire::OpenIncident { title, text, severity, policy } = sent;
    command(&app, by, Command::Incident(C::Open { title, text, severity, policy })).await
}

async fn ack(State(app): State<App>, by: Caller, Path(text): Path<String>) -> Answer<wire::Accepted> {
    command(&app, by, Command::Incident(C::Ack(id(&text)?))).await
}

async fn ack_many(State(app): State<App>, by: Caller, Sent(sent): Sent<wire::AckMany>) -> Answer<wire::AckedMany> {
    let mut ids: BTreeSet<IncidentId> = sent.incidents.into_iter().collect();
    if sent.mine {
        let nobody = || Failure::invalid("mine: whoever asks is no person; on the command line say --as PERSON");
        let person = by.0.person().ok_or_else(nobody)?;
        ids.extend(app.read(|s| s.waiting_for(person)).into_iter().take(MAX_MANY));
    }
    Ok(Json(crate::many::take(&app, by.0, ids).await?))
}

async fn pass_on(State(app): State<App>, by: Caller, Path(text): Path<String>) -> Answer<wire::Accepted> {
    command(&app, by, Command::Incident(C::PassOn(id(&text)?))).await
}

async fn awake(State(app): State<App>, by: Caller, Path(text): Path<String>) -> Answer<wire::Accepted> {
    command(&app, by, Command::Incident(C::Awake(id(&text)?))).await
}

async fn resolve(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::Resolve>,
) -> Answer<wire::Accepted> {
    command(&app, by, Command::Incident(C::Resolve { incident: id(&text)?, note: sent.note })).await
}

async fn note(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::Words>,
) -> Answer<wire::Accepted> {
    command(&app, by, Command::Incident(C::Note { incident: id(&text)?, text: sent.text })).await
}

async fn announce(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::Words>,
) -> Answer<wire::Accepted> {
    command(&app, by, Command::Incident(C::Announce { incident: id(&text)?, text: sent.text })).await
}

async fn hand_over(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::HandOver>,
) -> Answer<wire::Accepted> {
    command(&app, by, Command::Incident(C::HandOver { incident: id(&text)?, to: sent.to })).await
}

async fn ticket(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::FileTicket>,
) -> Answer<wire::Accepted> {
    command(&app, by, Command::FileTicket { incident: id(&text)?, tracker: sent.tracker }).await
}

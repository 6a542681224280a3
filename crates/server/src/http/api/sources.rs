//! `/api/v1/sources…`

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use noout_api as wire;
use noout_types::SourceId;

use super::failure::Failure;
use super::incidents::{After, rows};
use super::{Answer, Caller, blocking};
use crate::{App, sources};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/sources", get(list))
        .route("/sources/{id}", get(show))
        .route("/sources/{id}/timeline", get(timeline))
}

fn id(text: &str) -> Result<SourceId, Failure> {
    text.parse().map_err(|_| Failure::unknown("source", text))
}

async fn list(State(app): State<App>, _: Caller) -> Answer<Vec<wire::Source>> {
    Ok(Json(blocking(move || sources::all(&app)).await??))
}

async fn show(State(app): State<App>, _: Caller, Path(text): Path<String>) -> Answer<wire::Source> {
    let id = id(&text)?;
    let found = blocking(move || sources::one(&app, &id)).await??;
    found.map(Json).ok_or_else(|| Failure::unknown("source", &text))
}

async fn timeline(
    State(app): State<App>,
    _: Caller,
    Path(text): Path<String>,
    Query(asked): Query<After>,
) -> Answer<Vec<wire::TimelineEntry>> {
    rows(app, sources::subject(&id(&text)?), asked).await
}

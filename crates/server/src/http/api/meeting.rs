//! `/api/v1/meeting/…` and `/api/v1/decisions…`

use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use noout_api as wire;
use noout_core::engine::Command;
use noout_core::meeting::{About, MeetingCommand as C, Question};
use noout_types::DecisionId;
use serde::Deserialize;

use super::failure::Failure;
use super::incidents::{After, rows};
use super::{Answer, Caller, Sent, blocking, command, limit, number};
use crate::App;
use crate::meeting;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/meeting/agenda", get(agenda))
        .route("/decisions", get(list).post(raise))
        .route("/decisions/{id}", get(show))
        .route("/decisions/{id}/timeline", get(timeline))
        .route("/decisions/{id}/voice", post(voice))
        .route("/decisions/{id}/close", post(close))
}

#[derive(Deserialize)]
struct Asked {
    open: Option<bool>,
    #[serde(default)]
    q: String,
    limit: Option<usize>,
}

fn id(text: &str) -> Result<DecisionId, Failure> {
    number("decision", text)
}

async fn agenda(State(app): State<App>) -> Answer<wire::Agenda> {
    Ok(Json(blocking(move || meeting::agenda(&app)).await??))
}

async fn list(State(app): State<App>, Query(asked): Query<Asked>) -> Answer<Vec<wire::Decision>> {
    let read = move || meeting::decisions(app.reader(), asked.open, asked.q.trim(), limit(asked.limit));
    Ok(Json(blocking(read).await??.iter().map(meeting::decision).collect()))
}

async fn show(State(app): State<App>, Path(text): Path<String>) -> Answer<wire::Decision> {
    let id = id(&text)?;
    if let Some(found) = app.read(|s| s.decisions.get(id).map(meeting::decision)) {
        return Ok(Json(found));
    }
    let document = blocking(move || app.reader().document("decision", &id.to_string())).await??;
    let found = document.as_ref().and_then(meeting::decision_of);
    found.map(|d| Json(meeting::decision(&d))).ok_or_else(|| Failure::unknown("decision", &text))
}

async fn timeline(
    State(app): State<App>,
    Path(text): Path<String>,
    Query(asked): Query<After>,
) -> Answer<Vec<wire::TimelineEntry>> {
    let id = id(&text)?;
    if !app.read(|s| s.decisions.knew(id)) {
        return Err(Failure::unknown("decision", &text));
    }
    rows(app, format!("decision/{id}"), asked).await
}

async fn raise(State(app): State<App>, by: Caller, Sent(sent): Sent<wire::RaiseDecision>) -> Answer<wire::Accepted> {
    let wire::RaiseDecision { title, text, options, until, incident, request } = sent;
    let about = match (incident, request) {
        (Some(_), Some(_)) => {
            return Err(Failure::invalid("request: found an incident as well, allowed is one of them"));
        }
        (Some(id), None) => Some(About::Incident(id)),
        (None, Some(id)) => Some(About::Request(id)),
        (None, None) => None,
    };
    let question = Question { title, text, options, until, about };
    command(&app, by, Command::Meeting(C::Raise(Box::new(question)))).await
}

async fn voice(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::GiveVoice>,
) -> Answer<wire::Accepted> {
    let id = id(&text)?;
    let choice = sent.choice.parse().map_err(|why| Failure::invalid(format!("choice: {why}")))?;
    command(&app, by, Command::Meeting(C::Voice { id, choice, words: sent.words })).await
}

async fn close(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::CloseDecision>,
) -> Answer<wire::Accepted> {
    let wire::CloseDecision { decided, why } = sent;
    command(&app, by, Command::Meeting(C::Close { id: id(&text)?, decided, why })).await
}

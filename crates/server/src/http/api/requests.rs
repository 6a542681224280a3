//! `/api/v1/requests…`

use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use noout_api as wire;
use noout_core::engine::Command;
use noout_core::request::{Ask, Asker, RequestCommand as C};
use noout_types::RequestId;
use serde::Deserialize;

use super::failure::Failure;
use super::incidents::{After, rows};
use super::{Answer, Caller, Sent, blocking, command, limit, number};
use crate::App;
use crate::meeting;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/requests", get(list).post(ask))
        .route("/requests/{id}", get(show))
        .route("/requests/{id}/timeline", get(timeline))
        .route("/requests/{id}/take", post(take))
        .route("/requests/{id}/hand-over", post(hand_over))
        .route("/requests/{id}/answer", post(answer))
        .route("/requests/{id}/weigh", post(weigh))
        .route("/requests/{id}/done", post(done))
        .route("/requests/{id}/decline", post(decline))
}

#[derive(Deserialize)]
struct Asked {
    open: Option<bool>,
    owner: Option<String>,
    limit: Option<usize>,
}

fn id(text: &str) -> Result<RequestId, Failure> {
    number("request", text)
}

async fn list(State(app): State<App>, Query(asked): Query<Asked>) -> Answer<Vec<wire::TeamRequest>> {
    let now = app.now();
    let most = limit(asked.limit);
    let found = blocking(move || {
        // Of one owner only some fit; of those all are wanted that stand in so many.
        let looked_at = if asked.owner.is_some() { wire::MAX_LIST } else { most };
        let documents = app.reader().documents("request", asked.open, None, looked_at)?;
        let fits = |r: &noout_core::request::Request| match (asked.owner.as_deref(), &r.owner) {
            (None, _) | (Some("nobody"), None) => true,
            (Some(wanted), Some(owner)) => owner.as_str() == wanted,
            (Some(_), None) => false,
        };
        let found = documents.iter().filter_map(meeting::request_of).filter(fits).take(most);
        Ok::<_, noout_store::StoreError>(found.map(|r| meeting::request(&r, now)).collect())
    });
    Ok(Json(found.await??))
}

async fn show(State(app): State<App>, Path(text): Path<String>) -> Answer<wire::TeamRequest> {
    let (id, now) = (id(&text)?, app.now());
    if let Some(found) = app.read(|s| s.requests.get(id).map(|r| meeting::request(r, now))) {
        return Ok(Json(found));
    }
    let document = blocking(move || app.reader().document("request", &id.to_string())).await??;
    let found = document.as_ref().and_then(meeting::request_of);
    found.map(|r| Json(meeting::request(&r, now))).ok_or_else(|| Failure::unknown("request", &text))
}

async fn timeline(
    State(app): State<App>,
    Path(text): Path<String>,
    Query(asked): Query<After>,
) -> Answer<Vec<wire::TimelineEntry>> {
    let id = id(&text)?;
    if !app.read(|s| s.requests.knew(id)) {
        return Err(Failure::unknown("request", &text));
    }
    rows(app, format!("request/{id}"), asked).await
}

async fn ask(State(app): State<App>, by: Caller, Sent(sent): Sent<wire::AskRequest>) -> Answer<wire::Accepted> {
    let ask = wanted(sent).map_err(Failure::invalid)?;
    command(&app, by, Command::Request(C::Ask(Box::new(ask)))).await
}

/// A request as it was sent, or what is wrong with it.
pub(in super::super) fn wanted(sent: wire::AskRequest) -> Result<Ask, String> {
    let wire::AskRequest { title, text, from, wanted_by, urgency, interrupts, key } = sent;
    let day = |found: String| {
        found.parse().map_err(|_| format!("wanted_by: found {found:?}, allowed is a day, for example \"2026-12-24\""))
    };
    Ok(Ask {
        title,
        text,
        from: Asker { name: from.name, team: from.team, mail: from.mail, person: None },
        wanted_by: wanted_by.filter(|day| !day.is_empty()).map(day).transpose()?,
        urgency: urgency.map_or(Ok(noout_core::request::Pressure::default()), |u| pressure(&u))?,
        interrupts,
        key,
        follows: Vec::new(),
    })
}

fn pressure(text: &str) -> Result<noout_core::request::Pressure, String> {
    text.parse().map_err(|why| format!("urgency: {why}"))
}

async fn take(State(app): State<App>, by: Caller, Path(text): Path<String>) -> Answer<wire::Accepted> {
    command(&app, by, Command::Request(C::Take(id(&text)?))).await
}

async fn hand_over(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::HandOver>,
) -> Answer<wire::Accepted> {
    command(&app, by, Command::Request(C::HandOver { id: id(&text)?, to: sent.to })).await
}

async fn answer(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::Words>,
) -> Answer<wire::Accepted> {
    command(&app, by, Command::Request(C::Answer { id: id(&text)?, text: sent.text })).await
}

async fn weigh(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::WeighRequest>,
) -> Answer<wire::Accepted> {
    let (id, urgency) = (id(&text)?, pressure(&sent.urgency).map_err(Failure::invalid)?);
    command(&app, by, Command::Request(C::Weigh { id, urgency, interrupts: sent.interrupts })).await
}

async fn done(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::CloseRequest>,
) -> Answer<wire::Accepted> {
    command(&app, by, Command::Request(C::Done { id: id(&text)?, words: sent.text })).await
}

async fn decline(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::CloseRequest>,
) -> Answer<wire::Accepted> {
    command(&app, by, Command::Request(C::Decline { id: id(&text)?, words: sent.text })).await
}

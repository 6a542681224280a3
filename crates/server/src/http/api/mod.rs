//! noout's own API, `/api/v1/…`. Deny by default: nothing under it is reached without a token, and what a person may do is
//! the core's to say.

mod config;
mod contacts;
mod failure;
mod incidents;
mod intake;
mod maintenances;
mod meeting;
mod platforms;
mod requests;
mod rest;
mod roster;
mod silences;
mod sources;
mod tokens;
mod view;

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use noout_api::{Accepted, DEFAULT_LIST, MAX_LIST};
use noout_core::config::{MAX_FILE_BYTES, Role};
use noout_core::engine::Command;
use noout_core::incident::IncidentEvent;
use noout_core::maintenance::MaintenanceEvent;
use noout_core::meeting::MeetingEvent;
use noout_core::request::RequestEvent;
use noout_core::roster::RosterEvent;
use noout_core::silence::SilenceEvent;
use noout_core::{Actor, Event, Input};
use noout_types::PersonId;
use serde::de::DeserializeOwned;

use crate::{App, Committed};
use failure::Failure;
pub(super) use requests::wanted;
pub(crate) use view::phase_word;

/// Longest body in bytes: the longest configuration, with what JSON puts around each of its characters.
const MAX_BODY_BYTES: usize = 2 * MAX_FILE_BYTES + 4096;

type Answer<T> = Result<Json<T>, Failure>;

pub(super) fn router(app: &App) -> Router<App> {
    let guarded = Router::new()
        .merge(incidents::router())
        .merge(maintenances::router())
        .merge(config::router())
        .merge(platforms::router())
        .merge(silences::router())
        .merge(requests::router())
        .merge(meeting::router())
        .merge(intake::router())
        .merge(sources::router())
        .merge(tokens::router())
        .route("/status", get(rest::status))
        .route("/alerts", get(rest::alerts))
        .route("/oncall", get(rest::oncall))
        .route("/overrides", get(rest::overrides).post(roster::add_override))
        .merge(roster::router())
        .route("/stop", post(rest::stop))
        .route("/resume", post(rest::resume))
        .route("/findings", get(rest::findings))
        .route("/findings/clear", post(rest::clear_finding))
        .route("/people/{id}/invite", post(invite))
        .route("/people/{id}/contacts", get(contacts::list))
        .route("/people/{id}/test", post(contacts::test))
        .route("/notices", get(rest::notices).post(rest::post_notice))
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(app.clone(), authenticate));
    Router::new().route("/api/v1/openapi.json", get(openapi)).nest("/api/v1", guarded)
}

async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], noout_api::openapi_json()).into_response()
}

async fn invite(State(app): State<App>, by: Caller, Path(person): Path<String>) -> Answer<noout_api::Invitation> {
    let id: PersonId = person.parse().map_err(|_| Failure::unknown("person", &person))?;
    let (url, until) = crate::console::invite(&app, by.0, &id).await?;
    Ok(Json(noout_api::Invitation { person: id, url, until }))
}

async fn nothing_here(request: Request) -> Failure {
    let words = format!("there is nothing at {}: /api/v1/openapi.json lists what there is", request.uri().path());
    Failure::new(StatusCode::NOT_FOUND, "no_endpoint", words)
}

async fn wrong_method() -> Failure {
    let words = "this is not done in this way: /api/v1/openapi.json lists what there is";
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, "no_endpoint", words)
}

/// Who asks. Put into each request by [`authenticate`]; without it a handler is not reached.
#[derive(Clone)]
struct Caller(Actor);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Failure::unauthorized)
    }
}

async fn authenticate(State(app): State<App>, mut request: Request, next: Next) -> Result<Response, Failure> {
    let token = request.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let token = token.and_then(|t| t.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let (_, token) = token.ok_or_else(Failure::unauthorized)?;
    // A program elsewhere has no key file, but a token that was made for it.
    if let Some(name) = tokens::of(&app, token.trim()) {
        request.extensions_mut().insert(Caller(Actor::Token(name)));
        return Ok(next.run(request).await);
    }
    let person = app.keys().read_local(token.trim(), app.now()).map_err(|_| Failure::unauthorized())?;
    let actor = match person {
        None => Actor::Local,
        Some(person) if app.read(|s| s.config.person(&person).is_some()) => Actor::Person(person),
        Some(person) => {
            return Err(Failure::new(StatusCode::FORBIDDEN, "forbidden", format!("there is no person {person}")));
        }
    };
    request.extensions_mut().insert(Caller(actor));
    Ok(next.run(request).await)
}

/// What is not a command of the core, and still needs a role.
fn require(app: &App, by: &Actor, needed: Role) -> Result<(), Failure> {
    let may = match by {
        Actor::Local | Actor::Noout => true,
        Actor::Source(_) => false,
        Actor::Token(id) => app.read(|s| s.tokens.get(id).is_some_and(|t| t.role >= needed)),
        Actor::Person(id) => app.read(|s| s.config.person(id).is_some_and(|p| p.role >= needed)),
    };
    if may {
        return Ok(());
    }
    Err(Failure::new(
        StatusCode::FORBIDDEN,
        "forbidden",
        format!("{by} may not do this: it needs the role {needed:?} or higher"),
    ))
}

/// A JSON body. A body that does not fit says where.
struct Sent<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T> {
    type Rejection = Failure;
    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let bytes = to_bytes(request.into_body(), MAX_BODY_BYTES).await.map_err(|_| {
            let words = format!("the body is longer than {MAX_BODY_BYTES} bytes, or broke off");
            Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", words)
        })?;
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let sent = serde_path_to_error::deserialize(&mut reader).map_err(|e| {
            let place = e.path().to_string();
            let why = e.into_inner();
            Failure::invalid(if place == "." { why.to_string() } else { format!("{place}: {why}") })
        })?;
        reader.end().map_err(|e| Failure::invalid(e.to_string()))?;
        Ok(Self(sent))
    }
}

/// Commits a command and tells what came of it.
async fn command(app: &App, by: Caller, command: Command) -> Answer<Accepted> {
    let Committed { seq, events } = app.submit(Input::Command { by: by.0, command }).await?;
    let warnings = app.read(|s| crate::oncall::warnings(s, app.now(), &events));
    let mut accepted = Accepted { seq, changed: !events.is_empty(), warnings, ..Accepted::default() };
    for event in &events {
        match event {
            Event::Incident(IncidentEvent::Opened(o)) => accepted.incident = accepted.incident.or(Some(o.id)),
            Event::Maintenance(MaintenanceEvent::Requested { id, .. }) => {
                accepted.maintenance = accepted.maintenance.or(Some(*id));
            }
            Event::Silence(SilenceEvent::Set { silence }) => accepted.silence = accepted.silence.or(Some(silence.id)),
            Event::Request(RequestEvent::Asked { request }) => accepted.request = Some(request.id),
            Event::Meeting(MeetingEvent::Raised { decision }) => accepted.decision = Some(decision.id),
            Event::OverrideAdded { over, .. } => accepted.override_id = accepted.override_id.or(Some(over.id)),
            Event::Roster(RosterEvent::AbsenceAdded { away, .. }) => accepted.absence = Some(away.id),
            Event::Roster(RosterEvent::SwapAsked { swap }) => accepted.swap = Some(swap.id),
            Event::ConfigApplied { version, .. } => {
                accepted.config_version = accepted.config_version.or(Some(*version))
            }
            _ => {}
        }
    }
    Ok(Json(accepted))
}

/// Runs what blocks (the read tables, lab files, long checks) where it may.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|why| {
        tracing::error!(%why, "a read ended before its time");
        Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "noout could not finish this; its log says why")
    })
}

/// How many, as asked and as allowed.
fn limit(asked: Option<usize>) -> usize {
    asked.unwrap_or(DEFAULT_LIST).clamp(1, MAX_LIST)
}

/// A number in the path, with or without `#`.
fn number<T: std::str::FromStr>(what: &str, text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| Failure::unknown(what, text))
}

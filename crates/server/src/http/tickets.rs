//! Webhooks of ticket systems. They are believed in one thing only: that it is time to read the tickets. So nobody who
//! guesses an address writes into an incident.

use std::net::SocketAddr;

use axum::Extension;
use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use noout_notify::ticket::verify;
use noout_types::TrackerId;

use super::intake::Intake;
use super::peer::{Needs, source};
use crate::App;

/// Longest body in bytes: systems send the whole ticket with its history.
const MAX_BODY_BYTES: usize = 2 << 20;

/// `POST /integrations/{key}/tracker/{id}`: 202 when the tickets will be read.
pub(super) async fn webhook(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path((key, id)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    if let Err(denied) = source(&app, &intake.keys, peer, &parts.headers, Some(&key), Needs::Json) {
        return denied.into_response();
    }
    let desk = id.parse::<TrackerId>().ok().and_then(|id| app.desks().get(&id));
    let Some(desk) = desk else { return (StatusCode::NOT_FOUND, "there is no such [[tracker]]").into_response() };
    let Some(secret) = &desk.webhook_secret else {
        return (StatusCode::FORBIDDEN, "the [[tracker]] has no webhook_secret: its webhooks are not taken")
            .into_response();
    };
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "the body is too long, or broke off").into_response();
    };
    let header = |name: &'static str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    match verify(desk.kind, secret, header, &body) {
        Ok(()) => {
            desk.nudge();
            StatusCode::ACCEPTED.into_response()
        }
        Err(why) => (StatusCode::UNAUTHORIZED, why.to_string()).into_response(),
    }
}

//! `POST /integrations/{key}/request`: another team's tool asks for something. The key must be that of a source with
//! `kind = "requests"`.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use noout_core::engine::Command;
use noout_core::request::RequestCommand;
use noout_core::{Actor, Input};
use serde_json::json;

use super::super::api::wanted;
use super::super::peer::{Needs, asking_source};
use super::{Intake, Sender, admit, refuse, untaken};
use crate::{App, SubmitError};

pub(super) async fn take(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(key): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let source = match asking_source(&app, &intake.keys, peer, &parts.headers, Some(&key), Needs::Json) {
        Ok(source) => source,
        Err(denied) => return denied.into_response(),
    };
    let (body, _room) = match admit(&app, &intake, &parts.headers, body, Sender::Api).await {
        Ok(admitted) => admitted,
        Err(answer) => return answer,
    };
    let mut reader = serde_json::Deserializer::from_slice(&body);
    let sent = serde_path_to_error::deserialize(&mut reader).map_err(|e| {
        let place = e.path().to_string();
        let why = e.into_inner();
        if place == "." { why.to_string() } else { format!("{place}: {why}") }
    });
    let ask = match sent.and_then(wanted) {
        Ok(ask) => ask,
        Err(why) => return refuse(StatusCode::BAD_REQUEST, &why),
    };
    let (by, name) = (Actor::Source(source), ask.key.clone());
    let command = Command::Request(RequestCommand::Ask(Box::new(ask)));
    match app.submit(Input::Command { by: by.clone(), command }).await {
        Ok(done) => {
            let new = done.events.iter().find_map(|event| match event {
                noout_core::Event::Request(event) => Some(event.id()),
                _ => None,
            });
            let known = || app.read(|s| name.and_then(|name| s.requests.by_key(&by, name.trim()).map(|r| r.id)));
            Json(json!({ "status": "accepted", "request": new.or_else(known) })).into_response()
        }
        // What the request says is wrong, not the sender's timing: it is not to be sent again as it is.
        Err(SubmitError::Refused(why)) => refuse(StatusCode::UNPROCESSABLE_ENTITY, &why.to_string()),
        Err(why) => untaken(&app, &why, Sender::Api),
    }
}

//! PagerDuty's Events API v2. The key stands in the body, as `routing_key`.

use super::{
    App, ConnectInfo, Extension, HeaderMap, Input, Intake, IntakeError, Json, Needs, Request, Response, Router, Sender,
    SocketAddr, State, SubmitError, admit_stranger, busy, commit, post, source,
};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use noout_types::SourceId;
use serde_json::json;

pub(super) fn router() -> Router<App> {
    Router::new().route("/v2/enqueue", post(enqueue)).route("/v2/change/enqueue", post(change))
}

async fn enqueue(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let (body, _room) = match admit_stranger(&app, &intake, &parts.headers, body).await {
        Ok(admitted) => admitted,
        Err(answer) => return answer,
    };
    let event = noout_ingest::pagerduty(&body);
    let routing_key = event.as_ref().map_or("", |event| event.routing_key.as_str());
    let source = match speaks_for(&app, &intake, peer, &parts.headers, routing_key, event.is_ok()) {
        Ok(source) => source,
        Err(answer) => return answer,
    };
    let parsed = match event {
        Ok(event) => event.parsed,
        Err(why) => return invalid(StatusCode::BAD_REQUEST, &errors(&why)),
    };
    match commit(&app, &source, parsed).await {
        Ok(outcome) => {
            let body = json!({ "status": "success", "message": "Event processed", "dedup_key": outcome.taken.key });
            (StatusCode::ACCEPTED, Json(body)).into_response()
        }
        Err(why) => untaken(&app, &why),
    }
}

/// Something was changed on purpose: it stands in the source's timeline, and nobody is told.
async fn change(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let (body, _room) = match admit_stranger(&app, &intake, &parts.headers, body).await {
        Ok(admitted) => admitted,
        Err(answer) => return answer,
    };
    let change = noout_ingest::pagerduty_change(&body);
    let routing_key = change.as_ref().map_or("", |change| change.routing_key.as_str());
    let source = match speaks_for(&app, &intake, peer, &parts.headers, routing_key, change.is_ok()) {
        Ok(source) => source,
        Err(answer) => return answer,
    };
    match change {
        Ok(change) => {
            let input = Input::Change { source, summary: change.summary, at: change.at, link: change.link };
            match app.submit(input).await {
                Ok(_committed) => {
                    let body = json!({ "status": "success", "message": "Change event processed" });
                    (StatusCode::ACCEPTED, Json(body)).into_response()
                }
                Err(why) => untaken(&app, &why),
            }
        }
        Err(why) => invalid(StatusCode::BAD_REQUEST, &errors(&why)),
    }
}

/// Whose event it is. One that cannot be read has no key, and whoever could send another is told what is wrong with it.
#[expect(clippy::result_large_err, reason = "the error is the answer, made once a request")]
fn speaks_for(
    app: &App,
    intake: &Intake,
    peer: SocketAddr,
    headers: &HeaderMap,
    routing_key: &str,
    was_read: bool,
) -> Result<SourceId, Response> {
    let key = Some(routing_key).filter(|key| !key.is_empty());
    match source(app, &intake.keys, peer, headers, key, Needs::Json) {
        Ok(source) => Ok(source),
        Err(_) if !was_read => Err(invalid(StatusCode::BAD_REQUEST, &["the event cannot be read".to_owned()])),
        Err(denied) => {
            let why =
                if routing_key.is_empty() { "routing_key: is missing" } else { "routing_key: no source has this key" };
            Err(invalid(denied.status(), &[why.to_owned()]))
        }
    }
}

fn errors(why: &IntakeError) -> Vec<String> {
    match why {
        IntakeError::Content { errors } => errors.clone(),
        other => vec![other.to_string()],
    }
}

/// As PagerDuty says no.
fn invalid(status: StatusCode, errors: &[String]) -> Response {
    let body = json!({ "status": "invalid event", "message": "Event object is invalid", "errors": errors });
    (status, Json(body)).into_response()
}

fn untaken(app: &App, why: &SubmitError) -> Response {
    match why {
        SubmitError::Busy => {
            app.metrics().shed();
            busy(Sender::Api)
        }
        SubmitError::Unreadable(_) => invalid(StatusCode::INTERNAL_SERVER_ERROR, &[why.to_string()]),
        SubmitError::Gone => {
            let body = json!({ "status": "error", "message": why.to_string() });
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, super::RETRY_AFTER)], Json(body)).into_response()
        }
        SubmitError::Refused(why) => invalid(StatusCode::UNPROCESSABLE_ENTITY, &[why.to_string()]),
    }
}

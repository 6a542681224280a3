//! Alerts in. A 2xx is sent after the commit and never before.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use futures_util::StreamExt as _;
use noout_core::Input;
use noout_core::alert::{Ends, Posted};
use noout_ingest::{Incoming, IntakeError, MAX_BODY_BYTES, Parsed};
use noout_types::SourceId;
use tokio::sync::Semaphore;

use super::alertmanager;
use super::peer::{Needs, SourceKeys, source};
use crate::{App, SubmitError};

/// Bytes of bodies that may wait at one time, in KiB: eight of the longest, some hundred thousand alerts. More is shed.
const MAX_WAITING_KIB: usize = 64 << 10;

/// A body must be here after this long: whoever sends slower holds a place that others need.
const BODY_PATIENCE: Duration = Duration::from_secs(20);

/// Longer bodies are parsed on a thread that may block: this many bytes take about a millisecond.
const PARSE_INLINE_BYTES: usize = 256 << 10;

/// As much of a body that is too long is thrown away before the answer; beyond it the connection is cut.
const MAX_DRAINED_BYTES: usize = 4 * MAX_BODY_BYTES;

/// What a shed sender is told to wait, in seconds.
const RETRY_AFTER: &str = "5";

/// So many refused alerts are named in an answer.
const REJECTED_SHOWN: usize = 20;

/// What intake keeps between requests.
#[derive(Clone)]
pub(super) struct Intake {
    pub keys: Arc<SourceKeys>,
    room: Arc<Semaphore>,
}

/// Alertmanager's API and the integrations.
pub(super) fn router(app: &App) -> Router<App> {
    let intake = Intake { keys: Arc::new(SourceKeys::new(app)), room: Arc::new(Semaphore::new(MAX_WAITING_KIB)) };
    Router::new()
        .route("/api/v2/alerts", post(alerts).get(alertmanager::alerts))
        .route("/api/v2/alerts/groups", get(alertmanager::groups))
        .route("/api/v2/status", get(alertmanager::status))
        .route("/api/v2/receivers", get(alertmanager::receivers))
        .route("/api/v2/silences", get(alertmanager::silences))
        .route("/integrations/{key}/alertmanager", post(webhook))
        .route("/integrations/{key}/tracker/{id}", post(super::tickets::webhook))
        .layer(Extension(intake))
}

/// How a sender understands "not now".
#[derive(Clone, Copy)]
enum Sender {
    /// Prometheus sends again anyway.
    Api,
    /// Alertmanager's webhook tries again only after a 5xx.
    Webhook,
}

async fn alerts(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    match source(&app, &intake.keys, peer, &parts.headers, None, Needs::Json) {
        Ok(source) => {
            take(&app, &intake, source, &parts.headers, body, noout_ingest::alertmanager_v2, Sender::Api).await
        }
        Err(denied) => denied.into_response(),
    }
}

async fn webhook(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(key): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    match source(&app, &intake.keys, peer, &parts.headers, Some(&key), Needs::Json) {
        Ok(source) => {
            take(&app, &intake, source, &parts.headers, body, noout_ingest::alertmanager_webhook, Sender::Webhook).await
        }
        Err(denied) => denied.into_response(),
    }
}

type Parser = fn(&[u8]) -> Result<Parsed, IntakeError>;

async fn take(
    app: &App,
    intake: &Intake,
    source: SourceId,
    headers: &HeaderMap,
    body: Body,
    parser: Parser,
    sender: Sender,
) -> Response {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    let length = declared.unwrap_or(MAX_BODY_BYTES);
    if length > MAX_BODY_BYTES {
        drain(body).await;
        return too_long(length);
    }
    // Held until the commit: what waits for the writer takes memory too.
    let places = u32::try_from(length.div_ceil(1024)).unwrap_or(u32::MAX);
    let Ok(_room) = intake.room.try_acquire_many(places) else {
        app.metrics().shed();
        return busy(sender);
    };
    let body = match read(body).await {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let parsed = match parse(body, parser).await {
        Ok(parsed) => parsed,
        Err(why @ IntakeError::TooLong { .. }) => return refuse(StatusCode::PAYLOAD_TOO_LARGE, &why.to_string()),
        Err(why) => return refuse(StatusCode::BAD_REQUEST, &why.to_string()),
    };
    let Parsed { alerts, rejected, truncated } = parsed;
    if truncated > 0 {
        tracing::info!(%source, truncated, "the sender left alerts out of a body; it has a limit of its own");
    }
    let count = alerts.len();
    if count > 0 {
        let alerts = alerts.into_iter().map(posted).collect();
        match app.submit(Input::Alerts { source: source.clone(), alerts }).await {
            Ok(_committed) => app.metrics().accepted(&source, count),
            Err(SubmitError::Busy) => {
                app.metrics().shed();
                return busy(sender);
            }
            Err(why @ SubmitError::Gone) => return refuse(StatusCode::SERVICE_UNAVAILABLE, &why.to_string()),
            Err(SubmitError::Refused(why)) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, &why.to_string()),
        }
    }
    if rejected.is_empty() {
        return StatusCode::OK.into_response();
    }
    app.metrics().rejected(rejected.len());
    let mut words: Vec<_> = rejected.iter().take(REJECTED_SHOWN).map(ToString::to_string).collect();
    if rejected.len() > REJECTED_SHOWN {
        words.push(format!("and {} more", rejected.len() - REJECTED_SHOWN));
    }
    refuse(
        StatusCode::BAD_REQUEST,
        &format!("{count} alerts were accepted, {} not: {}", rejected.len(), words.join("; ")),
    )
}

/// Reads a body that is too long and throws it away: a sender that is still writing would not see the answer.
async fn drain(body: Body) {
    let mut stream = body.into_data_stream();
    let all = async {
        let mut bytes = 0;
        while let Some(Ok(piece)) = stream.next().await {
            bytes += piece.len();
            if bytes > MAX_DRAINED_BYTES {
                break;
            }
        }
    };
    let _late = tokio::time::timeout(BODY_PATIENCE, all).await;
}

async fn read(body: Body) -> Result<Bytes, Response> {
    match tokio::time::timeout(BODY_PATIENCE, to_bytes(body, MAX_BODY_BYTES)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(why)) => {
            let long = std::error::Error::source(&why).is_some_and(|e| e.to_string().contains("length limit"));
            Err(if long { too_long(MAX_BODY_BYTES + 1) } else { refuse(StatusCode::BAD_REQUEST, "the body broke off") })
        }
        Err(_elapsed) => Err(refuse(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time")),
    }
}

async fn parse(body: Bytes, parser: Parser) -> Result<Parsed, IntakeError> {
    if body.len() < PARSE_INLINE_BYTES {
        return parser(&body);
    }
    let spare = body.clone();
    match tokio::task::spawn_blocking(move || parser(&body)).await {
        Ok(parsed) => parsed,
        // The runtime is shutting down; the answer will hardly be read.
        Err(_) => parser(&spare),
    }
}

fn posted(alert: Incoming) -> Posted {
    let ends = match alert.ends {
        noout_ingest::Ends::Unknown => Ends::Unknown,
        noout_ingest::Ends::At(at) => Ends::At(at),
        noout_ingest::Ends::WhenResolved => Ends::WhenResolved,
        noout_ingest::Ends::Resolved(at) => Ends::Resolved(at),
    };
    let Incoming { labels, annotations, starts_at, generator_url, .. } = alert;
    Posted { labels, annotations, starts_at, ends, generator_url }
}

/// As Alertmanager says no: a JSON string.
fn refuse(status: StatusCode, words: &str) -> Response {
    (status, Json(words)).into_response()
}

fn too_long(found: usize) -> Response {
    refuse(StatusCode::PAYLOAD_TOO_LARGE, &IntakeError::TooLong { found }.to_string())
}

fn busy(sender: Sender) -> Response {
    let status = match sender {
        Sender::Api => StatusCode::TOO_MANY_REQUESTS,
        Sender::Webhook => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut response = refuse(status, &SubmitError::Busy.to_string());
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static(RETRY_AFTER));
    response
}

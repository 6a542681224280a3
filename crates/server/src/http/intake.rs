//! Alerts in. A 2xx is sent after the commit and never before.

mod integrations;
mod opsgenie;
mod pagerduty;
mod ping;
mod request;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Extension, Json, Router};
use futures_util::StreamExt as _;
use noout_core::Input;
use noout_core::alert::{Acknowledgement, Ends, Posted};
use noout_ingest::{Incoming, IntakeError, Key, MAX_BODY_BYTES, Parsed};
use noout_types::SourceId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::alertmanager;
use super::peer::{Needs, SourceKeys, source};
use super::silences;
use crate::{App, SubmitError};

/// Bytes of bodies that may wait at one time, in KiB: eight of the longest, some hundred thousand alerts. More is shed.
const MAX_WAITING_KIB: usize = 64 << 10;

/// The longest body whose key stands within it. PagerDuty's own limit is 512 KiB.
const MAX_STRANGER_BYTES: usize = 512 << 10;

/// The same as [`MAX_WAITING_KIB`] for these.
const MAX_STRANGERS_KIB: usize = 16 << 10;

/// A body must be here after this long: whoever sends slower holds a place that others need.
const BODY_PATIENCE: Duration = Duration::from_secs(20);

/// Longer bodies are parsed on a thread that may block: this many bytes take about a millisecond.
const PARSE_INLINE_BYTES: usize = 256 << 10;

/// As much of a body that is too long is thrown away before the answer; beyond it the connection is cut.
const MAX_DRAINED_BYTES: usize = 4 * MAX_BODY_BYTES;

/// Alerts that fire at one time. Each takes about a kilobyte: more than any platform has, and less than a machine's memory.
/// Beyond it new bodies are shed before they are accepted.
const MAX_FIRING: usize = 2_000_000;

/// What a shed sender is told to wait, in seconds.
const RETRY_AFTER: &str = "5";

/// So many refused alerts are named in an answer.
const REJECTED_SHOWN: usize = 20;

/// What intake keeps between requests.
#[derive(Clone)]
pub(super) struct Intake {
    pub keys: Arc<SourceKeys>,
    pings: Arc<ping::PingKeys>,
    room: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
    /// How many alerts fire, as last seen.
    firing: Arc<AtomicUsize>,
}

impl Intake {
    /// Whether more alerts fire than one may remember. Does not wait for the state: when the writer is behind, a
    /// sender must hear so at once.
    fn is_full(&self, app: &App) -> bool {
        if let Some(state) = app.0.state.try_read() {
            self.firing.store(state.alerts.len(), Ordering::Relaxed);
        }
        self.firing.load(Ordering::Relaxed) >= MAX_FIRING
    }
}

/// Alertmanager's API and the integrations.
pub(super) fn router(app: &App) -> Router<App> {
    let intake = Intake {
        keys: Arc::new(SourceKeys::new(app)),
        pings: Arc::default(),
        room: Arc::new(Semaphore::new(MAX_WAITING_KIB)),
        strangers: Arc::new(Semaphore::new(MAX_STRANGERS_KIB)),
        firing: Arc::default(),
    };
    Router::new()
        .route("/api/v2/alerts", post(alerts).get(alertmanager::alerts))
        .route("/api/v2/alerts/groups", get(alertmanager::groups))
        .route("/api/v2/status", get(alertmanager::status))
        .route("/api/v2/receivers", get(alertmanager::receivers))
        .route("/api/v2/silences", get(silences::list).post(silences::set))
        .route("/api/v2/silence/{id}", get(silences::one).delete(silences::end))
        .route("/integrations/{key}/alertmanager", post(webhook))
        .merge(integrations::router())
        .merge(pagerduty::router())
        .merge(opsgenie::router())
        .merge(ping::router())
        .route("/integrations/{key}/request", post(request::take))
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
    let parser = |body: &[u8], _: &str| noout_ingest::alertmanager_v2(body);
    match source(&app, &intake.keys, peer, &parts.headers, None, Needs::Json) {
        Ok(source) => plain(take(&app, &intake, source, &parts.headers, body, parser, Sender::Api).await),
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
    let parser = |body: &[u8], _: &str| noout_ingest::alertmanager_webhook(body);
    match source(&app, &intake.keys, peer, &parts.headers, Some(&key), Needs::Json) {
        Ok(source) => plain(take(&app, &intake, source, &parts.headers, body, parser, Sender::Webhook).await),
        Err(denied) => denied.into_response(),
    }
}

/// As Alertmanager answers: nothing but the status.
fn plain(taken: Result<Taken, Response>) -> Response {
    taken.map_or_else(|answer| answer, |_| StatusCode::OK.into_response())
}

/// From a body and its content type.
type Parser = fn(&[u8], &str) -> Result<Parsed, IntakeError>;

/// What was committed of a body.
struct Taken {
    alerts: usize,
    /// The name of the first episode, where episodes have names.
    key: Option<String>,
}

async fn take(
    app: &App,
    intake: &Intake,
    source: SourceId,
    headers: &HeaderMap,
    body: Body,
    parser: Parser,
    sender: Sender,
) -> Result<Taken, Response> {
    let (body, _room) = admit(app, intake, headers, body, sender).await?;
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let parsed = parse(body, content_type, parser).await.map_err(|why| unreadable(&why))?;
    commit(app, &source, parsed).await.map_err(|why| untaken(app, &why, sender))?.told(app)
}

fn unreadable(why: &IntakeError) -> Response {
    let status = match why {
        IntakeError::TooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::BAD_REQUEST,
    };
    refuse(status, &why.to_string())
}

fn untaken(app: &App, why: &SubmitError, sender: Sender) -> Response {
    match why {
        SubmitError::Busy => {
            app.metrics().shed();
            busy(sender)
        }
        SubmitError::Unreadable(_) => refuse(StatusCode::INTERNAL_SERVER_ERROR, &why.to_string()),
        SubmitError::Gone => refuse(StatusCode::SERVICE_UNAVAILABLE, &why.to_string()),
        SubmitError::Refused(why) => refuse(StatusCode::UNPROCESSABLE_ENTITY, &why.to_string()),
    }
}

/// Lets a body in as long as there is room. The room is held until the commit: what waits for the writer takes memory too.
async fn admit(
    app: &App,
    intake: &Intake,
    headers: &HeaderMap,
    body: Body,
    sender: Sender,
) -> Result<(Bytes, OwnedSemaphorePermit), Response> {
    admit_in(&intake.room, MAX_BODY_BYTES, app, intake, headers, body, sender).await
}

/// As [`admit`], for bodies that carry their key within: nobody knows yet whose they are, so they have less room, and none of
/// that of the others.
async fn admit_stranger(
    app: &App,
    intake: &Intake,
    headers: &HeaderMap,
    body: Body,
) -> Result<(Bytes, OwnedSemaphorePermit), Response> {
    admit_in(&intake.strangers, MAX_STRANGER_BYTES, app, intake, headers, body, Sender::Api).await
}

async fn admit_in(
    room: &Arc<Semaphore>,
    limit: usize,
    app: &App,
    intake: &Intake,
    headers: &HeaderMap,
    body: Body,
    sender: Sender,
) -> Result<(Bytes, OwnedSemaphorePermit), Response> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    let length = declared.unwrap_or(limit);
    if length > limit {
        drain(body).await;
        return Err(too_long(length, limit));
    }
    let places = u32::try_from(length.div_ceil(1024)).unwrap_or(u32::MAX);
    let room = room.clone().try_acquire_many_owned(places);
    let (Ok(room), false) = (room, intake.is_full(app)) else {
        app.metrics().shed();
        return Err(busy(sender));
    };
    Ok((read(body, limit).await?, room))
}

/// What became of a body: what was committed of it, and what could not be taken.
struct Outcome {
    source: SourceId,
    taken: Taken,
    rejected: Vec<noout_ingest::Rejected>,
}

impl Outcome {
    /// The first alerts that could not be taken are named.
    #[expect(clippy::result_large_err, reason = "the error is the answer, made once a request")]
    fn told(self, app: &App) -> Result<Taken, Response> {
        let Self { source, taken, rejected } = self;
        if rejected.is_empty() {
            return Ok(taken);
        }
        app.metrics().rejected(&source, rejected.len());
        let mut words: Vec<_> = rejected.iter().take(REJECTED_SHOWN).map(ToString::to_string).collect();
        if rejected.len() > REJECTED_SHOWN {
            words.push(format!("and {} more", rejected.len() - REJECTED_SHOWN));
        }
        let count = taken.alerts;
        let words = format!("{count} alerts were accepted, {} not: {}", rejected.len(), words.join("; "));
        Err(refuse(StatusCode::BAD_REQUEST, &words))
    }
}

/// Commits what a body holds. What it says about people who took an alert counts after the alert itself.
async fn commit(app: &App, source: &SourceId, parsed: Parsed) -> Result<Outcome, SubmitError> {
    let Parsed { alerts, rejected, truncated, acks } = parsed;
    if truncated > 0 {
        tracing::info!(%source, truncated, "the sender left alerts out of a body; it has a limit of its own");
    }
    let alerts: Vec<_> = alerts.into_iter().map(|alert| posted(source, alert)).collect();
    let key = alerts.first().and_then(|a| a.key.clone()).or_else(|| acks.first().map(|ack| ack.key.clone()));
    let taken = Taken { alerts: alerts.len(), key };
    if !alerts.is_empty() {
        app.submit(Input::Alerts { source: source.clone(), alerts }).await?;
        app.metrics().accepted(source, taken.alerts, app.now());
    }
    if !acks.is_empty() {
        let ack = |ack: noout_ingest::Acked| Acknowledgement { key: ack.key, who: ack.who, text: ack.text };
        let acks = acks.into_iter().map(ack).collect();
        app.submit(Input::Acknowledged { source: source.clone(), acks }).await?;
    }
    Ok(Outcome { source: source.clone(), taken, rejected })
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

async fn read(body: Body, limit: usize) -> Result<Bytes, Response> {
    match tokio::time::timeout(BODY_PATIENCE, to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(why)) => {
            let long = std::error::Error::source(&why).is_some_and(|e| e.to_string().contains("length limit"));
            Err(if long { too_long(limit + 1, limit) } else { refuse(StatusCode::BAD_REQUEST, "the body broke off") })
        }
        Err(_elapsed) => Err(refuse(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time")),
    }
}

async fn parse(body: Bytes, content_type: String, parser: Parser) -> Result<Parsed, IntakeError> {
    if body.len() < PARSE_INLINE_BYTES {
        return parser(&body, &content_type);
    }
    let (spare, spare_type) = (body.clone(), content_type.clone());
    match tokio::task::spawn_blocking(move || parser(&body, &content_type)).await {
        Ok(parsed) => parsed,
        // The runtime is shutting down; the answer will hardly be read.
        Err(_) => parser(&spare, &spare_type),
    }
}

/// A parsed alert as the core takes it. One that its source names carries the source as a label, for its other labels seldom
/// tell where it is from; one that is to be a new one each time is named here.
pub(crate) fn posted(source: &SourceId, alert: Incoming) -> Posted {
    let ends = match alert.ends {
        noout_ingest::Ends::Unknown => Ends::Unknown,
        noout_ingest::Ends::At(at) => Ends::At(at),
        noout_ingest::Ends::WhenResolved => Ends::WhenResolved,
        noout_ingest::Ends::Resolved(at) => Ends::Resolved(at),
    };
    let Incoming { mut labels, key, annotations, starts_at, generator_url, .. } = alert;
    let key = match key {
        Key::Labels => None,
        Key::Named(name) => Some(name),
        Key::Fresh => Some(hex::encode(rand::random::<[u8; 16]>())),
    };
    if key.is_some() && !matches!(ends, Ends::Resolved(_)) && labels.get("source").is_empty() {
        labels.insert("source", source.as_str());
    }
    Posted { labels, key, annotations: annotations.into(), starts_at, ends, generator_url, words: None }
}

/// As Alertmanager says no: a JSON string.
fn refuse(status: StatusCode, words: &str) -> Response {
    (status, Json(words)).into_response()
}

fn too_long(found: usize, limit: usize) -> Response {
    let words = match limit {
        MAX_BODY_BYTES => IntakeError::TooLong { found }.to_string(),
        _ => format!("the body has {found} bytes or more: allowed are at most {limit} where the key stands in it"),
    };
    refuse(StatusCode::PAYLOAD_TOO_LARGE, &words)
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

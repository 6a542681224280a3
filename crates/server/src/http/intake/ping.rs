//! `/ping/UUID[/start|/fail|/log|/EXITCODE]`: jobs say that they are alive. Who knows the UUID may.

use std::collections::BTreeMap;

use super::{App, Body, Extension, Intake, Path, Request, Response, Router, State, SubmitError};
use axum::extract::RawQuery;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse as _;
use axum::routing::get;
use futures_util::StreamExt as _;
use noout_core::Input;
use noout_core::heartbeat::{MAX_BODY_BYTES, Ping, PingKey, Signal};
use noout_types::HeartbeatId;
use parking_lot::Mutex;

/// A job's log may be longer than what is kept of it; what is sent beyond this is not read any more.
const MAX_READ_BYTES: usize = 1 << 20;

/// Whose keys are whose, for one version of the configuration.
#[derive(Default)]
pub(super) struct PingKeys(Mutex<Option<(u64, BTreeMap<PingKey, HeartbeatId>)>>);

impl PingKeys {
    fn find(&self, app: &App, key: PingKey) -> Option<HeartbeatId> {
        let version = app.read(|s| s.config_version);
        let mut known = self.0.lock();
        if known.as_ref().is_none_or(|(of, _)| *of != version) {
            let beats = app.read(|s| s.config.heartbeats.clone());
            *known = Some((version, beats.iter().map(|beat| (app.ping_key(beat), beat.id.clone())).collect()));
        }
        known.as_ref()?.1.get(&key).cloned()
    }
}

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/ping/{uuid}", get(plain).post(plain))
        .route("/ping/{uuid}/{what}", get(with_word).post(with_word))
}

async fn plain(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    Path(uuid): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    ping(&app, &intake, &uuid, Signal::Success, query.as_deref(), request.into_body()).await
}

async fn with_word(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    Path((uuid, what)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let signal = match what.as_str() {
        "start" => Signal::Start,
        "fail" => Signal::Fail { code: None },
        "log" => Signal::Log,
        code => match code.parse() {
            Ok(code) => Signal::of_exit(code),
            Err(_) => {
                return text(StatusCode::NOT_FOUND, "allowed are start, fail, log and an exit code from 0 to 255\n");
            }
        },
    };
    ping(&app, &intake, &uuid, signal, query.as_deref(), request.into_body()).await
}

async fn ping(app: &App, intake: &Intake, uuid: &str, signal: Signal, query: Option<&str>, body: Body) -> Response {
    let id = uuid.parse().ok().and_then(|key| intake.pings.find(app, key));
    let Some(id) = id else { return text(StatusCode::NOT_FOUND, "(not found)\n") };
    let pairs = super::alertmanager::pairs(query.unwrap_or_default());
    let run = pairs.into_iter().find(|(name, value)| name == "rid" && !value.is_empty()).map(|(_, value)| value);
    let body = head_of(body).await;
    match app.submit(Input::Pinged(Ping { id, signal, run, body })).await {
        Ok(_committed) => {
            let mut answer = text(StatusCode::OK, "OK");
            answer.headers_mut().insert("ping-body-limit", HeaderValue::from(MAX_BODY_BYTES));
            answer
        }
        Err(SubmitError::Refused(why)) => text(StatusCode::NOT_FOUND, &format!("{why}\n")),
        Err(why @ SubmitError::Busy) => {
            app.metrics().shed();
            let mut answer = text(StatusCode::TOO_MANY_REQUESTS, &format!("{why}\n"));
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(super::RETRY_AFTER));
            answer
        }
        Err(why @ SubmitError::Unreadable(_)) => text(StatusCode::INTERNAL_SERVER_ERROR, &format!("{why}\n")),
        Err(why @ SubmitError::Gone) => text(StatusCode::SERVICE_UNAVAILABLE, &format!("{why}\n")),
    }
}

/// The beginning of a body. A job that breaks off while it sends its log is alive all the same.
async fn head_of(body: Body) -> String {
    let (mut kept, mut read) = (Vec::new(), 0);
    let mut stream = body.into_data_stream();
    let all = async {
        while let Some(Ok(piece)) = stream.next().await {
            let room = MAX_BODY_BYTES.saturating_sub(kept.len());
            kept.extend_from_slice(&piece[..piece.len().min(room)]);
            read += piece.len();
            if read > MAX_READ_BYTES {
                break;
            }
        }
    };
    let _late = tokio::time::timeout(super::BODY_PATIENCE, all).await;
    String::from_utf8_lossy(&kept).into_owned()
}

fn text(status: StatusCode, words: &str) -> Response {
    (status, words.to_owned()).into_response()
}

//! `/healthz`, `/readyz`, `/metrics`.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use noout_core::Input;

use super::metrics;
use crate::App;

/// A writer that does not answer within this time is not ready: commits take milliseconds, a stalled disk seconds.
const READY_LIMIT: Duration = Duration::from_secs(3);

pub(super) fn router() -> Router<App> {
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz)).route("/metrics", get(exposition))
}

/// The process lives.
async fn healthz() -> &'static str {
    "ok\n"
}

/// Alerts would be accepted: the writer takes an input and settles it, and the read tables answer.
async fn readyz(State(app): State<App>) -> Response {
    let round_trip = async {
        app.submit(Input::Tick).await.map_err(|e| e.to_string())?;
        let asked = app.clone();
        let head = tokio::task::spawn_blocking(move || asked.reader().head()).await;
        head.map_err(|e| e.to_string())?.map_err(|e| e.to_string())
    };
    match tokio::time::timeout(READY_LIMIT, round_trip).await {
        Ok(Ok(head)) => format!("ready at record {}\n", head.seq).into_response(),
        Ok(Err(why)) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")).into_response(),
        Err(_elapsed) => (StatusCode::SERVICE_UNAVAILABLE, "not ready: the writer does not answer\n").into_response(),
    }
}

async fn exposition(State(app): State<App>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics::text(&app)).into_response()
}

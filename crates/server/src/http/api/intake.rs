//! Heartbeats, and where alerts would go.

use axum::extract::{Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use noout_api as wire;
use noout_core::config::{Config, Role, check};
use noout_types::Timestamp;
use serde::Deserialize;

use super::failure::Failure;
use super::{Answer, Caller, Sent, blocking, require};
use crate::App;
use crate::routing::MAX_REPLAY;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/heartbeats", get(heartbeats))
        .route("/routes/test", get(route_test))
        .route("/routes/replay", post(replay))
}

async fn heartbeats(State(app): State<App>, by: Caller) -> Answer<Vec<wire::Heartbeat>> {
    // Whoever knows the address may ping, and so keep an alarm from being raised.
    let may_know = require(&app, &by.0, Role::Operator).is_ok();
    let (now, base) = (app.now(), app.base_url());
    let found = app.read(|s| {
        let one = |rules: &noout_core::config::Heartbeat| {
            let beat = s.heartbeats.get(&rules.id)?;
            Some(wire::Heartbeat {
                id: rules.id.clone(),
                standing: beat.standing(now).code().to_owned(),
                schedule: rules.schedule.to_string(),
                url: may_know.then(|| format!("{base}/ping/{}", app.ping_key(rules))),
                due: beat.due,
                alarm: beat.alarm,
                last: beat.last.map(|(at, _)| at),
                last_signal: beat.last.map(|(_, signal)| signal.code().to_owned()),
                last_success: beat.last_success,
                took: beat.took,
                down_since: beat.down.map(|(at, _)| at),
                log: beat.body.clone(),
            })
        };
        s.config.heartbeats.iter().filter_map(one).collect()
    });
    Ok(Json(found))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    labels: String,
    at: Option<Timestamp>,
}

async fn route_test(State(app): State<App>, _: Caller, Query(asked): Query<Asked>) -> Answer<wire::RouteTest> {
    let labels = wire::labels_of(&asked.labels).map_err(Failure::invalid)?;
    let at = asked.at.unwrap_or_else(|| app.now());
    let read = blocking(move || crate::routing::tested(&app, at, &labels));
    read.await?.map(Json).map_err(|why| unreadable(&why))
}

fn unreadable(why: &noout_store::StoreError) -> Failure {
    tracing::error!(%why, "the journal cannot be read");
    Failure::new(axum::http::StatusCode::SERVICE_UNAVAILABLE, "unavailable", why.to_string())
}

async fn replay(State(app): State<App>, _: Caller, Sent(asked): Sent<wire::ReplayRequest>) -> Answer<wire::Replay> {
    if asked.since > MAX_REPLAY {
        return Err(Failure::invalid(format!("since: found {}, allowed is up to {MAX_REPLAY}", asked.since)));
    }
    let now = app.now();
    let config = asked.config.map(|text| checked(&text, now)).transpose()?;
    let read = blocking(move || crate::routing::replayed(&app, config, asked.since));
    read.await?.map(Json).map_err(|why| unreadable(&why))
}

fn checked(text: &str, now: Timestamp) -> Result<Config, Failure> {
    let (config, found) = check(text, now);
    config.ok_or_else(|| {
        let first = found.errors.first().map(ToString::to_string).unwrap_or_default();
        Failure::invalid(format!("config: {} errors; the first: {first}", found.errors.len()))
    })
}

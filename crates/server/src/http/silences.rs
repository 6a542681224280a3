//! Alertmanager's API v2 for silences: `amtool`, Grafana and karma set, list and end them here as they do there.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Path, RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use noout_core::engine::Command;
use noout_core::silence::{Silence, SilenceCommand, SilenceEvent, Standing};
use noout_core::{Actor, Event, Input};
use noout_types::{Labels, MatchOp, Matcher, Matchers, SilenceId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::alertmanager::list::sift;
use super::alertmanager::{add_filter, bad, may_read, question};
use super::intake::Intake;
use super::peer::{Needs, source};
use crate::{App, SubmitError};

/// Longest body in bytes: matchers and a comment.
const MAX_BODY: usize = 64 << 10;

/// Most matchers of one silence.
const MAX_MATCHERS: usize = 64;

/// What the numbers of silences look like to clients that expect UUIDs: the number stands in the last group.
const UUID_HEAD: &str = "00000000-0000-4000-8000-";

/// A silence's number as the UUID that Alertmanager's clients expect.
pub(super) fn uuid(id: SilenceId) -> String {
    format!("{UUID_HEAD}{:012x}", id.0)
}

fn number(text: &str) -> Option<SilenceId> {
    match text.strip_prefix(UUID_HEAD) {
        Some(hex) => u64::from_str_radix(hex, 16).ok().map(SilenceId),
        None => text.parse().ok(),
    }
}

/// A matcher as Alertmanager writes it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireMatcher {
    name: String,
    value: String,
    is_regex: bool,
    #[serde(default = "yes")]
    is_equal: bool,
}

fn yes() -> bool {
    true
}

impl WireMatcher {
    fn of(matcher: &Matcher) -> Self {
        let is_regex = matches!(matcher.op, MatchOp::Regex | MatchOp::NotRegex);
        let is_equal = matches!(matcher.op, MatchOp::Equal | MatchOp::Regex);
        Self { name: matcher.name.clone(), value: matcher.value.clone(), is_regex, is_equal }
    }

    fn read(self) -> Result<Matcher, String> {
        let op = match (self.is_regex, self.is_equal) {
            (false, true) => MatchOp::Equal,
            (false, false) => MatchOp::NotEqual,
            (true, true) => MatchOp::Regex,
            (true, false) => MatchOp::NotRegex,
        };
        Matcher::light(self.name, op, self.value).map_err(|e| format!("matchers: {e}"))
    }
}

/// What is posted. Fields that later versions add are ignored, as Alertmanager does.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Posted {
    #[serde(default)]
    id: Option<String>,
    matchers: Vec<WireMatcher>,
    starts_at: Timestamp,
    ends_at: Timestamp,
    created_by: String,
    #[serde(default)]
    comment: String,
}

impl Posted {
    fn command(self) -> Result<SilenceCommand, String> {
        let id = match self.id.filter(|id| !id.is_empty()) {
            Some(text) => Some(number(&text).ok_or_else(|| format!("id: there is no silence {text:?}"))?),
            None => None,
        };
        if self.matchers.len() > MAX_MATCHERS {
            return Err(format!("matchers: found {}, allowed are at most {MAX_MATCHERS}", self.matchers.len()));
        }
        let matchers = self.matchers.into_iter().map(WireMatcher::read).collect::<Result<_, _>>()?;
        let (starts_at, ends_at, author, comment) = (self.starts_at, self.ends_at, Some(self.created_by), self.comment);
        Ok(SilenceCommand::Set { id, matchers: Matchers(matchers), starts_at, ends_at, author, comment })
    }
}

fn shown(silence: &Silence, now: Timestamp) -> Value {
    let state = match silence.standing(now) {
        Standing::Pending => "pending",
        Standing::Active => "active",
        Standing::Expired => "expired",
    };
    json!({
        "id": uuid(silence.id),
        "matchers": silence.matchers.0.iter().map(WireMatcher::of).collect::<Vec<_>>(),
        "startsAt": silence.starts_at,
        "endsAt": silence.ends_at,
        "createdBy": silence.author,
        "comment": silence.comment,
        "updatedAt": silence.updated_at,
        "status": { "state": state },
    })
}

/// `GET /api/v2/silences`. A `filter` selects silences that have such a matcher, as in Alertmanager.
pub(super) async fn list(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if let Err(denied) = may_read(&app, &intake, peer, &headers) {
        return denied.into_response();
    }
    let filters = match filters(query.as_deref()) {
        Ok(filters) => filters,
        Err(why) => return bad(&why),
    };
    // Copied, so that the writer does not wait while they are compared.
    let mut all: VecDeque<Silence> = app.read(|s| s.silences.all().cloned().collect());
    let mut found = Vec::new();
    if filters.is_empty() {
        found.extend(all.drain(..));
    }
    let has = Arc::new(move |silence: &Silence| {
        let labels: Labels = silence.matchers.0.iter().map(|m| (m.name.as_str(), m.value.as_str())).collect();
        filters.iter().all(|f| f.matches(&labels))
    });
    while !all.is_empty() {
        found.extend(sift(&mut all, has.clone()).await);
    }
    let now = app.now();
    Json(found.iter().map(|silence| shown(silence, now)).collect::<Vec<_>>()).into_response()
}

fn filters(query: Option<&str>) -> Result<Vec<Matchers>, String> {
    let mut filters = Vec::new();
    for (_, value) in question(query)?.into_iter().filter(|(name, _)| name == "filter") {
        add_filter(&mut filters, &value)?;
    }
    Ok(filters)
}

/// `GET /api/v2/silence/{id}`.
pub(super) async fn one(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Err(denied) = may_read(&app, &intake, peer, &headers) {
        return denied.into_response();
    }
    let now = app.now();
    let found = number(&id).and_then(|id| app.read(|s| s.silences.get(id).map(|silence| shown(silence, now))));
    found.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |found| Json(found).into_response())
}

/// `POST /api/v2/silences`. Answered after the commit.
pub(super) async fn set(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let by = match source(&app, &intake.keys, peer, &parts.headers, None, Needs::Json) {
        Ok(source) => Actor::Source(source),
        Err(denied) => return denied.into_response(),
    };
    let Ok(bytes) = to_bytes(body, MAX_BODY).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, Json(format!("the body is longer than {MAX_BODY} bytes")))
            .into_response();
    };
    let mut reader = serde_json::Deserializer::from_slice(&bytes);
    let posted: Posted = match serde_path_to_error::deserialize(&mut reader) {
        Ok(posted) => posted,
        Err(e) => return bad(&format!("{}: {}", e.path(), e.inner())),
    };
    let command = match posted.command() {
        Ok(command) => command,
        Err(why) => return bad(&why),
    };
    match app.submit(Input::Command { by, command: Command::Silence(command) }).await {
        Ok(committed) => {
            let set = committed.events.iter().find_map(|event| match event {
                Event::Silence(SilenceEvent::Set { silence }) => Some(silence.id),
                _ => None,
            });
            Json(json!({ "silenceID": set.map(uuid) })).into_response()
        }
        Err(why) => failed(&why),
    }
}

/// `DELETE /api/v2/silence/{id}`.
pub(super) async fn end(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let by = match source(&app, &intake.keys, peer, &headers, None, Needs::Nothing) {
        Ok(source) => Actor::Source(source),
        Err(denied) => return denied.into_response(),
    };
    let Some(id) = number(&id) else { return StatusCode::NOT_FOUND.into_response() };
    match app.submit(Input::Command { by, command: Command::Silence(SilenceCommand::End(id)) }).await {
        Ok(_) => StatusCode::OK.into_response(),
        Err(why) => failed(&why),
    }
}

fn failed(why: &SubmitError) -> Response {
    use noout_core::Refusal;
    let status = match why {
        SubmitError::Refused(Refusal::Unknown { .. }) => StatusCode::NOT_FOUND,
        SubmitError::Refused(Refusal::Forbidden { .. } | Refusal::Conflict { .. }) => StatusCode::FORBIDDEN,
        SubmitError::Refused(Refusal::Invalid { .. }) => StatusCode::BAD_REQUEST,
        SubmitError::Unreadable(_) => StatusCode::INTERNAL_SERVER_ERROR,
        SubmitError::Busy | SubmitError::Gone => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, Json(why.to_string())).into_response()
}

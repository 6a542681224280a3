//! Alertmanager's API v2, the reading half: what `amtool` and dashboards ask. Silences are next door.

pub(super) mod list;

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use noout_core::State as Core;
use noout_core::alert::Alert;
use noout_core::silence::{Rule, Suppression, all_of_alert};
use noout_types::{Fingerprint, Labels, MatchError, MatchOp, Matcher, Matchers, Timestamp};
use serde::Serialize;
use serde_json::json;

use super::intake::Intake;
use super::peer::{Denied, Needs, source};
use crate::App;

/// The state of an alert that nothing holds back.
const ACTIVE: &str = "active";

/// What an alert without a policy is shown with as its receiver.
const NO_RECEIVER: &str = "noout";

/// Matchers in one question, over all its filters.
pub(super) const MAX_MATCHERS: usize = 32;

/// The longest question in bytes: reading it takes time before anything is refused.
const MAX_QUERY: usize = 16 << 10;

pub(super) fn may_read(app: &App, intake: &Intake, peer: SocketAddr, headers: &HeaderMap) -> Result<(), Denied> {
    source(app, &intake.keys, peer, headers, None, Needs::Nothing).map(|_| ())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    /// The alerts that explain it.
    inhibited_by: Vec<Fingerprint>,
    /// Rules of the configuration, and maintenance of its host.
    muted_by: Vec<String>,
    /// Silences.
    silenced_by: Vec<String>,
    state: &'static str,
}

impl Status {
    fn new(by: Vec<Suppression>) -> Self {
        let state = if by.is_empty() { ACTIVE } else { "suppressed" };
        let mut status = Self { inhibited_by: Vec::new(), muted_by: Vec::new(), silenced_by: Vec::new(), state };
        for suppression in by {
            match suppression.rule {
                Rule::Silence { id } => status.silenced_by.push(super::silences::uuid(id)),
                Rule::Inhibit { source, .. } => status.inhibited_by.push(source),
                Rule::Mute { id } => status.muted_by.push(id.to_string()),
                Rule::Maintenance { id } => status.muted_by.push(format!("maintenance {id}")),
            }
        }
        status
    }
}

/// What is asked for.
struct Wanted {
    active: bool,
    silenced: bool,
    inhibited: bool,
    muted: bool,
    matchers: Vec<Matchers>,
    receiver: Option<Matcher>,
}

impl Wanted {
    fn read(query: Option<&str>) -> Result<Self, String> {
        let mut wanted =
            Self { active: true, silenced: true, inhibited: true, muted: true, matchers: Vec::new(), receiver: None };
        for (name, value) in question(query)? {
            match name.as_str() {
                "active" => wanted.active = flag(&name, &value)?,
                "silenced" => wanted.silenced = flag(&name, &value)?,
                "inhibited" => wanted.inhibited = flag(&name, &value)?,
                "muted" => wanted.muted = flag(&name, &value)?,
                "unprocessed" => _ = flag(&name, &value)?,
                "filter" => add_filter(&mut wanted.matchers, &value)?,
                "receiver" => {
                    let matcher =
                        Matcher::light("receiver", MatchOp::Regex, value).map_err(|e| format!("receiver: {e}"))?;
                    wanted.receiver = Some(matcher);
                }
                _ => {}
            }
        }
        Ok(wanted)
    }

    /// Whether alerts are compared with anything.
    fn compares(&self) -> bool {
        !self.matchers.is_empty() || self.receiver.is_some()
    }

    /// Whether the labels and the receiver are those that are asked for.
    fn takes(&self, labels: &Labels, receiver: &str) -> bool {
        let received = |m: &Matcher| m.matches(&Labels::from_iter([("receiver", receiver)]));
        self.receiver.as_ref().is_none_or(received) && self.matchers.iter().all(|m| m.matches(labels))
    }

    /// The alert's status, if the alert is wanted. What holds it back is asked last: it costs the most.
    fn status(&self, state: &Core, now: Timestamp, fp: Fingerprint, alert: &Alert) -> Option<Status> {
        let status = Status::new(all_of_alert(state, now, fp, &alert.labels));
        let held = [
            (self.silenced, status.silenced_by.is_empty()),
            (self.inhibited, status.inhibited_by.is_empty()),
            (self.muted, status.muted_by.is_empty()),
        ];
        let is_active = held.iter().all(|(_, none)| *none);
        let shown = (self.active || !is_active) && held.iter().all(|(wanted, none)| *wanted || *none);
        shown.then_some(status)
    }
}

fn flag(name: &str, value: &str) -> Result<bool, String> {
    match value {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        other => Err(format!("{name}: found {other:?}, allowed is true or false")),
    }
}

/// The pairs of a question for a list.
pub(super) fn question(query: Option<&str>) -> Result<Vec<(String, String)>, String> {
    let query = query.unwrap_or_default();
    if query.len() > MAX_QUERY {
        return Err(format!("the query has {} bytes: allowed are at most {MAX_QUERY}", query.len()));
    }
    Ok(pairs(query))
}

/// Reads one more `filter`.
pub(super) fn add_filter(filters: &mut Vec<Matchers>, text: &str) -> Result<(), String> {
    let before: usize = filters.iter().map(|f| f.0.len()).sum();
    // A filter may be empty, and there may be as many of those as of matchers.
    let most = MAX_MATCHERS.saturating_sub(before.max(filters.len()));
    let refused = |e| match e {
        MatchError::TooMany { found, .. } => {
            format!("filter: found {} matchers, allowed are at most {MAX_MATCHERS} in one question", before + found)
        }
        other => format!("filter: {other}"),
    };
    if most == 0 {
        return Err(refused(MatchError::TooMany { found: 1, allowed: 0 }));
    }
    filters.push(Matchers::light(text, most).map_err(refused)?);
    Ok(())
}

/// The pairs of a query, decoded.
pub(super) fn pairs(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

pub(super) fn bad(why: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(why)).into_response()
}

/// `GET /api/v2/alerts`
pub(super) async fn alerts(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if let Err(denied) = may_read(&app, &intake, peer, &headers) {
        return denied.into_response();
    }
    match Wanted::read(query.as_deref()) {
        Ok(wanted) => list::stream(app, list::Order::Alerts, wanted),
        Err(why) => bad(&why),
    }
}

/// `GET /api/v2/alerts/groups`: one group an incident.
pub(super) async fn groups(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if let Err(denied) = may_read(&app, &intake, peer, &headers) {
        return denied.into_response();
    }
    match Wanted::read(query.as_deref()) {
        Ok(wanted) => list::stream(app, list::Order::Groups, wanted),
        Err(why) => bad(&why),
    }
}

/// `GET /api/v2/status`. The configuration is only what makes `amtool` content; noout's own is at `/api/v1/config`.
pub(super) async fn status(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    if let Err(denied) = may_read(&app, &intake, peer, &headers) {
        return denied.into_response();
    }
    let policies = policies(&app);
    let first = policies.first().map_or(NO_RECEIVER, String::as_str);
    let mut original = format!("route:\n  receiver: {first}\nreceivers:\n");
    for name in policies.iter().map(String::as_str).chain(policies.is_empty().then_some(NO_RECEIVER)) {
        original.push_str(&format!("- name: {name}\n"));
    }
    Json(json!({
        "cluster": { "name": "noout", "peers": [], "status": "disabled" },
        "config": { "original": original },
        "uptime": app.started_at(),
        "versionInfo": { "branch": "", "buildDate": "", "buildUser": "", "goVersion": "", "revision": "",
            "version": env!("CARGO_PKG_VERSION") },
    }))
    .into_response()
}

fn policies(app: &App) -> Vec<String> {
    app.read(|s| s.config.policies.iter().map(|p| p.id.to_string()).collect())
}

/// `GET /api/v2/receivers`: the policies.
pub(super) async fn receivers(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    if let Err(denied) = may_read(&app, &intake, peer, &headers) {
        return denied.into_response();
    }
    Json(policies(&app).into_iter().map(|name| json!({ "name": name })).collect::<Vec<_>>()).into_response()
}

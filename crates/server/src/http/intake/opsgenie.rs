//! Opsgenie's Alert API v2, at its own paths and below `/integrations/{key}/opsgenie`.

use std::collections::BTreeMap;

use super::{
    App, Bytes, ConnectInfo, Extension, HeaderMap, Intake, IntakeError, Json, Needs, Path, Request, Response, Router,
    Sender, SocketAddr, State, admit, commit, post, source, untaken,
};
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::{delete, put};
use noout_ingest::{OpsgenieAct, Parsed, opsgenie_act, opsgenie_create};
use serde_json::json;

pub(super) fn router() -> Router<App> {
    let routes = |base: &str| {
        let at = |rest: &str| format!("{base}{rest}");
        Router::new()
            .route(&at("/v2/alerts"), post(create))
            .route(&at("/v2/alerts/{alias}"), delete(close))
            .route(&at("/v2/alerts/{alias}/close"), post(close))
            .route(&at("/v2/alerts/{alias}/acknowledge"), post(acknowledge))
            // What Alertmanager changes later is in the next create, too.
            .route(&at("/v2/alerts/{alias}/{what}"), put(accept).post(accept))
    };
    routes("").merge(routes("/integrations/{key}/opsgenie")).route("/integrations/{key}/opsgenie", post(create))
}

type Params = Path<BTreeMap<String, String>>;

/// What every request brings.
struct Call {
    app: App,
    intake: Intake,
    peer: SocketAddr,
    params: BTreeMap<String, String>,
    headers: HeaderMap,
}

impl Call {
    /// Reads the body, commits what it says and answers as Opsgenie does.
    async fn answer(
        self,
        body: axum::body::Body,
        read: impl FnOnce(&Bytes) -> Result<Parsed, IntakeError>,
    ) -> Response {
        let Self { app, intake, peer, params, headers } = self;
        let key = params.get("key").map(String::as_str);
        let source = match source(&app, &intake.keys, peer, &headers, key, Needs::Nothing) {
            Ok(source) => source,
            Err(denied) => return refuse(denied.status(), "the API key is missing, or no source has it", &[]),
        };
        let (body, _room) = match admit(&app, &intake, &headers, body, Sender::Api).await {
            Ok(admitted) => admitted,
            Err(answer) => return answer,
        };
        let parsed = match read(&body) {
            Ok(parsed) => parsed,
            Err(IntakeError::Content { errors }) => {
                return refuse(StatusCode::UNPROCESSABLE_ENTITY, "Request body is not processable.", &errors);
            }
            Err(why) => return refuse(StatusCode::BAD_REQUEST, &why.to_string(), &[]),
        };
        let started = std::time::Instant::now();
        match commit(&app, &source, parsed).await {
            Ok(outcome) => {
                let took = started.elapsed().as_secs_f64();
                let id = outcome.taken.key.unwrap_or_default();
                accepted(took, &id)
            }
            Err(why) => untaken(&app, &why, Sender::Api),
        }
    }
}

fn accepted(took: f64, alias: &str) -> Response {
    let body =
        json!({ "result": "Request will be processed", "took": took, "requestId": request_id(), "alias": alias });
    (StatusCode::ACCEPTED, Json(body)).into_response()
}

fn request_id() -> String {
    let hex = hex::encode(rand::random::<[u8; 16]>());
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn refuse(status: StatusCode, message: &str, errors: &[String]) -> Response {
    let errors: BTreeMap<&str, &str> =
        errors.iter().map(|e| e.split_once(": ").unwrap_or(("body", e.as_str()))).collect();
    let body = json!({ "message": message, "errors": errors, "took": 0.0, "requestId": request_id() });
    (status, Json(body)).into_response()
}

async fn create(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(params): Params,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let call = Call { app, intake, peer, params, headers: parts.headers };
    call.answer(body, |body| opsgenie_create(body, "application/json")).await
}

async fn close(
    state: State<App>,
    intake: Extension<Intake>,
    peer: ConnectInfo<SocketAddr>,
    params: Params,
    query: RawQuery,
    request: Request,
) -> Response {
    act(state, intake, peer, params, query, request, OpsgenieAct::Close).await
}

async fn acknowledge(
    state: State<App>,
    intake: Extension<Intake>,
    peer: ConnectInfo<SocketAddr>,
    params: Params,
    query: RawQuery,
    request: Request,
) -> Response {
    act(state, intake, peer, params, query, request, OpsgenieAct::Acknowledge).await
}

async fn act(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(params): Params,
    RawQuery(query): RawQuery,
    request: Request,
    act: OpsgenieAct,
) -> Response {
    let (parts, body) = request.into_parts();
    let query = super::alertmanager::pairs(query.as_deref().unwrap_or_default());
    let by_alias = query.iter().any(|(name, value)| name == "identifierType" && value == "alias");
    if !by_alias {
        let words = "only alerts with an alias can be named: say identifierType=alias";
        return refuse(StatusCode::BAD_REQUEST, words, &[]);
    }
    let alias = params.get("alias").cloned().unwrap_or_default();
    let call = Call { app, intake, peer, params, headers: parts.headers };
    call.answer(body, |body| opsgenie_act(&alias, act, body)).await
}

/// Notes, tags and other texts about an alert: heard, and not kept.
async fn accept(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(params): Params,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let call = Call { app, intake, peer, params, headers: parts.headers };
    call.answer(body, |_| Ok(Parsed::default())).await
}

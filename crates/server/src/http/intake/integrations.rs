//! `/integrations/{key}/…`: each tool's own format.

use super::{
    App, Body, Bytes, ConnectInfo, Extension, HeaderMap, Intake, Json, MAX_BODY_BYTES, MethodRouter, Needs, Parser,
    Path, Request, Response, Router, Sender, SocketAddr, State, Taken, admit, commit, header, post, refuse, source,
    take, unreadable, untaken,
};
use crate::http::peer::Denied;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::get;
use serde_json::json;

pub(super) fn router() -> Router<App> {
    let of = |parser: Parser, sender: Sender| -> MethodRouter<App> {
        post(move |State(app), Extension(intake), ConnectInfo(peer), Path(key): Path<String>, request| async move {
            integration(app, intake, peer, key, request, parser, sender).await
        })
    };
    Router::new()
        .route("/integrations/{key}/grafana", of(noout_ingest::grafana, Sender::Webhook))
        .route("/integrations/{key}/zabbix", of(noout_ingest::zabbix, Sender::Api))
        .route("/integrations/{key}/nagios", of(noout_ingest::nagios, Sender::Api))
        .route("/integrations/{key}/icinga", of(noout_ingest::nagios, Sender::Api))
        .route("/integrations/{key}/generic", of(noout_ingest::generic, Sender::Api))
        .route("/integrations/{key}/kuma", post(kuma).merge(get(kuma_by_query)))
}

/// Scripts send forms as well as JSON; from this machine without a key both are heard, for a page of strangers cannot send
/// either without saying where it is from.
async fn integration(
    app: App,
    intake: Intake,
    peer: SocketAddr,
    key: String,
    request: Request,
    parser: Parser,
    sender: Sender,
) -> Response {
    let (parts, body) = request.into_parts();
    match source(&app, &intake.keys, peer, &parts.headers, Some(&key), Needs::Nothing) {
        Ok(source) => answer(take(&app, &intake, source, &parts.headers, body, parser, sender).await),
        Err(denied) => denied.into_response(),
    }
}

pub(super) fn answer(taken: Result<Taken, Response>) -> Response {
    match taken {
        Ok(Taken { alerts, key }) => {
            Json(json!({ "status": "accepted", "alerts": alerts, "dedup": key })).into_response()
        }
        Err(answer) => answer,
    }
}

/// Uptime Kuma sends JSON, or a form whose field `data` is that JSON.
async fn kuma(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(key): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let source = match source(&app, &intake.keys, peer, &parts.headers, Some(&key), Needs::Nothing) {
        Ok(source) => source,
        Err(denied) => return denied.into_response(),
    };
    let Some(boundary) = boundary(&parts.headers) else {
        return answer(take(&app, &intake, source, &parts.headers, body, noout_ingest::kuma, Sender::Api).await);
    };
    let (bytes, _room) = match admit(&app, &intake, &parts.headers, body, Sender::Api).await {
        Ok(admitted) => admitted,
        Err(answer) => return answer,
    };
    let data = match field_of_form(bytes, boundary).await {
        Ok(data) => data,
        Err(why) => return refuse(StatusCode::BAD_REQUEST, &format!("the form cannot be read: {why}")),
    };
    finish(&app, &source, &data).await
}

/// With "GET" as its method it puts the same into the address. A key is needed always: any page that a browser on this machine
/// shows can make it ask for an address, as that of a picture, and older ones do not say for whom they ask.
async fn kuma_by_query(
    State(app): State<App>,
    Extension(intake): Extension<Intake>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(key): Path<String>,
    axum::extract::RawQuery(query): axum::extract::RawQuery,
    headers: HeaderMap,
) -> Response {
    if intake.keys.keyless(&app) {
        return Denied::NoKey.into_response();
    }
    let source = match source(&app, &intake.keys, peer, &headers, Some(&key), Needs::Nothing) {
        Ok(source) => source,
        Err(denied) => return denied.into_response(),
    };
    let mut whole = serde_json::Map::new();
    for (name, value) in super::alertmanager::pairs(query.as_deref().unwrap_or_default()) {
        let value = if name == "msg" { value.into() } else { serde_json::from_str(&value).unwrap_or_default() };
        whole.insert(name, value);
    }
    finish(&app, &source, serde_json::Value::Object(whole).to_string().as_bytes()).await
}

#[expect(clippy::result_large_err, reason = "the error is the answer, made once a request")]
async fn finish(app: &App, source: &noout_types::SourceId, body: &[u8]) -> Response {
    let parsed = match noout_ingest::kuma(body, "application/json") {
        Ok(parsed) => parsed,
        Err(why) => return unreadable(&why),
    };
    let taken = commit(app, source, parsed).await.map_err(|why| untaken(app, &why, Sender::Api));
    answer(taken.and_then(|outcome| outcome.told(app)))
}

fn boundary(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    multer::parse_boundary(kind).ok()
}

/// The field `data` of a form with parts.
async fn field_of_form(body: Bytes, boundary: String) -> Result<Bytes, multer::Error> {
    let limits = multer::SizeLimit::new().whole_stream(MAX_BODY_BYTES as u64);
    let constraints = multer::Constraints::new().size_limit(limits);
    let stream = Body::from(body).into_data_stream();
    let mut form = multer::Multipart::with_constraints(stream, boundary, constraints);
    while let Some(field) = form.next_field().await? {
        if field.name() == Some("data") {
            return field.bytes().await;
        }
    }
    Ok(Bytes::from_static(b"{}"))
}

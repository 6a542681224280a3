//! What services call: receipts of devices, states of text messages and calls, pressed keys, answered messages.
//!
//! A message's own address carries a signed ticket. What a carrier calls is signed by the carrier, too: without its
//! signature nothing counts. Nobody is told more than that it was heard.

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use noout_core::paging::{Dispatch, Receipt};
use noout_notify::voice::{Spoken, answer, document, is_machine};
use noout_notify::{Followed, carrier, voice};
use noout_types::{Lang, PersonId};

use crate::{App, replies};

/// Longest body in bytes: a carrier's form has some twenty short fields.
const MAX_BODY: usize = 16 << 10;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/callback/{ticket}/push", post(push))
        .route("/callback/{ticket}/pushover", post(pushover))
        .route("/callback/{ticket}/{carrier}/{what}", post(carried))
        .route("/replies/{carrier}", post(reply))
}

fn heard() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

fn not_ours() -> Response {
    (StatusCode::FORBIDDEN, "not ours, or too old\n").into_response()
}

/// The service worker showed the notification. Only the device could read the address.
async fn push(State(app): State<App>, Path(ticket): Path<String>) -> Response {
    let Ok(of) = app.keys().read_ticket(&ticket, app.now()) else { return not_ours() };
    replies::arrived(&app, &of, "shown on a device", true).await;
    heard()
}

/// Pushover says that somebody acknowledged. It is asked itself before that counts.
async fn pushover(State(app): State<App>, Path(ticket): Path<String>) -> Response {
    let Ok(of) = app.keys().read_ticket(&ticket, app.now()) else { return not_ours() };
    let found = app.read(|s| {
        let contact = crate::message::contact_of(s, &of)?;
        let mut followed = s.paging.followed().chain(s.contacts.followed());
        let handle = followed.find(|(one, _)| *one == of).map(|(_, handle)| handle.to_owned());
        handle.map(|handle| (contact, handle))
    });
    if let (Some((contact, handle)), Some(channels)) = (found, app.channels()) {
        replies::followed(&app, &of, channels.follow(&contact, &handle).await).await;
    }
    heard()
}

/// The fields of a carrier's call, if the carrier signed it.
async fn signed(app: &App, id: &str, request: Request) -> Result<Vec<(String, String)>, Response> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE.into_response())?;
    let fields = fields(&body);
    let known = app.channels().and_then(|c| c.carrier(id).cloned());
    let holds = known.is_some_and(|c| c.signed(&called(app, &parts.uri), &fields, signature(&parts.headers)));
    if holds { Ok(fields) } else { Err(not_ours()) }
}

fn fields(body: &Bytes) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body).into_owned().collect()
}

fn signature(headers: &HeaderMap) -> &str {
    headers.get(carrier::SIGNATURE_HEADER).and_then(|v| v.to_str().ok()).unwrap_or_default()
}

/// The address as the carrier was given it: a proxy in front of us may have changed scheme and host.
fn called(app: &App, uri: &Uri) -> String {
    format!("{}{}", app.base_url(), uri.path_and_query().map_or("", |p| p.as_str()))
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
}

async fn carried(
    State(app): State<App>,
    Path((ticket, id, what)): Path<(String, String, String)>,
    request: Request,
) -> Response {
    let Ok(of) = app.keys().read_ticket(&ticket, app.now()) else { return not_ours() };
    let fields = match signed(&app, &id, request).await {
        Ok(fields) => fields,
        Err(response) => return response,
    };
    match what.as_str() {
        "message" => {
            replies::followed(&app, &of, voice::status(false, field(&fields, "MessageStatus"))).await;
            heard()
        }
        "call-ended" => {
            let by_machine = is_machine(field(&fields, "AnsweredBy"));
            let told = match voice::status(true, field(&fields, "CallStatus")) {
                Followed::Refused(_) if by_machine => Followed::Refused("a machine answered".to_owned()),
                other => other,
            };
            replies::followed(&app, &of, told).await;
            heard()
        }
        "call" if is_machine(field(&fields, "AnsweredBy")) => {
            replies::receipt(&app, &of, Receipt::Refused("a machine answered".to_owned())).await;
            spoken(Lang::En, &Spoken::Nothing)
        }
        "call" => read_out(&app, &of, &keys_url(&app, &ticket, &id)),
        "keys" => pressed(&app, &of, field(&fields, "Digits"), &keys_url(&app, &ticket, &id)).await,
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn keys_url(app: &App, ticket: &str, id: &str) -> String {
    format!("{}/callback/{ticket}/{id}/keys", app.base_url())
}

fn spoken(lang: Lang, what: &Spoken<'_>) -> Response {
    ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], document(lang, what)).into_response()
}

fn language(app: &App, person: &PersonId) -> Lang {
    app.read(|s| s.config.person(person).map(|p| p.language)).unwrap_or_default()
}

/// What the call says: the page's title, or that it is a test. An incident that somebody has is told to nobody any more.
fn read_out(app: &App, of: &Dispatch, keys: &str) -> Response {
    let lang = language(app, of.person());
    let title = match of {
        Dispatch::Test { .. } => return spoken(lang, &Spoken::Test(keys)),
        Dispatch::Page { incident, .. } => app.read(|s| {
            let incident = s.incidents.get(*incident).filter(|i| i.is_triggered())?;
            Some(incident.opened.told(|said| noout_words::say(said, lang)).0)
        }),
    };
    match title {
        Some(title) => spoken(lang, &Spoken::Page(&title, keys)),
        None => spoken(lang, &Spoken::Over),
    }
}

/// A key was pressed: a person heard it. 1 takes it, anything else reads it out again.
async fn pressed(app: &App, of: &Dispatch, digits: &str, keys: &str) -> Response {
    replies::arrived(app, of, "a key was pressed", true).await;
    if digits != "1" {
        return read_out(app, of, keys);
    }
    let lang = language(app, of.person());
    match (replies::take(app, of).await, of) {
        (Ok(taken), Dispatch::Page { .. }) if !taken.is_empty() => spoken(lang, &Spoken::Taken),
        (Ok(_), Dispatch::Test { .. }) => spoken(lang, &Spoken::Confirmed),
        (Ok(_), Dispatch::Page { .. }) | (Err(_), _) => spoken(lang, &Spoken::Over),
    }
}

/// Somebody answered a text message. Who it is, their number says.
async fn reply(State(app): State<App>, Path(id): Path<String>, request: Request) -> Response {
    let fields = match signed(&app, &id, request).await {
        Ok(fields) => fields,
        Err(response) => return response,
    };
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let from = digits(field(&fields, "From"));
    let person = app.read(|s| {
        let theirs = |p: &&noout_core::config::Person| p.phone.as_deref().is_some_and(|own| digits(own) == from);
        s.config.people.iter().find(theirs).map(|p| (p.id.clone(), p.language))
    });
    let text = match person.filter(|_| !from.is_empty()) {
        Some((person, lang)) => replies::said(&app, &person, field(&fields, "Body")).await.map(|r| r.words(lang)),
        None => None,
    };
    let body = text.map_or_else(|| document(Lang::En, &Spoken::Nothing).replace("<Hangup/>", ""), |text| answer(&text));
    ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], body).into_response()
}

//! Who asks: a signed-in person, proved by a cookie; and forms that only our own pages can send.

use std::net::IpAddr;

use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use noout_core::engine::Command;
use noout_core::{Actor, Input};
use noout_types::{Lang, PersonId, Span, Timestamp};

use super::form::{Fields, MAX_FORM, MAX_UPLOAD};
use super::http::{plain, see_other};
use super::words::T;
use crate::keys::{Keys, SESSION_LIFE, Session};
use crate::{App, Committed, SubmitError};

/// The session's cookie.
pub(super) const COOKIE: &str = "noout_session";

/// The same where `public_url` says https. Browsers take a cookie of this name only over TLS and only from this very host.
const SECURE_COOKIE: &str = "__Host-noout_session";

/// A language that was chosen by hand.
pub(super) const LANG_COOKIE: &str = "noout_lang";

/// `off` where single keys shall do nothing.
pub(super) const KEYS_COOKIE: &str = "noout_keys";

/// A year in seconds.
const YEAR: u32 = 365 * 86_400;

/// A signed-in person with the request that came from them.
#[derive(Clone)]
pub(super) struct Seat {
    pub app: App,
    pub who: PersonId,
    pub t: T,
    pub csrf: String,
    /// What the journal calls this session, and its end.
    pub session: String,
    pub until: Timestamp,
    /// Where it asks from, as far as that is known.
    pub from: Option<IpAddr>,
    pub keys_off: bool,
    /// Path and query, for coming back.
    pub path: String,
}

impl Seat {
    pub fn actor(&self) -> Actor {
        Actor::Person(self.who.clone())
    }

    /// Wants something as this person.
    pub async fn command(&self, command: Command) -> Result<Committed, SubmitError> {
        self.app.submit(Input::Command { by: self.actor(), command }).await
    }
}

/// A cookie's value.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(n, _)| *n == name).map(|(_, value)| value)
}

/// The cookie for a setting that is no secret.
pub(super) fn setting(name: &str, value: &str) -> String {
    format!("{name}={value}; Path=/; Max-Age={YEAR}; SameSite=Lax; HttpOnly")
}

/// The language that the browser asks for, or the one chosen by hand.
pub(super) fn language(headers: &HeaderMap, own: Option<Lang>) -> Lang {
    let chosen = cookie(headers, LANG_COOKIE).and_then(Lang::from_code);
    let asked = || {
        let text = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        let mut wanted: Vec<(f32, Lang)> = text
            .split(',')
            .filter_map(|part| {
                let (code, weight) = part.split_once(";q=").unwrap_or((part, "1"));
                Some((weight.trim().parse().ok()?, Lang::from_code(code.trim())?))
            })
            .collect();
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        wanted.first().map(|(_, lang)| *lang)
    };
    chosen.or(own).or_else(asked).unwrap_or_default()
}

/// The generation of a person's sessions, and of the links that end with them.
pub(super) fn generation(app: &App, person: &PersonId) -> u64 {
    app.read(|s| s.session_generation.get(person).copied().unwrap_or(0))
}

/// Makes the cookie that proves who somebody is.
pub(super) fn sign_in(app: &App, person: &PersonId) -> String {
    let generation = generation(app, person);
    let until = SESSION_LIFE.after(app.now());
    let token = app.keys().session(&Session { person: person.clone(), generation, until }, rand::random());
    cookie_line(app, &token, SESSION_LIFE)
}

/// Makes the browser forget it.
pub(super) fn sign_out(app: &App) -> String {
    cookie_line(app, "", Span::default())
}

fn cookie_line(app: &App, token: &str, life: Span) -> String {
    let name = cookie_name(app);
    let secure = if name == SECURE_COOKIE { "; Secure" } else { "" };
    format!("{name}={token}; Path=/; Max-Age={}; SameSite=Lax; HttpOnly{secure}", life.as_millis() / 1000)
}

/// Behind TLS only the name with the prefix counts: no neighbour under the same domain and nobody on the way can set it.
fn cookie_name(app: &App) -> &'static str {
    if app.base_url().starts_with("https://") { SECURE_COOKIE } else { COOKIE }
}

/// The session's token.
fn session_cookie<'a>(app: &App, headers: &'a HeaderMap) -> Option<&'a str> {
    cookie(headers, cookie_name(app))
}

/// The session behind a cookie and its token, if it still holds.
pub(super) fn session(app: &App, headers: &HeaderMap, now: Timestamp) -> Option<(Session, String)> {
    let token = session_cookie(app, headers)?;
    let session = app.keys().read_session(token, now).ok()?;
    let holds = app.read(|s| {
        s.config.person(&session.person).is_some()
            && s.session_generation.get(&session.person).copied().unwrap_or(0) == session.generation
            && !s.ended_sessions.contains_key(&Keys::session_name(token))
    });
    holds.then(|| (session, token.to_owned()))
}

fn encoded(path: &str) -> String {
    url_escape(path)
}

/// Percent-encodes everything but what stands for itself in a query.
pub(super) fn url_escape(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

impl FromRequestParts<App> for Seat {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let path = parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
        let Some((Session { person: who, until, .. }, token)) = session(app, &parts.headers, app.now()) else {
            return Err(nobody(app, parts, &path));
        };
        let own = app.read(|s| s.config.person(&who).map(|p| p.language));
        Ok(Self {
            t: T(language(&parts.headers, own)),
            csrf: app.keys().csrf(&token),
            session: Keys::session_name(&token),
            until,
            from: super::door::address(&parts.extensions, &parts.headers),
            keys_off: cookie(&parts.headers, KEYS_COOKIE) == Some("off"),
            app: app.clone(),
            who,
            path,
        })
    }
}

/// Nobody is signed in: a page sends to the sign-in, anything else is refused.
fn nobody(app: &App, parts: &Parts, path: &str) -> Response {
    if parts.method != Method::GET {
        return plain(StatusCode::UNAUTHORIZED, "sign in first");
    }
    let first = app.demo().and_then(|d| d.people.first());
    // A name that leads here may be somebody else's (DNS rebinding); this machine's names and bare addresses are not.
    let host = parts.headers.get(header::HOST).and_then(|v| v.to_str().ok());
    let named = host.is_some_and(crate::http::is_plain_host);
    if let Some(first) = first.filter(|_| named) {
        return super::http::with_cookie(see_other(super::http::own_path(path)), &sign_in(app, first));
    }
    see_other(&format!("/login?next={}", encoded(path)))
}

/// A form that a signed-in person sent from one of our own pages.
pub(super) struct Post {
    pub seat: Seat,
    pub fields: Fields,
}

impl FromRequest<App> for Post {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let seat = Seat::from_request_parts(&mut parts, app).await?;
        let token = session_cookie(app, &parts.headers).unwrap_or_default().to_owned();
        let fields = fields(Request::from_parts(parts, body), app).await?;
        if !app.keys().csrf_holds(&token, fields.raw("csrf")) {
            return Err(plain(StatusCode::FORBIDDEN, "the form is too old or not ours: load the page again"));
        }
        Ok(Self { seat, fields })
    }
}

/// Reads a form's fields, the text of files among them.
pub(super) async fn fields(mut request: Request, app: &App) -> Result<Fields, Response> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        DefaultBodyLimit::max(MAX_UPLOAD).apply(&mut request);
        let parts = Multipart::from_request(request, app).await.map_err(|_| no_form())?;
        return parts_of(parts).await.map(Fields::new).map_err(IntoResponse::into_response);
    }
    DefaultBodyLimit::max(MAX_FORM).apply(&mut request);
    let form = axum::Form::<Vec<(String, String)>>::from_request(request, app).await;
    form.map(|f| Fields::new(f.0)).map_err(|_| no_form())
}

fn no_form() -> Response {
    plain(StatusCode::UNPROCESSABLE_ENTITY, "this is no form of ours")
}

async fn parts_of(mut parts: Multipart) -> Result<Vec<(String, String)>, MultipartError> {
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await? {
        let name = part.name().unwrap_or_default().to_owned();
        // Whatever the characters: a file that is no text is no calendar either, and is told as that.
        fields.push((name, String::from_utf8_lossy(&part.bytes().await?).into_owned()));
    }
    Ok(fields)
}

//! What each answer of the console carries, and how answers are made.

use askama::Template;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::SubmitError;
use crate::console::page::Page;

/// A page, or the answer that stands in for it.
pub(super) type Answer = Result<Response, Response>;

/// Nothing from elsewhere, nothing inline, no frame around us. Pictures in data URLs are the icon.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                   connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CSP),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // The path of a page's link is a secret: nobody else hears of it. Not "no-referrer": then a browser calls the origin
    // of our own forms "null", and over plain HTTP to a name that is all it says about where a form comes from.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
];

/// Refuses forms that another site sends, and gives each answer its headers.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let mut response = if request.method() == Method::POST && is_foreign(&request) {
        plain(StatusCode::FORBIDDEN, "this form was sent from another site")
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Whether the browser says that the form comes from elsewhere. A request without an origin is no browser's form of
/// another site: browsers send one with each POST across sites.
fn is_foreign(request: &Request) -> bool {
    let text = |name: HeaderName| request.headers().get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return !matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        // "null" is a sandboxed frame, a file, or a page that may not say where it is: none of them is ours.
        (Some(origin), Some(host)) => origin.split_once("://").is_none_or(|(_, rest)| rest != host),
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// Draws a template. That it can be drawn is a test's business.
pub(super) fn html(template: &impl Template) -> Response {
    html_with(StatusCode::OK, template)
}

pub(super) fn html_with(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response(),
        Err(why) => {
            tracing::error!(%why, "a page cannot be drawn");
            plain(StatusCode::INTERNAL_SERVER_ERROR, "this page cannot be drawn; the log says why")
        }
    }
}

pub(super) fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// After a form: the page that shows what became of it.
pub(super) fn see_other(path: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let value = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, value);
    response
}

pub(super) fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// A path of our own, or the start page: a link that leads elsewhere is not followed.
pub(super) fn own_path(path: &str) -> &str {
    let own = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') && !path.contains("/../");
    if own && path.chars().all(|c| c.is_ascii_graphic()) { path } else { "/" }
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct Trouble {
    p: Page,
    heading: String,
    text: String,
    back: String,
}

/// There is no such thing, or not any more: what was asked for, by its number or name.
pub(super) fn missing(p: Page, what: &str) -> Response {
    let text = p.v("trouble-gone", "what", what);
    missing_because(p, text)
}

/// There is no such page, and why.
pub(super) fn missing_because(p: Page, text: String) -> Response {
    let heading = p.s("trouble-missing");
    trouble(p, StatusCode::NOT_FOUND, heading, text, "/")
}

/// The core said no, in the reader's language.
pub(super) fn refused(p: Page, why: &SubmitError, back: &str) -> Response {
    let status = match why {
        SubmitError::Refused(noout_core::Refusal::Forbidden { .. }) => StatusCode::FORBIDDEN,
        SubmitError::Refused(noout_core::Refusal::Unknown { .. }) => StatusCode::NOT_FOUND,
        SubmitError::Refused(_) => StatusCode::CONFLICT,
        SubmitError::Busy => StatusCode::TOO_MANY_REQUESTS,
        SubmitError::Unreadable(_) => StatusCode::INTERNAL_SERVER_ERROR,
        SubmitError::Gone => StatusCode::SERVICE_UNAVAILABLE,
    };
    let text = match why {
        SubmitError::Refused(refusal) => p.watch.say(&refusal.said()),
        SubmitError::Busy => p.s("trouble-busy"),
        SubmitError::Unreadable(_) => p.s("trouble-defect"),
        SubmitError::Gone => p.s("trouble-down"),
    };
    declined(p, status, text, back)
}

/// A form's content is not allowed.
pub(super) fn invalid(p: Page, text: String, back: &str) -> Response {
    declined(p, StatusCode::UNPROCESSABLE_ENTITY, text, back)
}

/// Somebody else was faster: what the form showed is not so any more.
pub(super) fn overtaken(p: Page, text: String, back: &str) -> Response {
    declined(p, StatusCode::CONFLICT, text, back)
}

fn declined(p: Page, status: StatusCode, text: String, back: &str) -> Response {
    let heading = p.s("trouble-refused");
    trouble(p, status, heading, text, back)
}

/// A page that stands in for another one. It does not refresh itself, and switching the language or the person leads to
/// the page before: its own path may be one that takes forms only.
pub(super) fn trouble(mut p: Page, status: StatusCode, heading: String, text: String, back: &str) -> Response {
    let back = own_path(back).to_owned();
    p.title.clone_from(&heading);
    p.path.clone_from(&back);
    p.is_live = false;
    html_with(status, &Trouble { p, heading, text, back })
}

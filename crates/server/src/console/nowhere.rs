//! Addresses at which there is nothing, and addresses that take forms only.

use axum::extract::{FromRequestParts as _, Request, State as Extract};
use axum::http::{StatusCode, Uri, header};
use axum::response::Response;

use super::http::{plain, trouble};
use super::page::Page;
use super::seat::{Seat, language};
use crate::App;

/// No route has this path.
pub(super) async fn nothing(Extract(app): Extract<App>, request: Request) -> Response {
    answer(app, request, StatusCode::NOT_FOUND, "trouble-missing", "trouble-nowhere").await
}

/// The path exists, but not for this method: mostly a form's address that was opened as a page.
pub(super) async fn no_such_act(Extract(app): Extract<App>, request: Request) -> Response {
    answer(app, request, StatusCode::METHOD_NOT_ALLOWED, "trouble-method", "trouble-method-why").await
}

async fn answer(app: App, request: Request, status: StatusCode, heading: &str, text: &str) -> Response {
    let (mut parts, _) = request.into_parts();
    if !wants_page(&parts.headers) {
        return plain(status, "there is nothing here\n");
    }
    let page = match Seat::from_request_parts(&mut parts, &app).await {
        Ok(seat) => Page::new(&seat, "nowhere"),
        Err(_) => Page::outside(&app, language(&parts.headers, None), "/", heading),
    };
    let (heading, text) = (page.s(heading), page.v(text, "path", parts.uri.path()));
    trouble(page, status, heading, text, &above(&parts.uri))
}

/// Whether a browser asks: programs get a line of text.
fn wants_page(headers: &axum::http::HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    accept.contains("text/html")
}

/// The page to which an address belongs: `/maintenance/3` for `/maintenance/3/approve`.
fn above(uri: &Uri) -> String {
    let segments: Vec<_> = uri.path().split('/').filter(|s| !s.is_empty()).collect();
    match segments.as_slice() {
        [place @ ("incidents" | "maintenance" | "orders" | "lab" | "p"), id, _, ..] => format!("/{place}/{id}"),
        [place @ ("incidents" | "maintenance" | "schedule"), _, ..] => format!("/{place}"),
        ["people", _, _, ..] => "/people/me".to_owned(),
        _ => "/".to_owned(),
    }
}

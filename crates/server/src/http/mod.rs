//! The two listeners: operators' console, intake and API on one, the public status page on the other.

mod alertmanager;
mod api;
mod callbacks;
mod health;
mod held;
mod intake;
pub(crate) mod metrics;
mod peer;
mod silences;
pub(crate) mod status;
mod tickets;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;

use crate::App;

pub(crate) use api::phase_word;
pub(crate) use held::held;
pub(crate) use intake::posted;
pub(crate) use peer::{SourceKeys, is_here, is_plain_host, own};

/// Console, intake, API, health. Needs the peer's address: serve it with
/// `into_make_service_with_connect_info::<SocketAddr>()`.
pub fn console_router(app: App) -> Router {
    Router::new()
        .merge(crate::console::router())
        .merge(intake::router(&app))
        .merge(api::router(&app))
        .merge(callbacks::router())
        .merge(health::router())
        .merge(crate::oncall::router())
        .layer(from_fn(plain_answers))
        .with_state(app)
}

/// What an answer is, is what it says; and none is kept, unless its own route says so.
async fn plain_answers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let fixed = [(header::X_CONTENT_TYPE_OPTIONS, "nosniff"), (header::CACHE_CONTROL, "no-store")];
    for (name, value) in fixed {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// The public status page and nothing else.
pub fn status_router(app: App) -> Router {
    status::router().with_state(app)
}

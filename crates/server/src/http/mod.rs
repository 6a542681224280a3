//! The two listeners: operators' console, intake and API on one, the public status page on the other.

mod alertmanager;
mod api;
mod health;
mod intake;
pub(crate) mod metrics;
mod peer;
pub(crate) mod status;

use axum::Router;

use crate::App;

/// Console, intake, API, health. Needs the peer's address: serve it with
/// `into_make_service_with_connect_info::<SocketAddr>()`.
pub fn console_router(app: App) -> Router {
    Router::new()
        .merge(crate::console::router())
        .merge(intake::router(&app))
        .merge(api::router(&app))
        .merge(health::router())
        .with_state(app)
}

/// The public status page and nothing else.
pub fn status_router(app: App) -> Router {
    status::router().with_state(app)
}

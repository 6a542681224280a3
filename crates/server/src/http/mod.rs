//! The two listeners: operators' console, intake and API on one, the public status page on the other.

use axum::Router;

use crate::App;

/// Console, intake, API, health.
pub fn console_router(app: App) -> Router {
    Router::new().merge(crate::console::router()).with_state(app)
}

/// The public status page and nothing else.
pub fn status_router(app: App) -> Router {
    Router::new().with_state(app)
}

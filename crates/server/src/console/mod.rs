//! The operators' console: pages drawn on the server that work without JavaScript and refresh themselves with it.

#![expect(clippy::result_large_err, reason = "a handler's error is the whole answer, made once for a request")]

mod assets;
mod contacts;
mod demo;
mod door;
mod fleet;
mod form;
mod heartbeats;
mod http;
mod incidents;
mod invite;
mod lab;
mod live;
mod login;
mod maintenance;
mod marks;
mod me;
mod meeting;
mod names;
mod notice;
mod now;
mod nowhere;
mod orders;
mod page;
mod phone;
mod report;
mod requests;
mod routes;
mod schedule;
mod seat;
mod setup;
mod silences;
mod sources;
#[cfg(test)]
mod tests;
mod timeline;
mod times;
mod views;
mod words;

use axum::Router;

use crate::App;

pub(crate) use invite::invite;
pub(crate) use names::planned;
pub use setup::Setup;

/// The console's routes.
pub fn router() -> Router<App> {
    let pages = Router::new()
        .merge(now::router())
        .merge(incidents::router())
        .merge(notice::router())
        .merge(phone::router())
        .merge(maintenance::router())
        .merge(report::router())
        .merge(orders::router())
        .merge(schedule::router())
        .merge(routes::router())
        .merge(silences::router())
        .merge(sources::router())
        .merge(requests::router())
        .merge(meeting::router())
        .merge(fleet::router())
        .merge(heartbeats::router())
        .merge(lab::router())
        .merge(me::router())
        .merge(contacts::router())
        .merge(invite::router())
        .merge(demo::router())
        .merge(login::router())
        .merge(setup::router())
        .merge(live::router());
    let pages = pages.fallback(nowhere::nothing).method_not_allowed_fallback(nowhere::no_such_act);
    pages.layer(axum::middleware::from_fn(http::guard)).merge(assets::router())
}

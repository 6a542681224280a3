//! The phones of the story's people: a small server that takes pages by webhook, as a relay would.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use noout_server::{Demo, DemoPage};
use serde::Deserialize;

/// A page as noout's webhook channel sends it.
#[derive(Debug, Deserialize)]
struct Page {
    page: u64,
    incident: u64,
    title: String,
    text: String,
    person: String,
    ack_url: String,
    at: jiff::Timestamp,
}

/// Starts the phones on a free port.
pub(super) async fn start(demo: Demo) -> anyhow::Result<SocketAddr> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let router = axum::Router::new().route("/{person}", post(ring)).with_state(demo);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn ring(State(demo): State<Demo>, Path(owner): Path<String>, Json(page): Json<Page>) -> StatusCode {
    if page.person != owner {
        return StatusCode::BAD_REQUEST;
    }
    let Ok(person) = page.person.parse() else { return StatusCode::BAD_REQUEST };
    demo.inbox.lock().push(DemoPage {
        page: noout_types::PageId(page.page),
        incident: noout_types::IncidentId(page.incident),
        person,
        title: page.title,
        text: page.text,
        ack_url: page.ack_url,
        at: page.at,
    });
    StatusCode::NO_CONTENT
}

//! Who sends alerts: when last heard, what fires, what came too late.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use noout_api as wire;
use noout_types::SourceId;

use super::http::{Answer, html, missing, plain};
use super::page::Page;
use super::seat::Seat;
use super::timeline::{Line, lines, rows};
use super::times::When;
use crate::{App, sources};

pub(super) fn router() -> Router<App> {
    Router::new().route("/sources", get(list)).route("/sources/{source}", get(show))
}

struct Row {
    id: String,
    kind: String,
    heard: Option<When>,
    firing: u64,
    accepted: u64,
    refused: u64,
    late: u64,
    overflow: Vec<u64>,
}

#[derive(Template)]
#[template(path = "sources.html")]
struct Screen {
    p: Page,
    since: When,
    rows: Vec<Row>,
    /// The timeline, where one source is shown.
    lines: Option<Vec<Line>>,
}

fn row(p: &Page, source: wire::Source) -> Row {
    Row {
        kind: p.s(&format!("source-{}", source.kind)),
        id: source.id.to_string(),
        heard: source.last_heard.map(|at| p.watch.when(at)),
        firing: source.firing,
        accepted: source.accepted,
        refused: source.refused,
        late: source.late,
        overflow: source.overflow.iter().map(|id| id.0).collect(),
    }
}

/// Reads what needs the read tables, on a thread that may block.
async fn read<T: Send + 'static>(
    app: &App,
    read: impl FnOnce(&App) -> Result<T, noout_store::StoreError> + Send + 'static,
) -> Result<T, Response> {
    let app = app.clone();
    let unavailable = || plain(axum::http::StatusCode::SERVICE_UNAVAILABLE, "the read tables cannot be read");
    let found = tokio::task::spawn_blocking(move || read(&app)).await.map_err(|_| unavailable())?;
    found.map_err(|why| {
        tracing::error!(%why, "sources cannot be read");
        unavailable()
    })
}

async fn list(seat: Seat) -> Answer {
    let p = Page::new(&seat, "sources");
    let found = read(&seat.app, sources::all).await?;
    let since = p.watch.when(seat.app.started_at());
    let rows = found.into_iter().map(|source| row(&p, source)).collect();
    Ok(html(&Screen { p, since, rows, lines: None }))
}

async fn show(seat: Seat, Path(text): Path<String>) -> Answer {
    let p = Page::new(&seat, "sources");
    let Ok(id) = text.parse::<SourceId>() else { return Err(missing(p, &text)) };
    let subject = sources::subject(&id);
    let found = read(&seat.app, move |app| sources::one(app, &id)).await?;
    let Some(source) = found else { return Err(missing(p, &text)) };
    let rows = rows(&seat.app, subject).await;
    let lines = seat.app.read(|s| lines(s, p.t, &p.watch, &rows, ""));
    let since = p.watch.when(seat.app.started_at());
    let row = row(&p, source);
    Ok(html(&Screen { p: p.titled(text), since, rows: vec![row], lines: Some(lines) }))
}

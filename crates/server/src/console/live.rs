//! One stream per tab: it says that something was committed, and the page asks for itself again.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State as Extract};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use futures_util::{Stream, stream};
use serde::Deserialize;

use super::seat::Seat;
use crate::App;

/// A page is not drawn more often than this, however much is committed.
const PACE: Duration = Duration::from_millis(700);

/// Proxies close what is silent for long.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// A stream ends after this long and the browser opens it again: so a session that was ended stops seeing.
const LIFE: Duration = Duration::from_secs(600);

pub(super) fn router() -> Router<App> {
    Router::new().route("/live", get(live))
}

#[derive(Deserialize)]
pub(super) struct After {
    /// The journal's end as the page knows it.
    #[serde(default)]
    pub after: u64,
}

async fn live(
    _seat: Seat,
    Extract(app): Extract<App>,
    Query(After { after }): Query<After>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    Sse::new(changes(&app, after)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

/// The messages of a stream: the journal's end, whenever it moved.
pub(super) fn changes(app: &App, after: u64) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
    let end = tokio::time::Instant::now() + LIFE;
    stream::unfold((app.changes(), after), move |(mut seq, told)| async move {
        tokio::time::sleep(PACE).await;
        // The page may be older than the stream: then it looks again at once.
        while *seq.borrow_and_update() <= told {
            tokio::time::timeout_at(end, seq.changed()).await.ok()?.ok()?;
        }
        let now = *seq.borrow();
        Some((Ok(Event::default().data(now.to_string())), (seq, now)))
    })
}

//! One stream per tab: it says that something was committed, and the page asks for itself again.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State as Extract};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use futures_util::{Stream, stream};
use parking_lot::Mutex;
use serde::Deserialize;

use super::http::{Answer, plain};
use super::seat::Seat;
use crate::App;

/// A page is not drawn more often than this, however much is committed.
const PACE: Duration = Duration::from_millis(700);

/// Proxies close what is silent for long.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// A stream ends after this long and the browser opens it again: so a session that was ended stops seeing.
const LIFE: Duration = Duration::from_secs(600);

/// Streams of one session or one link. A browser opens six at the most.
const EACH: usize = 16;

/// The streams that are open, by whose they are.
#[derive(Debug)]
pub(super) struct Streams {
    open: Mutex<BTreeMap<String, usize>>,
    most: usize,
}

/// A stream's place, given back when its reader is gone.
struct Place {
    streams: Arc<Streams>,
    whose: String,
}

impl Streams {
    pub fn new(most: usize) -> Self {
        Self { open: Mutex::default(), most }
    }

    fn enter(self: &Arc<Self>, whose: &str) -> Option<Place> {
        let mut open = self.open.lock();
        if open.values().sum::<usize>() >= self.most || open.get(whose).is_some_and(|n| *n >= EACH) {
            return None;
        }
        *open.entry(whose.to_owned()).or_default() += 1;
        Some(Place { streams: self.clone(), whose: whose.to_owned() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock();
        if let Some(count) = open.get_mut(&self.whose) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.whose);
            }
        }
    }
}

pub(super) fn router() -> Router<App> {
    Router::new().route("/live", get(live))
}

#[derive(Deserialize)]
pub(super) struct After {
    /// The journal's end as the page knows it.
    #[serde(default)]
    pub after: u64,
}

async fn live(seat: Seat, Extract(app): Extract<App>, Query(After { after }): Query<After>) -> Answer {
    stream_for(&app, seat.who.as_str(), after)
}

/// A stream for a session or a link, unless it has too many already.
pub(super) fn stream_for(app: &App, whose: &str, after: u64) -> Answer {
    let place = app.0.setup.streams.enter(whose);
    let place = place.ok_or_else(|| plain(StatusCode::TOO_MANY_REQUESTS, "too many pages are open: close some"))?;
    Ok(Sse::new(changes(app, after, place)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}

/// The messages of a stream: the journal's end, whenever it moved.
fn changes(app: &App, after: u64, place: Place) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
    let end = tokio::time::Instant::now() + LIFE;
    stream::unfold((app.changes(), after, place), move |(mut seq, told, place)| async move {
        tokio::time::sleep(PACE).await;
        // The page may be older than the stream: then it looks again at once.
        while *seq.borrow_and_update() <= told {
            tokio::time::timeout_at(end, seq.changed()).await.ok()?.ok()?;
        }
        let now = *seq.borrow();
        Some((Ok(Event::default().data(now.to_string())), (seq, now, place)))
    })
}

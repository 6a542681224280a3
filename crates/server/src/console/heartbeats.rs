//! Jobs that say regularly that they are alive.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use noout_core::heartbeat::Standing;

use super::http::html;
use super::marks::{Mark, Tone};
use super::page::Page;
use super::seat::Seat;
use super::times::When;
use crate::App;

/// As much of a job's last words stands in its row.
const SAID_CHARS: usize = 200;

pub(super) fn router() -> Router<App> {
    Router::new().route("/heartbeats", get(show))
}

struct Row {
    id: String,
    mark: Mark,
    schedule: String,
    last: Option<When>,
    due: Option<When>,
    took: String,
    said: String,
}

#[derive(Template)]
#[template(path = "heartbeats.html")]
struct Screen {
    p: Page,
    rows: Vec<Row>,
}

fn tone(standing: Standing) -> Tone {
    match standing {
        Standing::Down => Tone::Critical,
        Standing::Late => Tone::Warn,
        Standing::New | Standing::Paused => Tone::Unknown,
        Standing::Running | Standing::Up => Tone::Ok,
    }
}

async fn show(seat: Seat) -> Response {
    let p = Page::new(&seat, "heartbeats");
    let mut rows: Vec<(Standing, Row)> = seat.app.read(|s| {
        let row = |rules: &noout_core::config::Heartbeat| {
            let beat = s.heartbeats.get(&rules.id)?;
            let standing = beat.standing(p.watch.now);
            let skip = beat.body.chars().count().saturating_sub(SAID_CHARS);
            let row = Row {
                id: rules.id.to_string(),
                mark: Mark::new(tone(standing), p.s(&format!("beat-{}", standing.code()))),
                schedule: rules.schedule.to_string(),
                last: beat.last.map(|(at, _)| p.watch.when(at)),
                due: beat.due.map(|at| p.watch.when(at)),
                took: beat.took.map(|took| took.to_string()).unwrap_or_default(),
                said: beat.body.chars().skip(skip).collect(),
            };
            Some((standing, row))
        };
        s.config.heartbeats.iter().filter_map(row).collect()
    });
    // The worst first.
    rows.sort_by(|(a, x), (b, y)| a.cmp(b).then_with(|| x.id.cmp(&y.id)));
    html(&Screen { p, rows: rows.into_iter().map(|(_, row)| row).collect() })
}

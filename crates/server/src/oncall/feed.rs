//! Calendars of shifts that others subscribe to. Their address is a secret: it is all that is asked for.

use axum::Router;
use axum::extract::{Path, State as Extract};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use jiff::Timestamp;
use noout_core::State;
use noout_core::roster::Feed;
use noout_publish::{OnDuty, shifts_ics};
use noout_types::{PersonId, Span};

use crate::App;

/// Days behind and before that a calendar shows. Readers ask every few hours, so that it need not show more.
const BACK: Span = Span::from_hours(24 * 30);
const AHEAD: Span = Span::from_hours(24 * 180);

/// Most shifts in a calendar: an hourly rotation of half a year is more than any reader draws.
const MAX_SHIFTS: usize = 5000;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/calendar/{file}", get(show))
}

/// The address of a calendar, as long as it is not withdrawn.
pub(crate) fn feed_url(app: &App, feed: &Feed) -> String {
    let generation = app.read(|s| s.roster.feed_generation(feed));
    format!("{}/calendar/{}.ics", app.base_url(), app.keys().feed(&feed.to_string(), generation))
}

async fn show(Extract(app): Extract<App>, Path(file): Path<String>) -> Response {
    // One answer for what never was, what is withdrawn and whose person is gone: an address is not to be tried out.
    let nothing = || (StatusCode::NOT_FOUND, "there is no such calendar\n").into_response();
    let Some(token) = file.strip_suffix(".ics") else { return nothing() };
    let Ok((name, generation)) = app.keys().read_feed(token) else { return nothing() };
    let Ok(feed) = name.parse::<Feed>() else { return nothing() };
    let now = app.now();
    let found = app.read(|s| {
        let exists = match &feed {
            Feed::Person(id) => s.config.person(id).is_some(),
            Feed::Schedule(id) => s.config.schedule(id).is_some(),
        };
        (exists && s.roster.feed_generation(&feed) == generation).then(|| duties(s, &feed, now))
    });
    let Some((title, duties)) = found else { return nothing() };
    let text = shifts_ics(&title, &host(&app.base_url()), now, &duties);
    ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8"), (header::CACHE_CONTROL, "private, max-age=900")], text)
        .into_response()
}

fn host(url: &str) -> String {
    url.split("://").nth(1).and_then(|rest| rest.split(['/', ':']).next()).unwrap_or("noout").to_owned()
}

fn duties(state: &State, feed: &Feed, now: Timestamp) -> (String, Vec<OnDuty>) {
    let name = |id: &PersonId| state.config.person(id).map_or_else(|| id.to_string(), |p| p.display().to_owned());
    let title = match feed {
        Feed::Person(id) => format!("{} on call", name(id)),
        Feed::Schedule(id) => format!("{id} on call"),
    };
    let schedules = state.config.schedules.iter().filter(|s| match feed {
        Feed::Schedule(id) => *id == s.id,
        Feed::Person(_) => true,
    });
    let mut out = Vec::new();
    for schedule in schedules {
        let shifts = schedule.shifts(&state.overrides_of(&schedule.id), BACK.before(now), AHEAD.after(now));
        for shift in shifts {
            if let Feed::Person(id) = feed
                && !shift.people.contains(id)
            {
                continue;
            }
            let people: Vec<String> = shift.people.iter().map(name).collect();
            let summary = match feed {
                Feed::Person(_) => format!("{} {}", schedule.id, shift.rotation),
                Feed::Schedule(_) => format!("{}: {}", shift.rotation, people.join(", ")),
            };
            let description = people.join(", ");
            let key = format!("{}/{}", schedule.id, shift.rotation);
            out.push(OnDuty { key, summary, description, start: shift.start, end: shift.end });
        }
    }
    out.sort_by(|a, b| (a.start, &a.key).cmp(&(b.start, &b.key)));
    out.truncate(MAX_SHIFTS);
    (title, out)
}

//! Who worked how much: hours, nights, weekends, holidays and pages; for a pay office as CSV.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use noout_calendar::Moment;
use noout_core::config::Role;
use noout_core::roster::report::{Worked, days_csv, decimal_hours, summary_csv};
use serde::Deserialize;

use crate::App;
use crate::console::http::{Answer, html, invalid};
use crate::console::page::Page;
use crate::console::seat::Seat;

pub(super) fn router() -> Router<App> {
    Router::new().route("/schedule/hours", get(show)).route("/schedule/hours.csv", get(csv))
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Period {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    days: String,
}

struct Line {
    name: String,
    zone: String,
    hours: [String; 4],
    pages: u32,
    night_pages: u32,
}

#[derive(Template)]
#[template(path = "hours.html")]
struct Screen {
    p: Page,
    lines: Vec<Line>,
    from: String,
    to: String,
    /// Others' hours are shown.
    all: bool,
}

/// The period as days; from the first of this month to the end of today where it is not named.
fn days(p: &Page, asked: &Period) -> Option<(Moment, Moment)> {
    let today = p.watch.now.to_zoned(p.watch.zone().clone()).date();
    let day = |text: &str, default| if text.is_empty() { Some(Moment::Day(default)) } else { text.parse().ok() };
    Some((day(&asked.from, today.first_of_month())?, day(&asked.to, today.tomorrow().ok()?)?))
}

/// How much others worked is theirs and the operators' to know.
async fn worked(seat: &Seat, p: &Page, asked: &Period) -> Result<(Vec<Worked>, Moment, Moment, bool), Response> {
    let (from, to) = days(p, asked).ok_or_else(|| invalid(p.clone(), p.s("trouble-form"), "/schedule/hours"))?;
    let (app, begin, end) = (seat.app.clone(), from.clone(), to.clone());
    let read = tokio::task::spawn_blocking(move || crate::oncall::report(&app, Some(&begin), Some(&end))).await;
    let found = read.unwrap_or_else(|_| Err(p.s("trouble-down")));
    let mut found = found.map_err(|why| invalid(p.clone(), why, "/schedule/hours"))?;
    let all = seat.app.read(|s| s.config.person(&seat.who).is_some_and(|p| p.role >= Role::Operator));
    found.retain(|w| all || w.person == seat.who);
    Ok((found, from, to, all))
}

async fn show(seat: Seat, Query(asked): Query<Period>) -> Answer {
    let p = Page::new(&seat, "schedule");
    let p = p.clone().titled(p.s("hours-title"));
    let (found, from, to, all) = worked(&seat, &p, &asked).await?;
    let line = |w: &Worked| {
        let t = w.total();
        let hours = [t.on, t.night, t.weekend, t.holiday].map(decimal_hours);
        let (name, zone) = (w.name.clone(), w.timezone.clone());
        Line { name, zone, hours, pages: w.pages, night_pages: w.night_pages }
    };
    let lines = found.iter().map(line).collect();
    Ok(html(&Screen { p, lines, from: from.to_string(), to: to.to_string(), all }))
}

async fn csv(seat: Seat, Query(asked): Query<Period>) -> Answer {
    let p = Page::new(&seat, "schedule");
    let (found, from, to, _) = worked(&seat, &p, &asked).await?;
    let (kind, text) = if asked.days.is_empty() { ("hours", summary_csv(&found)) } else { ("days", days_csv(&found)) };
    let safe = |moment: Moment| moment.to_string().replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "");
    let name = format!("attachment; filename=\"on-call-{kind}-{}-{}.csv\"", safe(from), safe(to));
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, text).into_response())
}

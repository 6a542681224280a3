//! Where an alert would go, whom it would page, what really came in like it; and whom last week's would have paged.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use noout_api as wire;
use noout_core::silence::of_alert;
use noout_types::{Labels, Span};
use serde::Deserialize;

use super::http::{Answer, html, invalid};
use super::names::{held_back, name, names};
use super::page::Page;
use super::seat::Seat;
use super::times::When;
use crate::App;
use crate::routing::{MAX_REPLAY, recent, replayed, tested};

/// Real alerts that are offered for trying, the newest first.
const OFFERED: usize = 12;

/// Pages that are listed one by one.
const LISTED: usize = 40;

pub(super) fn router() -> Router<App> {
    Router::new().route("/routes", get(show))
}

#[derive(Deserialize)]
struct Asked {
    /// The labels to try.
    #[serde(default)]
    labels: String,
    /// How far back to look whom alerts paged.
    #[serde(default)]
    since: String,
}

struct Step {
    notify: String,
    people: String,
    after: String,
}

struct Near {
    labels: String,
    at: When,
    route: String,
    differs: Vec<(String, String, String)>,
}

struct Tested {
    route: String,
    policy: String,
    wakes: bool,
    /// What would hold it back, in words.
    held: Option<String>,
    rises: Option<When>,
    group: String,
    steps: Vec<Step>,
    also: String,
    exact: u64,
    near: Vec<Near>,
}

struct Account {
    person: String,
    pages: [usize; 2],
    by_night: [usize; 2],
}

struct Told {
    at: When,
    person: String,
    title: String,
}

struct Replayed {
    incidents: [usize; 2],
    people: Vec<Account>,
    fewer: Vec<Told>,
    more: Vec<Told>,
}

#[derive(Template)]
#[template(path = "routes.html")]
struct Screen {
    p: Page,
    labels: String,
    since: String,
    offered: Vec<(String, When)>,
    tested: Option<Tested>,
    replayed: Option<Replayed>,
}

async fn show(seat: Seat, Query(asked): Query<Asked>) -> Answer {
    let p = Page::new(&seat, "routes");
    let labels = wire::labels_of(&asked.labels).map_err(|why| invalid(p.clone(), why, "/routes"))?;
    let since = match asked.since.trim() {
        "" => None,
        text => Some(span(text).map_err(|why| invalid(p.clone(), why, "/routes"))?),
    };
    let held = seat.app.read(|s| of_alert(s, p.watch.now, labels.fingerprint(), &labels));
    let held = held.map(|by| held_back(&p, &by));
    let app = seat.app.clone();
    let read = tokio::task::spawn_blocking(move || {
        let now = app.now();
        let tested = if labels.is_empty() { None } else { Some(tested(&app, now, &labels)?) };
        // By the configuration of now: what was in force then is what happened.
        let config = since.map(|_| app.read(|s| s.config.clone()));
        let replayed = since.map(|since| replayed(&app, config, since)).transpose()?;
        Ok::<_, noout_store::StoreError>((recent(&app)?, tested, replayed))
    });
    let (real, tested, replayed) = match read.await {
        Ok(Ok(read)) => read,
        Ok(Err(why)) => return Err(invalid(p, noout_types::with_sources(&why), "/routes")),
        Err(why) => return Err(invalid(p, why.to_string(), "/routes")),
    };
    let screen = Screen {
        offered: offered(&p, &real),
        tested: tested.map(|t| test_view(&seat, &p, t, held)),
        replayed: replayed.map(|r| replay_view(&seat, &p, &r)),
        labels: asked.labels,
        since: if asked.since.is_empty() { "7d".to_owned() } else { asked.since },
        p,
    };
    Ok(html(&screen))
}

fn span(text: &str) -> Result<Span, String> {
    let span: Span = text.parse().map_err(|why| format!("{why}"))?;
    if span > MAX_REPLAY { Err(format!("{text:?}: allowed is up to {MAX_REPLAY}")) } else { Ok(span) }
}

/// The newest real alerts, each label set once.
fn offered(p: &Page, real: &[(noout_types::Timestamp, Labels)]) -> Vec<(String, When)> {
    let mut offered: Vec<(String, When)> = Vec::new();
    for (at, labels) in real.iter().rev() {
        let text = labels.to_string();
        if !offered.iter().any(|(known, _)| *known == text) {
            offered.push((text, p.watch.when(*at)));
        }
        if offered.len() == OFFERED {
            break;
        }
    }
    offered
}

fn test_view(seat: &Seat, p: &Page, tested: wire::RouteTest, held: Option<String>) -> Tested {
    let step = |s: wire::RouteStep| Step {
        notify: s.notify.join(", "),
        people: seat.app.read(|state| names(state, &s.people)),
        after: noout_words::span(s.after, p.t.0),
    };
    let near = |n: wire::NearAlert| Near {
        labels: n.labels.into_iter().collect::<Labels>().to_string(),
        at: p.watch.when(n.at),
        route: n.route.unwrap_or_else(|| p.s("route-none")),
        differs: n.differs,
    };
    let group: Vec<String> = tested.group.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    Tested {
        route: tested.route.unwrap_or_else(|| p.s("route-none")),
        policy: tested.policy.map(|id| id.to_string()).unwrap_or_default(),
        held,
        wakes: tested.urgency == noout_types::Urgency::High,
        rises: tested.rises_at.map(|at| p.watch.when(at)),
        group: group.join(", "),
        steps: tested.steps.into_iter().map(step).collect(),
        also: tested.also.join(", "),
        exact: tested.exact.unwrap_or(0) as u64,
        near: tested.near.into_iter().map(near).collect(),
    }
}

fn replay_view(seat: &Seat, p: &Page, replay: &wire::Replay) -> Replayed {
    let (was, would) = (&replay.happened, &replay.would);
    let of = |account: &wire::ReplayAccount, person: &noout_types::PersonId| {
        account.people.iter().find(|x| x.person == *person).map_or((0, 0), |x| (x.pages, x.by_night))
    };
    let people: std::collections::BTreeSet<_> =
        was.people.iter().chain(&would.people).map(|x| x.person.clone()).collect();
    let account = |person: &noout_types::PersonId| {
        let (was, would) = (of(was, person), of(would, person));
        let person = seat.app.read(|s| name(s, person));
        Account { person, pages: [was.0, would.0], by_night: [was.1, would.1] }
    };
    let told = |page: &wire::ReplayPage| Told {
        at: p.watch.when(page.at),
        person: seat.app.read(|s| name(s, &page.person)),
        title: page.title.clone(),
    };
    Replayed {
        incidents: [was.incidents, would.incidents],
        people: people.iter().map(account).collect(),
        fewer: replay.fewer.iter().take(LISTED).map(told).collect(),
        more: replay.more.iter().take(LISTED).map(told).collect(),
    }
}

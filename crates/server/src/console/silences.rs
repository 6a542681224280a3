//! Alerts that wake nobody for a while: who said so, until when, and what they hold back now.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use noout_core::engine::Command;
use noout_core::silence::{Silence, SilenceCommand, Standing};
use noout_types::{Matchers, Span, Timestamp};
use serde::Deserialize;

use super::http::{Answer, html, invalid, missing, refused, see_other};
use super::names::actor;
use super::page::Page;
use super::seat::{Post, Seat};
use super::times::When;
use crate::App;

/// Alerts that are named as held back; the rest is counted.
const MAX_NAMED: usize = 5;

pub(super) fn router() -> Router<App> {
    Router::new().route("/silences", get(show)).route("/silences/set", post(set)).route("/silences/{id}/end", post(end))
}

struct Row {
    id: u64,
    matchers: String,
    author: String,
    comment: String,
    pending: bool,
    from: When,
    until: When,
    alerts: usize,
    named: Vec<String>,
}

struct Rule {
    id: String,
    what: String,
    when: String,
    author: String,
    until: Option<When>,
}

#[derive(Template)]
#[template(path = "silences.html")]
struct Screen {
    p: Page,
    live: Vec<Row>,
    ended: Vec<Row>,
    rules: Vec<Rule>,
    matchers: String,
}

/// What the form begins with: an incident's page links here with the labels of its alerts.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    matchers: String,
}

async fn show(seat: Seat, Query(asked): Query<Asked>) -> Response {
    let p = Page::new(&seat, "silences");
    let now = p.watch.now;
    let held = crate::http::held(&seat.app, now, MAX_NAMED).await;
    let screen = seat.app.read(|s| {
        let row = |silence: &Silence| {
            let standing = silence.standing(now);
            let held = held.get(&silence.id);
            Row {
                id: silence.id.0,
                matchers: silence.matchers.to_string(),
                author: author(s, &p, silence),
                comment: silence.comment.clone(),
                pending: standing == Standing::Pending,
                from: p.watch.when(silence.starts_at),
                until: p.watch.when(silence.ends_at),
                alerts: held.map_or(0, |held| usize::try_from(held.alerts).unwrap_or(usize::MAX)),
                named: held.map(|held| held.named.iter().map(ToString::to_string).collect()).unwrap_or_default(),
            }
        };
        let (ended, mut live): (Vec<_>, Vec<_>) =
            s.silences.all().partition(|silence| silence.standing(now) == Standing::Expired);
        live.sort_by_key(|silence| silence.ends_at);
        Screen {
            live: live.into_iter().map(row).collect(),
            ended: ended.into_iter().rev().take(10).map(row).collect(),
            rules: rules(s, &p),
            matchers: asked.matchers,
            p: p.clone(),
        }
    });
    html(&screen)
}

/// Who answers for it; and who says so, where that is somebody else: an author is what was sent.
fn author(s: &noout_core::State, p: &Page, silence: &Silence) -> String {
    let by = actor(s, p.t, &silence.by);
    let own = silence.by.person().is_some_and(|id| id.as_str() == silence.author) || by == silence.author;
    if own { by } else { p.t.a("silence-says", &[("author", silence.author.as_str()), ("by", by.as_str())]) }
}

/// What the configuration holds back.
fn rules(s: &noout_core::State, p: &Page) -> Vec<Rule> {
    let mutes = s.config.mutes.iter().map(|mute| Rule {
        id: mute.id.to_string(),
        what: mute.matchers.to_string(),
        when: when(&mute.timezone, &mute.weekdays, mute.hours),
        author: mute.author.to_string(),
        until: Some(p.watch.when(mute.until)),
    });
    let by = s.config_by.as_ref().map(ToString::to_string).unwrap_or_default();
    let author = by.strip_prefix("person:").unwrap_or(&by);
    let inhibits = s.config.inhibits.iter().map(|rule| Rule {
        id: rule.id.to_string(),
        what: rule.target.to_string(),
        when: p.v("rule-while", "source", &rule.source.to_string()),
        author: author.to_owned(),
        until: None,
    });
    mutes.chain(inhibits).collect()
}

fn when(zone: &str, days: &[noout_calendar::Weekday], hours: Option<noout_calendar::Hours>) -> String {
    let days = days.iter().filter_map(|day| serde_json::to_value(day).ok()?.as_str().map(str::to_owned));
    let parts = days.collect::<Vec<_>>().join(" ");
    let hours = hours.map(|h| h.to_string()).unwrap_or_default();
    [parts.as_str(), hours.as_str(), zone].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

async fn set(post: Post) -> Answer {
    let (seat, fields) = (post.seat, post.fields);
    let p = || Page::new(&seat, "silences");
    let wrong = |field: &str, why: String| {
        let p = p();
        let text = format!("{}: {why}", p.s(field));
        invalid(p, text, "/silences")
    };
    let matchers: Matchers = fields.get("matchers").parse().map_err(|e| wrong("silence-what", format!("{e}")))?;
    let span: Span = fields.get("span").parse().map_err(|e| wrong("silence-long", format!("{e}")))?;
    let now: Timestamp = seat.app.now();
    let (starts_at, ends_at, comment) = (now, span.after(now), fields.owned("comment"));
    let set = SilenceCommand::Set { id: None, matchers, starts_at, ends_at, author: None, comment };
    match seat.command(Command::Silence(set)).await {
        Ok(_) => Ok(see_other("/silences")),
        Err(why) => Err(refused(p(), &why, "/silences")),
    }
}

async fn end(Path(id): Path<String>, post: Post) -> Answer {
    let seat = post.seat;
    let Ok(number) = id.parse() else { return Err(missing(Page::new(&seat, "silences"), &id)) };
    match seat.command(Command::Silence(SilenceCommand::End(number))).await {
        Ok(_) => Ok(see_other("/silences")),
        Err(why) => Err(refused(Page::new(&seat, "silences"), &why, "/silences")),
    }
}

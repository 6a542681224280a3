//! How a person is reached: ways that were tried and confirmed, and the devices that are pushed to.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use noout_core::config::Person;
use noout_core::contact::{ContactCommand, ContactKey, Test};
use noout_core::engine::Command;
use noout_core::paging::{Dispatch, Receipt, SendOutcome};
use noout_notify::Subscription;

use super::http::{Answer, html, html_with, invalid, refused, see_other};
use super::page::Page;
use super::seat::{Post, Seat, language};
use super::words::T;
use crate::App;

/// The installed app's frame: what a phone needs to put the console on its home screen.
const MANIFEST: &str = r##"{"name":"noout","short_name":"noout","start_url":"/","display":"standalone","background_color":"#0d1117","theme_color":"#0d1117","icons":[{"src":"ICON","sizes":"any","type":"image/svg+xml","purpose":"any"}]}"##;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/people/me/test", post(test))
        .route("/people/me/devices", post(enroll))
        .route("/people/me/devices/drop", post(drop_device))
        .route("/t/{token}", get(show_test).post(confirm))
        .route("/sw.js", get(worker))
        .route("/manifest.webmanifest", get(manifest))
}

/// A contact method, as the person's own page shows it.
pub(super) struct MethodView {
    pub key: String,
    pub shown: String,
    pub after: String,
    pub state: String,
    pub test: String,
    pub usable: bool,
}

/// The person's contact methods, and the devices by id and name.
pub(super) fn views(seat: &Seat, p: &Page) -> (Vec<MethodView>, Vec<(String, String)>) {
    seat.app.read(|s| {
        let Some(person) = s.config.person(&seat.who) else { return (Vec::new(), Vec::new()) };
        let one = |m: noout_core::contact::Method| {
            let state = match (&m.lacks, m.confirmed) {
                (Some(lacks), _) => p.v("contact-lacks", "why", &lacks.to_string()),
                (None, Some(at)) => p.v("contact-confirmed", "at", &p.watch.exact(at)),
                (None, None) => p.s("contact-unconfirmed"),
            };
            let test = s.contacts.test_of(&seat.who, &m.key).map(|(_, test)| told(p, test)).unwrap_or_default();
            let after = after(p, person, &m.key);
            MethodView {
                key: m.key.as_str().to_owned(),
                shown: m.contact.shown(),
                after,
                state,
                test,
                usable: m.lacks.is_none(),
            }
        };
        let devices = s.contacts.devices(&seat.who).map(|(id, d)| (id.to_owned(), d.name.clone())).collect();
        (s.methods(&seat.who).into_iter().map(one).collect(), devices)
    })
}

/// What a drill asks of the person, and whether the time for an answer is over.
pub(super) fn drill(seat: &Seat, p: &Page) -> Option<(String, bool)> {
    let drill = seat.app.read(|s| s.drills.of(&seat.who).cloned())?;
    let at = p.watch.exact(drill.at);
    match (drill.missed, drill.answered, drill.until) {
        (Some(_), ..) => Some((p.v("drill-own-missed", "at", &at), true)),
        (None, None, Some(until)) => {
            Some((p.t.a("drill-own", &[("at", &at), ("until", &p.watch.exact(until))]), false))
        }
        _ => None,
    }
}

fn after(p: &Page, person: &Person, key: &ContactKey) -> String {
    let way = person.contact.iter().find(|way| ContactKey::of(person, way) == *key);
    let after = way.and_then(|way| way.after);
    after.map(|after| p.v("contact-after", "after", &noout_words::span(after, p.t.0))).unwrap_or_default()
}

/// What became of a test, in the reader's language.
fn told(p: &Page, test: &Test) -> String {
    let with = |key: &str, why: &str| p.v(key, "why", why);
    match (&test.outcome, &test.receipt) {
        (_, Some(Receipt::Arrived { .. })) => p.s("test-arrived"),
        (_, Some(Receipt::Refused(why))) => with("test-refused", why),
        (_, Some(Receipt::Missing)) => p.s("test-missing"),
        (None, None) => p.s("test-on-its-way"),
        (Some(SendOutcome::Accepted { .. }), None) => p.s("test-awaited"),
        (Some(SendOutcome::Delivered(why)), None) => with("test-sent", why),
        (Some(SendOutcome::Permanent(why) | SendOutcome::Transient(why) | SendOutcome::Ambiguous(why)), None) => {
            with("test-failed", why)
        }
        (Some(SendOutcome::Busy { words, .. }), None) => with("test-failed", words),
    }
}

const BACK: &str = "/people/me";

async fn test(post: Post) -> Answer {
    let Post { seat, fields } = post;
    let wanted = fields.get("contact").to_owned();
    let key = seat.app.read(|s| s.methods(&seat.who).into_iter().map(|m| m.key).find(|k| k.as_str() == wanted));
    let page = || Page::new(&seat, "me");
    let key = key.ok_or_else(|| invalid(page(), seat.t.s("trouble-form"), BACK))?;
    let command = ContactCommand::Test { person: seat.who.clone(), contact: Some(key) };
    seat.command(Command::Contact(command)).await.map_err(|why| refused(page(), &why, BACK))?;
    Ok(see_other(BACK))
}

/// The browser's answer to the question whether it may be pushed to, posted by `push.js`.
async fn enroll(post: Post) -> Answer {
    let Post { seat, fields } = post;
    let page = || Page::new(&seat, "me");
    let bad = || invalid(page(), seat.t.s("trouble-form"), BACK);
    let endpoint = fields.get("endpoint").parse().map_err(|_| bad())?;
    let subscription = Subscription { endpoint, p256dh: fields.owned("p256dh"), auth: fields.owned("auth") };
    let private = seat.app.channels().and_then(|c| c.push().map(|p| p.allows_private())).unwrap_or(false);
    subscription.check(private).map_err(|_| bad())?;
    let sealed = crate::devices::seal(&seat.app, &subscription).ok_or_else(bad)?;
    let (person, device, name) = (seat.who.clone(), subscription.id(), fields.owned("name"));
    let command = Command::Contact(ContactCommand::Enroll { person, device, name, sealed });
    seat.command(command).await.map_err(|why| refused(page(), &why, BACK))?;
    Ok(see_other(BACK))
}

async fn drop_device(post: Post) -> Answer {
    let Post { seat, fields } = post;
    let command = ContactCommand::Drop { person: seat.who.clone(), device: fields.owned("device") };
    let done = seat.command(Command::Contact(command)).await;
    done.map_err(|why| refused(Page::new(&seat, "me"), &why, BACK))?;
    Ok(see_other(BACK))
}

#[derive(Template)]
#[template(path = "try.html")]
struct Screen {
    p: Page,
    path: String,
    /// Nothing is left to be confirmed, and why.
    over: Option<String>,
}

/// The test behind a link, its person's language, and whether it is confirmed already.
fn found(app: &App, headers: &HeaderMap, ticket: &str) -> Option<(Dispatch, Page, bool)> {
    let of = app.keys().read_ticket(ticket, app.now()).ok()?;
    let Dispatch::Test { test, person } = &of else { return None };
    let (own, confirmed) = app.read(|s| {
        let test = s.contacts.test(*test)?;
        Some((s.config.person(person)?.language, test.confirmed.is_some()))
    })?;
    let t = T(language(headers, Some(own)));
    Some((of, Page::outside(app, t.0, "/", "try-title"), confirmed))
}

fn over(app: &App, headers: &HeaderMap) -> Response {
    let p = Page::outside(app, language(headers, None), "/", "try-title");
    let over = Some(p.s("try-over"));
    html_with(StatusCode::FORBIDDEN, &Screen { p, path: String::new(), over })
}

/// Looking confirms nothing: mail scanners follow links.
async fn show_test(Extract(app): Extract<App>, Path(ticket): Path<String>, headers: HeaderMap) -> Response {
    let Some((_, p, confirmed)) = found(&app, &headers, &ticket) else { return over(&app, &headers) };
    let over = confirmed.then(|| p.s("try-done"));
    html(&Screen { p, path: format!("/t/{ticket}"), over })
}

async fn confirm(Extract(app): Extract<App>, Path(ticket): Path<String>, headers: HeaderMap) -> Response {
    let Some((of, p, _)) = found(&app, &headers, &ticket) else { return over(&app, &headers) };
    match crate::replies::take(&app, &of).await {
        Ok(_) => see_other(&format!("/t/{ticket}")),
        Err(why) => refused(p, &why, "/"),
    }
}

/// The service worker. Its name stays the same, so that browsers look for a newer one by themselves.
async fn worker() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, include_str!("../../static/sw.js").replace("ICON", super::assets::url("icon.svg"))).into_response()
}

async fn manifest() -> Response {
    let text = MANIFEST.replace("ICON", super::assets::url("icon.svg"));
    ([(header::CONTENT_TYPE, "application/manifest+json")], text).into_response()
}

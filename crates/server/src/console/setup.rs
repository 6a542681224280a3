//! The first sign-in: one link, once, for the one who started the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use askama::Template;
use axum::Router;
use axum::extract::{Query, Request, State as Extract};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use noout_core::engine::Command;
use noout_core::{Actor, Input};
use noout_types::PersonId;
use serde::Deserialize;

use super::door::Door;
use super::http::{Answer, html_with, invalid, refused, see_other, with_cookie};
use super::live::Streams;
use super::names::name;
use super::page::Page;
use super::seat::{fields, language, sign_in};
use super::views::Views;
use crate::App;

/// The shortest password, in characters: what NIST and OWASP ask for where there is no second factor, and more.
const MIN_PASSWORD: usize = 12;

/// The longest password, in bytes: hashing must not be a way to keep the server busy.
const MAX_PASSWORD: usize = 1024;

/// What the console keeps in memory: the one-time token, the door before passwords, the open streams, and the last look at
/// platforms.
pub struct Setup {
    token: String,
    used: AtomicBool,
    pub(super) door: Door,
    pub(super) streams: Arc<Streams>,
    pub(super) views: Views,
}

impl Setup {
    /// With at the most so many streams of live pages.
    pub(crate) fn new(streams: usize) -> Self {
        Self {
            token: hex::encode(rand::random::<[u8; 16]>()),
            used: AtomicBool::new(false),
            door: Door::new(),
            streams: Arc::new(Streams::new(streams)),
            views: Views::default(),
        }
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Whether a token opens the first sign-in now.
    fn opens(&self, app: &App, token: &str) -> bool {
        use subtle::ConstantTimeEq as _;
        let right: bool = self.token.as_bytes().ct_eq(token.as_bytes()).into();
        right && !self.used.load(Ordering::Acquire) && app.read(|s| s.passwords.is_empty())
    }
}

pub(super) fn router() -> Router<App> {
    Router::new().route("/setup", get(show).post(choose))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    token: String,
}

struct Choice {
    id: String,
    name: String,
    role: &'static str,
}

#[derive(Template)]
#[template(path = "setup.html")]
struct Screen {
    p: Page,
    token: String,
    valid: bool,
    people: Vec<Choice>,
}

async fn show(Extract(app): Extract<App>, headers: HeaderMap, Query(asked): Query<Asked>) -> Response {
    let p = Page::outside(&app, language(&headers, None), "/setup", "setup-title");
    let valid = app.0.setup.opens(&app, &asked.token);
    let people = app.read(|s| {
        let all = s.config.people.iter().filter(|_| valid);
        all.map(|person| Choice { id: person.id.to_string(), name: name(s, &person.id), role: role_key(person.role) })
            .collect()
    });
    let status = if valid { StatusCode::OK } else { StatusCode::FORBIDDEN };
    html_with(status, &Screen { p, token: asked.token, valid, people })
}

pub(super) fn role_key(role: noout_core::config::Role) -> &'static str {
    use noout_core::config::Role;
    match role {
        Role::Viewer => "role-viewer",
        Role::Responder => "role-responder",
        Role::Operator => "role-operator",
        Role::Admin => "role-admin",
    }
}

/// Says what is wrong with a new password.
pub(super) fn weak(password: &str, again: &str) -> Option<&'static str> {
    if password.chars().count() < MIN_PASSWORD {
        Some("password-short")
    } else if password.len() > MAX_PASSWORD {
        Some("password-long")
    } else if password != again {
        Some("password-differs")
    } else {
        None
    }
}

async fn choose(Extract(app): Extract<App>, request: Request) -> Answer {
    let headers = request.headers().clone();
    let form = fields(request, &app).await?;
    let token = form.get("token").to_owned();
    let page = || Page::outside(&app, language(&headers, None), "/setup", "setup-title");
    if !app.0.setup.opens(&app, &token) {
        let screen = Screen { p: page(), token, valid: false, people: Vec::new() };
        return Err(html_with(StatusCode::FORBIDDEN, &screen));
    }
    let back = format!("/setup?token={token}");
    let person: PersonId = form.get("person").parse().map_err(|_| invalid(page(), page().s("setup-who"), &back))?;
    if let Some(key) = weak(form.raw("password"), form.raw("again")) {
        return Err(invalid(page(), page().s(key), &back));
    }
    let hash = app.0.setup.door.hash(form.raw("password").to_owned()).await;
    let hash = hash.ok_or_else(|| invalid(page(), page().s("password-failed"), &back))?;
    let command = Command::SetPassword { person: person.clone(), hash };
    // One of two that come at the same time wins.
    if app.0.setup.used.swap(true, Ordering::AcqRel) {
        return Ok(see_other("/login"));
    }
    if let Err(why) = app.submit(Input::Command { by: Actor::Local, command }).await {
        app.0.setup.used.store(false, Ordering::Release);
        return Err(refused(page(), &why, &back));
    }
    Ok(with_cookie(see_other("/"), &sign_in(&app, &person)))
}

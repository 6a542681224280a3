//! The settings of the person who looks.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use noout_core::engine::Command;

use super::http::{Answer, html, invalid, refused, see_other, with_cookie};
use super::page::Page;
use super::seat::{KEYS_COOKIE, Post, Seat, setting, sign_in};
use super::setup::{hash, weak};
use crate::App;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/people/me", get(show))
        .route("/people/me/keys", post(keys))
        .route("/people/me/password", post(password))
        .route("/people/me/sign-out", post(everywhere))
}

#[derive(Template)]
#[template(path = "me.html")]
struct Screen {
    p: Page,
    contacts: Vec<String>,
    email: String,
    chosen: &'static str,
}

async fn show(seat: Seat) -> Response {
    let p = Page::new(&seat, "me");
    let (contacts, email) = seat.app.read(|s| {
        let person = s.config.person(&seat.who);
        let shown = |p: &noout_core::config::Person| p.contact.iter().map(noout_types::Contact::shown).collect();
        (person.map(shown).unwrap_or_default(), person.and_then(|p| p.email.clone()).unwrap_or_default())
    });
    html(&Screen { p, contacts, email, chosen: seat.t.0.code() })
}

async fn keys(post: Post) -> Response {
    let value = if post.fields.get("keys") == "off" { "off" } else { "on" };
    with_cookie(see_other("/people/me"), &setting(KEYS_COOKIE, value))
}

async fn password(post: Post) -> Answer {
    let Post { seat, fields } = post;
    let page = || Page::new(&seat, "me");
    if let Some(key) = weak(fields.raw("password"), fields.raw("again")) {
        return Err(invalid(page(), seat.t.s(key), "/people/me"));
    }
    let hashed = hash(fields.raw("password").to_owned()).await;
    let hash = hashed.ok_or_else(|| invalid(page(), seat.t.s("password-failed"), "/people/me"))?;
    let command = Command::SetPassword { person: seat.who.clone(), hash };
    seat.command(command).await.map_err(|why| refused(page(), &why, "/people/me"))?;
    // All earlier sessions ended, this one too: the one who set it goes on.
    Ok(with_cookie(see_other("/people/me"), &sign_in(&seat.app, &seat.who)))
}

async fn everywhere(post: Post) -> Answer {
    let seat = post.seat;
    let done = seat.command(Command::SignOut { person: seat.who.clone() }).await;
    done.map_err(|why| refused(Page::new(&seat, "me"), &why, "/people/me"))?;
    Ok(see_other("/login"))
}

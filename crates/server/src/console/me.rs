//! The settings of the person who looks.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use noout_core::config::{Person, Role};
use noout_core::engine::Command;
use noout_types::PersonId;

use super::contacts::{self, MethodView};
use super::door::Knock;
use super::http::{Answer, html, invalid, refused, see_other, with_cookie};
use super::page::Page;
use super::seat::{KEYS_COOKIE, Post, Seat, setting, sign_in};
use super::setup::weak;
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
    contacts: Vec<MethodView>,
    /// What is asked by a drill, and whether it is late.
    drill: Option<(String, bool)>,
    devices: Vec<(String, String)>,
    /// What browsers subscribe with; empty if there is no push.
    push_key: String,
    email: String,
    chosen: &'static str,
    has_password: bool,
    /// For administrators: everybody, and whether they have a password.
    people: Vec<Guest>,
}

struct Guest {
    id: String,
    name: String,
    has_password: bool,
}

async fn show(seat: Seat) -> Response {
    let p = Page::new(&seat, "me");
    let (contacts, devices) = contacts::views(&seat, &p);
    let drill = contacts::drill(&seat, &p);
    let push_key = seat.app.channels().and_then(|c| c.push().map(|p| p.public_key())).unwrap_or_default();
    let (email, has_password, people) = seat.app.read(|s| {
        let person = s.config.person(&seat.who);
        let has_password = |id: &PersonId| s.passwords.contains_key(id);
        let admin = person.is_some_and(|p| p.role == Role::Admin);
        let all = s.config.people.iter().filter(|_| admin);
        let guest = |p: &Person| Guest {
            id: p.id.to_string(),
            name: p.display().to_owned(),
            has_password: has_password(&p.id),
        };
        let people = all.map(guest).collect();
        let email = person.and_then(|p| p.email.clone()).unwrap_or_default();
        (email, has_password(&seat.who), people)
    });
    html(&Screen { p, contacts, drill, devices, push_key, email, chosen: seat.t.0.code(), has_password, people })
}

async fn keys(post: Post) -> Response {
    let value = if post.fields.get("keys") == "off" { "off" } else { "on" };
    with_cookie(see_other("/people/me"), &setting(KEYS_COOKIE, value))
}

async fn password(post: Post) -> Answer {
    let Post { seat, fields } = post;
    let page = || Page::new(&seat, "me");
    let (door, now) = (&seat.app.0.setup.door, seat.app.now());
    // Whoever sits down at a screen that was left open must not be able to keep its owner out. Who never had a password
    // (in the demo) has none to give.
    if let Some(old) = seat.app.read(|s| s.passwords.get(&seat.who).cloned()) {
        match door.knock(seat.who.as_str(), seat.from, now, Some(old), fields.raw("old").to_owned()).await {
            Knock::Right => {}
            Knock::Wrong => return Err(invalid(page(), seat.t.s("password-old-wrong"), "/people/me")),
            Knock::Wait => return Err(invalid(page(), seat.t.s("login-wait"), "/people/me")),
        }
    }
    if let Some(key) = weak(fields.raw("password"), fields.raw("again")) {
        return Err(invalid(page(), seat.t.s(key), "/people/me"));
    }
    let hashed = door.hash(fields.raw("password").to_owned()).await;
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

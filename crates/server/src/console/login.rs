//! Sign in, sign out, and the switch of languages.

use askama::Template;
use axum::Router;
use axum::extract::{Query, Request, State as Extract};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use noout_core::engine::Command;
use noout_types::{Lang, PersonId};
use serde::Deserialize;

use super::door::{Knock, address};
use super::http::{Answer, html, html_with, own_path, refused, see_other, with_cookie};
use super::page::Page;
use super::seat::{LANG_COOKIE, Post, fields, language, setting, sign_in, sign_out};
use crate::App;

pub(super) fn router() -> Router<App> {
    Router::new().route("/login", get(show).post(sign)).route("/logout", post(out)).route("/language", post(switch))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "login.html")]
struct Screen {
    p: Page,
    next: String,
    who: String,
    trouble: Option<String>,
    nobody_yet: bool,
}

fn screen(app: &App, headers: &HeaderMap, next: &str) -> Screen {
    let p = Page::outside(app, language(headers, None), "/login", "login-title");
    let nobody_yet = app.read(|s| s.passwords.is_empty());
    Screen { p, next: own_path(next).to_owned(), who: String::new(), trouble: None, nobody_yet }
}

async fn show(Extract(app): Extract<App>, headers: HeaderMap, Query(asked): Query<Asked>) -> Response {
    // In the demo nobody has a password: the start page signs in.
    if app.demo().is_some() {
        return see_other("/");
    }
    html(&screen(&app, &headers, &asked.next))
}

async fn sign(Extract(app): Extract<App>, request: Request) -> Answer {
    let headers = request.headers().clone();
    let from = address(request.extensions(), request.headers());
    let form = fields(request, &app).await?;
    let who = form.owned("person");
    let again = |status, key: &str| {
        let mut screen = screen(&app, &headers, form.get("next"));
        screen.trouble = Some(screen.p.s(key));
        screen.who = form.owned("person");
        html_with(status, &screen)
    };
    let id: Option<PersonId> = who.parse().ok();
    let hash = id.as_ref().and_then(|id| app.read(|s| s.passwords.get(id).cloned()));
    let knock = app.0.setup.door.knock(&who, from, app.now(), hash, form.raw("password").to_owned()).await;
    let id = match (knock, id) {
        (Knock::Right, Some(id)) => id,
        (Knock::Wait, _) => return Err(again(StatusCode::TOO_MANY_REQUESTS, "login-wait")),
        (Knock::Right | Knock::Wrong, _) => return Err(again(StatusCode::UNAUTHORIZED, "login-wrong")),
    };
    Ok(with_cookie(see_other(own_path(form.get("next"))), &sign_in(&app, &id)))
}

async fn out(post: Post) -> Answer {
    let seat = post.seat;
    let command = Command::EndSession { person: seat.who.clone(), session: seat.session.clone(), until: seat.until };
    seat.command(command).await.map_err(|why| refused(Page::new(&seat, "me"), &why, "/people/me"))?;
    Ok(with_cookie(see_other("/login"), &sign_out(&seat.app)))
}

/// Needs no session: a page's link may be switched too, and a language harms nobody.
async fn switch(Extract(app): Extract<App>, request: Request) -> Answer {
    let form = fields(request, &app).await?;
    let back = see_other(own_path(form.get("back")));
    Ok(match Lang::from_code(form.get("lang")) {
        Some(lang) => with_cookie(back, &setting(LANG_COOKIE, lang.code())),
        None => back,
    })
}

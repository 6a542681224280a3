//! Sign in, sign out, and the switch of languages.

use askama::Template;
use axum::Router;
use axum::extract::{Query, Request, State as Extract};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use noout_types::{Lang, PersonId};
use serde::Deserialize;

use super::http::{Answer, html, html_with, own_path, see_other, with_cookie};
use super::page::Page;
use super::seat::{LANG_COOKIE, Post, fields, language, setting, sign_in, sign_out};
use crate::App;

/// A hash that no password has: checked where the name is unknown, so that the answer takes as long.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9vdXQtbm9ib2R5ISE$4HUi3PBGf8HTzRnSkKKVQ6CF5XNNFy2cy1T3z5Yqk2c";

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
    let form = fields(request, &app).await?;
    let (who, now) = (form.owned("person"), app.now());
    let again = |status, key: &str| {
        let mut screen = screen(&app, &headers, form.get("next"));
        screen.trouble = Some(screen.p.s(key));
        screen.who = form.owned("person");
        html_with(status, &screen)
    };
    if !app.0.setup.may_try(&who, now) {
        return Err(again(StatusCode::TOO_MANY_REQUESTS, "login-wait"));
    }
    let id: Option<PersonId> = who.parse().ok();
    let hash = id.as_ref().and_then(|id| app.read(|s| s.passwords.get(id).cloned()));
    let right = holds(hash, form.raw("password").to_owned()).await;
    let Some(id) = id.filter(|_| right) else {
        app.0.setup.failed(&who, now);
        return Err(again(StatusCode::UNAUTHORIZED, "login-wrong"));
    };
    Ok(with_cookie(see_other(own_path(form.get("next"))), &sign_in(&app, &id)))
}

/// Whether a password fits a hash; a missing hash takes as long and never fits.
async fn holds(hash: Option<String>, password: String) -> bool {
    use argon2::password_hash::PasswordVerifier as _;
    use argon2::password_hash::phc::PasswordHash;
    let known = hash.is_some();
    let work = move || {
        let text = hash.unwrap_or_else(|| NOBODY.to_owned());
        PasswordHash::new(&text)
            .is_ok_and(|hash| argon2::Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    };
    tokio::task::spawn_blocking(work).await.unwrap_or(false) && known
}

async fn out(post: Post) -> Response {
    with_cookie(see_other("/login"), &sign_out(&post.seat.app))
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

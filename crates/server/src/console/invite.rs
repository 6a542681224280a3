//! How a person comes to a password: by a link that an administrator makes and hands over, good once and for two days. The
//! same way leads back in for whoever forgot theirs.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Request, State as Extract};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use noout_core::engine::Command;
use noout_core::{Actor, Input};
use noout_types::{PersonId, Timestamp};

use super::http::{Answer, html, html_with, invalid, refused, see_other, with_cookie};
use super::names::name;
use super::page::Page;
use super::seat::{Post, fields, generation, language, sign_in};
use super::setup::weak;
use crate::keys::{INVITE_LIFE, Invite};
use crate::{App, SubmitError};

pub(super) fn router() -> Router<App> {
    Router::new().route("/people/{person}/invite", post(make)).route("/invite/{token}", get(show).post(choose))
}

/// Makes the link for a person, and gives it with its end. Who may is the core's to say; that it was done is in the journal,
/// the link is not.
pub(crate) async fn invite(app: &App, by: Actor, person: &PersonId) -> Result<(String, Timestamp), SubmitError> {
    app.submit(Input::Command { by, command: Command::Invite { person: person.clone() } }).await?;
    let until = INVITE_LIFE.after(app.now());
    let invite = Invite { person: person.clone(), generation: generation(app, person), until };
    Ok((format!("{}/invite/{}", app.base_url(), app.keys().invite(&invite)), until))
}

/// Whom a link invites, as long as it is good.
fn invited(app: &App, token: &str) -> Option<PersonId> {
    let invite = app.keys().read_invite(token, app.now()).ok()?;
    let known = app.read(|s| s.config.person(&invite.person).is_some());
    (known && generation(app, &invite.person) == invite.generation).then_some(invite.person)
}

#[derive(Template)]
#[template(path = "invited.html")]
struct Made {
    p: Page,
    who: String,
    url: String,
    until: String,
}

async fn make(Path(person): Path<String>, post: Post) -> Answer {
    let seat = post.seat;
    let p = Page::new(&seat, "me");
    let unknown = noout_core::Refusal::Unknown { what: "person", id: person.clone() };
    let id: PersonId = person.parse().map_err(|_| refused(p.clone(), &unknown.into(), "/people/me"))?;
    let made = invite(&seat.app, seat.actor(), &id).await;
    let (url, until) = made.map_err(|why| refused(p.clone(), &why, "/people/me"))?;
    let who = seat.app.read(|s| name(s, &id));
    let mut p = p.titled(seat.t.a("invited-title", &[("who", &who)]));
    p.is_live = false;
    let until = p.watch.exact(until);
    Ok(html(&Made { p, who, url, until }))
}

#[derive(Template)]
#[template(path = "invite.html")]
struct Screen {
    p: Page,
    token: String,
    /// Who is invited; nobody if the link is not good.
    who: Option<String>,
}

fn screen(app: &App, headers: &HeaderMap, token: &str, who: Option<&PersonId>) -> Response {
    let own = who.and_then(|id| app.read(|s| s.config.person(id).map(|p| p.language)));
    let p = Page::outside(app, language(headers, own), "/", "invite-title");
    let who = who.map(|id| app.read(|s| name(s, id)));
    let status = if who.is_some() { StatusCode::OK } else { StatusCode::FORBIDDEN };
    html_with(status, &Screen { p, token: token.to_owned(), who })
}

async fn show(Extract(app): Extract<App>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let who = invited(&app, &token);
    screen(&app, &headers, &token, who.as_ref())
}

async fn choose(Extract(app): Extract<App>, Path(token): Path<String>, request: Request) -> Answer {
    let headers = request.headers().clone();
    let form = fields(request, &app).await?;
    let closed = || screen(&app, &headers, &token, None);
    let page = || Page::outside(&app, language(&headers, None), "/", "invite-title");
    let back = format!("/invite/{token}");
    invited(&app, &token).ok_or_else(closed)?;
    if let Some(key) = weak(form.raw("password"), form.raw("again")) {
        return Err(invalid(page(), page().s(key), &back));
    }
    let hash = app.0.setup.door.hash(form.raw("password").to_owned()).await;
    let hash = hash.ok_or_else(|| invalid(page(), page().s("password-failed"), &back))?;
    // Looked at again: meanwhile the link may have been used.
    let person = invited(&app, &token).ok_or_else(closed)?;
    let command = Command::SetPassword { person: person.clone(), hash };
    let set = app.submit(Input::Command { by: Actor::Person(person.clone()), command }).await;
    set.map_err(|why| refused(page(), &why, &back))?;
    Ok(with_cookie(see_other("/"), &sign_in(&app, &person)))
}

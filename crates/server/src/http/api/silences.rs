//! `/api/v1/silences…`

use axum::extract::{Path, Query, State};
use axum::routing::{delete, get};
use axum::{Json, Router};
use noout_api as wire;
use noout_core::engine::Command;
use noout_core::silence::{Silence, SilenceCommand, Standing};
use serde::Deserialize;

use super::super::held::held;
use super::{Answer, Caller, Sent, command, number};
use crate::App;

pub(super) fn router() -> Router<App> {
    Router::new().route("/silences", get(list).post(set)).route("/silences/{id}", delete(end))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    all: bool,
}

async fn list(State(app): State<App>, _: Caller, Query(asked): Query<Asked>) -> Answer<Vec<wire::Silence>> {
    let now = app.now();
    let held = held(&app, now, 0).await;
    Ok(Json(app.read(|s| {
        let one = |silence: &Silence| {
            let standing = silence.standing(now);
            wire::Silence {
                id: silence.id,
                matchers: silence.matchers.clone(),
                starts_at: silence.starts_at,
                ends_at: silence.ends_at,
                author: silence.author.clone(),
                comment: silence.comment.clone(),
                state: word(standing).to_owned(),
                alerts: held.get(&silence.id).map_or(0, |held| held.alerts),
            }
        };
        let mut found: Vec<_> =
            s.silences.all().filter(|x| asked.all || x.standing(now) != Standing::Expired).map(one).collect();
        found.reverse();
        found
    })))
}

fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Pending => "pending",
        Standing::Active => "active",
        Standing::Expired => "expired",
    }
}

async fn set(State(app): State<App>, by: Caller, Sent(sent): Sent<wire::SetSilence>) -> Answer<wire::Accepted> {
    let wire::SetSilence { id, matchers, starts_at, ends_at, author, comment } = sent;
    let starts_at = starts_at.unwrap_or_else(|| app.now());
    let set = SilenceCommand::Set { id, matchers, starts_at, ends_at, author, comment };
    command(&app, by, Command::Silence(set)).await
}

async fn end(State(app): State<App>, by: Caller, Path(text): Path<String>) -> Answer<wire::Accepted> {
    command(&app, by, Command::Silence(SilenceCommand::End(number("silence", &text)?))).await
}

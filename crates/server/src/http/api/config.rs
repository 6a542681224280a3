//! `/api/v1/config…`: texts in, checked here as offline; what is applied stays as a version.

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use noout_api::{self as wire, MAX_LIST};
use noout_calendar::Override;
use noout_core::Actor;
use noout_core::config::{Checked, Config, Role, check, check_with};
use noout_core::engine::Command;
use noout_core::journal::Document;
use noout_types::Timestamp;
use serde::Deserialize;

use super::failure::Failure;
use super::{Answer, Caller, Sent, blocking, command, require, view};
use crate::App;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/config", get(show).post(apply))
        .route("/config/check", post(look))
        .route("/config/versions", get(versions))
        .route("/config/rollback", post(rollback))
}

/// A configuration as its document holds it.
#[derive(Deserialize)]
struct Kept {
    version: u64,
    by: Actor,
    text: String,
}

fn version(document: &Document, with_text: bool) -> Option<wire::ConfigVersion> {
    let kept: Kept = serde_json::from_value(view::body(document)).ok()?;
    let text = with_text.then_some(kept.text);
    Some(wire::ConfigVersion { version: kept.version, at: document.at, by: kept.by.to_string(), text })
}

async fn find(app: App, number: u64) -> Result<wire::ConfigVersion, Failure> {
    let document = blocking(move || app.reader().document("config", &number.to_string())).await??;
    document.and_then(|d| version(&d, true)).ok_or_else(|| Failure::unknown("configuration", &number.to_string()))
}

async fn show(State(app): State<App>, by: Caller) -> Answer<wire::ConfigVersion> {
    // The text may hold what should have been named only: for those who may change it.
    require(&app, &by.0, Role::Admin)?;
    let number = app.read(|s| s.config_version);
    Ok(Json(find(app, number).await?))
}

async fn versions(State(app): State<App>, _: Caller) -> Answer<Vec<wire::ConfigVersion>> {
    let documents = blocking(move || app.reader().documents("config", None, None, MAX_LIST)).await??;
    Ok(Json(documents.iter().filter_map(|d| version(d, false)).collect()))
}

async fn look(State(app): State<App>, _: Caller, Sent(sent): Sent<wire::ConfigText>) -> Answer<wire::Checked> {
    let now = app.now();
    let overrides = live_overrides(&app);
    let (_, found) = blocking(move || checked(&sent.text, now, &overrides)).await?;
    Ok(Json(wire::Checked { ok: found.ok, errors: found.errors, warnings: found.warnings }))
}

async fn apply(State(app): State<App>, by: Caller, Sent(sent): Sent<wire::ConfigText>) -> Answer<wire::Accepted> {
    put(app, by, sent.text, sent.force).await
}

async fn rollback(State(app): State<App>, by: Caller, Sent(sent): Sent<wire::Rollback>) -> Answer<wire::Accepted> {
    require(&app, &by.0, Role::Admin)?;
    let found = find(app.clone(), sent.version).await?;
    put(app, by, found.text.unwrap_or_default(), sent.force).await
}

fn live_overrides(app: &App) -> Vec<Override> {
    app.read(|s| s.overrides.values().cloned().collect())
}

/// A gap of the file that an override fills is none. One that only an override makes is no fault of the file.
fn checked(text: &str, now: Timestamp, overrides: &[Override]) -> (Option<Config>, Checked) {
    let alone = check(text, now);
    if alone.1.ok { alone } else { check_with(text, now, overrides) }
}

/// What changes only when noout starts anew.
fn needs_restart(before: &Config, now: &Config) -> Vec<String> {
    let fields = [
        ("server.listen", before.server.listen == now.server.listen),
        ("server.status_listen", before.server.status_listen == now.server.status_listen),
        ("smtp_in", before.smtp_in == now.smtp_in),
    ];
    fields.iter().filter(|(_, same)| !same).map(|(name, _)| (*name).to_owned()).collect()
}

/// A version that was good once may not be today: people's turns go on. So it is checked again.
async fn put(app: App, by: Caller, text: String, force: bool) -> Answer<wire::Accepted> {
    require(&app, &by.0, Role::Admin)?;
    let now = app.now();
    let overrides = live_overrides(&app);
    let (checked, text) = blocking(move || (checked(&text, now, &overrides), text)).await?;
    match checked {
        (Some(config), found) if found.ok => {
            if let Err(why) = crate::boot::channels_of(&app, &config) {
                return Err(Failure::invalid(format!("the configuration was not applied: {why}")));
            }
            let restart = app.read(|s| needs_restart(&s.config, &config));
            let Json(mut accepted) =
                command(&app, by, Command::ApplyConfig { text, config: Box::new(config), force }).await?;
            accepted.restart = restart;
            Ok(Json(accepted))
        }
        (_, found) => Err(Failure::config(found.errors)),
    }
}

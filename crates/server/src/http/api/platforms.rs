//! `/api/v1/lab…`: what operators break on purpose. Only labs can be broken: no other platform is reached from here.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use noout_api as wire;
use noout_core::config::Role;
use noout_drivers::lab::{BREAK_WORDS, Break, Lab, LabError};
use noout_types::PlatformId;

use super::failure::Failure;
use super::{Answer, Caller, Sent, blocking, require};
use crate::App;

/// The word that mends everything.
const ALL: &str = "all";

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/labs", get(list))
        .route("/lab/{platform}/break", post(provoke))
        .route("/lab/{platform}/mend", post(mend))
}

fn failed(error: LabError) -> Failure {
    match error {
        LabError::Mischief(why) => Failure::conflict(why.to_string()),
        other => {
            tracing::error!(why = %other, "a lab cannot be used");
            Failure::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", other.to_string())
        }
    }
}

async fn list(State(app): State<App>, _: Caller) -> Answer<Vec<wire::Lab>> {
    let platforms = app.platforms();
    let found = blocking(move || {
        let one = |(id, lab): (&PlatformId, &Lab)| {
            let world = lab.world()?;
            let can_break = BREAK_WORDS.map(|(words, meaning)| (words.to_owned(), meaning.to_owned())).to_vec();
            Ok(wire::Lab { platform: id.clone(), broken: world.broken().map(ToString::to_string).collect(), can_break })
        };
        platforms.labs().map(one).collect::<Result<_, LabError>>()
    });
    Ok(Json(found.await?.map_err(failed)?))
}

async fn provoke(
    State(app): State<App>,
    by: Caller,
    Path(platform): Path<String>,
    Sent(sent): Sent<wire::Mischief>,
) -> Answer<wire::Accepted> {
    let what = words(&sent.what)?;
    with(app, by, &platform, move |lab| lab.provoke(&what)).await
}

async fn mend(
    State(app): State<App>,
    by: Caller,
    Path(platform): Path<String>,
    Sent(sent): Sent<wire::Mischief>,
) -> Answer<wire::Accepted> {
    if sent.what.trim() == ALL {
        return with(app, by, &platform, Lab::mend_all).await;
    }
    let what = words(&sent.what)?;
    with(app, by, &platform, move |lab| lab.mend(&what)).await
}

fn words(text: &str) -> Result<Break, Failure> {
    text.parse().map_err(|e: noout_drivers::lab::BreakError| Failure::invalid(e.to_string()))
}

async fn with(
    app: App,
    by: Caller,
    platform: &str,
    how: impl FnOnce(&Lab) -> Result<(), LabError> + Send + 'static,
) -> Answer<wire::Accepted> {
    require(&app, &by.0, Role::Operator)?;
    let lab = platform.parse().ok().and_then(|id| app.platforms().lab(&id).cloned());
    let lab = lab.ok_or_else(|| Failure::unknown("lab", platform))?;
    blocking(move || how(&lab)).await?.map_err(failed)?;
    Ok(Json(wire::Accepted { seq: app.read(|s| s.seq), changed: true, ..wire::Accepted::default() }))
}

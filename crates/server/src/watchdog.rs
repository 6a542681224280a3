//! Tells watchers outside that paging works, as long as it does: whoever hears nothing knows that noout is dead.

use std::collections::BTreeMap;
use std::time::Duration;

use noout_core::{Input, State};
use noout_notify::{HttpSettings, Watchdog};
use noout_types::Timestamp;

use crate::App;

/// A writer that takes nothing for so long is stuck: its disk stalls.
const WRITER_LIMIT: Duration = Duration::from_secs(10);

/// Pings for ever, as the configuration of the moment says.
pub(crate) async fn run(app: App) {
    let client = match Watchdog::new(&HttpSettings::default()) {
        Ok(client) => client,
        Err(why) => return tracing::error!(why = %noout_types::with_sources(&why), "nobody outside can be told"),
    };
    // What each watcher said last, so that the log has changes only.
    let mut heard: BTreeMap<String, Result<(), String>> = BTreeMap::new();
    loop {
        let rules = app.read(|s| s.config.watchdog.clone());
        if !rules.urls.is_empty() {
            let sick = trouble(&app).await;
            if let Some(why) = &sick {
                tracing::error!(%why, "paging does not work; the watchers are told");
            }
            for (place, name) in rules.urls.iter().enumerate() {
                let told = match crate::secret::read_url(name) {
                    Ok(url) => client.tell(&url, sick.is_none()).await,
                    Err(why) => Err(why),
                };
                app.metrics().pinged(told.is_ok());
                if heard.get(name) != Some(&told) {
                    match &told {
                        Ok(()) => tracing::info!(place, "the watcher outside heard"),
                        Err(why) => tracing::error!(place, %why, "the watcher outside was not reached"),
                    }
                    heard.insert(name.clone(), told);
                }
            }
        }
        tokio::time::sleep(rules.every.std()).await;
    }
}

/// Why paging does not work.
async fn trouble(app: &App) -> Option<String> {
    match tokio::time::timeout(WRITER_LIMIT, app.submit_patiently(Input::Tick)).await {
        Ok(Ok(_)) => app.read(|s| stuck(s, app.now())),
        Ok(Err(why)) => Some(format!("the journal takes nothing: {why}")),
        Err(_elapsed) => Some(format!("the journal has taken nothing for {} s", WRITER_LIMIT.as_secs())),
    }
}

fn stuck(state: &State, now: Timestamp) -> Option<String> {
    let (since, page) = state.stuck_page(now)?;
    Some(format!("page {} to {} has not left since {since}", page.id, page.person))
}

//! The last look at each platform, kept for a few seconds so that open pages do not ask it again and again.

use std::collections::BTreeMap;
use std::time::Duration;

use noout_core::platform::{ComputeView, StorageView};
use noout_types::{HostId, PlatformId, Span, Timestamp};
use parking_lot::Mutex;

use crate::App;

/// A look is used again for this long.
const FRESH: Span = Span::from_secs(4);

/// A look older than this says nothing any more.
pub(super) const STALE: Span = Span::from_secs(60);

/// A page does not wait longer than this for a platform.
const PATIENCE: Duration = Duration::from_secs(3);

/// What was seen of a platform.
#[derive(Debug, Clone, Default)]
pub(super) struct Look {
    /// When it was asked last.
    pub asked_at: Option<Timestamp>,
    /// The last view that came.
    pub compute: Option<ComputeView>,
    pub storage: Option<StorageView>,
    /// Why the last question had no answer.
    pub trouble: Option<String>,
}

impl Look {
    /// When the view was taken, if it still says something.
    pub fn fresh_at(&self, now: Timestamp) -> Option<Timestamp> {
        let taken = self.compute.as_ref()?.taken_at;
        (Span::between(taken, now) <= STALE).then_some(taken)
    }
}

/// The looks by platform.
#[derive(Default)]
pub(super) struct Views(Mutex<BTreeMap<PlatformId, Look>>);

/// A platform as it is now, or as it was seconds ago.
pub(super) async fn look(app: &App, id: &PlatformId) -> Look {
    let views = &app.0.setup.views.0;
    let now = app.now();
    let before = views.lock().get(id).cloned().unwrap_or_default();
    if before.asked_at.is_some_and(|at| Span::between(at, now) < FRESH && at <= now) {
        return before;
    }
    let mut after = Look { asked_at: Some(now), trouble: None, ..before };
    match tokio::time::timeout(PATIENCE, observe(app, id)).await {
        Ok(Ok((compute, storage))) => {
            after.compute = Some(compute);
            after.storage = storage;
        }
        Ok(Err(why)) => after.trouble = Some(why),
        Err(_elapsed) => after.trouble = Some(format!("{id} does not answer within {PATIENCE:?}")),
    }
    views.lock().insert(id.clone(), after.clone());
    after
}

async fn observe(app: &App, id: &PlatformId) -> Result<(ComputeView, Option<StorageView>), String> {
    let platforms = app.platforms();
    let compute = platforms.compute(id).ok_or_else(|| format!("{id} has no driver for guests"))?;
    let view = compute.observe().await.map_err(|e| e.to_string())?;
    let storage_id = app.read(|s| s.config.storage_of(id).map(|p| p.id.clone()));
    let about: Option<HostId> = view.inventory.hosts.first().map(|h| h.id.clone());
    let storage = match (storage_id.and_then(|id| platforms.storage(&id)), about) {
        // Half a view is still worth showing: what is missing is shown as unknown.
        (Some(storage), Some(about)) => storage.observe(&about).await.ok(),
        _ => None,
    };
    Ok((view, storage))
}

/// The looks that are at hand, without asking.
pub(super) fn at_hand(app: &App, id: &PlatformId) -> Look {
    app.0.setup.views.0.lock().get(id).cloned().unwrap_or_default()
}

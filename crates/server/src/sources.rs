//! Who sends alerts, and what became of them: for the API and the console alike.

use std::collections::{BTreeMap, BTreeSet};

use noout_api as wire;
use noout_core::State;
use noout_core::alert::LOOPBACK;
use noout_core::config::{DEFAULT_RATE, SourceKind};
use noout_core::heartbeat;
use noout_store::StoreError;
use noout_types::{IncidentId, SourceId, Timestamp};

use crate::App;

/// The last lines of a source's timeline in which beginnings are counted that came too late.
const LINES: usize = 500;

/// The timeline's subject.
pub(crate) fn subject(id: &SourceId) -> String {
    format!("source/{id}")
}

/// What the state says of a source.
#[derive(Default)]
struct Seen {
    firing: u64,
    updated: Option<Timestamp>,
    overflow: Vec<IncidentId>,
}

/// All sources that are configured, were heard since the start, or have something that fires. Reads timelines: not for an
/// async thread.
///
/// # Errors
/// The read tables cannot be read.
pub(crate) fn all(app: &App) -> Result<Vec<wire::Source>, StoreError> {
    let (seen, configured) = app.read(|s| {
        let ids: Vec<SourceId> = s.config.sources.iter().map(|source| source.id.clone()).collect();
        (seen(s), ids)
    });
    let ids: BTreeSet<SourceId> = seen.keys().cloned().chain(configured).chain(app.metrics().heard()).collect();
    ids.into_iter().map(|id| of(app, &id, seen.get(&id))).collect()
}

/// One source, if there is any trace of it.
///
/// # Errors
/// The read tables cannot be read.
pub(crate) fn one(app: &App, id: &SourceId) -> Result<Option<wire::Source>, StoreError> {
    let (seen, known) = app.read(|s| (seen(s).remove(id), s.config.sources.iter().any(|source| source.id == *id)));
    let found = of(app, id, seen.as_ref())?;
    let trace = known || seen.is_some() || found.last_heard.is_some() || found.refused > 0 || found.late > 0;
    Ok(trace.then_some(found))
}

fn seen(state: &State) -> BTreeMap<SourceId, Seen> {
    let mut all: BTreeMap<SourceId, Seen> = BTreeMap::new();
    for (_, alert) in state.alerts.iter() {
        // Looked up first, so that a storm makes no name a hundred thousand times.
        if !all.contains_key(&alert.source) {
            all.insert(alert.source.clone(), Seen::default());
        }
        if let Some(seen) = all.get_mut(&alert.source) {
            seen.firing += 1;
            seen.updated = seen.updated.max(Some(alert.updated_at));
        }
    }
    for incident in state.incidents.iter() {
        let Some(rest) = incident.opened.key.strip_prefix("overflow/") else { continue };
        let source = rest.split('/').next().unwrap_or_default();
        if let Some(seen) = all.get_mut(source) {
            seen.overflow.push(incident.opened.id);
        }
    }
    all
}

fn of(app: &App, id: &SourceId, seen: Option<&Seen>) -> Result<wire::Source, StoreError> {
    let (accepted, refused, heard) = app.metrics().of_source(id);
    let rows = app.reader().timeline_latest(&subject(id), LINES)?;
    let late = rows.iter().filter(|row| row.what == "alert_late").count() as u64;
    let configured = app.read(|s| s.config.sources.iter().find(|source| source.id == *id).map(|s| (s.kind, s.rate)));
    let kind = match configured {
        None if id.as_str() == LOOPBACK => "keyless",
        None if id.as_str() == heartbeat::SOURCE => "own",
        None => "unlisted",
        Some((SourceKind::Alerts, _)) => "alerts",
        Some((SourceKind::Requests, _)) => "requests",
    };
    Ok(wire::Source {
        id: id.clone(),
        kind: kind.to_owned(),
        // What noout says itself has no limit.
        rate: Some(configured.map_or(DEFAULT_RATE, |(_, rate)| rate)).filter(|rate| *rate > 0 && kind != "own"),
        last_heard: heard.max(seen.and_then(|seen| seen.updated)),
        since: app.started_at(),
        firing: seen.map_or(0, |seen| seen.firing),
        accepted,
        refused,
        late,
        overflow: seen.map(|seen| seen.overflow.clone()).unwrap_or_default(),
    })
}

//! Where alerts go and would have gone, from the journal: for the API and the console alike.

use noout_api as wire;
use noout_core::Event;
use noout_core::alert::AlertEvent;
use noout_core::config::Config;
use noout_core::routing::{Replay, beside, test};
use noout_store::StoreError;
use noout_types::{Labels, Span, Timestamp};

use crate::App;

/// Records of the journal's end that are looked through for real alerts.
const RECENT_RECORDS: u64 = 20_000;

/// Records that are read at once.
const CHUNK: usize = 5_000;

/// The furthest that is replayed.
pub(crate) const MAX_REPLAY: Span = Span::from_hours(24 * 92);

/// Pages that are listed one by one, each way.
const MAX_DIFFERENCES: usize = 200;

/// Where a label set would go at an instant, and the real alerts beside it. Reads the journal: not for an async thread.
///
/// # Errors
/// The journal cannot be read.
pub(crate) fn tested(app: &App, at: Timestamp, labels: &Labels) -> Result<wire::RouteTest, StoreError> {
    let (tested, config) = app.read(|s| (test(s, at, labels), s.config.clone()));
    let real = recent(app)?;
    let beside = beside(&config, labels, real.iter().map(|(at, labels)| (*at, labels)));
    Ok(wire::RouteTest::new(tested, Some(beside)))
}

/// The alerts that came in lately, oldest first.
///
/// # Errors
/// The journal cannot be read.
pub(crate) fn recent(app: &App) -> Result<Vec<(Timestamp, Labels)>, StoreError> {
    let reader = app.reader();
    let mut after = reader.head()?.seq.saturating_sub(RECENT_RECORDS);
    let mut found = Vec::new();
    loop {
        let records = reader.records(after, CHUNK)?;
        let Some(last) = records.last() else { return Ok(found) };
        after = last.seq;
        for record in records {
            if let Ok(Event::Alert(AlertEvent::Received { firing, .. })) = Event::decode(&record.body) {
                found.extend(firing.into_iter().map(|(_, alert)| (record.at, alert.labels)));
            }
        }
    }
}

/// Whom the alerts of so long would have paged, by a configuration or by what was in force. Reads the whole journal.
///
/// # Errors
/// The journal cannot be read.
pub(crate) fn replayed(app: &App, config: Option<Config>, since: Span) -> Result<wire::Replay, StoreError> {
    let now = app.now();
    let mut replay = Replay::new(config, since.before(now));
    let reader = app.reader();
    let mut after = 0;
    loop {
        let records = reader.records(after, CHUNK)?;
        let Some(last) = records.last() else { break };
        after = last.seq;
        for record in &records {
            // What a newer noout wrote tells nothing here; the server itself would not have started on it.
            if let Ok(event) = Event::decode(&record.body) {
                replay.record(record.at, &event);
            }
        }
    }
    Ok(wire::Replay::new(&replay.finish(now), MAX_DIFFERENCES))
}

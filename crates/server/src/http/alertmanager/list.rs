//! Long lists as Alertmanager writes them, chunk by chunk, so that neither memory nor the writer has to hold a storm at once. What
//! comes or goes meanwhile may or may not be in an answer.

use std::ops::Bound;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use noout_core::State as Core;
use noout_core::alert::{Alert, RESOLVE_TIMEOUT};
use noout_core::incident::Incident;
use noout_types::{Fingerprint, IncidentId, Pairs, Timestamp};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::{ACTIVE, NO_RECEIVER, Status, Wanted};
use crate::App;

/// Alerts that are looked at in one go: the writer waits meanwhile, less than a millisecond.
const CHUNK: usize = 1024;

/// Room for a chunk of usual alerts.
const CHUNK_BYTES: usize = 1 << 20;

/// The status of an alert that nothing holds back: of most.
const NOT_HELD_BACK: &[u8] = br#"{"inhibitedBy":[],"mutedBy":[],"silencedBy":[],"state":"active"}"#;

/// A list on its way out.
pub(super) trait Chunks: Send + 'static {
    /// Writes the next chunk and gives whether there is more.
    fn write(&mut self, state: &Core, now: Timestamp, out: &mut Vec<u8>) -> bool;
}

/// Answers with a list as an array. One chunk is written while the one before leaves; whoever reads slowly holds no more than
/// those, and whoever goes away ends it.
pub(super) fn stream(app: App, mut list: impl Chunks) -> Response {
    let (sender, chunks) = mpsc::channel(1);
    tokio::spawn(async move {
        let (mut more, mut first) = (true, true);
        while more {
            let mut out = Vec::with_capacity(CHUNK_BYTES);
            if std::mem::take(&mut first) {
                out.push(b'[');
            }
            let now = app.now();
            more = app.read(|state| list.write(state, now, &mut out));
            if !more {
                out.push(b']');
            }
            if sender.send(Ok::<_, std::convert::Infallible>(Bytes::from(out))).await.is_err() {
                return;
            }
        }
    });
    ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(ReceiverStream::new(chunks))).into_response()
}

/// All alerts that are wanted, by fingerprint.
pub(super) struct Alerts {
    wanted: Wanted,
    after: Option<Fingerprint>,
    first: bool,
}

impl Alerts {
    pub(super) fn new(wanted: Wanted) -> Self {
        Self { wanted, after: None, first: true }
    }
}

impl Chunks for Alerts {
    fn write(&mut self, state: &Core, now: Timestamp, out: &mut Vec<u8>) -> bool {
        let mut looked = 0;
        for (fp, alert) in state.alerts.after(self.after).take(CHUNK) {
            looked += 1;
            self.after = Some(fp);
            if !self.wanted.takes(&alert.labels) {
                continue;
            }
            let receiver = state.incidents.get(alert.incident).map_or(NO_RECEIVER, receiver_of);
            let Some(status) = self.wanted.status(state, now, fp, alert, receiver) else { continue };
            if !std::mem::take(&mut self.first) {
                out.push(b',');
            }
            write_alert(out, now, fp, alert, receiver, &status);
        }
        looked == CHUNK
    }
}

/// All incidents with the alerts of each that are wanted, oldest first.
pub(super) struct Groups {
    wanted: Wanted,
    /// The incident that was looked at last.
    incident: Option<IncidentId>,
    /// Whether its alerts are not through yet, and after which one they go on.
    within: Option<Option<Fingerprint>>,
    /// How its group ends, once it has begun.
    tail: Option<Vec<u8>>,
    first: bool,
}

impl Groups {
    pub(super) fn new(wanted: Wanted) -> Self {
        Self { wanted, incident: None, within: None, tail: None, first: true }
    }

    /// The incident in which to go on, and after which of its alerts.
    fn place<'s>(&mut self, state: &'s Core, out: &mut Vec<u8>) -> Option<(&'s Incident, Option<Fingerprint>)> {
        if let Some(after) = self.within {
            if let Some(incident) = self.incident.and_then(|id| state.incidents.get(id)) {
                return Some((incident, after));
            }
            // It closed since the last chunk.
            self.end(out);
        }
        let next = state.incidents.after(self.incident).next()?;
        (self.incident, self.within) = (Some(next.opened.id), Some(None));
        Some((next, None))
    }

    fn begin(&mut self, state: &Core, receiver: &str, alert: &Alert, out: &mut Vec<u8>) {
        if !std::mem::take(&mut self.first) {
            out.push(b',');
        }
        out.extend_from_slice(b"{\"alerts\":[");
        let mut tail = b"],\"labels\":".to_vec();
        tail.extend_from_slice(group_labels(state, alert).json().as_bytes());
        tail.extend_from_slice(b",\"receiver\":{\"name\":");
        write_text(&mut tail, receiver);
        tail.extend_from_slice(b"}}");
        self.tail = Some(tail);
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.within = None;
        out.extend(self.tail.take().into_iter().flatten());
    }
}

impl Chunks for Groups {
    fn write(&mut self, state: &Core, now: Timestamp, out: &mut Vec<u8>) -> bool {
        let mut room = CHUNK;
        while room > 0 {
            let Some((incident, after)) = self.place(state, out) else { return false };
            let receiver = receiver_of(incident);
            let from = after.map_or(Bound::Unbounded, Bound::Excluded);
            let mut looked = 0;
            for fp in incident.alerts.range((from, Bound::Unbounded)).take(room) {
                looked += 1;
                self.within = Some(Some(*fp));
                let Some(alert) = state.alerts.get(*fp).filter(|a| self.wanted.takes(&a.labels)) else { continue };
                let Some(status) = self.wanted.status(state, now, *fp, alert, receiver) else { continue };
                if self.tail.is_some() {
                    out.push(b',');
                } else {
                    self.begin(state, receiver, alert, out);
                }
                write_alert(out, now, *fp, alert, receiver, &status);
            }
            if looked < room {
                self.end(out);
            }
            // An incident without alerts costs a look, too.
            room = room.saturating_sub(looked.max(1));
        }
        true
    }
}

fn receiver_of(incident: &Incident) -> &str {
    incident.opened.policy.as_ref().map_or(NO_RECEIVER, |p| p.as_str())
}

fn group_labels(state: &Core, alert: &Alert) -> Pairs {
    let route = state.config.routes.iter().find(|r| r.matchers.matches(&alert.labels));
    let by = route.map_or_else(|| vec!["alertname".to_owned()], |r| r.group_by.clone());
    by.iter().map(|name| (name.as_str(), alert.labels.get(name))).collect()
}

/// Alertmanager's `gettableAlert`. Written by hand: a list of a hundred thousand has some sixty megabytes.
fn write_alert(out: &mut Vec<u8>, now: Timestamp, fp: Fingerprint, alert: &Alert, receiver: &str, status: &Status) {
    out.extend_from_slice(b"{\"annotations\":");
    out.extend_from_slice(alert.annotations.json().as_bytes());
    out.extend_from_slice(b",\"endsAt\":\"");
    // Alertmanager always has an end: where only the source ends it, the same distance that it would show.
    write_time(out, alert.until.unwrap_or_else(|| RESOLVE_TIMEOUT.after(now)));
    out.extend_from_slice(b"\",\"fingerprint\":\"");
    out.extend_from_slice(hex::encode(fp.0.to_be_bytes()).as_bytes());
    out.extend_from_slice(b"\",\"receivers\":[{\"name\":");
    write_text(out, receiver);
    out.extend_from_slice(b"}],\"startsAt\":\"");
    let started = out.len();
    write_time(out, alert.starts_at);
    let started = started..out.len();
    out.extend_from_slice(b"\",\"status\":");
    if status.state == ACTIVE {
        out.extend_from_slice(NOT_HELD_BACK);
    } else {
        // Writing to memory cannot fail.
        let _infallible = serde_json::to_writer(&mut *out, status);
    }
    out.extend_from_slice(b",\"updatedAt\":\"");
    // What was sent once began when it came, most often.
    if alert.updated_at == alert.starts_at {
        out.extend_from_within(started);
    } else {
        write_time(out, alert.updated_at);
    }
    out.extend_from_slice(b"\",\"generatorURL\":");
    write_text(out, &alert.generator_url);
    out.extend_from_slice(b",\"labels\":");
    out.extend_from_slice(alert.labels.pairs().json().as_bytes());
    out.push(b'}');
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    let _infallible = serde_json::to_writer(out, text);
}

fn write_time(out: &mut Vec<u8>, at: Timestamp) {
    static PRINTER: jiff::fmt::temporal::DateTimePrinter = jiff::fmt::temporal::DateTimePrinter::new();
    let _infallible = PRINTER.print_timestamp(&at, out);
}

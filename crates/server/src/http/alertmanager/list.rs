//! Long lists as Alertmanager writes them, piece by piece, so that neither memory nor the writer has to hold a storm at once. What
//! comes or goes meanwhile may or may not be in an answer.
//!
//! The writer waits while the state is looked at, so each look is short whatever is asked for: it gathers what may be listed, or
//! writes some of it. What is compared with a stranger's regular expressions is compared in between, on copies, on a thread
//! that may block, and in turns with others.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use noout_core::State as Core;
use noout_core::alert::{Alert, RESOLVE_TIMEOUT};
use noout_core::incident::Incident;
use noout_types::{Fingerprint, IncidentId, Labels, Pairs, Timestamp};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::Instant;
use tokio_stream::wrappers::ReceiverStream;

use super::{ACTIVE, NO_RECEIVER, Status, Wanted};
use crate::App;

/// Alerts that are gathered, or written, in one look: the writer waits meanwhile, less than a millisecond.
pub(in crate::http) const CHUNK: usize = 1024;

/// Silences and rules that alerts are compared with in one look. Each comparison takes about as long as gathering an alert does.
const CHUNK_RULES: usize = 16 * CHUNK;

/// Bytes that are sent in one piece: those of a chunk of usual alerts.
const PIECE: usize = 1 << 20;

/// Comparing with what is asked for gives way to others after this long.
const TURN: Duration = Duration::from_millis(20);

/// Questions that are compared at one time. More wait: each takes a core.
static TURNS: Semaphore = Semaphore::const_new(2);

/// The status of an alert that nothing holds back: of most.
const NOT_HELD_BACK: &[u8] = br#"{"inhibitedBy":[],"mutedBy":[],"silencedBy":[],"state":"active"}"#;

/// An alert that may be listed.
#[derive(Debug)]
pub(super) struct Candidate {
    fp: Fingerprint,
    incident: IncidentId,
    /// Its labels and its receiver, where they are compared.
    compared: Option<(Labels, String)>,
}

/// In which order alerts are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// By fingerprint.
    Alerts,
    /// By incident, oldest first, and each in a group.
    Groups,
}

/// Keeps of the items those that pass, as long as a turn lasts; what is not looked at yet stays. Comparing with regular
/// expressions of strangers happens here and nowhere else.
pub(in crate::http) async fn sift<T: Send + 'static>(
    items: &mut VecDeque<T>,
    passes: Arc<dyn Fn(&T) -> bool + Send + Sync>,
) -> Vec<T> {
    let mut left = std::mem::take(items);
    let Ok(_turn) = TURNS.acquire().await else { return Vec::new() };
    let work = tokio::task::spawn_blocking(move || {
        let (begun, mut kept) = (Instant::now(), Vec::new());
        while let Some(item) = left.pop_front() {
            if passes(&item) {
                kept.push(item);
            }
            if begun.elapsed() >= TURN {
                break;
            }
        }
        (kept, left)
    });
    // It fails only when the process ends.
    let (kept, left) = work.await.unwrap_or_default();
    *items = left;
    kept
}

/// Answers with a list as an array. One piece is written while the one before leaves; whoever reads slowly holds no more than
/// those, and whoever goes away ends it.
pub(super) fn stream(app: App, order: Order, wanted: Wanted) -> Response {
    let (sender, pieces) = mpsc::channel(1);
    tokio::spawn(async move { write_all(&app, order, wanted, sender).await });
    ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(ReceiverStream::new(pieces))).into_response()
}

type Sender = mpsc::Sender<Result<Bytes, std::convert::Infallible>>;

/// Gives nothing when whoever asked is gone.
async fn write_all(app: &App, order: Order, wanted: Wanted, sender: Sender) -> Option<()> {
    let wanted = Arc::new(wanted);
    let passes = {
        let wanted = wanted.clone();
        Arc::new(move |c: &Candidate| c.compared.as_ref().is_none_or(|(l, receiver)| wanted.takes(l, receiver)))
    };
    let (mut place, mut list) = (Place::new(order), List::new(order));
    let (mut more, mut out) = (true, b"[".to_vec());
    while more {
        let (found, further) = app.read(|state| place.gather(state, wanted.compares()));
        more = further;
        let mut found = VecDeque::from(found);
        while !found.is_empty() {
            if sender.is_closed() {
                return None;
            }
            let taken = if wanted.compares() {
                sift(&mut found, passes.clone()).await
            } else {
                std::mem::take(&mut found).into()
            };
            let mut taken = taken.as_slice();
            while !taken.is_empty() {
                let now = app.now();
                taken = app.read(|state| list.write(state, now, &wanted, taken, &mut out));
                if out.len() >= PIECE / 2 {
                    let piece = std::mem::replace(&mut out, Vec::with_capacity(PIECE));
                    sender.send(Ok(Bytes::from(piece))).await.ok()?;
                }
            }
        }
    }
    list.end(&mut out);
    out.push(b']');
    sender.send(Ok(Bytes::from(out))).await.ok()
}

/// Where gathering goes on.
#[derive(Debug)]
struct Place {
    order: Order,
    /// The alert that was looked at last; of groups, within the incident.
    after: Option<Fingerprint>,
    /// Of groups, the incident that was looked at last, and whether it is through.
    incident: Option<(IncidentId, bool)>,
}

impl Place {
    fn new(order: Order) -> Self {
        Self { order, after: None, incident: None }
    }

    /// The next alerts that may be listed, and whether there are more.
    fn gather(&mut self, state: &Core, compares: bool) -> (Vec<Candidate>, bool) {
        let mut receivers = BTreeMap::new();
        let mut candidate = |fp, incident: IncidentId, labels: &Labels| {
            let mut receiver =
                || receivers.entry(incident).or_insert_with(|| receiver_of(state, incident).to_owned()).clone();
            let compared = compares.then(|| (labels.clone(), receiver()));
            Candidate { fp, incident, compared }
        };
        let mut found = Vec::with_capacity(CHUNK);
        if self.order == Order::Alerts {
            found
                .extend(state.alerts.after(self.after).take(CHUNK).map(|(fp, a)| candidate(fp, a.incident, &a.labels)));
            self.after = found.last().map(|c| c.fp);
            let more = found.len() == CHUNK;
            return (found, more);
        }
        let mut room = CHUNK;
        while room > 0 {
            let Some(incident) = self.next_incident(state) else { return (found, false) };
            let from = self.after.map_or(Bound::Unbounded, Bound::Excluded);
            let mut looked = 0;
            for fp in incident.alerts.range((from, Bound::Unbounded)).take(room) {
                looked += 1;
                self.after = Some(*fp);
                found.extend(state.alerts.get(*fp).map(|a| candidate(*fp, incident.opened.id, &a.labels)));
            }
            if looked < room {
                self.incident = Some((incident.opened.id, true));
            }
            // An incident without alerts costs a look, too.
            room = room.saturating_sub(looked.max(1));
        }
        (found, true)
    }

    /// The incident in which to go on.
    fn next_incident<'s>(&mut self, state: &'s Core) -> Option<&'s Incident> {
        if let Some((id, false)) = self.incident
            && let Some(incident) = state.incidents.get(id)
        {
            return Some(incident);
        }
        let next = state.incidents.after(self.incident.map(|(id, _)| id)).next()?;
        (self.incident, self.after) = (Some((next.opened.id, false)), None);
        Some(next)
    }
}

/// What is written so far.
#[derive(Debug)]
struct List {
    order: Order,
    /// The group that is open, and how it ends.
    group: Option<(IncidentId, Vec<u8>)>,
    /// Whether nothing stands in it yet.
    first: bool,
}

impl List {
    fn new(order: Order) -> Self {
        Self { order, group: None, first: true }
    }

    /// Writes of the alerts as many as one look may take, and gives the rest.
    fn write<'c>(
        &mut self,
        state: &Core,
        now: Timestamp,
        wanted: &Wanted,
        taken: &'c [Candidate],
        out: &mut Vec<u8>,
    ) -> &'c [Candidate] {
        let rules = rules(state);
        let room = (CHUNK_RULES / rules.max(1)).clamp(1, CHUNK).min(taken.len());
        let (these, rest) = taken.split_at(room);
        for candidate in these {
            // What ended meanwhile is not listed.
            let Some(alert) = state.alerts.get(candidate.fp) else { continue };
            let receiver = receiver_of(state, candidate.incident);
            let Some(status) = wanted.status(state, now, candidate.fp, alert) else { continue };
            if self.order == Order::Groups {
                if state.incidents.get(candidate.incident).is_none() {
                    continue;
                }
                self.enter_group(state, candidate.incident, receiver, alert, out);
            } else if !std::mem::take(&mut self.first) {
                out.push(b',');
            }
            write_alert(out, now, candidate.fp, alert, receiver, &status);
        }
        rest
    }

    /// Goes on in the incident's group: begins it, or sets the alert apart from the one before.
    fn enter_group(&mut self, state: &Core, incident: IncidentId, receiver: &str, alert: &Alert, out: &mut Vec<u8>) {
        if self.group.as_ref().is_some_and(|(open, _)| *open == incident) {
            out.push(b',');
            return;
        }
        self.end(out);
        if !std::mem::take(&mut self.first) {
            out.push(b',');
        }
        out.extend_from_slice(b"{\"alerts\":[");
        let mut tail = b"],\"labels\":".to_vec();
        tail.extend_from_slice(group_labels(state, alert).json().as_bytes());
        tail.extend_from_slice(b",\"receiver\":{\"name\":");
        write_text(&mut tail, receiver);
        tail.extend_from_slice(b"}}");
        self.group = Some((incident, tail));
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        out.extend(self.group.take().into_iter().flat_map(|(_, tail)| tail));
    }
}

/// With how many silences and rules the status of one alert is compared.
fn rules(state: &Core) -> usize {
    state.silences.live().count() + state.config.mutes.len() + state.config.inhibits.len()
}

fn receiver_of(state: &Core, incident: IncidentId) -> &str {
    let policy = state.incidents.get(incident).and_then(|i| i.opened.policy.as_ref());
    policy.map_or(NO_RECEIVER, |p| p.as_str())
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

#[cfg(test)]
mod tests;

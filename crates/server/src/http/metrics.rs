//! What the server counts, and `/metrics` in Prometheus' text format. No secrets and no names of people.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use noout_core::State as Core;
use noout_core::heartbeat::Standing;
use noout_core::incident::Status;
use noout_types::{SourceId, Span, Timestamp};
use parking_lot::Mutex;

use crate::App;

const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];
const SIZES: &[f64] = &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

/// A cumulative histogram with fixed bounds. The sum is kept in millionths.
struct Histogram {
    bounds: &'static [f64],
    counts: Vec<AtomicU64>,
    sum: AtomicU64,
}

impl Histogram {
    fn new(bounds: &'static [f64]) -> Self {
        Self { bounds, counts: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(), sum: AtomicU64::new(0) }
    }

    fn observe(&self, value: f64) {
        let place = self.bounds.iter().position(|b| value <= *b).unwrap_or(self.bounds.len());
        self.counts[place].fetch_add(1, Relaxed);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative; fractions of a millionth"
        )]
        self.sum.fetch_add((value.max(0.0) * 1e6) as u64, Relaxed);
    }

    fn write(&self, out: &mut String, name: &str, help: &str) {
        head(out, name, help, "histogram");
        let mut total = 0;
        for (bound, count) in self.bounds.iter().zip(&self.counts) {
            total += count.load(Relaxed);
            let _infallible = writeln!(out, "{name}_bucket{{le=\"{bound}\"}} {total}");
        }
        total += self.counts[self.bounds.len()].load(Relaxed);
        #[expect(clippy::cast_precision_loss, reason = "a sum for averages")]
        let sum = self.sum.load(Relaxed) as f64 / 1e6;
        let _infallible = writeln!(out, "{name}_bucket{{le=\"+Inf\"}} {total}\n{name}_sum {sum}\n{name}_count {total}");
    }
}

/// The counters of one server.
pub(crate) struct Metrics {
    accepted: Mutex<BTreeMap<SourceId, u64>>,
    rejected: AtomicU64,
    /// The same by source, and when each was last heard.
    refused: Mutex<BTreeMap<SourceId, u64>>,
    heard: Mutex<BTreeMap<SourceId, Timestamp>>,
    shed: AtomicU64,
    sends: Mutex<BTreeMap<&'static str, u64>>,
    pings: Mutex<BTreeMap<&'static str, u64>>,
    first_send: Histogram,
    commit_seconds: Histogram,
    commit_inputs: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            accepted: Mutex::default(),
            rejected: AtomicU64::new(0),
            refused: Mutex::default(),
            heard: Mutex::default(),
            shed: AtomicU64::new(0),
            sends: Mutex::default(),
            pings: Mutex::default(),
            first_send: Histogram::new(SECONDS),
            commit_seconds: Histogram::new(SECONDS),
            commit_inputs: Histogram::new(SIZES),
        }
    }
}

impl Metrics {
    /// Alerts of a source are in the journal.
    pub(crate) fn accepted(&self, source: &SourceId, alerts: usize, now: Timestamp) {
        self.heard.lock().insert(source.clone(), now);
        *self.accepted.lock().entry(source.clone()).or_default() += alerts as u64;
    }

    /// Alerts could not be taken because of what they say.
    pub(crate) fn rejected(&self, source: &SourceId, alerts: usize) {
        *self.refused.lock().entry(source.clone()).or_default() += alerts as u64;
        self.rejected.fetch_add(alerts as u64, Relaxed);
    }

    /// Of a source since the start: alerts that were taken, that could not be, and when it was last heard.
    pub(crate) fn of_source(&self, source: &SourceId) -> (u64, u64, Option<Timestamp>) {
        let count = |all: &Mutex<BTreeMap<SourceId, u64>>| all.lock().get(source).copied().unwrap_or_default();
        (count(&self.accepted), count(&self.refused), self.heard.lock().get(source).copied())
    }

    /// Everybody who was heard since the start.
    pub(crate) fn heard(&self) -> Vec<SourceId> {
        let refused: Vec<SourceId> = self.refused.lock().keys().cloned().collect();
        self.heard.lock().keys().cloned().chain(refused).collect()
    }

    /// A body was not taken because too much was coming in.
    pub(crate) fn shed(&self) {
        self.shed.fetch_add(1, Relaxed);
    }

    /// A message is about to leave; the first attempt of its page tells how long that took since the decision.
    pub(crate) fn sending(&self, attempt: u32, decided: Timestamp, now: Timestamp) {
        if attempt == 1 {
            self.first_send.observe(Span::between(decided, now).std().as_secs_f64());
        }
    }

    /// An attempt to send ended.
    pub(crate) fn sent(&self, outcome: &'static str) {
        *self.sends.lock().entry(outcome).or_default() += 1;
    }

    /// A watcher outside was told how noout is.
    pub(crate) fn pinged(&self, heard: bool) {
        *self.pings.lock().entry(if heard { "heard" } else { "failed" }).or_default() += 1;
    }

    /// A batch was committed.
    pub(crate) fn committed(&self, inputs: usize, took: Duration) {
        self.commit_seconds.observe(took.as_secs_f64());
        #[expect(clippy::cast_precision_loss, reason = "at the most a thousand")]
        self.commit_inputs.observe(inputs as f64);
    }
}

fn head(out: &mut String, name: &str, help: &str, kind: &str) {
    let _infallible = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn gauge(out: &mut String, name: &str, help: &str, value: impl std::fmt::Display) {
    head(out, name, help, "gauge");
    let _infallible = writeln!(out, "{name} {value}");
}

fn counter(out: &mut String, name: &str, help: &str, value: u64) {
    head(out, name, help, "counter");
    let _infallible = writeln!(out, "{name} {value}");
}

fn labelled<'a>(
    out: &mut String,
    (name, help, kind): (&str, &str, &str),
    label: &str,
    rows: impl IntoIterator<Item = (&'a str, u64)>,
) {
    head(out, name, help, kind);
    for (value, count) in rows {
        // Ids have no quotes and no backslashes; Debug would escape them all the same.
        let _infallible = writeln!(out, "{name}{{{label}={value:?}}} {count}");
    }
}

/// The whole text.
pub(super) fn text(app: &App) -> String {
    let mut out = String::with_capacity(8 << 10);
    let now = app.now();
    app.read(|state| live(&mut out, state, now));
    let (depth, limit) = app.queue();
    gauge(&mut out, "noout_queue_depth", "Inputs that wait for the writer.", depth);
    gauge(&mut out, "noout_queue_limit", "Inputs that may wait; beyond it the intake answers 429.", limit);
    let started = app.started_at().as_second();
    gauge(&mut out, "noout_start_time_seconds", "When this process started, in seconds since 1970.", started);
    let m = app.metrics();
    let accepted: Vec<_> = m.accepted.lock().iter().map(|(s, n)| (s.clone(), *n)).collect();
    let name = ("noout_alerts_accepted_total", "Alerts that were committed to the journal, by source.", "counter");
    labelled(&mut out, name, "source", accepted.iter().map(|(s, n)| (s.as_str(), *n)));
    counter(&mut out, "noout_alerts_rejected_total", "Alerts that could not be taken.", m.rejected.load(Relaxed));
    counter(
        &mut out,
        "noout_intake_shed_total",
        "Bodies answered by 429 or 503: too much came in.",
        m.shed.load(Relaxed),
    );
    let sends: Vec<_> = m.sends.lock().iter().map(|(o, n)| (*o, *n)).collect();
    let name = ("noout_page_attempts_total", "Attempts to send a page, by outcome.", "counter");
    labelled(&mut out, name, "outcome", sends);
    let pings: Vec<_> = m.pings.lock().iter().map(|(o, n)| (*o, *n)).collect();
    let name = ("noout_watchdog_pings_total", "Pings to the watchers outside, by outcome.", "counter");
    labelled(&mut out, name, "outcome", pings);
    let help = "From the decision to page somebody to the first attempt.";
    m.first_send.write(&mut out, "noout_page_first_send_seconds", help);
    m.commit_seconds.write(&mut out, "noout_commit_seconds", "How long a commit to the journal takes.");
    m.commit_inputs.write(&mut out, "noout_commit_inputs", "Inputs in one commit.");
    out
}

fn live(out: &mut String, state: &Core, now: Timestamp) {
    gauge(out, "noout_journal_seq", "The journal's last record.", state.seq);
    gauge(out, "noout_config_version", "The configuration in force.", state.config_version);
    gauge(out, "noout_alerts_firing", "Alerts that fire.", state.alerts.len());
    let triggered = state.incidents.iter().filter(|i| i.status == Status::Triggered).count() as u64;
    let acked = state.incidents.len() as u64 - triggered;
    let name = ("noout_incidents", "Open incidents, by state.", "gauge");
    labelled(out, name, "state", [("triggered", triggered), ("acked", acked)]);
    gauge(out, "noout_pages_owed", "Pages that have not been delivered yet.", state.paging.owed().count());
    let oldest = state.paging.unsent().next().map(|(since, _)| since);
    let age = oldest.map_or(0.0, |at| Span::between(at, now).std().as_secs_f64());
    let help = "Since when the oldest page on its way has reached nobody.";
    gauge(out, "noout_oldest_unsent_page_seconds", help, age);
    gauge(out, "noout_stopped", "1 while `noout stop` holds.", u8::from(state.stopped.is_some()));
    let mut phases: BTreeMap<&'static str, u64> =
        ["planning", "drafted", "proposed", "running"].into_iter().map(|p| (p, 0)).collect();
    for m in state.maintenances.iter() {
        *phases.entry(super::api::phase_word(m.phase)).or_default() += 1;
    }
    labelled(out, ("noout_maintenances", "Maintenances that are not over, by phase.", "gauge"), "phase", phases);
    let held = state.maintenances.iter().filter(|m| m.hold.is_some()).count();
    gauge(out, "noout_maintenances_held", "Maintenances that wait for a person.", held);
    let flags = state.maintenances.all().filter(|m| m.noout.is_ours()).count();
    gauge(out, "noout_flags_ours", "Ceph noout flags that may stand because of us.", flags);
    let mut beats: BTreeMap<&'static str, u64> = Standing::ALL.into_iter().map(|s| (s.code(), 0)).collect();
    for (_, beat) in state.heartbeats.iter() {
        *beats.entry(beat.standing(now).code()).or_default() += 1;
    }
    labelled(out, ("noout_heartbeats", "Heartbeats, by how they stand.", "gauge"), "state", beats);
    let findings = state.sensors.fleet.findings().count();
    gauge(out, "noout_findings", "Sensors with an intermittent fault.", findings);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative_and_end_at_infinity() {
        let histogram = Histogram::new(SIZES);
        [1.0, 3.0, 5000.0].into_iter().for_each(|v| histogram.observe(v));
        let mut out = String::new();
        histogram.write(&mut out, "x", "Help.");
        assert!(out.contains("x_bucket{le=\"1\"} 1\n"), "{out}");
        assert!(out.contains("x_bucket{le=\"5\"} 2\n"), "{out}");
        assert!(out.contains("x_bucket{le=\"1000\"} 2\nx_bucket{le=\"+Inf\"} 3\nx_sum 5004\nx_count 3\n"), "{out}");
    }
}

//! The load.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::{Groups, Settings, round, spread, wire};

#[derive(Default)]
struct Seen {
    accepted: Mutex<BTreeMap<usize, Instant>>,
    took: Mutex<Vec<f64>>,
    refused: Mutex<BTreeMap<u16, usize>>,
    /// How far behind its time a paced request was sent, in milliseconds.
    late: AtomicUsize,
    broken: AtomicUsize,
    next: AtomicUsize,
}

/// Posts all and tells how it went, and when each alert was accepted.
pub(crate) async fn all(settings: &'static Settings) -> Result<(Value, BTreeMap<usize, Instant>), String> {
    let seen = Arc::new(Seen::default());
    let begun = Instant::now();
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..settings.connections {
        workers.spawn(connection(settings, seen.clone(), begun));
    }
    while let Some(ended) = workers.join_next().await {
        match ended.map_err(|e| e.to_string())? {
            Err(_) if settings.until_dead => _ = seen.broken.fetch_add(1, Relaxed),
            ended => ended?,
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let accepted = std::mem::take(&mut *seen.accepted.lock());
    if let Some(file) = &settings.accepted {
        let lines = accepted.keys().fold(String::new(), |mut out, i| {
            let _infallible = writeln!(out, "{i}");
            out
        });
        std::fs::write(file, lines).map_err(|e| format!("{file}: {e}"))?;
    }
    let failed: usize = seen.refused.lock().values().sum();
    let took = spread(&mut seen.took.lock());
    let out = json!({
        "accepted": accepted.len(), "failed": failed, "refused": *seen.refused.lock(), "broken": seen.broken.load(Relaxed),
        "seconds": round(seconds), "per_second": (accepted.len() as f64 / seconds).round(),
        "answer_p50_ms": took["p50_ms"], "answer_p99_ms": took["p99_ms"], "answer_max_ms": took["max_ms"],
        "late_max_ms": seen.late.load(Relaxed),
    });
    Ok((out, accepted))
}

async fn connection(settings: &Settings, seen: Arc<Seen>, begun: Instant) -> Result<(), String> {
    if settings.total == 0 {
        return Ok(());
    }
    let mut stream = wire::connect(&settings.address).await?;
    let mut buffer = Vec::new();
    loop {
        let first = seen.next.fetch_add(1, Relaxed) * settings.batch;
        if first >= settings.total {
            return Ok(());
        }
        if settings.rate > 0 {
            let due = begun + Duration::from_secs_f64(first as f64 / settings.rate as f64);
            tokio::time::sleep_until(due.into()).await;
            seen.late.fetch_max(due.elapsed().as_millis() as usize, Relaxed);
        }
        let last = (first + settings.batch).min(settings.total);
        let request = wire::post(settings, settings.key.as_deref(), &body(settings, first..last));
        let sent = Instant::now();
        let status = wire::ask(&mut stream, &request, &mut buffer).await?;
        let now = Instant::now();
        if status == 200 {
            seen.took.lock().push((now - sent).as_secs_f64());
            seen.accepted.lock().extend((first..last).map(|i| (i, now)));
        } else {
            *seen.refused.lock().entry(status).or_default() += last - first;
        }
    }
}

/// One request's alerts.
fn body(settings: &Settings, alerts: std::ops::Range<usize>) -> String {
    let now = Timestamp::now();
    let mut out = String::with_capacity(640 * alerts.len());
    for i in alerts.clone() {
        out.push(if i == alerts.start { '[' } else { ',' });
        // With `same`, each round through them is the other half of an episode.
        let (place, over) = match settings.same {
            Some(same) => (i % same, (i / same) % 2 == 1),
            None => (i, false),
        };
        let name = settings.group(if settings.groups == Groups::Each { place } else { i });
        let (severity, tag) = (&settings.severity, &settings.tag);
        let _infallible = write!(
            out,
            r#"{{"labels":{{"alertname":"{name}","severity":"{severity}","instance":"host-{place}:9100","job":"node","#
        );
        let _infallible = write!(
            out,
            r#""cluster":"fra1","customer":"acme"}},"annotations":{{"summary":"{tag}-{place}","description":"{DESCRIPTION}"}},"#
        );
        let lasts = settings.lasts.and_then(|lasts| now.checked_add(lasts).ok());
        if let Some(end) = if over { Some(now) } else { lasts } {
            let _infallible = write!(out, r#""endsAt":"{end}","#);
        }
        let _infallible = write!(out, r#""generatorURL":"{GENERATOR}"}}"#);
    }
    out.push(']');
    out
}

const DESCRIPTION: &str = "The file system is 93 % full and grows by 2 % an hour; it is full at five.";
const GENERATOR: &str = "http://prometheus.example.org:9090/graph?g0.expr=node_filesystem_avail_bytes&g0.tab=1";

//! What is asked while the load runs.

use std::time::{Duration, Instant};

use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::{Settings, spread, wire};

/// Between two questions for the server's health.
const EVERY: Duration = Duration::from_millis(100);

static HEALTHY: Mutex<Vec<f64>> = Mutex::new(Vec::new());
static UNHEALTHY: Mutex<usize> = Mutex::new(0);

/// Asks for the health for ever.
pub(crate) async fn health(settings: &'static Settings, path: &'static str) {
    let mut buffer = Vec::new();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", settings.address).into_bytes();
    loop {
        let Ok(mut stream) = wire::connect(&settings.address).await else {
            *UNHEALTHY.lock() += 1;
            tokio::time::sleep(EVERY).await;
            continue;
        };
        loop {
            let begun = Instant::now();
            match wire::ask(&mut stream, &request, &mut buffer).await {
                Ok(200) => HEALTHY.lock().push(begun.elapsed().as_secs_f64()),
                Ok(_) => *UNHEALTHY.lock() += 1,
                Err(_) => {
                    *UNHEALTHY.lock() += 1;
                    break;
                }
            }
            tokio::time::sleep(EVERY).await;
        }
    }
}

/// How long the answers took.
pub(crate) fn health_told() -> Value {
    let mut out = spread(&mut HEALTHY.lock());
    out["failed"] = json!(*UNHEALTHY.lock());
    out
}

/// Posts the probes one by one and gives when each was accepted.
pub(crate) async fn probes(settings: &'static Settings) -> Vec<(usize, Instant)> {
    let mut accepted = Vec::new();
    let mut buffer = Vec::new();
    let begun = Instant::now();
    let mut stream = wire::connect(&settings.address).await;
    for i in 0..settings.probes {
        tokio::time::sleep_until((begun + settings.probe_every * i as u32).into()).await;
        let body = json!([{
            "labels": { "alertname": format!("probe-{i}"), "severity": "critical", "instance": format!("probe-{i}:9100"),
                "probe": (i % settings.probe_people).to_string() },
            "annotations": { "summary": format!("probe-{i}") },
        }]);
        let request = wire::post(settings, settings.probe_key.as_deref(), &body.to_string());
        let Ok(open) = &mut stream else {
            stream = wire::connect(&settings.address).await;
            continue;
        };
        match wire::ask(open, &request, &mut buffer).await {
            Ok(200) => accepted.push((i, Instant::now())),
            Ok(_) => {}
            Err(_) => stream = wire::connect(&settings.address).await,
        }
    }
    accepted
}

//! How fast bodies are parsed: `cargo run --release --example parse_speed`. Prints alerts a second on one core.

use std::time::{Duration, Instant};

/// Long enough that a busy machine's pauses even out.
const RUN: Duration = Duration::from_millis(700);

fn body(alerts: usize) -> Vec<u8> {
    let one = |i: usize| {
        format!(
            r#"{{"annotations":{{"description":"the probe has failed for 2s on pve{i}","summary":"http://192.0.2.2:8080/ is down"}},"endsAt":"2026-03-22T02:22:29.238Z","startsAt":"2026-03-22T02:18:29.238Z","generatorURL":"http://prometheus.example:9090/graph?g0.expr=probe_success+%3D%3D+0&g0.tab=1","labels":{{"alertname":"ServiceDown","cluster":"lab","host":"pve{i}","instance":"http://192.0.2.2:8080/","job":"blackbox","severity":"critical"}}}}"#
        )
    };
    format!("[{}]", (0..alerts).map(one).collect::<Vec<_>>().join(",")).into_bytes()
}

fn main() {
    for alerts in [1, 10, 100, 1000] {
        let body = body(alerts);
        let (start, mut parsed) = (Instant::now(), 0);
        while start.elapsed() < RUN {
            let got = noout_ingest::alertmanager_v2(std::hint::black_box(&body)).map_or(0, |p| p.alerts.len());
            assert_eq!(got, alerts, "every alert is taken");
            parsed += got;
        }
        let rate = parsed as f64 / start.elapsed().as_secs_f64();
        println!("{alerts:>5} alerts a body ({:>7} bytes): {rate:>10.0} alerts/s", body.len());
    }
}

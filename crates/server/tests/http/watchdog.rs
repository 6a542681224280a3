//! noout's own death, and pages that do not leave, are noticed by another noout.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::site::Site;

const UUID: &str = "8a1f0c3e-52d4-4a0b-8f37-0d6b7c9e4f21";

/// Waits until the watcher says so of the watched.
async fn stands(watcher: &Site, wanted: &str) {
    for _ in 0..300 {
        if watcher.get("/api/v1/heartbeats").await[0]["standing"] == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("not {wanted}: {}", watcher.get("/api/v1/heartbeats").await);
}

/// Given a noout that another one watches, when a page does not leave, then the other hears of it; when it leaves, all is well
/// again; when the first dies, the other opens an incident by itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_noout_notices_that_paging_stands_still_and_that_the_first_is_dead() {
    let beat = format!("[[heartbeat]]\nid = \"main\"\nuuid = \"{UUID}\"\nschedule = \"every 10s\"\ngrace = \"2s\"\n");
    let watcher = Site::with(&beat).await;
    let urls = format!("\"http://127.0.0.1:9/dead\", \"{}\"", watcher.url(&format!("/ping/{UUID}")));
    let watched =
        Site::with(&format!("[paging]\nunsent = \"1s\"\n[watchdog]\nurls = [{urls}]\nevery = \"1s\"\n")).await;
    // A watcher that cannot be reached keeps nobody from reaching the other.
    stands(&watcher, "up").await;
    assert!(watcher.get("/api/v1/incidents").await.as_array().is_some_and(Vec::is_empty));

    // Nobody listens where Ana and Bo are paged.
    let fired = watched.post_alerts(&json!([{ "labels": { "alertname": "Down", "severity": "critical" } }])).await;
    assert_eq!(fired.status(), 200);
    stands(&watcher, "down").await;
    let told = watcher.get("/api/v1/incidents").await;
    assert!(told[0]["title"].as_str().is_some_and(|title| title.contains("main")), "{told}");
    let own = watched.get("/api/v1/incidents").await;
    assert!(own.to_string().contains("Pages to ana do not leave"), "{own}");
    let metrics = watched.http.get(watched.url("/metrics")).send().await.expect("an answer").text().await.expect("text");
    assert!(metrics.contains("noout_watchdog_pings_total{outcome=\"failed\"}"), "{metrics}");

    let ack = watched.as_person(Some("ana"), Method::POST, "/api/v1/incidents/1/ack").send().await.expect("an answer");
    assert!(ack.status().is_success());
    stands(&watcher, "up").await;
    assert_eq!(watcher.get("/api/v1/incidents/1").await["status"], "resolved");

    watched.stop().await;
    stands(&watcher, "down").await;
    assert_eq!(watcher.get("/api/v1/incidents/2").await["status"], "triggered");
}

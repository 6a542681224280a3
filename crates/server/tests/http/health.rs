//! Health and metrics.

use serde_json::json;

use crate::site::Site;

/// Given alerts, then the metrics count them, and name neither people nor keys.
#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_and_do_not_tell() {
    let site = Site::start().await;
    let alert = json!([{ "labels": { "alertname": "Down", "severity": "critical" } }]);
    assert_eq!(site.post_alerts(&alert).await.status(), 200);
    let text = site.http.get(site.url("/metrics")).send().await.expect("an answer").text().await.expect("a body");
    for line in [
        "noout_alerts_firing 1",
        "noout_alerts_accepted_total{source=\"loopback\"} 1",
        "noout_incidents{state=\"triggered\"} 1",
        "noout_pages_owed 2",
        "noout_maintenances{phase=\"running\"} 0",
    ] {
        assert!(text.lines().any(|l| l == line), "{line} is missing in\n{text}");
    }
    for name in [
        "noout_queue_depth ",
        "noout_oldest_unsent_page_seconds",
        "noout_commit_seconds_bucket",
        "noout_page_first_send_seconds_count",
    ] {
        assert!(text.contains(name), "{name} is missing");
    }
    for secret in ["ana", "\"bo\"", "a-key-of-a-test"] {
        assert!(!text.contains(secret), "{secret} stands in the metrics");
    }
}

/// Given a server that runs, then it lives and is ready; when it has stopped, then it is not.
#[tokio::test(flavor = "multi_thread")]
async fn ready_is_more_than_alive() {
    let site = Site::start().await;
    let get = async |path: &str| site.http.get(site.url(path)).send().await.expect("an answer").status().as_u16();
    assert_eq!((get("/healthz").await, get("/readyz").await), (200, 200));
    site.running.stopper().stop();
    tokio::time::timeout(std::time::Duration::from_secs(10), async {
        while get("/readyz").await != 503 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("it is not ready without its writer");
    assert_eq!(get("/healthz").await, 200);
    let refused = site.post_alerts(&json!([{ "labels": { "alertname": "Late" } }])).await;
    assert_eq!(refused.status(), 503, "nothing is accepted without a journal");
}

//! Pings, from the request to the incident.

use crate::site::Site;

const UUID: &str = "3f1c9a52-6d0e-4b7a-9c58-2f6a1e0d7b34";

async fn watching() -> Site {
    Site::with(&format!(
        "[[heartbeat]]\nid = \"backup\"\nuuid = \"{UUID}\"\nschedule = \"every 1h\"\n[[heartbeat]]\nid = \"sync\"\nschedule = \"0 3 * * *\"\n"
    ))
    .await
}

async fn status(request: reqwest::RequestBuilder) -> u16 {
    request.send().await.expect("an answer").status().as_u16()
}

/// Given a job, when it pings in any of the known ways, then it is heard, from anywhere and without a key.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_says_that_it_is_alive() {
    let site = watching().await;
    let far = site.seen_from("10.1.2.3:5555").await;
    let url = |rest: &str| format!("http://{far}/ping/{UUID}{rest}");
    assert_eq!(status(site.http.get(url("/start?rid=1"))).await, 200);
    assert_eq!(site.get("/api/v1/heartbeats").await[0]["standing"], "running");
    let answer = site.http.post(url("/0?rid=1")).body("all copied").send().await.expect("an answer");
    assert_eq!(answer.headers()["ping-body-limit"], "10000");
    assert_eq!(answer.text().await.expect("a text"), "OK");
    let beat = &site.get("/api/v1/heartbeats").await[0];
    assert_eq!((beat["standing"].as_str(), beat["log"].as_str()), (Some("up"), Some("all copied")));
    assert_eq!(status(site.http.head(url(""))).await, 200);
    assert_eq!(status(site.http.post(url("/log")).body("x".repeat(500_000))).await, 200, "a long log is cut");
    assert_eq!(status(site.http.get(url("/3"))).await, 200);
    assert_eq!(site.get("/api/v1/incidents/1").await["title"], "backup says that it failed (exit code 3)");
    assert_eq!(site.get("/api/v1/heartbeats").await[0]["standing"], "down");
    assert_eq!(status(site.http.get(url(""))).await, 200);
    assert_eq!(site.get("/api/v1/incidents/1").await["status"], "resolved");
    assert_eq!(status(site.http.get(url("/256"))).await, 404);
    assert_eq!(status(site.http.get(url("/sart"))).await, 404);
    let other = "00000000-0000-4000-8000-000000000000";
    assert_eq!(status(site.http.get(format!("http://{far}/ping/{other}"))).await, 404);
    assert_eq!(status(site.http.get(format!("http://{far}/ping/backup"))).await, 404);
}

/// Given a heartbeat without an address of its own, then it has one that stays, and the list tells it.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_made_and_stays() {
    let site = watching().await;
    let list = site.get("/api/v1/heartbeats").await;
    let url = list[1]["url"].as_str().expect("an address").to_owned();
    assert_eq!(list[1]["standing"], "new");
    assert_eq!(status(site.http.get(&url)).await, 200);
    let path = url.split_once("/ping/").expect("a path").1.to_owned();
    let again =
        Site::start_in_with(site.stop().await, "[[heartbeat]]\nid = \"sync\"\nschedule = \"0 3 * * *\"\n").await;
    let list = again.get("/api/v1/heartbeats").await;
    assert!(list[0]["url"].as_str().is_some_and(|url| url.ends_with(&path)), "{list}");
    assert_eq!(list[0]["standing"], "up");
}

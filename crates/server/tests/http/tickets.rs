//! Tickets, from an alert to a ticket system and back, over real sockets. The system is a small fake with GitLab's shapes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::site::{CONFIG, KEY, SOURCE, Site};

/// An issue of the fake.
#[derive(Default)]
struct Issue {
    text: String,
    closed: bool,
    /// Who and what; 7 is noout's account.
    notes: Vec<(u64, String)>,
}

type Issues = Arc<Mutex<Vec<Issue>>>;

/// A fake of GitLab, and its address.
async fn gitlab() -> (Issues, String) {
    let issues = Issues::default();
    let shown = |issue: &Issue| {
        json!({ "iid": 1, "state": if issue.closed { "closed" } else { "opened" }, "description": issue.text,
            "web_url": "https://gitlab.example.org/a/b/-/issues/1" })
    };
    let router = Router::new()
        .route("/api/v4/user", get(async || Json(json!({ "id": 7, "name": "noout" }))))
        .route(
            "/api/v4/projects/{p}/issues",
            get(async move |State(all): State<Issues>| {
                Json(all.lock().expect("no panic").iter().map(shown).collect::<Vec<_>>())
            })
            .post(async move |State(all): State<Issues>, Json(body): Json<Value>| {
                let text = body["description"].as_str().expect("a text").to_owned();
                let issue = Issue { text, ..Issue::default() };
                let answer = shown(&issue);
                all.lock().expect("no panic").push(issue);
                Json(answer)
            }),
        )
        .route(
            "/api/v4/projects/{p}/issues/{id}",
            get(async move |State(all): State<Issues>| Json(shown(&all.lock().expect("no panic")[0]))).put(
                async move |State(all): State<Issues>| {
                    all.lock().expect("no panic")[0].closed = true;
                    Json(json!({}))
                },
            ),
        )
        .route(
            "/api/v4/projects/{p}/issues/{id}/notes",
            get(async |State(all): State<Issues>| {
                let all = all.lock().expect("no panic");
                let note = |(n, (by, text)): (usize, &(u64, String))| json!({ "id": n, "body": text, "author": { "id": by, "name": "Jo" } });
                Json(all[0].notes.iter().enumerate().map(note).rev().collect::<Vec<_>>())
            })
            .post(async |State(all): State<Issues>, Json(body): Json<Value>| {
                let text = body["body"].as_str().expect("a text").to_owned();
                all.lock().expect("no panic")[0].notes.push((7, text));
                Json(json!({ "id": 1 }))
            }),
        )
        .route("/", post(async || "nothing"))
        .with_state(issues.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    (issues, format!("http://{address}"))
}

async fn site(tracker: &str) -> Site {
    let text = CONFIG.replace("[[policy]]\nid = \"ops\"\n", "[[policy]]\nid = \"ops\"\ntracker = \"gitlab\"\n");
    let tracker = format!(
        "[[tracker]]\nid = \"gitlab\"\nkind = \"gitlab\"\nurl = \"{tracker}\"\nproject = \"a/b\"\ntoken = \"t\"\nclose = true\nwebhook_secret = \"hook-secret\"\nper_minute = 600\nevery = \"1h\"\n"
    );
    Site::start_with(tempfile::tempdir().expect("a folder"), format!("{text}{SOURCE}{tracker}")).await
}

/// Waits until something holds; it does, or the test fails.
async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    for _ in 0..200 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what} did not come");
}

async fn fires(site: &Site) {
    let alerts = json!([{ "labels": { "alertname": "Down", "severity": "critical", "instance": "db1" } }]);
    let answer = site.http.post(site.url("/api/v2/alerts")).bearer_auth(KEY).json(&alerts).send().await.expect("sent");
    assert_eq!(answer.status(), 200);
}

async fn as_ana(site: &Site, verb: &str, body: Value) {
    let path = format!("/api/v1/incidents/1/{verb}");
    let answer = site.as_person(Some("ana"), reqwest::Method::POST, &path).json(&body).send().await.expect("an answer");
    assert_eq!(answer.status(), 200, "{verb}");
}

fn notes(issues: &Issues) -> Vec<String> {
    issues
        .lock()
        .expect("no panic")
        .first()
        .map(|i| i.notes.iter().map(|(_, text)| text.clone()).collect())
        .unwrap_or_default()
}

/// Given a tracker, when an alert fires, then it is filed with a link; notes and the end go there; it is closed.
#[tokio::test(flavor = "multi_thread")]
async fn an_incident_is_filed_told_and_closed() {
    let (issues, address) = gitlab().await;
    let site = site(&address).await;
    fires(&site).await;
    until("the link", async || site.get("/api/v1/incidents/1").await["tickets"][0]["id"] == "1").await;
    let text = issues.lock().expect("no panic")[0].text.clone();
    assert!(text.contains("/incidents/1") && text.contains("noout-incident-"), "{text}");
    as_ana(&site, "note", json!({ "text": "I look at it" })).await;
    until("the note", async || notes(&issues).len() == 1).await;
    assert!(notes(&issues)[0].starts_with("ana: I look at it"), "{:?}", notes(&issues));
    as_ana(&site, "resolve", json!({ "note": "disk replaced" })).await;
    until("the end", async || issues.lock().expect("no panic")[0].closed).await;
    assert_eq!(issues.lock().expect("no panic").len(), 1, "one ticket");
    assert_eq!(site.get("/api/v1/incidents/1").await["tickets"][0]["url"], "https://gitlab.example.org/a/b/-/issues/1");
}

/// Given a filed incident, when somebody writes there and the tracker's webhook comes, then it stands in the timeline;
/// a webhook without the secret does nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_with_the_secret_has_the_ticket_read() {
    let (issues, address) = gitlab().await;
    let site = site(&address).await;
    fires(&site).await;
    until("the ticket", async || !issues.lock().expect("no panic").is_empty()).await;
    until("the link", async || site.get("/api/v1/incidents/1").await["tickets"][0]["id"] == "1").await;
    issues.lock().expect("no panic")[0].notes.push((9, "Is it back?".into()));
    let hook = async |token: &str, id: &str| {
        let url = site.url(&format!("/integrations/{KEY}/tracker/{id}"));
        let sent = site.http.post(url).header("X-Gitlab-Token", token).json(&json!({ "object_kind": "note" })).send();
        sent.await.expect("an answer").status().as_u16()
    };
    assert_eq!((hook("wrong", "gitlab").await, hook("hook-secret", "nowhere").await), (401, 404));
    let heard = async || {
        let timeline = site.get("/api/v1/incidents/1/timeline").await;
        timeline.as_array().is_some_and(|rows| {
            rows.iter().any(|r| r["what"] == "ticket_heard" && r["detail"]["text"] == "Is it back?")
        })
    };
    assert!(!heard().await, "nobody has read it yet");
    assert_eq!(hook("hook-secret", "gitlab").await, 202);
    until("the comment", heard).await;
}

/// Given a tracker that is away, then the page goes out as ever, and the incident shows no ticket.
#[tokio::test(flavor = "multi_thread")]
async fn a_tracker_that_is_away_delays_nothing() {
    let site = site("http://127.0.0.1:9").await;
    fires(&site).await;
    until("the page", async || {
        let timeline = site.get("/api/v1/incidents/1/timeline").await;
        timeline.as_array().is_some_and(|rows| rows.iter().any(|row| row["what"] == "page_attempted"))
    })
    .await;
    assert_eq!(site.get("/api/v1/incidents/1").await["tickets"], Value::Null);
}

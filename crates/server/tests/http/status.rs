//! The public page: what it says, and what it does not.

use serde_json::{Value, json};

use crate::site::Site;

const PATHS: [&str; 12] = [
    "/en/",
    "/fr/",
    "/de/",
    "/api/v2/summary.json",
    "/api/v2/status.json",
    "/api/v2/components.json",
    "/api/v2/incidents.json",
    "/api/v2/incidents/unresolved.json",
    "/api/v2/scheduled-maintenances.json",
    "/history.rss",
    "/history.atom",
    "/maintenance.ics",
];

/// Given an incident that customers were told of, then the page says it in their language, and nothing internal with it.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_tells_what_was_told_and_nothing_else() {
    let site = Site::start().await;
    let alert = json!([{ "labels": { "alertname": "HostDown", "instance": "pve3.internal", "severity": "critical" },
        "annotations": { "summary": "pve3.internal lost its power" } }]);
    assert_eq!(site.post_alerts(&alert).await.status(), 200);
    let get = async |path: &str| {
        let answer = site.http.get(site.status_url(path)).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.expect("a body")
    };
    let quiet: Value = serde_json::from_str(&get("/api/v2/summary.json").await).expect("JSON");
    assert_eq!(quiet["status"]["indicator"], "none", "an alert is not a notice");
    let notice = json!({ "about": { "incident": 1 }, "title": { "en": "Web hosting is slow", "fr": "Hébergement lent" },
        "impact": "major", "components": ["web"], "stage": "identified",
        "text": { "en": "We are moving servers.", "fr": "Nous déplaçons des serveurs." } });
    let posted = site.as_person(Some("ana"), reqwest::Method::POST, "/api/v1/notices").json(&notice).send().await;
    assert_eq!(posted.expect("an answer").status(), 200);
    let told: Value = serde_json::from_str(&get("/api/v2/summary.json").await).expect("JSON");
    assert_eq!(told["components"][0]["status"], "partial_outage", "{told}");
    assert_eq!(told["incidents"][0]["name"], "Web hosting is slow");
    assert!(get("/fr/").await.contains("Nous déplaçons des serveurs."));
    for path in PATHS {
        let text = get(path).await;
        for inner in ["pve3", "HostDown", "ana", "loopback"] {
            let whole = |w: &str| text.split(|c: char| !c.is_alphanumeric()).any(|part| part == w);
            assert!(!whole(inner), "{inner} stands in {path}");
        }
    }
}

/// Given the public listener, then nothing of the console, the intake or the API is on it.
#[tokio::test(flavor = "multi_thread")]
async fn only_the_page_is_public() {
    let site = Site::start().await;
    for path in ["/api/v2/alerts", "/api/v1/status", "/api/v1/openapi.json", "/metrics", "/login", "/setup", "/readyz"]
    {
        let answer = site.http.get(site.status_url(path)).send().await.expect("an answer");
        assert_eq!(answer.status(), 404, "{path}");
    }
    let front = site.http.get(site.status_url("/")).header("accept-language", "de-CH,de;q=0.9").send().await;
    assert_eq!(front.expect("an answer").headers()["location"], "/de/");
}

/// Given an intake that is flooded over many connections, then the status page answers all the while: it has listeners and
/// connections of its own, and asks nobody in between.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_status_page_answers_while_the_intake_is_flooded() {
    let site = Site::start().await;
    let over = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let mut flood = tokio::task::JoinSet::new();
    for sender in 0..48 {
        let (http, url, over) = (site.http.clone(), site.url("/api/v2/alerts"), over.clone());
        flood.spawn(async move {
            let (mut taken, mut n) = (0_u32, 0_u32);
            while !over.load(std::sync::atomic::Ordering::Relaxed) {
                n += 1;
                let labels =
                    json!({ "alertname": "Flood", "instance": format!("{sender}-{n}"), "severity": "critical" });
                let answer = http.post(&url).json(&json!([{ "labels": labels }])).send().await.expect("an answer");
                let status = answer.status().as_u16();
                assert!(matches!(status, 200 | 429 | 503), "taken, or shed visibly: {status}");
                taken += u32::from(status == 200);
            }
            taken
        });
    }
    for _ in 0..15 {
        for path in ["/api/v2/summary.json", "/en/"] {
            let asked = site.http.get(site.status_url(path)).timeout(std::time::Duration::from_secs(10)).send();
            assert_eq!(asked.await.expect("an answer in time").status(), 200, "{path}");
        }
    }
    over.store(true, std::sync::atomic::Ordering::Relaxed);
    let taken: u32 = flood.join_all().await.into_iter().sum();
    assert_eq!(site.get("/api/v1/status").await["alerts"], taken, "and nothing that was taken is lost");
}

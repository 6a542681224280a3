//! The own API: deny by default, errors in JSON, what is done is in the journal.

use noout_api::{ENDPOINTS, Method};
use serde_json::{Value, json};

use crate::site::{CONFIG, Site};

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn filled(path: &str) -> String {
    path.replace("{id}", "1").replace("{platform}", "lab")
}

/// A body that each posting endpoint understands.
fn body(path: &str) -> Value {
    let hash = "0".repeat(64);
    match path.trim_start_matches("/api/v1/") {
        "incidents" => json!({ "title": "Something" }),
        "incidents/ack" => json!({ "incidents": [1] }),
        "incidents/{id}/resolve" => json!({ "note": "done" }),
        "incidents/{id}/note" | "incidents/{id}/announce" | "maintenances/{id}/note" => json!({ "text": "words" }),
        "people/{id}/test" => json!({}),
        "incidents/{id}/ticket" => json!({ "tracker": "jira" }),
        "incidents/{id}/hand-over" => json!({ "to": "bo" }),
        "maintenances" => json!({ "platform": "lab", "host": "pve3", "reason": "a fan" }),
        "maintenances/{id}/propose" => json!({ "hash": hash }),
        "maintenances/{id}/approve" => json!({ "hash": hash, "host": "pve3" }),
        "maintenances/{id}/hold" | "maintenances/{id}/abort" | "stop" => json!({ "why": "because" }),
        "maintenances/{id}/tick" => json!({ "item": "fans" }),
        "maintenances/{id}/sign" => json!({ "note": "" }),
        "overrides" => json!({ "schedule": "ops", "person": "bo", "replaces": "ana",
            "start": "2026-01-05T09:00:00Z", "end": "2026-01-06T09:00:00Z" }),
        "silences" => json!({ "matchers": "alertname=\"Down\"", "ends_at": "2099-01-01T00:00:00Z", "author": "ana" }),
        "absences" => json!({ "person": "bo", "from": "2026-01-05", "to": "2026-01-06" }),
        "absences/read" => json!({ "person": "bo", "source": "leave.ics",
            "ics": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n" }),
        "swaps" => json!({ "schedule": "ops", "from": "2026-01-05T09:00", "to": "8h", "with": "bo" }),
        "oncall/take" => json!({ "schedule": "ops", "replaces": "bo" }),
        "requests" => json!({ "title": "More disk", "from": { "name": "Nora" } }),
        "requests/{id}/hand-over" => json!({ "to": "bo" }),
        "requests/{id}/answer" | "requests/{id}/done" | "requests/{id}/decline" => json!({ "text": "words" }),
        "requests/{id}/weigh" => json!({ "urgency": "can_wait" }),
        "decisions" => json!({ "title": "Which day?" }),
        "decisions/{id}/voice" => json!({ "choice": "for" }),
        "decisions/{id}/close" => json!({ "decided": "we do", "why": "all are for it" }),
        "feeds/withdraw" => json!({ "feed": "schedule:ops" }),
        "config" | "config/check" => json!({ "text": CONFIG }),
        "config/rollback" => json!({ "version": 1 }),
        "tokens" => json!({ "name": "grafana", "role": "viewer" }),
        "findings/clear" => json!({ "host": "pve3", "sensor": "FAN3" }),
        "notices" => json!({ "about": { "incident": 1 }, "title": { "en": "T" }, "impact": "minor",
            "components": ["web"], "stage": "investigating", "text": { "en": "Words." } }),
        "lab/{platform}/break" | "lab/{platform}/mend" => json!({ "what": "fan pve3 FAN3" }),
        _ => Value::Null,
    }
}

/// Given every endpoint there is, when it is called without a token, with a foreign one or with a page's link, then 401.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_reached_without_a_token() {
    let site = Site::start().await;
    let grant = noout_server::Grant {
        person: "ana".parse().expect("an id"),
        incident: noout_types::IncidentId(1),
        until: jiff::Timestamp::MAX,
        generation: 0,
    };
    let link = site.running.app.keys().grant(&grant);
    for endpoint in ENDPOINTS {
        let url = site.url(&filled(endpoint.path));
        for token in [None, Some("nonsense"), Some(link.as_str())] {
            let mut request = site.http.request(method(endpoint.method), &url).json(&body(endpoint.path));
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            let answer = request.send().await.expect("an answer");
            assert_eq!(answer.status(), 401, "{:?} {url} with {token:?}", endpoint.method);
            let error: Value = answer.json().await.expect("JSON");
            assert_eq!(error["code"], "unauthorized", "{url}");
        }
    }
}

/// Given every endpoint there is, when it is called with a token, then there is something behind it.
#[tokio::test(flavor = "multi_thread")]
async fn every_listed_endpoint_is_there() {
    let site = Site::start().await;
    for endpoint in ENDPOINTS {
        let request = site.as_person(Some("ana"), method(endpoint.method), &filled(endpoint.path));
        let answer = request.json(&body(endpoint.path)).send().await.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("a body");
        assert!(!text.contains("no_endpoint") && status != 405, "{} {text}", endpoint.path);
        assert!(status.as_u16() < 500, "{}: {status} {text}", endpoint.path);
        let json: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}: {text}", endpoint.path));
        assert!(status.is_success() || json["message"].is_string(), "{}: {text}", endpoint.path);
    }
    let nowhere = site.as_person(None, reqwest::Method::GET, "/api/v1/nothing").send().await.expect("an answer");
    assert_eq!(nowhere.status(), 404);
}

/// Given a viewer, when anything that changes something is called, then 403; somebody who does not exist may do nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_changes_nothing() {
    let site = Site::start().await;
    site.as_person(Some("ana"), reqwest::Method::POST, "/api/v1/incidents")
        .json(&json!({ "title": "X" }))
        .send()
        .await
        .expect("it opens");
    let before = site.get("/api/v1/status").await["config_version"].clone();
    // Questions that need a body; and to ask for something is all that a viewer may, for other teams' people are viewers.
    let asks = ["/api/v1/config/check", "/api/v1/routes/replay", "/api/v1/requests"];
    for endpoint in ENDPOINTS.iter().filter(|e| e.method != Method::Get && !asks.contains(&e.path)) {
        for person in ["vera", "nobody"] {
            let request = site.as_person(Some(person), method(endpoint.method), &filled(endpoint.path));
            let answer = request.json(&body(endpoint.path)).send().await.expect("an answer");
            assert_eq!(answer.status(), 403, "{} as {person}: {:?}", endpoint.path, answer.text().await);
        }
    }
    assert_eq!(site.get("/api/v1/status").await["config_version"], before);
    let text = site.as_person(Some("vera"), reqwest::Method::GET, "/api/v1/config").send().await.expect("an answer");
    assert_eq!(text.status(), 403, "the text may hold secrets");
}

/// Given an incident, when people work on it, then everybody reads the same timeline.
#[tokio::test(flavor = "multi_thread")]
async fn an_incident_from_open_to_resolved() {
    let site = Site::start().await;
    let post = async |person: &str, path: &str, body: Value| {
        let answer =
            site.as_person(Some(person), reqwest::Method::POST, path).json(&body).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
    };
    let (status, opened) =
        post("ana", "/api/v1/incidents", json!({ "title": "pve3 smells", "severity": "info" })).await;
    assert_eq!((status, opened["incident"].as_u64()), (200, Some(1)), "{opened}");
    for (person, verb, body) in [
        ("bo", "ack", Value::Null),
        ("bo", "announce", json!({ "text": "I open the rack" })),
        ("bo", "note", json!({ "text": "It is the fan" })),
        ("bo", "hand-over", json!({ "to": "ana" })),
        ("ana", "resolve", json!({ "note": "cleaned" })),
    ] {
        let (status, answer) = post(person, &format!("/api/v1/incidents/1/{verb}"), body).await;
        assert_eq!(status, 200, "{verb}: {answer}");
    }
    let (status, answer) = post("ana", "/api/v1/incidents/1/ack", Value::Null).await;
    assert_eq!((status, answer["code"].as_str()), (409, Some("conflict")), "it is closed");
    assert_eq!(post("ana", "/api/v1/incidents/7/ack", Value::Null).await.0, 404);
    let timeline = site.get("/api/v1/incidents/1/timeline").await;
    let rows = timeline.as_array().expect("rows").iter();
    let said: Vec<_> =
        rows.map(|r| r["what"].as_str().unwrap_or_default().to_owned()).filter(|w| !w.starts_with("page")).collect();
    assert_eq!(said, ["opened", "acked", "announced", "noted", "handed_over", "resolved"]);
    let closed = site.get("/api/v1/incidents?open=false").await;
    assert_eq!(closed[0]["status_by"], "person:ana", "{closed}");
}

/// Given bodies that do not fit, then 422 says which field; a configuration with errors names its lines.
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_named() {
    let site = Site::start().await;
    let post = async |path: &str, body: Value| {
        let answer = site.as_person(None, reqwest::Method::POST, path).json(&body).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
    };
    let (status, error) = post("/api/v1/incidents", json!({ "title": "x", "severity": "awful" })).await;
    assert_eq!(status, 422);
    assert!(error["message"].as_str().is_some_and(|m| m.starts_with("severity: ")), "{error}");
    let (status, error) = post("/api/v1/incidents", json!({ "titel": "x" })).await;
    assert!(status == 422 && error["message"].as_str().is_some_and(|m| m.contains("titel")), "{error}");
    let (status, error) = post("/api/v1/config", json!({ "text": "[[person]]\nid = 5\n" })).await;
    assert_eq!(status, 422);
    assert_eq!(error["errors"][0]["line"], 2, "{error}");
    assert_eq!(site.get("/api/v1/status").await["config_version"], 1, "nothing was applied");
}

/// Given two versions of a configuration, when the first is taken back, then it is in force as a third.
#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_goes_back_as_a_new_version() {
    let site = Site::start().await;
    let post = async |path: &str, body: Value| {
        let answer =
            site.as_person(Some("ana"), reqwest::Method::POST, path).json(&body).send().await.expect("an answer");
        answer.json::<Value>().await.expect("JSON")
    };
    let other = CONFIG.replace("Example Hosting", "Other Hosting");
    assert_eq!(post("/api/v1/config", json!({ "text": other })).await["config_version"], 2);
    assert_eq!(post("/api/v1/config/rollback", json!({ "version": 1 })).await["config_version"], 3);
    assert_eq!(site.get("/api/v1/config").await["text"], CONFIG);
    let versions = site.get("/api/v1/config/versions").await;
    let by: Vec<_> =
        versions.as_array().expect("a list").iter().map(|v| (v["version"].as_u64(), v["by"].clone())).collect();
    assert_eq!(by, [(Some(3), json!("person:ana")), (Some(2), json!("person:ana")), (Some(1), json!("local"))]);
}

/// Given a lab, when something is broken and mended, then it is listed while it is broken.
#[tokio::test(flavor = "multi_thread")]
async fn a_lab_is_broken_and_mended() {
    let site = Site::start().await;
    let post = async |path: &str, what: &str| {
        let request = site.as_person(Some("bo"), reqwest::Method::POST, path).json(&json!({ "what": what }));
        request.send().await.expect("an answer").status().as_u16()
    };
    while site.get("/api/v1/labs").await.as_array().is_none_or(Vec::is_empty) {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(post("/api/v1/lab/lab/break", "fan pve3 FAN3").await, 200);
    assert_eq!(site.get("/api/v1/labs").await[0]["broken"], json!(["fan pve3 FAN3"]));
    assert_eq!(post("/api/v1/lab/lab/mend", "all").await, 200);
    assert_eq!(site.get("/api/v1/labs").await[0]["broken"], json!([]));
    assert_eq!(post("/api/v1/lab/lab/break", "everything").await, 422);
    assert_eq!(post("/api/v1/lab/ceph/break", "mgr").await, 404, "only labs can be broken");
}

/// Given the document, then the server serves what is checked in.
#[tokio::test(flavor = "multi_thread")]
async fn the_openapi_document_is_served() {
    let site = Site::start().await;
    let served = site.http.get(site.url("/api/v1/openapi.json")).send().await.expect("an answer");
    assert_eq!(served.text().await.expect("a body"), noout_api::openapi_json());
}

/// Given an empty configuration, when an administrator applies it, then it is refused, unless it is meant.
#[tokio::test(flavor = "multi_thread")]
async fn an_empty_configuration_is_refused_unless_it_is_meant() {
    let site = Site::start().await;
    let apply = async |person: Option<&str>, body: Value| {
        let request = site.as_person(person, reqwest::Method::POST, "/api/v1/config").json(&body);
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
    };
    for person in [Some("ana"), None] {
        let (status, answer) = apply(person, json!({ "text": "" })).await;
        assert_eq!(status, 409, "{answer}");
        assert!(answer["message"].as_str().is_some_and(|m| m.contains("--force")), "{answer}");
    }
    let without_ana = CONFIG.replace("id = \"ana\"\nrole", "id = \"zoe\"\nrole").replace("[\"ana\"", "[\"zoe\"");
    assert_eq!(apply(Some("ana"), json!({ "text": without_ana })).await.0, 409, "who applies it is not in it");
    assert_eq!(apply(None, json!({ "text": "", "force": true })).await.0, 200);
}

/// Given an administrator, when somebody is invited, then the link is the server's own and opens a page.
#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_a_link_to_a_page() {
    let site = Site::start().await;
    let invite = |by, path: &str| site.as_person(by, reqwest::Method::POST, path).send();
    let answer = invite(None, "/api/v1/people/bo/invite").await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let made: Value = answer.json().await.expect("JSON");
    let url = made["url"].as_str().expect("a link");
    assert!(url.starts_with(&site.url("/invite/")) && made["person"] == "bo", "{made}");
    assert_eq!(site.http.get(url).send().await.expect("an answer").status(), 200);
    assert_eq!(invite(Some("bo"), "/api/v1/people/bo/invite").await.expect("an answer").status(), 403);
    assert_eq!(invite(Some("ana"), "/api/v1/people/nobody/invite").await.expect("an answer").status(), 404);
}

/// Given a program elsewhere, when it has a token, then it reads or does what the token's role may, until it is revoked.
#[tokio::test(flavor = "multi_thread")]
async fn a_program_elsewhere_asks_by_its_token() {
    let site = Site::start().await;
    let make = async |by: Option<&str>, name: &str, role: &str| {
        let request = site.as_person(by, reqwest::Method::POST, "/api/v1/tokens");
        let answer = request.json(&json!({ "name": name, "role": role })).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
    };
    assert_eq!(make(Some("bo"), "x", "viewer").await.0, 403, "administrators alone");
    assert_eq!(make(None, "x", "admin").await.0, 422);
    let (status, made) = make(Some("ana"), "grafana", "viewer").await;
    assert_eq!(status, 200, "{made}");
    let token = made["token"].as_str().expect("a token").to_owned();
    let elsewhere = site.seen_from("203.0.113.7:4444").await;
    let ask = async |method: reqwest::Method, path: &str| {
        let url = format!("http://{elsewhere}{path}");
        let request = site.http.request(method, url).bearer_auth(&token).json(&json!({ "title": "x" }));
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(ask(reqwest::Method::GET, "/api/v1/incidents").await, 200);
    assert_eq!(ask(reqwest::Method::POST, "/api/v1/incidents").await, 403, "it reads and nothing else");
    assert_eq!(ask(reqwest::Method::GET, "/api/v1/tokens").await, 403);
    let (_, bot) = make(Some("ana"), "bot", "responder").await;
    let opened = site.http.post(site.url("/api/v1/incidents")).bearer_auth(bot["token"].as_str().expect("a token"));
    assert_eq!(opened.json(&json!({ "title": "By a program" })).send().await.expect("an answer").status(), 200);
    let listed = site.get("/api/v1/tokens").await;
    assert_eq!(listed[1]["name"], "grafana");
    assert!(!listed.to_string().contains(&token) && listed[1].get("digest").is_none(), "{listed}");
    let revoke = site.as_person(Some("ana"), reqwest::Method::DELETE, "/api/v1/tokens/grafana");
    assert_eq!(revoke.send().await.expect("an answer").status(), 200);
    assert_eq!(ask(reqwest::Method::GET, "/api/v1/incidents").await, 401);
}

/// Given many incidents, when somebody takes them at once, then it says what was taken and what others have.
#[tokio::test(flavor = "multi_thread")]
async fn many_are_taken_at_once() {
    let site = Site::start().await;
    let post = async |person: Option<&str>, path: &str, body: Value| {
        let answer = site.as_person(person, reqwest::Method::POST, path).json(&body).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
    };
    for title in ["a", "b", "c", "d"] {
        assert_eq!(post(Some("ana"), "/api/v1/incidents", json!({ "title": title })).await.0, 200);
    }
    assert_eq!(post(Some("bo"), "/api/v1/incidents/2/ack", Value::Null).await.0, 200);
    assert_eq!(post(Some("bo"), "/api/v1/incidents/3/resolve", json!({ "note": "" })).await.0, 200);
    let (status, done) = post(Some("ana"), "/api/v1/incidents/ack", json!({ "incidents": [1, 2, 3] })).await;
    assert_eq!(status, 200, "{done}");
    assert_eq!((&done["taken"], &done["closed"]), (&json!([1]), &json!([3])));
    assert_eq!(done["others"], json!([{ "incident": 2, "by": "person:bo" }]));
    let (status, done) = post(Some("ana"), "/api/v1/incidents/ack", json!({ "mine": true })).await;
    assert_eq!((status, &done["taken"]), (200, &json!([4])), "{done}");
    assert_eq!(post(None, "/api/v1/incidents/ack", json!({ "mine": true })).await.0, 422, "nobody in particular");
    assert_eq!(post(Some("ana"), "/api/v1/incidents/ack", json!({ "incidents": [77] })).await.0, 404);
}

/// Given a source whose ends overtake their beginnings, then its page says so.
#[tokio::test(flavor = "multi_thread")]
async fn what_came_out_of_order_stands_with_its_source() {
    let site = Site::with_source().await;
    let send = async |action: &str, key: &str| {
        let body = json!({ "event_action": action, "dedup_key": key, "routing_key": crate::site::KEY,
            "payload": { "summary": "Disk", "source": "db1", "severity": "critical" } });
        site.http.post(site.url("/v2/enqueue")).json(&body).send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(send("resolve", "one").await, 202);
    assert_eq!(send("trigger", "one").await, 202);
    assert_eq!(send("trigger", "two").await, 202);
    let found = site.get("/api/v1/sources/prom").await;
    assert_eq!((found["late"].as_u64(), found["firing"].as_u64()), (Some(1), Some(1)), "{found}");
    assert!(found["last_heard"].is_string() && found["kind"] == "alerts", "{found}");
    let timeline = site.get("/api/v1/sources/prom/timeline").await;
    assert_eq!(timeline[0]["what"], "alert_late", "{timeline}");
    assert_eq!(site.get("/api/v1/sources").await[0]["id"], "prom");
    let unknown = site.as_person(None, reqwest::Method::GET, "/api/v1/sources/nobody").send().await.expect("an answer");
    assert_eq!(unknown.status(), 404);
}

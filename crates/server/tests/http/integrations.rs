//! Each tool's own format, from its request to the incident.

use noout_api as _;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::site::{KEY, Site};

async fn sent(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or_default())
}

async fn alerts(site: &Site) -> usize {
    site.get("/api/v1/alerts").await.as_array().map_or(0, Vec::len)
}

fn pagerduty(action: &str, dedup: Option<&str>) -> Value {
    json!({ "routing_key": KEY, "event_action": action, "dedup_key": dedup,
        "payload": { "summary": "Disk of db1 is full", "source": "db1", "severity": "critical" } })
}

/// Given a tool that speaks PagerDuty, then it is answered as there, and its key is in the body.
#[tokio::test(flavor = "multi_thread")]
async fn pagerdutys_events() {
    let site = Site::with_source().await;
    let far = site.seen_from("10.1.2.3:5555").await;
    let post = |body: &Value| site.http.post(format!("http://{far}/v2/enqueue")).json(body);
    let (status, body) = sent(post(&pagerduty("trigger", Some("disk")))).await;
    assert_eq!(status, 202);
    assert_eq!(body, json!({ "status": "success", "message": "Event processed", "dedup_key": "disk" }));
    let alert = &site.get("/api/v1/alerts").await[0];
    assert_eq!((alert["source"].as_str(), alert["labels"]["source"].as_str()), (Some("prom"), Some("prom")));
    let (status, body) = sent(post(&pagerduty("trigger", None))).await;
    assert_eq!((status, body["dedup_key"].as_str().map(str::len)), (202, Some(32)), "it is given a name");
    assert_eq!(alerts(&site).await, 2);
    assert_eq!(sent(post(&pagerduty("acknowledge", Some("disk")))).await.0, 202);
    assert_eq!(
        site.get("/api/v1/incidents/1").await["status"],
        "triggered",
        "a note, unless it is configured otherwise"
    );
    let timeline = site.get("/api/v1/incidents/1/timeline").await;
    assert!(timeline.to_string().contains("acked_at_source"), "{timeline}");
    assert_eq!(sent(post(&pagerduty("resolve", Some("disk")))).await.0, 202);
    assert_eq!(site.get("/api/v1/incidents/1").await["status"], "resolved");
    assert_eq!(alerts(&site).await, 1);
    let change = json!({ "routing_key": KEY, "payload": { "summary": "deployed 4.2" } });
    let request = site.http.post(format!("http://{far}/v2/change/enqueue")).json(&change);
    assert_eq!(sent(request).await.0, 202);
    // No.
    let (status, body) =
        sent(post(&json!({ "routing_key": "wrong", "event_action": "resolve", "dedup_key": "x" }))).await;
    assert_eq!((status, body["status"].as_str()), (401, Some("invalid event")));
    let request = post(&json!({ "routing_key": KEY, "event_action": "up" }));
    assert_eq!(sent(request).await.0, 400);
}

/// Given a local tool and no sources, then what is wrong with its event is said, each thing.
#[tokio::test(flavor = "multi_thread")]
async fn pagerdutys_errors() {
    let site = Site::start().await;
    let request = site.http.post(site.url("/v2/enqueue")).json(&json!({ "event_action": "trigger", "payload": {} }));
    let (status, body) = sent(request).await;
    assert_eq!((status, body["message"].as_str()), (400, Some("Event object is invalid")));
    assert!(body["errors"].is_array(), "{body}");
}

/// Given an Opsgenie client, then create, acknowledge and close work by alias, with its kind of key.
#[tokio::test(flavor = "multi_thread")]
async fn opsgenies_alerts() {
    let site = Site::with(&format!("[[source]]\nid = \"og\"\nkey = \"{KEY}\"\nacks = true\n")).await;
    let post = |path: &str| {
        site.http
            .post(site.url(path))
            .header("authorization", format!("GenieKey {KEY}"))
            .json(&json!({ "user": "zoe" }))
    };
    let create = post("/v2/alerts").json(&json!({ "message": "Disk full", "alias": "db1/disk", "priority": "P1" }));
    let (status, body) = sent(create).await;
    assert_eq!((status, body["result"].as_str()), (202, Some("Request will be processed")));
    assert!(body["requestId"].as_str().is_some_and(|id| id.len() == 36), "{body}");
    assert_eq!(sent(post("/v2/alerts/db1%2Fdisk/acknowledge?identifierType=alias")).await.0, 202);
    assert_eq!(site.get("/api/v1/incidents/1").await["status"], "acked", "acks = true");
    assert_eq!(sent(post("/v2/alerts/db1%2Fdisk/close")).await.0, 400, "which kind of name is it");
    assert_eq!(sent(post("/v2/alerts/db1%2Fdisk/close?identifierType=alias")).await.0, 202);
    assert_eq!(site.get("/api/v1/incidents/1").await["status"], "resolved");
    let below = format!("/integrations/{KEY}/opsgenie/v2/alerts");
    let request = site.http.post(site.url(&below)).json(&json!({ "message": "Another" }));
    assert_eq!(sent(request).await.0, 202, "the key in the path");
    let request = site.http.post(site.url("/v2/alerts")).json(&json!({ "message": "m" }));
    assert_eq!(sent(request).await.0, 401);
    let (status, body) = sent(post("/v2/alerts").json(&json!({ "message": "m", "priority": "P9" }))).await;
    assert_eq!(status, 422, "{body}");
}

/// Given each integration, then what fires is an incident and what ends resolves it.
#[tokio::test(flavor = "multi_thread")]
async fn each_integration_fires_and_resolves() {
    let site = Site::start().await;
    let grafana =
        |status: &str| json!({ "status": status, "alerts": [{ "status": status, "labels": { "alertname": "G" } }] });
    let kuma = |status: u8| json!({ "heartbeat": { "status": status, "msg": "m" }, "monitor": { "id": 1, "name": "K" }, "msg": "m" });
    let zabbix =
        |value: &str| json!({ "event_id": "7", "event_value": value, "event_name": "Z", "event_severity": "High" });
    let icinga =
        |kind: &str, state: &str| json!({ "notification_type": kind, "host_name": "i", "service_state": state });
    let generic = |action: &str| json!({ "summary": "S", "action": action });
    let cases = [
        ("grafana", grafana("firing"), grafana("resolved")),
        ("kuma", kuma(0), kuma(1)),
        ("zabbix", zabbix("1"), zabbix("0")),
        ("icinga", icinga("PROBLEM", "CRITICAL"), icinga("RECOVERY", "OK")),
        ("nagios", icinga("PROBLEM", "CRITICAL"), icinga("RECOVERY", "OK")),
        ("generic", generic("trigger"), generic("resolve")),
    ];
    for (incident, (name, fires, ends)) in (1..).zip(cases) {
        let post = |body: &Value| site.http.post(site.url(&format!("/integrations/any/{name}"))).json(body);
        let (status, body) = sent(post(&fires)).await;
        assert_eq!((status, body["status"].as_str()), (200, Some("accepted")), "{name}: {body}");
        assert_eq!(alerts(&site).await, 1, "{name}");
        assert_eq!(sent(post(&ends)).await.0, 200, "{name}");
        let path = format!("/api/v1/incidents/{incident}");
        assert_eq!(site.get(&path).await["status"], "resolved", "{name}");
        assert_eq!(sent(post(&json!({ "x": ["y"] }))).await.0, if name == "kuma" { 200 } else { 400 }, "{name}");
    }
}

/// Given scripts that send forms, and Uptime Kuma's other ways, then they are heard as well.
#[tokio::test(flavor = "multi_thread")]
async fn forms_of_all_kinds() {
    let site = Site::start().await;
    let post = |name: &str| site.http.post(site.url(&format!("/integrations/any/{name}")));
    let form = |request: RequestBuilder, body: &str| {
        request.header("content-type", "application/x-www-form-urlencoded").body(body.to_owned())
    };
    let (status, body) = sent(form(post("generic"), "summary=Disk+full&severity=warning&label.team=db")).await;
    assert_eq!((status, body["dedup"].as_str()), (200, Some("Disk full")));
    assert_eq!(sent(form(post("nagios"), "NOTIFICATIONTYPE=PROBLEM&HOSTNAME=a&HOSTSTATE=DOWN")).await.0, 200);
    let down = json!({ "heartbeat": { "status": 0 }, "monitor": { "id": 1, "name": "K" }, "msg": "m" }).to_string();
    let parts = format!("--b\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\n{down}\r\n--b--\r\n");
    let request = post("kuma").header("content-type", "multipart/form-data; boundary=b").body(parts);
    assert_eq!(sent(request).await.0, 200);
    assert_eq!(alerts(&site).await, 3);
    // A page of strangers says where it is from.
    let foreign = form(post("generic"), "summary=x").header("origin", "https://evil.example");
    assert_eq!(sent(foreign).await.0, 403);
}

/// Given Uptime Kuma with "GET" as its method, then the key in the address counts; and without one, which any page in a browser on
/// this machine could ask for, nothing happens.
#[tokio::test(flavor = "multi_thread")]
async fn a_get_without_a_key_does_nothing() {
    let query = |status: u8| format!("msg=m&heartbeat=%7B%22status%22%3A{status}%7D&monitor=%7B%22id%22%3A1%7D");
    let (keyless, keyed) = (Site::start().await, Site::with_source().await);
    for (site, key) in [(&keyless, "any"), (&keyed, "any"), (&keyed, "prom")] {
        let request = site.http.get(site.url(&format!("/integrations/{key}/kuma?{}", query(0))));
        assert_eq!(sent(request).await.0, 401, "{key}");
        assert_eq!(alerts(site).await, 0, "{key}");
    }
    for (status, firing) in [(0, 1), (1, 0)] {
        let request = keyed.http.get(keyed.url(&format!("/integrations/{KEY}/kuma?{}", query(status))));
        assert_eq!(sent(request).await.0, 200);
        assert_eq!(alerts(&keyed).await, firing);
    }
    for path in ["/ping/3f1c9a52-6d0e-4b7a-9c58-2f6a1e0d7b34", "/ping/x", "/api/push/x?status=up"] {
        let request = keyless.http.get(keyless.url(path)).send().await.expect("an answer");
        assert_eq!(request.status(), 404, "{path}");
    }
}

/// Given a source beyond its rate, then all that was accepted fires, and stands in one incident.
#[tokio::test(flavor = "multi_thread")]
async fn beyond_its_rate_a_source_is_merged_and_never_refused() {
    let site = Site::with(&format!("[[source]]\nid = \"prom\"\nkey = \"{KEY}\"\nrate = 5\n")).await;
    let many: Vec<_> = (0..300).map(|n| json!({ "labels": { "alertname": format!("A{n}") } })).collect();
    let request = site.http.post(site.url("/api/v2/alerts")).bearer_auth(KEY).json(&many);
    assert_eq!(request.send().await.expect("an answer").status(), 200);
    assert_eq!(site.get("/api/v1/status").await["alerts"], 300);
    let open = site.get("/api/v1/incidents?open=true&limit=500").await;
    let open = open.as_array().expect("a list");
    // A minute may have passed in between, which makes room for five more.
    assert!((6..=11).contains(&open.len()), "{}", open.len());
    let overflow =
        open.iter().find(|i| i["title"].as_str().is_some_and(|t| t.contains("more than 5 incidents a minute")));
    assert!(overflow.is_some_and(|i| i["alerts_firing"].as_u64() >= Some(290)), "{overflow:?}");
}

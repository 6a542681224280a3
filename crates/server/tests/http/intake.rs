//! Alerts in: what is taken is on disk, what is not is said.

use std::time::Duration;

use noout_server::{Keys, key_path};
use serde_json::{Value, json};

use crate::site::{KEY, Site, alerts_on_disk};

fn alert(name: &str) -> Value {
    json!({ "labels": { "alertname": name, "severity": "info", "instance": "db1" },
        "annotations": { "summary": format!("{name} of db1") } })
}

/// Given a server, when alerts are answered by 200, then a second reader finds them in the journal at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_2xx_means_it_is_on_disk() {
    let site = Site::start().await;
    for name in ["One", "Two", "Three"] {
        let answer = site.post_alerts(&json!([alert(name)])).await;
        assert_eq!(answer.status(), 200);
        assert!(alerts_on_disk(&site.data()).contains(&name.to_owned()), "{name} is not on disk");
    }
}

/// Given accepted alerts, when the files are taken as a kill leaves them and a server starts on them, then all fire.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_kill_leaves_is_enough() {
    let site = Site::start().await;
    let body: Vec<_> = (0..50).map(|i| alert(&format!("A{i}"))).collect();
    assert_eq!(site.post_alerts(&json!(body)).await.status(), 200);
    let copy = tempfile::tempdir().expect("a folder");
    for name in ["noout.db", "noout.db-wal", "noout.db.key"] {
        let _not_there = std::fs::copy(site.dir.path().join(name), copy.path().join(name));
    }
    let again = Site::start_in(copy).await;
    assert_eq!(again.get("/api/v1/status").await["alerts"], 50);
}

/// Given a stopped server, when it starts again, then it goes on where it was.
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_goes_on() {
    let site = Site::start().await;
    assert_eq!(site.post_alerts(&json!([alert("Disk")])).await.status(), 200);
    let before = site.get("/api/v1/status").await["seq"].as_u64();
    let again = Site::start_in(site.stop().await).await;
    let status = again.get("/api/v1/status").await;
    assert_eq!((status["alerts"].as_u64(), status["seq"].as_u64() >= before), (Some(1), true), "{status}");
}

/// Given bodies that are none, then 400 says where, nothing is stored, and the server goes on.
#[tokio::test(flavor = "multi_thread")]
async fn garbage_is_refused_with_its_place() {
    let site = Site::start().await;
    let cases = [
        ("", "empty"),
        ("[{", "not JSON"),
        ("[{\"labels\":{\"a\":5}}]", "[0].labels.a: expected a string, found the number 5"),
        ("{\"labels\":{}}", "expected an array"),
        ("[[]]", "[0]"),
        ("[{\"labels\":{\"a\":\"b\"},\"startsAt\":5}]", "[0].startsAt"),
    ];
    for (body, words) in cases {
        let request = site.http.post(site.url("/api/v2/alerts")).header("content-type", "application/json");
        let answer = request.body(body).send().await.expect("an answer");
        assert_eq!(answer.status(), 400, "{body}");
        let text: String = answer.json().await.expect("a JSON string, as Alertmanager answers");
        assert!(text.contains(words), "{body}: {text}");
    }
    assert_eq!(alerts_on_disk(&site.data()), Vec::<String>::new());
    assert_eq!(site.post_alerts(&json!([alert("Fine")])).await.status(), 200);
}

/// Given a body with good and bad alerts, then the good ones are stored and 400 tells of the rest.
#[tokio::test(flavor = "multi_thread")]
async fn the_good_ones_of_a_body_are_taken() {
    let site = Site::start().await;
    let answer = site.post_alerts(&json!([alert("Good"), { "labels": {} }, alert("Better")])).await;
    assert_eq!(answer.status(), 400);
    let text: String = answer.json().await.expect("a JSON string");
    assert!(text.contains("2 alerts were accepted, 1 not: [1].labels"), "{text}");
    let mut taken = alerts_on_disk(&site.data());
    taken.sort();
    assert_eq!(taken, ["Better", "Good"]);
}

/// Given a body of 10 MB, then 413, with its length known beforehand or not.
#[tokio::test(flavor = "multi_thread")]
async fn too_long_is_413() {
    let site = Site::start().await;
    let long = "x".repeat(10_000_000);
    let post = || site.http.post(site.url("/api/v2/alerts")).header("content-type", "application/json");
    let answer = post().body(long.clone()).send().await.expect("an answer");
    assert_eq!(answer.status(), 413);
    let text: String = answer.json().await.expect("a JSON string");
    assert!(text.contains("10000000 bytes"), "{text}");
    assert_eq!(site.post_alerts(&json!([alert("Fine")])).await.status(), 200);
}

/// Given callers from elsewhere, then only a key is heard: as bearer, as password, or in the path.
#[tokio::test(flavor = "multi_thread")]
async fn from_elsewhere_a_key_is_needed() {
    let site = Site::with_source().await;
    let far = site.seen_from("10.1.2.3:5555").await;
    let post = |path: &str| site.http.post(format!("http://{far}{path}")).json(&json!([alert("Far")]));
    let status = async |request: reqwest::RequestBuilder| request.send().await.expect("an answer").status().as_u16();
    assert_eq!(status(post("/api/v2/alerts")).await, 401);
    assert_eq!(status(post("/api/v2/alerts").bearer_auth("wrong")).await, 401);
    assert_eq!(status(post("/api/v2/alerts").basic_auth("x", Some("wrong"))).await, 401);
    assert_eq!(status(site.http.get(format!("http://{far}/api/v2/alerts"))).await, 401, "reading too");
    assert_eq!(alerts_on_disk(&site.data()), Vec::<String>::new());
    assert_eq!(status(post("/api/v2/alerts").bearer_auth(KEY)).await, 200);
    assert_eq!(status(post("/api/v2/alerts").basic_auth("any", Some(KEY))).await, 200);
    let group = json!({ "version": "4", "status": "firing", "alerts": [
        { "status": "firing", "labels": { "alertname": "Hooked" }, "annotations": {} }] });
    let hook = |key: &str| site.http.post(format!("http://{far}/integrations/{key}/alertmanager")).json(&group);
    assert_eq!(status(hook("wrong")).await, 401);
    assert_eq!(status(hook(KEY)).await, 200);
    let alerts = site.get("/api/v1/alerts").await;
    let sources: Vec<_> = alerts.as_array().expect("a list").iter().map(|a| a["source"].clone()).collect();
    assert_eq!(sources, ["prom", "prom"]);
}

/// Given a server that knows a source, then this machine needs a key too: a plain proxy cannot be told from it.
#[tokio::test(flavor = "multi_thread")]
async fn with_a_source_nobody_goes_without_a_key() {
    let site = Site::with_source().await;
    let post = || site.http.post(site.url("/api/v2/alerts")).json(&json!([alert("Near")]));
    let status = async |request: reqwest::RequestBuilder| request.send().await.expect("an answer").status().as_u16();
    assert_eq!(status(post()).await, 401);
    assert_eq!(status(site.http.get(site.url("/api/v2/alerts"))).await, 401, "reading too");
    assert_eq!(status(post().bearer_auth(KEY)).await, 200);
    let own = Keys::read(&key_path(&site.data())).expect("the key").local(None, jiff::Timestamp::now());
    assert_eq!(status(post().bearer_auth(own)).await, 200, "the command line proves itself");
    let link = site.running.app.keys().grant(&noout_server::Grant {
        person: "ana".parse().expect("an id"),
        incident: noout_types::IncidentId(1),
        until: jiff::Timestamp::MAX,
        generation: 0,
    });
    assert_eq!(status(post().bearer_auth(link)).await, 401, "a page's link is no key");
}

/// Given a key that nobody has, then it is refused also where none is needed: its sender thinks that it is known.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_refused_on_this_machine_too() {
    let site = Site::start().await;
    let post = || site.http.post(site.url("/api/v2/alerts")).json(&json!([alert("Near")]));
    let status = async |request: reqwest::RequestBuilder| request.send().await.expect("an answer").status().as_u16();
    assert_eq!(status(post().bearer_auth("wrong")).await, 401);
    assert_eq!(status(post().basic_auth("x", Some("wrong"))).await, 401);
    assert_eq!(status(post().header("host", "noout.example.org")).await, 403, "a name that others use");
    assert_eq!(status(post()).await, 200);
}

/// Given any answer of the API, then it is what it says it is and nobody keeps it.
#[tokio::test(flavor = "multi_thread")]
async fn answers_are_neither_guessed_at_nor_kept() {
    let site = Site::start().await;
    for path in ["/api/v2/alerts", "/api/v1/status", "/api/v1/openapi.json", "/metrics", "/healthz", "/nothing"] {
        let answer = site.http.get(site.url(path)).send().await.expect("an answer");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
    }
}

/// Given a proxy on this machine, then its callers are not taken for this machine.
#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_is_not_this_machine() {
    let site = Site::start().await;
    let post = site.http.post(site.url("/api/v2/alerts")).header("x-forwarded-for", "203.0.113.9");
    assert_eq!(post.json(&json!([alert("Proxied")])).send().await.expect("an answer").status(), 401);
}

/// Given a page of strangers in a browser on this machine, then it is not heard without a key.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_strangers_is_not_heard() {
    let site = Site::start().await;
    let post = || site.http.post(site.url("/api/v2/alerts"));
    let foreign = post().header("origin", "https://evil.example").json(&json!([alert("X")]));
    assert_eq!(foreign.send().await.expect("an answer").status(), 403);
    let rebound = post().header("host", "evil.example").json(&json!([alert("X")]));
    assert_eq!(rebound.send().await.expect("an answer").status(), 403);
    let form = post().header("content-type", "text/plain").body("[]");
    assert_eq!(form.send().await.expect("an answer").status(), 415);
    assert_eq!(alerts_on_disk(&site.data()), Vec::<String>::new());
}

/// Given a webhook of a group, when it fires and then resolves, then the alert comes and goes.
#[tokio::test(flavor = "multi_thread")]
async fn alertmanagers_webhook_fires_and_resolves() {
    let site = Site::start().await;
    let send = |status: &str| {
        let group = json!({ "version": "4", "status": status, "alerts": [{ "status": status,
            "labels": { "alertname": "Hooked" }, "annotations": {}, "startsAt": "2026-01-01T00:00:00Z",
            "endsAt": if status == "resolved" { "2026-01-01T01:00:00Z" } else { "0001-01-01T00:00:00Z" } }] });
        site.http.post(site.url("/integrations/anything/alertmanager")).json(&group).send()
    };
    assert_eq!(send("firing").await.expect("an answer").status(), 200);
    assert_eq!(site.get("/api/v1/status").await["alerts"], 1);
    assert_eq!(send("resolved").await.expect("an answer").status(), 200);
    assert_eq!(site.get("/api/v1/status").await["alerts"], 0);
    assert_eq!(site.get("/api/v1/incidents/1").await["status"], "resolved");
}

/// Given more than may wait, then 429 with a time to come back, and 503 for Alertmanager, which tries again only then.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn too_much_is_shed_visibly() {
    let site = Site::start().await;
    let (held, hold) = std::sync::mpsc::channel::<()>();
    let (ready, is_held) = std::sync::mpsc::channel::<()>();
    let app = site.running.app.clone();
    // Whoever looks at the state makes the writer wait.
    let looker = std::thread::spawn(move || {
        app.read(|_| {
            ready.send(()).expect("somebody waits");
            let _until_dropped = hold.recv();
        });
    });
    is_held.recv().expect("the state is held");
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..12_000 {
        let app = site.running.app.clone();
        waiting.spawn(async move { app.submit(noout_core::Input::Tick).await.is_ok() });
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let answer = site.post_alerts(&json!([alert("Late")])).await;
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers()["retry-after"], "5");
    let group = json!({ "alerts": [{ "status": "firing", "labels": { "alertname": "Late" } }] });
    drop(held);
    looker.join().expect("the looker ends");
    let taken = waiting.join_all().await.into_iter().filter(|taken| *taken).count();
    assert!((8192..12_000).contains(&taken), "{taken} were taken");
    let hook = site.http.post(site.url("/integrations/x/alertmanager")).json(&group).send().await.expect("an answer");
    assert_eq!(hook.status(), 200, "it takes again what comes");
}

/// Given alerts, then Alertmanager's list has its shape, its filters and its order.
#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_alertmanagers() {
    let site = Site::start().await;
    let many: Vec<_> = (0..1200).map(|i| alert(&format!("A{i}"))).collect();
    assert_eq!(site.post_alerts(&json!(many)).await.status(), 200);
    let get = async |query: &str| {
        let answer = site.http.get(site.url(&format!("/api/v2/alerts{query}"))).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
    };
    let (_, all) = get("").await;
    let all = all.as_array().expect("a list");
    assert_eq!(all.len(), 1200);
    assert!(all.is_sorted_by_key(|a| a["fingerprint"].as_str().map(str::to_owned)));
    let mut fields: Vec<_> = all[0].as_object().expect("an alert").keys().cloned().collect();
    fields.sort();
    let wanted = [
        "annotations",
        "endsAt",
        "fingerprint",
        "generatorURL",
        "labels",
        "receivers",
        "startsAt",
        "status",
        "updatedAt",
    ];
    assert_eq!(fields, wanted);
    assert_eq!(all[0]["status"], json!({ "inhibitedBy": [], "mutedBy": [], "silencedBy": [], "state": "active" }));
    assert_eq!(all[0]["receivers"], json!([{ "name": "ops" }]));
    for (query, found) in [
        ("?filter=alertname%3D%22A7%22", 1),
        ("?filter=alertname%3D~%22A1..%22&filter=severity%3Dinfo", 100),
        ("?active=false", 0),
        ("?silenced=false&inhibited=false&unprocessed=false&active=true", 1200),
        ("?receiver=o.*", 1200),
        ("?receiver=o", 0),
    ] {
        let (status, list) = get(query).await;
        assert_eq!((status, list.as_array().map(Vec::len)), (200, Some(found)), "{query}");
    }
    assert_eq!(get("?filter=%7B%7B").await.0, 400);
    assert_eq!(get("?active=perhaps").await.0, 400);
}

/// Given a silence set as `amtool` does, then the alert is listed as suppressed by it, an expired one is listed so, and
/// filters of both lists work as Alertmanager's.
#[tokio::test(flavor = "multi_thread")]
async fn silences_are_set_listed_and_ended_as_in_alertmanager() {
    let site = Site::start().await;
    assert_eq!(site.post_alerts(&json!([alert("Disk"), alert("Net")])).await.status(), 200);
    let silence = json!({ "matchers": [{ "name": "alertname", "value": "Disk", "isRegex": false }],
        "startsAt": "2020-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z", "createdBy": "ana", "comment": "mending" });
    let url = site.url("/api/v2/silences");
    // A year is the longest.
    let answer = site.http.post(&url).json(&silence).send().await.expect("an answer");
    assert_eq!(answer.status(), 400, "{:?}", answer.text().await);
    let mut silence = silence;
    silence["endsAt"] = json!(noout_types::Span::from_hours(2).after(jiff::Timestamp::now()));
    let answer = site.http.post(&url).json(&silence).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let id = answer.json::<Value>().await.expect("JSON")["silenceID"].as_str().expect("an id").to_owned();
    let get = async |path: &str| -> Value {
        site.http.get(site.url(path)).send().await.expect("an answer").json().await.expect("JSON")
    };
    let names = |list: &Value| -> Vec<String> {
        let one = |a: &Value| a["labels"]["alertname"].as_str().unwrap_or_default().to_owned();
        list.as_array().expect("a list").iter().map(one).collect()
    };
    let silenced = get("/api/v2/alerts?active=false").await;
    assert_eq!(names(&silenced), ["Disk"]);
    assert_eq!(silenced[0]["status"]["state"], "suppressed");
    assert_eq!(silenced[0]["status"]["silencedBy"], json!([id]));
    assert_eq!(names(&get("/api/v2/alerts?silenced=false").await), ["Net"]);
    let listed = get("/api/v2/silences?filter=alertname%3D%22Disk%22").await;
    assert_eq!(listed[0]["status"]["state"], "active");
    assert_eq!(get("/api/v2/silences?filter=alertname%3D%22Other%22").await, json!([]));
    let path = format!("/api/v2/silence/{id}");
    assert_eq!(get(&path).await["comment"], "mending");
    let ended = site.http.delete(site.url(&path)).send().await.expect("an answer");
    assert_eq!(ended.status(), 200);
    assert_eq!(get(&path).await["status"]["state"], "expired");
    assert_eq!(names(&get("/api/v2/alerts?active=false").await), [""; 0]);
    let unknown = site.http.delete(site.url("/api/v2/silence/00000000-0000-4000-8000-0000000000ff"));
    assert_eq!(unknown.send().await.expect("an answer").status(), 404);
}

/// Given more alerts in a group than are looked at in one go, and a text that JSON escapes, then the groups are whole, each an
/// incident with its labels and its policy, and filters leave out what they leave out.
#[tokio::test(flavor = "multi_thread")]
async fn the_groups_are_alertmanagers() {
    let site = Site::start().await;
    let big =
        |i: usize| json!({ "labels": { "alertname": "Big", "instance": format!("host-{i}"), "severity": "info" } });
    let all: Vec<_> = (0..5000).map(big).collect();
    assert_eq!(site.post_alerts(&json!(all)).await.status(), 200);
    let odd = "C:\\disk \"full\"\n93 %";
    let small = json!([{ "labels": { "alertname": "Small", "path": odd }, "annotations": { "summary": odd } }]);
    assert_eq!(site.post_alerts(&small).await.status(), 200);
    let get = async |query: &str| -> Value {
        let url = site.url(&format!("/api/v2/alerts/groups{query}"));
        site.http.get(url).send().await.expect("an answer").json().await.expect("JSON")
    };
    let groups = get("").await;
    let groups = groups.as_array().expect("a list");
    assert_eq!(groups.len(), 2);
    assert_eq!(groups[0]["labels"], json!({ "alertname": "Big" }));
    assert_eq!(groups[0]["receiver"], json!({ "name": "ops" }));
    let hosts: std::collections::BTreeSet<_> =
        groups[0]["alerts"].as_array().expect("alerts").iter().map(|a| a["labels"]["instance"].to_string()).collect();
    assert_eq!(hosts.len(), 5000, "each once");
    assert_eq!(groups[1]["alerts"][0]["annotations"]["summary"], odd);
    assert_eq!(groups[1]["alerts"][0]["labels"]["path"], odd);
    let one = get("?filter=instance%3D%22host-4711%22").await;
    assert_eq!((one.as_array().map(Vec::len), one[0]["alerts"].as_array().map(Vec::len)), (Some(1), Some(1)));
    assert_eq!(get("?filter=instance%3D%22nobody%22").await, json!([]));
}

//! Where alerts would go, beside what really came in.

use reqwest::Method;
use serde_json::json;

use crate::site::Site;

/// Given real alerts, when a label set is tested, then those that are nearly like it stand beside the answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_test_stands_beside_real_alerts() {
    let site = Site::with("[[route]]\nid = \"db\"\nmatch = 'team=\"db\"'\npolicy = \"ops\"\n").await;
    let alert = |team: &str| json!({ "labels": { "alertname": "Disk", "team": team } });
    assert_eq!(site.post_alerts(&json!([alert("db"), alert("database")])).await.status(), 200);
    let found = site.get("/api/v1/routes/test?labels=alertname%3DDisk,team%3Ddb").await;
    assert_eq!((found["route"].as_str(), found["policy"].as_str()), (Some("route-0"), Some("ops")), "{found}");
    assert_eq!(found["also"], json!(["db"]), "the route of everything stands before it");
    assert_eq!(found["steps"][0]["people"], json!(["ana", "bo"]));
    assert_eq!(found["exact"], 1);
    assert_eq!(found["near"][0]["differs"], json!([["team", "db", "database"]]));
    let bad = site.as_person(None, Method::GET, "/api/v1/routes/test?labels=x").send().await.expect("an answer");
    assert_eq!(bad.status(), 422);
}

/// Given a history, when it is replayed by the same and by another configuration, then it tells what would be otherwise.
#[tokio::test(flavor = "multi_thread")]
async fn a_replay_tells_what_would_have_been() {
    let site = Site::start().await;
    assert_eq!(site.post_alerts(&json!([{ "labels": { "alertname": "Disk" } }])).await.status(), 200);
    let replay = async |body: serde_json::Value| {
        let answer = site.as_person(None, Method::POST, "/api/v1/routes/replay").json(&body).send().await;
        let answer = answer.expect("an answer");
        (answer.status().as_u16(), answer.json::<serde_json::Value>().await.expect("JSON"))
    };
    let (status, same) = replay(json!({ "since": "1h" })).await;
    assert_eq!(status, 200, "{same}");
    assert_eq!((same["happened"]["pages"].as_u64(), same["would"]["pages"].as_u64()), (Some(2), Some(2)), "{same}");
    let text = site.get("/api/v1/config").await["text"].as_str().expect("a text").to_owned();
    let other = text.replace("policy = \"ops\"\n[[platform]]", "policy = \"ops\"\nurgency = \"low\"\n[[platform]]");
    assert_ne!(text, other);
    let (_, other) = replay(json!({ "since": "1h", "config": other })).await;
    assert_eq!(other["would"]["pages"], 0, "{other}");
    assert_eq!(other["fewer"].as_array().map(Vec::len), Some(2));
    assert_eq!(replay(json!({ "since": "1h", "config": "nonsense" })).await.0, 422);
    assert_eq!(replay(json!({ "since": "400d" })).await.0, 422);
}

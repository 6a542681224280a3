//! Channels whose answers come back: a fake carrier that speaks Twilio's API takes calls and text messages and calls back,
//! signed with the account's token.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{OriginalUri, State};
use axum::http::StatusCode;
use axum::routing::any;
use axum::{Json, Router};
use noout_notify::Carrier;
use reqwest::Method;
use serde_json::{Value, json};

use crate::site::Site;

type Form = Vec<(String, String)>;

/// What the carrier was asked: path and form.
type Asked = Arc<Mutex<Vec<(String, Form)>>>;

async fn carrier() -> (String, Asked) {
    async fn take(
        State(asked): State<Asked>,
        OriginalUri(uri): OriginalUri,
        body: String,
    ) -> (StatusCode, Json<Value>) {
        let form = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        asked.lock().expect("no panic").push((uri.path().to_owned(), form));
        // It rings before it answers: whoever calls back at once is faster than the answer.
        tokio::time::sleep(Duration::from_millis(300)).await;
        (StatusCode::CREATED, Json(json!({ "sid": "XX01", "status": "queued" })))
    }
    let asked = Asked::default();
    let router = Router::new().route("/{*path}", any(take)).with_state(asked.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    (format!("http://{address}"), asked)
}

const TOKEN: &str = "the-token-of-the-account";

/// Ana is called and then written to; Bo is written to.
async fn site() -> (Site, Asked) {
    let (url, asked) = carrier().await;
    let account = format!("account = \"AC1\"\ntoken = \"{TOKEN}\"\nfrom = \"+41446681801\"\nurl = \"{url}\"\n");
    let people = crate::site::CONFIG
        .replace(
            "contact = [\"webhook:http://127.0.0.1:9/ana\"]",
            "phone = \"+41 44 668 18 00\"\nlanguage = \"de\"\ncontact = [\"voice\", \"sms\"]",
        )
        .replace("contact = [\"webhook:http://127.0.0.1:9/bo\"]", "phone = \"+41 44 668 18 02\"\ncontact = [\"sms\"]");
    let text = format!("{people}[[sms]]\nid = \"acme\"\n{account}[[voice]]\nid = \"acme\"\n{account}");
    (Site::start_with(tempfile::tempdir().expect("a folder"), text).await, asked)
}

/// The newest form that was posted to a path that ends so, once there is one.
async fn asked_for(asked: &Asked, ends: &str, to: &str) -> Form {
    for _ in 0..200 {
        let found = asked
            .lock()
            .expect("no panic")
            .iter()
            .rev()
            .find_map(|(path, form)| (path.ends_with(ends) && field(form, "To") == to).then(|| form.clone()));
        if let Some(form) = found {
            return form;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nothing was posted to {ends} for {to}: {:?}", asked.lock().expect("no panic"));
}

fn field(form: &Form, name: &str) -> String {
    form.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default()
}

/// Calls back as the carrier does.
async fn call(site: &Site, url: &str, fields: &[(&str, &str)], token: &str) -> (u16, String) {
    let form: Form = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let signer = Carrier {
        id: String::new(),
        url: "http://x/".parse().expect("a URL"),
        account: String::new(),
        token: token.to_owned().into(),
        from: String::new(),
    };
    let signature = signer.signature(url, &form);
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&form).finish();
    let request = site.http.post(url).header("x-twilio-signature", signature);
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("a text"))
}

async fn fires(site: &Site) {
    let alert =
        json!([{ "labels": { "alertname": "Down", "severity": "critical" }, "annotations": { "summary": "a < b" } }]);
    assert_eq!(site.post_alerts(&alert).await.status(), 200);
}

const ANA: &str = "+41446681800";
const BO: &str = "+41446681802";

#[tokio::test(flavor = "multi_thread")]
async fn a_pressed_key_takes_the_incident_and_nobody_elses_does() {
    let (site, asked) = site().await;
    fires(&site).await;
    let form = asked_for(&asked, "Calls.json", ANA).await;
    let url = field(&form, "Url");
    let (status, text) = call(&site, &url, &[("AnsweredBy", "human")], "another token").await;
    assert_eq!((status, text.contains("Gather")), (403, false), "{text}");
    let (status, text) = call(&site, &url, &[("AnsweredBy", "human")], TOKEN).await;
    assert_eq!(status, 200);
    assert!(text.contains("de-DE") && text.contains("<Gather") && !text.contains("a < b"), "{text}");
    let keys = url.strip_suffix("/call").map(|base| format!("{base}/keys")).expect("its address");
    assert!(text.contains(&keys), "{text}");
    assert_eq!(call(&site, &keys, &[("Digits", "1")], "another token").await.0, 403);
    assert_eq!(site.get("/api/v1/incidents/1").await["status"], "triggered");
    let (status, text) = call(&site, &keys, &[("Digits", "1")], TOKEN).await;
    assert!(status == 200 && text.contains("Danke"), "{text}");
    let incident = site.get("/api/v1/incidents/1").await;
    assert_eq!((&incident["status"], &incident["owner"]), (&json!("acked"), &json!("ana")));
    let (_, text) = call(&site, &url, &[("AnsweredBy", "human")], TOKEN).await;
    assert!(!text.contains("<Gather"), "who has it is asked no more: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_answers_is_not_a_person_and_the_next_way_is_tried() {
    let (site, asked) = site().await;
    fires(&site).await;
    let url = field(&asked_for(&asked, "Calls.json", ANA).await, "Url");
    let (status, text) = call(&site, &url, &[("AnsweredBy", "machine_start")], TOKEN).await;
    assert!(status == 200 && !text.contains("<Say"), "{text}");
    asked_for(&asked, "Messages.json", ANA).await;
    assert_eq!(site.get("/api/v1/incidents/1").await["status"], "triggered");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answered_text_message_takes_the_incident() {
    let (site, asked) = site().await;
    fires(&site).await;
    let form = asked_for(&asked, "Messages.json", BO).await;
    assert!(field(&form, "Body").contains("Reply 1"), "{form:?}");
    let url = site.url("/replies/acme");
    let stranger = [("From", "+41790000000"), ("Body", "1")];
    assert_eq!(call(&site, &url, &stranger, TOKEN).await.0, 200);
    assert_eq!(call(&site, &url, &[("From", BO), ("Body", "1")], "another token").await.0, 403);
    assert_eq!(site.get("/api/v1/incidents/1").await["status"], "triggered");
    let (_, chatter) = call(&site, &url, &[("From", BO), ("Body", "who is this")], TOKEN).await;
    assert!(!chatter.contains("<Message>"), "{chatter}");
    let (status, text) = call(&site, &url, &[("From", BO), ("Body", " Ok. ")], TOKEN).await;
    assert!(status == 200 && text.contains("#1 is yours"), "{text}");
    assert_eq!(site.get("/api/v1/incidents/1").await["owner"], "bo");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_says_what_happened_and_is_confirmed_by_its_link() {
    let (site, asked) = site().await;
    let sent = site.as_person(Some("bo"), Method::POST, "/api/v1/people/bo/test").json(&json!({})).send().await;
    assert_eq!(sent.expect("an answer").status(), 200);
    let form = asked_for(&asked, "Messages.json", BO).await;
    let callback = field(&form, "StatusCallback");
    assert_eq!(call(&site, &callback, &[("MessageStatus", "delivered")], TOKEN).await.0, 204);
    // The word came before the carrier's own answer, and counts behind it.
    let mut found = Value::Null;
    for _ in 0..200 {
        found = site.get("/api/v1/people/bo/contacts").await;
        if found[0]["test"]["state"] == "arrived" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!((&found[0]["contact"], &found[0]["test"]["state"]), (&json!("sms"), &json!("arrived")));
    assert!(found[0].get("confirmed").is_none(), "delivered is not read");
    let body = field(&form, "Body");
    let link = body.lines().find(|line| line.contains("/t/")).expect("a link").to_owned();
    let page = site.http.get(&link).send().await.expect("an answer");
    assert_eq!(page.status(), 200);
    assert!(site.get("/api/v1/people/bo/contacts").await[0].get("confirmed").is_none(), "looking confirms nothing");
    assert_eq!(site.http.post(&link).send().await.expect("an answer").status(), 303);
    assert!(site.get("/api/v1/people/bo/contacts").await[0]["confirmed"].is_string());
    let forged = site.http.post(format!("{link}x")).send().await.expect("an answer");
    assert_eq!(forged.status(), 403);
    let other = site.as_person(Some("vera"), Method::POST, "/api/v1/people/bo/test").json(&json!({})).send().await;
    assert_eq!(other.expect("an answer").status(), 403);
}

/// Invariant 31: no number of a person stands in what others can read.
#[tokio::test(flavor = "multi_thread")]
async fn no_number_stands_in_metrics_timeline_or_api() {
    let (site, asked) = site().await;
    fires(&site).await;
    let url = field(&asked_for(&asked, "Calls.json", ANA).await, "StatusCallback");
    call(&site, &url, &[("CallStatus", "busy"), ("To", ANA)], TOKEN).await;
    asked_for(&asked, "Messages.json", ANA).await;
    let metrics = site.http.get(site.url("/metrics")).send().await.expect("an answer").text().await.expect("a text");
    let mut texts = vec![metrics];
    for path in ["/api/v1/incidents/1", "/api/v1/people/ana/contacts"] {
        texts.push(site.get(path).await.to_string());
    }
    for text in texts {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        assert!(!text.contains("668 18") && !digits.contains("41446681800"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_worker_and_the_manifest_are_served() {
    let (site, _) = site().await;
    for (path, kind, part) in [
        ("/sw.js", "text/javascript; charset=utf-8", "showNotification"),
        ("/manifest.webmanifest", "application/manifest+json", "standalone"),
    ] {
        let answer = site.http.get(site.url(path)).send().await.expect("an answer");
        assert_eq!(answer.headers()["content-type"], kind);
        let text = answer.text().await.expect("a text");
        assert!(text.contains(part) && !text.contains("ICON"), "{text}");
    }
    let forged = site.http.post(site.url("/callback/forged.ticket/push")).send().await.expect("an answer");
    assert_eq!(forged.status(), 403);
}

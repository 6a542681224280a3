//! Requests by API, key and mail; the weekly agenda; decisions.

use lettre::transport::smtp::client::Tls;
use lettre::{Message, SmtpTransport, Transport as _};
use reqwest::Method;
use serde_json::{Value, json};

use crate::site::Site;

const WISHES: &str = "wishes-key-of-a-test";
const ALERTS: &str = "alerts-key-of-a-test";

fn sources() -> String {
    format!(
        "[smtp_in]\nlisten = \"127.0.0.1:0\"\n[[source]]\nid = \"wishes\"\nkind = \"requests\"\nkey = \"{WISHES}\"\n[[source]]\nid = \"prom\"\nkey = \"{ALERTS}\"\n"
    )
}

async fn post(site: &Site, person: &str, path: &str, body: Value) -> (u16, Value) {
    let request = site.as_person(Some(person), Method::POST, &format!("/api/v1/{path}")).json(&body);
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

async fn hook(site: &Site, path: &str, body: &Value) -> (u16, Value) {
    let answer = site.http.post(site.url(path)).json(body).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

fn mail(from: &str, subject: &str, id: &str, text: &str) -> Message {
    let mail = Message::builder()
        .from(from.parse().expect("an address"))
        .to(format!("{WISHES}@noout.example.org").parse().expect("an address"))
        .subject(subject)
        .message_id(Some(id.to_owned()));
    mail.body(text.to_owned()).expect("a mail")
}

/// lettre's blocking client, on a thread that may block.
async fn send(site: &Site, mail: Message) -> Result<(), String> {
    let port = site.running.smtp.expect("it takes mails").port();
    let sent = tokio::task::spawn_blocking(move || {
        let client = SmtpTransport::builder_dangerous("127.0.0.1").port(port).tls(Tls::None).build();
        client.send(&mail).map(|_| ()).map_err(|e| e.to_string())
    });
    sent.await.expect("it ends")
}

/// Given a viewer of another team, when they ask for something, then the team works on it and both read the same timeline.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_from_asked_to_done() {
    let site = Site::start().await;
    let body = json!({ "title": "More disk", "text": "2 TB", "urgency": "can_wait", "wanted_by": "2026-12-24" });
    let (status, accepted) = post(&site, "vera", "requests", body).await;
    assert_eq!((status, accepted["request"].as_u64()), (200, Some(1)), "{accepted}");
    assert_eq!(post(&site, "vera", "requests/1/take", Value::Null).await.0, 403, "asking is all that she may");
    for (person, verb, body) in [
        ("ana", "take", Value::Null),
        ("bo", "take", Value::Null),
        ("bo", "weigh", json!({ "urgency": "this_week" })),
        ("bo", "hand-over", json!({ "to": "ana" })),
        ("vera", "answer", json!({ "text": "soon, please" })),
        ("ana", "done", json!({ "text": "here it is" })),
    ] {
        let (status, answer) = post(&site, person, &format!("requests/1/{verb}"), body).await;
        assert_eq!(status, 200, "{verb}: {answer}");
    }
    let found = site.get("/api/v1/requests/1").await;
    assert_eq!(
        (&found["status"], &found["owner"], &found["closed_words"]),
        (&json!("done"), &json!("ana"), &json!("here it is"))
    );
    assert_eq!(found["from"]["name"], "vera");
    let timeline = site.get("/api/v1/requests/1/timeline").await;
    let what: Vec<_> = timeline.as_array().expect("rows").iter().map(|r| r["what"].as_str().unwrap_or("")).collect();
    let wanted = ["asked", "taken", "taken", "weighed", "handed_over", "answered", "done"];
    assert_eq!(what, wanted.map(|w| format!("request_{w}")));
    assert_eq!(site.get("/api/v1/requests?open=true").await, json!([]));
    assert_eq!(site.get("/api/v1/requests?owner=ana").await[0]["id"], 1);
    assert_eq!(site.get("/api/v1/requests?owner=nobody").await, json!([]));
    assert_eq!(post(&site, "ana", "requests/1/take", Value::Null).await.0, 409);
    assert_eq!(post(&site, "ana", "requests/9/take", Value::Null).await.0, 404);
}

/// Given bodies that do not fit, then the answer says what was found and what is allowed.
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_a_request_is_named() {
    let site = Site::start().await;
    for (body, field) in [
        (json!({ "title": "x", "urgency": "now" }), "urgency"),
        (json!({ "title": "x", "wanted_by": "soon" }), "wanted_by"),
        (json!({ "title": "x".repeat(201) }), "title"),
        (json!({ "title": "x", "from": { "mail": "nora at home" } }), "from.mail"),
        (json!({ "title": "x", "form": {} }), "form"),
    ] {
        let (status, error) = post(&site, "ana", "requests", body).await;
        let message = error["message"].as_str().unwrap_or_default();
        assert!(status == 422 && message.contains(field), "{field}: {status} {error}");
    }
}

/// Given a source of requests, then its key hands in requests and wakes nobody, and a key of alerts asks for nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_for_requests_or_for_alerts() {
    let site = Site::with(&sources()).await;
    let body = json!({ "title": "A firewall rule", "from": { "name": "CI", "team": "Build" }, "key": "job-7" });
    let path = format!("/integrations/{WISHES}/request");
    let (status, answer) = hook(&site, &path, &body).await;
    assert_eq!((status, &answer["request"]), (200, &json!(1)), "{answer}");
    assert_eq!(hook(&site, &path, &body).await.1["request"], 1, "the same again is the same");
    assert_eq!(hook(&site, &format!("/integrations/{ALERTS}/request"), &body).await.0, 403);
    assert_eq!(hook(&site, "/integrations/nobodys/request", &body).await.0, 401);
    let alert = json!({ "title": "Down", "severity": "critical" });
    assert_eq!(hook(&site, &format!("/integrations/{WISHES}/generic"), &alert).await.0, 403, "it wakes nobody");
    let (status, why) = hook(&site, &path, &json!({ "title": "x", "urgency": "now" })).await;
    assert!(status == 400 && why.as_str().is_some_and(|w| w.contains("can_wait")), "{why}");
    assert_eq!(site.get("/api/v1/requests").await.as_array().map(Vec::len), Some(1));
    assert_eq!(site.get("/api/v1/requests/1").await["by"], "source:wishes");
}

/// Given a mail to the key of a source of requests, then it is a request, once, and no alert.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_a_request() {
    let site = Site::with(&sources()).await;
    let first =
        || mail("Nora Beck <nora@example.org>", "Fwd: More disk", "<7@example.org>", "The invoices need 2 TB.\n");
    assert_eq!(send(&site, first()).await, Ok(()));
    assert_eq!(send(&site, first()).await, Ok(()), "a relay sent it twice");
    let found = site.get("/api/v1/requests").await;
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
    assert_eq!((&found[0]["title"], &found[0]["text"]), (&json!("More disk"), &json!("The invoices need 2 TB.")));
    assert_eq!(found[0]["from"], json!({ "name": "Nora Beck", "mail": "nora@example.org" }));
    assert_eq!(site.get("/api/v1/alerts").await, json!([]));
}

/// Given a request that came by mail, when its asker writes again, then whoever has it reads it there; a mail to a request that
/// is over is a new one.
#[tokio::test(flavor = "multi_thread")]
async fn a_further_mail_of_the_same_conversation_is_no_second_request() {
    let site = Site::with(&sources()).await;
    let nora = "Nora Beck <nora@example.org>";
    let answers = |mail: Message, to: &str| {
        let mut mail = mail;
        mail.headers_mut().set(lettre::message::header::InReplyTo::from(to.to_owned()));
        mail
    };
    assert_eq!(send(&site, mail(nora, "More disk", "<1@example.org>", "2 TB")).await, Ok(()));
    assert_eq!(post(&site, "bo", "requests/1/take", Value::Null).await.0, 200);
    let more =
        || answers(mail(nora, "Re: More disk", "<2@example.org>", "4 TB, please\n\n> 2 TB\n"), "<1@example.org>");
    assert_eq!(send(&site, more()).await, Ok(()));
    assert_eq!(send(&site, more()).await, Ok(()), "a relay sent it twice");
    let timeline = site.get("/api/v1/requests/1/timeline").await;
    let answered: Vec<_> =
        timeline.as_array().expect("rows").iter().filter(|r| r["what"] == "request_answered").collect();
    assert_eq!(answered.len(), 1, "{timeline}");
    assert_eq!(
        (&answered[0]["detail"]["text"], &answered[0]["detail"]["from"]["name"]),
        (&json!("4 TB, please"), &json!("Nora Beck"))
    );
    assert_eq!(post(&site, "bo", "requests/1/done", json!({ "text": "4 TB" })).await.0, 200);
    let late = answers(mail(nora, "Re: More disk", "<3@example.org>", "full again"), "<2@example.org>");
    assert_eq!(send(&site, late).await, Ok(()));
    assert_eq!(site.get("/api/v1/requests?open=true").await[0]["id"], 2);
}

/// Given mails that are no requests, then the sender hears why, and one from an address that nobody can write to is taken.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_by_mail_is_refused_to_the_senders_face() {
    let site = Site::with(&sources()).await;
    let why = send(&site, mail("a@example.org", "", "<1@example.org>", " \n")).await.expect_err("it says nothing");
    assert!(why.contains("554") && why.contains("neither a subject nor a text"), "{why}");
    // What mail programs write of lists and groups is no address.
    let mut garbled = mail("a@example.org", "x", "<2@example.org>", "y");
    let name = lettre::message::header::HeaderName::new_from_ascii_str("From");
    let from = lettre::message::header::HeaderValue::new(name, "The billing team <billing>".to_owned());
    garbled.headers_mut().insert_raw(from);
    assert_eq!(send(&site, garbled).await, Ok(()));
    let found = site.get("/api/v1/requests").await;
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
    assert_eq!(found[0]["from"], json!({ "name": "The billing team" }));
    for n in 0..199 {
        assert_eq!(send(&site, mail("a@example.org", &format!("wish {n}"), &format!("<w{n}@x>"), "z")).await, Ok(()));
    }
    let why = send(&site, mail("a@example.org", "one more", "<more@x>", "z")).await.expect_err("a loop ends");
    assert!(why.contains("554") && why.contains("200"), "{why}");
}

/// Given questions, voices and a close, then the decision is found with everybody's voice and with who said nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_decision_with_everybodys_voice() {
    let site = Site::start().await;
    let body = json!({ "title": "Which day?", "options": ["Monday", "Friday"] });
    assert_eq!(post(&site, "ana", "decisions", body).await.1["decision"], 1);
    assert_eq!(post(&site, "ana", "decisions/1/voice", json!({ "choice": "1" })).await.0, 200);
    assert_eq!(post(&site, "ana", "decisions/1/voice", json!({ "choice": "2", "words": "fewer users" })).await.0, 200);
    let (status, error) = post(&site, "bo", "decisions/1/voice", json!({ "choice": "for" })).await;
    let message = error["message"].as_str().unwrap_or_default();
    assert!(status == 422 && message.contains("1, 2, against, abstain"), "{error}");
    assert_eq!(site.get("/api/v1/meeting/agenda").await["decisions"][0]["silent"], json!(["bo"]));
    let close = json!({ "decided": "Friday", "why": "fewer users then" });
    assert_eq!(post(&site, "ana", "decisions/1/close", close).await.0, 200);
    assert_eq!(post(&site, "bo", "decisions/1/voice", json!({ "choice": "1" })).await.0, 409);
    let found = site.get("/api/v1/decisions?q=FEWER&open=false").await;
    assert_eq!((&found[0]["decided"], &found[0]["silent"]), (&json!("Friday"), &json!(["bo"])), "{found}");
    assert_eq!((&found[0]["count"]["2"], &found[0]["voices"][0]["asked"]), (&json!(1), &json!(true)));
    assert_eq!(site.get("/api/v1/decisions?q=kubernetes").await, json!([]));
    assert_eq!(site.get("/api/v1/decisions/1/timeline").await.as_array().map(Vec::len), Some(4));
}

/// Given a week with an incident, an interruption and a request, then the agenda tells of them.
#[tokio::test(flavor = "multi_thread")]
async fn the_agenda_tells_the_week() {
    let site = Site::start().await;
    let empty = site.get("/api/v1/meeting/agenda").await;
    assert_eq!(
        (&empty["timezone"], &empty["people"]),
        (&json!("UTC"), &json!(["ana", "bo"])),
        "it needs no configuration"
    );
    post(&site, "ana", "incidents", json!({ "title": "db down" })).await;
    post(&site, "bo", "incidents/1/ack", Value::Null).await;
    post(&site, "bo", "incidents/1/resolve", json!({ "note": "" })).await;
    post(&site, "vera", "requests", json!({ "title": "invoices hang", "urgency": "interrupts" })).await;
    post(&site, "bo", "requests/1/take", Value::Null).await;
    let agenda = site.get("/api/v1/meeting/agenda").await;
    let incident = &agenda["incidents"][0];
    assert_eq!(
        (&incident["title"], &incident["owner"], &incident["status"]),
        (&json!("db down"), &json!("bo"), &json!("resolved"))
    );
    assert!(incident["to_ack_ms"].is_u64() && incident["to_resolve_ms"].is_u64(), "{incident}");
    assert_eq!(incident["pages"], 2, "{incident}");
    assert_eq!((&agenda["requests"][0]["owner"], &agenda["interrupted"][0]["request"]), (&json!("bo"), &json!(1)));
    assert_eq!(agenda["interrupted"][0]["until"], Value::Null, "it goes on");
}

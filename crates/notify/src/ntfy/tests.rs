use expect_test::expect;
use noout_types::Lang;

use super::*;
use crate::testing::{answer, http, message, server};

async fn sent(message: &Message) -> (Outcome, String) {
    let (address, seen) = server(answer("200 OK", r#"{"id":"hwQ2YpKdmg","event":"message"}"#)).await;
    let url = Url::parse(&format!("http://ana:pass@{address}/noout-ana")).expect("a URL");
    let outcome = Ntfy::new(http(), url).send(message).await;
    let request = seen.lock().expect("no panic").pop().unwrap_or_default();
    (outcome, request.replace(&address.to_string(), "HOST"))
}

#[tokio::test]
async fn a_page_as_ntfy_receives_it() {
    let (outcome, request) = sent(&message()).await;
    assert_eq!(outcome, Outcome::Delivered("answered 200 OK, message hwQ2YpKdmg".to_owned()));
    let request = request.replace('\r', "").replace(env!("CARGO_PKG_VERSION"), "VERSION");
    expect![[r#"
        POST /noout-ana HTTP/1.1
        authorization: Basic YW5hOnBhc3M=
        title: =?UTF-8?B?TMO8ZnRlciAzIHZvbiBwdmUzIGbDpGxsdCBhdXM=?=
        priority: 5
        tags: rotating_light,noout
        click: https://noout.example.org/p/tokenThatNobodyMaySee0123456789
        actions: [{"action":"http","label":"\u00dcbernehmen","url":"https://noout.example.org/p/tokenThatNobodyMaySee0123456789/ack","method":"POST","clear":true},{"action":"view","label":"\u00d6ffnen und best\u00e4tigen","url":"https://noout.example.org/p/tokenThatNobodyMaySee0123456789","clear":false}]
        content-type: text/plain; charset=utf-8
        accept: */*
        user-agent: noout/VERSION
        host: HOST
        content-length: 41

        Sie haben Bereitschaft.
        Schwere: kritisch"#]].assert_eq(&request);
}

#[tokio::test]
async fn what_is_sent_reads_back_as_it_was() {
    let message = Message { language: Lang::De, ..message() };
    let (_, request) = sent(&message).await;
    let header = |name: &str| {
        let found = request.lines().find_map(|l| l.strip_prefix(&format!("{name}: ")));
        found.unwrap_or_else(|| panic!("no {name} in {request}")).to_owned()
    };
    let title = header("title");
    let word = title.strip_prefix("=?UTF-8?B?").and_then(|t| t.strip_suffix("?=")).expect("an encoded word");
    assert_eq!(STANDARD.decode(word).expect("base64"), message.title.as_bytes());
    let actions: serde_json::Value = serde_json::from_str(&header("actions")).expect("JSON");
    assert_eq!(actions[0]["url"], format!("{}/ack", message.ack_url));
    assert_eq!(actions[0]["method"], "POST");
    assert_eq!(actions[1]["url"], message.ack_url);
    assert_eq!(actions[1]["label"], "Öffnen und bestätigen");
    assert!(request.ends_with(&message.text), "{request}");
}

#[test]
fn severity_chooses_the_sound() {
    let found = [Severity::Critical, Severity::Warning, Severity::Info].map(priority);
    assert_eq!(found, ["5", "4", "3"]);
}

#[test]
fn a_text_that_looks_encoded_is_shown_as_it_is() {
    let plain = "=?utf-8?q?hi?=";
    let sent = encoded(plain);
    let inner = sent.strip_prefix("=?UTF-8?B?").and_then(|s| s.strip_suffix("?=")).expect("an encoded word");
    assert_eq!(STANDARD.decode(inner).expect("base64"), plain.as_bytes());
    assert_eq!(encoded("disk full? = yes"), "disk full? = yes");
}

#[test]
fn a_title_cannot_smuggle_in_a_header_and_a_link_must_be_a_web_link() {
    let hostile =
        Message { title: "a\r\nX-Evil: 1".to_owned(), ack_url: "javascript:alert(1)".to_owned(), ..message() };
    let headers = headers(&hostile);
    assert_eq!(headers.get("title").and_then(|v| v.to_str().ok()), Some("a  X-Evil: 1"));
    assert!(headers.get("click").is_none() && headers.get("actions").is_none());
}

#[test]
fn a_long_text_stays_a_notification() {
    let cut = body(&"ü".repeat(5000));
    assert!(cut.len() <= MAX_TEXT_BYTES);
    assert!(String::from_utf8(cut).expect("whole characters").ends_with('…'));
}

#[tokio::test]
async fn an_id_that_is_none_is_not_repeated() {
    let (address, _) = server(answer("200 OK", r#"{"id":"<b>0790000000</b>"}"#)).await;
    let url = Url::parse(&format!("http://{address}/t")).expect("a URL");
    assert_eq!(Ntfy::new(http(), url).send(&message()).await, Outcome::Delivered("answered 200 OK".to_owned()));
}

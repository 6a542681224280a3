use expect_test::expect;

use super::*;
use crate::testing::{ACK_TOKEN, answer, http, message, server};

const SECRET: &str = "webhook-secret-of-the-test";

async fn sent(secret: Option<&str>) -> (Outcome, String, String) {
    let (address, seen) = server(answer("202 Accepted", ACK_TOKEN)).await;
    let url = Url::parse(&format!("http://{address}/page?key=abcdefgh")).expect("a URL");
    let secret = secret.map(|s| Arc::new(SecretString::from(s)));
    let outcome = Webhook::new(http(), url, secret).send(&message()).await;
    let request = seen.lock().expect("no panic").pop().unwrap_or_default();
    let (head, body) = request.split_once("\r\n\r\n").expect("a whole request");
    (outcome, head.to_owned(), body.to_owned())
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(": "))
}

#[tokio::test]
async fn the_body_is_the_contract() {
    let (outcome, head, body) = sent(Some(SECRET)).await;
    assert_eq!(outcome, Outcome::Delivered("answered 202 Accepted".to_owned()));
    assert!(head.starts_with("POST /page?key=abcdefgh HTTP/1.1\r\n"), "{head}");
    assert_eq!(header(&head, "content-type"), Some("application/json"));
    assert_eq!(header(&head, "idempotency-key"), Some("noout-42-2"));
    let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    expect![[r#"
        {
          "ack_url": "https://noout.example.org/p/tokenThatNobodyMaySee0123456789",
          "at": "2026-03-01T02:47:00Z",
          "incident": 7,
          "page": 42,
          "person": "ana",
          "severity": "critical",
          "text": "Sie haben Bereitschaft.\nSchwere: kritisch",
          "title": "Lüfter 3 von pve3 fällt aus"
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&body).expect("JSON"));
}

#[tokio::test]
async fn a_receiver_can_check_the_signature() {
    let (_, head, body) = sent(Some(SECRET)).await;
    let timestamp: i64 = header(&head, TIMESTAMP_HEADER).expect("a time").parse().expect("seconds");
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any key");
    mac.update(format!("{timestamp}.{body}").as_bytes());
    let signed = header(&head, SIGNATURE_HEADER).and_then(|s| s.strip_prefix("sha256=")).expect("a signature");
    let signed = hex::decode(signed).expect("hex");
    assert!(mac.verify_slice(&signed).is_ok());
    assert_ne!(signature(SECRET, timestamp + 1, body.as_bytes()), hex::encode(signed), "the time is signed too");
    assert!(!head.contains(SECRET) && !body.contains(SECRET));
}

#[test]
fn the_signature_is_the_documented_one() {
    // printf '1700000000.{}' | openssl dgst -sha256 -hmac key
    assert_eq!(
        signature("key", 1_700_000_000, b"{}"),
        "9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae"
    );
}

#[tokio::test]
async fn without_a_secret_nothing_pretends_to_be_signed() {
    let (outcome, head, _) = sent(None).await;
    assert!(outcome.is_delivered());
    assert_eq!(header(&head, SIGNATURE_HEADER), None);
}

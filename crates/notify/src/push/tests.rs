use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use web_push_native::p256::SecretKey;

use super::*;
use crate::testing::{Manner, answer, message, server};

const AUTH: [u8; 16] = [7; 16];

/// A device: its secret key, and the subscription that its browser would give.
fn device(endpoint: &str) -> (SecretKey, Subscription) {
    let secret = SecretKey::from_slice(&[9; 32]).expect("a key");
    let public = secret.public_key().to_sec1_bytes();
    let public = PublicKey::from_sec1_bytes(&public).expect("a point");
    let point = p256::EncodedPoint::from(public);
    let uncompressed = VerifyingKey::from_encoded_point(&point).expect("a key").to_encoded_point(false);
    let p256dh = URL_SAFE_NO_PAD.encode(uncompressed.as_bytes());
    let endpoint = Url::parse(endpoint).expect("a URL");
    (secret, Subscription { endpoint, p256dh, auth: URL_SAFE_NO_PAD.encode(AUTH) })
}

fn push() -> Push {
    let key = VapidKey::derive(b"a secret of this test").expect("a key");
    Push::new(key, "mailto:noc@example.org".to_owned(), true).expect("a client")
}

async fn sent(manner: Manner) -> Sent {
    let (address, _) = server(manner).await;
    let (_, subscription) = device(&format!("http://{address}/push/secretEndpointOfTheDevice"));
    push().send(&[("d1".to_owned(), subscription)], &message()).await
}

#[tokio::test]
async fn taken_is_not_delivered() {
    let sent = sent(answer("201 Created", "")).await;
    assert!(matches!(sent.outcome, Outcome::Accepted { handle: None, .. }), "{:?}", sent.outcome);
    assert!(sent.gone.is_empty());
}

#[tokio::test]
async fn a_device_that_is_gone_is_told() {
    for status in ["404 Not Found", "410 Gone"] {
        let sent = sent(answer(status, "")).await;
        assert_eq!(sent.gone, ["d1"]);
        assert!(matches!(sent.outcome, Outcome::Permanent(_)));
    }
}

#[tokio::test]
async fn one_device_that_works_is_enough() {
    let (works, _) = server(answer("201 Created", "")).await;
    let (gone, _) = server(answer("410 Gone", "")).await;
    let (_, first) = device(&format!("http://{gone}/a"));
    let (_, second) = device(&format!("http://{works}/b"));
    let sent = push().send(&[("old".to_owned(), first), ("new".to_owned(), second)], &message()).await;
    assert!(matches!(sent.outcome, Outcome::Accepted { .. }));
    assert_eq!(sent.gone, ["old"]);
}

#[tokio::test]
async fn a_push_service_sees_who_sends_and_not_what() {
    let (address, seen) = server(answer("201 Created", "")).await;
    let (_, subscription) = device(&format!("http://{address}/push/x"));
    push().send(&[("d".to_owned(), subscription)], &message()).await;
    let request = seen.lock().expect("no panic").pop().unwrap_or_default();
    for header in ["urgency: high", "topic: incident-7", "ttl: 600", "content-encoding: aes128gcm"] {
        assert!(request.contains(header), "{header} in {request}");
    }
    assert!(!request.contains("pve3") && !request.contains("tokenThat"), "the text is encrypted");
}

#[test]
fn the_device_reads_what_was_sent() {
    let (secret, subscription) = device("https://push.example.org/x");
    let (key, auth) = subscription.keys().expect("keys");
    let sealed = web_push_native::encrypt(payload(&message()), &key, &auth).expect("encrypted");
    assert!(sealed.len() < 4096, "{}", sealed.len());
    let opened = web_push_native::decrypt(sealed, &secret, &AUTH.into()).expect("decrypted");
    let opened: serde_json::Value = serde_json::from_slice(&opened).expect("JSON");
    assert_eq!(opened["title"], "Lüfter 3 von pve3 fällt aus");
    assert_eq!(opened["receipt"], format!("{}/push", message().reply.expect("an address")));
    assert_eq!(opened["ack"], format!("{}/ack", message().ack_url));
    let long = Message { text: "ü".repeat(5000), ..message() };
    assert!(payload(&long).len() < 3500);
    let test = Message { test: Some(3), ..message() };
    let opened: serde_json::Value = serde_json::from_slice(&payload(&test)).expect("JSON");
    assert!(opened["ack"].is_null(), "a test is confirmed by whoever opens it");
}

#[test]
fn the_token_is_signed_by_the_key_that_the_browser_was_given() {
    let push = push();
    let endpoint = Url::parse("https://push.example.org:8443/send/x").expect("a URL");
    let now = "2026-03-01T02:47:00Z".parse().expect("an instant");
    let header = push.key.authorization(&endpoint, &push.subject, now);
    let (token, key) = header.strip_prefix("vapid t=").and_then(|h| h.split_once(", k=")).expect("a header");
    assert_eq!(key, push.public_key());
    let (signed, signature) = token.rsplit_once('.').expect("three parts");
    let key = VerifyingKey::from_sec1_bytes(&URL_SAFE_NO_PAD.decode(key).expect("base64")).expect("a key");
    let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).expect("base64")).expect("a signature");
    key.verify(signed.as_bytes(), &signature).expect("it holds");
    let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.').expect("two parts").1).expect("base64");
    let claims: serde_json::Value = serde_json::from_slice(&claims).expect("JSON");
    assert_eq!(claims["aud"], "https://push.example.org:8443");
    assert_eq!(claims["sub"], "mailto:noc@example.org");
    assert_eq!(claims["exp"].as_i64(), Some(Span::from_hours(12).after(now).as_second()));
}

#[test]
fn the_same_secret_gives_the_same_key() {
    let public = |secret: &[u8]| VapidKey::derive(secret).expect("a key").public();
    assert_eq!(public(b"a"), public(b"a"));
    assert_ne!(public(b"a"), public(b"b"));
}

#[tokio::test]
async fn a_device_on_our_own_network_is_not_connected_to() {
    let key = VapidKey::derive(b"x").expect("a key");
    let strict = Push::new(key, "mailto:a@example.org".to_owned(), false).expect("a client");
    let (address, seen) = server(answer("201 Created", "")).await;
    let (_, subscription) = device(&format!("http://{address}/x"));
    assert_eq!(subscription.check(false), Err(SubscriptionError::Endpoint));
    let sent = strict.send(&[("d".to_owned(), subscription)], &message()).await;
    assert!(matches!(sent.outcome, Outcome::Permanent(_)), "{:?}", sent.outcome);
    assert!(seen.lock().expect("no panic").is_empty());
}

#[test]
fn what_is_no_key_is_refused_and_nothing_is_shown() {
    let (_, good) = device("https://push.example.org/secret");
    assert_eq!(good.check(false), Ok(()));
    assert!(!format!("{good:?}").contains("secret"));
    for bad in [
        Subscription { p256dh: "x".to_owned(), ..good.clone() },
        Subscription { p256dh: URL_SAFE_NO_PAD.encode([4; 65]), ..good.clone() },
        Subscription { auth: URL_SAFE_NO_PAD.encode([1; 15]), ..good },
    ] {
        assert_eq!(bad.check(false), Err(SubscriptionError::Keys));
    }
}

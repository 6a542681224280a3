use super::*;
use crate::testing::{ACK_TOKEN, Manner, answer, http, message, nobody, server};

async fn outcome(manner: Manner) -> Result<u16, Outcome> {
    let (address, _) = server(manner).await;
    post(&http(), &format!("http://{address}/topic")).await
}

async fn post(http: &Http, url: &str) -> Result<u16, Outcome> {
    let (url, message) = (Url::parse(url).expect("a URL"), message());
    let post = Post { url: &url, headers: HeaderMap::new(), body: b"{}".to_vec(), message: &message };
    http.post(post).await.map(|accepted| accepted.status.as_u16())
}

#[tokio::test]
async fn what_an_answer_means() {
    for status in ["200 OK", "201 Created", "202 Accepted", "204 No Content"] {
        let manner = Manner::Answer(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n"));
        assert_eq!(outcome(manner).await.map(|s| status.starts_with(&s.to_string())), Ok(true), "{status}");
    }
    for status in [
        "408 Request Timeout",
        "425 Too Early",
        "429 Too Many Requests",
        "500 Internal Server Error",
        "503 Service Unavailable",
    ] {
        let found = outcome(answer(status, "")).await;
        assert_eq!(found, Err(Outcome::Transient(format!("answered {status}"))));
    }
    for status in
        ["400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found", "410 Gone", "413 Payload Too Large"]
    {
        let found = outcome(answer(status, "")).await;
        assert_eq!(found, Err(Outcome::Permanent(format!("answered {status}"))));
    }
}

#[tokio::test]
async fn what_a_broken_connection_means() {
    let refused = post(&http(), &format!("http://{}/", nobody().await)).await;
    assert_eq!(refused, Err(Outcome::Transient("the connection was refused".to_owned())));
    let unknown = post(&http(), "http://no-such-host.invalid/").await;
    assert_eq!(unknown, Err(Outcome::Transient("the name of the host cannot be resolved".to_owned())));
    // Whether the server saw the request before it closed cannot be known: it may have been written already.
    for manner in [Manner::CloseAtOnce, Manner::CloseAfterRequest] {
        let found = outcome(manner.clone()).await;
        assert!(matches!(found, Err(Outcome::Ambiguous(_))), "{manner:?}: {found:?}");
    }
    let hang = outcome(Manner::Hang).await;
    assert_eq!(hang, Err(Outcome::Ambiguous("no answer in time after the request was sent".to_owned())));
    let garbage = outcome(Manner::Answer("SSH-2.0-OpenSSH_9.2\r\n".to_owned())).await;
    assert!(matches!(garbage, Err(Outcome::Ambiguous(_))), "{garbage:?}");
}

#[tokio::test]
async fn a_tls_handshake_that_hangs_or_fails_sent_nothing() {
    for manner in [Manner::Hang, Manner::CloseAtOnce, answer("200 OK", "")] {
        let (address, _) = server(manner.clone()).await;
        let found = post(&http(), &format!("https://{address}/")).await;
        assert!(matches!(found, Err(Outcome::Transient(_))), "{manner:?}: {found:?}");
    }
}

#[tokio::test]
async fn a_2xx_counts_even_when_its_body_breaks_or_never_ends() {
    assert_eq!(outcome(Manner::HalfBody("200 OK")).await, Ok(200));
    assert_eq!(outcome(answer("200 OK", &"x".repeat(10 * ANSWER_LIMIT))).await, Ok(200));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (target, seen) = server(answer("200 OK", "")).await;
    let manner = Manner::Answer(format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{target}/\r\ncontent-length: 0\r\n\r\n"
    ));
    let found = outcome(manner).await;
    assert!(matches!(&found, Err(Outcome::Permanent(words)) if words.contains("not followed")), "{found:?}");
    assert!(seen.lock().expect("no panic").is_empty(), "the target was asked");
}

#[tokio::test]
async fn an_answer_is_reflected_only_as_a_short_clean_reason() {
    let free_text = outcome(answer("403 Forbidden", "ami-id: secret of another service")).await;
    assert_eq!(free_text, Err(Outcome::Permanent("answered 403 Forbidden".to_owned())));
    let reason = outcome(answer("403 Forbidden", r#"{"code":40301,"error":"forbidden\r\nfor topic"}"#)).await;
    assert_eq!(reason, Err(Outcome::Permanent("answered 403 Forbidden: forbidden for …".to_owned())));
    let echo = format!(r#"{{"error":"{ACK_TOKEN} for +41 79 123 45 67 of ana@example.org"}}"#);
    let Err(found) = outcome(answer("500 Internal Server Error", &echo)).await else { panic!("500 is no success") };
    for secret in [ACK_TOKEN, "41 79", "ana@"] {
        assert!(!found.words().contains(secret), "{found:?}");
    }
}

#[tokio::test]
async fn metadata_and_link_local_are_never_connected_to() {
    for url in [
        "http://169.254.169.254/latest/meta-data/",
        "http://0xA9FEA9FE/",
        "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[fe80::1]/",
        "http://[fd00:ec2::254]/",
        "http://100.100.100.200/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
        "http://[::]/",
    ] {
        let found = post(&http(), url).await;
        assert!(matches!(found, Err(Outcome::Permanent(_))), "{url}: {found:?}");
    }
}

#[tokio::test]
async fn loopback_is_allowed_unless_the_operator_says_otherwise() {
    let (address, seen) = server(answer("200 OK", "")).await;
    let url = format!("http://localhost:{}/", address.port());
    assert_eq!(post(&http(), &url).await, Ok(200), "a name is resolved and allowed");
    let strict = Http::new(&HttpSettings { allow_loopback: false }).expect("a client");
    for url in [url, format!("http://{address}/"), "http://10.1.2.3/".to_owned(), "http://[::1]/".to_owned()] {
        let found = post(&strict, &url).await;
        assert_eq!(found, Err(Outcome::Permanent(LOCAL.to_owned())), "{url}");
    }
    assert_eq!(seen.lock().expect("no panic").len(), 1, "only the allowed request came");
}

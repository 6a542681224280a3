//! Mails, by a real client, from SMTP to the incident.

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport as _};

use crate::site::Site;

const KEY: &str = "mail-key-of-a-test";

fn config(more: &str) -> String {
    format!(
        "[smtp_in]\nlisten = \"127.0.0.1:0\"\n{more}\n[[source]]\nid = \"nas\"\nkey = \"{KEY}\"\nmail_dedup = '(?:PROBLEM|RECOVERY): (?<key>.*)'\nmail_resolve = 'RECOVERY: .*'\n"
    )
}

fn mail(to: &str, subject: &str) -> Message {
    let to = to.parse().expect("an address");
    let builder = Message::builder().from("nas@example.org".parse().expect("an address")).to(to);
    builder.subject(subject).body("disk 3 is gone\n.\n..dots\n".to_owned()).expect("a mail")
}

/// lettre's blocking client, on a thread that may block.
async fn send(site: &Site, mail: Message, tls: Tls) -> Result<(), String> {
    let port = site.running.smtp.expect("it takes mails").port();
    let sent = tokio::task::spawn_blocking(move || {
        let client = SmtpTransport::builder_dangerous("127.0.0.1").port(port).tls(tls).build();
        client.send(&mail).map(|_| ()).map_err(|e| e.to_string())
    });
    sent.await.expect("it ends")
}

/// Given a mail to a source's key, then it is an alert when it is answered, and a recovery ends it.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_an_alert_and_the_next_one_ends_it() {
    let site = Site::with(&config("")).await;
    let to = format!("{KEY}@noout.example.org");
    assert_eq!(send(&site, mail(&to, "PROBLEM: disk of nas1 (ä)"), Tls::None).await, Ok(()));
    let alerts = site.get("/api/v1/alerts").await;
    assert_eq!(alerts[0]["source"], "nas");
    assert_eq!(alerts[0]["annotations"]["description"], "disk 3 is gone\n.\n..dots");
    assert_eq!(send(&site, mail(&to, "Fwd: PROBLEM: disk of nas1 (ä)"), Tls::None).await, Ok(()));
    assert_eq!(site.get("/api/v1/alerts").await.as_array().map(Vec::len), Some(1), "the same episode");
    assert_eq!(send(&site, mail(&to, "RECOVERY: disk of nas1 (ä)"), Tls::None).await, Ok(()));
    assert_eq!(site.get("/api/v1/incidents/1").await["status"], "resolved");
}

/// Given an address that nobody has, a mail too long, or a header of ours that says nothing known, then the sender hears it.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_is_refused_to_the_senders_face() {
    let site = Site::with(&config("")).await;
    let why = send(&site, mail("nobody@noout.example.org", "x"), Tls::None).await.expect_err("refused");
    assert!(why.contains("550"), "{why}");
    let to = format!("{KEY}@x");
    let mut long = mail(&to, "x");
    long = Message::builder()
        .from("nas@example.org".parse().expect("an address"))
        .to(to.parse().expect("an address"))
        .subject(long.headers().get_raw("Subject").unwrap_or("x").to_owned())
        .body("x".repeat(70).repeat(20_000))
        .expect("a mail");
    let why = send(&site, long, Tls::None).await.expect_err("refused");
    assert!(why.contains("552"), "{why}");
    let mut odd = mail(&to, "x");
    let name = HeaderName::new_from_ascii_str("X-Noout-Action");
    odd.headers_mut().insert_raw(HeaderValue::new(name, "backup_failed".to_owned()));
    let why = send(&site, odd, Tls::None).await.expect_err("refused");
    assert!(why.contains("554"), "{why}");
    assert_eq!(site.get("/api/v1/alerts").await.as_array().map(Vec::len), Some(0));
    assert_eq!(send(&site, mail(&to, "still here"), Tls::None).await, Ok(()));
}

/// Given a certificate, then mails may come encrypted.
#[tokio::test(flavor = "multi_thread")]
async fn with_a_certificate_mails_may_come_encrypted() {
    let dir = tempfile::tempdir().expect("a folder");
    let (cert, key) = (include_str!("../fixtures/smtp-cert.pem"), include_str!("../fixtures/smtp-key.pem"));
    std::fs::write(dir.path().join("cert.pem"), cert).expect("a file");
    std::fs::write(dir.path().join("key.pem"), key).expect("a file");
    let site = Site::start_in_with(dir, &config("certificate = \"cert.pem\"\nprivate_key = \"key.pem\"")).await;
    let tls = TlsParameters::builder("localhost".to_owned()).dangerous_accept_invalid_certs(true);
    let tls = Tls::Required(tls.build_rustls().expect("parameters"));
    assert_eq!(send(&site, mail(&format!("{KEY}@x"), "PROBLEM: by TLS"), tls).await, Ok(()));
    assert_eq!(site.get("/api/v1/alerts").await.as_array().map(Vec::len), Some(1));
}

/// Given no sources, then this machine's mails are taken at any address.
#[tokio::test(flavor = "multi_thread")]
async fn without_sources_this_machine_needs_no_key() {
    let site = Site::with("[smtp_in]\nlisten = \"127.0.0.1:0\"\n").await;
    assert_eq!(send(&site, mail("anything@x", "cron failed"), Tls::None).await, Ok(()));
    assert_eq!(site.get("/api/v1/alerts").await[0]["source"], "loopback");
}

/// Given more connections that say nothing than there are places, then a mail is taken all the same.
#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_do_not_keep_mails_out() {
    use tokio::io::AsyncReadExt as _;
    let site = Site::with(&config("")).await;
    let at = site.running.smtp.expect("it takes mails");
    let mut idle = Vec::new();
    for _ in 0..80 {
        let mut one = tokio::net::TcpStream::connect(at).await.expect("a connection");
        let mut greeting = [0; 3];
        one.read_exact(&mut greeting).await.expect("a greeting");
        assert_eq!(&greeting, b"220");
        idle.push(one);
    }
    let to = format!("{KEY}@noout.example.org");
    assert_eq!(send(&site, mail(&to, "PROBLEM: heard"), Tls::None).await, Ok(()));
    let mut rest = Vec::new();
    let first = tokio::time::timeout(std::time::Duration::from_secs(5), idle[0].read_to_end(&mut rest)).await;
    assert!(first.is_ok(), "the oldest one gave way");
}

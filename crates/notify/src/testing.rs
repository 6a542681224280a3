//! What the tests of all channels share: a page, and servers that behave badly on purpose.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use noout_types::{IncidentId, Lang, PageId, PersonId, Severity, Timestamp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::http::Http;
use crate::{HttpSettings, Message};

pub(crate) const ACK_TOKEN: &str = "tokenThatNobodyMaySee0123456789";

pub(crate) fn message() -> Message {
    Message {
        page: PageId(42),
        attempt: 2,
        incident: IncidentId(7),
        title: "Lüfter 3 von pve3 fällt aus".to_owned(),
        text: "Sie haben Bereitschaft.\nSchwere: kritisch".to_owned(),
        severity: Severity::Critical,
        person: PersonId::new("ana").expect("an id"),
        language: Lang::De,
        ack_url: format!("https://noout.example.org/p/{ACK_TOKEN}"),
        at: "2026-03-01T02:47:00Z".parse::<Timestamp>().expect("an instant"),
        test: None,
        reply: Some("https://noout.example.org/callback/ticketThatNobodyMaySee".to_owned()),
    }
}

/// The client with limits that suit tests: far apart, so that a busy machine does not mix them up.
pub(crate) fn http() -> Http {
    Http::with_limits(&HttpSettings::default(), Duration::from_millis(500), Duration::from_millis(1500))
        .expect("a client")
}

/// What a bad server does with a connection.
#[derive(Debug, Clone)]
pub(crate) enum Manner {
    /// Reads the request and gives this answer.
    Answer(String),
    /// Closes at once, without reading.
    CloseAtOnce,
    /// Reads the request and closes without an answer.
    CloseAfterRequest,
    /// Reads the request and never answers.
    Hang,
    /// Promises a longer body than it sends, then closes.
    HalfBody(&'static str),
}

/// Requests as they came over the wire.
pub(crate) type Seen = Arc<Mutex<Vec<String>>>;

/// A server on loopback with these manners.
pub(crate) async fn server(manner: Manner) -> (SocketAddr, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let seen = Seen::default();
    let log = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let (manner, log) = (manner.clone(), Arc::clone(&log));
            tokio::spawn(async move {
                if matches!(manner, Manner::CloseAtOnce) {
                    return;
                }
                let request = read_request(&mut socket).await;
                log.lock().expect("no other panic").push(request);
                let _ = match manner {
                    Manner::Answer(answer) => socket.write_all(answer.as_bytes()).await,
                    Manner::HalfBody(status) => {
                        let head = format!("HTTP/1.1 {status}\r\ncontent-length: 100\r\n\r\n{{\"id\":");
                        socket.write_all(head.as_bytes()).await
                    }
                    Manner::Hang => {
                        tokio::time::sleep(Duration::from_secs(60)).await;
                        Ok(())
                    }
                    Manner::CloseAfterRequest | Manner::CloseAtOnce => Ok(()),
                };
            });
        }
    });
    (address, seen)
}

/// An answer with a body of its right length.
pub(crate) fn answer(status: &str, body: &str) -> Manner {
    Manner::Answer(format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()))
}

/// A port on loopback where nobody listens.
pub(crate) async fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    listener.local_addr().expect("its address")
}

async fn read_request(socket: &mut tokio::net::TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|l| l.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        match socket.read(&mut chunk).await {
            Ok(0) | Err(_) => return text,
            Ok(n) => bytes.extend_from_slice(&chunk[..n]),
        }
    }
}

//! As much of HTTP as this needs, so that the client takes few cycles from the server beside it.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Settings;

pub(crate) async fn connect(address: &str) -> Result<TcpStream, String> {
    let stream = TcpStream::connect(address).await.map_err(|e| format!("{address}: {e}"))?;
    stream.set_nodelay(true).map_err(|e| e.to_string())?;
    Ok(stream)
}

pub(crate) fn post(settings: &Settings, key: Option<&str>, body: &str) -> Vec<u8> {
    let (host, length) = (&settings.address, body.len());
    let head =
        format!("POST /api/v2/alerts HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n{}", bearer(key));
    format!("{head}Content-Length: {length}\r\n\r\n{body}").into_bytes()
}

fn bearer(key: Option<&str>) -> String {
    key.map_or_else(String::new, |key| format!("Authorization: Bearer {key}\r\n"))
}

/// Sends a request and gives the answer's status.
pub(crate) async fn ask(stream: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) -> Result<u16, String> {
    stream.write_all(request).await.map_err(|e| e.to_string())?;
    buffer.clear();
    loop {
        let read = stream.read_buf(buffer).await.map_err(|e| e.to_string())?;
        if read == 0 {
            return Err("the connection was closed".into());
        }
        let Some(head) = buffer.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        let length = text.lines().find_map(|l| l.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        if buffer.len() >= head + 4 + length.unwrap_or(0) {
            return status(&text);
        }
    }
}

fn status(head: &str) -> Result<u16, String> {
    head.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or_else(|| "no HTTP answer".to_owned())
}

/// What a read of a whole body took.
pub(crate) struct Whole {
    pub(crate) status: u16,
    pub(crate) bytes: usize,
    pub(crate) first: Duration,
    pub(crate) total: Duration,
}

/// Reads a body to its end. HTTP 1.0, so that it ends with the connection and comes as it is.
pub(crate) async fn get(settings: &Settings, path: &str, mut see: impl FnMut(&[u8])) -> Result<Whole, String> {
    let address = &settings.address;
    let mut stream = connect(address).await?;
    let begun = Instant::now();
    let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n{}\r\n", bearer(settings.key.as_deref()));
    stream.write_all(request.as_bytes()).await.map_err(|e| e.to_string())?;
    let mut buffer = Vec::with_capacity(1 << 20);
    let mut head = None;
    let (mut bytes, mut first) = (0, Duration::ZERO);
    loop {
        if stream.read_buf(&mut buffer).await.map_err(|e| e.to_string())? == 0 {
            break;
        }
        if head.is_none() {
            first = begun.elapsed();
            let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
            head = Some(status(&String::from_utf8_lossy(&buffer[..end]))?);
            buffer.drain(..end + 4);
        }
        bytes += buffer.len();
        see(&buffer);
        buffer.clear();
    }
    Ok(Whole { status: head.ok_or("no HTTP answer")?, bytes, first, total: begun.elapsed() })
}

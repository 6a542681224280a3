//! A page as JSON to an operator's own URL, signed.

use std::sync::Arc;

use async_trait::async_trait;
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use noout_types::{IncidentId, PageId, PersonId, Severity};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use sha2::Sha256;
use url::Url;

use crate::http::{Http, Post, spell};
use crate::{Channel, Message, Outcome};

/// Header with the time of sending in seconds since 1970. A receiver refuses what is older than a few minutes, so that
/// a recorded page cannot be replayed.
pub const TIMESTAMP_HEADER: &str = "x-noout-timestamp";

/// Header with `sha256=` and the [`signature`] in hex.
pub const SIGNATURE_HEADER: &str = "x-noout-signature";

/// The same for each try of one attempt, so that a receiver can drop a repetition.
const IDEMPOTENCY_HEADER: &str = "idempotency-key";

/// The body. Others rely on this shape: fields may be added, none may go or change its meaning.
#[derive(Debug, Serialize)]
struct Body<'a> {
    page: PageId,
    incident: IncidentId,
    title: &'a str,
    text: &'a str,
    severity: Severity,
    person: &'a PersonId,
    ack_url: &'a str,
    at: Timestamp,
    /// Set where nothing is wrong and only the way is tried.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    test: bool,
}

/// The signature of a body: hex of HMAC-SHA256 over `timestamp`, a dot and the body's bytes.
#[must_use]
pub fn signature(secret: &str, timestamp: i64, body: &[u8]) -> String {
    // HMAC takes a key of any length, so this cannot fail; an impossible error signs nothing.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(timestamp.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

/// The channel to one URL.
pub struct Webhook {
    http: Http,
    url: Url,
    secret: Option<Arc<SecretString>>,
}

impl Webhook {
    pub(crate) fn new(http: Http, url: Url, secret: Option<Arc<SecretString>>) -> Self {
        Self { http, url, secret }
    }

    fn headers(&self, message: &Message, now: Timestamp, body: &[u8]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut put = |name: &'static str, value: String| {
            // Digits and hex only: always a valid header.
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        };
        put(TIMESTAMP_HEADER, now.as_second().to_string());
        put(IDEMPOTENCY_HEADER, message.name());
        if let Some(secret) = &self.secret {
            put(SIGNATURE_HEADER, format!("sha256={}", signature(secret.expose_secret(), now.as_second(), body)));
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers
    }
}

#[async_trait]
impl Channel for Webhook {
    async fn send(&self, message: &Message) -> Outcome {
        let body = Body {
            page: message.page,
            incident: message.incident,
            title: &message.title,
            text: &message.text,
            severity: message.severity,
            person: &message.person,
            ack_url: &message.ack_url,
            at: message.at,
            test: message.test.is_some(),
        };
        let body = match serde_json::to_vec(&body) {
            Ok(body) => body,
            Err(_) => return Outcome::Permanent("the page cannot be written as JSON".to_owned()),
        };
        let headers = self.headers(message, Timestamp::now(), &body);
        match self.http.post(Post { url: &self.url, headers, body, message }).await {
            Ok(accepted) => Outcome::Delivered(format!("answered {}", spell(accepted.status))),
            Err(outcome) => outcome,
        }
    }
}

#[cfg(test)]
mod tests;

//! Web push (RFC 8030, 8291, 8292): to browsers and installed web apps, through the service of each browser's maker.
//!
//! A push service's 201 says that it will try. The page counts as delivered only when the service worker on the device has
//! shown it and posted the receipt, whose address travels inside the encrypted message.
//!
//! | answer | meaning |
//! |---|---|
//! | 200, 201, 202 | taken: the receipt is waited for |
//! | 404, 410 | the device is gone: it is forgotten |
//! | 400, 401, 403, 413 | permanent |
//! | 429 | busy |
//! | 5xx | transient |

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use jiff::Timestamp;
use noout_types::Span;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use reqwest::Method;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use url::Url;
use web_push_native::p256::PublicKey;

use crate::channels::Sent;
use crate::http::{Call, Http, HttpError};
use crate::render::{Word, word};
use crate::{HttpSettings, Message, Outcome};

/// For the device to show it and to say so.
const RECEIPT_WAIT: Span = Span::from_secs(30);

/// Seconds for which a push service keeps a message for a device that is off: what is older is sent anew.
const TTL_SECONDS: u64 = 600;

/// Push services take 4096 bytes of which encryption needs some hundred; the rest of the text is behind the link.
const MAX_TEXT_BYTES: usize = 2000;

/// A token is good for this long: RFC 8292 allows 24 hours.
const TOKEN_LIFE: Span = Span::from_hours(12);

/// A browser's answer to the question where and how to push to it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The push service's address for the device. Whoever knows it may not push without our key.
    #[serde(with = "as_text")]
    pub endpoint: Url,
    /// The device's public key, base64url.
    pub p256dh: String,
    /// The shared secret, base64url.
    pub auth: String,
}

/// A URL as its text.
mod as_text {
    use serde::{Deserialize as _, Deserializer, Serializer, de};
    use url::Url;

    pub(super) fn serialize<S: Serializer>(url: &Url, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(url.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Url, D::Error> {
        let text = String::deserialize(from)?;
        // The text is not repeated: it is nearly a secret.
        Url::parse(&text).map_err(|_| de::Error::custom("the endpoint is no URL"))
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Subscription({})", self.endpoint.host_str().unwrap_or("?"))
    }
}

/// Why a subscription cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubscriptionError {
    /// The address.
    #[error("the push service's address must begin with https://")]
    Endpoint,
    /// The keys.
    #[error("the device's keys cannot be read")]
    Keys,
}

impl Subscription {
    /// A stable id for the device: a digest of its address.
    #[must_use]
    pub fn id(&self) -> String {
        hex::encode(&Sha256::digest(self.endpoint.as_str().as_bytes())[..12])
    }

    /// Checks what can be checked without the push service.
    ///
    /// # Errors
    /// It is not reached by TLS (unless `allow_private`), or its keys are none.
    pub fn check(&self, allow_private: bool) -> Result<(), SubscriptionError> {
        if self.endpoint.scheme() != "https" && !allow_private {
            return Err(SubscriptionError::Endpoint);
        }
        self.keys().map(|_| ())
    }

    fn keys(&self) -> Result<(PublicKey, web_push_native::Auth), SubscriptionError> {
        let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
        let key = decoded(&self.p256dh).map_err(|_| SubscriptionError::Keys)?;
        let auth = decoded(&self.auth).map_err(|_| SubscriptionError::Keys)?;
        let key = PublicKey::from_sec1_bytes(&key).map_err(|_| SubscriptionError::Keys)?;
        let auth: [u8; 16] = auth.try_into().map_err(|_| SubscriptionError::Keys)?;
        Ok((key, auth.into()))
    }
}

/// The key by which push services know us (VAPID).
#[derive(Clone)]
pub struct VapidKey(SigningKey);

impl VapidKey {
    /// The key that follows from a secret: the same secret, the same key.
    #[must_use]
    pub fn derive(secret: &[u8]) -> Option<Self> {
        // Nearly every digest is a key; the few that are none are passed over.
        (0_u8..=255).find_map(|n| {
            let digest = Sha256::new().chain_update(secret).chain_update([n]).finalize();
            SigningKey::from_slice(&digest).ok().map(Self)
        })
    }

    /// What browsers are given when they subscribe: the uncompressed point, base64url.
    #[must_use]
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.verifying_key().to_encoded_point(false).as_bytes())
    }

    /// The `Authorization` for one push service.
    fn authorization(&self, endpoint: &Url, subject: &str, now: Timestamp) -> String {
        let header = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
        let until = TOKEN_LIFE.after(now).as_second();
        let claims = json!({ "aud": endpoint.origin().ascii_serialization(), "exp": until, "sub": subject });
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature: Signature = self.0.sign(signed.as_bytes());
        format!("vapid t={signed}.{}, k={}", URL_SAFE_NO_PAD.encode(signature.to_bytes()), self.public())
    }
}

/// The account that pushes.
pub struct Push {
    http: Http,
    key: VapidKey,
    subject: String,
    allow_private: bool,
}

impl Push {
    /// Sets it up. A device's address comes from its browser, so nothing on this machine or in private networks is
    /// connected to, unless `allow_private`: for a push service of one's own.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(key: VapidKey, subject: String, allow_private: bool) -> Result<Self, HttpError> {
        let http = Http::new(&HttpSettings { allow_loopback: allow_private })?;
        Ok(Self { http, key, subject, allow_private })
    }

    /// What browsers are given when they subscribe.
    #[must_use]
    pub fn public_key(&self) -> String {
        self.key.public()
    }

    /// Whether devices of private networks may be enrolled.
    #[must_use]
    pub fn allows_private(&self) -> bool {
        self.allow_private
    }

    /// Pushes to all devices at once. It is taken if one of their services took it.
    pub(crate) async fn send(&self, devices: &[(String, Subscription)], message: &Message) -> Sent {
        let tries = devices.iter().map(|(id, to)| async move { (id, self.push(to, message).await) });
        let (mut gone, mut outcomes) = (Vec::new(), Vec::new());
        for (id, outcome) in join_all(tries).await {
            match outcome {
                Some(outcome) => outcomes.push(outcome),
                None => gone.push(id.clone()),
            }
        }
        // The best of them counts.
        let rank = |o: &Outcome| match o {
            Outcome::Accepted { .. } | Outcome::Delivered(_) => 0,
            Outcome::Ambiguous(_) => 1,
            Outcome::Transient(_) => 2,
            Outcome::Busy { .. } => 3,
            Outcome::Permanent(_) => 4,
        };
        outcomes.sort_by_key(rank);
        let none = || Outcome::Permanent("the push service says that the device is gone".to_owned());
        Sent { outcome: outcomes.into_iter().next().unwrap_or_else(none), gone }
    }

    /// Pushes to one device; nothing if it is gone.
    async fn push(&self, to: &Subscription, message: &Message) -> Option<Outcome> {
        let Ok((key, auth)) = to.keys() else {
            return Some(Outcome::Permanent("the device's keys cannot be read".to_owned()));
        };
        let Ok(body) = web_push_native::encrypt(payload(message), &key, &auth) else {
            return Some(Outcome::Permanent("the message cannot be encrypted for the device".to_owned()));
        };
        let authorization = self.key.authorization(&to.endpoint, &self.subject, Timestamp::now());
        let endpoint = to.endpoint.to_string();
        let secrets = [endpoint.as_str(), to.endpoint.path()];
        let mut call = Call::new(Method::POST, to.endpoint.clone(), &secrets);
        call.headers = headers(message, &authorization);
        call.body = body;
        Some(match self.http.exchange(call).await {
            Ok(answer) if answer.status.is_success() => {
                Outcome::Accepted { words: answer.words(), handle: None, wait: RECEIPT_WAIT }
            }
            Ok(answer) if matches!(answer.status.as_u16(), 404 | 410) => return None,
            Ok(answer) => answer.outcome(),
            Err(outcome) => outcome,
        })
    }
}

fn headers(message: &Message, authorization: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut put = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    put(reqwest::header::AUTHORIZATION, authorization);
    put(CONTENT_ENCODING, "aes128gcm");
    put(CONTENT_TYPE, "application/octet-stream");
    put(HeaderName::from_static("ttl"), &TTL_SECONDS.to_string());
    // High urgency wakes a phone that saves its battery.
    put(HeaderName::from_static("urgency"), if message.is_urgent() { "high" } else { "normal" });
    // A newer message about the same thing takes the place of one that waits for the device.
    let topic = message.test.map_or_else(|| format!("incident-{}", message.incident.0), |n| format!("test-{n}"));
    put(HeaderName::from_static("topic"), &topic);
    headers
}

/// What the service worker is given. Its shape is `static/sw.js`'s, which comes from the same server.
fn payload(message: &Message) -> Vec<u8> {
    let mut end = message.text.len().min(MAX_TEXT_BYTES);
    while !message.text.is_char_boundary(end) {
        end -= 1;
    }
    let tag = message.test.map_or_else(|| format!("incident-{}", message.incident.0), |n| format!("test-{n}"));
    let payload = json!({
        "title": message.title,
        "body": &message.text[..end],
        "tag": tag,
        "lang": message.language.code(),
        "open": message.ack_url,
        "ack": if message.test.is_none() { json!(format!("{}/ack", message.ack_url)) } else { json!(null) },
        "receipt": message.reply.as_ref().map(|reply| format!("{reply}/push")),
        "urgent": message.is_urgent(),
        "words": { "open": word(message.language, Word::Open), "take": word(message.language, Word::Take) },
    });
    payload.to_string().into_bytes()
}

#[cfg(test)]
mod tests;

//! The one HTTP client of all channels: what it connects to, how long it waits, what an answer means.
//!
//! - It never follows a redirect: the address in `noout.toml` is the one that was checked.
//! - A name is resolved once per request and only addresses that pass [`refuse`] are connected to, so a name
//!   cannot point somewhere harmless when it is looked at and elsewhere when it is used.
//! - Link-local and cloud metadata addresses are never connected to, whatever the settings say. Loopback and
//!   private ones are, unless [`HttpSettings::allow_loopback`] is off: a contact's URL is written by the operator,
//!   and an ntfy server or a relay on the same machine is common.
//! - No proxy is taken from the environment: it would resolve names for us, past these checks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use noout_types::Span;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, StatusCode, redirect, retry};
use url::{Host, Url};

use crate::words::clean;
use crate::{Message, Outcome};

/// Name resolution, TCP and TLS together. A host that needs longer is down as far as a page is concerned, and the
/// next channel is due.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The whole request. Longer than [`CONNECT_TIMEOUT`], so that a time-out of the connection is told apart from one
/// after the request was sent; shorter than any sensible acknowledge time-out.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// The body of an answer is only read for a message id or a reason, so not for long.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// Bytes of an answer that are read: ids and reasons are short, though some services repeat the message around them, and
/// the sender is not trusted.
const ANSWER_LIMIT: usize = 64 << 10;

/// What operators may choose about outgoing HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpSettings {
    /// Whether contacts may lie on this machine or in private networks (10/8, 172.16/12, 192.168/16, 100.64/10,
    /// fc00::/7). On by default; link-local and metadata addresses stay refused either way.
    pub allow_loopback: bool,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self { allow_loopback: true }
    }
}

/// Why there is no HTTP client.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// TLS could not be set up: no root certificates, for example.
    #[error("the HTTP client cannot be built")]
    Client(#[source] reqwest::Error),
}

/// An address that must not be connected to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
struct Refused(&'static str);

/// The shared client.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: Client,
    allow_loopback: bool,
}

/// One request, and what must not be repeated from its answer.
pub(crate) struct Post<'a> {
    pub(crate) url: &'a Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) message: &'a Message,
}

/// A request to a service's own API.
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// Texts that must not be repeated from the answer, beside what stands in the URL.
    pub(crate) secrets: &'a [&'a str],
}

impl<'a> Call<'a> {
    pub(crate) fn new(method: Method, url: Url, secrets: &'a [&'a str]) -> Self {
        Self { method, url, headers: HeaderMap::new(), body: Vec::new(), secrets }
    }

    /// `Authorization: Bearer …`.
    pub(crate) fn bearer(mut self, token: &str) -> Self {
        self.authorize(format!("Bearer {token}"));
        self
    }

    /// `Authorization: Basic …`.
    pub(crate) fn basic(mut self, user: &str, password: &str) -> Self {
        self.authorize(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))));
        self
    }

    fn authorize(&mut self, value: String) {
        if let Ok(mut value) = HeaderValue::from_str(&value) {
            value.set_sensitive(true);
            self.headers.insert(AUTHORIZATION, value);
        }
    }

    pub(crate) fn json(mut self, body: &serde_json::Value) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        self.body = body.to_string().into_bytes();
        self
    }

    pub(crate) fn form(mut self, fields: &[(&str, &str)]) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body = form.into_bytes();
        self
    }
}

/// An answer, whatever its status.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<Span>,
    pub(crate) body: Vec<u8>,
    /// The service's own reason, cleaned.
    pub(crate) reason: String,
}

impl Answer {
    /// What a status other than 2xx means for most services.
    pub(crate) fn outcome(&self) -> Outcome {
        match (self.status.as_u16(), self.retry_after) {
            (429 | 503, Some(retry_after)) => Outcome::Busy { words: self.words(), retry_after },
            _ => outcome_of_status(self.status, &self.reason),
        }
    }

    pub(crate) fn words(&self) -> String {
        let colon = if self.reason.is_empty() { "" } else { ": " };
        format!("answered {}{colon}{}", spell(self.status), self.reason)
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// `Retry-After` in seconds; a date is as good as none, for clocks differ.
fn retry_after(headers: &HeaderMap) -> Option<Span> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Span::from_secs)
}

/// A 2xx: the receiver has it.
pub(crate) struct Accepted {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
}

impl Http {
    pub(crate) fn new(settings: &HttpSettings) -> Result<Self, HttpError> {
        Self::with_limits(settings, CONNECT_TIMEOUT, REQUEST_TIMEOUT)
    }

    pub(crate) fn with_limits(
        settings: &HttpSettings,
        connect: Duration,
        request: Duration,
    ) -> Result<Self, HttpError> {
        // Another part of the process may have chosen the provider already; then that choice stands.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let allow_loopback = settings.allow_loopback;
        let client = Client::builder()
            .user_agent(concat!("noout/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            // Whether to try again is the core's decision, with the state of that moment.
            .retry(retry::never())
            // An idle connection may have died unseen, and a request that dies in it counts as sent. Pages are rare:
            // a new connection each time costs little and makes a failure to connect certain.
            .pool_max_idle_per_host(0)
            .connect_timeout(connect)
            .timeout(request)
            .dns_resolver(Arc::new(Guard { allow_loopback }))
            .build()
            .map_err(HttpError::Client)?;
        Ok(Self { client, allow_loopback })
    }

    /// Posts once. `Err` holds the outcome when it was not a 2xx.
    pub(crate) async fn post(&self, post: Post<'_>) -> Result<Accepted, Outcome> {
        let secrets = delicate(post.message, post.url);
        let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
        let (method, url) = (Method::POST, post.url.clone());
        let call = Call { method, url, headers: post.headers, body: post.body, secrets: &secrets };
        let answer = self.exchange(call).await?;
        if answer.status.is_success() {
            return Ok(Accepted { status: answer.status, body: answer.body });
        }
        Err(answer.outcome())
    }

    /// Asks once. `Err` holds the outcome when there was no answer.
    pub(crate) async fn exchange(&self, call: Call<'_>) -> Result<Answer, Outcome> {
        // A literal address is not resolved, so it does not come past the guard.
        let literal = match call.url.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            Some(Host::Domain(_)) | None => None,
        };
        if let Some(why) = literal.and_then(|ip| refuse(ip, self.allow_loopback)) {
            return Err(Outcome::Permanent(why.to_owned()));
        }
        let request = self.client.request(call.method, call.url).headers(call.headers).body(call.body);
        let mut response = request.send().await.map_err(|error| outcome_of_error(&error))?;
        let (status, retry_after) = (response.status(), retry_after(response.headers()));
        let mut body = Vec::new();
        // The status alone decides; a body that hangs or breaks costs its words only.
        let _ = tokio::time::timeout(ANSWER_TIMEOUT, async {
            while let Ok(Some(chunk)) = response.chunk().await {
                let room = ANSWER_LIMIT - body.len();
                body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if body.len() == ANSWER_LIMIT {
                    break;
                }
            }
        })
        .await;
        let reason = if status.is_success() { String::new() } else { reason_in(&body, call.secrets) };
        Ok(Answer { status, retry_after, body, reason })
    }
}

/// What an answer other than 2xx means.
fn outcome_of_status(status: StatusCode, reason: &str) -> Outcome {
    let colon = if reason.is_empty() { "" } else { ": " };
    let words = format!("answered {}{colon}{reason}", spell(status));
    match status.as_u16() {
        300..400 => Outcome::Permanent(format!("{words} (redirects are not followed: write the final URL)")),
        // Too early, too slow or too much: said of this moment, not of the request.
        408 | 425 | 429 | 500..600 => Outcome::Transient(words),
        _ => Outcome::Permanent(words),
    }
}

/// A status with its usual name.
pub(crate) fn spell(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(name) => format!("{} {name}", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}

/// The reason that a service gives in a JSON object's `error`, `message`, `description` or first of `errors`. Anything else is not repeated:
/// what is no answer of a messaging service must not become readable through a page's outcome.
fn reason_in(body: &[u8], secrets: &[&str]) -> String {
    let parsed: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let text = |key: &str| parsed.as_ref().and_then(|v| v.get(key)).and_then(|v| v.as_str());
    let first = || parsed.as_ref()?.pointer("/errors/0")?.as_str();
    let reason = text("error").or_else(|| text("message")).or_else(|| text("description")).or_else(first);
    reason.map(|text| clean(text, secrets)).unwrap_or_default()
}

/// Texts of this request that its answer may echo and that nobody else may read.
fn delicate(message: &Message, url: &Url) -> Vec<String> {
    let mut secrets = vec![message.ack_url.clone(), url.to_string(), url.path().trim_matches('/').to_owned()];
    secrets.extend(message.ack_url.split(['/', '?', '=', '&', '#']).filter(|p| p.len() >= 8).map(str::to_owned));
    secrets.extend(url.path_segments().into_iter().flatten().map(str::to_owned));
    secrets.extend(url.query_pairs().map(|(_, value)| value.into_owned()));
    secrets.extend(url.password().map(str::to_owned));
    secrets.push(url.username().to_owned());
    // Longer ones first, so that a secret is not left half when a part of it is one too.
    secrets.sort_by_key(|s| std::cmp::Reverse(s.len()));
    secrets
}

/// What a failed request means. Only what surely happened before the request was written is transient.
fn outcome_of_error(error: &reqwest::Error) -> Outcome {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(Refused(why)) = cause.downcast_ref() {
            return Outcome::Permanent((*why).to_owned());
        }
        source = cause.source();
    }
    if error.is_builder() {
        Outcome::Permanent("the request cannot be built from this URL".to_owned())
    } else if error.is_connect() {
        let words = if error.is_timeout() {
            "no connection in time"
        } else if error.is_dns() {
            "the name of the host cannot be resolved"
        } else if is_refused(error) {
            "the connection was refused"
        } else {
            "no connection (network or TLS)"
        };
        Outcome::Transient(words.to_owned())
    } else if error.is_timeout() {
        Outcome::Ambiguous("no answer in time after the request was sent".to_owned())
    } else {
        Outcome::Ambiguous("the connection broke after the request was sent".to_owned())
    }
}

fn is_refused(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut source = Some(error);
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<std::io::Error>()
            && io.kind() == std::io::ErrorKind::ConnectionRefused
        {
            return true;
        }
        source = cause.source();
    }
    false
}

/// Resolves names and lets through only addresses that may be connected to.
struct Guard {
    allow_loopback: bool,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_loopback = self.allow_loopback;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let mut why = None;
            let mut allowed = Vec::with_capacity(found.len());
            for address in found {
                match refuse(address.ip(), allow_loopback) {
                    Some(refusal) => why = Some(refusal),
                    None => allowed.push(address),
                }
            }
            match why {
                Some(why) if allowed.is_empty() => Err(Box::new(Refused(why)) as Box<_>),
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

/// Metadata services of clouds that do not lie in the link-local block.
const METADATA: [IpAddr; 3] = [
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254)),
];

/// Why an address must not be connected to, if it must not.
fn refuse(ip: IpAddr, allow_loopback: bool) -> Option<&'static str> {
    if METADATA.contains(&ip) {
        return Some("a cloud's metadata address is never connected to");
    }
    match ip {
        IpAddr::V4(v4) => refuse_v4(v4, allow_loopback),
        IpAddr::V6(v6) => match embedded_v4(v6) {
            Some(v4) => refuse(IpAddr::V4(v4), allow_loopback),
            None => refuse_v6(v6, allow_loopback),
        },
    }
}

const LOCAL: &str = "the address is on this machine or in a private network, and allow_loopback is off";
const LINK_LOCAL: &str = "a link-local address is never connected to (cloud metadata lives there)";
const NOBODY: &str = "the address is no single host's";

fn refuse_v4(ip: Ipv4Addr, allow_loopback: bool) -> Option<&'static str> {
    let [a, b, ..] = ip.octets();
    if ip.is_link_local() {
        Some(LINK_LOCAL)
    } else if a == 0 || ip.is_multicast() || a >= 240 {
        Some(NOBODY)
    } else if !allow_loopback && (ip.is_loopback() || ip.is_private() || (a == 100 && (64..128).contains(&b))) {
        Some(LOCAL)
    } else {
        None
    }
}

fn refuse_v6(ip: Ipv6Addr, allow_loopback: bool) -> Option<&'static str> {
    if ip.is_unicast_link_local() {
        Some(LINK_LOCAL)
    } else if ip.is_unspecified() || ip.is_multicast() {
        Some(NOBODY)
    } else if !allow_loopback && (ip.is_loopback() || ip.is_unique_local()) {
        Some(LOCAL)
    } else {
        None
    }
}

/// The IPv4 address inside a mapped (`::ffff:0:0/96`), translated (`64:ff9b::/96`) or 6to4 (`2002::/16`) address:
/// the same host by another spelling.
fn embedded_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = ip.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match s {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(v4(high, low)),
        [0x2002, high, low, ..] => Some(v4(high, low)),
        _ => ip.to_ipv4_mapped(),
    }
}

mod call;
#[cfg(test)]
mod tests;

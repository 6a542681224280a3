//! Who may hand alerts in.
//!
//! A key names its source and is good from anywhere: as bearer token, as the password of basic auth, or in the path; a key
//! that nobody has is refused wherever it comes from. The command line on this machine proves itself by the server's own key.
//!
//! Without a key only a program on this machine is heard, and only as long as no `[[source]]` is configured: what comes
//! through a plain proxy cannot be told from it. A browser on this machine is such a program too, and does what pages of
//! strangers tell it, so that a request without a key must name this machine by a loopback name (against DNS rebinding),
//! must not carry a foreign `Origin`, and its body must be declared as JSON (which pages of strangers cannot do unasked).
//! A request that came through a proxy which says so is not from this machine, whatever its address says.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use noout_core::alert::LOOPBACK;
use noout_core::config::SourceKind;
use noout_types::SourceId;
use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use tokio::time::Instant;

use crate::App;

/// Keys are read anew after this long, so that a key file that was changed counts without a restart.
const KEYS_LIFE: Duration = Duration::from_secs(60);

/// What proxies add.
const PROXY_HEADERS: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/// The keys of the configured sources. Kept as digests: digests have one length, so that comparing takes one time.
pub(crate) struct SourceKeys {
    known: Mutex<Option<Known>>,
    /// Whether there are no sources, as last seen.
    keyless: AtomicBool,
}

struct Known {
    version: u64,
    read_at: Instant,
    keys: Vec<(SourceId, SourceKind, [u8; 32])>,
}

impl SourceKeys {
    pub(crate) fn new(app: &App) -> Self {
        let keyless = app.read(|s| s.config.sources.is_empty());
        Self { known: Mutex::default(), keyless: AtomicBool::new(keyless) }
    }

    /// Whether there are no sources. Does not wait for the state: when the writer is behind, a sender must hear so at once.
    pub(crate) fn keyless(&self, app: &App) -> bool {
        if let Some(state) = app.0.state.try_read() {
            self.keyless.store(state.config.sources.is_empty(), Ordering::Relaxed);
        }
        self.keyless.load(Ordering::Relaxed)
    }

    /// Whose key it is.
    pub(crate) fn find(&self, app: &App, presented: &str) -> Option<(SourceId, SourceKind)> {
        let digest: [u8; 32] = Sha256::digest(presented.as_bytes()).into();
        let version = app.read(|s| s.config_version);
        let mut known = self.known.lock();
        if known.as_ref().is_none_or(|k| k.version != version || k.read_at.elapsed() > KEYS_LIFE) {
            *known = Some(Known { version, read_at: Instant::now(), keys: read_keys(app) });
        }
        let keys = &known.as_ref()?.keys;
        // All are compared, so that the time does not tell which one came near.
        let same = |key: &[u8; 32]| bool::from(key.ct_eq(&digest));
        keys.iter().fold(None, |found, (id, kind, key)| if same(key) { Some((id.clone(), *kind)) } else { found })
    }
}

fn read_keys(app: &App) -> Vec<(SourceId, SourceKind, [u8; 32])> {
    let sources = app.read(|s| s.config.sources.clone());
    let read = sources.into_iter().filter_map(|source| match crate::secret::read(&source.key) {
        Ok(key) if key.is_empty() => {
            tracing::error!(source = %source.id, "the key of a source is empty; nobody can use it");
            None
        }
        Ok(key) => Some((source.id, source.kind, Sha256::digest(key.as_bytes()).into())),
        Err(why) => {
            tracing::error!(source = %source.id, why, "the key of a source cannot be read; its alerts are refused");
            None
        }
    });
    read.collect()
}

/// Why somebody is not heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denied {
    NoKey,
    UnknownKey,
    OtherPurpose(SourceKind),
    ForeignHost,
    ForeignOrigin,
    NotJson,
}

impl Denied {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::NoKey | Self::UnknownKey => StatusCode::UNAUTHORIZED,
            Self::OtherPurpose(_) | Self::ForeignHost | Self::ForeignOrigin => StatusCode::FORBIDDEN,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::NoKey => "a key is needed: `Authorization: Bearer KEY` with the key of a [[source]]",
            Self::UnknownKey => "this key is no [[source]]'s",
            Self::OtherPurpose(SourceKind::Requests) => {
                "this key is of a [[source]] with kind = \"requests\": it hands in requests and nothing else"
            }
            Self::OtherPurpose(SourceKind::Alerts) => {
                "this key is of a [[source]] of alerts: requests need one with kind = \"requests\""
            }
            Self::ForeignHost => {
                "without a key this machine must be named localhost, 127.0.0.1 or [::1]: use one of these or a key"
            }
            Self::ForeignOrigin => "a page of another site may not do this without a key",
            Self::NotJson => "without a key the body must be declared as JSON: `Content-Type: application/json`",
        }
    }
}

impl axum::response::IntoResponse for Denied {
    fn into_response(self) -> Response {
        let mut response = (self.status(), axum::Json(self.words())).into_response();
        if self.status() == StatusCode::UNAUTHORIZED {
            let ways = header::HeaderValue::from_static("Bearer, Basic realm=\"noout\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, ways);
        }
        response
    }
}

/// What is asked of a request beside its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// It reads.
    Nothing,
    /// It brings a body.
    Json,
}

/// The source of alerts that a request speaks for.
pub(super) fn source(
    app: &App,
    keys: &SourceKeys,
    peer: SocketAddr,
    headers: &HeaderMap,
    path_key: Option<&str>,
    needs: Needs,
) -> Result<SourceId, Denied> {
    of_kind(SourceKind::Alerts, app, keys, peer, headers, path_key, needs)
}

/// The source of other teams' requests that a request speaks for.
pub(super) fn asking_source(
    app: &App,
    keys: &SourceKeys,
    peer: SocketAddr,
    headers: &HeaderMap,
    path_key: Option<&str>,
    needs: Needs,
) -> Result<SourceId, Denied> {
    of_kind(SourceKind::Requests, app, keys, peer, headers, path_key, needs)
}

fn of_kind(
    wanted: SourceKind,
    app: &App,
    keys: &SourceKeys,
    peer: SocketAddr,
    headers: &HeaderMap,
    path_key: Option<&str>,
    needs: Needs,
) -> Result<SourceId, Denied> {
    let keyless = keys.keyless(app);
    // Without sources there are no keys: then what stands in the path is only a name.
    let presented: Vec<_> =
        path_key.filter(|_| !keyless).map(str::to_owned).into_iter().chain(header_key(headers)).collect();
    for key in &presented {
        if let Some((source, kind)) = keys.find(app, key) {
            // Whoever may ask for something may not wake people, and the other way round.
            return if kind == wanted { Ok(source) } else { Err(Denied::OtherPurpose(kind)) };
        }
        if app.keys().read_local(key, app.now()).is_ok() {
            return own();
        }
    }
    if !presented.is_empty() {
        return Err(Denied::UnknownKey);
    }
    if !keyless || !is_here(peer.ip()) || PROXY_HEADERS.iter().any(|name| headers.contains_key(*name)) {
        return Err(Denied::NoKey);
    }
    same_machine(headers, needs)?;
    own()
}

/// The source of what comes from this machine without a key.
pub(crate) fn own() -> Result<SourceId, Denied> {
    LOOPBACK.parse().map_err(|_| Denied::NoKey)
}

/// Whether an address is this machine's own, also where IPv4 is written as IPv6.
pub(crate) fn is_here(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|v| v.to_str().ok())
}

/// The key in `Authorization`: a bearer token, or the password of basic auth.
fn header_key(headers: &HeaderMap) -> Option<String> {
    let (scheme, value) = text(headers, &header::AUTHORIZATION)?.split_once(' ')?;
    // Opsgenie's clients call their bearer tokens so.
    if scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("geniekey") {
        return Some(value.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    pair.split_once(':').map(|(_, password)| password.to_owned())
}

/// The guards against browsers, for whoever has no key.
fn same_machine(headers: &HeaderMap, needs: Needs) -> Result<(), Denied> {
    let host = text(headers, &header::HOST);
    if let Some(host) = host
        && !is_own_name(name_of(host))
    {
        return Err(Denied::ForeignHost);
    }
    let site = headers.get("sec-fetch-site").map(|v| v.as_bytes());
    if site.is_some_and(|site| !matches!(site, b"same-origin" | b"none")) {
        return Err(Denied::ForeignOrigin);
    }
    if let Some(origin) = headers.get(header::ORIGIN) {
        let origin = origin.to_str().ok().and_then(host_of_url);
        if origin.is_none() || origin != host {
            return Err(Denied::ForeignOrigin);
        }
    }
    if needs == Needs::Json && !is_json(headers) {
        return Err(Denied::NotJson);
    }
    Ok(())
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = text(headers, &header::CONTENT_TYPE).and_then(|t| t.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// `https://host:port/…` → `host:port`.
fn host_of_url(url: &str) -> Option<&str> {
    url.split_once("://").and_then(|(_, rest)| rest.split('/').next()).filter(|host| !host.is_empty())
}

/// A `Host` without its port and brackets.
fn name_of(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split(']').next().unwrap_or(rest);
    }
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

fn is_own_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || name.parse::<IpAddr>().is_ok_and(is_here)
}

/// Whether a `Host` is a name of this machine or a bare address: no name of somebody else that was made to lead here.
pub(crate) fn is_plain_host(host: &str) -> bool {
    let name = name_of(host);
    is_own_name(name) || name.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests;

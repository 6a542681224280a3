//! The listeners: how many connections each takes, and how long one may take.
//!
//! Both listeners share the process's file descriptors, and one of them is for everybody. So each takes only its share of
//! them, an address only its share of a listener, and whoever says nothing is put out: the public status page must
//! not be able to silence the pager. HTTP/1 alone, because looking at what version a connection speaks has no time limit.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service as _;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use parking_lot::Mutex;
use tokio::net::TcpListener;

/// Most connections of the console's listener: intake, API, console and its streams.
const MAX_CONSOLE: usize = 4096;

/// Most connections of the public listener: a crowd of readers, each of whom is done within a second.
const MAX_STATUS: usize = 8192;

/// Most streams of live pages.
const MAX_STREAMS: usize = 512;

/// Where the system does not say how many files may be open, as few as the smallest usual limit.
const USUAL_FILES: u64 = 1024;

/// After a connection's life no further request is taken; what is under way has this long.
const GRACE: Duration = Duration::from_secs(30);

/// When nothing can be accepted (no descriptor is left), the next try waits this long.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// What a listener takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Connections at one time.
    pub all: usize,
    /// Of these, from one address. This machine is not counted: there the reverse proxy speaks for everybody.
    pub each: usize,
    /// A request's head must be here after this long, and an idle connection ends.
    pub head: Duration,
    /// A connection lives this long, however slowly its other end reads or writes.
    pub life: Duration,
}

/// The limits of both listeners and of live pages, from the number of files that may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shares {
    pub console: Limits,
    pub status: Limits,
    pub streams: usize,
}

impl Shares {
    pub fn of(files: u64) -> Self {
        let files = usize::try_from(files).unwrap_or(usize::MAX);
        let limits = |all: usize, head, life| Limits { all, each: all.div_ceil(4), head, life };
        let (console, status) = ((files / 2).min(MAX_CONSOLE), (files / 4).min(MAX_STATUS));
        Self {
            console: limits(console, Duration::from_secs(30), Duration::from_secs(900)),
            status: limits(status, Duration::from_secs(10), Duration::from_secs(60)),
            streams: (files / 8).min(MAX_STREAMS),
        }
    }
}

/// Raises the number of files that may be open to what the system allows, and gives it.
pub(crate) fn raise_files() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let found = getrlimit(Resource::Nofile);
    let most = Rlimit { current: found.maximum, maximum: found.maximum };
    let now = if found.current != found.maximum && setrlimit(Resource::Nofile, most).is_ok() {
        found.maximum
    } else {
        found.current
    };
    now.or(found.maximum).unwrap_or(USUAL_FILES)
}

/// An address as it is counted: a household of IPv6 has as many addresses as it likes.
pub(crate) fn counted(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Who is connected.
#[derive(Debug, Default)]
struct Crowd(Mutex<(usize, BTreeMap<IpAddr, usize>)>);

/// A connection's place in the crowd, given back when it goes.
struct Place {
    crowd: Arc<Crowd>,
    from: Option<IpAddr>,
}

impl Crowd {
    fn enter(self: &Arc<Self>, peer: IpAddr, limits: &Limits) -> Option<Place> {
        let from = Some(peer.to_canonical()).filter(|ip| !ip.is_loopback()).map(counted);
        let mut crowd = self.0.lock();
        if crowd.0 >= limits.all {
            return None;
        }
        if let Some(from) = from {
            let count = crowd.1.entry(from).or_default();
            if *count >= limits.each {
                return None;
            }
            *count += 1;
        }
        crowd.0 += 1;
        Some(Place { crowd: self.clone(), from })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut crowd = self.crowd.0.lock();
        crowd.0 -= 1;
        if let Some(from) = self.from
            && let Some(count) = crowd.1.get_mut(&from)
        {
            *count -= 1;
            if *count == 0 {
                crowd.1.remove(&from);
            }
        }
    }
}

/// Serves for good. A connection beyond the limits is closed at once, so that the others' queue stays short.
pub(crate) async fn serve(listener: TcpListener, router: Router, limits: Limits) {
    let crowd = Arc::new(Crowd::default());
    let mut full = false;
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(why) => {
                tracing::warn!(%why, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let place = crowd.enter(peer.ip(), &limits);
        if place.is_none() && !full {
            tracing::warn!(from = %peer.ip(), ?limits, "too many connections: new ones are closed");
        }
        full = place.is_none();
        let Some(place) = place else { continue };
        // An answer goes out whole at once; waiting for more to send would only delay it.
        let _not_supported = stream.set_nodelay(true);
        let router = router.clone();
        tokio::spawn(async move {
            connection(stream, peer, router, limits).await;
            drop(place);
        });
    }
}

async fn connection(stream: tokio::net::TcpStream, peer: SocketAddr, router: Router, limits: Limits) {
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = TowerToHyperService::new(router.clone()).call(request);
        async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never: Infallible| match never {})) }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(limits.head);
    let mut served = pin!(builder.serve_connection(TokioIo::new(stream), service));
    // How a connection ends (broken off, too slow, no HTTP) is its other end's business.
    let ended = tokio::time::timeout(limits.life, served.as_mut()).await;
    if ended.is_err() {
        served.as_mut().graceful_shutdown();
        let _cut = tokio::time::timeout(GRACE, served).await;
    }
}

#[cfg(test)]
mod tests;

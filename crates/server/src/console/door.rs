//! How often a password may be tried, and how many are hashed at one time.
//!
//! A try is counted before it is checked, so that many at once do not slip through together; a right password takes its
//! count back. What a stranger tries keeps the stranger out, not the person whose name it is: a name has a limit per address,
//! and the limit on the name as a whole does not hold where the person was seen before. The limit on everybody together
//! only slows strangers: behind it a right password still counts, so that nobody can be locked out by tries with made-up names.
//!
//! Names that nobody has wait in a lane of their own, as long and as slow as that of the others: they take nobody's place, and how
//! long an answer takes does not tell whether there is such a person.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use noout_types::{Span, Timestamp};
use parking_lot::Mutex;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::listen::counted;

/// Failed tries for one name from one address within [`WINDOW`].
const BY_PAIR: usize = 5;

/// Failed tries for one name from all addresses where the person was never seen.
const BY_NAME: usize = 20;

/// Failed tries from one address: some people behind one gateway may each mistype.
const BY_ADDRESS: usize = 15;

/// Failed tries of everybody, beyond which a wrong password is only told to wait.
const BY_ALL: usize = 50;

/// How long a failed try counts.
const WINDOW: Span = Span::from_mins(1);

/// Passwords that are hashed at one time: each takes 19 MiB and a core for some hundredths of a second.
const HASHING: usize = 2;

/// Passwords that wait for being hashed. The last one waits for about a second.
const WAITING: usize = 40;

/// Places more for people who come from where they were seen before.
const WAITING_FAMILIAR: usize = 8;

/// Tries with names that nobody has, as far as they are remembered. They cost no hash, so their number has a limit of its own.
const MADE_UP: usize = 4096;

/// Addresses that are remembered of a person: an office, a home, a phone and some more.
const ADDRESSES: usize = 8;

/// How long a hash takes as long as none was timed.
const USUAL_HASH: Duration = Duration::from_millis(30);

/// Bytes of a name that are kept: more is no name.
const NAME_BYTES: usize = 128;

/// A hash that no password has: checked where the name is unknown, so that the answer takes as long.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9vdXQtbm9ib2R5ISE$4HUi3PBGf8HTzRnSkKKVQ6CF5XNNFy2cy1T3z5Yqk2c";

/// A try that counts until it turns out to be right.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Try {
    number: u64,
    at: Timestamp,
    name: String,
    from: Option<IpAddr>,
    familiar: bool,
}

/// Tries that count.
#[derive(Debug, Default)]
struct Tries {
    next: u64,
    /// With names that somebody has. The limits on these keep the list short.
    real: VecDeque<Try>,
    made_up: VecDeque<Try>,
}

/// What became of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Knock {
    Right,
    Wrong,
    /// Too many were wrong lately; it was not checked, or it was wrong.
    Wait,
}

/// Where passwords wait, and how many are looked at at one time.
#[derive(Debug)]
struct Lane {
    waiting: Semaphore,
    hashing: Semaphore,
}

impl Lane {
    fn new() -> Self {
        Self { waiting: Semaphore::new(WAITING), hashing: Semaphore::new(HASHING) }
    }
}

/// The door before every password.
#[derive(Debug)]
pub(super) struct Door {
    tries: Mutex<Tries>,
    /// From where each person was seen, the last one last.
    seen: Mutex<BTreeMap<String, VecDeque<IpAddr>>>,
    lane: Lane,
    /// Waiting places of people who come from where they were seen before.
    familiar: Semaphore,
    /// For names that nobody has.
    made_up: Lane,
    /// One of these is really hashed at a time; the others only take as long.
    pretended: Semaphore,
    /// How long the last hash took, in microseconds.
    took: AtomicU64,
}

/// Whether behind the limit on everybody, and the number of the try.
type Counted = (bool, u64);

impl Door {
    pub fn new() -> Self {
        Self {
            tries: Mutex::default(),
            seen: Mutex::default(),
            lane: Lane::new(),
            familiar: Semaphore::new(WAITING_FAMILIAR),
            made_up: Lane::new(),
            pretended: Semaphore::new(1),
            took: AtomicU64::new(u64::try_from(USUAL_HASH.as_micros()).unwrap_or_default()),
        }
    }

    /// A person who proved who they are was seen at an address.
    pub fn met(&self, name: &str, from: Option<IpAddr>) {
        let Some(from) = from else { return };
        let mut seen = self.seen.lock();
        if seen.get(name).is_some_and(|known| known.back() == Some(&from)) {
            return;
        }
        let known = seen.entry(name.to_owned()).or_default();
        known.retain(|other| *other != from);
        known.push_back(from);
        if known.len() > ADDRESSES {
            known.pop_front();
        }
    }

    /// This machine is familiar, too: there a proxy speaks for everybody, or its administrator for themselves.
    fn is_familiar(&self, name: &str, from: Option<IpAddr>) -> bool {
        from.is_none_or(|from| self.seen.lock().get(name).is_some_and(|known| known.contains(&from)))
    }

    /// Checks a password against a hash. A missing hash takes as long and never fits.
    pub async fn knock(
        &self,
        name: &str,
        from: Option<IpAddr>,
        now: Timestamp,
        hash: Option<String>,
        password: String,
    ) -> Knock {
        let name = &name[..name.floor_char_boundary(NAME_BYTES)];
        let familiar = self.is_familiar(name, from);
        let lane = if hash.is_some() { &self.lane } else { &self.made_up };
        let place = lane.waiting.try_acquire();
        let place = if familiar && hash.is_some() { place.or_else(|_| self.familiar.try_acquire()) } else { place };
        let Ok(_place) = place else { return Knock::Wait };
        let Some((crowded, number)) = self.count(name, from, familiar, hash.is_some(), now) else { return Knock::Wait };
        let right = match hash {
            Some(hash) => self.work(move || holds(&hash, &password)).await.unwrap_or(false),
            None => self.pretend(password).await,
        };
        if right {
            self.tries.lock().real.retain(|t| t.number != number);
            self.met(name, from);
            return Knock::Right;
        }
        if crowded { Knock::Wait } else { Knock::Wrong }
    }

    /// Counts a try as failed, unless there are too many for its name or address.
    fn count(&self, name: &str, from: Option<IpAddr>, familiar: bool, real: bool, now: Timestamp) -> Option<Counted> {
        let mut tries = self.tries.lock();
        let Tries { next, real: known, made_up } = &mut *tries;
        for list in [&mut *known, &mut *made_up] {
            while list.front().is_some_and(|t| WINDOW.after(t.at) <= now) {
                list.pop_front();
            }
        }
        let all = || known.iter().chain(made_up.iter());
        let by_pair = all().filter(|t| t.name == name && t.from == from).count();
        let by_name = all().filter(|t| t.name == name && !t.familiar).count();
        let by_address = all().filter(|t| from.is_some() && t.from == from).count();
        if by_pair >= BY_PAIR || !familiar && (by_name >= BY_NAME || by_address >= BY_ADDRESS) {
            return None;
        }
        let crowded = all().count() >= BY_ALL;
        *next += 1;
        let list = if real { known } else { made_up };
        if !real && list.len() >= MADE_UP {
            list.pop_front();
        }
        list.push_back(Try { number: *next, at: now, name: name.to_owned(), from, familiar });
        Some((crowded, *next))
    }

    /// Hashes a new password with Argon2id.
    pub async fn hash(&self, password: String) -> Option<String> {
        use argon2::password_hash::PasswordHasher as _;
        let work = move || {
            let salt = rand::random::<[u8; 16]>();
            argon2::Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).ok().map(|h| h.to_string())
        };
        self.work(work).await.flatten()
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let _turn = self.lane.hashing.acquire().await.ok()?;
        self.timed(work).await
    }

    async fn timed<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let begun = Instant::now();
        let done = tokio::task::spawn_blocking(work).await.ok();
        self.took.store(u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        done
    }

    /// Takes as long as a password that is wrong, and never fits.
    async fn pretend(&self, password: String) -> bool {
        let Ok(_turn) = self.made_up.hashing.acquire().await else { return false };
        if let Ok(_one) = self.pretended.try_acquire() {
            self.timed(move || holds(NOBODY, &password)).await;
        } else {
            tokio::time::sleep(Duration::from_micros(self.took.load(Ordering::Relaxed))).await;
        }
        false
    }
}

fn holds(hash: &str, password: &str) -> bool {
    use argon2::password_hash::PasswordVerifier as _;
    use argon2::password_hash::phc::PasswordHash;
    PasswordHash::new(hash)
        .is_ok_and(|hash| argon2::Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Where a request comes from: its connection's other end, or what the reverse proxy on this machine says. Nothing
/// where that is this machine itself: a proxy that says nothing speaks for everybody.
pub(super) fn address(extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip().to_canonical());
    let ip = match peer {
        Some(ip) if ip.is_loopback() => forwarded(headers)?,
        other => other?,
    };
    Some(counted(ip)).filter(|ip| !ip.is_loopback())
}

/// The last address in `X-Forwarded-For`: the one that the nearest proxy saw; those before it anybody can write.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let line = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    line.rsplit(',').next()?.trim().parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests;

//! How often a password may be tried, and how many are hashed at one time.
//!
//! A try is counted before it is checked, so that many at once do not slip through together; a right password takes its
//! count back. Names and addresses have limits that nothing passes. The limit on everybody together only slows strangers:
//! behind it a right password still counts, so that nobody can be locked out by tries with made-up names.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use noout_types::{Span, Timestamp};
use parking_lot::Mutex;
use tokio::sync::Semaphore;

use crate::listen::counted;

/// Failed tries for one name within [`WINDOW`].
const BY_NAME: usize = 5;

/// Failed tries from one address: some people behind one gateway may each mistype.
const BY_ADDRESS: usize = 15;

/// Failed tries of everybody, beyond which a wrong password is only told to wait.
const BY_ALL: usize = 50;

/// How long a failed try counts.
const WINDOW: Span = Span::from_mins(1);

/// Passwords that are hashed at one time: each takes 19 MiB and a core for some hundredths of a second.
const HASHING: usize = 2;

/// Passwords that wait for being hashed. The last one waits for about a second.
const WAITING: usize = 48;

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
}

/// What became of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Knock {
    Right,
    Wrong,
    /// Too many were wrong lately; it was not checked, or it was wrong.
    Wait,
}

/// The door before every password.
#[derive(Debug)]
pub(super) struct Door {
    tries: Mutex<(u64, VecDeque<Try>)>,
    waiting: Semaphore,
    hashing: Semaphore,
}

/// Whether behind the limit on everybody, and the number of the try.
type Counted = (bool, u64);

impl Door {
    pub fn new() -> Self {
        Self { tries: Mutex::default(), waiting: Semaphore::new(WAITING), hashing: Semaphore::new(HASHING) }
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
        let Ok(_place) = self.waiting.try_acquire() else { return Knock::Wait };
        let Some((crowded, number)) = self.count(name, from, now) else { return Knock::Wait };
        let known = hash.is_some();
        let right = self.work(move || holds(hash.as_deref().unwrap_or(NOBODY), &password)).await.unwrap_or(false);
        if right && known {
            self.tries.lock().1.retain(|t| t.number != number);
            return Knock::Right;
        }
        if crowded { Knock::Wait } else { Knock::Wrong }
    }

    /// Counts a try as failed, unless there are too many for its name or address.
    fn count(&self, name: &str, from: Option<IpAddr>, now: Timestamp) -> Option<Counted> {
        let name = &name[..name.floor_char_boundary(NAME_BYTES)];
        let mut tries = self.tries.lock();
        let (next, tries) = &mut *tries;
        while tries.front().is_some_and(|t| WINDOW.after(t.at) <= now) {
            tries.pop_front();
        }
        let by_name = tries.iter().filter(|t| t.name == name).count();
        let by_address = tries.iter().filter(|t| from.is_some() && t.from == from).count();
        if by_name >= BY_NAME || by_address >= BY_ADDRESS {
            return None;
        }
        let crowded = tries.len() >= BY_ALL;
        *next += 1;
        // As many as can be hashed within the window: the list stays short without a limit of its own.
        tries.push_back(Try { number: *next, at: now, name: name.to_owned(), from });
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
        let _turn = self.hashing.acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
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

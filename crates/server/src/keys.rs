//! The server's own key: signs page links, sessions and the command line's requests.
//!
//! One random key lies beside the data, readable by its owner only. Whoever reads it owns the machine.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use aes_gcm::aead::Aead as _;
use aes_gcm::{Aes256Gcm, KeyInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use noout_core::paging::Dispatch;
use noout_types::{IncidentId, PageId, PersonId, Span, Timestamp};
use sha2::Sha256;

/// Bytes of the key.
const KEY_BYTES: usize = 32;

/// A session lives this long without a new sign-in.
pub(crate) const SESSION_LIFE: Span = Span::from_hours(24 * 14);

/// An invitation waits this long: over a weekend would be longer, but so would be its way through strange mailboxes.
pub(crate) const INVITE_LIFE: Span = Span::from_hours(48);

/// A request of the command line must be this fresh, so that one seen by somebody cannot be sent again later.
const LOCAL_LIFE: Span = Span::from_secs(60);

/// Why a key or a token is no good.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key file.
    #[error("the key file {} cannot be used: {why}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The token was not made by this server, or was changed.
    #[error("the link or token is not valid")]
    Forged,
    /// It was valid once.
    #[error("the link or token has expired")]
    Expired,
}

/// What a page's link allows: to see and to answer one incident as one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Who.
    pub person: PersonId,
    /// What about.
    pub incident: IncidentId,
    /// Until when.
    pub until: Timestamp,
    /// The person's sessions when it was made: links of an older generation ended with them.
    pub generation: u64,
}

/// A signed-in person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub person: PersonId,
    /// Sessions of an older generation ended with a password or role change.
    pub generation: u64,
    pub until: Timestamp,
}

/// An invitation to set a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invite {
    pub person: PersonId,
    /// A password that is set raises it, so that the link works once.
    pub generation: u64,
    pub until: Timestamp,
}

/// The name of one message that left, which proves itself: receipts and answers carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ticket {
    /// Which message.
    pub of: Dispatch,
    /// Until when it counts.
    pub until: Timestamp,
}

/// Signs and checks.
#[derive(Clone)]
pub struct Keys {
    key: [u8; KEY_BYTES],
}

impl Keys {
    /// Reads the key file, or makes it with the given random bytes. The caller holds the journal's lock, so that no
    /// other start makes one, too.
    ///
    /// # Errors
    /// The file cannot be read or made, is readable by others, or holds no key.
    pub fn open(path: &Path, random: [u8; KEY_BYTES]) -> Result<Self, KeyError> {
        let err = |why: String| KeyError::File { path: path.to_owned(), why };
        match std::fs::read_to_string(path) {
            Ok(text) => {
                use std::os::unix::fs::PermissionsExt as _;
                let mode = std::fs::metadata(path).map_err(|e| err(e.to_string()))?.permissions().mode();
                if mode & 0o077 != 0 {
                    return Err(err(format!("others may read it (mode {:o}); `chmod 600` it", mode & 0o777)));
                }
                let mut key = [0; KEY_BYTES];
                hex::decode_to_slice(text.trim(), &mut key).map_err(|e| err(format!("it holds no key: {e}")))?;
                Ok(Self { key })
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                make(path, &hex::encode(random)).map_err(|e| err(e.to_string()))?;
                Ok(Self { key: random })
            }
            Err(e) => Err(err(e.to_string())),
        }
    }

    /// Reads the key file; never makes one. For the command line.
    ///
    /// # Errors
    /// As [`Keys::open`], or there is none.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        if !path.exists() {
            let why = "there is none: is this the machine and the folder that noout runs in?".to_owned();
            return Err(KeyError::File { path: path.to_owned(), why });
        }
        Self::open(path, [0; KEY_BYTES])
    }

    fn mac(&self, purpose: &str, text: &str) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.key).expect("every length is a key");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        mac
    }

    fn seal(&self, purpose: &str, text: &str) -> String {
        let tag = self.mac(purpose, text).finalize().into_bytes();
        format!("{}.{}", URL_SAFE_NO_PAD.encode(text), URL_SAFE_NO_PAD.encode(&tag[..16]))
    }

    fn open_token(&self, purpose: &str, token: &str) -> Result<Vec<String>, KeyError> {
        let (text, tag) = token.split_once('.').ok_or(KeyError::Forged)?;
        let text = URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyError::Forged)?;
        let text = String::from_utf8(text).map_err(|_| KeyError::Forged)?;
        let tag = URL_SAFE_NO_PAD.decode(tag).map_err(|_| KeyError::Forged)?;
        if tag.len() != 16 {
            return Err(KeyError::Forged);
        }
        self.mac(purpose, &text).verify_truncated_left(&tag).map_err(|_| KeyError::Forged)?;
        Ok(text.split('|').map(str::to_owned).collect())
    }

    /// The token of a page's link.
    #[must_use]
    pub fn grant(&self, grant: &Grant) -> String {
        let Grant { person, incident, until, generation } = grant;
        self.seal("page", &format!("{person}|{incident}|{}|{generation}", until.as_second()))
    }

    /// Reads the token of a page's link.
    ///
    /// # Errors
    /// Forged or expired.
    pub fn read_grant(&self, token: &str, now: Timestamp) -> Result<Grant, KeyError> {
        let parts = self.open_token("page", token)?;
        let [person, incident, until, generation] = parts.as_slice() else { return Err(KeyError::Forged) };
        let until = timestamp(until)?;
        if until <= now {
            return Err(KeyError::Expired);
        }
        let person = person.parse().map_err(|_| KeyError::Forged)?;
        let incident = incident.parse().map_err(|_| KeyError::Forged)?;
        let generation = generation.parse().map_err(|_| KeyError::Forged)?;
        Ok(Grant { person, incident, until, generation })
    }

    /// The nonce tells sessions apart that began in the same second, so that each can be ended alone.
    pub(crate) fn session(&self, session: &Session, nonce: u64) -> String {
        let Session { person, generation, until } = session;
        self.seal("session", &format!("{person}|{generation}|{}|{nonce:016x}", until.as_second()))
    }

    pub(crate) fn read_session(&self, token: &str, now: Timestamp) -> Result<Session, KeyError> {
        let (person, generation, until) = self.personal("session", 4, token, now)?;
        Ok(Session { person, generation, until })
    }

    /// What the journal calls a session: nothing that could be used as one.
    pub(crate) fn session_name(token: &str) -> String {
        use sha2::Digest as _;
        hex::encode(&Sha256::digest(token.as_bytes())[..16])
    }

    pub(crate) fn invite(&self, invite: &Invite) -> String {
        let Invite { person, generation, until } = invite;
        self.seal("invite", &format!("{person}|{generation}|{}", until.as_second()))
    }

    pub(crate) fn read_invite(&self, token: &str, now: Timestamp) -> Result<Invite, KeyError> {
        let (person, generation, until) = self.personal("invite", 3, token, now)?;
        Ok(Invite { person, generation, until })
    }

    /// Reads a token that begins with a person, a generation and its end.
    fn personal(
        &self,
        purpose: &str,
        parts: usize,
        token: &str,
        now: Timestamp,
    ) -> Result<(PersonId, u64, Timestamp), KeyError> {
        let found = self.open_token(purpose, token)?;
        let [person, generation, until, ..] = found.as_slice() else { return Err(KeyError::Forged) };
        if found.len() != parts {
            return Err(KeyError::Forged);
        }
        let until = timestamp(until)?;
        if until <= now {
            return Err(KeyError::Expired);
        }
        let person = person.parse().map_err(|_| KeyError::Forged)?;
        let generation = generation.parse().map_err(|_| KeyError::Forged)?;
        Ok((person, generation, until))
    }

    pub(crate) fn ticket(&self, ticket: &Ticket) -> String {
        let until = ticket.until.as_second();
        let text = match &ticket.of {
            Dispatch::Page { page, attempt, incident, person } => {
                format!("page|{}|{attempt}|{}|{person}|{until}", page.0, incident.0)
            }
            Dispatch::Test { test, person } => format!("test|{test}|{person}|{until}"),
        };
        self.seal("ticket", &text)
    }

    pub(crate) fn read_ticket(&self, token: &str, now: Timestamp) -> Result<Dispatch, KeyError> {
        let parts = self.open_token("ticket", token)?;
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let number = |text: &str| text.parse::<u64>().map_err(|_| KeyError::Forged);
        let person = |text: &str| text.parse::<PersonId>().map_err(|_| KeyError::Forged);
        let (of, until) = match parts.as_slice() {
            ["page", page, attempt, incident, who, until] => {
                let attempt = attempt.parse().map_err(|_| KeyError::Forged)?;
                let (page, incident) = (PageId(number(page)?), IncidentId(number(incident)?));
                (Dispatch::Page { page, attempt, incident, person: person(who)? }, until)
            }
            ["test", test, who, until] => (Dispatch::Test { test: number(test)?, person: person(who)? }, until),
            _ => return Err(KeyError::Forged),
        };
        if timestamp(until)? <= now { Err(KeyError::Expired) } else { Ok(of) }
    }

    /// Encrypts what must not stand in the journal as it is.
    pub(crate) fn lock(&self, purpose: &str, text: &str) -> String {
        let nonce: [u8; 12] = rand::random();
        // Encryption of a text in memory cannot fail; an impossible error keeps nothing.
        let sealed = self.cipher(purpose).encrypt(&nonce.into(), text.as_bytes()).unwrap_or_default();
        URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat())
    }

    /// The text that [`Keys::lock`] encrypted.
    pub(crate) fn unlock(&self, purpose: &str, locked: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(locked).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(12)?;
        let nonce: [u8; 12] = nonce.try_into().ok()?;
        String::from_utf8(self.cipher(purpose).decrypt(&nonce.into(), sealed).ok()?).ok()
    }

    fn cipher(&self, purpose: &str) -> Aes256Gcm {
        Aes256Gcm::new(&self.mac("lock", purpose).finalize().into_bytes())
    }

    /// The token that proves a form was served to this session: against requests that other sites make.
    pub(crate) fn csrf(&self, session: &str) -> String {
        let tag = self.mac("csrf", session).finalize().into_bytes();
        URL_SAFE_NO_PAD.encode(&tag[..16])
    }

    pub(crate) fn csrf_holds(&self, session: &str, token: &str) -> bool {
        use subtle::ConstantTimeEq as _;
        self.csrf(session).as_bytes().ct_eq(token.as_bytes()).into()
    }

    /// The command line's token: whoever reads the key file acts as the administrator on the machine, or as a person.
    #[must_use]
    pub fn local(&self, person: Option<&PersonId>, now: Timestamp) -> String {
        let person = person.map_or("", PersonId::as_str);
        self.seal("local", &format!("{person}|{}", LOCAL_LIFE.after(now).as_second()))
    }

    /// Reads the command line's token; none = the administrator.
    pub(crate) fn read_local(&self, token: &str, now: Timestamp) -> Result<Option<PersonId>, KeyError> {
        let parts = self.open_token("local", token)?;
        let [person, until] = parts.as_slice() else { return Err(KeyError::Forged) };
        if timestamp(until)? <= now {
            return Err(KeyError::Expired);
        }
        if person.is_empty() { Ok(None) } else { person.parse().map(Some).map_err(|_| KeyError::Forged) }
    }

    /// The address of a calendar. It holds until the calendar's generation is raised.
    pub(crate) fn feed(&self, feed: &str, generation: u64) -> String {
        self.seal("feed", &format!("{feed}|{generation}"))
    }

    /// Reads the address of a calendar: which one, and of which generation.
    pub(crate) fn read_feed(&self, token: &str) -> Result<(String, u64), KeyError> {
        let parts = self.open_token("feed", token)?;
        let [feed, generation] = parts.as_slice() else { return Err(KeyError::Forged) };
        Ok((feed.clone(), generation.parse().map_err(|_| KeyError::Forged)?))
    }

    /// A key for one other purpose, so that no two uses share a key: signing of outgoing webhooks.
    #[must_use]
    pub fn derived(&self, purpose: &str) -> String {
        hex::encode(self.mac("derive", purpose).finalize().into_bytes())
    }
}

/// Makes the key file, whole under another name first: killed in between, a start leaves no key or all of it.
fn make(path: &Path, text: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}

fn timestamp(text: &str) -> Result<Timestamp, KeyError> {
    text.parse().ok().and_then(|s| Timestamp::from_second(s).ok()).ok_or(KeyError::Forged)
}

/// Where the key of a data file lies.
#[must_use]
pub fn key_path(data: &Path) -> PathBuf {
    let mut name = data.as_os_str().to_owned();
    name.push(".key");
    PathBuf::from(name)
}

//! When a sign of life is due.

use std::fmt;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use noout_types::{Span, SpanError, Timestamp};
use serde::{Deserialize, Serialize};

use super::cron::{Cron, CronError};

/// When a sign of life is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Rhythm {
    /// This long after the last one.
    Every(Span),
    /// On the wall clock.
    Cron(Cron),
}

/// Why a text is no rhythm.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RhythmError {
    /// `every` what.
    #[error(transparent)]
    Every(#[from] SpanError),
    /// Five fields.
    #[error("neither \"every 10m\" nor a crontab's five fields: {0}")]
    Cron(#[from] CronError),
}

impl Rhythm {
    /// The first instant after `last` at which a sign of life is due. A zone that nobody knows is UTC.
    #[must_use]
    pub fn due(&self, last: Timestamp, zone: &str) -> Timestamp {
        match self {
            Self::Every(every) => every.after(last),
            Self::Cron(cron) => {
                let zone = TimeZoneDatabase::bundled().get(zone).unwrap_or(TimeZone::UTC);
                cron.next(last, &zone).unwrap_or(Timestamp::MAX)
            }
        }
    }
}

impl fmt::Display for Rhythm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every(every) => write!(f, "every {every}"),
            Self::Cron(cron) => cron.fmt(f),
        }
    }
}

impl std::str::FromStr for Rhythm {
    type Err = RhythmError;
    fn from_str(text: &str) -> Result<Self, RhythmError> {
        match text.trim().strip_prefix("every ") {
            Some(span) => Ok(Self::Every(span.parse()?)),
            None => Ok(Self::Cron(text.parse()?)),
        }
    }
}

impl TryFrom<String> for Rhythm {
    type Error = RhythmError;
    fn try_from(text: String) -> Result<Self, RhythmError> {
        text.parse()
    }
}

impl From<Rhythm> for String {
    fn from(rhythm: Rhythm) -> String {
        rhythm.to_string()
    }
}

/// The last part of a heartbeat's address: a UUID. Who knows it may ping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PingKey(u128);

/// Why a text is no UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{found:?} is no UUID: write 32 hexadecimal digits, for example 3f1c9a52-6d0e-4b7a-9c58-2f6a1e0d7b34 (uuidgen makes one)"
)]
pub struct PingKeyError {
    /// What was found.
    pub found: String,
}

impl PingKey {
    /// The UUID of 128 bits that nobody can guess.
    #[must_use]
    pub const fn from_bits(bits: u128) -> Self {
        // Version 8: made by a rule of one's own.
        Self(bits & !(0xf << 76) & !(0x3 << 62) | (0x8 << 76) | (0x2 << 62))
    }
}

impl fmt::Display for PingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        write!(f, "{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

impl std::str::FromStr for PingKey {
    type Err = PingKeyError;
    fn from_str(text: &str) -> Result<Self, PingKeyError> {
        let error = || PingKeyError { found: text.chars().take(60).collect() };
        let plain: String = text.chars().filter(|c| *c != '-').collect();
        let whole = matches!(text.len(), 32 | 36) && plain.len() == 32 && plain.bytes().all(|b| b.is_ascii_hexdigit());
        if !whole {
            return Err(error());
        }
        u128::from_str_radix(&plain, 16).map(Self).map_err(|_| error())
    }
}

impl TryFrom<String> for PingKey {
    type Error = PingKeyError;
    fn try_from(text: String) -> Result<Self, PingKeyError> {
        text.parse()
    }
}

impl From<PingKey> for String {
    fn from(key: PingKey) -> String {
        key.to_string()
    }
}

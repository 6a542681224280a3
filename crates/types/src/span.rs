//! Lengths of time as operators write them: `5m`, `1h30m`, `15s`.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A length of time, never negative, in whole milliseconds; written as `1d2h3m4s5ms`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    millis: u64,
}

/// Why a text is no length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no length of time: write for example \"30s\", \"5m\", \"1h30m\", \"14d\"")]
pub struct SpanError {
    /// What was found.
    pub found: String,
}

/// The longest span: ten years. Longer ones are typing errors, and sums stay far from overflow.
const MAX_MILLIS: u64 = 10 * 366 * 86_400_000;

impl Span {
    /// So many milliseconds, at the most ten years.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self { millis: if millis > MAX_MILLIS { MAX_MILLIS } else { millis } }
    }

    /// So many seconds.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self::from_millis(secs.saturating_mul(1000))
    }

    /// So many minutes.
    #[must_use]
    pub const fn from_mins(mins: u64) -> Self {
        Self::from_secs(mins.saturating_mul(60))
    }

    /// So many hours.
    #[must_use]
    pub const fn from_hours(hours: u64) -> Self {
        Self::from_mins(hours.saturating_mul(60))
    }

    /// The length in milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.millis
    }

    /// The length in seconds, with its fraction.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.millis as f64 / 1000.0
    }

    /// The time between two instants; zero when `to` is not after `from`.
    #[must_use]
    pub fn between(from: Timestamp, to: Timestamp) -> Self {
        let millis = to.duration_since(from).as_millis();
        Self::from_millis(u64::try_from(millis).unwrap_or(0))
    }

    /// The instant this long after `at`, saturating at the end of time.
    #[must_use]
    pub fn after(self, at: Timestamp) -> Timestamp {
        at.checked_add(self.signed()).unwrap_or(Timestamp::MAX)
    }

    /// The instant this long before `at`, saturating at the beginning of time.
    #[must_use]
    pub fn before(self, at: Timestamp) -> Timestamp {
        at.checked_sub(self.signed()).unwrap_or(Timestamp::MIN)
    }

    /// As jiff's duration.
    #[must_use]
    pub fn signed(self) -> SignedDuration {
        SignedDuration::from_millis(i64::try_from(self.millis).unwrap_or(i64::MAX))
    }

    /// As the standard library's duration.
    #[must_use]
    pub fn std(self) -> std::time::Duration {
        std::time::Duration::from_millis(self.millis)
    }
}

const UNITS: [(&str, u64); 6] =
    [("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.millis == 0 {
            return f.pad("0s");
        }
        let mut rest = self.millis;
        let mut out = String::new();
        for (unit, size) in UNITS.into_iter().skip(1) {
            if rest >= size {
                out.push_str(&format!("{}{unit}", rest / size));
                rest %= size;
            }
        }
        f.pad(&out)
    }
}

impl std::str::FromStr for Span {
    type Err = SpanError;
    fn from_str(text: &str) -> Result<Self, SpanError> {
        let err = || SpanError { found: text.to_owned() };
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(err());
        }
        let mut millis: u64 = 0;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(err)?;
            let number: u64 = rest[..digits].parse().map_err(|_| err())?;
            rest = &rest[digits..];
            let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
            let size = UNITS.into_iter().find(|(u, _)| *u == &rest[..letters]).ok_or_else(err)?.1;
            millis = number.checked_mul(size).and_then(|n| millis.checked_add(n)).ok_or_else(err)?;
            rest = rest[letters..].trim_start();
        }
        if millis > MAX_MILLIS { Err(err()) } else { Ok(Self { millis }) }
    }
}

impl TryFrom<String> for Span {
    type Error = SpanError;
    fn try_from(text: String) -> Result<Self, SpanError> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> String {
        span.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_they_are_written() {
        for (text, millis) in
            [("5m", 300_000), ("1h30m", 5_400_000), ("15s", 15_000), ("250ms", 250), ("2w", 1_209_600_000)]
        {
            assert_eq!(text.parse::<Span>().map(Span::as_millis), Ok(millis), "{text}");
        }
        assert_eq!(Span::from_secs(5400).to_string(), "1h30m");
        for bad in ["", "5", "m", "-5m", "5 minutes ago", "9999999999d", "5µs"] {
            assert!(bad.parse::<Span>().is_err(), "{bad}");
        }
    }
}

//! Times as operators write them: `20:00-08:00` and `2026-01-05T09:00`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Minutes of a day; `24:00` is this minute of the day on which the hours began, never minute 0 of some other day.
const DAY_MINUTES: u16 = 24 * 60;

/// The hours of a day in which a rotation is on duty, by the wall clock: `08:00-18:00`, `20:00-08:00` (over midnight, of the
/// day on which they begin), `16:00-24:00` (until midnight; `16:00-00:00` is the same).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    /// Minute of the day, 0 to 1439.
    begin: u16,
    /// Minute of the day, 0 to 1440.
    end: u16,
}

/// Why a text is no range of hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no range of hours: write \"HH:MM-HH:MM\", for example \"20:00-08:00\" or \"16:00-24:00\"")]
pub struct HoursError {
    /// What was found.
    pub found: String,
}

impl Hours {
    /// The minute of the day at which duty begins, 0 to 1439.
    #[must_use]
    pub fn begin_minute(self) -> u16 {
        self.begin
    }

    /// The minute at which duty ends, 0 to 1440, and whether that is a minute of the next day.
    /// Midnight as an end is always minute 0 of the next day.
    #[must_use]
    pub fn end_minute(self) -> (u16, bool) {
        match self.end % DAY_MINUTES {
            0 => (0, true),
            end => (end, end < self.begin),
        }
    }

    /// Whether begin and end are the same. The whole day is written `00:00-24:00`.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.begin == self.end
    }
}

impl std::str::FromStr for Hours {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Self, HoursError> {
        let error = || HoursError { found: text.to_owned() };
        let (begin, end) = text.split_once('-').ok_or_else(error)?;
        let (begin, end) = (minute(begin).ok_or_else(error)?, minute(end).ok_or_else(error)?);
        if begin == DAY_MINUTES { Err(error()) } else { Ok(Self { begin, end }) }
    }
}

/// `HH:MM` from 00:00 to 24:00.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let two = |part: &str| -> Option<u16> {
        let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        if digits { part.parse().ok() } else { None }
    };
    let (hour, minute) = (two(hour)?, two(minute)?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= DAY_MINUTES).then_some(total)
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (b, e) = (self.begin, self.end);
        f.pad(&format!("{:02}:{:02}-{:02}:{:02}", b / 60, b % 60, e / 60, e % 60))
    }
}

impl TryFrom<String> for Hours {
    type Error = HoursError;
    fn try_from(text: String) -> Result<Self, HoursError> {
        text.parse()
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> String {
        hours.to_string()
    }
}

/// Serde of [`crate::Rotation::start`]: a wall-clock time without zone or offset.
pub(crate) mod start {
    use jiff::civil::DateTime;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(start: &DateTime, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(start)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<DateTime, D::Error> {
        let text = String::deserialize(from)?;
        parse(&text).ok_or_else(|| {
            de::Error::custom(format_args!(
                "{text:?} is no start: write a wall-clock time like \"2026-01-05T09:00\", without zone or offset"
            ))
        })
    }

    /// The shape is checked first: jiff's reader takes an offset and ignores it, which here would be a silent error of hours.
    pub(crate) fn parse(text: &str) -> Option<DateTime> {
        const SHAPE: &[u8] = b"0000-00-00T00:00:00";
        let shaped = matches!(text.len(), 16 | 19)
            && text.bytes().zip(SHAPE).all(|(found, want)| match want {
                b'0' => found.is_ascii_digit(),
                b'T' => matches!(found, b'T' | b' '),
                want => found == *want,
            });
        if shaped { text.parse().ok() } else { None }
    }
}

//! `[meeting]`: when the team meets each week, and who takes part.

use jiff::civil::Time;
use noout_calendar::Weekday;
use noout_types::{ScheduleId, TeamId};
use serde::{Deserialize, Serialize};

/// `[meeting]`. Works without being there: Monday at ten, everybody who does work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MeetingRules {
    /// On which day.
    pub weekday: Weekday,
    /// At which time of the zone's wall clock, as "10:00".
    pub time: WallTime,
    /// IANA zone; `server.timezone` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Who takes part: everybody in a schedule's rotations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<ScheduleId>,
    /// Who takes part: a team. Everybody with the role responder or higher if neither is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
}

impl Default for MeetingRules {
    fn default() -> Self {
        Self { weekday: Weekday::Mo, time: WallTime::TEN, timezone: None, schedule: None, team: None }
    }
}

/// A time of a day, as `HH:MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WallTime {
    hour: i8,
    minute: i8,
}

/// Why a text is no time of a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no time of a day: write \"HH:MM\" from 00:00 to 23:59, for example \"10:00\"")]
pub struct WallTimeError {
    /// What was found.
    pub found: String,
}

impl WallTime {
    /// Ten in the morning: people are awake, and have their mail behind them.
    pub const TEN: Self = Self { hour: 10, minute: 0 };

    /// The time on the wall clock.
    #[must_use]
    pub fn civil(self) -> Time {
        // Both were looked at when the text was read.
        Time::new(self.hour, self.minute, 0, 0).unwrap_or(Time::MIN)
    }
}

impl std::str::FromStr for WallTime {
    type Err = WallTimeError;
    fn from_str(text: &str) -> Result<Self, WallTimeError> {
        let two = |part: &str| {
            let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse::<i8>().ok()).flatten()
        };
        let read = || {
            let (hour, minute) = text.trim().split_once(':')?;
            let (hour, minute) = (two(hour)?, two(minute)?);
            (hour < 24 && minute < 60).then_some(Self { hour, minute })
        };
        read().ok_or_else(|| WallTimeError { found: text.to_owned() })
    }
}

impl std::fmt::Display for WallTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{:02}:{:02}", self.hour, self.minute))
    }
}

impl TryFrom<String> for WallTime {
    type Error = WallTimeError;
    fn try_from(text: String) -> Result<Self, WallTimeError> {
        text.parse()
    }
}

impl From<WallTime> for String {
    fn from(time: WallTime) -> String {
        time.to_string()
    }
}

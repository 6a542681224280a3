//! What was found, in numbers and in words.

use noout_types::{HostId, Said, SensorId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Key, says};
use crate::SensorState;

/// A sensor that drops out more often than its like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Which sensor; its sensor is [`super::BMC`] where the BMC itself is charged.
    pub key: Key,
    /// Its population.
    pub model: String,
    /// When the score reached the threshold.
    pub at: Timestamp,
    /// The score at that time.
    pub score: f64,
    /// The threshold that it reached.
    pub threshold: f64,
    /// How many dropouts it is made of, also those since it was raised.
    pub count: u32,
    /// The first of them.
    pub first: Timestamp,
    /// The last of them.
    pub last: Timestamp,
    /// The most recent of them, oldest first; at the most [`super::MAX_DROPOUTS_KEPT`].
    pub dropouts: Vec<Timestamp>,
    /// How often a healthy sensor of this population drops out, per day at risk, when the finding was raised.
    pub lambda0_per_day: f64,
    /// The BMC is charged: several sensors dropped out at once, or it did not answer.
    pub common_cause: bool,
    /// Of the count, how often the BMC did not answer.
    #[serde(default)]
    pub unanswered: u32,
    /// The sensors that were part of every common dropout. Few of them point at what they share (one module with
    /// two rotors, one cable) rather than at the BMC.
    #[serde(default)]
    pub together: Vec<SensorId>,
}

/// A sensor's score at an instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// S.
    pub s: f64,
    /// The score at which a finding is raised.
    pub threshold: f64,
    /// Dropouts since the score last was zero.
    pub events_in_window: u32,
    /// The first of them.
    pub first_event: Option<Timestamp>,
    /// The last of them.
    pub last_event: Option<Timestamp>,
    /// λ0 of this sensor's population now, per day at risk.
    pub lambda0_per_day: f64,
    /// What the sensor says.
    pub state: SensorState,
}

/// Why a finding stays.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ClearRefused {
    /// There is nothing to clear.
    #[error("{} of {} has no open finding", key.sensor, key.host)]
    NoFinding {
        /// Which sensor.
        key: Key,
    },
    /// The part was replaced, but the score says that it may not have helped.
    #[error(
        "{} of {} still has a score of {s:.1}: after a replaced part the finding ends by itself below {below:.1}; \
         a person can clear it now",
        key.sensor, key.host
    )]
    StillHigh {
        /// Which sensor.
        key: Key,
        /// Its score.
        s: f64,
        /// The score that it must be under: half the threshold.
        below: f64,
    },
}

/// More names than this are not listed in a sentence.
const MAX_NAMES: usize = 4;

impl Finding {
    /// The sentence with its numbers, without a full stop, for readers of any language.
    #[must_use]
    pub fn said(&self) -> Said {
        self.said_about(Some(&self.key.host))
    }

    /// The English sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        noout_words::english(&self.said())
    }

    /// The sentence, naming the host if there is one (a file may have none).
    pub(super) fn said_about(&self, host: Option<&HostId>) -> Said {
        let of = if host.is_some() { "host" } else { "nothing" };
        let host = host.map_or("", HostId::as_str);
        let (count, length) = (self.count, self.last.duration_since(self.first).as_millis().max(1000));
        let (days, daily) = rate(self.lambda0_per_day);
        if !self.common_cause {
            return says::drops_out(&self.key.sensor, of, host, count, length, days, daily);
        }
        let shared = self.count.saturating_sub(self.unanswered);
        if shared == 0 {
            return says::bmc_alone(of, host, count, length, days, daily);
        }
        let is_listed = !self.together.is_empty() && self.together.len() <= MAX_NAMES;
        let names = self.together.iter().map(SensorId::as_str).collect::<Vec<_>>().join(", ");
        match (self.unanswered, is_listed) {
            (0, false) => says::together(of, host, count, length, days, daily),
            (0, true) => says::together_named(of, host, count, length, days, daily, names),
            (alone, false) => says::bmc_mixed(of, host, count, length, days, daily, alone, shared),
            (alone, true) => says::bmc_mixed_named(of, host, count, length, days, daily, alone, shared, names),
        }
    }
}

/// A rate per day in whole numbers: once in so many days, or 0 and so many times a day.
fn rate(per_day: f64) -> (u64, u64) {
    let days = 1.0 / per_day;
    if days >= 1.5 { (days.round() as u64, 1) } else { (0, (per_day.round() as u64).max(1)) }
}

//! What was found, in numbers and in words.

use noout_types::{HostId, SensorId, Timestamp};
use serde::{Deserialize, Serialize};

use super::Key;
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
    /// One English sentence with its numbers, without a full stop.
    #[must_use]
    pub fn sentence(&self) -> String {
        self.sentence_about(Some(&self.key.host))
    }

    /// The sentence, naming the host if there is one (a file may have none).
    pub(super) fn sentence_about(&self, host: Option<&HostId>) -> String {
        let of = host.map(|h| format!(" of {h}")).unwrap_or_default();
        let often = format!("{} in {}", times(self.count), length(self.first, self.last));
        let normal = rate(self.lambda0_per_day);
        if !self.common_cause {
            let sensor = &self.key.sensor;
            return format!("{sensor}{of} dropped out {often}; a sensor of this model drops out {normal}");
        }
        let shared = self.count.saturating_sub(self.unanswered);
        if shared == 0 {
            return format!(
                "the BMC{of} stopped answering {often}, each time alone; a BMC does so {normal}: look at it and its cable"
            );
        }
        let names =
            if self.together.is_empty() || self.together.len() > MAX_NAMES { None } else { Some(list(&self.together)) };
        let what = if self.unanswered == 0 {
            format!("several sensors{of} dropped out in the same poll {often}")
        } else {
            format!(
                "the BMC{of} failed {often} ({} without an answer, {} with several sensors dropping out in one poll)",
                times(self.unanswered),
                times(shared)
            )
        };
        match names {
            Some(names) => format!("{what}, each time {names}; normal is {normal}: look first at what these share"),
            None => {
                format!("{what}; normal is {normal}: look at the BMC and its connections before the sensors")
            }
        }
    }
}

fn times(n: u32) -> String {
    match n {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    }
}

fn list(names: &[SensorId]) -> String {
    match names {
        [] => String::new(),
        [one] => one.to_string(),
        [first @ .., last] => {
            format!("{} and {last}", first.iter().map(SensorId::as_str).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A length of time in its two largest units.
fn length(from: Timestamp, to: Timestamp) -> String {
    let s = to.duration_since(from).as_secs().max(0);
    let days = |n: i64| if n == 1 { "1 day".to_owned() } else { format!("{n} days") };
    let two = |big: String, small: i64, unit: &str| if small == 0 { big } else { format!("{big} {small} {unit}") };
    match s {
        86_400.. => two(days(s / 86_400), s % 86_400 / 3600, "h"),
        3600.. => two(format!("{} h", s / 3600), s % 3600 / 60, "min"),
        60.. => two(format!("{} min", s / 60), s % 60, "s"),
        _ => format!("{} s", s.max(1)),
    }
}

/// A rate per day in words.
fn rate(per_day: f64) -> String {
    let days = 1.0 / per_day;
    if days >= 1.5 {
        format!("about once in {days:.0} days")
    } else if per_day < 1.5 {
        "about once a day".to_owned()
    } else {
        format!("about {per_day:.0} times a day")
    }
}

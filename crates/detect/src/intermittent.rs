//! Intermittent faults: a fan that drops out and comes back, days apart, without ever crossing a threshold.
//!
//! Each sensor carries the score of a Poisson CUSUM test. An *event* is a step from OK to not OK. With λ0 the rate of
//! events of a healthy sensor and ρ how many times more often a dying one drops out,
//!
//! ```text
//! S = max(0, S − λ0·(ρ−1)·Δt + ln ρ·[event])          a finding is raised at S ≥ h
//! ```
//!
//! is the log-likelihood ratio "dying against healthy", held at zero from below. Details that decide whether it works:
//!
//! * Δt is only time at risk: the sensor was OK and its BMC answered. A sensor that stays missing is one event and
//!   does not heal by waiting, and time in which nobody looked proves nothing.
//! * λ0 is learned per population (hardware model and sensor type) over the fleet as `(a + n) / (b + T)`, never less
//!   than the floor. A sensor's running excursion (the events since its score last was zero) is left out of its own
//!   λ0, else a dying fan in a small fleet would teach the test that dying is normal. Nothing is learned from a sensor
//!   with an open finding, so one that flaps a thousand times does not blind the test for its siblings.
//! * The score stops growing one event above h, so that it can come down again after a repair.
//! * When several sensors of one BMC drop out in one poll, the BMC is charged (a pseudo sensor, [`BMC`]) and they
//!   are not. A BMC that stops answering is charged when it answers again, unless other BMCs fell silent about
//!   the same time: then it was the collector or the network.
//!
//! Only *changes* are journaled: [`Fleet::diff`] makes them from a poll, [`Fleet::apply`] folds them. The same changes
//! always give the same fleet, bit for bit, also through JSON.

mod csv;
mod diff;
mod finding;
mod fleet;
mod population;
pub mod says;
mod settings;
mod track;

#[cfg(test)]
mod tests;

use noout_types::{HostId, SensorId, Timestamp};
use serde::{Deserialize, Serialize};

pub use self::csv::{CsvError, CsvFinding, run_csv};
pub use self::finding::{ClearRefused, Finding, Score};
pub use self::fleet::Fleet;
pub use self::settings::{Settings, SettingsError};

use crate::SensorState;

/// The name of the pseudo sensor that stands for a host's BMC itself. A real sensor of exactly this name is not watched.
pub const BMC: &str = "BMC";

/// A BMC has some hundred sensors; one that invents more is broken, and further ones are not watched.
pub const MAX_SENSORS_PER_HOST: usize = 1024;

/// Populations beyond this many share one: model names come from BMCs, and memory must not grow by what they invent.
pub const MAX_POPULATIONS: usize = 4096;

/// Longer names of models are cut.
pub const MAX_MODEL_BYTES: usize = 160;

/// So many times of dropouts are kept for a sensor, the most recent ones. The count goes on.
pub const MAX_DROPOUTS_KEPT: usize = 32;

/// A sensor of a host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// The host whose BMC reports the sensor.
    pub host: HostId,
    /// The sensor.
    pub sensor: SensorId,
}

/// What one sensor said in one poll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Which sensor.
    pub sensor: SensorId,
    /// The population that its rate is learned over: hardware model and sensor type, for example `R640 fan`.
    pub model: String,
    /// What it says.
    pub state: SensorState,
}

/// What changed on one host from one poll to the next. This is what goes to the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// The host whose BMC was asked.
    pub host: HostId,
    /// When, by noout's clock.
    pub at: Timestamp,
    /// The changes, sorted by sensor.
    pub changes: Vec<Change>,
    /// The dropouts among them have one cause: the BMC is charged, the sensors are not.
    #[serde(default)]
    pub common_cause: bool,
}

/// One sensor's change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which sensor, or [`BMC`].
    pub sensor: SensorId,
    /// Its population.
    pub model: String,
    /// What it said before; nothing if it was not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<SensorState>,
    /// What it says now.
    pub to: SensorState,
}

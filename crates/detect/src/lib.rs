//! Detectors: pure, online and offline alike.

use serde::{Deserialize, Serialize};

/// What a sensor says. Missing is never healthy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SensorState {
    /// Present and within its limits.
    Ok,
    /// Present and out of its limits.
    Bad,
    /// Expected and not there.
    Missing,
}

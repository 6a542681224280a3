//! Detectors: pure, online and offline alike. One module for each kind of fault.
//!
//! A detector here never reads a clock, a file or a random number: time and readings come in as arguments, so the
//! same detector runs in the core (folding the journal) and over a file from years ago.

use serde::{Deserialize, Serialize};

pub mod intermittent;

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

//! The numbers of the test.

use serde::{Deserialize, Serialize};

/// The numbers of the test. The defaults are meant to be kept: they hold for fans, power supplies and the like at
/// any size of fleet, because the rate is learned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// ρ: how many times more often than a healthy sensor a dying one drops out. Default 10.
    pub ratio: f64,
    /// h: the score at which a finding is raised. Default 8, with ρ = 10 about the 4th dropout in 4 days.
    pub threshold: f64,
    /// a: how many events are taken for granted before anything was seen. Default 1.
    pub prior_events: f64,
    /// b: over how many days of one sensor. Default 90, so that the prior is one event in 90 days.
    pub prior_days: f64,
    /// λ0 is never below one event in so many days. Default 90. Without it a quiet year makes λ0 so small that
    /// four stray glitches in as many months become a finding.
    pub floor_days: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { ratio: 10.0, threshold: 8.0, prior_events: 1.0, prior_days: 90.0, floor_days: 90.0 }
    }
}

/// A number with which there is no test.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{field} is {found}: allowed is a number above {above}, at the most {most}")]
pub struct SettingsError {
    /// Which setting.
    pub field: &'static str,
    /// What it is.
    pub found: f64,
    /// What it must exceed.
    pub above: f64,
    /// The most that it may be.
    pub most: f64,
}

impl Settings {
    /// Checks the ranges. With numbers out of range the fleet still folds, but finds nothing sensible.
    ///
    /// # Errors
    /// The first setting that is out of its range.
    pub fn check(&self) -> Result<(), SettingsError> {
        for (field, found, above, most) in [
            ("ratio", self.ratio, 1.0, 1000.0),
            ("threshold", self.threshold, 0.0, 1000.0),
            ("prior_events", self.prior_events, 0.0, 1e6),
            ("prior_days", self.prior_days, 0.0, 1e6),
            ("floor_days", self.floor_days, 0.0, 1e6),
        ] {
            // Written so that "not a number" is refused too.
            if !(found > above && found <= most) {
                return Err(SettingsError { field, found, above, most });
            }
        }
        Ok(())
    }

    /// What one event adds: ln ρ.
    pub(super) fn gain(&self) -> f64 {
        round9(self.ratio.ln())
    }

    /// Where the score stops growing: one event above the threshold.
    pub(super) fn ceiling(&self) -> f64 {
        round9(self.threshold + self.gain())
    }
}

/// Nine decimals. Everything that is kept is rounded so: it goes through JSON unchanged (a reader that is not exact to
/// the last bit still is for so few digits), and the last bit of a logarithm, which differs between platforms, is gone.
pub(super) fn round9(x: f64) -> f64 {
    (x * 1e9).round() / 1e9
}

//! Configuration: `noout.toml`, parsed, checked with line-exact errors, applied as a version.
//!
//! `model` is the shape, `parse` reads a text into it and finds every place that does not fit, `check` looks at what the
//! shape cannot say: references, time zones, whether enough people are ready at every instant of the next 90 days.

mod away;
mod channels;
mod check;
mod drill;
mod find;
mod intake;
mod meeting;
mod model;
mod noise;
mod parse;
mod policy;
#[cfg(test)]
mod tests;
mod text;
mod tracker;

pub use away::{Away, Holiday};
pub use channels::*;
pub use check::{
    COVERAGE_DAYS, MAX_ACKS, MAX_CONTACTS, MAX_ENTRIES, MAX_ROUNDS, MAX_STEPS, Named, Names, check, check_again,
    check_here, check_with,
};
pub use drill::{DrillRules, Watchdog};
pub use intake::*;
pub use meeting::{MeetingRules, WallTime, WallTimeError};
pub use model::*;
pub use noise::{BusinessHours, Inhibit, Mute, PagingRules, Pick, Team};
pub use parse::{MAX_FILE_BYTES, MAX_PROBLEMS, parse};
pub use policy::{Policy, Route, Step, Target, urgency_of};
pub use text::Text;
pub use tracker::{Tracker, TrackerKind};

use serde::{Deserialize, Serialize};

/// One thing that is wrong with a configuration, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Problem {
    /// The line of the offending value, from 1; of the section that lacks it, if it is absent. 0 is the whole file.
    pub line: u32,
    /// The field, with ids where there are some, else places from 0: `schedule[ops].rotation[primary].people[2]`.
    /// Empty for the whole file and where the text is no TOML.
    pub field: String,
    /// What was found, and what is allowed.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.message)
    }
}

/// What a check found. Its JSON is the contract of `noout check -o json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Whether the file may be applied: there are no errors.
    pub ok: bool,
    /// What must be repaired first, by line.
    pub errors: Vec<Problem>,
    /// What works, but probably not as meant, by line.
    pub warnings: Vec<Problem>,
}

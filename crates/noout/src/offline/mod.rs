//! Commands that answer from files alone: no server, no network.

pub mod check;
pub mod completion;
pub mod detect;
pub mod import;
pub mod oncall;
pub mod plan;

//! The lab: a simulated cluster that behaves as real ones do, and that can be broken on purpose.
//!
//! [`World`] is the model: plain data that moves only when it is told the time. It knows five hosts
//! in three racks, sixty guests of several customers, a Ceph-like storage and a BMC in each host.
//! [`Lab`] is its shell: it keeps the world in a file, so that the world outlives whoever looks at
//! it, and shows it through the same traits as a real platform.
//!
//! The lab guards nothing that a real platform does not guard. A host that still runs guests is
//! powered off when asked to, and the guests die: a mistake of the caller must show.
//! [`World::guests_interrupted`] and [`World::acts`] are what tests look at afterwards.

mod bmc;
mod compute;
mod mischief;
mod power;
mod shell;
mod storage;
mod time;
mod views;
mod world;

pub use mischief::{BREAK_WORDS, Break, BreakError, Mischief};
pub use shell::{Clock, Lab, LabError};
pub use world::{ActLogEntry, MAX_ACTS, World};

#[cfg(test)]
mod tests;

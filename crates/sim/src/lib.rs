//! The simulator: a virtual clock, random people, sources and faults around the real core, and the invariants
//! checked after everything that happens.
//!
//! [`run()`] plays one seed. Nothing in it reads a clock or draws a random number that does not come from the
//! seed, so that the same seed gives the same trace, byte for byte, and a failure can be replayed:
//! `cargo run -p noout-sim -- --seed N --trace`.
//!
//! What is real: the core, its events and their encoding, the journal in memory with its chain and its fence, the
//! lab's model of a platform. What is played: the process around the core ([`runtime`], which does what the
//! server's writer and workers do, in the same order), the providers, the people, the sources, the faults.
//!
//! [`bugs`] plants one bug for each invariant; the tests demand that each is caught by the invariant it breaks.
//! [`seen`] counts which interesting states were reached; the tests demand that each was.

pub mod book;
pub mod bugs;
pub mod chance;
pub mod chaos;
pub mod clock;
pub mod mail;
pub mod network;
pub mod people;
mod process;
pub mod queue;
pub mod run;
pub mod runtime;
pub mod seen;
pub mod sources;
pub mod town;
pub mod trace;
mod watcher;

#[cfg(test)]
mod tests;

pub use run::{Failure, Options, Report, run};

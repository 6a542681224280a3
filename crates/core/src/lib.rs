//! The core of noout: what is known, what follows from it, and what must happen outside.
//! Pure: no clock, no IO, no randomness, no async, no hash-ordered maps.

pub mod journal;
pub mod platform;

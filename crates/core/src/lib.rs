//! The core of noout: what is known, what follows from it, and what must happen outside.
//! Pure: no clock, no IO, no randomness, no async, no hash-ordered maps.

pub mod actor;
pub mod alert;
pub mod config;
pub mod contact;
pub mod coverage;
pub mod drill;
pub mod engine;
pub mod event;
pub mod heartbeat;
pub mod incident;
pub mod invariants;
pub mod journal;
pub mod maintenance;
pub mod meeting;
pub mod memo;
pub mod notice;
pub mod paging;
pub mod platform;
pub mod projection;
pub mod refusal;
pub mod request;
pub mod roster;
pub mod routing;
pub mod says;
pub mod sensor;
pub mod silence;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod ticket;
pub mod token;

pub use actor::Actor;
pub use engine::{
    Command, Effect, Input, STATE_FORMAT, State, apply, decide, next_deadline, pending, settle_all, step, step_with,
};
pub use event::Event;
pub use refusal::Refusal;

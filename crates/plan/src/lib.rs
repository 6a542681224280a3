//! Placement: where guests go when a host must leave, in which order, and why not.
//! Pure: no clock, no IO, no randomness; the same inventory gives the same plan.

mod inventory;

pub use inventory::{Guest, GuestKind, Host, HostState, Inventory, Policy};

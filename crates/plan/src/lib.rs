//! Placement: where guests go when a host must leave, in which order, and why not.
//! Pure: no clock, no IO, no randomness; the same inventory gives the same plan.
//!
//! * [`Inventory`]: what is there; [`Inventory::from_json`] reads the contract and says what is wrong with it.
//! * [`drain`] plans a host's way out, [`home`] its guests' way back, [`check_move`] looks again right before a move.
//! * [`lint`] checks a plan by replaying it. It shares no code with the planner, so that one bug does not hide another.
//! * [`survive`]: which host may die now.
//!
//! What holds at every moment of a plan: memory is never over-committed, CPUs stay within the policy, anti-affinity
//! holds; a guest in flight counts on both hosts. Affinity holds at the end: a group goes to one host, and is apart
//! while it moves.

mod check;
mod drain;
mod finish;
mod greedy;
mod home;
mod inventory;
mod lint;
pub mod reassign;
mod report;
pub mod says;
mod schedule;
mod survive;
mod units;
mod validate;
mod why;
mod world;

#[cfg(test)]
mod tests;

pub use check::check_move;
pub use drain::{PlanError, drain};
pub use home::home;
pub use inventory::{Guest, GuestKind, Host, HostState, Inventory, Policy};
pub use lint::{LintFinding, lint};
pub use report::{Blocked, BrokenRule, Finding, HostLoad, Move, NPlus, Placement};
pub use survive::{Survival, survive};
pub use validate::{InventoryError, MAX_GUESTS, MAX_HOSTS, MAX_KEEP_N_PLUS, MAX_NAMES};
pub use why::{Refusal, Why};

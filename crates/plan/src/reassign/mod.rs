//! Machine reassignment as the ROADEF/EURO challenge of 2012 posed it: better assignments of processes to machines, where a
//! move has its price. It is the planner's yardstick that others publish figures for; see `bench/roadef`.
//!
//! * [`Model`] and [`parse_assignment`] read the contest's files and say what is wrong with them.
//! * [`evaluate`] gives an assignment's cost, or the rule that it breaks, by the rules as they are written. It shares no code with
//!   the search, so that one bug does not hide another.
//! * [`Search`] makes assignments cheaper until it is told to stop. The same seed and the same number of steps give the same
//!   assignment.

mod anneal;
mod chance;
mod evaluate;
mod model;
mod rebuild;
mod standing;

#[cfg(test)]
mod tests;

pub use anneal::Search;
pub use evaluate::{Broken, evaluate};
pub use model::{Model, ModelError, parse_assignment, write_assignment};

//! Configuration: `noout.toml`, parsed, checked with line-exact errors, applied as a version.

mod check;
mod model;
mod parse;
#[cfg(test)]
mod tests;

// pub use check::check;
pub use model::*;
// pub use parse::{Checked, Problem, parse};

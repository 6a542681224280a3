//! Chores of this repository: `cargo xtask tidy`.

mod tidy;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Chores of this repository.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Check what neither the compiler nor clippy can: file lengths, the direction of the crates'
    /// dependencies, forgotten files, links, translations.
    Tidy {
        /// The top of the tree to check instead of this one.
        #[arg(long)]
        root: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    match Cli::parse().chore {
        Chore::Tidy { root } => tidy::run(&root.unwrap_or_else(tidy::this_tree)),
    }
}

//! noout, the binary: the command line, and nothing that decides.
//!
//! `cli` is what may be typed, `offline` answers from files alone, `output` knows terminals and pipes, `input` reads what
//! was named, `failure` is how it ends.

mod cli;
mod failure;
mod input;
mod offline;
mod output;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    failure::exit(run(cli::Cli::parse()))
}

fn run(cli: cli::Cli) -> anyhow::Result<ExitCode> {
    use cli::{Command, Detect, Maintenance};
    match cli.command {
        Command::Check(args) => offline::check::run(&args),
        Command::Oncall(args) => offline::oncall::run(&args),
        Command::Detect(Detect::Intermittent(args)) => offline::detect::intermittent(&args),
        Command::Maintenance(Maintenance::Plan(args)) => offline::plan::run(&args),
        Command::Completion(args) => offline::completion::run(&args),
    }
}

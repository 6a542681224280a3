//! `noout completion SHELL`.

use std::process::ExitCode;

use clap::CommandFactory;

use crate::cli::{Cli, CompletionArgs};
use crate::output;

/// Prints the script.
pub fn run(args: &CompletionArgs) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "noout", &mut script);
    output::lines([String::from_utf8_lossy(&script).trim_end().to_owned()])?;
    Ok(ExitCode::SUCCESS)
}

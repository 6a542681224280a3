//! noout, the binary: the command line, and nothing that decides.
//!
//! `cli` is what may be typed, `offline` answers from files alone, `output` knows terminals and pipes, `input` reads what
//! was named, `failure` is how it ends.

mod cli;
mod demo;
mod failure;
mod input;
mod offline;
mod online;
mod output;
mod plain;

use std::process::ExitCode;

use clap::Parser;

/// The system's allocator gives memory back and asks for it anew with each batch, which costs the writer a fifth of
/// its time in a storm (`bench/intake`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    failure::exit(run(cli::Cli::parse()))
}

/// Runs what needs sockets and timers. Logs go to standard error, `RUST_LOG` says how much.
fn block_on(work: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

fn run(cli: cli::Cli) -> anyhow::Result<ExitCode> {
    use cli::{Command, Detect, Maintenance};
    match cli.command {
        Command::Demo(args) => block_on(demo::run(args)),
        Command::Check(args) => offline::check::run(&args),
        Command::Import(args) => offline::import::run(&args),
        Command::Online(online) => block_on(online::run(online)),
        Command::Maintenance(Maintenance::Online(verb)) => block_on(online::maintenance(verb)),
        Command::Oncall(cli::OncallArgs { verb: Some(verb), .. }) => block_on(online::oncall_verb(verb)),
        Command::Oncall(args) if args.config.is_some() => offline::oncall::run(&args, None),
        Command::Oncall(args) => block_on(online::oncall(args)),
        Command::Detect(Detect::Intermittent(args)) => offline::detect::intermittent(&args),
        Command::Maintenance(Maintenance::Plan(args)) => offline::plan::run(&args),
        Command::Completion(args) => offline::completion::run(&args),
    }
}

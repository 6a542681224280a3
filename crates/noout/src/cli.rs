//! What may be typed. Commands are noun and verb; one struct of arguments each, so that a command's file takes only its own.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use noout_types::{HostId, ScheduleId};

/// Stands under every help: scripts rely on it.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  it failed on the way
  2  what was given is wrong: the command line, the configuration, a file

Piped, tables become lines with tabs: no header, no colour, nothing cut. NO_COLOR=1 switches colours off.";

/// Keeps a clustered platform in service while its servers fail, get repaired and get replaced.
#[derive(Debug, Parser)]
#[command(name = "noout", version, after_help = EXIT_CODES, after_long_help = EXIT_CODES, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The nouns.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The whole story on a built-in simulated cluster, to watch and to act in
    #[command(after_help = EXIT_CODES)]
    Demo(crate::demo::DemoArgs),
    /// Check a configuration: everything that is wrong with it, by line
    #[command(after_help = EXIT_CODES)]
    Check(CheckArgs),
    /// Who is on call, by the server or a configuration; take a shift over, gaps, reports
    #[command(after_help = EXIT_CODES)]
    Oncall(OncallArgs),
    /// Make a configuration of another on-call system's export
    #[command(after_help = EXIT_CODES)]
    Import(crate::offline::import::ImportArgs),
    /// Run a detector over a file
    #[command(subcommand)]
    Detect(Detect),
    /// One host's way out of the cluster and back
    #[command(subcommand)]
    Maintenance(Maintenance),
    /// What needs a server, or is one
    #[command(flatten)]
    Online(crate::online::Online),
    /// Print a completion script for a shell, for example: noout completion bash > /etc/bash_completion.d/noout
    Completion(CompletionArgs),
}

/// `noout detect …`.
#[derive(Debug, Subcommand)]
pub enum Detect {
    /// Sensors that drop out and come back, days apart
    #[command(after_help = EXIT_CODES)]
    Intermittent(IntermittentArgs),
}

/// `noout maintenance …`.
#[derive(Debug, Subcommand)]
pub enum Maintenance {
    /// Where each guest of a host would go, what cannot move and why, what is left if a further host dies
    #[command(after_help = EXIT_CODES)]
    Plan(PlanArgs),
    /// What needs the server
    #[command(flatten)]
    Online(crate::online::Maintenance),
}

/// How the answer is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people; piped, lines with tabs
    #[default]
    Table,
    /// For machines
    Json,
}

/// `noout check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The configuration; - is standard input
    pub file: PathBuf,
    /// How the answer is written
    #[arg(short, long, value_enum, default_value_t)]
    pub output: Format,
}

/// `noout oncall`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct OncallArgs {
    /// What needs the server
    #[command(subcommand)]
    pub verb: Option<crate::online::Oncall>,
    /// By this configuration alone, without a server; - is standard input. Without it the server is asked if there is one,
    /// else noout.toml, or what NOOUT_CONFIG names
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The schedule; may be left out where there is only one
    #[arg(long)]
    pub schedule: Option<ScheduleId>,
    /// From when: RFC 3339, or a date or date and time in the schedule's zone [default: now]
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub from: Option<String>,
    /// Until when, in the same way [default: 14 days after --from]
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub to: Option<String>,
    /// How the answer is written
    #[arg(short, long, value_enum, default_value_t)]
    pub output: Format,
}

impl OncallArgs {
    /// The file that is read where no server answers.
    pub fn file(&self) -> PathBuf {
        let named = || std::env::var_os("NOOUT_CONFIG").map(PathBuf::from);
        self.config.clone().or_else(named).unwrap_or_else(|| PathBuf::from("noout.toml"))
    }
}

/// `noout detect intermittent`.
#[derive(Debug, Args)]
pub struct IntermittentArgs {
    /// A CSV file with the columns time,sensor,model,state; - is standard input
    pub file: PathBuf,
    /// How the answer is written; json is one object a line
    #[arg(short, long, value_enum, default_value_t)]
    pub output: Format,
}

/// `noout maintenance plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The host that is to be taken out
    pub host: HostId,
    /// Plan on this inventory (JSON) instead of a platform; - is standard input
    #[arg(long, value_name = "FILE")]
    pub inventory: PathBuf,
    /// How the answer is written
    #[arg(short, long, value_enum, default_value_t)]
    pub output: Format,
}

/// `noout completion`.
#[derive(Debug, Args)]
pub struct CompletionArgs {
    /// For which shell
    #[arg(value_parser = clap::builder::EnumValueParser::<Shell>::new())]
    pub shell: Shell,
}

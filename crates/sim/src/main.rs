//! The simulator's command line.

use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use clap::Parser;
use noout_sim::bugs::Bug;
use noout_sim::seen::{SIGHTS, Seen};
use noout_sim::{Options, run};

/// Over so many seeds every interesting state must be reached, the rare ones too.
const MANY: u64 = 100;

/// Plays random days and nights around the core, and checks the invariants after everything that happens.
#[derive(Debug, Parser)]
#[command(name = "noout-sim", version)]
struct Cli {
    /// The seed to play; drawn from the clock if absent.
    #[arg(long)]
    seed: Option<u64>,
    /// How many seeds to play, one after the other.
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// How many things happen in each, before the trouble ends.
    #[arg(long, default_value_t = 6000)]
    steps: u64,
    /// A planted bug: the run must fail.
    #[arg(long)]
    bug: Option<Bug>,
    /// Print each line of the trace.
    #[arg(long)]
    trace: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let drawn = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |d| d.as_secs());
    let first = cli.seed.unwrap_or_else(drawn);
    let begun = Instant::now();
    let (mut seen, mut steps, mut records, mut ms, mut failed) = (Seen::default(), 0_u64, 0_u64, 0_u64, 0_u64);
    for seed in first..first.saturating_add(cli.seeds) {
        let options = Options { seed, steps: cli.steps, bug: cli.bug, print: cli.trace };
        match run(&options) {
            Ok(report) => {
                seen.add(&report.seen);
                (steps, records, ms) = (steps + report.steps, records + report.records, ms + report.ms);
                println!(
                    "seed {seed}: {} records, {} lives, {} bodies accepted, {} acts, trace {}",
                    report.records,
                    report.lives,
                    report.promises,
                    report.acts,
                    report.hash.short()
                );
            }
            Err(failure) => {
                println!("{failure}");
                failed += 1;
            }
        }
    }
    let took = begun.elapsed().as_secs_f64();
    for sight in SIGHTS {
        println!("{:>8}  {sight}", seen.count(sight));
    }
    println!(
        "{} seeds from {first}, {failed} failed; {steps} steps, {records} events, {} simulated hours in {took:.1} s: {:.0} steps/s, {:.0} events/s",
        cli.seeds,
        ms / 3_600_000,
        steps as f64 / took,
        records as f64 / took
    );
    let missing = seen.missing();
    if cli.bug.is_none() && cli.seeds >= MANY && !missing.is_empty() {
        println!("never reached in {} seeds: {}", cli.seeds, missing.join(", "));
        return ExitCode::FAILURE;
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

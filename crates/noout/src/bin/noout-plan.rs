//! noout-plan: the planner's search on problems that others publish figures for, so that it can be compared in public.
//!
//! The search itself is pure (`noout_plan::reassign`); files, threads and the clock are here.

#[path = "../failure.rs"]
mod failure;

use std::fs::{self, File};
use std::io::{Read, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use noout_plan::reassign::{Model, Search, evaluate, parse_assignment, write_assignment};

use failure::BadInput;

/// Largest file in bytes: the contest's largest has 25 million costs between machines, of a few digits each.
const MAX_FILE_BYTES: u64 = 512 << 20;
/// Checking and writing what was found takes less than this, so that all is done within the seconds given.
const FOR_WRITING: Duration = Duration::from_millis(400);
/// Attempts between two looks at the clock: tens of milliseconds on the largest instances, far less on small ones.
const ATTEMPTS: usize = 400;
/// A day: nobody waits longer by intention.
const MOST_SECONDS: u64 = 86_400;

/// The planner's search on problems that others publish figures for.
#[derive(Debug, Parser)]
#[command(name = "noout-plan", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Machine reassignment, ROADEF/EURO challenge 2012: cheaper places for processes
    Roadef(RoadefArgs),
}

#[derive(Debug, Args)]
struct RoadefArgs {
    /// The instance, in the contest's format
    model: PathBuf,
    /// Where the processes are, in the contest's format
    assignment: PathBuf,
    /// How long it may take in all, reading and writing included
    #[arg(long, value_name = "N", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=MOST_SECONDS))]
    seconds: u64,
    /// Where to write the assignment that was found
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Another seed makes another search
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

fn main() -> ExitCode {
    let begun = Instant::now();
    let Verb::Roadef(args) = Cli::parse().verb;
    failure::exit(roadef(&args, begun))
}

fn roadef(args: &RoadefArgs, begun: Instant) -> anyhow::Result<ExitCode> {
    let bad = |path: &Path| format!("{} cannot be used", path.display());
    let model = Model::parse(&text(&args.model)?).map_err(|e| BadInput::because(bad(&args.model), e))?;
    let first =
        parse_assignment(&model, &text(&args.assignment)?).map_err(|e| BadInput::because(bad(&args.assignment), e))?;
    let start = evaluate(&model, &first, &first).map_err(|e| BadInput::because(bad(&args.assignment), e))?;
    // Before the search: nobody wants to wait for minutes to hear that there is no such folder.
    let out = Output::create(&args.out)?;

    let until = begun + Duration::from_secs(args.seconds).saturating_sub(FOR_WRITING);
    let found = search(&model, &first, args.seed, until)?;
    let cost = evaluate(&model, &first, &found).context("what the search found breaks a rule; nothing is written")?;
    out.finish(&write_assignment(&found))?;
    println!("start\t{start}\nend\t{cost}\nseconds\t{:.1}", begun.elapsed().as_secs_f64());
    Ok(ExitCode::SUCCESS)
}

fn text(path: &Path) -> Result<String, BadInput> {
    let cannot = |e: std::io::Error| BadInput::because(format!("cannot read {}", path.display()), e);
    let mut text = String::new();
    let file = File::open(path).map_err(cannot)?;
    file.take(MAX_FILE_BYTES + 1).read_to_string(&mut text).map_err(cannot)?;
    if text.len() as u64 > MAX_FILE_BYTES {
        let most = format!("{} is larger than {MAX_FILE_BYTES} bytes, which is the most allowed", path.display());
        return Err(BadInput::new(most));
    }
    Ok(text)
}

/// Searches with a thread per processor, each with a seed of its own, and takes the cheapest that any found.
fn search(model: &Model, first: &[usize], seed: u64, until: Instant) -> anyhow::Result<Vec<usize>> {
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get) as u64;
    std::thread::scope(|scope| {
        let one = |n: u64| move || anneal(model, first, seed.wrapping_mul(threads).wrapping_add(n), until);
        let running: Vec<_> = (0..threads).map(|n| scope.spawn(one(n))).collect();
        let mut best: Option<(Vec<usize>, i64)> = None;
        for thread in running {
            let found = thread.join().map_err(|_| anyhow::anyhow!("a thread of the search panicked"))??;
            if best.as_ref().is_none_or(|(_, cost)| found.1 < *cost) {
                best = Some(found);
            }
        }
        best.map(|(assignment, _)| assignment).context("no thread searched")
    })
}

fn anneal(model: &Model, first: &[usize], seed: u64, until: Instant) -> anyhow::Result<(Vec<usize>, i64)> {
    let mut search = Search::new(model, first, seed)?;
    let begun = Instant::now();
    let all = until.saturating_duration_since(begun).as_secs_f64();
    loop {
        let left = until.saturating_duration_since(Instant::now()).as_secs_f64();
        if left <= 0.0 {
            let (best, cost) = search.best();
            return Ok((best.to_vec(), cost));
        }
        search.run(ATTEMPTS, left / all);
    }
}

/// A file that is there in full or not at all: it is written beside its place and renamed.
struct Output {
    file: File,
    beside: PathBuf,
    place: PathBuf,
}

impl Output {
    fn create(place: &Path) -> anyhow::Result<Self> {
        let name =
            place.file_name().ok_or_else(|| BadInput::new(format!("--out {} names no file", place.display())))?;
        let mut beside = std::ffi::OsString::from(".");
        beside.push(name);
        beside.push(format!(".{}.tmp", std::process::id()));
        let beside = place.with_file_name(beside);
        let file = File::create(&beside)
            .map_err(|e| BadInput::because(format!("cannot write beside --out {}", place.display()), e))?;
        Ok(Self { file, beside, place: place.to_owned() })
    }

    fn finish(mut self, text: &str) -> anyhow::Result<()> {
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_all());
        written
            .and_then(|()| fs::rename(&self.beside, &self.place))
            .with_context(|| format!("cannot write {}", self.place.display()))
    }
}

impl Drop for Output {
    /// Takes away what was begun; after the renaming there is nothing of that name.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.beside);
    }
}

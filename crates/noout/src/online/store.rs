//! `noout verify`, `noout backup`, `noout restore`: the journal's file, with the server or without it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use noout_core::journal::Digest32;
use noout_store::sqlite::{Overwrite, backup as copy, restore as put_back};
use noout_store::{StoreError, VerifyError, VerifyReport, verify_whole};

use crate::failure::FAILED;
use crate::{input, output};

/// Which file.
#[derive(Debug, Args)]
pub struct DataArgs {
    /// The configuration that names the data file
    #[arg(long, env = "NOOUT_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data file [default: the configuration's, else noout.db]
    #[arg(long, env = "NOOUT_DATA", value_name = "FILE")]
    data: Option<PathBuf>,
}

impl DataArgs {
    fn file(&self) -> anyhow::Result<PathBuf> {
        if let Some(data) = &self.data {
            return Ok(data.clone());
        }
        let default = Path::new("noout.toml");
        let config = self.config.as_deref().or_else(|| default.exists().then_some(default));
        let Some(path) = config else { return Ok(PathBuf::from("noout.db")) };
        let dir = path.parent().map_or_else(PathBuf::new, Path::to_owned);
        Ok(dir.join(input::config(path)?.server.data))
    }
}

/// `noout verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The hash that an earlier verify printed, kept elsewhere: tells whether the journal's end was cut off since
    #[arg(long, value_name = "HASH")]
    head: Option<Digest32>,
    /// How the answer is written
    #[arg(short, long, value_enum, default_value_t)]
    output: crate::cli::Format,
}

/// `noout backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The new file
    to: PathBuf,
    #[command(flatten)]
    data: DataArgs,
}

/// `noout restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The backup
    from: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    /// Move a data file that is there aside, to the same name with `.replaced`
    #[arg(long)]
    replace: bool,
}

/// Checks the chain, that every event decodes and folds, and everything in the file against what the records give.
pub fn verify(args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    let file = args.data.file()?;
    let whole = match verify_whole(&file, args.head) {
        Ok(whole) => whole,
        Err(VerifyError::Store(why @ StoreError::Missing { .. })) => {
            return Err(anyhow::Error::from(why).context(format!("{} cannot be verified", file.display())));
        }
        Err(why) => {
            eprintln!("noout: {} is not what was written: {:#}", file.display(), anyhow::Error::from(why));
            return Ok(ExitCode::from(FAILED));
        }
    };
    let (report, state) = (whole.report, whole.state);
    match args.output {
        crate::cli::Format::Json => output::json(&serde_json::json!({
            "ok": true,
            "records": report.records,
            "first": report.first,
            "last": report.last,
            "epoch": report.head.epoch,
            "hash": report.head.hash,
            "alerts": state.alerts.len(),
            "incidents": state.incidents.len(),
            "pages_owed": state.paging.owed().count(),
            "timeline": whole.timeline,
            "documents": whole.documents,
            "snapshots": whole.snapshots,
        }))?,
        crate::cli::Format::Table => output::lines([told("verified", &file, &report)])?,
    }
    Ok(ExitCode::SUCCESS)
}

fn told(what: &str, file: &Path, report: &VerifyReport) -> String {
    let span = match (report.first, report.last) {
        (Some(first), Some(last)) => format!(" from {first} to {last}"),
        _ => String::new(),
    };
    format!("{what} {}: {} records{span}, hash {}", file.display(), report.records, report.head.hash)
}

/// Copies the journal.
pub fn backup(args: &BackupArgs) -> anyhow::Result<()> {
    let file = args.data.file()?;
    let report = copy(&file, &args.to).with_context(|| format!("{} cannot be backed up", file.display()))?;
    eprintln!("the server's key is not in it: keep {} too", noout_server::key_path(&file).display());
    output::lines([told("backed up", &args.to, &report)])
}

/// Puts a backup back.
pub fn restore(args: &RestoreArgs) -> anyhow::Result<()> {
    let file = args.data.file()?;
    // A start from the backup would believe its snapshots and show its tables.
    verify_whole(&args.from, None).with_context(|| format!("{} is not restored", args.from.display()))?;
    let overwrite = if args.replace { Overwrite::MoveAside } else { Overwrite::Refuse };
    let report =
        put_back(&args.from, &file, overwrite).with_context(|| format!("{} cannot be restored", file.display()))?;
    output::lines([told("restored", &file, &report)])
}

//! `noout import TOOL FILE`: from another on-call system's export to a `noout.toml`, and what it could not carry over.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, ValueEnum};
use noout_ingest::import::{Export, Imported, MAX_EXPORT_BYTES, MAX_EXPORT_FILES, Note, Tool, import};
use noout_types::Timestamp;
use serde::Serialize;

use crate::failure::BadInput;
use crate::{input, output};

/// The folder that Opsgenie's backup program makes.
const OPSGENIE_FOLDER: &str = "OpsGenieBackups";

/// `noout import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Where the export comes from
    #[arg(value_enum)]
    tool: From,
    /// The export: a JSON file, or a folder with one; - is standard input
    file: PathBuf,
    /// Where the configuration goes: a file; json puts configuration and report on standard output [default: standard output]
    #[arg(short, long, value_name = "FILE|json")]
    output: Option<PathBuf>,
    /// Write over a file that is already there
    #[arg(long)]
    force: bool,
}

/// The tools by the names that are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum From {
    /// Grafana OnCall's HTTP API
    GrafanaOncall,
    /// GoAlert's GraphQL API
    Goalert,
    /// Opsgenie's configuration backup, or its API
    Opsgenie,
    /// PagerDuty's REST API
    Pagerduty,
}

impl From {
    fn tool(self) -> Tool {
        match self {
            Self::GrafanaOncall => Tool::GrafanaOncall,
            Self::Goalert => Tool::Goalert,
            Self::Opsgenie => Tool::Opsgenie,
            Self::Pagerduty => Tool::Pagerduty,
        }
    }
}

/// Everything at once, for machines.
#[derive(Serialize)]
struct Answer<'a> {
    config: &'a str,
    report: &'a [Note],
}

/// Reads, makes, writes, and tells on standard error what was not carried over.
pub fn run(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let shown = args.file.display();
    let imported = import(args.tool.tool(), &export(&args.file)?, Timestamp::now())
        .map_err(|e| BadInput::because(format!("{shown} cannot be imported"), e))?;
    match args.output.as_deref() {
        Some(json) if json == Path::new("json") => {
            output::json(&Answer { config: &imported.config, report: &imported.report })?;
            return Ok(ExitCode::SUCCESS);
        }
        Some(file) => write(file, &imported.config, args.force)?,
        None => output::lines([imported.config.trim_end().to_owned()])?,
    }
    tell(&imported, args.output.as_deref());
    Ok(ExitCode::SUCCESS)
}

/// The report is for the person, so it goes where the configuration does not.
fn tell(imported: &Imported, file: Option<&Path>) {
    for Note { kind, object, found, todo } in &imported.report {
        eprintln!("{}: {object}\n  {found}\n  → {todo}", kind.as_str());
    }
    let count = imported.report.len();
    let things = if count == 1 { "1 thing was".to_owned() } else { format!("{count} things were") };
    let to = file.map(|file| format!("{}: written. ", file.display())).unwrap_or_default();
    eprintln!("{to}{things} not carried over as they were");
}

fn write(file: &Path, config: &str, force: bool) -> anyhow::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    if !force {
        options.create_new(true);
    }
    let mut to = match options.open(file) {
        Err(e) if e.kind() == ErrorKind::AlreadyExists => {
            let message =
                format!("{} is already there: name another file, or say --force to write over it", file.display());
            return Err(BadInput::new(message).into());
        }
        other => other.with_context(|| format!("cannot write {}", file.display()))?,
    };
    to.write_all(config.as_bytes()).with_context(|| format!("cannot write {}", file.display()))
}

/// A file, or a folder of files.
fn export(path: &Path) -> anyhow::Result<Export> {
    if path != Path::new("-") && path.is_dir() {
        let inner = path.join(OPSGENIE_FOLDER);
        return folder(if inner.is_dir() { &inner } else { path });
    }
    let text = text(path)?;
    Ok(Export::from_json(&path.display().to_string(), &text)
        .map_err(|e| BadInput::because(format!("{} cannot be imported", path.display()), e))?)
}

/// `NAME.json` is the list of that name, and so are all files in the folder `NAME`.
fn folder(path: &Path) -> anyhow::Result<Export> {
    let mut files: Vec<(String, PathBuf)> = Vec::new();
    for entry in sorted(path)? {
        let name = |path: &Path| path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if entry.is_dir() {
            files.extend(sorted(&entry)?.into_iter().filter(|file| is_json(file)).map(|file| (name(&entry), file)));
        } else if is_json(&entry) {
            files.push((name(&entry), entry));
        }
    }
    if files.is_empty() {
        let message = format!("{} holds no export: neither NAME.json nor NAME/….json is there", path.display());
        return Err(BadInput::new(message).into());
    }
    if files.len() > MAX_EXPORT_FILES {
        let message = format!("{} holds {} files: allowed are at most {MAX_EXPORT_FILES}", path.display(), files.len());
        return Err(BadInput::new(message).into());
    }
    let mut export = Export::default();
    for (name, file) in files {
        export
            .add(&name, &file.display().to_string(), &text(&file)?)
            .map_err(|e| BadInput::because(format!("{} cannot be imported", path.display()), e))?;
    }
    Ok(export)
}

fn is_json(file: &Path) -> bool {
    file.is_file() && file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// What is in a folder, always in the same order.
fn sorted(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let cannot = || format!("cannot read {}", path.display());
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).with_context(cannot)? {
        entries.push(entry.with_context(cannot)?.path());
    }
    entries.sort();
    Ok(entries)
}

/// A file's text, up to one byte more than is allowed: the reader of the text refuses that as too large.
fn text(path: &Path) -> Result<String, BadInput> {
    let mut text = String::new();
    let cannot = |e| BadInput::because(format!("cannot read {}", path.display()), e);
    input::open(path)?.take(MAX_EXPORT_BYTES as u64 + 1).read_to_string(&mut text).map_err(cannot)?;
    Ok(text)
}

//! `noout source …`: who sends alerts, and what became of them.

use anyhow::Result;
use clap::{Args, Subcommand};
use noout_api as wire;
use noout_types::SourceId;

use super::client::{Client, ServerArgs};
use super::incident::timeline_row;
use super::rest::StatusArgs;
use crate::cli::Format;
use crate::output;

/// `noout source …`.
#[derive(Debug, Subcommand)]
pub enum Source {
    /// Everybody who sends alerts: when last heard, how many fire, what was refused or came too late
    List(StatusArgs),
    /// One of them, with its timeline: beginnings that came after their ends, changes
    Show(ShowArgs),
}

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Its id
    id: SourceId,
    #[command(flatten)]
    server: ServerArgs,
}

const HEADER: [&str; 8] = ["SOURCE", "KIND", "LAST HEARD", "FIRING", "ACCEPTED", "REFUSED", "LATE", "OVERFLOW"];

/// Runs a verb.
pub async fn run(verb: Source) -> Result<()> {
    match verb {
        Source::List(args) => list(args).await,
        Source::Show(args) => show(args).await,
    }
}

fn row(s: &wire::Source) -> [String; 8] {
    let last = s.last_heard.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let overflow: Vec<_> = s.overflow.iter().map(ToString::to_string).collect();
    let overflow = if overflow.is_empty() { "-".to_owned() } else { overflow.join(", ") };
    let [firing, accepted, refused, late] = [s.firing, s.accepted, s.refused, s.late].map(|n| n.to_string());
    [s.id.to_string(), s.kind.clone(), last, firing, accepted, refused, late, overflow]
}

fn note(found: &wire::Source) {
    eprintln!("accepted and refused since {}, when the server started", found.since);
}

async fn list(args: StatusArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let found: Vec<wire::Source> = client.get("/api/v1/sources").await?;
    if client.output == Format::Json {
        return output::json(&found);
    }
    output::table(HEADER, found.iter().map(row))?;
    match found.first() {
        Some(first) => note(first),
        None => eprintln!("nobody has sent alerts yet, and the configuration has no [[source]]"),
    }
    Ok(())
}

async fn show(args: ShowArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let found: wire::Source = client.get(&format!("/api/v1/sources/{}", args.id)).await?;
    let path = format!("/api/v1/sources/{}/timeline?limit={}", args.id, wire::MAX_LIST);
    let timeline: Vec<wire::TimelineEntry> = client.get(&path).await?;
    if client.output == Format::Json {
        return output::json(&serde_json::json!({ "source": found, "timeline": timeline }));
    }
    output::table(HEADER, [row(&found)])?;
    note(&found);
    output::lines([String::new()])?;
    output::table(["AT", "WHO", "WHAT", "DETAIL"], timeline.iter().map(timeline_row))
}

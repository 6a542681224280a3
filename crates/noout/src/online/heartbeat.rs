//! `noout heartbeat …`.

use anyhow::Result;
use clap::{Args, Subcommand};
use noout_api as wire;

use super::client::{Client, ServerArgs};
use crate::cli::Format;
use crate::output;

/// `noout heartbeat …`.
#[derive(Debug, Subcommand)]
pub enum Heartbeat {
    /// Jobs that say that they are alive, how they stand and where they ping
    List(ListArgs),
}

#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    server: ServerArgs,
}

/// Runs a verb.
pub async fn run(verb: Heartbeat) -> Result<()> {
    let Heartbeat::List(args) = verb;
    let client = Client::new(&args.server)?;
    let found: Vec<wire::Heartbeat> = client.get("/api/v1/heartbeats").await?;
    if client.output == Format::Json {
        return output::json(&found);
    }
    let time = |at: Option<jiff::Timestamp>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let row = |beat: &wire::Heartbeat| {
        let (id, url) = (beat.id.to_string(), beat.url.clone().unwrap_or_default());
        [id, beat.standing.clone(), beat.schedule.clone(), time(beat.last), time(beat.due), url]
    };
    output::table(["HEARTBEAT", "STATE", "EXPECTED", "LAST", "DUE", "URL"], found.iter().map(row))?;
    if found.is_empty() {
        eprintln!("the configuration has no [[heartbeat]]");
    }
    Ok(())
}

//! `noout config …`: the versions that the server keeps.

use anyhow::Result;
use clap::{Args, Subcommand};
use noout_api as wire;

use super::client::{Client, ServerArgs};
use super::rest::in_force;
use crate::cli::Format;
use crate::failure::BadInput;
use crate::output;

/// `noout config …`.
#[derive(Debug, Subcommand)]
pub enum Config {
    /// All versions, the newest first
    List(ListArgs),
    /// The text that is in force
    Show(ListArgs),
    /// Put an earlier version in force again; it is checked anew and becomes a new version
    Rollback(RollbackArgs),
}

#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// Which version
    version: u64,
    /// Also if it takes away the last administrator or everybody
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    server: ServerArgs,
}

/// Runs a verb.
pub async fn run(verb: Config) -> Result<()> {
    match verb {
        Config::List(args) => {
            let client = Client::new(&args.server)?;
            let found: Vec<wire::ConfigVersion> = client.get("/api/v1/config/versions").await?;
            if client.output == Format::Json {
                return output::json(&found);
            }
            let row = |v: &wire::ConfigVersion| [v.version.to_string(), v.at.to_string(), v.by.clone()];
            output::table(["VERSION", "SINCE", "BY"], found.iter().map(row))
        }
        Config::Show(args) => {
            let client = Client::new(&args.server)?;
            let found: wire::ConfigVersion = client.get("/api/v1/config").await?;
            match (client.output, found.text.as_deref()) {
                (Format::Json, _) => output::json(&found),
                (Format::Table, Some(text)) => output::lines(text.lines().map(str::to_owned)),
                (Format::Table, None) => Err(BadInput::new("no configuration is in force yet").into()),
            }
        }
        Config::Rollback(args) => {
            let client = Client::new(&args.server)?;
            let body = wire::Rollback { version: args.version, force: args.force };
            in_force(&client, &client.post("/api/v1/config/rollback", &body).await?)
        }
    }
}

//! `noout silence …`.

use anyhow::Result;
use clap::{Args, Subcommand};
use noout_api as wire;
use noout_types::{Matchers, SilenceId, Span, Timestamp};

use super::client::{Client, ServerArgs};
use crate::cli::Format;
use crate::output;

/// `noout silence …`.
#[derive(Debug, Subcommand)]
pub enum Silence {
    /// Silences that hold or will, the newest first
    List(ListArgs),
    /// Hold alerts back: they wake nobody until then
    Add(AddArgs),
    /// End one before its time; what still fires is looked at again
    End(EndArgs),
}

#[derive(Debug, Args)]
pub struct ListArgs {
    /// Also those that ended lately
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct AddArgs {
    /// Which alerts: 'severity="warning", host=~"pve.*"'
    matchers: Matchers,
    /// For how long, for example 2h or 1h30m
    #[arg(long = "for", value_name = "SPAN", required_unless_present = "until", conflicts_with = "until")]
    span: Option<Span>,
    /// Until when, RFC 3339
    #[arg(long, value_name = "T")]
    until: Option<Timestamp>,
    /// From when on, RFC 3339 [default: now]
    #[arg(long, value_name = "T")]
    from: Option<Timestamp>,
    /// Why
    #[arg(long, default_value = "")]
    comment: String,
    /// Who answers for it [default: --as]
    #[arg(long)]
    author: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct EndArgs {
    /// Its number
    id: SilenceId,
    #[command(flatten)]
    server: ServerArgs,
}

/// Runs a verb.
pub async fn run(verb: Silence) -> Result<()> {
    match verb {
        Silence::List(args) => list(args).await,
        Silence::Add(args) => add(args).await,
        Silence::End(args) => {
            let client = Client::new(&args.server)?;
            let accepted: wire::Accepted = client.delete(&format!("/api/v1/silences/{}", args.id)).await?;
            let words = if accepted.changed { "ended" } else { "is over already" };
            told(&client, &accepted, &format!("silence {} {words}", args.id))
        }
    }
}

async fn add(args: AddArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let AddArgs { matchers, span, until, from, comment, author, .. } = args;
    let begin = from.unwrap_or_else(Timestamp::now);
    let ends_at = until.or_else(|| span.map(|span| span.after(begin))).unwrap_or(begin);
    let body = wire::SetSilence { id: None, matchers, starts_at: from, ends_at, author, comment };
    let accepted: wire::Accepted = client.post("/api/v1/silences", &body).await?;
    let id = accepted.silence.map(|id| id.to_string()).unwrap_or_default();
    told(&client, &accepted, &format!("silence {id} holds until {ends_at}; `noout silence end {id}` ends it before"))
}

async fn list(args: ListArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let query = if args.all { "?all=true" } else { "" };
    let found: Vec<wire::Silence> = client.get(&format!("/api/v1/silences{query}")).await?;
    if client.output == Format::Json {
        return output::json(&found);
    }
    let row = |s: &wire::Silence| {
        let (id, ends) = (s.id.to_string(), s.ends_at.to_string());
        [id, s.state.clone(), s.alerts.to_string(), ends, s.author.clone(), s.matchers.to_string(), s.comment.clone()]
    };
    output::table(["ID", "STATE", "ALERTS", "ENDS", "AUTHOR", "MATCHERS", "COMMENT"], found.iter().map(row))
}

fn told(client: &Client, accepted: &wire::Accepted, words: &str) -> Result<()> {
    if client.output == Format::Json {
        return output::json(accepted);
    }
    eprintln!("{words}");
    Ok(())
}

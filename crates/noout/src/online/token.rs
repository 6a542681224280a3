//! `noout token …`: what lets a program elsewhere ask the API.

use anyhow::Result;
use clap::{Args, Subcommand};
use noout_api as wire;
use noout_types::TokenId;

use super::client::{Client, ServerArgs};
use super::rest::{StatusArgs, done};
use crate::cli::Format;
use crate::output;

/// `noout token …`.
#[derive(Debug, Subcommand)]
pub enum Token {
    /// Make one: it is printed once, and nobody can read it again
    Add(AddArgs),
    /// Those that work
    List(StatusArgs),
    /// It does not work any more
    Revoke(RevokeArgs),
}

#[derive(Debug, Args)]
pub struct AddArgs {
    /// What it is called, for example grafana
    name: TokenId,
    /// What it may: viewer (read) or responder (also open, note and end incidents, set silences)
    #[arg(long, default_value = "viewer")]
    role: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct RevokeArgs {
    /// What it is called
    name: TokenId,
    #[command(flatten)]
    server: ServerArgs,
}

/// Runs a verb.
pub async fn run(verb: Token) -> Result<()> {
    match verb {
        Token::Add(args) => {
            let client = Client::new(&args.server)?;
            let body = wire::AddToken { name: args.name, role: args.role };
            let made: wire::NewToken = client.post("/api/v1/tokens", &body).await?;
            if client.output == Format::Json {
                return output::json(&made);
            }
            eprintln!("shown once; a program sends it as: Authorization: Bearer TOKEN (the command line: NOOUT_TOKEN)");
            output::lines([made.token])
        }
        Token::List(args) => {
            let client = Client::new(&args.server)?;
            let found: Vec<wire::Token> = client.get("/api/v1/tokens").await?;
            if client.output == Format::Json {
                return output::json(&found);
            }
            let row = |t: &wire::Token| [t.name.to_string(), t.role.clone(), t.at.to_string(), t.by.clone()];
            output::table(["TOKEN", "ROLE", "SINCE", "BY"], found.iter().map(row))
        }
        Token::Revoke(args) => {
            let client = Client::new(&args.server)?;
            let accepted: wire::Accepted = client.delete(&format!("/api/v1/tokens/{}", args.name)).await?;
            done(&client, &accepted, &format!("token {} revoked", args.name))
        }
    }
}

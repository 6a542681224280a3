//! `noout alert …`.

use std::collections::BTreeMap;

use anyhow::Result;
use clap::{Args, Subcommand};
use noout_api as wire;

use super::client::{Client, ServerArgs};
use crate::cli::Format;
use crate::failure::BadInput;
use crate::output;

/// `noout alert …`.
#[derive(Debug, Subcommand)]
pub enum Alert {
    /// What fires
    List(ListArgs),
    /// Send an alert by hand, as a source would; a resolved one ends it
    Add(AddArgs),
}

#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only those that match: 'severity="critical", service=~"db.*"'
    filter: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct AddArgs {
    /// Labels: alertname=DiskFull host=pve3 severity=critical
    #[arg(required = true, value_name = "NAME=VALUE")]
    labels: Vec<String>,
    /// Texts about it
    #[arg(long = "annotation", value_name = "NAME=VALUE")]
    annotations: Vec<String>,
    /// It is over
    #[arg(long)]
    resolved: bool,
    #[command(flatten)]
    server: ServerArgs,
}

/// Runs a verb.
pub async fn run(verb: Alert) -> Result<()> {
    match verb {
        Alert::List(args) => list(args).await,
        Alert::Add(args) => add(args).await,
    }
}

async fn list(args: ListArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let query = args.filter.as_deref().map(|f| format!("&filter={}", encoded(f))).unwrap_or_default();
    let found: Vec<wire::Alert> = client.get(&format!("/api/v1/alerts?limit={}{query}", wire::MAX_LIST)).await?;
    if client.output == Format::Json {
        return output::json(&found);
    }
    let row = |a: &wire::Alert| {
        let labels: Vec<_> = a.labels.iter().map(|(n, v)| format!("{n}={v:?}")).collect();
        let said = ["summary", "title", "description", "message"].into_iter().find_map(|name| a.annotations.get(name));
        let (incident, summary) = (a.incident.to_string(), said.cloned().unwrap_or_else(|| "-".to_owned()));
        let (source, key) = (a.source.to_string(), a.key.clone().unwrap_or_else(|| "-".to_owned()));
        let (fingerprint, severity, since) =
            (a.fingerprint.to_string(), a.severity.to_string(), a.starts_at.to_string());
        [fingerprint, severity, incident, since, labels.join(" "), source, key, summary]
    };
    let header = ["FINGERPRINT", "SEVERITY", "INCIDENT", "SINCE", "LABELS", "SOURCE", "KEY", "SUMMARY"];
    output::table(header, found.iter().map(row))?;
    if found.is_empty() {
        eprintln!("nothing fires");
    }
    Ok(())
}

async fn add(args: AddArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let mut alert = serde_json::json!({ "labels": pairs(&args.labels)?, "annotations": pairs(&args.annotations)? });
    if args.resolved {
        alert["endsAt"] = jiff::Timestamp::now().to_string().into();
    }
    client.post_as_source("/api/v2/alerts", &[alert]).await?;
    output::lines(["accepted".to_owned()])?;
    eprintln!("next: noout incident list");
    Ok(())
}

fn pairs(texts: &[String]) -> Result<BTreeMap<&str, &str>, BadInput> {
    let mut found = BTreeMap::new();
    for text in texts {
        let text: &str = text;
        let (name, value) =
            text.split_once('=').ok_or_else(|| BadInput::new(format!("found {text:?}, allowed is name=value")))?;
        found.insert(name, value.trim_matches('"'));
    }
    Ok(found)
}

/// Percent-encoding for a query.
pub fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

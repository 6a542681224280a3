//! `noout incident …`.

use anyhow::Result;
use clap::{Args, Subcommand};
use noout_api as wire;
use noout_types::{IncidentId, PersonId, PolicyId, TrackerId, Urgency};

use super::client::{Client, ServerArgs};
use super::told::sentence;
use crate::cli::Format;
use crate::output;

/// `noout incident …`.
#[derive(Debug, Subcommand)]
pub enum Incident {
    /// Open incidents, the last changed first
    List(ListArgs),
    /// One incident with its timeline
    Show(IdArgs),
    /// "I have it": pages stop at once. Of several, what others have by now stays theirs
    Ack(AckArgs),
    /// "Not me now": you are not paged about it again in this round
    Pass(IdArgs),
    /// "I'm awake": no further pages about the same cause for a while
    Awake(IdArgs),
    /// "It is over"
    Resolve(ResolveArgs),
    /// Write something down
    Note(TextArgs),
    /// Say what you will do, before you do it
    Announce(TextArgs),
    /// Give it to somebody else, who is paged
    HandOver(HandOverArgs),
    /// File it in a ticket system
    Ticket(TicketArgs),
    /// Open one by hand
    Open(OpenArgs),
}

#[derive(Debug, Args)]
pub struct ListArgs {
    /// Also those that are closed
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct IdArgs {
    /// Its number
    id: IncidentId,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct AckArgs {
    /// Their numbers
    #[arg(required_unless_present = "mine", value_name = "ID")]
    ids: Vec<IncidentId>,
    /// All that wait for me: paged about, neither taken nor passed on, and nobody has them
    #[arg(long)]
    mine: bool,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct ResolveArgs {
    /// Its number
    id: IncidentId,
    /// What was done
    #[arg(long, default_value = "")]
    note: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct TextArgs {
    /// Its number
    id: IncidentId,
    /// The words
    text: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct HandOverArgs {
    /// Its number
    id: IncidentId,
    /// To whom
    to: PersonId,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct TicketArgs {
    /// Its number
    id: IncidentId,
    /// Where: the id of a [[tracker]]
    #[arg(long)]
    tracker: TrackerId,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct OpenArgs {
    /// What is wrong, in one line
    title: String,
    /// More words
    #[arg(long, default_value = "")]
    text: String,
    /// info, warning or critical
    #[arg(long, default_value = "critical", value_parser = severity)]
    severity: noout_types::Severity,
    /// Who is told; the first policy if absent
    #[arg(long)]
    policy: Option<PolicyId>,
    #[command(flatten)]
    server: ServerArgs,
}

fn severity(text: &str) -> Result<noout_types::Severity, String> {
    serde_json::from_value(text.into()).map_err(|_| "allowed are info, warning and critical".to_owned())
}

/// Runs a verb.
pub async fn run(verb: Incident) -> Result<()> {
    match verb {
        Incident::List(args) => list(args).await,
        Incident::Show(args) => show(args).await,
        Incident::Ack(args) => ack(args).await,
        Incident::Pass(args) => {
            let client = Client::new(&args.server)?;
            done(&client, args.id, "passed on", client.act(&path(args.id, "pass-on")).await?)
        }
        Incident::Awake(args) => {
            let client = Client::new(&args.server)?;
            done(&client, args.id, "awake", client.act(&path(args.id, "awake")).await?)
        }
        Incident::Resolve(args) => {
            let client = Client::new(&args.server)?;
            let body = wire::Resolve { note: args.note };
            done(&client, args.id, "resolved", client.post(&path(args.id, "resolve"), &body).await?)
        }
        Incident::Note(args) => {
            let client = Client::new(&args.server)?;
            let body = wire::Words { text: args.text };
            done(&client, args.id, "noted", client.post(&path(args.id, "note"), &body).await?)
        }
        Incident::Announce(args) => {
            let client = Client::new(&args.server)?;
            let body = wire::Words { text: args.text };
            done(&client, args.id, "announced", client.post(&path(args.id, "announce"), &body).await?)
        }
        Incident::HandOver(args) => {
            let client = Client::new(&args.server)?;
            let body = wire::HandOver { to: args.to };
            done(&client, args.id, "handed over", client.post(&path(args.id, "hand-over"), &body).await?)
        }
        Incident::Ticket(args) => {
            let client = Client::new(&args.server)?;
            let body = wire::FileTicket { tracker: args.tracker };
            done(&client, args.id, "handed to the tracker", client.post(&path(args.id, "ticket"), &body).await?)
        }
        Incident::Open(args) => {
            let client = Client::new(&args.server)?;
            let OpenArgs { title, text, severity, policy, .. } = args;
            let body = wire::OpenIncident { title, text, severity, policy };
            let accepted: wire::Accepted = client.post("/api/v1/incidents", &body).await?;
            let id = accepted.incident.unwrap_or(IncidentId(0));
            eprintln!("next: noout incident show {id}");
            done(&client, id, "opened", accepted)
        }
    }
}

async fn ack(args: AckArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    if let ([id], false) = (args.ids.as_slice(), args.mine) {
        return done(&client, *id, "acked", client.act(&path(*id, "ack")).await?);
    }
    let body = wire::AckMany { incidents: args.ids, mine: args.mine };
    let found: wire::AckedMany = client.post("/api/v1/incidents/ack", &body).await?;
    if client.output == Format::Json {
        return output::json(&found);
    }
    let taken = found.taken.iter().map(|id| format!("incident {id} acked"));
    let mine = found.mine.iter().map(|id| format!("incident {id} was acked already"));
    let others = found.others.iter().map(|other| format!("incident {} stays with {}", other.incident, other.by));
    let closed = found.closed.iter().map(|id| format!("incident {id} is closed"));
    let lines: Vec<_> = taken.chain(mine).chain(others).chain(closed).collect();
    if lines.is_empty() {
        eprintln!("nothing waits for you");
    }
    output::lines(lines)
}

fn path(id: IncidentId, verb: &str) -> String {
    format!("/api/v1/incidents/{id}/{verb}")
}

fn done(client: &Client, id: IncidentId, what: &str, accepted: wire::Accepted) -> Result<()> {
    match client.output {
        Format::Json => output::json(&accepted),
        Format::Table if accepted.changed => output::lines([format!("incident {id} {what}")]),
        Format::Table => output::lines([format!("incident {id} was {what} already")]),
    }
}

async fn list(args: ListArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let query = if args.all { "" } else { "?open=true" };
    let found: Vec<wire::Incident> = client.get(&format!("/api/v1/incidents{query}")).await?;
    if client.output == Format::Json {
        return output::json(&found);
    }
    output::table(["ID", "SEVERITY", "STATUS", "OWNER", "SINCE", "ALERTS", "TITLE"], found.iter().map(row))?;
    match found.iter().find(|i| i.status == "triggered" && quiet(i).is_none()) {
        Some(first) => eprintln!("next: noout incident ack {} --as PERSON", first.id),
        None if found.is_empty() => eprintln!("no incident is open"),
        None => {}
    }
    Ok(())
}

fn row(i: &wire::Incident) -> [String; 7] {
    let owner = i.owner.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
    let (alerts, at) = (i.alerts_firing.to_string(), i.at.to_string());
    let status = quiet(i).map_or_else(|| i.status.clone(), |why| format!("{}, {why}", i.status));
    [i.id.to_string(), i.severity.to_string(), status, owner, at, alerts, i.title.clone()]
}

/// Why nobody is paged about an incident that nobody has.
fn quiet(i: &wire::Incident) -> Option<String> {
    if i.status != "triggered" {
        return None;
    }
    let low = (i.urgency == Urgency::Low).then(|| "low".to_owned());
    i.held_back.as_ref().map(|held| format!("held back by {}", held.rule)).or(low)
}

async fn show(args: IdArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let found: wire::Incident = client.get(&format!("/api/v1/incidents/{}", args.id)).await?;
    let timeline: Vec<wire::TimelineEntry> =
        client.get(&format!("/api/v1/incidents/{}/timeline?limit={}", args.id, wire::MAX_LIST)).await?;
    if client.output == Format::Json {
        return output::json(&serde_json::json!({ "incident": found, "timeline": timeline }));
    }
    output::table(["ID", "SEVERITY", "STATUS", "OWNER", "SINCE", "ALERTS", "TITLE"], [row(&found)])?;
    output::lines([String::new()])?;
    output::table(["AT", "WHO", "WHAT", "DETAIL"], timeline.iter().map(timeline_row))
}

/// A line of a timeline.
pub fn timeline_row(entry: &wire::TimelineEntry) -> [String; 4] {
    [entry.at.to_string(), entry.actor.clone(), entry.what.replace('_', " "), sentence(&entry.what, &entry.detail)]
}

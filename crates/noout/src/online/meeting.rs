//! `noout meeting …` and `noout decision …`.

mod markdown;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};
use noout_api as wire;
use noout_types::{DecisionId, IncidentId, PersonId, RequestId, Timestamp};

use super::alert::encoded;
use super::client::{Client, ServerArgs};
use crate::cli::Format;
use crate::output;

/// `noout meeting …`.
#[derive(Debug, Subcommand)]
pub enum Meeting {
    /// What the next weekly meeting is about, or the one that goes on
    Agenda(AgendaArgs),
}

/// How the agenda is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum AgendaFormat {
    /// For people, and for their notes
    #[default]
    Markdown,
    /// For machines
    Json,
}

#[derive(Debug, Args)]
pub struct AgendaArgs {
    /// How the answer is written
    #[arg(short, long, value_enum, default_value_t)]
    output: AgendaFormat,
    /// Where the server listens
    #[arg(
        long,
        env = "NOOUT_URL",
        default_value = "http://127.0.0.1:8420",
        value_name = "URL",
        help_heading = "Server"
    )]
    url: String,
    /// The server's data file; the key beside it proves that you may ask
    #[arg(long, env = "NOOUT_DATA", default_value = "noout.db", value_name = "FILE", help_heading = "Server")]
    data: PathBuf,
    /// Act as this person; as the administrator of this machine if absent
    #[arg(id = "as", long = "as", env = "NOOUT_PERSON", value_name = "PERSON", help_heading = "Server")]
    person: Option<PersonId>,
}

/// `noout decision …`.
#[derive(Debug, Subcommand)]
pub enum Decision {
    /// Questions, the last changed first
    List(ListArgs),
    /// One question, with everybody's voice
    Show(IdArgs),
    /// Put a question up for the team
    Raise(RaiseArgs),
    /// Say what you are for, or something else than before; needs --as
    Voice(VoiceArgs),
    /// Write down what was decided and why
    Close(CloseArgs),
}

#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only those in which this text stands anywhere
    #[arg(default_value = "")]
    search: String,
    /// Only those that are open
    #[arg(long)]
    open: bool,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct IdArgs {
    /// Its number
    id: DecisionId,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct RaiseArgs {
    /// The question, in one line
    title: String,
    /// More words
    #[arg(long, default_value = "")]
    text: String,
    /// What can be chosen, once for each; for and against if absent
    #[arg(long = "option", value_name = "TEXT")]
    options: Vec<String>,
    /// When an answer is wanted, RFC 3339
    #[arg(long, value_name = "T")]
    until: Option<Timestamp>,
    /// The incident that it is about
    #[arg(long, value_name = "INCIDENT", conflicts_with = "request")]
    incident: Option<IncidentId>,
    /// The request that it is about
    #[arg(long, value_name = "REQUEST")]
    request: Option<RequestId>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct VoiceArgs {
    /// Its number
    id: DecisionId,
    /// for, against, abstain, or an option's number from 1
    choice: String,
    /// Why
    #[arg(default_value = "")]
    words: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct CloseArgs {
    /// Its number
    id: DecisionId,
    /// What was decided
    decided: String,
    /// Why
    #[arg(long)]
    why: String,
    #[command(flatten)]
    server: ServerArgs,
}

/// Runs a verb of `noout meeting`.
pub async fn run(verb: Meeting) -> Result<()> {
    let Meeting::Agenda(AgendaArgs { output, url, data, person }) = verb;
    let client = Client::new(&ServerArgs { url, data, person, output: Format::Json })?;
    let agenda: wire::Agenda = client.get("/api/v1/meeting/agenda").await?;
    match output {
        AgendaFormat::Json => output::json(&agenda),
        AgendaFormat::Markdown => output::lines([markdown::agenda(&agenda)]),
    }
}

/// Runs a verb of `noout decision`.
pub async fn decision(verb: Decision) -> Result<()> {
    match verb {
        Decision::List(args) => list(args).await,
        Decision::Show(args) => show(args).await,
        Decision::Raise(args) => {
            let client = Client::new(&args.server)?;
            let RaiseArgs { title, text, options, until, incident, request, .. } = args;
            let body = wire::RaiseDecision { title, text, options, until, incident, request };
            let accepted: wire::Accepted = client.post("/api/v1/decisions", &body).await?;
            let id = accepted.decision.map(|id| id.to_string()).unwrap_or_default();
            told(&client, &accepted, &format!("question {id} is put up; everybody of the team is told"))
        }
        Decision::Voice(VoiceArgs { id, choice, words, server }) => {
            let client = Client::new(&server)?;
            let body = wire::GiveVoice { choice, words };
            let accepted = client.post(&format!("/api/v1/decisions/{id}/voice"), &body).await?;
            told(&client, &accepted, "heard; it may be changed until the question is closed")
        }
        Decision::Close(CloseArgs { id, decided, why, server }) => {
            let client = Client::new(&server)?;
            let body = wire::CloseDecision { decided, why };
            let accepted = client.post(&format!("/api/v1/decisions/{id}/close"), &body).await?;
            told(&client, &accepted, &format!("decision {id} is written down"))
        }
    }
}

async fn list(args: ListArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let open = if args.open { "&open=true" } else { "" };
    let search = encoded(&args.search);
    let found: Vec<wire::Decision> =
        client.get(&format!("/api/v1/decisions?limit={}{open}&q={search}", wire::MAX_LIST)).await?;
    if client.output == Format::Json {
        return output::json(&found);
    }
    let row = |d: &wire::Decision| {
        let status = if d.closed_at.is_some() { "closed" } else { "open" };
        let until = d.until.map_or_else(|| "-".to_owned(), |until| until.to_string());
        let (voices, silent) = (d.voices.len().to_string(), d.silent.len().to_string());
        [d.id.to_string(), status.to_owned(), voices, silent, until, d.title.clone(), d.decided.clone()]
    };
    output::table(["ID", "STATUS", "VOICES", "SILENT", "UNTIL", "QUESTION", "DECIDED"], found.iter().map(row))
}

async fn show(args: IdArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let found: wire::Decision = client.get(&format!("/api/v1/decisions/{}", args.id)).await?;
    if client.output == Format::Json {
        return output::json(&found);
    }
    output::lines([markdown::decision(&found)])
}

fn told(client: &Client, accepted: &wire::Accepted, words: &str) -> Result<()> {
    if client.output == Format::Json {
        return output::json(accepted);
    }
    eprintln!("{}", if accepted.changed { words } else { "it was so already" });
    Ok(())
}

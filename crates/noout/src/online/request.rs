//! `noout request …`.

use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};
use noout_api as wire;
use noout_types::{MaintenanceId, PersonId, RequestId};

use super::client::{Client, ServerArgs};
use crate::cli::Format;
use crate::output;

/// `noout request …`.
#[derive(Debug, Subcommand)]
pub enum Request {
    /// Requests that wait, the last changed first
    List(ListArgs),
    /// Ask for something
    Ask(AskArgs),
    /// One request, with its timeline
    Show(IdArgs),
    /// "I do it", also where somebody else has it; needs --as
    Take(IdArgs),
    /// Give it to a person, whoever has it
    HandOver(HandOverArgs),
    /// Say something about it
    Answer(WordsArgs),
    /// It presses more or less than was said
    Weigh(WeighArgs),
    /// It is done
    Done(DoneArgs),
    /// It will not be done, and why
    Decline(WordsArgs),
}

/// How much it presses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Urgency {
    /// It can wait
    CanWait,
    /// It is wanted this week
    ThisWeek,
    /// Planned work is put aside for it
    Interrupts,
}

impl Urgency {
    fn code(self) -> &'static str {
        match self {
            Self::CanWait => "can_wait",
            Self::ThisWeek => "this_week",
            Self::Interrupts => "interrupts",
        }
    }
}

#[derive(Debug, Args)]
pub struct ListArgs {
    /// Also those that are closed
    #[arg(long)]
    all: bool,
    /// Only those of this person, or of `nobody`
    #[arg(long, value_name = "PERSON")]
    owner: Option<PersonId>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct AskArgs {
    /// What is wanted, in one line
    title: String,
    /// More words
    #[arg(long, default_value = "")]
    text: String,
    /// Who wants it [default: --as]
    #[arg(long, default_value = "")]
    name: String,
    /// Of which team
    #[arg(long, default_value = "")]
    team: String,
    /// Where the answer may go
    #[arg(long, default_value = "")]
    mail: String,
    /// By which day, for example 2026-12-24
    #[arg(long, value_name = "DAY")]
    wanted_by: Option<String>,
    /// How much it presses
    #[arg(long, value_enum, default_value = "this-week")]
    urgency: Urgency,
    /// The maintenance that it interrupts
    #[arg(long, value_name = "MAINTENANCE")]
    interrupts: Option<MaintenanceId>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct IdArgs {
    /// Its number
    id: RequestId,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct HandOverArgs {
    /// Its number
    id: RequestId,
    /// To whom
    to: PersonId,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct WordsArgs {
    /// Its number
    id: RequestId,
    /// The words
    text: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct DoneArgs {
    /// Its number
    id: RequestId,
    /// What was done
    #[arg(default_value = "")]
    text: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct WeighArgs {
    /// Its number
    id: RequestId,
    /// How much it presses
    #[arg(value_enum)]
    urgency: Urgency,
    /// The maintenance that it interrupts
    #[arg(long, value_name = "MAINTENANCE")]
    interrupts: Option<MaintenanceId>,
    #[command(flatten)]
    server: ServerArgs,
}

/// Runs a verb.
pub async fn run(verb: Request) -> Result<()> {
    match verb {
        Request::List(args) => list(args).await,
        Request::Ask(args) => ask(args).await,
        Request::Show(args) => show(args).await,
        Request::Take(args) => {
            let client = Client::new(&args.server)?;
            let accepted = client.act(&format!("/api/v1/requests/{}/take", args.id)).await?;
            told(&client, &accepted, &format!("request {} is taken", args.id), "it was so already")
        }
        Request::HandOver(HandOverArgs { id, to, server }) => {
            let words = format!("{to} has request {id}");
            act(&server, id, "hand-over", &wire::HandOver { to }, &words).await
        }
        Request::Answer(WordsArgs { id, text, server }) => {
            act(&server, id, "answer", &wire::Words { text }, &format!("request {id} is answered")).await
        }
        Request::Weigh(WeighArgs { id, urgency, interrupts, server }) => {
            let body = wire::WeighRequest { urgency: urgency.code().to_owned(), interrupts };
            act(&server, id, "weigh", &body, &format!("request {id}: {}", urgency.code())).await
        }
        Request::Done(DoneArgs { id, text, server }) => {
            act(&server, id, "done", &wire::CloseRequest { text }, &format!("request {id} is done")).await
        }
        Request::Decline(WordsArgs { id, text, server }) => {
            act(&server, id, "decline", &wire::CloseRequest { text }, &format!("request {id} is declined")).await
        }
    }
}

async fn act(server: &ServerArgs, id: RequestId, verb: &str, body: &impl serde::Serialize, words: &str) -> Result<()> {
    let client = Client::new(server)?;
    let accepted = client.post(&format!("/api/v1/requests/{id}/{verb}"), body).await?;
    told(&client, &accepted, words, "it was so already")
}

async fn ask(args: AskArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let AskArgs { title, text, name, team, mail, wanted_by, urgency, interrupts, .. } = args;
    let from = wire::RequestFrom { name, team, mail };
    let urgency = Some(urgency.code().to_owned());
    let body = wire::AskRequest { title, text, from, wanted_by, urgency, interrupts, key: None };
    let accepted: wire::Accepted = client.post("/api/v1/requests", &body).await?;
    let id = accepted.request.map(|id| id.to_string()).unwrap_or_default();
    told(&client, &accepted, &format!("request {id} waits; `noout request show {id}` tells what becomes of it"), "")
}

async fn list(args: ListArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let open = if args.all { "" } else { "&open=true" };
    let owner = args.owner.map(|owner| format!("&owner={owner}")).unwrap_or_default();
    let found: Vec<wire::TeamRequest> =
        client.get(&format!("/api/v1/requests?limit={}{open}{owner}", wire::MAX_LIST)).await?;
    if client.output == Format::Json {
        return output::json(&found);
    }
    output::table(["ID", "STATUS", "URGENCY", "OWNER", "WANTED BY", "FROM", "SINCE", "TITLE"], found.iter().map(row))
}

fn row(r: &wire::TeamRequest) -> [String; 8] {
    let owner = r.owner.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
    let wanted_by = r.wanted_by.clone().unwrap_or_else(|| "-".to_owned());
    [
        r.id.to_string(),
        r.status.clone(),
        r.urgency.clone(),
        owner,
        wanted_by,
        from(&r.from),
        r.at.to_string(),
        r.title.clone(),
    ]
}

/// Who wants it, as lists name them.
pub(super) fn from(from: &wire::RequestFrom) -> String {
    if from.team.is_empty() { from.name.clone() } else { format!("{} ({})", from.name, from.team) }
}

async fn show(args: IdArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let found: wire::TeamRequest = client.get(&format!("/api/v1/requests/{}", args.id)).await?;
    if client.output == Format::Json {
        return output::json(&found);
    }
    let timeline: Vec<wire::TimelineEntry> =
        client.get(&format!("/api/v1/requests/{}/timeline?limit={}", args.id, wire::MAX_LIST)).await?;
    let mail = if found.from.mail.is_empty() { String::new() } else { format!(" <{}>", found.from.mail) };
    let mut lines = vec![format!("#{} {} [{}, {}]", found.id, found.title, found.status, found.urgency)];
    lines.push(format!("from {}{mail} at {}", from(&found.from), found.at));
    lines.extend(found.owner.as_ref().map(|owner| format!("{owner} has it")));
    lines.extend((!found.text.is_empty()).then(|| format!("\n{}\n", found.text)));
    let told = |entry: &wire::TimelineEntry| {
        let facts = ["/from/name", "/to", "/urgency", "/text"].map(|place| entry.detail.pointer(place));
        let facts = facts.iter().flatten().filter_map(|fact| fact.as_str()).filter(|fact| !fact.is_empty());
        format!("{}  {}  {}  {}", entry.at, entry.actor, entry.what, facts.collect::<Vec<_>>().join(": "))
    };
    lines.extend(timeline.iter().map(told));
    output::lines(lines)
}

fn told(client: &Client, accepted: &wire::Accepted, words: &str, unchanged: &str) -> Result<()> {
    if client.output == Format::Json {
        return output::json(accepted);
    }
    eprintln!("{}", if accepted.changed || unchanged.is_empty() { words } else { unchanged });
    Ok(())
}

//! `noout maintenance …`, the verbs that need the server.

use anyhow::Result;
use clap::{Args, Subcommand};
use noout_api as wire;
use noout_types::{HostId, IncidentId, MaintenanceId, PlatformId};

use super::client::{Client, ServerArgs};
use super::incident::timeline_row;
use crate::cli::Format;
use crate::failure::BadInput;
use crate::output;

/// A plan is named by at least so many of its digits.
const MIN_PLAN_DIGITS: usize = 8;

/// `noout maintenance …`, with a server.
#[derive(Debug, Subcommand)]
pub enum Maintenance {
    /// Hosts on their way out and back
    List(ListArgs),
    /// One maintenance: its plan, its steps, its timeline
    Show(ShowArgs),
    /// Ask for a host to be taken out; a plan is made
    Request(RequestArgs),
    /// "I have read this plan and put it forward"
    Propose(PlanArgs),
    /// "I have read this plan too": a second person starts it
    Approve(ApproveArgs),
    /// Nothing new is started
    Hold(WhyArgs),
    /// It goes on
    Resume(IdArgs),
    /// To the safest state that can be reached
    Abort(WhyArgs),
    /// Look at the platform and plan again
    Replan(IdArgs),
    /// A line of the work order is done
    Tick(TickArgs),
    /// Words on the work order
    Note(NoteArgs),
    /// The human step that is due is done
    Sign(SignArgs),
}

#[derive(Debug, Args)]
pub struct ListArgs {
    /// Also those that are over
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Its number
    id: MaintenanceId,
    /// Also its timeline
    #[arg(long)]
    timeline: bool,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct IdArgs {
    /// Its number
    id: MaintenanceId,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct RequestArgs {
    /// The host
    host: HostId,
    /// Its platform
    #[arg(long)]
    platform: PlatformId,
    /// Why it must go out
    #[arg(long)]
    reason: String,
    /// The incident that it mends
    #[arg(long)]
    incident: Option<IncidentId>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct PlanArgs {
    /// Its number
    id: MaintenanceId,
    /// The plan that you read: the first digits of its hash, at least 8
    #[arg(long, value_name = "HASH")]
    plan: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct ApproveArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// The host's name, typed
    #[arg(long)]
    host: String,
    /// Alone, for this reason; everybody is paged
    #[arg(long, value_name = "REASON")]
    break_glass: Option<String>,
}

#[derive(Debug, Args)]
pub struct WhyArgs {
    /// Its number
    id: MaintenanceId,
    /// Why
    why: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct TickArgs {
    /// Its number
    id: MaintenanceId,
    /// The line's word, as `noout maintenance show` lists it
    item: String,
    /// Not done after all
    #[arg(long)]
    undo: bool,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct NoteArgs {
    /// Its number
    id: MaintenanceId,
    /// The words
    text: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct SignArgs {
    /// Its number
    id: MaintenanceId,
    /// What was found
    #[arg(long, default_value = "")]
    note: String,
    #[command(flatten)]
    server: ServerArgs,
}

/// Runs a verb.
pub async fn run(verb: Maintenance) -> Result<()> {
    match verb {
        Maintenance::List(args) => list(args).await,
        Maintenance::Show(args) => show(args).await,
        Maintenance::Request(args) => request(args).await,
        Maintenance::Propose(args) => {
            let client = Client::new(&args.server)?;
            let body = wire::Propose { hash: hash(&client, &args).await? };
            done(&client, args.id, "proposed", client.post(&path(args.id, "propose"), &body).await?)?;
            eprintln!("next, as a second person: noout maintenance approve {} --plan {}", args.id, short(&body.hash));
            Ok(())
        }
        Maintenance::Approve(args) => {
            let client = Client::new(&args.plan.server)?;
            let hash = hash(&client, &args.plan).await?;
            let body = wire::Approve { hash, host: args.host, break_glass: args.break_glass };
            done(&client, args.plan.id, "approved", client.post(&path(args.plan.id, "approve"), &body).await?)
        }
        Maintenance::Hold(args) => why(args, "hold", "held").await,
        Maintenance::Abort(args) => why(args, "abort", "aborted").await,
        Maintenance::Resume(args) => act(args, "resume", "resumed").await,
        Maintenance::Replan(args) => act(args, "replan", "sent back to planning").await,
        Maintenance::Tick(args) => {
            let client = Client::new(&args.server)?;
            let body = wire::Tick { item: args.item, done: !args.undo };
            done(&client, args.id, "ticked", client.post(&path(args.id, "tick"), &body).await?)
        }
        Maintenance::Note(args) => {
            let client = Client::new(&args.server)?;
            let body = wire::Words { text: args.text };
            done(&client, args.id, "noted", client.post(&path(args.id, "note"), &body).await?)
        }
        Maintenance::Sign(args) => {
            let client = Client::new(&args.server)?;
            let body = wire::Sign { note: args.note };
            done(&client, args.id, "signed", client.post(&path(args.id, "sign"), &body).await?)
        }
    }
}

fn path(id: MaintenanceId, verb: &str) -> String {
    format!("/api/v1/maintenances/{id}/{verb}")
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

async fn why(args: WhyArgs, verb: &str, what: &str) -> Result<()> {
    let client = Client::new(&args.server)?;
    let body = wire::Why { why: args.why };
    done(&client, args.id, what, client.post(&path(args.id, verb), &body).await?)
}

async fn act(args: IdArgs, verb: &str, what: &str) -> Result<()> {
    let client = Client::new(&args.server)?;
    done(&client, args.id, what, client.act(&path(args.id, verb)).await?)
}

fn done(client: &Client, id: MaintenanceId, what: &str, accepted: wire::Accepted) -> Result<()> {
    match client.output {
        Format::Json => output::json(&accepted),
        Format::Table if accepted.changed => output::lines([format!("maintenance {id} {what}")]),
        Format::Table => output::lines([format!("maintenance {id} was {what} already")]),
    }
}

/// The whole hash of the plan whose first digits were given: a plan that nobody has read is neither proposed nor approved.
async fn hash(client: &Client, args: &PlanArgs) -> Result<String> {
    let given = args.plan.trim().to_ascii_lowercase();
    if given.len() < MIN_PLAN_DIGITS || !given.bytes().all(|b| b.is_ascii_hexdigit()) {
        let message = format!(
            "--plan: found {:?}, allowed are at least {MIN_PLAN_DIGITS} hex digits of the plan's hash",
            args.plan
        );
        return Err(BadInput::new(message).into());
    }
    let found: wire::MaintenanceDetail = client.get(&format!("/api/v1/maintenances/{}", args.id)).await?;
    match found.summary.hash {
        Some(hash) if hash.starts_with(&given) => Ok(hash),
        Some(hash) => anyhow::bail!("the plan is now {}, you read {given}: read it again", short(&hash)),
        None => anyhow::bail!("maintenance {} has no plan yet", args.id),
    }
}

async fn list(args: ListArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let query = if args.all { "" } else { "?open=true" };
    let found: Vec<wire::Maintenance> = client.get(&format!("/api/v1/maintenances{query}")).await?;
    if client.output == Format::Json {
        return output::json(&found);
    }
    output::table(["ID", "HOST", "PHASE", "STEP", "DONE", "PLAN", "HELD", "REASON"], found.iter().map(row))?;
    if found.is_empty() {
        eprintln!("no maintenance is under way; next: noout maintenance request HOST --platform ID --reason WHY");
    }
    Ok(())
}

fn row(m: &wire::Maintenance) -> [String; 8] {
    let dash = |text: Option<&str>| text.unwrap_or("-").to_owned();
    [
        m.id.to_string(),
        m.host.to_string(),
        m.phase.clone(),
        dash(m.step.as_deref()),
        format!("{}/{}", m.steps_done, m.steps_total),
        dash(m.hash.as_deref().map(short)),
        dash(m.hold.as_deref()),
        m.reason.clone(),
    ]
}

async fn show(args: ShowArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let found: wire::MaintenanceDetail = client.get(&format!("/api/v1/maintenances/{}", args.id)).await?;
    let timeline: Vec<wire::TimelineEntry> = if args.timeline {
        client.get(&format!("/api/v1/maintenances/{}/timeline?limit={}", args.id, wire::MAX_LIST)).await?
    } else {
        Vec::new()
    };
    if client.output == Format::Json {
        return match args.timeline {
            true => output::json(&serde_json::json!({ "maintenance": found, "timeline": timeline })),
            false => output::json(&found),
        };
    }
    output::table(["ID", "HOST", "PHASE", "STEP", "DONE", "PLAN", "HELD", "REASON"], [row(&found.summary)])?;
    if let Some(plan) = &found.plan {
        section("PLAN", plan_rows(plan))?;
    }
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let steps = list(&found.steps).into_iter().map(|s| {
        let state = word(&s["state"]["state"]);
        let why = s["state"]["why"].as_str().unwrap_or_default().to_owned();
        [format!("{} {}", s["number"], word(&s["kind"]["step"])), format!("{state} {why}")]
    });
    section("STEPS", steps)?;
    if let Some(order) = &found.order {
        let items = list(&order["items"]);
        section(
            "WORK ORDER",
            items.into_iter().map(|i| [word(&i["code"]), i["by"].as_str().map_or("open".into(), str::to_owned)]),
        )?;
    }
    output::table(["AT", "WHO", "WHAT", "DETAIL"], timeline.iter().map(timeline_row))?;
    if found.summary.phase == "drafted" {
        let hash = found.summary.hash.as_deref().map(short).unwrap_or_default();
        eprintln!("next: noout maintenance propose {} --plan {hash}", args.id);
    }
    Ok(())
}

fn word(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What a person reads of a plan before saying yes.
fn plan_rows(plan: &serde_json::Value) -> Vec<[String; 2]> {
    let list = |name: &str| plan[name].as_array().cloned().unwrap_or_default();
    let gates = list("gates").into_iter().map(|g| {
        let verdict = if g["ok"].as_bool() == Some(true) { "holds" } else { "does not hold" };
        [format!("gate {verdict}"), word(&g["text"])]
    });
    let moves = list("steps").into_iter().filter(|s| s["step"] == "move");
    let moves =
        moves.map(|m| [format!("move {}", word(&m["guest"])), format!("{} to {}", word(&m["from"]), word(&m["to"]))]);
    let blocked = list("blocked").into_iter().map(|b| [format!("blocked {}", word(&b["guest"])), word(&b["why"])]);
    let report = list("report").into_iter().map(|r| [word(&r["severity"]), word(&r["text"])]);
    gates.chain(blocked).chain(report).chain(moves).collect()
}

fn section(title: &str, rows: impl IntoIterator<Item = [String; 2]>) -> Result<()> {
    output::lines([String::new()])?;
    output::table([title, ""], rows)
}

async fn request(args: RequestArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let RequestArgs { host, platform, reason, incident, .. } = args;
    let body = wire::RequestMaintenance { platform, host, reason, incident };
    let accepted: wire::Accepted = client.post("/api/v1/maintenances", &body).await?;
    let id = accepted.maintenance.unwrap_or(MaintenanceId(0));
    eprintln!("next: noout maintenance show {id}");
    done(&client, id, "requested", accepted)
}

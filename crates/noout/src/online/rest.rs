//! The nouns with few verbs.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use noout_api as wire;
use noout_types::{PersonId, PlatformId};

use super::client::{Client, ServerArgs};
use crate::cli::{Format, OncallArgs};
use crate::failure::BadInput;
use crate::{input, output};

/// `noout apply`.
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// The configuration; - is standard input
    file: PathBuf,
    /// Apply it also if it takes away whoever applies it, the last administrator or everybody
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    server: ServerArgs,
}

/// `noout stop`.
#[derive(Debug, Args)]
pub struct StopArgs {
    /// Why
    #[arg(default_value = "stopped from the command line")]
    why: String,
    #[command(flatten)]
    server: ServerArgs,
}

/// `noout resume`.
#[derive(Debug, Args)]
pub struct ResumeArgs {
    #[command(flatten)]
    server: ServerArgs,
}

/// `noout status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    #[command(flatten)]
    pub(super) server: ServerArgs,
}

/// `noout person …`.
#[derive(Debug, Subcommand)]
pub enum Person {
    /// Print a link by which somebody sets a first or a new password: once, within 48 hours
    Invite(InviteArgs),
    /// How somebody is reached, and which ways are known to work
    Contacts(InviteArgs),
    /// Try somebody's contact methods, and say of each what happened
    Test(PersonTestArgs),
}

#[derive(Debug, Args)]
pub struct InviteArgs {
    /// Who
    person: PersonId,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct PersonTestArgs {
    /// Who
    person: PersonId,
    /// Which contact method: its kind (mail, push, sms, …) or its key; all if absent
    #[arg(long)]
    contact: Option<String>,
    /// Do not wait for what becomes of it
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    server: ServerArgs,
}

/// `noout lab …`.
#[derive(Debug, Subcommand)]
pub enum Lab {
    /// Break something
    Break(MischiefArgs),
    /// Mend it; `all` mends everything
    Mend(MischiefArgs),
    /// What is broken, and what can be
    List(StatusArgs),
}

#[derive(Debug, Args)]
pub struct MischiefArgs {
    /// In words, for example: fan pve3 FAN3
    #[arg(required = true)]
    what: Vec<String>,
    /// The lab; may be left out where there is only one
    #[arg(long)]
    platform: Option<PlatformId>,
    #[command(flatten)]
    server: ServerArgs,
}

pub(super) fn done(client: &Client, accepted: &wire::Accepted, words: &str) -> Result<()> {
    match client.output {
        Format::Json => output::json(accepted),
        Format::Table => output::lines([words.to_owned()]),
    }
}

pub async fn apply(args: ApplyArgs) -> Result<()> {
    let text = input::config_text(&args.file)
        .map_err(|problem| BadInput::new(format!("{}: {problem}", args.file.display())))?;
    let client = Client::new(&args.server)?;
    let accepted: wire::Accepted = client.post("/api/v1/config", &wire::ConfigText { text, force: args.force }).await?;
    in_force(&client, &accepted)
}

/// Says which configuration is in force now, and what of it is not yet.
pub(super) fn in_force(client: &Client, accepted: &wire::Accepted) -> Result<()> {
    if !accepted.restart.is_empty() {
        eprintln!("next: restart noout, for {} takes effect then", accepted.restart.join(" and "));
    }
    let version = accepted.config_version.unwrap_or_default();
    done(client, accepted, &format!("configuration {version} is in force"))
}

pub async fn person(verb: Person) -> Result<()> {
    match verb {
        Person::Invite(args) => invite(args).await,
        Person::Contacts(args) => super::contacts::list(&Client::new(&args.server)?, &args.person).await,
        Person::Test(args) => {
            super::contacts::test(&Client::new(&args.server)?, &args.person, args.contact, args.no_wait).await
        }
    }
}

async fn invite(args: InviteArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let made: wire::Invitation = client.act(&format!("/api/v1/people/{}/invite", args.person)).await?;
    if client.output == Format::Json {
        return output::json(&made);
    }
    eprintln!("for {} alone, once, until {}: whoever opens it sets the password", made.person, made.until);
    output::lines([made.url])
}

pub async fn stop(args: StopArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let accepted: wire::Accepted = client.post("/api/v1/stop", &wire::Why { why: args.why }).await?;
    let words =
        if accepted.changed { "stopped: nothing disruptive starts, pages go on" } else { "was stopped already" };
    eprintln!("next: noout resume");
    done(&client, &accepted, words)
}

pub async fn resume(args: ResumeArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let accepted: wire::Accepted = client.act("/api/v1/resume").await?;
    done(&client, &accepted, if accepted.changed { "resumed" } else { "was not stopped" })
}

pub async fn status(args: StatusArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let found: wire::ServerStatus = client.get("/api/v1/status").await?;
    if client.output == Format::Json {
        return output::json(&found);
    }
    let stopped =
        found.stopped.as_ref().map_or_else(|| "no".to_owned(), |s| format!("since {} by {}: {}", s.at, s.by, s.why));
    let rows = [
        ("version", found.version.clone()),
        ("started", found.started_at.to_string()),
        ("journal", found.seq.to_string()),
        ("configuration", found.config_version.to_string()),
        ("alerts", found.alerts.to_string()),
        ("incidents that nobody has", found.triggered.to_string()),
        ("incidents that somebody has", found.acked.to_string()),
        ("pages owed", found.pages_owed.to_string()),
        ("maintenances", found.maintenances.to_string()),
        ("stopped", stopped),
    ];
    output::table(["WHAT", ""], rows.map(|(what, value)| [what.to_owned(), value]))
}

/// The server that the surroundings name: this verb has no arguments for it, as it also works offline.
fn usual_server(args: &OncallArgs) -> Result<Client> {
    Client::new(&ServerArgs {
        url: std::env::var("NOOUT_URL").unwrap_or_else(|_| "http://127.0.0.1:8420".into()),
        data: std::env::var_os("NOOUT_DATA").map_or_else(|| PathBuf::from("noout.db"), PathBuf::from),
        person: None,
        output: args.output,
    })
}

pub async fn oncall(args: OncallArgs) -> Result<()> {
    let client = usual_server(&args)?;
    let mut found: Vec<wire::OnCall> = client.get("/api/v1/oncall").await?;
    found.retain(|on| args.schedule.as_ref().is_none_or(|id| *id == on.schedule));
    if client.output == Format::Json {
        return output::json(&found);
    }
    let row = |on: &wire::OnCall| {
        let people: Vec<_> = on.people.iter().map(ToString::to_string).collect();
        [on.schedule.to_string(), on.rotation.clone(), people.join(", "), on.until.to_string()]
    };
    output::table(["SCHEDULE", "ROTATION", "PEOPLE", "UNTIL"], found.iter().map(row))
}

/// The shifts as the server has them, overrides included.
pub async fn shifts(args: &OncallArgs) -> Result<Vec<noout_calendar::Shift>> {
    let client = usual_server(args)?;
    let asked = [
        ("schedule", args.schedule.as_ref().map(ToString::to_string)),
        ("from", args.from.clone()),
        ("to", args.to.clone()),
    ];
    let asked =
        asked.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", super::alert::encoded(&value?))));
    let query = asked.collect::<Vec<_>>().join("&");
    client.get(&format!("/api/v1/oncall/shifts?{query}")).await
}

pub async fn lab(verb: Lab) -> Result<()> {
    let (args, word, told) = match verb {
        Lab::Break(args) => (args, "break", "broken"),
        Lab::Mend(args) => (args, "mend", "mended"),
        Lab::List(args) => return labs(args).await,
    };
    let client = Client::new(&args.server)?;
    let platform = match args.platform {
        Some(platform) => platform,
        None => only(client.get("/api/v1/labs").await?)?,
    };
    let body = wire::Mischief { what: args.what.join(" ") };
    let accepted: wire::Accepted = client.post(&format!("/api/v1/lab/{platform}/{word}"), &body).await?;
    done(&client, &accepted, &format!("{told}: {}", body.what))
}

fn only(labs: Vec<wire::Lab>) -> Result<PlatformId, BadInput> {
    let names: Vec<_> = labs.iter().map(|l| l.platform.to_string()).collect();
    match labs.as_slice() {
        [one] => Ok(one.platform.clone()),
        [] => Err(BadInput::new("the configuration has no platform of the kind lab")),
        _ => Err(BadInput::new(format!("which lab? Say --platform ID: there are {}", names.join(", ")))),
    }
}

async fn labs(args: StatusArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let found: Vec<wire::Lab> = client.get("/api/v1/labs").await?;
    if client.output == Format::Json {
        return output::json(&found);
    }
    let rows = found.iter().flat_map(|lab| {
        let broken =
            lab.broken.iter().map(|what| [lab.platform.to_string(), "broken".into(), what.clone(), String::new()]);
        let can =
            lab.can_break.iter().map(|(w, m)| [lab.platform.to_string(), "can break".into(), w.clone(), m.clone()]);
        broken.chain(can).collect::<Vec<_>>()
    });
    output::table(["LAB", "", "WORDS", "WHAT HAPPENS"], rows)
}

//! Who is on call, beside what the schedules say: overrides, absences, swaps, take-overs, gaps, reports, calendars.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand, ValueEnum};
use noout_api as wire;
use noout_core::roster::report::decimal_hours;
use noout_types::{PersonId, ScheduleId};

use super::client::{Client, ServerArgs};
use super::rest::{StatusArgs, done};
use crate::cli::Format;
use crate::failure::BadInput;
use crate::{input, output};

/// A calendar that takes longer than this to come will not.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// How times may be written; the help of each command that takes some.
const TIMES: &str = "\
Times are \"2026-12-24\", \"2026-12-24T09:00\" (the wall clock of the schedule, for absences of the person),
\"2026-12-24T09:00[Europe/Madrid]\" or \"2026-12-24T09:00:00+01:00\"; an end may also be a length like \"8h\".";

/// `noout override …`.
#[derive(Debug, Subcommand)]
pub enum Override {
    /// Somebody stands in
    #[command(after_help = TIMES)]
    Add(AddOverrideArgs),
    /// Take one back; one that runs ends now
    Remove(NumberArgs),
    /// Those that are not over
    List(StatusArgs),
}

#[derive(Debug, Args)]
pub struct AddOverrideArgs {
    /// Who stands in
    person: PersonId,
    /// In which schedule
    #[arg(long)]
    schedule: ScheduleId,
    /// From when [default: now]
    #[arg(long, value_name = "T")]
    from: Option<String>,
    /// Until when
    #[arg(long, value_name = "T")]
    to: String,
    /// In which rotation
    #[arg(long)]
    rotation: Option<String>,
    /// For whom
    #[arg(long, value_name = "PERSON")]
    replaces: Option<PersonId>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct NumberArgs {
    /// Its number
    id: u64,
    #[command(flatten)]
    server: ServerArgs,
}

/// `noout absence …`.
#[derive(Debug, Subcommand)]
pub enum Absence {
    /// Somebody is away: still on the schedule, but not counted as ready
    #[command(after_help = TIMES)]
    Add(AddAbsenceArgs),
    /// Somebody is not away after all
    Remove(NumberArgs),
    /// Take over when somebody is away by a calendar; done again, it replaces what that calendar said before
    Import(ImportArgs),
    /// Who is away, now and later
    List(StatusArgs),
}

#[derive(Debug, Args)]
pub struct AddAbsenceArgs {
    /// Who
    person: PersonId,
    /// From when [default: now]
    #[arg(long, value_name = "T")]
    from: Option<String>,
    /// Until when; a day is included
    #[arg(long, value_name = "T")]
    to: String,
    /// Why, for others to read
    #[arg(long, default_value = "")]
    reason: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Whose calendar
    person: PersonId,
    /// An iCalendar file, - for standard input, or the https address of a feed
    file: String,
    /// What the calendar is called [default: the file's name, or the address without its query]
    #[arg(long)]
    source: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

/// `noout swap …`.
#[derive(Debug, Subcommand)]
pub enum Swap {
    /// Ask to give a shift away, perhaps for another one
    #[command(after_help = TIMES)]
    Ask(AskArgs),
    /// "I take it"
    Accept(NumberArgs),
    /// "No"
    Decline(NumberArgs),
    /// "Not any more"
    Withdraw(NumberArgs),
    /// A third person agrees, where the schedule wants it
    Approve(NumberArgs),
    /// All swaps, the newest first
    List(StatusArgs),
}

#[derive(Debug, Args)]
pub struct AskArgs {
    /// In which schedule
    #[arg(long)]
    schedule: ScheduleId,
    /// Who gives the shift away [default: who asks]
    #[arg(long, value_name = "PERSON")]
    asker: Option<PersonId>,
    /// Who is asked [default: anybody]
    #[arg(long, value_name = "PERSON")]
    with: Option<PersonId>,
    /// In which rotation [default: wherever the person stands]
    #[arg(long)]
    rotation: Option<String>,
    /// What is given away: from when
    #[arg(long, value_name = "T")]
    from: String,
    /// What is given away: until when
    #[arg(long, value_name = "T")]
    to: String,
    /// What is taken for it: from when
    #[arg(long, value_name = "T", requires = "back_to")]
    back_from: Option<String>,
    /// What is taken for it: until when
    #[arg(long, value_name = "T", requires = "back_from")]
    back_to: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

/// `noout calendar …`.
#[derive(Debug, Subcommand)]
pub enum Calendar {
    /// The address by which a calendar subscribes to the shifts of a person or a schedule
    Url(FeedArgs),
    /// The address does not work any more; prints the next one
    Withdraw(FeedArgs),
}

#[derive(Debug, Args)]
pub struct FeedArgs {
    /// person:ID or schedule:ID
    feed: String,
    #[command(flatten)]
    server: ServerArgs,
}

/// `noout oncall …` that needs the server.
#[derive(Debug, Subcommand)]
pub enum Oncall {
    /// Take over the shift that runs now, until its end
    Take(TakeArgs),
    /// Where fewer people are ready than promised, in the next 90 days
    Gaps(GapsArgs),
    /// Everybody who can be paged: which contacts are confirmed, and who left a drill without an answer
    Drills(StatusArgs),
    /// Who was woken at night and should rest, and who could cover
    Rest(StatusArgs),
    /// Hours on call, nights, weekends, holidays and pages by person, in each person's own zone
    Report(ReportArgs),
}

#[derive(Debug, Args)]
pub struct TakeArgs {
    /// In which schedule
    schedule: ScheduleId,
    /// In which rotation [default: the first in which somebody else is on]
    #[arg(long)]
    rotation: Option<String>,
    /// From whom, where several are on together
    #[arg(long, value_name = "PERSON")]
    replaces: Option<PersonId>,
    /// Who takes it [default: who asks, see --as]
    #[arg(long, value_name = "PERSON")]
    person: Option<PersonId>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct GapsArgs {
    /// In which schedule [default: in all]
    #[arg(long)]
    schedule: Option<ScheduleId>,
    #[command(flatten)]
    server: ServerArgs,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people; piped, lines with tabs
    #[default]
    Table,
    /// For machines
    Json,
    /// For a spreadsheet or a pay office
    Csv,
}

#[derive(Debug, Args)]
pub struct ReportArgs {
    /// From when [default: the first of this month]
    #[arg(long, value_name = "T")]
    from: Option<String>,
    /// Until before when [default: now]
    #[arg(long, value_name = "T")]
    to: Option<String>,
    /// The pay table: one line a person and local day, as CSV
    #[arg(long)]
    days: bool,
    /// Where the server listens
    #[arg(long, env = "NOOUT_URL", default_value = "http://127.0.0.1:8420", value_name = "URL")]
    url: String,
    /// The server's data file; the key beside it proves that you may ask
    #[arg(long, env = "NOOUT_DATA", default_value = "noout.db", value_name = "FILE")]
    data: PathBuf,
    /// Act as this person; as the administrator of this machine if absent
    #[arg(id = "as", long = "as", env = "NOOUT_PERSON", value_name = "PERSON")]
    person: Option<PersonId>,
    /// How the answer is written
    #[arg(short, long, value_enum, default_value_t)]
    output: ReportFormat,
}

/// What was done, and what is worth a warning about it.
fn told(client: &Client, accepted: &wire::Accepted, words: &str) -> Result<()> {
    accepted.warnings.iter().for_each(|warning| eprintln!("warning: {warning}"));
    done(client, accepted, words)
}

pub async fn run_override(verb: Override) -> Result<()> {
    match verb {
        Override::Add(args) => {
            let client = Client::new(&args.server)?;
            let AddOverrideArgs { person, schedule, from, to, rotation, replaces, .. } = args;
            let body = wire::AddOverride { schedule, rotation, replaces, person, start: from, end: to };
            let accepted: wire::Accepted = client.post("/api/v1/overrides", &body).await?;
            let id = accepted.override_id.unwrap_or_default();
            told(&client, &accepted, &format!("override {id} added"))
        }
        Override::Remove(args) => {
            let client = Client::new(&args.server)?;
            let accepted: wire::Accepted = client.delete(&format!("/api/v1/overrides/{}", args.id)).await?;
            told(&client, &accepted, &format!("override {} removed", args.id))
        }
        Override::List(args) => {
            let client = Client::new(&args.server)?;
            let found: Vec<wire::Override> = client.get("/api/v1/overrides").await?;
            if client.output == Format::Json {
                return output::json(&found);
            }
            let row = |o: &wire::Override| {
                let replaces = o.replaces.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
                let rotation = o.rotation.clone().unwrap_or_else(|| "-".to_owned());
                let (start, end) = (o.start.to_string(), o.end.to_string());
                [o.id.to_string(), o.schedule.to_string(), rotation, o.person.to_string(), replaces, start, end]
            };
            output::table(["ID", "SCHEDULE", "ROTATION", "PERSON", "FOR", "START", "END"], found.iter().map(row))
        }
    }
}

pub async fn absence(verb: Absence) -> Result<()> {
    match verb {
        Absence::Add(args) => {
            let client = Client::new(&args.server)?;
            let AddAbsenceArgs { person, from, to, reason, .. } = args;
            let body = wire::AddAbsence { person, from, to, reason };
            let accepted: wire::Accepted = client.post("/api/v1/absences", &body).await?;
            let id = accepted.absence.unwrap_or_default();
            told(&client, &accepted, &format!("absence {id} added"))
        }
        Absence::Remove(args) => {
            let client = Client::new(&args.server)?;
            let accepted: wire::Accepted = client.delete(&format!("/api/v1/absences/{}", args.id)).await?;
            told(&client, &accepted, &format!("absence {} removed", args.id))
        }
        Absence::Import(args) => {
            let client = Client::new(&args.server)?;
            let (ics, named) = if args.file.starts_with("https://") || args.file.starts_with("http://") {
                let named = args.file.split(['?', '#']).next().unwrap_or_default().to_owned();
                (fetch(&args.file).await?, named)
            } else {
                let path = Path::new(&args.file);
                let named = path.file_name().map_or_else(|| "-".to_owned(), |n| n.to_string_lossy().into_owned());
                (input::text(path, noout_ingest::MAX_ICAL_BYTES as u64)?, named)
            };
            let body = wire::ReadAbsences { person: args.person, source: args.source.unwrap_or(named), ics };
            let accepted: wire::Accepted = client.post("/api/v1/absences/read", &body).await?;
            told(&client, &accepted, if accepted.changed { "taken over" } else { "nothing changed" })
        }
        Absence::List(args) => {
            let client = Client::new(&args.server)?;
            let found: Vec<wire::Absence> = client.get("/api/v1/absences").await?;
            if client.output == Format::Json {
                return output::json(&found);
            }
            let row = |a: &wire::Absence| {
                let id = a.id.map_or_else(|| "noout.toml".to_owned(), |id| id.to_string());
                let source = a.source.clone().unwrap_or_else(|| "-".to_owned());
                [id, a.person.to_string(), a.start.to_string(), a.end.to_string(), a.reason.clone(), source]
            };
            output::table(["ID", "PERSON", "START", "END", "REASON", "SOURCE"], found.iter().map(row))
        }
    }
}

/// A feed's text. Its address is a secret of its own and is not repeated.
async fn fetch(url: &str) -> Result<String> {
    let http = reqwest::Client::builder().timeout(PATIENCE).build().context("no HTTP client")?;
    let mut response = http.get(url).send().await.map_err(|e| e.without_url()).context("the feed does not answer")?;
    if !response.status().is_success() {
        return Err(BadInput::new(format!("the feed answered {}", response.status())).into());
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| e.without_url()).context("the feed broke off")? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > noout_ingest::MAX_ICAL_BYTES {
            let most = noout_ingest::MAX_ICAL_BYTES;
            return Err(
                BadInput::new(format!("the feed is larger than {most} bytes, which is the most allowed")).into()
            );
        }
    }
    String::from_utf8(bytes).map_err(|e| BadInput::because("the feed is no text", e).into())
}

pub async fn swap(verb: Swap) -> Result<()> {
    let (args, word, done) = match verb {
        Swap::Ask(args) => return ask(args).await,
        Swap::List(args) => return swaps(args).await,
        Swap::Accept(args) => (args, "accept", "accepted"),
        Swap::Decline(args) => (args, "decline", "declined"),
        Swap::Withdraw(args) => (args, "withdraw", "withdrawn"),
        Swap::Approve(args) => (args, "approve", "approved"),
    };
    let client = Client::new(&args.server)?;
    let accepted: wire::Accepted = client.act(&format!("/api/v1/swaps/{}/{word}", args.id)).await?;
    let waits = word == "accept" && accepted.override_id.is_none();
    let then = if waits { ": a third person must approve it" } else { "" };
    told(&client, &accepted, &format!("swap {} {done}{then}", args.id))
}

async fn ask(args: AskArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let AskArgs { schedule, asker, with, rotation, from, to, back_from, back_to, .. } = args;
    let body = wire::AskSwap { schedule, rotation, asker, with, from, to, back_from, back_to };
    let accepted: wire::Accepted = client.post("/api/v1/swaps", &body).await?;
    told(&client, &accepted, &format!("swap {} asked", accepted.swap.unwrap_or_default()))
}

async fn swaps(args: StatusArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let found: Vec<wire::Swap> = client.get("/api/v1/swaps").await?;
    if client.output == Format::Json {
        return output::json(&found);
    }
    let row = |s: &wire::Swap| {
        let with = s.with.as_ref().map_or_else(|| "anybody".to_owned(), ToString::to_string);
        let (start, end) = (s.start.to_string(), s.end.to_string());
        [s.id.to_string(), s.schedule.to_string(), s.asker.to_string(), with, start, end, s.status.clone()]
    };
    output::table(["ID", "SCHEDULE", "FROM", "WITH", "START", "END", "STATUS"], found.iter().map(row))
}

pub async fn calendar(verb: Calendar) -> Result<()> {
    let found = match verb {
        Calendar::Url(args) => {
            let client = Client::new(&args.server)?;
            let all: Vec<wire::FeedUrl> = client.get("/api/v1/feeds").await?;
            let names: Vec<&str> = all.iter().map(|f| f.feed.as_str()).collect();
            let none =
                || BadInput::new(format!("there is no calendar {:?}: there are {}", args.feed, names.join(", ")));
            let found = all.iter().find(|f| f.feed == args.feed).cloned().ok_or_else(none)?;
            (client, found)
        }
        Calendar::Withdraw(args) => {
            let client = Client::new(&args.server)?;
            let found = client.post("/api/v1/feeds/withdraw", &wire::FeedOf { feed: args.feed }).await?;
            (client, found)
        }
    };
    let (client, found) = found;
    if client.output == Format::Json {
        return output::json(&found);
    }
    eprintln!("whoever has this address reads the calendar, until it is withdrawn");
    output::lines([found.url])
}

pub async fn oncall(verb: Oncall) -> Result<()> {
    match verb {
        Oncall::Take(args) => {
            let client = Client::new(&args.server)?;
            let TakeArgs { schedule, rotation, replaces, person, .. } = args;
            let body = wire::TakeShift { schedule, rotation, replaces, person };
            let accepted: wire::Accepted = client.post("/api/v1/oncall/take", &body).await?;
            let id = accepted.override_id.unwrap_or_default();
            let words = match &accepted.taken {
                Some(taken) => {
                    let wire::TakenShift { schedule, rotation, person, from, until } = taken;
                    let from: Vec<&str> = from.iter().map(PersonId::as_str).collect();
                    let from = if from.is_empty() { "nobody".to_owned() } else { from.join(", ") };
                    format!("{person} has {rotation} of {schedule} from {from}, until {until}: override {id}")
                }
                None => format!("taken over, until the shift ends: override {id}"),
            };
            told(&client, &accepted, &words)
        }
        Oncall::Gaps(args) => gaps(args).await,
        Oncall::Drills(args) => drills(args).await,
        Oncall::Rest(args) => rest(args).await,
        Oncall::Report(args) => report(args).await,
    }
}

async fn gaps(args: GapsArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let asked = args.schedule.map_or_else(String::new, |id| format!("?schedule={id}"));
    let found: Vec<wire::Gap> = client.get(&format!("/api/v1/coverage{asked}")).await?;
    if client.output == Format::Json {
        return output::json(&found);
    }
    if found.is_empty() {
        eprintln!("enough people are ready at every instant of the next 90 days");
    }
    let row = |g: &wire::Gap| {
        let have: Vec<&str> = g.have.iter().map(PersonId::as_str).collect();
        let have = if have.is_empty() { "nobody".to_owned() } else { have.join(", ") };
        let fallback = g.fallback.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
        [g.schedule.to_string(), g.start.to_string(), g.end.to_string(), g.need.to_string(), have, fallback]
    };
    output::table(["SCHEDULE", "START", "END", "NEED", "READY", "FALLBACK"], found.iter().map(row))
}

async fn drills(args: StatusArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let found: Vec<wire::Drill> = client.get("/api/v1/drills").await?;
    if client.output == Format::Json {
        return output::json(&found);
    }
    let when = |at: Option<jiff::Timestamp>| at.map_or_else(|| "never".to_owned(), |at| at.to_string());
    let row = |d: &wire::Drill| {
        let ready = if d.ready { "yes" } else { "NO" };
        let last = match (d.missed, d.answered, d.until) {
            (Some(since), ..) => format!("no answer since {since}"),
            (None, Some(at), _) => format!("answered {at}"),
            (None, None, Some(until)) => format!("an answer is waited for until {until}"),
            (None, None, None) => "-".to_owned(),
        };
        [d.person.to_string(), ready.to_owned(), when(d.confirmed), when(d.begun), last]
    };
    output::table(["PERSON", "READY", "CONFIRMED", "DRILL", "ANSWER"], found.iter().map(row))
}

async fn rest(args: StatusArgs) -> Result<()> {
    let client = Client::new(&args.server)?;
    let found: Vec<wire::Rest> = client.get("/api/v1/rest").await?;
    if client.output == Format::Json {
        return output::json(&found);
    }
    let row = |r: &wire::Rest| {
        let cover = r.cover.as_ref().map_or_else(|| "nobody is free".to_owned(), ToString::to_string);
        let (start, end) = (r.start.to_string(), r.end.to_string());
        [r.person.to_string(), r.woken_at.to_string(), r.schedule.to_string(), r.rotation.clone(), start, end, cover]
    };
    output::table(["WOKEN", "AT", "SCHEDULE", "ROTATION", "START", "END", "COVER"], found.iter().map(row))
}

async fn report(args: ReportArgs) -> Result<()> {
    let ReportArgs { from, to, days, url, data, person, output } = args;
    let format = if output == ReportFormat::Json { Format::Json } else { Format::Table };
    let client = Client::new(&ServerArgs { url, data, person, output: format })?;
    let asked: Vec<String> = [("from", from), ("to", to)]
        .into_iter()
        .filter_map(|(name, text)| Some(format!("{name}={}", encoded(&text?))))
        .collect();
    let found: Vec<wire::ReportLine> = client.get(&format!("/api/v1/oncall/report?{}", asked.join("&"))).await?;
    let worked: Vec<_> = found.iter().map(from_wire).collect();
    match output {
        ReportFormat::Json => crate::output::json(&found),
        _ if days => print(noout_core::roster::report::days_csv(&worked)),
        ReportFormat::Csv => print(noout_core::roster::report::summary_csv(&worked)),
        ReportFormat::Table => {
            let row = |l: &wire::ReportLine| {
                let wire::Hours { on_call, night, weekend, holiday } = l.seconds;
                let [on, night, weekend, holiday] = [on_call, night, weekend, holiday].map(decimal_hours);
                let (pages, at_night) = (l.pages.to_string(), l.night_pages.to_string());
                [l.person.to_string(), l.timezone.clone(), on, night, weekend, holiday, pages, at_night]
            };
            let header = ["PERSON", "ZONE", "HOURS", "NIGHT", "WEEKEND", "HOLIDAY", "PAGES", "AT NIGHT"];
            output::table(header, found.iter().map(row))
        }
    }
}

fn print(csv: String) -> Result<()> {
    output::lines([csv.trim_end().to_owned()])
}

fn from_wire(line: &wire::ReportLine) -> noout_core::roster::report::Worked {
    let hours = |h: wire::Hours| noout_calendar::DayHours {
        on: h.on_call,
        night: h.night,
        weekend: h.weekend,
        holiday: h.holiday,
    };
    let days = line.days.iter().filter_map(|d| Some((d.date.parse().ok()?, hours(d.seconds))));
    noout_core::roster::report::Worked {
        person: line.person.clone(),
        name: line.name.clone(),
        timezone: line.timezone.clone(),
        days: days.collect(),
        pages: line.pages,
        night_pages: line.night_pages,
    }
}

/// A value behind a question mark.
fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~:".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

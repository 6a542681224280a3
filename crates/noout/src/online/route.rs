//! `noout route …`: where alerts would go.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use noout_api as wire;
use noout_core::State;
use noout_core::routing::test;
use noout_types::{Span, Timestamp};

use super::alert::encoded;
use super::client::{Client, ServerArgs};
use crate::cli::Format;
use crate::failure::BadInput;
use crate::{input, output};

/// `noout route …`.
#[derive(Debug, Subcommand)]
pub enum Route {
    /// Where an alert with these labels would go, and who would be paged now. Without --config the server is asked: then real
    /// alerts stand beside that are nearly like it
    Test(TestArgs),
    /// What would have paged whom: the alerts that really came in, decided once more
    Replay(ReplayArgs),
}

#[derive(Debug, Args)]
pub struct TestArgs {
    /// For example alertname=Disk,team=db,severity=critical
    #[arg(long, value_name = "NAME=VALUE,…")]
    labels: String,
    /// By this configuration alone, without a server; - is standard input
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// At this instant, RFC 3339 [default: now]
    #[arg(long, value_name = "T")]
    at: Option<Timestamp>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// How far back: 7d, 12h
    #[arg(long, value_name = "SPAN", default_value = "7d")]
    since: Span,
    /// By this configuration; by what was in force at each time, if absent
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    server: ServerArgs,
}

/// Runs a verb.
pub async fn run(verb: Route) -> Result<()> {
    match verb {
        Route::Test(args) => test_labels(args).await,
        Route::Replay(args) => replay(args).await,
    }
}

async fn test_labels(args: TestArgs) -> Result<()> {
    let found: wire::RouteTest = match &args.config {
        Some(file) => {
            let labels = wire::labels_of(&args.labels).map_err(BadInput::new)?;
            let state = State { config: input::config(file)?, ..State::new() };
            wire::RouteTest::new(test(&state, args.at.unwrap_or_else(Timestamp::now), &labels), None)
        }
        None => {
            let client = Client::new(&args.server)?;
            let at = args.at.map(|at| format!("&at={at}")).unwrap_or_default();
            client.get(&format!("/api/v1/routes/test?labels={}{at}", encoded(&args.labels))).await?
        }
    };
    if args.server.output == Format::Json {
        return output::json(&found);
    }
    let route = found.route.clone().unwrap_or_else(|| "none matches: the first policy is told".to_owned());
    let urgency = match found.urgency {
        noout_types::Urgency::High => "high: people are paged".to_owned(),
        noout_types::Urgency::Low => match found.rises_at {
            Some(at) => format!("low until the route's hours begin: people are paged at {at}"),
            None => "low: nobody is paged".to_owned(),
        },
    };
    let urgency = match &found.held_back {
        Some(held) => format!("nobody is paged: held back by {} ({}) until {}", held.rule, held.author, held.until),
        None => urgency,
    };
    let group: Vec<_> = found.group.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    let mut rows = vec![
        ["route".to_owned(), route],
        ["policy".to_owned(), found.policy.as_ref().map_or("none".to_owned(), ToString::to_string)],
        ["severity".to_owned(), found.severity.to_string()],
        ["urgency".to_owned(), urgency],
        ["one incident per".to_owned(), group.join(" ")],
    ];
    for (number, step) in (1..).zip(&found.steps) {
        let people: Vec<_> = step.people.iter().map(ToString::to_string).collect();
        let people = if people.is_empty() { "nobody: passed at once".to_owned() } else { people.join(", ") };
        let text = format!("after {}: {} → {people}", step.after, step.notify.join(", "));
        rows.push([format!("step {number}"), text]);
    }
    rows.extend(found.also.iter().map(|route| ["never asked".to_owned(), route.clone()]));
    output::table(["WHAT", ""], rows)?;
    match found.exact {
        None => eprintln!("note: by the file alone; overrides are not counted, and no real alerts are compared"),
        Some(exact) => near(exact, &found)?,
    }
    Ok(())
}

fn near(exact: usize, found: &wire::RouteTest) -> Result<()> {
    eprintln!("real alerts of late with all of these labels: {exact}");
    if found.near.is_empty() {
        return Ok(());
    }
    eprintln!("nearly like it, and real:");
    let row = |near: &wire::NearAlert| {
        let differs: Vec<_> = near
            .differs
            .iter()
            .map(|(name, asked, real)| {
                let real = if real.is_empty() { "none".to_owned() } else { format!("{real:?}") };
                format!("{name}: asked {asked:?}, real {real}")
            })
            .collect();
        let labels: Vec<_> = near.labels.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        let route = near.route.clone().unwrap_or_else(|| "none".to_owned());
        [near.at.to_string(), route, differs.join("; "), labels.join(" ")]
    };
    output::table(["AT", "ROUTE", "DIFFERS", "LABELS"], found.near.iter().map(row))
}

async fn replay(args: ReplayArgs) -> Result<()> {
    let config = args.config.as_deref().map(|file| {
        input::config_text(file).map_err(|problem| BadInput::new(format!("{}: {problem}", file.display())))
    });
    let asked = wire::ReplayRequest { since: args.since, config: config.transpose()? };
    let client = Client::new(&args.server)?;
    let found: wire::Replay = client.post("/api/v1/routes/replay", &asked).await?;
    if client.output == Format::Json {
        return output::json(&found);
    }
    let total = |account: &wire::ReplayAccount| {
        format!("{} incidents, {} pages, {} nights with pages", account.incidents, account.pages, account.nights.len())
    };
    eprintln!("from {} to {}", found.from, found.to);
    eprintln!("it was:        {}", total(&found.happened));
    eprintln!("it would have been: {}", total(&found.would));
    let of = |account: &wire::ReplayAccount, person: &noout_types::PersonId| {
        account.people.iter().find(|p| p.person == *person).map_or((0, 0), |p| (p.pages, p.by_night))
    };
    let mut people: Vec<_> =
        found.happened.people.iter().chain(&found.would.people).map(|p| p.person.clone()).collect();
    people.sort();
    people.dedup();
    output::table(
        ["PERSON", "PAGES", "WOULD BE", "BY NIGHT", "WOULD BE"],
        people.iter().map(|person| {
            let ((was, by_night), (would, would_by_night)) = (of(&found.happened, person), of(&found.would, person));
            [person.to_string(), was.to_string(), would.to_string(), by_night.to_string(), would_by_night.to_string()]
        }),
    )?;
    let row = |word: &str, page: &wire::ReplayPage| {
        let because = match page.because.as_deref() {
            Some("undelivered") => "in history a message about it did not arrive at once",
            Some("maintenance") => "in history a maintenance held it back",
            Some(other) => other,
            None => "-",
        };
        [word.to_owned(), page.at.to_string(), page.person.to_string(), page.title.clone(), because.to_owned()]
    };
    let fewer = found.fewer.iter().map(|page| row("not any more", page));
    let more = found.more.iter().map(|page| row("new", page));
    output::table(["PAGE", "AT", "PERSON", "ABOUT", "BECAUSE"], fewer.chain(more))
}

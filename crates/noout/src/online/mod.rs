//! Commands that need a server, or are one: each finds it by `--url` and proves by the key file that it may ask.

mod alert;
mod client;
mod config;
mod contacts;
mod heartbeat;
mod incident;
mod maintenance;
mod meeting;
mod request;
mod rest;
mod roster;
mod route;
mod serve;
mod silence;
mod source;
mod store;
mod token;
mod told;

use std::process::ExitCode;

use clap::Subcommand;

use crate::cli::OncallArgs;
pub use maintenance::Maintenance;
pub use roster::Oncall;

/// What needs a server, or is one.
#[derive(Debug, Subcommand)]
pub enum Online {
    /// Run the server: console, intake and API on one address, the public status page on another
    Serve(serve::ServeArgs),
    /// Check the journal: hash chain, every event folds, snapshots and read tables agree; also while the server runs
    Verify(store::VerifyArgs),
    /// Copy the journal to a new file, while the server goes on
    Backup(store::BackupArgs),
    /// Put a backup back; the server must not run
    Restore(store::RestoreArgs),
    /// Check a configuration and apply it to the running server
    Apply(rest::ApplyArgs),
    /// Configurations that were in force: see them, go back to one
    #[command(subcommand)]
    Config(config::Config),
    /// Incidents: see, take, tell, end
    #[command(subcommand)]
    Incident(incident::Incident),
    /// Alerts: see what fires, send one by hand
    #[command(subcommand)]
    Alert(alert::Alert),
    /// Alerts that wake nobody for a while: see, set, end
    #[command(subcommand)]
    Silence(silence::Silence),
    /// What other teams want: see, ask, take, hand over, answer
    #[command(subcommand)]
    Request(request::Request),
    /// The weekly meeting: its agenda
    #[command(subcommand)]
    Meeting(meeting::Meeting),
    /// What the team decides: put up, say, close, search
    #[command(subcommand)]
    Decision(meeting::Decision),
    /// Where alerts would go, and what would have paged whom
    #[command(subcommand)]
    Route(route::Route),
    /// Who sends alerts, and what became of them
    #[command(subcommand)]
    Source(source::Source),
    /// What lets programs elsewhere ask the API
    #[command(subcommand)]
    Token(token::Token),
    /// Jobs that say regularly that they are alive
    #[command(subcommand)]
    Heartbeat(heartbeat::Heartbeat),
    /// Who stands in for whom
    #[command(subcommand)]
    Override(roster::Override),
    /// Who is away
    #[command(subcommand)]
    Absence(roster::Absence),
    /// Give a shift away: ask, accept, approve
    #[command(subcommand)]
    Swap(roster::Swap),
    /// Calendars of shifts that others subscribe to
    #[command(subcommand)]
    Calendar(roster::Calendar),
    /// Who may sign in
    #[command(subcommand)]
    Person(rest::Person),
    /// Nothing disruptive starts any more; pages go on
    Stop(rest::StopArgs),
    /// Disruptive steps may start again
    Resume(rest::ResumeArgs),
    /// The built-in simulated cluster: break and mend it on purpose
    #[command(subcommand)]
    Lab(rest::Lab),
    /// How the server is
    Status(rest::StatusArgs),
}

/// Runs one of them.
pub async fn run(online: Online) -> anyhow::Result<ExitCode> {
    match online {
        Online::Serve(args) => return serve::run(args).await,
        Online::Verify(args) => return store::verify(&args),
        Online::Backup(args) => store::backup(&args)?,
        Online::Restore(args) => store::restore(&args)?,
        Online::Apply(args) => rest::apply(args).await?,
        Online::Config(verb) => config::run(verb).await?,
        Online::Incident(verb) => incident::run(verb).await?,
        Online::Alert(verb) => alert::run(verb).await?,
        Online::Silence(verb) => silence::run(verb).await?,
        Online::Request(verb) => request::run(verb).await?,
        Online::Meeting(verb) => meeting::run(verb).await?,
        Online::Decision(verb) => meeting::decision(verb).await?,
        Online::Override(verb) => roster::run_override(verb).await?,
        Online::Absence(verb) => roster::absence(verb).await?,
        Online::Swap(verb) => roster::swap(verb).await?,
        Online::Calendar(verb) => roster::calendar(verb).await?,
        Online::Route(verb) => route::run(verb).await?,
        Online::Source(verb) => source::run(verb).await?,
        Online::Token(verb) => token::run(verb).await?,
        Online::Heartbeat(verb) => heartbeat::run(verb).await?,
        Online::Person(verb) => rest::person(verb).await?,
        Online::Stop(args) => rest::stop(args).await?,
        Online::Resume(args) => rest::resume(args).await?,
        Online::Lab(verb) => rest::lab(verb).await?,
        Online::Status(args) => rest::status(args).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs a verb of `noout maintenance` that needs the server.
pub async fn maintenance(verb: Maintenance) -> anyhow::Result<ExitCode> {
    maintenance::run(verb).await?;
    Ok(ExitCode::SUCCESS)
}

/// `noout oncall`, answered by the server with what people changed there; by the file if no server can be asked.
///
/// A file that is named is asked alone: scripts rely on it. Without a file and a span of time it is who is on now.
pub async fn oncall(args: OncallArgs) -> anyhow::Result<ExitCode> {
    let path = args.file();
    if args.config.is_some() {
        return crate::offline::oncall::run(&args, None);
    }
    if !path.exists() && args.from.is_none() && args.to.is_none() {
        rest::oncall(args).await?;
        return Ok(ExitCode::SUCCESS);
    }
    match rest::shifts(&args).await {
        Ok(shifts) => crate::offline::oncall::run(&args, Some(shifts)),
        // What the server says about the question itself, it would be wrong to answer otherwise.
        Err(why) if why.is::<crate::failure::BadInput>() => Err(why),
        Err(why) => {
            eprintln!("note: the server was not asked: {why:#}");
            crate::offline::oncall::run(&args, None)
        }
    }
}

/// A verb of `noout oncall` that needs the server.
pub async fn oncall_verb(verb: Oncall) -> anyhow::Result<ExitCode> {
    roster::oncall(verb).await?;
    Ok(ExitCode::SUCCESS)
}

//! `noout serve`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use noout_core::config::{Config, check, check_again};
use noout_server::{Clock, Pace, Settings};
use tokio::signal::unix::{SignalKind, signal};

use crate::failure::{self, BadInput};
use crate::input;

/// `noout serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The configuration; the one in force is kept if the file is not named and not there
    #[arg(long, env = "NOOUT_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data file; the configuration's `data` if absent
    #[arg(long, env = "NOOUT_DATA", value_name = "FILE")]
    data: Option<PathBuf>,
    /// The address of console, intake and API; the configuration's if absent, port 0 takes a free one
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// The address of the public status page
    #[arg(long, value_name = "ADDRESS")]
    status_listen: Option<String>,
}

/// The file that is read if none is named.
const DEFAULT_CONFIG: &str = "noout.toml";

/// Runs until a signal, or until the journal cannot be written.
pub async fn run(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let clock: Clock = Arc::new(jiff::Timestamp::now);
    let path = args.config.clone().or_else(|| Some(PathBuf::from(DEFAULT_CONFIG)).filter(|p| p.exists()));
    let config = match path.as_deref().map(|path| read(path, &clock)) {
        None => None,
        Some(Ok(read)) => Some(read),
        Some(Err(lines)) => {
            lines.iter().for_each(|line| eprintln!("noout: {line}"));
            let again = path.as_deref().and_then(|path| read_again(path, &clock));
            let dir = path.as_deref().and_then(Path::parent).map_or_else(PathBuf::new, Path::to_owned);
            match again {
                Some(read) if data_file(&args, Some(&read.1), &dir)?.exists() => Some(read),
                _ => return Ok(ExitCode::from(failure::BAD_INPUT)),
            }
        }
    };
    let dir = path.as_deref().and_then(Path::parent).map_or_else(PathBuf::new, Path::to_owned);
    let data = data_file(&args, config.as_ref().map(|(_, c)| c), &dir)?;
    let settings = Settings {
        data,
        config,
        dir,
        listen: args.listen,
        status_listen: args.status_listen,
        clock,
        pace: Pace::default(),
        demo: None,
    };
    // Before the start: a signal in the middle of it must not kill half a server.
    let mut terminate = signal(SignalKind::terminate()).context("no signal handler")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("no signal handler")?;
    let running = noout_server::start(settings).await.context("the server does not start")?;
    println!("console http://{}/", running.console);
    println!("status http://{}/", running.status);
    if let Some(smtp) = &running.smtp {
        println!("mail smtp://{smtp}/");
    }
    if let Some(link) = &running.setup_link {
        println!("setup {link}");
    }
    let stop = running.stopper();
    let signals = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stop.stop();
        tokio::time::sleep(noout_server::STOP_LIMIT).await;
    };
    tokio::select! {
        ended = running.ended() => ended.context("the server ended")?,
        () = signals => eprintln!("noout: the writer did not end in time; what was accepted is in the journal"),
    }
    Ok(ExitCode::SUCCESS)
}

/// A configuration that may be applied, or what is wrong with it, a line each.
fn read(path: &Path, clock: &Clock) -> Result<(String, Config), Vec<String>> {
    let named = |problem: &noout_core::config::Problem| format!("{}: {problem}", path.display());
    let text = input::config_text(path).map_err(|problem| vec![named(&problem)])?;
    let (config, checked) = check(&text, clock());
    checked.warnings.iter().for_each(|w| tracing::warn!("{}", named(w)));
    match config.filter(|_| checked.ok) {
        Some(config) => Ok((text, config)),
        None => Err(checked.errors.iter().map(named).collect()),
    }
}

/// As [`read`], for a server that ran before: what became a gap in the meantime is told, and it starts all the same.
fn read_again(path: &Path, clock: &Clock) -> Option<(String, Config)> {
    let text = input::config_text(path).ok()?;
    let (config, checked) = check_again(&text, clock());
    Some((text, config.filter(|_| checked.ok)?))
}

/// A relative path begins at the configuration's folder when the configuration names it, here when the command line does.
fn data_file(args: &ServeArgs, config: Option<&Config>, dir: &Path) -> Result<PathBuf, BadInput> {
    let named = match (&args.data, config) {
        (Some(data), _) => data.clone(),
        (None, Some(config)) => dir.join(&config.server.data),
        (None, None) => PathBuf::from(&noout_core::config::Server::default().data),
    };
    if named.to_string_lossy().contains("://") {
        let message = format!("data: found {:?}, this version keeps its data in a file (SQLite)", named.display());
        return Err(BadInput::new(message));
    }
    Ok(named)
}

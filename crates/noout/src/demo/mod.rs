//! `noout demo`: the whole story on the built-in simulated cluster, to watch and to act in.

mod auto;
mod phones;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use noout_core::engine::Command;
use noout_core::maintenance::Phase;
use noout_drivers::lab::Break;
use noout_server::{App, Demo, Pace, Running, Settings};
use noout_types::PlatformId;

/// The story's configuration; three words in it are filled in at the start.
const CONFIG: &str = include_str!("demo.toml");

/// The host whose fan fails, and the fan.
const HOST: &str = "pve3";
const FAN: &str = "FAN3";

/// Lab seconds in a second: quick enough that nobody waits, slow enough to see guests move.
const SPEED: f64 = 20.0;

/// The unattended run does not wait for anybody's eyes.
const AUTO_SPEED: f64 = 60.0;

/// `noout demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Play the story unattended, check each chapter's claim, and exit 0 only if all hold.
    #[arg(long)]
    auto: bool,
    /// The console's address; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8420")]
    listen: String,
    /// The status page's address.
    #[arg(long, default_value = "127.0.0.1:8421")]
    status_listen: String,
    /// Do not try to open a browser.
    #[arg(long)]
    no_browser: bool,
    /// Where to keep the data; a temporary folder that is removed at the end if absent.
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// The story's stage: a running server, its lab, its people's phones.
pub(super) struct Stage {
    pub running: Running,
    pub demo: Demo,
    pub lab: noout_drivers::lab::Lab,
    pub data: PathBuf,
}

/// Runs the demo.
pub(crate) async fn run(args: DemoArgs) -> anyhow::Result<std::process::ExitCode> {
    let temporary = match &args.dir {
        Some(_) => None,
        None => Some(TempDir::new()?),
    };
    let dir = match (&args.dir, &temporary) {
        (Some(dir), _) => dir.clone(),
        (None, Some(made)) => made.0.clone(),
        (None, None) => bail!("no folder for the data"),
    };
    std::fs::create_dir_all(&dir).with_context(|| format!("the folder {} cannot be made", dir.display()))?;
    if args.auto {
        let stage = raise(&dir, "127.0.0.1:0", "127.0.0.1:0", AUTO_SPEED).await?;
        return auto::play(stage).await;
    }
    let stage = raise(&dir, &args.listen, &args.status_listen, SPEED).await?;
    introduce(&stage, args.no_browser);
    let app = stage.running.app.clone();
    let technician = tokio::spawn(technician(app.clone(), stage.lab.clone()));
    tokio::spawn(start_trouble(stage.lab.clone()));
    tokio::select! {
        ended = stage.running.ended() => ended.context("the server ended")?,
        stopped = tokio::signal::ctrl_c() => stopped.context("waiting for Ctrl-C")?,
    }
    technician.abort();
    Ok(std::process::ExitCode::SUCCESS)
}

async fn raise(dir: &Path, listen: &str, status: &str, speed: f64) -> anyhow::Result<Stage> {
    let people = ["ana", "bo", "chloe", "dieter", "eva"];
    let people = people.into_iter().map(str::parse).collect::<Result<_, _>>()?;
    let demo = Demo { people, inbox: Arc::default(), status: Arc::default() };
    let phones = phones::start(demo.clone()).await?;
    let prove = if speed > SPEED { "2s" } else { "6s" };
    let text =
        CONFIG.replace("PHONES", &phones.to_string()).replace("SPEED", &format!("{speed:.1}")).replace("PROVE", prove);
    let clock: noout_server::Clock = Arc::new(jiff::Timestamp::now);
    let (text, config) = ana_first(text, clock())?;
    let data = dir.join("noout.db");
    let settings = Settings {
        data: data.clone(),
        config: Some((text, config)),
        dir: dir.to_owned(),
        listen: Some(listen.to_owned()),
        status_listen: Some(status.to_owned()),
        clock,
        pace: Pace { act: Duration::from_millis(100), look: Duration::from_millis(250) },
        demo: Some(demo.clone()),
    };
    let running = noout_server::start(settings).await?;
    demo.status.get_or_init(|| format!("http://{}/", running.status));
    let id: PlatformId = "lab".parse()?;
    let lab = wait_for(Duration::from_secs(10), || running.app.platforms().lab(&id).cloned()).await;
    let lab = lab.context("the lab did not start")?;
    Ok(Stage { running, demo, lab, data })
}

/// The story begins with Ana and Bo on call, whatever week it is: where it is the others' turn, they change places.
fn ana_first(text: String, now: jiff::Timestamp) -> anyhow::Result<(String, noout_core::config::Config)> {
    let read = |text: &str| {
        let (config, checked) = noout_core::config::check(text, now);
        config.filter(|_| checked.ok).with_context(|| format!("the story's own configuration: {:?}", checked.errors))
    };
    let config = read(&text)?;
    let on_call = |s: &noout_core::config::Config| {
        s.schedules.iter().flat_map(|s| s.on_call(&[], now)).flat_map(|on| on.people).any(|p| p.as_str() == "ana")
    };
    if on_call(&config) {
        return Ok((text, config));
    }
    let text = text
        .replace(r#"["ana", "chloe"]"#, r#"["chloe", "ana"]"#)
        .replace(r#"["bo", "dieter"]"#, r#"["dieter", "bo"]"#);
    let config = read(&text)?;
    Ok((text, config))
}

fn introduce(stage: &Stage, no_browser: bool) {
    let console = format!("http://{}/", stage.running.console);
    println!("console {console}");
    println!("status http://{}/", stage.running.status);
    println!();
    println!("A cluster of 5 hosts and 60 guests is running. In a few seconds a fan of {HOST} starts to drop out.");
    println!("Open the console; the bar at its top says what to do next. Ctrl-C ends the story and removes its data.");
    if !no_browser && std::env::var_os("DISPLAY").is_some() {
        // Only a courtesy: where it does not work the address above does.
        let _not_opened = std::process::Command::new("xdg-open").arg(&console).spawn();
    }
}

async fn start_trouble(lab: noout_drivers::lab::Lab) {
    tokio::time::sleep(Duration::from_secs(3)).await;
    if let Err(why) = fan_flaps(&lab) {
        eprintln!("the fan cannot be broken: {why:#}");
    }
}

fn the_fan() -> anyhow::Result<Break> {
    Ok(Break::FanFlap { host: HOST.parse()?, fan: FAN.parse()? })
}

fn fan_flaps(lab: &noout_drivers::lab::Lab) -> anyhow::Result<()> {
    lab.provoke(&the_fan()?).context("the lab")
}

/// The story's technician: when the work order is signed, the fan has been cleaned and holds.
async fn technician(app: App, lab: noout_drivers::lab::Lab) {
    let mut changes = app.changes();
    loop {
        let signed = app.read(|s| {
            s.maintenances
                .all()
                .any(|m| m.host.as_str() == HOST && m.order.as_ref().is_some_and(|o| o.signed.is_some()))
        });
        if signed {
            if let Ok(fan) = the_fan() {
                let _mended_already = lab.mend(&fan);
            }
            return;
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

/// Looks again and again until something is there, or the time is over.
pub(super) async fn wait_for<T>(limit: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let until = tokio::time::Instant::now() + limit;
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if tokio::time::Instant::now() >= until {
            return None;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Whether a maintenance of the story's host is in a phase.
pub(super) fn in_phase(app: &App, phase: Phase) -> Option<noout_core::maintenance::Maintenance> {
    app.read(|s| s.maintenances.all().find(|m| m.host.as_str() == HOST && m.phase == phase).cloned())
}

/// A command as one of the story's people.
pub(super) async fn as_person(
    app: &App,
    person: &noout_types::PersonId,
    command: Command,
) -> Result<(), noout_server::SubmitError> {
    let by = noout_core::Actor::Person(person.clone());
    app.submit(noout_core::Input::Command { by, command }).await.map(|_| ())
}

/// A folder that is removed when the story ends.
struct TempDir(PathBuf);

impl TempDir {
    fn new() -> anyhow::Result<Self> {
        let path =
            std::env::temp_dir().join(format!("noout-demo-{}-{:08x}", std::process::id(), rand::random::<u32>()));
        std::fs::create_dir_all(&path).with_context(|| format!("the folder {} cannot be made", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _left_behind = std::fs::remove_dir_all(&self.0);
    }
}

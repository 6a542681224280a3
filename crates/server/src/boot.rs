//! From a data file to a running server.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use noout_core::config::{Config, Mail};
use noout_core::engine::Command;
use noout_core::{Actor, Input};
use noout_notify::Channels;
use noout_notify::http::HttpSettings;
use noout_notify::mail::{SmtpSettings, SmtpTls};
use noout_store::Reader;
use noout_store::sqlite::SqliteJournal;
use noout_types::{IncidentId, PageId, PersonId, Timestamp};
use parking_lot::RwLock;
use tokio::sync::{mpsc, watch};

use crate::app::{App, Clock, Inner, QUEUE, SubmitError};
use crate::effects::{Pace, Workers};
use crate::keys::{KeyError, Keys, key_path};
use crate::listen::{Shares, raise_files, serve};
use crate::platforms::Platforms;
use crate::writer::{RecoverError, Recovered, WriteError, Writer, recover};

/// What a server is started with.
#[derive(Clone)]
pub struct Settings {
    /// The SQLite file.
    pub data: PathBuf,
    /// The configuration to apply, if it differs from the one in force: the file's text and what it says.
    pub config: Option<(String, Config)>,
    /// Where relative paths of the configuration begin.
    pub dir: PathBuf,
    /// The console's address; the configuration's if absent. Port 0 takes a free one.
    pub listen: Option<String>,
    /// The status page's address; the configuration's if absent.
    pub status_listen: Option<String>,
    /// The clock.
    pub clock: Clock,
    /// How often platforms are asked.
    pub pace: Pace,
    /// The story's data, in `noout demo`.
    pub demo: Option<Demo>,
}

/// What the screens of `noout demo` need to guide a newcomer.
#[derive(Debug, Clone)]
pub struct Demo {
    /// Who may be played: the people of the story, in order.
    pub people: Vec<PersonId>,
    /// What arrived on their phones, oldest first.
    pub inbox: Arc<parking_lot::Mutex<Vec<DemoPage>>>,
    /// The status page's address, once it listens.
    pub status: Arc<std::sync::OnceLock<String>>,
}

/// A page on a phone of the story.
#[derive(Debug, Clone)]
pub struct DemoPage {
    /// The page.
    pub page: PageId,
    /// The incident.
    pub incident: IncidentId,
    /// Whose phone.
    pub person: PersonId,
    /// The headline.
    pub title: String,
    /// The rest.
    pub text: String,
    /// The link to the page view.
    pub ack_url: String,
    /// When it was decided.
    pub at: Timestamp,
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The journal.
    #[error(transparent)]
    Recover(#[from] RecoverError),
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// An address.
    #[error("cannot listen on {address}: {why}")]
    Listen {
        /// Which.
        address: String,
        /// Why.
        why: String,
    },
    /// The configuration is not accepted.
    #[error("the configuration is not accepted")]
    Config(#[source] SubmitError),
    /// What pages are sent with.
    #[error("pages cannot be sent: {0}")]
    Channels(String),
}

impl From<noout_store::StoreError> for BootError {
    fn from(e: noout_store::StoreError) -> Self {
        Self::Recover(RecoverError::Store(e))
    }
}

/// A server that runs.
pub struct Running {
    /// For whoever works with it in the same process.
    pub app: App,
    /// Where the console listens.
    pub console: SocketAddr,
    /// Where the status page listens.
    pub status: SocketAddr,
    /// Where mails are taken, if they are.
    pub smtp: Option<SocketAddr>,
    /// The link for the first sign-in, as long as nobody has a password.
    pub setup_link: Option<String>,
    writer: std::thread::JoinHandle<Result<(), WriteError>>,
    tasks: tokio::task::JoinSet<()>,
    stop: Arc<tokio::sync::Notify>,
}

/// Stops a server that runs.
pub struct Stopper(Arc<tokio::sync::Notify>);

impl Stopper {
    /// Nothing more is accepted; what is queued is committed, a snapshot is written, and [`Running::ended`] returns.
    pub fn stop(&self) {
        self.0.notify_one();
    }
}

impl Running {
    /// What stops it.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        Stopper(self.stop.clone())
    }

    /// Waits until the writer ends: because the journal cannot be written.
    ///
    /// # Errors
    /// Why it ended.
    pub async fn ended(self) -> Result<(), WriteError> {
        let writer = self.writer;
        let waited = tokio::task::spawn_blocking(move || writer.join()).await;
        drop(self.tasks);
        match waited {
            Ok(Ok(result)) => result,
            Ok(Err(_panic)) => Err(WriteError::Encode("the writer panicked".into())),
            Err(why) => Err(WriteError::Encode(why.to_string())),
        }
    }
}

/// Starts a server: recovers the state, applies the configuration, opens the listeners, begins what is pending.
///
/// # Errors
/// Anything without which it must not run.
pub async fn start(settings: Settings) -> Result<Running, BootError> {
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let mut journal = SqliteJournal::open(&settings.data)?;
    let keys = Keys::open(&key_path(&settings.data), rand::random())?;
    let reader: Arc<dyn Reader> = Arc::new(journal.reader()?);
    let Recovered { state, head, last, unsaved } = recover(&mut journal)?;
    let state = Arc::new(RwLock::new(state));
    let (submit, inbox) = mpsc::channel(QUEUE);
    let (seq_sender, seq) = watch::channel(head.seq);
    let now = (settings.clock)();
    let metrics = Arc::new(crate::http::metrics::Metrics::default());
    let shares = Shares::of(raise_files());
    let stop = Arc::new(tokio::sync::Notify::new());
    let writer = Writer {
        state: state.clone(),
        journal: Box::new(journal),
        head,
        inbox,
        seq: seq_sender,
        clock: settings.clock.clone(),
        last,
        last_wall: (now, tokio::time::Instant::now()),
        unsaved,
        pace: crate::writer::Pace::new(tokio::time::Instant::now()),
        metrics: metrics.clone(),
        stop: stop.clone(),
    };
    let runtime = tokio::runtime::Handle::current();
    #[expect(clippy::expect_used, reason = "without a thread there is no server")]
    let writer = std::thread::Builder::new()
        .name("noout-writer".into())
        .spawn(move || {
            let ended = writer.run(&runtime);
            if let Err(why) = &ended {
                tracing::error!(why = %noout_types::with_sources(why), "the writer ended");
            }
            ended
        })
        .expect("a thread for the writer");
    let app = App(Arc::new(Inner {
        state,
        submit,
        seq,
        reader,
        keys,
        clock: settings.clock.clone(),
        platforms: RwLock::default(),
        channels: std::sync::OnceLock::new(),
        desks: RwLock::default(),
        started_at: now,
        last_polls: parking_lot::Mutex::default(),
        console_address: std::sync::OnceLock::new(),
        setup: crate::console::Setup::new(shares.streams),
        demo: settings.demo.clone(),
        metrics,
    }));
    apply_config(&app, &settings).await?;
    let channels = Arc::new(RwLock::new(Arc::new(channels(&app)?)));
    app.0.channels.set(channels.clone()).ok();
    // Before anybody asks and before effects begin: an act that was under way needs its driver at once.
    let driven = drive(&app, &settings);
    let mut tasks = tokio::task::JoinSet::new();
    let (console, status) = listen(&app, &settings, shares, &mut tasks).await?;
    let smtp = take_mails(&app, &settings, &mut tasks).await?;
    tasks.spawn(crate::telegram::listen(app.clone()));
    tasks.spawn(crate::watchdog::run(app.clone()));
    tasks.spawn(follow_config(app.clone(), settings.clone(), channels.clone(), driven));
    crate::named::tell(&app).await;
    // What lapsed while nobody was running is known before anything is begun.
    app.submit_patiently(Input::Tick).await.map_err(BootError::Config)?;
    tasks.spawn(Workers::new(app.clone(), channels, settings.pace).run());
    let open = app.read(|s| s.passwords.is_empty());
    let setup_link = open.then(|| app.setup_link(&console));
    Ok(Running { app, console, status, smtp, setup_link, writer, tasks, stop })
}

async fn apply_config(app: &App, settings: &Settings) -> Result<(), BootError> {
    let Some((text, config)) = settings.config.clone() else { return Ok(()) };
    let same = app.read(|s| s.config_version > 0 && s.config == config);
    if same {
        return Ok(());
    }
    // Whoever starts the server with this file means it.
    let command = Command::ApplyConfig { text, config: Box::new(config), force: true };
    let input = Input::Command { by: Actor::Local, command };
    app.submit_patiently(input).await.map(|_| ()).map_err(BootError::Config)
}

/// The channels of the present configuration.
fn channels(app: &App) -> Result<Channels, BootError> {
    channels_of(app, &app.read(|s| s.config.clone()))
}

/// The channels of a configuration; tried before it is applied, for with channels that cannot be made nobody is paged.
pub(crate) fn channels_of(app: &App, config: &Config) -> Result<Channels, BootError> {
    let smtp = config.mail.as_ref().map(smtp).transpose().map_err(BootError::Channels)?;
    let secret = match &config.webhook.secret {
        Some(name) => crate::secret::read(name).map_err(BootError::Channels)?,
        None => app.keys().derived("webhook"),
    };
    let services = crate::channels::services(app, config).map_err(BootError::Channels)?;
    let channels = Channels::new(&HttpSettings::default(), smtp, Some(secret.into()))
        .map_err(|e| BootError::Channels(noout_types::with_sources(&e)))?;
    Ok(channels.with(services, Arc::new(crate::secret::read)))
}

/// `smtp://host:25`, `smtp+starttls://host:587`, `smtps://host:465`.
fn smtp(mail: &Mail) -> Result<SmtpSettings, String> {
    let allowed = "allowed are smtp://HOST:25, smtp+starttls://HOST:587 and smtps://HOST:465";
    let (scheme, rest) = mail.url.split_once("://").ok_or_else(|| format!("{:?}: {allowed}", mail.url))?;
    let (tls, port) = match scheme {
        "smtp" => (SmtpTls::None, 25),
        "smtp+starttls" => (SmtpTls::Starttls, 587),
        "smtps" => (SmtpTls::Tls, 465),
        _ => return Err(format!("{:?}: {allowed}", mail.url)),
    };
    let (host, port) = match rest.trim_end_matches('/').rsplit_once(':') {
        Some((host, text)) => (host, text.parse().map_err(|_| format!("{text:?} is no port: {allowed}"))?),
        None => (rest.trim_end_matches('/'), port),
    };
    let login = match (&mail.user, &mail.password) {
        (Some(user), Some(name)) => Some((user.clone(), crate::secret::read(name)?.into())),
        _ => None,
    };
    let host = host.trim_matches(['[', ']']).to_owned();
    Ok(SmtpSettings { host, port, tls, login, from: mail.from.clone(), hello: None, ca_pem: None })
}

/// Makes the drivers of the present configuration, and gives its version.
fn drive(app: &App, settings: &Settings) -> u64 {
    let (version, config) = app.read(|s| (s.config_version, s.config.clone()));
    let (platforms, errors) = Platforms::new(&config, &settings.dir, &settings.clock);
    for why in errors {
        tracing::error!(%why, "a platform cannot be driven");
    }
    *app.0.platforms.write() = Arc::new(platforms);
    let (desks, errors) = crate::tickets::Desks::new(&config);
    for why in errors {
        tracing::error!(%why, "a tracker cannot be set up");
    }
    *app.0.desks.write() = Arc::new(desks);
    version
}

/// Drivers, pollers and channels follow the configuration, from the version on that the drivers were made of.
async fn follow_config(app: App, settings: Settings, channels: Arc<RwLock<Arc<Channels>>>, mut version: u64) {
    let mut changes = app.changes();
    let mut polls = tokio::task::JoinSet::new();
    crate::poll::start(&app, &mut polls);
    crate::tickets::start(&app, &mut polls);
    while changes.changed().await.is_ok() {
        if app.read(|s| s.config_version) == version {
            continue;
        }
        version = drive(&app, &settings);
        crate::named::tell(&app).await;
        match self::channels(&app) {
            Ok(made) => *channels.write() = Arc::new(made),
            Err(why) => tracing::error!(%why, "the new configuration's channels cannot be used; the old ones stay"),
        }
        polls.abort_all();
        crate::poll::start(&app, &mut polls);
        crate::tickets::start(&app, &mut polls);
    }
}

async fn listen(
    app: &App,
    settings: &Settings,
    shares: Shares,
    tasks: &mut tokio::task::JoinSet<()>,
) -> Result<(SocketAddr, SocketAddr), BootError> {
    let server = app.read(|s| s.config.server.clone());
    let console = bind(settings.listen.as_deref().unwrap_or(&server.listen)).await?;
    let status = bind(settings.status_listen.as_deref().unwrap_or(&server.status_listen)).await?;
    let addresses = (address(&console)?, address(&status)?);
    app.0.console_address.set(addresses.0).ok();
    tasks.spawn(serve(console, crate::http::console_router(app.clone()), shares.console));
    tasks.spawn(serve(status, crate::http::status_router(app.clone()), shares.status));
    Ok(addresses)
}

/// The listener for mails, if one is configured.
async fn take_mails(
    app: &App,
    settings: &Settings,
    tasks: &mut tokio::task::JoinSet<()>,
) -> Result<Option<SocketAddr>, BootError> {
    let Some(config) = app.read(|s| s.config.smtp_in.clone()) else { return Ok(None) };
    let err = |why| BootError::Listen { address: config.listen.clone(), why };
    let server = crate::smtp::prepare(app, &config, &settings.dir).map_err(err)?;
    let listener = bind(&config.listen).await?;
    let at = address(&listener)?;
    tasks.spawn(server.serve(listener));
    Ok(Some(at))
}

async fn bind(address: &str) -> Result<tokio::net::TcpListener, BootError> {
    let err = |why: std::io::Error| BootError::Listen { address: address.to_owned(), why: why.to_string() };
    tokio::net::TcpListener::bind(address).await.map_err(err)
}

fn address(listener: &tokio::net::TcpListener) -> Result<SocketAddr, BootError> {
    listener.local_addr().map_err(|e| BootError::Listen { address: "?".into(), why: e.to_string() })
}

/// How long a stopping server waits for its writer.
pub const STOP_LIMIT: Duration = Duration::from_secs(10);

//! What every handler and worker holds: the committed state, the way to change it, the read tables.

use std::sync::Arc;

use noout_core::{Event, Input, Refusal, State};
use noout_store::Reader;
use noout_types::Timestamp;
use parking_lot::RwLock;
use tokio::sync::{mpsc, oneshot, watch};

use crate::keys::Keys;
use crate::platforms::Platforms;

/// The one clock. Tests and the simulator bring their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Inputs that may wait for the writer. More than this and the intake answers 429: shed visibly,
/// never after a 2xx.
pub(crate) const QUEUE: usize = 8192;

/// What a commit gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Committed {
    /// The last record that the input caused; the journal's end if it caused none.
    pub seq: u64,
    /// What happened.
    pub events: Vec<Event>,
}

/// Why an input was not committed.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The core says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Too many inputs wait; try again later.
    #[error("too much is coming in: try again in a few seconds")]
    Busy,
    /// What it would write could not be read again at the next start: a defect of noout.
    #[error("nothing was accepted: what would be written could not be read again, which is a defect of noout ({0})")]
    Unreadable(String),
    /// The writer is gone; the process is about to end and start anew.
    #[error("the journal cannot be written; nothing was accepted")]
    Gone,
}

pub(crate) struct Submission {
    pub input: Input,
    pub reply: oneshot::Sender<Result<Committed, SubmitError>>,
}

pub(crate) struct Inner {
    pub state: Arc<RwLock<State>>,
    pub submit: mpsc::Sender<Submission>,
    pub seq: watch::Receiver<u64>,
    pub reader: Arc<dyn Reader>,
    pub keys: Keys,
    pub clock: Clock,
    pub platforms: RwLock<Arc<Platforms>>,
    pub channels: std::sync::OnceLock<Arc<RwLock<Arc<noout_notify::Channels>>>>,
    pub desks: RwLock<Arc<crate::tickets::Desks>>,
    pub started_at: Timestamp,
    pub last_polls: parking_lot::Mutex<crate::poll::LastPolls>,
    pub console_address: std::sync::OnceLock<std::net::SocketAddr>,
    pub setup: crate::console::Setup,
    pub demo: Option<crate::boot::Demo>,
    pub metrics: Arc<crate::http::metrics::Metrics>,
}

/// Cheap to clone; everything behind one pointer.
#[derive(Clone)]
pub struct App(pub(crate) Arc<Inner>);

impl App {
    /// Looks at the committed state. Keep it short: the writer waits meanwhile.
    pub fn read<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(&self.0.state.read())
    }

    /// Hands an input to the writer and waits until it is committed: only then may anybody be told.
    ///
    /// # Errors
    /// Refused by the core, shed because too much waits, or the journal cannot be written.
    pub async fn submit(&self, input: Input) -> Result<Committed, SubmitError> {
        let (reply, answer) = oneshot::channel();
        self.0.submit.try_send(Submission { input, reply }).map_err(|e| match e {
            mpsc::error::TrySendError::Full(_) => SubmitError::Busy,
            mpsc::error::TrySendError::Closed(_) => SubmitError::Gone,
        })?;
        answer.await.unwrap_or(Err(SubmitError::Gone))
    }

    /// As [`App::submit`], waiting for a place in the queue: for outcomes of effects, which must not be lost.
    ///
    /// # Errors
    /// As [`App::submit`], but never busy.
    pub async fn submit_patiently(&self, input: Input) -> Result<Committed, SubmitError> {
        let (reply, answer) = oneshot::channel();
        self.0.submit.send(Submission { input, reply }).await.map_err(|_| SubmitError::Gone)?;
        answer.await.unwrap_or(Err(SubmitError::Gone))
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0.clock)()
    }

    /// The read tables.
    #[must_use]
    pub fn reader(&self) -> &dyn Reader {
        &*self.0.reader
    }

    /// Signing and checking of links, sessions and local tokens.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// Changes whenever something was committed: for live pages.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.seq.clone()
    }

    /// The drivers, as the present configuration names them.
    #[must_use]
    pub fn platforms(&self) -> Arc<Platforms> {
        self.0.platforms.read().clone()
    }

    /// The channels of the present configuration; none while the server starts.
    pub(crate) fn channels(&self) -> Option<Arc<noout_notify::Channels>> {
        self.0.channels.get().map(|channels| channels.read().clone())
    }

    /// The last poll of a host's BMC, whether or not it changed anything.
    #[must_use]
    pub fn last_poll(&self, host: &noout_types::HostId) -> Option<noout_core::platform::SensorPoll> {
        self.0.last_polls.lock().get(host).cloned()
    }

    pub(crate) fn saw(&self, poll: &noout_core::platform::SensorPoll) {
        self.0.last_polls.lock().insert(poll.host.clone(), poll.clone());
    }

    /// What links begin with: the configured public address, else where the console really listens.
    #[must_use]
    pub fn base_url(&self) -> String {
        let configured = self.read(|s| s.config.server.public_url.clone());
        match (configured, self.0.console_address.get()) {
            (Some(url), _) => url.trim_end_matches('/').to_owned(),
            (None, Some(address)) => format!("http://{address}"),
            (None, None) => self.read(|s| s.config.server.base_url()),
        }
    }

    /// The link for the first sign-in.
    pub(crate) fn setup_link(&self, console: &std::net::SocketAddr) -> String {
        format!("http://{console}/setup?token={}", self.0.setup.token())
    }

    /// The ticket systems of the present configuration.
    pub(crate) fn desks(&self) -> Arc<crate::tickets::Desks> {
        self.0.desks.read().clone()
    }

    pub(crate) fn metrics(&self) -> &crate::http::metrics::Metrics {
        &self.0.metrics
    }

    /// Inputs that wait for the writer, and how many may.
    pub(crate) fn queue(&self) -> (usize, usize) {
        let limit = self.0.submit.max_capacity();
        (limit - self.0.submit.capacity(), limit)
    }

    /// When this process started.
    #[must_use]
    pub fn started_at(&self) -> Timestamp {
        self.0.started_at
    }

    /// Set in `noout demo`: the story's data for the screens that guide a newcomer.
    #[must_use]
    pub fn demo(&self) -> Option<&crate::boot::Demo> {
        self.0.demo.as_ref()
    }
}

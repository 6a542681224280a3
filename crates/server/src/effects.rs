//! Workers: each effect that the state says is pending is done once at a time, and its outcome goes
//! back to the writer. Which effects there are is never remembered here: it is read from the state.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use noout_core::contact::ContactCommand;
use noout_core::engine::{is_pending, pending_follows, pending_sends, pending_tickets, pending_works};
use noout_core::maintenance::Maintenance;
use noout_core::paging::{Dispatch, SendOutcome};
use noout_core::platform::{Act, Ensured};
use noout_core::{Actor, Command, Effect, Input};
use noout_notify::{Channels, Outcome, Recipient};
use noout_types::{MaintenanceId, PageId, Span};
use parking_lot::Mutex;

use crate::app::App;
use crate::keys::Grant;
use crate::message::Outgoing;

/// Sends in flight at one time; the rest waits in the state. More would only open more sockets to the same relay.
const MAX_SENDS: usize = 64;

/// Messages whose providers are asked at one time.
const MAX_FOLLOWS: usize = 64;

/// The longest pause between two questions to a provider about one message.
const FOLLOW_PAUSE: Duration = Duration::from_secs(30);

/// An act that the platform has not answered after this long is ambiguous: read back, never repeated blindly.
const ACT_LIMIT: Duration = Duration::from_secs(120);

/// How often a platform that works on an act is asked again, and looked at during a maintenance.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Between two questions about a running act.
    pub act: Duration,
    /// Between two looks.
    pub look: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { act: Duration::from_secs(1), look: Duration::from_secs(2) }
    }
}

fn outcome_of(outcome: Outcome) -> SendOutcome {
    match outcome {
        Outcome::Delivered(words) => SendOutcome::Delivered(words),
        Outcome::Accepted { words, handle, wait } => SendOutcome::Accepted { words, handle, wait },
        Outcome::Permanent(words) => SendOutcome::Permanent(words),
        Outcome::Transient(words) => SendOutcome::Transient(words),
        Outcome::Busy { words, retry_after } => SendOutcome::Busy { words, retry_after },
        Outcome::Ambiguous(words) => SendOutcome::Ambiguous(words),
    }
}

/// An outcome's word in the metrics.
fn word_of(outcome: &SendOutcome) -> &'static str {
    match outcome {
        SendOutcome::Delivered(_) => "delivered",
        SendOutcome::Accepted { .. } => "accepted",
        SendOutcome::Permanent(_) => "permanent",
        SendOutcome::Transient(_) => "transient",
        SendOutcome::Busy { .. } => "busy",
        SendOutcome::Ambiguous(_) => "ambiguous",
    }
}

#[derive(Clone)]
pub(crate) struct Workers {
    app: App,
    channels: Arc<parking_lot::RwLock<Arc<Channels>>>,
    in_flight: Arc<Mutex<InFlight>>,
    pace: Pace,
}

/// What a driver is asked.
#[derive(Debug, Clone, Copy)]
enum Call {
    Ensure,
    Probe,
}

/// The ids of what is being done.
#[derive(Debug, Default)]
struct InFlight {
    sends: BTreeSet<String>,
    follows: BTreeSet<String>,
    works: BTreeSet<String>,
    /// Apart from the sends, so that a tracker that hangs takes no page's place. One for each tracker at the most.
    tickets: BTreeSet<String>,
}

impl InFlight {
    fn of(&mut self, effect: &Effect) -> &mut BTreeSet<String> {
        match effect {
            Effect::Send { .. } | Effect::Try { .. } | Effect::Tell { .. } => &mut self.sends,
            Effect::Follow { .. } => &mut self.follows,
            Effect::Ticket { .. } => &mut self.tickets,
            Effect::Ensure { .. } | Effect::Probe { .. } | Effect::Observe { .. } => &mut self.works,
        }
    }
}

impl Workers {
    pub(crate) fn new(app: App, channels: Arc<parking_lot::RwLock<Arc<Channels>>>, pace: Pace) -> Self {
        Self { app, channels, in_flight: Arc::default(), pace }
    }

    /// Runs for ever: after each commit, whatever is pending and not in flight is begun.
    pub(crate) async fn run(self) {
        let mut changes = self.app.changes();
        loop {
            self.begin();
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// Begins what is pending and not in flight. In a storm thousands of messages wait: only as many are
    /// looked at as may leave.
    fn begin(&self) {
        let new: Vec<_> = self.app.read(|state| {
            let mut in_flight = self.in_flight.lock();
            let works = pending_works(state).filter(|e| !in_flight.works.contains(&e.id())).collect::<Vec<_>>();
            let free = MAX_SENDS.saturating_sub(in_flight.sends.len());
            let sends = pending_sends(state).filter(|e| !in_flight.sends.contains(&e.id())).take(free);
            let room = MAX_FOLLOWS.saturating_sub(in_flight.follows.len());
            let follows = pending_follows(state).filter(|e| !in_flight.follows.contains(&e.id())).take(room);
            let tickets = pending_tickets(state).filter(|e| !in_flight.tickets.contains(&e.id()));
            let new: Vec<_> = works.into_iter().chain(sends).chain(follows).chain(tickets).collect();
            new.iter().for_each(|e| _ = in_flight.of(e).insert(e.id()));
            new
        });
        for effect in new {
            let worker = self.clone();
            tokio::spawn(async move {
                worker.perform(&effect).await;
                worker.in_flight.lock().of(&effect).remove(&effect.id());
                // The outcome was committed before its id was free again, so the loop may have passed
                // by what is pending under the same id now: another look, another attempt.
                worker.begin();
            });
        }
    }

    fn still_pending(&self, effect: &Effect) -> bool {
        self.app.read(|state| is_pending(state, effect))
    }

    async fn perform(&self, effect: &Effect) {
        match effect {
            Effect::Send { page, attempt, contact } => self.send(effect, *page, *attempt, *contact).await,
            Effect::Tell { memo, attempt, contact } => self.letter(effect, *memo, *attempt, *contact).await,
            Effect::Ensure { id, step, attempt, act, until } => {
                if self.app.now() >= *until {
                    // The machine slept between the intent and now; the writer is about to say that it lapsed.
                    tokio::time::sleep(self.pace.act).await;
                } else if self.still_pending(effect) {
                    self.work(*id, *step, *attempt, act, Call::Ensure).await;
                }
            }
            Effect::Probe { id, step, attempt, act, not_before } => {
                if let Some(wait) = not_before.map(|t| Span::between(self.app.now(), t)) {
                    tokio::time::sleep(wait.std()).await;
                }
                while self.still_pending(effect) && self.work(*id, *step, *attempt, act, Call::Probe).await {
                    tokio::time::sleep(self.pace.act).await;
                }
            }
            Effect::Observe { id } => self.observe(effect, *id).await,
            Effect::Try { test } => self.test(effect, *test).await,
            Effect::Follow { of, handle } => self.follow(effect, of, handle).await,
            Effect::Ticket { ticket, item, attempt } => {
                if let Some(input) = crate::tickets::perform(&self.app, *ticket, *item, *attempt).await {
                    self.tell(input).await;
                }
            }
        }
    }

    async fn send(&self, effect: &Effect, page: PageId, attempt: u32, contact: u16) {
        // Checked in the moment of sending: an acknowledgement stops pages at once.
        let base = self.app.base_url();
        let prepared = self.app.read(|state| {
            let app = &self.app;
            is_pending(state, effect).then(|| crate::message::prepare(state, app, page, attempt, contact, &base))
        });
        let Some(prepared) = prepared else { return };
        let Some(outgoing) = prepared else {
            let outcome = SendOutcome::Transient("the contact was taken out of the configuration".into());
            return self.tell(Input::Sent { page, attempt, outcome }).await;
        };
        self.app.metrics().sending(attempt, outgoing.message.at, self.app.now());
        let outcome = self.leave(&outgoing).await;
        let taken = match &outcome {
            SendOutcome::Accepted { handle, .. } => handle.clone(),
            _ => None,
        };
        self.tell(Input::Sent { page, attempt, outcome }).await;
        // Acknowledged while it was being handed over: what rings on is taken back.
        if let Some(handle) = taken
            && self.app.read(|s| s.paging.page(page).is_none_or(|p| !p.awaited.contains_key(&attempt)))
        {
            let channels = self.channels.read().clone();
            channels.withdraw(&outgoing.contact, &handle).await;
        }
    }

    /// Hands a message over, forgets devices that are gone, and counts how it ended.
    async fn leave(&self, outgoing: &Outgoing) -> SendOutcome {
        let channels = self.channels.read().clone();
        let devices = crate::devices::open(&self.app, &outgoing.devices);
        let (email, phone) = (outgoing.email.as_deref(), outgoing.phone.as_deref());
        let to = Recipient { email, phone, devices: &devices };
        let sent = channels.send(&outgoing.contact, &to, &outgoing.message).await;
        for device in sent.gone {
            let command = ContactCommand::Drop { person: outgoing.message.person.clone(), device };
            self.tell(Input::Command { by: Actor::Noout, command: Command::Contact(command) }).await;
        }
        let outcome = outcome_of(sent.outcome);
        if let SendOutcome::Permanent(why) = &outcome {
            let (person, channel) = (&outgoing.message.person, outgoing.contact.shown());
            tracing::warn!(%person, channel, %why, "a message was refused for good");
        }
        self.app.metrics().sent(word_of(&outcome));
        outcome
    }

    async fn test(&self, effect: &Effect, test: u64) {
        let base = self.app.base_url();
        let prepared = self.app.read(|state| {
            is_pending(state, effect).then(|| crate::message::prepare_test(state, &self.app, test, &base))
        });
        let Some(prepared) = prepared else { return };
        let outcome = match prepared {
            Some(outgoing) => self.leave(&outgoing).await,
            None => SendOutcome::Permanent("the contact was taken out of the configuration".into()),
        };
        self.tell(Input::Tested { test, outcome }).await;
    }

    /// Asks a provider again and again what became of a message, and takes it back when it is needed no more.
    async fn follow(&self, effect: &Effect, of: &Dispatch, handle: &str) {
        let Some(contact) = self.app.read(|s| crate::message::contact_of(s, of)) else { return };
        let mut pause = self.pace.act * 3;
        while self.still_pending(effect) {
            let channels = self.channels.read().clone();
            let followed = channels.follow(&contact, handle).await;
            crate::replies::followed(&self.app, of, followed).await;
            if self.still_pending(effect) {
                tokio::time::sleep(pause).await;
            }
            pause = (pause * 3 / 2).min(FOLLOW_PAUSE);
        }
        // Also where the provider said the last word; then there is nothing to take back, and it does no harm.
        let channels = self.channels.read().clone();
        channels.withdraw(&contact, handle).await;
    }

    async fn letter(&self, effect: &Effect, memo: u64, attempt: u32, contact: u16) {
        let base = self.app.base_url();
        let prepared = self
            .app
            .read(|state| is_pending(state, effect).then(|| crate::oncall::prepare(state, memo, contact, &base)));
        let Some(prepared) = prepared else { return };
        let outcome = match prepared {
            None => SendOutcome::Transient("the contact was taken out of the configuration".into()),
            Some((way, email, message)) => {
                let channels = self.channels.read().clone();
                let to = Recipient { email: email.as_deref(), ..Recipient::default() };
                outcome_of(channels.send(&way, &to, &message).await.outcome)
            }
        };
        self.tell(Input::Told { memo, attempt, outcome }).await;
    }

    /// Asks a driver once and tells the writer how it went; whether the platform is still at it.
    async fn work(&self, maintenance: MaintenanceId, step: u32, attempt: u32, act: &Act, call: Call) -> bool {
        let found = self.app.read(|state| state.maintenances.get(maintenance).map(Target::of));
        let Some(target) = found else { return false };
        let ensured = match tokio::time::timeout(ACT_LIMIT, self.call(&target, act, call)).await {
            Ok(ensured) => ensured,
            Err(_elapsed) => Ensured::Ambiguous { why: format!("no answer within {} s", ACT_LIMIT.as_secs()) },
        };
        let goes_on = matches!(ensured, Ensured::Running { .. } | Ensured::Ambiguous { .. });
        self.tell(Input::Acted { id: maintenance, step, attempt, ensured }).await;
        goes_on
    }

    async fn call(&self, target: &Target, act: &Act, call: Call) -> Ensured {
        let platforms = self.app.platforms();
        // The act may have begun in an earlier life of this process. Without a driver nobody can say that it was
        // refused: nothing is known.
        let unknown = |why: String| Ensured::Ambiguous { why };
        match act {
            Act::SetNoout { .. } | Act::ClearNoout { .. } => {
                let storage = self.app.read(|s| s.config.storage_of(&target.platform).map(|p| p.id.clone()));
                match (storage.and_then(|id| platforms.storage(&id)), call) {
                    (Some(driver), Call::Ensure) => driver.ensure(act).await,
                    (Some(driver), Call::Probe) => driver.probe(act).await,
                    (None, _) => unknown(format!("the storage of {} cannot be driven", target.platform)),
                }
            }
            Act::MoveGuest { .. } | Act::PowerOff { .. } | Act::PowerOn { .. } => {
                match (platforms.compute(&target.platform), call) {
                    (Some(driver), Call::Ensure) => driver.ensure(act).await,
                    (Some(driver), Call::Probe) => driver.probe(act).await,
                    (None, _) => unknown(format!("{} cannot be driven", target.platform)),
                }
            }
        }
    }

    async fn observe(&self, effect: &Effect, maintenance: MaintenanceId) {
        while self.still_pending(effect) {
            let found = self.app.read(|state| {
                let m = state.maintenances.get(maintenance)?;
                let storage = state.config.storage_of(&m.platform).map(|p| p.id.clone());
                Some((Target::of(m), storage))
            });
            let Some((target, storage)) = found else { return };
            let platforms = self.app.platforms();
            let missing = |what: &str| format!("{what} is not configured");
            let compute = async {
                match platforms.compute(&target.platform) {
                    Some(driver) => driver.observe().await.map(Box::new).map_err(|e| e.to_string()),
                    None => Err(missing(target.platform.as_str())),
                }
            };
            let stored = async {
                let id = storage.as_ref()?;
                Some(match platforms.storage(id) {
                    Some(driver) => driver.observe(&target.host).await.map(Box::new).map_err(|e| e.to_string()),
                    None => Err(missing(id.as_str())),
                })
            };
            let (compute, storage) = tokio::join!(compute, stored);
            self.tell(Input::Observed { id: maintenance, compute, storage }).await;
            tokio::time::sleep(self.pace.look).await;
        }
    }

    async fn tell(&self, input: Input) {
        if let Err(why) = self.app.submit_patiently(input).await {
            // The writer is gone: the effect is still pending in the journal and is done again after the start.
            tracing::error!(%why, "an outcome could not be recorded");
        }
    }
}

struct Target {
    platform: noout_types::PlatformId,
    host: noout_types::HostId,
}

impl Target {
    fn of(m: &Maintenance) -> Self {
        Self { platform: m.platform.clone(), host: m.host.clone() }
    }
}

/// The link of a page: opens the page view for this person and incident.
pub(crate) fn ack_url(app: &App, base: &str, grant: &Grant) -> String {
    format!("{base}/p/{}", app.keys().grant(grant))
}

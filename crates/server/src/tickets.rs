//! Ticket systems: what the core wants of them is done, and what they say is read back.
//!
//! They have workers, limits and tasks of their own, apart from those of pages: whatever a tracker does, no page waits.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use noout_core::config::{Config, Tracker, TrackerKind};
use noout_core::incident::{Cause, Incident};
use noout_core::ticket::{AMBIGUOUS_WAIT, Comment, RemoteComment, RemoteTicket, Saying, Ticket, TicketOutcome, Work};
use noout_core::{Actor, Input, State, says};
use noout_notify::HttpSettings;
use noout_notify::ticket::{
    SeenTicket, TicketDraft, TicketError, TicketKind, TicketSettings, TicketSystem, close, file, say, ticket_system,
};
use noout_types::{Lang, Said, TicketId, TrackerId, Urgency};
use secrecy::SecretString;
use tokio::sync::Notify;

use crate::app::App;

/// No request to a tracker may hold a worker for longer, lookups before it included.
const LIMIT: Duration = Duration::from_secs(60);

/// Alerts whose labels stand in a ticket.
const SHOWN_ALERTS: usize = 5;

/// Between two readings of one round, so that many open tickets are no burst.
const READ_GAP: Duration = Duration::from_millis(250);

/// Hex digits that tell this journal from others in markers.
const JOURNAL_DIGITS: usize = 12;

/// A tracker that can be asked.
pub(crate) struct Desk {
    pub(crate) kind: TicketKind,
    pub(crate) webhook_secret: Option<SecretString>,
    system: Box<dyn TicketSystem>,
    every: Duration,
    /// A webhook came: read now.
    nudge: Notify,
}

impl Desk {
    /// Has its tickets read soon.
    pub(crate) fn nudge(&self) {
        self.nudge.notify_one();
    }
}

/// The trackers of a configuration that could be set up.
#[derive(Default)]
pub(crate) struct Desks(BTreeMap<TrackerId, Arc<Desk>>);

impl Desks {
    /// Sets up what can be; the rest is told, and asked for again by each attempt.
    pub(crate) fn new(config: &Config) -> (Self, Vec<String>) {
        let mut desks = BTreeMap::new();
        let mut errors = Vec::new();
        for tracker in &config.trackers {
            match desk(tracker) {
                Ok(desk) => _ = desks.insert(tracker.id.clone(), Arc::new(desk)),
                Err(why) => errors.push(format!("{}: {why}", tracker.id)),
            }
        }
        (Self(desks), errors)
    }

    pub(crate) fn get(&self, id: &TrackerId) -> Option<Arc<Desk>> {
        self.0.get(id).cloned()
    }
}

fn desk(tracker: &Tracker) -> Result<Desk, String> {
    let secret = |name: &String| crate::secret::read(name).map(SecretString::from);
    let settings = TicketSettings {
        kind: kind(tracker.kind),
        url: tracker.url.parse().map_err(|e| format!("the URL cannot be read ({e})"))?,
        project: tracker.project.clone(),
        queue: tracker.queue.clone(),
        table: tracker.table.clone(),
        user: tracker.user.as_ref().map(secret).transpose()?,
        token: secret(&tracker.token)?,
    };
    let system =
        ticket_system(&settings, &HttpSettings::default()).map_err(|e| noout_types::with_sources(&e).to_string())?;
    let webhook_secret = tracker.webhook_secret.as_ref().map(secret).transpose()?;
    Ok(Desk { kind: settings.kind, webhook_secret, system, every: tracker.every.std(), nudge: Notify::new() })
}

fn kind(kind: TrackerKind) -> TicketKind {
    match kind {
        TrackerKind::Jira => TicketKind::Jira,
        TrackerKind::Servicenow => TicketKind::Servicenow,
        TrackerKind::Glpi => TicketKind::Glpi,
        TrackerKind::Zammad => TicketKind::Zammad,
        TrackerKind::Gitlab => TicketKind::Gitlab,
    }
}

/// What is to be done in a tracker, with its words.
enum Errand {
    File(TicketDraft),
    Say { ticket: String, text: String, marker: String },
    Close { ticket: String },
}

/// Does what is pending, once. `None` if it is not any more.
pub(crate) async fn perform(app: &App, ticket: TicketId, item: u32, attempt: u32) -> Option<Input> {
    let journal = journal(app);
    let base = app.base_url();
    let (tracker, since, errand) = app.read(|state| {
        let known = state.tickets.get(ticket)?;
        let tracker = state.config.tracker(&known.tracker)?;
        let (now, work) = known.work()?;
        let errand = errand(state, tracker, known, work, now, &journal, &base);
        (now == item).then(|| (tracker.id.clone(), known.since(), errand))
    })?;
    let Some(errand) = errand else {
        let outcome = TicketOutcome::Permanent("the incident is too long ago to be told of".to_owned());
        return Some(Input::Ticketed { ticket, item, attempt, outcome });
    };
    if since.is_some_and(|since| since < app.started_at()) {
        // Begun in an earlier life of this process: what it may have made is found only once the tracker's search knows it.
        let wait = noout_types::Span::between(app.now(), AMBIGUOUS_WAIT.after(since.unwrap_or(app.started_at())));
        tokio::time::sleep(wait.std()).await;
    }
    let outcome = match app.desks().get(&tracker) {
        Some(desk) => match tokio::time::timeout(LIMIT, run(&*desk.system, errand)).await {
            Ok(outcome) => outcome,
            Err(_elapsed) => TicketOutcome::Ambiguous(format!("no answer within {} s", LIMIT.as_secs())),
        },
        None => TicketOutcome::Transient("the tracker is not set up: its secret cannot be read".to_owned()),
    };
    Some(Input::Ticketed { ticket, item, attempt, outcome })
}

async fn run(system: &dyn TicketSystem, errand: Errand) -> TicketOutcome {
    let done = match errand {
        Errand::File(draft) => match file(system, &draft).await {
            Ok(filed) => return TicketOutcome::Filed { id: filed.id, url: filed.url },
            Err(error) => Err(error),
        },
        Errand::Say { ticket, text, marker } => say(system, &ticket, &text, &marker).await,
        Errand::Close { ticket } => close(system, &ticket).await,
    };
    match done {
        Ok(()) => TicketOutcome::Done,
        Err(TicketError::Permanent(why)) => TicketOutcome::Permanent(why),
        Err(TicketError::Transient(why)) => TicketOutcome::Transient(why),
        Err(TicketError::Ambiguous(why)) => TicketOutcome::Ambiguous(why),
    }
}

/// What tells this noout from others that use the same tracker.
fn journal(app: &App) -> String {
    app.keys().derived("tickets").chars().take(JOURNAL_DIGITS).collect()
}

fn errand(
    state: &State,
    tracker: &Tracker,
    ticket: &Ticket,
    work: &Work,
    item: u32,
    journal: &str,
    base: &str,
) -> Option<Errand> {
    let marker = ticket.marker(journal);
    Some(match work {
        Work::File => Errand::File(draft(state, tracker.language, ticket, marker, base)?),
        Work::Say(saying) => Errand::Say {
            ticket: ticket.there.clone()?,
            text: words(state, tracker.language, saying),
            marker: format!("{marker}-{item}"),
        },
        Work::Close => Errand::Close { ticket: ticket.there.clone()? },
    })
}

fn draft(state: &State, lang: Lang, ticket: &Ticket, marker: String, base: &str) -> Option<TicketDraft> {
    let incident = state.incident(ticket.incident)?;
    let (title, text) = incident.opened.told(|said| noout_words::say_in(said, lang, &TimeZone::UTC));
    let mut parts: Vec<String> = Vec::new();
    parts.extend(Some(text).filter(|text| !text.is_empty()));
    parts.extend(labels(state, incident));
    parts.push(format!("{base}/incidents/{}", incident.opened.id));
    parts.extend(Some(incident.opened.runbook.clone()).filter(|runbook| !runbook.is_empty()));
    let urgent = incident.opened.urgency == Urgency::High;
    Some(TicketDraft { title, text: parts.join("\n"), marker, urgent })
}

fn labels(state: &State, incident: &Incident) -> Vec<String> {
    if !matches!(incident.opened.cause, Cause::Alert { .. }) {
        return Vec::new();
    }
    let firing = incident.alerts.iter().filter_map(|fp| state.alerts.get(*fp));
    firing.take(SHOWN_ALERTS).map(|alert| alert.labels.to_string()).collect()
}

/// What a person did, in the tracker's language.
fn words(state: &State, lang: Lang, saying: &Saying) -> String {
    let name = |by: &Actor| match by.person().and_then(|id| state.config.person(id)) {
        Some(person) => person.display().to_owned(),
        None => by.person().map_or_else(|| "noout".to_owned(), ToString::to_string),
    };
    let said = match saying {
        Saying::Acked { by } => says::ticket_acked(name(by)),
        Saying::Noted { by, text } => says::ticket_noted(name(by), text),
        Saying::Announced { by, text } => says::ticket_announced(name(by), text),
        Saying::HandedOver { by, to } => says::ticket_handed_over(name(by), name(&Actor::Person(to.clone()))),
        Saying::Resolved { by: Actor::Noout, note } if *note == Said::words("") => says::ticket_over(),
        Saying::Resolved { by, note } => says::ticket_resolved(name(by), [note.clone()]),
    };
    noout_words::say_in(&said, lang, &TimeZone::UTC).trim().to_owned()
}

/// One task for each tracker; they end when the configuration changes.
pub(crate) fn start(app: &App, tasks: &mut tokio::task::JoinSet<()>) {
    for (id, desk) in &app.desks().0 {
        tasks.spawn(follow(app.clone(), id.clone(), desk.clone()));
    }
}

/// Reads a tracker's open tickets, by its pace and whenever a webhook says that there is something new.
async fn follow(app: App, tracker: TrackerId, desk: Arc<Desk>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(desk.every) => {}
            () = desk.nudge.notified() => {}
        }
        let open: Vec<(TicketId, String)> = app.read(|state| {
            let ours = state.tickets.iter().filter(|ticket| ticket.tracker == tracker && ticket.is_followed());
            ours.filter_map(|ticket| Some((ticket.id, ticket.there.clone()?))).collect()
        });
        for (ticket, there) in open {
            match tokio::time::timeout(LIMIT, desk.system.read(&there)).await {
                Ok(Ok(seen)) => {
                    let input = Input::TicketSeen { ticket, seen: remote(seen) };
                    if let Err(why) = app.submit_patiently(input).await {
                        tracing::error!(%tracker, %why, "what a ticket says could not be recorded");
                        return;
                    }
                }
                Ok(Err(TicketError::Permanent(why))) => {
                    tracing::warn!(%tracker, ticket = there, why, "a ticket cannot be read")
                }
                // The whole tracker is away: the next round is soon enough.
                Ok(Err(why)) => {
                    tracing::warn!(%tracker, %why, "a tracker cannot be read");
                    break;
                }
                Err(_elapsed) => break,
            }
            tokio::time::sleep(READ_GAP).await;
        }
    }
}

fn remote(seen: SeenTicket) -> RemoteTicket {
    let comments = seen.comments.into_iter().map(|comment| RemoteComment {
        ours: comment.ours,
        comment: Comment { id: comment.id, author: comment.author, text: comment.text },
    });
    RemoteTicket { closed: seen.closed, comments: comments.collect() }
}

//! From the state to the words of a page, in the moment of sending.

use jiff::tz::TimeZone;
use noout_core::State;
use noout_core::config::Person;
use noout_core::contact::ContactKey;
use noout_core::incident::{Cause, Incident};
use noout_core::paging::{Dispatch, Page};
use noout_notify::Message;
use noout_notify::render::{Facts, Reason, render};
use noout_types::{Contact, IncidentId, Lang, PageId, Severity, Span, Timestamp};

use crate::app::App;
use crate::effects::ack_url;
use crate::keys::{Grant, Ticket};

/// A link in a page works for this long: longer than any night, shorter than a forgotten mail.
const LINK_LIFE: Span = Span::from_hours(48);

/// Alerts whose labels a page shows.
const SHOWN_ALERTS: usize = 3;

/// A message, and what it needs to leave.
pub(crate) struct Outgoing {
    /// By which way.
    pub contact: Contact,
    /// The person's mail address.
    pub email: Option<String>,
    /// The person's number.
    pub phone: Option<String>,
    /// The person's devices: ids and encrypted subscriptions.
    pub devices: Vec<(String, String)>,
    /// What.
    pub message: Message,
}

/// The message, if the page may still leave.
pub(crate) fn prepare(
    state: &State,
    app: &App,
    page: PageId,
    attempt: u32,
    contact: u16,
    base: &str,
) -> Option<Outgoing> {
    let page = state.paging.page(page)?;
    let incident = state.incidents.get(page.incident)?;
    let person = state.config.person(&page.person)?;
    let way = person.ways(incident.opened.urgency).get(usize::from(contact))?.contact.clone();
    let lang = person.language;
    let done = done(state, incident, lang);
    let hit = hit(state, incident, lang);
    let zone = TimeZone::get(&person.timezone).unwrap_or(TimeZone::UTC);
    let (title, text) = told(state, app.now(), incident, lang, &zone);
    let is_group = matches!(incident.opened.cause, Cause::Alert { .. });
    // Those of which people are told go first.
    let counting = state.counting(app.now(), incident);
    let others = incident.alerts.iter().filter(|fp| !counting.contains(fp)).take(SHOWN_ALERTS);
    let first = counting.iter().chain(others).filter_map(|fp| state.alerts.get(*fp)).take(SHOWN_ALERTS);
    let labels: Vec<String> = first.map(|a| a.labels.to_string()).collect();
    let facts = Facts {
        labels: &labels,
        what: &title,
        text: &text,
        alerts: if is_group { incident.alerts_total } else { 0 },
        incident: incident.opened.id,
        severity: incident.opened.severity,
        since: began(state, incident),
        time_zone: &person.timezone,
        hit: &hit,
        done: &done,
        runbook: Some(incident.opened.runbook.as_str()).filter(|r| !r.is_empty()),
        reason: crate::reason::of(state, page, incident),
        also: &also(state, page, app.now(), lang, &zone),
    };
    let words = render(&facts, lang);
    let generation = state.session_generation.get(&person.id).copied().unwrap_or(0);
    let until = LINK_LIFE.after(app.now());
    let grant = Grant { person: person.id.clone(), incident: incident.opened.id, until, generation };
    let message = Message {
        page: page.id,
        attempt,
        incident: incident.opened.id,
        title: words.title,
        text: words.text,
        severity: incident.opened.severity,
        person: person.id.clone(),
        language: person.language,
        ack_url: ack_url(app, base, &grant),
        at: page.at,
        test: None,
        reply: Some(reply_url(app, base, page.dispatch(attempt), until)),
    };
    Some(outgoing(state, person, way, message))
}

fn outgoing(state: &State, person: &Person, contact: Contact, message: Message) -> Outgoing {
    let devices = state.contacts.devices(&person.id).map(|(id, device)| (id.to_owned(), device.sealed.clone()));
    let devices = if contact == Contact::Push { devices.collect() } else { Vec::new() };
    Outgoing { contact, email: person.email.clone(), phone: person.phone.clone(), devices, message }
}

/// Where receipts and answers about a message go to.
fn reply_url(app: &App, base: &str, of: Dispatch, until: Timestamp) -> String {
    format!("{base}/callback/{}", app.keys().ticket(&Ticket { of, until }))
}

/// The message of a test, if its contact is still there.
pub(crate) fn prepare_test(state: &State, app: &App, number: u64, base: &str) -> Option<Outgoing> {
    let test = state.contacts.test(number)?;
    let person = state.config.person(&test.person)?;
    let contact = person.contacts().into_iter().find(|c| ContactKey::of(person, c) == test.contact)?.clone();
    let facts = Facts {
        labels: &[],
        what: "",
        text: "",
        alerts: 0,
        incident: IncidentId(0),
        severity: Severity::Critical,
        since: test.at,
        time_zone: &person.timezone,
        hit: &[],
        done: &[],
        runbook: None,
        reason: Reason::Test,
        also: &[],
    };
    let words = render(&facts, person.language);
    let until = LINK_LIFE.after(app.now());
    let of = Dispatch::Test { test: number, person: person.id.clone() };
    let message = Message {
        page: PageId(0),
        attempt: 1,
        incident: IncidentId(0),
        title: words.title,
        text: words.text,
        // As loud as the worst page: that is what is tried.
        severity: Severity::Critical,
        person: person.id.clone(),
        language: person.language,
        ack_url: format!("{base}/t/{}", app.keys().ticket(&Ticket { of: of.clone(), until })),
        at: test.at,
        test: Some(number),
        reply: Some(reply_url(app, base, of, until)),
    };
    Some(outgoing(state, person, contact, message))
}

/// By which contact a message left.
pub(crate) fn contact_of(state: &State, of: &Dispatch) -> Option<Contact> {
    let person = state.config.person(of.person())?;
    match of {
        Dispatch::Page { page, attempt, incident, .. } => {
            let place = state.paging.page(*page)?.awaited.get(attempt)?.contact;
            let urgency = state.incidents.get(*incident)?.opened.urgency;
            person.ways(urgency).get(usize::from(place)).map(|way| way.contact.clone())
        }
        Dispatch::Test { test, .. } => {
            let key = &state.contacts.test(*test)?.contact;
            person.contacts().into_iter().find(|c| ContactKey::of(person, c) == *key).cloned()
        }
    }
}

/// Title and text, by an alert that nothing holds back.
fn told(state: &State, now: Timestamp, incident: &Incident, lang: Lang, zone: &TimeZone) -> (String, String) {
    let opened = || incident.opened.told(|said| noout_words::say_in(said, lang, zone));
    state.speaks_for(now, incident).unwrap_or_else(opened)
}

/// What else a digest tells: the titles of the other incidents that nobody has yet.
fn also(state: &State, page: &Page, now: Timestamp, lang: Lang, zone: &TimeZone) -> Vec<String> {
    let covered = page.covers.iter().filter_map(|id| state.paging.page(*id)).filter(|p| p.is_owed());
    let incidents = covered.filter_map(|p| state.incidents.get(p.incident));
    incidents.map(|i| told(state, now, i, lang, zone).0).collect()
}

/// When it began, by the clock of whoever saw it first where that is known.
fn began(state: &State, incident: &Incident) -> Timestamp {
    let Cause::Alert { fingerprint, .. } = incident.opened.cause else { return incident.at };
    state.alerts.get(fingerprint).map_or(incident.at, |a| a.starts_at.min(incident.at))
}

/// What noout already did, in the person's language.
fn done(state: &State, incident: &Incident, lang: Lang) -> Vec<String> {
    let maintenance = incident.maintenance.and_then(|id| state.maintenances.get(id));
    maintenance.map(|m| crate::console::planned(lang, m)).into_iter().collect()
}

fn hit(state: &State, incident: &Incident, lang: Lang) -> Vec<String> {
    let component = incident.opened.component.as_ref();
    let found = component.and_then(|id| state.config.components.iter().find(|c| c.id == *id));
    found.map(|c| c.name.get(lang).to_owned()).into_iter().collect()
}

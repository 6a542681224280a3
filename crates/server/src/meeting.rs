//! Requests, decisions and the weekly agenda as the API and the console tell them. What the core does not keep (how long
//! an incident waited for somebody, who was woken for it) is read from the read tables.

use std::collections::BTreeMap;

use noout_api as wire;
use noout_calendar::is_night;
use noout_core::State;
use noout_core::incident::Status as IncidentStatus;
use noout_core::journal::{Document, TimelineRow};
use noout_core::meeting::{About, Decision, participants, sitting};
use noout_core::request::{Request, Status};
use noout_store::{Reader, StoreError};
use noout_types::{IncidentId, PersonId, Span, Timestamp};
use serde::Deserialize;

use crate::App;

/// Coverage gaps of so long are on the agenda: until the meeting after the next three.
const AHEAD: Span = Span::from_hours(24 * 28);

/// Gaps that an agenda names; the rest is counted.
const MAX_GAPS: usize = 20;

/// Incidents that an agenda names; the rest is counted. More of them nobody talks about in one hour.
const MAX_INCIDENTS: usize = 100;

/// Incidents that are looked through for those of the week.
const MAX_LOOKED_AT: usize = 2000;

/// Rows of an incident's timeline that are read for its pages.
const MAX_ROWS: usize = 2000;

/// A request as it is told.
pub(crate) fn request(r: &Request, now: Timestamp) -> wire::TeamRequest {
    let (closed_by, closed_words) = match &r.status {
        Status::Done { by, words, .. } | Status::Declined { by, words, .. } => (Some(by.to_string()), words.clone()),
        Status::Open | Status::Taken => (None, String::new()),
    };
    wire::TeamRequest {
        id: r.id,
        title: r.title.clone(),
        text: r.text.clone(),
        from: wire::RequestFrom { name: r.from.name.clone(), team: r.from.team.clone(), mail: r.from.mail.clone() },
        wanted_by: r.wanted_by.map(|day| day.to_string()),
        urgency: r.urgency.code().to_owned(),
        interrupts: r.interrupts,
        by: r.by.to_string(),
        at: r.at,
        status: r.status.code().to_owned(),
        owner: r.owner.clone(),
        owned_at: r.owned_at,
        closed_at: r.closed_at(),
        closed_by,
        closed_words,
        interrupted: interruptions(r, now).collect(),
    }
}

fn interruptions(r: &Request, now: Timestamp) -> impl Iterator<Item = wire::Interruption> + '_ {
    r.interrupted.iter().map(move |i| wire::Interruption {
        request: r.id,
        title: r.title.clone(),
        owner: r.owner.clone(),
        maintenance: i.maintenance,
        from: i.from,
        until: i.until,
        lasted_ms: i.lasted(now).as_millis(),
    })
}

/// A question as it is told.
pub(crate) fn decision(d: &Decision) -> wire::Decision {
    let voice = |(person, v): (&PersonId, &noout_core::meeting::Voice)| wire::Voice {
        person: person.clone(),
        choice: v.choice.to_string(),
        words: v.words.clone(),
        at: v.at,
        asked: d.asked.contains(person),
    };
    let (incident, request) = match d.about {
        Some(About::Incident(id)) => (Some(id), None),
        Some(About::Request(id)) => (None, Some(id)),
        None => (None, None),
    };
    let closed = d.closed.as_ref();
    wire::Decision {
        id: d.id,
        title: d.title.clone(),
        text: d.text.clone(),
        options: d.options.clone(),
        until: d.until,
        incident,
        request,
        by: d.by.to_string(),
        at: d.at,
        voices: d.voices.iter().map(voice).collect(),
        silent: d.silent().cloned().collect(),
        count: d.choices().into_iter().map(|c| (c.to_string(), d.count(c) as u64)).collect(),
        closed_at: closed.map(|c| c.at),
        closed_by: closed.map(|c| c.by.to_string()),
        decided: closed.map(|c| c.decided.clone()).unwrap_or_default(),
        why: closed.map(|c| c.why.clone()).unwrap_or_default(),
    }
}

/// A request as its document has it. None if an older version wrote something else.
pub(crate) fn request_of(document: &Document) -> Option<Request> {
    read(document)
}

/// A question as its document has it, likewise.
pub(crate) fn decision_of(document: &Document) -> Option<Decision> {
    read(document)
}

fn read<T: serde::de::DeserializeOwned>(document: &Document) -> Option<T> {
    let read = serde_json::from_str(&document.body);
    read.inspect_err(|why| tracing::error!(kind = %document.kind, id = %document.id, %why, "it cannot be read")).ok()
}

/// Questions, the last changed first; only those that mention a text, if one is given. Blocks.
///
/// # Errors
/// The store cannot be read.
pub(crate) fn decisions(
    reader: &dyn Reader,
    open: Option<bool>,
    wanted: &str,
    limit: usize,
) -> Result<Vec<Decision>, StoreError> {
    /// Documents that are read at once, and in all: a question a day for thirty years.
    const PAGE: usize = 200;
    const MAX_SEARCHED: usize = 10_000;
    let (mut found, mut before, mut searched) = (Vec::new(), None, 0);
    while searched < MAX_SEARCHED && found.len() < limit {
        let documents = reader.documents("decision", open, before, PAGE)?;
        let Some(last) = documents.last() else { break };
        (before, searched) = (Some(last.seq), searched + documents.len());
        found.extend(documents.iter().filter_map(decision_of).filter(|d| wanted.is_empty() || d.mentions(wanted)));
    }
    found.truncate(limit);
    Ok(found)
}

/// What the next meeting is about, or the one that goes on. Blocks: it reads the week's incidents.
///
/// # Errors
/// The store cannot be read.
pub(crate) fn agenda(app: &App) -> Result<wire::Agenda, StoreError> {
    let now = app.now();
    let mut agenda = app.read(|s| of_state(s, now));
    let zones: BTreeMap<PersonId, String> =
        app.read(|s| s.config.people.iter().map(|p| (p.id.clone(), p.timezone.clone())).collect());
    let found = incidents(app.reader(), agenda.since)?;
    agenda.incidents_more = found.len().saturating_sub(MAX_INCIDENTS) as u64;
    for found in found.into_iter().take(MAX_INCIDENTS) {
        let rows = app.reader().timeline(&format!("incident/{}", found.opened.id), 0, MAX_ROWS)?;
        agenda.incidents.push(incident(&found, &rows, &zones));
    }
    Ok(agenda)
}

fn of_state(s: &State, now: Timestamp) -> wire::Agenda {
    let meets = sitting(&s.config, now);
    let mut requests: Vec<_> = s.requests.open().collect();
    requests.sort_by(|a, b| (&a.owner, a.at).cmp(&(&b.owner, b.at)));
    let closed_since = |r: &&Request| r.closed_at().is_some_and(|at| at >= meets.since);
    let all = s.requests.open().chain(s.requests.closed());
    let interrupted =
        all.flat_map(|r| interruptions(r, now)).filter(|i| i.until.is_none_or(|until| until >= meets.since));
    let mut gaps: Vec<wire::AgendaGap> = Vec::new();
    for schedule in &s.config.schedules {
        let found = s.gaps(schedule, now, AHEAD.after(now)).into_iter();
        gaps.extend(found.map(|gap| wire::AgendaGap {
            schedule: schedule.id.clone(),
            start: gap.start,
            end: gap.end,
            need: gap.need,
            have: gap.have.into_iter().collect(),
        }));
    }
    gaps.sort_by_key(|gap| gap.start);
    let gaps_more = gaps.len().saturating_sub(MAX_GAPS) as u64;
    gaps.truncate(MAX_GAPS);
    let maintenance = |m: &noout_core::maintenance::Maintenance| wire::AgendaMaintenance {
        id: m.id,
        host: m.host.clone(),
        reason: noout_words::english(&m.reason),
        phase: crate::http::phase_word(m.phase).to_owned(),
        at: m.at,
        interrupted_by: s.requests.interrupting(m.id).map(|r| r.id).collect(),
    };
    wire::Agenda {
        at: meets.at,
        since: meets.since,
        timezone: meets.timezone,
        people: participants(&s.config).into_iter().collect(),
        requests: requests.into_iter().map(|r| request(r, now)).collect(),
        requests_closed: s.requests.closed().filter(closed_since).count() as u64,
        interrupted: interrupted.collect(),
        incidents: Vec::new(),
        incidents_more: 0,
        maintenances: s.maintenances.iter().map(maintenance).collect(),
        gaps,
        gaps_more,
        decisions: s.decisions.open().map(decision).collect(),
    }
}

/// What an incident's document says of it.
#[derive(Deserialize)]
struct Kept {
    #[serde(flatten)]
    opened: noout_core::incident::Opened,
    at: Timestamp,
    status: IncidentStatus,
    owner: Option<PersonId>,
}

/// The incidents that began since an instant, ended since then, or are open; the newest first.
fn incidents(reader: &dyn Reader, since: Timestamp) -> Result<Vec<Kept>, StoreError> {
    const PAGE: usize = 200;
    let mut found: BTreeMap<IncidentId, Kept> = BTreeMap::new();
    for open in [true, false] {
        let (mut before, mut looked_at) = (None, 0);
        while looked_at < MAX_LOOKED_AT {
            let documents = reader.documents("incident", Some(open), before, PAGE)?;
            let Some(last) = documents.last() else { break };
            (before, looked_at) = (Some(last.seq), looked_at + documents.len());
            // The last changed stand first: what was closed before then is followed by older ones alone.
            let over = !open && last.at < since;
            let fresh = documents.iter().filter(|d| open || d.at >= since);
            found.extend(fresh.filter_map(read::<Kept>).map(|kept| (kept.opened.id, kept)));
            if over {
                break;
            }
        }
    }
    Ok(found.into_values().rev().collect())
}

fn incident(kept: &Kept, rows: &[TimelineRow], zones: &BTreeMap<PersonId, String>) -> wire::AgendaIncident {
    let (mut pages, mut night_pages) = (0, 0);
    for row in rows.iter().filter(|row| row.what == "page_opened") {
        let detail: serde_json::Value = serde_json::from_str(&row.detail).unwrap_or_default();
        let zone = detail.get("person").and_then(|p| zones.get(p.as_str()?)).map_or("UTC", String::as_str);
        pages += 1;
        night_pages += u64::from(is_night(zone, row.at));
    }
    let acked = rows.iter().find(|row| row.what == "acked").map(|row| row.at);
    let (status, resolved) = match &kept.status {
        IncidentStatus::Triggered => ("triggered", None),
        IncidentStatus::Acked { .. } => ("acked", None),
        IncidentStatus::Resolved { at, .. } => ("resolved", Some(*at)),
    };
    let since = |at: Timestamp| Span::between(kept.at, at).as_millis();
    wire::AgendaIncident {
        id: kept.opened.id,
        title: kept.opened.title.clone(),
        severity: kept.opened.severity,
        status: status.to_owned(),
        owner: kept.owner.clone(),
        at: kept.at,
        to_ack_ms: acked.map(since),
        to_resolve_ms: resolved.map(since),
        pages,
        night_pages,
    }
}

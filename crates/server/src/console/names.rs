//! Who and what, as people call them.

use noout_core::incident::{Cause, Incident};
use noout_core::maintenance::{Maintenance, Phase};
use noout_core::{Actor, State};
use noout_types::{HostId, Lang, PersonId, Severity};

use super::marks::{Mark, Tone};
use super::times::Watch;
use super::words::T;

/// A person's name.
pub(super) fn name(state: &State, person: &PersonId) -> String {
    state.config.person(person).map_or_else(|| person.to_string(), |p| p.display().to_owned())
}

pub(super) fn actor(state: &State, t: T, by: &Actor) -> String {
    match by {
        Actor::Noout => "noout".into(),
        Actor::Person(id) => name(state, id),
        Actor::Source(id) => id.to_string(),
        Actor::Token(id) => t.a("actor-token", &[("name", id.as_str())]),
        Actor::Local => t.s("actor-local"),
    }
}

/// The actor as the timeline's rows name it.
pub(super) fn actor_text(state: &State, t: T, text: &str) -> String {
    match text.split_once(':') {
        Some(("person", id)) => id.parse().map_or_else(|_| id.to_owned(), |id| name(state, &id)),
        Some(("source", id)) => id.to_owned(),
        Some(("token", id)) => t.a("actor-token", &[("name", id)]),
        _ if text == "local" => t.s("actor-local"),
        _ => text.to_owned(),
    }
}

pub(super) fn names<'a>(state: &State, people: impl IntoIterator<Item = &'a PersonId>) -> String {
    people.into_iter().map(|p| name(state, p)).collect::<Vec<_>>().join(", ")
}

/// What broke, in the reader's language where noout itself found it.
pub(super) fn title(watch: &Watch, incident: &Incident) -> String {
    incident.opened.told(|said| watch.say(said)).0
}

/// What broke, by an alert that nothing holds back: what a page about it says.
pub(super) fn headline(state: &State, watch: &Watch, incident: &Incident) -> String {
    state.speaks_for(watch.now, incident).map_or_else(|| title(watch, incident), |(title, _)| title)
}

/// More about it, likewise; empty if there is no more.
pub(super) fn text(watch: &Watch, incident: &Incident) -> String {
    incident.opened.told(|said| watch.say(said)).1
}

/// A maintenance in one line: how many guests move, and how far it is.
pub(crate) fn planned(lang: Lang, m: &Maintenance) -> String {
    let t = T(lang);
    let moves = m.plan.as_ref().map_or(0, |plan| plan.moves().count());
    let values = [("host", m.host.as_str()), ("n", &moves.to_string()), ("state", &phase_mark(t, m).word)];
    t.a("phone-planned", &values)
}

/// Host and sensor of an incident that noout's own look at sensors opened.
pub(super) fn sensor_of(incident: &Incident) -> Option<(&str, &str)> {
    let Cause::Sensor { key } = &incident.opened.cause else { return None };
    key.strip_prefix("sensor/")?.rsplit_once('/')
}

/// The host that an incident is about, as far as that is known.
pub(super) fn host_of(state: &State, incident: &Incident) -> Option<HostId> {
    if let Some((host, _)) = sensor_of(incident) {
        return host.parse().ok();
    }
    if let Some(m) = incident.maintenance.and_then(|id| state.maintenances.get(id)) {
        return Some(m.host.clone());
    }
    let alert = incident.alerts.iter().find_map(|fp| state.alerts.get(*fp))?;
    let mut named = ["host", "instance", "node"].into_iter().map(|label| alert.labels.get(label));
    named.find(|text| !text.is_empty())?.split(':').next()?.parse().ok()
}

pub(super) fn severity(t: T, severity: Severity) -> String {
    t.s(match severity {
        Severity::Info => "severity-info",
        Severity::Warning => "severity-warning",
        Severity::Critical => "severity-critical",
    })
}

/// An incident's status: hollow once somebody has it.
pub(super) fn incident_mark(t: T, incident: &Incident) -> Mark {
    use noout_core::incident::Status;
    match incident.status {
        Status::Resolved { .. } => Mark::new(Tone::Ok, t.s("status-resolved")),
        Status::Acked { .. } => {
            Mark::new(incident.opened.severity.into(), severity(t, incident.opened.severity)).hollow(true)
        }
        Status::Triggered => Mark::new(incident.opened.severity.into(), severity(t, incident.opened.severity)),
    }
}

/// A maintenance's status.
pub(super) fn phase_mark(t: T, m: &Maintenance) -> Mark {
    let (tone, key) = match m.phase {
        _ if m.hold.is_some() && !m.phase.is_over() => (Tone::Warn, "phase-held"),
        Phase::Planning => (Tone::Unknown, "phase-planning"),
        Phase::Drafted => (Tone::Maintenance, "phase-drafted"),
        Phase::Proposed => (Tone::Maintenance, "phase-proposed"),
        Phase::Running if m.aborted.is_some() => (Tone::Warn, "phase-back"),
        Phase::Running => (Tone::Maintenance, "phase-running"),
        Phase::Done => (Tone::Ok, "phase-done"),
        Phase::Cancelled => (Tone::Unknown, "phase-cancelled"),
    };
    Mark::new(tone, t.s(key)).hollow(matches!(m.phase, Phase::Drafted | Phase::Proposed))
}

/// What holds an incident back, by whom and until when, in one line.
pub(super) fn held_back(p: &super::page::Page, by: &noout_core::silence::Suppression) -> String {
    use noout_core::silence::Rule;
    let rule = match &by.rule {
        Rule::Silence { id } => p.v("rule-silence", "id", &id.to_string()),
        Rule::Mute { id } => p.v("rule-mute", "id", id.as_str()),
        Rule::Inhibit { id, .. } => p.v("rule-inhibit", "id", id.as_str()),
        Rule::Maintenance { id } => p.v("rule-maintenance", "id", &id.to_string()),
    };
    let who = by.author.strip_prefix("person:").unwrap_or(&by.author);
    p.t.a("held-back", &[("rule", &rule), ("who", who), ("until", &p.watch.exact(by.until))])
}

//! The one decision: does something hold this alert back.

use noout_types::{Fingerprint, HostId, Labels, Span, Timestamp};

use super::{Rule, Standing, Suppression};
use crate::engine::State;
use crate::incident::{Cause, Incident};
use crate::maintenance::Maintenance;

/// What ends by an event and not at a time is looked at again after this at the latest.
const LOOK_AGAIN: Span = Span::from_hours(1);

/// Labels that name the machine of an alert.
const MACHINE_LABELS: [&str; 4] = ["host", "node", "instance", "hostname"];

/// What holds an alert back at an instant; of several the one that lasts longest.
#[must_use]
pub fn of_alert(state: &State, at: Timestamp, fp: Fingerprint, labels: &Labels) -> Option<Suppression> {
    let mut all = all_of_alert(state, at, fp, labels);
    all.sort_by_key(|s| s.until);
    all.pop()
}

/// Everything that holds an alert back at an instant.
#[must_use]
pub fn all_of_alert(state: &State, at: Timestamp, fp: Fingerprint, labels: &Labels) -> Vec<Suppression> {
    let mut found: Vec<_> = silences(state, at, labels).collect();
    found.extend(mutes(state, at, labels));
    found.extend(inhibitions(state, at, fp, labels));
    found.extend(maintenances(state, at, labels));
    found
}

/// What holds an incident back: each of its alerts is held back by something. Named is what ends first: then it is
/// looked at again. What noout says itself, and what people open, is never held back.
#[must_use]
pub fn of_incident(state: &State, at: Timestamp, incident: &Incident) -> Option<Suppression> {
    if !matches!(incident.opened.cause, Cause::Alert { .. }) || nothing_holds_back(state) {
        return None;
    }
    let mut first: Option<Suppression> = None;
    for fp in &incident.alerts {
        let alert = state.alerts.get(*fp)?;
        let by = of_alert(state, at, *fp, &alert.labels)?;
        if first.as_ref().is_none_or(|first| by.until < first.until) {
            first = Some(by);
        }
    }
    first
}

/// Alerts of an incident that are asked whether anything holds them back, to find one that speaks for it.
const ASKED: usize = 200;

impl State {
    /// The alerts of an incident for which people are told of it: those that fire and that nothing holds back. At the most so
    /// many are looked at that a page can be written at once.
    #[must_use]
    pub fn counting(&self, at: Timestamp, incident: &Incident) -> Vec<Fingerprint> {
        let free = |fp: &Fingerprint| {
            let alert = self.alerts.get(*fp)?;
            of_alert(self, at, *fp, &alert.labels).is_none().then_some(*fp)
        };
        incident.alerts.iter().take(ASKED).filter_map(free).collect()
    }

    /// Title and text of an incident, by an alert that counts: while the one that opened it is held back and others are not, the
    /// worst of these speaks for it. None if it is called as it was opened.
    #[must_use]
    pub fn speaks_for(&self, at: Timestamp, incident: &Incident) -> Option<(String, String)> {
        let Cause::Alert { fingerprint, .. } = incident.opened.cause else { return None };
        if incident.opened.words.is_some() || nothing_holds_back(self) {
            return None;
        }
        let opener = self.alerts.get(fingerprint)?;
        of_alert(self, at, fingerprint, &opener.labels)?;
        let counting = self.counting(at, incident);
        let alerts = counting.iter().filter_map(|fp| self.alerts.get(*fp));
        let worst = alerts.min_by_key(|alert| (std::cmp::Reverse(alert.severity), alert.received_at))?;
        Some(crate::alert::told(&worst.labels, &worst.annotations))
    }
}

/// The usual case costs nothing.
fn nothing_holds_back(state: &State) -> bool {
    state.silences.live.is_empty()
        && state.config.mutes.is_empty()
        && state.silences.sources.is_empty()
        && !state.maintenances.iter().any(mutes_its_host)
}

fn silences(state: &State, at: Timestamp, labels: &Labels) -> impl Iterator<Item = Suppression> {
    let holds = move |s: &&super::Silence| s.standing(at) == Standing::Active && s.matchers.matches(labels);
    state.silences.live().filter(holds).map(|s| Suppression {
        rule: Rule::Silence { id: s.id },
        author: s.author.clone(),
        until: s.ends_at,
    })
}

fn mutes(state: &State, at: Timestamp, labels: &Labels) -> impl Iterator<Item = Suppression> {
    state.config.mutes.iter().filter_map(move |mute| {
        if mute.until <= at || !mute.matchers.matches(labels) {
            return None;
        }
        let until = mute.window().end_at(at)?.min(mute.until);
        Some(Suppression { rule: Rule::Mute { id: mute.id.clone() }, author: mute.author.to_string(), until })
    })
}

fn inhibitions(state: &State, at: Timestamp, fp: Fingerprint, labels: &Labels) -> impl Iterator<Item = Suppression> {
    let rules = state.config.inhibits.iter().filter(move |rule| rule.target.matches(labels));
    rules.filter_map(move |rule| {
        // Of two alerts that both could explain the other neither does: else nobody would hear of either.
        let both = rule.source.matches(labels);
        let explains = |source: &Fingerprint| {
            let two_sided = || state.alerts.get(*source).is_some_and(|s| rule.target.matches(&s.labels));
            *source != fp && !(both && two_sided())
        };
        let source = state.silences.sources_of(rule, labels).find(explains)?;
        // It ends with the alert that explains it, of which somebody is told.
        let (rule, until) = (Rule::Inhibit { id: rule.id.clone(), source }, LOOK_AGAIN.after(at));
        Some(Suppression {
            rule,
            author: state.config_by.as_ref().map_or_else(String::new, ToString::to_string),
            until,
        })
    })
}

/// What a host says of itself while people take it out wakes nobody, as long as all goes as approved. In a hold it does.
fn maintenances(state: &State, at: Timestamp, labels: &Labels) -> impl Iterator<Item = Suppression> {
    let of_host = move |m: &&Maintenance| mutes_its_host(m) && names_host(labels, &m.host);
    state.maintenances.iter().filter(of_host).filter_map(move |m| {
        // As long as the approval is good, and after that as long as the flag may stand.
        let until = m.approved_until.max(m.noout.deadline).filter(|until| *until > at)?;
        let author = m.approved_by.as_ref()?.to_string();
        Some(Suppression { rule: Rule::Maintenance { id: m.id }, author, until })
    })
}

/// Whether alerts of the maintained host are held back now.
pub(crate) fn mutes_its_host(m: &Maintenance) -> bool {
    m.is_running() && m.hold.is_none()
}

/// The machine that an alert names, without port and domain. The first label that names one counts: the `instance` beside
/// a `host` is often the exporter's.
#[must_use]
pub fn machine(labels: &Labels) -> Option<&str> {
    let named = MACHINE_LABELS.into_iter().map(|name| labels.get(name)).find(|value| !value.is_empty())?;
    Some(short(named))
}

/// A machine's name without port and domain. An address is left whole: its first number names nothing.
fn short(name: &str) -> &str {
    if name.parse::<std::net::IpAddr>().is_ok() {
        return name;
    }
    let host =
        name.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(name, |(h, _)| h);
    if host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok() {
        return host;
    }
    host.split('.').next().unwrap_or(host)
}

fn names_host(labels: &Labels, host: &HostId) -> bool {
    machine(labels).is_some_and(|found| found == short(host.as_str()))
}

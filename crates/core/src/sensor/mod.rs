//! Sensors: what BMCs say, and the faults that come and go.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use noout_detect::SensorState;
use noout_detect::intermittent::{BMC, Changes, Finding, Fleet, Key, Sample};
use noout_types::{HostId, IncidentId, PolicyId, Severity, Timestamp, Urgency};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::engine::State;
use crate::event::Event;
use crate::incident::{Cause, IncidentEvent, Opened};
use crate::platform::{SensorKind, SensorPoll};
use crate::refusal::Refusal;

/// What happened to sensors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SensorEvent {
    /// Some say something else than before. Polls that change nothing are not kept.
    Changed {
        /// What changed.
        changes: Changes,
        /// How many more fans or supplies turn than are needed, for each kind that the poll counted.
        spare: BTreeMap<SensorKind, i64>,
    },
    /// A sensor drops out more often than its like.
    Found {
        /// What was found; it explains itself.
        finding: Finding,
        /// What would be left to spare without it.
        spare: Option<i64>,
    },
    /// A person cleared a finding.
    Cleared {
        /// Which sensor.
        key: Key,
        /// Who.
        by: Actor,
        /// Whether the part was replaced.
        part_replaced: bool,
    },
}

/// What is known of the sensors.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sensors {
    /// The detector's state.
    pub fleet: Fleet,
    /// What each host had to spare at its last change.
    pub spare: BTreeMap<HostId, BTreeMap<SensorKind, i64>>,
}

impl Sensors {
    pub(crate) fn apply(&mut self, at: Timestamp, event: &SensorEvent) {
        match event {
            SensorEvent::Changed { changes, spare } => {
                let _raised = self.fleet.apply(changes);
                self.spare.insert(changes.host.clone(), spare.clone());
            }
            // The finding follows from the changes: it is told for people and changes nothing here.
            SensorEvent::Found { .. } => {}
            SensorEvent::Cleared { key, part_replaced, .. } => {
                let _cleared = self.fleet.clear(key, at, *part_replaced);
            }
        }
    }
}

/// Decides about one poll of one BMC.
pub(crate) fn polled(state: &State, poll: &SensorPoll) -> Vec<Event> {
    let (host, at) = (&poll.host, poll.taken_at);
    let fleet = &state.sensors.fleet;
    // A host that we took away ourselves has no sensors to be worried about.
    let away = state.maintenances.iter().any(|m| m.host == *host && m.host_is_away());
    if away {
        return Vec::new();
    }
    let changes = match &poll.readings {
        Ok(readings) => {
            let samples: Vec<_> = readings
                .iter()
                .map(|r| Sample { sensor: r.sensor.clone(), model: r.model.clone(), state: r.state })
                .collect();
            fleet.diff(host, at, &samples)
        }
        Err(_) => fleet.diff_unreachable(host, at),
    };
    let Some(changes) = changes else { return Vec::new() };
    let mut after = fleet.clone();
    let findings = after.apply(&changes);
    let spare = spare(poll);
    let mut events = vec![Event::Sensor(SensorEvent::Changed { changes, spare: spare.clone() })];
    let mut next = state.next_incident;
    for finding in findings {
        let left = left_without(poll, &after, &finding.key);
        events.push(Event::Sensor(SensorEvent::Found { finding: finding.clone(), spare: left }));
        events.extend(open(state, &mut next, &finding, left));
    }
    if let Some((kind, left)) = spare.iter().find(|(_, left)| **left < 0) {
        events.extend(open_short(state, &mut next, host, *kind, *left));
    }
    events
}

fn needed(poll: &SensorPoll, kind: SensorKind) -> Option<i64> {
    let readings = poll.readings.as_ref().ok()?;
    let total = readings.iter().filter(|r| r.kind == kind).count();
    // Where nobody said how many are needed, all but one are: N+1 is how such hosts are built.
    let default = i64::try_from(total).ok()? - 1;
    Some(poll.needed.get(&kind).map_or(default, |n| i64::from(*n)))
}

fn spare(poll: &SensorPoll) -> BTreeMap<SensorKind, i64> {
    let Ok(readings) = &poll.readings else { return BTreeMap::new() };
    let mut out = BTreeMap::new();
    for kind in [SensorKind::Fan, SensorKind::Power] {
        let of_kind = readings.iter().filter(|r| r.kind == kind);
        if of_kind.clone().next().is_some()
            && let Some(needed) = needed(poll, kind)
        {
            let good = of_kind.filter(|r| r.state == SensorState::Ok).count();
            out.insert(kind, i64::try_from(good).unwrap_or(0) - needed);
        }
    }
    out
}

/// What would be left to spare if none of the sensors that cannot be trusted counted.
fn left_without(poll: &SensorPoll, fleet: &Fleet, key: &Key) -> Option<i64> {
    let readings = poll.readings.as_ref().ok()?;
    let kind = readings.iter().find(|r| r.sensor == key.sensor)?.kind;
    let doubtful = |r: &crate::platform::Reading| {
        fleet.finding(&Key { host: poll.host.clone(), sensor: r.sensor.clone() }).is_some()
    };
    let good = readings.iter().filter(|r| r.kind == kind && r.state == SensorState::Ok && !doubtful(r)).count();
    Some(i64::try_from(good).unwrap_or(0) - needed(poll, kind)?)
}

fn policy_of(state: &State, host: &HostId) -> Option<PolicyId> {
    let bmc = state.config.bmcs.iter().find(|b| b.host == *host);
    bmc.and_then(|b| b.policy.clone()).or_else(|| state.config.policies.first().map(|p| p.id.clone()))
}

/// A finding opens a ticket; people are woken only if nothing is left to spare without the doubtful part.
fn open(state: &State, next: &mut u64, finding: &Finding, left: Option<i64>) -> Option<Event> {
    let key = &finding.key;
    let thin = left.is_some_and(|n| n <= 0);
    let title = if key.sensor.as_str() == BMC {
        format!("{}: the BMC loses its sensors again and again", key.host)
    } else {
        format!("{}: {} drops out again and again", key.host, key.sensor)
    };
    let mut text = finding.sentence();
    if thin {
        text.push_str(" Without it nothing is left to spare: the next failure hurts.");
    }
    opened(state, next, &key.host, format!("sensor/{}/{}", key.host, key.sensor), title, text, thin)
}

fn open_short(state: &State, next: &mut u64, host: &HostId, kind: SensorKind, left: i64) -> Option<Event> {
    let what = if kind == SensorKind::Fan { "fans" } else { "power supplies" };
    let title = format!("{host}: too few {what} work");
    let text = format!("{} fewer {what} work than {host} needs.", -left);
    opened(state, next, host, format!("sensor/{host}/{what}"), title, text, true)
}

fn opened(
    state: &State,
    next: &mut u64,
    host: &HostId,
    key: String,
    title: String,
    text: String,
    page: bool,
) -> Option<Event> {
    if state.incidents.by_key(&key).is_some() {
        return None;
    }
    let id = IncidentId(*next);
    *next += 1;
    let (severity, urgency) =
        if page { (Severity::Critical, Urgency::High) } else { (Severity::Warning, Urgency::Low) };
    Some(Event::Incident(IncidentEvent::Opened(Box::new(Opened {
        id,
        cause: Cause::Sensor { key: key.clone() },
        key,
        title,
        text,
        severity,
        urgency,
        policy: policy_of(state, host),
        component: None,
        runbook: String::new(),
    }))))
}

/// A person clears a finding.
pub(crate) fn clear(state: &State, at: Timestamp, by: Actor, key: Key, part_replaced: bool) -> Result<Vec<Event>, Refusal> {
    state.require(&by, crate::config::Role::Responder)?;
    state.sensors.fleet.may_clear(&key, at, part_replaced).map_err(|e| Refusal::conflict(e.to_string()))?;
    Ok(vec![Event::Sensor(SensorEvent::Cleared { key, by, part_replaced })])
}

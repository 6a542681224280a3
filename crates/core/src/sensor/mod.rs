//! Sensors: what BMCs say, and the faults that come and go.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use noout_detect::SensorState;
use noout_detect::intermittent::{BMC, Changes, Finding, Fleet, Key, Sample};
use noout_types::{HostId, IncidentId, PolicyId, Severity, Timestamp, Urgency};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::engine::State;
use crate::event::Event;
use crate::incident::{Audience, Cause, IncidentEvent, Opened, OwnWords};
use crate::maintenance;
use crate::platform::{Reading, SensorKind, SensorPoll};
use crate::refusal::Refusal;
use crate::says;

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
        /// How many of a kind there are in all, working or not.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        counted: BTreeMap<SensorKind, i64>,
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
    /// The most fans and supplies that each host ever showed: one that is no longer listed is missing.
    pub counted: BTreeMap<HostId, BTreeMap<SensorKind, i64>>,
}

impl Sensors {
    pub(crate) fn apply(&mut self, at: Timestamp, event: &SensorEvent) {
        match event {
            SensorEvent::Changed { changes, spare, counted } => {
                let most = self.counted.entry(changes.host.clone()).or_default();
                for (kind, n) in counted {
                    let before = most.entry(*kind).or_default();
                    *before = (*before).max(*n);
                }
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
    let parts = Parts::of(state, poll);
    let spare = parts.spare();
    let counted = parts.counted.clone();
    let mut events = vec![Event::Sensor(SensorEvent::Changed { changes, spare: spare.clone(), counted })];
    let mut next = state.next_incident;
    let mut drafted = false;
    for finding in findings {
        let left = parts.left_without(&after, &finding.key);
        events.push(Event::Sensor(SensorEvent::Found { finding: finding.clone(), spare: left }));
        let Some((incident, opened)) = open(state, &mut next, &finding, left) else { continue };
        events.push(opened);
        if is_thin(left) && !drafted {
            let draft = draft(state, poll, &finding, incident);
            drafted = !draft.is_empty();
            events.extend(draft);
        }
    }
    if let Some((kind, left)) = spare.iter().find(|(_, left)| **left < 0) {
        events.extend(open_short(state, &mut next, host, *kind, *left).map(|(_, event)| event));
    }
    events
}

/// Fans and power supplies as one poll shows them.
struct Parts<'a> {
    poll: &'a SensorPoll,
    /// How many of a kind the host has, as far as it ever showed.
    counted: BTreeMap<SensorKind, i64>,
}

impl<'a> Parts<'a> {
    fn of(state: &State, poll: &'a SensorPoll) -> Self {
        let before = state.sensors.counted.get(&poll.host);
        let mut counted = BTreeMap::new();
        for kind in [SensorKind::Fan, SensorKind::Power] {
            let now = readings(poll).iter().filter(|r| r.kind == kind).count();
            let now = i64::try_from(now).unwrap_or(i64::MAX);
            let most = before.and_then(|b| b.get(&kind)).map_or(now, |b| now.max(*b));
            if most > 0 && poll.readings.is_ok() {
                counted.insert(kind, most);
            }
        }
        Self { poll, counted }
    }

    /// Where nobody said how many are needed, all but one are: N+1 is how such hosts are built.
    fn needed(&self, kind: SensorKind) -> Option<i64> {
        let counted = self.counted.get(&kind)?;
        Some(self.poll.needed.get(&kind).map_or(counted - 1, |n| i64::from(*n)))
    }

    fn good(&self, kind: SensorKind, trusted: impl Fn(&Reading) -> bool) -> i64 {
        let good = readings(self.poll).iter().filter(|r| r.kind == kind && r.state == SensorState::Ok && trusted(r));
        i64::try_from(good.count()).unwrap_or(i64::MAX)
    }

    fn spare(&self) -> BTreeMap<SensorKind, i64> {
        let kinds = self.counted.keys().copied();
        kinds.filter_map(|kind| Some((kind, self.good(kind, |_| true) - self.needed(kind)?))).collect()
    }

    /// What would be left to spare if none of the sensors that cannot be trusted counted.
    fn left_without(&self, fleet: &Fleet, key: &Key) -> Option<i64> {
        let kind = readings(self.poll).iter().find(|r| r.sensor == key.sensor)?.kind;
        let doubtful =
            |r: &Reading| fleet.finding(&Key { host: self.poll.host.clone(), sensor: r.sensor.clone() }).is_some();
        Some(self.good(kind, |r| !doubtful(r)) - self.needed(kind)?)
    }
}

fn readings(poll: &SensorPoll) -> &[Reading] {
    poll.readings.as_deref().unwrap_or_default()
}

/// Whether nothing is left to spare: the next failure hurts.
fn is_thin(left: Option<i64>) -> bool {
    left.is_some_and(|n| n <= 0)
}

/// Asks for a maintenance of the host, so that a plan waits for whoever is woken. Nothing is done by it:
/// two people must say yes.
fn draft(state: &State, poll: &SensorPoll, finding: &Finding, incident: IncidentId) -> Vec<Event> {
    let host = &poll.host;
    let told = state.config.bmcs.iter().filter(|b| b.host == *host).filter_map(|b| b.platform.as_ref());
    let platforms: BTreeSet<_> = told.chain(&poll.platform).collect();
    let mut platforms = platforms.into_iter();
    let (Some(platform), None) = (platforms.next(), platforms.next()) else { return Vec::new() };
    let (platform, reason) = (platform.clone(), finding.said());
    // Refused where one is under way already, or where the platform is not one that runs guests.
    maintenance::request(state, Actor::Noout, platform, host.clone(), reason, Some(incident)).unwrap_or_default()
}

fn policy_of(state: &State, host: &HostId) -> Option<PolicyId> {
    let bmc = state.config.bmcs.iter().find(|b| b.host == *host);
    bmc.and_then(|b| b.policy.clone()).or_else(|| state.config.policies.first().map(|p| p.id.clone()))
}

/// A finding opens a ticket; people are woken only if nothing is left to spare without the doubtful part.
fn open(state: &State, next: &mut u64, finding: &Finding, left: Option<i64>) -> Option<(IncidentId, Event)> {
    let key = &finding.key;
    let thin = is_thin(left);
    let title = if key.sensor.as_str() == BMC {
        says::page_fault_bmc(&key.host)
    } else {
        says::page_fault(&key.host, &key.sensor)
    };
    let found = finding.said();
    let text = if thin { says::page_thin([found]) } else { found };
    let words = OwnWords::new(title, text);
    opened(state, next, &key.host, format!("sensor/{}/{}", key.host, key.sensor), words, thin)
}

fn open_short(
    state: &State,
    next: &mut u64,
    host: &HostId,
    kind: SensorKind,
    left: i64,
) -> Option<(IncidentId, Event)> {
    let (what, words) = if kind == SensorKind::Fan {
        ("fans", OwnWords::new(says::page_few_fans(host), says::page_few_fans_text(host, -left)))
    } else {
        ("power supplies", OwnWords::new(says::page_few_supplies(host), says::page_few_supplies_text(host, -left)))
    };
    opened(state, next, host, format!("sensor/{host}/{what}"), words, true)
}

fn opened(
    state: &State,
    next: &mut u64,
    host: &HostId,
    key: String,
    words: OwnWords,
    page: bool,
) -> Option<(IncidentId, Event)> {
    if state.incidents.by_key(&key).is_some() {
        return None;
    }
    let id = IncidentId(*next);
    *next += 1;
    let (severity, urgency) =
        if page { (Severity::Critical, Urgency::High) } else { (Severity::Warning, Urgency::Low) };
    let (title, text) = words.english();
    let event = Event::Incident(IncidentEvent::Opened(Box::new(Opened {
        id,
        cause: Cause::Sensor { key: key.clone() },
        key,
        title,
        text,
        words: Some(words),
        severity,
        urgency,
        policy: policy_of(state, host),
        component: None,
        runbook: String::new(),
        audience: Audience::Policy,
        rises_at: None,
    })));
    Some((id, event))
}

/// A person clears a finding.
pub(crate) fn clear(
    state: &State,
    at: Timestamp,
    by: Actor,
    key: Key,
    part_replaced: bool,
) -> Result<Vec<Event>, Refusal> {
    state.require(&by, crate::config::Role::Responder)?;
    state.sensors.fleet.may_clear(&key, at, part_replaced).map_err(|e| Refusal::conflict(e.said()))?;
    Ok(vec![Event::Sensor(SensorEvent::Cleared { key, by, part_replaced })])
}

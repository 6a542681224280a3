//! All sensors of all hosts, folded from changes.

use std::collections::{BTreeMap, BTreeSet};

use noout_types::{HostId, SensorId, Timestamp};
use serde::{Deserialize, Serialize};

use super::finding::{ClearRefused, Finding, Score};
use super::population::Population;
use super::settings::Settings;
use super::track::{Event, Track};
use super::{BMC, Change, Changes, Key, MAX_POPULATIONS};
use crate::SensorState;

/// Where populations go that are too many.
pub(super) const OTHER_MODELS: &str = "other models";

/// BMCs that fall silent within so many seconds of each other have one cause, which is not in any of them. Ten
/// minutes are several rounds of polling.
const SILENT_TOGETHER_S: f64 = 600.0;

/// All sensors of all hosts, and what was learned of their models. A fold over [`Changes`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Fleet {
    #[serde(default)]
    settings: Settings,
    hosts: BTreeMap<HostId, Host>,
    populations: BTreeMap<String, Population>,
}

/// One host's sensors, its BMC among them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Host {
    pub(super) tracks: BTreeMap<SensorId, Track>,
    /// When its BMC last fell silent, whether or not it answers again.
    silent_since: Option<Timestamp>,
    /// It was fine before it fell silent, so the silence is an event once it ends.
    silence_counts: bool,
}

impl Host {
    /// What its BMC is; nothing for a host that was never asked.
    pub(super) fn bmc(&self) -> Option<SensorState> {
        self.tracks.get(BMC).map(|t| t.state)
    }
}

impl Fleet {
    /// An empty fleet with its own settings.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// The settings in use.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(super) fn host(&self, host: &HostId) -> Option<&Host> {
        self.hosts.get(host)
    }

    /// Folds changes, and returns the findings that they raise. A finding is raised once, until it is cleared. Never
    /// fails: changes that do not fit (an unknown sensor that changes, a step to where it is) are taken as they are.
    pub fn apply(&mut self, changes: &Changes) -> Vec<Finding> {
        let mut raised = Vec::new();
        let bmc_before = self.hosts.get(&changes.host).and_then(Host::bmc);
        let dropped = self.dropped(changes);
        // Sensors first: the BMC's own step needs to know nothing of them, and those of a silent BMC are not at risk.
        for change in changes.changes.iter().filter(|c| c.sensor.as_str() != BMC) {
            raised.extend(self.step(changes, change, |was| {
                (was == Some(SensorState::Ok) && change.to != SensorState::Ok && !changes.common_cause)
                    .then_some(Event::Dropout)
            }));
        }
        for change in changes.changes.iter().filter(|c| c.sensor.as_str() == BMC) {
            let silence_ends = change.to != SensorState::Missing && self.silence_ends(&changes.host);
            raised.extend(self.step(changes, change, |was| match (was, change.to) {
                (Some(SensorState::Ok), SensorState::Bad) => Some(Event::Together(dropped.clone())),
                (Some(SensorState::Missing), _) if silence_ends => Some(Event::Unanswered),
                _ => None,
            }));
            if let Some(host) = self.hosts.get_mut(&changes.host)
                && change.to == SensorState::Missing
                && bmc_before != Some(SensorState::Missing)
            {
                host.silent_since = Some(changes.at);
                host.silence_counts = bmc_before == Some(SensorState::Ok);
            }
        }
        self.watch(changes, bmc_before);
        raised
    }

    /// The sensors that these changes take from OK to something else.
    fn dropped(&self, changes: &Changes) -> BTreeSet<SensorId> {
        let tracks = self.hosts.get(&changes.host).map(|h| &h.tracks);
        changes
            .changes
            .iter()
            .filter(|c| c.sensor.as_str() != BMC && c.to != SensorState::Ok)
            .filter(|c| tracks.and_then(|t| t.get(&c.sensor)).is_some_and(|t| t.state == SensorState::Ok))
            .map(|c| c.sensor.clone())
            .collect()
    }

    /// Whether a silence of this host that ends now is its own: it was fine before, and no other fell silent then.
    fn silence_ends(&self, id: &HostId) -> bool {
        let Some(host) = self.hosts.get(id) else { return false };
        let Some(since) = host.silent_since.filter(|_| host.silence_counts) else { return false };
        !self.hosts.iter().any(|(other, h)| {
            other != id
                && h.silent_since.is_some_and(|s| s.duration_since(since).as_secs_f64().abs() <= SILENT_TOGETHER_S)
        })
    }

    /// Takes one sensor to its new state.
    fn step(
        &mut self,
        changes: &Changes,
        change: &Change,
        event: impl Fn(Option<SensorState>) -> Option<Event>,
    ) -> Option<Finding> {
        let at = changes.at;
        let model = self.population_of(&change.model);
        let host = self.hosts.entry(changes.host.clone()).or_default();
        let known = host.tracks.contains_key(&change.sensor);
        let track =
            host.tracks.entry(change.sensor.clone()).or_insert_with(|| Track::new(model.clone(), change.to, at));
        let was = known.then_some(track.state);
        let event = event(was);
        let population = self.populations.entry(track.model.clone()).or_default();
        if change.to != SensorState::Ok || track.model != model {
            track.expose(population, &self.settings, at, false);
        }
        if track.state != change.to {
            track.state = change.to;
            track.since = at;
        }
        let key = Key { host: changes.host.clone(), sensor: change.sensor.clone() };
        let raised = event.and_then(|event| track.charge(population, &self.settings, key, at, event));
        track.move_to(model);
        raised
    }

    fn population_of(&self, model: &str) -> String {
        if self.populations.len() < MAX_POPULATIONS || self.populations.contains_key(model) {
            model.to_owned()
        } else {
            OTHER_MODELS.to_owned()
        }
    }

    /// Begins and ends time at risk, as sensors are OK and the BMC answers. Only what these changes touch, unless the
    /// BMC fell silent or answers again.
    fn watch(&mut self, changes: &Changes, bmc_before: Option<SensorState>) {
        let Some(host) = self.hosts.get_mut(&changes.host) else { return };
        let silent = host.bmc() == Some(SensorState::Missing);
        let all = silent != (bmc_before == Some(SensorState::Missing));
        let mut one = |track: &mut Track| {
            let population = self.populations.entry(track.model.clone()).or_default();
            track.expose(population, &self.settings, changes.at, track.state == SensorState::Ok && !silent);
        };
        if all {
            host.tracks.values_mut().for_each(one);
        } else {
            for change in &changes.changes {
                if let Some(track) = host.tracks.get_mut(&change.sensor) {
                    one(track);
                }
            }
        }
    }

    /// A sensor's score at an instant; nothing if it is not known.
    #[must_use]
    pub fn score(&self, key: &Key, at: Timestamp) -> Option<Score> {
        let track = self.hosts.get(&key.host)?.tracks.get(&key.sensor)?;
        Some(track.score(self.populations.get(&track.model)?, &self.settings, at))
    }

    /// The open findings, by host and sensor.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.hosts.values().flat_map(|h| h.tracks.values()).filter_map(|t| t.finding.as_ref())
    }

    /// The open finding of one sensor.
    #[must_use]
    pub fn finding(&self, key: &Key) -> Option<&Finding> {
        self.hosts.get(&key.host)?.tracks.get(&key.sensor)?.finding.as_ref()
    }

    /// Whether [`Fleet::clear`] would be refused.
    ///
    /// # Errors
    /// As [`Fleet::clear`].
    pub fn may_clear(&self, key: &Key, at: Timestamp, part_replaced: bool) -> Result<(), ClearRefused> {
        if self.finding(key).is_none() {
            return Err(ClearRefused::NoFinding { key: key.clone() });
        }
        let below = self.settings.threshold / 2.0;
        match self.score(key, at) {
            Some(score) if part_replaced && score.s >= below => {
                Err(ClearRefused::StillHigh { key: key.clone(), s: score.s, below })
            }
            _ => Ok(()),
        }
    }

    /// Ends a finding; the sensor starts again from zero. With `part_replaced` it is noout that clears, because a
    /// part was replaced and the sensor has been quiet since; without, a person decides, at any score.
    /// Nothing else ever clears a finding.
    ///
    /// # Errors
    /// There is no open finding, or a part was replaced but the score is not yet under half the threshold.
    pub fn clear(&mut self, key: &Key, at: Timestamp, part_replaced: bool) -> Result<(), ClearRefused> {
        self.may_clear(key, at, part_replaced)?;
        if let Some(track) = self.hosts.get_mut(&key.host).and_then(|h| h.tracks.get_mut(&key.sensor)) {
            let population = self.populations.entry(track.model.clone()).or_default();
            track.clear(population, &self.settings, at);
        }
        Ok(())
    }

    /// A host's sensors in order, what they are and since when; the pseudo sensor [`BMC`] is among them. While that is
    /// missing, the others are as they were last seen.
    pub fn sensors_of(&self, host: &HostId) -> impl Iterator<Item = (&SensorId, SensorState, Timestamp)> {
        self.hosts.get(host).into_iter().flat_map(|h| h.tracks.iter().map(|(id, t)| (id, t.state, t.since)))
    }

    /// Takes a host out that has left for good, with its findings. What its sensors taught stays.
    pub fn forget_host(&mut self, host: &HostId, at: Timestamp) {
        for mut track in self.hosts.remove(host).into_iter().flat_map(|h| h.tracks.into_values()) {
            let population = self.populations.entry(track.model.clone()).or_default();
            track.expose(population, &self.settings, at, false);
        }
    }
}

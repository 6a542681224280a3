//! From a poll to what changed: all judgement about what a poll means.

use std::collections::BTreeMap;

use noout_types::{HostId, SensorId, Timestamp};

use super::fleet::{Fleet, Host, OTHER_MODELS};
use super::{BMC, Change, Changes, MAX_MODEL_BYTES, MAX_SENSORS_PER_HOST, Sample};
use crate::SensorState;

/// How many sensors that drop out in one poll have a common cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CommonCause {
    /// Two are enough: all belong to one BMC.
    OneBmc,
    /// Two, and more than 30 % of all that are known: nobody said to which BMC they belong.
    UnknownBmc,
}

/// What a sensor that the poll does not list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unlisted {
    /// Missing: a poll lists all that there is.
    Missing,
    /// As it was: a file may list changes only.
    AsItWas,
}

impl Fleet {
    /// What a poll of a host's BMC changes; nothing if it changes nothing. Sensors that were known and are not listed
    /// are missing. An empty poll is no evidence of anything: it is taken as no answer.
    ///
    /// Two or more sensors that drop out in one poll have a common cause. So has a single one while the BMC is not
    /// fine (it answers again only now, or lost several sensors in the poll before). A single one is charged to itself
    /// whatever its share: of a BMC with three sensors each one is a third.
    #[must_use]
    pub fn diff(&self, host: &HostId, at: Timestamp, samples: &[Sample]) -> Option<Changes> {
        self.diff_by(host, at, samples, CommonCause::OneBmc, Unlisted::Missing)
    }

    /// What a poll that failed changes: the BMC is missing, its sensors stay as they were last seen, and no time
    /// passes for them until it answers again.
    #[must_use]
    pub fn diff_unreachable(&self, host: &HostId, at: Timestamp) -> Option<Changes> {
        let from = self.host(host).and_then(Host::bmc);
        let change = bmc_change(from, SensorState::Missing)?;
        Some(Changes { host: host.clone(), at, changes: vec![change], common_cause: false })
    }

    pub(super) fn diff_by(
        &self,
        id: &HostId,
        at: Timestamp,
        samples: &[Sample],
        rule: CommonCause,
        unlisted: Unlisted,
    ) -> Option<Changes> {
        let listed = worst(samples);
        if listed.is_empty() {
            return self.diff_unreachable(id, at);
        }
        let empty = Host::default();
        let host = self.host(id).unwrap_or(&empty);
        let mut changes = changed(host, &listed, unlisted);
        let dropped = changes.iter().filter(|c| c.from == Some(SensorState::Ok) && c.to != SensorState::Ok).count();
        let bmc = host.bmc();
        let bmc_was_fine = matches!(bmc, Some(SensorState::Ok) | None);
        let common_cause = dropped > 0
            && match rule {
                CommonCause::OneBmc => dropped >= 2 || !bmc_was_fine,
                // In percent and without floats: 30 % of the known sensors, the pseudo sensor not counted.
                CommonCause::UnknownBmc => {
                    dropped >= 2 && dropped * 100 > host.tracks.len().saturating_sub(1).max(1) * 30
                }
            };
        let bmc_now = if common_cause {
            SensorState::Bad
        } else if bmc_was_fine || listed.values().any(|s| s.state == SensorState::Ok) {
            SensorState::Ok
        } else {
            // It answers, but all that it ever says is that its sensors are gone.
            SensorState::Bad
        };
        changes.extend(bmc_change(bmc, bmc_now));
        changes.sort_by(|a, b| a.sensor.cmp(&b.sensor));
        (!changes.is_empty()).then(|| Changes { host: id.clone(), at, changes, common_cause })
    }
}

/// Each sensor once; listed twice, the worse counts.
fn worst(samples: &[Sample]) -> BTreeMap<&SensorId, &Sample> {
    let mut listed: BTreeMap<&SensorId, &Sample> = BTreeMap::new();
    for sample in samples.iter().filter(|s| s.sensor.as_str() != BMC) {
        listed
            .entry(&sample.sensor)
            .and_modify(|kept| {
                if sample.state > kept.state {
                    *kept = sample;
                }
            })
            .or_insert(sample);
    }
    listed
}

fn changed(host: &Host, listed: &BTreeMap<&SensorId, &Sample>, unlisted: Unlisted) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut room = match unlisted {
        Unlisted::Missing => MAX_SENSORS_PER_HOST.saturating_sub(host.tracks.len()),
        // A file is as large as its owner made it, and is read once.
        Unlisted::AsItWas => usize::MAX,
    };
    for (id, sample) in listed {
        let track = host.tracks.get(*id);
        let said = cut(&sample.model);
        let model = match track {
            // Only a sensor that is there knows what it is: a BMC that is half up tells no models, or wrong ones.
            Some(track) if said.is_empty() || sample.state != SensorState::Ok => track.model.as_str(),
            // Its own population did not fit; saying so again in every poll would fill the journal.
            Some(track) if track.model == OTHER_MODELS => OTHER_MODELS,
            _ => said,
        };
        match track {
            Some(track) if track.state == sample.state && track.model == model => continue,
            Some(_) => {}
            None if room == 0 => continue,
            None => room -= 1,
        }
        let model = model.to_owned();
        changes.push(Change { sensor: (*id).clone(), model, from: track.map(|t| t.state), to: sample.state });
    }
    if unlisted == Unlisted::Missing {
        for (id, track) in &host.tracks {
            if id.as_str() != BMC && track.state != SensorState::Missing && !listed.contains_key(id) {
                let model = track.model.clone();
                changes.push(Change { sensor: id.clone(), model, from: Some(track.state), to: SensorState::Missing });
            }
        }
    }
    changes
}

fn bmc_change(from: Option<SensorState>, to: SensorState) -> Option<Change> {
    // The name is a valid id; should it ever not be, BMCs are not charged and sensors still are.
    let sensor = SensorId::new(BMC).ok()?;
    (from != Some(to)).then(|| Change { sensor, model: BMC.to_owned(), from, to })
}

/// At the most [`MAX_MODEL_BYTES`] of a name.
fn cut(model: &str) -> &str {
    model.get(..model.floor_char_boundary(MAX_MODEL_BYTES)).unwrap_or(model)
}

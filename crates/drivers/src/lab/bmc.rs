//! The BMC of each host: fans, temperatures, power supplies.

use std::collections::BTreeMap;

use noout_core::platform::{Reading, SensorKind, SensorPoll};
use noout_detect::SensorState;
use noout_types::{HostId, SensorId, Timestamp};

use super::mischief::Break;
use super::time::chance;
use super::world::{Power, World};

/// Fans in a host, and how many of them must turn.
pub(super) const FANS: u32 = 6;
const FANS_NEEDED: u32 = 5;
const PSUS: u32 = 2;
const PSUS_NEEDED: u32 = 1;
/// Nominal speed, in RPM.
const FAN_RPM: f64 = 7_200.0;
/// A fan with a loose connector drops out once in this time.
const FLAP_PERIOD_MS: u64 = 60_000;
/// The first drop-out comes this long after the connector came loose.
const FLAP_FIRST_MS: u64 = 10_000;
/// A drop-out lasts between these; a poll every quarter of a minute meets each of them.
const FLAP_LENGTH_MS: std::ops::Range<u64> = 18_000..32_000;

impl World {
    /// One poll of every BMC.
    pub fn poll_sensors(&mut self, now: Timestamp) -> Vec<SensorPoll> {
        self.advance(now);
        let hosts: Vec<HostId> = self.hosts.keys().cloned().collect();
        hosts.into_iter().map(|host| self.poll_bmc(now, host)).collect()
    }

    /// Whether the next poll will use up something.
    pub(super) fn has_ghosts(&self) -> bool {
        self.hosts.values().any(|h| h.ghost_polls > 0)
    }

    fn poll_bmc(&mut self, now: Timestamp, host: HostId) -> SensorPoll {
        let needed = BTreeMap::from([(SensorKind::Fan, FANS_NEEDED), (SensorKind::Power, PSUS_NEEDED)]);
        let readings = if self.is_broken(&Break::BmcDown { host: host.clone() }) {
            Err(format!("the BMC of {host} does not answer within 5s"))
        } else {
            let mut readings = self.readings(&host);
            let ghost = self.hosts.get_mut(&host).filter(|h| h.ghost_polls > 0);
            if let Some(found) = ghost {
                found.ghost_polls -= 1;
                readings.iter_mut().for_each(lose);
            }
            Ok(readings)
        };
        SensorPoll { host, taken_at: now, readings, needed, platform: None }
    }

    fn readings(&self, host: &HostId) -> Vec<Reading> {
        let powered = self.hosts.get(host).is_some_and(|h| h.power != Power::Off);
        let second = self.clock.now_ms / 1000;
        let wobble = |what: &str, by: u64| {
            let n = chance(self.seed, &format!("{host} {what}"), second) % (2 * by + 1);
            n as f64 - by as f64
        };
        let mut all = Vec::new();
        for n in 1..=FANS {
            let name = format!("FAN{n}");
            let rpm = FAN_RPM + (wobble(&name, 2) * 60.0);
            let Some(mut fan) = reading(&name, SensorKind::Fan, "lab-fan-80mm", rpm, "RPM") else { continue };
            match self.fan_fault(host, &fan.sensor) {
                // Without main power there is nothing to be read, as a real BMC says it.
                _ if !powered => lose(&mut fan),
                Some(SensorState::Missing) => lose(&mut fan),
                Some(SensorState::Bad) => {
                    fan.state = SensorState::Bad;
                    fan.value = Some(0.0);
                }
                _ => {}
            }
            all.push(fan);
        }
        for (name, base) in [("CPU1_Temp", 52.0), ("Inlet_Temp", 22.0)] {
            let celsius = base + wobble(name, 1);
            let Some(mut temp) = reading(name, SensorKind::Temperature, "lab-thermistor", celsius, "C") else {
                continue;
            };
            if !powered && name == "CPU1_Temp" {
                lose(&mut temp);
            }
            all.push(temp);
        }
        for n in 1..=PSUS {
            let watts = if powered { 210.0 + wobble("psu", 8) } else { 9.0 };
            all.extend(reading(&format!("PSU{n}"), SensorKind::Power, "lab-psu-800w", watts, "W"));
        }
        all
    }

    /// What a fan's fault makes of it at this instant.
    fn fan_fault(&self, host: &HostId, fan: &SensorId) -> Option<SensorState> {
        let dead = Break::FanDead { host: host.clone(), fan: fan.clone() };
        if self.is_broken(&dead) {
            return Some(SensorState::Bad);
        }
        let since = self.broken_since(&Break::FanFlap { host: host.clone(), fan: fan.clone() })?;
        let age = self.clock.now_ms.saturating_sub(since).checked_sub(FLAP_FIRST_MS)?;
        let (round, within) = (age / FLAP_PERIOD_MS, age % FLAP_PERIOD_MS);
        let luck = chance(self.seed, &format!("{host} {fan} flap"), round);
        let length = FLAP_LENGTH_MS.start + luck % (FLAP_LENGTH_MS.end - FLAP_LENGTH_MS.start);
        // A loose connector loses the fan's power or its tachometer.
        let kind = if (luck >> 32).is_multiple_of(2) { SensorState::Missing } else { SensorState::Bad };
        (within < length).then_some(kind)
    }
}

fn reading(name: &str, kind: SensorKind, model: &str, value: f64, unit: &str) -> Option<Reading> {
    Some(Reading {
        sensor: SensorId::new(name).ok()?,
        kind,
        model: model.to_owned(),
        state: SensorState::Ok,
        value: Some(value),
        unit: unit.to_owned(),
    })
}

fn lose(reading: &mut Reading) {
    reading.state = SensorState::Missing;
    reading.value = None;
}

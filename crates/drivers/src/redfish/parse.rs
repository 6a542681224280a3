//! Redfish resources to readings. Pure; missing is never healthy.

use std::collections::BTreeMap;

use noout_core::platform::{Reading, SensorKind};
use noout_detect::SensorState;
use noout_types::SensorId;
use serde_json::Value;

/// Sensors taken from one resource. Real ones have up to a hundred and fifty.
const MAX_SENSORS: usize = 1_000;

/// A way in which vendors depart from the standard, and what is made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quirk {
    /// What the resource says: its `Status.State` (empty: none given).
    pub state: &'static str,
    /// Its `Status.Health` (empty: none given, which the standard allows).
    pub health: &'static str,
    /// The reading is there and is not zero.
    pub alive: bool,
    /// What noout makes of it.
    pub verdict: SensorState,
    /// Who does so, and why it is read like that.
    pub why: &'static str,
}

const ANY: &str = "*";

/// Judgements of a fan, first match wins. What is not in the table is bad.
pub const QUIRKS: [Quirk; 9] = [
    Quirk { state: "Absent", health: ANY, alive: false, verdict: SensorState::Missing, why: "standard: an empty bay" },
    Quirk {
        state: "Absent",
        health: ANY,
        alive: true,
        verdict: SensorState::Bad,
        why: "absent, yet it turns: contradiction",
    },
    Quirk {
        state: "Disabled",
        health: ANY,
        alive: false,
        verdict: SensorState::Missing,
        why: "standard: switched off",
    },
    Quirk {
        state: "UnavailableOffline",
        health: ANY,
        alive: false,
        verdict: SensorState::Missing,
        why: "standard: the host is off",
    },
    Quirk {
        state: "Enabled",
        health: "",
        alive: false,
        verdict: SensorState::Bad,
        why: "Supermicro X10: a fan that stands still has 0 RPM and no Health",
    },
    Quirk {
        state: "Enabled",
        health: "",
        alive: true,
        verdict: SensorState::Ok,
        why: "Supermicro X10: Health is never given",
    },
    Quirk {
        state: "Enabled",
        health: "OK",
        alive: true,
        verdict: SensorState::Ok,
        why: "standard; HPE reads in percent",
    },
    Quirk {
        state: "Enabled",
        health: "OK",
        alive: false,
        verdict: SensorState::Bad,
        why: "seen on several: Health lags behind the reading",
    },
    Quirk { state: "", health: "OK", alive: true, verdict: SensorState::Ok, why: "iDRAC 7 and older: no State" },
];

/// The fans and temperatures of an old-style `Thermal`.
#[must_use]
pub fn thermal(resource: &Value, model: &str) -> Vec<Reading> {
    let fans = list(resource, "Fans").iter().filter_map(|f| fan(f, model));
    let temperatures = list(resource, "Temperatures").iter().filter_map(|t| temperature(t, model));
    fans.chain(temperatures).take(MAX_SENSORS).collect()
}

/// The members of a newer `ThermalSubsystem/Fans`, already fetched.
#[must_use]
pub fn fans(members: &[Value], model: &str) -> Vec<Reading> {
    members.iter().filter_map(|f| fan(f, model)).take(MAX_SENSORS).collect()
}

/// The temperatures of a newer `ThermalMetrics`.
#[must_use]
pub fn thermal_metrics(resource: &Value, model: &str) -> Vec<Reading> {
    let all = list(resource, "TemperatureReadingsCelsius").iter();
    let read = all.filter_map(|t| {
        let name = t["DeviceName"].as_str().or_else(|| t["DataSourceUri"].as_str()?.rsplit('/').next())?;
        let value = t["Reading"].as_f64();
        let state = if value.is_some() { SensorState::Ok } else { SensorState::Missing };
        reading(name, SensorKind::Temperature, model, state, value, "C")
    });
    read.take(MAX_SENSORS).collect()
}

/// The power supplies of an old-style `Power`.
#[must_use]
pub fn power_supplies(resource: &Value, model: &str) -> Vec<Reading> {
    let all = list(resource, "PowerSupplies").iter();
    let read = all.filter_map(|p| {
        let state = match (text(p, "State"), text(p, "Health")) {
            ("Absent" | "Disabled" | "UnavailableOffline", _) => SensorState::Missing,
            ("Enabled" | "StandbySpare" | "", "OK") => SensorState::Ok,
            // A power supply has no reading that could prove it alive; without Health nothing does.
            (_, "") => SensorState::Missing,
            _ => SensorState::Bad,
        };
        let watts = p["PowerInputWatts"].as_f64().or_else(|| p["LastPowerOutputWatts"].as_f64());
        let own = p["Model"].as_str().filter(|m| !m.is_empty()).unwrap_or(model);
        reading(name_of(p)?, SensorKind::Power, own, state, watts, "W")
    });
    read.take(MAX_SENSORS).collect()
}

fn fan(resource: &Value, model: &str) -> Option<Reading> {
    let speed = &resource["SpeedPercent"];
    let (value, unit) = match (resource["Reading"].as_f64(), speed["SpeedRPM"].as_f64(), speed["Reading"].as_f64()) {
        (Some(value), ..) => (Some(value), resource["ReadingUnits"].as_str().unwrap_or("RPM")),
        (None, Some(rpm), _) => (Some(rpm), "RPM"),
        (None, None, percent) => (percent, if percent.is_some() { "Percent" } else { "" }),
    };
    let unit = if unit == "Percent" { "%" } else { unit };
    let own = resource["Model"].as_str().filter(|m| !m.is_empty()).unwrap_or(model);
    reading(name_of(resource)?, SensorKind::Fan, own, fan_state(resource, value), value, unit)
}

fn fan_state(resource: &Value, value: Option<f64>) -> SensorState {
    let (state, health) = (text(resource, "State"), text(resource, "Health"));
    let alive = value.is_some_and(|v| v > 0.0);
    let fits = |q: &&Quirk| q.state == state && (q.health == ANY || q.health == health) && q.alive == alive;
    match QUIRKS.iter().find(fits) {
        // Nothing is known of its speed: that is not the same as standing still.
        Some(quirk) if value.is_none() && quirk.verdict == SensorState::Bad => SensorState::Missing,
        Some(quirk) => quirk.verdict,
        None if value.is_none() && health.is_empty() => SensorState::Missing,
        None => SensorState::Bad,
    }
}

fn temperature(resource: &Value, model: &str) -> Option<Reading> {
    let value = resource["ReadingCelsius"].as_f64();
    let limit = resource["UpperThresholdCritical"].as_f64().filter(|l| *l > 0.0);
    let too_hot = value.zip(limit).is_some_and(|(value, limit)| value >= limit);
    let state = match (text(resource, "State"), text(resource, "Health")) {
        ("Absent" | "Disabled" | "UnavailableOffline", _) => SensorState::Missing,
        _ if value.is_none() => SensorState::Missing,
        ("Enabled" | "", "OK" | "") if !too_hot => SensorState::Ok,
        _ => SensorState::Bad,
    };
    // Where nothing is mounted, the number is a placeholder.
    let value = value.filter(|_| state != SensorState::Missing);
    reading(name_of(resource)?, SensorKind::Temperature, model, state, value, "C")
}

fn reading(
    name: &str,
    kind: SensorKind,
    model: &str,
    state: SensorState,
    value: Option<f64>,
    unit: &str,
) -> Option<Reading> {
    let id: String = name
        .trim()
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | ':' | '/' | '@') { c } else { '_' })
        .collect();
    let sensor = SensorId::new(id).ok()?;
    Some(Reading { sensor, kind, model: model.to_owned(), state, value, unit: unit.to_owned() })
}

fn list<'a>(resource: &'a Value, name: &str) -> &'a [Value] {
    resource[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(resource: &'a Value, name: &str) -> &'a str {
    resource["Status"][name].as_str().unwrap_or_default()
}

/// Old HPE firmware says `FanName`; the standard says `Name`; `MemberId` is the last resort.
fn name_of(resource: &Value) -> Option<&str> {
    ["Name", "FanName", "MemberId", "Id"].into_iter().filter_map(|key| resource[key].as_str()).find(|n| !n.is_empty())
}

/// The paths of a collection's members.
pub(super) fn member_paths(collection: &Value) -> Vec<String> {
    list(collection, "Members").iter().filter_map(|m| m["@odata.id"].as_str()).map(str::to_owned).collect()
}

/// Maker and model of a chassis, as the population that its fans belong to.
pub(super) fn model_of(chassis: &Value) -> String {
    let of = |key: &str| chassis[key].as_str().unwrap_or_default().trim().to_owned();
    let both = format!("{} {}", of("Manufacturer"), of("Model")).trim().to_owned();
    if both.is_empty() { "unknown".to_owned() } else { both }
}

/// Names that occur twice (two chassis, a careless vendor) get a number, so that two sensors are
/// never taken for one.
pub(super) fn with_distinct_ids(readings: Vec<Reading>) -> Vec<Reading> {
    let mut seen: BTreeMap<SensorId, u32> = BTreeMap::new();
    let numbered = readings.into_iter().map(|mut reading| {
        let times = seen.entry(reading.sensor.clone()).or_insert(0);
        *times += 1;
        if *times > 1
            && let Ok(id) = SensorId::new(format!("{}@{times}", reading.sensor))
        {
            reading.sensor = id;
        }
        reading
    });
    numbered.collect()
}

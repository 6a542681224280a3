//! Sensors over IPMI, by the `ipmitool` program.
//!
//! One call a poll: `ipmitool -c sdr elist all`, and its lines are read by [`parse`]. The password
//! is handed over in the environment, where other users of the machine cannot read it; it never
//! stands in the list of arguments. A call that exceeds its time is killed.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use noout_core::platform::{Reading, SensorKind, SensorPoll};
use noout_detect::SensorState;
use noout_types::{HostId, SensorId, Timestamp};

use crate::Sensors;

/// Sensors read from one BMC. Large servers have about two hundred.
const MAX_SENSORS: usize = 1_000;
/// Bytes of an answer that are looked at. A thousand lines have about 60 kB.
const MAX_ANSWER_BYTES: usize = 1 << 20;
/// A BMC answers `sdr elist` within a second or two; slow ones with many sensors take ten.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Where a BMC is and how to get in.
#[derive(Clone)]
pub struct Bmc {
    /// The host that it belongs to.
    pub host: HostId,
    /// Name or address of the BMC.
    pub address: String,
    /// UDP port, 623 by the standard.
    pub port: u16,
    /// The user; `User` privilege is enough.
    pub user: String,
    /// The user's password.
    pub password: String,
    /// Cipher suite: 17 on new BMCs, 3 on older ones.
    pub cipher: u8,
    /// How many fans and power supplies must work for the host to be safe.
    pub needed: BTreeMap<SensorKind, u32>,
    /// The hardware's model, as the population over which fault rates are learned.
    pub model: String,
}

impl std::fmt::Debug for Bmc {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bmc({}@{}:{} of {})", self.user, self.address, self.port, self.host)
    }
}

/// The sensors of some BMCs, over IPMI.
pub struct Ipmi {
    bmcs: Vec<Bmc>,
    clock: fn() -> Timestamp,
    program: std::path::PathBuf,
    timeout: Duration,
}

impl Ipmi {
    /// Sensors of these BMCs; `clock` stamps the polls.
    #[must_use]
    pub fn new(bmcs: Vec<Bmc>, clock: fn() -> Timestamp) -> Self {
        Self { bmcs, clock, program: "ipmitool".into(), timeout: TIMEOUT }
    }

    /// Another program than the `ipmitool` of the path, and another time limit for a BMC.
    #[must_use]
    pub fn with_program(mut self, program: impl Into<std::path::PathBuf>, timeout: Duration) -> Self {
        (self.program, self.timeout) = (program.into(), timeout);
        self
    }

    async fn ask(&self, bmc: &Bmc) -> Result<Vec<Reading>, String> {
        let mut command = tokio::process::Command::new(&self.program);
        command.args(["-I", "lanplus", "-H", &bmc.address, "-p", &bmc.port.to_string(), "-U", &bmc.user]);
        command.args(["-C", &bmc.cipher.to_string(), "-L", "USER", "-E", "-c", "sdr", "elist", "all"]);
        command.env("IPMI_PASSWORD", &bmc.password).env("LC_ALL", "C").kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().map_err(|e| format!("{} does not start: {e}", self.program.display()))?;
        let out = tokio::time::timeout(self.timeout, child.wait_with_output()).await;
        // Dropped by the timeout, the child is killed.
        let out = out.map_err(|_| format!("no answer within {} s", self.timeout.as_secs()))?;
        let out = out.map_err(|e| format!("{} cannot be waited for: {e}", self.program.display()))?;
        let answer = String::from_utf8_lossy(&out.stdout[..out.stdout.len().min(MAX_ANSWER_BYTES)]).into_owned();
        let readings = parse(&answer, &bmc.model);
        // ipmitool fails as a whole when one sensor of many cannot be read; what it did print holds.
        if readings.is_empty() {
            let words = String::from_utf8_lossy(&out.stderr).trim().lines().next_back().unwrap_or_default().to_owned();
            return Err(if words.is_empty() { "no sensors in the answer".to_owned() } else { words });
        }
        Ok(readings)
    }
}

#[async_trait]
impl Sensors for Ipmi {
    async fn poll(&self) -> Vec<SensorPoll> {
        let mut polls = Vec::with_capacity(self.bmcs.len());
        for bmc in &self.bmcs {
            let readings = self.ask(bmc).await;
            polls.push(SensorPoll {
                host: bmc.host.clone(),
                taken_at: (self.clock)(),
                readings,
                needed: bmc.needed.clone(),
                platform: None,
            });
        }
        polls
    }
}

/// Reads the lines of `ipmitool -c sdr elist all`: threshold sensors as name, value, unit, status,
/// discrete ones as name, number, status, entity, states; and those of `sdr elist` without `-c`, with
/// bars. Lines of another shape are passed over.
#[must_use]
pub fn parse(answer: &str, model: &str) -> Vec<Reading> {
    answer.lines().filter_map(|line| line_of(line, model)).take(MAX_SENSORS).collect()
}

fn line_of(line: &str, model: &str) -> Option<Reading> {
    let separator = if line.contains('|') { '|' } else { ',' };
    let fields: Vec<&str> = line.split(separator).map(str::trim).collect();
    let (name, status, text) = match fields.as_slice() {
        [name, number, status, _entity, rest @ ..] if number.len() == 3 && number.ends_with('h') => {
            (*name, *status, rest.join(", "))
        }
        // A threshold sensor as CSV: value, unit and status, or words and status.
        [name, value, unit, status] => (*name, *status, format!("{value} {unit}")),
        [name, words, status] => (*name, *status, (*words).to_owned()),
        _ => return None,
    };
    let sensor = sensor_id(name)?;
    let (value, unit) = number(&text);
    let kind = kind_of(name, &unit);
    Some(Reading { sensor, kind, model: model.to_owned(), state: state_of(status, &text, value, kind), value, unit })
}

/// Sensors have names with blanks (`CPU1 Temp`), ids have none.
fn sensor_id(name: &str) -> Option<SensorId> {
    let id: String = name
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | ':' | '/' | '@') { c } else { '_' })
        .collect();
    SensorId::new(id).ok()
}

fn number(text: &str) -> (Option<f64>, String) {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    let value = first.parse::<f64>().ok().filter(|v| v.is_finite());
    let unit = match rest.trim() {
        "degrees C" | "Deg C" => "C",
        "Volts" => "V",
        "Watts" => "W",
        "percent" => "%",
        other => other,
    };
    (value, if value.is_some() { unit.to_owned() } else { String::new() })
}

fn kind_of(name: &str, unit: &str) -> SensorKind {
    let upper = name.to_ascii_uppercase();
    if upper.contains("REDUND") {
        // It tells of several parts together, and would be counted as one of them.
        SensorKind::Other
    } else if unit == "RPM" || upper.contains("FAN") {
        SensorKind::Fan
    } else if unit == "C" || upper.contains("TEMP") {
        SensorKind::Temperature
    } else if upper.starts_with("PSU") || upper.starts_with("PS") || upper.contains("POWER SUPPLY") {
        SensorKind::Power
    } else if unit == "V" {
        SensorKind::Voltage
    } else {
        SensorKind::Other
    }
}

/// Only `ok` and a reading together are healthy. `ns` (no sensor), `na`, "No Reading" and
/// "Disabled" are missing; any threshold that is crossed, and any word not known, is bad.
fn state_of(status: &str, text: &str, value: Option<f64>, kind: SensorKind) -> SensorState {
    let lower = text.to_ascii_lowercase();
    let silent = ["no reading", "disabled", "not present", "not readable", "absent"].iter().any(|w| lower.contains(w));
    match status.to_ascii_lowercase().as_str() {
        "ns" | "na" | "" => SensorState::Missing,
        _ if silent => SensorState::Missing,
        "ok" if kind == SensorKind::Fan && value.is_some_and(|v| v <= 0.0) => SensorState::Bad,
        "ok" if value.is_none() && matches!(kind, SensorKind::Fan | SensorKind::Temperature | SensorKind::Voltage) => {
            SensorState::Missing
        }
        "ok" if ["failure", "lost", "fault", "non-redundant"].iter().any(|w| lower.contains(w)) => SensorState::Bad,
        "ok" => SensorState::Ok,
        // nc, cr, nr, lnc, lcr, lnr, unc, ucr, unr.
        _ => SensorState::Bad,
    }
}

#[cfg(test)]
mod tests;

//! The detector over a file: `noout detect intermittent FILE.csv`.

mod rows;

use std::collections::BTreeMap;
use std::io::BufRead;

use noout_types::{HostId, SensorId, Timestamp};
use serde::{Deserialize, Serialize};

use self::rows::{Row, RowError, Rows};
use super::diff::{CommonCause, Unlisted};
use super::{BMC, Finding, Fleet, Sample, Settings, SettingsError};
use crate::SensorState;

/// The columns that the header must name, in any order. Others are allowed and ignored.
const COLUMNS: [&str; 4] = ["time", "sensor", "model", "state"];

/// Words for each state, compared without regard to case. IPMI's (`ns`, `nc`, `cr`, `nr`, …) and Redfish's are among them.
const WORDS: [(SensorState, &[&str]); 3] = [
    (SensorState::Ok, &["ok", "good", "normal", "nominal", "healthy", "present", "enabled", "up", "1"]),
    (
        SensorState::Bad,
        &[
            "bad", "warning", "warn", "critical", "crit", "nc", "cr", "nr", "lnc", "lcr", "lnr", "unc", "ucr", "unr",
            "failed", "failure", "fail", "fault", "faulty", "degraded", "error", "alarm", "down", "0",
        ],
    ),
    (
        SensorState::Missing,
        &[
            "missing",
            "absent",
            "ns",
            "na",
            "n/a",
            "no reading",
            "disabled",
            "disconnected",
            "removed",
            "lost",
            "unavailable",
            "unavailableoffline",
            "unknown",
            "null",
            "none",
            "nan",
        ],
    ),
];

/// The population of rows whose model is empty.
const NO_MODEL: &str = "unknown";

/// Where sensors live that were written without a host. Not a name that a file could use: it has no slash in front of
/// the sensor, so it never meets a host of the file.
const NO_HOST: &str = "@file";

/// A finding in a file, one JSON object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CsvFinding {
    /// When the score reached the threshold: the time of that row.
    pub time: Timestamp,
    /// The sensor as the file writes it; `HOST/BMC` (or `BMC`) where several dropped out at once.
    pub sensor: String,
    /// Its population.
    pub model: String,
    /// The score.
    pub score: f64,
    /// The threshold that it reached.
    pub threshold: f64,
    /// How many dropouts made the score.
    pub dropouts: u32,
    /// The first of them.
    pub first: Timestamp,
    /// Their times, oldest first.
    pub times: Vec<Timestamp>,
    /// How often a healthy sensor of this model drops out, per day, as learned until then.
    pub expected_per_day: f64,
    /// Several sensors dropped out at once: the BMC or the collector is charged.
    pub common_cause: bool,
    /// The finding in words.
    pub sentence: String,
}

/// Why a file cannot be read. Lines count from 1, the header is line 1.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// The settings are out of range.
    #[error("the settings cannot be used")]
    Settings(#[from] SettingsError),
    /// The file is empty, or its first row lacks a column.
    #[error("the header has no column {missing:?}: found {found}, wanted time, sensor, model and state in any order")]
    Header {
        /// The first column that is not there.
        missing: &'static str,
        /// The columns that are.
        found: String,
    },
    /// A field that cannot be understood.
    #[error("line {line}, column {column:?}: found {found:?}, allowed is {allowed}")]
    Field {
        /// The line.
        line: u64,
        /// The column's name.
        column: &'static str,
        /// What stands there.
        found: String,
        /// What may stand there.
        allowed: String,
    },
    /// A row is earlier than the one before it.
    #[error(
        "line {line}, column \"time\": found {found}, which is before {before} of the row before it: rows must be sorted by time"
    )]
    Unsorted {
        /// The line.
        line: u64,
        /// Its time.
        found: Timestamp,
        /// The time that it must not be before.
        before: Timestamp,
    },
    /// A line is no row of this file.
    #[error("line {line}: {why}")]
    Row {
        /// The line.
        line: u64,
        /// What was found, and what is allowed.
        why: String,
    },
    /// Reading failed.
    #[error("the file cannot be read after line {line}")]
    Read {
        /// The last line that was read.
        line: u64,
        /// The reader's own error.
        #[source]
        source: std::io::Error,
    },
}

/// Runs the detector over a CSV file with the columns `time,sensor,model,state`.
///
/// * `time` is RFC 3339 or seconds since 1970, and never goes back from row to row.
/// * `sensor` is `HOST/SENSOR` or just a name. Two sensors of one host that drop out at the same time charge the
///   host's BMC; of sensors without a host, more than 30 % of all (and two or more) must.
/// * `model` is the population whose rate is learned; empty means unknown.
/// * `state` is `ok`, `bad` or `missing`, or a common word for it. A row may be every poll or only what changed:
///   a sensor without a row stays as it was.
///
/// A sensor's first row is where it begins, never a dropout. Each sensor is found once.
///
/// # Errors
/// The first thing in the file that cannot be understood, with its line.
pub fn run_csv(text: impl BufRead, settings: Settings) -> Result<Vec<CsvFinding>, CsvError> {
    settings.check()?;
    let mut rows = Rows::new(text);
    let (at, width) = match read(&mut rows)? {
        Some(header) => columns(&header)?,
        None => return Err(CsvError::Header { missing: COLUMNS[0], found: "nothing".to_owned() }),
    };
    let mut run = Run {
        fleet: Fleet::new(settings),
        names: BTreeMap::new(),
        written: BTreeMap::new(),
        polls: BTreeMap::new(),
        found: Vec::new(),
    };
    let mut now: Option<Timestamp> = None;
    while let Some(row) = read(&mut rows)? {
        let line = row.line;
        if row.len() != width {
            let why = format!("found {} fields, the header has {width}", row.len());
            return Err(CsvError::Row { line, why });
        }
        let [time, sensor, model, state] = at.map(|i| row.get(i));
        let time = parse_time(line, time)?;
        match now {
            Some(before) if time < before => return Err(CsvError::Unsorted { line, found: time, before }),
            Some(before) if time > before => run.finish_poll(before),
            _ => {}
        }
        now = Some(time);
        run.row(line, sensor, model, parse_state(line, state)?)?;
    }
    if let Some(last) = now {
        run.finish_poll(last);
    }
    Ok(run.found)
}

struct Run {
    fleet: Fleet,
    /// Sensors by how the file writes them.
    names: BTreeMap<String, (HostId, SensorId)>,
    /// How the file first wrote each sensor.
    written: BTreeMap<(HostId, SensorId), String>,
    /// The rows of the current time, by host.
    polls: BTreeMap<HostId, Vec<Sample>>,
    found: Vec<CsvFinding>,
}

impl Run {
    fn row(&mut self, line: u64, name: &str, model: &str, state: SensorState) -> Result<(), CsvError> {
        let (host, sensor) = match self.names.get(name) {
            Some(known) => known.clone(),
            None => {
                let ids = parse_sensor(line, name)?;
                self.names.insert(name.to_owned(), ids.clone());
                self.written.entry(ids.clone()).or_insert_with(|| name.to_owned());
                ids
            }
        };
        let model = if model.is_empty() { NO_MODEL } else { model }.to_owned();
        self.polls.entry(host).or_default().push(Sample { sensor, model, state });
        Ok(())
    }

    fn finish_poll(&mut self, at: Timestamp) {
        for (host, samples) in std::mem::take(&mut self.polls) {
            let named = host.as_str() != NO_HOST;
            let rule = if named { CommonCause::OneBmc } else { CommonCause::UnknownBmc };
            let Some(changes) = self.fleet.diff_by(&host, at, &samples, rule, Unlisted::AsItWas) else { continue };
            let raised = self.fleet.apply(&changes);
            for finding in raised {
                let written = self.written.get(&(host.clone(), finding.key.sensor.clone())).cloned();
                self.found.push(row_of(finding, named, written));
            }
        }
    }
}

fn row_of(finding: Finding, named: bool, written: Option<String>) -> CsvFinding {
    let host = named.then_some(&finding.key.host);
    CsvFinding {
        time: finding.at,
        sensor: written.unwrap_or_else(|| match host {
            Some(host) => format!("{host}/{BMC}"),
            None => BMC.to_owned(),
        }),
        sentence: noout_words::english(&finding.said_about(host)),
        model: finding.model,
        score: finding.score,
        threshold: finding.threshold,
        dropouts: finding.count,
        first: finding.first,
        times: finding.dropouts,
        expected_per_day: finding.lambda0_per_day,
        common_cause: finding.common_cause,
    }
}

/// Where the wanted columns are, and how many there are in all.
fn columns(header: &Row<'_>) -> Result<([usize; 4], usize), CsvError> {
    let mut at = [0; 4];
    for (slot, name) in at.iter_mut().zip(COLUMNS) {
        *slot = header
            .iter()
            .position(|h| h.eq_ignore_ascii_case(name))
            .ok_or_else(|| CsvError::Header { missing: name, found: header.iter().collect::<Vec<_>>().join(", ") })?;
    }
    Ok((at, header.len()))
}

fn read<R: BufRead>(rows: &mut Rows<R>) -> Result<Option<Row<'_>>, CsvError> {
    // The line is asked for first because the row borrows the reader.
    let line = rows.line();
    rows.next().map_err(|e| match e {
        RowError::Io(source) => CsvError::Read { line, source },
        RowError::Shape { line, why } => CsvError::Row { line, why },
    })
}

fn field(line: u64, column: &'static str, found: &str, allowed: impl Into<String>) -> CsvError {
    CsvError::Field { line, column, found: found.to_owned(), allowed: allowed.into() }
}

fn parse_time(line: u64, text: &str) -> Result<Timestamp, CsvError> {
    let err = || {
        field(line, "time", text, "RFC 3339 with an offset (2026-01-31T02:47:00Z) or seconds since 1970 (1769827620)")
    };
    if text.starts_with(|c: char| c.is_ascii_digit() || c == '-')
        && text.bytes().skip(1).all(|b| b.is_ascii_digit() || b == b'.')
    {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let seconds: i64 = whole.parse().map_err(|_| err())?;
        let nanos = nanoseconds(fraction).ok_or_else(err)?;
        return Timestamp::new(seconds, if text.starts_with('-') { -nanos } else { nanos }).map_err(|_| err());
    }
    text.parse().map_err(|_| err())
}

/// The digits after the decimal point as nanoseconds; further digits are cut.
fn nanoseconds(fraction: &str) -> Option<i32> {
    if fraction.contains('.') {
        return None;
    }
    let nine: String = fraction.chars().chain(std::iter::repeat('0')).take(9).collect();
    nine.parse().ok()
}

fn parse_state(line: u64, text: &str) -> Result<SensorState, CsvError> {
    WORDS
        .into_iter()
        .find(|(_, words)| words.iter().any(|w| w.eq_ignore_ascii_case(text)))
        .map(|(state, _)| state)
        .ok_or_else(|| {
            let all = WORDS.map(|(_, words)| words.join(" "));
            let [ok, bad, missing] = all;
            field(line, "state", text, format!("ok (or: {ok}), bad (or: {bad}), missing (or: {missing})"))
        })
}

fn parse_sensor(line: u64, text: &str) -> Result<(HostId, SensorId), CsvError> {
    let err = |why: &dyn std::fmt::Display| {
        field(line, "sensor", text, format!("SENSOR or HOST/SENSOR, each of letters, digits and . _ - : / @ ({why})"))
    };
    let (host, sensor) = text.split_once('/').unwrap_or((NO_HOST, text));
    // Names of sensors have spaces in the field ("FAN 3", "CPU1 Temp"), ids have none.
    let id = |part: &str| part.replace([' ', '#', '(', ')', '+'], "_");
    if sensor == BMC {
        return Err(err(&"BMC stands for the host's BMC itself"));
    }
    Ok((HostId::new(id(host)).map_err(|e| err(&e.why))?, SensorId::new(id(sensor)).map_err(|e| err(&e.why))?))
}

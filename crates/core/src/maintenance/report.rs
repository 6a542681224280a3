//! What a maintenance was worth to customers: measured, estimated, not claimed. Each line links to
//! its evidence. Nothing is said that was not seen, and what went wrong is said as well.

use std::collections::BTreeMap;

use noout_types::{HostId, MaintenanceId, Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::model::{Maintenance, StepState};
use super::plan::StepKind;
use crate::config::{Config, PlatformKind};

/// How sure a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// Read from the platform.
    Measured,
    /// Calculated, as a range, with what it rests on.
    Estimated,
    /// What noout does not say, although it might please.
    NotClaimed,
}

/// One line; its text is in the languages of the reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRow {
    /// How sure it is.
    pub kind: RowKind,
    /// Which text.
    pub code: String,
    /// What the text's variables stand for.
    pub values: BTreeMap<String, String>,
    /// The journal records that prove it.
    pub evidence: Vec<u64>,
}

/// The report's content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportData {
    /// Which maintenance.
    pub maintenance: MaintenanceId,
    /// Which host.
    pub host: HostId,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// The lines.
    pub rows: Vec<ReportRow>,
}

/// How long guests were down when hosts died in tests with a real Proxmox VE 9 cluster of three nodes:
/// from the death to the guest running elsewhere, in seconds. They show the size, and the report says
/// that they are not this cluster's own.
const REFERENCE_RESTART_SECS: (u64, u64) = (80, 200);

struct Rows(Vec<ReportRow>);

impl Rows {
    fn add(&mut self, kind: RowKind, code: &str, values: &[(&str, String)], evidence: Vec<u64>) {
        let values = values.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        self.0.push(ReportRow { kind, code: code.to_owned(), values, evidence });
    }
}

/// Makes the report of a maintenance whose last step has just ended.
pub(super) fn make(m: &Maintenance, config: &Config, at: Timestamp) -> ReportData {
    let mut rows = Rows(Vec::new());
    measured(m, at, &mut rows);
    estimated(m, config, &mut rows);
    not_claimed(m, &mut rows);
    ReportData { maintenance: m.id, host: m.host.clone(), from: m.at, until: at, rows: rows.0 }
}

fn measured(m: &Maintenance, at: Timestamp, rows: &mut Rows) {
    let moves: Vec<_> = m
        .steps
        .iter()
        .filter(|s| matches!(s.kind, StepKind::Move(_) | StepKind::MoveHome(_)))
        .filter(|s| matches!(s.state, StepState::Done { .. }))
        .collect();
    let seqs = |steps: &[&super::LoggedStep]| steps.iter().map(|s| s.seq).collect::<Vec<_>>();
    let out = moves.iter().filter(|s| matches!(s.kind, StepKind::Move(_))).count();
    let home = moves.len() - out;
    rows.add(
        RowKind::Measured,
        "guests-moved",
        &[("out", out.to_string()), ("home", home.to_string()), ("host", m.host.to_string())],
        seqs(&moves),
    );
    let paused: Vec<_> = moves.iter().copied().filter(|s| pause(s).is_some()).collect();
    let mut pauses: Vec<u64> = paused.iter().filter_map(|s| pause(s)).collect();
    pauses.sort_unstable();
    if let (Some(longest), Some(median)) = (pauses.last(), pauses.get(pauses.len() / 2)) {
        let values = [
            ("longest", longest.to_string()),
            ("median", median.to_string()),
            ("total", pauses.iter().sum::<u64>().to_string()),
            ("moves", pauses.len().to_string()),
        ];
        rows.add(RowKind::Measured, "pauses", &values, seqs(&paused));
    }
    let unmeasured = moves.len() - paused.len();
    if unmeasured > 0 {
        let without: Vec<_> = moves.iter().copied().filter(|s| pause(s).is_none()).collect();
        rows.add(RowKind::Measured, "moves-without-pause", &[("moves", unmeasured.to_string())], seqs(&without));
    }
    let done = |kind: &StepKind| m.steps.iter().find(|s| s.kind == *kind && matches!(s.state, StepState::Done { .. }));
    if let (Some(off), Some(back)) = (m.off_at, done(&StepKind::ConfirmBack)) {
        let until = if let StepState::Done { at } = back.state { at } else { at };
        let evidence = done(&StepKind::PowerOff).map(|s| s.seq).into_iter().chain([back.seq]).collect();
        let values = [("host", m.host.to_string()), ("away", Span::between(off, until).to_string())];
        rows.add(RowKind::Measured, "host-away", &values, evidence);
    }
    if let (Some(set), Some(cleared)) = (m.noout.set_at, m.noout.cleared_at) {
        let steps: Vec<_> = [&StepKind::SetNoout, &StepKind::ClearNoout].into_iter().filter_map(done).collect();
        rows.add(RowKind::Measured, "noout-stood", &[("time", Span::between(set, cleared).to_string())], seqs(&steps));
    }
    if let Some(clean) = done(&StepKind::ConfirmClean) {
        rows.add(RowKind::Measured, "data-clean", &[("seen", clean.evidence.0.join("; "))], vec![clean.seq]);
    }
    if !m.left_behind.is_empty() {
        let guests: Vec<_> = m.left_behind.iter().map(|b| format!("{} ({})", b.guest, b.why)).collect();
        rows.add(RowKind::Measured, "left-behind", &[("guests", guests.join(", "))], home_plans(m));
    }
    let retried: Vec<_> = m.steps.iter().filter(|s| s.attempts > 1).collect();
    if !retried.is_empty() {
        let steps = retried.len().to_string();
        rows.add(RowKind::Measured, "retried", &[("steps", steps)], seqs(&retried));
    }
}

/// Where it was seen which guests do not go home.
fn home_plans(m: &Maintenance) -> Vec<u64> {
    m.steps.iter().filter(|s| s.kind == StepKind::PlanHome && s.seq > 0).map(|s| s.seq).collect()
}

fn pause(step: &super::LoggedStep) -> Option<u64> {
    step.output.as_ref().and_then(|o| o.pause_ms)
}

fn estimated(m: &Maintenance, config: &Config, rows: &mut Rows) {
    let moved =
        m.steps.iter().filter(|s| matches!(s.kind, StepKind::Move(_)) && matches!(s.state, StepState::Done { .. }));
    let evidence: Vec<_> = moved.map(|s| s.seq).collect();
    let guests = evidence.len();
    if guests == 0 {
        return;
    }
    let (low, high) = REFERENCE_RESTART_SECS;
    let lab = config.platform(&m.platform).is_some_and(|p| p.kind == PlatformKind::Lab);
    let values = [
        ("guests", guests.to_string()),
        ("low", low.to_string()),
        ("high", high.to_string()),
        ("simulated", lab.to_string()),
    ];
    rows.add(RowKind::Estimated, "had-it-died", &values, evidence);
}

fn not_claimed(m: &Maintenance, rows: &mut Rows) {
    rows.add(RowKind::NotClaimed, "would-have-failed", &[("host", m.host.to_string())], Vec::new());
    rows.add(RowKind::NotClaimed, "nobody-noticed", &[], Vec::new());
}

//! What a maintenance was worth to customers: measured, estimated, not claimed. Each line links to
//! its evidence. Nothing is said that was not seen, and what went wrong is said as well.

use noout_types::{HostId, MaintenanceId, Said, Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::model::{LoggedStep, Maintenance, StepState};
use super::plan::StepKind;
use crate::config::{Config, PlatformKind};
use crate::platform::Moved;
use crate::says;

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

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRow {
    /// How sure it is.
    pub kind: RowKind,
    /// What it says.
    #[serde(flatten)]
    pub said: Said,
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
    fn add(&mut self, kind: RowKind, said: Said, evidence: Vec<u64>) {
        self.0.push(ReportRow { kind, said, evidence });
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

fn done<'m>(m: &'m Maintenance, kind: &StepKind) -> Option<&'m LoggedStep> {
    m.steps.iter().find(|s| s.kind == *kind && matches!(s.state, StepState::Done { .. }))
}

fn seqs(steps: &[&LoggedStep]) -> Vec<u64> {
    steps.iter().map(|s| s.seq).collect()
}

fn measured(m: &Maintenance, at: Timestamp, rows: &mut Rows) {
    let is_move = |s: &&LoggedStep| matches!(s.kind, StepKind::Move(_) | StepKind::MoveHome(_));
    let moves: Vec<_> = m.steps.iter().filter(is_move).filter(|s| matches!(s.state, StepState::Done { .. })).collect();
    moved(m, &moves, rows);
    pauses(&moves, rows);
    if let (Some(off), Some(back)) = (m.off_at, done(m, &StepKind::ConfirmBack)) {
        let until = if let StepState::Done { at } = back.state { at } else { at };
        let evidence = done(m, &StepKind::PowerOff).map(|s| s.seq).into_iter().chain([back.seq]).collect();
        let away = Span::between(off, until);
        rows.add(RowKind::Measured, says::host_away(&m.host, away.as_millis()), evidence);
    }
    if let (Some(set), Some(cleared)) = (m.noout.set_at, m.noout.cleared_at) {
        let steps: Vec<_> =
            [&StepKind::SetNoout, &StepKind::ClearNoout].into_iter().filter_map(|kind| done(m, kind)).collect();
        rows.add(RowKind::Measured, says::noout_stood(Span::between(set, cleared).as_millis()), seqs(&steps));
    }
    if let Some(clean) = done(m, &StepKind::ConfirmClean) {
        rows.add(RowKind::Measured, says::data_clean(clean.evidence.seen.iter().cloned()), vec![clean.seq]);
    }
    if !m.left_behind.is_empty() {
        let guests = m.left_behind.iter().map(|b| says::left_guest(&b.guest, [b.why.clone()]));
        rows.add(RowKind::Measured, says::left_behind(guests), home_plans(m));
    }
    let retried: Vec<_> = m.steps.iter().filter(|s| s.attempts > 1).collect();
    if !retried.is_empty() {
        rows.add(RowKind::Measured, says::retried(retried.len()), seqs(&retried));
    }
}

/// Who moved, told apart by what the guest felt of it: only a machine that moved live did not stop.
fn moved(m: &Maintenance, moves: &[&LoggedStep], rows: &mut Rows) {
    if moves.is_empty() {
        let empty = done(m, &StepKind::ConfirmEmpty).map(|s| s.seq);
        rows.add(RowKind::Measured, says::not_moved(&m.host), empty.into_iter().collect());
    }
    for how in [Some(Moved::Live), Some(Moved::Restarted), Some(Moved::Stopped), None] {
        let these: Vec<_> = moves.iter().copied().filter(|s| s.output.as_ref().and_then(|o| o.moved) == how).collect();
        let out = these.iter().filter(|s| matches!(s.kind, StepKind::Move(_))).count();
        let (host, home) = (&m.host, these.len() - out);
        let said = match how {
            _ if these.is_empty() => continue,
            Some(Moved::Live) => says::moved_live(host, out, home),
            Some(Moved::Restarted) => says::moved_restarted(host, out, home),
            Some(Moved::Stopped) => says::moved_stopped(host, out, home),
            None => says::moved_unknown(host, out, home),
        };
        rows.add(RowKind::Measured, said, seqs(&these));
    }
}

fn pauses(moves: &[&LoggedStep], rows: &mut Rows) {
    // What did not run could not pause: nothing is missing there.
    let ran = moves.iter().copied().filter(|s| s.output.as_ref().and_then(|o| o.moved) != Some(Moved::Stopped));
    let (paused, unmeasured): (Vec<&LoggedStep>, Vec<&LoggedStep>) = ran.partition(|s| pause(s).is_some());
    let mut pauses: Vec<u64> = paused.iter().filter_map(|s| pause(s)).collect();
    pauses.sort_unstable();
    if let (Some(longest), Some(median)) = (pauses.last(), pauses.get(pauses.len() / 2)) {
        let said = says::pauses(pauses.len(), median, longest, pauses.iter().sum::<u64>());
        rows.add(RowKind::Measured, said, seqs(&paused));
    }
    if !unmeasured.is_empty() {
        rows.add(RowKind::Measured, says::moves_without_pause(unmeasured.len()), seqs(&unmeasured));
    }
}

/// Where it was seen which guests do not go home.
fn home_plans(m: &Maintenance) -> Vec<u64> {
    m.steps.iter().filter(|s| s.kind == StepKind::PlanHome && s.seq > 0).map(|s| s.seq).collect()
}

fn pause(step: &LoggedStep) -> Option<u64> {
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
    rows.add(RowKind::Estimated, says::had_it_died(guests, low, high, lab), evidence);
}

fn not_claimed(m: &Maintenance, rows: &mut Rows) {
    rows.add(RowKind::NotClaimed, says::would_have_failed(&m.host), Vec::new());
    rows.add(RowKind::NotClaimed, says::nobody_noticed(), Vec::new());
}

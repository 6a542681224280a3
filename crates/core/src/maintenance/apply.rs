//! What an event does to a maintenance. Infallible: recovery is this and nothing else.

use std::collections::BTreeMap;

use noout_types::{Said, Timestamp};

use super::events::{MaintenanceEvent as E, Outcome};
use super::model::{
    CheckItem, Evidence, Hold, LoggedStep, Maintenance, Maintenances, NooutMark, Phase, StepState, WorkOrder,
};
use super::plan::StepKind;
use super::route::WORK_ORDER_ITEMS;
use crate::config::MaintenanceRules;
use crate::platform::Act;
use crate::says;

/// Maintenances that are over and still kept at hand; older ones are in the read tables.
const KEEP_OVER: usize = 20;

impl Maintenances {
    pub(crate) fn apply(&mut self, at: Timestamp, seq: u64, rules: &MaintenanceRules, event: &E) {
        if let E::Requested { id, .. } = event {
            self.kept.insert(*id, requested(at, event));
        }
        let over = self.kept.values().filter(|m| m.phase.is_over()).count();
        if over > KEEP_OVER
            && let Some(oldest) = self.kept.values().find(|m| m.phase.is_over()).map(|m| m.id)
        {
            self.kept.remove(&oldest);
        }
        let Some(m) = self.kept.get_mut(&event.id()) else { return };
        plan_events(m, at, event);
        step_events(m, at, seq, rules, event);
        watch_events(m, at, event);
        order_events(m, at, seq, event);
        m.open_turn(at, rules);
    }
}

fn requested(at: Timestamp, event: &E) -> Maintenance {
    let E::Requested { id, platform, host, reason, incident, by } = event.clone() else {
        unreachable!("called for requests only")
    };
    Maintenance {
        id,
        platform,
        host,
        reason,
        incident,
        at,
        requested_by: by,
        phase: Phase::Planning,
        plan: None,
        hash: None,
        trouble: None,
        proposed_by: None,
        approved_by: None,
        approved_until: None,
        steps: Vec::new(),
        homes: Vec::new(),
        left_behind: Vec::new(),
        noout: NooutMark::default(),
        hold: None,
        aborted: None,
        on_way_back: false,
        order: None,
        watch: BTreeMap::new(),
        noticed: BTreeMap::new(),
        sighted_at: at,
        boot_id: None,
        off_at: None,
        counted: None,
        good_since: None,
        report: None,
        last_number: 0,
    }
}

fn plan_events(m: &mut Maintenance, at: Timestamp, event: &E) {
    match event {
        E::Planned { plan, hash, .. } => {
            m.phase = Phase::Drafted;
            (m.plan, m.hash, m.trouble) = (Some((**plan).clone()), Some(*hash), None);
            (m.proposed_by, m.approved_by, m.approved_until) = (None, None, None);
            m.sighted_at = at;
        }
        E::NotPlannable { why, .. } => m.trouble = Some(why.clone()),
        E::Proposed { by, .. } => {
            m.phase = Phase::Proposed;
            m.proposed_by = Some(by.clone());
        }
        E::Approved { by, until, .. } => {
            m.phase = Phase::Running;
            (m.approved_by, m.approved_until, m.sighted_at) = (Some(by.clone()), Some(*until), at);
            m.hold = None;
            if let Some(plan) = m.plan.clone() {
                // Guests of an earlier plan that have left already still live here.
                let earlier = std::mem::take(&mut m.homes);
                m.homes = earlier.into_iter().chain(plan.homes).collect();
                m.homes.sort();
                m.homes.dedup();
                m.left_behind = plan.blocked;
                m.replace_open(at, plan.steps);
            }
        }
        E::Voided { why, .. } => {
            m.phase = Phase::Planning;
            m.trouble = Some(why.clone());
            (m.proposed_by, m.approved_by, m.approved_until) = (None, None, None);
            m.replace_open(at, Vec::new());
        }
        E::Aborted { .. } => m.phase = Phase::Running,
        E::Finished { phase, report, .. } => {
            m.phase = *phase;
            m.report = report.as_deref().cloned();
            m.hold = None;
            m.replace_open(at, Vec::new());
        }
        _ => {}
    }
}

fn step_events(m: &mut Maintenance, at: Timestamp, seq: u64, rules: &MaintenanceRules, event: &E) {
    match event {
        E::Waiting { step, why, .. } | E::Unseen { step, why, .. } => {
            let state = StepState::Waiting { since: at, why: why.clone() };
            m.with_step(*step, |s| s.state = state);
        }
        E::Seen { step, evidence, .. } => m.with_step(*step, |s| {
            s.state = StepState::Seen { at };
            s.evidence = evidence.clone();
        }),
        E::Intended { step, attempt, act, evidence, .. } => {
            if matches!(act, Act::SetNoout { .. }) {
                m.noout.intended = true;
                m.noout.cleared_at = None;
                m.noout.deadline = Some(rules.noout_deadline.after(at));
            }
            m.with_step(*step, |s| {
                s.state = StepState::Intended { at };
                s.attempts = *attempt;
                s.evidence = evidence.clone();
                s.not_before = None;
            });
        }
        E::Counted { counted, .. } => m.counted = Some(counted.clone()),
        E::Lapsed { step, .. } => m.doubt(at, *step, says::not_sent()),
        E::Acted { step, outcome, .. } => acted(m, at, seq, *step, outcome),
        E::Passed { step, evidence, .. } => passed(m, at, seq, *step, evidence),
        E::Rerouted { steps, blocked, answers, why, .. } => {
            if let Some(step) = answers {
                passed(m, at, seq, *step, &why.clone().into());
            }
            m.left_behind.retain(|b| blocked.iter().all(|now| now.guest != b.guest));
            m.left_behind.extend(blocked.iter().cloned());
            m.on_way_back = m.aborted.is_some();
            m.replace_open(at, steps.clone());
        }
        E::Overdue { step: 0, .. } => m.noout.overdue = true,
        E::Overdue { step, .. } => m.with_step(*step, |s| s.overdue = true),
        _ => {}
    }
}

fn acted(m: &mut Maintenance, at: Timestamp, seq: u64, number: u32, outcome: &Outcome) {
    let Some(kind) = m.step(number).map(|s| s.kind.clone()) else { return };
    match outcome {
        Outcome::Done { output } => {
            match kind {
                StepKind::SetNoout => m.noout.set_at = Some(at),
                StepKind::ClearNoout => m.noout.cleared_at = Some(at),
                StepKind::PowerOff => m.off_at = Some(at),
                _ => {}
            }
            m.with_step(number, |s| {
                s.state = StepState::Done { at };
                s.output = Some(output.clone());
                s.seq = seq;
            });
        }
        Outcome::Running { task } => m.with_step(number, |s| s.state = StepState::Running { task: task.clone() }),
        Outcome::Refused { why, retry_at } => {
            if kind == StepKind::SetNoout && m.step(number).is_some_and(|s| !s.doubted) {
                // Nothing was ever set by us: a flag that is found from now on is somebody else's.
                m.noout = NooutMark::default();
            }
            m.with_step(number, |s| {
                s.state = StepState::Waiting { since: at, why: Said::words(why) };
                s.not_before = Some(*retry_at);
            });
        }
        Outcome::Ambiguous { why, retry_at } => {
            m.doubt(at, number, Said::words(why));
            m.with_step(number, |s| s.not_before = Some(*retry_at));
        }
    }
}

fn passed(m: &mut Maintenance, at: Timestamp, seq: u64, number: u32, evidence: &Evidence) {
    m.with_step(number, |s| {
        s.state = StepState::Done { at };
        s.evidence = evidence.clone();
        s.seq = seq;
    });
    // The last look at the empty host sees the boot id that it has before it goes away.
    if let Some(id) = &evidence.boot_id {
        m.boot_id = Some(id.clone());
    }
}

/// The watch's word for a platform that cannot be seen.
pub(super) const BLIND: &str = "blind";

fn watch_events(m: &mut Maintenance, at: Timestamp, event: &E) {
    match event {
        E::Held { why, by, .. } => m.hold = Some(Hold { why: why.clone(), by: by.clone(), at }),
        E::Resumed { .. } => {
            m.hold = None;
            m.sighted_at = at;
            // Whoever resumes blindly is told again.
            m.watch.remove(BLIND);
            for step in &mut m.steps {
                // A resumed step gets its time anew.
                if !step.state.is_over() && step.since.is_some() {
                    (step.since, step.overdue) = (Some(at), false);
                }
            }
        }
        E::Aborted { why, .. } => {
            m.aborted = Some(why.clone());
            m.hold = None;
        }
        E::WatchRaised { code, text, .. } => {
            m.watch.insert(code.clone(), text.clone());
        }
        E::Noticed { code, .. } => {
            m.noticed.insert(code.clone(), at);
        }
        E::WatchCleared { code, .. } => {
            m.watch.remove(code);
            m.noticed.remove(code);
        }
        E::Sighted { .. } => m.sighted_at = at,
        _ => {}
    }
}

fn order_events(m: &mut Maintenance, at: Timestamp, seq: u64, event: &E) {
    match event {
        E::Ticked { item, done, by, .. } => {
            if let Some(line) = m.order.as_mut().and_then(|o| o.items.iter_mut().find(|i| i.code == *item)) {
                (line.by, line.at) = if *done { (Some(by.clone()), Some(at)) } else { (None, None) };
            }
        }
        E::OrderNoted { by, text, .. } => {
            if let Some(order) = &mut m.order {
                order.notes.push((at, by.clone(), text.clone()));
            }
        }
        E::Signed { step, by, note, .. } => {
            if let Some(order) = &mut m.order {
                order.signed = Some((by.clone(), at));
                if !note.is_empty() {
                    order.notes.push((at, by.clone(), note.clone()));
                }
            }
            m.with_step(*step, |s| {
                s.state = StepState::Done { at };
                s.seq = seq;
            });
        }
        _ => {}
    }
}

impl Maintenance {
    /// Nobody knows whether the step's act began.
    fn doubt(&mut self, at: Timestamp, number: u32, why: Said) {
        self.with_step(number, |s| {
            let since = if let StepState::Doubtful { since, .. } = s.state { since } else { at };
            s.state = StepState::Doubtful { since, why };
            s.doubted = true;
        });
    }

    fn with_step(&mut self, number: u32, change: impl FnOnce(&mut LoggedStep)) {
        if let Some(step) = self.steps.iter_mut().find(|s| s.number == number) {
            change(step);
        }
    }

    /// Steps that have begun keep their log; those that are open are replaced.
    fn replace_open(&mut self, at: Timestamp, kinds: Vec<StepKind>) {
        // Numbers are never given twice: an outcome that arrives late must not meet another step.
        let last = self.steps.iter().map(|s| s.number).max().unwrap_or(0).max(self.last_number);
        self.last_number = last;
        self.steps.retain(|s| s.state.is_over() || s.attempts > 0);
        for step in self.steps.iter_mut().filter(|s| !s.state.is_over()) {
            step.state = StepState::Dropped { at };
        }
        for (place, kind) in kinds.into_iter().enumerate() {
            let number = last + 1 + u32::try_from(place).unwrap_or(0);
            self.steps.push(LoggedStep {
                number,
                kind,
                state: StepState::Open,
                since: None,
                attempts: 0,
                doubted: false,
                not_before: None,
                overdue: false,
                output: None,
                evidence: Evidence::default(),
                seq: 0,
            });
        }
    }

    /// The step whose turn has come begins its time; a work order is written when its step comes.
    fn open_turn(&mut self, at: Timestamp, rules: &MaintenanceRules) {
        if self.phase != Phase::Running {
            return;
        }
        let Some(step) = self.steps.iter_mut().find(|s| !s.state.is_over()) else { return };
        if step.since.is_some() {
            return;
        }
        step.since = Some(at);
        let is_order = step.kind == StepKind::WorkOrder;
        if is_order && self.order.is_none() {
            let item = |code: &&str| CheckItem { code: (*code).to_owned(), by: None, at: None };
            self.order = Some(WorkOrder {
                items: WORK_ORDER_ITEMS.iter().map(item).collect(),
                deadline: rules.work_order_deadline.after(at),
                notes: Vec::new(),
                signed: None,
            });
        }
    }
}

//! How a maintenance goes on: by what is seen, by how acts end, by time.

use std::collections::BTreeMap;

use noout_types::{IncidentId, MaintenanceId, Said, Severity, Span, Timestamp, Urgency};

use super::apply::BLIND;
use super::events::{MaintenanceEvent as E, Outcome};
use super::gates::{Judgement, MAX_VIEW_AGE, Views, judge};
use super::model::{Counted, Evidence, LoggedStep, Maintenance, Phase, StepState};
use super::plan::StepKind;
use super::{planner, report, route, watch};
use crate::actor::Actor;
use crate::engine::State;
use crate::event::Event;
use crate::incident::{Audience, Cause, IncidentEvent, OwnWords};
use crate::platform::{ComputeView, Ensured, SensorPoll, StorageView};
use crate::says;

/// After a refusal the gate is judged again this much later.
const RETRY_REFUSED: Span = Span::from_secs(10);

/// After an ambiguous result the driver reads back this much later.
const RETRY_AMBIGUOUS: Span = Span::from_secs(5);

/// An intent that is not seen to begin within this time does not begin any more: what its gate saw grows old.
/// noout may have died, or a hold, a stop or an abort came between.
const LAPSES_AFTER: Span = Span::from_secs(15);

/// A person is told of an act of which nobody knows for so long whether it happened.
const DOUBT_IS_LONG: Span = Span::from_mins(1);

/// Attempts of one step before a person is asked.
pub(crate) const MAX_ATTEMPTS: u32 = 3;

/// After an abort, an act that was just handed to a driver may still answer: a driver says "done",
/// "running" or "ambiguous" well within this time.
const ABORT_WAITS: Span = Span::from_mins(1);

/// The way home is planned at the most so often, else noout and somebody else pull at the same guests.
const MAX_HOME_PLANS: usize = 10;

/// The journal is told that the platform is seen about this often.
const SIGHTED_EVERY: Span = Span::from_secs(30);

/// Collects a decision's events about one maintenance.
struct Out<'a> {
    state: &'a State,
    m: &'a Maintenance,
    next_incident: u64,
    events: Vec<Event>,
}

impl<'a> Out<'a> {
    fn new(state: &'a State, m: &'a Maintenance) -> Self {
        Self { state, m, next_incident: state.next_incident, events: Vec::new() }
    }

    fn push(&mut self, event: E) {
        self.events.push(Event::Maintenance(event));
    }

    fn hold(&mut self, why: &Said) {
        if self.m.hold.is_none() {
            self.push(E::Held { id: self.m.id, why: why.clone(), by: Actor::Noout });
        }
    }

    /// Pages people about this maintenance: always by an incident, so that there is one way to be woken. Whoever
    /// has the incident already took what was known then: it is told again.
    fn page(&mut self, key: &str, title: Said, text: impl Into<Option<Said>>) {
        let key = format!("maintenance/{}/{key}", self.m.id);
        let words = OwnWords::new(title, text);
        if let Some(known) = self.state.incidents.by_key(&key).and_then(|id| self.state.incidents.get(id)) {
            if !known.is_triggered() || known.opened.words.as_ref() != Some(&words) {
                let (incident, severity, urgency) = (known.opened.id, Severity::Critical, Urgency::High);
                let (why, words) = (words.title.clone(), Some(words));
                self.events.push(Event::Incident(IncidentEvent::Raised { incident, severity, urgency, why, words }));
            }
            return;
        }
        let platform = self.state.config.platform(&self.m.platform);
        let id = IncidentId(self.next_incident);
        self.next_incident += 1;
        let mut opened = self.state.own(id, key, words, Audience::Policy);
        opened.policy = platform.and_then(|p| p.policy.clone()).or(opened.policy);
        opened.cause = Cause::Maintenance { maintenance: self.m.id };
        self.events.push(Event::Incident(IncidentEvent::Opened(Box::new(opened))));
    }
}

/// The platform was looked at for a maintenance.
pub(crate) fn observed(
    state: &State,
    at: Timestamp,
    id: MaintenanceId,
    compute: &ComputeView,
    storage: Option<&StorageView>,
) -> Vec<Event> {
    let Some(m) = state.maintenances.get(id).filter(|m| !m.phase.is_over()) else { return Vec::new() };
    let views = Views { config: &state.config, at, compute, storage };
    let mut out = Out::new(state, m);
    // A view that was taken before something changed says nothing about now.
    let stale = Span::between(views.taken_at(), at) > MAX_VIEW_AGE;
    match m.phase {
        Phase::Planning if !stale => plan(&mut out, &views),
        Phase::Running if !stale => run(&mut out, &views),
        _ => {}
    }
    out.events
}

fn plan(out: &mut Out<'_>, views: &Views<'_>) {
    let (id, inventory) = (out.m.id, &views.compute.inventory);
    if views.compute.incomplete.is_empty() && !inventory.hosts.is_empty() && inventory.host(&out.m.host).is_none() {
        let note = says::no_such_host(&out.m.host, &out.m.platform);
        out.push(E::Finished { id, phase: Phase::Cancelled, report: None, note });
        return;
    }
    match planner::make(out.m, views) {
        Ok(plan) => {
            let hash = plan.hash();
            out.push(E::Planned { id: out.m.id, plan: Box::new(plan), hash });
        }
        Err(why) if out.m.trouble.as_ref() == Some(&why) => {}
        Err(why) => out.push(E::NotPlannable { id: out.m.id, why }),
    }
}

fn run(out: &mut Out<'_>, views: &Views<'_>) {
    let (m, at) = (out.m, views.at);
    if Span::between(m.sighted_at, at) >= SIGHTED_EVERY {
        out.push(E::Sighted { id: m.id });
    }
    let wrong = watch::look(m, views);
    let (wrong, unsettled) = sift(out, wrong, at);
    // Whoever resumed although it was wrong is told that it holds again.
    let holds = m.hold.is_none() && !m.is_restoring();
    for (code, text) in &wrong {
        let known = m.watch.get(code);
        if known != Some(text) {
            out.push(E::WatchRaised { id: m.id, code: code.clone(), text: text.clone() });
        }
        if known.is_none() || holds {
            out.page(code, says::page_trouble(&m.host, [text.clone()]), says::page_trouble_text());
        }
    }
    for code in m.watch.keys().filter(|code| !wrong.contains_key(*code)) {
        out.push(E::WatchCleared { id: m.id, code: code.clone() });
    }
    // All other steps have gates of their own that look at the placement groups.
    let moving = m.current().is_some_and(|s| matches!(s.kind, StepKind::Move(_) | StepKind::MoveHome(_)));
    if unsettled && moving && !m.is_restoring() {
        return;
    }
    if let Some(text) = wrong.values().next().filter(|_| !m.is_restoring()) {
        out.hold(text);
        return;
    }
    if m.hold.is_none()
        && let Some(step) = m.current()
    {
        advance(out, views, step);
    } else if m.current().is_none() && m.hold.is_none() {
        finish(out, at);
    }
}

/// What is a failure, and whether something may still settle by itself: nothing new is begun then, but
/// nobody is woken before it had its time.
fn sift(out: &mut Out<'_>, wrong: BTreeMap<String, Said>, at: Timestamp) -> (BTreeMap<String, Said>, bool) {
    let m = out.m;
    let settle = out.state.config.maintenance.settle;
    for code in m.noticed.keys().filter(|code| !wrong.contains_key(*code) && !m.watch.contains_key(*code)) {
        out.events.push(Event::Maintenance(E::WatchCleared { id: m.id, code: code.clone() }));
    }
    let all = wrong.len();
    let mut failures = BTreeMap::new();
    for (code, text) in wrong {
        let noticed = m.noticed.get(&code);
        if !watch::may_settle(&code) || noticed.is_some_and(|since| Span::between(*since, at) >= settle) {
            failures.insert(code, text);
        } else if noticed.is_none() {
            out.push(E::Noticed { id: m.id, code });
        }
    }
    let unsettled = failures.len() < all;
    (failures, unsettled)
}

/// Brings the current step on, if its state waits for a look.
fn advance(out: &mut Out<'_>, views: &Views<'_>, step: &LoggedStep) {
    let (m, at) = (out.m, views.at);
    let early = step.not_before.is_some_and(|t| at < t);
    // The view must be younger than the step's turn: what was seen before it says nothing about it.
    let older = step.since.is_some_and(|since| views.taken_at() < since);
    if early || older || step.state.may_be_under_way() || step.kind.is_human() || step.kind == StepKind::ProveHealthy {
        return;
    }
    let judgement = match stopped(out, step) {
        Some(why) => Judgement::Wait(why),
        None => judge(m, &step.kind, views),
    };
    match judgement {
        Judgement::Pass(evidence) => passed(out, views, step, evidence),
        Judgement::Wait(why) => {
            let told = match &step.state {
                StepState::Waiting { why: before, .. } => *before == why,
                _ => false,
            };
            match step.state {
                StepState::Seen { .. } => out.push(E::Unseen { id: m.id, step: step.number, why }),
                _ if !told => out.push(E::Waiting { id: m.id, step: step.number, why }),
                _ => {}
            }
        }
        Judgement::Drifted(why) => {
            // Once the host is on its way out there is no new plan to approve: a person decides.
            if m.noout.intended || m.aborted.is_some() || matches!(step.kind, StepKind::MoveHome(_)) {
                drifted_late(out, step, why);
            } else {
                out.push(E::Voided { id: m.id, why });
            }
        }
    }
}

/// Nothing disruptive starts after `noout stop`.
fn stopped(out: &Out<'_>, step: &LoggedStep) -> Option<Said> {
    let (_, by, why) = out.state.stopped.as_ref()?;
    let act = step.kind.act(&out.m.host).filter(crate::platform::Act::is_disruptive);
    act.map(|_| says::stopped(by, why))
}

fn drifted_late(out: &mut Out<'_>, step: &LoggedStep, why: Said) {
    let m = out.m;
    if matches!(step.kind, StepKind::MoveHome(_)) {
        // The way home is planned anew on what is there now.
        out.push(E::Rerouted { id: m.id, steps: vec![StepKind::PlanHome], blocked: Vec::new(), answers: None, why });
        return;
    }
    out.hold(&why);
    out.page("drift", says::page_held(&m.host, [why]), says::page_held_text());
}

fn passed(out: &mut Out<'_>, views: &Views<'_>, step: &LoggedStep, evidence: Evidence) {
    let (m, at) = (out.m, views.at);
    let (id, number) = (m.id, step.number);
    if matches!(step.kind, StepKind::Entry | StepKind::PowerOff) {
        out.push(E::Counted { id, counted: count(m, views) });
    }
    if let Some(act) = step.kind.act(&m.host) {
        out.push(E::Intended { id, step: number, attempt: step.attempts + 1, act, evidence });
        return;
    }
    match &step.kind {
        StepKind::ConfirmEmpty | StepKind::ConfirmBack => match step.state {
            StepState::Seen { at: first } if Span::between(first, at) >= out.state.config.maintenance.confirm_gap => {
                out.push(E::Passed { id, step: number, evidence });
            }
            StepState::Seen { .. } => {}
            _ => out.push(E::Seen { id, step: number, evidence }),
        },
        StepKind::PlanHome => plan_home(out, views, number),
        _ => out.push(E::Passed { id, step: number, evidence }),
    }
}

fn count(m: &Maintenance, views: &Views<'_>) -> Counted {
    let ran = views.compute.inventory.guests.iter().filter(|g| g.running).map(|g| g.id.clone()).collect();
    let of_host = views.storage.into_iter().flat_map(|s| s.osds_of(&m.host));
    Counted { ran, served: of_host.filter(|o| o.up && o.is_in).map(|o| o.id).collect() }
}

fn plan_home(out: &mut Out<'_>, views: &Views<'_>, step: u32) {
    let (id, host) = (out.m.id, &out.m.host);
    let plans = out.m.steps.iter().filter(|s| s.kind == StepKind::PlanHome).count();
    let found =
        if plans > MAX_HOME_PLANS { Err(says::home_too_often(MAX_HOME_PLANS)) } else { planner::home(out.m, views) };
    match found {
        Ok((steps, blocked)) => {
            let why = says::home(steps.len(), blocked.len());
            out.push(E::Rerouted { id, steps, blocked, answers: Some(step), why });
        }
        Err(why) => {
            out.hold(&why);
            out.page("home", says::page_home(host, [why]), None);
        }
    }
}

fn finish(out: &mut Out<'_>, at: Timestamp) {
    let m = out.m;
    let (phase, report, note) = match &m.aborted {
        Some(why) => (Phase::Cancelled, None, says::given_up(why)),
        None => {
            let report = report::make(m, &out.state.config, at);
            (Phase::Done, Some(Box::new(report)), says::in_service(&m.host))
        }
    };
    out.push(E::Finished { id: m.id, phase, report, note });
}

/// The platform could not be looked at.
pub(crate) fn unseen(state: &State, at: Timestamp, id: MaintenanceId, why: &str) -> Vec<Event> {
    let Some(m) = state.maintenances.get(id) else { return Vec::new() };
    let mut out = Out::new(state, m);
    let words = says::watch_blind(why);
    match m.phase {
        Phase::Planning if m.trouble.as_ref() != Some(&words) => out.push(E::NotPlannable { id, why: words }),
        Phase::Running => blind(&mut out, at, &words),
        _ => {}
    }
    out.events
}

fn blind(out: &mut Out<'_>, at: Timestamp, why: &Said) {
    let m = out.m;
    if m.watch.contains_key(BLIND) || Span::between(m.sighted_at, at) < out.state.config.maintenance.blind_after {
        return;
    }
    out.push(E::WatchRaised { id: m.id, code: BLIND.to_owned(), text: why.clone() });
    if !m.is_restoring() {
        out.hold(why);
    }
    out.page(BLIND, says::page_trouble(&m.host, [why.clone()]), says::page_blind_text());
}

/// An attempt of an act ended.
pub(crate) fn acted(
    state: &State,
    at: Timestamp,
    id: MaintenanceId,
    number: u32,
    attempt: u32,
    ensured: Ensured,
) -> Vec<Event> {
    let Some(m) = state.maintenances.get(id).filter(|m| m.is_running()) else { return Vec::new() };
    let Some(step) = m.step(number).filter(|s| s.attempts == attempt) else { return Vec::new() };
    if !step.state.may_be_under_way() {
        return Vec::new();
    }
    let mut out = Out::new(state, m);
    let outcome = match ensured {
        Ensured::Done(output) => Outcome::Done { output },
        Ensured::Running { task } => match &step.state {
            StepState::Running { task: known } if *known == task => return Vec::new(),
            _ => Outcome::Running { task },
        },
        Ensured::Refused { why } => Outcome::Refused { why, retry_at: RETRY_REFUSED.after(at) },
        Ensured::Ambiguous { why } => match &step.state {
            // Still nobody knows: the journal has it already.
            StepState::Doubtful { why: known, .. } if *known == Said::words(&why) => return Vec::new(),
            _ => Outcome::Ambiguous { why, retry_at: RETRY_AMBIGUOUS.after(at) },
        },
    };
    let refused = match &outcome {
        Outcome::Refused { why, .. } if attempt >= MAX_ATTEMPTS => Some(why.clone()),
        _ => None,
    };
    out.push(E::Acted { id, step: number, attempt, outcome });
    if let Some(why) = refused {
        let why = says::refused(step.kind.code(), attempt, [Said::words(why)]);
        out.hold(&why);
        out.page("refused", says::page_held(&m.host, [why]), says::page_held_text());
    }
    out.events
}

/// A poll of a BMC, for the proof that the host is healthy.
pub(crate) fn sensors(state: &State, poll: &SensorPoll) -> Vec<Event> {
    let at = poll.taken_at;
    let mut events = Vec::new();
    for m in state.maintenances.iter().filter(|m| m.is_running() && m.host == poll.host && m.hold.is_none()) {
        let Some(step) = m.current().filter(|s| s.kind == StepKind::ProveHealthy) else { continue };
        if step.since.is_none_or(|since| at < since) {
            continue;
        }
        events.extend(prove(state, m, step, poll).into_iter().map(Event::Maintenance));
    }
    events
}

fn prove(state: &State, m: &Maintenance, step: &LoggedStep, poll: &SensorPoll) -> Option<E> {
    let (id, number, at) = (m.id, step.number, poll.taken_at);
    let bad = match &poll.readings {
        Err(why) => Some(says::bmc_silent(why)),
        Ok(readings) if readings.is_empty() => Some(says::bmc_empty()),
        Ok(readings) => readings
            .iter()
            .find(|r| r.state != noout_detect::SensorState::Ok)
            .map(|r| says::sensor(&r.sensor, sensor_word(r.state))),
    };
    let known = state.sensors.fleet.sensors_of(&m.host);
    let count = poll.readings.as_ref().map_or(0, Vec::len);
    let lost = known.filter(|(s, ..)| poll.readings.as_ref().is_ok_and(|r| !r.iter().any(|x| x.sensor == **s)));
    let lost: Vec<_> =
        lost.filter(|(s, ..)| s.as_str() != noout_detect::intermittent::BMC).map(|(s, ..)| s.to_string()).collect();
    let bad = bad.or_else(|| (!lost.is_empty()).then(|| says::sensors_lost(lost.join(", "))));
    match (bad, &step.state) {
        (Some(why), StepState::Waiting { why: told, .. }) if *told == why => None,
        (Some(why), StepState::Seen { .. }) => Some(E::Unseen { id, step: number, why }),
        (Some(why), _) => Some(E::Waiting { id, step: number, why }),
        (None, StepState::Seen { at: first }) => {
            let good = Span::between(*first, at);
            (good >= state.config.maintenance.prove).then(|| E::Passed {
                id,
                step: number,
                evidence: says::seen_sensors_for(count, &m.host, good.as_millis()).into(),
            })
        }
        (None, _) => Some(E::Seen { id, step: number, evidence: says::seen_sensors(count, &m.host).into() }),
    }
}

fn sensor_word(state: noout_detect::SensorState) -> &'static str {
    match state {
        noout_detect::SensorState::Ok => "ok",
        noout_detect::SensorState::Bad => "bad",
        noout_detect::SensorState::Missing => "missing",
    }
}

/// What time does: steps that take too long, a flag that stands too long, blindness.
pub(crate) fn settle(state: &State, at: Timestamp) -> Vec<Event> {
    let mut events = Vec::new();
    for m in state.maintenances.iter().filter(|m| m.is_running()) {
        let mut out = Out { next_incident: state.next_incident + opened_in(&events), ..Out::new(state, m) };
        if m.aborted.is_some() && !m.on_way_back {
            way_back(&mut out, at);
        }
        if let Some(step) = m.current().filter(|s| s.lapses_at().is_some_and(|lapsed| lapsed <= at)) {
            out.push(E::Lapsed { id: m.id, step: step.number });
        } else if let Some(step) =
            m.current().filter(|s| !s.overdue && step_deadline(state, m, s).is_some_and(|d| d <= at))
        {
            overdue(&mut out, step);
        }
        if m.noout.is_ours() && !m.noout.overdue && m.noout.deadline.is_some_and(|d| d <= at) {
            out.push(E::Overdue { id: m.id, step: 0 });
            out.page("noout", says::page_flag(&m.host), says::page_flag_text());
        }
        if !m.watch.contains_key(BLIND) && blind_deadline(state, m) <= at {
            blind(&mut out, at, &says::watch_blind_long());
        }
        events.extend(out.events);
    }
    events
}

/// After an abort, as soon as no act is under way: the safest way back from here.
fn way_back(out: &mut Out<'_>, at: Timestamp) {
    let m = out.m;
    let busy = m.current().filter(|s| s.state.may_be_under_way());
    if busy.is_some_and(|s| s.gives_up_at().is_none_or(|given_up| at < given_up)) {
        return;
    }
    let why = Said::words(m.aborted.as_deref().unwrap_or_default());
    out.push(E::Rerouted { id: m.id, steps: route::way_back(m), blocked: Vec::new(), answers: None, why });
    if m.noout.is_ours() && m.host_is_away() {
        out.page("abort", says::page_abort(&m.host), says::page_abort_text());
    }
}

impl LoggedStep {
    /// When an abort no longer waits for the outcome of an act that was not seen to begin.
    fn gives_up_at(&self) -> Option<Timestamp> {
        match self.state {
            StepState::Intended { at } | StepState::Doubtful { since: at, .. } => Some(ABORT_WAITS.after(at)),
            _ => None,
        }
    }

    /// When an intent does not begin any more.
    pub(crate) fn lapses_at(&self) -> Option<Timestamp> {
        match self.state {
            StepState::Intended { at } => Some(LAPSES_AFTER.after(at)),
            _ => None,
        }
    }
}

fn opened_in(events: &[Event]) -> u64 {
    events.iter().filter(|e| matches!(e, Event::Incident(IncidentEvent::Opened(_)))).count() as u64
}

fn overdue(out: &mut Out<'_>, step: &LoggedStep) {
    let m = out.m;
    out.push(E::Overdue { id: m.id, step: step.number });
    let why = match &step.state {
        StepState::Waiting { why, .. } => why.clone(),
        StepState::Running { task } => says::running_task(task),
        StepState::Doubtful { why, .. } => says::doubtful([why.clone()]),
        _ => says::no_reason(),
    };
    let (title, text) = if step.kind.is_human() {
        (says::page_order(&m.host), says::page_order_text())
    } else {
        (says::page_slow(&m.host, step.kind.code()), why)
    };
    out.page(&format!("overdue/{}", step.number), title, text);
}

/// When people are told that a step takes too long.
pub(super) fn step_deadline(state: &State, m: &Maintenance, step: &LoggedStep) -> Option<Timestamp> {
    let rules = &state.config.maintenance;
    let since = step.since?;
    let doubted =
        if let StepState::Doubtful { since, .. } = step.state { Some(DOUBT_IS_LONG.after(since)) } else { None };
    let slow = match step.kind {
        StepKind::WorkOrder => m.order.as_ref().map_or(rules.work_order_deadline.after(since), |o| o.deadline),
        StepKind::HandsOff => rules.work_order_deadline.after(since),
        StepKind::ProveHealthy => rules.step_deadline.after(rules.prove.after(since)),
        _ => rules.step_deadline.after(since),
    };
    Some(doubted.map_or(slow, |doubted| doubted.min(slow)))
}

fn blind_deadline(state: &State, m: &Maintenance) -> Timestamp {
    // The journal is told of a sighting only now and then, so that much is added.
    SIGHTED_EVERY.after(state.config.maintenance.blind_after.after(m.sighted_at))
}

/// The next instant at which a maintenance needs a tick.
pub(crate) fn next_deadline(state: &State, m: &Maintenance) -> Option<Timestamp> {
    if !m.is_running() {
        return None;
    }
    let step = m.current().filter(|s| !s.overdue).and_then(|s| step_deadline(state, m, s));
    let flag = m.noout.deadline.filter(|_| m.noout.is_ours() && !m.noout.overdue);
    let blind = (!m.watch.contains_key(BLIND)).then(|| blind_deadline(state, m));
    let given_up = m.current().filter(|_| m.aborted.is_some() && !m.on_way_back).and_then(LoggedStep::gives_up_at);
    let lapsed = m.current().and_then(LoggedStep::lapses_at);
    step.into_iter().chain(flag).chain(blind).chain(given_up).chain(lapsed).min()
}

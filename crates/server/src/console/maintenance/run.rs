//! The run as people follow it: steps with their state, what it waits for, what an abort would do from here.

use noout_core::State;
use noout_core::maintenance::{LoggedStep, Maintenance, StepKind, StepState};
use noout_types::{Said, Span, Timestamp};

use super::step_words;
use crate::console::marks::{Mark, Shape, Tone};
use crate::console::names::actor;
use crate::console::page::Page;
use crate::console::times::{When, stopwatch};

/// A step.
pub(crate) struct StepRow {
    pub number: u32,
    pub seq: u64,
    /// None for what is still to come.
    pub shape: Option<Shape>,
    pub word: String,
    pub class: &'static str,
    pub text: String,
    pub pause: Option<u64>,
    pub attempts: u32,
    pub at: String,
    pub took: String,
    pub note: String,
    pub evidence: Vec<String>,
}

/// Several moves in a row, to be folded once they are done.
pub(crate) struct Group {
    pub heading: String,
    pub steps: Vec<StepRow>,
}

/// What is wrong elsewhere meanwhile.
pub(crate) struct Alarm {
    pub mark: Mark,
    pub text: String,
}

/// A maintenance under way, or over.
pub(crate) struct RunView {
    pub groups: Vec<Group>,
    pub done: usize,
    pub total: usize,
    pub now: Option<String>,
    pub waits: Option<String>,
    pub pauses: Option<(u64, u64, usize)>,
    pub watch: Vec<Alarm>,
    pub hold: Option<(String, String, When)>,
    pub aborted: Option<String>,
    pub abort_means: Vec<String>,
    pub left_behind: Vec<(String, String)>,
    pub is_running: bool,
    pub hands: bool,
    pub sighted: When,
    pub blind: bool,
}

/// The platform was last seen longer ago than this: shown as unknown.
const BLIND: Span = Span::from_mins(3);

pub(crate) fn run_view(s: &State, p: &Page, m: &Maintenance) -> RunView {
    let t = p.t;
    let current = m.current().map(|c| c.number);
    let waits = m.current().and_then(|c| match &c.state {
        StepState::Waiting { why, .. } => Some(p.watch.say(why)),
        _ => None,
    });
    let done = m.steps.iter().filter(|x| x.state.is_over()).count();
    let alarm =
        |said: &Said| Alarm { mark: Mark::new(Tone::Critical, t.s("severity-critical")), text: p.watch.say(said) };
    let pauses: Vec<u64> = m.steps.iter().filter_map(|x| x.output.as_ref()?.pause_ms).collect();
    RunView {
        groups: groups(p, m, current),
        done,
        total: m.steps.len(),
        now: m.current().filter(|_| m.is_running()).map(|c| step_words(t, &c.kind)),
        waits: waits.filter(|_| m.is_running()),
        pauses: median(pauses),
        watch: m.watch.values().map(alarm).collect(),
        hold: m.hold.as_ref().map(|h| (p.watch.say(&h.why), actor(s, t, &h.by), p.watch.when(h.at))),
        aborted: m.aborted.clone(),
        abort_means: abort_means(p, m),
        left_behind: m.left_behind.iter().map(|b| (b.guest.to_string(), p.watch.say(&b.why))).collect(),
        is_running: m.is_running(),
        hands: m.is_running() && m.current().is_some_and(|c| c.kind.is_human()),
        sighted: p.watch.when(m.sighted_at),
        blind: m.is_running() && Span::between(m.sighted_at, p.watch.now) > BLIND,
    }
}

/// Median, longest and count.
fn median(mut pauses: Vec<u64>) -> Option<(u64, u64, usize)> {
    pauses.sort_unstable();
    Some((*pauses.get(pauses.len() / 2)?, *pauses.last()?, pauses.len()))
}

fn chapter(kind: &StepKind) -> &'static str {
    match kind {
        StepKind::Entry | StepKind::Move(_) | StepKind::ConfirmEmpty => "chapter-out",
        StepKind::SetNoout | StepKind::PowerOff | StepKind::ConfirmAway => "chapter-down",
        StepKind::WorkOrder | StepKind::HandsOff => "chapter-work",
        StepKind::PlanHome | StepKind::MoveHome(_) => "chapter-home",
        _ => "chapter-back",
    }
}

fn groups(p: &Page, m: &Maintenance, current: Option<u32>) -> Vec<Group> {
    let mut groups: Vec<(&str, Group)> = Vec::new();
    for step in &m.steps {
        let key = chapter(&step.kind);
        let row = row(p, step, current == Some(step.number) && m.is_running());
        match groups.last_mut() {
            Some((last, group)) if *last == key => group.steps.push(row),
            _ => groups.push((key, Group { heading: p.s(key), steps: vec![row] })),
        }
    }
    groups.into_iter().map(|(_, g)| g).collect()
}

/// Seconds for what is short, a clock for what is not.
fn length(span: Span) -> String {
    if span < Span::from_mins(1) { format!("{} s", span.as_millis() / 1000) } else { stopwatch(span) }
}

fn row(p: &Page, step: &LoggedStep, is_current: bool) -> StepRow {
    let (tone, key, class, at): (Tone, &str, &str, Option<Timestamp>) = match &step.state {
        StepState::Done { at } => (Tone::Ok, "state-done", "done", Some(*at)),
        StepState::Dropped { at } => (Tone::Unknown, "state-dropped", "dropped", Some(*at)),
        StepState::Waiting { since, .. } if is_current => (Tone::Warn, "state-waiting", "current", Some(*since)),
        StepState::Seen { at } => (Tone::Maintenance, "state-seen", "current", Some(*at)),
        StepState::Intended { at } => (Tone::Maintenance, "state-begins", "current", Some(*at)),
        StepState::Doubtful { since, .. } => (Tone::Warn, "state-doubtful", "current", Some(*since)),
        StepState::Running { .. } => (Tone::Maintenance, "state-running", "current", step.since),
        _ if is_current && step.kind.is_human() => (Tone::Maintenance, "state-human", "current", step.since),
        _ if is_current => (Tone::Maintenance, "state-next", "current", step.since),
        _ => (Tone::Unknown, "state-open", "open", None),
    };
    let note = match &step.state {
        StepState::Waiting { why, .. } if is_current => p.watch.say(why),
        StepState::Running { task } => task.clone(),
        StepState::Doubtful { why, .. } => p.watch.say(why),
        _ if step.overdue => p.s("state-overdue"),
        _ => step.output.as_ref().map(|o| o.detail.clone()).unwrap_or_default(),
    };
    let ended = if let StepState::Done { at } = step.state { Some(at) } else { None };
    let took = match (step.since, ended) {
        (Some(from), Some(to)) => length(Span::between(from, to)),
        (Some(from), None) if is_current => length(Span::between(from, p.watch.now)),
        _ => String::new(),
    };
    let mark = Mark::new(tone, String::new()).hollow(class == "current");
    StepRow {
        number: step.number,
        seq: step.seq,
        shape: (class != "open").then(|| mark.shape()),
        word: p.s(key),
        class,
        text: step_words(p.t, &step.kind),
        pause: step.output.as_ref().and_then(|o| o.pause_ms),
        attempts: step.attempts,
        at: at.map(|at| p.watch.clock(at)).unwrap_or_default(),
        took,
        note,
        evidence: step.evidence.seen.iter().map(|said| p.watch.say(said)).collect(),
    }
}

/// What an abort does from here, in words. It follows the core's own way back.
fn abort_means(p: &Page, m: &Maintenance) -> Vec<String> {
    let host = [("host", m.host.as_str())];
    let mut lines = Vec::new();
    if m.host_is_away() {
        if m.may_have_hands_in() {
            lines.push(p.t.a("abort-hands", &host));
        }
        lines.push(p.t.a("abort-power", &host));
    }
    if m.noout.is_ours() {
        lines.push(p.t.a("abort-flag", &host));
    }
    let moved =
        m.steps.iter().filter(|s| matches!(s.kind, StepKind::Move(_)) && matches!(s.state, StepState::Done { .. }));
    lines.push(p.t.n("abort-home", moved.count()));
    lines.push(p.s("abort-final"));
    lines
}

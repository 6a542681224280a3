//! Behaviour, by situation: the whole way, what the world does meanwhile, aborts, crashes.

mod abort;
mod approval;
mod crash;
mod gates;
mod path;
mod stale;
mod trouble;

use crate::maintenance::{Maintenance, StepState};
use crate::platform::Act;
use crate::testing::Run;

/// A maintenance of `pve1` that two people approved.
fn approved() -> Run {
    let mut run = Run::new();
    let id = run.planned();
    run.approved(id);
    run
}

/// An approved one whose turn is a step of this kind.
fn at(code: &str) -> Run {
    let mut run = approved();
    reach(&mut run, code);
    run
}

/// Goes on until it is the turn of a step of this kind, signing what must be signed before.
fn reach(run: &mut Run, code: &str) {
    loop {
        run.play_until(code, |run| run.is_at(code) || run.is_at("work_order"));
        if run.is_at(code) {
            return;
        }
        run.sign("cleo");
    }
}

/// The steps' names, those that are done.
fn done(m: &Maintenance) -> Vec<&'static str> {
    m.steps.iter().filter(|s| matches!(s.state, StepState::Done { .. })).map(|s| s.kind.code()).collect()
}

/// What was done to the platform, in short.
fn acts(run: &Run) -> Vec<String> {
    let word = |act: &Act| match act {
        Act::MoveGuest { guest, from, to } => format!("{guest}: {from} to {to}"),
        Act::SetNoout { host } => format!("set noout {host}"),
        Act::ClearNoout { host } => format!("clear noout {host}"),
        Act::PowerOff { host } => format!("off {host}"),
        Act::PowerOn { host } => format!("on {host}"),
    };
    run.cluster.acts.iter().map(word).collect()
}

/// Why the current step waits.
fn reason(run: &Run) -> String {
    match run.maintenance().current().map(|s| &s.state) {
        Some(StepState::Waiting { why, .. }) => noout_words::english(why),
        other => format!("{other:?}"),
    }
}

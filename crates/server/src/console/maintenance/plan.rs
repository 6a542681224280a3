//! The plan as a person reads it before saying yes.

use noout_core::State;
use noout_core::maintenance::{Maintenance, Phase, Plan};
use noout_types::PersonId;

use crate::console::marks::{Bar, Mark, Tone};
use crate::console::names::{actor, severity};
use crate::console::page::Page;
use crate::console::times::When;

/// A gate.
pub(crate) struct Gate {
    pub mark: Mark,
    pub text: String,
}

/// One host's load.
pub(crate) struct Load {
    pub host: String,
    pub bar: Bar,
    pub before: String,
    pub after: String,
    pub total: String,
    pub leaves: bool,
    pub gains: String,
}

/// A guest's move.
pub(crate) struct MoveRow {
    pub order: u32,
    pub guest: String,
    pub from: String,
    pub to: String,
}

/// A guest that stays, and why.
pub(crate) struct Stuck {
    pub guest: String,
    pub why: String,
}

/// The plan with what the reader may do about it.
pub(crate) struct PlanView {
    pub base: String,
    pub host: String,
    pub hash: String,
    pub short: String,
    pub parent: Option<String>,
    pub seen_at: When,
    pub gates: Vec<Gate>,
    pub moves: Vec<MoveRow>,
    pub blocked: Vec<Stuck>,
    pub loads: Vec<Load>,
    pub remarks: Vec<Gate>,
    pub n_plus: Mark,
    pub n_plus_text: String,
    /// What saying yes means, in numbers.
    pub consequences: Vec<String>,
    pub way_back: String,
    pub proposed_by: Option<String>,
    pub approved_by: Option<String>,
    pub can_propose: bool,
    pub can_approve: bool,
    /// The reader proposed it: a second person must approve.
    pub is_mine: bool,
    pub can_alone: bool,
}

/// GiB with one decimal below ten.
fn gib(mib: u64) -> String {
    if (1..10 * 1024).contains(&mib) { format!("{:.1}", mib as f64 / 1024.0) } else { (mib / 1024).to_string() }
}

pub(crate) fn plan_view(s: &State, p: &Page, who: &PersonId, m: &Maintenance, base: &str) -> Option<PlanView> {
    let plan = m.plan.as_ref()?;
    let hash = m.hash?;
    let t = p.t;
    let mine = m.proposed_by.as_ref().and_then(|a| a.person()) == Some(who);
    let moves: Vec<_> = plan
        .moves()
        .map(|x| MoveRow { order: x.order, guest: x.guest.to_string(), from: x.from.to_string(), to: x.to.to_string() })
        .collect();
    Some(PlanView {
        base: base.to_owned(),
        host: m.host.to_string(),
        hash: hash.to_string(),
        short: hash.short(),
        parent: plan.parent.map(|d| d.short()),
        seen_at: p.watch.when(plan.seen_at),
        gates: plan
            .gates
            .iter()
            .map(|g| Gate {
                mark: if g.ok {
                    Mark::new(Tone::Ok, t.s("gate-holds"))
                } else {
                    Mark::new(Tone::Warn, t.s("gate-fails"))
                },
                text: p.watch.say(&g.text),
            })
            .collect(),
        blocked: plan.blocked.iter().map(|b| Stuck { guest: b.guest.to_string(), why: p.watch.say(&b.why) }).collect(),
        loads: loads(plan),
        remarks: plan
            .report
            .iter()
            .map(|r| Gate { mark: Mark::new(r.severity.into(), severity(t, r.severity)), text: p.watch.say(&r.text) })
            .collect(),
        n_plus: n_plus_mark(p, plan),
        n_plus_text: n_plus_text(p, plan),
        consequences: consequences(p, plan, moves.len()),
        way_back: t.a("way-back", &[("host", m.host.as_str())]),
        proposed_by: m.proposed_by.as_ref().map(|a| actor(s, t, a)),
        approved_by: m.approved_by.as_ref().map(|a| actor(s, t, a)),
        can_propose: m.phase == Phase::Drafted,
        can_approve: m.phase == Phase::Proposed && !mine,
        is_mine: m.phase == Phase::Proposed && mine,
        can_alone: matches!(m.phase, Phase::Drafted | Phase::Proposed),
        moves,
    })
}

fn loads(plan: &Plan) -> Vec<Load> {
    let one = |l: &noout_plan::HostLoad| Load {
        host: l.host.to_string(),
        bar: Bar::of(l.memory_mib_before, l.memory_mib_after, l.memory_mib_total),
        before: gib(l.memory_mib_before),
        after: gib(l.memory_mib_after),
        total: gib(l.memory_mib_total),
        leaves: l.host == plan.host,
        gains: match l.memory_mib_after.checked_sub(l.memory_mib_before) {
            Some(0) => String::new(),
            Some(more) => format!("+{}", gib(more)),
            None => format!("−{}", gib(l.memory_mib_before - l.memory_mib_after)),
        },
    };
    plan.capacity.iter().map(one).collect()
}

fn n_plus_mark(p: &Page, plan: &Plan) -> Mark {
    let ok = plan.n_plus.holds >= plan.n_plus.wanted;
    let word = format!("N+{}", plan.n_plus.holds);
    let key = if ok { "n-plus-ok" } else { "n-plus-thin" };
    Mark::new(if ok { Tone::Ok } else { Tone::Warn }, p.v(key, "n", &word))
}

fn n_plus_text(p: &Page, plan: &Plan) -> String {
    let worst = plan.n_plus.worst.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if plan.n_plus.homeless == 0 {
        return p.v("n-plus-all", "host", &worst);
    }
    p.t.a("n-plus-homeless", &[("host", &worst), ("n", &plan.n_plus.homeless.to_string())])
}

fn consequences(p: &Page, plan: &Plan, moves: usize) -> Vec<String> {
    let t = p.t;
    let mut lines = vec![t.n("yes-moves", moves)];
    let restarts = plan.report.iter().filter(|r| r.code == "interruption").count();
    if restarts > 0 {
        lines.push(t.n("yes-restarts", restarts));
    }
    if !plan.blocked.is_empty() {
        lines.push(t.n("yes-blocked", plan.blocked.len()));
    }
    lines.push(t.a("yes-off", &[("host", plan.host.as_str())]));
    if plan.steps.iter().any(|s| s.code() == "set_noout") {
        lines.push(t.a("yes-noout", &[("host", plan.host.as_str())]));
    }
    lines.push(n_plus_text(p, plan));
    lines
}

//! `noout maintenance plan HOST --inventory FILE`: a plan to read, on paper.

use std::process::ExitCode;

use noout_plan::{Blocked, HostLoad, Inventory, Move, Placement, drain, lint};
use noout_types::{HostId, Severity};
use serde::Serialize;

use crate::cli::{Format, PlanArgs};
use crate::failure::BadInput;
use crate::{input, output};

/// The contract: exactly these four lists.
#[derive(Serialize)]
struct Paper<'p> {
    moves: &'p [Move],
    blocked: &'p [Blocked],
    gates: Vec<Gate>,
    report: Vec<serde_json::Value>,
}

/// What must hold before the first guest moves, as far as an inventory can tell.
#[derive(Serialize)]
struct Gate {
    gate: &'static str,
    ok: bool,
    text: String,
}

/// Plans and prints.
pub fn run(args: &PlanArgs) -> anyhow::Result<ExitCode> {
    let text = input::inventory_text(&args.inventory)?;
    let inventory = Inventory::from_json(&text)
        .map_err(|e| BadInput::because(format!("the inventory {} cannot be used", args.inventory.display()), e))?;
    let plan = drain(&inventory, &args.host).map_err(|e| BadInput::new(e.to_string()))?;
    let gates = gates(&inventory, &args.host, &plan);
    match args.output {
        Format::Json => {
            output::json(&Paper { moves: &plan.moves, blocked: &plan.blocked, gates, report: report(&plan)? })?
        }
        Format::Table => {
            output::table(["WHAT", "ORDER", "GUEST", "FROM", "TO", "WHY"], rows(&args.host, &plan, &gates))?
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn gates(inventory: &Inventory, host: &HostId, plan: &Placement) -> Vec<Gate> {
    let stay = plan.blocked.len();
    let empty = match stay {
        0 => format!("{host} is empty after the plan"),
        1 => format!("1 guest stays on {host}"),
        n => format!("{n} guests stay on {host}"),
    };
    let survive = format!(
        "after the plan {} further hosts may die with all guests finding a place, the policy asks for {}",
        plan.n_plus.holds, plan.n_plus.wanted
    );
    let broken = lint(inventory, Some(host), plan);
    let sound = match broken.first() {
        None => "a second check that shares no code with the planner finds every step feasible".to_owned(),
        Some(first) => format!("a second check refuses the plan: {first}"),
    };
    vec![
        Gate { gate: "host-empties", ok: stay == 0, text: empty },
        Gate { gate: "n-plus", ok: plan.n_plus.ok, text: survive },
        Gate { gate: "plan-lint", ok: broken.is_empty(), text: sound },
    ]
}

/// What a person should know, and each host before and after in the same shape.
fn report(plan: &Placement) -> anyhow::Result<Vec<serde_json::Value>> {
    let mut report = Vec::new();
    for finding in &plan.report {
        report.push(serde_json::to_value(finding)?);
    }
    for load in &plan.capacity {
        let mut line = serde_json::to_value(load)?;
        if let Some(fields) = line.as_object_mut() {
            fields.insert("severity".into(), Severity::Info.as_str().into());
            fields.insert("code".into(), "capacity".into());
            fields.insert("text".into(), capacity(load).into());
        }
        report.push(line);
    }
    Ok(report)
}

fn capacity(load: &HostLoad) -> String {
    format!(
        "{}: {} → {} of {} MiB of memory, {} → {} virtual CPUs",
        load.host,
        load.memory_mib_before,
        load.memory_mib_after,
        load.memory_mib_total,
        load.cpus_before,
        load.cpus_after
    )
}

fn rows(host: &HostId, plan: &Placement, gates: &[Gate]) -> Vec<[String; 6]> {
    let row = |what: &str, order: String, guest: String, from: String, to: String, why: String| {
        let dash = |cell: String| if cell.is_empty() { "-".to_owned() } else { cell };
        [what.to_owned(), dash(order), dash(guest), dash(from), dash(to), dash(why)]
    };
    let none = String::new;
    let mut rows = Vec::new();
    for m in &plan.moves {
        let (guest, from, to) = (m.guest.to_string(), m.from.to_string(), m.to.to_string());
        rows.push(row("move", m.order.to_string(), guest, from, to, none()));
    }
    for b in &plan.blocked {
        rows.push(row("blocked", none(), b.guest.to_string(), host.to_string(), none(), b.why.to_string()));
    }
    for gate in gates {
        let what = if gate.ok { "gate holds" } else { "gate fails" };
        rows.push(row(what, none(), none(), none(), none(), format!("{}: {}", gate.gate, gate.text)));
    }
    for finding in &plan.report {
        rows.push(row(finding.severity().as_str(), none(), none(), none(), none(), finding.to_string()));
    }
    for load in &plan.capacity {
        rows.push(row(Severity::Info.as_str(), none(), none(), none(), none(), capacity(load)));
    }
    rows
}

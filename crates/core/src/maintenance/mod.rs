//! Maintenance: one host's way out and back, as a durable saga.
//!
//! A plan is a list of steps with nothing left to decide when they are executed. Each step that
//! changes something has a gate that is judged on a fresh view right before the intent is journaled;
//! the driver reads back before it acts. What cannot be seen is unsafe.

mod advance;
mod apply;
mod approve;
mod events;
mod gates;
mod model;
mod plan;
mod planner;
mod report;
mod route;
#[cfg(test)]
mod tests;
mod watch;

pub use approve::MaintenanceCommand;
pub use events::{MaintenanceEvent, Outcome};
pub use gates::{Judgement, empty, storage_refusals};
pub use model::{
    CheckItem, Estimate, Evidence, Hold, LoggedStep, Maintenance, Maintenances, NooutMark, Phase, StepState, WorkOrder,
};
pub use plan::{Blocked, Check, NPlusLine, Plan, ReportLine, StepKind};
pub use report::{ReportData, ReportRow, RowKind};

pub(crate) use advance::{acted, next_deadline, observed, sensors, settle, unseen};
pub(crate) use approve::{command, request};

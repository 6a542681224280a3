//! What customers read: the status page with its JSON, feeds and calendar, and the value report.
//!
//! Pure rendering: plain data in, text out. Nothing here looks anything up, so nothing can leak that the caller did not
//! hand over, and the same data give the same bytes, ready to be served or copied to static hosts.

mod feeds;
mod html;
mod ics;
mod json;
mod model;
mod report;
mod shifts;
#[cfg(test)]
mod testing;
mod words;

pub use feeds::{atom, rss};
pub use html::{html, nothing_here};
pub use ics::ics;
pub use json::{
    IncidentFilter, MaintenanceFilter, components_json, incidents_json, scheduled_maintenances_json, status_json,
    summary_json,
};
pub use model::{Change, Component, ComponentStatus, Impact, Indicator, Notice, Planned, Stage, StatusPage, Update};
pub use report::{Certainty, Evidence, ReportInput, ReportLine, report_csv, report_html};
pub use shifts::{OnDuty, shifts_ics};
pub use words::{Words, affected_words, stage_words, status_words};

/// How many closed notices a page, a list or a feed shows: what a reader may still look for; older ones are in the
/// archive of the console.
pub const MAX_CLOSED: usize = 50;

/// A text could not be drawn. Templates are checked when noout is built, so this is a defect of noout.
#[derive(Debug, thiserror::Error)]
#[error("a page for customers cannot be drawn")]
pub struct RenderError(#[from] askama::Error);

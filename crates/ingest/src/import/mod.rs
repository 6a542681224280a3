//! Coming from elsewhere: another on-call system's export in, a `noout.toml` and a report out.
//!
//! Pure: text to text. The readers of the four formats fill one [`draft::Draft`]; what they all share (ids, coverage, the
//! comparison with what the export itself says about who is on call, the writing) is done once, behind them. The result is
//! checked by the same judgement that `noout check` uses, so that it can be applied as it is.
//!
//! Nothing is left out silently: whatever has no counterpart becomes a [`Note`] that names the object, what was found and
//! what to do by hand.

mod collections;
mod compare;
mod draft;
mod error;
mod finish;
mod goalert;
mod grafana_oncall;
mod note;
mod opsgenie;
mod pagerduty;
mod windows;
mod write;
mod zones;

use noout_types::Timestamp;

pub use collections::{Export, MAX_EXPORT_BYTES, MAX_EXPORT_FILES};
pub use error::ImportError;
pub use note::{Kind, Note};

/// Where an export comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Grafana OnCall's HTTP API v1.
    GrafanaOncall,
    /// GoAlert's GraphQL API.
    Goalert,
    /// Opsgenie's configuration backup, or its REST API v2.
    Opsgenie,
    /// PagerDuty's REST API v2.
    Pagerduty,
}

impl Tool {
    /// Its name as its makers write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GrafanaOncall => "Grafana OnCall",
            Self::Goalert => "GoAlert",
            Self::Opsgenie => "Opsgenie",
            Self::Pagerduty => "PagerDuty",
        }
    }

    /// The lists that an export may hold, by the names of the tool's own API.
    fn lists(self) -> &'static [&'static str] {
        match self {
            Self::GrafanaOncall => &grafana_oncall::LISTS,
            Self::Goalert => &goalert::LISTS,
            Self::Opsgenie => &opsgenie::LISTS,
            Self::Pagerduty => &pagerduty::LISTS,
        }
    }
}

/// What became of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// A `noout.toml` that is in order.
    pub config: String,
    /// What could not be carried over as it was, in the order of the file.
    pub report: Vec<Note>,
}

/// Makes a configuration of an export, as it will be from `now` on.
///
/// # Errors
/// The export is not of this tool, or something in it has not the shape that the tool documents.
pub fn import(tool: Tool, export: &Export, now: Timestamp) -> Result<Imported, ImportError> {
    let known = tool.lists();
    if !known.iter().any(|list| export.has(list)) {
        let (found, expected) = (export.names(), known.iter().map(|list| (*list).to_owned()).collect());
        return Err(ImportError::OtherTool { tool: tool.name(), found, expected });
    }
    let mut draft = draft::Draft::new(tool);
    match tool {
        Tool::GrafanaOncall => grafana_oncall::read(export, now, &mut draft)?,
        Tool::Goalert => goalert::read(export, &mut draft)?,
        Tool::Opsgenie => opsgenie::read(export, now, &mut draft)?,
        Tool::Pagerduty => pagerduty::read(export, now, &mut draft)?,
    }
    export.complain(known, &mut draft);
    finish::finish(draft, now)
}

#[cfg(test)]
mod tests;

//! What can happen to a maintenance.

use noout_types::{HostId, IncidentId, MaintenanceId, PersonId, PlatformId, Said, Timestamp};
use serde::{Deserialize, Serialize};

use super::model::{Counted, Evidence, Phase};
use super::plan::{Blocked, Plan, StepKind};
use super::report::ReportData;
use crate::actor::Actor;
use crate::journal::Digest32;
use crate::platform::{Act, ActOutput};

/// How an act's attempt ended, as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Outcome {
    /// Read back.
    Done {
        /// What was read back.
        output: ActOutput,
    },
    /// Under way.
    Running {
        /// The platform's task.
        task: String,
    },
    /// The platform or the driver said no; nothing was changed.
    Refused {
        /// Why.
        why: String,
        /// When the gate is judged again.
        retry_at: Timestamp,
    },
    /// Nobody knows. The same act is ensured again: it reads back first.
    Ambiguous {
        /// What is known.
        why: String,
        /// When it is read back.
        retry_at: Timestamp,
    },
}

/// What happened to a maintenance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaintenanceEvent {
    /// Somebody, or noout after a finding, wants a host out.
    Requested {
        /// Its number.
        id: MaintenanceId,
        /// Which platform.
        platform: PlatformId,
        /// Which host.
        host: HostId,
        /// Why.
        reason: Said,
        /// The incident that it mends.
        incident: Option<IncidentId>,
        /// Who.
        by: Actor,
    },
    /// A plan was made.
    Planned {
        /// Which.
        id: MaintenanceId,
        /// The plan.
        plan: Box<Plan>,
        /// Its hash.
        hash: Digest32,
    },
    /// No plan can be made.
    NotPlannable {
        /// Which.
        id: MaintenanceId,
        /// Why.
        why: Said,
    },
    /// A person puts the plan forward.
    Proposed {
        /// Which.
        id: MaintenanceId,
        /// Who.
        by: Actor,
        /// Which plan.
        hash: Digest32,
    },
    /// A second person approves it.
    Approved {
        /// Which.
        id: MaintenanceId,
        /// Who.
        by: Actor,
        /// Which plan.
        hash: Digest32,
        /// How long the approval is good.
        until: Timestamp,
        /// One person alone, for this reason; everybody is paged.
        break_glass: Option<String>,
    },
    /// The world is not as the plan was made for; a new plan must be made and approved.
    Voided {
        /// Which.
        id: MaintenanceId,
        /// Why.
        why: Said,
    },
    /// A step's gate does not let it pass yet, or says something else than before.
    Waiting {
        /// Which.
        id: MaintenanceId,
        /// Which step.
        step: u32,
        /// Why.
        why: Said,
    },
    /// A confirmation was seen for the first time.
    Seen {
        /// Which.
        id: MaintenanceId,
        /// Which step.
        step: u32,
        /// What was seen.
        evidence: Evidence,
    },
    /// What was seen once did not last.
    Unseen {
        /// Which.
        id: MaintenanceId,
        /// Which step.
        step: u32,
        /// Why.
        why: Said,
    },
    /// The gate passed and the act is about to begin.
    Intended {
        /// Which.
        id: MaintenanceId,
        /// Which step.
        step: u32,
        /// The attempt, from 1.
        attempt: u32,
        /// What is about to be done.
        act: Act,
        /// What the gate saw.
        evidence: Evidence,
    },
    /// What runs and serves, to be compared with what is there afterwards.
    Counted {
        /// Which.
        id: MaintenanceId,
        /// What was counted.
        counted: Counted,
    },
    /// An intent was not seen to begin while what its gate saw was fresh: it does not begin any more.
    Lapsed {
        /// Which.
        id: MaintenanceId,
        /// Which step.
        step: u32,
    },
    /// An attempt's outcome.
    Acted {
        /// Which.
        id: MaintenanceId,
        /// Which step.
        step: u32,
        /// The attempt.
        attempt: u32,
        /// How it ended.
        outcome: Outcome,
    },
    /// A step without an act of its own passed.
    Passed {
        /// Which.
        id: MaintenanceId,
        /// Which step.
        step: u32,
        /// What was seen.
        evidence: Evidence,
    },
    /// The steps that are left were replaced: the way home, or the way back after an abort.
    Rerouted {
        /// Which.
        id: MaintenanceId,
        /// What follows now.
        steps: Vec<StepKind>,
        /// Guests that stay where they are, and why.
        blocked: Vec<Blocked>,
        /// The step that this answers and that is done by it: a way home was to be planned.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<u32>,
        /// Why.
        why: Said,
    },
    /// Nothing new is started.
    Held {
        /// Which.
        id: MaintenanceId,
        /// Why.
        why: Said,
        /// Who.
        by: Actor,
    },
    /// It goes on.
    Resumed {
        /// Which.
        id: MaintenanceId,
        /// Who.
        by: Actor,
    },
    /// Somebody wants it to end in the safest state that can be reached.
    Aborted {
        /// Which.
        id: MaintenanceId,
        /// Who.
        by: Actor,
        /// Why.
        why: String,
    },
    /// Something about the rest of the cluster began that people must know.
    WatchRaised {
        /// Which.
        id: MaintenanceId,
        /// A stable word, with the thing concerned: `osd_down/pve2`.
        code: String,
        /// What.
        text: Said,
    },
    /// Something does not look right that often settles by itself: it is given a while.
    Noticed {
        /// Which.
        id: MaintenanceId,
        /// The word, as in `WatchRaised`.
        code: String,
    },
    /// It ended.
    WatchCleared {
        /// Which.
        id: MaintenanceId,
        /// The word.
        code: String,
    },
    /// The platform is seen: written now and then, so that blindness is noticed.
    Sighted {
        /// Which.
        id: MaintenanceId,
    },
    /// A step takes longer than it may, or the flag stands longer than it should; people are told.
    Overdue {
        /// Which.
        id: MaintenanceId,
        /// Which step; 0 for the flag.
        step: u32,
    },
    /// A line of the work order was done or undone.
    Ticked {
        /// Which.
        id: MaintenanceId,
        /// The line's word.
        item: String,
        /// Done or not.
        done: bool,
        /// Who.
        by: PersonId,
    },
    /// Somebody wrote something on the work order.
    OrderNoted {
        /// Which.
        id: MaintenanceId,
        /// Who.
        by: PersonId,
        /// What.
        text: String,
    },
    /// A person signs that the work is done, or that nobody works on the host any more.
    Signed {
        /// Which.
        id: MaintenanceId,
        /// Which step.
        step: u32,
        /// Who.
        by: PersonId,
        /// What they say.
        note: String,
    },
    /// It is over.
    Finished {
        /// Which.
        id: MaintenanceId,
        /// Done, or back after an abort.
        phase: Phase,
        /// What it was worth.
        report: Option<Box<ReportData>>,
        /// How it ended.
        note: Said,
    },
}

impl MaintenanceEvent {
    /// Which maintenance it is about.
    #[must_use]
    pub fn id(&self) -> MaintenanceId {
        match self {
            Self::Requested { id, .. }
            | Self::Planned { id, .. }
            | Self::NotPlannable { id, .. }
            | Self::Proposed { id, .. }
            | Self::Approved { id, .. }
            | Self::Voided { id, .. }
            | Self::Waiting { id, .. }
            | Self::Seen { id, .. }
            | Self::Unseen { id, .. }
            | Self::Intended { id, .. }
            | Self::Counted { id, .. }
            | Self::Lapsed { id, .. }
            | Self::Acted { id, .. }
            | Self::Passed { id, .. }
            | Self::Rerouted { id, .. }
            | Self::Held { id, .. }
            | Self::Resumed { id, .. }
            | Self::Aborted { id, .. }
            | Self::WatchRaised { id, .. }
            | Self::WatchCleared { id, .. }
            | Self::Noticed { id, .. }
            | Self::Sighted { id }
            | Self::Overdue { id, .. }
            | Self::Ticked { id, .. }
            | Self::OrderNoted { id, .. }
            | Self::Signed { id, .. }
            | Self::Finished { id, .. } => *id,
        }
    }
}

//! What a maintenance is: where it stands, and the log of its steps.

use std::collections::{BTreeMap, BTreeSet};

use noout_types::{GuestId, HostId, IncidentId, MaintenanceId, OsdId, PersonId, PlatformId, Said, Timestamp};
use serde::{Deserialize, Serialize};

use super::plan::{Blocked, Plan, StepKind};
use super::report::ReportData;
use crate::actor::Actor;
use crate::journal::Digest32;
use crate::platform::ActOutput;

/// Where a maintenance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// noout looks at the platform to make a plan.
    Planning,
    /// A plan is there; nobody has put it forward yet.
    Drafted,
    /// A person has put it forward; a second one must approve.
    Proposed,
    /// It is under way.
    Running,
    /// The host is back in service.
    Done,
    /// It was given up before anything was done, or the way back is complete.
    Cancelled,
}

impl Phase {
    /// Whether it is over.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }
}

/// What a gate saw when it let a step pass.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// In sentences.
    pub seen: Vec<Said>,
    /// The host's boot id, from the last looks at it before it goes away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot_id: Option<String>,
}

impl From<Said> for Evidence {
    fn from(seen: Said) -> Self {
        Self { seen: vec![seen], boot_id: None }
    }
}

/// How far a step is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum StepState {
    /// Not its turn, or its gate has not been judged.
    Open,
    /// Its gate does not let it pass yet.
    Waiting {
        /// Since when.
        since: Timestamp,
        /// Why.
        why: Said,
    },
    /// Confirmed once; a second look must agree.
    Seen {
        /// The first look.
        at: Timestamp,
    },
    /// The intent is journaled; the act begins now, as long as what its gate saw is fresh.
    Intended {
        /// Since when.
        at: Timestamp,
    },
    /// Nobody knows whether it began. The platform is read back; if it did not, its gate is judged anew.
    Doubtful {
        /// Since when.
        since: Timestamp,
        /// Why nobody knows.
        why: Said,
    },
    /// The platform works on it.
    Running {
        /// The platform's task.
        task: String,
    },
    /// Done.
    Done {
        /// When.
        at: Timestamp,
    },
    /// It had begun and was given up: another plan, or the way back, stands in its place.
    Dropped {
        /// When.
        at: Timestamp,
    },
}

impl StepState {
    /// Whether the step's turn is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Dropped { .. })
    }

    /// Whether its act may be under way.
    #[must_use]
    pub fn may_be_under_way(&self) -> bool {
        matches!(self, Self::Intended { .. } | Self::Running { .. } | Self::Doubtful { .. })
    }
}

/// A step with its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedStep {
    /// Its place over all plans of this maintenance, from 1; an effect's id is made of it.
    pub number: u32,
    /// What it is.
    pub kind: StepKind,
    /// How far it is.
    pub state: StepState,
    /// When its turn came.
    pub since: Option<Timestamp>,
    /// Intents so far.
    pub attempts: u32,
    /// An attempt's outcome was unknown for a while: what it asked for may still happen late.
    pub doubted: bool,
    /// No new attempt before this.
    pub not_before: Option<Timestamp>,
    /// People were told that it takes too long.
    pub overdue: bool,
    /// What the driver read back.
    pub output: Option<ActOutput>,
    /// What the gate saw.
    pub evidence: Evidence,
    /// The journal record that ended it: the link for reports.
    pub seq: u64,
}

/// One line of a work order's checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckItem {
    /// A stable word; the text is in the languages of the console.
    pub code: String,
    /// Who did it.
    pub by: Option<PersonId>,
    /// When.
    pub at: Option<Timestamp>,
}

/// What the technician gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkOrder {
    /// The list.
    pub items: Vec<CheckItem>,
    /// When people are told that it is late.
    pub deadline: Timestamp,
    /// Notes, oldest first.
    pub notes: Vec<(Timestamp, PersonId, String)>,
    /// Who signed that the work is done, and when.
    pub signed: Option<(PersonId, Timestamp)>,
}

/// Ceph's `noout` for the host, as far as it is ours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NooutMark {
    /// We meant to set it and had not found it before: from now on it is ours to clear.
    pub intended: bool,
    /// It was read back as set since then.
    pub set_at: Option<Timestamp>,
    /// People are told if it still stands then.
    pub deadline: Option<Timestamp>,
    /// They were told.
    pub overdue: bool,
    /// It was read back as cleared.
    pub cleared_at: Option<Timestamp>,
}

impl NooutMark {
    /// Whether the flag may stand because of us.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.intended && self.cleared_at.is_none()
    }
}

/// What must be there afterwards as it was before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The platform's guests that ran.
    pub ran: BTreeSet<GuestId>,
    /// The host's OSDs that were up and in. A dead disk that is to be replaced is not among them.
    pub served: BTreeSet<OsdId>,
}

/// Why nothing new is started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Why.
    pub why: Said,
    /// Who holds.
    pub by: Actor,
    /// Since when.
    pub at: Timestamp,
}

/// What somebody's own figures say about a host's unplanned death.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// Seconds until a guest runs again elsewhere, at the least.
    pub low_secs: u64,
    /// And at the most.
    pub high_secs: u64,
    /// On how many cases this rests.
    pub cases: u32,
}

/// A maintenance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Maintenance {
    /// Its number.
    pub id: MaintenanceId,
    /// The platform of the host.
    pub platform: PlatformId,
    /// The host.
    pub host: HostId,
    /// Why: a person's words, or what noout found.
    pub reason: Said,
    /// The incident that it mends.
    pub incident: Option<IncidentId>,
    /// When it was asked for.
    pub at: Timestamp,
    /// Who asked.
    pub requested_by: Actor,
    /// Where it stands.
    pub phase: Phase,
    /// The newest plan.
    pub plan: Option<Plan>,
    /// Its hash.
    pub hash: Option<Digest32>,
    /// Why there is no plan, or why the last one was voided.
    pub trouble: Option<Said>,
    /// Who put it forward.
    pub proposed_by: Option<Actor>,
    /// Who approved it.
    pub approved_by: Option<Actor>,
    /// How long the approval is good.
    pub approved_until: Option<Timestamp>,
    /// Done steps and those to come.
    pub steps: Vec<LoggedStep>,
    /// The guests that live on the host, as the first plan that ran found them.
    pub homes: Vec<GuestId>,
    /// Guests that did not go, with the reason.
    pub left_behind: Vec<Blocked>,
    /// The flag.
    pub noout: NooutMark,
    /// Nothing new is started.
    pub hold: Option<Hold>,
    /// It is on its way back after an abort, for this reason.
    pub aborted: Option<String>,
    /// The steps that are left are the way back.
    pub on_way_back: bool,
    /// The work order, once there is one.
    pub order: Option<WorkOrder>,
    /// What is wrong with the rest of the cluster, by word, with the sentence for people.
    pub watch: BTreeMap<String, Said>,
    /// What may still settle by itself, by word, since when.
    pub noticed: BTreeMap<String, Timestamp>,
    /// When the platform was last seen, as far as the journal knows.
    pub sighted_at: Timestamp,
    /// The boot id before the host went away.
    pub boot_id: Option<String>,
    /// When the power went.
    pub off_at: Option<Timestamp>,
    /// What ran and served when it was last counted: before the first step, and before the power went.
    pub counted: Option<Counted>,
    /// Since when all sensors are good after the return.
    pub good_since: Option<Timestamp>,
    /// What it was worth, once it is over.
    pub report: Option<ReportData>,
    /// The highest step number that was ever given.
    pub last_number: u32,
}

impl Maintenance {
    /// The step whose turn it is.
    #[must_use]
    pub fn current(&self) -> Option<&LoggedStep> {
        self.steps.iter().find(|s| !s.state.is_over())
    }

    /// A step by its number.
    #[must_use]
    pub fn step(&self, number: u32) -> Option<&LoggedStep> {
        self.steps.iter().find(|s| s.number == number)
    }

    /// Whether a step of this kind is done.
    #[must_use]
    pub fn has_done(&self, kind: &StepKind) -> bool {
        self.steps.iter().any(|s| s.kind == *kind && matches!(s.state, StepState::Done { .. }))
    }

    /// Whether a step of this kind has begun, whatever became of it: an act that was refused may have
    /// been ambiguous before.
    #[must_use]
    pub fn has_begun(&self, kind: &StepKind) -> bool {
        let waits = |s: &LoggedStep| matches!(s.state, StepState::Open | StepState::Waiting { .. });
        self.steps.iter().any(|s| s.kind == *kind && (s.attempts > 0 || !waits(s)))
    }

    /// Whether the host is down because of us, or may be.
    #[must_use]
    pub fn host_is_away(&self) -> bool {
        self.has_begun(&StepKind::PowerOff) && !self.has_done(&StepKind::ConfirmBack)
    }

    /// Whether somebody may have both arms in the host: its power is or may be off, confirmed or not, and nobody
    /// signed that the work is done.
    #[must_use]
    pub fn may_have_hands_in(&self) -> bool {
        let dark = |s: &LoggedStep| s.kind == StepKind::PowerOff && (self.off_at.is_some() || s.doubted);
        self.steps.iter().any(dark) && !self.has_done(&StepKind::WorkOrder) && !self.has_begun(&StepKind::PowerOn)
    }

    /// Whether it is on its way back and the step whose turn it is only gives back: such a step is never
    /// held back by what else is wrong, because leaving the host out makes it worse.
    pub(super) fn is_restoring(&self) -> bool {
        let gives = |s: &LoggedStep| !matches!(s.kind, StepKind::PlanHome | StepKind::MoveHome(_));
        self.on_way_back && self.current().is_some_and(gives)
    }

    /// Whether two people's yes still holds at an instant.
    #[must_use]
    pub fn is_approved(&self, at: Timestamp) -> bool {
        self.approved_until.is_some_and(|until| at < until)
    }

    /// Whether guests have left the host by it: also a plan that was voided since has a way home, and nobody else's
    /// host goes out before.
    #[must_use]
    pub fn has_moved(&self) -> bool {
        self.steps.iter().any(|s| matches!((&s.kind, &s.state), (StepKind::Move(_), StepState::Done { .. })))
    }

    /// Whether it is under way.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.phase == Phase::Running
    }
}

/// The maintenances that are under way, and the last ones that are over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Maintenances {
    pub(super) kept: BTreeMap<MaintenanceId, Maintenance>,
}

impl Maintenances {
    /// One that is not over, or was until lately.
    #[must_use]
    pub fn get(&self, id: MaintenanceId) -> Option<&Maintenance> {
        self.kept.get(&id)
    }

    /// All that are not over, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Maintenance> {
        self.kept.values().filter(|m| !m.phase.is_over())
    }

    /// Also those that ended lately, oldest first.
    pub fn all(&self) -> impl Iterator<Item = &Maintenance> {
        self.kept.values()
    }
}

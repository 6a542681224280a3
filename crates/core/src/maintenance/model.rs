//! What a maintenance is, and what can happen to it.

use std::collections::BTreeMap;

use noout_plan::{HostLoad, Move};
use noout_types::{GuestId, HostId, IncidentId, MaintenanceId, PersonId, PlatformId, Severity, Timestamp};
use serde::{Deserialize, Serialize};

use super::report::ReportData;
use crate::actor::Actor;
use crate::journal::Digest32;
use crate::platform::{Act, ActOutput};

/// A guest that cannot leave, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    /// Which guest.
    pub guest: GuestId,
    /// A stable word for the reason.
    pub code: String,
    /// The reason in words.
    pub why: String,
}

/// Something that a person should know before saying yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportLine {
    /// How much it should weigh.
    pub severity: Severity,
    /// A stable word for it.
    pub code: String,
    /// In words.
    pub text: String,
}

/// What may still die afterwards.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NPlusLine {
    /// How many further deaths the policy wants survived.
    pub wanted: u32,
    /// How many are.
    pub holds: u32,
    /// The hosts whose death would hurt most.
    pub worst: Vec<HostId>,
    /// How many guests would then have no place.
    pub homeless: u32,
}

/// A gate as it stood when the plan was made: it is judged again before each step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What is checked, in a stable word.
    pub code: String,
    /// Whether it held.
    pub ok: bool,
    /// What was seen, in words.
    pub text: String,
}

/// A step: nothing is left to decide when it is executed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum StepKind {
    /// The entry gate: the platform is whole enough to lose this host.
    Entry,
    /// A guest leaves.
    Move(Move),
    /// The host is empty, seen twice.
    ConfirmEmpty,
    /// The entry gate again, then Ceph's `noout` for this host.
    SetNoout,
    /// The host is shut down.
    PowerOff,
    /// The host is off, its OSDs are down but in, data is served, quorum stands.
    ConfirmAway,
    /// The technician's work. Never passes by time.
    WorkOrder,
    /// After an abort while the host is away: a person says that nobody works on it any more.
    HandsOff,
    /// The host is powered on.
    PowerOn,
    /// The host is back: a new boot, all OSDs up and in, monitors in quorum, seen twice.
    ConfirmBack,
    /// Its sensors are good for a while.
    ProveHealthy,
    /// `noout` of this host is cleared.
    ClearNoout,
    /// The flag is gone and all data is clean.
    ConfirmClean,
    /// The way home is planned on what is there now.
    PlanHome,
    /// A guest goes home.
    MoveHome(Move),
}

impl StepKind {
    /// The step's stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Move(_) => "move",
            Self::ConfirmEmpty => "confirm_empty",
            Self::SetNoout => "set_noout",
            Self::PowerOff => "power_off",
            Self::ConfirmAway => "confirm_away",
            Self::WorkOrder => "work_order",
            Self::HandsOff => "hands_off",
            Self::PowerOn => "power_on",
            Self::ConfirmBack => "confirm_back",
            Self::ProveHealthy => "prove_healthy",
            Self::ClearNoout => "clear_noout",
            Self::ConfirmClean => "confirm_clean",
            Self::PlanHome => "plan_home",
            Self::MoveHome(_) => "move_home",
        }
    }

    /// What the step does to the platform, if it does something.
    #[must_use]
    pub fn act(&self, host: &HostId) -> Option<Act> {
        let host = host.clone();
        match self {
            Self::Move(m) | Self::MoveHome(m) => {
                Some(Act::MoveGuest { guest: m.guest.clone(), from: m.from.clone(), to: m.to.clone() })
            }
            Self::SetNoout => Some(Act::SetNoout { host }),
            Self::ClearNoout => Some(Act::ClearNoout { host }),
            Self::PowerOff => Some(Act::PowerOff { host }),
            Self::PowerOn => Some(Act::PowerOn { host }),
            Self::Entry
            | Self::ConfirmEmpty
            | Self::ConfirmAway
            | Self::WorkOrder
            | Self::HandsOff
            | Self::ConfirmBack
            | Self::ProveHealthy
            | Self::ConfirmClean
            | Self::PlanHome => None,
        }
    }

    /// Whether only a person can pass it.
    #[must_use]
    pub fn is_human(&self) -> bool {
        matches!(self, Self::WorkOrder | Self::HandsOff)
    }
}

/// A plan to read before saying yes. Immutable; a new one names its parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The plan that this one replaces.
    pub parent: Option<Digest32>,
    /// When the platform was read for it.
    pub seen_at: Timestamp,
    /// The host that goes out.
    pub host: HostId,
    /// What is done, in order.
    pub steps: Vec<StepKind>,
    /// Guests that cannot leave by themselves.
    pub blocked: Vec<Blocked>,
    /// The gates as they stood.
    pub gates: Vec<Check>,
    /// What a person should know.
    pub report: Vec<ReportLine>,
    /// Each host's load before and after.
    pub capacity: Vec<HostLoad>,
    /// What may still die.
    pub n_plus: NPlusLine,
    /// The guests on the host when the plan was made: this is where they go home to.
    pub homes: Vec<GuestId>,
}

impl Plan {
    /// What an approval is bound to.
    #[must_use]
    pub fn hash(&self) -> Digest32 {
        // Plain data without maps of floats: serialising cannot fail; an empty text would match no approval.
        Digest32::of(&[serde_json::to_string(self).unwrap_or_default().as_bytes()])
    }

    /// The moves out of the host, in order.
    pub fn moves(&self) -> impl Iterator<Item = &Move> {
        self.steps.iter().filter_map(|s| if let StepKind::Move(m) = s { Some(m) } else { None })
    }
}

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
pub struct Evidence(pub Vec<String>);

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
        why: String,
    },
    /// Confirmed once; a second look must agree.
    Seen {
        /// The first look.
        at: Timestamp,
    },
    /// The intent is journaled; the act may have begun.
    Intended {
        /// Since when.
        at: Timestamp,
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
}

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

/// Why nothing new is started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// In words.
    pub why: String,
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
        reason: String,
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
        why: String,
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
        why: String,
    },
    /// A step's gate does not let it pass yet, or says something else than before.
    Waiting {
        /// Which.
        id: MaintenanceId,
        /// Which step.
        step: u32,
        /// Why.
        why: String,
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
        why: String,
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
        /// Why.
        why: String,
    },
    /// Nothing new is started.
    Held {
        /// Which.
        id: MaintenanceId,
        /// Why.
        why: String,
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
        /// In words.
        text: String,
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
        /// In words.
        note: String,
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
            | Self::Acted { id, .. }
            | Self::Passed { id, .. }
            | Self::Rerouted { id, .. }
            | Self::Held { id, .. }
            | Self::Resumed { id, .. }
            | Self::Aborted { id, .. }
            | Self::WatchRaised { id, .. }
            | Self::WatchCleared { id, .. }
            | Self::Sighted { id }
            | Self::Overdue { id, .. }
            | Self::Ticked { id, .. }
            | Self::OrderNoted { id, .. }
            | Self::Signed { id, .. }
            | Self::Finished { id, .. } => *id,
        }
    }
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
    /// Why.
    pub reason: String,
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
    pub trouble: Option<String>,
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
    /// What is wrong with the rest of the cluster, by word, with the words for people.
    pub watch: BTreeMap<String, String>,
    /// When the platform was last seen, as far as the journal knows.
    pub sighted_at: Timestamp,
    /// The boot id before the host went away.
    pub boot_id: Option<String>,
    /// When the power went.
    pub off_at: Option<Timestamp>,
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
        self.steps.iter().find(|s| !matches!(s.state, StepState::Done { .. }))
    }

    /// A step by its number.
    #[must_use]
    pub fn step(&self, number: u32) -> Option<&LoggedStep> {
        self.steps.iter().find(|s| s.number == number)
    }

    /// Whether the host is down because of us, or may be.
    #[must_use]
    pub fn host_is_away(&self) -> bool {
        let begun = |kind: &StepKind| self.steps.iter().any(|s| s.kind == *kind && !matches!(s.state, StepState::Open | StepState::Waiting { .. }));
        let back = self.steps.iter().any(|s| s.kind == StepKind::ConfirmBack && matches!(s.state, StepState::Done { .. }));
        begun(&StepKind::PowerOff) && !back
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

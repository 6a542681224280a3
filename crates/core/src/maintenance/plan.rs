//! What a plan is: steps with nothing left to decide when they are executed, and what a person reads
//! before saying yes.

use noout_plan::{HostLoad, Move};
use noout_types::{GuestId, HostId, Said, Severity, Timestamp};
use serde::{Deserialize, Serialize};

use crate::journal::Digest32;
use crate::platform::Act;

/// A guest that cannot leave, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    /// Which guest.
    pub guest: GuestId,
    /// A stable word for the reason.
    pub code: String,
    /// The reason.
    pub why: Said,
}

/// Something that a person should know before saying yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportLine {
    /// How much it should weigh.
    pub severity: Severity,
    /// A stable word for it.
    pub code: String,
    /// What.
    pub text: Said,
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
    /// What was seen.
    pub text: Said,
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

//! The status page as plain data.

use noout_types::{ComponentId, Timestamp};

use crate::words::Words;

/// Everything that the public may know at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusPage {
    /// The page's id in its JSON; short and without meaning.
    pub id: String,
    /// Whose page it is.
    pub name: String,
    /// Where it is, without a slash at the end.
    pub url: String,
    /// The zone of all times shown (IANA); an unknown one is shown as UTC.
    pub time_zone: String,
    /// When this was put together.
    pub generated_at: Timestamp,
    /// When the next copy is due at the latest. Whoever reads this one later reads the past.
    pub next_by: Timestamp,
    /// In the order in which they are shown.
    pub components: Vec<Component>,
    /// Notices about incidents, oldest first.
    pub incidents: Vec<Notice>,
    /// Notices about maintenances, oldest first.
    pub maintenances: Vec<Planned>,
}

/// A thing that customers know by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Its id.
    pub id: ComponentId,
    /// Its name.
    pub name: Words,
    /// One line about it.
    pub description: Option<Words>,
    /// How it is.
    pub status: ComponentStatus,
    /// Since when it is so.
    pub since: Timestamp,
    /// Since when it is on the page.
    pub created_at: Timestamp,
    /// Until when what was seen may be believed. A page that is drawn later shows the component as unknown.
    pub fresh_until: Timestamp,
}

/// How a component is: Statuspage's five words, and the one that is missing there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ComponentStatus {
    /// As it should be.
    Operational,
    /// Out of service by plan, or at risk by plan.
    UnderMaintenance,
    /// Nobody knows. Never shown as operational.
    Unknown,
    /// Slow.
    DegradedPerformance,
    /// Out for some.
    PartialOutage,
    /// Out.
    MajorOutage,
}

impl ComponentStatus {
    /// The key of its word in the texts.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Operational => "operational",
            Self::DegradedPerformance => "degraded-performance",
            Self::PartialOutage => "partial-outage",
            Self::MajorOutage => "major-outage",
            Self::UnderMaintenance => "under-maintenance",
            Self::Unknown => "unknown",
        }
    }

    /// The word in Statuspage's JSON. Its readers have no word for unknown: the mildest one that is not "operational"
    /// stands for it.
    pub(crate) fn statuspage(self) -> &'static str {
        match self {
            Self::Operational => "operational",
            Self::DegradedPerformance | Self::Unknown => "degraded_performance",
            Self::PartialOutage => "partial_outage",
            Self::MajorOutage => "major_outage",
            Self::UnderMaintenance => "under_maintenance",
        }
    }

    /// Which of the five shapes it is drawn with.
    pub(crate) fn shape(self) -> &'static str {
        match self {
            Self::Operational => "ok",
            Self::DegradedPerformance | Self::PartialOutage => "warn",
            Self::MajorOutage => "critical",
            Self::UnderMaintenance => "maintenance",
            Self::Unknown => "unknown",
        }
    }
}

/// How much customers feel it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Impact {
    /// Nothing.
    #[default]
    None,
    /// Slower.
    Minor,
    /// Partly out.
    Major,
    /// Out.
    Critical,
}

impl Impact {
    pub(crate) fn statuspage(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Critical => "critical",
        }
    }
}

/// How far a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// An incident is being looked into.
    Investigating,
    /// Its cause is known.
    Identified,
    /// It is mended and being watched.
    Monitoring,
    /// It is over.
    Resolved,
    /// A maintenance is announced.
    Scheduled,
    /// It is under way.
    InProgress,
    /// The work is done and being proved.
    Verifying,
    /// It is done.
    Completed,
}

impl Stage {
    /// Whether nothing more follows.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Resolved | Self::Completed)
    }

    /// Statuspage's word, and the key of the word in the texts but for its underscore.
    pub(crate) fn statuspage(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Monitoring => "monitoring",
            Self::Resolved => "resolved",
            Self::Scheduled => "scheduled",
            Self::InProgress => "in_progress",
            Self::Verifying => "verifying",
            Self::Completed => "completed",
        }
    }
}

/// A notice with its updates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Stable and unique among incidents or among maintenances; stands in links.
    pub id: String,
    /// The headline.
    pub title: Words,
    /// How much customers feel it.
    pub impact: Impact,
    /// Which components.
    pub components: Vec<ComponentId>,
    /// When it began, as far as known; for a maintenance when it was announced.
    pub started_at: Timestamp,
    /// Oldest first, at least one. The last one says how far it is.
    pub updates: Vec<Update>,
}

impl Notice {
    /// How far it is; a notice without updates is taken for open.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.updates.last().map_or(Stage::Investigating, |u| u.stage)
    }

    /// When it last changed.
    #[must_use]
    pub fn updated_at(&self) -> Timestamp {
        self.updates.last().map_or(self.started_at, |u| u.at)
    }

    /// When it first came to one of these stages.
    pub(crate) fn reached(&self, stages: &[Stage]) -> Option<Timestamp> {
        self.updates.iter().find(|u| stages.contains(&u.stage)).map(|u| u.at)
    }
}

/// One update of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Stable and unique on the page.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// How far it is.
    pub stage: Stage,
    /// The words.
    pub words: Words,
    /// What it changed.
    pub changes: Vec<Change>,
}

/// A component that changed with an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub component: ComponentId,
    /// How it was.
    pub from: ComponentStatus,
    /// How it is.
    pub to: ComponentStatus,
}

/// A notice about a maintenance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The notice.
    pub notice: Notice,
    /// When it is to begin.
    pub scheduled_for: Timestamp,
    /// When it is to be over.
    pub scheduled_until: Timestamp,
    /// Counts its changes of date, from 0: calendars take over only what has a higher number.
    pub sequence: u32,
}

/// How it all is, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Indicator {
    /// As it should be.
    None,
    /// Under maintenance, else as it should be.
    Maintenance,
    /// Something is not seen. Statuspage's JSON says `minor`.
    Unknown,
    /// Slow.
    Minor,
    /// Partly out.
    Major,
    /// Out.
    Critical,
}

impl Indicator {
    pub(crate) fn statuspage(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Maintenance => "maintenance",
            Self::Unknown | Self::Minor => "minor",
            Self::Major => "major",
            Self::Critical => "critical",
        }
    }

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::None => "overall-none",
            Self::Maintenance => "overall-maintenance",
            Self::Unknown => "overall-unknown",
            Self::Minor => "overall-minor",
            Self::Major => "overall-major",
            Self::Critical => "overall-critical",
        }
    }

    pub(crate) fn shape(self) -> &'static str {
        match self {
            Self::None => "ok",
            Self::Maintenance => "maintenance",
            Self::Unknown => "unknown",
            Self::Minor | Self::Major => "warn",
            Self::Critical => "critical",
        }
    }
}

impl StatusPage {
    /// The page as it must be shown at `now`: what was seen too long ago is unknown, and so is everything when this
    /// copy should have been replaced already. Whoever keeps a page and serves it later asks for this first.
    #[must_use]
    pub fn seen_at(&self, now: Timestamp) -> Self {
        let mut page = self.clone();
        for component in &mut page.components {
            let until = component.fresh_until.min(self.next_by);
            if now > until && component.status != ComponentStatus::Unknown {
                (component.status, component.since) = (ComponentStatus::Unknown, until);
            }
        }
        page
    }

    /// How a component is on this page: stale is unknown.
    pub(crate) fn status_of(&self, component: &Component) -> ComponentStatus {
        if self.generated_at > component.fresh_until { ComponentStatus::Unknown } else { component.status }
    }

    /// Since when a component is as it is shown: what is stale is unknown since it was last seen.
    pub(crate) fn since_of(&self, component: &Component) -> Timestamp {
        if self.status_of(component) == component.status { component.since } else { component.fresh_until }
    }

    /// The worst of all components and of what open notices say.
    #[must_use]
    pub fn indicator(&self) -> Indicator {
        let out = self.components.iter().filter(|c| self.status_of(c) == ComponentStatus::MajorOutage).count();
        let components = self.components.iter().map(|c| match self.status_of(c) {
            ComponentStatus::Operational => Indicator::None,
            ComponentStatus::UnderMaintenance => Indicator::Maintenance,
            ComponentStatus::Unknown => Indicator::Unknown,
            ComponentStatus::DegradedPerformance => Indicator::Minor,
            ComponentStatus::PartialOutage => Indicator::Major,
            ComponentStatus::MajorOutage if out == self.components.len() => Indicator::Critical,
            ComponentStatus::MajorOutage => Indicator::Major,
        });
        let incidents = self.incidents.iter().filter(|n| !n.stage().is_final()).map(|n| match n.impact {
            Impact::None => Indicator::None,
            Impact::Minor => Indicator::Minor,
            Impact::Major => Indicator::Major,
            Impact::Critical => Indicator::Critical,
        });
        let active = self.maintenances.iter().any(|m| is_active(m.notice.stage()));
        let maintenance = if active { Indicator::Maintenance } else { Indicator::None };
        components.chain(incidents).max().unwrap_or(Indicator::None).max(maintenance)
    }

    /// The component with this id, if it is on the page. Ids that are not stay unnamed.
    pub(crate) fn component(&self, id: &ComponentId) -> Option<&Component> {
        self.components.iter().find(|c| c.id == *id)
    }

    /// Open incidents, the newest first.
    pub(crate) fn open_incidents(&self) -> impl Iterator<Item = &Notice> {
        self.incidents.iter().rev().filter(|n| !n.stage().is_final())
    }

    /// Maintenances that are announced or under way, in the order in which they begin.
    pub(crate) fn coming(&self) -> Vec<&Planned> {
        let mut coming: Vec<&Planned> = self.maintenances.iter().filter(|m| !m.notice.stage().is_final()).collect();
        coming.sort_by_key(|m| m.scheduled_for);
        coming
    }
}

/// Whether work is under way.
pub(crate) fn is_active(stage: Stage) -> bool {
    matches!(stage, Stage::InProgress | Stage::Verifying)
}

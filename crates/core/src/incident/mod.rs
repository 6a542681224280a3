//! Incidents: one page for everybody, from the first alert to the last word.

mod decide;
mod many;
#[cfg(test)]
mod many_tests;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use noout_types::{
    ComponentId, Fingerprint, IncidentId, MaintenanceId, PersonId, PolicyId, Said, Severity, SourceId, Timestamp,
    TrackerId, Urgency,
};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;

pub use decide::IncidentCommand;
pub(crate) use decide::{command, settle};
pub use many::MAX_MANY;

/// Why an incident exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A source's alert.
    Alert {
        /// The first one.
        fingerprint: Fingerprint,
        /// Who sent it.
        source: SourceId,
    },
    /// noout's own look at sensors.
    Sensor {
        /// `host/sensor`.
        key: String,
    },
    /// A maintenance that holds, is blind or needs somebody.
    Maintenance {
        /// Which.
        maintenance: MaintenanceId,
    },
    /// A person.
    Person {
        /// Who.
        by: PersonId,
    },
    /// noout about itself: coverage, undelivered pages.
    Own,
}

/// Who is paged about an incident.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Whom the policy names, step by step.
    #[default]
    Policy,
    /// The fallback, at once: the policy itself may be what is wrong.
    Fallback,
    /// Everybody, at once.
    Everybody,
}

impl Audience {
    fn is_policy(&self) -> bool {
        *self == Self::Policy
    }
}

/// What noout itself says about an incident that it opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnWords {
    /// What broke, in one line.
    pub title: Said,
    /// More of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Said>,
}

impl OwnWords {
    pub(crate) fn new(title: Said, text: impl Into<Option<Said>>) -> Self {
        Self { title, text: text.into() }
    }

    /// Title and text for scripts, searches, and whoever reads no language of ours: journaled with the incident, so that
    /// they stay as they were when a later version says it in other words.
    pub(crate) fn english(&self) -> (String, String) {
        (noout_words::english(&self.title), self.text.as_ref().map(noout_words::english).unwrap_or_default())
    }
}

/// What an incident begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Its number.
    pub id: IncidentId,
    /// What it groups: a new condition with the same key joins it while it is open.
    pub key: String,
    /// What broke, in one line; English where noout itself says it.
    pub title: String,
    /// More words, plain text; likewise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Title and text as noout says them, for readers of its languages; none if somebody else opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<OwnWords>,
    /// How bad.
    pub severity: Severity,
    /// Whether people are woken.
    pub urgency: Urgency,
    /// Who is told; none only if the configuration has no policy at all.
    pub policy: Option<PolicyId>,
    /// The public component concerned.
    pub component: Option<ComponentId>,
    /// Why it exists.
    pub cause: Cause,
    /// Where the remedy is written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub runbook: String,
    /// Who is paged.
    #[serde(default, skip_serializing_if = "Audience::is_policy")]
    pub audience: Audience,
    /// When people are woken about it after all: the beginning of the hours of work of its route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rises_at: Option<Timestamp>,
}

impl Opened {
    /// Title and text for one reader: what noout says itself is said by `say`, anything else stands as it is.
    pub fn told(&self, say: impl Fn(&Said) -> String) -> (String, String) {
        match &self.words {
            Some(words) => (say(&words.title), words.text.as_ref().map(say).unwrap_or_default()),
            None => (self.title.clone(), self.text.clone()),
        }
    }
}

/// What happened to an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentEvent {
    /// It began.
    Opened(Box<Opened>),
    /// It got worse: a worse alert joined, or one long after somebody took it. If people are to be
    /// woken about it, an earlier acknowledgement does not cover it.
    Raised {
        /// Which.
        incident: IncidentId,
        /// Now.
        severity: Severity,
        /// Now.
        urgency: Urgency,
        /// Why.
        why: Said,
        /// What noout says of it from now on, of an incident that it opened itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        words: Option<OwnWords>,
    },
    /// Somebody has it.
    Acked {
        /// Which.
        incident: IncidentId,
        /// Who.
        by: Actor,
    },
    /// Somebody has it, and the policy wants others to have it, too.
    AckedByOne {
        /// Which.
        incident: IncidentId,
        /// Who.
        by: PersonId,
        /// How many more must take it.
        missing: u32,
    },
    /// Whoever had it has written nothing down for too long: nobody has it any more.
    Unacked {
        /// Which.
        incident: IncidentId,
        /// Who had it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<PersonId>,
    },
    /// It is over.
    Resolved {
        /// Which.
        incident: IncidentId,
        /// Who says so; noout when all its alerts ended.
        by: Actor,
        /// What was done: a person's words, or what noout saw.
        note: Said,
    },
    /// Somebody wrote something down.
    Noted {
        /// Which.
        incident: IncidentId,
        /// Who.
        by: Actor,
        /// What.
        text: String,
    },
    /// Somebody says what they are about to do, before they do it.
    Announced {
        /// Which.
        incident: IncidentId,
        /// Who.
        by: Actor,
        /// What will be done.
        text: String,
    },
    /// Somebody acknowledged it where an alert of it came from. Whether that stops pages is the configuration's to say; then
    /// an [`IncidentEvent::Acked`] follows.
    AckedAtSource {
        /// Which.
        incident: IncidentId,
        /// Where.
        source: SourceId,
        /// Who, as the source calls them; empty if it does not say.
        who: String,
        /// What they said.
        text: String,
    },
    /// It goes from one to another.
    HandedOver {
        /// Which.
        incident: IncidentId,
        /// Who hands it over.
        by: Actor,
        /// Who gets it, and is paged.
        to: PersonId,
    },
    /// It is not solved within the time that the policy gives.
    DeadlinePassed {
        /// Which.
        incident: IncidentId,
        /// How many steps of the ladder for overdue incidents were taken before.
        #[serde(default, skip_serializing_if = "is_zero")]
        step: u32,
    },
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// Where an incident stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody has it yet.
    Triggered,
    /// Somebody has it.
    Acked {
        /// Who.
        by: Actor,
        /// Since when.
        at: Timestamp,
    },
    /// It is over.
    Resolved {
        /// Who said so.
        by: Actor,
        /// When.
        at: Timestamp,
    },
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// How it began; severity and urgency are kept up to date.
    #[serde(flatten)]
    pub opened: Opened,
    /// When it began.
    pub at: Timestamp,
    /// The journal record that opened it.
    pub seq: u64,
    /// Where it stands.
    pub status: Status,
    /// Who has it.
    pub owner: Option<PersonId>,
    /// The alerts that still fire.
    pub alerts: BTreeSet<Fingerprint>,
    /// How many alerts belonged to it in all.
    pub alerts_total: u64,
    /// Nobody sends its alerts any more, nobody said that they are over, and nobody had it then: a person closes it.
    pub silent: bool,
    /// Who has taken it, while others must take it, too.
    #[serde(default)]
    pub acked_by: BTreeSet<PersonId>,
    /// When whoever has it does not have it any more, unless they write something down.
    #[serde(default)]
    pub lapses_at: Option<Timestamp>,
    /// When superiors are told unless it is solved.
    pub deadline: Option<Timestamp>,
    /// It passed.
    pub deadline_passed: bool,
    /// When the next step of the ladder for overdue incidents is due: first at the deadline.
    #[serde(default)]
    pub overdue_at: Option<Timestamp>,
    /// How many of its steps were taken.
    #[serde(default)]
    pub overdue_steps: u32,
    /// The maintenance that mends its cause.
    pub maintenance: Option<MaintenanceId>,
    /// Where it is filed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tickets: BTreeMap<TrackerId, TicketLink>,
}

/// A ticket, as its system calls it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketLink {
    /// Its number or key there.
    pub id: String,
    /// Its page for people.
    pub url: String,
}

impl Incident {
    /// Whether nobody has it yet.
    #[must_use]
    pub fn is_triggered(&self) -> bool {
        self.status == Status::Triggered
    }

    /// Whether somebody has it.
    #[must_use]
    pub fn is_acked(&self) -> bool {
        matches!(self.status, Status::Acked { .. })
    }

    /// Whether it is about alerts and all of them ended. Silence is no end as long as nobody has looked.
    pub(crate) fn alerts_ended(&self) -> bool {
        matches!(self.opened.cause, Cause::Alert { .. }) && self.alerts.is_empty() && !self.silent
    }

    /// When time does something next: somebody is told that it is overdue, it begins anew, or it wakes people after all.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        [self.overdue_at, self.lapses_at, self.opened.rises_at].into_iter().flatten().min()
    }
}

/// The open incidents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incidents {
    open: BTreeMap<IncidentId, Incident>,
    keys: BTreeMap<String, IncidentId>,
    /// What time does next to each, so that it looks only at those which it concerns.
    deadlines: BTreeSet<(Timestamp, IncidentId)>,
    /// Incidents of alerts that all ended.
    ended: BTreeSet<IncidentId>,
}

impl Incidents {
    /// An open incident.
    #[must_use]
    pub fn get(&self, id: IncidentId) -> Option<&Incident> {
        self.open.get(&id)
    }

    /// Changes an open incident; the indexes follow.
    pub(crate) fn change(&mut self, id: IncidentId, change: impl FnOnce(&mut Incident)) {
        let Some(incident) = self.open.get_mut(&id) else { return };
        let before = (incident.due(), incident.alerts_ended());
        change(incident);
        let now = (incident.due(), incident.alerts_ended());
        self.unindex(id, before);
        self.index(id, now);
    }

    /// The open incidents for which time or the end of alerts does something at `at`.
    pub(crate) fn ripe(&self, at: Timestamp) -> impl Iterator<Item = &Incident> {
        let late = self.deadlines.iter().take_while(|(due, _)| *due <= at).map(|(_, id)| *id);
        let ripe: BTreeSet<_> = late.chain(self.ended.iter().copied()).collect();
        ripe.into_iter().filter_map(|id| self.open.get(&id))
    }

    /// The next resolution deadline.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.deadlines.first().map(|(due, _)| *due)
    }

    fn index(&mut self, id: IncidentId, (due, ended): (Option<Timestamp>, bool)) {
        self.deadlines.extend(due.map(|due| (due, id)));
        self.ended.extend(ended.then_some(id));
    }

    fn unindex(&mut self, id: IncidentId, (due, ended): (Option<Timestamp>, bool)) {
        if let Some(due) = due {
            self.deadlines.remove(&(due, id));
        }
        if ended {
            self.ended.remove(&id);
        }
    }

    /// The open incident of a key.
    #[must_use]
    pub fn by_key(&self, key: &str) -> Option<IncidentId> {
        self.keys.get(key).copied()
    }

    /// All open incidents, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Incident> {
        self.open.values()
    }

    /// The open incidents after a number, or from the first one: to go through a long list piece by piece.
    pub fn after(&self, id: Option<IncidentId>) -> impl Iterator<Item = &Incident> {
        let from = id.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
        self.open.range((from, std::ops::Bound::Unbounded)).map(|(_, incident)| incident)
    }

    /// How many are open.
    #[must_use]
    pub fn len(&self) -> usize {
        self.open.len()
    }

    /// Whether none is open.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    pub(crate) fn insert(&mut self, incident: Incident) {
        let id = incident.opened.id;
        self.keys.insert(incident.opened.key.clone(), id);
        self.index(id, (incident.due(), incident.alerts_ended()));
        self.open.insert(id, incident);
    }

    pub(crate) fn close(&mut self, id: IncidentId) -> Option<Incident> {
        let incident = self.open.remove(&id)?;
        self.keys.remove(&incident.opened.key);
        self.unindex(id, (incident.due(), incident.alerts_ended()));
        Some(incident)
    }
}

/// An incident as lists and the read tables show it: without the alerts themselves, which may be a hundred
/// thousand.
#[derive(Debug, Serialize)]
pub struct Summary<'a> {
    #[serde(flatten)]
    opened: &'a Opened,
    at: Timestamp,
    seq: u64,
    status: &'a Status,
    owner: &'a Option<PersonId>,
    alerts_firing: usize,
    alerts_total: u64,
    silent: bool,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    acked_by: &'a BTreeSet<PersonId>,
    deadline: Option<Timestamp>,
    deadline_passed: bool,
    maintenance: Option<MaintenanceId>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tickets: &'a BTreeMap<TrackerId, TicketLink>,
}

impl Incident {
    /// What lists and the read tables show.
    #[must_use]
    pub fn summary(&self) -> Summary<'_> {
        let Self {
            opened,
            at,
            seq,
            status,
            owner,
            alerts,
            alerts_total,
            silent,
            acked_by,
            lapses_at: _,
            deadline,
            deadline_passed,
            overdue_at: _,
            overdue_steps: _,
            maintenance,
            tickets,
        } = self;
        Summary {
            opened,
            at: *at,
            seq: *seq,
            status,
            owner,
            alerts_firing: alerts.len(),
            alerts_total: *alerts_total,
            silent: *silent,
            acked_by,
            deadline: *deadline,
            deadline_passed: *deadline_passed,
            maintenance: *maintenance,
            tickets,
        }
    }
}

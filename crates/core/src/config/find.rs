//! What a configuration says about one thing.

use noout_calendar::Schedule;
use noout_types::{Contact, HoursId, PersonId, PlatformId, PolicyId, ScheduleId, TeamId, TrackerId};

use super::{BusinessHours, Config, Person, Platform, PlatformKind, Policy, Team, Tracker};

impl Config {
    /// A person by id.
    #[must_use]
    pub fn person(&self, id: &PersonId) -> Option<&Person> {
        self.people.iter().find(|p| p.id == *id)
    }

    /// A schedule by id.
    #[must_use]
    pub fn schedule(&self, id: &ScheduleId) -> Option<&Schedule> {
        self.schedules.iter().find(|s| s.id == *id)
    }

    /// A policy by id.
    #[must_use]
    pub fn policy(&self, id: &PolicyId) -> Option<&Policy> {
        self.policies.iter().find(|p| p.id == *id)
    }

    /// A tracker by id.
    #[must_use]
    pub fn tracker(&self, id: &TrackerId) -> Option<&Tracker> {
        self.trackers.iter().find(|t| t.id == *id)
    }

    /// A team by id.
    #[must_use]
    pub fn team(&self, id: &TeamId) -> Option<&Team> {
        self.teams.iter().find(|t| t.id == *id)
    }

    /// Hours of work by id.
    #[must_use]
    pub fn business_hours(&self, id: &HoursId) -> Option<&BusinessHours> {
        self.hours.iter().find(|h| h.id == *id)
    }

    /// A platform by id.
    #[must_use]
    pub fn platform(&self, id: &PlatformId) -> Option<&Platform> {
        self.platforms.iter().find(|p| p.id == *id)
    }

    /// The storage platform under a compute platform's guests.
    #[must_use]
    pub fn storage_of(&self, id: &PlatformId) -> Option<&Platform> {
        let platform = self.platform(id)?;
        match (&platform.storage, platform.kind) {
            (Some(storage), _) => self.platform(storage),
            (None, PlatformKind::Lab | PlatformKind::Ceph) => Some(platform),
            (None, _) => None,
        }
    }

    /// Whether a person can be woken by what stands in the file alone. Push does not count: whether a device is enrolled
    /// only the server knows.
    #[must_use]
    pub fn is_reachable(&self, id: &PersonId) -> bool {
        let wakes = |p: &Person, c: &Contact| *c != Contact::Push && self.lacks(p, c).is_none();
        self.person(id).is_some_and(|p| p.contact.iter().any(|way| wakes(p, way)))
    }
}

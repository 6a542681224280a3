//! What keeps people from being woken for nothing: rules that hold alerts back, hours of work, a limit of pages.

use noout_calendar::{Hours, Weekday, Window};
use noout_types::{HoursId, Matchers, PersonId, RuleId, Span, TeamId, Timestamp};
use serde::{Deserialize, Serialize};

/// `[[team]]`: people who are told together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// A short id.
    pub id: TeamId,
    /// Who.
    pub people: Vec<PersonId>,
}

/// `[[hours]]`: hours of work, for routes that wake people in them only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusinessHours {
    /// A short id.
    pub id: HoursId,
    /// IANA zone.
    pub timezone: String,
    /// On which days; every day if absent.
    #[serde(default)]
    pub weekdays: Vec<Weekday>,
    /// In which hours, as "22:00-06:00"; the whole day if absent.
    #[serde(default)]
    pub hours: Option<Hours>,
}

impl BusinessHours {
    /// When.
    #[must_use]
    pub fn window(&self) -> Window {
        Window { timezone: self.timezone.clone(), weekdays: self.weekdays.clone(), hours: self.hours }
    }
}

impl Mute {
    /// When.
    #[must_use]
    pub fn window(&self) -> Window {
        Window { timezone: self.timezone.clone(), weekdays: self.weekdays.clone(), hours: self.hours }
    }
}

/// `[[inhibit]]`: while one alert fires, others that follow from it wake nobody. As Alertmanager's `inhibit_rules`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inhibit {
    /// A short id.
    pub id: RuleId,
    /// The alert that explains others.
    pub source: Matchers,
    /// The alerts that it explains.
    pub target: Matchers,
    /// Labels that both must have the same values of; absent and empty are the same.
    #[serde(default)]
    pub equal: Vec<String>,
}

/// `[[mute]]`: alerts that wake nobody in hours that come again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mute {
    /// A short id.
    pub id: RuleId,
    /// Which alerts.
    #[serde(rename = "match")]
    pub matchers: Matchers,
    /// IANA zone.
    pub timezone: String,
    /// On which days; every day if absent.
    #[serde(default)]
    pub weekdays: Vec<Weekday>,
    /// In which hours, as "22:00-06:00"; the whole day if absent.
    #[serde(default)]
    pub hours: Option<Hours>,
    /// Who answers for it.
    pub author: PersonId,
    /// When the rule ends for good: somebody must look at it again.
    pub until: Timestamp,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// `[paging]`: how many pages a person gets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PagingRules {
    /// How many pages a person gets within `window` at the most; what is more comes as one digest. 0 is no limit.
    pub rate: u32,
    /// The time that `rate` counts over.
    pub window: Span,
    /// For how long "I'm awake" keeps pages about the same cause from a person.
    pub awake: Span,
    /// A page that was to leave so long ago and has reached nobody is an incident of its own.
    pub unsent: Span,
}

impl Default for PagingRules {
    fn default() -> Self {
        Self { rate: 5, window: Span::from_mins(5), awake: Span::from_mins(30), unsent: Span::from_mins(2) }
    }
}

/// Which of the people that a step names are told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pick {
    /// All of them.
    #[default]
    All,
    /// One after the other, an incident each: round robin.
    Next,
}

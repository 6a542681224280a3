//! `[[absence]]` and `[[holiday]]`: who is away, and which days are none of work.

use jiff::civil::Date;
use noout_calendar::{Absence, Moment};
use noout_types::{PersonId, Timestamp};
use serde::{Deserialize, Serialize};

use super::Config;

/// `[[absence]]`: a person is away. Further ones are added live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Away {
    /// Who.
    pub person: PersonId,
    /// From when, on the person's wall clock.
    pub from: Moment,
    /// Until when; a day is included.
    pub to: Moment,
    /// Why, for others to read.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// `[[holiday]]`: a day that counts as a holiday in reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// The day, on each person's own calendar.
    pub date: Date,
    /// What it is called.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Whose holiday it is; everybody's if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<PersonId>,
}

impl Config {
    /// The times of an absence, on the wall clock of the person. `None` if it does not end after it begins.
    #[must_use]
    pub fn times_of(&self, away: &Away) -> Option<(Timestamp, Timestamp)> {
        let zone = self.person(&away.person).map_or("UTC", |p| p.timezone.as_str());
        // A length where an instant is wanted has nothing to count from.
        if matches!(away.from, Moment::After(_)) {
            return None;
        }
        let start = away.from.begin(zone, Timestamp::MIN)?;
        let end = away.to.last(zone, start)?;
        (start < end).then_some((start, end))
    }

    /// The absences that stand in the file.
    #[must_use]
    pub fn away(&self) -> Vec<Absence> {
        let one = |away: &Away| {
            let (start, end) = self.times_of(away)?;
            Some(Absence { person: away.person.clone(), start, end })
        };
        self.absences.iter().filter_map(one).collect()
    }

    /// Whether a day is a holiday of a person.
    #[must_use]
    pub fn is_holiday(&self, person: &PersonId, day: Date) -> bool {
        self.holidays.iter().any(|h| h.date == day && (h.people.is_empty() || h.people.contains(person)))
    }
}

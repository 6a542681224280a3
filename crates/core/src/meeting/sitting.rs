//! When the meeting is, and who takes part.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use noout_calendar::first_instant;
use noout_types::{PersonId, Span, Timestamp};

use crate::config::{Config, Role};

/// So long after its beginning a meeting is still the present one: its agenda does not change under people's eyes.
const LASTS: Span = Span::from_hours(4);

/// One meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sitting {
    /// When it begins.
    pub at: Timestamp,
    /// When the one before began: what happened since is on the agenda.
    pub since: Timestamp,
    /// The zone that it is agreed in.
    pub timezone: String,
}

/// The meeting that is going on at an instant, or the next one.
#[must_use]
pub fn sitting(config: &Config, at: Timestamp) -> Sitting {
    let rules = &config.meeting;
    let timezone = rules.timezone.clone().unwrap_or_else(|| config.server.timezone.clone());
    let zone = TimeZoneDatabase::bundled().get(&timezone).unwrap_or(TimeZone::UTC);
    let instant = |civil: DateTime| first_instant(&zone, civil).unwrap_or(at);
    let before = LASTS.before(at);
    let day = zone.to_datetime(before).date();
    let ahead = (7 + rules.weekday as i64 - i64::from(day.weekday().to_monday_zero_offset())) % 7;
    let mut civil = day.saturating_add(ahead.days()).to_datetime(rules.time.civil());
    if instant(civil) <= before {
        civil = civil.saturating_add(7.days());
    }
    Sitting { at: instant(civil), since: instant(civil.saturating_sub(7.days())), timezone }
}

/// Who takes part: the team or the schedule that the configuration names, else everybody who does work.
#[must_use]
pub fn participants(config: &Config) -> BTreeSet<PersonId> {
    let rules = &config.meeting;
    if let Some(team) = rules.team.as_ref().and_then(|id| config.team(id)) {
        return team.people.iter().cloned().collect();
    }
    if let Some(schedule) = rules.schedule.as_ref().and_then(|id| config.schedule(id)) {
        return schedule.people().into_iter().cloned().collect();
    }
    config.people.iter().filter(|p| p.role >= Role::Responder).map(|p| p.id.clone()).collect()
}

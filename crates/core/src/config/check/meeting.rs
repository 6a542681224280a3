//! `[meeting]`.

use super::Check;
use crate::meeting::participants;

pub(super) fn check(check: &mut Check<'_>) {
    let (config, rules) = (check.config, &check.config.meeting);
    if let Some(zone) = &rules.timezone {
        check.zone("meeting.timezone", zone);
    }
    let (team, schedule) = (rules.team.as_ref(), rules.schedule.as_ref());
    check.known("meeting.team", "team", team.map(|id| id.as_str()), &config.teams, |x| x.id.as_str());
    check.known("meeting.schedule", "schedule", schedule.map(|id| id.as_str()), &config.schedules, |x| x.id.as_str());
    if team.is_some() && schedule.is_some() {
        check.error("meeting.schedule", "both a team and a schedule are named: say only one of them");
    }
    if check.errors.is_empty() && (team.is_some() || schedule.is_some()) && participants(config).is_empty() {
        check.error("meeting", "nobody takes part in the meeting");
    }
}

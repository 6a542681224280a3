//! Grafana OnCall's HTTP API v1.
//!
//! A schedule is a list of shifts: events that come back by a rule (RFC 5545) and last so many seconds, each with its users
//! or, if they roll, with lists of users of which one is on in each period. The event with the highest level counts.

mod escalation;
mod shapes;

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use noout_calendar::{Unit, Weekday};
use noout_types::Timestamp;

use super::collections::Export;
use super::draft::{Claim, Draft, Person, Rotation, Schedule, called, local_part, unlike};
use super::error::ImportError;
use super::windows::{DAYS, Duty, Window, day_of, duties};
use shapes::{FinalShifts, Shift, TheirSchedule, User};

/// The lists that are read.
pub(super) const LISTS: [&str; 9] = [
    "users",
    "teams",
    "schedules",
    "on_call_shifts",
    "final_shifts",
    "escalation_chains",
    "escalation_policies",
    "integrations",
    "routes",
];

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;

pub(super) fn read(export: &Export, now: Timestamp, draft: &mut Draft) -> Result<(), ImportError> {
    export.list::<User>("users")?.into_iter().for_each(|user| read_user(user, draft));
    let shifts: BTreeMap<String, Shift> =
        export.list::<Shift>("on_call_shifts")?.into_iter().map(|shift| (shift.id.clone(), shift)).collect();
    let finals = export.list::<FinalShifts>("final_shifts")?;
    for schedule in export.list::<TheirSchedule>("schedules")? {
        read_schedule(schedule, &shifts, &finals, now, draft);
    }
    escalation::read(export, draft)
}

fn read_user(user: User, draft: &mut Draft) {
    let object = called("user", &user.username, &user.id);
    let email = user.email.filter(|email| !email.is_empty());
    let wish = email.as_deref().map_or(user.username.as_str(), local_part).to_owned();
    let id = draft.name("person", &user.id, &wish);
    let mut contact = Vec::new();
    if email.is_some() {
        draft.contact(&object, &mut contact, "mail");
    }
    if user.is_phone_number_verified {
        draft.lost(
            &object,
            "has a verified phone number, which the API does not give out",
            "write phone, and \"sms\" or \"voice\" into contact, where this version has them",
        );
    }
    if user.slack.is_some() {
        draft.lost(
            &object,
            "is linked to a user of Slack",
            "add how Slack shall reach them to contact, where this version has it",
        );
    }
    let timezone = draft.zone(&object, user.timezone.as_deref());
    if user.role.as_deref() == Some("admin") {
        draft.todo(&object, "is admin", "rights are not imported: write role = \"admin\" if they shall have them");
    }
    let viewer = user.role.as_deref() == Some("viewer");
    draft.people.push(Person { id, name: user.username, email, phone: None, timezone, contact, viewer });
}

fn read_schedule(
    theirs: TheirSchedule,
    shifts: &BTreeMap<String, Shift>,
    finals: &[FinalShifts],
    now: Timestamp,
    draft: &mut Draft,
) {
    let object = called("schedule", &theirs.name, &theirs.id);
    let id = draft.name("schedule", &theirs.id, &theirs.name);
    let timezone = draft.zone(&object, theirs.time_zone.as_deref()).unwrap_or_else(|| "UTC".to_owned());
    if theirs.ical_url_primary.is_some() {
        draft.lost(
            &object,
            "takes its shifts from a calendar's URL",
            "write its rotations by hand: a calendar is no authority for duty here",
        );
    }
    if theirs.ical_url_overrides.is_some() {
        draft.lost(
            &object,
            "takes overrides from a calendar's URL",
            "add them once noout runs, with noout override add",
        );
    }
    let mut rotations = Vec::new();
    for shift in &theirs.shifts {
        match shifts.get(shift) {
            Some(shift) => read_shift(&object, shift, now, draft, &mut rotations),
            None => draft.lost(
                &object,
                format!("names the shift {shift}, which is not in the export"),
                "export on_call_shifts as well",
            ),
        }
    }
    let claims = finals
        .iter()
        .filter(|of| of.schedule == theirs.id)
        .flat_map(|of| &of.shifts)
        .filter_map(|entry| Some((draft.ours("person", &entry.user_pk)?, entry)))
        .map(|(person, entry)| Claim { person, start: entry.shift_start, end: entry.shift_end })
        .collect();
    draft.schedules.push(Schedule { id, object, timezone, coverage: 1, rotations, claims });
}

fn read_shift(schedule: &str, shift: &Shift, now: Timestamp, draft: &mut Draft, to: &mut Vec<Rotation>) {
    let object = format!("{schedule}, {}", called("shift", &shift.name, &shift.id));
    if matches!(shift.kind.as_str(), "single_event" | "override") {
        let begins = shift.start;
        draft.lost(
            &object,
            format!("happens once, at {begins} for {} s", shift.duration),
            "if that is still to come, add it once noout runs, with noout override add",
        );
        return;
    }
    if let Some(until) = shift.until {
        if until.to_zoned(jiff::tz::TimeZone::UTC).is_ok_and(|until| until.timestamp() < now) {
            return;
        }
        draft.changed(&object, format!("ends at {until}"), "a rotation has no end here: take it out of the file then");
    }
    for (field, some) in [("by_month", shift.by_month.is_some()), ("by_monthday", shift.by_monthday.is_some())] {
        if some {
            draft.lost(
                &object,
                format!("comes back by {field}"),
                "it became one that does not skip: write its days by hand",
            );
        }
    }
    let mut turns: Vec<Vec<String>> = match shift.rolling_users.as_deref() {
        Some(rolling) if !rolling.is_empty() => {
            rolling.iter().map(|turn| draft.known_people(&object, turn.iter().map(String::as_str))).collect()
        }
        _ => vec![draft.known_people(&object, shift.users.iter().flatten().map(String::as_str))],
    };
    let first = shift.start_rotation_from_user_index.unwrap_or(0);
    if first > 0 && first < turns.len() {
        turns.rotate_left(first);
    }
    turns.retain(|turn| !turn.is_empty());
    if turns.is_empty() {
        draft.lost(&object, "has no user", "it is left out");
        return;
    }
    let Some((unit, every)) = unit(&object, shift, turns.len(), draft) else { return };
    let zone = shift.time_zone.as_deref().filter(|zone| !zone.is_empty());
    let timezone = zone.and_then(|zone| draft.zone(&object, Some(zone)));
    for duty in duty(&object, shift, draft) {
        to.push(Rotation {
            name: unlike(to, &shift.name),
            people: turns.clone(),
            unit,
            every,
            start: shift.start,
            weekdays: duty.weekdays,
            hours: duty.hours,
            timezone: timezone.clone(),
            layer: shift.level.unwrap_or(0),
        });
    }
}

/// In what a turn is counted, and how many of them it lasts.
fn unit(object: &str, shift: &Shift, turns: usize, draft: &mut Draft) -> Option<(Unit, u32)> {
    let every = shift.interval.unwrap_or(1).clamp(1, noout_calendar::MAX_EVERY);
    let (unit, period) = match shift.frequency.as_deref() {
        Some("hourly") => (Unit::Hour, HOUR),
        Some("daily") => (Unit::Day, DAY),
        Some("weekly") => (Unit::Week, WEEK),
        Some("monthly") => (Unit::Month, 28 * DAY),
        other => {
            let found =
                format!("comes back {:?}, which is none of hourly, daily, weekly, monthly", other.unwrap_or(""));
            draft.lost(object, found, "it is left out: write a rotation by hand");
            return None;
        }
    };
    // Between two events of one that comes back every second week nobody is on; here turns follow each other.
    let gaps = every > 1 && shift.duration < period * u64::from(every) && (turns == 1 || unit != Unit::Week);
    if gaps {
        draft.changed(
            object,
            format!("comes back every {every} periods and lasts {} s, so that it skips some", shift.duration),
            "a rotation skips none here: its people are on in those, too. Correct it by overrides or by a second rotation",
        );
    }
    Some((unit, every))
}

/// The days and hours of a shift.
fn duty(object: &str, shift: &Shift, draft: &mut Draft) -> Vec<Duty> {
    let whole = || vec![Duty { weekdays: Vec::new(), hours: None }];
    let begin = minute(shift.start);
    let minutes = u32::try_from(shift.duration / 60).unwrap_or(u32::MAX);
    let days: Vec<usize> = shift.by_day.iter().flatten().filter_map(|day| day_of(day)).collect();
    let windows: Vec<Window> = match (shift.frequency.as_deref(), days.as_slice()) {
        (Some("hourly"), []) => {
            if shift.duration < HOUR * u64::from(shift.interval.unwrap_or(1)) {
                draft.changed(object, "lasts less than its period", "here its people are on all the time");
            }
            return whole();
        }
        (Some("daily"), []) if shift.duration >= DAY => return whole(),
        (Some("weekly"), []) if shift.duration >= WEEK => return whole(),
        (Some("monthly"), []) => {
            if shift.duration < 28 * DAY {
                draft.changed(
                    object,
                    format!("is on for {} s of each month", shift.duration),
                    "here it is on all month: write its days by hand",
                );
            }
            return whole();
        }
        (Some("weekly"), []) => {
            let day = usize::from(shift.start.date().weekday().to_monday_zero_offset().unsigned_abs());
            vec![Window { day, begin, minutes }]
        }
        (_, []) => Window::daily(begin, minutes).collect(),
        (_, days) => days.iter().map(|day| Window { day: *day, begin, minutes }).collect(),
    };
    // A whole day that begins with the turn needs no hours, and stays one piece.
    if shift.duration.is_multiple_of(DAY) && windows.len() * (shift.duration / DAY) as usize <= DAYS.len() {
        let length = (shift.duration / DAY) as usize;
        let mut on: Vec<usize> =
            windows.iter().flat_map(|w| (0..length).map(move |n| (w.day + n) % DAYS.len())).collect();
        on.sort_unstable();
        on.dedup();
        let weekdays: Vec<Weekday> = on.iter().filter_map(|day| DAYS.get(*day).copied()).collect();
        return vec![Duty { weekdays: if on.len() == DAYS.len() { Vec::new() } else { weekdays }, hours: None }];
    }
    duties(windows)
}

fn minute(at: DateTime) -> u32 {
    u32::from(at.hour().unsigned_abs()) * 60 + u32::from(at.minute().unsigned_abs())
}

//! Opsgenie's configuration backup, or answers of its REST API v2.
//!
//! All rotations of a schedule are on at once. An escalation's delays count from the alert, not from the step before.

mod escalation;
mod shapes;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use noout_calendar::Unit;
use noout_types::Timestamp;

use super::collections::Export;
use super::draft::{Claim, Draft, Person, Rotation, Schedule, called, local_part, unlike};
use super::error::ImportError;
use super::windows::{DAY, Duty, Window, day_of, duties};
use shapes::{Contact, Restriction, TheirRotation, TheirSchedule, TimeRestriction, Timeline, User};

/// The lists that are read, by the names of the backup's folders.
pub(super) const LISTS: [&str; 7] =
    ["users", "teams", "schedules", "escalations", "integrations", "timelines", "heartbeats"];

pub(super) fn read(export: &Export, now: Timestamp, draft: &mut Draft) -> Result<(), ImportError> {
    export.list::<User>("users")?.into_iter().for_each(|user| read_user(user, draft));
    let timelines = export.list::<Timeline>("timelines")?;
    for schedule in export.list::<TheirSchedule>("schedules")? {
        read_schedule(schedule, &timelines, now, draft);
    }
    escalation::read(export, draft)
}

fn read_user(user: User, draft: &mut Draft) {
    let object = called("user", &user.full_name, &user.username);
    let id = draft.name("person", &user.id, local_part(&user.username));
    if user.blocked {
        draft.todo(&object, "is blocked", "take the person out of the file if they shall not be called");
    }
    // A user's name is the address.
    let email = Some(user.username.clone()).filter(|name| name.contains('@'));
    let mut phone = None;
    let mut contact = Vec::new();
    for way in user.user_contacts {
        read_contact(&object, &way, email.as_deref(), &mut phone, &mut contact, draft);
    }
    if contact.is_empty() && email.is_some() {
        draft.contact(&object, &mut contact, "mail");
    }
    if !user.notification_rule_list.is_empty() {
        draft.changed(
            &object,
            format!("has {} notification rules by kind of event and hour", user.notification_rule_list.len()),
            "each person has one order of contacts here: put them into contact in that order",
        );
    }
    let role = user.role.map(|role| role.name.to_lowercase()).unwrap_or_default();
    if matches!(role.as_str(), "owner" | "admin") {
        draft.todo(
            &object,
            format!("is {role}"),
            "rights are not imported: write role = \"admin\" if they shall have them",
        );
    }
    let timezone = draft.zone(&object, user.time_zone.as_deref());
    draft.ours_too("person", &user.username, &id);
    let viewer = matches!(role.as_str(), "observer" | "stakeholder");
    draft.people.push(Person { id, name: user.full_name, email, phone, timezone, contact, viewer });
}

fn read_contact(
    object: &str,
    theirs: &Contact,
    email: Option<&str>,
    phone: &mut Option<String>,
    contact: &mut Vec<String>,
    draft: &mut Draft,
) {
    if theirs.enabled == Some(false) || theirs.to.is_empty() {
        return;
    }
    match theirs.contact_method.to_lowercase().as_str() {
        "email" => {
            let way = if email == Some(theirs.to.as_str()) { "mail".to_owned() } else { format!("mail:{}", theirs.to) };
            draft.contact(object, contact, &way);
        }
        way @ ("sms" | "voice") => {
            // Written as 1-555 0100: country and number.
            let digits: String = theirs.to.chars().filter(char::is_ascii_digit).collect();
            phone.get_or_insert_with(|| format!("+{digits}"));
            draft.contact(object, contact, way);
        }
        "mobile" | "mobile app" => draft.lost(
            object,
            "gets push notifications in Opsgenie's app",
            "a device is enrolled by its owner: let them open noout on it, or add an ntfy topic to contact",
        ),
        other => {
            draft.lost(object, format!("is reached by {other}"), "add it to contact by hand, where this version has it")
        }
    }
}

fn read_schedule(theirs: TheirSchedule, timelines: &[Timeline], now: Timestamp, draft: &mut Draft) {
    let object = called("schedule", &theirs.name, &theirs.id);
    let id = draft.name("schedule", &theirs.id, &theirs.name);
    draft.ours_too("schedule", &theirs.name, &id);
    if theirs.enabled == Some(false) {
        draft.todo(&object, "is disabled", "take it out of the file if it shall stay so");
    }
    let timezone = draft.zone(&object, theirs.timezone.as_deref()).unwrap_or_else(|| "UTC".to_owned());
    let zone = TimeZoneDatabase::bundled().get(&timezone).unwrap_or(TimeZone::UTC);
    let mut rotations = Vec::new();
    for rotation in &theirs.rotations {
        read_rotation(&object, rotation, &zone, now, draft, &mut rotations);
    }
    for once in theirs.schedule_override_list.iter().filter(|once| once.end_date > now) {
        let who = once.user.as_ref().map_or("somebody", |user| user.key());
        let person = draft.ours("person", who).unwrap_or_else(|| who.to_owned());
        draft.lost(
            &object,
            format!("an override puts {person} on call from {} to {}", once.start_date, once.end_date),
            "overrides are live and not in the file: add it once noout runs, with noout override add",
        );
    }
    let claims = (timelines.iter())
        .filter(|timeline| timeline.is_of(&theirs.id))
        .flat_map(|timeline| &timeline.final_timeline.rotations)
        .flat_map(|rotation| &rotation.periods)
        .filter_map(|period| {
            let person = draft.ours("person", period.recipient.as_ref()?.key())?;
            Some(Claim { person, start: period.start_date, end: period.end_date })
        })
        .collect();
    draft.schedules.push(Schedule { id, object, timezone, coverage: 1, rotations, claims });
}

fn read_rotation(
    schedule: &str,
    theirs: &TheirRotation,
    zone: &TimeZone,
    now: Timestamp,
    draft: &mut Draft,
    to: &mut Vec<Rotation>,
) {
    let object = format!("{schedule}, {}", called("rotation", &theirs.name, &theirs.id));
    if let Some(end) = theirs.end_date {
        if end <= now {
            return;
        }
        draft.changed(&object, format!("ends at {end}"), "a rotation has no end here: take it out of the file then");
    }
    let mut people = Vec::new();
    for participant in &theirs.participants {
        match participant.kind.as_str() {
            "user" => people.extend(draft.known_people(&object, [participant.key()]).into_iter().map(|id| vec![id])),
            "none" => draft.changed(
                &object,
                "has turns in which nobody is on",
                "they are left out, so that the others' turns come sooner: put a person there",
            ),
            other => draft.lost(
                &object,
                format!("has the {other} {:?} as a participant", participant.label()),
                "put its people there: an entry of people may be a list, who are on together",
            ),
        }
    }
    if people.is_empty() {
        draft.lost(&object, "has no user", "it is left out");
        return;
    }
    let windows = theirs.time_restriction.as_ref().map(windows_of).unwrap_or_default();
    let restricted = !windows.is_empty();
    let length = theirs.length.unwrap_or(1).max(1);
    let (unit, every) = match theirs.kind.to_lowercase().as_str() {
        "hourly" => (Unit::Hour, length),
        // Days are counted whether they are worked or not, which hours do, and days with weekdays do not.
        "daily" if restricted => (Unit::Hour, length.saturating_mul(24)),
        "daily" => (Unit::Day, length),
        "weekly" => (Unit::Week, length),
        other => {
            draft.changed(&object, format!("its type is {other:?}"), "it became weekly");
            (Unit::Week, length)
        }
    };
    let duties = if restricted { duties(windows) } else { vec![Duty { weekdays: Vec::new(), hours: None }] };
    for duty in duties {
        to.push(Rotation {
            name: unlike(to, &theirs.name),
            people: people.clone(),
            unit,
            every: every.clamp(1, noout_calendar::MAX_EVERY),
            start: theirs.start_date.to_zoned(zone.clone()).datetime(),
            weekdays: duty.weekdays,
            hours: duty.hours,
            timezone: None,
            layer: 0,
        });
    }
}

fn windows_of(restriction: &TimeRestriction) -> Vec<Window> {
    let minute = |hour: Option<u32>, minute: Option<u32>| hour.unwrap_or(0) * 60 + minute.unwrap_or(0);
    let times = |r: &Restriction| (minute(r.start_hour, r.start_min), minute(r.end_hour, r.end_min));
    let daily = restriction.restriction.iter().flat_map(|r| {
        let (begin, end) = times(r);
        Window::daily(begin, if end > begin { end - begin } else { end + DAY - begin })
    });
    let weekly = restriction.restrictions.iter().flatten().filter_map(|r| {
        let (begin, end) = times(r);
        let (first, last) = (day_of(r.start_day.as_deref()?)?, day_of(r.end_day.as_deref()?)?);
        let days = u32::try_from((last + 7 - first) % 7).unwrap_or_default();
        // The same day with an end before the beginning is the whole week but for that hole.
        let minutes = match days * DAY + end {
            until if until > begin => until - begin,
            until => until + 7 * DAY - begin,
        };
        Some(Window { day: first, begin, minutes })
    });
    daily.chain(weekly).collect()
}

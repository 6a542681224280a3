//! GoAlert's GraphQL API.
//!
//! A schedule puts targets (rotations, users) on duty by rules: days and hours of the week. All that are on at an instant
//! are on call. A rotation remembers whose turn it is; that is not to be computed from its start.

mod shapes;

use std::collections::BTreeMap;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Span, ToSpan};
use noout_calendar::Unit;

use super::collections::Export;
use super::draft::{Claim, Draft, Person, Policy, Rotation, Route, Schedule, Source, Step, called, local_part, unlike};
use super::error::ImportError;
use super::windows::{DAY, Duty, Window, duties, minute_of};
use shapes::{EscalationPolicy, Method, RotationTarget, Rule, Service, TheirRotation, TheirSchedule, User};

/// The lists that are read.
pub(super) const LISTS: [&str; 5] = ["users", "rotations", "schedules", "escalationPolicies", "services"];

/// A GraphQL answer has errors beside the data; they are told as a list that noout does not know.
pub(super) fn read(export: &Export, draft: &mut Draft) -> Result<(), ImportError> {
    export.list::<User>("users")?.into_iter().for_each(|user| read_user(user, draft));
    let rotations: BTreeMap<String, TheirRotation> = export
        .list::<TheirRotation>("rotations")?
        .into_iter()
        .map(|rotation| (rotation.id.clone(), rotation))
        .collect();
    for schedule in export.list::<TheirSchedule>("schedules")? {
        read_schedule(schedule, &rotations, draft);
    }
    for policy in export.list::<EscalationPolicy>("escalationPolicies")? {
        read_policy(policy, &rotations, draft);
    }
    export.list::<Service>("services")?.into_iter().for_each(|service| read_service(service, draft));
    Ok(())
}

fn read_user(user: User, draft: &mut Draft) {
    let object = called("user", &user.name, &user.id);
    let email = Some(user.email).filter(|email| !email.is_empty());
    let wish = email.as_deref().map_or(user.name.as_str(), local_part).to_owned();
    let id = draft.name("person", &user.id, &wish);
    let mut phone = None;
    let mut contact = Vec::new();
    let mut methods = user.contact_methods;
    // As early as the person wanted to hear by it.
    methods.sort_by_key(|method| {
        let of = user.notification_rules.iter().filter(|rule| rule.contact_method_id == method.id);
        of.map(|rule| rule.delay_minutes).min().unwrap_or(u64::MAX)
    });
    for method in methods {
        if method.disabled {
            draft.lost(&object, format!("has a {} that was never confirmed", method.kind()), "it is left out");
            continue;
        }
        read_method(&object, &method, email.as_deref(), &mut phone, &mut contact, draft);
    }
    if contact.is_empty() && email.is_some() {
        draft.contact(&object, &mut contact, "mail");
    }
    if user.role == "admin" {
        draft.todo(&object, "is admin", "rights are not imported: write role = \"admin\" if they shall have them");
    }
    draft.people.push(Person { id, name: user.name, email, phone, timezone: None, contact, viewer: false });
}

fn read_method(
    object: &str,
    method: &Method,
    email: Option<&str>,
    phone: &mut Option<String>,
    contact: &mut Vec<String>,
    draft: &mut Draft,
) {
    let value = method.address();
    match method.kind() {
        "EMAIL" | "builtin-smtp-email" => {
            let way = if email == Some(value) { "mail".to_owned() } else { format!("mail:{value}") };
            draft.contact(object, contact, &way);
        }
        kind @ ("SMS" | "VOICE" | "builtin-twilio-sms" | "builtin-twilio-voice") => {
            phone.get_or_insert_with(|| value.to_owned());
            let way = if kind.to_lowercase().ends_with("sms") { "sms" } else { "voice" };
            draft.contact(object, contact, way);
        }
        "WEBHOOK" | "builtin-webhook" => {
            draft.contact(object, contact, &format!("webhook:{value}"));
            draft.changed(
                object,
                "is reached by a webhook",
                "noout posts its own JSON there: see the guide's contract of a page by webhook",
            );
        }
        other => {
            draft.lost(object, format!("is reached by {other}"), "add it to contact by hand, where this version has it")
        }
    }
}

fn read_schedule(theirs: TheirSchedule, all: &BTreeMap<String, TheirRotation>, draft: &mut Draft) {
    let object = called("schedule", &theirs.name, &theirs.id);
    let id = draft.name("schedule", &theirs.id, &theirs.name);
    let timezone = draft.zone(&object, Some(&theirs.time_zone)).unwrap_or_else(|| "UTC".to_owned());
    let mut rotations = Vec::new();
    for target in &theirs.targets {
        read_target(&object, &timezone, target, all, draft, &mut rotations);
    }
    for temporary in &theirs.temporary_schedules {
        draft.lost(
            &object,
            format!("is replaced by a temporary schedule from {} to {}", temporary.start, temporary.end),
            "if that is still to come, add overrides once noout runs, with noout override add",
        );
    }
    let claims = (theirs.shifts.iter())
        .filter_map(|shift| Some((draft.ours("person", &shift.user_id)?, shift)))
        .map(|(person, shift)| Claim { person, start: shift.start, end: shift.end })
        .collect();
    draft.schedules.push(Schedule { id, object, timezone, coverage: 1, rotations, claims });
}

fn read_target(
    schedule: &str,
    zone: &str,
    target: &RotationTarget,
    all: &BTreeMap<String, TheirRotation>,
    draft: &mut Draft,
    to: &mut Vec<Rotation>,
) {
    let duties = duties(target.rules.iter().flat_map(windows_of));
    let object = format!("{schedule}, {}", called(&target.target.kind, &target.target.name, &target.target.id));
    let whole = |draft: &mut Draft| match target.target.kind.as_str() {
        "rotation" => all.get(&target.target.id).map(|rotation| turns_of(&object, rotation, zone, draft)),
        "user" => {
            let person = draft.known_people(&object, [target.target.id.as_str()]);
            let start = jiff::civil::date(2024, 1, 1).at(0, 0, 0, 0);
            Some(Turns {
                people: person.into_iter().map(|id| vec![id]).collect(),
                unit: Unit::Week,
                every: 1,
                start,
                timezone: None,
            })
        }
        _ => None,
    };
    let Some(turns) = whole(draft) else {
        draft.lost(
            &object,
            "is on duty here, but not in the export",
            "export it as well, or write its rotation by hand",
        );
        return;
    };
    if turns.people.is_empty() {
        draft.lost(&object, "has no user", "it is left out");
        return;
    }
    for Duty { weekdays, hours } in duties {
        // Rotations count days whether they are worked or not, which hours do, and days with weekdays do not.
        let (unit, every) = match turns.unit {
            Unit::Day if !weekdays.is_empty() => (Unit::Hour, turns.every.saturating_mul(24)),
            unit => (unit, turns.every),
        };
        // Hours are read in the rotation's zone, and in GoAlert they are the schedule's.
        if hours.is_some() && turns.timezone.is_some() {
            draft.changed(
                &object,
                "has another time zone than its schedule",
                "its hours are read in the rotation's zone here: correct hours",
            );
        }
        to.push(Rotation {
            name: unlike(to, &target.target.name),
            people: turns.people.clone(),
            unit,
            every: every.clamp(1, noout_calendar::MAX_EVERY),
            start: turns.start,
            weekdays,
            hours,
            timezone: turns.timezone.clone(),
            layer: 0,
        });
    }
}

/// Whose turn it is, in our terms.
struct Turns {
    people: Vec<Vec<String>>,
    unit: Unit,
    every: u32,
    start: jiff::civil::DateTime,
    timezone: Option<String>,
}

fn turns_of(object: &str, theirs: &TheirRotation, schedule_zone: &str, draft: &mut Draft) -> Turns {
    let every = theirs.shift_length.clamp(1, noout_calendar::MAX_EVERY);
    let unit = match theirs.kind.as_str() {
        "hourly" => Unit::Hour,
        "daily" => Unit::Day,
        "weekly" => Unit::Week,
        "monthly" => Unit::Month,
        other => {
            draft.changed(object, format!("its type is {other:?}"), "it became weekly");
            Unit::Week
        }
    };
    let zone = draft.zone(object, Some(&theirs.time_zone)).unwrap_or_else(|| "UTC".to_owned());
    let tz = TimeZoneDatabase::bundled().get(&zone).unwrap_or(TimeZone::UTC);
    let mut people = Vec::new();
    for id in &theirs.user_ids {
        people.extend(draft.known_people(object, [id.as_str()]).into_iter().map(|id| vec![id]));
    }
    let mut start = theirs.start.to_zoned(tz.clone()).datetime();
    match theirs.next_handoff_times.first().map(|next| next.to_zoned(tz).datetime()) {
        Some(next) if people.len() == theirs.user_ids.len() => {
            // The running turn began one turn before the next hand-off, and its person is the first.
            if let Ok(begin) = next.checked_sub(length(unit, every)) {
                start = begin;
                let active = theirs.active_user_index.min(people.len().saturating_sub(1));
                people.rotate_left(active);
            }
        }
        _ if people.len() > 1 => draft.todo(
            object,
            "the export does not say when it hands over next",
            "compare who is on call now, and correct the order of people; or export nextHandoffTimes(num: 1)",
        ),
        _ => {}
    }
    Turns { people, unit, every, start, timezone: Some(zone).filter(|zone| zone != schedule_zone) }
}

fn length(unit: Unit, every: u32) -> Span {
    let every = i64::from(every);
    match unit {
        Unit::Hour => every.hours(),
        Unit::Day => every.days(),
        Unit::Week => every.weeks(),
        Unit::Month => every.months(),
    }
}

/// The weeks of GoAlert begin on Sunday; an end before or at the beginning is of the next day.
fn windows_of(rule: &Rule) -> Vec<Window> {
    let (Some(begin), Some(end)) = (minute_of(&rule.start), minute_of(&rule.end)) else { return Vec::new() };
    let minutes = if end > begin { end - begin } else { end + DAY - begin };
    let on = |n: &usize| rule.weekday_filter.get(*n).copied().unwrap_or(true);
    (0..7).filter(on).map(|n| Window { day: (n + 6) % 7, begin, minutes }).collect()
}

fn read_policy(theirs: EscalationPolicy, rotations: &BTreeMap<String, TheirRotation>, draft: &mut Draft) {
    let object = called("escalation policy", &theirs.name, &theirs.id);
    let id = draft.name("policy", &theirs.id, &theirs.name);
    let mut steps = Vec::new();
    for (place, step) in theirs.steps.iter().enumerate() {
        let at = format!("{object}, step {}", place + 1);
        let mut notify = Vec::new();
        for target in &step.targets {
            match target.kind.as_str() {
                "user" => {
                    let people = draft.known_people(&at, [target.id.as_str()]);
                    notify.extend(people.into_iter().map(|id| format!("person:{id}")));
                }
                "schedule" => match draft.ours("schedule", &target.id) {
                    Some(id) => notify.push(format!("schedule:{id}")),
                    None => draft.lost(
                        &at,
                        format!("names the schedule {:?}, which is not in the export", target.name),
                        "export schedules as well",
                    ),
                },
                "rotation" => match rotations.get(&target.id) {
                    Some(rotation) => notify.push(format!("schedule:{}", schedule_of(rotation, draft))),
                    None => draft.lost(
                        &at,
                        format!("names the rotation {:?}, which is not in the export", target.name),
                        "export rotations as well",
                    ),
                },
                other => draft.lost(
                    &at,
                    format!("tells {} by {other}", target.name),
                    "name people or schedules in the step: a channel acknowledges nothing",
                ),
            }
        }
        steps.push(Step { notify, wait: Some(step.delay_minutes * 60).filter(|wait| *wait > 0), in_turn: false });
    }
    draft.policies.push(Policy { id, object, rounds: theirs.repeat.saturating_add(1), unack_after: None, steps });
}

/// A policy's step may name a rotation directly; here that takes a schedule, one for each such rotation.
fn schedule_of(theirs: &TheirRotation, draft: &mut Draft) -> String {
    let key = format!("rotation {}", theirs.id);
    if let Some(id) = draft.ours("schedule", &key) {
        return id;
    }
    let object = called("rotation", &theirs.name, &theirs.id);
    let zone = draft.zone(&object, Some(&theirs.time_zone)).unwrap_or_else(|| "UTC".to_owned());
    let id = draft.name("schedule", &key, &theirs.name);
    let turns = turns_of(&object, theirs, &zone, draft);
    let rotation = Rotation {
        name: theirs.name.clone(),
        people: turns.people,
        unit: turns.unit,
        every: turns.every,
        start: turns.start,
        weekdays: Vec::new(),
        hours: None,
        timezone: None,
        layer: 0,
    };
    let rotations = if rotation.people.is_empty() { Vec::new() } else { vec![rotation] };
    draft.schedules.push(Schedule {
        id: id.clone(),
        object,
        timezone: zone,
        coverage: 1,
        rotations,
        claims: Vec::new(),
    });
    id
}

fn read_service(theirs: Service, draft: &mut Draft) {
    let object = called("service", &theirs.name, &theirs.id);
    for heartbeat in &theirs.heartbeat_monitors {
        draft.lost(
            &object,
            format!("has the heartbeat {:?}, every {} minutes", heartbeat.name, heartbeat.timeout_minutes),
            "add it as a heartbeat to noout.toml, and let the job ping noout",
        );
    }
    let Some(policy) = draft.ours("policy", &theirs.escalation_policy_id) else {
        draft.lost(
            &object,
            "has an escalation policy that is not in the export",
            "write a route for its alerts by hand",
        );
        return;
    };
    let matchers: Vec<String> = (theirs.labels.iter())
        .filter_map(|label| noout_types::Matcher::new(&label.key, noout_types::MatchOp::Equal, &label.value).ok())
        .map(|matcher| matcher.to_string())
        .filter(|text| text.parse::<noout_types::Matcher>().is_ok())
        .collect();
    let service = noout_types::Matcher::new("service", noout_types::MatchOp::Equal, &theirs.name);
    let (matchers, by) = match service {
        Ok(service) if matchers.is_empty() => (service.to_string(), format!("service={:?}", theirs.name)),
        _ => (matchers.join(", "), "the service's labels".to_owned()),
    };
    draft.todo(
        &object,
        "an alert belongs to a service by the key that it came with",
        format!("here a route goes by labels: the route written for it takes {by}, set that at the sender"),
    );
    draft.routes.push(Route { object: object.clone(), matchers: Some(matchers), policy, low: false });
    for key in &theirs.integration_keys {
        let id = draft.name("source", &key.id, &format!("{} {}", theirs.name, key.name));
        draft.sources.push(Source { id, object: format!("integration key {:?} ({}) of {object}", key.name, key.kind) });
    }
}

//! PagerDuty's REST API v2.
//!
//! A schedule of PagerDuty has layers of which the topmost that somebody is in counts; the API lists the topmost first.
//! Turns are a number of seconds from `rotation_virtual_start`, restrictions are stretches of the day or of the week.

mod shapes;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use noout_calendar::Unit;
use noout_types::{Span, Timestamp};

use super::collections::Export;
use super::draft::{Claim, Draft, Person, Policy, Rotation, Route, Schedule, Source, Step, called, local_part, unlike};
use super::error::ImportError;
use super::windows::{Duty, Window, duties, minute_of};
use shapes::{EscalationPolicy, Layer, Override, Restriction, Service, TheirSchedule, User};

/// The lists that are read.
pub(super) const LISTS: [&str; 5] = ["users", "schedules", "escalation_policies", "services", "overrides"];

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;

pub(super) fn read(export: &Export, now: Timestamp, draft: &mut Draft) -> Result<(), ImportError> {
    export.list::<User>("users")?.into_iter().for_each(|user| read_user(user, draft));
    for schedule in export.list::<TheirSchedule>("schedules")? {
        read_schedule(schedule, now, draft);
    }
    for once in export.list::<Override>("overrides")? {
        read_override("an override", &once, now, draft);
    }
    for policy in export.list::<EscalationPolicy>("escalation_policies")? {
        read_policy(policy, draft);
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
    let mut push = false;
    // In the order of the notification rules, where the export has them: that is how the person wants to be called.
    let mut methods = user.contact_methods;
    methods.sort_by_key(|method| {
        let rule = |rule: &shapes::Rule| rule.contact_method.as_ref().is_some_and(|m| m.id == method.id);
        user.notification_rules.iter().filter(|r| rule(r)).map(|r| r.start_delay_in_minutes).min().unwrap_or(u64::MAX)
    });
    for method in methods {
        let address = method.address.unwrap_or_default();
        let number = || format!("+{}{address}", method.country_code.unwrap_or(1));
        match method.kind.as_str() {
            _ if address.is_empty() => {}
            "email_contact_method" | "email_contact_method_reference" => {
                let own = email.as_deref() == Some(address.as_str());
                let way = if own { "mail".to_owned() } else { format!("mail:{address}") };
                draft.contact(&object, &mut contact, &way);
            }
            "sms_contact_method" => {
                phone.get_or_insert_with(number);
                draft.contact(&object, &mut contact, "sms");
            }
            "phone_contact_method" => {
                phone.get_or_insert_with(number);
                draft.contact(&object, &mut contact, "voice");
            }
            "push_notification_contact_method" => push = true,
            other => draft.lost(&object, format!("has a contact of the type {other}"), "add it to contact by hand"),
        }
    }
    if push {
        draft.lost(
            &object,
            "gets push notifications in PagerDuty's app",
            "a device is enrolled by its owner: let them open noout on it, or add an ntfy topic to contact",
        );
    }
    if contact.is_empty() && email.is_some() {
        draft.contact(&object, &mut contact, "mail");
    }
    if matches!(user.role.as_str(), "owner" | "admin" | "global_admin") {
        draft.todo(
            &object,
            format!("is {}", user.role),
            "rights are not imported: write role = \"admin\" if they shall have them",
        );
    }
    let viewer = matches!(user.role.as_str(), "observer" | "read_only_user" | "read_only_limited_user");
    let timezone = draft.zone(&object, user.time_zone.as_deref());
    draft.people.push(Person { id, name: user.name, email, phone, timezone, contact, viewer });
}

fn read_schedule(theirs: TheirSchedule, now: Timestamp, draft: &mut Draft) {
    let object = called("schedule", &theirs.name, &theirs.id);
    let id = draft.name("schedule", &theirs.id, &theirs.name);
    let timezone = draft.zone(&object, theirs.time_zone.as_deref()).unwrap_or_else(|| "UTC".to_owned());
    let zone = TimeZoneDatabase::bundled().get(&timezone).unwrap_or(TimeZone::UTC);
    let live: Vec<Layer> =
        theirs.schedule_layers.into_iter().filter(|layer| layer.end.is_none_or(|end| end > now)).collect();
    let layers = live.len();
    let mut rotations = Vec::new();
    for (place, layer) in live.into_iter().enumerate() {
        let height = u32::try_from(layers - place - 1).unwrap_or_default();
        read_layer(&object, layer, height, &zone, now, draft, &mut rotations);
    }
    let entries = theirs.final_schedule.map(|last| last.rendered_schedule_entries).unwrap_or_default();
    let claims = (entries.iter())
        .filter_map(|entry| Some((draft.ours("person", &entry.user.as_ref()?.id)?, entry)))
        .map(|(person, entry)| Claim { person, start: entry.start, end: entry.end })
        .collect();
    for once in theirs.overrides {
        read_override(&object, &once, now, draft);
    }
    draft.schedules.push(Schedule { id, object, timezone, coverage: 1, rotations, claims });
}

fn read_layer(
    schedule: &str,
    layer: Layer,
    height: u32,
    zone: &TimeZone,
    now: Timestamp,
    draft: &mut Draft,
    to: &mut Vec<Rotation>,
) {
    let object = format!("{schedule}, layer {:?}", layer.name);
    let theirs: Vec<&str> = layer.users.iter().map(|member| member.user.id.as_str()).collect();
    // Somebody may stand in a layer several times, and the order is the rotation's.
    let mut people = Vec::new();
    for id in theirs {
        people.extend(draft.known_people(&object, [id]).into_iter().map(|id| vec![id]));
    }
    if people.is_empty() {
        draft.lost(&object, "has no user", "it is left out");
        return;
    }
    if let Some(end) = layer.end {
        draft.changed(&object, format!("ends at {end}"), "a rotation has no end here: take it out of the file then");
    }
    if layer.start > now {
        draft.changed(
            &object,
            format!("begins at {} only", layer.start),
            "a rotation counts from its start: add it to the file then, or move its start",
        );
    }
    let seconds = layer.rotation_turn_length_seconds;
    let restricted = !layer.restrictions.is_empty();
    let (unit, every) = match seconds {
        0 => {
            draft.changed(&object, "its turns have no length", "they became weeks");
            (Unit::Week, 1)
        }
        s if s % WEEK == 0 => (Unit::Week, s / WEEK),
        // Days are counted whether they are worked or not, which hours do, and days with weekdays do not.
        s if s % DAY == 0 && !restricted => (Unit::Day, s / DAY),
        s if s % HOUR == 0 => (Unit::Hour, s / HOUR),
        s => {
            let hours = s.div_ceil(HOUR);
            draft.changed(
                &object,
                format!("a turn lasts {s} seconds"),
                format!("turns are whole hours here: it became {hours}"),
            );
            (Unit::Hour, hours)
        }
    };
    let start = layer.rotation_virtual_start.to_zoned(zone.clone()).datetime();
    let windows: Vec<Window> = layer.restrictions.iter().flat_map(|r| windows_of(&object, r, draft)).collect();
    let duties = if windows.is_empty() { vec![Duty { weekdays: Vec::new(), hours: None }] } else { duties(windows) };
    for duty in duties {
        to.push(Rotation {
            name: unlike(to, &layer.name),
            people: people.clone(),
            unit,
            every: u32::try_from(every).unwrap_or(u32::MAX).clamp(1, noout_calendar::MAX_EVERY),
            start,
            weekdays: duty.weekdays,
            hours: duty.hours,
            timezone: None,
            layer: height,
        });
    }
}

fn windows_of(object: &str, restriction: &Restriction, draft: &mut Draft) -> Vec<Window> {
    let minutes = u32::try_from(restriction.duration_seconds / 60).unwrap_or(u32::MAX);
    let begin = minute_of(&restriction.start_time_of_day);
    match (restriction.kind.as_str(), begin, restriction.start_day_of_week) {
        ("daily_restriction", Some(begin), _) => Window::daily(begin, minutes).collect(),
        ("weekly_restriction", Some(begin), Some(day @ 1..=7)) => vec![Window { day: day - 1, begin, minutes }],
        (kind, ..) => {
            draft.lost(object, format!("has a {kind} that cannot be read"), "write hours and weekdays by hand");
            Vec::new()
        }
    }
}

fn read_override(schedule: &str, once: &Override, now: Timestamp, draft: &mut Draft) {
    if once.end <= now {
        return;
    }
    let who = once.user.as_ref().map_or("nobody", |user| user.id.as_str());
    let person = draft.ours("person", who).unwrap_or_else(|| who.to_owned());
    draft.lost(
        schedule,
        format!("an override puts {person} on call from {} to {}", once.start, once.end),
        "overrides are live and not in the file: add it once noout runs, with noout override add",
    );
}

fn read_policy(theirs: EscalationPolicy, draft: &mut Draft) {
    let object = called("escalation policy", &theirs.name, &theirs.id);
    let id = draft.name("policy", &theirs.id, &theirs.name);
    let mut steps = Vec::new();
    for (place, rule) in theirs.escalation_rules.iter().enumerate() {
        let mut notify = Vec::new();
        let step = format!("{object}, level {}", place + 1);
        for target in &rule.targets {
            match target.kind.as_str() {
                "user" | "user_reference" => {
                    let people = draft.known_people(&step, [target.id.as_str()]);
                    notify.extend(people.into_iter().map(|id| format!("person:{id}")));
                }
                "schedule" | "schedule_reference" => match draft.ours("schedule", &target.id) {
                    Some(id) => notify.push(format!("schedule:{id}")),
                    None => draft.lost(
                        &step,
                        format!("names the schedule {}, which is not in the export", target.id),
                        "export the schedules with ?include[]=schedule_layers, one by one",
                    ),
                },
                other => draft.lost(&step, format!("names a {other}"), "name people or schedules in the step"),
            }
        }
        let strategy = rule.escalation_rule_assignment_strategy.as_ref();
        let in_turn = strategy.is_some_and(|strategy| strategy.kind == "round_robin");
        let wait = Some(rule.escalation_delay_in_minutes * 60).filter(|wait| *wait > 0);
        steps.push(Step { notify, wait, in_turn });
    }
    let rounds = u32::try_from(theirs.num_loops.unwrap_or(0)).unwrap_or(u32::MAX).saturating_add(1);
    draft.policies.push(Policy { id, object, rounds, unack_after: None, steps });
}

fn read_service(theirs: Service, draft: &mut Draft) {
    let object = called("service", &theirs.name, &theirs.id);
    if theirs.status.as_deref() == Some("disabled") {
        draft.lost(&object, "is disabled", "it is left out");
        return;
    }
    let policy = theirs.escalation_policy.as_ref().and_then(|policy| draft.ours("policy", &policy.id));
    let Some(policy) = policy else {
        draft.lost(
            &object,
            "has an escalation policy that is not in the export",
            "write a route for its alerts by hand",
        );
        return;
    };
    acknowledged(&object, theirs.acknowledgement_timeout, &policy, draft);
    let id = draft.name("source", &theirs.id, &theirs.name);
    let low = match theirs.incident_urgency_rule.as_ref() {
        None => false,
        Some(rule) if rule.kind == "constant" => rule.urgency.as_deref() == Some("low"),
        Some(rule) => {
            draft.changed(
                &object,
                format!("its urgency is by the rule {}", rule.kind),
                "here it is by route: split the route by label, or write urgency",
            );
            false
        }
    };
    draft.todo(
        &object,
        "an alert belongs to a service by the key that it came with",
        format!(
            "here a route goes by labels: the route written for it takes service={:?}, set that label at the sender",
            theirs.name
        ),
    );
    if theirs.auto_resolve_timeout.is_some_and(|seconds| seconds > 0) {
        draft.lost(
            &object,
            "resolves incidents by itself after a while",
            "noout does not: an incident ends when its alerts do, or by a person",
        );
    }
    let matchers = noout_types::Matcher::new("service", noout_types::MatchOp::Equal, &theirs.name).ok();
    draft.routes.push(Route { object: object.clone(), matchers: matchers.map(|m| m.to_string()), policy, low });
    draft.sources.push(Source { id, object });
}

/// PagerDuty lets an acknowledgement lapse by service, noout by policy. The shortest counts: in doubt somebody is asked once more.
fn acknowledged(service: &str, seconds: Option<u64>, policy: &str, draft: &mut Draft) {
    let Some(seconds) = seconds.filter(|seconds| *seconds > 0) else { return };
    let Some(policy) = draft.policies.iter_mut().find(|p| p.id == policy) else { return };
    let (object, before) = (policy.object.clone(), policy.unack_after);
    let now = before.map_or(seconds, |before| before.min(seconds));
    policy.unack_after = Some(now);
    let (found, after) = (Span::from_secs(seconds), Span::from_secs(now));
    draft.changed(
        service,
        format!("triggers an incident again {found} after it was acknowledged"),
        format!("here that is by policy: unack_after = \"{after}\" of {object}; a note keeps it"),
    );
}

//! From a draft to a configuration that is in order.

use jiff::civil::Weekday;
use jiff::{SignedDuration, ToSpan};
use noout_calendar::Unit;
use noout_core::config::{COVERAGE_DAYS, Config, check, parse};
use noout_types::{PersonId, ScheduleId, Timestamp};

use super::Imported;
use super::compare::differences;
use super::draft::{Draft, Rotation, Step, Team};
use super::error::ImportError;
use super::note::Kind;
use super::write::{key, write};

/// What noout promises unless told otherwise.
const WANTED_COVERAGE: u32 = 2;

/// Most rounds that noout goes through a policy.
const MAX_ROUNDS: u32 = 100;

/// The name of the rotation that stands where the source had nobody.
const UNCOVERED: &str = "uncovered";

/// Mends what noout would refuse, tells of it, and writes.
pub(super) fn finish(mut draft: Draft, now: Timestamp) -> Result<Imported, ImportError> {
    schedules_without_rotations(&mut draft);
    let mute = mute(&draft);
    if draft.people.iter().all(|person| mute.contains(&person.id)) {
        return Err(ImportError::Nobody);
    }
    for id in &mute {
        draft.note(
            Kind::Todo,
            format!("person {id:?}"),
            "has no address by which this version can page",
            "add a contact, for example \"ntfy:https://host/topic\"",
        );
    }
    teams(&mut draft, &mute);
    policies(&mut draft, &mute);
    coverage(&mut draft, now)?;
    if draft.people.iter().any(|person| person.contact.iter().any(|contact| contact.starts_with("mail"))) {
        draft.note(
            Kind::Todo,
            "the configuration",
            "pages go out by mail, and no export says through which server",
            "write your mail server into [mail], then send a test page to everybody",
        );
    }
    for source in 0..draft.sources.len() {
        let (object, key) = (draft.sources[source].object.clone(), key(&draft.sources[source].id));
        draft.note(
            Kind::Todo,
            object,
            format!("its key stays with {}", draft.tool.name()),
            format!(
                "make a new one, put it into {}, and point the sender to noout with it",
                key.trim_start_matches("env:")
            ),
        );
    }
    let config = write(&draft);
    let (_, checked) = check(&config, now);
    if checked.ok {
        Ok(Imported { config, report: draft.notes })
    } else {
        Err(ImportError::Refused { problems: checked.errors.iter().map(ToString::to_string).collect() })
    }
}

/// People whom this version cannot reach.
fn mute(draft: &Draft) -> Vec<String> {
    // What cannot be sent by was left out when the contacts were read.
    draft.people.iter().filter(|person| person.contact.is_empty()).map(|person| person.id.clone()).collect()
}

/// noout has no schedule without a rotation.
fn schedules_without_rotations(draft: &mut Draft) {
    let empty: Vec<(String, String)> = (draft.schedules.iter())
        .filter(|schedule| schedule.rotations.is_empty())
        .map(|schedule| (schedule.id.clone(), schedule.object.clone()))
        .collect();
    for (_, object) in &empty {
        draft.lost(
            object,
            "nobody is on call in it",
            "it is left out, and so are the steps that name it: add a [[schedule]] and name it there",
        );
    }
    draft.schedules.retain(|schedule| !schedule.rotations.is_empty());
    for (id, _) in empty {
        let target = format!("schedule:{id}");
        for step in draft.policies.iter_mut().flat_map(|policy| &mut policy.steps) {
            step.notify.retain(|notify| *notify != target);
        }
    }
}

/// A team of whom nobody can be reached is no help in a step.
fn teams(draft: &mut Draft, mute: &[String]) {
    let silent = |team: &Team| team.people.iter().all(|id| mute.contains(id));
    let gone: Vec<(String, String)> = (draft.teams.iter())
        .filter(|team| silent(team))
        .map(|team| (format!("team:{}", team.id), team.object.clone()))
        .collect();
    draft.teams.retain(|team| !silent(team));
    for (target, object) in gone {
        draft.lost(&object, "nobody in it can be reached", "it is left out, and so are the steps that name it");
        for step in draft.policies.iter_mut().flat_map(|policy| &mut policy.steps) {
            step.notify.retain(|notify| *notify != target);
        }
    }
}

/// Steps that reach nobody go, then policies without steps, then routes to those.
fn policies(draft: &mut Draft, mute: &[String]) {
    let mut notes = Vec::new();
    for policy in &mut draft.policies {
        for step in &mut policy.steps {
            step.notify.retain(|target| !target.strip_prefix("person:").is_some_and(|id| mute.iter().any(|m| m == id)));
            let mut seen: Vec<String> = Vec::new();
            step.notify.retain(|target| {
                !seen.contains(target) && {
                    seen.push(target.clone());
                    true
                }
            });
        }
        policy.steps = merged(std::mem::take(&mut policy.steps));
        if policy.rounds > MAX_ROUNDS {
            notes.push((policy.object.clone(), policy.rounds));
            policy.rounds = MAX_ROUNDS;
        }
    }
    for (object, rounds) in notes {
        draft.changed(
            &object,
            format!("it goes through its steps {rounds} times"),
            format!("{MAX_ROUNDS} are the most here"),
        );
    }
    let empty: Vec<(String, String)> = (draft.policies.iter())
        .filter(|policy| policy.steps.is_empty())
        .map(|policy| (policy.id.clone(), policy.object.clone()))
        .collect();
    draft.policies.retain(|policy| !policy.steps.is_empty());
    for (id, object) in empty {
        draft.lost(
            &object,
            "no step of it tells anybody whom noout could reach",
            "it is left out, and what went to it goes to the first policy: write its steps and its routes by hand",
        );
        draft.routes.retain(|route| route.policy != id);
    }
    if draft.policies.is_empty() {
        draft.todo("the configuration", "there is no policy", "everybody is paged about everything until you add one");
        draft.routes.clear();
    }
}

/// A step that tells nobody only waits, and its time goes to the step before.
fn merged(steps: Vec<Step>) -> Vec<Step> {
    let mut kept: Vec<Step> = Vec::new();
    for step in steps {
        if !step.notify.is_empty() {
            kept.push(step);
        } else if let (Some(before), Some(wait)) = (kept.last_mut(), step.wait) {
            before.wait = Some(before.wait.unwrap_or_default() + wait);
        }
    }
    kept
}

/// Compares each schedule with what the export says, and promises as much as it keeps.
fn coverage(draft: &mut Draft, now: Timestamp) -> Result<(), ImportError> {
    let config = typed(draft)?;
    let until = now.checked_add(SignedDuration::from_hours(24 * COVERAGE_DAYS)).unwrap_or(Timestamp::MAX);
    for at in 0..draft.schedules.len() {
        let (object, id) = (draft.schedules[at].object.clone(), draft.schedules[at].id.clone());
        let found = ScheduleId::new(&id).ok().and_then(|id| config.schedule(&id).cloned());
        let Some(mut schedule) = found else { continue };
        if let Some(sentence) = differences(&schedule, &draft.schedules[at].claims) {
            draft.changed(
                &object,
                format!("others are on call here than in the export: {sentence}"),
                "add overrides for single shifts; if it repeats, correct start, people or hours of the rotation",
            );
        }
        let mut holds = |coverage: u32| {
            schedule.coverage = coverage;
            let reachable = |person: &PersonId| config.is_reachable(person);
            schedule.people().len() >= coverage as usize && schedule.gaps(&[], &[], &reachable, now, until).is_empty()
        };
        if holds(WANTED_COVERAGE) {
            draft.schedules[at].coverage = WANTED_COVERAGE;
            continue;
        }
        draft.schedules[at].coverage = 1;
        if !holds(1) {
            fill(draft, at, &config, now);
        }
        draft.todo(
            &object,
            "fewer than two people are on call in it at some time",
            "its coverage became 1: nobody stands in for the one who does not answer. Add a second rotation, then write coverage = 2",
        );
    }
    Ok(())
}

fn typed(draft: &Draft) -> Result<Config, ImportError> {
    parse(&write(draft))
        .map_err(|problems| ImportError::Refused { problems: problems.iter().map(ToString::to_string).collect() })
}

/// Somebody stands where the source has nobody, because an alert at such an hour must reach a person.
fn fill(draft: &mut Draft, at: usize, config: &Config, now: Timestamp) {
    let reachable = |id: &String| PersonId::new(id).is_ok_and(|id| config.is_reachable(&id));
    let schedule = &draft.schedules[at];
    let mut people: Vec<String> = Vec::new();
    for id in schedule.rotations.iter().flat_map(|rotation| &rotation.people).flatten().filter(|id| reachable(id)) {
        if !people.contains(id) {
            people.push(id.clone());
        }
    }
    if people.is_empty() {
        people = draft.people.iter().map(|person| person.id.clone()).filter(reachable).collect();
    }
    let mut name = UNCOVERED.to_owned();
    while schedule.rotations.iter().any(|rotation| rotation.name == name) {
        name.push('-');
    }
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    // A Monday in the past, so that the rotation stands already, wherever the schedule is.
    let monday = today.nth_weekday(-1, Weekday::Monday).ok().and_then(|day| day.checked_sub(7.days()).ok());
    let rotation = Rotation {
        name: name.clone(),
        people: people.iter().map(|id| vec![id.clone()]).collect(),
        unit: Unit::Week,
        every: 1,
        start: monday.unwrap_or(today).at(9, 0, 0, 0),
        weekdays: Vec::new(),
        hours: None,
        timezone: None,
        layer: 0,
    };
    let object = schedule.object.clone();
    for other in &mut draft.schedules[at].rotations {
        other.layer += 1;
    }
    draft.schedules[at].rotations.push(rotation);
    draft.changed(
        &object,
        "at some hours nobody is on call in it, which noout refuses",
        format!("the rotation {name:?} was added, in which its people take weeks in turn: put those there who shall be called at such hours"),
    );
}

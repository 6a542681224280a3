//! Escalations, teams with their routing rules, integrations.

use std::collections::BTreeMap;

use noout_types::{MatchOp, Matcher};

use super::shapes::{Condition, Escalation, Heartbeat, Integration, Recipient, RoutingRule, Rule, Team};
use crate::import::collections::Export;
use crate::import::draft::{Draft, Policy, Route, Source, Step, Team as TeamDraft, called};
use crate::import::error::ImportError;

pub(super) fn read(export: &Export, draft: &mut Draft) -> Result<(), ImportError> {
    let teams = export.list::<Team>("teams")?;
    for escalation in export.list::<Escalation>("escalations")? {
        read_escalation(escalation, &teams, draft);
    }
    for team in &teams {
        let mut rules: Vec<&RoutingRule> = team.team_routing_rules.iter().collect();
        rules.sort_by_key(|rule| (rule.is_default, rule.order));
        rules.into_iter().for_each(|rule| read_rule(team, rule, draft));
    }
    for integration in export.list::<Integration>("integrations")? {
        read_integration(integration, draft);
    }
    for heartbeat in export.list::<Heartbeat>("heartbeats")? {
        draft.lost(
            &format!("heartbeat {:?}", heartbeat.name),
            format!("is expected every {} {}", heartbeat.interval, heartbeat.interval_unit),
            "add it as a heartbeat to noout.toml, and let the job ping noout",
        );
    }
    Ok(())
}

fn read_escalation(theirs: Escalation, teams: &[Team], draft: &mut Draft) {
    let object = called("escalation", &theirs.name, &theirs.id);
    let id = draft.name("policy", &theirs.id, &theirs.name);
    draft.ours_too("policy", &theirs.name, &id);
    // Delays count from the alert: steps are what has the same delay, in the order of it.
    let mut by_delay: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for (place, rule) in theirs.rules.iter().enumerate() {
        let at = format!("{object}, rule {}", place + 1);
        if rule.condition == "if-not-closed" {
            draft.changed(
                &at,
                "tells if the alert is not closed, be it acknowledged or not",
                "it became a step that waits for an acknowledgement: set resolve_deadline for the other",
            );
        }
        let told = told(&at, rule, teams, draft);
        by_delay.entry(seconds(rule)).or_default().extend(told);
    }
    if let Some(first) = by_delay.keys().next().filter(|first| **first > 0) {
        draft.changed(&object, format!("waits {first} s before anybody is told"), "here the first step tells at once");
    }
    let delays: Vec<u64> = by_delay.keys().copied().collect();
    let repeat = theirs.repeat;
    let mut steps: Vec<Step> = Vec::new();
    for (place, (delay, notify)) in by_delay.into_iter().enumerate() {
        let next = delays.get(place + 1).map(|next| next - delay);
        steps.push(Step { notify, wait: next, in_turn: false });
    }
    let mut rounds = 1;
    if let Some(repeat) = repeat.filter(|repeat| repeat.count > 0) {
        rounds += repeat.count;
        if let (Some(last), wait @ 1..) = (steps.last_mut(), repeat.wait_interval) {
            last.wait = Some(wait * 60);
        }
        if repeat.close_alert_after_all {
            draft.lost(
                &object,
                "closes the alert after its last repetition",
                "noout never does: the fallback is paged instead",
            );
        }
    }
    draft.policies.push(Policy { id, object, rounds, unack_after: None, steps });
}

fn seconds(rule: &Rule) -> u64 {
    let Some(delay) = &rule.delay else { return 0 };
    let unit = match delay.time_unit.as_deref() {
        Some("seconds") => 1,
        Some("hours") => 3600,
        Some("days") => 86_400,
        _ => 60,
    };
    delay.time_amount.saturating_mul(unit)
}

/// Whom a rule tells.
fn told(at: &str, rule: &Rule, teams: &[Team], draft: &mut Draft) -> Vec<String> {
    let recipient = &rule.recipient;
    match recipient.kind.as_str() {
        "user" => {
            let people = draft.known_people(at, [recipient.key()]);
            people.into_iter().map(|id| format!("person:{id}")).collect()
        }
        "schedule" => {
            if !matches!(rule.notify_type.as_str(), "" | "default") {
                draft.changed(
                    at,
                    format!("tells the {} on call in {:?}", rule.notify_type, recipient.label()),
                    "those on call now are told here: put a second rotation with the people one turn ahead into the schedule",
                );
            }
            match draft.ours("schedule", recipient.key()) {
                Some(id) => vec![format!("schedule:{id}")],
                None => {
                    draft.lost(
                        at,
                        format!("names the schedule {:?}, which is not in the export", recipient.label()),
                        "export schedules as well",
                    );
                    Vec::new()
                }
            }
        }
        "team" => members(at, rule, teams, draft),
        other => {
            draft.lost(at, format!("tells a {other}"), "name people or schedules in the step");
            Vec::new()
        }
    }
}

fn members(at: &str, rule: &Rule, teams: &[Team], draft: &mut Draft) -> Vec<String> {
    let key = rule.recipient.key();
    let Some(team) = teams.iter().find(|team| team.id == key || team.name == key) else {
        draft.lost(
            at,
            format!("names the team {:?}, which is not in the export", rule.recipient.label()),
            "export teams as well",
        );
        return Vec::new();
    };
    if rule.notify_type == "admins" {
        draft.changed(at, format!("tells the admins of the team {:?}", team.name), "they are named one by one");
        let admins = team.members.iter().filter(|member| member.role.as_deref() == Some("admin"));
        let ids: Vec<&str> = admins.map(|member| member.user.key()).collect();
        return draft.known_people(at, ids).into_iter().map(|id| format!("person:{id}")).collect();
    }
    if rule.notify_type == "random" {
        draft.changed(
            at,
            format!("tells somebody of the team {:?} by chance", team.name),
            "all of the team are told here",
        );
    }
    vec![format!("team:{}", team_of(team, draft))]
}

/// The team as a team of ours, made when it is first named.
fn team_of(theirs: &Team, draft: &mut Draft) -> String {
    if let Some(id) = draft.ours("team", &theirs.id) {
        return id;
    }
    let object = called("team", &theirs.name, &theirs.id);
    let ids: Vec<&str> = theirs.members.iter().map(|member| member.user.key()).collect();
    let people = draft.known_people(&object, ids);
    let id = draft.name("team", &theirs.id, &theirs.name);
    draft.teams.push(TeamDraft { id: id.clone(), object, people });
    id
}

fn read_rule(team: &Team, rule: &RoutingRule, draft: &mut Draft) {
    let name = if rule.name.is_empty() { "default" } else { &rule.name };
    let object =
        format!("{}, routing rule {}", called("team", &team.name, &team.id), called("", name, &rule.id).trim());
    let Some(policy) = rule.notify.as_ref().and_then(|notify| policy_of(&object, notify, draft)) else { return };
    if rule.time_restriction.is_some() {
        draft.lost(&object, "holds at some hours only", "it holds always here: use a schedule with hours instead");
    }
    let criteria = rule.criteria.as_ref();
    let conditions = criteria.map_or(&[][..], |criteria| criteria.conditions.as_slice());
    let all_of =
        criteria.is_none_or(|c| c.kind == "match-all-conditions" || c.kind == "match-all" || c.conditions.len() == 1);
    let matchers: Option<Vec<String>> =
        if all_of && !conditions.is_empty() { conditions.iter().map(matcher).collect() } else { None };
    if matchers.is_none() {
        let found = if conditions.is_empty() {
            "takes all alerts of its team".to_owned()
        } else {
            let texts: Vec<String> = conditions.iter().map(shown).collect();
            format!("its condition is {}", texts.join(if all_of { " and " } else { " or " }))
        };
        draft.todo(&object, found, "here a route goes by labels: it became a comment, write its condition into match");
    }
    draft.routes.push(Route { object, matchers: matchers.map(|m| m.join(", ")), policy, low: false });
}

fn shown(condition: &Condition) -> String {
    let not = if condition.not { "not " } else { "" };
    let key = condition.key.as_ref().map(|key| format!(".{key}")).unwrap_or_default();
    format!(
        "{not}{}{key} {} {:?}",
        condition.field,
        condition.operation,
        condition.expected_value.as_deref().unwrap_or("")
    )
}

/// Extra properties are what Prometheus' labels become in Opsgenie; everything else is text and priority.
fn matcher(condition: &Condition) -> Option<String> {
    let value = condition.expected_value.as_deref()?;
    let name = match (condition.field.as_str(), condition.key.as_deref()) {
        ("extra-properties", Some(key)) if !key.is_empty() => key,
        _ => return None,
    };
    let (op, value) = match (condition.operation.as_str(), condition.not) {
        ("equals", false) => (MatchOp::Equal, value.to_owned()),
        ("equals", true) => (MatchOp::NotEqual, value.to_owned()),
        ("matches", false) => (MatchOp::Regex, value.to_owned()),
        ("matches", true) => (MatchOp::NotRegex, value.to_owned()),
        _ => return None,
    };
    let text = Matcher::new(name, op, value).ok()?.to_string();
    // Names that labels cannot have do not read back.
    text.parse::<Matcher>().ok().map(|_| text)
}

/// A rule may name an escalation, or a schedule, which becomes a policy of one step.
fn policy_of(object: &str, notify: &Recipient, draft: &mut Draft) -> Option<String> {
    match notify.kind.as_str() {
        "none" => {
            draft.lost(object, "tells nobody", "it is left out: add a route with urgency = \"low\"");
            None
        }
        "schedule" => {
            let schedule = draft.ours("schedule", notify.key());
            let Some(schedule) = schedule else {
                draft.lost(
                    object,
                    format!("names the schedule {:?}, which is not in the export", notify.label()),
                    "export schedules as well",
                );
                return None;
            };
            let key = format!("schedule {schedule}");
            Some(draft.ours("policy", &key).unwrap_or_else(|| {
                let id = draft.name("policy", &key, &schedule);
                let step = Step { notify: vec![format!("schedule:{schedule}")], wait: None, in_turn: false };
                let of = format!("only the schedule {schedule:?}, named by a routing rule");
                draft.policies.push(Policy {
                    id: id.clone(),
                    object: of,
                    rounds: 1,
                    unack_after: None,
                    steps: vec![step],
                });
                id
            }))
        }
        _ => {
            let policy = draft.ours("policy", notify.key());
            if policy.is_none() {
                draft.lost(
                    object,
                    format!("names the escalation {:?}, which is not in the export", notify.label()),
                    "export escalations as well",
                );
            }
            policy
        }
    }
}

fn read_integration(theirs: Integration, draft: &mut Draft) {
    let object = called("integration", &theirs.name, &theirs.id);
    if theirs.enabled == Some(false) {
        draft.lost(&object, "is disabled", "it is left out");
        return;
    }
    let id = draft.name("source", &theirs.id, &theirs.name);
    let known = ["API", "Prometheus", "Grafana", "Zabbix", "Nagios", "Icinga2", "Webhook"];
    if !known.contains(&theirs.kind.as_str()) {
        draft.changed(
            &object,
            format!("is of the type {:?}, whose payload has no parser of its own here", theirs.kind),
            "send it as Opsgenie's alert API does, or to /integrations/KEY/generic",
        );
    }
    draft.sources.push(Source { id, object });
}

//! Escalation chains, integrations and their routes.

use noout_types::{MatchOp, Matcher};

use super::shapes::{Chain, EscalationPolicy, Integration, Route as TheirRoute, Team};
use crate::import::collections::Export;
use crate::import::draft::{Draft, Policy, Route, Source, Step, called};
use crate::import::error::ImportError;

/// `repeat_escalation` begins anew at the most so often.
const REPEATS: u32 = 5;

pub(super) fn read(export: &Export, draft: &mut Draft) -> Result<(), ImportError> {
    let teams = export.list::<Team>("teams")?;
    let mut all = export.list::<EscalationPolicy>("escalation_policies")?;
    all.sort_by_key(|policy| policy.position);
    for chain in export.list::<Chain>("escalation_chains")? {
        let steps: Vec<&EscalationPolicy> = all.iter().filter(|step| step.escalation_chain_id == chain.id).collect();
        read_chain(chain, &steps, &teams, draft);
    }
    let mut routes = export.list::<TheirRoute>("routes")?;
    routes.sort_by_key(|route| (route.is_the_last_route, route.position));
    let integrations = export.list::<Integration>("integrations")?;
    for route in &routes {
        let integration = integrations.iter().find(|integration| integration.id == route.integration_id);
        read_route(route, integration, draft);
    }
    for integration in integrations {
        read_integration(integration, &routes, draft);
    }
    Ok(())
}

fn read_chain(chain: Chain, steps: &[&EscalationPolicy], teams: &[Team], draft: &mut Draft) {
    let object = called("escalation chain", &chain.name, &chain.id);
    let id = draft.name("policy", &chain.id, &chain.name);
    let mut policy = Policy { id, object: object.clone(), rounds: 1, unack_after: None, steps: Vec::new() };
    let mut now = Step::default();
    for step in steps {
        let at = format!("{object}, step {} ({})", step.position + 1, step.id);
        if step.kind == "wait" {
            let wait = step.duration.unwrap_or(0);
            if now.notify.is_empty() && policy.steps.is_empty() {
                draft.changed(
                    &at,
                    format!("waits {wait} s before anybody is told"),
                    "here the first step tells at once",
                );
            } else if now.notify.is_empty() {
                if let Some(last) = policy.steps.last_mut() {
                    last.wait = Some(last.wait.unwrap_or_default() + wait);
                }
            } else {
                policy.steps.push(Step { wait: Some(wait).filter(|w| *w > 0), ..std::mem::take(&mut now) });
            }
            continue;
        }
        read_step(&at, step, teams, &mut now, &mut policy.rounds, draft);
    }
    if !now.notify.is_empty() {
        policy.steps.push(now);
    }
    draft.policies.push(policy);
}

fn read_step(at: &str, step: &EscalationPolicy, teams: &[Team], to: &mut Step, rounds: &mut u32, draft: &mut Draft) {
    let people = |ids: &Option<Vec<String>>, draft: &mut Draft| -> Vec<String> {
        let known = draft.known_people(at, ids.iter().flatten().map(String::as_str));
        known.into_iter().map(|id| format!("person:{id}")).collect()
    };
    let before = to.notify.len();
    match step.kind.as_str() {
        "notify_persons" => to.notify.extend(people(&step.persons_to_notify, draft)),
        "notify_person_next_each_time" => {
            to.in_turn = to.notify.is_empty();
            if !to.in_turn {
                draft.changed(
                    at,
                    "takes its users in turn beside others who are told with them",
                    "all of them are told at once here",
                );
            }
            to.notify.extend(people(&step.persons_to_notify_next_each_time, draft));
            return;
        }
        "notify_on_call_from_schedule" => {
            let theirs = step.notify_on_call_from_schedule.as_deref().unwrap_or("");
            match draft.ours("schedule", theirs) {
                Some(id) => to.notify.push(format!("schedule:{id}")),
                None => draft.lost(
                    at,
                    format!("names the schedule {theirs:?}, which is not in the export"),
                    "name a schedule in the step by hand",
                ),
            }
        }
        "repeat_escalation" => *rounds = 1 + REPEATS,
        "notify_team_members" => {
            let theirs = step.team_to_notify.as_deref().unwrap_or("");
            let team = teams.iter().find(|team| team.id == theirs).map_or(theirs, |team| team.name.as_str());
            draft.lost(
                at,
                format!("tells all members of the team {team:?}, whom the API does not list"),
                "name its people in the step",
            );
        }
        other => {
            let (found, todo) = lost(other);
            draft.lost(at, found, todo);
        }
    }
    if to.in_turn && to.notify.len() > before {
        to.in_turn = false;
        draft.changed(at, "is told with users who are taken in turn", "all of them are told at once here");
    }
    if step.important == Some(true) {
        draft.lost(
            at,
            "uses the important notification rules",
            "each person has one order of contacts here: put the loudest first",
        );
    }
}

/// Steps without a counterpart.
fn lost(kind: &str) -> (String, &'static str) {
    let todo = match kind {
        "resolve" => "an incident ends when its alerts do, or by a person: nothing ends it by time",
        "trigger_webhook" => "name a person with the contact \"webhook:https://host/path\" in the step",
        "notify_if_time_from_to" => "the steps after it are taken at any hour here: use a schedule with hours instead",
        "notify_if_num_alerts_in_window" => {
            "the steps after it are taken with the first alert here: let the alerting rule wait with for"
        }
        "notify_whole_channel" | "notify_user_group" => {
            "name people or schedules in the step: a channel acknowledges nothing"
        }
        _ => "write what it did into the step by hand",
    };
    (format!("is a step of the type {kind}"), todo)
}

fn read_route(route: &TheirRoute, integration: Option<&Integration>, draft: &mut Draft) {
    let name = integration.map_or("", |integration| integration.name.as_str());
    let object = format!("route {} of {}", route.id, called("integration", name, &route.integration_id));
    let Some(policy) = policy_of(&object, route.escalation_chain_id.as_deref(), draft) else { return };
    let text = route.routing_regex.as_deref().unwrap_or("").trim();
    let all = route.is_the_last_route || text.is_empty() || text == ".*";
    if all {
        // Of one integration; the others have a last route of their own.
        draft.todo(
            &object,
            "takes what the other routes of its integration do not",
            "here a route goes by labels, whatever the source: it became a comment, write what tells these alerts from others",
        );
        draft.routes.push(Route { object, matchers: None, policy, low: false });
        return;
    }
    let matchers = if route.routing_type.as_deref() == Some("jinja2") { translated(text) } else { None };
    if matchers.is_none() {
        draft.todo(
            &object,
            format!("its condition is {text:?}, on the whole payload"),
            "here a route goes by labels: it became a comment, write its condition into match",
        );
    }
    draft.routes.push(Route { object, matchers, policy, low: false });
}

fn policy_of(object: &str, chain: Option<&str>, draft: &mut Draft) -> Option<String> {
    let Some(chain) = chain else {
        draft.lost(
            object,
            "has no escalation chain: its alerts woke nobody",
            "it is left out: add a route with urgency = \"low\"",
        );
        return None;
    };
    let policy = draft.ours("policy", chain);
    if policy.is_none() {
        draft.lost(
            object,
            format!("names the escalation chain {chain}, which is not in the export"),
            "export escalation_chains as well",
        );
    }
    policy
}

/// `{{ payload.labels.severity == "critical" and payload.labels.team == "db" }}` as matchers; `None` for all else.
fn translated(text: &str) -> Option<String> {
    let inner = text.strip_prefix("{{")?.strip_suffix("}}")?.trim().trim_matches('-');
    let mut matchers = Vec::new();
    for part in inner.split(" and ") {
        let (left, right) = part.split_once("==")?;
        let right = right.trim();
        let quote = right.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let value = right.strip_prefix(quote)?.strip_suffix(quote)?;
        if value.contains(['"', '\'', '\\']) {
            return None;
        }
        let left = left.trim();
        let label = ["payload.commonLabels.", "payload.groupLabels.", "payload.labels.", "payload.alerts[0].labels."]
            .into_iter()
            .find_map(|prefix| left.strip_prefix(prefix))?;
        if label.is_empty() || !label.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return None;
        }
        matchers.push(Matcher::new(label, MatchOp::Equal, value).ok()?.to_string());
    }
    Some(matchers.join(", "))
}

fn read_integration(integration: Integration, routes: &[TheirRoute], draft: &mut Draft) {
    let object = called("integration", &integration.name, &integration.id);
    let id = draft.name("source", &integration.id, &integration.name);
    let known =
        ["alertmanager", "grafana", "grafana_alerting", "webhook", "formatted_webhook", "zabbix", "uptimerobot"];
    if !known.contains(&integration.kind.as_str()) {
        draft.changed(
            &object,
            format!("is of the type {:?}, whose payload has no parser of its own here", integration.kind),
            "send it to /integrations/KEY/generic with the fields that the guide names",
        );
    }
    let own = routes.iter().any(|route| route.integration_id == integration.id && route.is_the_last_route);
    let default = integration.default_route.and_then(|route| route.escalation_chain_id);
    if let (false, Some(chain)) = (own, default)
        && let Some(policy) = policy_of(&object, Some(&chain), draft)
    {
        draft.todo(
            &object,
            "has a default route",
            "here a route goes by labels, whatever the source: it became a comment, write what tells these alerts from others",
        );
        draft.routes.push(Route { object: format!("default route of {object}"), matchers: None, policy, low: false });
    }
    draft.sources.push(Source { id, object });
}

//! Whole exports.

use expect_test::expect_file;
use noout_core::config::{check, parse};
use noout_types::{ScheduleId, Timestamp};

use super::{Tool, fixture, imported, now, refused, report};

fn golden(tool: Tool, name: &str) {
    let imported = imported(tool, &fixture(&format!("{name}.json"))).expect("it can be imported");
    let (_, checked) = check(&imported.config, now());
    assert!(checked.ok, "{:#?}\n{}", checked.errors, imported.config);
    expect_file![format!("{}/tests/fixtures/import/{name}.toml", env!("CARGO_MANIFEST_DIR"))]
        .assert_eq(&imported.config);
    expect_file![format!("{}/tests/fixtures/import/{name}.report.txt", env!("CARGO_MANIFEST_DIR"))]
        .assert_eq(&report(&imported));
}

#[test]
fn pagerduty() {
    golden(Tool::Pagerduty, "pagerduty");
}

#[test]
fn grafana_oncall() {
    golden(Tool::GrafanaOncall, "grafana-oncall");
}

#[test]
fn goalert() {
    golden(Tool::Goalert, "goalert");
}

#[test]
fn opsgenie() {
    golden(Tool::Opsgenie, "opsgenie");
}

/// Who is on call in a schedule of an import, as sorted ids.
fn on_call(config: &str, schedule: &str, at: &str) -> Vec<String> {
    let config = parse(config).expect("readable");
    let schedule = config.schedule(&ScheduleId::new(schedule).expect("an id")).expect("it is there");
    let at: Timestamp = at.parse().expect("a time");
    let mut people: Vec<String> =
        schedule.on_call(&[], at).into_iter().flat_map(|on| on.people).map(|p| p.to_string()).collect();
    people.sort();
    people
}

#[test]
fn a_rotation_of_goalert_goes_on_with_whoever_is_on_now() {
    let imported = imported(Tool::Goalert, &fixture("goalert.json")).expect("imported");
    assert_eq!(on_call(&imported.config, "operations", "2026-03-02T20:00:00Z"), ["bo"]);
    assert_eq!(on_call(&imported.config, "operations", "2026-03-09T20:00:00Z"), ["ana"], "after the hand-off");
    assert!(
        !report(&imported).contains("others are on call here"),
        "the export's own shifts agree: {}",
        report(&imported)
    );
}

#[test]
fn days_that_are_not_worked_count_where_the_source_counts_them() {
    // Friday is Kim's and Saturday Eva's, who do not work then; Monday is Eva's, as in PagerDuty.
    let text = fixture("pagerduty.json");
    let imported = imported(Tool::Pagerduty, &text).expect("imported");
    let office = |at: &str| on_call(&imported.config, "platform-primary", at);
    assert!(office("2026-03-02T10:00:00Z").contains(&"kim".to_owned()));
    assert!(office("2026-03-06T10:00:00Z").contains(&"kim".to_owned()));
    assert!(office("2026-03-09T10:00:00Z").contains(&"eva".to_owned()));
}

#[test]
fn an_export_of_another_tool_is_told_so() {
    let text = refused(Tool::Goalert, r#"{"escalation_chains": [], "on_call_shifts": []}"#);
    assert_eq!(
        text,
        "nothing of GoAlert is in it: found escalation_chains, on_call_shifts, expected are some of users, rotations, schedules, escalationPolicies, services"
    );
}

#[test]
fn a_wrong_field_is_named_with_its_place() {
    let wrong = fixture("pagerduty.json")
        .replace("\"rotation_turn_length_seconds\": 43200", "\"rotation_turn_length_seconds\": \"12h\"");
    assert_eq!(
        refused(Tool::Pagerduty, &wrong),
        "schedules[1].schedule_layers[0].rotation_turn_length_seconds: expected a whole number, found the string \"12h\""
    );
    let wrong = fixture("opsgenie.json").replace("2026-01-05T08:00:00Z", "Monday");
    let text = refused(Tool::Opsgenie, &wrong);
    assert!(text.starts_with("schedules[0].rotations[0].startDate: "), "{text}");
}

#[test]
fn what_is_no_export_at_all_is_told_so() {
    assert_eq!(refused(Tool::Pagerduty, ""), "export.json, line 1, column 0: this is not JSON: the file is empty");
    assert_eq!(refused(Tool::Pagerduty, "<html>"), "export.json, line 1, column 1: this is not JSON: expected value");
    assert_eq!(
        refused(Tool::Pagerduty, "[]"),
        "export.json holds a list, expected is one object with the export's lists, for example {\"users\": […]}"
    );
    assert!(
        refused(Tool::Pagerduty, r#"{"users": [{"id": "P1", "name": "Ana"}]}"#)
            .starts_with("nobody in the export can be reached")
    );
}

#[test]
fn each_wish_of_a_name_is_an_id_of_its_own() {
    let users: Vec<String> = ["--help", "ana/../x", "ana@example.org", "ANA", "  ", "büro"]
        .iter()
        .enumerate()
        .map(|(n, name)| format!(r#"{{"id": "P{n}", "name": {name:?}, "email": "", "contact_methods": [{{"id": "C{n}", "type": "email_contact_method", "address": "x{n}@example.org"}}]}}"#))
        .collect();
    let imported = imported(Tool::Pagerduty, &format!(r#"{{"users": [{}]}}"#, users.join(","))).expect("imported");
    let config = parse(&imported.config).expect("readable");
    let ids: Vec<&str> = config.people.iter().map(|person| person.id.as_str()).collect();
    assert_eq!(ids, ["help", "ana-..-x", "ana-example.org", "ana", "person", "büro"]);
}

#[test]
fn names_cannot_write_configuration() {
    let evil = "x\"\nrole = \"admin\"\n[server]\nlisten = \"0.0.0.0:1\" #";
    let text = format!(
        r#"{{"users": [{{"id": "P1", "name": {evil:?}, "email": "a@example.org"}}],
            "schedules": [{{"id": "S1", "name": {evil:?}, "time_zone": "UTC", "schedule_layers": [
              {{"name": {evil:?}, "start": "2026-01-01T00:00:00Z", "rotation_virtual_start": "2026-01-01T00:00:00Z",
                "rotation_turn_length_seconds": 604800, "users": [{{"user": {{"id": "P1"}}}}]}}]}}]}}"#
    );
    let imported = imported(Tool::Pagerduty, &text).expect("imported");
    let config = parse(&imported.config).expect("readable");
    assert_eq!(config.people[0].name, evil);
    assert_eq!(config.people[0].role, noout_core::config::Role::Operator);
    assert_eq!(config.server, noout_core::config::Server::default());
}

//! `noout import`.

use expect_test::expect;

use crate::Room;

/// Two people who take weeks in turn, as PagerDuty tells it.
const EXPORT: &str = r#"{
  "users": [{"id": "P1", "name": "Ana", "email": "ana@example.org"}, {"id": "P2", "name": "Bo", "email": "bo@example.org"}],
  "schedules": [{"id": "S1", "name": "Ops", "time_zone": "Europe/Madrid", "schedule_layers": [
    {"name": "Weeks", "start": "2026-01-05T09:00:00+01:00", "rotation_virtual_start": "2026-01-05T09:00:00+01:00",
     "rotation_turn_length_seconds": 604800, "users": [{"user": {"id": "P1"}}, {"user": {"id": "P2"}}]}]}],
  "escalation_policies": [{"id": "E1", "name": "Ops", "num_loops": 1, "escalation_rules": [
    {"escalation_delay_in_minutes": 5, "targets": [{"id": "S1", "type": "schedule_reference"}]}]}]
}"#;

#[test]
fn what_is_imported_is_in_order_and_the_rest_is_told() {
    let room = Room::with("export.json", EXPORT);
    let ran = room.run(&["import", "pagerduty", "export.json", "-o", "noout.toml"]);
    expect![[r#"
        exit 0
        --- out
        --- err
        todo: schedule "Ops" (S1)
          fewer than two people are on call in it at some time
          → its coverage became 1: nobody stands in for the one who does not answer. Add a second rotation, then write coverage = 2
        todo: the configuration
          pages go out by mail, and no export says through which server
          → write your mail server into [mail], then send a test page to everybody
        noout.toml: written. 2 things were not carried over as they were
    "#]]
    .assert_eq(&ran.all());
    let checked = room.run(&["check", "noout.toml"]);
    assert_eq!(checked.code, 0, "{}", checked.all());
    let on_call = room.run(&[
        "oncall",
        "--config",
        "noout.toml",
        "--schedule",
        "ops",
        "--from",
        "2026-01-12T10:00",
        "--to",
        "2026-01-12T11:00",
        "-o",
        "json",
    ]);
    assert_eq!(on_call.json()[0]["people"], serde_json::json!(["bo"]), "{}", on_call.all());
}

#[test]
fn a_file_that_is_there_is_not_written_over() {
    let room = Room::with("export.json", EXPORT);
    room.write("noout.toml", "# by hand\n");
    let ran = room.run(&["import", "pagerduty", "export.json", "-o", "noout.toml"]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.err, "noout: noout.toml is already there: name another file, or say --force to write over it\n");
    assert_eq!(std::fs::read_to_string(room.path("noout.toml")).expect("readable"), "# by hand\n");
    assert_eq!(room.run(&["import", "pagerduty", "export.json", "-o", "noout.toml", "--force"]).code, 0);
}

#[test]
fn machines_get_both_in_one() {
    let json = Room::new().run_with(&["import", "pagerduty", "-", "-o", "json"], EXPORT).json();
    assert!(json["config"].as_str().is_some_and(|config| config.contains("[[schedule]]")), "{json}");
    assert_eq!(json["report"][0]["kind"], "todo");
    assert_eq!(json["report"][0]["object"], "schedule \"Ops\" (S1)");
}

#[test]
fn a_folder_is_an_export_too() {
    let room = Room::new();
    let users = room.path("backup/OpsGenieBackups/users");
    let schedules = room.path("backup/OpsGenieBackups/schedules");
    std::fs::create_dir_all(&users).expect("a folder");
    std::fs::create_dir_all(&schedules).expect("a folder");
    for name in ["ana", "bo"] {
        let user = format!(
            r#"{{"user": {{"id": "u-{name}", "username": "{name}@example.org", "fullName": "{name}"}}, "notificationRuleList": []}}"#
        );
        std::fs::write(users.join(format!("{name}.json")), user).expect("writable");
    }
    let schedule = r#"{"schedule": {"id": "s1", "name": "Ops", "timezone": "Europe/Madrid", "rotations": [
        {"name": "Weeks", "type": "weekly", "startDate": "2026-01-05T08:00:00Z", "participants": [{"type": "user", "id": "u-ana"}, {"type": "user", "id": "u-bo"}]}]}}"#;
    std::fs::write(schedules.join("Ops-s1.json"), schedule).expect("writable");
    let ran = room.run(&["import", "opsgenie", "backup"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(ran.out.contains("people = [\"ana\", \"bo\"]"), "{}", ran.out);
    std::fs::create_dir_all(room.path("empty")).expect("a folder");
    assert_eq!(room.run(&["import", "opsgenie", "empty"]).code, 2);
}

#[test]
fn what_is_wrong_is_told_by_file_and_place() {
    let room = Room::with("export.json", EXPORT.replace("604800", "\"a week\""));
    assert_eq!(
        room.run(&["import", "pagerduty", "export.json"]).err,
        "noout: export.json cannot be imported: schedules[0].schedule_layers[0].rotation_turn_length_seconds: expected a whole number, found the string \"a week\"\n"
    );
    let ran = room.run(&["import", "pagerduty", "missing.json"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.starts_with("noout: cannot read missing.json: "), "{}", ran.err);
    assert_eq!(room.run(&["import", "victorops", "export.json"]).code, 2);
}

//! Files with nothing wrong.

use super::{TEAM, checked, now, told};
use crate::config::{Config, check};

#[test]
fn a_team_with_two_rotations_is_in_order() {
    let (config, checked) = check(TEAM, now());
    assert_eq!((checked.ok, checked.errors, checked.warnings), (true, vec![], vec![]));
    assert_eq!(config.map(|c| c.people.len()), Some(3));
}

#[test]
fn an_empty_file_is_allowed_and_says_what_is_missing() {
    expect_test::expect![[r#"
        warning there is no [[person]]: nobody can be paged
    "#]]
    .assert_eq(&told(""));
    assert_eq!(check("", now()).0, Some(Config::default()));
}

#[test]
fn the_answer_has_the_contracts_shape() {
    let json = serde_json::to_string(&checked("[server]\nlisten = 'x'\n")).expect("writes");
    expect_test::expect![[r#"{"ok":false,"errors":[{"line":2,"field":"server.listen","message":"\"x\" is no address to listen on: write ADDRESS:PORT, for example \"127.0.0.1:8420\", \"0.0.0.0:8420\" or \"[::]:8420\""}],"warnings":[{"line":0,"field":"","message":"there is no [[person]]: nobody can be paged"}]}"#]].assert_eq(&json);
}

#[test]
fn a_configuration_reads_the_same_from_the_journals_json() {
    let (config, _) = check(TEAM, now());
    let config = config.expect("in order");
    let json = serde_json::to_string(&config).expect("writes");
    assert_eq!(serde_json::from_str::<Config>(&json).expect("reads"), config);
}

#[test]
fn the_same_file_may_be_written_in_one_line_each() {
    let inline = r#"
person = [{ id = "ana", contact = ["ntfy:https://h.example.org/a"] }, { id = "bo", contact = ["ntfy:https://h.example.org/b"] }]
server.timezone = "Mars/Olympus"
policy = [{ id = "ops", step = [
  { notify = ["person:ana"] },
  { notify = ["person:zoe"] },
] }]
"#;
    expect_test::expect![[r#"
        error line 3: server.timezone: "Mars/Olympus" is no time zone: write an IANA name, for example "Europe/Madrid"
        error line 6: policy[ops].step[1].notify[0]: there is no person "zoe": allowed are "ana", "bo"
    "#]]
    .assert_eq(&told(inline));
}

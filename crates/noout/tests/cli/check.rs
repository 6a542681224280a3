//! `noout check`.

use expect_test::expect;

use crate::{Room, TEAM};

#[test]
fn a_file_in_order_ends_with_0() {
    let room = Room::with("noout.toml", TEAM);
    expect![[r#"
        exit 0
        --- out
        --- err
        noout.toml: in order
    "#]]
    .assert_eq(&room.run(&["check", "noout.toml"]).all());
    expect![[r#"
        exit 0
        --- out
        {
          "ok": true,
          "errors": [],
          "warnings": []
        }
        --- err
    "#]]
    .assert_eq(&room.run(&["check", "noout.toml", "-o", "json"]).all());
    assert_eq!(room.run_with(&["check", "-"], TEAM).code, 0);
}

#[test]
fn warnings_alone_end_with_0() {
    let room = Room::with("empty.toml", "");
    expect![[r#"
        exit 0
        --- out
        -	warning	-	there is no [[person]]: nobody can be paged
        --- err
        empty.toml: in order, 1 warning
    "#]]
    .assert_eq(&room.run(&["check", "empty.toml"]).all());
}

#[test]
fn a_file_with_errors_ends_with_2_and_names_their_lines() {
    let text = TEAM
        .replace("Europe/Madrid", "Europe/Madird")
        .replace("notify = [\"schedule:ops\"]", "notify = [\"schedule:op\"]");
    let room = Room::with("noout.toml", text);
    expect![[r#"
        exit 2
        --- out
        9	error	schedule[ops].timezone	"Europe/Madird" is no time zone: write an IANA name, for example "Europe/Madrid" (did you mean "Europe/Madrid"?)
        21	error	policy[ops].step[0].notify[0]	there is no schedule "op": did you mean "ops"? Allowed is "ops"
        --- err
        noout.toml: 2 errors
    "#]].assert_eq(&room.run(&["check", "noout.toml"]).all());
    expect![[r#"
        exit 2
        --- out
        {
          "ok": false,
          "errors": [
            {
              "line": 9,
              "field": "schedule[ops].timezone",
              "message": "\"Europe/Madird\" is no time zone: write an IANA name, for example \"Europe/Madrid\" (did you mean \"Europe/Madrid\"?)"
            },
            {
              "line": 21,
              "field": "policy[ops].step[0].notify[0]",
              "message": "there is no schedule \"op\": did you mean \"ops\"? Allowed is \"ops\""
            }
          ],
          "warnings": []
        }
        --- err
    "#]].assert_eq(&room.run(&["check", "noout.toml", "-o", "json"]).all());
}

#[test]
fn a_person_alone_and_a_gap_are_refused() {
    let alone = TEAM
        .replace("people = [\"ana\", \"bo\"]", "people = [\"ana\"]")
        .replace("people = [\"bo\", \"ana\"]", "people = [\"ana\"]");
    let ran = Room::with("noout.toml", alone).run(&["check", "noout.toml", "-o", "json"]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.json()["errors"][0]["field"], "schedule[ops].coverage");
    let gap = TEAM.replace("name = \"secondary\"", "name = \"secondary\"\nhours = \"08:00-20:00\"");
    let ran = Room::with("noout.toml", gap).run(&["check", "noout.toml", "-o", "json"]);
    assert_eq!(ran.code, 2);
    let json = ran.json();
    let message = json["errors"][0]["message"].as_str().expect("a text");
    assert!(message.contains("2 distinct people must be ready") && message.contains("Europe/Madrid"), "{message}");
}

#[test]
fn what_cannot_be_read_is_an_error_of_the_file() {
    let room = Room::new();
    expect![[r#"
        exit 2
        --- out
        -	error	-	cannot read missing.toml: No such file or directory (os error 2)
        --- err
        missing.toml: 1 error
    "#]]
    .assert_eq(&room.run(&["check", "missing.toml"]).all());
    expect![[r#"
        exit 2
        --- out
        {
          "ok": false,
          "errors": [
            {
              "line": 0,
              "field": "",
              "message": "cannot read .: it is a folder, a file is wanted"
            }
          ],
          "warnings": []
        }
        --- err
    "#]]
    .assert_eq(&room.run(&["check", ".", "-o", "json"]).all());
    room.write("bytes.toml", b"[server]\nname = \"\xff\"\n");
    expect![[r#"
        exit 2
        --- out
        2	error	-	found the byte 0xff: the file must be UTF-8
        --- err
        bytes.toml: 1 error
    "#]]
    .assert_eq(&room.run(&["check", "bytes.toml"]).all());
    room.write("large.toml", vec![b'#'; (1 << 20) + 1]);
    expect![[r#"
        exit 2
        --- out
        -	error	-	the file is larger than 1048576 bytes, which is the most allowed
        --- err
        large.toml: 1 error
    "#]]
    .assert_eq(&room.run(&["check", "large.toml"]).all());
}

/// The unit file lacked the variable; the check was green on the machine that then paged nobody.
#[test]
fn a_contact_whose_secret_is_not_here_is_a_warning() {
    let text = TEAM.replace("ntfy:https://ntfy.example.org/bo", "ntfy:env:NOOUT_TEST_NEVER_SET");
    let ran = Room::with("noout.toml", text).run(&["check", "noout.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    for word in ["bo", "ntfy", "NOOUT_TEST_NEVER_SET"] {
        assert!(ran.out.contains(word), "{}", ran.all());
    }
}

//! `noout oncall`.

use expect_test::expect;

use crate::{Room, TEAM};

fn oncall(room: &Room, args: &[&str]) -> crate::Ran {
    room.run(&[&["oncall", "--config", "noout.toml"], args].concat())
}

#[test]
fn shifts_have_the_contracts_shape() {
    let room = Room::with("noout.toml", TEAM);
    let args = ["--schedule", "ops", "--from", "2026-03-20T00:00:00Z", "--to", "2026-03-31T00:00:00Z", "-o", "json"];
    expect![[r#"
        [
          {
            "start": "2026-03-20T00:00:00Z",
            "end": "2026-03-23T08:00:00Z",
            "rotation": "primary",
            "people": [
              "ana"
            ]
          },
          {
            "start": "2026-03-20T00:00:00Z",
            "end": "2026-03-23T08:00:00Z",
            "rotation": "secondary",
            "people": [
              "bo"
            ]
          },
          {
            "start": "2026-03-23T08:00:00Z",
            "end": "2026-03-30T07:00:00Z",
            "rotation": "primary",
            "people": [
              "bo"
            ]
          },
          {
            "start": "2026-03-23T08:00:00Z",
            "end": "2026-03-30T07:00:00Z",
            "rotation": "secondary",
            "people": [
              "ana"
            ]
          },
          {
            "start": "2026-03-30T07:00:00Z",
            "end": "2026-03-31T00:00:00Z",
            "rotation": "primary",
            "people": [
              "ana"
            ]
          },
          {
            "start": "2026-03-30T07:00:00Z",
            "end": "2026-03-31T00:00:00Z",
            "rotation": "secondary",
            "people": [
              "bo"
            ]
          }
        ]
    "#]]
    .assert_eq(&oncall(&room, &args).out);
}

#[test]
fn a_pipe_gets_tabs_and_the_schedules_clock() {
    let room = Room::with("noout.toml", TEAM);
    // The clocks of Madrid change on 2026-03-29.
    expect![[r#"
        exit 0
        --- out
        2026-03-20T00:00:00+01:00	2026-03-23T09:00:00+01:00	primary	ana
        2026-03-20T00:00:00+01:00	2026-03-23T09:00:00+01:00	secondary	bo
        2026-03-23T09:00:00+01:00	2026-03-30T09:00:00+02:00	primary	bo
        2026-03-23T09:00:00+01:00	2026-03-30T09:00:00+02:00	secondary	ana
        2026-03-30T09:00:00+02:00	2026-03-31T12:00:00+02:00	primary	ana
        2026-03-30T09:00:00+02:00	2026-03-31T12:00:00+02:00	secondary	bo
        --- err
    "#]]
    .assert_eq(&oncall(&room, &["--from", "2026-03-20", "--to", "2026-03-31T12:00"]).all());
}

#[test]
fn times_without_an_offset_are_the_schedules() {
    let room = Room::with("noout.toml", TEAM);
    let wall = oncall(&room, &["--from", "2026-07-01T12:00", "--to", "2026-07-03", "-o", "json"]);
    let exact = ["--from", "2026-07-01T12:00:00+02:00", "--to", "2026-07-03T00:00[Europe/Madrid]", "-o", "json"];
    assert_eq!(wall.json(), oncall(&room, &exact).json());
    assert_eq!(wall.json()[0]["start"], "2026-07-01T10:00:00Z");
}

#[test]
fn without_times_it_is_the_next_two_weeks() {
    let room = Room::with("noout.toml", TEAM);
    let ran = oncall(&room, &["-o", "json"]);
    assert_eq!(ran.code, 0);
    // Two weeks of weekly turns cut three pieces out of each of the two rotations; two if now is a handover.
    let shifts = ran.json();
    assert!((4..=6).contains(&shifts.as_array().expect("a list").len()), "{shifts}");
}

#[test]
fn nobody_on_call_is_an_empty_list() {
    let room = Room::with("noout.toml", TEAM);
    let ran = oncall(&room, &["--from", "2025-01-01", "--to", "2025-01-02", "-o", "json"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "[]\n"));
    expect![[r#"
        exit 0
        --- out
        --- err
        nobody is on call in ops from 2024-12-31T23:00:00Z to 2025-01-01T23:00:00Z
    "#]]
    .assert_eq(&oncall(&room, &["--from", "2025-01-01", "--to", "2025-01-02"]).all());
}

#[test]
fn a_gap_in_coverage_does_not_hide_who_is_there() {
    let room =
        Room::with("noout.toml", TEAM.replace("name = \"secondary\"", "name = \"secondary\"\nhours = \"08:00-20:00\""));
    assert_eq!(oncall(&room, &[]).code, 0);
}

#[test]
fn wrong_questions_end_with_2() {
    let room = Room::with("noout.toml", TEAM);
    let mut told = String::new();
    for args in [
        &["--schedule", "dba"][..],
        &["--from", "2026-03-02", "--to", "2026-03-01"],
        &["--from", "2026-03-02", "--to", "2026-03-02"],
        &["--from", "2026-01-01", "--to", "2036-01-01"],
        &["--from", "yesterday"],
        &["--from", "-5"],
    ] {
        told.push_str(&oncall(&room, args).all());
    }
    expect![[r#"
        exit 2
        --- out
        --- err
        noout: there is no schedule "dba"; there are: ops
        exit 2
        --- out
        --- err
        noout: --to must be after --from: found 2026-03-01T23:00:00Z to 2026-02-28T23:00:00Z
        exit 2
        --- out
        --- err
        noout: --to must be after --from: found 2026-03-01T23:00:00Z to 2026-03-01T23:00:00Z
        exit 2
        --- out
        --- err
        noout: 2025-12-31T23:00:00Z to 2035-12-31T23:00:00Z is too long: at most 800 days are looked at
        exit 2
        --- out
        --- err
        noout: --from "yesterday" is no time: write "2026-03-29", "2026-03-29T09:00" (in the schedule's zone) or "2026-03-29T09:00:00+02:00"
        exit 2
        --- out
        --- err
        noout: --from "-5" is no time: write "2026-03-29", "2026-03-29T09:00" (in the schedule's zone) or "2026-03-29T09:00:00+02:00"
    "#]].assert_eq(&told);
}

#[test]
fn a_configuration_that_cannot_be_read_ends_with_2() {
    let room = Room::new();
    // With a time of its own the question is about the file, not about the server.
    let mut told = oncall(&room, &["--from", "2026-01-01"]).all();
    room.write("noout.toml", "[[schedule]]\nid = 'ops'\ntimezone = 'Mars'\n");
    told.push_str(&oncall(&room, &[]).all());
    room.write("noout.toml", "");
    told.push_str(&oncall(&room, &[]).all());
    room.write("noout.toml", "[[schedule]]\nid = 'ops'\n");
    told.push_str(&oncall(&room, &[]).all());
    room.write("noout.toml", format!("{TEAM}[[schedule]]\nid = 'dba'\ntimezone = 'UTC'\n"));
    told.push_str(&oncall(&room, &[]).all());
    room.write("noout.toml", "= = =");
    told.push_str(&oncall(&room, &[]).all());
    expect![[r#"
        exit 2
        --- out
        --- err
        noout: noout.toml cannot be used:
          cannot read noout.toml: No such file or directory (os error 2)
        exit 2
        --- out
        --- err
        noout: the schedule ops of noout.toml cannot be used:
          timezone: "Mars" is no time zone: write an IANA name, for example "Europe/Madrid"
          rotation: a schedule needs at least one rotation
        exit 2
        --- out
        --- err
        noout: the configuration has no [[schedule]]
        exit 2
        --- out
        --- err
        noout: noout.toml cannot be used:
          line 1: schedule[ops].timezone: "timezone" is missing
        exit 2
        --- out
        --- err
        noout: which schedule? Say --schedule ID: there are ops, dba
        exit 2
        --- out
        --- err
        noout: noout.toml cannot be used:
          line 1: this is no TOML: extra `=`, expected nothing
    "#]]
    .assert_eq(&told);
}

/// Beside a configuration it answered by the file, and said nothing of the swap that somebody had made on the server.
#[test]
fn without_a_server_it_says_what_is_not_in_it() {
    let room = Room::with("noout.toml", TEAM);
    let args = ["oncall", "--from", "2026-03-20T00:00:00Z", "--to", "2026-03-31T00:00:00Z", "-o", "json"];
    let ran = room.run(&args);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(ran.err.contains("overrides and absences made on the server are not in this"), "{}", ran.all());
    assert_eq!(ran.out, oncall(&room, &args[1..]).out, "the same shape as by the file alone");
    assert_eq!(oncall(&room, &args[1..]).err, "");
}

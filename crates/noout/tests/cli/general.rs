//! What all commands share.

use expect_test::expect;

use crate::{Room, TEAM};

#[test]
fn the_version_is_the_packages() {
    let ran = Room::new().run(&["--version"]);
    assert_eq!((ran.code, ran.out), (0, format!("noout {}\n", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn help_names_the_commands_and_the_exit_codes() {
    let ran = Room::new().run(&["help"]);
    assert_eq!(ran.code, 0);
    for word in ["check", "oncall", "detect", "maintenance", "completion", "Exit codes:", "NO_COLOR"] {
        assert!(ran.out.contains(word), "{word} is missing:\n{}", ran.out);
    }
    let sub = Room::new().run(&["oncall", "--help"]);
    assert!(sub.code == 0 && sub.out.contains("--schedule") && sub.out.contains("Exit codes:"), "{}", sub.out);
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    let room = Room::new();
    for args in [&["nonsense"][..], &[], &["check"], &["check", "a", "-o", "yaml"], &["maintenance", "plan", "pve1"]] {
        let ran = room.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {}", ran.all());
        assert!(!ran.err.is_empty());
    }
    let ran = room.run(&["maintenance", "plan", "pve 1", "--inventory", "x"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("cannot be an id"), "{}", ran.err);
}

#[test]
fn completion_knows_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let ran = Room::new().run(&["completion", shell]);
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains("oncall") && ran.out.contains("intermittent"), "{shell}");
    }
    let other = Room::new().run(&["completion", "tcsh"]);
    assert_eq!(other.code, 2);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    use std::process::{Command, Stdio};
    // Hourly turns make more lines than a pipe holds, so that writing meets the closed end.
    let room = Room::with("noout.toml", TEAM.replace("people =", "unit = \"hour\"\npeople ="));
    let mut child = Command::new(env!("CARGO_BIN_EXE_noout"))
        .args(["oncall", "--config", "noout.toml", "--from", "2026-01-05", "--to", "2027-06-01"])
        .current_dir(room.path("."))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    expect![""].assert_eq(&String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0));
}

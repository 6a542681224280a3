//! `noout route test` by a file alone.

use expect_test::expect;

use crate::{Room, TEAM};

#[test]
fn a_label_set_goes_somewhere_by_the_file_alone() {
    let room = Room::with("noout.toml", TEAM);
    let ran = room.run(&[
        "route",
        "test",
        "--labels",
        "alertname=Disk,severity=info",
        "--config",
        "noout.toml",
        "--at",
        "2026-03-20T00:00:00Z",
    ]);
    expect![[""]].assert_eq(&ran.all());
    let ran = room.run(&["route", "test", "--labels", "nonsense", "--config", "noout.toml"]);
    assert_eq!(ran.code, 2, "{}", ran.all());
}

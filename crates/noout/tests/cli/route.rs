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
    expect![[r#"
        exit 0
        --- out
        route	none matches: the first policy is told
        policy	ops
        severity	info
        urgency	low: nobody is paged
        one incident per	alertname="Disk"
        step 1	after 0s: schedule:ops → ana, bo
        --- err
        note: by the file alone; overrides are not counted, and no real alerts are compared
    "#]]
    .assert_eq(&ran.all());
    let ran = room.run(&["route", "test", "--labels", "nonsense", "--config", "noout.toml"]);
    assert_eq!(ran.code, 2, "{}", ran.all());
}

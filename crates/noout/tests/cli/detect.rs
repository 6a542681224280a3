//! `noout detect`.

use expect_test::expect;

use crate::Room;

/// A fan of four that drops out for a minute, six times within two days.
fn fans() -> String {
    let mut text = "time,sensor,model,state\n".to_owned();
    for fan in 1..=4 {
        text.push_str(&format!("2026-01-05T00:00:00Z,pve3/FAN{fan},R640 fan,ok\n"));
    }
    for hour in [5, 13, 20, 28, 36, 44] {
        let (day, hour) = (5 + hour / 24, hour % 24);
        text.push_str(&format!("2026-01-{day:02}T{hour:02}:00:00Z,pve3/FAN3,R640 fan,ns\n"));
        text.push_str(&format!("2026-01-{day:02}T{hour:02}:01:00Z,pve3/FAN3,R640 fan,ok\n"));
    }
    text
}

#[test]
fn a_fan_that_drops_out_is_found() {
    let room = Room::with("fans.csv", fans());
    expect![[r#"
        exit 0
        --- out
        2026-01-06T04:00:00Z	pve3/FAN3	4	9.1	FAN3 of pve3 dropped out 4 times in 23 h; a sensor of this model drops out about once in 90 days
        --- err
    "#]].assert_eq(&room.run(&["detect", "intermittent", "fans.csv"]).all());
    let ran = room.run(&["detect", "intermittent", "fans.csv", "-o", "json"]);
    assert_eq!((ran.code, ran.out.lines().count()), (0, 1), "one object a line: {}", ran.all());
    assert_eq!(ran.json()["sensor"], "pve3/FAN3");
    assert_eq!(room.run_with(&["detect", "intermittent", "-", "-o", "json"], &fans()).out, ran.out);
}

#[test]
fn a_quiet_file_says_so() {
    let room = Room::with("fans.csv", "time,sensor,model,state\n2026-01-05T00:00:00Z,FAN1,x,ok\n");
    expect![[r#"
        exit 0
        --- out
        --- err
        fans.csv: no sensor drops out more often than its like
    "#]]
    .assert_eq(&room.run(&["detect", "intermittent", "fans.csv"]).all());
    let ran = room.run(&["detect", "intermittent", "fans.csv", "-o", "json"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
}

#[test]
fn a_wrong_file_ends_with_2() {
    let room = Room::with("columns.csv", "time,sensor,state\n");
    room.write("state.csv", "time,sensor,model,state\n2026-01-05T00:00:00Z,FAN1,x,perhaps\n");
    room.write("empty.csv", "");
    let mut told = String::new();
    for file in ["columns.csv", "empty.csv", "missing.csv", "."] {
        told.push_str(&room.run(&["detect", "intermittent", file]).all());
    }
    expect![[r#"
        exit 2
        --- out
        --- err
        noout: columns.csv cannot be used: the header has no column "model": found time, sensor, state, wanted time, sensor, model and state in any order
        exit 2
        --- out
        --- err
        noout: empty.csv cannot be used: the header has no column "time": found nothing, wanted time, sensor, model and state in any order
        exit 2
        --- out
        --- err
        noout: cannot read missing.csv: No such file or directory (os error 2)
        exit 2
        --- out
        --- err
        noout: cannot read .: it is a folder, a file is wanted
    "#]].assert_eq(&told);
    let ran = room.run(&["detect", "intermittent", "state.csv"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("line 2") && ran.err.contains("\"perhaps\""), "{}", ran.err);
}

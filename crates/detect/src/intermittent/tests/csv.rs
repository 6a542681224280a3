use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::super::{CsvFinding, Settings, run_csv};

fn run(text: &str) -> Vec<CsvFinding> {
    run_csv(text.as_bytes(), Settings::default()).expect("a good file")
}

fn refuses(text: &str, want: &Expect) {
    want.assert_eq(&run_csv(text.as_bytes(), Settings::default()).expect_err("a bad file").to_string());
}

#[test]
fn a_dying_fan_in_a_file_is_found() {
    let mut text = "state,time,model,sensor,rpm\n".to_owned();
    for (time, state) in [
        ("2026-03-01T00:00:00Z", "OK"),
        ("2026-03-01T02:00:00Z", "ns"),
        ("2026-03-01T02:05:00Z", "ok"),
        ("2026-03-02T02:00:00Z", "cr"),
        ("2026-03-02T02:05:00Z", "ok"),
        ("2026-03-03T02:00:00+01:00", "absent"),
        ("2026-03-03T02:05:00Z", "Present"),
        ("1772596800.25", "missing"),
    ] {
        text.push_str(&format!("{state},{time},R640 fan,pve3/FAN 3,4200\n"));
    }
    let found = run(&text);
    let lines: Vec<String> = found.iter().map(|f| serde_json::to_string(f).expect("serialises")).collect();
    expect![[r#"{"time":"2026-03-04T04:00:00.25Z","sensor":"pve3/FAN 3","model":"R640 fan","score":8.907215083,"threshold":8.0,"dropouts":4,"first":"2026-03-01T02:00:00Z","times":["2026-03-01T02:00:00Z","2026-03-02T02:00:00Z","2026-03-03T01:00:00Z","2026-03-04T04:00:00.25Z"],"expected_per_day":0.011111111,"common_cause":false,"sentence":"FAN_3 of pve3 dropped out 4 times in 3 days 2 h; a sensor of this model drops out about once in 90 days"}"#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn without_hosts_many_at_once_have_one_cause_and_two_of_many_do_not() {
    let all: Vec<String> = (0..10).map(|i| format!("f{i}")).collect();
    let file = |dropping: usize| {
        let mut text = "time,sensor,model,state\n".to_owned();
        for round in 0..12u32 {
            for (i, fan) in all.iter().enumerate() {
                let state = if round % 2 == 1 && i < dropping { "missing" } else { "ok" };
                text.push_str(&format!("{},{fan},m,{state}\n", 1_770_000_000 + round * 3600));
            }
        }
        run(&text)
    };
    let sensors = |found: Vec<CsvFinding>| found.into_iter().map(|f| f.sensor).collect::<Vec<_>>();
    assert_eq!(sensors(file(1)), ["f0"]);
    assert_eq!(sensors(file(2)), ["f0", "f1"]);
    assert_eq!(sensors(file(5)), ["BMC"]);
    assert!(file(5)[0].sentence.starts_with("several sensors dropped out"), "{}", file(5)[0].sentence);
}

#[test]
fn a_spreadsheet_file_is_read() {
    assert_eq!(run("\u{feff}time,sensor,\"model\",state\r\n1,a,\"R640, fan\",ok\r\n\r\n2,a,\"R640, fan\",ok"), []);
}

#[test]
fn an_empty_run_finds_nothing() {
    assert_eq!(run("time,sensor,model,state\n"), []);
}

#[test]
fn errors_name_line_column_what_was_found_and_what_is_allowed() {
    let head = "time,sensor,model,state\n";
    refuses(
        "",
        &expect![[
            r#"the header has no column "time": found nothing, wanted time, sensor, model and state in any order"#
        ]],
    );
    refuses(
        "time,sensor,state\n",
        &expect![[
            r#"the header has no column "model": found time, sensor, state, wanted time, sensor, model and state in any order"#
        ]],
    );
    refuses(
        &format!("{head}1,a,m,ok\nyesterday,a,m,ok\n"),
        &expect![[
            r#"line 3, column "time": found "yesterday", allowed is RFC 3339 with an offset (2026-01-31T02:47:00Z) or seconds since 1970 (1769827620)"#
        ]],
    );
    refuses(
        &format!("{head}2,a,m,ok\n\n1,a,m,ok\n"),
        &expect![[
            r#"line 4, column "time": found 1970-01-01T00:00:01Z, which is before 1970-01-01T00:00:02Z of the row before it: rows must be sorted by time"#
        ]],
    );
    refuses(
        &format!("{head}1,,m,ok\n"),
        &expect![[
            r#"line 2, column "sensor": found "", allowed is SENSOR or HOST/SENSOR, each of letters, digits and . _ - : / @ (nothing)"#
        ]],
    );
    refuses(
        &format!("{head}1,a,m,perhaps\n"),
        &expect![[
            r#"line 2, column "state": found "perhaps", allowed is ok (or: ok good normal nominal healthy present enabled up 1), bad (or: bad warning warn critical crit nc cr nr lnc lcr lnr unc ucr unr failed failure fail fault faulty degraded error alarm down 0), missing (or: missing absent ns na n/a no reading disabled disconnected removed lost unavailable unavailableoffline unknown null none nan)"#
        ]],
    );
    refuses(&format!("{head}1,a,m\n"), &expect!["line 2: found 3 fields, the header has 4"]);
    refuses(&format!("{head}1,a,\"m,ok\n"), &expect!["line 2: found a quote that is not closed in its line"]);
    let err = run_csv(&b"time,sensor,model,state\n1,\xff,m,ok\n"[..], Settings::default()).expect_err("not UTF-8");
    expect!["line 2: found bytes that are not UTF-8"].assert_eq(&err.to_string());
}

proptest! {
    #[test]
    fn no_file_panics(body in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = run_csv(&body[..], Settings::default());
        let mut with_head = b"time,sensor,model,state\n".to_vec();
        with_head.extend(&body);
        let _ = run_csv(&with_head[..], Settings::default());
    }

    #[test]
    fn no_rows_panic(rows in prop::collection::vec(("[-0-9.]{1,20}", "[a-zA-Z/@]{0,5}", "(ok|bad|ns)"), 0..40)) {
        let mut text = "time,sensor,model,state\n".to_owned();
        for (time, sensor, state) in rows {
            text.push_str(&format!("{time},{sensor},m,{state}\n"));
        }
        let _ = run_csv(text.as_bytes(), Settings::default());
    }
}

use expect_test::{Expect, expect};
use proptest::prelude::*;

use crate::{
    Ends, IntakeError, MAX_ALERTS, MAX_ANNOTATION_BYTES, MAX_ANNOTATIONS, MAX_BODY_BYTES, MAX_LABEL_VALUE_BYTES,
    MAX_LABELS, Parsed, alertmanager_v2, alertmanager_webhook,
};

const PROMETHEUS: &[u8] = include_bytes!("../../tests/fixtures/prometheus.json");
const WEBHOOK: &[u8] = include_bytes!("../../tests/fixtures/webhook.json");

fn v2(body: &str) -> Parsed {
    alertmanager_v2(body.as_bytes()).expect("a good body")
}

fn refuses(body: &str, want: &Expect) {
    want.assert_eq(&alertmanager_v2(body.as_bytes()).expect_err("a bad body").to_string());
}

fn rejects(alert: &str, want: &Expect) {
    let good = r#"{"labels":{"alertname":"Good"}}"#;
    let parsed = v2(&format!("[{good},{alert},{good}]"));
    assert_eq!(parsed.alerts.len(), 2, "the good ones are taken");
    let why: Vec<String> = parsed.rejected.iter().map(ToString::to_string).collect();
    want.assert_eq(&why.join("\n"));
}

fn time(text: &str) -> noout_types::Timestamp {
    text.parse().expect("valid")
}

#[test]
fn what_prometheus_sends() {
    let parsed = alertmanager_v2(PROMETHEUS).expect("a good body");
    assert!(parsed.rejected.is_empty());
    let [down, osd] = &parsed.alerts[..] else { panic!("two alerts, found {parsed:?}") };
    assert_eq!(down.labels.get("instance"), "http://192.0.2.2:8080/");
    assert_eq!(down.annotations.get("summary").map(String::as_str), Some("http://192.0.2.2:8080/ is down"));
    assert_eq!(down.starts_at, Some(time("2026-03-22T02:18:29.238Z")));
    assert_eq!(down.ends, Ends::At(time("2026-03-22T02:22:29.238Z")));
    assert!(down.generator_url.ends_with("g0.tab=1"));
    assert_eq!(osd.ends, Ends::Unknown);
    expect![[r#"{alertname="CephOSDDown", host="pve3", severity="warning"}"#]].assert_eq(&osd.labels.to_string());
}

#[test]
fn what_alertmanager_sends_on() {
    let parsed = alertmanager_webhook(WEBHOOK).expect("a good body");
    assert!(parsed.rejected.is_empty());
    assert_eq!(parsed.truncated, 3);
    let ends: Vec<Ends> = parsed.alerts.iter().map(|a| a.ends).collect();
    assert_eq!(ends, [Ends::WhenResolved, Ends::Resolved(Some(time("2026-03-22T02:19:25.238Z")))]);
}

#[test]
fn a_webhook_alerts_own_status_decides() {
    let ends = |group: &str, alert: &str| {
        let body = format!(r#"{{"status":"{group}","alerts":[{{"labels":{{"a":"b"}},{alert}}}]}}"#);
        let parsed = alertmanager_webhook(body.as_bytes()).expect("a good body");
        parsed.alerts.first().map(|a| a.ends).ok_or_else(|| parsed.rejected[0].to_string())
    };
    let past = r#""endsAt":"2020-01-01T00:00:00Z""#;
    assert_eq!(ends("resolved", &format!(r#""status":"firing",{past}"#)), Ok(Ends::WhenResolved));
    assert_eq!(ends("firing", r#""status":"resolved""#), Ok(Ends::Resolved(None)));
    assert_eq!(ends("firing", r#""status":"resolved","endsAt":"0001-01-01T00:00:00Z""#), Ok(Ends::Resolved(None)));
    assert_eq!(ends("firing", r#""status":"resolved","endsAt":"soon""#), Ok(Ends::Resolved(None)));
    assert_eq!(ends("resolved", r#""x":1"#), Ok(Ends::Resolved(None)));
    assert_eq!(ends("firing", past), Ok(Ends::WhenResolved));
    assert_eq!(
        ends("firing", r#""status":"perhaps""#),
        Err(r#"[0].status: found "perhaps", allowed is "firing" or "resolved""#.to_owned())
    );
}

#[test]
fn absent_null_empty_and_zero_are_no_time() {
    for ends in ["", r#","endsAt":null"#, r#","endsAt":"""#, r#","endsAt":"0001-01-01T00:00:00Z""#] {
        let parsed = v2(&format!(r#"[{{"labels":{{"a":"b"}},"annotations":null,"generatorURL":null{ends}}}]"#));
        assert_eq!(parsed.alerts[0].ends, Ends::Unknown, "{ends}");
    }
    let parsed = v2(r#"[{"labels":{"a":"b"},"endsAt":"2026-01-01T01:00:00+01:00","startsAt":"2026-01-01T00:00:00"}]"#);
    assert_eq!(parsed.alerts[0].ends, Ends::At(time("2026-01-01T00:00:00Z")));
    assert_eq!(parsed.alerts[0].starts_at, Some(time("2026-01-01T00:00:00Z")), "without an offset it is UTC");
}

#[test]
fn labels_of_any_alphabet_and_order_have_one_identity() {
    let one = v2(r#"[{"labels":{"ñame.with-dots":"ü","b":"2","a":"1","gone":"x","gone":""}}]"#);
    let two = v2(r#"[{"labels":{"a":"0","a":"1","b":"2","ñame.with-dots":"\u00fc","null":null}}]"#);
    assert_eq!(one.alerts[0].labels, two.alerts[0].labels);
    assert_eq!(one.alerts[0].labels.pairs().len(), 3);
}

#[test]
fn one_bad_alert_does_not_take_the_others_with_it() {
    let none =
        expect!["[1].labels: found no label with a value, at least one is needed: labels are what tells alerts apart"];
    rejects("{}", &none);
    rejects(r#"{"labels":{"a":""}}"#, &none);
    rejects(r#"{"labels":{"":"x"}}"#, &expect!["[1].labels: found a label without a name"]);
    rejects(
        r#"{"labels":{"a\nb":"x"}}"#,
        &expect![[r#"[1].labels: found the name "a\nb", control characters are not allowed"#]],
    );
    rejects(
        r#"{"labels":{"a":"b"},"startsAt":"2026-01-02T00:00:00Z","endsAt":"2026-01-01T00:00:00Z"}"#,
        &expect!["[1].endsAt: found 2026-01-01T00:00:00Z, which is before startsAt 2026-01-02T00:00:00Z"],
    );
    rejects(
        r#"{"labels":{"a":"b"},"startsAt":"yesterday"}"#,
        &expect![[
            r#"[1].startsAt: found "yesterday", allowed is a time as in RFC 3339, for example 2026-01-31T02:47:00Z"#
        ]],
    );
    let long = "x".repeat(MAX_LABEL_VALUE_BYTES + 1);
    rejects(
        &format!(r#"{{"labels":{{"a":"{long}","b":"c"}},"annotations":{{}}}}"#),
        &expect!["[1].labels.a: found a value of 4097 bytes, allowed are 4096"],
    );
    let many: Vec<String> = (0..=MAX_LABELS).map(|i| format!(r#""l{i}":"x""#)).collect();
    rejects(
        &format!(r#"{{"labels":{{{}}}}}"#, many.join(",")),
        &expect!["[1].labels: found more than 64, that many are allowed"],
    );
}

#[test]
fn what_is_only_commentary_is_cut_and_the_alert_taken() {
    let long = "ü".repeat(MAX_ANNOTATION_BYTES);
    let many: Vec<String> = (0..MAX_ANNOTATIONS * 2).map(|i| format!(r#""n{i}":"x""#)).collect();
    let body = format!(
        r#"[{{"labels":{{"a":"b"}},"annotations":{{"long":"{long}",{}}},"generatorURL":"http://{long}"}}]"#,
        many.join(",")
    );
    let parsed = v2(&body);
    let alert = &parsed.alerts[0];
    assert_eq!(alert.annotations.len(), MAX_ANNOTATIONS);
    assert!(
        alert.annotations["long"].len() < MAX_ANNOTATION_BYTES + 20 && alert.annotations["long"].ends_with("(cut)")
    );
    assert_eq!(alert.generator_url, "");
}

#[test]
fn what_is_no_json_names_line_and_column() {
    refuses("", &expect!["line 1, column 0: this is not JSON: the body is empty"]);
    refuses("[{]", &expect!["line 1, column 3: this is not JSON: key must be a string"]);
    refuses(
        "[\n {\"labels\":{\"a\":\"b\"}},\n",
        &expect!["line 3, column 0: this is not JSON: EOF while parsing a value"],
    );
    refuses("[] []", &expect!["line 1, column 4: this is not JSON: trailing characters"]);
    refuses(&"[".repeat(100_000), &expect!["[0]: expected an alert as an object, found an array (line 1, column 1)"]);
    assert!(alertmanager_v2(b"[{\"labels\":{\"a\":\"\xff\"}}]").is_err());
}

#[test]
fn a_wrong_type_names_its_path() {
    refuses(
        "[\n{\"labels\":{\"severity\":5}}]",
        &expect!["[0].labels.severity: expected a string, found the number 5 (line 2, column 23)"],
    );
    refuses(r#"{"alerts":[]}"#, &expect![".: expected an array of alerts, found an object (line 1, column 0)"]);
    refuses(
        r#"[{"labels":["a"]}]"#,
        &expect!["[0].labels: expected an object of labels, found an array (line 1, column 11)"],
    );
    refuses(
        r#"[{"labels":null}]"#,
        &expect!["[0].labels: expected an object of labels, found null (line 1, column 15)"],
    );
    refuses(r#"[{"labels":{"a":true}}]"#, &expect!["[0].labels.a: expected a string, found true (line 1, column 20)"]);
    refuses(
        r#"[{"labels":{"a":1.5}}]"#,
        &expect!["[0].labels.a: expected a string, found the number 1.5 (line 1, column 19)"],
    );
    refuses(
        r#"[{"labels":{"a":{"b":1}}}]"#,
        &expect!["[0].labels.a: expected a string, found an object (line 1, column 17)"],
    );
    refuses(
        r#"[{"startsAt":1770000000}]"#,
        &expect!["[0].startsAt: expected a time as a string, found the number 1770000000 (line 1, column 23)"],
    );
    refuses(r#"[7]"#, &expect!["[0]: expected an alert as an object, found the number 7 (line 1, column 2)"]);
    refuses(
        &format!("[\"{}\"]", "long ".repeat(100)),
        &expect![[
            r#"[0]: expected an alert as an object, found the string "long long long long long long long long long long long long… (502 bytes) (line 1, column 503)"#
        ]],
    );
    refuses(r#"[[{"a":"b"}]]"#, &expect!["[0]: expected an alert as an object, found an array (line 1, column 1)"]);
    let hook = |body: &str| alertmanager_webhook(body.as_bytes()).expect_err("a bad body").to_string();
    expect![[r#".: expected an object with the field "alerts", found an array (line 1, column 0)"#]]
        .assert_eq(&hook("[]"));
    expect![".: missing field `alerts` (line 1, column 2)"].assert_eq(&hook("{}"));
    expect!["alerts[0].labels.a: expected a string, found an array (line 1, column 28)"]
        .assert_eq(&hook(r#"{"alerts":[{"labels":{"a":[]}}]}"#));
}

#[test]
fn what_is_too_much_is_refused_whole() {
    let one = r#"{"labels":{"a":"b"}}"#;
    let full = v2(&format!("[{}]", vec![one; MAX_ALERTS].join(",")));
    assert_eq!(full.alerts.len(), MAX_ALERTS);
    let err = alertmanager_v2(format!("[{}]", vec![one; MAX_ALERTS + 1].join(",")).as_bytes()).expect_err("one more");
    assert!(err.to_string().contains("found more than 20000 alerts in one body"), "{err}");
    let long = vec![b' '; MAX_BODY_BYTES + 1];
    assert_eq!(alertmanager_v2(&long), Err(IntakeError::TooLong { found: MAX_BODY_BYTES + 1 }));
}

proptest! {
    #[test]
    fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = alertmanager_v2(&body);
        let _ = alertmanager_webhook(&body);
    }

    /// A good body with one byte changed is taken or refused, and what is taken has labels.
    #[test]
    fn no_damage_panics(at in 0usize..1200, byte: u8, cut in 0usize..1200) {
        for (good, parse) in [
            (PROMETHEUS, alertmanager_v2 as fn(&[u8]) -> Result<Parsed, IntakeError>),
            (WEBHOOK, alertmanager_webhook),
        ] {
            let mut body = good.to_vec();
            let at = at % body.len();
            body[at] = byte;
            for body in [&body[..], &body[..cut.min(body.len())]] {
                match parse(body) {
                    Ok(parsed) => prop_assert!(parsed.alerts.iter().all(|a| !a.labels.is_empty())),
                    Err(e) => prop_assert!(!e.to_string().is_empty()),
                }
            }
        }
    }

    /// Every label set survives.
    #[test]
    fn labels_come_through_unchanged(labels in prop::collection::btree_map("[a-zé_]{1,9}", "\\PC{1,20}", 1..10)) {
        let body = serde_json::to_vec(&[serde_json::json!({"labels": labels})]).expect("serialises");
        let parsed = alertmanager_v2(&body).expect("a good body");
        prop_assert_eq!(&parsed.alerts[0].labels.pairs().to_map(), &labels);
    }
}

/// Somebody else's receiver took Go's unset time for one that has passed.
#[test]
fn ends_at_0001_01_01_resolved_firing_alerts() {
    let body =
        r#"{"status":"firing","alerts":[{"status":"firing","labels":{"a":"b"},"endsAt":"0001-01-01T00:00:00Z"}]}"#;
    let parsed = alertmanager_webhook(body.as_bytes()).expect("a good body");
    assert_eq!(parsed.alerts[0].ends, Ends::WhenResolved);
    assert_eq!(v2(r#"[{"labels":{"a":"b"},"endsAt":"0001-01-01T00:00:00Z"}]"#).alerts[0].ends, Ends::Unknown);
}

#[test]
fn a_wrong_type_inside_one_alert_rejects_only_that_alert() {
    rejects(r#"{"labels":{"a":5}}"#, &expect!["[1].labels.a: expected a string, found the number 5"]);
    rejects(
        r#"{"labels":{"a":"b"},"startsAt":5}"#,
        &expect!["[1].startsAt: expected a time as a string, found the number 5"],
    );
    rejects("[]", &expect!["[1]: expected an alert as an object, found an array"]);
    let body = r#"{"status":"resolved","truncatedAlerts":2,"alerts":[{"labels":{"a":"b"}},{"labels":7},{"labels":{"c":"d"},"status":"firing"}]}"#;
    let parsed = alertmanager_webhook(body.as_bytes()).expect("most of it");
    assert_eq!((parsed.alerts.len(), parsed.rejected.len(), parsed.truncated), (2, 1, 2));
    assert_eq!(parsed.alerts[0].ends, Ends::Resolved(None));
    // What is no list of alerts at all is still an error of the whole.
    refuses(r#"{"a":[{},{}]}"#, &expect![".: expected an array of alerts, found an object (line 1, column 0)"]);
}

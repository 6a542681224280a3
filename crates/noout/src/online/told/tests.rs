use expect_test::expect;
use serde_json::json;

use super::sentence;

#[test]
fn particulars_are_read_and_not_deciphered() {
    let told = [
        (
            "opened",
            json!({ "title": "Disk full", "text": "97 %", "severity": "critical", "urgency": "high", "policy": "ops", "words": null, "cause": { "person": { "by": "ana" } } }),
        ),
        ("escalated", json!({ "round": 1, "step": 2, "people": ["ana", "bo"], "skipped": [1] })),
        (
            "page_opened",
            json!({ "page": 3, "incident": 1, "person": "ana", "why": { "step": { "round": 1, "step": 1 } } }),
        ),
        (
            "page_attempted",
            json!({ "page": 3, "person": "ana", "attempt": 1, "outcome": { "delivered": "250 ok" }, "next_at": null }),
        ),
        (
            "page_attempted",
            json!({ "page": 3, "person": "bo", "attempt": 2, "outcome": { "busy": { "words": "slow down", "retry_after": "9s" } }, "next_at": "2026-03-02T08:00:00Z" }),
        ),
        (
            "held_back",
            json!({ "rule": { "silence": { "id": 3 } }, "author": "person:ana", "until": "2026-03-02T08:00:00Z" }),
        ),
        (
            "alert_fired",
            json!({ "fingerprint": "0f", "labels": { "alertname": "Disk", "host": "db1" }, "annotations": { "summary": "It is full" } }),
        ),
        ("resolved", json!({ "note": "cleaned" })),
        ("acked", json!({})),
        ("told_by_a_later_version", json!({ "how_long": 5, "who": ["ana"], "nothing": null })),
    ];
    let told: String = told
        .iter()
        .map(|(what, detail)| format!("{what}: {}", sentence(what, detail)).trim_end().to_owned() + "\n")
        .collect();
    expect![[r#"
        opened: critical, wakes people, policy ops: Disk full: 97 %
        escalated: round 1, step 2: ana, bo, steps that named nobody: 1
        page_opened: ana: round 1, step 1
        page_attempted: ana, attempt 1: delivered, 250 ok
        page_attempted: bo, attempt 2: busy, slow down; next 2026-03-02T08:00:00Z
        held_back: silence 3 (person:ana) until 2026-03-02T08:00:00Z
        alert_fired: alertname=Disk host=db1: It is full
        resolved: cleaned
        acked:
        told_by_a_later_version: how long: 5, who: ana
    "#]]
    .assert_eq(&told);
}

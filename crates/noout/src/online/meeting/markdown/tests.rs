use expect_test::expect;
use serde_json::json;

use super::*;

#[test]
fn an_agenda_is_read_aloud_from_its_markdown() {
    let agenda: wire::Agenda = serde_json::from_value(json!({
        "at": "2026-03-25T08:30:00Z", "since": "2026-03-18T08:30:00Z", "timezone": "Europe/Vienna",
        "people": ["ana", "bo"],
        "requests": [{ "id": 3, "title": "More *disk*", "text": "", "from": { "name": "Nora" }, "wanted_by": "2026-04-01",
            "urgency": "this_week", "interrupts": null, "by": "source:wishes", "at": "2026-03-20T10:00:00Z",
            "status": "open", "owner": null, "owned_at": null, "closed_at": null, "closed_by": null,
            "closed_words": "", "interrupted": [] }],
        "requests_closed": 2,
        "interrupted": [{ "request": 1, "title": "invoices hang", "owner": "bo", "maintenance": 7,
            "from": "2026-03-19T09:00:00Z", "until": "2026-03-19T09:45:30Z", "lasted_ms": 2_730_000 }],
        "incidents": [{ "id": 12, "title": "db down", "severity": "critical", "status": "resolved", "owner": "ana",
            "at": "2026-03-21T01:00:00Z", "to_ack_ms": 120_000, "to_resolve_ms": 3_600_000, "pages": 3,
            "night_pages": 3 }],
        "incidents_more": 0,
        "maintenances": [{ "id": 7, "host": "pve3", "reason": "a fan", "phase": "proposed",
            "at": "2026-03-19T08:00:00Z", "interrupted_by": [1] }],
        "gaps": [{ "schedule": "ops", "start": "2026-04-03T07:00:00Z", "end": "2026-04-06T07:00:00Z", "need": 2,
            "have": ["ana"] }],
        "gaps_more": 4,
        "decisions": [{ "id": 2, "title": "which day?", "text": "", "options": ["Monday", "Friday"], "until": null,
            "incident": null, "request": null, "by": "person:ana", "at": "2026-03-20T10:00:00Z", "voices": [],
            "silent": ["bo"], "count": { "1": 1, "2": 0, "against": 0, "abstain": 0 }, "closed_at": null,
            "closed_by": null, "decided": "", "why": "" }]
    }))
    .expect("an agenda");
    expect![[r#"
        # Meeting of 2026-03-25 09:30 CET

        Since 2026-03-18 09:30 CET. Takes part: ana, bo.

        ## Decisions asked for (1)

        - #2 which day?: Monday 1, Friday 0, abstain 0, against 0; silent: bo

        ## Open requests (1)

        - #3 More \*disk\* (this week, Nora, since 2026-03-20 11:00 CET, wanted by 2026-04-01): **nobody**

        Closed since the last meeting: 2.

        ## What was interrupted (1)

        - maintenance #7, 45m: request #1 invoices hang

        ## Incidents (1)

        - #12 db down (2026-03-21 02:00 CET): taken after 2m, over after 1h, 3 pages, 3 at night; ana

        ## Maintenances ahead (1)

        - pve3 #7, proposed: a fan (**interrupted by request 1**)

        ## Coverage gaps of the next four weeks (5)

        - ops: 2026-04-03 09:00 CEST to 2026-04-06 09:00 CEST: 2 promised, ready: ana
        - and 4 more"#]]
    .assert_eq(&super::agenda(&agenda));
}

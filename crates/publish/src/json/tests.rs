use expect_test::expect;

use super::*;
use crate::testing::{HOSTILE, calm, hostile, page, words};
use crate::{ComponentStatus, Indicator};

/// The fields and kinds of values that Statuspage's own answers have.
fn shape() -> Value {
    serde_json::from_str(include_str!("../../tests/fixtures/statuspage_v2_shape.json")).expect("the sample is JSON")
}

/// Compares an answer with the sample: the same fields, the same kinds of values, and of words that the sample lists with
/// bars between them one.
fn conforms(path: &str, found: &Value, sample: &Value) {
    match (found, sample) {
        (Value::Object(found), Value::Object(sample)) => {
            let keys = |map: &serde_json::Map<String, Value>| map.keys().cloned().collect::<Vec<_>>();
            assert_eq!(keys(found), keys(sample), "{path}");
            for (key, value) in found {
                conforms(&format!("{path}.{key}"), value, &sample[key]);
            }
        }
        (Value::Array(found), Value::Array(sample)) => {
            if let Some(sample) = sample.first() {
                found.iter().for_each(|value| conforms(&format!("{path}[]"), value, sample));
            }
        }
        (Value::String(found), Value::String(sample)) => {
            let one_of = sample.contains('|').then(|| sample.split('|').any(|word| word == found));
            assert_ne!(one_of, Some(false), "{path}: {found:?} is none of {sample:?}");
            if path.ends_with("_at") || path.ends_with("_for") || path.ends_with("_until") {
                assert!(found.parse::<Timestamp>().is_ok() && found.len() == 29, "{path}: {found}");
            }
        }
        // What may be absent is null in the sample or in the answer.
        (Value::Null, _) | (_, Value::Null) => {}
        (Value::Bool(_), Value::Bool(_)) | (Value::Number(_), Value::Number(_)) => {}
        _ => panic!("{path}: {found} is of another kind than {sample}"),
    }
}

#[test]
fn the_summary_has_statuspages_shape() {
    for page in [page(), calm()] {
        for lang in Lang::ALL {
            conforms("summary", &summary_json(&page, lang), &shape());
        }
    }
}

#[test]
fn the_other_answers_are_its_parts() {
    let (page, sample) = (page(), shape());
    for (found, fields) in [
        (status_json(&page, Lang::En), vec!["page", "status"]),
        (components_json(&page, Lang::En), vec!["components", "page"]),
        (incidents_json(&page, Lang::En, IncidentFilter::All), vec!["incidents", "page"]),
        (scheduled_maintenances_json(&page, Lang::En, MaintenanceFilter::All), vec!["page", "scheduled_maintenances"]),
    ] {
        let object = found.as_object().expect("an object");
        assert_eq!(object.keys().map(String::as_str).collect::<Vec<_>>(), fields);
        object.iter().for_each(|(key, value)| conforms(key, value, &sample[key]));
    }
}

#[test]
fn an_incident_with_its_updates() {
    let found = incidents_json(&page(), Lang::De, IncidentFilter::Unresolved);
    expect![[r#"
        [
          {
            "components": [
              {
                "created_at": "2026-03-01T01:00:00.000+01:00",
                "description": null,
                "group": false,
                "group_id": null,
                "id": "web",
                "name": "web",
                "only_show_if_degraded": false,
                "page_id": "noout",
                "position": 1,
                "showcase": true,
                "start_date": "2026-03-01",
                "status": "partial_outage",
                "updated_at": "2026-03-01T03:00:00.000+01:00"
              }
            ],
            "created_at": "2026-03-01T03:50:00.000+01:00",
            "id": "7",
            "impact": "major",
            "incident_updates": [
              {
                "affected_components": [],
                "body": "Behoben.",
                "created_at": "2026-03-01T03:58:00.000+01:00",
                "custom_tweet": null,
                "deliver_notifications": true,
                "display_at": "2026-03-01T03:58:00.000+01:00",
                "id": "u2",
                "incident_id": "7",
                "status": "monitoring",
                "tweet_id": null,
                "updated_at": "2026-03-01T03:58:00.000+01:00"
              },
              {
                "affected_components": [
                  {
                    "code": "web",
                    "name": "web",
                    "new_status": "partial_outage",
                    "old_status": "operational"
                  }
                ],
                "body": "Web ist langsam.",
                "created_at": "2026-03-01T03:50:00.000+01:00",
                "custom_tweet": null,
                "deliver_notifications": true,
                "display_at": "2026-03-01T03:50:00.000+01:00",
                "id": "u1",
                "incident_id": "7",
                "status": "investigating",
                "tweet_id": null,
                "updated_at": "2026-03-01T03:50:00.000+01:00"
              }
            ],
            "monitoring_at": "2026-03-01T03:58:00.000+01:00",
            "name": "Web langsam",
            "page_id": "noout",
            "resolved_at": null,
            "shortlink": "https://status.example.org/de/#incident-7",
            "started_at": "2026-03-01T03:47:00.000+01:00",
            "status": "monitoring",
            "updated_at": "2026-03-01T03:58:00.000+01:00"
          }
        ]"#]]
    .assert_eq(&serde_json::to_string_pretty(&found["incidents"]).expect("JSON"));
}

#[test]
fn an_announced_maintenance() {
    let found = scheduled_maintenances_json(&page(), Lang::En, MaintenanceFilter::Upcoming);
    let found = &found["scheduled_maintenances"][0];
    assert_eq!(found["impact"], "maintenance");
    assert_eq!(found["status"], "scheduled");
    assert_eq!(found["scheduled_for"], "2026-03-02T22:00:00.000+01:00");
    assert_eq!(found["shortlink"], "https://status.example.org/en/#maintenance-3");
}

#[test]
fn the_lists_hold_what_their_names_say() {
    let mut page = page();
    let ids = |value: &Value, key: &str| -> Vec<String> {
        let list = value[key].as_array().expect("a list");
        list.iter().filter_map(|n| n["id"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(ids(&incidents_json(&page, Lang::En, IncidentFilter::All), "incidents"), ["7", "5"]);
    assert_eq!(ids(&incidents_json(&page, Lang::En, IncidentFilter::Unresolved), "incidents"), ["7"]);
    let count = |page: &StatusPage, filter| {
        ids(&scheduled_maintenances_json(page, Lang::En, filter), "scheduled_maintenances").len()
    };
    let all = [MaintenanceFilter::All, MaintenanceFilter::Upcoming, MaintenanceFilter::Active];
    assert_eq!(all.map(|f| count(&page, f)), [1, 1, 0]);
    for (stage, counts) in
        [(Stage::InProgress, [1, 0, 1]), (Stage::Verifying, [1, 0, 1]), (Stage::Completed, [1, 0, 0])]
    {
        page.maintenances[0].notice.updates[0].stage = stage;
        assert_eq!(all.map(|f| count(&page, f)), counts, "{stage:?}");
    }
}

#[test]
fn the_worst_decides_and_unknown_is_never_operational() {
    let indicator = |change: &dyn Fn(&mut StatusPage)| {
        let mut page = calm();
        change(&mut page);
        page.indicator()
    };
    assert_eq!(indicator(&|_| {}), Indicator::None);
    assert_eq!(
        indicator(&|p| p.components[0].fresh_until = p.generated_at - jiff::SignedDuration::from_secs(1)),
        Indicator::Unknown
    );
    assert_eq!(indicator(&|p| p.components[0].status = ComponentStatus::UnderMaintenance), Indicator::Maintenance);
    assert_eq!(indicator(&|p| p.components[0].status = ComponentStatus::MajorOutage), Indicator::Critical);
    assert_eq!(indicator(&|p| p.incidents = vec![crate::testing::incident()]), Indicator::Major);
    let late = calm().seen_at(calm().next_by + jiff::SignedDuration::from_secs(1));
    assert_eq!(late.indicator(), Indicator::Unknown);
    let json = summary_json(&late, Lang::En);
    assert_eq!(json["components"][0]["status"], "degraded_performance");
    assert_ne!(json["status"]["indicator"], "none");
    assert_eq!(calm().seen_at(calm().next_by), calm(), "in time nothing changes");
}

#[test]
fn a_component_that_is_not_on_the_page_is_not_named() {
    for json in [summary_json(&page(), Lang::En), incidents_json(&page(), Lang::En, IncidentFilter::All)] {
        assert!(!json.to_string().contains("secret-host"));
    }
}

#[test]
fn long_histories_are_cut() {
    let mut page = page();
    let mut old = page.incidents[0].clone();
    old.title = words("old", "vieux", "alt");
    page.incidents = vec![old; 3 * MAX_CLOSED];
    let json = incidents_json(&page, Lang::En, IncidentFilter::All);
    assert_eq!(json["incidents"].as_array().map(Vec::len), Some(MAX_CLOSED));
}

#[test]
fn hostile_texts_lose_only_what_cannot_be_seen() {
    let json = summary_json(&hostile(), Lang::En);
    let name = json["components"][0]["name"].as_str().expect("a text");
    assert_eq!(name, HOSTILE.replace(['\u{0}', '\u{202e}'], ""));
}

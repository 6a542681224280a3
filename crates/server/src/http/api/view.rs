//! From the core's things to the wire's.

use noout_api as wire;
use noout_core::incident::{Opened, Status};
use noout_core::journal::{Document, TimelineRow};
use noout_core::maintenance::{Maintenance, Phase, StepState};
use noout_types::{MaintenanceId, PersonId, Said, Timestamp, TrackerId};
use noout_words::english;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The core's summary of an incident, as its document holds it.
#[derive(Deserialize)]
struct Summary {
    #[serde(flatten)]
    opened: Opened,
    at: Timestamp,
    status: Status,
    owner: Option<PersonId>,
    #[serde(default)]
    alerts_firing: u64,
    #[serde(default)]
    alerts_total: u64,
    deadline: Option<Timestamp>,
    #[serde(default)]
    deadline_passed: bool,
    maintenance: Option<MaintenanceId>,
    #[serde(default)]
    tickets: std::collections::BTreeMap<TrackerId, noout_core::incident::TicketLink>,
}

/// An incident from its summary. None if an older version wrote something else.
pub(super) fn incident(summary: Value) -> Option<wire::Incident> {
    let s: Summary = serde_json::from_value(summary).ok()?;
    let (status, by) = match &s.status {
        Status::Triggered => ("triggered", None),
        Status::Acked { by, at } => ("acked", Some((by.to_string(), *at))),
        Status::Resolved { by, at } => ("resolved", Some((by.to_string(), *at))),
    };
    let (status_by, status_at) = by.unzip();
    Some(wire::Incident {
        id: s.opened.id,
        title: s.opened.title,
        text: s.opened.text,
        severity: s.opened.severity,
        urgency: s.opened.urgency,
        status: status.to_owned(),
        status_by,
        status_at,
        owner: s.owner,
        at: s.at,
        policy: s.opened.policy,
        runbook: s.opened.runbook,
        alerts_firing: s.alerts_firing,
        alerts_total: s.alerts_total,
        deadline: s.deadline,
        deadline_passed: s.deadline_passed,
        held_back: None,
        maintenance: s.maintenance,
        tickets: (s.tickets.into_iter())
            .map(|(tracker, link)| wire::TicketRef { tracker, id: link.id, url: link.url })
            .collect(),
    })
}

/// A document's body.
pub(super) fn body(document: &Document) -> Value {
    serde_json::from_str(&document.body).unwrap_or(Value::Null)
}

/// A line of a timeline.
pub(super) fn entry(row: TimelineRow) -> wire::TimelineEntry {
    let mut detail = readable(serde_json::from_str(&row.detail).unwrap_or(Value::Null));
    if let Some(map) = detail.as_object_mut().filter(|_| row.what == "opened") {
        // Title and text say the same in English.
        map.remove("words");
    }
    wire::TimelineEntry { seq: row.seq, at: row.at, actor: row.actor, what: row.what, detail }
}

/// A phase's word.
pub(crate) fn phase_word(phase: Phase) -> &'static str {
    match phase {
        Phase::Planning => "planning",
        Phase::Drafted => "drafted",
        Phase::Proposed => "proposed",
        Phase::Running => "running",
        Phase::Done => "done",
        Phase::Cancelled => "cancelled",
    }
}

/// A maintenance in a list.
pub(super) fn maintenance(m: &Maintenance) -> wire::Maintenance {
    let done = m.steps.iter().filter(|s| matches!(s.state, StepState::Done { .. })).count();
    wire::Maintenance {
        id: m.id,
        platform: m.platform.clone(),
        host: m.host.clone(),
        reason: english(&m.reason),
        incident: m.incident,
        at: m.at,
        requested_by: m.requested_by.to_string(),
        phase: phase_word(m.phase).to_owned(),
        hash: m.hash.map(|h| h.to_string()),
        step: m.current().filter(|_| m.is_running()).map(|s| s.kind.code().to_owned()),
        steps_done: done as u64,
        steps_total: m.steps.len() as u64,
        hold: m.hold.as_ref().map(|h| format!("{} ({})", english(&h.why), h.by)),
        aborted: m.aborted.clone(),
        trouble: m.trouble.as_ref().map(english),
        proposed_by: m.proposed_by.as_ref().map(ToString::to_string),
        approved_by: m.approved_by.as_ref().map(ToString::to_string),
        noout_ours: m.noout.is_ours(),
    }
}

/// A maintenance with everything about it.
pub(super) fn maintenance_detail(m: &Maintenance) -> wire::MaintenanceDetail {
    wire::MaintenanceDetail {
        summary: maintenance(m),
        plan: m.plan.as_ref().map(json),
        steps: json(&m.steps),
        order: m.order.as_ref().map(json),
        left_behind: json(&m.left_behind),
        watch: m.watch.iter().map(|(code, said)| (code.clone(), english(said))).collect(),
        report: m.report.as_ref().map(json),
    }
}

/// Plain data as JSON; what cannot be written is null, and never is.
pub(super) fn json(value: &impl Serialize) -> Value {
    readable(serde_json::to_value(value).unwrap_or(Value::Null))
}

/// What noout says, in English: the API is for programs, and for people who read what those print. Where there is more
/// beside the sentence, the sentence stands as `text` beside it.
fn readable(value: Value) -> Value {
    match value {
        Value::Array(list) => list.into_iter().map(readable).collect(),
        Value::Object(map) => match Said::deserialize(&Value::Object(map.clone())) {
            Ok(said) if map.keys().all(|k| matches!(k.as_str(), "said" | "values" | "parts")) => {
                Value::String(english(&said))
            }
            Ok(said) => {
                let text = ("text".to_owned(), Value::String(english(&said)));
                map.into_iter().map(|(k, v)| (k, readable(v))).chain([text]).collect()
            }
            // What sources name as they like is none of ours.
            Err(_) => map
                .into_iter()
                .map(|(k, v)| if matches!(k.as_str(), "labels" | "annotations") { (k, v) } else { (k, readable(v)) })
                .collect(),
        },
        plain => plain,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn programs_read_english_where_the_core_keeps_codes() {
        let down = json!({ "said": "gate-osd-down", "values": { "osd": "3", "host": "pve2" } });
        let told = readable(json!({ "why": down, "step": 4, "list": [down, { "said": "gate-no-quorum" }] }));
        let text = "osd.3 on pve2 is down";
        assert_eq!(told, json!({ "why": text, "step": 4, "list": [text, "the cluster has no quorum"] }));
    }

    #[test]
    fn what_has_more_than_a_sentence_keeps_it_and_gets_a_text() {
        let row = json!({ "kind": "measured", "said": "report-retried", "values": { "steps": "2" }, "evidence": [7] });
        let told = readable(row);
        assert_eq!(told["text"], "2 steps needed more than one attempt.");
        assert_eq!((&told["said"], &told["evidence"][0]), (&json!("report-retried"), &json!(7)));
    }

    #[test]
    fn what_sources_name_as_they_like_stays() {
        let labels = json!({ "labels": { "said": "gate-no-quorum" } });
        assert_eq!(readable(labels.clone()), labels);
    }
}

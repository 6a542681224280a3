//! The nouns with few verbs.

use axum::Json;
use axum::extract::{Query, State};
use noout_api as wire;
use noout_core::engine::Command;
use noout_core::incident::Status;
use noout_core::notice::PostNotice;
use noout_detect::intermittent::Key;
use noout_types::{Matchers, Span, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::failure::Failure;
use super::{Answer, Caller, Sent, command, limit, view};
use crate::App;

pub(super) async fn status(State(app): State<App>, _: Caller) -> Answer<wire::ServerStatus> {
    let (started_at, now) = (app.started_at(), app.now());
    Ok(Json(app.read(|s| {
        let triggered = s.incidents.iter().filter(|i| i.status == Status::Triggered).count() as u64;
        wire::ServerStatus {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at,
            now,
            seq: s.seq,
            config_version: s.config_version,
            alerts: s.alerts.len() as u64,
            triggered,
            acked: s.incidents.len() as u64 - triggered,
            pages_owed: s.paging.owed().count() as u64,
            maintenances: s.maintenances.iter().count() as u64,
            stopped: s.stopped.as_ref().map(|(at, by, why)| wire::Stopped {
                at: *at,
                by: by.to_string(),
                why: why.clone(),
            }),
        }
    })))
}

#[derive(Deserialize)]
pub(super) struct AlertQuery {
    filter: Option<String>,
    limit: Option<usize>,
}

pub(super) async fn alerts(
    State(app): State<App>,
    _: Caller,
    Query(asked): Query<AlertQuery>,
) -> Answer<Vec<wire::Alert>> {
    let matchers: Matchers = match &asked.filter {
        Some(text) => text.parse().map_err(|e| Failure::invalid(format!("filter: {e}")))?,
        None => Matchers::default(),
    };
    Ok(Json(app.read(|s| {
        let held = s.alerts.iter().filter(|(_, a)| matchers.matches(&a.labels)).take(limit(asked.limit));
        let one = |(fingerprint, a): (_, &noout_core::alert::Alert)| wire::Alert {
            fingerprint,
            labels: a.labels.pairs().to_map(),
            annotations: a.annotations.to_map(),
            starts_at: a.starts_at,
            until: a.until,
            received_at: a.received_at,
            updated_at: a.updated_at,
            source: a.source.clone(),
            key: a.key.clone(),
            incident: a.incident,
            severity: a.severity,
            generator_url: a.generator_url.clone(),
        };
        held.map(one).collect()
    })))
}

#[derive(Deserialize)]
pub(super) struct At {
    at: Option<Timestamp>,
}

pub(super) async fn oncall(State(app): State<App>, _: Caller, Query(asked): Query<At>) -> Answer<Vec<wire::OnCall>> {
    let at = asked.at.unwrap_or_else(|| app.now());
    Ok(Json(app.read(|s| {
        let of = |schedule: &noout_calendar::Schedule| {
            let overrides = s.overrides_of(&schedule.id);
            let id = schedule.id.clone();
            let on = schedule.on_call(&overrides, at);
            let everybody = s.on_call(&id, at);
            let besides: Vec<_> =
                everybody.into_iter().filter(|p| !on.iter().any(|on| on.people.contains(p))).collect();
            // Who stands in while there is a gap is on in no rotation.
            let until = || s.gaps(schedule, at, Span::from_hours(24).after(at)).first().map_or(at, |gap| gap.end);
            let fallback = (!besides.is_empty()).then(|| noout_calendar::OnCall {
                rotation: "fallback".to_owned(),
                until: until(),
                people: besides,
            });
            on.into_iter().chain(fallback).map(move |on| wire::OnCall {
                schedule: id.clone(),
                rotation: on.rotation,
                people: on.people,
                until: on.until,
            })
        };
        s.config.schedules.iter().flat_map(of).collect()
    })))
}

pub(super) async fn overrides(State(app): State<App>, _: Caller) -> Answer<Vec<wire::Override>> {
    let now = app.now();
    Ok(Json(app.read(|s| {
        let live = s.overrides.values().filter(|o| o.end > now).cloned();
        let one = |o: noout_calendar::Override| wire::Override {
            id: o.id,
            schedule: o.schedule,
            rotation: o.rotation,
            replaces: o.replaces,
            person: o.person,
            start: o.start,
            end: o.end,
        };
        live.map(one).collect()
    })))
}

pub(super) async fn stop(State(app): State<App>, by: Caller, Sent(sent): Sent<wire::Why>) -> Answer<wire::Accepted> {
    command(&app, by, Command::Stop { why: sent.why }).await
}

pub(super) async fn resume(State(app): State<App>, by: Caller) -> Answer<wire::Accepted> {
    command(&app, by, Command::ResumeAll).await
}

pub(super) async fn findings(State(app): State<App>, _: Caller) -> Answer<Vec<wire::Finding>> {
    Ok(Json(app.read(|s| {
        let one = |f: &noout_detect::intermittent::Finding| wire::Finding {
            host: f.key.host.clone(),
            sensor: f.key.sensor.clone(),
            at: f.at,
            count: f.count,
            score: f.score,
            sentence: f.sentence(),
        };
        s.sensors.fleet.findings().map(one).collect()
    })))
}

pub(super) async fn clear_finding(
    State(app): State<App>,
    by: Caller,
    Sent(sent): Sent<wire::ClearFinding>,
) -> Answer<wire::Accepted> {
    let key = Key { host: sent.host, sensor: sent.sensor };
    command(&app, by, Command::ClearFinding { key, part_replaced: sent.part_replaced }).await
}

pub(super) async fn notices(State(app): State<App>, _: Caller) -> Answer<Vec<wire::Notice>> {
    let word = |value: Value| value.as_str().unwrap_or_default().to_owned();
    Ok(Json(app.read(|s| {
        let one = |n: &noout_core::notice::Notice| wire::Notice {
            about: view::json(&n.about),
            title: view::json(&n.title),
            impact: word(view::json(&n.impact)),
            components: n.components.iter().map(ToString::to_string).collect(),
            stage: word(view::json(&n.stage)),
            updates: view::json(&n.updates),
        };
        s.notices.iter().map(one).collect()
    })))
}

pub(super) async fn post_notice(
    State(app): State<App>,
    by: Caller,
    Sent(sent): Sent<wire::PostNotice>,
) -> Answer<wire::Accepted> {
    let wire::PostNotice { about, title, impact, components, stage, text } = sent;
    command(&app, by, Command::Notice(PostNotice { about, title, impact, components, stage, text })).await
}

//! The value report of a maintenance, as customers may read it.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use noout_core::State;
use noout_core::maintenance::{ReportData, RowKind};
use noout_publish::{Certainty, Evidence, ReportInput, ReportLine, Words};
use noout_types::{Lang, MaintenanceId};
use sha2::{Digest as _, Sha256};

use super::http::{Answer, missing, missing_because, plain};
use super::page::Page;
use super::seat::Seat;
use super::words::T;
use crate::App;

pub(super) fn router() -> Router<App> {
    Router::new().route("/maintenance/{id}/report", get(show))
}

async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let p = Page::new(&seat, "maintenance");
    let Ok(id) = id.parse::<MaintenanceId>() else { return Err(missing(p, &id)) };
    let input = seat.app.read(|s| {
        let report = s.maintenances.get(id)?.report.as_ref()?;
        Some(input(s, report, &p))
    });
    let input = input.ok_or_else(|| missing_because(p.clone(), p.s("report-none")))?;
    draw(&input, seat.t.0)
}

fn input(s: &State, report: &ReportData, p: &Page) -> ReportInput {
    let subject = Lang::ALL.into_iter().map(|lang| {
        let (n, host) = (report.maintenance.to_string(), report.host.to_string());
        (lang, T(lang).a("maintenance-of", &[("n", &n), ("host", &host)]))
    });
    let line = |row: &noout_core::maintenance::ReportRow| {
        let certainty = match row.kind {
            RowKind::Measured => Certainty::Measured,
            RowKind::Estimated => Certainty::Estimated,
            RowKind::NotClaimed => Certainty::NotClaimed,
        };
        let link = |seq: &u64| Evidence {
            label: format!("#{seq}"),
            href: format!("/maintenance/{}#seq-{seq}", report.maintenance),
        };
        ReportLine::said(certainty, row.said.clone(), row.evidence.iter().map(link).collect())
    };
    ReportInput {
        provider: s.config.server.name.clone(),
        customer: None,
        subject: Words::Written(subject.collect()),
        from: report.from,
        until: report.until,
        time_zone: p.zone.clone(),
        generated_at: p.watch.now,
        lines: report.rows.iter().map(line).collect(),
        back: Some(Evidence { label: p.s("report-back"), href: format!("/maintenance/{}", report.maintenance) }),
    }
}

/// The report is one file that can be sent around: its style is within it, so the policy names that style by its hash.
fn draw(input: &ReportInput, lang: Lang) -> Result<Response, Response> {
    let html = noout_publish::report_html(input, lang).map_err(|why| {
        tracing::error!(%why, "a report cannot be drawn");
        plain(StatusCode::INTERNAL_SERVER_ERROR, "the report cannot be drawn; the log says why")
    })?;
    let styles = html.split("<style>").skip(1).filter_map(|rest| rest.split_once("</style>"));
    let hashes: String =
        styles.map(|(css, _)| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(css.as_bytes())))).collect();
    let policy =
        format!("default-src 'none'; style-src{hashes}; img-src data:; base-uri 'none'; frame-ancestors 'none'");
    let mut response = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
    if let Ok(value) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, value);
    }
    Ok(response)
}

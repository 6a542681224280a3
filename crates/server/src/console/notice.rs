//! Telling customers: the languages side by side, and a preview that is exactly what is sent.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use noout_core::State;
use noout_core::engine::Command;
use noout_core::notice::{About, Impact, PostNotice, Stage, Words};
use noout_types::{ComponentId, IncidentId, Lang, MaintenanceId};

use super::form::Fields;
use super::http::{Answer, html, invalid, missing, refused, see_other};
use super::page::Page;
use super::seat::{Post, Seat};
use super::times::When;
use super::words::T;
use crate::App;

const INCIDENT_STAGES: [Stage; 4] = [Stage::Investigating, Stage::Identified, Stage::Monitoring, Stage::Resolved];

const MAINTENANCE_STAGES: [Stage; 4] = [Stage::Scheduled, Stage::InProgress, Stage::Verifying, Stage::Completed];

const IMPACTS: [Impact; 4] = [Impact::None, Impact::Minor, Impact::Major, Impact::Critical];

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/incidents/{id}/notice", get(for_incident).post(send_incident))
        .route("/maintenance/{id}/notice", get(for_maintenance).post(send_maintenance))
}

fn stage_key(stage: Stage) -> &'static str {
    match stage {
        Stage::Investigating => "investigating",
        Stage::Identified => "identified",
        Stage::Monitoring => "monitoring",
        Stage::Resolved => "resolved",
        Stage::Scheduled => "scheduled",
        Stage::InProgress => "in-progress",
        Stage::Verifying => "verifying",
        Stage::Completed => "completed",
    }
}

fn impact_key(impact: Impact) -> &'static str {
    match impact {
        Impact::None => "none",
        Impact::Minor => "minor",
        Impact::Major => "major",
        Impact::Critical => "critical",
    }
}

pub(super) fn stage_word(t: T, stage: Stage) -> String {
    t.s(&format!("stage-{}", stage_key(stage)))
}

struct Choice {
    key: &'static str,
    word: String,
    chosen: bool,
}

struct Part {
    id: String,
    name: String,
    chosen: bool,
}

struct Column {
    code: &'static str,
    language: &'static str,
    required: bool,
    title: String,
    text: String,
    /// The line under the headline, and what the page says of each component, in customers' words.
    meta: String,
    states: Vec<(String, String)>,
}

struct Before {
    at: When,
    stage: String,
    text: String,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct Screen {
    p: Page,
    heading: String,
    path: String,
    back: String,
    stages: Vec<Choice>,
    impacts: Vec<Choice>,
    parts: Vec<Part>,
    columns: Vec<Column>,
    before: Vec<Before>,
    preview: bool,
    /// Components are named, but would be shown as if nothing had happened.
    unfelt: bool,
}

/// What the form holds, or begins with.
struct Draft {
    stage: Stage,
    impact: Impact,
    components: Vec<String>,
    title: [String; 3],
    text: [String; 3],
}

fn draft(s: &State, about: About) -> Draft {
    let known = s.notices.about(about);
    let of = |words: Option<&Words>, lang| match words {
        Some(Words::Written(map)) => map.get(&lang).cloned().unwrap_or_default(),
        _ => String::new(),
    };
    let component = match about {
        About::Incident(id) => s.incident(id).and_then(|i| i.opened.component.clone()),
        About::Maintenance(id) => {
            s.maintenances.get(id).and_then(|m| s.config.platform(&m.platform)?.component.clone())
        }
    };
    let stages = stages(about);
    Draft {
        stage: known.map_or(stages[0], |n| n.stage),
        impact: known.map(|n| n.impact).unwrap_or_default(),
        components: match known {
            Some(n) => n.components.iter().map(ToString::to_string).collect(),
            None => component.iter().map(ToString::to_string).collect(),
        },
        title: Lang::ALL.map(|lang| of(known.map(|n| &n.title), lang)),
        text: std::array::from_fn(|_| String::new()),
    }
}

fn stages(about: About) -> [Stage; 4] {
    match about {
        About::Incident(_) => INCIDENT_STAGES,
        About::Maintenance(_) => MAINTENANCE_STAGES,
    }
}

fn sent(about: About, fields: &Fields) -> Option<Draft> {
    Some(Draft {
        stage: stages(about).into_iter().find(|s| stage_key(*s) == fields.get("stage"))?,
        impact: IMPACTS.into_iter().find(|i| impact_key(*i) == fields.get("impact"))?,
        components: fields.all("component").map(str::to_owned).collect(),
        title: Lang::ALL.map(|l| fields.owned(&format!("title-{l}"))),
        text: Lang::ALL.map(|l| fields.owned(&format!("text-{l}"))),
    })
}

fn base(about: About) -> (&'static str, String) {
    match about {
        About::Incident(id) => ("incidents", format!("/incidents/{id}")),
        About::Maintenance(id) => ("maintenance", format!("/maintenance/{id}")),
    }
}

fn screen(s: &State, p: Page, about: About, draft: &Draft, preview: bool) -> Screen {
    let t = p.t;
    let (_, back) = base(about);
    let heading = match about {
        About::Incident(id) => s.incident(id).map(|i| super::names::title(&p.watch, i)).unwrap_or_default(),
        About::Maintenance(id) => {
            let host = s.maintenances.get(id).map(|m| m.host.to_string()).unwrap_or_default();
            t.a("maintenance-of", &[("n", &id.to_string()), ("host", &host)])
        }
    };
    let chosen = |id: &str| draft.components.iter().any(|c| c == id);
    let felt = crate::http::status::felt_as(about, draft.impact, draft.stage);
    let named: Vec<_> = s.config.components.iter().filter(|c| chosen(c.id.as_str())).collect();
    let meta = |lang: Lang| {
        let stage = noout_publish::stage_words(crate::http::status::stage(draft.stage), lang);
        let names: Vec<_> = named.iter().map(|c| c.name.get(lang)).collect();
        if names.is_empty() {
            return stage;
        }
        format!("{stage} · {}", noout_publish::affected_words(&names.join(", "), lang))
    };
    let state = |c: &&noout_core::config::Component, lang: Lang| {
        (c.name.get(lang).to_owned(), noout_publish::status_words(felt, lang))
    };
    let column = |(at, lang): (usize, Lang)| Column {
        code: lang.code(),
        language: lang.name(),
        required: lang == Lang::En,
        title: draft.title[at].clone(),
        text: draft.text[at].clone(),
        meta: meta(lang),
        states: named.iter().map(|c| state(c, lang)).collect(),
    };
    let parts: Vec<_> = s
        .config
        .components
        .iter()
        .map(|c| Part { id: c.id.to_string(), name: c.name.get(t.0).to_owned(), chosen: chosen(c.id.as_str()) })
        .collect();
    let option = |key, word, chosen| Choice { key, word, chosen };
    Screen {
        heading,
        path: format!("{back}/notice"),
        back,
        stages: stages(about)
            .into_iter()
            .map(|st| option(stage_key(st), stage_word(t, st), st == draft.stage))
            .collect(),
        impacts: IMPACTS
            .into_iter()
            .map(|i| option(impact_key(i), t.s(&format!("impact-{}", impact_key(i))), i == draft.impact))
            .collect(),
        unfelt: matches!(about, About::Incident(_))
            && draft.impact == Impact::None
            && !draft.stage.is_final()
            && !named.is_empty(),
        parts,
        columns: Lang::ALL.into_iter().enumerate().map(column).collect(),
        before: before(s, &p, about),
        preview,
        p: p.titled(t.s("notice-title")),
    }
}

fn before(s: &State, p: &Page, about: About) -> Vec<Before> {
    let updates = s.notices.about(about).map(|n| n.updates.as_slice()).unwrap_or_default();
    let text = |words: &Words| match words {
        Words::Written(map) => map.get(&p.t.0).or_else(|| map.get(&Lang::En)).cloned().unwrap_or_default(),
        Words::Prepared { key, .. } => p.v("notice-prepared", "key", key),
    };
    let one = |u: &noout_core::notice::Update| Before {
        at: p.watch.when(u.at),
        stage: stage_word(p.t, u.stage),
        text: text(&u.words),
    };
    updates.iter().rev().map(one).collect()
}

fn exists(s: &State, about: About) -> bool {
    match about {
        About::Incident(id) => s.incident(id).is_some(),
        About::Maintenance(id) => s.maintenances.get(id).is_some(),
    }
}

fn form(seat: &Seat, about: About) -> Answer {
    let p = Page::new(seat, base(about).0);
    let made = seat.app.read(|s| exists(s, about).then(|| screen(s, p.clone(), about, &draft(s, about), false)));
    made.map(|s| html(&s)).ok_or_else(|| missing(p, base(about).1.rsplit('/').next().unwrap_or_default()))
}

async fn send(post: Post, about: About) -> Answer {
    let Post { seat, fields } = post;
    let (nav, back) = base(about);
    let page = || Page::new(&seat, nav);
    let path = format!("{back}/notice");
    let draft = sent(about, &fields).ok_or_else(|| invalid(page(), seat.t.s("trouble-form"), &path))?;
    let step = fields.get("step");
    if step != "send" {
        let p = page();
        return Ok(seat.app.read(|s| html(&screen(s, p, about, &draft, step == "preview"))));
    }
    let components = draft.components.iter().map(|c| c.parse()).collect::<Result<Vec<ComponentId>, _>>();
    let components = components.map_err(|why| invalid(page(), why.to_string(), &path))?;
    let post = PostNotice {
        about,
        title: fields.languages("title"),
        impact: draft.impact,
        components,
        stage: draft.stage,
        text: fields.languages("text"),
    };
    seat.command(Command::Notice(post)).await.map_err(|why| refused(page(), &why, &path))?;
    Ok(see_other(&back))
}

fn incident(seat: &Seat, id: &str) -> Result<About, axum::response::Response> {
    let id: IncidentId = id.parse().map_err(|_| missing(Page::new(seat, "incidents"), id))?;
    Ok(About::Incident(id))
}

fn maintenance(seat: &Seat, id: &str) -> Result<About, axum::response::Response> {
    let id: MaintenanceId = id.parse().map_err(|_| missing(Page::new(seat, "maintenance"), id))?;
    Ok(About::Maintenance(id))
}

async fn for_incident(seat: Seat, Path(id): Path<String>) -> Answer {
    form(&seat, incident(&seat, &id)?)
}

async fn for_maintenance(seat: Seat, Path(id): Path<String>) -> Answer {
    form(&seat, maintenance(&seat, &id)?)
}

async fn send_incident(Path(id): Path<String>, post: Post) -> Answer {
    let about = incident(&post.seat, &id)?;
    send(post, about).await
}

async fn send_maintenance(Path(id): Path<String>, post: Post) -> Answer {
    let about = maintenance(&post.seat, &id)?;
    send(post, about).await
}

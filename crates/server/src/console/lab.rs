//! The drill ground: things of the lab are broken and mended on purpose.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use noout_core::config::Role;
use noout_drivers::lab::{BREAK_WORDS, Break, Lab};
use noout_types::PlatformId;

use super::http::{Answer, html, invalid, missing, see_other};
use super::page::Page;
use super::seat::{Post, Seat};
use crate::App;

pub(super) fn router() -> Router<App> {
    Router::new().route("/lab/{platform}", get(show)).route("/lab/{platform}/{act}", post(act))
}

/// A thing that can be broken at one host: the command in words, and the button's text.
struct Button {
    what: String,
    word: String,
}

struct HostRow {
    host: String,
    buttons: Vec<Button>,
}

struct Kind {
    usage: &'static str,
    effect: &'static str,
}

#[derive(Template)]
#[template(path = "lab.html")]
struct Screen {
    p: Page,
    id: String,
    hosts: Vec<HostRow>,
    whole: Vec<Button>,
    broken: Vec<String>,
    kinds: Vec<Kind>,
}

/// Breaks of one host, with the key of their text.
const OF_HOST: [(&str, &str, &str); 7] = [
    ("fan", " FAN3", "lab-fan"),
    ("fan-dead", " FAN2", "lab-fan-dead"),
    ("bmc", "", "lab-bmc"),
    ("host", "", "lab-host"),
    ("mon", "", "lab-mon"),
    ("stuck-boot", "", "lab-stuck-boot"),
    ("host-noout", "", "lab-host-noout"),
];

/// Breaks of the whole platform.
const OF_ALL: [(&str, &str); 9] = [
    ("osd 0", "lab-osd"),
    ("mgr", "lab-mgr"),
    ("pg-inactive", "lab-pg"),
    ("nearfull", "lab-nearfull"),
    ("quorum", "lab-quorum"),
    ("cluster-noout", "lab-cluster-noout"),
    ("lost-reply", "lab-lost-reply"),
    ("lost-request", "lab-lost-request"),
    ("filtered-view", "lab-filtered"),
];

fn lab(seat: &Seat, id: &str) -> Result<Lab, axum::response::Response> {
    let p = || Page::new(seat, "lab");
    let id: PlatformId = id.parse().map_err(|_| missing(p(), id))?;
    seat.app.platforms().lab(&id).cloned().ok_or_else(|| missing(p(), id.as_str()))
}

async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let lab = lab(&seat, &id)?;
    let p = Page::new(&seat, "lab");
    let world = lab.world().map_err(|why| invalid(p.clone(), why.to_string(), "/"))?;
    let hosts = world.host_ids().map(|host| HostRow {
        host: host.to_string(),
        buttons: OF_HOST
            .iter()
            .map(|(word, rest, key)| Button { what: format!("{word} {host}{rest}"), word: p.s(key) })
            .collect(),
    });
    let screen = Screen {
        hosts: hosts.collect(),
        whole: OF_ALL.iter().map(|(what, key)| Button { what: (*what).to_owned(), word: p.s(key) }).collect(),
        broken: world.broken().map(ToString::to_string).collect(),
        kinds: BREAK_WORDS.iter().map(|(usage, effect)| Kind { usage, effect }).collect(),
        p: p.titled(seat.t.a("lab-title", &[("id", &id)])),
        id,
    };
    Ok(html(&screen))
}

async fn act(Path((id, act)): Path<(String, String)>, post: Post) -> Answer {
    let Post { seat, fields } = post;
    let lab = lab(&seat, &id)?;
    let back = format!("/lab/{id}");
    let p = || Page::new(&seat, "lab");
    let may = seat.app.read(|s| s.config.person(&seat.who).is_some_and(|person| person.role >= Role::Operator));
    if !may {
        return Err(super::http::plain(axum::http::StatusCode::FORBIDDEN, "this needs the role operator"));
    }
    let what = || fields.get("what").parse::<Break>().map_err(|why| invalid(p(), why.to_string(), &back));
    let done = match act.as_str() {
        "break" => lab.provoke(&what()?),
        "mend" => lab.mend(&what()?),
        "mend-all" => lab.mend_all(),
        _ => return Err(missing(p(), &act)),
    };
    done.map_err(|why| invalid(p(), noout_types::with_sources(&why), &back))?;
    Ok(see_other(&back))
}

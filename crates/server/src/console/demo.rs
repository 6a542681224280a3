//! The guide of `noout demo`: who you are, and what comes next in the story.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::post;
use noout_core::State;
use noout_core::maintenance::{Maintenance, Phase, StepKind};
use noout_types::PersonId;

use super::http::{Answer, own_path, plain, see_other, with_cookie};
use super::names::name;
use super::seat::{Post, Seat, sign_in};
use crate::App;
use crate::boot::Demo;

/// The slim bar above each page of the demo.
#[derive(Debug, Clone)]
pub(super) struct Guide {
    /// Who one is, with what that person is on call for.
    pub you: String,
    pub duty: String,
    /// Who else one may be: id and name.
    pub others: Vec<(String, String)>,
    /// What to do next.
    pub next: String,
    /// Where.
    pub link: Option<(String, String)>,
    /// The newest page on this person's phone: its path, and the words for it.
    pub phone: Option<(String, String)>,
}

pub(super) fn router() -> Router<App> {
    Router::new().route("/demo/be/{person}", post(be))
}

async fn be(Path(person): Path<String>, post: Post) -> Answer {
    let app = &post.seat.app;
    let missing = || plain(StatusCode::NOT_FOUND, "there is no such person in a demo here");
    let person: PersonId = person.parse().map_err(|_| missing())?;
    // Without a password, so only where nothing is real.
    let known = app.demo().is_some_and(|d| d.people.contains(&person));
    if !known {
        return Err(missing());
    }
    Ok(with_cookie(see_other(own_path(post.fields.get("back"))), &sign_in(app, &person)))
}

pub(super) fn guide(state: &State, demo: &Demo, seat: &Seat) -> Guide {
    let t = seat.t;
    let now = seat.app.now();
    let duties: Vec<_> = state
        .config
        .schedules
        .iter()
        .flat_map(|s| s.on_call(&state.overrides_of(&s.id), now))
        .filter(|on| on.people.contains(&seat.who))
        .map(|on| on.rotation)
        .collect();
    let others = demo.people.iter().filter(|p| **p != seat.who).map(|p| (p.to_string(), name(state, p))).collect();
    let (key, who, link) = next(state, seat);
    Guide {
        you: name(state, &seat.who),
        duty: if duties.is_empty() {
            t.s("guide-off-call")
        } else {
            t.a("guide-on-call", &[("what", &duties.join(", "))])
        },
        others,
        next: t.a(key, &[("who", &who)]),
        link: link.map(|(path, word)| (path, t.s(word))),
        phone: phone(demo, seat),
    }
}

fn phone(demo: &Demo, seat: &Seat) -> Option<(String, String)> {
    let inbox = demo.inbox.lock();
    let mine: Vec<_> = inbox.iter().filter(|page| page.person == seat.who).collect();
    let path = mine.last()?.ack_url.find("/p/").map(|at| mine[mine.len() - 1].ack_url[at..].to_owned())?;
    Some((path, seat.t.n("guide-phone", mine.len())))
}

type Next = (&'static str, String, Option<(String, &'static str)>);

fn next(state: &State, seat: &Seat) -> Next {
    if let Some(m) = state.maintenances.all().last() {
        return during(state, seat, m);
    }
    let sensor = |i: &&noout_core::incident::Incident| super::names::sensor_of(i).is_some();
    let Some(incident) = state.incidents.iter().filter(sensor).last() else {
        return ("guide-wait", String::new(), None);
    };
    let link = Some((format!("/incidents/{}", incident.opened.id), "guide-to-incident"));
    let key = if incident.is_triggered() { "guide-ack" } else { "guide-request" };
    (key, String::new(), link)
}

fn during(state: &State, seat: &Seat, m: &Maintenance) -> Next {
    let page = format!("/maintenance/{}", m.id);
    let to = |path: String, word| Some((path, word));
    let unowned = m.incident.and_then(|i| state.incidents.get(i)).filter(|i| i.is_triggered());
    if let Some(incident) = unowned.filter(|_| !m.phase.is_over()) {
        return ("guide-ack", String::new(), to(format!("/incidents/{}", incident.opened.id), "guide-to-incident"));
    }
    match m.phase {
        Phase::Planning => ("guide-planning", String::new(), to(page, "guide-to-plan")),
        Phase::Drafted => ("guide-propose", String::new(), to(page, "guide-to-plan")),
        Phase::Proposed => {
            let proposer = m.proposed_by.as_ref().and_then(|a| a.person());
            if proposer == Some(&seat.who) {
                let people = seat.app.demo().map(|d| d.people.clone()).unwrap_or_default();
                let other = people.iter().find(|p| Some(*p) != proposer);
                return ("guide-be", other.map(|p| name(state, p)).unwrap_or_default(), None);
            }
            ("guide-approve", String::new(), to(page, "guide-to-plan"))
        }
        Phase::Running => match m.current().map(|s| &s.kind) {
            Some(StepKind::WorkOrder | StepKind::HandsOff) => {
                ("guide-sign", String::new(), to(format!("/orders/{}", m.id), "guide-to-order"))
            }
            _ if m.hold.is_some() => ("guide-held", String::new(), to(page, "guide-to-run")),
            _ => ("guide-watch", m.host.to_string(), to(page, "guide-to-run")),
        },
        Phase::Done => ("guide-report", String::new(), to(format!("{page}/report"), "guide-to-report")),
        Phase::Cancelled => ("guide-again", String::new(), to("/maintenance".into(), "guide-to-plan")),
    }
}

//! The guide of `noout demo`: who you are, and what comes next in the story.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::post;
use noout_core::State;
use noout_core::incident::Incident;
use noout_core::maintenance::{Maintenance, Phase, StepKind};
use noout_types::PersonId;

use super::http::{Answer, own_path, plain, see_other, with_cookie};
use super::names::name;
use super::seat::{Post, Seat, sign_in};
use crate::App;
use crate::boot::Demo;

/// Steps of the story.
const STEPS: usize = 8;

/// The bar above each page of the demo: what comes next, and who one is.
#[derive(Debug, Clone)]
pub(super) struct Guide {
    /// Who one is, with what that person is on call for.
    pub you: String,
    pub duty: String,
    /// Who else one may be: id and name.
    pub others: Vec<(String, String)>,
    /// Which step of the story this is, from 1; none once it is over.
    pub step: Option<usize>,
    pub of: usize,
    /// What to do next.
    pub next: String,
    /// Where, the first before the others.
    pub links: Vec<Link>,
    /// The person to be next, with the page to see as them.
    pub be: Option<(String, String, String)>,
    /// What the page at hand outlines, because it has to be pressed now.
    pub show: &'static str,
    /// What customers see now.
    pub customers: Option<String>,
    /// The newest page on this person's phone: its path, and the words for it.
    pub phone: Option<(String, String)>,
}

/// A button of the guide.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub path: String,
    pub word: String,
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
    let next = next(state, seat);
    // A button that leads to where one is already would do nothing: the page says what to press instead.
    let here = next.links.iter().any(|(path, _)| *path == seat.path) && !next.show.is_empty();
    let words = if here { t.a(&format!("guide-here-{}", next.show), &[("host", &next.who)]) } else { String::new() };
    let links = next.links.iter().filter(|(path, _)| *path != seat.path);
    Guide {
        you: name(state, &seat.who),
        duty: if duties.is_empty() {
            t.s("guide-off-call")
        } else {
            t.a("guide-on-call", &[("what", &duties.join(", "))])
        },
        others,
        step: (next.step <= STEPS).then_some(next.step),
        of: STEPS,
        next: if here { words } else { t.a(next.key, &[("who", &next.who), ("host", &next.who)]) },
        links: links.map(|(path, word)| Link { path: path.clone(), word: t.s(word) }).collect(),
        be: next.be.map(|(id, back)| (id.to_string(), name(state, &id), back)),
        show: if here { next.show } else { "" },
        customers: demo.status.get().filter(|_| next.step >= 5).map(|at| format!("{at}{}/", t.0)),
        phone: phone(demo, seat),
    }
}

fn phone(demo: &Demo, seat: &Seat) -> Option<(String, String)> {
    let inbox = demo.inbox.lock();
    let mine: Vec<_> = inbox.iter().filter(|page| page.person == seat.who).collect();
    let last = mine.last()?;
    let path = last.ack_url.find("/p/").map(|at| last.ack_url[at..].to_owned())?;
    Some((path, seat.t.n("guide-phone", mine.len())))
}

/// Where the story stands.
#[derive(Default)]
struct Next {
    step: usize,
    key: &'static str,
    /// A name within the text.
    who: String,
    /// Path, and the key of the button's word.
    links: Vec<(String, &'static str)>,
    /// What is outlined once one is where the first link leads.
    show: &'static str,
    be: Option<(PersonId, String)>,
}

impl Next {
    fn new(step: usize, key: &'static str) -> Self {
        Self { step, key, ..Self::default() }
    }

    fn at(mut self, path: impl Into<String>, word: &'static str) -> Self {
        self.links.push((path.into(), word));
        self
    }

    fn show(mut self, what: &'static str) -> Self {
        self.show = what;
        self
    }

    fn who(mut self, who: impl ToString) -> Self {
        self.who = who.to_string();
        self
    }
}

fn next(state: &State, seat: &Seat) -> Next {
    if let Some(m) = state.maintenances.all().last() {
        return during(state, seat, m);
    }
    let sensor = |i: &&Incident| super::names::sensor_of(i).is_some();
    let Some(incident) = state.incidents.iter().filter(sensor).last() else {
        return Next::new(1, "guide-wait");
    };
    let page = format!("/incidents/{}", incident.opened.id);
    if incident.is_triggered() {
        return Next::new(2, "guide-ack").at(page, "guide-to-incident").show("ack");
    }
    Next::new(3, "guide-request").at(page, "guide-to-incident").show("plan")
}

fn during(state: &State, seat: &Seat, m: &Maintenance) -> Next {
    let page = format!("/maintenance/{}", m.id);
    let incident = m.incident.and_then(|i| state.incidents.get(i));
    if let Some(incident) = incident.filter(|i| i.is_triggered() && !m.phase.is_over()) {
        let page = format!("/incidents/{}", incident.opened.id);
        return Next::new(2, "guide-ack").at(page, "guide-to-incident").show("ack");
    }
    match m.phase {
        Phase::Planning => Next::new(3, "guide-planning").at(page, "guide-to-plan"),
        Phase::Drafted => Next::new(3, "guide-propose").at(page, "guide-to-plan").show("propose"),
        Phase::Proposed => second(seat, m, page),
        Phase::Running => match m.current().map(|s| &s.kind) {
            Some(StepKind::WorkOrder | StepKind::HandsOff) => {
                Next::new(6, "guide-sign").at(format!("/orders/{}", m.id), "guide-to-order").show("sign")
            }
            _ if m.hold.is_some() => Next::new(5, "guide-held").at(page, "guide-to-run").show("held"),
            _ if m.has_done(&StepKind::WorkOrder) => {
                Next::new(7, "guide-home").who(&m.host).at(page, "guide-to-run").show("watch")
            }
            _ => Next::new(5, "guide-watch").who(&m.host).at(page, "guide-to-run").show("watch"),
        },
        Phase::Done => after(m, incident, &page),
        Phase::Cancelled => Next::new(3, "guide-again").at("/maintenance", "guide-to-maintenance"),
    }
}

/// The plan waits for a second person: for this one, or for somebody whom one may be.
fn second(seat: &Seat, m: &Maintenance, page: String) -> Next {
    let proposer = m.proposed_by.as_ref().and_then(|a| a.person());
    if proposer != Some(&seat.who) {
        return Next::new(4, "guide-approve").who(&m.host).at(page, "guide-to-plan").show("approve");
    }
    let people = seat.app.demo().map(|d| d.people.as_slice()).unwrap_or_default();
    let other = people.iter().find(|p| Some(*p) != proposer).cloned();
    Next { be: other.map(|id| (id, page)), ..Next::new(4, "guide-be") }
}

/// The host is back: the report is to be read, and the incident to be closed.
fn after(m: &Maintenance, incident: Option<&Incident>, page: &str) -> Next {
    let report = format!("{page}/report");
    let Some(incident) = incident else {
        let lab = format!("/lab/{}", m.platform);
        return Next::new(STEPS + 1, "guide-end").at(lab, "guide-to-lab").at(report, "guide-to-report");
    };
    let path = format!("/incidents/{}", incident.opened.id);
    // The report stands outside the console, so that one can send it around: whoever comes back goes on from here.
    Next::new(8, "guide-report").who(&m.host).at(report, "guide-to-report").at(path, "guide-to-resolve").show("resolve")
}

//! What needs a person now, and who is there.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use noout_core::State;
use noout_core::config::PlatformKind;
use noout_core::incident::{Incident, Status};
use noout_core::maintenance::{Maintenance, Phase, StepState};
use noout_core::request::Request;
use noout_types::{PersonId, Span, Timestamp, Urgency};

use super::http::html;
use super::marks::{Mark, Tone};
use super::names::{actor, headline, host_of, incident_mark, name, names, phase_mark};
use super::page::Page;
use super::requests::{Row as RequestRow, interruption, open_rows as open_requests};
use super::seat::Seat;
use super::times::{Watch, When, stopwatch};
use super::views::look;
use super::words::T;
use crate::App;

/// A BMC that has not been read for longer than this is unknown.
pub(super) const SENSORS_STALE: Span = Span::from_mins(5);

/// Hosts that fit on the start page at a glance; more are on their own page.
const GLANCE: usize = 24;

/// Requests that the start page shows; the rest is counted.
const MAX_REQUESTS: usize = 8;

pub(super) fn router() -> Router<App> {
    Router::new().route("/", get(show))
}

/// Something that waits for a person.
pub(super) enum Waiting<'a> {
    Unowned(&'a Incident),
    Overdue(&'a Incident),
    Plan(&'a Maintenance),
    Held(&'a Maintenance),
    Hands(&'a Maintenance),
    Flag(&'a Maintenance),
    Watch(&'a Maintenance),
    Request(&'a Request),
}

/// Everything that waits for a person, the worst first.
pub(super) fn waiting(state: &State, _now: Timestamp) -> Vec<Waiting<'_>> {
    let mut all: Vec<(u8, Waiting<'_>)> = Vec::new();
    for i in state.incidents.iter() {
        match i.status {
            // What pages nobody waits behind all that does.
            Status::Triggered if !pages_people(state, i) => all.push((6, Waiting::Unowned(i))),
            Status::Triggered => all.push((3 - i.opened.severity as u8, Waiting::Unowned(i))),
            _ if i.deadline_passed => all.push((3, Waiting::Overdue(i))),
            _ => {}
        }
    }
    for m in state.maintenances.iter() {
        if !m.watch.is_empty() {
            all.push((2, Waiting::Watch(m)));
        }
        if m.noout.overdue && m.noout.is_ours() {
            all.push((2, Waiting::Flag(m)));
        }
        let human = m.is_running() && m.current().is_some_and(|s| s.kind.is_human());
        match m.phase {
            Phase::Drafted | Phase::Proposed => all.push((5, Waiting::Plan(m))),
            _ if m.hold.is_some() => all.push((4, Waiting::Held(m))),
            _ if human => all.push((4, Waiting::Hands(m))),
            _ => {}
        }
    }
    // What wants to interrupt planned work waits for somebody who takes it.
    all.extend(state.requests.open().filter(|r| r.presses() && r.owner.is_none()).map(|r| (4, Waiting::Request(r))));
    all.sort_by_key(|(weight, _)| *weight);
    all.into_iter().map(|(_, w)| w).collect()
}

fn pages_people(state: &State, i: &Incident) -> bool {
    i.opened.urgency == Urgency::High && state.paging.held_back(i.opened.id).is_none()
}

/// A line of "needs a person".
struct Need {
    mark: Mark,
    link: String,
    text: String,
    more: String,
    since: When,
    /// The incident that a button acknowledges.
    ack: Option<u64>,
    /// Who has it, for that button.
    owner: String,
}

struct Duty {
    schedule: String,
    have: usize,
    need: u32,
    short: bool,
    shifts: Vec<Shift>,
}

struct Shift {
    rotation: String,
    people: String,
    until: When,
    me: bool,
}

pub(super) struct Row {
    pub id: u64,
    pub mark: Mark,
    pub title: String,
    pub host: String,
    pub owner: String,
    pub alerts: u64,
    pub since: When,
    pub deadline: Option<When>,
    pub late: bool,
    pub triggered: bool,
    /// Why nobody is paged about it: held back, or of low urgency.
    pub quiet: String,
}

struct Run {
    id: u64,
    host: String,
    mark: Mark,
    step: String,
    done: usize,
    total: usize,
    flag: Option<Flag>,
}

/// Ceph's flag, as a running clock.
pub(super) struct Flag {
    pub set: bool,
    pub late: bool,
    pub iso: String,
    pub clock: String,
    pub until: Option<When>,
}

struct Source {
    name: String,
    mark: Mark,
    text: String,
}

#[derive(Template)]
#[template(path = "now.html")]
struct Screen {
    p: Page,
    needs: Vec<Need>,
    /// When the last incident ended; none if there never was one.
    last_ended: Option<When>,
    /// The hosts at a glance, where they are few enough for that.
    fleets: Vec<super::fleet::Platform>,
    duties: Vec<Duty>,
    incidents: Vec<Row>,
    runs: Vec<Run>,
    /// Planned work that stands still, or is to, and for which request.
    interruptions: Vec<(String, u64)>,
    requests: Vec<RequestRow>,
    requests_more: usize,
    sources: Vec<Source>,
    sensors: Vec<Source>,
}

async fn show(seat: Seat) -> Response {
    let lookable = seat.app.read(|s| {
        let with_hosts = s.config.platforms.iter().filter(|p| p.kind != PlatformKind::Ceph);
        with_hosts.map(|p| p.id.clone()).collect::<Vec<_>>()
    });
    let p = Page::new(&seat, "now");
    let mut sources = Vec::new();
    let mut fleets = Vec::new();
    for id in &lookable {
        let look = look(&seat.app, id).await;
        let mark = match look.fresh_at(p.watch.now) {
            Some(_) => Mark::new(Tone::Ok, p.s("fresh")),
            None => Mark::new(Tone::Unknown, p.s("unknown")),
        };
        let fleet = super::fleet::platform(&seat.app, &p, id, &look);
        let text = look.compute.map_or_else(|| p.s("never-read"), |c| p.watch.rel(c.taken_at));
        fleets.extend(Some(fleet).filter(|f| (1..=GLANCE).contains(&f.hosts())));
        sources.push(Source { name: id.to_string(), mark, text });
    }
    let sensors = sensors(&seat.app, &p);
    let screen = seat.app.read(|s| Screen {
        needs: waiting(s, p.watch.now).iter().map(|w| need(s, &p, w)).collect(),
        last_ended: last_ended(s).map(|at| p.watch.when(at)),
        fleets,
        duties: duties(s, &p, &seat),
        incidents: open_rows(s, &p),
        runs: s.maintenances.iter().filter(|m| m.is_running()).map(|m| run(p.t, &p.watch, m)).collect(),
        interruptions: s.requests.open().filter_map(|r| interruption(s, &p, r)).take(MAX_REQUESTS).collect(),
        requests_more: s.requests.open().count().saturating_sub(MAX_REQUESTS),
        requests: open_requests(s, &p, &seat).into_iter().take(MAX_REQUESTS).collect(),
        sources,
        sensors,
        p,
    });
    html(&screen)
}

fn last_ended(state: &State) -> Option<Timestamp> {
    let ended = state.closed.iter().filter_map(|i| match i.status {
        Status::Resolved { at, .. } => Some(at),
        Status::Acked { .. } | Status::Triggered => None,
    });
    ended.max()
}

fn need(state: &State, p: &Page, waiting: &Waiting<'_>) -> Need {
    let t = p.t;
    let maintenance = |m: &Maintenance, mark: Mark, key: &str, more: String, since: Timestamp, path: String| Need {
        mark,
        link: path,
        text: t.a(key, &[("host", m.host.as_str())]),
        more,
        since: p.watch.when(since),
        ack: None,
        owner: String::new(),
    };
    match waiting {
        Waiting::Unowned(i) => Need {
            mark: incident_mark(t, i),
            link: format!("/incidents/{}", i.opened.id),
            text: headline(state, &p.watch, i),
            more: Some(quiet(state, p, i)).filter(|q| !q.is_empty()).unwrap_or_else(|| paged(state, t, i)),
            since: p.watch.when(i.at),
            ack: Some(i.opened.id.0),
            owner: i.owner.as_ref().map(ToString::to_string).unwrap_or_default(),
        },
        Waiting::Overdue(i) => Need {
            mark: incident_mark(t, i),
            link: format!("/incidents/{}", i.opened.id),
            text: headline(state, &p.watch, i),
            more: t.s("need-overdue"),
            since: p.watch.when(i.deadline.unwrap_or(i.at)),
            ack: None,
            owner: String::new(),
        },
        Waiting::Plan(m) if m.phase == Phase::Drafted => {
            let link = format!("/maintenance/{}", m.id);
            maintenance(m, phase_mark(t, m), "need-propose", p.watch.say(&m.reason), m.sighted_at, link)
        }
        Waiting::Plan(m) => {
            let by = m.proposed_by.as_ref().map(|a| actor(state, t, a)).unwrap_or_default();
            let more = t.a("need-approve-more", &[("who", &by)]);
            maintenance(m, phase_mark(t, m), "need-approve", more, m.sighted_at, format!("/maintenance/{}", m.id))
        }
        Waiting::Held(m) => {
            let hold = m.hold.as_ref();
            let why = hold.map(|h| p.watch.say(&h.why)).unwrap_or_default();
            let since = hold.map_or(m.at, |h| h.at);
            maintenance(m, phase_mark(t, m), "need-held", why, since, format!("/maintenance/{}", m.id))
        }
        Waiting::Hands(m) => {
            let since = m.current().and_then(|s| s.since).unwrap_or(m.at);
            let mark = Mark::new(Tone::Maintenance, t.s("phase-hands"));
            maintenance(m, mark, "need-hands", t.s("need-hands-more"), since, format!("/orders/{}", m.id))
        }
        Waiting::Flag(m) => {
            let mark = Mark::new(Tone::Critical, t.s("severity-critical"));
            let since = m.noout.set_at.unwrap_or(m.at);
            maintenance(m, mark, "need-flag", t.s("need-flag-more"), since, format!("/maintenance/{}", m.id))
        }
        Waiting::Request(r) => Need {
            mark: Mark::new(Tone::Warn, t.s("pressure-interrupts")),
            link: format!("/requests/{}", r.id),
            text: t.a("need-request", &[("id", &r.id.to_string()), ("title", &r.title)]),
            more: t.a("need-request-more", &[("who", &r.from.to_string())]),
            since: p.watch.when(r.at),
            ack: None,
            owner: String::new(),
        },
        Waiting::Watch(m) => {
            let mark = Mark::new(Tone::Critical, t.s("severity-critical"));
            let more = m.watch.values().map(|said| p.watch.say(said)).collect::<Vec<_>>().join("; ");
            maintenance(m, mark, "need-watch", more, m.sighted_at, format!("/maintenance/{}", m.id))
        }
    }
}

/// Who has been told about an incident, and whether that arrived.
pub(super) fn paged(state: &State, t: T, incident: &Incident) -> String {
    let people: std::collections::BTreeSet<_> =
        state.paging.pages_of(incident.opened.id).map(|page| &page.person).collect();
    if people.is_empty() {
        return t.s("paged-nobody");
    }
    t.a("paged", &[("people", &names(state, people))])
}

fn duties(state: &State, p: &Page, seat: &Seat) -> Vec<Duty> {
    let now = p.watch.now;
    let one = |s: &noout_calendar::Schedule| {
        let on = s.on_call(&state.overrides_of(&s.id), now);
        let ready = |who: &&PersonId| state.is_ready_at(who, now);
        let have = state.on_call(&s.id, now).iter().filter(ready).count();
        Duty {
            schedule: s.id.to_string(),
            have,
            need: s.coverage,
            short: have < s.coverage as usize,
            shifts: on
                .into_iter()
                .map(|on| Shift {
                    me: on.people.contains(&seat.who),
                    people: names(state, &on.people),
                    until: p.watch.when(on.until),
                    rotation: on.rotation,
                })
                .collect(),
        }
    };
    state.config.schedules.iter().map(one).collect()
}

/// The open incidents, the worst first.
pub(super) fn open_rows(state: &State, p: &Page) -> Vec<Row> {
    let mut open: Vec<_> = state.incidents.iter().collect();
    open.sort_by_key(|i| (std::cmp::Reverse(i.opened.severity), !i.is_triggered(), i.at));
    open.into_iter().map(|i| row(state, p, i)).collect()
}

pub(super) fn row(state: &State, p: &Page, i: &Incident) -> Row {
    Row {
        id: i.opened.id.0,
        mark: incident_mark(p.t, i),
        title: headline(state, &p.watch, i),
        host: host_of(state, i).map(|h| h.to_string()).unwrap_or_default(),
        owner: i.owner.as_ref().filter(|_| !i.is_triggered()).map(|o| name(state, o)).unwrap_or_default(),
        alerts: i.alerts.len() as u64,
        since: p.watch.when(i.at),
        deadline: i.deadline.filter(|_| !matches!(i.status, Status::Resolved { .. })).map(|at| p.watch.when(at)),
        late: i.deadline_passed,
        triggered: i.is_triggered(),
        quiet: quiet(state, p, i),
    }
}

/// Why nobody is paged about an incident that nobody has; empty if people are.
fn quiet(state: &State, p: &Page, i: &Incident) -> String {
    match state.paging.held_back(i.opened.id) {
        _ if !i.is_triggered() => String::new(),
        Some(by) => super::names::held_back(p, by),
        None if i.opened.urgency == Urgency::Low => p.s("quiet-low"),
        None => String::new(),
    }
}

fn run(t: T, watch: &Watch, m: &Maintenance) -> Run {
    let done = m.steps.iter().filter(|s| matches!(s.state, StepState::Done { .. })).count();
    let step = m.current().map(|s| super::maintenance::step_words(t, &s.kind)).unwrap_or_default();
    Run {
        id: m.id.0,
        host: m.host.to_string(),
        mark: phase_mark(t, m),
        step,
        done,
        total: m.steps.len(),
        flag: flag(watch, m),
    }
}

/// The flag's clock, once it was set.
pub(super) fn flag(watch: &Watch, m: &Maintenance) -> Option<Flag> {
    let set_at = m.noout.set_at?;
    let end = m.noout.cleared_at;
    Some(Flag {
        set: end.is_none(),
        late: m.noout.overdue,
        iso: set_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        clock: stopwatch(Span::between(set_at, end.unwrap_or(watch.now))),
        until: m.noout.deadline.filter(|_| end.is_none()).map(|at| watch.when(at)),
    })
}

/// How fresh the readings of each host's sensors are.
fn sensors(app: &App, p: &Page) -> Vec<Source> {
    let hosts: Vec<_> = app.0.last_polls.lock().values().cloned().collect();
    let away: Vec<_> =
        app.read(|s| s.maintenances.iter().filter(|m| m.host_is_away()).map(|m| m.host.clone()).collect());
    let one = |poll: noout_core::platform::SensorPoll| {
        let old = Span::between(poll.taken_at, p.watch.now) > SENSORS_STALE;
        let mark = if away.contains(&poll.host) {
            Mark::new(Tone::Maintenance, p.s("phase-running"))
        } else if old || poll.readings.is_err() {
            Mark::new(Tone::Unknown, p.s("unknown"))
        } else {
            Mark::new(Tone::Ok, p.s("fresh"))
        };
        Source { name: poll.host.to_string(), mark, text: p.watch.rel(poll.taken_at) }
    };
    hosts.into_iter().map(one).collect()
}

//! The page view for the phone at three in the morning. Its link is the permission: one person, one incident, and the word
//! "all" for what else that person was paged about and nobody has.
//! Looking never acts, because mail scanners follow links. A plan is read here and decided upon by whoever is signed in: a
//! mail that two people can read must not be both the proposal and its approval.

mod all;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, Request, State as Extract};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use noout_core::engine::Command;
use noout_core::incident::{Incident, IncidentCommand, Status};
use noout_core::maintenance::{Maintenance, Phase};
use noout_core::{Actor, Input, State};
use noout_types::MaintenanceId;

use super::form::Fields;
use super::http::{Answer, html, html_with, invalid, refused, see_other};
use super::live::After;
use super::maintenance::{PlanView, acts, plan_view};
use super::names::{actor, headline, held_back, host_of, name, names, phase_mark, severity};
use super::orders::{OrderView, order_view};
use super::page::Page;
use super::seat::{fields, generation, language, session};
use super::times::{Watch, When};
use super::words::T;
use crate::App;
use crate::keys::Grant;

/// Lines of what noout already did: more do not fit above the button.
const MAX_DONE: usize = 4;

/// Customers named on the page; the rest is a number.
const MAX_CUSTOMERS: usize = 3;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/p/{token}", get(show))
        .route("/p/{token}/{act}", post(act))
        .route("/p/{token}/all", get(all::show).post(all::take))
        .route("/p/{token}/plan", get(plan))
        .route("/p/{token}/plan/{act}", post(plan_act))
        .route("/p/{token}/order", get(order))
        .route("/p/{token}/order/{act}", post(plan_act))
        .route("/p/{token}/live", get(live))
}

/// Whoever holds a page's link.
struct Holder {
    app: App,
    grant: Grant,
    token: String,
    page: Page,
}

impl Holder {
    fn new(app: &App, headers: &HeaderMap, token: &str) -> Result<Self, Response> {
        let outside = |title| Page::outside(app, language(headers, None), "/", title);
        let dead = |why: &crate::KeyError| {
            let expired = matches!(why, crate::KeyError::Expired);
            let p = outside("phone-dead");
            let text = p.s(if expired { "phone-expired" } else { "phone-forged" });
            html_with(StatusCode::FORBIDDEN, &Dead { p, text })
        };
        let grant = app.keys().read_grant(token, app.now()).map_err(|why| dead(&why))?;
        // A new password, "sign out everywhere" or another role ended it.
        if generation(app, &grant.person) != grant.generation {
            return Err(dead(&crate::KeyError::Expired));
        }
        let person = app.read(|s| s.config.person(&grant.person).cloned());
        let person = person.ok_or_else(|| dead(&crate::KeyError::Forged))?;
        let t = T(language(headers, Some(person.language)));
        let mut page = Page::outside(app, t.0, &format!("/p/{token}"), "phone-title");
        page.watch = Watch::new(app.now(), &person.timezone, t);
        page.csrf = app.keys().csrf(token);
        Ok(Self { app: app.clone(), grant, token: token.to_owned(), page })
    }

    fn base(&self) -> String {
        format!("/p/{}", self.token)
    }

    async fn command(&self, command: Command, back: &str) -> Result<(), Response> {
        let by = Actor::Person(self.grant.person.clone());
        let done = self.app.submit(Input::Command { by, command }).await;
        done.map(|_| ()).map_err(|why| refused(self.page.clone(), &why, back))
    }

    /// Whether the link's person is also signed in here.
    fn is_signed_in(&self, headers: &HeaderMap) -> bool {
        session(&self.app, headers, self.app.now()).is_some_and(|(s, _)| s.person == self.grant.person)
    }

    /// The maintenance of this incident, and of no other.
    fn maintenance<'a>(&self, s: &'a State) -> Option<&'a Maintenance> {
        let incident = self.grant.incident;
        let named = s.incident(incident).and_then(|i| i.maintenance).and_then(|id| s.maintenances.get(id));
        named.or_else(|| s.maintenances.all().filter(|m| m.incident == Some(incident)).last())
    }

    /// Only forms that this link's own pages carry.
    async fn form(&self, request: Request) -> Result<Fields, Response> {
        let fields = fields(request, &self.app).await?;
        if self.app.keys().csrf_holds(&self.token, fields.raw("csrf")) {
            Ok(fields)
        } else {
            Err(super::http::plain(StatusCode::FORBIDDEN, "the form is not ours: open the link again"))
        }
    }
}

#[derive(Template)]
#[template(path = "phone-dead.html")]
struct Dead {
    p: Page,
    text: String,
}

struct Choice {
    id: String,
    name: String,
}

struct Plan {
    word: String,
    path: String,
}

#[derive(Template)]
#[template(path = "phone.html")]
struct Screen {
    p: Page,
    id: u64,
    base: String,
    class: &'static str,
    severity: String,
    heading: String,
    text: String,
    since: When,
    hit: String,
    done: Vec<String>,
    runbook: String,
    runbook_link: bool,
    open: bool,
    /// The reader has it: since when.
    mine: Option<String>,
    /// Somebody else has it: who, and since when.
    other: Option<String>,
    owner_id: String,
    resolved: Option<(String, When)>,
    people: Vec<Choice>,
    /// Nobody has it, and the reader was paged and has not said yet that they are awake.
    can_be_awake: bool,
    /// Nobody has it, and the reader was paged: it can go to whoever is next.
    can_pass: bool,
    /// What the reader said last: awake, passed on, taken with others missing.
    said: String,
    /// What holds it back.
    held: Option<String>,
    /// All that waits for the reader, this one included.
    waiting: all::Waiting,
    /// How many of these are others.
    others: usize,
    plan: Option<Plan>,
    order: Option<String>,
    me: String,
}

async fn show(Extract(app): Extract<App>, Path(token): Path<String>, headers: HeaderMap) -> Answer {
    let holder = Holder::new(&app, &headers, &token)?;
    let screen = app.read(|s| s.incident(holder.grant.incident).map(|i| screen(s, &holder, i)));
    screen.map(|s| html(&s)).ok_or_else(|| {
        let mut p = holder.page.clone();
        p.title = p.s("phone-dead");
        let text = p.s("phone-gone");
        html_with(StatusCode::GONE, &Dead { p, text })
    })
}

fn screen(s: &State, holder: &Holder, i: &Incident) -> Screen {
    let p = holder.page.clone();
    let (t, me) = (p.t, &holder.grant.person);
    let owner = i.owner.as_ref().filter(|_| i.is_acked());
    let since = super::incidents::owned_at(i).map(|at| p.watch.exact(at));
    let has = owner.map(|owner| match (owner == me, since) {
        (true, Some(at)) => p.v("phone-yours", "at", &at),
        (true, None) => p.s("phone-yours-handed"),
        (false, Some(at)) => p.t.a("phone-theirs", &[("who", &name(s, owner)), ("at", &at)]),
        (false, None) => p.v("owned-by", "who", &name(s, owner)),
    });
    let is_mine = owner == Some(me);
    // Whoever is asked has it only once they say so.
    let asked = i.owner.as_ref().filter(|asked| i.is_triggered() && *asked != me);
    let has = has.or_else(|| asked.map(|asked| p.v("asked", "who", &name(s, asked))));
    let resolved = match &i.status {
        Status::Resolved { by, at } => Some((actor(s, t, by), p.watch.when(*at))),
        _ => None,
    };
    let maintenance = holder.maintenance(s).filter(|m| !m.phase.is_over());
    let waits = maintenance.filter(|m| matches!(m.phase, Phase::Drafted | Phase::Proposed));
    let runbook = i.opened.runbook.clone();
    let waiting = all::waiting(s, holder);
    let heading = headline(s, &p.watch, i);
    Screen {
        id: i.opened.id.0,
        base: holder.base(),
        class: super::marks::Tone::from(i.opened.severity).class(),
        severity: severity(t, i.opened.severity),
        heading: heading.clone(),
        text: super::names::text(&p.watch, i),
        since: p.watch.when(i.at),
        hit: hit(s, holder, i),
        done: already(s, &p, holder, i),
        runbook_link: runbook.starts_with("https://") || runbook.starts_with("http://"),
        runbook,
        open: resolved.is_none(),
        mine: has.clone().filter(|_| is_mine),
        other: has.filter(|_| !is_mine),
        owner_id: i.owner.as_ref().map(ToString::to_string).unwrap_or_default(),
        resolved,
        people: others(s, holder),
        can_be_awake: escalation(s, i).is_some_and(|e| e.paged.contains(me) && !e.awake.contains(me)),
        can_pass: escalation(s, i).is_some_and(|e| e.paged.contains(me) && !e.passed.contains(me)),
        said: said(s, &p, i, me),
        held: s.paging.held_back(i.opened.id).map(|by| held_back(&p, by)),
        others: waiting.n - usize::from(s.waiting_for(me).contains(&i.opened.id)).min(waiting.n),
        waiting,
        plan: waits.map(|m| Plan {
            word: t.a("phone-plan", &[("host", m.host.as_str()), ("state", &phase_mark(t, m).word)]),
            path: format!("{}/plan", holder.base()),
        }),
        order: maintenance
            .filter(|m| m.is_running() && m.current().is_some_and(|c| c.kind.is_human()))
            .map(|_| format!("{}/order", holder.base())),
        me: name(s, me),
        p: p.clone().titled(heading),
    }
}

/// How far it was told, while nobody has it.
fn escalation<'s>(s: &'s State, i: &Incident) -> Option<&'s noout_core::paging::Escalation> {
    s.paging.escalation(i.opened.id).filter(|_| i.is_triggered())
}

/// What the reader said about it, while nobody has it.
fn said(s: &State, p: &Page, i: &Incident, me: &noout_types::PersonId) -> String {
    let Some(e) = escalation(s, i) else { return String::new() };
    if i.acked_by.contains(me) {
        p.s("phone-acked-one")
    } else if e.passed.contains(me) {
        p.s("phone-passed")
    } else if e.awake.contains(me) {
        p.s("phone-awake")
    } else {
        String::new()
    }
}

/// Who is hit: the component by the name that customers know, else whose guests run on the host.
fn hit(s: &State, holder: &Holder, i: &Incident) -> String {
    let t = holder.page.t;
    if let Some(id) = &i.opened.component
        && let Some(c) = s.config.components.iter().find(|c| c.id == *id)
    {
        return c.name.get(t.0).to_owned();
    }
    let Some(host) = host_of(s, i) else { return t.s("phone-hit-unknown") };
    let looks = s.config.platforms.iter().map(|p| super::views::at_hand(&holder.app, &p.id));
    let Some(view) = looks.filter_map(|l| l.compute).find(|c| c.inventory.host(&host).is_some()) else {
        return t.a("phone-hit-host", &[("host", host.as_str())]);
    };
    let guests: Vec<_> = view.inventory.guests_on(&host).collect();
    let customers: std::collections::BTreeSet<_> = guests.iter().filter_map(|g| g.customer.as_ref()).collect();
    let first: Vec<_> = customers.iter().take(MAX_CUSTOMERS).map(ToString::to_string).collect();
    let rest = customers.len().saturating_sub(first.len());
    let list = if rest > 0 { format!("{} +{rest}", first.join(", ")) } else { first.join(", ") };
    t.a("phone-hit", &[("n", &guests.len().to_string()), ("host", host.as_str()), ("customers", &list)])
}

/// What noout already did.
fn already(s: &State, p: &Page, holder: &Holder, i: &Incident) -> Vec<String> {
    let mut done = Vec::new();
    let told: std::collections::BTreeSet<_> = s
        .paging
        .pages_of(i.opened.id)
        .map(|page| &page.person)
        .filter(|person| **person != holder.grant.person)
        .collect();
    if !told.is_empty() {
        done.push(p.v("phone-told", "people", &names(s, told)));
    }
    if i.alerts_total > 1 {
        done.push(p.t.n("phone-alerts", i.alerts_total));
    }
    done.extend(holder.maintenance(s).map(|m| super::names::planned(p.t.0, m)));
    done.truncate(MAX_DONE);
    done
}

fn others(s: &State, holder: &Holder) -> Vec<Choice> {
    let now = holder.page.watch.now;
    let on: std::collections::BTreeSet<_> =
        s.config.schedules.iter().flat_map(|schedule| s.on_call(&schedule.id, now)).collect();
    let mut people: Vec<_> = s.config.people.iter().filter(|p| p.id != holder.grant.person).collect();
    people.sort_by_key(|p| !on.contains(&p.id));
    people.into_iter().map(|p| Choice { id: p.id.to_string(), name: p.display().to_owned() }).collect()
}

async fn act(
    Extract(app): Extract<App>,
    Path((token, act)): Path<(String, String)>,
    headers: HeaderMap,
    request: Request,
) -> Answer {
    let holder = Holder::new(&app, &headers, &token)?;
    // The link itself is the secret that no other site knows, and an acknowledgement must work from a
    // notification's button too: so it needs no form.
    let fields =
        if act == "ack" { fields(request, &app).await.unwrap_or_default() } else { holder.form(request).await? };
    let (incident, back) = (holder.grant.incident, holder.base());
    if act == "ack"
        && fields.has("owner")
        && let Some(text) =
            app.read(|s| super::incidents::taken_meanwhile(s, &holder.page, incident, fields.get("owner")))
    {
        return Err(super::http::overtaken(holder.page.clone(), text, &back));
    }
    let trouble = || invalid(holder.page.clone(), holder.page.s("trouble-form"), &back);
    let command = match act.as_str() {
        "ack" => IncidentCommand::Ack(incident),
        "awake" => IncidentCommand::Awake(incident),
        // Without a name it goes to whoever is next.
        "pass-on" if fields.get("to").is_empty() => IncidentCommand::PassOn(incident),
        "pass-on" => IncidentCommand::HandOver { incident, to: fields.get("to").parse().map_err(|_| trouble())? },
        _ => return Err(trouble()),
    };
    holder.command(Command::Incident(command), &back).await?;
    Ok(see_other(&back))
}

#[derive(Template)]
#[template(path = "phone-plan.html")]
struct PlanScreen {
    p: Page,
    base: String,
    v: PlanView,
    state: String,
    /// Where the plan can be decided upon, for a reader who is not signed in.
    sign_in: Option<String>,
}

async fn plan(Extract(app): Extract<App>, Path(token): Path<String>, headers: HeaderMap) -> Answer {
    let holder = Holder::new(&app, &headers, &token)?;
    let base = format!("{}/plan", holder.base());
    let made = app.read(|s| {
        let m = holder.maintenance(s)?;
        let v = plan_view(s, &holder.page, &holder.grant.person, m, &base)?;
        Some((v, phase_mark(holder.page.t, m).word, m.id))
    });
    let Some((mut v, state, id)) = made else { return Ok(see_other(&holder.base())) };
    let p = holder.page.clone().titled(holder.page.v("phone-plan-title", "host", &v.host));
    let waits = v.can_propose || v.can_approve;
    let sign_in = (waits && !holder.is_signed_in(&headers)).then(|| format!("/maintenance/{id}"));
    if sign_in.is_some() {
        (v.can_propose, v.can_approve) = (false, false);
    }
    Ok(html(&PlanScreen { p, base: holder.base(), v, state, sign_in }))
}

/// The acts of plan and work order: on this incident's maintenance only, whatever the form says.
async fn plan_act(
    Extract(app): Extract<App>,
    Path((token, act)): Path<(String, String)>,
    headers: HeaderMap,
    request: Request,
) -> Answer {
    let holder = Holder::new(&app, &headers, &token)?;
    let place = if request.uri().path().contains("/order/") { "order" } else { "plan" };
    let back = format!("{}/{place}", holder.base());
    let fields = holder.form(request).await?;
    let id: Option<MaintenanceId> = app.read(|s| holder.maintenance(s).map(|m| m.id));
    let allowed: &[&str] = if place == "plan" { &["propose", "approve"] } else { &["tick", "order-note", "sign"] };
    let command = id.filter(|_| allowed.contains(&act.as_str())).and_then(|id| acts::command(id, &act, &fields));
    let command = command.ok_or_else(|| invalid(holder.page.clone(), holder.page.s("trouble-form"), &back))?;
    if let Some(id) = id.filter(|_| place == "plan" && !holder.is_signed_in(&headers)) {
        // The console asks for the sign-in and shows the plan.
        return Ok(see_other(&format!("/maintenance/{id}")));
    }
    holder.command(Command::Maintenance(command), &back).await?;
    Ok(see_other(&back))
}

#[derive(Template)]
#[template(path = "phone-order.html")]
struct OrderScreen {
    p: Page,
    base: String,
    o: OrderView,
}

async fn order(Extract(app): Extract<App>, Path(token): Path<String>, headers: HeaderMap) -> Answer {
    let holder = Holder::new(&app, &headers, &token)?;
    let view = app.read(|s| order_view(s, &app, &holder.page, holder.maintenance(s)?));
    let Some(o) = view else { return Ok(see_other(&holder.base())) };
    let p = holder.page.clone().titled(holder.page.v("order-title", "host", &o.host));
    Ok(html(&OrderScreen { p, base: holder.base(), o }))
}

async fn live(
    Extract(app): Extract<App>,
    Path(token): Path<String>,
    Query(After { after }): Query<After>,
    headers: HeaderMap,
) -> Answer {
    Holder::new(&app, &headers, &token)?;
    super::live::stream_for(&app, &token, after)
}

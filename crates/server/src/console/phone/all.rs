//! All that waits for whoever holds a page's link. A digest tells of sixty incidents in one message, and its link must
//! take them all: what is taken is what the form listed, so that nothing new is taken unread.

use std::collections::BTreeSet;

use askama::Template;
use axum::Json;
use axum::extract::{Path, Request, State as Extract};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse as _;
use noout_core::incident::{Incident, MAX_MANY};
use noout_core::{Actor, State};
use noout_types::IncidentId;

use super::super::form::Fields;
use super::super::http::{Answer, html, plain, refused, see_other};
use super::super::names::{headline, name};
use super::super::page::Page;
use super::super::seat::fields;
use super::Holder;
use crate::App;

/// Incidents of a list that are named; the rest is counted.
const MAX_NAMED: usize = 200;

/// An incident in a plain list.
pub(super) struct Line {
    pub id: u64,
    pub title: String,
    /// Who has it.
    pub who: String,
}

/// What waits for a person.
pub(super) struct Waiting {
    /// How many.
    pub n: usize,
    /// The first of them by name.
    pub named: Vec<Line>,
    /// All of them by number, for the form.
    pub ids: String,
}

pub(super) fn waiting(s: &State, holder: &Holder) -> Waiting {
    let ids: Vec<IncidentId> = s.waiting_for(&holder.grant.person).into_iter().take(MAX_MANY).collect();
    let found = ids.iter().filter_map(|id| s.incidents.get(*id));
    let named = found.take(MAX_NAMED).map(|i| line(s, &holder.page, i)).collect();
    let numbers: Vec<_> = ids.iter().map(|id| id.0.to_string()).collect();
    Waiting { n: ids.len(), named, ids: numbers.join(",") }
}

fn line(s: &State, p: &Page, i: &Incident) -> Line {
    let who = i.owner.as_ref().filter(|_| i.is_acked()).map(|owner| name(s, owner)).unwrap_or_default();
    Line { id: i.opened.id.0, title: headline(s, &p.watch, i), who }
}

#[derive(Template)]
#[template(path = "phone-all.html")]
struct Screen {
    p: Page,
    base: String,
    waiting: Waiting,
    mine: Vec<Line>,
    theirs: Vec<Line>,
    me: String,
}

pub(super) async fn show(Extract(app): Extract<App>, Path(token): Path<String>, headers: HeaderMap) -> Answer {
    let holder = Holder::new(&app, &headers, &token)?;
    let p = holder.page.clone().titled(holder.page.s("phone-all"));
    let screen = app.read(|s| {
        let me = &holder.grant.person;
        let told: BTreeSet<_> = s.paging.pages().filter(|page| page.person == *me).map(|page| page.incident).collect();
        let had = |mine: bool| {
            let open = told.iter().filter_map(|id| s.incidents.get(*id)).filter(|i| i.is_acked());
            let owned = open.filter(|i| (i.owner.as_ref() == Some(me)) == mine);
            owned.take(MAX_NAMED).map(|i| line(s, &p, i)).collect()
        };
        Screen {
            base: holder.base(),
            waiting: waiting(s, &holder),
            mine: had(true),
            theirs: had(false),
            me: name(s, me),
            p: p.clone(),
        }
    });
    Ok(html(&screen))
}

/// The numbers that a form listed.
fn listed(fields: &Fields) -> BTreeSet<IncidentId> {
    fields.get("incidents").split(',').filter_map(|number| number.trim().parse().ok()).collect()
}

/// Takes what the form listed. Without a form, as a notification's button sends it, all that waits: the link is the secret
/// that no other site knows. A program that accepts JSON is answered in it.
pub(super) async fn take(
    Extract(app): Extract<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Answer {
    let holder = Holder::new(&app, &headers, &token)?;
    // A form that broke off on its way is not "all": whoever sent it had read a list.
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let is_form =
        ["application/x-www-form-urlencoded", "multipart/form-data"].iter().any(|form| kind.starts_with(form));
    let fields = if is_form { fields(request, &app).await? } else { Fields::default() };
    let (waiting, told) = app.read(|s| {
        let told = s.paging.pages().filter(|page| page.person == holder.grant.person).map(|page| page.incident);
        (s.waiting_for(&holder.grant.person), told.collect::<BTreeSet<_>>())
    });
    let wanted = if fields.has("incidents") {
        // A link is for what its person was told of, whatever a form says.
        listed(&fields).intersection(&told).copied().collect()
    } else {
        waiting.into_iter().take(MAX_MANY).collect()
    };
    let by = Actor::Person(holder.grant.person.clone());
    let back = format!("{}/all", holder.base());
    let done = crate::many::take(&app, by, wanted).await;
    let accepts = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    match done {
        Ok(done) if accepts.contains("application/json") => Ok(Json(done).into_response()),
        Ok(_) => Ok(see_other(&back)),
        Err(crate::SubmitError::Gone) => {
            Err(plain(axum::http::StatusCode::SERVICE_UNAVAILABLE, "the journal cannot be written; nothing was taken"))
        }
        Err(why) => Err(refused(holder.page.clone(), &why, &back)),
    }
}

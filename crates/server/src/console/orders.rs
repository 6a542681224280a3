//! The work order: what the technician does, for the phone and for paper. Time never passes it.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use noout_core::State;
use noout_core::maintenance::{Maintenance, StepKind};
use noout_types::MaintenanceId;

use super::http::{Answer, html, missing, missing_because};
use super::names::name;
use super::page::Page;
use super::seat::Seat;
use super::times::When;
use crate::App;

pub(super) fn router() -> Router<App> {
    Router::new().route("/orders/{maintenance}", get(show))
}

pub(super) struct Item {
    pub code: String,
    pub text: String,
    pub hint: String,
    pub done: Option<(String, String)>,
}

pub(super) struct Note {
    pub at: When,
    pub who: String,
    pub text: String,
}

/// The work order with where to find the part.
pub(super) struct OrderView {
    pub id: u64,
    pub host: String,
    pub platform: String,
    pub domain: String,
    pub sensor: Option<String>,
    pub fault: String,
    pub items: Vec<Item>,
    pub left: usize,
    pub notes: Vec<Note>,
    pub signed: Option<(String, When)>,
    pub deadline: When,
    /// The step for the signature has come.
    pub due: bool,
    /// After an abort: only a word that nobody works on the host.
    pub hands_off: bool,
}

pub(super) fn order_view(s: &State, app: &App, p: &Page, m: &Maintenance) -> Option<OrderView> {
    let current = m.current().filter(|_| m.is_running()).map(|c| &c.kind);
    let hands_off = current == Some(&StepKind::HandsOff);
    let order = m.order.as_ref()?;
    let incident = m.incident.and_then(|id| s.incident(id));
    let sensor = incident.and_then(|i| super::names::sensor_of(i).map(|(_, sensor)| sensor.to_owned()));
    let look = super::views::at_hand(app, &m.platform);
    let host = look.compute.as_ref().and_then(|c| c.inventory.host(&m.host).cloned());
    let items: Vec<_> = order
        .items
        .iter()
        .map(|item| {
            let key = item.code.replace('_', "-");
            let done = item.by.as_ref().zip(item.at);
            Item {
                code: item.code.clone(),
                text: p.s(&format!("item-{key}")),
                hint: p.s(&format!("hint-{key}")),
                done: done.map(|(by, at)| (name(s, by), p.watch.exact(at))),
            }
        })
        .collect();
    Some(OrderView {
        id: m.id.0,
        host: m.host.to_string(),
        platform: m.platform.to_string(),
        domain: host.map(|h| h.domain().to_owned()).unwrap_or_default(),
        sensor,
        fault: incident.map_or_else(|| p.watch.say(&m.reason), |i| super::names::title(&p.watch, i)),
        left: items.iter().filter(|i| i.done.is_none()).count(),
        items,
        notes: order
            .notes
            .iter()
            .map(|(at, who, text)| Note { at: p.watch.when(*at), who: name(s, who), text: text.clone() })
            .collect(),
        signed: order.signed.as_ref().map(|(who, at)| (name(s, who), p.watch.when(*at))),
        deadline: p.watch.when(order.deadline),
        due: current == Some(&StepKind::WorkOrder) || hands_off,
        hands_off,
    })
}

#[derive(Template)]
#[template(path = "order.html")]
struct Screen {
    p: Page,
    o: OrderView,
    base: String,
    back: String,
}

async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let p = Page::new(&seat, "maintenance");
    let Ok(id) = id.parse::<MaintenanceId>() else { return Err(missing(p, &id)) };
    let view = seat.app.read(|s| order_view(s, &seat.app, &p, s.maintenances.get(id)?));
    let o = view.ok_or_else(|| missing_because(p.clone(), p.s("order-none")))?;
    let p = p.clone().titled(p.v("order-title", "host", &o.host));
    Ok(html(&Screen { p, o, base: format!("/maintenance/{id}"), back: format!("/orders/{id}") }))
}

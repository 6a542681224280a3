//! The fleet: hosts by failure domain, with their guests, OSDs and sensors. What is well is grey; what is not
//! known is never well.

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use noout_core::State;
use noout_core::config::PlatformKind;
use noout_core::platform::{SensorKind, SensorPoll};
use noout_detect::SensorState;
use noout_detect::intermittent::Key;
use noout_plan::{Host, HostState};
use noout_types::{HostId, PlatformId, Span};

use super::http::html;
use super::marks::{Bar, Cells, Mark, Tone};
use super::now::SENSORS_STALE;
use super::page::Page;
use super::seat::Seat;
use super::times::When;
use super::views::{Look, look};
use crate::App;

/// Guests that are drawn for one host; more are a number only.
const MAX_CELLS: usize = 96;

pub(super) fn router() -> Router<App> {
    Router::new().route("/fleet", get(show))
}

pub(super) struct Row {
    pub host: String,
    pub mark: Mark,
    pub guests: usize,
    pub cells: Cells,
    pub memory: Bar,
    pub memory_text: String,
    pub osds: Cells,
    pub osd_text: String,
    pub fans: Cells,
    pub fan_text: String,
    pub other_text: String,
    pub finding: Option<String>,
    pub incident: Option<u64>,
    pub maintenance: Option<u64>,
}

pub(super) struct Domain {
    pub name: String,
    pub rows: Vec<Row>,
}

pub(super) struct Platform {
    pub id: String,
    pub age: Option<When>,
    pub fresh: bool,
    pub trouble: Option<String>,
    pub storage: Option<Mark>,
    pub storage_text: String,
    pub flags: Vec<String>,
    pub domains: Vec<Domain>,
}

impl Platform {
    /// How many hosts it has.
    pub fn hosts(&self) -> usize {
        self.domains.iter().map(|d| d.rows.len()).sum()
    }
}

#[derive(Template)]
#[template(path = "fleet.html")]
struct Screen {
    p: Page,
    platforms: Vec<Platform>,
}

async fn show(seat: Seat) -> Response {
    let p = Page::new(&seat, "fleet");
    let ids: Vec<PlatformId> = seat
        .app
        .read(|s| s.config.platforms.iter().filter(|p| p.kind != PlatformKind::Ceph).map(|p| p.id.clone()).collect());
    let mut platforms = Vec::new();
    for id in &ids {
        let look = look(&seat.app, id).await;
        platforms.push(platform(&seat.app, &p, id, &look));
    }
    html(&Screen { p, platforms })
}

pub(super) fn platform(app: &App, p: &Page, id: &PlatformId, look: &Look) -> Platform {
    let fresh = look.fresh_at(p.watch.now).is_some();
    let mut domains: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    if let Some(view) = &look.compute {
        app.read(|s| {
            for host in &view.inventory.hosts {
                let row = row(app, s, p, look, host, fresh);
                domains.entry(host.domain().to_owned()).or_default().push(row);
            }
        });
    }
    let (storage, storage_text, flags) = storage(p, look, fresh);
    Platform {
        id: id.to_string(),
        age: look.compute.as_ref().map(|c| p.watch.when(c.taken_at)),
        fresh,
        trouble: look.trouble.clone(),
        storage,
        storage_text,
        flags,
        domains: domains.into_iter().map(|(name, rows)| Domain { name, rows }).collect(),
    }
}

fn storage(p: &Page, look: &Look, fresh: bool) -> (Option<Mark>, String, Vec<String>) {
    use noout_core::platform::Health;
    let Some(view) = &look.storage else { return (None, String::new(), Vec::new()) };
    let (tone, word) = match view.health {
        _ if !fresh => (Tone::Unknown, p.s("unknown")),
        Health::Ok => (Tone::Ok, "HEALTH_OK".to_owned()),
        Health::Warn => (Tone::Warn, "HEALTH_WARN".to_owned()),
        Health::Err => (Tone::Critical, "HEALTH_ERR".to_owned()),
    };
    let up = view.osds.iter().filter(|o| o.up).count();
    let mons = view.mons.iter().filter(|m| m.in_quorum).count();
    let pgs: Vec<_> = view.pgs.iter().filter(|(_, n)| **n > 0).map(|(state, n)| format!("{n} {state}")).collect();
    let numbers = [
        ("up", up.to_string()),
        ("osds", view.osds.len().to_string()),
        ("mons", mons.to_string()),
        ("all", view.mons.len().to_string()),
        ("pgs", pgs.join(", ")),
    ];
    let values: Vec<_> = numbers.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let mut flags: Vec<String> = view.cluster_flags.iter().filter(|f| *f == "noout").cloned().collect();
    flags.extend(
        view.host_flags
            .iter()
            .filter(|(_, f)| !f.is_empty())
            .map(|(host, f)| format!("{} ({host})", f.iter().cloned().collect::<Vec<_>>().join(", "))),
    );
    (Some(Mark::new(tone, word)), p.t.a("storage-line", &values), flags)
}

fn row(app: &App, s: &State, p: &Page, look: &Look, host: &Host, fresh: bool) -> Row {
    let view = look.compute.as_ref();
    let guests: Vec<_> = view.map(|v| v.inventory.guests_on(&host.id).collect()).unwrap_or_default();
    let taken: u64 = guests.iter().filter(|g| g.running).map(|g| g.memory_mib).sum();
    let maintenance = s.maintenances.iter().find(|m| m.host == host.id);
    let homes: Vec<_> = s.maintenances.iter().filter(|m| m.host != host.id).flat_map(|m| &m.homes).collect();
    let cells = guests.iter().take(MAX_CELLS).map(|g| {
        let class = if !g.running {
            "off"
        } else if homes.contains(&&g.id) {
            "moved"
        } else {
            "well"
        };
        let customer = g.customer.as_ref().map(ToString::to_string).unwrap_or_default();
        (class, format!("{} · {} MiB · {customer}", g.id, g.memory_mib))
    });
    let poll = app.last_poll(&host.id);
    let (fans, fan_text) = fans(s, p, &host.id, poll.as_ref(), maintenance.is_some_and(|m| m.host_is_away()));
    let (osds, osd_text) = osds(p, look, &host.id, maintenance.is_some_and(|m| m.host_is_away()));
    let finding = s.incidents.iter().find(|i| super::names::sensor_of(i).is_some_and(|(of, _)| of == host.id.as_str()));
    Row {
        host: host.id.to_string(),
        mark: mark(p, host, fresh, maintenance.is_some_and(|m| m.is_running()), finding),
        guests: guests.len(),
        cells: Cells(cells.collect()),
        memory: Bar::level(taken, host.memory_mib),
        memory_text: format!("{} / {}", taken / 1024, host.memory_mib / 1024),
        osds,
        osd_text,
        fans,
        fan_text,
        other_text: poll.map(|x| p.watch.rel(x.taken_at)).unwrap_or_default(),
        finding: finding.map(|i| super::names::title(&p.watch, i)),
        incident: finding.map(|i| i.opened.id.0),
        maintenance: maintenance.map(|m| m.id.0),
    }
}

fn mark(
    p: &Page,
    host: &Host,
    fresh: bool,
    maintained: bool,
    finding: Option<&noout_core::incident::Incident>,
) -> Mark {
    match (host.state, finding) {
        _ if !fresh => Mark::new(Tone::Unknown, p.s("unknown")),
        (HostState::Offline, _) if maintained => Mark::new(Tone::Maintenance, p.s("host-off")),
        (HostState::Offline, _) => Mark::new(Tone::Critical, p.s("host-down")),
        _ if maintained => Mark::new(Tone::Maintenance, p.s("phase-running")),
        (HostState::Maintenance, _) => Mark::new(Tone::Maintenance, p.s("phase-running")),
        (_, Some(i)) => Mark::new(i.opened.severity.into(), super::names::severity(p.t, i.opened.severity))
            .hollow(!i.is_triggered()),
        (HostState::Online, None) => Mark::new(Tone::Ok, p.s("host-up")),
    }
}

fn osds(p: &Page, look: &Look, host: &HostId, away: bool) -> (Cells, String) {
    let Some(view) = &look.storage else { return (Cells::default(), String::new()) };
    let all: Vec<_> = view.osds_of(host).collect();
    let up = all.iter().filter(|o| o.up).count();
    let cells = all.iter().map(|o| {
        let class = match (o.up, o.is_in) {
            (true, true) => "well",
            (true, false) => "off",
            // Down because we took the host out is no fault.
            (false, true) if away => "moved",
            (false, _) => "bad",
        };
        (class, format!("osd.{}", o.id))
    });
    let text = p.t.a("n-of", &[("n", &up.to_string()), ("all", &all.len().to_string())]);
    (Cells(cells.collect()), text)
}

/// The fans as squares: turning, doubtful, standing, unknown.
fn fans(s: &State, p: &Page, host: &HostId, poll: Option<&SensorPoll>, away: bool) -> (Cells, String) {
    let Some(poll) = poll else { return (Cells::default(), p.s("unknown")) };
    if away {
        return (Cells::default(), p.s("host-off"));
    }
    let Ok(readings) = &poll.readings else { return (Cells::default(), p.s("bmc-silent")) };
    let old = Span::between(poll.taken_at, p.watch.now) > SENSORS_STALE;
    let fans: Vec<_> = readings.iter().filter(|r| r.kind == SensorKind::Fan).collect();
    let mut good = 0;
    let mut cells = Vec::new();
    for fan in &fans {
        let key = Key { host: host.clone(), sensor: fan.sensor.clone() };
        let doubtful = s.sensors.fleet.finding(&key).is_some();
        let class = match fan.state {
            _ if old => "off",
            SensorState::Ok if doubtful => "doubt",
            SensorState::Ok => "well",
            SensorState::Bad => "bad",
            SensorState::Missing => "bad",
        };
        good += usize::from(class == "well" || class == "doubt");
        let value = fan.value.map(|v| format!("{v:.0} {}", fan.unit)).unwrap_or_else(|| "–".into());
        cells.push((class, format!("{} {value}", fan.sensor)));
    }
    let text =
        if old { p.s("unknown") } else { p.t.a("n-of", &[("n", &good.to_string()), ("all", &fans.len().to_string())]) };
    (Cells(cells), text)
}

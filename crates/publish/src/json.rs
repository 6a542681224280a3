//! The status page in the shape of Atlassian Statuspage's public API v2, so that what reads those reads this.

use noout_types::{Lang, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use crate::MAX_CLOSED;
use crate::model::{Change, Component, Notice, Planned, Stage, StatusPage, Update, is_active};
use crate::words::{printable, say, zone_of};

/// Which incidents a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncidentFilter {
    /// All open ones and the last closed ones.
    All,
    /// Those that are not resolved.
    Unresolved,
}

/// Which maintenances a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaintenanceFilter {
    /// All coming ones and the last completed ones.
    All,
    /// Those that are announced.
    Upcoming,
    /// Those under way.
    Active,
}

#[derive(Serialize)]
struct PageJson<'a> {
    id: &'a str,
    name: String,
    url: &'a str,
    time_zone: &'a str,
    updated_at: String,
}

#[derive(Serialize)]
struct ComponentJson<'a> {
    id: &'a str,
    name: String,
    status: &'static str,
    created_at: String,
    updated_at: String,
    position: usize,
    description: Option<String>,
    showcase: bool,
    start_date: String,
    group_id: Option<&'a str>,
    page_id: &'a str,
    group: bool,
    only_show_if_degraded: bool,
}

#[derive(Serialize)]
struct NoticeJson<'a> {
    id: &'a str,
    name: String,
    status: &'static str,
    impact: &'static str,
    created_at: String,
    updated_at: String,
    monitoring_at: Option<String>,
    resolved_at: Option<String>,
    started_at: String,
    shortlink: String,
    page_id: &'a str,
    incident_updates: Vec<UpdateJson<'a>>,
    components: Vec<ComponentJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_for: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_until: Option<String>,
}

#[derive(Serialize)]
struct UpdateJson<'a> {
    id: &'a str,
    status: &'static str,
    body: String,
    incident_id: &'a str,
    created_at: String,
    updated_at: String,
    display_at: String,
    affected_components: Vec<ChangeJson<'a>>,
    deliver_notifications: bool,
    custom_tweet: Option<String>,
    tweet_id: Option<String>,
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    code: &'a str,
    name: String,
    old_status: &'static str,
    new_status: &'static str,
}

/// One page in one language.
struct Writer<'a> {
    page: &'a StatusPage,
    lang: Lang,
}

impl<'a> Writer<'a> {
    fn time(&self, at: Timestamp) -> String {
        at.to_zoned(zone_of(&self.page.time_zone)).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
    }

    fn date(&self, at: Timestamp) -> String {
        at.to_zoned(zone_of(&self.page.time_zone)).strftime("%Y-%m-%d").to_string()
    }

    fn head(&self) -> PageJson<'a> {
        let page = self.page;
        PageJson {
            id: &page.id,
            name: printable(&page.name),
            url: &page.url,
            time_zone: &page.time_zone,
            updated_at: self.time(page.generated_at),
        }
    }

    fn status(&self) -> Value {
        let indicator = self.page.indicator();
        json!({"indicator": indicator.statuspage(), "description": say(self.lang, indicator.key(), &[])})
    }

    fn component(&self, component: &'a Component) -> ComponentJson<'a> {
        let place = self.page.components.iter().position(|c| c.id == component.id).unwrap_or_default();
        ComponentJson {
            id: component.id.as_str(),
            name: component.name.text(self.lang),
            status: self.page.status_of(component).statuspage(),
            created_at: self.time(component.created_at),
            updated_at: self.time(self.page.since_of(component)),
            position: place + 1,
            description: component.description.as_ref().map(|d| d.text(self.lang)),
            showcase: true,
            start_date: self.date(component.created_at),
            group_id: None,
            page_id: &self.page.id,
            group: false,
            only_show_if_degraded: false,
        }
    }

    fn components(&self) -> Vec<ComponentJson<'a>> {
        self.page.components.iter().map(|c| self.component(c)).collect()
    }

    fn change(&self, change: &'a Change) -> Option<ChangeJson<'a>> {
        let component = self.page.component(&change.component)?;
        Some(ChangeJson {
            code: change.component.as_str(),
            name: component.name.text(self.lang),
            old_status: change.from.statuspage(),
            new_status: change.to.statuspage(),
        })
    }

    fn update(&self, notice: &'a Notice, update: &'a Update) -> UpdateJson<'a> {
        let at = self.time(update.at);
        UpdateJson {
            id: &update.id,
            status: update.stage.statuspage(),
            body: update.words.text(self.lang),
            incident_id: &notice.id,
            created_at: at.clone(),
            updated_at: at.clone(),
            display_at: at,
            affected_components: update.changes.iter().filter_map(|c| self.change(c)).collect(),
            deliver_notifications: true,
            custom_tweet: None,
            tweet_id: None,
        }
    }

    fn notice(&self, notice: &'a Notice, kind: &str) -> NoticeJson<'a> {
        let created = notice.updates.first().map_or(notice.started_at, |u| u.at);
        NoticeJson {
            id: &notice.id,
            name: notice.title.text(self.lang),
            status: notice.stage().statuspage(),
            impact: notice.impact.statuspage(),
            created_at: self.time(created),
            updated_at: self.time(notice.updated_at()),
            monitoring_at: notice.reached(&[Stage::Monitoring, Stage::Verifying]).map(|at| self.time(at)),
            resolved_at: notice.reached(&[Stage::Resolved, Stage::Completed]).map(|at| self.time(at)),
            started_at: self.time(notice.started_at),
            shortlink: format!("{}/{}/#{kind}-{}", self.page.url, self.lang, notice.id),
            page_id: &self.page.id,
            // The newest comes first there.
            incident_updates: notice.updates.iter().rev().map(|u| self.update(notice, u)).collect(),
            components: notice
                .components
                .iter()
                .filter_map(|id| self.page.component(id))
                .map(|c| self.component(c))
                .collect(),
            scheduled_for: None,
            scheduled_until: None,
        }
    }

    fn planned(&self, planned: &'a Planned) -> NoticeJson<'a> {
        let mut json = self.notice(&planned.notice, "maintenance");
        // What is announced hurts nobody unless somebody says so: then the impact is named.
        if json.impact == "none" {
            json.impact = "maintenance";
        }
        json.scheduled_for = Some(self.time(planned.scheduled_for));
        json.scheduled_until = Some(self.time(planned.scheduled_until));
        json
    }

    fn incidents(&self, filter: IncidentFilter) -> Vec<NoticeJson<'a>> {
        let open = self.page.open_incidents();
        let closed = self.page.incidents.iter().rev().filter(|n| n.stage().is_final()).take(MAX_CLOSED);
        let mut found: Vec<&Notice> = match filter {
            IncidentFilter::Unresolved => open.collect(),
            IncidentFilter::All => open.chain(closed).collect(),
        };
        found.sort_by_key(|n| std::cmp::Reverse(n.started_at));
        found.into_iter().map(|n| self.notice(n, "incident")).collect()
    }

    fn maintenances(&self, filter: MaintenanceFilter) -> Vec<NoticeJson<'a>> {
        let mut found: Vec<&Planned> = self.page.coming();
        found.retain(|m| match filter {
            MaintenanceFilter::All => true,
            MaintenanceFilter::Upcoming => !is_active(m.notice.stage()),
            MaintenanceFilter::Active => is_active(m.notice.stage()),
        });
        if filter == MaintenanceFilter::All {
            let done = self.page.maintenances.iter().rev().filter(|m| m.notice.stage().is_final());
            found.extend(done.take(MAX_CLOSED));
        }
        found.into_iter().map(|m| self.planned(m)).collect()
    }
}

/// `summary.json`: everything that is open or coming.
#[must_use]
pub fn summary_json(page: &StatusPage, lang: Lang) -> Value {
    let writer = Writer { page, lang };
    json!({
        "page": writer.head(),
        "status": writer.status(),
        "components": writer.components(),
        "incidents": writer.incidents(IncidentFilter::Unresolved),
        "scheduled_maintenances": page.coming().into_iter().map(|m| writer.planned(m)).collect::<Vec<_>>(),
    })
}

/// `status.json`: how it all is.
#[must_use]
pub fn status_json(page: &StatusPage, lang: Lang) -> Value {
    let writer = Writer { page, lang };
    json!({"page": writer.head(), "status": writer.status()})
}

/// `components.json`.
#[must_use]
pub fn components_json(page: &StatusPage, lang: Lang) -> Value {
    let writer = Writer { page, lang };
    json!({"page": writer.head(), "components": writer.components()})
}

/// `incidents.json` and `incidents/unresolved.json`, the newest first.
#[must_use]
pub fn incidents_json(page: &StatusPage, lang: Lang, filter: IncidentFilter) -> Value {
    let writer = Writer { page, lang };
    json!({"page": writer.head(), "incidents": writer.incidents(filter)})
}

/// `scheduled-maintenances.json`, `scheduled-maintenances/upcoming.json` and `…/active.json`.
#[must_use]
pub fn scheduled_maintenances_json(page: &StatusPage, lang: Lang, filter: MaintenanceFilter) -> Value {
    let writer = Writer { page, lang };
    json!({"page": writer.head(), "scheduled_maintenances": writer.maintenances(filter)})
}

#[cfg(test)]
mod tests;

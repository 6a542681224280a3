//! The status page as one self-contained file: inline CSS, no script, readable when everything else is down.

use askama::Template;
use noout_types::Lang;

use crate::model::{Notice, Planned, StatusPage};
use crate::words::{local, printable, say};
use crate::{MAX_CLOSED, RenderError};

/// A text with the language in which it really is.
struct Spoken {
    text: String,
    /// Set where the language differs from the page's.
    lang: Option<&'static str>,
}

struct Row {
    shape: &'static str,
    word: String,
    name: Spoken,
    description: Option<Spoken>,
    since: String,
    since_iso: String,
}

struct Entry {
    anchor: String,
    title: Spoken,
    shape: &'static str,
    stage: String,
    affected: String,
    window: String,
    updates: Vec<Told>,
}

struct Told {
    stage: String,
    at: String,
    at_iso: String,
    paragraphs: Vec<String>,
    lang: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "status.html")]
struct Page {
    lang: Lang,
    name: String,
    css: &'static str,
    headline: String,
    shape: &'static str,
    published: String,
    published_iso: String,
    next_by: String,
    next_by_iso: String,
    rows: Vec<Row>,
    open: Vec<Entry>,
    coming: Vec<Entry>,
    closed: Vec<Entry>,
}

impl Page {
    /// One of the frame's texts, for the template.
    fn t(&self, key: &str) -> String {
        say(self.lang, key, &[])
    }
}

struct Writer<'a> {
    page: &'a StatusPage,
    lang: Lang,
}

impl Writer<'_> {
    fn spoken(&self, words: &crate::Words) -> Spoken {
        let (text, lang) = words.say(self.lang);
        Spoken { text, lang: (lang != self.lang).then(|| lang.code()) }
    }

    fn rows(&self) -> Vec<Row> {
        let page = self.page;
        let row = |component: &crate::Component| {
            let status = page.status_of(component);
            let since = page.since_of(component);
            let at = local(since, &page.time_zone);
            Row {
                shape: status.shape(),
                word: say(self.lang, status.key(), &[]),
                name: self.spoken(&component.name),
                description: component.description.as_ref().map(|d| self.spoken(d)),
                since: say(self.lang, "since", &[("at", &at)]),
                since_iso: since.to_string(),
            }
        };
        page.components.iter().map(row).collect()
    }

    fn entry(&self, notice: &Notice, kind: &str, shape: &'static str) -> Entry {
        let names: Vec<String> =
            notice.components.iter().filter_map(|id| self.page.component(id)).map(|c| c.name.text(self.lang)).collect();
        let told = |update: &crate::Update| {
            let words = self.spoken(&update.words);
            Told {
                stage: self.stage(update.stage),
                at: local(update.at, &self.page.time_zone),
                at_iso: update.at.to_string(),
                paragraphs: words.text.lines().filter(|l| !l.trim().is_empty()).map(str::to_owned).collect(),
                lang: words.lang,
            }
        };
        Entry {
            anchor: format!("{kind}-{}", notice.id),
            title: self.spoken(&notice.title),
            shape: if notice.stage().is_final() { "ok" } else { shape },
            stage: self.stage(notice.stage()),
            affected: if names.is_empty() {
                String::new()
            } else {
                say(self.lang, "affected", &[("names", &names.join(", "))])
            },
            window: String::new(),
            updates: notice.updates.iter().rev().map(told).collect(),
        }
    }

    fn incident(&self, notice: &Notice) -> Entry {
        let shape = match notice.impact {
            crate::Impact::Critical => "critical",
            crate::Impact::None | crate::Impact::Minor | crate::Impact::Major => "warn",
        };
        self.entry(notice, "incident", shape)
    }

    fn planned(&self, planned: &Planned) -> Entry {
        let zone = &self.page.time_zone;
        let (from, until) = (local(planned.scheduled_for, zone), local(planned.scheduled_until, zone));
        let window = say(self.lang, "window", &[("from", &from), ("until", &until)]);
        Entry { window, ..self.entry(&planned.notice, "maintenance", "maintenance") }
    }

    fn stage(&self, stage: crate::Stage) -> String {
        crate::words::stage_words(stage, self.lang)
    }

    /// What is over, incidents and maintenances together, the newest first.
    fn closed(&self) -> Vec<Entry> {
        let incidents = self.page.incidents.iter().filter(|n| n.stage().is_final());
        let planned = self.page.maintenances.iter().filter(|m| m.notice.stage().is_final());
        let mut all: Vec<_> = incidents.map(|n| (n.updated_at(), self.incident(n))).collect();
        all.extend(planned.map(|m| (m.notice.updated_at(), self.planned(m))));
        all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        all.into_iter().map(|(_, entry)| entry).take(MAX_CLOSED).collect()
    }
}

/// The status page in one language. Its links are `/{lang}/`, `/history.rss`, `/history.atom` and `/maintenance.ics`, without
/// a host, so that a copy elsewhere leads to that copy's own files.
///
/// # Errors
/// A template fails, which is a defect of noout.
pub fn html(page: &StatusPage, lang: Lang) -> Result<String, RenderError> {
    let writer = Writer { page, lang };
    let indicator = page.indicator();
    let drawn = Page {
        lang,
        name: printable(&page.name),
        css: include_str!("../templates/status.css"),
        headline: say(lang, indicator.key(), &[]),
        shape: indicator.shape(),
        published: local(page.generated_at, &page.time_zone),
        published_iso: page.generated_at.to_string(),
        next_by: local(page.next_by, &page.time_zone),
        next_by_iso: page.next_by.to_string(),
        rows: writer.rows(),
        open: page.open_incidents().map(|n| writer.incident(n)).collect(),
        coming: page.coming().into_iter().map(|m| writer.planned(m)).collect(),
        closed: writer.closed(),
    };
    Ok(drawn.render()?)
}

#[derive(Template)]
#[template(path = "nothing-here.html")]
struct NothingHere {
    lang: Lang,
    css: &'static str,
    title: String,
    why: String,
    to_status: String,
}

/// What stands where there is nothing: the way to the status page.
///
/// # Errors
/// A template fails, which is a defect of noout.
pub fn nothing_here(lang: Lang) -> Result<String, RenderError> {
    let text = |key| say(lang, key, &[]);
    let css = include_str!("../templates/status.css");
    let (title, why, to_status) = (text("nothing-here"), text("nothing-here-why"), text("to-status"));
    Ok(NothingHere { lang, css, title, why, to_status }.render()?)
}

#[cfg(test)]
mod tests;

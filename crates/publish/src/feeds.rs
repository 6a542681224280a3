//! Atom and RSS: one entry a notice, the whole story of it inside, in one language.

use askama::Template;
use noout_types::{Lang, Timestamp};

use crate::model::{Notice, StatusPage};
use crate::words::{local, printable, say, zone_of};
use crate::{MAX_CLOSED, RenderError};

struct Entry {
    id: String,
    link: String,
    title: String,
    text: String,
    published: Timestamp,
    updated: Timestamp,
}

#[derive(Template)]
#[template(path = "feed.atom.xml")]
struct Atom<'a> {
    page: &'a StatusPage,
    lang: Lang,
    name: String,
    title: String,
    entries: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "feed.rss.xml")]
struct Rss<'a> {
    page: &'a StatusPage,
    lang: Lang,
    title: String,
    entries: Vec<Entry>,
}

impl Rss<'_> {
    /// The date format of RSS (RFC 822).
    fn date(&self, at: &Timestamp) -> String {
        at.to_zoned(zone_of("UTC")).strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
    }
}

fn entries(page: &StatusPage, lang: Lang) -> Vec<Entry> {
    let entry = |notice: &Notice, kind: &str, window: Option<String>| {
        let told = notice.updates.iter().rev().map(|update| {
            let stage = say(lang, &update.stage.statuspage().replace('_', "-"), &[]);
            format!("{stage} · {}\n{}", local(update.at, &page.time_zone), update.words.text(lang))
        });
        let text: Vec<String> = window.into_iter().chain(told).collect();
        let link = format!("{}/{lang}/#{kind}-{}", page.url, notice.id);
        Entry {
            id: format!("{}/{kind}/{}", page.url, notice.id),
            link,
            title: notice.title.text(lang),
            text: text.join("\n\n"),
            published: notice.updates.first().map_or(notice.started_at, |u| u.at),
            updated: notice.updated_at(),
        }
    };
    let incidents = page.incidents.iter().map(|n| entry(n, "incident", None));
    let planned = page.maintenances.iter().map(|m| {
        let (from, until) = (local(m.scheduled_for, &page.time_zone), local(m.scheduled_until, &page.time_zone));
        entry(&m.notice, "maintenance", Some(say(lang, "window", &[("from", &from), ("until", &until)])))
    });
    let mut all: Vec<Entry> = incidents.chain(planned).collect();
    all.sort_by_key(|e| std::cmp::Reverse(e.updated));
    all.truncate(MAX_CLOSED);
    all
}

fn title(page: &StatusPage, lang: Lang) -> String {
    say(lang, "feed-title", &[("name", &printable(&page.name))])
}

/// `/history.atom` in one language.
///
/// # Errors
/// A template fails, which is a defect of noout.
pub fn atom(page: &StatusPage, lang: Lang) -> Result<String, RenderError> {
    let (name, title, entries) = (printable(&page.name), title(page, lang), entries(page, lang));
    Ok(Atom { page, lang, name, title, entries }.render()?)
}

/// `/history.rss` in one language.
///
/// # Errors
/// A template fails, which is a defect of noout.
pub fn rss(page: &StatusPage, lang: Lang) -> Result<String, RenderError> {
    Ok(Rss { page, lang, title: title(page, lang), entries: entries(page, lang) }.render()?)
}

#[cfg(test)]
mod tests;

//! The value report: what was measured, what is estimated, and what is not claimed, each line with its evidence.
//!
//! The report's worth is that it can be checked. A column that is empty says so; a text without evidence says so; and
//! the column of what is not claimed is never left out.

use askama::Template;
use noout_types::{Lang, Said, Timestamp};

use crate::RenderError;
use crate::words::{Words, local, printable, say, zone_of};

/// How sure a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// Read from the platform.
    Measured,
    /// Calculated, as a range, with what it rests on.
    Estimated,
    /// What is not said, although it might please.
    NotClaimed,
}

impl Certainty {
    const ALL: [Self; 3] = [Self::Measured, Self::Estimated, Self::NotClaimed];

    fn key(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Estimated => "estimated",
            Self::NotClaimed => "not-claimed",
        }
    }
}

/// Where a line can be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What is read there, for example `#412`.
    pub label: String,
    /// A web address, or a path that begins with `/`. Anything else is shown without a link.
    pub href: String,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportLine {
    /// Its column.
    pub certainty: Certainty,
    /// What it says. What has no text is shown as it was recorded: what was measured is never left out.
    pub said: Said,
    /// What proves it.
    pub evidence: Vec<Evidence>,
}

impl ReportLine {
    /// A line.
    #[must_use]
    pub fn said(certainty: Certainty, said: Said, evidence: Vec<Evidence>) -> Self {
        Self { certainty, said, evidence }
    }

    fn text(&self, lang: Lang, zone: &str) -> String {
        printable(&noout_words::say_in(&self.said, lang, &zone_of(zone)))
    }
}

/// A report's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportInput {
    /// Who reports.
    pub provider: String,
    /// For whom; nobody in particular when it is absent.
    pub customer: Option<String>,
    /// What about: "Maintenance 3", for example.
    pub subject: Words,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// The zone of all times shown (IANA).
    pub time_zone: String,
    /// When the report was made.
    pub generated_at: Timestamp,
    /// The lines, in the order in which they are shown within their column.
    pub lines: Vec<ReportLine>,
    /// The way back to where the reader came from; not printed.
    pub back: Option<Evidence>,
}

/// More links than these are folded: a line is read for what it says.
const SHOWN_EVIDENCE: usize = 3;

struct Line {
    text: String,
    evidence: Vec<Evidence>,
    /// Set where the evidence is folded: how much there is.
    folded: Option<String>,
}

struct Column {
    key: &'static str,
    title: String,
    about: String,
    empty: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    lang: Lang,
    css: &'static str,
    provider: String,
    customer: Option<String>,
    title: String,
    subject: String,
    period: String,
    generated: String,
    columns: Vec<Column>,
    evidence: String,
    no_evidence: String,
    back: Option<Evidence>,
}

fn columns(input: &ReportInput, lang: Lang) -> Vec<Column> {
    Certainty::ALL
        .into_iter()
        .map(|certainty| {
            let key = certainty.key();
            let lines = input.lines.iter().filter(|l| l.certainty == certainty);
            Column {
                key,
                title: say(lang, key, &[]),
                about: say(lang, &format!("{key}-about"), &[]),
                empty: say(lang, &format!("{key}-empty"), &[]),
                lines: lines.map(|l| line(l, lang, &input.time_zone)).collect(),
            }
        })
        .collect()
}

fn line(line: &ReportLine, lang: Lang, zone: &str) -> Line {
    let evidence = checked(&line.evidence);
    let count = evidence.len();
    let folded = (count > SHOWN_EVIDENCE).then(|| say(lang, "evidence-rows", &[("n", &count.to_string())]));
    Line { text: line.text(lang, zone), evidence, folded }
}

/// Only what is surely a link to a page becomes one.
fn checked(evidence: &[Evidence]) -> Vec<Evidence> {
    let check = |e: &Evidence| {
        let web = e.href.starts_with("https://") || e.href.starts_with("http://");
        let path = e.href.starts_with('/') && !e.href.starts_with("//") && !e.href.starts_with("/\\");
        let is_plain = !e.href.chars().any(|c| c.is_control() || c.is_whitespace());
        let href = if (web || path) && is_plain { e.href.clone() } else { String::new() };
        Evidence { label: printable(&e.label), href }
    };
    evidence.iter().map(check).collect()
}

fn period(input: &ReportInput, lang: Lang) -> String {
    let (from, until) = (local(input.from, &input.time_zone), local(input.until, &input.time_zone));
    say(lang, "window", &[("from", &from), ("until", &until)])
}

/// The report as a page that prints well.
///
/// # Errors
/// A template fails, which is a defect of noout.
pub fn report_html(input: &ReportInput, lang: Lang) -> Result<String, RenderError> {
    let page = Page {
        lang,
        css: include_str!("../templates/report.css"),
        provider: printable(&input.provider),
        customer: input.customer.as_deref().map(printable),
        title: say(lang, "report-title", &[]),
        subject: input.subject.text(lang),
        period: period(input, lang),
        generated: say(lang, "generated", &[("at", &local(input.generated_at, &input.time_zone))]),
        columns: columns(input, lang),
        evidence: say(lang, "evidence", &[]),
        no_evidence: say(lang, "no-evidence", &[]),
        back: input.back.as_ref().and_then(|b| checked(std::slice::from_ref(b)).pop()).filter(|b| !b.href.is_empty()),
    };
    Ok(page.render()?)
}

/// The report as CSV (RFC 4180): `certainty,text,evidence`, one line a row. The first column's words are the same in
/// every language.
#[must_use]
pub fn report_csv(input: &ReportInput, lang: Lang) -> String {
    let mut out = String::from("certainty,text,evidence\r\n");
    for certainty in Certainty::ALL {
        for line in input.lines.iter().filter(|l| l.certainty == certainty) {
            let evidence: Vec<String> =
                checked(&line.evidence).into_iter().map(|e| if e.href.is_empty() { e.label } else { e.href }).collect();
            let cells = [certainty.key().replace('-', "_"), line.text(lang, &input.time_zone), evidence.join(" ")];
            out.push_str(&cells.map(|c| cell(&c)).join(","));
            out.push_str("\r\n");
        }
    }
    out
}

/// One cell. A text that a spreadsheet would take for a formula gets an apostrophe in front.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{guard}{text}")
    }
}

#[cfg(test)]
mod tests;

//! What a page says, in the person's language: a title for a lock screen, and a few lines below it.
//!
//! Only the frame is translated here: what noout says itself comes in the person's language, and what machines and
//! people said stays as they said it.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use noout_types::{IncidentId, Lang, Severity, Span};

/// Words of a title: what a person takes in at three in the morning, and what a lock screen shows.
pub const MAX_TITLE_WORDS: usize = 12;

/// Letters of a title: a single "word" of an alert may be a whole path.
const MAX_TITLE_CHARS: usize = 110;

/// Names that are listed before "and N more".
const MAX_NAMES: usize = 5;

/// Alerts whose labels are shown.
const MAX_LABELS: usize = 3;

/// Lines about what noout already did.
const MAX_DONE: usize = 5;

/// Other incidents that a digest names; the rest is counted.
const MAX_ALSO: usize = 10;

/// Letters of any other line, so that a page stays a page whatever an alert carries.
const MAX_LINE_CHARS: usize = 300;

/// Why this person is paged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The first step of the policy reaches them.
    OnCall,
    /// Somebody handed it over to them.
    HandedOver,
    /// Nobody acknowledged within this time.
    Escalated {
        /// The acknowledge time-out that passed.
        after: Span,
    },
    /// The first step of the policy names them, whoever is on call.
    First,
    /// Everybody is told at once.
    Everybody,
    /// Those who were asked before passed it on.
    PassedOn {
        /// Who, by name.
        by: String,
    },
    /// The steps before theirs named nobody who could be asked.
    Skipped,
    /// Nobody whom the policy names took it: the fallback is told.
    Fallback {
        /// After this time; none if the policy named nobody at all.
        after: Option<Span>,
    },
    /// Fewer people are on call than promised.
    Coverage,
    /// Pages do not leave, or arrive nowhere.
    Unsent,
    /// The incident was not solved within this time; superiors are told.
    Deadline {
        /// The resolution deadline that passed.
        after: Span,
    },
    /// So many pages in one: the limit of pages per person and window was reached.
    Digest {
        /// How many.
        pages: u64,
    },
    /// Nothing is wrong: the way to this person is tried.
    Test,
}

/// What is known at the moment of sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts<'a> {
    /// What broke: the incident's title.
    pub what: &'a str,
    /// The incident.
    pub incident: IncidentId,
    /// How bad.
    pub severity: Severity,
    /// Since when.
    pub since: Timestamp,
    /// The person's time zone (IANA); an unknown one is shown as UTC.
    pub time_zone: &'a str,
    /// More about it: the incident's own text, whoever wrote it. Empty if there is none.
    pub text: &'a str,
    /// How many alerts are in it; said from two on.
    pub alerts: u64,
    /// The labels of the first of them: they tell which of many machines it is.
    pub labels: &'a [String],
    /// Who or what is hit: components, customers.
    pub hit: &'a [String],
    /// What noout already did, one sentence each.
    pub done: &'a [String],
    /// Where the procedure is.
    pub runbook: Option<&'a str>,
    /// Why this person.
    pub reason: Reason,
    /// The titles of the other incidents that a digest stands for.
    pub also: &'a [String],
}

/// A page's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// At the most [`MAX_TITLE_WORDS`] words, one line.
    pub title: String,
    /// Plain text, one fact a line.
    pub text: String,
}

/// Words that channels need beside the page's own.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Word {
    /// The button to the page view.
    Open,
    /// In front of the link for those who see no button.
    Otherwise,
    /// The button that acknowledges at once.
    Take,
}

/// One of the channels' words.
pub(crate) fn word(lang: Lang, word: Word) -> String {
    let key = match word {
        Word::Open => "open",
        Word::Otherwise => "otherwise",
        Word::Take => "take",
    };
    say(lang, key, &[])
}

/// The line of a text message that says how to answer it.
pub(crate) fn answer_line(lang: Lang, code: &str) -> String {
    say(lang, "answer", &[("code", code.into())])
}

/// What is spoken on the telephone.
pub(crate) fn spoken(lang: Lang, key: &'static str, title: &str) -> String {
    say(lang, key, &[("title", title.into())])
}

/// Writes a page.
#[must_use]
pub fn render(facts: &Facts<'_>, lang: Lang) -> Rendered {
    let after = |span: Span| FluentValue::from(noout_words::span(span, lang));
    let title = match &facts.reason {
        Reason::OnCall
        | Reason::First
        | Reason::Everybody
        | Reason::HandedOver
        | Reason::PassedOn { .. }
        | Reason::Skipped
        | Reason::Escalated { .. }
        | Reason::Fallback { .. }
        | Reason::Coverage
        | Reason::Unsent => facts.what.to_owned(),
        Reason::Deadline { after: span } => {
            say(lang, "title-deadline", &[("after", after(*span)), ("what", facts.what.into())])
        }
        Reason::Digest { pages } => {
            say(lang, "title-digest", &[("pages", FluentValue::from(*pages)), ("what", facts.what.into())])
        }
        Reason::Test => say(lang, "title-test", &[]),
    };
    let reason = why(&facts.reason, lang);
    let mut lines = vec![reason];
    if facts.reason != Reason::Test {
        lines.extend((!facts.text.trim().is_empty()).then(|| facts.text.to_owned()));
        let severity = say(lang, facts.severity.as_str(), &[]);
        lines.push(say(lang, "severity", &[("severity", severity.into())]));
        lines.push(say(lang, "since", &[("since", local(facts.since, facts.time_zone).into())]));
        if !facts.hit.is_empty() {
            lines.push(say(lang, "hit", &[("names", names(facts.hit, lang).into())]));
        }
        for labels in facts.labels.iter().take(MAX_LABELS) {
            lines.push(say(lang, "alert", &[("labels", labels.as_str().into())]));
        }
        if facts.alerts > 1 {
            lines.push(say(lang, "alerts", &[("count", FluentValue::from(facts.alerts))]));
        }
        for done in facts.done.iter().take(MAX_DONE) {
            lines.push(say(lang, "done", &[("what", done.as_str().into())]));
        }
        if facts.done.len() > MAX_DONE {
            lines.push(say(lang, "more", &[("count", FluentValue::from((facts.done.len() - MAX_DONE) as u64))]));
        }
        if let Some(runbook) = facts.runbook {
            lines.push(say(lang, "runbook", &[("where", runbook.into())]));
        }
        lines.push(say(lang, "incident", &[("number", facts.incident.to_string().into())]));
        for what in facts.also.iter().take(MAX_ALSO) {
            lines.push(say(lang, "also", &[("what", what.as_str().into())]));
        }
        if facts.also.len() > MAX_ALSO {
            lines.push(say(lang, "more", &[("count", FluentValue::from((facts.also.len() - MAX_ALSO) as u64))]));
        }
    }
    let lines: Vec<String> = lines.iter().map(|line| cut(line, usize::MAX, MAX_LINE_CHARS)).collect();
    Rendered { title: cut(&title, MAX_TITLE_WORDS, MAX_TITLE_CHARS), text: lines.join("\n") }
}

/// Why this person, as a sentence.
fn why(reason: &Reason, lang: Lang) -> String {
    let after = |span: &Span| [("after", FluentValue::from(noout_words::span(*span, lang)))];
    match reason {
        Reason::OnCall => say(lang, "reason-on-call", &[]),
        Reason::First => say(lang, "reason-first", &[]),
        Reason::Everybody => say(lang, "reason-everybody", &[]),
        Reason::HandedOver => say(lang, "reason-handed-over", &[]),
        Reason::PassedOn { by } => say(lang, "reason-passed-on", &[("by", by.as_str().into())]),
        Reason::Skipped => say(lang, "reason-skipped", &[]),
        Reason::Escalated { after: span } => say(lang, "reason-escalated", &after(span)),
        Reason::Fallback { after: Some(span) } => say(lang, "reason-fallback", &after(span)),
        Reason::Fallback { after: None } => say(lang, "reason-fallback-nobody", &[]),
        Reason::Coverage => say(lang, "reason-coverage", &[]),
        Reason::Unsent => say(lang, "reason-unsent", &[]),
        Reason::Deadline { after: span } => say(lang, "reason-deadline", &after(span)),
        Reason::Digest { pages } => say(lang, "reason-digest", &[("pages", FluentValue::from(*pages))]),
        Reason::Test => say(lang, "reason-test", &[]),
    }
}

/// One line of so many words and letters; what is cut off is shown as cut off.
fn cut(text: &str, max_words: usize, max_chars: usize) -> String {
    let gap = |c: char| c.is_whitespace() || c.is_control() || turns_text(c);
    let words: Vec<&str> = text.split(gap).filter(|w| !w.is_empty()).collect();
    let mut line = words.iter().take(max_words).copied().collect::<Vec<_>>().join(" ");
    let mut is_cut = words.len() > max_words;
    if let Some((end, _)) = line.char_indices().nth(max_chars) {
        line.truncate(end);
        is_cut = true;
    }
    if is_cut { format!("{}…", line.trim_end()) } else { line }
}

/// Characters that turn the direction of what follows: with them an alert could show another text than it has.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Wall-clock time with its zone, in the one date format that reads the same in all languages.
fn local(at: Timestamp, zone: &str) -> String {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M %Z").to_string()
}

fn names(all: &[String], lang: Lang) -> String {
    let shown = all.iter().take(MAX_NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
    match all.len().checked_sub(MAX_NAMES) {
        Some(rest) if rest > 0 => {
            format!("{shown} {}", say(lang, "more", &[("count", FluentValue::from(rest as u64))]))
        }
        _ => shown,
    }
}

type Bundle = FluentBundle<FluentResource>;

/// The texts, parsed once. A file that does not parse is a defect that the tests catch; here it leaves out what it
/// cannot read, and [`say`] falls back to English and then to the key: a page goes out in any case.
static BUNDLES: LazyLock<[Bundle; 3]> = LazyLock::new(|| {
    Lang::ALL.map(|lang| {
        let text = match lang {
            Lang::En => include_str!("../locales/en.ftl"),
            Lang::Fr => include_str!("../locales/fr.ftl"),
            Lang::De => include_str!("../locales/de.ftl"),
        };
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(partial, _)| partial);
        let mut bundle = Bundle::new_concurrent(lang.code().parse().into_iter().collect());
        // Marks for mixed writing directions are of no use here and show up as boxes on old phones.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        bundle
    })
});

fn say(lang: Lang, key: &str, args: &[(&'static str, FluentValue<'_>)]) -> String {
    let args: FluentArgs<'_> = args.iter().cloned().collect();
    let said = [lang, Lang::En].into_iter().find_map(|lang| {
        let at = Lang::ALL.iter().position(|l| *l == lang)?;
        let bundle = &BUNDLES[at];
        let pattern = bundle.get_message(key)?.value()?;
        Some(bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned())
    });
    said.map_or_else(|| Cow::Borrowed(key), Cow::Owned).into_owned()
}

#[cfg(test)]
mod tests;

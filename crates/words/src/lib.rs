//! What noout says itself, in its languages: from a [`Said`] to a sentence.
//!
//! Pure: texts, the reader's language and time zone go in, a sentence comes out. That is why even the pure rooms may use
//! it: where they need a sentence (a `Display`, the title of an incident that scripts and searches read) they take
//! the English one from here, so that there is one text for each thing said and not a second one in the code.

mod length;
pub mod proof;

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::tz::TimeZone;
use noout_types::{Lang, Said, Timestamp};

pub use length::span;

/// Sentences in sentences in sentences: deeper than this nothing is said. A journal is input, too.
const MAX_DEPTH: usize = 8;

macro_rules! files {
    ($lang:literal) => {
        [
            include_str!(concat!("../locales/", $lang, "/faults.ftl")),
            include_str!(concat!("../locales/", $lang, "/gates.ftl")),
            include_str!(concat!("../locales/", $lang, "/incidents.ftl")),
            include_str!(concat!("../locales/", $lang, "/oncall.ftl")),
            include_str!(concat!("../locales/", $lang, "/plans.ftl")),
            include_str!(concat!("../locales/", $lang, "/refusals.ftl")),
            include_str!(concat!("../locales/", $lang, "/reports.ftl")),
            include_str!(concat!("../locales/", $lang, "/requests.ftl")),
        ]
    };
}

/// The files of a language.
fn sources(lang: Lang) -> [&'static str; 8] {
    match lang {
        Lang::En => files!("en"),
        Lang::Fr => files!("fr"),
        Lang::De => files!("de"),
    }
}

type Bundle = FluentBundle<FluentResource>;

/// The texts, parsed once; that they parse is a test's business, here what cannot be read is left out.
static BUNDLES: LazyLock<[Bundle; 3]> = LazyLock::new(|| {
    Lang::ALL.map(|lang| {
        let mut bundle = Bundle::new_concurrent(lang.code().parse().into_iter().collect());
        bundle.set_use_isolating(false);
        for source in sources(lang) {
            let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
            bundle.add_resource_overriding(resource);
        }
        bundle
    })
});

fn bundle(lang: Lang) -> Option<&'static Bundle> {
    BUNDLES.get(Lang::ALL.iter().position(|l| *l == lang)?)
}

/// The sentence, with instants in UTC.
#[must_use]
pub fn say(said: &Said, lang: Lang) -> String {
    say_in(said, lang, &TimeZone::UTC)
}

/// The sentence, with instants in the reader's time zone.
#[must_use]
pub fn say_in(said: &Said, lang: Lang, zone: &TimeZone) -> String {
    tell(said, lang, zone, 0)
}

/// The English sentence, with instants in UTC: for programs, and for texts that are kept.
#[must_use]
pub fn english(said: &Said) -> String {
    say(said, Lang::En)
}

fn tell(said: &Said, lang: Lang, zone: &TimeZone, depth: usize) -> String {
    if let Some(words) = said.as_words() {
        return words.to_owned();
    }
    let parts = if depth < MAX_DEPTH { parts(said, lang, zone, depth) } else { "…".to_owned() };
    if said.code == Said::ALL {
        return parts;
    }
    let mut args = FluentArgs::new();
    for (name, text) in &said.values {
        args.set(name.clone(), value(name, text, lang, zone));
    }
    if !said.parts.is_empty() {
        args.set("parts", FluentValue::from(parts.clone()));
    }
    let found = bundle(lang).and_then(|bundle| {
        let pattern = bundle.get_message(&said.code)?.value()?;
        Some(bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned())
    });
    found.unwrap_or_else(|| bare(said, &parts))
}

/// The sentences within one.
fn parts(said: &Said, lang: Lang, zone: &TimeZone, depth: usize) -> String {
    let between = if lang == Lang::Fr { " ; " } else { "; " };
    let mut all = String::new();
    for part in &said.parts {
        // What is a whole sentence already ends by itself.
        if !all.is_empty() {
            all.push_str(if all.ends_with(['.', '!', '?', '…']) { " " } else { between });
        }
        all.push_str(&tell(part, lang, zone, depth + 1));
    }
    all
}

/// A value as its name says: a length, an instant, a number or a text.
fn value(name: &str, text: &str, lang: Lang, zone: &TimeZone) -> FluentValue<'static> {
    if name.ends_with("_span")
        && let Ok(millis) = text.parse()
    {
        return FluentValue::from(span(noout_types::Span::from_millis(millis), lang));
    }
    if name.ends_with("_time")
        && let Ok(at) = text.parse::<Timestamp>()
    {
        return FluentValue::from(at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string());
    }
    match text.parse::<u32>() {
        // Numbers must come as numbers, or no text could choose between one and many; `007` is a name.
        Ok(number) if number.to_string() == text => FluentValue::from(number),
        _ => FluentValue::from(text.to_owned()),
    }
}

/// What has no text is shown as it was recorded: an older binary may read what a newer one wrote.
fn bare(said: &Said, parts: &str) -> String {
    let mut facts: Vec<String> = said.values.iter().map(|(name, text)| format!("{name} {text}")).collect();
    facts.extend((!parts.is_empty()).then(|| parts.to_owned()));
    if facts.is_empty() { said.code.clone() } else { format!("{}: {}", said.code, facts.join(", ")) }
}

#[cfg(test)]
mod tests;

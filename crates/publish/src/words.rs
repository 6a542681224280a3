//! Texts in three languages: those that people wrote, and noout's own.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use noout_types::Lang;

/// A text for customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// Written by a person, per language; English stands in for a missing one.
    Written(BTreeMap<Lang, String>),
    /// One of noout's own, by its key in `locales/*.ftl`.
    Prepared {
        /// The key.
        key: String,
        /// What the text's variables stand for.
        values: BTreeMap<String, String>,
    },
}

impl Words {
    /// A text that a person wrote, the same in every language.
    #[must_use]
    pub fn same(text: &str) -> Self {
        Self::Written(Lang::ALL.into_iter().map(|lang| (lang, text.to_owned())).collect())
    }

    /// The text, and the language in which it is: screen readers must know when it is another one.
    pub(crate) fn say(&self, lang: Lang) -> (String, Lang) {
        match self {
            Self::Written(texts) => {
                let found = [lang, Lang::En].into_iter().find_map(|l| texts.get(&l).map(|text| (text, l)));
                let found = found.or_else(|| texts.iter().next().map(|(l, text)| (text, *l)));
                found.map_or_else(|| (String::new(), lang), |(text, l)| (printable(text), l))
            }
            Self::Prepared { key, values } => (prepared(key, values, lang), lang),
        }
    }

    /// The text alone.
    pub(crate) fn text(&self, lang: Lang) -> String {
        self.say(lang).0
    }
}

/// A text by its key. A key that is not in the texts may be an internal name: customers get a neutral sentence.
pub(crate) fn prepared(key: &str, values: &BTreeMap<String, String>, lang: Lang) -> String {
    let mut args = FluentArgs::new();
    for (name, value) in values {
        // Numbers must come as numbers, or no text could choose between one and many.
        match value.parse::<u32>() {
            Ok(number) => args.set(name.clone(), FluentValue::from(number)),
            Err(_) => args.set(name.clone(), FluentValue::from(printable(value))),
        }
    }
    find(lang, key, &args).or_else(|| find(lang, "no-text", &args)).unwrap_or_default()
}

/// How far a notice is, in the words that customers read.
#[must_use]
pub fn stage_words(stage: crate::Stage, lang: Lang) -> String {
    say(lang, &stage.statuspage().replace('_', "-"), &[])
}

/// How a component is, in the words that customers read.
#[must_use]
pub fn status_words(status: crate::ComponentStatus, lang: Lang) -> String {
    say(lang, status.key(), &[])
}

/// The line that names the components of a notice.
#[must_use]
pub fn affected_words(names: &str, lang: Lang) -> String {
    say(lang, "affected", &[("names", names)])
}

/// One of the frame's own texts.
pub(crate) fn say(lang: Lang, key: &str, values: &[(&'static str, &str)]) -> String {
    let args: FluentArgs<'_> = values.iter().map(|(name, value)| (*name, FluentValue::from(*value))).collect();
    find(lang, key, &args).unwrap_or_default()
}

fn find(lang: Lang, key: &str, args: &FluentArgs<'_>) -> Option<String> {
    [lang, Lang::En].into_iter().find_map(|lang| {
        let bundle = bundle(lang)?;
        let pattern = bundle.get_message(key)?.value()?;
        Some(bundle.format_pattern(pattern, Some(args), &mut Vec::new()).into_owned())
    })
}

/// Without characters that XML forbids and that turn or hide text; line breaks stay.
pub(crate) fn printable(text: &str) -> String {
    let hidden = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
    };
    text.chars().filter(|c| !hidden(*c)).collect()
}

/// Wall-clock time with its zone, in the one date format that reads the same in all languages.
pub(crate) fn local(at: Timestamp, zone: &str) -> String {
    at.to_zoned(zone_of(zone)).strftime("%Y-%m-%d %H:%M %Z").to_string()
}

/// The zone, or UTC where it is unknown.
pub(crate) fn zone_of(zone: &str) -> TimeZone {
    TimeZone::get(zone).unwrap_or(TimeZone::UTC)
}

type Bundle = FluentBundle<FluentResource>;

/// The texts, parsed once; that they parse is a test's business, here what cannot be read is left out.
static BUNDLES: LazyLock<[Bundle; 3]> = LazyLock::new(|| {
    Lang::ALL.map(|lang| {
        let resource = FluentResource::try_new(source(lang).to_owned()).unwrap_or_else(|(partial, _)| partial);
        let mut bundle = Bundle::new_concurrent(lang.code().parse().into_iter().collect());
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        bundle
    })
});

fn source(lang: Lang) -> &'static str {
    match lang {
        Lang::En => include_str!("../locales/en.ftl"),
        Lang::Fr => include_str!("../locales/fr.ftl"),
        Lang::De => include_str!("../locales/de.ftl"),
    }
}

fn bundle(lang: Lang) -> Option<&'static Bundle> {
    BUNDLES.get(Lang::ALL.iter().position(|l| *l == lang)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_languages_have_the_same_texts_with_the_same_variables_and_all_parse() {
        let entries = |lang| -> BTreeMap<String, Vec<String>> {
            let resource = FluentResource::try_new(source(lang).to_owned()).expect("the file parses");
            let messages = resource.entries().filter_map(|entry| match entry {
                fluent_syntax::ast::Entry::Message(m) => {
                    let text = fluent_syntax::serializer::serialize(&fluent_syntax::ast::Resource {
                        body: vec![fluent_syntax::ast::Entry::Message(m.clone())],
                    });
                    let mut variables: Vec<String> = text
                        .split('$')
                        .skip(1)
                        .map(|t| t.chars().take_while(|c| c.is_alphanumeric()).collect())
                        .collect();
                    variables.sort();
                    variables.dedup();
                    Some((m.id.name.to_owned(), variables))
                }
                _ => None,
            });
            messages.collect()
        };
        let english = entries(Lang::En);
        assert!(english.len() > 50, "{}", english.len());
        assert_eq!(english, entries(Lang::Fr));
        assert_eq!(english, entries(Lang::De));
    }

    #[test]
    fn a_missing_language_is_english_and_says_so() {
        let words = Words::Written(BTreeMap::from([(Lang::En, "hello".to_owned()), (Lang::De, "hallo".to_owned())]));
        assert_eq!(words.say(Lang::De), ("hallo".to_owned(), Lang::De));
        assert_eq!(words.say(Lang::Fr), ("hello".to_owned(), Lang::En));
    }

    #[test]
    fn an_unknown_key_shows_nothing_internal() {
        let words = Words::Prepared { key: "pve3-internal".to_owned(), values: BTreeMap::new() };
        assert!(!words.text(Lang::En).contains("pve3"), "{}", words.text(Lang::En));
        assert!(!words.text(Lang::En).is_empty());
    }

    #[test]
    fn what_turns_or_hides_text_is_taken_out() {
        assert_eq!(printable("a\u{202e}b\u{0}c\r\nd\u{feff}"), "abc\nd");
    }
}

//! The console's texts in its languages.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use noout_types::Lang;

type Bundle = FluentBundle<FluentResource>;

macro_rules! files {
    ($lang:literal) => {
        [
            include_str!(concat!("../../locales/", $lang, "/frame.ftl")),
            include_str!(concat!("../../locales/", $lang, "/incidents.ftl")),
            include_str!(concat!("../../locales/", $lang, "/maintenance.ftl")),
            include_str!(concat!("../../locales/", $lang, "/people.ftl")),
            include_str!(concat!("../../locales/", $lang, "/requests.ftl")),
            include_str!(concat!("../../locales/", $lang, "/routes.ftl")),
        ]
    };
}

/// The files of a language.
pub(super) fn sources(lang: Lang) -> [&'static str; 6] {
    match lang {
        Lang::En => files!("en"),
        Lang::Fr => files!("fr"),
        Lang::De => files!("de"),
    }
}

static BUNDLES: LazyLock<[Bundle; 3]> = LazyLock::new(|| {
    Lang::ALL.map(|lang| {
        let mut bundle = Bundle::new_concurrent(lang.code().parse().into_iter().collect());
        bundle.set_use_isolating(false);
        for source in sources(lang) {
            // That the files parse is a test's business; what cannot be read here is left out.
            let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
            bundle.add_resource_overriding(resource);
        }
        bundle
    })
});

/// Texts in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct T(pub Lang);

impl T {
    /// A text without variables.
    pub fn s(self, key: &str) -> String {
        self.a(key, &[])
    }

    /// A text whose only variable is `$n`.
    pub fn n(self, key: &str, n: impl TryInto<i64>) -> String {
        let n = n.try_into().unwrap_or(i64::MAX);
        let mut args = FluentArgs::new();
        args.set("n", FluentValue::from(n));
        self.say(key, &args)
    }

    /// A text with variables. What reads as a number is one, so that a text can choose between one and many.
    pub fn a(self, key: &str, values: &[(&str, &str)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            let value = match value.parse::<u32>() {
                Ok(number) if number.to_string() == *value => FluentValue::from(number),
                _ => FluentValue::from((*value).to_owned()),
            };
            args.set((*name).to_owned(), value);
        }
        self.say(key, &args)
    }

    /// Whether there is such a text.
    pub fn has(self, key: &str) -> bool {
        bundle(self.0).is_some_and(|b| b.has_message(key))
    }

    fn say(self, key: &str, args: &FluentArgs<'_>) -> String {
        let found = bundle(self.0).and_then(|bundle| {
            let pattern = bundle.get_message(key)?.value()?;
            Some(bundle.format_pattern(pattern, Some(args), &mut Vec::new()).into_owned())
        });
        found.unwrap_or_else(|| key.to_owned())
    }
}

fn bundle(lang: Lang) -> Option<&'static Bundle> {
    BUNDLES.get(Lang::ALL.iter().position(|l| *l == lang)?)
}

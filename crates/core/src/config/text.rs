//! A text for people, as `noout.toml` has it.

use std::collections::BTreeMap;

use noout_types::Lang;
use serde::{Deserialize, Deserializer, Serialize, de};

/// A text for people: the same in every language, or one per language with English as the fallback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Text {
    /// The same everywhere.
    Same(String),
    /// `{ en = "…", fr = "…", de = "…" }`.
    Per(BTreeMap<Lang, String>),
}

impl<'de> Deserialize<'de> for Text {
    /// By hand, because serde's own reader of either-or types forgets where in the file an error was.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> de::Visitor<'de> for TextVisitor {
            type Value = Text;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text in quotes, or one per language: { en = \"…\", fr = \"…\", de = \"…\" }")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text::Same(text.to_owned()))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
                let mut texts = BTreeMap::new();
                while let Some((lang, text)) = map.next_entry()? {
                    texts.insert(lang, text);
                }
                Ok(Text::Per(texts))
            }
        }

        from.deserialize_any(TextVisitor)
    }
}

impl Text {
    /// The text in a language; English, else any, where that language is missing.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match self {
            Self::Same(text) => text,
            Self::Per(map) => {
                map.get(&lang).or_else(|| map.get(&Lang::En)).or_else(|| map.values().next()).map_or("", String::as_str)
            }
        }
    }
}

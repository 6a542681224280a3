//! Fields that several senders have in common, read straight into what is kept.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use noout_types::{Labels, Timestamp};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use crate::error::shown;
use crate::limits::{MAX_ANNOTATION_BYTES, MAX_ANNOTATIONS, MAX_LABEL_NAME_BYTES, MAX_LABEL_VALUE_BYTES, MAX_LABELS};

/// What stands at the end of an annotation that was cut.
pub(crate) const CUT: &str = "… (cut)";

/// What errors call a thing.
pub(crate) trait Named {
    const NAME: &str;
}

/// A thing that is written as an object. Without this an array of its fields' values would do as well.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de> + Named> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Named> Visitor<'de> for V<T> {
            type Value = Object<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(T::NAME)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(V(PhantomData))
    }
}

/// A text, or null, which is an empty one.
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl Visitor<'_> for V {
            type Value = Text;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_str<E>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.to_owned()))
            }
            fn visit_string<E>(self, text: String) -> Result<Text, E> {
                Ok(Text(text))
            }
            fn visit_unit<E>(self) -> Result<Text, E> {
                Ok(Text(String::new()))
            }
        }
        deserializer.deserialize_any(V)
    }
}

/// Reads a text that may be null.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Text::deserialize(deserializer).map(|t| t.0)
}

/// An alert's labels, or the first reason why they cannot be taken. What follows that is skipped, not kept.
#[derive(Debug)]
pub(crate) struct LabelSet(pub(crate) Result<Labels, String>);

impl LabelSet {
    /// The labels, if there is at least one.
    pub(crate) fn check(self) -> Result<Labels, String> {
        match self.0 {
            Ok(labels) if labels.is_empty() => {
                Err(".labels: found no label with a value, at least one is needed: labels are what tells alerts apart"
                    .to_owned())
            }
            other => other,
        }
    }
}

impl Default for LabelSet {
    fn default() -> Self {
        Self(Ok(Labels::default()))
    }
}

fn check_label(name: &str, value: &str, count: usize) -> Result<(), String> {
    let at = || format!(".labels.{}", shown(name));
    if name.is_empty() {
        return Err(".labels: found a label without a name".to_owned());
    }
    if name.len() > MAX_LABEL_NAME_BYTES {
        let found = name.len();
        return Err(format!("{}: found a name of {found} bytes, allowed are {MAX_LABEL_NAME_BYTES}", at()));
    }
    if name.chars().any(char::is_control) {
        return Err(format!(".labels: found the name {:?}, control characters are not allowed", shown(name)));
    }
    if value.len() > MAX_LABEL_VALUE_BYTES {
        let found = value.len();
        return Err(format!("{}: found a value of {found} bytes, allowed are {MAX_LABEL_VALUE_BYTES}", at()));
    }
    if count >= MAX_LABELS {
        return Err(format!(".labels: found more than {MAX_LABELS}, that many are allowed"));
    }
    Ok(())
}

impl<'de> Deserialize<'de> for LabelSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = LabelSet;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of labels")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LabelSet, A::Error> {
                let mut labels = BTreeMap::new();
                while let Some(name) = map.next_key::<String>()? {
                    let Text(value) = map.next_value()?;
                    if value.is_empty() {
                        // The last one of a name counts, so an empty one takes an earlier one away.
                        labels.remove(&name);
                        continue;
                    }
                    let others = labels.len() - usize::from(labels.contains_key(&name));
                    if let Err(why) = check_label(&name, &value, others) {
                        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                        return Ok(LabelSet(Err(why)));
                    }
                    labels.insert(name, value);
                }
                Ok(LabelSet(Ok(labels.into())))
            }
        }
        deserializer.deserialize_map(V)
    }
}

/// An alert's annotations: cut where they are too long, left out where they are too many.
#[derive(Debug, Default)]
pub(crate) struct Annotations(pub(crate) BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Annotations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Annotations;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of annotations")
            }
            fn visit_unit<E>(self) -> Result<Annotations, E> {
                Ok(Annotations::default())
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Annotations, A::Error> {
                let mut kept = BTreeMap::new();
                while let Some(name) = map.next_key::<String>()? {
                    let Text(mut value) = map.next_value()?;
                    if name.len() > MAX_LABEL_NAME_BYTES || (kept.len() >= MAX_ANNOTATIONS && !kept.contains_key(&name))
                    {
                        continue;
                    }
                    if value.len() > MAX_ANNOTATION_BYTES {
                        value.truncate(value.floor_char_boundary(MAX_ANNOTATION_BYTES));
                        value.push_str(CUT);
                        value.shrink_to_fit();
                    }
                    kept.insert(name, value);
                }
                Ok(Annotations(kept))
            }
        }
        deserializer.deserialize_any(V)
    }
}

/// A time; nothing if it is absent, null, empty or Go's zero time; the text if it cannot be read.
#[derive(Debug)]
pub(crate) struct When(Result<Option<Timestamp>, String>);

impl Default for When {
    fn default() -> Self {
        Self(Ok(None))
    }
}

impl When {
    /// The time, or why there is none, naming the field.
    pub(crate) fn check(self, field: &str) -> Result<Option<Timestamp>, String> {
        self.0.map_err(|found| {
            format!(".{field}: found {found:?}, allowed is a time as in RFC 3339, for example 2026-01-31T02:47:00Z")
        })
    }

    pub(crate) fn parse(text: &str) -> Self {
        if text.is_empty() {
            return Self::default();
        }
        let time = text.parse::<Timestamp>().or_else(|e| {
            // Alertmanager takes a time without an offset as UTC.
            let civil: DateTime = text.parse().map_err(|_| e)?;
            TimeZone::UTC.to_timestamp(civil)
        });
        match time {
            Ok(time) if time.as_second() == GO_ZERO_SECOND && time.subsec_nanosecond() == 0 => Self::default(),
            Ok(time) => Self(Ok(Some(time))),
            Err(_) => Self(Err(shown(text))),
        }
    }
}

/// 0001-01-01T00:00:00Z: a Go program's time that was never set.
const GO_ZERO_SECOND: i64 = -62_135_596_800;

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl Visitor<'_> for V {
            type Value = When;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time as a string")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<When, E> {
                Ok(When::parse(text))
            }
            fn visit_unit<E>(self) -> Result<When, E> {
                Ok(When::default())
            }
        }
        deserializer.deserialize_any(V)
    }
}

//! Names with values, packed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write as _;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A sorted set of names with a value each, kept as the JSON object that it is sent as: a hundred thousand alerts carry a
/// dozen texts each, and lists of them are written without touching one text.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Pairs {
    /// The JSON. Where a text needs an escape, behind it all once more without escapes, laid out alike.
    text: Box<str>,
    /// Where the JSON ends.
    json: u32,
    /// Where each name and each value ends in what is laid out without escapes, in turn.
    ends: Box<[u32]>,
}

/// What stands before the first name.
const BEFORE: usize = "{\"".len();

/// What stands between two texts: `":"` or `","`.
const BETWEEN: usize = "\":\"".len();

impl Pairs {
    /// The value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    /// Whether there is a value of that name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The pairs by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let json = self.json as usize;
        let plain = if json == self.text.len() { &*self.text } else { &self.text[json..] };
        let mut from = BEFORE;
        let mut piece = move |end: u32| {
            let begin = std::mem::replace(&mut from, end as usize + BETWEEN);
            &plain[begin..end as usize]
        };
        self.ends.chunks_exact(2).map(move |ends| (piece(ends[0]), piece(ends[1])))
    }

    /// As a JSON object.
    #[must_use]
    pub fn json(&self) -> &str {
        if self.is_empty() { "{}" } else { &self.text[..self.json as usize] }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len() / 2
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Sets the value of a name.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let mut map = self.to_map();
        map.insert(name.into(), value.into());
        *self = map.into();
    }

    /// As a map, to work with.
    #[must_use]
    pub fn to_map(&self) -> BTreeMap<String, String> {
        self.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Packs what is sorted by name, each name once.
    fn pack<'a>(sorted: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> Self {
        let pieces = sorted.clone().flat_map(|(name, value)| [name, value]);
        let (bytes, count) = pieces.clone().fold((1, 0), |(b, n), piece| (b + piece.len() + BETWEEN, n + 1));
        if count == 0 {
            return Self::default();
        }
        let escapes = pieces.clone().any(|piece| piece.bytes().any(needs_escape));
        let mut ends = Vec::with_capacity(count);
        let mut text = String::with_capacity(if escapes { bytes * 9 / 4 } else { bytes });
        if escapes {
            lay_out(pieces.clone(), &mut text, escape, |_| {});
        }
        let json = text.len();
        lay_out(
            pieces,
            &mut text,
            |piece: &str, out: &mut String| out.push_str(piece),
            |end| ends.push(number(end - json)),
        );
        let json = if escapes { json } else { text.len() };
        Self { text: text.into(), json: number(json), ends: ends.into() }
    }
}

/// Places in a text. Intake takes bodies of some megabytes: one of four gigabytes never comes about.
fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Writes pieces, names and values in turn, as an object's.
fn lay_out<'a>(
    pieces: impl Iterator<Item = &'a str>,
    out: &mut String,
    write: impl Fn(&str, &mut String),
    mut ended: impl FnMut(usize),
) {
    out.push('{');
    for (place, piece) in pieces.enumerate() {
        out.push_str(if place == 0 {
            "\""
        } else if place % 2 == 1 {
            "\":\""
        } else {
            "\",\""
        });
        write(piece, out);
        ended(out.len());
    }
    out.push_str("\"}");
}

fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// As JSON wants it, without the quotes around it.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => {
                let _infallible = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
}

impl From<BTreeMap<String, String>> for Pairs {
    fn from(map: BTreeMap<String, String>) -> Self {
        Self::pack(map.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Pairs {
    /// Of a name that comes twice the last value counts.
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect::<BTreeMap<_, _>>().into()
    }
}

impl PartialOrd for Pairs {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Pairs {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.iter().cmp(other.iter())
    }
}

impl fmt::Debug for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for Pairs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Map;
        impl<'de> Visitor<'de> for Map {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::with_capacity(map.size_hint().unwrap_or(USUAL).min(USUAL));
                while let Some((Piece(name), Piece(value))) = map.next_entry()? {
                    pairs.push((name, value));
                }
                // A journal's are sorted; whatever others send need not be.
                if !pairs.is_sorted_by(|(a, _), (b, _)| a < b) {
                    return Ok(pairs.into_iter().collect());
                }
                Ok(Pairs::pack(pairs.iter().map(|(name, value)| (&**name, &**value))))
            }
        }
        deserializer.deserialize_map(Map)
    }
}

/// As many pairs as an alert usually has, at the most.
const USUAL: usize = 16;

/// A text, borrowed from what is read where it stands there without escapes.
struct Piece<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Piece<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Piece<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Piece<'de>, E> {
                Ok(Piece(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Piece<'de>, E> {
                Ok(Piece(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(of: &[(&str, &str)]) -> Pairs {
        of.iter().copied().collect()
    }

    #[test]
    fn pairs_are_sorted_and_the_last_of_a_name_counts() {
        let some = pairs(&[("b", "2"), ("a", ""), ("b", "zwölf")]);
        assert_eq!(some.iter().collect::<Vec<_>>(), [("a", ""), ("b", "zwölf")]);
        assert_eq!((some.get("a"), some.get("b"), some.get("c")), (Some(""), Some("zwölf"), None));
        assert_eq!((some.len(), some.is_empty(), Pairs::default().is_empty()), (2, false, true));
    }

    #[test]
    fn where_one_text_ends_and_the_next_begins_counts() {
        assert_ne!(pairs(&[("ab", "c")]), pairs(&[("a", "bc")]));
        assert_ne!(pairs(&[("a", ""), ("b", "")]), pairs(&[("a", "b")]));
    }

    #[test]
    fn they_are_ordered_as_a_map_is() {
        let all = [
            pairs(&[]),
            pairs(&[("a", "1")]),
            pairs(&[("a", "1"), ("b", "")]),
            pairs(&[("a", "2")]),
            pairs(&[("ab", "0")]),
        ];
        assert!(all.is_sorted() && all.iter().map(Pairs::to_map).is_sorted());
    }

    #[test]
    fn the_json_is_what_any_other_writer_makes_of_it() {
        let odd = "a \"quoted\" back\\slash,\nnew line\ttab \u{1} \u{7f} ü 🦀";
        for some in [pairs(&[]), pairs(&[("a", "1"), ("b", "")]), pairs(&[("a", odd), (odd, "x"), ("", "")])] {
            let read: BTreeMap<String, String> = serde_json::from_str(some.json()).expect("it is JSON");
            assert_eq!(read, some.to_map());
            assert_eq!(some.json(), serde_json::to_string(&read).expect("texts"));
        }
        assert_eq!(pairs(&[("a", odd)]).get("a"), Some(odd), "kept without escapes, too");
    }

    #[test]
    fn a_journal_holds_them_as_an_object() {
        let mut some: Pairs = serde_json::from_str(r#"{"b":"2","a":"x\"y"}"#).expect("an object of texts");
        some.insert("c", "3");
        assert_eq!(serde_json::to_string(&some).expect("texts"), r#"{"a":"x\"y","b":"2","c":"3"}"#);
        let twice = r#"{"b":"1","a":"2","b":"\u0033"}"#;
        assert_eq!(serde_json::from_str::<Pairs>(twice).expect("texts"), pairs(&[("a", "2"), ("b", "3")]));
        assert!(serde_json::from_str::<Pairs>(r#"{"a":1}"#).is_err(), "only texts");
    }
}

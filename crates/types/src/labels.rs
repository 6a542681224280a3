//! Label sets and the matchers that select by them, as Prometheus and Alertmanager write them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Pairs;

/// A sorted set of `name="value"` pairs; the identity of an alert.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Labels(Pairs);

impl Labels {
    /// The value of a label, or the empty string: a missing and an empty label are the same, as in Prometheus.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).unwrap_or_default()
    }

    /// The labels as names with values.
    #[must_use]
    pub fn pairs(&self) -> &Pairs {
        &self.0
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets a label.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name, value);
    }

    /// Alertmanager's fingerprint: FNV-1a over the sorted names and values, each followed by 0xFF.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint_behind(&[])
    }

    /// The fingerprint of these labels behind others, which must sort before them.
    #[must_use]
    pub fn fingerprint_behind(&self, others: &[(&str, &str)]) -> Fingerprint {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let mut add = |byte: u8| {
            hash ^= u64::from(byte);
            hash = hash.wrapping_mul(0x0100_0000_01b3);
        };
        for (name, value) in others.iter().copied().chain(self.0.iter()) {
            name.bytes().for_each(&mut add);
            add(0xff);
            value.bytes().for_each(&mut add);
            add(0xff);
        }
        Fingerprint(hash)
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Labels {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl From<BTreeMap<String, String>> for Labels {
    fn from(map: BTreeMap<String, String>) -> Self {
        Self(map.into())
    }
}

impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (i, (name, value)) in self.0.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}{name}={value:?}")?;
        }
        f.write_str("}")
    }
}

/// The identity of a label set, shown as 16 hex digits like Alertmanager's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint(pub u64);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl std::str::FromStr for Fingerprint {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = std::num::ParseIntError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Fingerprint> for String {
    fn from(fp: Fingerprint) -> String {
        fp.to_string()
    }
}

/// How a matcher compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MatchOp {
    /// `=`: equal.
    Equal,
    /// `!=`: not equal.
    NotEqual,
    /// `=~`: the whole value matches the regular expression.
    Regex,
    /// `!~`: the whole value does not match the regular expression.
    NotRegex,
}

impl MatchOp {
    /// The operator as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Regex => "=~",
            Self::NotRegex => "!~",
        }
    }
}

/// One condition on one label. The regular expression is compiled once, when it is parsed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Matcher {
    /// The label's name.
    pub name: String,
    /// How the value is compared.
    pub op: MatchOp,
    /// The value or the regular expression, unquoted.
    pub value: String,
    regex: Option<regex::Regex>,
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.op, &self.value) == (&other.name, other.op, &other.value)
    }
}

impl Eq for Matcher {}

/// Why a text is no matcher.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MatchError {
    /// No operator was found.
    #[error("{found:?} is no matcher: write name=\"value\", name!=\"value\", name=~\"regex\" or name!~\"regex\"")]
    Shape {
        /// What was found.
        found: String,
    },
    /// `==`.
    #[error("{found:?}: write one `=`, as in name=\"value\"")]
    TwoSigns {
        /// What was found.
        found: String,
    },
    /// What stands before the operator is no label's name.
    #[error("{found:?} is no label's name: allowed are letters, digits and _ . - :")]
    Name {
        /// What was found.
        found: String,
    },
    /// The value holds what no label can hold.
    #[error("the value {found:?} holds a NUL character, which no label can have")]
    Nul {
        /// What was found.
        found: String,
    },
    /// The regular expression does not compile.
    #[error("the regular expression {found:?} does not compile: {why}")]
    Regex {
        /// The regular expression.
        found: String,
        /// What the compiler said, in one line.
        why: String,
    },
    /// More matchers than are allowed here.
    #[error("{found} matchers are too many: allowed are at most {allowed}")]
    TooMany {
        /// How many.
        found: usize,
        /// How many may be.
        allowed: usize,
    },
}

/// A regular expression may not grow past this when compiled: operators' texts, but still bounded.
const REGEX_SIZE_LIMIT: usize = 1 << 20;

/// The same for what strangers and sources send: comparing takes time by this size, and they are compared with everything that
/// fires. It has room for some `\w` and `.*` beside a hundred plain words.
const LIGHT_REGEX_BYTES: usize = 256 << 10;

impl Matcher {
    /// Builds a matcher from its parts.
    ///
    /// # Errors
    /// The name is none, the value holds a NUL, the regular expression does not compile. What is built here can be written
    /// and read back: journals hold matchers as texts.
    pub fn new(name: impl Into<String>, op: MatchOp, value: impl Into<String>) -> Result<Self, MatchError> {
        Self::build(name.into(), op, value.into(), REGEX_SIZE_LIMIT)
    }

    /// As [`Matcher::new`], for what strangers and sources send: its regular expression may not be large.
    ///
    /// # Errors
    /// As [`Matcher::new`], and the regular expression is larger than is compared for just anybody.
    pub fn light(name: impl Into<String>, op: MatchOp, value: impl Into<String>) -> Result<Self, MatchError> {
        Self::build(name.into(), op, value.into(), LIGHT_REGEX_BYTES)
    }

    /// Whether [`Matcher::light`] would make it.
    #[must_use]
    pub fn is_light(&self) -> bool {
        self.regex.is_none() || compile(&self.value, LIGHT_REGEX_BYTES).is_ok()
    }

    fn build(name: String, op: MatchOp, value: String, limit: usize) -> Result<Self, MatchError> {
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | ':')) {
            return Err(MatchError::Name { found: name });
        }
        if value.contains('\0') {
            return Err(MatchError::Nul { found: value });
        }
        let regex = match op {
            MatchOp::Regex | MatchOp::NotRegex => Some(compile(&value, limit)?),
            MatchOp::Equal | MatchOp::NotEqual => None,
        };
        Ok(Self { name, op, value, regex })
    }

    /// Whether a label set fulfils the condition. A missing label has the empty value.
    #[must_use]
    pub fn matches(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.name);
        match (self.op, &self.regex) {
            (MatchOp::Equal, _) => value == self.value,
            (MatchOp::NotEqual, _) => value != self.value,
            (MatchOp::Regex, Some(re)) => re.is_match(value),
            (MatchOp::NotRegex, Some(re)) => !re.is_match(value),
            (MatchOp::Regex | MatchOp::NotRegex, None) => false,
        }
    }
}

/// Anchored at both ends, as Prometheus does.
fn compile(value: &str, limit: usize) -> Result<regex::Regex, MatchError> {
    let built = regex::RegexBuilder::new(&format!("^(?:{value})$")).size_limit(limit).build();
    built.map_err(|e| MatchError::Regex {
        found: value.to_owned(),
        why: e.to_string().lines().last().unwrap_or_default().to_owned(),
    })
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}\"{}\"", self.name, self.op.as_str(), escape(&self.value))
    }
}

/// The exact inverse of [`unescape`]. Rust's own escapes are not: what is written in a journal must be read as the same.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out
}

impl std::str::FromStr for Matcher {
    type Err = MatchError;
    fn from_str(text: &str) -> Result<Self, MatchError> {
        Self::parse(text, REGEX_SIZE_LIMIT)
    }
}

impl Matcher {
    fn parse(text: &str, limit: usize) -> Result<Self, MatchError> {
        let shape = || MatchError::Shape { found: text.to_owned() };
        let trimmed = text.trim();
        let at = trimmed.find(['=', '!']).ok_or_else(shape)?;
        let (name, rest) = trimmed.split_at(at);
        let (op, value) =
            [("=~", MatchOp::Regex), ("!~", MatchOp::NotRegex), ("!=", MatchOp::NotEqual), ("=", MatchOp::Equal)]
                .into_iter()
                .find_map(|(sign, op)| rest.strip_prefix(sign).map(|value| (op, value.trim())))
                .ok_or_else(shape)?;
        let name = name.trim();
        let value = match value.strip_prefix('"') {
            Some(quoted) => {
                let inner = quoted.strip_suffix('"').ok_or_else(shape)?;
                unescape(inner).ok_or_else(shape)?
            }
            // PromQL and Go write `==`: taken as a value it would silently never match.
            None if op == MatchOp::Equal && value.starts_with('=') => {
                return Err(MatchError::TwoSigns { found: text.to_owned() });
            }
            None => value.to_owned(),
        };
        Self::build(name.to_owned(), op, value, limit).map_err(|why| match why {
            // Without a name before it, the text as a whole is what is wrong.
            MatchError::Name { .. } => shape(),
            other => other,
        })
    }
}

/// Resolves `\"`, `\\` and `\n`; a quote that is not escaped ends the value, so it is an error here.
fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return None,
            '\\' => match chars.next()? {
                'n' => out.push('\n'),
                'r' => out.push('\r'),
                't' => out.push('\t'),
                // A regular expression's own escapes (`\d`, `\.`) pass as they are.
                c @ ('"' | '\\') => out.push(c),
                other => {
                    out.push('\\');
                    out.push(other);
                }
            },
            c => out.push(c),
        }
    }
    Some(out)
}

impl TryFrom<String> for Matcher {
    type Error = MatchError;
    fn try_from(text: String) -> Result<Self, MatchError> {
        text.parse()
    }
}

impl From<Matcher> for String {
    fn from(m: Matcher) -> String {
        m.to_string()
    }
}

/// A comma-separated list of matchers that must all hold: `severity="critical", service=~"db.*"`.
/// The empty list matches everything; where that is dangerous the caller refuses it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Matchers(pub Vec<Matcher>);

impl Matchers {
    /// Whether every condition holds.
    #[must_use]
    pub fn matches(&self, labels: &Labels) -> bool {
        self.0.iter().all(|m| m.matches(labels))
    }
}

impl Matchers {
    /// Whether at least one condition asks for something: an alert without any labels does not fulfil it. Who must not
    /// select everything by mistake asks for this.
    #[must_use]
    pub fn selects(&self) -> bool {
        let nothing = Labels::default();
        self.0.iter().any(|m| !m.matches(&nothing))
    }

    /// Reads what a stranger or a source sends: at most so many matchers, each a light one. Their number is looked at first, for
    /// compiling them costs the most.
    ///
    /// # Errors
    /// As for any list of matchers, and there are too many or one is too large.
    pub fn light(text: &str, most: usize) -> Result<Self, MatchError> {
        let found = parts(text).count();
        if found > most {
            return Err(MatchError::TooMany { found, allowed: most });
        }
        parts(text).map(|part| Matcher::parse(part, LIGHT_REGEX_BYTES)).collect::<Result<_, _>>().map(Self)
    }
}

/// The parts of a list that are matchers.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let text = text.trim();
    let text = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')).unwrap_or(text);
    split_outside_quotes(text).filter(|part| !part.trim().is_empty())
}

impl fmt::Display for Matchers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, m) in self.0.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}{m}")?;
        }
        Ok(())
    }
}

impl std::str::FromStr for Matchers {
    type Err = MatchError;
    fn from_str(text: &str) -> Result<Self, MatchError> {
        parts(text).map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

fn split_outside_quotes(text: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |c| {
        match (c, escaped) {
            ('\\', false) if quoted => {
                escaped = true;
                return false;
            }
            ('"', false) => quoted = !quoted,
            _ => {}
        }
        escaped = false;
        c == ',' && !quoted
    })
}

impl TryFrom<String> for Matchers {
    type Error = MatchError;
    fn try_from(text: String) -> Result<Self, MatchError> {
        text.parse()
    }
}

impl From<Matchers> for String {
    fn from(m: Matchers) -> String {
        m.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matcher_is_read_back_as_it_was_whatever_its_value() {
        let values = [
            "",
            " ",
            "a\u{a0}b",
            "\u{1}",
            "\u{200b}",
            "\u{301}",
            "\\d+\\.",
            "\"",
            "\\",
            "a\nb\tc\r",
            "}",
            "{",
            "a,b=\"c\"",
            "ü",
        ];
        for value in values {
            for op in [MatchOp::Equal, MatchOp::NotEqual] {
                let made = Matcher::new("job", op, value).expect("a matcher");
                assert_eq!(made.to_string().parse::<Matcher>().as_ref(), Ok(&made), "{value:?}");
                let both = Matchers(vec![made.clone(), made]);
                assert_eq!(both.to_string().parse::<Matchers>().as_ref(), Ok(&both), "{value:?}");
            }
        }
    }

    #[test]
    fn a_name_that_could_not_be_read_back_is_refused() {
        for name in ["", "foo bar", "x\",y", "a=b", "a\u{0}"] {
            assert!(Matcher::new(name, MatchOp::Equal, "y").is_err(), "{name:?}");
        }
        assert!(Matcher::new("x", MatchOp::Regex, "a\0b").is_err());
    }

    #[test]
    fn what_strangers_send_is_bounded() {
        for usual in [".*", r"db-\d+\.example\.org(:\d+)?", r"\w+-(web|app)\w*", "a|b|c|d"] {
            let made = Matcher::light("host", MatchOp::Regex, usual).expect(usual);
            assert!(made.is_light());
        }
        let large = r"\w{15}";
        let why = Matcher::light("host", MatchOp::Regex, large).expect_err("too large");
        assert!(why.to_string().contains("size limit"), "{why}");
        assert!(!Matcher::new("host", MatchOp::Regex, large).expect("an operator's").is_light());
        let list = r#"a="1", b=~"x,y", c!="3""#;
        assert_eq!(Matchers::light(list, 3).expect("three").0.len(), 3);
        assert_eq!(Matchers::light(list, 2), Err(MatchError::TooMany { found: 3, allowed: 2 }));
    }

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().copied().collect()
    }

    #[test]
    fn the_fingerprint_is_alertmanagers() {
        // From a notification that Alertmanager 0.26 sent for these labels.
        let set = labels(&[
            ("alertname", "InstanceDown"),
            ("instance", "localhost:8081"),
            ("job", "node"),
            ("group", "production"),
            ("severity", "critical"),
        ]);
        assert_eq!(set.fingerprint().to_string().len(), 16);
        assert_eq!(set.fingerprint().to_string().parse(), Ok(set.fingerprint()));
    }

    #[test]
    fn matchers_select_as_prometheus_does() {
        let all: Matchers = r#"severity="critical", service=~"db.*""#.parse().expect("two matchers");
        assert!(all.matches(&labels(&[("severity", "critical"), ("service", "db-eu")])));
        assert!(!all.matches(&labels(&[("severity", "critical"), ("service", "web-db")])), "anchored");
        let absent: Matchers = r#"team="""#.parse().expect("empty value");
        assert!(absent.matches(&labels(&[])), "a missing label equals the empty string");
        let comma: Matchers = r#"a="x,y", b!="z""#.parse().expect("comma in quotes");
        assert_eq!(comma.0.len(), 2);
        assert_eq!(comma.to_string().parse(), Ok(comma));
    }

    #[test]
    fn a_bad_matcher_says_why() {
        assert!(matches!("severity".parse::<Matchers>(), Err(MatchError::Shape { .. })));
        assert!(matches!("severity==\"crit\"".parse::<Matchers>(), Err(MatchError::TwoSigns { .. })));
        assert!("a=\"=b\"".parse::<Matchers>().is_ok(), "a quoted value may be anything");
        assert!(matches!(r#"a=~"(""#.parse::<Matchers>(), Err(MatchError::Regex { .. })));
    }
}

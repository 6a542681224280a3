//! Lengths of time for people.

use noout_types::{Lang, Span};

/// Milliseconds of a unit, and what it is called for one and for many in each language.
struct Unit {
    millis: u64,
    names: fn(Lang) -> (&'static str, &'static str),
}

/// Days are abbreviated where their word would bend with the sentence around it.
const UNITS: [Unit; 5] = [
    Unit {
        millis: 86_400_000,
        names: |lang| match lang {
            Lang::En => ("day", "days"),
            Lang::Fr => ("j", "j"),
            Lang::De => ("d", "d"),
        },
    },
    Unit { millis: 3_600_000, names: |_| ("h", "h") },
    Unit { millis: 60_000, names: |_| ("min", "min") },
    Unit { millis: 1000, names: |_| ("s", "s") },
    Unit { millis: 1, names: |_| ("ms", "ms") },
];

/// A length of time in its two largest units, rounded down; milliseconds only where there is nothing larger.
#[must_use]
pub fn span(span: Span, lang: Lang) -> String {
    let millis = span.as_millis();
    let millis = if millis >= 1000 { millis - millis % 1000 } else { millis };
    let first = UNITS.iter().position(|unit| millis >= unit.millis);
    let Some(first) = first else { return "0 s".to_owned() };
    let mut rest = millis;
    let mut words = Vec::new();
    for unit in UNITS.iter().skip(first).take(2) {
        let n = rest / unit.millis;
        rest %= unit.millis;
        let (one, many) = (unit.names)(lang);
        if n > 0 {
            words.push(format!("{n} {}", if n == 1 { one } else { many }));
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_two_units_at_the_most() {
        for (millis, en) in [
            (0, "0 s"),
            (61, "61 ms"),
            (1927, "1 s"),
            (61_927, "1 min 1 s"),
            (3_600_000, "1 h"),
            (3_659_999, "1 h"),
            (16_214_003, "4 h 30 min"),
            (86_400_000, "1 day"),
            (273_600_000, "3 days 4 h"),
            (86_400_000 * 40 + 5000, "40 days"),
        ] {
            assert_eq!(span(Span::from_millis(millis), Lang::En), en, "{millis}");
        }
        let long = Span::from_hours(76);
        assert_eq!((span(long, Lang::De), span(long, Lang::Fr)), ("3 d 4 h".to_owned(), "3 j 4 h".to_owned()));
    }
}

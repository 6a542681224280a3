//! What a stranger's server said, made fit for a timeline: one short printable line without secrets.

/// Longest piece of a server's answer that is kept, in characters: enough for a reason, too little for a page.
const MAX_SNIPPET_CHARS: usize = 120;

/// A run of this many digits (blanks and dashes between them allowed) may be a phone number.
const PHONE_DIGITS: usize = 7;

/// A word of this many letters and digits may be a token: words of human languages are shorter, ids of
/// incidents and pages too.
const TOKEN_CHARS: usize = 20;

/// What stands in place of what was taken out.
const HIDDEN: &str = "…";

/// Cleans a server's answer. `secrets` are texts that must not appear whatever they look like
/// (passwords, tokens, the acknowledge link); addresses, phone numbers and token-like words go as well,
/// because a server may echo what it was sent.
pub(crate) fn clean(answer: &str, secrets: &[&str]) -> String {
    // A long answer is cut first, so that a hostile one costs nothing; far enough not to cut a secret in two
    // where its rest would be shown.
    let mut text: String = answer.chars().take(MAX_SNIPPET_CHARS * 16).collect();
    for secret in secrets.iter().filter(|s| s.len() >= 3) {
        text = text.replace(secret, HIDDEN);
    }
    let printable: String = text.chars().map(|c| if is_hidden_char(c) { ' ' } else { c }).collect();
    let words: Vec<&str> = printable.split_whitespace().map(|w| if is_delicate(w) { HIDDEN } else { w }).collect();
    let line = hide_phones(&words.join(" "));
    match line.char_indices().nth(MAX_SNIPPET_CHARS) {
        Some((cut, _)) => format!("{}{HIDDEN}", line[..cut].trim_end()),
        None => line,
    }
}

/// Control characters, and the invisible ones that turn or hide text on a terminal or a page.
fn is_hidden_char(c: char) -> bool {
    c.is_control()
        || matches!(c, '<' | '>' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// An address, a link or something that looks like a token.
fn is_delicate(word: &str) -> bool {
    let run = word
        .split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '/' | '=')))
        .map(str::len)
        .max()
        .unwrap_or(0);
    word.contains('@') || word.contains("://") || run >= TOKEN_CHARS
}

fn hide_phones(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut run = String::new();
    // A blank at the end lets the last run be looked at like the others.
    for c in line.chars().chain(['\n']) {
        let joins = !run.is_empty() && matches!(c, ' ' | '-' | '.' | '(' | ')');
        if c.is_ascii_digit() || c == '+' || joins {
            run.push(c);
            continue;
        }
        if run.chars().filter(char::is_ascii_digit).count() >= PHONE_DIGITS {
            out.push_str(HIDDEN);
            out.extend(run.chars().rev().take_while(|c| !c.is_ascii_digit()).take(1));
        } else {
            out.push_str(&run);
        }
        run.clear();
        if c != '\n' {
            out.push(c);
        }
    }
    out.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_answer_becomes_one_short_clean_line() {
        for (answer, cleaned) in [
            ("topic reserved", "topic reserved"),
            ("a\r\nb\tc\u{1b}[31m", "a b c [31m"),
            ("5.1.1 <ana@example.org>: Recipient address rejected", "5.1.1 … : Recipient address rejected"),
            ("call +41 79 000 00 00 now", "call … now"),
            ("call 0790000000", "call …"),
            ("4.2.0 try in 300 seconds", "4.2.0 try in 300 seconds"),
            ("the password hunter2 is wrong", "the password … is wrong"),
            ("see https://noout.example/p/abc", "see …"),
            ("bearer tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2", "bearer …"),
            ("<script>alert(1)</script>", "script alert(1) /script"),
        ] {
            assert_eq!(clean(answer, &["hunter2"]), cleaned, "{answer}");
        }
        assert_eq!(clean(&"ab ".repeat(1000), &[]).chars().count(), MAX_SNIPPET_CHARS);
    }

    proptest! {
        #[test]
        fn nothing_secret_or_unprintable_passes(before in ".{0,40}", after in ".{0,40}", secret in "[a-zA-Z0-9]{8,30}") {
            let cleaned = clean(&format!("{before}{secret}{after}"), &[&secret]);
            prop_assert!(!cleaned.contains(&secret));
            prop_assert!(!cleaned.chars().any(char::is_control));
            prop_assert!(cleaned.chars().count() <= MAX_SNIPPET_CHARS + 1);
        }
    }
}

//! Just enough of Rust's grammar to see code without its comments and texts.

use super::Finding;
use super::tree::{Tree, ending};

/// One piece of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A name or keyword; numbers too.
    Word(String),
    /// The value of a string literal, with its escapes left as written.
    Text(String),
    /// Any other character that is no white space.
    Sign(char),
}

impl Token {
    pub fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(w) if w == word)
    }
    pub fn is_sign(&self, sign: char) -> bool {
        matches!(self, Self::Sign(s) if *s == sign)
    }
}

/// The pieces of `source`, each with its line counted from 1. Comments are left out; what does not
/// parse is read as signs, for the compiler tells more about it than we could.
pub fn tokens(source: &str) -> Vec<(usize, Token)> {
    let mut reader = Reader { rest: source, line: 1 };
    let mut out = Vec::new();
    while let Some(next) = reader.rest.chars().next() {
        let line = reader.line;
        if reader.comment() || next.is_whitespace() && reader.skip(next.len_utf8()) {
            continue;
        }
        let token = match reader.text() {
            Some(text) => Token::Text(text.to_owned()),
            None if next == '\'' => match reader.char_literal() {
                true => Token::Text(String::new()),
                false => reader.sign(next),
            },
            None if next.is_alphanumeric() || next == '_' => reader.word(),
            None => reader.sign(next),
        };
        out.push((line, token));
    }
    out
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    /// Goes on by so many bytes, counting lines; always true, for use in conditions.
    fn skip(&mut self, bytes: usize) -> bool {
        let (gone, rest) = self.rest.split_at(bytes.min(self.rest.len()));
        self.line += gone.matches('\n').count();
        self.rest = rest;
        true
    }

    fn sign(&mut self, sign: char) -> Token {
        self.skip(sign.len_utf8());
        Token::Sign(sign)
    }

    fn word(&mut self) -> Token {
        let end = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let word = self.rest[..end].to_owned();
        self.skip(end);
        Token::Word(word)
    }

    /// Skips a comment, nested ones too.
    fn comment(&mut self) -> bool {
        if self.rest.starts_with("//") {
            let end = self.rest.find('\n').unwrap_or(self.rest.len());
            return self.skip(end);
        }
        if !self.rest.starts_with("/*") {
            return false;
        }
        let mut depth = 0_usize;
        while !self.rest.is_empty() {
            let two = self.rest.get(..2).unwrap_or("");
            match two {
                "/*" => depth += 1,
                "*/" => depth -= 1,
                _ => {}
            }
            let step = if matches!(two, "/*" | "*/") { 2 } else { self.rest.chars().next().map_or(1, char::len_utf8) };
            self.skip(step);
            if depth == 0 {
                break;
            }
        }
        true
    }

    /// Takes a string literal of any kind, if one begins here.
    fn text(&mut self) -> Option<&'a str> {
        let prefix = ["br", "cr", "r", "b", "c", ""].into_iter().find(|prefix| {
            let Some(after) = self.rest.strip_prefix(prefix) else { return false };
            after.starts_with('"') || prefix.ends_with('r') && after.trim_start_matches('#').starts_with('"')
        })?;
        let after = &self.rest[prefix.len()..];
        let hashes = after.len() - after.trim_start_matches('#').len();
        let body = &after[hashes + 1..];
        let end = if prefix.ends_with('r') {
            body.find(&format!("\"{}", "#".repeat(hashes))).unwrap_or(body.len())
        } else {
            end_of_escaped(body)
        };
        let text = &body[..end];
        self.skip(prefix.len() + hashes + 1 + end + 1 + hashes);
        Some(text)
    }

    /// Skips `'x'` or `'\n'`; false for a lifetime, where nothing is skipped.
    fn char_literal(&mut self) -> bool {
        let mut chars = self.rest.char_indices().skip(1);
        match chars.next() {
            Some((_, '\\')) => {
                chars.next();
                let end = chars.find(|(_, c)| *c == '\'').map_or(self.rest.len(), |(at, _)| at + 1);
                self.skip(end)
            }
            Some(_) => match chars.next() {
                Some((at, '\'')) => self.skip(at + 1),
                _ => false,
            },
            None => false,
        }
    }
}

/// Where the closing quote of an ordinary string literal is.
fn end_of_escaped(body: &str) -> usize {
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            '"' if !escaped => return at,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    body.len()
}

/// Code that is not there yet, and tests that do not run.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| ending(path) == "rs") {
        let tokens = tokens(text);
        for pair in tokens.windows(2) {
            let [(line, first), (_, second)] = pair else { continue };
            if second.is_sign('!') && (first.is_word("todo") || first.is_word("unimplemented")) {
                found.push(Finding::new(
                    path,
                    *line,
                    "code that is not written yet: write it, or leave its caller out",
                ));
            }
            if first.is_sign('[') && second.is_word("ignore") {
                found.push(Finding::new(
                    path,
                    *line,
                    "a test that does not run: run it, or move it to tests/real where its absence fails",
                ));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> Vec<String> {
        tokens(source)
            .into_iter()
            .filter_map(|(_, token)| match token {
                Token::Word(word) => Some(word),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn comments_and_texts_are_no_code() {
        assert_eq!(words("a // b\n/* c /* d */ e */ f"), ["a", "f"]);
        assert_eq!(words(r##"a "b \" c" d r#"e " f"# g b"h" br"i\" j"##), ["a", "d", "g", "j"]);
        assert_eq!(words("a 'b' c '\\'' d"), ["a", "c", "d"]);
        assert_eq!(words("é 'ü' r 日 "), ["é", "r", "日"]);
        assert_eq!(words("fn f<'a>(x: &'a str) {}"), ["fn", "f", "a", "x", "a", "str"]);
    }

    #[test]
    fn lines_are_counted_through_texts_and_comments() {
        let tokens = tokens("a\n\"b\nc\"\n/* d\n*/ e");
        assert_eq!(tokens.last(), Some(&(5, Token::Word("e".to_owned()))));
    }

    #[test]
    fn what_is_not_written_or_not_run_is_found() {
        let source = "fn f() { todo!() }\n// todo!()\n#[test]\n#[ignore = \"slow\"]\nfn g() {}\nlet x = todo;\n";
        let found = check(&Tree::of(&[("crates/a/src/lib.rs", source)]));
        assert_eq!(found.iter().map(|f| f.line).collect::<Vec<_>>(), [1, 4]);
    }
}

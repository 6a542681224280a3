//! Texts of others on a terminal.

/// Whether a terminal obeys the character, or turns what follows around.
pub fn is_obeyed(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// A text that a terminal shows and does not obey: each such character is replaced by its picture, or by U+FFFD where it has none.
/// Tabs and the ends of lines stay.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let ends_a_line = c == '\n' || c == '\r' && chars.peek() == Some(&'\n');
        out.push(match c {
            _ if ends_a_line || c == '\t' || !is_obeyed(c) => c,
            '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER),
            '\u{7f}' => '\u{2421}',
            _ => char::REPLACEMENT_CHARACTER,
        });
    }
    out
}

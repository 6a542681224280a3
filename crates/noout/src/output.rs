//! Writing answers: for people on a terminal, for programs through a pipe.
//!
//! Much of what is written came from strangers: titles of alerts, requests by mail, comments. A terminal obeys control
//! characters, and shows what follows some others in another order than it stands. So no text leaves here or in an error with
//! one of them: [`plain`] makes them visible instead.

use crate::plain::is_obeyed;
pub use crate::plain::plain;
use std::io::{self, BufWriter, IsTerminal, Write};

use anyhow::Context;
use comfy_table::{Attribute, Cell, ContentArrangement, Table, presets};
use serde::Serialize;

/// A table: borderless on a terminal, lines with tabs and without a header through a pipe.
pub fn table<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> anyhow::Result<()> {
    if io::stdout().is_terminal() {
        return terminal(header, rows);
    }
    write(rows.into_iter().map(|row| row.map(|cell| plain(&cell.replace(['\t', '\n', '\r'], " "))).join("\t")))
}

/// A terminal narrower than this is none.
const NARROWEST: u16 = 20;

fn terminal<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> anyhow::Result<()> {
    let colours = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    // Some terminals say that they are no column wide: to cut by that would show nothing.
    let wide = table.width().is_some_and(|width| width >= NARROWEST);
    table.set_content_arrangement(if wide { ContentArrangement::Dynamic } else { ContentArrangement::Disabled });
    table.set_header(header.map(|name| {
        let cell = Cell::new(name);
        if colours { cell.add_attribute(Attribute::Bold) } else { cell }
    }));
    rows.into_iter().for_each(|row| {
        table.add_row(row.map(|cell| plain(&cell)));
    });
    if table.row_count() == 0 {
        return Ok(());
    }
    write(table.lines().map(|line| line.trim_end().to_owned()))
}

/// One JSON document.
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(value).context("cannot write JSON")?;
    write([escaped(&text)])
}

/// One JSON object a line.
pub fn json_lines<T: Serialize>(values: impl IntoIterator<Item = T>) -> anyhow::Result<()> {
    let texts: Result<Vec<_>, _> = values.into_iter().map(|value| serde_json::to_string(&value)).collect();
    write(texts.context("cannot write JSON")?.iter().map(|text| escaped(text)))
}

/// Lines, or texts of several lines.
pub fn lines(lines: impl IntoIterator<Item = String>) -> anyhow::Result<()> {
    write(lines.into_iter().map(|line| plain(&line)))
}

/// JSON that says the same: it escapes the lower control characters itself, and these here may stand in its texts only.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && is_obeyed(c) {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

fn write(lines: impl IntoIterator<Item = String>) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    let written = lines.into_iter().try_for_each(|line| writeln!(out, "{line}")).and_then(|()| out.flush());
    written.context("cannot write the answer")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Given what a stranger wrote, then no terminal obeys it, and it can still be read.
    #[test]
    fn a_terminal_is_not_told_what_to_do() {
        let cases = [
            ("two\nlines\tand a tab\r\n", "two\nlines\tand a tab\r\n"),
            ("\u{1b}]0;owned\u{7}\u{1b}[2J", "␛]0;owned␇␛[2J"),
            ("paid\rfree", "paid␍free"),
            ("\u{9b}31mred\u{7f}", "\u{fffd}31mred␡"),
            ("a\u{202e}b\u{2066}c", "a\u{fffd}b\u{fffd}c"),
            ("Zürich – 東京 👍🏽", "Zürich – 東京 👍🏽"),
        ];
        for (text, shown) in cases {
            assert_eq!(plain(text), shown, "{text:?}");
        }
    }

    #[test]
    fn json_says_the_same_without_control_characters() {
        let value = serde_json::json!({ "title": "\u{1b}[2J\u{9b}31m\u{202e}x\u{7f}", "more": ["ü"] });
        let text = escaped(&serde_json::to_string_pretty(&value).expect("JSON"));
        assert!(!text.chars().any(|c| c != '\n' && is_obeyed(c)), "{text:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).expect("JSON"), value);
    }
}

//! Writing answers: for people on a terminal, for programs through a pipe.

use std::io::{self, BufWriter, IsTerminal, Write};

use anyhow::Context;
use comfy_table::{Attribute, Cell, ContentArrangement, Table, presets};
use serde::Serialize;

/// A table: borderless on a terminal, lines with tabs and without a header through a pipe.
pub fn table<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> anyhow::Result<()> {
    if io::stdout().is_terminal() {
        return terminal(header, rows);
    }
    lines(rows.into_iter().map(|row| row.map(|cell| cell.replace(['\t', '\n', '\r'], " ")).join("\t")))
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
        table.add_row(row);
    });
    if table.row_count() == 0 {
        return Ok(());
    }
    lines(table.lines().map(|line| line.trim_end().to_owned()))
}

/// One JSON document.
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(value).context("cannot write JSON")?;
    lines([text])
}

/// One JSON object a line.
pub fn json_lines<T: Serialize>(values: impl IntoIterator<Item = T>) -> anyhow::Result<()> {
    let texts: Result<Vec<_>, _> = values.into_iter().map(|value| serde_json::to_string(&value)).collect();
    lines(texts.context("cannot write JSON")?)
}

/// Lines as they are.
pub fn lines(lines: impl IntoIterator<Item = String>) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    let written = lines.into_iter().try_for_each(|line| writeln!(out, "{line}")).and_then(|()| out.flush());
    written.context("cannot write the answer")
}

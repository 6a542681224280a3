//! Rows of a CSV file, each with its true line number (blank lines count, and are skipped).

use std::io::{self, BufRead, Read};

/// Longest line in bytes: a row of sensors has some hundred, and a file without line ends is no CSV.
const MAX_LINE_BYTES: u64 = 1 << 20;

/// Most columns in a row.
const MAX_COLUMNS: usize = 256;

/// Reads rows one by one. Quoted fields may hold commas and doubled quotes, but no line ends.
pub(super) struct Rows<R> {
    text: R,
    parser: csv_core::Reader,
    raw: Vec<u8>,
    fields: Vec<u8>,
    ends: [usize; MAX_COLUMNS],
    line: u64,
}

/// Why there is no next row.
#[derive(Debug)]
pub(super) enum RowError {
    /// Reading failed.
    Io(io::Error),
    /// The line is no row, for this reason.
    Shape { line: u64, why: String },
}

/// One row: its line, and its fields without blanks around them.
pub(super) struct Row<'a> {
    pub(super) line: u64,
    fields: &'a str,
    ends: &'a [usize],
}

impl<'a> Row<'a> {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, i: usize) -> &'a str {
        let from = i.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let to = self.ends.get(i).copied().unwrap_or(from);
        self.fields.get(from..to).unwrap_or_default().trim()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'a str> + '_ {
        (0..self.len()).map(|i| self.get(i))
    }
}

impl<R: BufRead> Rows<R> {
    pub(super) fn new(text: R) -> Self {
        Self {
            text,
            parser: csv_core::Reader::new(),
            raw: Vec::new(),
            fields: Vec::new(),
            ends: [0; MAX_COLUMNS],
            line: 0,
        }
    }

    /// The line that was read last, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The next row; nothing at the end.
    pub(super) fn next(&mut self) -> Result<Option<Row<'_>>, RowError> {
        loop {
            self.raw.clear();
            let mut bounded = self.text.by_ref().take(MAX_LINE_BYTES);
            if bounded.read_until(b'\n', &mut self.raw).map_err(RowError::Io)? == 0 {
                return Ok(None);
            }
            self.line += 1;
            if self.raw.len() as u64 >= MAX_LINE_BYTES {
                return Err(self.shape(format!("found more than {MAX_LINE_BYTES} bytes in one line")));
            }
            if self.line == 1 && self.raw.starts_with(b"\xef\xbb\xbf") {
                self.raw.drain(..3);
            }
            if !self.raw.trim_ascii().is_empty() {
                break;
            }
        }
        let count = self.split()?;
        let ends = &self.ends[..count];
        let bytes = &self.fields[..ends.last().copied().unwrap_or(0)];
        let fields = str::from_utf8(bytes).map_err(|_| self.shape("found bytes that are not UTF-8".to_owned()))?;
        Ok(Some(Row { line: self.line, fields, ends }))
    }

    fn shape(&self, why: String) -> RowError {
        RowError::Shape { line: self.line, why }
    }

    fn split(&mut self) -> Result<usize, RowError> {
        while self.raw.last().is_some_and(|b| matches!(b, b'\n' | b'\r')) {
            self.raw.pop();
        }
        self.raw.push(b'\n');
        // Fields never are longer than what they were written as.
        self.fields.resize(self.raw.len(), 0);
        self.parser.reset();
        let (result, _, _, count) = self.parser.read_record(&self.raw, &mut self.fields, &mut self.ends);
        match result {
            csv_core::ReadRecordResult::Record => Ok(count),
            csv_core::ReadRecordResult::OutputEndsFull => {
                Err(self.shape(format!("found more than {MAX_COLUMNS} fields")))
            }
            _ => Err(self.shape("found a quote that is not closed in its line".to_owned())),
        }
    }
}

//! What happened, line by line: hashed, so that two runs can be compared, and kept at its end, so that a failure
//! can be read.

use std::collections::VecDeque;

use noout_core::journal::Digest32;

/// Lines kept for the report of a failure.
const TAIL: usize = 60;

/// The lines of a run.
#[derive(Debug)]
pub struct Trace {
    hash: Digest32,
    lines: u64,
    tail: VecDeque<String>,
    print: bool,
}

impl Trace {
    /// An empty trace; `print` shows each line as it is written.
    #[must_use]
    pub fn new(print: bool) -> Self {
        Self { hash: Digest32::default(), lines: 0, tail: VecDeque::new(), print }
    }

    /// Writes a line.
    pub fn line(&mut self, line: String) {
        self.hash = Digest32::of(&[&self.hash.0, line.as_bytes()]);
        self.lines += 1;
        if self.print {
            println!("{line}");
        }
        if self.tail.len() == TAIL {
            self.tail.pop_front();
        }
        self.tail.push_back(line);
    }

    /// The hash over all lines.
    #[must_use]
    pub fn hash(&self) -> Digest32 {
        self.hash
    }

    /// How many lines there were.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// The last lines.
    #[must_use]
    pub fn tail(&self) -> Vec<String> {
        self.tail.iter().cloned().collect()
    }
}

//! The five statuses, each a shape, a word and a colour; and small pictures drawn on the server.

use std::fmt;

use noout_types::Severity;

/// Escapes text for HTML, also within quotes.
pub(super) fn esc(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tone {
    Ok,
    Maintenance,
    Unknown,
    Warn,
    Critical,
}

impl Tone {
    pub fn class(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Critical => "critical",
            Self::Maintenance => "maint",
            Self::Unknown => "unknown",
        }
    }

    /// The outline in a square of 12.
    fn path(self) -> &'static str {
        match self {
            Self::Ok => "M2 6.4 4.8 9.2 10 3",
            Self::Warn => "M6 1.4 11 10.4H1Z",
            Self::Critical => "M6 .8 11.2 6 6 11.2.8 6Z",
            Self::Maintenance => {
                "M6 1.2 7 2.9 9 2.4 9.6 4.4 11.4 5.3 10.6 7.1 11 9 9 9.5 7.8 11.1 6 10.3 4.2 11.1 3 9.5 1 9 1.4 7.1.6 5.3 2.4 4.4 3 2.4 5 2.9Z"
            }
            Self::Unknown => "M3.6 4.2C3.6 1 8.4 1 8.4 4.1 8.4 6 6 5.8 6 7.8M6 10.2V10.4",
        }
    }

    fn is_line(self) -> bool {
        matches!(self, Self::Ok | Self::Unknown)
    }
}

impl From<Severity> for Tone {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => Self::Ok,
            Severity::Warning => Self::Warn,
            Severity::Critical => Self::Critical,
        }
    }
}

/// A status with its word.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub tone: Tone,
    /// Somebody has it: drawn hollow.
    pub hollow: bool,
    pub word: String,
}

impl Mark {
    pub fn new(tone: Tone, word: String) -> Self {
        Self { tone, hollow: false, word }
    }

    pub fn hollow(mut self, hollow: bool) -> Self {
        self.hollow = hollow;
        self
    }

    /// The shape alone, for where the word stands beside it.
    pub fn shape(&self) -> Shape {
        Shape { tone: self.tone, hollow: self.hollow }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<span class=\"mark {}\">{}<span>{}</span></span>", self.tone.class(), self.shape(), esc(&self.word))
    }
}

impl askama::filters::HtmlSafe for Mark {}

/// A status without its word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    tone: Tone,
    hollow: bool,
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.tone.is_line() || self.hollow { "line" } else { "fill" };
        write!(
            f,
            "<svg class=\"shape {} {kind}\" viewBox=\"0 0 12 12\" aria-hidden=\"true\"><path d=\"{}\"/></svg>",
            self.tone.class(),
            self.tone.path()
        )
    }
}

impl askama::filters::HtmlSafe for Shape {}

/// How much of something is taken, before and after.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bar {
    /// Per mille of the whole; none where there is only one level.
    pub before: Option<u32>,
    pub after: u32,
}

impl Bar {
    pub fn of(before: u64, after: u64, whole: u64) -> Self {
        let share = |part: u64| u32::try_from((part * 1000 / whole.max(1)).min(1000)).unwrap_or(1000);
        Self { before: Some(share(before)), after: share(after) }
    }

    pub fn level(part: u64, whole: u64) -> Self {
        Self { before: None, ..Self::of(part, part, whole) }
    }
}

impl fmt::Display for Bar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tone = if self.after > 900 { "full" } else { "" };
        let percent = |n: u32| f64::from(n) / 10.0;
        write!(
            f,
            "<svg class=\"bar {tone}\" width=\"100%\" height=\"10\" aria-hidden=\"true\">\
             <rect class=\"whole\" width=\"100%\" height=\"10\" rx=\"1\"/>\
             <rect class=\"after\" width=\"{}%\" height=\"10\" rx=\"1\"/>",
            percent(self.after),
        )?;
        if let Some(before) = self.before {
            write!(f, "<rect class=\"before\" x=\"{}%\" width=\"2\" height=\"10\"/>", percent(before.min(995)))?;
        }
        f.write_str("</svg>")
    }
}

impl askama::filters::HtmlSafe for Bar {}

/// A row of small squares, one for each thing: what is well is grey.
#[derive(Debug, Clone, Default)]
pub(super) struct Cells(pub Vec<(&'static str, String)>);

impl fmt::Display for Cells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const STEP: usize = 11;
        let per_row = 24;
        let rows = self.0.len().div_ceil(per_row).max(1);
        let (width, height) = (self.0.len().min(per_row).max(1) * STEP, rows * STEP);
        write!(
            f,
            "<svg class=\"cells\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" aria-hidden=\"true\">"
        )?;
        for (at, (class, title)) in self.0.iter().enumerate() {
            let (x, y) = (at % per_row * STEP + 1, at / per_row * STEP + 1);
            write!(
                f,
                "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"8\" height=\"8\" rx=\"1\"><title>{}</title></rect>",
                esc(title)
            )?;
        }
        f.write_str("</svg>")
    }
}

impl askama::filters::HtmlSafe for Cells {}
